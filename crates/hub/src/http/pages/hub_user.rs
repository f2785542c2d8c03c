//! `/hub/user/NAME/...`: somebody wants a server that the edge has no route to. Start it, wait for it, or say why not.

use std::sync::Arc;

use axum::extract::{OriginalUri, Path, Request, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use perijove_model::scopes::Scope;
use perijove_model::server::Phase;
use perijove_model::{escape, names};
use perijove_store::{spawners, users};

use super::spawn::pending_url;
use super::spawn_pending::{not_running, stopped_message};
use super::whose::{Whose, tail};
use crate::Hub;
use crate::http::error::{HttpError, Result};
use crate::http::visitor::{Principal, Visitor};
use crate::http::xsrf::query_value;
use crate::http::{DRESSED, found, prefers_json};
use crate::servers;

/// So many times a browser is sent to a server that is ready but not reached, before it is told that something is wrong.
const MOST_REDIRECTS: u32 = 4;

pub async fn any(
    State(hub): State<Arc<Hub>>,
    OriginalUri(uri): OriginalUri,
    visitor: Visitor,
    request: Request,
) -> Result<Response> {
    let headers = request.headers();
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return Ok(not_running_json(&hub, headers, uri.path()));
    }
    let program = is_program(&hub, &uri, headers);
    // Here a token is as good as a session: a program may ask for a server that has ended.
    let principal = match &visitor.principal {
        Some(principal) => principal,
        None if program => return Ok(not_running_json(&hub, headers, uri.path())),
        None => return Ok(found(&super::login_url(&hub, &uri))),
    };
    let (whose, wanted) = match target(&hub, principal, &uri).await? {
        Target::Server(whose, wanted) => (whose, wanted),
        Target::Slash(url) => return Ok(crate::http::redirect(StatusCode::MOVED_PERMANENTLY, &url)),
    };
    let spawner = whose.spawner(&hub).await?;
    let phase = spawner.as_ref().map_or(Phase::Stopped, |spawner| spawner.run.phase);
    let next = Some(wanted.as_str());
    match (phase, phase.pending()) {
        (Phase::Ready, _) => {
            if let Some(spawner) = &spawner {
                hub.wakeup.look_at(spawner.id);
            }
            again(&uri, &wanted).await
        }
        _ if program => Ok(not_running_json(&hub, headers, uri.path())),
        (_, Some(_)) | (Phase::Failed, _) => Ok(crate::http::redirect(
            StatusCode::SEE_OTHER,
            &pending_url(&hub, &whose, next),
        )),
        _ => {
            let (_, mut page) = not_running(&hub, &whose, spawner.as_ref(), next);
            page.stopped_message = stopped_message(&hub, spawner.as_ref()).await?;
            super::render(&hub, &visitor, stopped(&hub), &page).await
        }
    }
}

