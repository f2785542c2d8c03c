//! `perijove docker-proxy`: stands before an engine's socket and lets through what a hub needs.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use bytes::Bytes;
use clap::Args;
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::header::{CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, HOST, TRANSFER_ENCODING, UPGRADE};
use hyper::service::service_fn;
use hyper::{HeaderMap, Method, Request, Response, StatusCode, Uri};
use hyper_util::rt::{TokioIo, TokioTimer};
use perijove_spawn_docker::guard::{self, Guard, Order, Verdict};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::sync::Semaphore;
use tokio::time::sleep;

use crate::problem::Problem;
use crate::{runtime, ui};

/// No honest order is larger.
const LARGEST_ORDER: usize = 1 << 20;
/// An answer about one container.
const LARGEST_ANSWER: usize = 4 << 20;
const MOST_CONNECTIONS: usize = 1024;
const LONGEST_HEAD: Duration = Duration::from_secs(30);

/// Let a hub reach a Docker engine without owning its machine
///
/// Stands before the engine's socket and passes on what a hub needs: looking at images and fetching them, and making,
/// starting, looking at and removing the containers and volumes of servers. Containers that are not servers are out of
/// reach, and so are privileges, devices, the machine's network and its directories, but for those that are named here.
///
/// Whoever reaches this address may start servers: let nobody but the hub reach it.
#[derive(Args)]
#[command(after_help = "\
Examples:
  perijove docker-proxy --listen 0.0.0.0:2375 --network jupyterhub-net --volume jupyterhub-user- --volume perijove-trash-
  perijove docker-proxy --directory /srv/homes")]
pub struct DockerProxy {
    /// Where the hub finds it, as `host` in [spawner.docker]: tcp://ADDRESS
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:2375")]
    listen: SocketAddr,
    /// The engine's socket
    #[arg(long, value_name = "FILE", default_value = "/var/run/docker.sock")]
    socket: PathBuf,
    /// How the names of networks begin that servers may be in; more than one by saying it again [default: all but the
    /// machine's own]
    #[arg(long, value_name = "BEGINNING")]
    network: Vec<String>,
    /// A container of the hub or the edge, which may be let into these networks: `hub_containers` in [spawner.docker]
    #[arg(long, value_name = "NAME")]
    hub: Vec<String>,
    /// How the names of volumes begin that servers may have; more than one by saying it again [default: all]
    #[arg(long, value_name = "BEGINNING")]
    volume: Vec<String>,
    /// A directory of the engine's machine that servers may see; more than one by saying it again [default: none]
    #[arg(long, value_name = "DIRECTORY")]
    directory: Vec<String>,
    /// A driver of volumes that is not the engine's own, and may be told anything: `home_driver` in [spawner.docker]; more
    /// than one by saying it again
    #[arg(long, value_name = "NAME")]
    volume_driver: Vec<String>,
}

type Body = BoxBody<Bytes, hyper::Error>;
type Answer = Result<Response<Body>, Refusal>;

struct Refusal(StatusCode, String);

struct Proxy {
    guard: Guard,
    socket: PathBuf,
}

impl DockerProxy {
    pub fn run(self) -> Result<()> {
        let directories = self
            .directory
            .iter()
            .find(|path| !Path::new(path).is_absolute() || path.as_str() == "/");
        if let Some(wrong) = directories {
            return Err(Problem::new(format!("'{wrong}' can't be a directory for servers"))
                .try_this("name a directory by its absolute path, and not the whole machine")
                .of_usage()
                .into());
        }
        let proxy = Proxy {
            guard: Guard {
                networks: self.network,
                hubs: self.hub,
                volumes: self.volume,
                directories: self.directory,
                drivers: self.volume_driver,
            },
            socket: self.socket,
        };
        runtime::small()?.block_on(serve(self.listen, Arc::new(proxy)))
    }
}

