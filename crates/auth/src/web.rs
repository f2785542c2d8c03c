//! Calls to whoever signs people in: bounded in time and size, and never led elsewhere by an answer. What is said of a call
//! has its host and path only: codes and tokens are in bodies, headers and queries.

use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue, USER_AGENT};
use http::uri::Scheme;
use http::{HeaderMap, Method, Request, StatusCode, Uri};
use http_body_util::{BodyExt, Full, Limited};
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::proxy::Tunnel;
use hyper_util::client::proxy::matcher::Matcher;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use perijove_model::Secret;
use perijove_tls::{Check, TlsError};
use rustls::ClientConfig;
use serde_json::Value;
use tokio::net::TcpStream;
use tokio::sync::OnceCell;
use tower::Service;
use url::Url;

/// Shorter than servers keep what is idle (Node: 5 seconds): a code sent on a connection that ends just then would be lost.
const IDLE: Duration = Duration::from_secs(3);
/// People wait for it with a blank page before them.
const PATIENCE: Duration = Duration::from_secs(15);
/// A person with thousands of groups fits; a flood does not.
const LARGEST: usize = 2 * 1024 * 1024;

#[derive(Debug, thiserror::Error)]
pub enum WebError {
    #[error("{0} did not answer within 15 seconds")]
    Late(String),
    #[error("{place} can't be reached: {why}")]
    Unreachable { place: String, why: String },
    #[error("the answer of {0} is larger than 2 MiB, or ended early")]
    Cut(String),
    #[error("the answer of {0} is not what it should be: {1}")]
    Odd(String, String),
    #[error(transparent)]
    Tls(#[from] TlsError),
    #[error("the system's authorities can't be read: {0}")]
    Authorities(tokio::task::JoinError),
}

/// What came back.
#[derive(Debug)]
pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    body: Bytes,
    place: String,
}

impl Reply {
    /// # Errors
    /// The answer is not JSON.
    pub fn json(&self) -> Result<Value, WebError> {
        serde_json::from_slice(&self.body).map_err(|error| WebError::Odd(self.place.clone(), error.to_string()))
    }

    /// For the log: what answered how.
    #[must_use]
    pub fn told(&self) -> WebError {
        WebError::Odd(self.place.clone(), format!("status {}", self.status.as_u16()))
    }

    /// The JSON of a good answer.
    ///
    /// # Errors
    /// It is none.
    pub fn good(&self) -> Result<Value, WebError> {
        match self.status.is_success() {
            true => self.json(),
            false => Err(self.told()),
        }
    }
}

/// Who asks.
pub enum Proof<'a> {
    Nothing,
    Bearer(&'a str),
    Basic(&'a str, &'a Secret),
}

type Connected = Client<HttpsConnector<Way>, Full<Bytes>>;

/// Whom a connection believes.
#[derive(Debug, Clone, Default)]
pub struct Trust {
    /// Instead of the system's authorities.
    pub authorities: Option<PathBuf>,
    /// Anybody: for trials only.
    pub unchecked: bool,
    pub proxy: Proxy,
}

/// Who stands between this machine and others.
#[derive(Debug, Clone, Default)]
pub struct Proxy {
    /// `http://HOST:PORT`, perhaps with a name and a password.
    pub url: Option<Secret>,
    /// Hosts, domains and networks that are asked without it, with commas between them.
    pub without: String,
}

impl Proxy {
    fn matcher(&self) -> Result<Option<Matcher>, WebError> {
        let Some(url) = self.url.as_ref().map(Secret::expose).filter(|url| !url.is_empty()) else {
            return Ok(None);
        };
        let parsed = Url::parse(url)
            .ok()
            .filter(|url| url.scheme() == "http" && url.has_host());
        if parsed.is_none() {
            let what = "write it as http://HOST:PORT".to_owned();
            return Err(WebError::Odd("`https_proxy`".to_owned(), what));
        }
        Ok(Some(Matcher::builder().all(url).no(self.without.as_str()).build()))
    }
}

/// To a host directly, or through the proxy.
#[derive(Clone)]
struct Way {
    direct: HttpConnector,
    proxy: Option<Arc<Matcher>>,
}

impl Service<Uri> for Way {
    type Response = TokioIo<TcpStream>;
    type Error = Box<dyn std::error::Error + Send + Sync>;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.direct.poll_ready(context).map_err(Into::into)
    }

    fn call(&mut self, to: Uri) -> Self::Future {
        let by = self.proxy.as_ref().and_then(|proxy| proxy.intercept(&to));
        let mut direct = self.direct.clone();
        Box::pin(async move {
            let Some(by) = by else {
                return direct.call(to).await.map_err(Into::into);
            };
            let mut tunnel = Tunnel::new(with_port(by.uri())?, direct);
            if let Some(proof) = by.basic_auth() {
                tunnel = tunnel.with_auth(proof.clone());
            }
            tunnel.call(with_port(&to)?).await.map_err(Into::into)
        })
    }
}

