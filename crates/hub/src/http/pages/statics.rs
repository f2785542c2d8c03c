//! Styles, scripts, the logo, and reports of pages that were tampered with.

use axum::body::Bytes;
use axum::extract::{Path, RawQuery};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::http::error::{HttpError, Result, short};
use crate::http::xsrf::query_value;

pub async fn get(Path(path): Path<String>, RawQuery(query): RawQuery, headers: HeaderMap) -> Result<Response> {
    let versioned = query.is_some_and(|query| query_value(&query, "v").is_some());
    asset(&path, versioned, &headers)
}

pub async fn logo(headers: HeaderMap) -> Result<Response> {
    asset("logo.svg", false, &headers)
}

fn asset(path: &str, versioned: bool, headers: &HeaderMap) -> Result<Response> {
    let asset = perijove_web::asset(path).ok_or_else(HttpError::not_found)?;
    let etag = format!("\"{}\"", asset.etag.trim_matches('"'));
    // What is asked for by version never changes under that address.
    let keep = if versioned {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let known = headers
        .get(header::IF_NONE_MATCH)
        .is_some_and(|known| known.as_bytes() == etag.as_bytes());
    let mut response = if known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        (
            [(header::CONTENT_TYPE, asset.mime.to_string())],
            Bytes::from(asset.bytes.into_owned()),
        )
            .into_response()
    };
    let values = response.headers_mut();
    values.insert(header::CACHE_CONTROL, HeaderValue::from_static(keep));
    if let Ok(etag) = HeaderValue::try_from(etag) {
        values.insert(header::ETAG, etag);
    }
    Ok(response)
}

pub async fn csp_report(report: Bytes) -> StatusCode {
    tracing::warn!(report = %short(&String::from_utf8_lossy(&report)), "a browser reports a forbidden part on a page");
    StatusCode::OK
}
