//! `POST /hub/theme`: whether this browser's pages are light or dark.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, Method, header};
use axum::response::Response;

use super::next;
use crate::Hub;
use crate::http::cookies::THEMES;
use crate::http::error::{HttpError, Result};
use crate::http::form::Form;
use crate::http::found;
use crate::http::visitor::Visitor;
use crate::http::xsrf::query_value;

pub async fn post(
    State(hub): State<Arc<Hub>>,
    headers: HeaderMap,
    visitor: Visitor,
    RawQuery(query): RawQuery,
    form: Form,
) -> Result<Response> {
    visitor.xsrf.check_form(form.text("_xsrf"), &headers, &Method::POST)?;
    let wanted = query.and_then(|query| query_value(&query, "theme")).unwrap_or_default();
    let theme = THEMES.into_iter().find(|theme| *theme == wanted);
    let theme = theme.ok_or_else(|| HttpError::bad_request("Pages are light or dark."))?;
    let from = headers.get(header::REFERER).and_then(|from| from.to_str().ok());
    let next = from.and_then(|from| next::local(&hub, &headers, from));
    let mut response = found(&next.unwrap_or_else(|| hub.prefix()));
    let cookie = visitor.jar.theme(theme);
    response.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(response)
}
