//! `POST /hub/language`: in which language this browser's pages are, and all of whoever is signed in.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, Method, header};
use axum::response::Response;
use perijove_store::languages;

use super::next;
use crate::Hub;
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
    // A button says it in its address, a form with a list in its fields.
    let query = query.unwrap_or_default();
    let given = |key| form.text(key).map(str::to_owned).or_else(|| query_value(&query, key));
    let wanted = given("language").unwrap_or_default();
    let tag = match wanted.as_str() {
        "" => None,
        wanted => Some(
            hub.pages
                .languages()
                .find(|tag| *tag == wanted)
                .ok_or_else(|| HttpError::bad_request("There are no pages in this language."))?,
        ),
    };
    if let Some(user) = visitor.in_browser().and_then(|principal| principal.user()) {
        match tag {
            Some(tag) => languages::set(&hub.store, user.id, tag).await?,
            None => languages::forget(&hub.store, user.id).await?,
        }
    }
    let next = given("next").and_then(|next| next::local(&hub, &headers, &next));
    let mut response = found(&next.unwrap_or_else(|| hub.prefix()));
    response
        .headers_mut()
        .append(header::SET_COOKIE, visitor.jar.language(tag));
    Ok(response)
}
