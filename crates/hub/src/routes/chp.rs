//! Routes over the REST API of configurable-http-proxy: our edge has the same one.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::stream::{self, StreamExt, TryStreamExt};
use http::{Method, Request, StatusCode, header};
use http_body_util::{BodyExt, Full, Limited};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use perijove_model::{Secret, escape};
use serde_json::{Map, Value};
use tokio::time::{sleep, timeout};
use url::Url;

use super::{KnownRoute, Proxy, Route, RouteActivity, RouteError, RouteSet, Routes};

const CONNECT: Duration = Duration::from_secs(1);
const ONE_TRY: Duration = Duration::from_secs(5);
const HEALTHY_WITHIN: Duration = Duration::from_secs(1);
const TRIES: u32 = 3;
const PAUSE: Duration = Duration::from_millis(100);
/// Calls at the same time, when many routes are missing.
const AT_ONCE: usize = 16;
/// The list of some 100,000 routes.
const LARGEST_ANSWER: usize = 64 << 20;

/// A proxy that speaks configurable-http-proxy's REST API; another one may take its place.
pub struct ChpRoutes {
    now: RwLock<Arc<Api>>,
}

/// The API of one proxy.
struct Api {
    proxy: Proxy,
    /// `http://127.0.0.1:8001/api/routes`, without a slash at the end.
    api: String,
    client: Client<HttpConnector, Full<Bytes>>,
}

impl ChpRoutes {
    /// `url` is the API's without `/api/routes`.
    #[must_use]
    pub fn new(url: &Url, token: Secret) -> Self {
        let proxy = Proxy {
            api_url: url.to_string(),
            auth_token: token,
        };
        Self {
            now: RwLock::new(Arc::new(Api::new(proxy))),
        }
    }

    fn now(&self) -> Arc<Api> {
        Arc::clone(&self.now.read().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Api {
    fn new(proxy: Proxy) -> Self {
        let mut connector = HttpConnector::new();
        connector.set_connect_timeout(Some(CONNECT));
        connector.set_nodelay(true);
        Self {
            api: format!("{}/api/routes", proxy.api_url.trim_end_matches('/')),
            proxy,
            client: Client::builder(TokioExecutor::new())
                .pool_timer(TokioTimer::new())
                .pool_idle_timeout(Duration::from_secs(4))
                .pool_max_idle_per_host(AT_ONCE)
                .build(connector),
        }
    }

    /// What the hub has put there; others' routes are none of its business.
    async fn known(&self) -> Result<Vec<KnownRoute>, RouteError> {
        let (_, body) = self.call(Method::GET, "", None, &[StatusCode::OK]).await?;
        let all: BTreeMap<String, Map<String, Value>> =
            serde_json::from_slice(&body).map_err(|error| self.unreachable(error))?;
        let ours = all.into_iter().filter(|(_, route)| route.contains_key("jupyterhub"));
        Ok(ours.map(|(path, route)| read(&path, route)).collect())
    }

    async fn put(&self, route: &Route) -> Result<(), RouteError> {
        let mut body = route.data.as_object().cloned().unwrap_or_default();
        body.insert("target".to_owned(), route.target.clone().into());
        body.insert("jupyterhub".to_owned(), true.into());
        let body = Value::Object(body).to_string();
        let good = [StatusCode::CREATED, StatusCode::OK];
        self.call(Method::POST, &route.path, Some(body), &good).await.map(drop)
    }

    async fn delete(&self, path: &str) -> Result<(), RouteError> {
        // That it is gone already is what was wanted.
        let good = [StatusCode::NO_CONTENT, StatusCode::OK, StatusCode::NOT_FOUND];
        self.call(Method::DELETE, path, None, &good).await.map(drop)
    }

    /// All calls may be repeated, so what fails on the way or in the proxy is.
    async fn call(
        &self,
        method: Method,
        path: &str,
        body: Option<String>,
        good: &[StatusCode],
    ) -> Result<(StatusCode, Bytes), RouteError> {
        let body = Bytes::from(body.unwrap_or_default());
        let mut tried = 0;
        loop {
            tried += 1;
            let error = match self.once(&method, path, body.clone()).await {
                Ok((status, body)) if good.contains(&status) => return Ok((status, body)),
                Ok((StatusCode::FORBIDDEN | StatusCode::UNAUTHORIZED, _)) => {
                    return Err(RouteError::Forbidden { url: self.api.clone() });
                }
                Ok((status, _)) => {
                    let error = RouteError::Unexpected {
                        url: self.api.clone(),
                        status: status.as_u16(),
                        method: method.to_string(),
                        path: path.to_owned(),
                    };
                    if !status.is_server_error() {
                        return Err(error);
                    }
                    error
                }
                Err(error) => error,
            };
            if tried == TRIES {
                return Err(error);
            }
            sleep(PAUSE * 2u32.pow(tried - 1)).await;
        }
    }

    async fn once(&self, method: &Method, path: &str, body: Bytes) -> Result<(StatusCode, Bytes), RouteError> {
        // "/" is the list for GET and the hub's own route for POST and DELETE; elsewhere the proxy wants no slash at
        // the end.
        let path = match path.trim_end_matches('/') {
            "" if !path.is_empty() => "/",
            path => path,
        };
        let request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.api))
            .header(
                header::AUTHORIZATION,
                format!("token {}", self.proxy.auth_token.expose()),
            )
            .header(header::CONTENT_TYPE, "application/json")
            .body(Full::new(body))
            .map_err(|error| self.unreachable(error))?;
        let exchange = async {
            let response = self.client.request(request).await.map_err(|error| {
                let cause = std::error::Error::source(&error).map_or_else(|| error.to_string(), ToString::to_string);
                self.unreachable(cause)
            })?;
            let status = response.status();
            let body = Limited::new(response.into_body(), LARGEST_ANSWER).collect().await;
            Ok((status, body.map_err(|error| self.unreachable(error))?.to_bytes()))
        };
        let late = |_| self.unreachable("it does not answer in time");
        timeout(ONE_TRY, exchange).await.map_err(late)?
    }

    fn unreachable(&self, cause: impl ToString) -> RouteError {
        RouteError::Unreachable {
            url: self.api.clone(),
            cause: cause.to_string(),
        }
    }
}

fn read(shown: &str, mut data: Map<String, Value>) -> KnownRoute {
    let target = match data.remove("target") {
        Some(Value::String(target)) => target,
        _ => String::new(),
    };
    KnownRoute {
        path: routespec(shown),
        target,
        data,
    }
}

#[async_trait]
impl Routes for ChpRoutes {
    async fn apply(&self, wanted: &RouteSet) -> Result<(), RouteError> {
        let now = self.now();
        let known = now.known().await?;
        let targets: BTreeMap<&str, &str> = known
            .iter()
            .map(|route| (route.path.as_str(), route.target.trim_end_matches('/')))
            .collect();
        let same = |route: &Route| targets.get(route.path.as_str()) == Some(&route.target.trim_end_matches('/'));
        let missing: Vec<&Route> = wanted.0.iter().filter(|route| !same(route)).collect();
        let stale: Vec<&String> = {
            let paths: std::collections::BTreeSet<_> = wanted.0.iter().map(|route| &route.path).collect();
            known
                .iter()
                .map(|route| &route.path)
                .filter(|path| !paths.contains(path))
                .collect()
        };
        if !missing.is_empty() || !stale.is_empty() {
            tracing::info!(
                added = missing.len(),
                removed = stale.len(),
                "bringing the edge's routes in line"
            );
        }
        let puts: Vec<_> = missing.into_iter().map(|route| now.put(route)).collect();
        all(puts).await?;
        let deletes: Vec<_> = stale.into_iter().map(|path| now.delete(path)).collect();
        all(deletes).await
    }

