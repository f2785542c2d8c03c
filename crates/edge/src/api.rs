//! The REST API of configurable-http-proxy, as JupyterHub uses it, and two calls of our own: `PUT /api/routes` sets all
//! routes at once, `GET /api` tells how the edge does.

use std::{
    borrow::Cow,
    convert::Infallible,
    path::PathBuf,
    pin::pin,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use bytes::Bytes;
use http::{
    HeaderMap, HeaderValue, Method, Request, Response, StatusCode,
    header::{AUTHORIZATION, CONTENT_TYPE},
};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
use perijove_model::Secret;
use serde_json::{Map, Value, json};
use tokio::{
    sync::{RwLockReadGuard, Semaphore, mpsc, oneshot},
    task::JoinHandle,
};
use tokio_util::task::TaskTracker;
use tracing::{debug, info, warn};

use crate::{
    Limits, entry, health,
    listener::{Bound, Listener},
    log,
    observe::{self, Event},
    routes::{
        persist,
        shared::Follower,
        store::{Store, StoreError},
        table::Route,
        target::Target,
    },
    server::{self, Shared, Wanted, Wish},
    tls,
};

const LARGEST_ROUTE: usize = 64 * 1024;
const LARGEST_SET: usize = 64 * 1024 * 1024;
const SLOWEST_BODY: Duration = Duration::from_secs(30);
const MOST_CLIENTS: usize = 256;
/// At the end, whoever asked still hears.
const LAST_ANSWERS: Duration = Duration::from_secs(1);
const METRICS: &str = "/metrics";

pub(crate) struct Api {
    shared: Arc<Shared>,
    token: Secret,
    store: Store,
    wishes: mpsc::Sender<Wish>,
    tasks: TaskTracker,
}

type Reply = Response<Full<Bytes>>;

/// Why a call is refused.
struct Refusal(StatusCode, Cow<'static, str>);

impl Refusal {
    fn invalid(error: impl std::error::Error) -> Self {
        Self(StatusCode::BAD_REQUEST, format!("Not possible: {error}").into())
    }

    fn no_target() -> Self {
        Self(StatusCode::BAD_REQUEST, "Must specify 'target' as string".into())
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Path(error) => Self::invalid(error),
            StoreError::Away => Self(StatusCode::SERVICE_UNAVAILABLE, format!("Not possible: {error}").into()),
        }
    }
}

/// The last word to the other edges.
const GOODBYE: Duration = Duration::from_secs(2);

/// Serves the API, saves the routes and shares them until the edge ends.
pub(crate) fn run(api: Api, doors: Doors, routes_file: Option<PathBuf>, follower: Option<Follower>) {
    let end = api.shared.end.clone();
    server::run_until_end(&end, async {
        let api = Arc::new(api);
        let mut serving = vec![open(&api, doors.api, Door::Api)?];
        if let Some(listener) = doors.metrics {
            serving.push(open(&api, listener, Door::Metrics)?);
        }
        let following = follower.map(|follower| tokio::spawn(follower.run(end.clone())));
        if let Some(file) = routes_file {
            save_routes(&api.shared, file).await;
        }
        end.cancelled().await;
        if let Some(following) = following {
            let _ = tokio::time::timeout(GOODBYE, following).await;
        }
        serving.iter().for_each(JoinHandle::abort);
        api.tasks.close();
        let _ = tokio::time::timeout(LAST_ANSWERS, api.tasks.wait()).await;
        Ok(())
    });
}

/// Until the end; but while another process takes over, the file is that one's.
async fn save_routes(shared: &Shared, file: PathBuf) {
    let mut handing = shared.handing.subscribe();
    loop {
        tokio::select! {
            () = persist::keep(Arc::clone(&shared.table), file.clone(), shared.end.clone()) => return,
            _ = handing.wait_for(|handing| *handing) => {}
        }
        tokio::select! {
            _ = handing.wait_for(|handing| !*handing) => shared.table.all_changed(),
            () = shared.end.cancelled() => return,
        }
    }
}

/// Where the API's thread listens.
pub(crate) struct Doors {
    pub(crate) api: Bound,
    pub(crate) metrics: Option<Bound>,
}

/// What is told at a listener.
#[derive(Clone, Copy)]
enum Door {
    /// All, to whoever has the token.
    Api,
    /// The metrics, to anybody.
    Metrics,
}

fn open(api: &Arc<Api>, listener: Bound, door: Door) -> std::io::Result<JoinHandle<()>> {
    Ok(tokio::spawn(accept(Arc::clone(api), listener.serve()?, door)))
}

async fn accept(api: Arc<Api>, listener: Listener, door: Door) {
    let room = Arc::new(Semaphore::new(MOST_CLIENTS));
    let mut handing = api.shared.handing.subscribe();
    loop {
        let Ok(permit) = Arc::clone(&room).acquire_owned().await else {
            return;
        };
        // Who comes while another process takes over is for that one, unless nothing comes of it.
        let _ = handing.wait_for(|handing| !*handing).await;
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = handing.wait_for(|handing| *handing) => continue,
            // Whoever takes this one's place finds the address free, while people finish here.
            () = api.shared.stop.cancelled() => return,
        };
        let stream = match accepted {
            Ok((stream, _)) => stream,
            Err(error) => {
                entry::wait_after(&error).await;
                continue;
            }
        };
        let api = Arc::clone(&api);
        tokio::spawn(api.tasks.clone().track_future(async move {
            let shared = Arc::clone(&api.shared);
            let reader = reader(&shared.limits);
            let service = service_fn(move |request| {
                let api = Arc::clone(&api);
                async move {
                    Ok::<_, Infallible>(match door {
                        Door::Api => api.answer(request).await,
                        Door::Metrics => api.answer_metrics(&request),
                    })
                }
            });
            let Some(stream) = tls::welcome_to_api(&shared.tls, stream).await else {
                return;
            };
            let mut connection = pin!(reader.serve_connection(TokioIo::new(stream), service));
            let ended = tokio::select! {
                ended = connection.as_mut() => ended,
                () = shared.end.cancelled() => {
                    connection.as_mut().graceful_shutdown();
                    connection.await
                }
            };
            if let Err(error) = ended {
                debug!(%error, "a connection to the API ended");
            }
            drop(permit);
        }));
    }
}