/// `/hub/user-redirect/lab/tree/x`: a link that works for everybody, to one's own server.
pub async fn redirect(
    State(hub): State<Arc<Hub>>,
    OriginalUri(uri): OriginalUri,
    Path(path): Path<String>,
    visitor: Visitor,
) -> Result<Response> {
    let principal = match super::signed_in(&hub, &visitor, &uri) {
        Ok(principal) => principal,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let server = hub.config.hub.default_server_name.as_str();
    let own = names::server_path(hub.config.hub.base_url.as_str(), principal.name(), server);
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    let next = format!("{own}{}{query}", escape::path(&path));
    let spawn = format!("{}spawn/{}", hub.prefix(), tail(principal.name(), server));
    Ok(found(&format!("{spawn}?next={}", escape::component(&next))))
}

enum Target {
    /// The server, and the address behind the edge that was wanted.
    Server(Whose, String),
    Slash(String),
}

/// Reads `/hub/user/NAME[/SERVER]/...`: the second part names a server only if the person has one of that name.
async fn target(hub: &Hub, principal: &Principal, uri: &Uri) -> Result<Target> {
    let base = hub.config.hub.base_url.as_str();
    let rest = uri
        .path()
        .strip_prefix(&format!("{}user/", hub.prefix()))
        .unwrap_or_default();
    let query = strip_redirects(uri.query().unwrap_or_default());
    let query = if query.is_empty() {
        String::new()
    } else {
        format!("?{query}")
    };
    let mut parts = rest.splitn(3, '/');
    let name = parts.next().and_then(escape::decode).ok_or_else(HttpError::not_found)?;
    let Some(second) = parts.next() else {
        return Ok(Target::Slash(format!("{base}user/{rest}/{query}")));
    };
    let server = escape::decode(second).unwrap_or_default();
    let named = match users::by_name(&hub.store, &name).await? {
        Some(user) if !server.is_empty() => spawners::get(&hub.store, user.id, &server).await?.is_some(),
        _ => false,
    };
    let server = if named { server } else { String::new() };
    let whose = Whose::read(hub, principal, &name, &server, Scope::AccessServers).await?;
    Ok(Target::Server(whose, format!("{base}user/{rest}{query}")))
}

/// The server is ready, yet the edge sent the browser here: its route is a moment late, or gone. The set of routes is
/// being looked at; come back, each time a little later.
async fn again(uri: &Uri, wanted: &str) -> Result<Response> {
    let before: u32 = uri
        .query()
        .and_then(|query| query_value(query, "redirects")?.parse().ok())
        .unwrap_or(0);
    if before >= MOST_REDIRECTS {
        return Err(HttpError::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "The server runs, but it can't be reached.",
        )
        .hint("Stop it on the home page and start it again. If that does not help, the edge's log says more."));
    }
    if before > 0 {
        tokio::time::sleep(std::time::Duration::from_secs(1 << before.min(3))).await;
    }
    let join = if wanted.contains('?') { '&' } else { '?' };
    Ok(found(&format!("{wanted}{join}redirects={}", before + 1)))
}

fn strip_redirects(query: &str) -> String {
    query
        .split('&')
        .filter(|pair| !pair.starts_with("redirects="))
        .collect::<Vec<_>>()
        .join("&")
}

/// JupyterLab's own calls, and programs: a page would tell them nothing.
fn is_program(hub: &Hub, uri: &Uri, headers: &HeaderMap) -> bool {
    let rest = uri
        .path()
        .strip_prefix(&format!("{}user/", hub.prefix()))
        .unwrap_or_default();
    rest.split('/').skip(1).any(|segment| segment == "api") || prefers_json(headers)
}

/// 424: what JupyterLab makes its "server is gone" dialog of.
pub fn not_running_json(hub: &Hub, headers: &HeaderMap, path: &str) -> Response {
    let rest = path.strip_prefix(&format!("{}user/", hub.prefix())).unwrap_or_default();
    let name = rest.split('/').next().unwrap_or_default();
    let host = headers
        .get(axum::http::header::HOST)
        .and_then(|host| host.to_str().ok());
    let origin = match (&hub.config.hub.public_url, host) {
        (Some(url), _) => url.origin().ascii_serialization(),
        (None, Some(host)) => format!("http://{host}"),
        (None, None) => String::new(),
    };
    let spawn = format!("{origin}{}spawn/{name}", hub.prefix());
    let message = format!("JupyterHub server no longer running at /user/{rest}. Restart the server at {spawn}");
    let body = axum::Json(serde_json::json!({ "message": message }));
    (stopped(hub), [(DRESSED, "1")], body).into_response()
}

/// Of a server that does not run. 503 would be that of one that can't be reached, but old JupyterLabs know no other.
fn stopped(hub: &Hub) -> StatusCode {
    match hub.config.hub.use_legacy_stopped_server_status_code {
        true => StatusCode::SERVICE_UNAVAILABLE,
        false => StatusCode::FAILED_DEPENDENCY,
    }
}

/// What a refused start looks like to a page or a program.
impl From<servers::Refused> for HttpError {
    fn from(refused: servers::Refused) -> Self {
        if let servers::Refused::Store(error) = refused {
            return error.into();
        }
        let mut error = HttpError::new(refused.status(), refused.to_string());
        error.detail = refused.detail().map(Box::new);
        match refused.retry_after() {
            Some(seconds) => error.with_header(axum::http::header::RETRY_AFTER, seconds),
            None => error,
        }
    }
}
