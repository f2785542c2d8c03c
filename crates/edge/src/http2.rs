//! HTTP/2 towards browsers: many requests on one connection, websockets among them (RFC 8441). Towards targets each of
//! them is a request like any other.

mod body;
mod cork;
mod request;

use std::{
    convert::Infallible,
    future::poll_fn,
    io,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Request, Response, StatusCode, header::STRICT_TRANSPORT_SECURITY};
use hyper::{body::Incoming, server::conn::http2, service::service_fn, upgrade::OnUpgrade};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tracing::debug;

use crate::{
    alarm::Alarm,
    buffer::Buffer,
    entry::Visit,
    error_page::Failure,
    error_target,
    headers::{self, Connection, Peer, kind},
    http1::{
        answer::{self, Answer, BadAnswer},
        asked::Asked,
        connection::peer,
        exchange::{FRESH, log_failure, poll_head},
        framing::Framing,
        head::{self, AnswerHead, Scan},
        plan::{Plan, Planned, plan},
    },
    observe::{Event, Kind},
    room::Held,
    server::{Shared, Worker},
    stream::Stream,
    tunnel::{Carried, End, Tunnel},
    upstream::{self, Server},
};
use body::{Exchange, ResponseBody, Upload};
use cork::Cork;

const MOST_STREAMS: u32 = 128;
/// A browser that vanished without a word is noticed.
const PING: Duration = Duration::from_secs(30);

/// What the requests of a connection have in common.
pub(crate) struct Client {
    worker: Arc<Worker>,
    peer: Peer,
    held: Held,
    /// So many requests.
    asked: AtomicU64,
}

/// Serves a client until it leaves, is idle for long, or the edge stops.
pub(crate) async fn serve(worker: Arc<Worker>, visit: Visit) {
    let shared = Arc::clone(&worker.shared);
    let client = Arc::new(Client {
        peer: peer(&worker, &visit),
        worker,
        held: visit.held,
        asked: AtomicU64::new(0),
    });
    let busy = Arc::clone(&client);
    let service = service_fn(move |request| {
        client.asked.fetch_add(1, Ordering::Relaxed);
        // In a box of its own it is moved about no more.
        let answering = Box::pin(answered(Arc::clone(&client), request));
        async move { Ok::<_, Infallible>(answering.await) }
    });
    let mut builder = http2::Builder::new(TokioExecutor::new());
    builder
        .timer(TokioTimer::new())
        .enable_connect_protocol()
        .max_concurrent_streams(MOST_STREAMS)
        .max_header_list_size(u32::try_from(shared.limits.header_bytes).unwrap_or(u32::MAX))
        .keep_alive_interval(PING);
    let cork = Cork::new(visit.stream);
    let mut connection = pin!(builder.serve_connection(TokioIo::new(cork.clone()), service));
    // Polled once, so that this task is woken when the edge stops.
    let mut stopping = pin!(shared.stop.cancelled());
    let _ = poll_fn(|cx| Poll::Ready(stopping.as_mut().poll(cx))).await;
    let mut idle = Idle::new();
    let ended = poll_fn(|cx| {
        if idle.poll(&shared, &busy, cx).is_ready() || shared.stop.is_cancelled() {
            connection.as_mut().graceful_shutdown();
        }
        let ended = connection.as_mut().poll(cx).map_err(io::Error::other);
        match cork.poll_pull(cx) {
            Poll::Ready(Err(error)) if ended.is_pending() => Poll::Ready(Err(error)),
            _ => ended,
        }
    })
    .await;
    if let Err(error) = ended {
        debug!(%error, "a client's connection ended");
    }
}

/// Notices that nothing has been asked for long while nothing is being answered.
struct Idle(Alarm);

impl Idle {
    fn new() -> Self {
        Self(Alarm::new())
    }

    fn poll(&mut self, shared: &Shared, client: &Arc<Client>, cx: &mut Context<'_>) -> Poll<()> {
        let asked = client.asked.load(Ordering::Relaxed);
        self.0.set_while_still(Some(shared.limits.keep_alive), asked);
        // This and the service hold it; whoever else does is answering.
        while self.0.poll(cx).is_ready() {
            if Arc::strong_count(client) <= 2 {
                return Poll::Ready(());
            }
            self.0.set(shared.limits.keep_alive);
        }
        Poll::Pending
    }
}

