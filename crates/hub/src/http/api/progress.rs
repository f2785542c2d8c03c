//! `GET .../progress`: how a start goes on, as server-sent events.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{Path, RawQuery, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::{Stream, StreamExt};
use perijove_model::scopes::Scope;
use perijove_web::Words;
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use super::refusals::{NotFound, TooMany};
use super::servers::Which;
use crate::Hub;
use crate::http::error::{HttpError, Result, short};
use crate::http::language;
use crate::http::streams::Place;
use crate::http::visitor::Principal;
use crate::servers::{self, For};

/// An empty line now and then keeps proxies from closing the connection.
const KEEP_ALIVE: Duration = Duration::from_secs(8);

/// One of the events.
#[derive(utoipa::ToSchema)]
#[schema(description = "A server-sent event")]
#[expect(dead_code, reason = "only described")]
struct ProgressLine {
    /// An object in JSON: `progress` (0 to 100), `message`, and at the end `ready` with `url`, or `failed`.
    data: String,
}

/// Follow the start of a server, event by event, to its end.
#[utoipa::path(
    get,
    path = "/users/{user}/servers/{server}/progress",
    tag = "servers",
    params(
        Which,
        ("language" = Option<String>, Query, description = "The language of the messages, such as `de`; English without"),
    ),
    responses(
        (status = 200, description = "Events, each a line `data: {...}`", content_type = "text/event-stream", body = ProgressLine),
        NotFound, TooMany,
    ),
    security(("token" = ["read:servers"])),
)]
pub async fn get(
    State(hub): State<Arc<Hub>>,
    Path(which): Path<Which>,
    RawQuery(query): RawQuery,
    principal: Principal,
) -> Result<Response> {
    let owner = which.owner(&hub, &principal, Scope::ReadServers).await?;
    let spawner = which.find(&hub, &owner).await?.filter(servers::has_progress);
    let spawner = spawner.ok_or_else(|| not_starting(&which))?;
    let place = hub.streams.take(&principal).ok_or_else(|| {
        let words = "Too many event streams are open. Close some of them first.";
        HttpError::new(StatusCode::TOO_MANY_REQUESTS, words)
    })?;
    let language = language::asked(query.as_deref());
    let words = language.map(|language| Arc::clone(hub.pages.words([language.as_str()])));
    // Only pages say in which language.
    let whom = if words.is_some() { For::Pages } else { For::Programs };
    let events = servers::progress(&hub, spawner.id, whom).map(move |event| match &words {
        Some(words) => said(words, event),
        None => event,
    });
    let lines = lines(events, place, hub.stop.clone());
    let headers = [
        (header::CONTENT_TYPE, "text/event-stream"),
        (header::CACHE_CONTROL, "no-cache"),
    ];
    Ok((headers, Body::from_stream(lines)).into_response())
}

/// The event as a page tells it.
fn said(words: &Words, mut event: Value) -> Value {
    for key in ["message", "advice"] {
        if let Some(sentence) = event[key].as_str() {
            event[key] = words.said(sentence).into_owned().into();
        }
    }
    event
}

fn not_starting(which: &Which) -> HttpError {
    let colon = if which.server.is_empty() { "" } else { ":" };
    let words = format!("{}{colon}{} is not starting...", which.user, short(&which.server));
    HttpError::new(StatusCode::NOT_FOUND, words)
}

/// Two newlines at once, then the events, and two newlines wherever there is none for a while.
fn lines(
    events: impl Stream<Item = Value> + Send + 'static,
    place: Place,
    stop: CancellationToken,
) -> impl Stream<Item = std::result::Result<Bytes, Infallible>> + Send + 'static {
    let silence = || Bytes::from_static(b"\n\n");
    let events = events.map(|event| Bytes::from(format!("data: {event}\n\n")));
    let later = futures_util::stream::unfold((Box::pin(events), place), move |(mut events, place)| {
        let stop = stop.clone();
        async move {
            let line = tokio::select! {
                event = events.next() => event?,
                () = tokio::time::sleep(KEEP_ALIVE) => silence(),
                () = stop.cancelled() => return None,
            };
            Some((line, (events, place)))
        }
    });
    futures_util::stream::once(async move { silence() })
        .chain(later)
        .map(Ok)
}
