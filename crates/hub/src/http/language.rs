//! In which language somebody reads.

use std::sync::Arc;

use axum::http::{HeaderMap, header};
use perijove_web::{Words, wishes};

use crate::Hub;
use crate::http::cookies;
use crate::http::xsrf::query_value;

/// By what the person has chosen, what was chosen in this browser before, and what the browser itself asks for.
#[must_use]
pub fn words(hub: &Hub, headers: &HeaderMap, chosen: Option<&str>) -> Arc<Words> {
    let asked = headers.get(header::ACCEPT_LANGUAGE);
    let asked = asked.and_then(|asked| asked.to_str().ok()).unwrap_or_default();
    let wishes = chosen.into_iter().chain(kept(headers)).chain(wishes(asked));
    Arc::clone(hub.pages.words(wishes))
}

/// What this browser keeps.
#[must_use]
pub fn kept(headers: &HeaderMap) -> Option<&str> {
    cookies::all(headers, cookies::LANGUAGE).next()
}

/// What a script that shows the API's sentences to somebody adds to the address; without it, the API speaks English.
#[must_use]
pub fn asked(query: Option<&str>) -> Option<String> {
    query_value(query?, "language")
}
