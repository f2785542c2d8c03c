//! What no handler is to be bothered with: bodies are read whole before anything is answered, within bounds of size and
//! time.
//!
//! An answer that comes while the client still sends is lost on its way: the connection is cut under it. So what is too
//! large is read to its end, as far as that is reasonable, and thrown away.

use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;

use super::error::HttpError;

/// The largest body that a handler gets; forms and API calls are far below it.
pub(super) const LIMIT: usize = 1 << 20;
/// So much is read of a body that is too large, so that its sender gets to hear of it.
const MOST_READ: usize = 32 << 20;
/// Between two pieces of a body.
const STALL: Duration = Duration::from_secs(20);
/// For all of it.
const TIME: Duration = Duration::from_secs(120);

pub(super) async fn whole(request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    // No name has it, and PostgreSQL can't even look for it.
    if parts.uri.to_string().contains("%00") {
        return HttpError::bad_request("The address has a NUL character.").into_response();
    }
    match tokio::time::timeout(TIME, read(body)).await {
        Ok(Ok(bytes)) => next.run(Request::from_parts(parts, Body::from(bytes))).await,
        Ok(Err(error)) => error.into_response(),
        Err(_) => too_slow().into_response(),
    }
}

async fn read(mut body: Body) -> Result<Bytes, HttpError> {
    let (mut kept, mut seen) = (BytesMut::new(), 0);
    loop {
        let frame = tokio::time::timeout(STALL, body.frame())
            .await
            .map_err(|_| too_slow())?;
        let Some(frame) = frame else { break };
        let frame = frame.map_err(|_| HttpError::bad_request("The body of the request did not arrive whole."))?;
        let Ok(data) = frame.into_data() else { continue };
        seen += data.len();
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
    Ok(kept.freeze())
}

fn too_slow() -> HttpError {
    HttpError::new(
        StatusCode::REQUEST_TIMEOUT,
        "The body of the request did not arrive in time.",
    )
}