async fn serve(listen: SocketAddr, proxy: Arc<Proxy>) -> Result<()> {
    let listener = TcpListener::bind(listen).await.map_err(|error| {
        Problem::new(format!("{listen} can't be listened on"))
            .because(error)
            .try_this("set `--listen` to another address")
    })?;
    ui::say(format!(
        "what hubs may ask of {} is answered on {listen}",
        proxy.socket.display()
    ));
    let room = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    let mut ends = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    loop {
        let Ok(permit) = Arc::clone(&room).acquire_owned().await else {
            return Ok(());
        };
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = ends.recv() => return Ok(()),
            _ = tokio::signal::ctrl_c() => return Ok(()),
        };
        match accepted {
            Ok((stream, _)) => {
                let proxy = Arc::clone(&proxy);
                tokio::spawn(async move {
                    converse(stream, proxy).await;
                    drop(permit);
                });
            }
            // No files are left, for one: others may end meanwhile.
            Err(_) => sleep(Duration::from_millis(100)).await,
        }
    }
}

async fn converse(stream: TcpStream, proxy: Arc<Proxy>) {
    let service = service_fn(move |request| {
        let proxy = Arc::clone(&proxy);
        async move {
            let answer = proxy.answer(request).await;
            Ok::<_, Infallible>(answer.unwrap_or_else(|Refusal(status, why)| told(status, &json!({ "message": why }))))
        }
    });
    let mut server = hyper::server::conn::http1::Builder::new();
    server.timer(TokioTimer::new()).header_read_timeout(LONGEST_HEAD);
    // It went away: nobody is left to be told.
    let _ = server
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades()
        .await;
}

impl Proxy {
    async fn answer(&self, request: Request<Incoming>) -> Answer {
        let uri = request.uri().clone();
        let (path, query) = (uri.path(), uri.query().unwrap_or_default());
        match self.guard.judge(request.method().as_str(), path, query) {
            Verdict::Refuse(why) => Err(refused(why)),
            Verdict::OfServer(id) => {
                self.must_be_server(&id).await?;
                self.pass(request).await
            }
            Verdict::Look => self.look(request).await,
            Verdict::Order(order) => {
                if let Order::Exec(id) = &order {
                    self.must_be_server(id).await?;
                }
                self.order(request, &order).await
            }
            Verdict::Pass => self.pass(request).await,
        }
    }

    /// What is not there is the engine's to say.
    async fn must_be_server(&self, id: &str) -> Result<(), Refusal> {
        if !id
            .bytes()
            .all(|sign| sign.is_ascii_alphanumeric() || b"_.-".contains(&sign))
        {
            return Err(refused(format!("'{id}' is no name of a container")));
        }
        let path = format!("/containers/{id}/json");
        let ask = Request::builder().uri(path).header(HOST, "docker").body(empty());
        let (head, answer) = whole(self.send(ask.map_err(bad)?).await?).await?;
        if head.status.is_success() && !guard::is_server(&answer) {
            return Err(refused(format!("the container '{id}' is no server")));
        }
        Ok(())
    }

    async fn look(&self, request: Request<Incoming>) -> Answer {
        let (head, answer) = whole(self.pass(request).await?).await?;
        if head.status.is_success() && !guard::is_server(&answer) {
            return Ok(told(head.status, &guard::without_secrets(&answer)));
        }
        Ok(told(head.status, &answer))
    }

    async fn order(&self, request: Request<Incoming>, order: &Order) -> Answer {
        let (mut head, body) = request.into_parts();
        let body = Limited::new(body, LARGEST_ORDER).collect().await;
        let body = body
            .map_err(|error| Refusal(StatusCode::BAD_REQUEST, error.to_string()))?
            .to_bytes();
        let body = self.guard.order(order, &body).map_err(refused)?;
        if *order == Order::Member
            && let Some(container) = guard::member(&self.guard, &body).map_err(refused)?
        {
            self.must_be_server(&container).await?;
        }
        head.headers = end_to_end(&head.headers);
        self.send(Request::from_parts(head, full(body))).await
    }