/// What comes of a request, before anybody has to be waited for.
enum Next {
    Forward(Box<Exchange>),
    Own(Response<ResponseBody>),
    Refused(Asked, Failure),
}

/// Decides at once, so that little is kept in mind of each of the many requests that wait.
fn answered(client: Arc<Client>, mut request: Request<Incoming>) -> impl Future<Output = Response<ResponseBody>> {
    let on_upgrade = request::wants_other_protocol(&request).then(|| hyper::upgrade::on(&mut request));
    let next = next(&client, request);
    async move {
        let mut response = match next {
            Next::Forward(exchange) => forwarded(exchange, on_upgrade).await,
            Next::Own(response) => response,
            Next::Refused(asked, failure) => refused(&client, &asked, &failure).await,
        };
        let shared = &client.worker.shared;
        if let Some(hsts) = shared.tls.hsts.as_ref().filter(|_| client.peer.secure) {
            response.headers_mut().insert(STRICT_TRANSPORT_SECURITY, hsts.clone());
        }
        response
    }
}

fn next(client: &Arc<Client>, request: Request<Incoming>) -> Next {
    let (shared, peer) = (&client.worker.shared, &client.peer);
    match request::as_http1(&request, |head| plan(shared, peer, &head)) {
        Planned::Forward(mut plan) => {
            plan.asked.speaks_http2();
            Next::Forward(Box::new(Exchange::new(client, plan, request.into_body())))
        }
        Planned::Own(mut asked, response) => {
            asked.speaks_http2();
            let (status, length) = (response.status().as_u16(), response.body().len() as u64);
            asked.finished(shared, peer.ip, Kind::Own, status, length, None);
            Next::Own(response.map(ResponseBody::own))
        }
        Planned::Refused(mut asked, failure) => {
            asked.speaks_http2();
            Next::Refused(asked, failure)
        }
    }
}

async fn forwarded(mut exchange: Box<Exchange>, on_upgrade: Option<OnUpgrade>) -> Response<ResponseBody> {
    let failure = match forward(&mut exchange).await {
        Ok((answer, head)) if answer.status == 101 => match (on_upgrade, exchange.server.take()) {
            (Some(on_upgrade), Some(server)) => return opened(&mut exchange, server, head, on_upgrade),
            _ => Failure::Switched,
        },
        Ok((answer, head)) => {
            exchange.begin(&answer);
            return head.map(|()| ResponseBody::Target(exchange));
        }
        Err(failure) => failure.at(&exchange.plan.route, exchange.client.worker.shared.clock.now()),
    };
    refused(&exchange.client, &exchange.plan.asked, &failure).await
}

async fn refused(client: &Client, asked: &Asked, failure: &Failure) -> Response<ResponseBody> {
    let reference = log_failure(&client.worker.shared, asked, failure);
    let page = error_target::answer(&client.worker, failure, asked, reference.as_deref());
    let response = Box::pin(page).await;
    let (status, length) = (response.status().as_u16(), response.body().len() as u64);
    asked.finished(&client.worker.shared, client.peer.ip, Kind::Web, status, length, None);
    response.map(ResponseBody::own)
}

async fn forward(exchange: &mut Exchange) -> Result<(Answer, Response<()>), Failure> {
    let Exchange {
        client, plan, upload, ..
    } = exchange;
    let length = reach(client, plan, upload, &mut exchange.server).await?;
    let server = exchange.server.as_mut();
    let server = server.ok_or_else(|| Failure::Lost(io::ErrorKind::NotConnected.into()))?;
    let head = &server.input.filled()[..length];
    let read = |head: AnswerHead<'_, '_>| {
        let answer = answer::read(&head, plan.asked.bodiless)?;
        let written = written(client, plan, &head, &answer);
        Ok::<_, BadAnswer>((answer, written))
    };
    let (answer, written) = head::answer(head, read).map_err(BadAnswer::Head)??;
    if answer.status == 101 && !plan.upgrade {
        return Err(Failure::Switched);
    }
    server.input.consume(length);
    Ok((answer, written))
}