/// How requests are read where few come.
pub(crate) fn reader(limits: &Limits) -> http1::Builder {
    let mut builder = http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(limits.header_timeout)
        .max_header_size(limits.header_bytes);
    builder
}

impl Api {
    pub(crate) fn new(shared: Arc<Shared>, token: Secret, store: Store, wishes: mpsc::Sender<Wish>) -> Self {
        Self {
            shared,
            token,
            store,
            wishes,
            tasks: TaskTracker::new(),
        }
    }

    async fn answer(&self, request: Request<Incoming>) -> Reply {
        let (method, uri) = (request.method().clone(), request.uri().clone());
        let reply = self
            .dispatch(request)
            .await
            .unwrap_or_else(|Refusal(status, words)| reply(status, words));
        let status = reply.status().as_u16();
        self.shared.observer.api_answered(status);
        match status {
            400.. => warn!(status, %method, uri = log::shown(&uri.to_string()), "API"),
            _ => debug!(status, %method, uri = log::shown(&uri.to_string()), "API"),
        }
        reply
    }

    fn answer_metrics(&self, request: &Request<Incoming>) -> Reply {
        match (request.uri().path(), request.method()) {
            (METRICS, &Method::GET | &Method::HEAD) => self.metrics(),
            _ => reply(StatusCode::NOT_FOUND, "Not Found".into()),
        }
    }

    async fn wish(&self, what: Wanted) -> Result<Reply, Refusal> {
        let (answer, answered) = oneshot::channel();
        let busy = || Refusal(StatusCode::SERVICE_UNAVAILABLE, "Busy: ask again".into());
        self.wishes.try_send(Wish { what, answer }).map_err(|_| busy())?;
        let (status, message) = match answered.await.map_err(|_| busy())? {
            Ok(message) => (StatusCode::OK, message),
            Err(why) => (StatusCode::UNPROCESSABLE_ENTITY, why),
        };
        let mut reply = json_reply(&json!({ "message": message }));
        *reply.status_mut() = status;
        Ok(reply)
    }

