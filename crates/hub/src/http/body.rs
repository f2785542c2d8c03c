//! What no handler is to be bothered with: bodies are read whole before anything is answered, within bounds of size and
//! time.
//!
//! An answer that comes while the client still sends is lost on its way: the connection is cut under it. So what is too
//! large is read to its end, as far as that is reasonable, and thrown away.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, HttpBody};
use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::error::HttpError;

/// The largest body that a handler gets; forms and API calls are far below it.
pub(super) const LIMIT: usize = 1 << 20;
/// So much is read of a body that is too large, so that its sender gets to hear of it.
const MOST_READ: usize = 32 << 20;
/// Between two pieces of a body.
const STALL: Duration = Duration::from_secs(20);
/// For all of it.
const TIME: Duration = Duration::from_secs(120);

/// What nearly all are within; a larger one needs a place.
const SMALL: usize = 16 << 10;
/// Large bodies in memory at the same time. Anybody can send them, and many at once.
const MOST_LARGE: usize = 64;

/// Places for large bodies.
#[derive(Clone)]
pub(super) struct Room(Arc<Semaphore>);

impl Default for Room {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(MOST_LARGE)))
    }
}

pub(super) async fn whole(room: &Room, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    // No name has it, and PostgreSQL can't even look for it.
    let has_nul = |text: &str| text.contains("%00");
    if has_nul(parts.uri.path()) || parts.uri.query().is_some_and(has_nul) {
        return HttpError::bad_request("The address has a NUL character.").into_response();
    }
    if body.is_end_stream() {
        return next.run(Request::from_parts(parts, Body::empty())).await;
    }
    match tokio::time::timeout(TIME, read(body, room)).await {
        Ok(Ok((bytes, _place))) => next.run(Request::from_parts(parts, Body::from(bytes))).await,
        Ok(Err(error)) => error.into_response(),
        Err(_) => too_slow().into_response(),
    }
}

async fn read(mut body: Body, room: &Room) -> Result<(Bytes, Option<OwnedSemaphorePermit>), HttpError> {
    let (mut kept, mut seen) = (BytesMut::new(), 0);
    let mut place = None;
    loop {
        let frame = tokio::time::timeout(STALL, body.frame())
            .await
            .map_err(|_| too_slow())?;
        let Some(frame) = frame else { break };
        let frame = frame.map_err(|_| HttpError::bad_request("The body of the request did not arrive whole."))?;
        let Ok(data) = frame.into_data() else { continue };
        seen += data.len();
        if seen > SMALL && place.is_none() {
            place = Some(taken(room).await?);
        }
        if seen <= LIMIT {
            kept.extend_from_slice(&data);
        } else {
            kept = BytesMut::new();
        }
        if seen > MOST_READ {
            break;
        }
    }
    if seen > LIMIT {
        let words = "The body of the request is too large.";
        return Err(HttpError::new(StatusCode::PAYLOAD_TOO_LARGE, words));
    }
    Ok((kept.freeze(), place))
}

async fn taken(room: &Room) -> Result<OwnedSemaphorePermit, HttpError> {
    let busy = || {
        let words = "Too many large requests arrive at this moment. Try again in a minute.";
        HttpError::new(StatusCode::SERVICE_UNAVAILABLE, words)
    };
    let place = tokio::time::timeout(STALL, Arc::clone(&room.0).acquire_owned()).await;
    place.map_err(|_| busy())?.map_err(|_| busy())
}

fn too_slow() -> HttpError {
    HttpError::new(
        StatusCode::REQUEST_TIMEOUT,
        "The body of the request did not arrive in time.",
    )
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use futures_util::{StreamExt, stream};

    use super::*;

    async fn status_of(body: Body) -> Result<usize, StatusCode> {
        let read = read(body, &Room::default()).await;
        read.map(|(bytes, _)| bytes.len()).map_err(|error| error.status)
    }

    fn pieces(size: usize, count: usize, pause: Duration) -> Body {
        let pieces = stream::iter(0..count).then(move |_| async move {
            tokio::time::sleep(pause).await;
            Ok::<_, Infallible>(Bytes::from(vec![b'x'; size]))
        });
        Body::from_stream(pieces)
    }

    #[tokio::test(start_paused = true)]
    async fn bodies_have_bounds_of_size_and_time() {
        let soon = Duration::from_millis(1);
        assert_eq!(status_of(Body::empty()).await, Ok(0));
        assert_eq!(status_of(pieces(1 << 10, 1 << 10, soon)).await, Ok(LIMIT));
        let too_large = Err(StatusCode::PAYLOAD_TOO_LARGE);
        assert_eq!(status_of(pieces(LIMIT, 2, soon)).await, too_large);
        assert_eq!(
            status_of(pieces(LIMIT, usize::MAX, soon)).await,
            too_large,
            "one that never ends"
        );
        assert_eq!(status_of(pieces(10, 3, Duration::from_secs(19))).await, Ok(30));
        assert_eq!(
            status_of(pieces(10, 3, Duration::from_secs(21))).await,
            Err(StatusCode::REQUEST_TIMEOUT)
        );
    }

    #[tokio::test(start_paused = true)]
    async fn large_bodies_take_turns_and_small_ones_need_not_wait() {
        let room = Room::default();
        let soon = Duration::from_millis(1);
        let mut held = Vec::new();
        for _ in 0..MOST_LARGE {
            held.push(read(pieces(SMALL, 2, soon), &room).await.unwrap());
        }
        let error = read(pieces(SMALL, 2, soon), &room).await.unwrap_err();
        assert_eq!(error.status, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(read(pieces(SMALL, 1, soon), &room).await.unwrap().0.len(), SMALL);
        held.pop();
        assert!(read(pieces(SMALL, 2, soon), &room).await.is_ok());
    }
}