    async fn add(&self, route: &Route) -> Result<(), RouteError> {
        self.now().put(route).await
    }

    async fn remove(&self, path: &str) -> Result<(), RouteError> {
        self.now().delete(path).await
    }

    async fn all(&self) -> Result<Vec<KnownRoute>, RouteError> {
        self.now().known().await
    }

    async fn activity(&self) -> Result<Vec<RouteActivity>, RouteError> {
        let known = self.now().known().await?.into_iter();
        let seen = known.filter_map(|route| {
            Some(RouteActivity {
                last_activity: route.data.get("last_activity")?.as_str()?.parse().ok()?,
                path: route.path,
            })
        });
        Ok(seen.collect())
    }

    async fn healthy(&self) -> bool {
        // None is that old: the answer is short however many there are, and no line of warning in the proxy's log.
        let now = self.now();
        let asked = now.once(&Method::GET, "?inactive_since=1970-01-01T00:00:00Z", Bytes::new());
        let answered = timeout(HEALTHY_WITHIN, asked).await;
        matches!(answered, Ok(Ok((status, _))) if !status.is_server_error())
    }

    fn proxy(&self) -> Proxy {
        self.now().proxy.clone()
    }

    async fn point(&self, proxy: &Proxy) -> Result<(), RouteError> {
        let next = Api::new(proxy.clone());
        next.known().await?;
        *self.now.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(next);
        Ok(())
    }
}

/// A few at a time; the first that fails ends it.
async fn all(calls: Vec<impl Future<Output = Result<(), RouteError>>>) -> Result<(), RouteError> {
    stream::iter(calls).buffer_unordered(AT_ONCE).try_collect().await
}

/// The proxy shows paths decoded and without a slash at the end; ours are as they were given.
fn routespec(shown: &str) -> String {
    let path = escape::path(shown);
    match path.ends_with('/') {
        true => path,
        false => format!("{path}/"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_survive_the_way_through_the_proxy() {
        for user in ["ann", "a b", "ann@x.org", "jürgen", "50%", "a~b", "%41"] {
            let path = perijove_model::names::server_path("/", user, "gpu");
            let shown = escape::decode(path.trim_end_matches('/')).unwrap();
            assert_eq!(routespec(&shown), path, "{user}");
        }
        assert_eq!(routespec("/"), "/");
    }
}