/// The same with its port: a tunnel that is told none leads to 443, also where http is spoken.
fn with_port(uri: &Uri) -> Result<Uri, http::Error> {
    let usual = if uri.scheme() == Some(&Scheme::HTTPS) { 443 } else { 80 };
    let port = uri.port_u16().unwrap_or(usual);
    let host = uri.host().unwrap_or_default();
    Uri::builder()
        .scheme(uri.scheme().cloned().unwrap_or(Scheme::HTTP))
        .authority(format!("{host}:{port}"))
        .path_and_query(uri.path())
        .build()
}

/// Calls to one party.
pub struct Web {
    trust: Trust,
    client: OnceCell<Connected>,
}

impl Web {
    #[must_use]
    pub fn new(trust: Trust) -> Self {
        Self {
            trust,
            client: OnceCell::new(),
        }
    }

    /// # Errors
    /// There is no answer, or too much of one.
    pub async fn get(&self, url: &Url, proof: Proof<'_>) -> Result<Reply, WebError> {
        self.call(Method::GET, url, proof, Bytes::new()).await
    }

    /// # Errors
    /// There is no answer, or too much of one.
    pub async fn post(&self, url: &Url, fields: &[(&str, &str)], proof: Proof<'_>) -> Result<Reply, WebError> {
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        self.call(Method::POST, url, proof, body.into()).await
    }

    async fn call(&self, method: Method, url: &Url, proof: Proof<'_>, body: Bytes) -> Result<Reply, WebError> {
        let place = place(url);
        let request = request(method, url, proof, body).map_err(|why| WebError::Unreachable {
            place: place.clone(),
            why,
        })?;
        let client = self.client().await?;
        let answered = async {
            let answer = client.request(request).await.map_err(|error| WebError::Unreachable {
                place: place.clone(),
                why: chain(&error),
            })?;
            let (head, body) = answer.into_parts();
            let body = Limited::new(body, LARGEST).collect().await;
            Ok(Reply {
                status: head.status,
                headers: head.headers,
                body: body.map_err(|_| WebError::Cut(place.clone()))?.to_bytes(),
                place: place.clone(),
            })
        };
        let answered = tokio::time::timeout(PATIENCE, answered).await;
        answered.unwrap_or_else(|_| Err(WebError::Late(place.clone())))
    }

    /// Made at the first call: authorities are read from files.
    async fn client(&self) -> Result<&Connected, WebError> {
        let make = || async {
            let trust = self.trust.clone();
            let config = tokio::task::spawn_blocking(move || configured(&trust)).await;
            let config = config.map_err(WebError::Authorities)??;
            let mut plain = HttpConnector::new();
            plain.enforce_http(false);
            plain.set_connect_timeout(Some(PATIENCE / 2));
            let connector = hyper_rustls::HttpsConnectorBuilder::new()
                .with_tls_config(config)
                .https_or_http()
                .enable_http1()
                .wrap_connector(Way {
                    direct: plain,
                    proxy: self.trust.proxy.matcher()?.map(Arc::new),
                });
            Ok(Client::builder(TokioExecutor::new())
                .pool_timer(TokioTimer::new())
                .pool_idle_timeout(IDLE)
                .build(connector))
        };
        self.client.get_or_try_init(make).await
    }
}

fn request(method: Method, url: &Url, proof: Proof<'_>, body: Bytes) -> Result<Request<Full<Bytes>>, String> {
    let mut request = Request::builder()
        .method(&method)
        .uri(url.as_str())
        .header(ACCEPT, "application/json")
        .header(USER_AGENT, "Perijove");
    if method == Method::POST {
        request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
    }
    let proof = match proof {
        Proof::Nothing => None,
        Proof::Bearer(token) => Some(format!("Bearer {token}")),
        Proof::Basic(name, secret) => {
            // RFC 6749 2.3.1: both are encoded as in a form first.
            let encoded = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
            let pair = format!("{}:{}", encoded(name), encoded(secret.expose()));
            Some(format!("Basic {}", STANDARD.encode(pair)))
        }
    };
    if let Some(proof) = proof {
        let mut value = HeaderValue::try_from(proof).map_err(|_| "the token can't be in a header".to_owned())?;
        value.set_sensitive(true);
        request = request.header(AUTHORIZATION, value);
    }
    request.body(Full::new(body)).map_err(|error| error.to_string())
}

/// Host and path of an address.
fn place(url: &Url) -> String {
    format!("{}{}", url.host_str().unwrap_or_default(), url.path())
}

/// What lies beneath "client error".
fn chain(error: &dyn std::error::Error) -> String {
    let mut last = error;
    while let Some(cause) = last.source() {
        last = cause;
    }
    last.to_string()
}