    /// Nothing may change that another process was told; while this is held, nobody is told.
    async fn changing(&self) -> Result<RwLockReadGuard<'_, ()>, Refusal> {
        let changing = self.shared.changes.read().await;
        match *self.shared.handing.borrow() {
            false => Ok(changing),
            true => Err(Refusal(
                StatusCode::SERVICE_UNAVAILABLE,
                "Another process takes over: ask again".into(),
            )),
        }
    }

    fn metrics(&self) -> Reply {
        with_type(Response::new(Full::from(self.shared.metrics())), observe::CONTENT_TYPE)
    }

    async fn dispatch(&self, request: Request<Incoming>) -> Result<Reply, Refusal> {
        let path = request.uri().path().to_owned();
        if let Some((status, body)) = health::answer(&self.shared, &path) {
            return Ok(with_type(json_text(status, body), "application/json"));
        }
        let wish = match path.as_str() {
            "/api/edge/reload" => Some(Wanted::Reload),
            "/api/edge/upgrade" => Some(Wanted::Upgrade),
            _ => None,
        };
        if let Some(what) = wish.filter(|_| request.method() == Method::POST) {
            self.check_token(request.headers())?;
            return self.wish(what).await;
        }
        if path == METRICS && request.method() == Method::GET {
            self.check_token(request.headers())?;
            return Ok(self.metrics());
        }
        let route = match path.strip_prefix("/api/routes") {
            None if path == "/api" || path == "/api/" => None,
            Some(rest) if rest.is_empty() || rest.starts_with('/') => Some(rest),
            _ => return Err(Refusal(StatusCode::NOT_FOUND, "Not Found".into())),
        };
        let whole = route.is_some_and(|route| route.trim_matches('/').is_empty());
        match (request.method(), route) {
            (&Method::GET, _) | (&Method::POST | &Method::DELETE, Some(_)) => {}
            (&Method::PUT, Some(_)) if whole => {}
            _ => return Err(Refusal(StatusCode::METHOD_NOT_ALLOWED, "Method not supported".into())),
        }
        self.check_token(request.headers())?;
        match (request.method().clone(), route) {
            (_, None) => Ok(self.status()),
            (Method::GET, _) if whole => self.list(request.uri().query()),
            (Method::GET, Some(path)) => self.show(path),
            (Method::POST, Some(path)) => self.add(at(path), request).await,
            (Method::PUT, _) => self.replace(request).await,
            (_, Some(path)) => self.remove(at(path)).await,
        }
    }

    fn check_token(&self, headers: &HeaderMap) -> Result<(), Refusal> {
        let given = headers
            .get(AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        let token = given.split_once(char::is_whitespace).and_then(|(scheme, token)| {
            (scheme.eq_ignore_ascii_case("token") || scheme.eq_ignore_ascii_case("bearer")).then(|| token.trim())
        });
        match token {
            Some(token) if Secret::new(token) == self.token => Ok(()),
            _ => Err(Refusal(StatusCode::FORBIDDEN, "".into())),
        }
    }

    fn status(&self) -> Reply {
        let Shared {
            table, room, tunnels, ..
        } = &*self.shared;
        json_reply(&json!({
            "version": env!("CARGO_PKG_VERSION"),
            "routes": table.len(),
            "connections": room.taken(),
            "tunnels": tunnels.load(Ordering::Relaxed),
            "shared_routes_reached": self.store.is_reached(),
        }))
    }

    fn list(&self, query: Option<&str>) -> Result<Reply, Refusal> {
        self.shared.observer.count(Event::RoutesRead);
        let before = inactive_since(query.unwrap_or_default())?;
        let routes = self.shared.table.all();
        let wanted = routes
            .iter()
            .filter(|route| before.is_none_or(|before| route.last_activity() < before));
        Ok(json_reply(&Value::Object(
            wanted.map(|route| (route.path(), described(route))).collect(),
        )))
    }

    fn show(&self, path: &str) -> Result<Reply, Refusal> {
        match self.shared.table.get(path).map_err(Refusal::invalid)? {
            Some(route) => Ok(json_reply(&described(&route))),
            None => Err(Refusal(StatusCode::NOT_FOUND, "".into())),
        }
    }

    async fn add(&self, path: &str, request: Request<Incoming>) -> Result<Reply, Refusal> {
        let Value::Object(data) = body(request, LARGEST_ROUTE).await? else {
            return Err(Refusal::no_target());
        };
        let route = self.route(path, data)?;
        let target = log::cut(route.target().as_str());
        let _changing = self.changing().await?;
        self.store.add(route).await?;
        info!(path = log::cut(path), target, "route added");
        self.shared.observer.count(Event::RouteAdded);
        Ok(empty(StatusCode::CREATED))
    }

    async fn replace(&self, request: Request<Incoming>) -> Result<Reply, Refusal> {
        let Value::Object(wanted) = body(request, LARGEST_SET).await? else {
            return Err(Refusal::no_target());
        };
        let routes: Result<Vec<_>, Refusal> = wanted
            .into_iter()
            .map(|(path, data)| match data {
                Value::Object(data) => self.route(&path, data),
                _ => Err(Refusal::no_target()),
            })
            .collect();
        let routes = routes?;
        let count = routes.len();
        let _changing = self.changing().await?;
        self.store.replace(routes).await?;
        info!(count, "routes replaced");
        Ok(empty(StatusCode::NO_CONTENT))
    }

    async fn remove(&self, path: &str) -> Result<Reply, Refusal> {
        let _changing = self.changing().await?;
        if self.store.remove(path).await? {
            self.shared.observer.count(Event::RouteRemoved);
            info!(path = log::cut(path), "route removed");
            Ok(empty(StatusCode::NO_CONTENT))
        } else {
            Err(Refusal(StatusCode::NOT_FOUND, "".into()))
        }
    }

    fn route(&self, path: &str, mut data: Map<String, Value>) -> Result<Route, Refusal> {
        let Some(Value::String(target)) = data.remove("target") else {
            return Err(Refusal::no_target());
        };
        data.remove("last_activity");
        let target: Target = target.parse().map_err(Refusal::invalid)?;
        Route::new(path, target, data, self.shared.clock.now()).map_err(Refusal::invalid)
    }
}

