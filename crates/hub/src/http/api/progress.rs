//! `GET .../progress`: how a start goes on, as server-sent events.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt;
use perijove_model::scopes::Scope;
use perijove_store::spawners;

use super::servers::owner;
use crate::http::error::{HttpError, Result, short};
use crate::http::visitor::Principal;
use crate::{Hub, servers};

/// An empty line now and then keeps proxies from closing the connection.
const KEEP_ALIVE: Duration = Duration::from_secs(8);

pub async fn default(state: State<Arc<Hub>>, Path(user): Path<String>, principal: Principal) -> Result<Response> {
    named(state, Path((user, String::new())), principal).await
}

pub async fn named(
    State(hub): State<Arc<Hub>>,
    Path((user, server)): Path<(String, String)>,
    principal: Principal,
) -> Result<Response> {
    let owner = owner(&hub, &principal, &user, &server, Scope::ReadServers).await?;
    let not_starting = || {
        let colon = if server.is_empty() { "" } else { ":" };
        HttpError::bad_request(format!("{}{colon}{} is not starting...", owner.name, short(&server)))
    };
    let spawner = match spawners::get(&hub.store, owner.id, &server).await? {
        Some(spawner) => spawner,
        None if server.is_empty() => return Err(not_starting()),
        None => return Err(HttpError::not_found()),
    };
    if !servers::has_progress(&spawner) {
        return Err(not_starting());
    }
    let events = servers::progress(&hub, spawner.id).map(|event| Bytes::from(format!("data: {event}\n\n")));
    let stop = hub.stop.clone();
    let stream = futures_util::stream::unfold((Box::pin(events), true), move |(mut events, first)| {
        let stop = stop.clone();
        async move {
            if first {
                return Some((
                    Ok::<_, std::convert::Infallible>(Bytes::from_static(b"\n\n")),
                    (events, false),
                ));
            }
            tokio::select! {
                event = events.next() => event.map(|event| (Ok(event), (events, false))),
                () = tokio::time::sleep(KEEP_ALIVE) => Some((Ok(Bytes::from_static(b"\n\n")), (events, false))),
                () = stop.cancelled() => None,
            }
        }
    });
    let headers = [
        (header::CONTENT_TYPE, "text/event-stream"),
        (header::CACHE_CONTROL, "no-cache"),
    ];
    Ok((headers, Body::from_stream(stream)).into_response())
}
