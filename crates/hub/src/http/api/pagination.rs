//! Pages of lists: `offset` and `limit`, and an envelope for those who ask for it in `Accept`.

use axum::Json;
use axum::http::{HeaderMap, Uri, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use crate::Hub;
use crate::http::error::{HttpError, Result};
use crate::http::xsrf::query_value;

const ENVELOPE: &str = "application/jupyterhub-pagination+json";

/// The query of every list that comes in pages.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it describes; the query is read by hand, see Page::read")]
pub struct PageParams {
    /// How many items to pass over.
    offset: Option<i64>,
    /// How many items to give at most.
    limit: Option<i64>,
}

/// Which part of a list is asked for.
pub struct Page {
    pub offset: i64,
    pub limit: i64,
    envelope: bool,
}

impl Page {
    pub fn read(hub: &Hub, headers: &HeaderMap, uri: &Uri) -> Result<Self> {
        let query = uri.query().unwrap_or_default();
        let accept = headers
            .get(header::ACCEPT)
            .and_then(|accept| accept.to_str().ok())
            .unwrap_or_default();
        let envelope = accept.split(',').any(|kind| kind.trim() == ENVELOPE);
        let config = &hub.config.hub;
        let most = i64::from(config.api_page_max_limit).max(1);
        let usual = if envelope {
            i64::from(config.api_page_default_limit)
        } else {
            most
        };
        let number = |key: &str, usual: i64| match query_value(query, key) {
            None => Ok(usual),
            Some(text) => text
                .parse::<i64>()
                .map_err(|_| HttpError::bad_request("Invalid argument type, offset and limit must be integers")),
        };
        let offset = number("offset", 0)?.saturating_abs();
        let limit = number("limit", usual)?.clamp(1, most);
        Ok(Self {
            offset,
            limit,
            envelope,
        })
    }

    /// The list as it was asked for: plain, or with the address of the next page.
    pub fn answer(&self, uri: &Uri, headers: &HeaderMap, items: impl Serialize, total: i64) -> Response {
        if !self.envelope {
            return Json(items).into_response();
        }
        Json(self.enveloped(uri, headers, items, total)).into_response()
    }

    /// The list with the address of the next page, whatever was asked for.
    pub fn enveloped<T>(&self, uri: &Uri, headers: &HeaderMap, items: T, total: i64) -> Enveloped<T> {
        let after = self.offset.saturating_add(self.limit);
        let next = (after < total).then(|| NextPage {
            offset: after,
            limit: self.limit,
            url: next_url(uri, headers, &[("offset", after), ("limit", self.limit)]),
        });
        let pagination = Pagination {
            offset: self.offset,
            limit: self.limit,
            total,
            next,
        };
        Enveloped { items, pagination }
    }
}

/// A page of a list, and where it is in it.
#[derive(Serialize, ToSchema)]
pub struct Enveloped<T> {
    items: T,
    #[serde(rename = "_pagination")]
    pagination: Pagination,
}

#[derive(Serialize, ToSchema)]
pub struct Pagination {
    offset: i64,
    limit: i64,
    /// How many there are on all pages.
    total: i64,
    /// `null` on the last page.
    next: Option<NextPage>,
}

#[derive(Serialize, ToSchema)]
pub struct NextPage {
    offset: i64,
    limit: i64,
    url: String,
}

/// The address that was asked for, with these keys of its query set anew.
pub fn next_url(uri: &Uri, headers: &HeaderMap, set: &[(&str, i64)]) -> String {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let host = text("host").unwrap_or("localhost");
    let scheme = text("x-forwarded-proto").unwrap_or("http");
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for (key, value) in url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()) {
        if !set.iter().any(|(name, _)| *name == key) {
            query.append_pair(&key, &value);
        }
    }
    for (name, value) in set {
        query.append_pair(name, &value.to_string());
    }
    format!("{scheme}://{host}{}?{}", uri.path(), query.finish())
}