    async fn pass(&self, mut request: Request<Incoming>) -> Answer {
        let upgrade = request
            .headers()
            .contains_key(UPGRADE)
            .then(|| hyper::upgrade::on(&mut request));
        let (mut head, body) = request.into_parts();
        head.headers = end_to_end(&head.headers);
        // A form would be read as part of the query, after it was judged.
        let is_json = head
            .headers
            .get(CONTENT_TYPE)
            .is_some_and(|kind| kind == "application/json");
        let body = if head.method == Method::POST && is_json {
            body.boxed()
        } else {
            empty()
        };
        if upgrade.is_some() {
            head.headers.insert(CONNECTION, "Upgrade".parse().map_err(bad)?);
            head.headers.insert(UPGRADE, "tcp".parse().map_err(bad)?);
        }
        let mut answer = self.send(Request::from_parts(head, body)).await?;
        if let (Some(upgrade), StatusCode::SWITCHING_PROTOCOLS) = (upgrade, answer.status()) {
            let engine = hyper::upgrade::on(&mut answer);
            tokio::spawn(async move {
                if let (Ok(hub), Ok(engine)) = (upgrade.await, engine.await) {
                    let _ = tokio::io::copy_bidirectional(&mut TokioIo::new(hub), &mut TokioIo::new(engine)).await;
                }
            });
        }
        Ok(answer)
    }

    async fn send(&self, mut request: Request<Body>) -> Answer {
        let away = |error: &dyn std::fmt::Display| {
            Refusal(StatusCode::BAD_GATEWAY, format!("the engine can't be reached: {error}"))
        };
        let path = request
            .uri()
            .path_and_query()
            .map_or("/", |target| target.as_str())
            .to_owned();
        *request.uri_mut() = path.parse::<Uri>().map_err(bad)?;
        request.headers_mut().insert(HOST, "docker".parse().map_err(bad)?);
        let stream = UnixStream::connect(&self.socket).await.map_err(|error| away(&error))?;
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
            .await
            .map_err(|error| away(&error))?;
        tokio::spawn(connection.with_upgrades());
        let answer = sender.send_request(request).await.map_err(|error| away(&error))?;
        Ok(answer.map(BodyExt::boxed))
    }
}

async fn whole(answer: Response<Body>) -> Result<(hyper::http::response::Parts, Value), Refusal> {
    let (head, body) = answer.into_parts();
    let body = Limited::new(body, LARGEST_ANSWER).collect().await;
    let body = body
        .map_err(|error| Refusal(StatusCode::BAD_GATEWAY, error.to_string()))?
        .to_bytes();
    let read = serde_json::from_slice(&body).map_err(|error| Refusal(StatusCode::BAD_GATEWAY, error.to_string()))?;
    Ok((head, read))
}

/// Without what is about the connection: the next one has its own.
fn end_to_end(headers: &HeaderMap) -> HeaderMap {
    let mut kept = headers.clone();
    for name in [CONNECTION, UPGRADE, TRANSFER_ENCODING, CONTENT_LENGTH] {
        kept.remove(name);
    }
    kept
}

fn refused(why: String) -> Refusal {
    Refusal(StatusCode::FORBIDDEN, why)
}

fn bad(error: impl std::fmt::Display) -> Refusal {
    Refusal(StatusCode::BAD_REQUEST, error.to_string())
}

fn told(status: StatusCode, value: &Value) -> Response<Body> {
    let mut answer = Response::new(full(value.to_string()));
    *answer.status_mut() = status;
    answer.headers_mut().insert(
        CONTENT_TYPE,
        hyper::header::HeaderValue::from_static("application/json"),
    );
    answer
}

fn full(body: impl Into<Bytes>) -> Body {
    Full::new(body.into()).map_err(|never| match never {}).boxed()
}

fn empty() -> Body {
    full(Bytes::new())
}