/// The root may be left out.
fn at(path: &str) -> &str {
    if path.is_empty() { "/" } else { path }
}

fn described(route: &Route) -> Value {
    let mut all = route.data();
    all.insert("target".into(), route.target().as_str().into());
    all.insert(
        "last_activity".into(),
        route
            .last_activity()
            .strftime("%Y-%m-%dT%H:%M:%S%.3fZ")
            .to_string()
            .into(),
    );
    Value::Object(all)
}

/// `?inactive_since=` or `?inactiveSince=`, with or without a zone.
fn inactive_since(query: &str) -> Result<Option<Timestamp>, Refusal> {
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let Some((_, value)) = pairs.find(|(name, _)| matches!(*name, "inactive_since" | "inactiveSince")) else {
        return Ok(None);
    };
    let text = perijove_model::escape::decode(value)
        .unwrap_or_default()
        .replace(' ', "+");
    let zoned = text.parse::<Timestamp>().ok();
    let plain = || {
        let whole = match text.len() {
            4 => format!("{text}-01-01"),
            7 => format!("{text}-01"),
            _ => text.clone(),
        };
        whole
            .parse::<DateTime>()
            .ok()?
            .to_zoned(TimeZone::UTC)
            .ok()
            .map(|zoned| zoned.timestamp())
    };
    match zoned.or_else(plain) {
        Some(time) => Ok(Some(time)),
        None if text.is_empty() => Ok(None),
        None => Err(Refusal(
            StatusCode::BAD_REQUEST,
            format!("Invalid datestamp '{}' must be ISO8601.", log::cut(&text)).into(),
        )),
    }
}

async fn body(request: Request<Incoming>, limit: usize) -> Result<Value, Refusal> {
    let collected = tokio::time::timeout(SLOWEST_BODY, Limited::new(request.into_body(), limit).collect()).await;
    let bytes = match collected {
        Ok(Ok(collected)) => collected.to_bytes(),
        Ok(Err(error)) if error.is::<LengthLimitError>() => {
            return Err(Refusal(
                StatusCode::PAYLOAD_TOO_LARGE,
                format!("Body larger than {limit} bytes").into(),
            ));
        }
        Ok(Err(_)) => return Err(Refusal(StatusCode::BAD_REQUEST, "Body broken off".into())),
        Err(_) => return Err(Refusal(StatusCode::REQUEST_TIMEOUT, "Body took too long".into())),
    };
    serde_json::from_slice(&bytes)
        .map_err(|error| Refusal(StatusCode::BAD_REQUEST, format!("Body not valid JSON: {error}").into()))
}

fn json_reply(value: &Value) -> Reply {
    with_type(Response::new(Full::from(value.to_string())), "application/json")
}

fn json_text(status: u16, text: &'static str) -> Reply {
    let mut reply = Response::new(Full::from(text));
    *reply.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    reply
}

fn with_type(mut reply: Reply, content_type: &'static str) -> Reply {
    reply
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    reply
}

fn empty(status: StatusCode) -> Reply {
    reply(status, "".into())
}

fn reply(status: StatusCode, words: Cow<'static, str>) -> Reply {
    let mut reply = Response::new(Full::from(words));
    *reply.status_mut() = status;
    reply
}