fn configured(trust: &Trust) -> Result<ClientConfig, WebError> {
    let check = match trust.unchecked {
        true => {
            tracing::warn!(
                "certificates of a way to sign in are not checked: anybody on the way may say who somebody is"
            );
            Check::Nothing
        }
        false => Check::Name(perijove_tls::authorities(trust.authorities.as_deref())?),
    };
    Ok(perijove_tls::client(check)?.with_no_client_auth())
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;
    use crate::oauth::tests::Fake;

    /// A proxy that notes what it is asked, and leads there.
    async fn proxy(asked: Arc<Mutex<Vec<String>>>) -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            while let Ok((mut client, _)) = listener.accept().await {
                let mut head = Vec::new();
                while !head.ends_with(b"\r\n\r\n") {
                    head.push(client.read_u8().await.unwrap());
                }
                let head = String::from_utf8(head).unwrap();
                let to = head.split_whitespace().nth(1).unwrap().to_owned();
                asked.lock().unwrap().push(head);
                client.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
                let Ok(mut server) = TcpStream::connect(to).await else {
                    continue;
                };
                let _ = tokio::io::copy_bidirectional(&mut client, &mut server).await;
            }
        });
        address.to_string()
    }

    #[tokio::test]
    async fn others_are_asked_by_the_proxy_unless_they_are_near() {
        let (asked, fake) = (Arc::new(Mutex::new(Vec::new())), Fake::start().await);
        let proxy = proxy(Arc::clone(&asked)).await;
        fake.says("GET /here", serde_json::json!({ "a": 1 }));
        let web = |without: &str| {
            Web::new(Trust {
                proxy: Proxy {
                    url: Some(Secret::new(format!("http://ann:s%40crt@{proxy}"))),
                    without: without.to_owned(),
                },
                ..Trust::default()
            })
        };
        let url = fake.at("/here");
        let said = web("other.example").get(&url, Proof::Nothing).await.unwrap();
        assert_eq!(said.good().unwrap()["a"], 1);
        let head = asked.lock().unwrap().concat();
        assert!(head.starts_with("CONNECT 127.0.0.1:"), "{head}");
        let proof = format!("Basic {}", STANDARD.encode("ann:s@crt"));
        assert!(
            head.to_lowercase().contains("proxy-authorization: ") && head.contains(&proof),
            "{head}"
        );
        web("localhost,127.0.0.0/8")
            .get(&url, Proof::Nothing)
            .await
            .unwrap()
            .good()
            .unwrap();
        assert_eq!(asked.lock().unwrap().len(), 1, "who is near is asked directly");
        let wrong = Trust {
            proxy: Proxy {
                url: Some(Secret::new("proxy.example.org")),
                ..Proxy::default()
            },
            ..Trust::default()
        };
        let error = Web::new(wrong).get(&url, Proof::Nothing).await.unwrap_err();
        assert!(error.to_string().contains("http://HOST:PORT"), "{error}");
    }

    #[tokio::test]
    async fn the_proxy_is_asked_for_the_port_of_what_is_spoken_there() {
        for (url, wanted) in [
            ("http://127.0.0.1/a", "CONNECT 127.0.0.1:80 "),
            ("http://127.0.0.1:1/a", "CONNECT 127.0.0.1:1 "),
            ("https://127.0.0.1/a", "CONNECT 127.0.0.1:443 "),
            ("https://[::1]/a", "CONNECT [::1]:443 "),
        ] {
            let asked = Arc::new(Mutex::new(Vec::new()));
            let proxy = proxy(Arc::clone(&asked)).await;
            let web = Web::new(Trust {
                proxy: Proxy {
                    url: Some(Secret::new(format!("http://{proxy}"))),
                    without: String::new(),
                },
                ..Trust::default()
            });
            // Nobody is there: what counts is what the proxy was asked for.
            let url = Url::parse(url).unwrap();
            let _ = tokio::time::timeout(Duration::from_secs(5), web.get(&url, Proof::Nothing)).await;
            let heads = std::mem::take(&mut *asked.lock().unwrap()).concat();
            assert!(heads.starts_with(wanted), "{url}: {heads}");
        }
    }

    #[test]
    fn a_proxy_without_a_port_is_at_the_one_of_http() {
        for (url, wanted) in [
            ("http://proxy.example.org", "http://proxy.example.org:80/"),
            ("http://ann:secret@proxy.example.org", "http://proxy.example.org:80/"),
            ("http://proxy.example.org:3128", "http://proxy.example.org:3128/"),
            ("http://[2001:db8::1]", "http://[2001:db8::1]:80/"),
        ] {
            let proxy = Proxy {
                url: Some(Secret::new(url)),
                without: String::new(),
            };
            let to = Uri::from_static("https://hub.example.org/");
            let by = proxy.matcher().unwrap().unwrap().intercept(&to).unwrap();
            assert_eq!(with_port(by.uri()).unwrap().to_string(), wanted);
        }
    }
}
