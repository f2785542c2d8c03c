//! One request on its way to its target, and the answer back.

use std::{pin::pin, sync::Arc, time::Duration};

use bytes::Bytes;
use http::{
    HeaderMap, HeaderValue, Method, Request, Response, StatusCode, Uri, Version,
    header::{CONNECTION, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HOST, TRANSFER_ENCODING},
    uri::PathAndQuery,
};
use http_body_util::{BodyExt, Limited};
use hyper::{
    body::{Body, Incoming},
    upgrade::OnUpgrade,
};
use tracing::{debug, warn};

use crate::{
    body::{Activity, Lease, Progress, RequestBody, ResponseBody, Upload},
    error_page::{Failure, page::Reader},
    headers::{self, Peer},
    health, log,
    observe::{Finished, Kind},
    pool::{self, Sender},
    routes::{
        path,
        table::Route,
        target::{Target, Upstream},
    },
    server::{Held, Worker},
    upgrade,
};

/// A request that must not be sent twice gets a used connection only if it was in use just now: then its target has
/// hardly had the time to close it.
const FRESH: Duration = Duration::from_millis(500);

const LARGEST_ERROR_PAGE: usize = 1024 * 1024;

/// The client's side of a request.
pub(crate) struct Client {
    pub(crate) peer: Peer,
    pub(crate) progress: Arc<Progress>,
    pub(crate) held: Held,
}

/// Answers one request: always with something.
pub(crate) async fn answer(worker: &Worker, client: &Client, request: Request<Incoming>) -> Response<ResponseBody> {
    if let Some((status, body)) = health::answer(&worker.shared, request.uri().path()) {
        return healthy(status, body);
    }
    if let Some(page) = worker.shared.tls.own_page(request.uri().path()) {
        return page.map(ResponseBody::own);
    }
    let begun = std::time::Instant::now();
    let (method, uri) = (request.method().clone(), request.uri().clone());
    let version = request.version();
    let response = answered(worker, client, request).await;
    worker.shared.observer.finished(&Finished {
        kind: Kind::Web,
        method: method.as_str(),
        path: uri.path(),
        query: uri.query(),
        version,
        status: response.status().as_u16(),
        sent: response.body().size_hint().exact().unwrap_or(0),
        took: begun.elapsed(),
        client: std::net::IpAddr::from([0, 0, 0, 0]),
        route: None,
        host: None,
        user_agent: None,
        referrer: None,
        trace: None,
    });
    response
}

async fn answered(worker: &Worker, client: &Client, request: Request<Incoming>) -> Response<ResponseBody> {
    let (method, uri) = (request.method().clone(), request.uri().clone());
    let reader = Reader::of(request.method(), request.headers());
    match forward(worker, client, request).await {
        Ok(response) => {
            debug!(status = response.status().as_u16(), %method, uri = log::shown(&uri), "forwarded");
            response
        }
        Err(failure) => {
            let status = failure.status();
            let (uri_shown, reason) = (log::shown(&uri), log::cut(&failure.to_string()));
            if status.is_server_error() {
                warn!(status = status.as_u16(), %method, uri = uri_shown, reason, "not forwarded");
            } else {
                debug!(status = status.as_u16(), %method, uri = uri_shown, reason, "not forwarded");
            }
            let mut response = error_answer(worker, &failure, &uri, reader).await;
            if client.progress.is_unfinished() {
                headers::set_close(response.headers_mut());
            }
            response
        }
    }
}

