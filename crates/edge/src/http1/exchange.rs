//! One request on its way to its target, and the answer back. Both sockets are driven by the client's own task.

use std::{
    future::poll_fn,
    io,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use http::Response;
use tracing::{debug, warn};

use crate::{
    buffer::Buffer,
    error_page::Failure,
    error_target, log,
    observe::{Event, Kind},
    routes::table::Route,
    server::Shared,
    tunnel::{Carried, End, Tunnel},
    upstream::{self, Server},
};

use super::{
    answer::{self, Answer, BadAnswer, Manner},
    asked::Asked,
    connection::Client,
    framing::Framing,
    head::{self, Scan},
    plan::{Plan, Planned, plan},
    relay::{Broken, Relay, Waits},
};

/// A request that must not be sent twice gets a used connection only if it was in use just now: then its target has
/// hardly had the time to close it.
pub(crate) const FRESH: Duration = Duration::from_millis(500);
/// The most that a target's headers may be.
const LONGEST_HEAD: usize = 128 * 1024;

/// An answer before the answer is for clients who know of such.
const INTERIM: Manner<'static> = Manner {
    hsts: None,
    old: false,
    keep: true,
    chunked: false,
};

/// What becomes of the connection.
pub(crate) enum After {
    Keep,
    /// It is of no use any more.
    Over,
    /// The client is to get all that was written, and may be in the middle of something itself.
    Close {
        more_expected: bool,
    },
    Tunnel(Box<Opened>),
}

/// A change of protocol that both sides agreed to.
pub(crate) struct Opened {
    route: Arc<Route>,
    asked: Asked,
    /// What the client gets first: the target's agreement, and what it said right after.
    to_client: Buffer,
    server: Server,
}

/// Serves the request whose head is the first `length` bytes of the input.
pub(crate) async fn serve(client: &mut Client, length: usize) -> After {
    let most = client.worker.shared.limits.header_count;
    let planned = head::request(&client.input.filled()[..length], most, |head| {
        plan(&client.worker.shared, &client.peer, &head)
    });
    client.input.consume(length);
    client.input.rest();
    match planned {
        Ok(Planned::Forward(mut plan)) => match forward(client, &mut plan).await {
            Ok(after) => after,
            Err(failure) => {
                let failure = failure.at(&plan.route, client.worker.shared.clock.now());
                refuse(client, plan.asked, !plan.sent, &failure).await
            }
        },
        Ok(Planned::Own(asked, response)) => {
            let keep = asked.keep && !client.worker.shared.stop.is_cancelled();
            answer(client, &asked, Kind::Own, keep, &response).await
        }
        Ok(Planned::Refused(asked, failure)) => refuse(client, asked, true, &failure).await,
        Err(error) => refuse_unread(client, &error.into()).await,
    }
}

async fn forward(client: &mut Client, plan: &mut Plan) -> Result<After, Failure> {
    let (mut server, length) = reach(client, plan).await?;
    plan.upload.forget();
    let head = &server.input.filled()[..length];
    let (answer, download) = head::answer(head, |head| begin(client, plan, &head)).map_err(BadAnswer::Head)??;
    server.input.consume(length);
    if answer.status == 101 {
        return switch(client, plan, server, download);
    }
    Ok(deliver(client, plan, server, &answer, download).await)
}

/// What the client gets of an answer, beginning with its head.
struct Download {
    relay: Relay,
    /// The client may ask again on this connection.
    keep: bool,
}

fn begin(client: &Client, plan: &Plan, head: &head::AnswerHead<'_, '_>) -> Result<(Answer, Download), BadAnswer> {
    let answer = answer::read(head, plan.asked.bodiless)?;
    let chunked = matches!(answer.body, Framing::Chunked | Framing::UntilEnd) && !plan.asked.old;
    let delimited = chunked || matches!(answer.body, Framing::Empty | Framing::Length(_));
    // Who answers in the middle of the upload and closes wants no more of it: the client may stop.
    let refuses_rest = !plan.sent && answer.closes;
    let shared = &client.worker.shared;
    let keep = plan.asked.keep && delimited && !refuses_rest && !shared.stop.is_cancelled();
    let mut out = Buffer::default();
    let target = plan.route.target().upstream.host();
    let redirect = |location: &[u8]| shared.rewrite.redirect(answer.status, location, target, &plan.host);
    answer::write(
        &mut out,
        head,
        &answer,
        plan.asked.manner(&client.peer, shared, keep, chunked),
        redirect,
    );
    let relay = Relay::new(out, answer.body, chunked).closing(!keep);
    Ok((answer, Download { relay, keep }))
}

