//! Who answers at the edge's API?

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, Result};
use bytes::Bytes;
use http_body_util::{BodyExt, Empty, Limited};
use hyper::header::{AUTHORIZATION, HOST};
use hyper::{Request, StatusCode};
use hyper_util::rt::TokioIo;
use perijove_model::Secret;
use tokio::net::TcpStream;

const PATIENCE: Duration = Duration::from_secs(2);
const LARGEST_ANSWER: usize = 64 << 10;

/// Who it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// An edge that knows our token.
    Ours,
    /// An edge or a configurable-http-proxy with another token.
    Refused,
    /// Something else.
    Stranger,
    /// Nobody listens there.
    Nobody,
}

pub async fn ask(api: SocketAddr, token: &Secret) -> Answer {
    let Ok(Ok(stream)) = tokio::time::timeout(PATIENCE, TcpStream::connect(api)).await else {
        return Answer::Nobody;
    };
    match tokio::time::timeout(PATIENCE, status(stream, api, token)).await {
        Ok(Ok((StatusCode::OK, body))) if is_edge(&body) => Answer::Ours,
        Ok(Ok((StatusCode::FORBIDDEN | StatusCode::UNAUTHORIZED, _))) => Answer::Refused,
        _ => Answer::Stranger,
    }
}

async fn status(stream: TcpStream, api: SocketAddr, token: &Secret) -> Result<(StatusCode, Bytes)> {
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    let exchange = async {
        let request = Request::get("/api")
            .header(HOST, api.to_string())
            .header(AUTHORIZATION, format!("token {}", token.expose()))
            .body(Empty::<Bytes>::new())?;
        let response = sender.send_request(request).await?;
        let status = response.status();
        let body = Limited::new(response.into_body(), LARGEST_ANSWER).collect().await;
        Ok((status, body.map_err(anyhow::Error::from_boxed)?.to_bytes()))
    };
    tokio::select! {
        answer = exchange => answer,
        ended = connection => Err(ended.err().map_or_else(|| anyhow::anyhow!("no answer"), Into::into)),
    }
    .context("the edge's API can't be asked")
}

fn is_edge(body: &[u8]) -> bool {
    let status: Option<serde_json::Value> = serde_json::from_slice(body).ok();
    status.is_some_and(|status| status.get("routes").is_some() && status.get("tunnels").is_some())
}
