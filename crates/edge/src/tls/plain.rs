//! Who comes without TLS: sent to the address with it, after what must be answered here.

use std::{convert::Infallible, net::TcpListener, sync::Arc};

use bytes::Bytes;
use http::{
    HeaderValue, Method, Request, Response, StatusCode, Uri,
    header::{CACHE_CONTROL, CONTENT_TYPE, HOST, LOCATION},
    uri::Authority,
};
use http_body_util::Full;
use hyper::{body::Incoming, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::{net::TcpStream, sync::Semaphore};
use tracing::debug;

use crate::{entry, server::Shared};

const CHALLENGE: &str = "/.well-known/acme-challenge/";
const MOST_CLIENTS: usize = 1024;

pub(crate) async fn accept(shared: Arc<Shared>, listener: TcpListener) {
    let listener = match tokio::net::TcpListener::from_std(listener) {
        Ok(listener) => listener,
        Err(error) => return tracing::warn!(%error, "an address without TLS can not be served"),
    };
    let room = Arc::new(Semaphore::new(MOST_CLIENTS));
    loop {
        let Ok(permit) = Arc::clone(&room).acquire_owned().await else {
            return;
        };
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = shared.stop.cancelled() => return,
        };
        match accepted {
            Ok((stream, _)) => {
                let shared = Arc::clone(&shared);
                tokio::spawn(async move {
                    serve(&shared, stream).await;
                    drop(permit);
                });
            }
            Err(error) => entry::wait_after(&error).await,
        }
    }
}

/// One request of a client that speaks no TLS.
pub(crate) async fn serve(shared: &Arc<Shared>, stream: TcpStream) {
    let service = service_fn(|request: Request<Incoming>| {
        let shared = Arc::clone(shared);
        async move { Ok::<_, Infallible>(answer(&shared, &request).await.map(Full::new)) }
    });
    let mut reader = crate::api::reader(&shared.limits);
    let serving = reader.keep_alive(false).serve_connection(TokioIo::new(stream), service);
    if let Err(error) = serving.await {
        debug!(%error, "a connection without TLS ended");
    }
}

async fn answer(shared: &Arc<Shared>, request: &Request<Incoming>) -> Response<Bytes> {
    let path = request.uri().path();
    if let Some(token) = path.strip_prefix(CHALLENGE) {
        let (shared, token) = (Arc::clone(shared), token.to_owned());
        let proof = tokio::task::spawn_blocking(move || shared.tls.challenges.answer(&token)).await;
        return match proof.ok().flatten() {
            Some(proof) => text(StatusCode::OK, proof),
            None => text(StatusCode::NOT_FOUND, "No such challenge.\n"),
        };
    }
    if path == "/_chp_healthz" {
        let mut response = text(StatusCode::OK, r#"{"status":"OK"}"#);
        let json = HeaderValue::from_static("application/json");
        response.headers_mut().insert(CONTENT_TYPE, json);
        return response;
    }
    if let Some(page) = shared.tls.own_page(path) {
        return page;
    }
    redirect(request, shared.tls.redirect_port)
}

fn redirect(request: &Request<Incoming>, port: u16) -> Response<Bytes> {
    let host = request.headers().get(HOST).and_then(|host| host.to_str().ok());
    let Some(location) = location(host, request.uri(), port) else {
        return text(StatusCode::BAD_REQUEST, "The request names no host.\n");
    };
    // Only GET and HEAD survive the older code with every client.
    let status = match *request.method() {
        Method::GET | Method::HEAD => StatusCode::MOVED_PERMANENTLY,
        _ => StatusCode::PERMANENT_REDIRECT,
    };
    let mut response = text(status, "This address is served with TLS only.\n");
    response.headers_mut().insert(LOCATION, location);
    response
}

/// The same path and query, at the port with TLS.
fn location(host: Option<&str>, uri: &Uri, port: u16) -> Option<HeaderValue> {
    let asked: Authority = match uri.authority() {
        Some(authority) => authority.clone(),
        None => host?.parse().ok()?,
    };
    let (host, path) = (asked.host(), uri.path_and_query()?);
    if host.is_empty() || asked.as_str().contains('@') {
        return None;
    }
    let location = match port {
        443 => format!("https://{host}{path}"),
        port => format!("https://{host}:{port}{path}"),
    };
    HeaderValue::try_from(location).ok()
}

fn text(status: StatusCode, words: impl Into<Bytes>) -> Response<Bytes> {
    let mut response = Response::new(words.into());
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn located(host: Option<&str>, uri: &str, port: u16) -> Option<String> {
        location(host, &uri.parse().unwrap(), port).map(|value| value.to_str().unwrap().to_owned())
    }

    #[test]
    fn path_and_query_stay_and_the_port_is_ours() {
        let host = Some("hub.example.org:8000");
        assert_eq!(
            located(host, "/user/a?b=%2F&c", 443).unwrap(),
            "https://hub.example.org/user/a?b=%2F&c"
        );
        assert_eq!(located(host, "/", 8443).unwrap(), "https://hub.example.org:8443/");
        assert_eq!(located(Some("[::1]:80"), "/x", 443).unwrap(), "https://[::1]/x");
        assert_eq!(located(None, "http://a.b:1/x", 443).unwrap(), "https://a.b/x");
    }

    #[test]
    fn nobody_is_sent_to_what_is_no_host() {
        for host in [None, Some(""), Some("a b"), Some("a\"b"), Some("x/y"), Some("a@b")] {
            assert_eq!(located(host, "/", 443), None, "{host:?}");
        }
    }
}