/// Sends a request on a kept connection or a new one, until there is an answer's head. A kept one may be closed by the
/// target at the same moment; then the request is sent once more on a new one, if none of it went out or if it may be
/// sent twice.
async fn reach(client: &mut Client, plan: &mut Plan) -> Result<(Server, usize), Failure> {
    let route = Arc::clone(&plan.route);
    let upstream = &route.target().upstream;
    let newest = if plan.repeatable { Duration::MAX } else { FRESH };
    let shared = Arc::clone(&client.worker.shared);
    if let Some(mut server) = client.worker.pool.take(upstream, newest, plan.asked.begun()) {
        shared.observer.count(Event::UpstreamReused);
        match exchange_heads(client, plan, &mut server).await {
            Ok(length) => return Ok((server, length)),
            Err(Failure::Lost(error)) if plan.repeatable || plan.upload.moved == 0 => {
                debug!(%error, "a kept connection was closed");
                plan.upload.again();
                plan.sent = false;
            }
            Err(failure) => return Err(failure),
        }
    }
    let mut server = upstream::open(&shared, upstream).await.map_err(Failure::Unreachable)?;
    let length = exchange_heads(client, plan, &mut server).await?;
    Ok((server, length))
}

async fn exchange_heads(client: &mut Client, plan: &mut Plan, server: &mut Server) -> Result<usize, Failure> {
    let mut scan = Scan::forgiving();
    let mut early = Buffer::default();
    poll_fn(|cx| {
        poll_upload(client, plan, server, cx)?;
        if let Poll::Ready(length) = poll_head(plan.asked.old, server, &mut scan, &mut early, cx)? {
            return Poll::Ready(Ok(length));
        }
        // A client takes these few bytes at once, or does not want them.
        let _ = early.poll_write_to(&mut client.stream, cx).map_err(Failure::gone)?;
        if plan.sent {
            client.poll_watch(cx).map_err(Failure::gone)?;
        }
        let limits = &client.worker.shared.limits;
        let limit = match plan.upload.waits {
            Waits::Source if !plan.sent => limits.upload_stall,
            _ if client.ended => limits.half_closed.min(limits.response),
            _ => limits.response,
        };
        client.alarm.set_while_still(Some(limit), plan.upload.moved);
        client.alarm.poll(cx).map(|()| {
            Err(match plan.upload.waits {
                Waits::Source if !plan.sent => Failure::Stalled(limit),
                _ if client.ended => Failure::Gone("the client left".into()),
                _ => Failure::Late(limit),
            })
        })
    })
    .await
}

/// Moves the request on. A target that takes no more may have answered: that is for its other direction to tell.
fn poll_upload(client: &mut Client, plan: &mut Plan, server: &mut Server, cx: &mut Context<'_>) -> Result<(), Failure> {
    while !plan.sent {
        let moving = plan
            .upload
            .poll(&mut client.stream, &mut client.input, &mut server.stream, cx);
        match moving {
            Poll::Pending => return Ok(()),
            Poll::Ready(Ok(())) => plan.sent = true,
            Poll::Ready(Err(Broken::Sink(error))) => {
                server.broken = Some(error.kind());
                plan.upload.drop_rest();
            }
            Poll::Ready(Err(Broken::Body(error))) => return Err(Failure::Body(error)),
            Poll::Ready(Err(Broken::SourceEnded)) => {
                client.ended = true;
                return Err(Failure::Gone("the client broke off its request".into()));
            }
            Poll::Ready(Err(Broken::Source(error))) => return Err(Failure::gone(error)),
        }
    }
    Ok(())
}