/// As in HTTP/1: a kept connection that was closed is replaced, if that does no harm.
async fn reach(
    client: &Client,
    plan: &Plan,
    upload: &mut Upload,
    reached: &mut Option<Server>,
) -> Result<usize, Failure> {
    let (shared, upstream) = (&client.worker.shared, &plan.route.target().upstream);
    let newest = if plan.repeatable { Duration::MAX } else { FRESH };
    *reached = client.worker.pool.take(upstream, newest, plan.asked.begun());
    if let Some(server) = reached {
        shared.observer.count(Event::UpstreamReused);
        match exchange_heads(shared, upload, server).await {
            Err(Failure::Lost(error)) if plan.repeatable || upload.moved == 0 => {
                debug!(%error, "a kept connection was closed");
                upload.again();
            }
            result => return result,
        }
    }
    // Rare and large: every request would carry the room for it.
    let opened = Box::pin(upstream::open(shared, upstream)).await;
    let server = reached.insert(opened.map_err(Failure::Unreachable)?);
    exchange_heads(shared, upload, server).await
}

async fn exchange_heads(shared: &Shared, upload: &mut Upload, server: &mut Server) -> Result<usize, Failure> {
    let mut scan = Scan::forgiving();
    server.alarm.comes_to_another();
    // Answers before the answer are not passed on.
    let mut early = Buffer::default();
    poll_fn(|cx| {
        upload.poll_to(server, cx)?;
        if let Poll::Ready(length) = poll_head(true, server, &mut scan, &mut early, cx)? {
            return Poll::Ready(Ok(length));
        }
        let stalls = upload.waits_for_client();
        let limit = if stalls {
            shared.limits.upload_stall
        } else {
            shared.limits.response
        };
        server.alarm.set_while_still(Some(limit), upload.moved);
        server.alarm.poll(cx).map(|()| {
            Err(if stalls {
                Failure::Stalled(limit)
            } else {
                Failure::Late(limit)
            })
        })
    })
    .await
}

/// The head that the client gets.
fn written(client: &Client, plan: &Plan, head: &AnswerHead<'_, '_>, answer: &Answer) -> Response<()> {
    let (rewrite, target) = (&client.worker.shared.rewrite, plan.route.target().upstream.host());
    let mut connection = Connection::default();
    for header in head
        .headers
        .iter()
        .filter(|header| kind(header.name.as_bytes()) == headers::Kind::Connection)
    {
        connection.read(header.value);
    }
    let mut response = Response::new(());
    // A websocket that is agreed to is an ordinary success here.
    let status = if answer.status == 101 { 200 } else { answer.status };
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY);
    for header in head.headers {
        let name = header.name.as_bytes();
        let passes = match kind(name) {
            headers::Kind::Length => {
                !matches!(answer.body, Framing::Chunked | Framing::UntilEnd) && answer.status != 101
            }
            headers::Kind::Plain | headers::Kind::Accept | headers::Kind::Claim(_) => !connection.names(name),
            _ => false,
        };
        let redirected = name
            .eq_ignore_ascii_case(b"location")
            .then(|| rewrite.redirect(status, header.value, target, &plan.host));
        let value = match redirected.flatten() {
            Some(elsewhere) => HeaderValue::try_from(elsewhere).ok(),
            None => HeaderValue::from_bytes(header.value).ok(),
        };
        if let (true, Ok(name), Some(value)) = (passes, HeaderName::from_bytes(name), value) {
            response.headers_mut().append(name, value);
        }
    }
    response
}

/// Passes a change of protocol on: from here the stream is a tunnel.
fn opened(
    exchange: &mut Exchange,
    mut server: Server,
    mut head: Response<()>,
    on_upgrade: OnUpgrade,
) -> Response<ResponseBody> {
    let (client, plan) = (&exchange.client, &mut exchange.plan);
    let shared = Arc::clone(&client.worker.shared);
    shared.touch(&plan.route);
    // Answers a key that the client never sent.
    head.headers_mut().remove("sec-websocket-accept");
    let tasks = shared.tasks.clone();
    let carried = Carried {
        route: Arc::clone(&plan.route),
        asked: std::mem::replace(&mut plan.asked, Asked::nothing()),
        peer: client.peer.ip,
        shared,
        _held: Arc::clone(&client.held),
    };
    tokio::spawn(tasks.track_future(async move {
        match on_upgrade.await {
            Ok(upgraded) => {
                let stream = Stream::Http2(Box::new(TokioIo::new(upgraded)));
                let client = End::new(stream, std::mem::take(&mut server.input));
                Tunnel::new(client, End::of_target(server, Buffer::default()), carried).await;
            }
            Err(error) => debug!(%error, "a change of protocol did not come about"),
        }
    }));
    head.map(|()| ResponseBody::own(Bytes::new()))
}
