//! Who answers at the edge's API, and what it says.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, Result};
use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::header::{AUTHORIZATION, HOST};
use hyper::{Method, Request, StatusCode};
use hyper_util::rt::TokioIo;
use perijove_model::Secret;
use tokio::net::TcpStream;
use url::Url;

const PATIENCE: Duration = Duration::from_secs(2);
const LARGEST_ANSWER: usize = 64 << 10;
/// A hundred thousand routes are 20 MiB.
const LARGEST_LIST: usize = 256 << 20;
const LISTING: Duration = Duration::from_secs(30);

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
    let request = Request::get("/api")
        .header(HOST, api.to_string())
        .header(AUTHORIZATION, format!("token {}", token.expose()))
        .body(Full::default())?;
    exchange(stream, request, LARGEST_ANSWER).await
}

/// Why a call came to nothing.
#[derive(Debug)]
pub enum CallError {
    Nobody(anyhow::Error),
    /// It speaks what we don't.
    Unspoken,
    Broken(anyhow::Error),
}

/// One call of the API, whatever the answer.
pub async fn call(
    api: &Url,
    token: &Secret,
    method: Method,
    path: &str,
    body: Option<String>,
) -> Result<(StatusCode, Bytes), CallError> {
    let (Some(host), Some(port), "http") = (api.host_str(), api.port_or_known_default(), api.scheme()) else {
        return Err(CallError::Unspoken);
    };
    let place = (host.trim_matches(['[', ']']), port);
    let connecting = tokio::time::timeout(PATIENCE, TcpStream::connect(place)).await;
    let stream = match connecting {
        Ok(Ok(stream)) => stream,
        Ok(Err(error)) => return Err(CallError::Nobody(error.into())),
        Err(late) => return Err(CallError::Nobody(late.into())),
    };
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header(HOST, format!("{host}:{port}"))
        .header(AUTHORIZATION, format!("token {}", token.expose()))
        .body(Full::from(body.unwrap_or_default()))
        .map_err(|error| CallError::Broken(error.into()))?;
    let answer = tokio::time::timeout(LISTING, exchange(stream, request, LARGEST_LIST)).await;
    answer.map_err(anyhow::Error::from).flatten().map_err(CallError::Broken)
}

async fn exchange(stream: TcpStream, request: Request<Full<Bytes>>, largest: usize) -> Result<(StatusCode, Bytes)> {
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    let exchange = async {
        let response = sender.send_request(request).await?;
        let status = response.status();
        let body = Limited::new(response.into_body(), largest).collect().await;
        anyhow::Ok((status, body.map_err(anyhow::Error::from_boxed)?.to_bytes()))
    };
    let mut connection = std::pin::pin!(connection);
    let mut exchange = std::pin::pin!(exchange);
    tokio::select! {
        biased;
        answer = &mut exchange => answer,
        ended = &mut connection => match ended {
            Ok(()) => exchange.await,
            Err(error) => Err(error.into()),
        },
    }
    .context("the edge's API can't be asked")
}

fn is_edge(body: &[u8]) -> bool {
    let status: Option<serde_json::Value> = serde_json::from_slice(body).ok();
    status.is_some_and(|status| status.get("routes").is_some() && status.get("tunnels").is_some())
}
