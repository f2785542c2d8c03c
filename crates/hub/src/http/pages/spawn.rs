//! `/hub/spawn[/USER[/SERVER]]`: starts a server and shows its way up. There is no options form yet, so a link starts it.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{OriginalUri, Path, Request, State};
use axum::http::{HeaderMap, Method, Uri};
use axum::response::Response;
use perijove_model::scopes::Scope;
use perijove_model::server::{Pending, Phase};
use serde_json::{Map, Value};

use super::next;
use super::whose::{Whose, tail};
use crate::Hub;
use crate::http::error::{HttpError, Result};
use crate::http::found;
use crate::http::visitor::Visitor;
use crate::http::xsrf::query_value;
use crate::servers;

/// A start that is this quick needs no page about it.
const QUICK: Duration = Duration::from_millis(1000);
/// Keys of the query that are not options.
const NOT_OPTIONS: [&str; 3] = ["next", "display_name", "_xsrf"];

pub async fn own(state: State<Arc<Hub>>, uri: OriginalUri, visitor: Visitor, request: Request) -> Result<Response> {
    let name = match super::signed_in(&state, &visitor, &uri) {
        Ok(principal) => principal.name().to_owned(),
        Err(elsewhere) => return Ok(elsewhere),
    };
    start(state, uri, visitor, &name, "", request).await
}

pub async fn default(
    state: State<Arc<Hub>>,
    uri: OriginalUri,
    Path(user): Path<String>,
    visitor: Visitor,
    request: Request,
) -> Result<Response> {
    start(state, uri, visitor, &user, "", request).await
}

pub async fn named(
    state: State<Arc<Hub>>,
    uri: OriginalUri,
    Path((user, server)): Path<(String, String)>,
    visitor: Visitor,
    request: Request,
) -> Result<Response> {
    start(state, uri, visitor, &user, &server, request).await
}

async fn start(
    State(hub): State<Arc<Hub>>,
    OriginalUri(uri): OriginalUri,
    visitor: Visitor,
    user: &str,
    server: &str,
    request: Request,
) -> Result<Response> {
    let principal = match super::signed_in(&hub, &visitor, &uri) {
        Ok(principal) => principal,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let whose = Whose::read(&hub, principal, user, server, Scope::Servers).await?;
    let query = uri.query().unwrap_or_default().to_owned();
    let headers = request.headers().clone();
    if request.method() == Method::POST {
        check_post(&visitor, &headers, request).await?;
    } else {
        refuse_embedded(&headers)?;
    }
    let next = query_value(&query, "next").and_then(|next| next::local(&hub, &headers, &next));
    let pending = pending_url(&hub, &whose, next.as_deref());
    let ready = next.unwrap_or_else(|| whose.url(&hub));
    if let Some(spawner) = whose.spawner(&hub).await? {
        match spawner.run.phase {
            Phase::Ready => return Ok(found(&ready)),
            phase if phase.is_active() => return Ok(found(&pending)),
            _ => {}
        }
    }
    let display_name = query_value(&query, "display_name");
    let start = servers::Start {
        by: Some(principal),
        user: &whose.user,
        server: &whose.server,
        options: options(&query),
        display_name: display_name.as_deref(),
    };
    let begun = servers::request_start(&hub, start).await?;
    let spawner = servers::wait(&hub, begun.spawner_id, QUICK, |s| {
        s.run.phase.pending() != Some(Pending::Spawn)
    })
    .await?;
    let quick = spawner.is_some_and(|spawner| spawner.run.phase == Phase::Ready);
    Ok(found(if quick { &ready } else { &pending }))
}

/// The way-up page of a server, which leads on to `next`.
pub fn pending_url(hub: &Hub, whose: &Whose, next: Option<&str>) -> String {
    let query = next
        .map(|next| format!("?next={}", perijove_model::escape::component(next)))
        .unwrap_or_default();
    format!(
        "{}spawn-pending/{}{query}",
        hub.prefix(),
        tail(&whose.user.name, whose.server.as_str())
    )
}

async fn check_post(visitor: &Visitor, headers: &HeaderMap, request: Request) -> Result<()> {
    let uri: Uri = request.uri().clone();
    let body = axum::body::to_bytes(request.into_body(), 64 << 10)
        .await
        .map_err(|_| HttpError::new(axum::http::StatusCode::PAYLOAD_TOO_LARGE, "The form is too large."))?;
    let form = String::from_utf8_lossy(&body);
    let given = query_value(&form, "_xsrf").or_else(|| query_value(uri.query().unwrap_or_default(), "_xsrf"));
    visitor.xsrf.check_form(given.as_deref(), headers, &Method::POST)
}

/// A link may start a server; an image or a frame of a page elsewhere may not.
fn refuse_embedded(headers: &HeaderMap) -> Result<()> {
    let mode = headers.get("sec-fetch-mode").map(|mode| mode.as_bytes());
    match mode {
        None | Some(b"navigate") => Ok(()),
        Some(_) => Err(HttpError::forbidden(
            "A server is started from a page or a link, not from within another page.",
        )),
    }
}

/// Options in the query: those with the prefix `opt-` if there are any, else all (the old form).
fn options(query: &str) -> Option<Value> {
    let pairs =
        || url::form_urlencoded::parse(query.as_bytes()).filter(|(key, _)| !NOT_OPTIONS.contains(&key.as_ref()));
    let prefixed = pairs().any(|(key, _)| key.starts_with("opt-"));
    let mut options = Map::new();
    for (key, value) in pairs() {
        let key = match key.strip_prefix("opt-") {
            Some(key) if !key.is_empty() => key.to_owned(),
            Some(_) => continue,
            None if prefixed => continue,
            None => key.into_owned(),
        };
        let values = options.entry(key).or_insert_with(|| Value::Array(Vec::new()));
        if let Value::Array(values) = values {
            values.push(Value::String(value.into_owned()));
        }
    }
    (!options.is_empty()).then_some(Value::Object(options))
}

#[cfg(test)]
mod tests {
    use super::options;

    #[test]
    fn options_are_read_from_links() {
        assert_eq!(options("next=/x&display_name=y"), None);
        assert_eq!(options("a=1&a=2"), Some(serde_json::json!({ "a": ["1", "2"] })));
        assert_eq!(options("opt-a=1&b=2"), Some(serde_json::json!({ "a": ["1"] })));
    }
}