fn healthy(status: u16, body: &'static str) -> Response<ResponseBody> {
    let mut response = Response::new(ResponseBody::own(body));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or_default();
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

async fn forward(
    worker: &Worker,
    client: &Client,
    mut request: Request<Incoming>,
) -> Result<Response<ResponseBody>, Failure> {
    let asked = checked_uri(&mut request)?;
    let route = find(worker, request.headers(), &asked)?;
    let activity = Activity {
        route,
        clock: Arc::clone(&worker.shared.clock),
    };
    let target = activity.route.target();
    let rewrite = &worker.shared.rewrite;
    let uri = rewrite.uri(&activity.route, worker.shared.table.host_routing, asked);
    *request.uri_mut() = uri.ok_or(Failure::Malformed("the address is too long"))?;
    *request.version_mut() = Version::HTTP_11;

    let wanted = headers::wanted_upgrade(request.headers());
    let on_upgrade = request.extensions_mut().remove::<OnUpgrade>();
    headers::strip(request.headers_mut());
    let host = rewrite
        .redirects()
        .then(|| request.headers().get(HOST).cloned())
        .flatten();
    if rewrite.forwarded {
        headers::set_forwarded(request.headers_mut(), &client.peer);
    } else if !client.peer.trusted {
        headers::drop_claims(request.headers_mut());
    }
    rewrite.request(request.headers_mut(), target.upstream.host());
    let tunnel = wanted.zip(on_upgrade);
    if let Some((protocol, _)) = &tunnel {
        headers::set_upgrade(request.headers_mut(), protocol.clone());
    }

    let request = with_body(worker, client, &activity, request);
    let (mut response, lease) = send(worker, &client.progress, &target.upstream, request)
        .await
        .map_err(|failure| failure.at(&activity.route, worker.shared.clock.now()))?;
    rewrite.answer(
        response.status(),
        response.headers_mut(),
        target.upstream.host(),
        host.as_ref(),
    );
    if response.status() == StatusCode::SWITCHING_PROTOCOLS {
        let (_, client_side) = tunnel.ok_or(Failure::Switched)?;
        return switch(worker, client, activity, client_side, response);
    }
    Ok(passed_on(response, lease, activity, &client.progress))
}

/// The path and query that are asked for; refuses what no target should have to make sense of.
fn checked_uri(request: &mut Request<Incoming>) -> Result<PathAndQuery, Failure> {
    if request.method() == Method::CONNECT {
        return Err(Failure::Connect);
    }
    let mut hosts = request.headers().get_all(HOST).iter();
    let (host, second) = (hosts.next(), hosts.next());
    if second.is_some() {
        return Err(Failure::Malformed("there is more than one Host header"));
    }
    if host.is_none() && request.version() == Version::HTTP_11 && request.uri().authority().is_none() {
        return Err(Failure::Malformed("there is no Host header"));
    }
    if let Some(authority) = request.uri().authority() {
        let authority = HeaderValue::from_str(authority.as_str()).map_err(|_| Failure::Malformed("bad host name"))?;
        request.headers_mut().insert(HOST, authority);
    }
    request
        .uri()
        .path_and_query()
        .cloned()
        .ok_or(Failure::Malformed("there is no path"))
}

fn find(worker: &Worker, headers: &HeaderMap, asked: &PathAndQuery) -> Result<Arc<Route>, Failure> {
    let path = path::canonical(asked.path())?;
    let host = headers
        .get(HOST)
        .and_then(|host| host.to_str().ok())
        .unwrap_or_default();
    let shared = &worker.shared;
    shared
        .observer
        .look_up(|| shared.table.find_for(host, &path))
        .ok_or(Failure::NoRoute)
}

fn with_body(
    worker: &Worker,
    client: &Client,
    activity: &Activity,
    request: Request<Incoming>,
) -> Request<RequestBody> {
    let (mut head, incoming) = request.into_parts();
    if incoming.is_end_stream() {
        return Request::from_parts(head, RequestBody::Empty);
    }
    if !head.headers.contains_key(CONTENT_LENGTH) {
        head.headers
            .insert(TRANSFER_ENCODING, HeaderValue::from_static("chunked"));
    }
    let upload = Upload {
        incoming,
        progress: Arc::clone(&client.progress),
        activity: activity.clone(),
        stall: worker.shared.limits.upload_stall,
        timer: None,
    };
    Request::from_parts(head, RequestBody::Upload(Box::new(upload)))
}

type Answered = (Response<Incoming>, Lease);

/// Sends a request on a kept connection or a new one. A kept one may be closed by the target at the same moment; then
/// the request is sent once more on a new one, if none of it went out or if it may be sent twice.
async fn send(
    worker: &Worker,
    progress: &Progress,
    upstream: &Arc<Upstream>,
    mut request: Request<RequestBody>,
) -> Result<Answered, Failure> {
    let copy = repeatable(&request);
    let newest = if copy { Duration::MAX } else { FRESH };
    if let Some(mut sender) = worker.pool.take(upstream, newest) {
        let again = copy.then(|| head_of(&request));
        match exchange(worker, progress, &mut sender, request).await? {
            Ok(response) => return Ok((response, lease(worker, upstream, sender))),
            Err(lost) => {
                debug!(error = %lost.error, "a kept connection was closed");
                request = match (lost.unsent, again) {
                    (Some(unsent), _) => unsent,
                    (None, Some(again)) if !lost.error.is_parse() => again,
                    _ => return Err(Failure::from_sending(lost.error)),
                };
            }
        }
    }
    let mut sender = pool::connect(upstream, worker.shared.limits.connect, &worker.shared.tls.targets)
        .await
        .map_err(Failure::Unreachable)?;
    match exchange(worker, progress, &mut sender, request).await? {
        Ok(response) => Ok((response, lease(worker, upstream, sender))),
        Err(lost) => Err(Failure::from_sending(lost.error)),
    }
}

struct Lost {
    error: hyper::Error,
    /// The request, if nothing of it was sent.
    unsent: Option<Request<RequestBody>>,
}

async fn exchange(
    worker: &Worker,
    progress: &Progress,
    sender: &mut Sender,
    request: Request<RequestBody>,
) -> Result<Result<Response<Incoming>, Box<Lost>>, Failure> {
    let limit = worker.shared.limits.response;
    let mut sent = pin!(sender.try_send_request(request));
    loop {
        let uploaded = progress.uploaded();
        match tokio::time::timeout(limit, &mut sent).await {
            Ok(result) => {
                return Ok(result.map_err(|mut lost| {
                    Box::new(Lost {
                        unsent: lost.take_message(),
                        error: lost.into_error(),
                    })
                }));
            }
            // A long upload is no silence.
            Err(_) if progress.uploaded() != uploaded => {}
            Err(_) => return Err(Failure::Late(limit)),
        }
    }
}

fn lease(worker: &Worker, upstream: &Arc<Upstream>, sender: Sender) -> Lease {
    Lease {
        sender,
        upstream: Arc::clone(upstream),
        pool: Arc::clone(&worker.pool),
    }
}

/// Whether sending the request twice does the same as sending it once, and we still have all of it.
fn repeatable(request: &Request<RequestBody>) -> bool {
    let idempotent = matches!(
        *request.method(),
        Method::GET | Method::HEAD | Method::OPTIONS | Method::PUT | Method::DELETE
    );
    idempotent && request.body().is_end_stream()
}

fn head_of(request: &Request<RequestBody>) -> Request<RequestBody> {
    let mut copy = Request::new(RequestBody::Empty);
    *copy.method_mut() = request.method().clone();
    *copy.uri_mut() = request.uri().clone();
    *copy.headers_mut() = request.headers().clone();
    copy
}

fn passed_on(
    response: Response<Incoming>,
    lease: Lease,
    activity: Activity,
    progress: &Progress,
) -> Response<ResponseBody> {
    let (mut head, incoming) = response.into_parts();
    // Who answers in the middle of the upload and closes wants no more of it: the client may stop.
    let refuses_rest = progress.is_unfinished() && headers::has_token(&head.headers, &CONNECTION, "close");
    head.extensions.remove::<OnUpgrade>();
    head.version = Version::HTTP_11;
    headers::strip(&mut head.headers);
    if refuses_rest {
        headers::set_close(&mut head.headers);
    }
    // A flood of refusals does not make a server look used.
    let used = head.status.as_u16() < 300;
    if used {
        activity.touch();
    }
    Response::from_parts(
        head,
        ResponseBody::target(incoming, Some(lease), used.then_some(activity)),
    )
}

/// Passes the change of protocol on, and starts the tunnel that follows.
fn switch(
    worker: &Worker,
    client: &Client,
    activity: Activity,
    client_side: OnUpgrade,
    mut response: Response<Incoming>,
) -> Result<Response<ResponseBody>, Failure> {
    let target_side = response
        .extensions_mut()
        .remove::<OnUpgrade>()
        .ok_or(Failure::Switched)?;
    let protocol = response.headers().get(http::header::UPGRADE).cloned();
    headers::strip(response.headers_mut());
    if let Some(protocol) = protocol {
        headers::set_upgrade(response.headers_mut(), protocol);
    }
    activity.touch();
    let (shared, held) = (Arc::clone(&worker.shared), client.held.clone());
    tokio::spawn(worker.shared.tasks.track_future(async move {
        upgrade::carry(client_side, target_side, activity, &shared, held).await;
    }));
    Ok(response.map(|_| ResponseBody::own(Bytes::new())))
}

/// The error target's page or the one of the folder if there is one, else our own.
async fn error_answer(worker: &Worker, failure: &Failure, asked: &Uri, reader: Reader) -> Response<ResponseBody> {
    let own = || failure.response(reader).map(ResponseBody::own);
    if reader == Reader::Program {
        return own();
    }
    if let Some(files) = &worker.shared.error_files {
        let page = files.page(failure.status(), worker.shared.clock.now()).await;
        return page.map_or_else(own, |page| failure.with_page(page).map(ResponseBody::own));
    }
    let (Some(target), Some(page)) = (&worker.shared.error_target, failure.page()) else {
        return own();
    };
    let limit = worker.shared.limits.error_page;
    match tokio::time::timeout(limit, error_page(worker, target, page, asked)).await {
        Ok(Ok(mut response)) => {
            *response.status_mut() = failure.status();
            response
        }
        Ok(Err(reason)) => {
            warn!(target = %target, reason = log::cut(&reason), "no error page");
            own()
        }
        Err(_) => {
            warn!(target = %target, ?limit, "no error page in time");
            own()
        }
    }
}

async fn error_page(
    worker: &Worker,
    target: &Target,
    page: u16,
    asked: &Uri,
) -> Result<Response<ResponseBody>, String> {
    let url = asked.path_and_query().map_or("/", PathAndQuery::as_str);
    let query = format!("/{page}?url={}", perijove_model::escape::component(url));
    let uri = PathAndQuery::try_from(query)
        .ok()
        .and_then(|query| target.uri(query))
        .ok_or("the address is too long")?;
    let mut request = Request::new(RequestBody::Empty);
    *request.uri_mut() = uri;
    let host = HeaderValue::from_str(target.upstream.host()).map_err(|error| error.to_string())?;
    request.headers_mut().insert(HOST, host);
    let (response, lease) = send(worker, &Progress::default(), &target.upstream, request)
        .await
        .map_err(|failure| failure.to_string())?;
    let (head, incoming) = response.into_parts();
    let body = Limited::new(ResponseBody::target(incoming, Some(lease), None), LARGEST_ERROR_PAGE);
    let bytes = body.collect().await.map_err(|error| error.to_string())?.to_bytes();
    let mut answer = Response::new(ResponseBody::own(bytes));
    for name in [CONTENT_TYPE, CONTENT_ENCODING] {
        if let Some(value) = head.headers.get(&name) {
            answer.headers_mut().insert(name, value.clone());
        }
    }
    Ok(answer)
}
