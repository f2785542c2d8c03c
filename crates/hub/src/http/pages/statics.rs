//! Styles, scripts, the logo, and reports of pages that were tampered with.

use std::path::{Component, Path as FilePath, PathBuf};
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::Hub;
use crate::http::error::{HttpError, Result, short};
use crate::http::log::without_secrets;
use crate::http::xsrf::query_value;

/// Larger files of a site are better served by its web server.
const LARGEST: u64 = 16 << 20;

pub async fn get(
    State(hub): State<Arc<Hub>>,
    Path(path): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response> {
    // A site with files of its own may have the whole of JupyterHub's: those are what its templates were written for.
    if let Some(answer) = of_site(&hub.config.hub.static_paths, &path).await {
        return Ok(answer);
    }
    let versioned = query.is_some_and(|query| query_value(&query, "v").is_some());
    let (path, kind) = match ALIASES.iter().find(|(theirs, ..)| *theirs == path) {
        Some((_, ours, kind)) => (*ours, Some(*kind)),
        None => (path.as_str(), None),
    };
    let mut answer = asset(path, versioned, &headers)?;
    if let Some(kind) = kind {
        answer
            .headers_mut()
            .insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    }
    Ok(answer)
}

/// Files that sites' templates and services know by JupyterHub's names.
const ALIASES: [(&str, &str, &str); 3] = [
    ("images/jupyterhub-80.png", "logo.png", "image/png"),
    ("images/jupyter.png", "logo.png", "image/png"),
    ("css/style.min.css", "css/perijove.css", "text/css"),
];

/// A file of the site that we have none of.
async fn of_site(folders: &[PathBuf], path: &str) -> Option<Response> {
    let plain = |part| matches!(part, Component::Normal(_));
    if folders.is_empty() || perijove_web::asset(path).is_some() || !FilePath::new(path).components().all(plain) {
        return None;
    }
    for folder in folders {
        let file = folder.join(path);
        let fits = |found: std::fs::Metadata| found.is_file() && found.len() <= LARGEST;
        if tokio::fs::metadata(&file).await.is_ok_and(fits)
            && let Ok(bytes) = tokio::fs::read(&file).await
        {
            let kind = perijove_web::mime_of(path);
            let headers = [
                (header::CONTENT_TYPE, kind),
                (header::CACHE_CONTROL, "no-cache".to_owned()),
            ];
            return Some((headers, bytes).into_response());
        }
    }
    None
}

pub async fn logo(headers: HeaderMap) -> Result<Response> {
    asset("logo.png", false, &headers)
}

fn asset(path: &str, versioned: bool, headers: &HeaderMap) -> Result<Response> {
    let packed = takes_gzip(headers).then(|| perijove_web::asset_packed(path)).flatten();
    let is_packed = packed.is_some();
    let asset = packed
        .or_else(|| perijove_web::asset(path))
        .ok_or_else(HttpError::not_found)?;
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
    values.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    if is_packed {
        values.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    if let Ok(etag) = HeaderValue::try_from(etag) {
        values.insert(header::ETAG, etag);
    }
    Ok(response)
}

/// Whether the browser unpacks gzip. Pages are not packed: they hold both secrets and what others have written.
fn takes_gzip(headers: &HeaderMap) -> bool {
    let named = headers.get_all(header::ACCEPT_ENCODING).iter();
    let named = named
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','));
    let mut named = named.map(|one| one.split_once(';').unwrap_or((one, "")));
    named.any(|(name, weight)| {
        let refused = weight
            .trim()
            .strip_prefix("q=")
            .is_some_and(|weight| weight.parse() == Ok(0.0));
        name.trim().eq_ignore_ascii_case("gzip") && !refused
    })
}

pub async fn csp_report(State(hub): State<Arc<Hub>>, report: Bytes) -> StatusCode {
    hub.metrics.csp_reports.count();
    let (directive, page) = reported(&report);
    tracing::warn!(directive, page, "a browser reports a forbidden part on a page");
    StatusCode::OK
}

/// What was violated, and on which page. Anybody can send anything, and a page's address may hold a secret.
fn reported(report: &[u8]) -> (String, String) {
    let report: serde_json::Value = serde_json::from_slice(report).unwrap_or_default();
    let text = |key: &str| report["csp-report"][key].as_str().unwrap_or_default();
    (
        short(text("violated-directive")),
        short(&without_secrets(text("document-uri"))),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_takes_gzip_says_so() {
        let asked = |value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(value));
            takes_gzip(&headers)
        };
        assert!(asked("gzip") && asked("br, GZIP;q=0.5") && asked("deflate, gzip, br, zstd"));
        assert!(!asked("br") && !asked("gzip;q=0") && !asked("identity, gzip; q=0.0") && !asked(""));
    }

    #[test]
    fn a_report_tells_no_secret() {
        let report =
            br#"{"csp-report":{"document-uri":"http://h/hub/setup?token=abc","violated-directive":"img-src"}}"#;
        assert_eq!(
            reported(report),
            ("img-src".into(), "http://h/hub/setup?token=[secret]".into())
        );
        assert_eq!(reported(b"nonsense\n"), (String::new(), String::new()));
    }
}