/// Waits for the head of the answer; what comes before it, such as 100 Continue, goes to `early`.
pub(crate) fn poll_head(
    old: bool,
    server: &mut Server,
    scan: &mut Scan,
    early: &mut Buffer,
    cx: &mut Context<'_>,
) -> Poll<Result<usize, Failure>> {
    loop {
        let came = server.input.filled();
        if !b"HTTP/1.".starts_with(&came[..came.len().min(7)]) {
            return Poll::Ready(Err(BadAnswer::Head(httparse::Error::Version.into()).into()));
        }
        match scan.end(came).map_err(BadAnswer::Head)? {
            Some(length) => match interim(old, &came[..length], early)? {
                false => return Poll::Ready(Ok(length)),
                true => {
                    server.input.consume(length);
                    *scan = Scan::forgiving();
                    continue;
                }
            },
            None if came.len() >= LONGEST_HEAD || early.len() >= LONGEST_HEAD => {
                return Poll::Ready(Err(BadAnswer::Long(LONGEST_HEAD).into()));
            }
            None => {}
        }
        match std::task::ready!(server.input.poll_fill(&mut server.stream, cx, LONGEST_HEAD)) {
            Ok(0) => return Poll::Ready(Err(Failure::Lost(io::ErrorKind::UnexpectedEof.into()))),
            Ok(_) => {}
            Err(error) => return Poll::Ready(Err(Failure::Lost(error))),
        }
    }
}

/// Whether it is only an answer before the answer. A client of HTTP/1.0 does not know of such.
fn interim(old: bool, head: &[u8], early: &mut Buffer) -> Result<bool, Failure> {
    let write = |head: head::AnswerHead<'_, '_>| {
        let answer = answer::read(&head, true)?;
        if answer.is_interim() && !old {
            answer::write(early, &head, &answer, INTERIM, |_| None);
        }
        Ok::<_, BadAnswer>(answer.is_interim())
    };
    Ok(head::answer(head, write).map_err(BadAnswer::Head)??)
}

/// Gives the client its answer, and the rest of its upload to the target.
async fn deliver(
    client: &mut Client,
    plan: &mut Plan,
    mut server: Server,
    answer: &Answer,
    mut download: Download,
) -> After {
    let used = answer.status < 300;
    let delivered = poll_fn(|cx| poll_deliver(client, plan, &mut server, &mut download.relay, used, cx)).await;
    let sent = download.relay.carried;
    let received = usize::try_from(plan.upload.carried).unwrap_or(usize::MAX);
    client
        .worker
        .shared
        .observer
        .moved(received, usize::try_from(sent).unwrap_or(usize::MAX));
    plan.asked.finished(
        &client.worker.shared,
        client.peer.ip,
        Kind::Web,
        answer.status,
        sent,
        Some(&plan.route),
    );
    if let Err(failure) = delivered {
        debug!(reason = log::cut(&failure.to_string()), "an answer was cut off");
        return After::Over;
    }
    let may_send_rest = download.keep && server.broken.is_none();
    if !plan.sent && may_send_rest && poll_fn(|cx| poll_rest(client, plan, &mut server, cx)).await.is_err() {
        return After::Over;
    }
    if answer.keep && plan.sent && server.broken.is_none() && server.input.is_empty() {
        client.worker.pool.put(&plan.route.target().upstream, server);
    }
    if download.keep && plan.sent && !client.ended {
        After::Keep
    } else {
        After::Close {
            more_expected: !plan.sent,
        }
    }
}

fn poll_deliver(
    client: &mut Client,
    plan: &mut Plan,
    server: &mut Server,
    download: &mut Relay,
    used: bool,
    cx: &mut Context<'_>,
) -> Poll<Result<(), Failure>> {
    let before = (plan.upload.moved, download.moved);
    poll_upload(client, plan, server, cx)?;
    // The system names a reset once: if a write has heard of it, reading sees what looks like a proper end, and an
    // answer that lasts until the end would seem whole.
    download.distrust_end = server.broken.is_some_and(|kind| kind != io::ErrorKind::BrokenPipe);
    let moving = download.poll(&mut server.stream, &mut server.input, &mut client.stream, cx);
    if used && before != (plan.upload.moved, download.moved) {
        client.worker.shared.touch(&plan.route);
    }
    match moving {
        Poll::Ready(Ok(())) => return Poll::Ready(Ok(())),
        Poll::Ready(Err(Broken::Sink(error))) => return Poll::Ready(Err(Failure::gone(error))),
        Poll::Ready(Err(Broken::Source(error))) => return Poll::Ready(Err(Failure::Lost(error))),
        Poll::Ready(Err(Broken::SourceEnded)) => {
            return Poll::Ready(Err(Failure::Lost(io::ErrorKind::UnexpectedEof.into())));
        }
        Poll::Ready(Err(Broken::Body(error))) => return Poll::Ready(Err(Failure::Body(error))),
        Poll::Pending => {}
    }
    if plan.sent && download.waits == Waits::Source {
        client.poll_watch(cx).map_err(Failure::gone)?;
    }
    let limits = &client.worker.shared.limits;
    let limit = match plan.upload.waits {
        Waits::Source if !plan.sent => Some(limits.upload_stall),
        _ if client.ended => Some(limits.half_closed),
        _ => None,
    };
    client.alarm.set_while_still(limit, plan.upload.moved + download.moved);
    client
        .alarm
        .poll(cx)
        .map(|()| Err(Failure::Gone("the client left".into())))
}

