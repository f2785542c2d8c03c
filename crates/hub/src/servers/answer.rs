//! Started -> Answering -> Ready: the server answers, then it gets its route.

use std::convert::Infallible;
use std::sync::atomic::Ordering;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, StatusCode, Uri, header};
use http_body_util::Empty;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use perijove_model::server::Phase;
use perijove_spawn::Poll;
use perijove_store::spawners::{Server, Spawner};
use perijove_store::{events, starts, usage};
use serde_json::json;
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

use super::drive::{Driver, Halt, Stepped, Why, state};
use super::prepare::path;
use super::{Watch, progress, requests};
use crate::Hub;
use crate::events::{self as server_events, Action};
use crate::metrics::{self, Spawned};
use crate::routes::Route;

/// A server that was forked answers within a fifth of a second or two, others take seconds. None answers at once.
const FIRST_PAUSE: Duration = Duration::from_millis(120);
const GROWTH: f64 = 1.7;
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// A server that takes a connection and then says nothing is asked again.
const ONE_TRY: Duration = Duration::from_secs(10);
const CONNECT: Duration = Duration::from_secs(2);
/// A wait that is longer is told.
const WORTH_TELLING: Duration = Duration::from_secs(2);
/// How soon it is noticed that the server has ended instead of answering.
const LOOK: Duration = Duration::from_millis(500);

impl Driver<'_> {
    pub(super) async fn answer(&self, spawner: &Spawner) -> Stepped {
        let Some(server) = &spawner.server else {
            return Err(Halt::failed(
                "Where the server listens has been lost from the database.".to_owned(),
            ));
        };
        let url = format!("{}{}api", target(server), server.base_url);
        let mut signs = self.hub.wakeup.watch(self.id);
        let limit = self.hub.config.spawner.http_timeout;
        tokio::select! {
            answered = timeout(limit, self.until_answer(&url, server, &mut signs)) => match answered {
                Ok(status) => {
                    let server = requests::log_name(spawner);
                    tracing::debug!(server, status = status.as_u16(), "the server answers");
                }
                Err(_) => return Err(Halt::failed(format!(
                    "The server runs, but did not answer at {url} within {} seconds.", limit.as_secs_f64()
                ))),
            },
            never = self.tell_of_waiting(spawner) => match never {},
            (status, why) = self.until_exit(spawner) => return Err(Halt::Failed(exited(status, why))),
        }
        self.phase(&self.hub.store, spawner, Phase::Answering).await?;
        self.reached(spawner, Phase::Answering);
        Ok(())
    }

    /// Most servers answer before anybody would have read that they are waited for.
    async fn tell_of_waiting(&self, spawner: &Spawner) -> Infallible {
        sleep(WORTH_TELLING).await;
        let event = json!({"progress": 90, "message": "Waiting for the server to answer"});
        self.tell(spawner, &[event]).await;
        std::future::pending().await
    }

    /// Any answer but a server error will do: 403 and redirects come from a server that works. One that tells the hub
    /// of itself meanwhile is asked at once.
    async fn until_answer(&self, url: &str, server: &Server, signs: &mut Watch) -> StatusCode {
        let mut pause = FIRST_PAUSE;
        loop {
            // Half of it by chance, so that many servers that start together aren't asked together.
            let share = f64::from(self.hub.rng.below(1000)) / 1000.0;
            signs.until(|news| news.signs, pause.mul_f64(0.5 + share / 2.0)).await;
            pause = pause.mul_f64(GROWTH).min(LONGEST_PAUSE);
            if let Ok(Some(status)) = timeout(ONE_TRY, ask(url, server)).await
                && !status.is_server_error()
            {
                return status;
            }
        }
    }

    async fn until_exit(&self, spawner: &Spawner) -> (Option<i32>, Option<String>) {
        let state = state(spawner).unwrap_or_default();
        loop {
            sleep(LOOK).await;
            if let Ok(backend) = self.backend(spawner)
                && let Ok(Poll::Exited(status)) = backend.poll(&state).await
            {
                return (status, backend.why_ended(&state).await);
            }
        }
    }

    pub(super) async fn route(&self, spawner: &Spawner) -> Stepped {
        let Some(route) = route_of(self.hub, spawner) else {
            return Err(Halt::failed(
                "Where the server listens has been lost from the database.".to_owned(),
            ));
        };
        let limit = self.hub.config.spawner.http_timeout;
        let mut last = None;
        let begun = tokio::time::Instant::now();
        let added = timeout(limit, async {
            while let Err(error) = self.hub.routes.add(&route).await {
                last = Some(error);
                sleep(LOOK).await;
            }
        })
        .await;
        self.hub.metrics.proxy_add.observe(added.is_ok(), begun.elapsed());
        if added.is_err() {
            let why = last.map_or_else(|| "it did not answer in time".to_owned(), |error| error.to_string());
            tracing::error!(
                server = requests::log_name(spawner),
                why,
                "no route for a server that answers"
            );
            return Err(Halt::failed(
                "The server runs, but the proxy could not be told of it.".to_owned(),
            ));
        }
        let now = self.hub.clock.now();
        let event = progress::ready_event(self.hub, spawner);
        let tx = self.hub.store.begin().await?;
        self.phase(&tx, spawner, Phase::Ready).await?;
        events::push(&tx, self.id, spawner.run.generation, &[event], now).await?;
        let took = metrics::since(self.hub, spawner.run.requested_at);
        starts::note(&tx, spawner.profile.as_ref().map_or("", |profile| &profile.slug), took).await?;
        usage::note_start(&tx, &self.ended(spawner, None)).await?;
        tx.commit().await?;
        self.reached(spawner, Phase::Ready);
        self.hub.metrics.spawned(Spawned::Success, "", took);
        self.hub.failed_starts.store(0, Ordering::Relaxed);
        server_events::emit(self.hub, Action::Start, spawner);
        Ok(())
    }
}

fn exited(status: Option<i32>, why: Option<String>) -> Why {
    let message = match (why, status) {
        (Some(why), _) => format!("The server ended before it answered. {why}"),
        (None, Some(status)) => format!("The server ended before it answered [status={status}]."),
        (None, None) => "The server ended before it answered.".to_owned(),
    };
    Why {
        reason: "exited".to_owned(),
        ..Why::failed(message)
    }
}

fn route_of(hub: &Hub, spawner: &Spawner) -> Option<Route> {
    Some(Route {
        path: path(hub, spawner),
        target: target(spawner.server.as_ref()?),
        data: json!({"user": spawner.user_name, "server_name": spawner.name}),
    })
}

fn target(server: &Server) -> String {
    crate::routes::target(&server.proto, &server.ip, server.port)
}

/// Asks once, on a connection of its own: nothing is kept of a server that may not be there.
async fn ask(url: &str, server: &Server) -> Option<StatusCode> {
    let uri: Uri = url.parse().ok()?;
    if uri.scheme_str() != Some("http") {
        return None;
    }
    let place = (server.ip.as_str(), u16::try_from(server.port).ok()?);
    let stream = timeout(CONNECT, TcpStream::connect(place)).await.ok()?.ok()?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.ok()?;
    let request = Request::get(uri.path())
        .header(header::HOST, uri.authority()?.as_str())
        .body(Empty::<Bytes>::new())
        .ok()?;
    let carry = async {
        let _ = connection.await;
        std::future::pending().await
    };
    tokio::select! {
        answer = sender.send_request(request) => Some(answer.ok()?.status()),
        never = carry => never,
    }
}