/// The answer is complete, the upload is not, and the target wants it.
fn poll_rest(
    client: &mut Client,
    plan: &mut Plan,
    server: &mut Server,
    cx: &mut Context<'_>,
) -> Poll<Result<(), Failure>> {
    poll_upload(client, plan, server, cx)?;
    if plan.sent {
        return Poll::Ready(Ok(()));
    }
    let limit = client.worker.shared.limits.upload_stall;
    client.alarm.set_while_still(Some(limit), plan.upload.moved);
    client.alarm.poll(cx).map(|()| Err(Failure::Stalled(limit)))
}

/// Passes the change of protocol on.
fn switch(client: &mut Client, plan: &mut Plan, mut server: Server, download: Download) -> Result<After, Failure> {
    if !plan.upgrade || !plan.sent {
        return Err(Failure::Switched);
    }
    client.worker.shared.touch(&plan.route);
    let mut to_client = download.relay.ahead;
    to_client.push(server.input.filled());
    server.input.clear();
    Ok(After::Tunnel(Box::new(Opened {
        route: Arc::clone(&plan.route),
        asked: std::mem::replace(&mut plan.asked, Asked::nothing()),
        to_client,
        server,
    })))
}

pub(crate) fn tunnel(client: Client, opened: Opened) -> Tunnel {
    let shared = Arc::clone(&client.worker.shared);
    let carried = Carried {
        route: opened.route,
        asked: opened.asked,
        peer: client.peer.ip,
        shared,
        _held: client.held,
    };
    let to_client = End::new(client.stream, opened.to_client);
    Tunnel::new(to_client, End::of_target(opened.server, client.input), carried)
}

/// Refuses what was not even read as a request.
pub(crate) async fn refuse_unread(client: &mut Client, failure: &Failure) -> After {
    if matches!(failure, Failure::Head(head::BadHead::Foreign)) {
        // Whoever speaks something else does not read this.
        return After::Over;
    }
    let asked = Asked::unread(client.input.filled());
    refuse(client, asked, true, failure).await
}

async fn refuse(client: &mut Client, asked: Asked, unfinished: bool, failure: &Failure) -> After {
    let reference = log_failure(&client.worker.shared, &asked, failure);
    let page = error_target::answer(&client.worker, failure, &asked, reference.as_deref());
    let response = Box::pin(page).await;
    let keep = asked.keep && !unfinished && !client.ended && !client.worker.shared.stop.is_cancelled();
    answer(client, &asked, Kind::Web, keep, &response).await
}

async fn answer(client: &mut Client, asked: &Asked, kind: Kind, keep: bool, response: &Response<Bytes>) -> After {
    let shared = Arc::clone(&client.worker.shared);
    let manner = asked.manner(&client.peer, &shared, keep, false);
    let said = client.answer(response, asked.bodiless, manner).await;
    asked.finished(
        &client.worker.shared,
        client.peer.ip,
        kind,
        response.status().as_u16(),
        response.body().len() as u64,
        None,
    );
    match said {
        Err(_) => After::Over,
        Ok(()) if keep => After::Keep,
        Ok(()) => After::Close { more_expected: true },
    }
}

/// Tells the number under which the log has what a person may ask about.
pub(crate) fn log_failure(shared: &Shared, asked: &Asked, failure: &Failure) -> Option<String> {
    if let Some(event) = failure.counted() {
        shared.observer.count(event);
    }
    let status = failure.status();
    let (address, reason) = (log::shown(asked.address()), log::cut(&failure.to_string()));
    if !status.is_server_error() {
        debug!(
            status = status.as_u16(),
            method = asked.method(),
            address,
            reason,
            "not forwarded"
        );
        return None;
    }
    let reference = shared.reference();
    warn!(
        status = status.as_u16(),
        method = asked.method(),
        address,
        reason,
        reference,
        "not forwarded"
    );
    reference
}
