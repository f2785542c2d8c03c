//! `/hub/accept-share?code=&next=`: somebody was sent a share code, sees what it is for, and takes it. Nothing is started
//! by that.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{OriginalUri, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::Response;
use perijove_model::names;
use perijove_model::scopes::describe;
use perijove_model::server::Phase;
use perijove_store::share_codes::{self, ShareCode};
use perijove_store::spawners;
use perijove_store::users::User;
use perijove_web::pages::{AcceptShare, Named, ScopeLine};
use serde_json::json;

use super::next;
use crate::Hub;
use crate::audit::{self, Act};
use crate::http::error::{HttpError, Kind, Result};
use crate::http::found;
use crate::http::visitor::{Principal, Visitor};
use crate::http::xsrf::query_value;

/// Why there is nothing to accept.
enum Refused {
    NoCode,
    Unknown,
    OwnServer,
}

impl Refused {
    fn error(self, method: &Method) -> HttpError {
        let (status, words, hint) = match self {
            Self::NoCode => (
                StatusCode::BAD_REQUEST,
                "This address has no share code.",
                "Open the link as it was sent to you, to its very end.",
            ),
            Self::Unknown => (
                StatusCode::NOT_FOUND,
                "This invitation is not valid, or it has expired.",
                "Ask whoever sent it to you for another one.",
            ),
            Self::OwnServer => (
                StatusCode::FORBIDDEN,
                "This is your own server: it needs no invitation.",
                "Send the link to those whom you want to share it with.",
            ),
        };
        let status = if *method == Method::POST {
            StatusCode::BAD_REQUEST
        } else {
            status
        };
        let kind = if matches!(self, Self::Unknown) {
            Kind::Link
        } else {
            Kind::Told
        };
        HttpError::new(status, words).of_kind(kind).hint(hint)
    }
}

pub async fn get(
    State(hub): State<Arc<Hub>>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    visitor: Visitor,
) -> Result<Response> {
    let (_, user) = match browser(&hub, &visitor, &uri) {
        Ok(who) => who,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let text = query_value(uri.query().unwrap_or_default(), "code");
    let code = match invitation(&hub, user, text.as_deref()).await? {
        Ok(code) => code,
        Err(why) => return Err(why.error(&Method::GET)),
    };
    let server = spawners::by_id(&hub.store, code.spawner_id).await?;
    let raw = code.scopes.iter().filter_map(|text| hub.catalog.parse(text).ok());
    let lines = raw.map(|raw| describe(&hub.catalog, &raw, &user.name));
    let page = AcceptShare {
        code: text.unwrap_or_default(),
        spawner_ready: server.is_some_and(|server| server.run.phase == Phase::Ready),
        spawner_url: server_url(&hub, &code),
        scope_descriptions: lines
            .map(|line| ScopeLine {
                scope: line.scope,
                description: line.description,
                filter: line.filter,
            })
            .collect(),
        next_url: next_url(&hub, &uri, &headers, &code),
        action_url: uri.path_and_query().map(ToString::to_string).unwrap_or_default(),
        owner: Named { name: code.owner },
        spawner: Named { name: code.server },
    };
    super::render(&hub, &visitor, StatusCode::OK, &page).await
}

pub async fn post(
    State(hub): State<Arc<Hub>>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    visitor: Visitor,
    form: Bytes,
) -> Result<Response> {
    let (principal, user) = match browser(&hub, &visitor, &uri) {
        Ok(who) => who,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let form = String::from_utf8_lossy(&form);
    let given = |key| query_value(&form, key).or_else(|| query_value(uri.query().unwrap_or_default(), key));
    visitor
        .xsrf
        .check_form(given("_xsrf").as_deref(), &headers, &Method::POST)?;
    let code = match invitation(&hub, user, given("code").as_deref()).await? {
        Ok(code) => code,
        Err(why) => return Err(why.error(&Method::POST)),
    };
    accept(&hub, principal, user, &code).await?;
    Ok(found(&next_url(&hub, &uri, &headers, &code)))
}

async fn accept(hub: &Hub, principal: &Principal, user: &User, code: &ShareCode) -> Result<()> {
    let tx = hub.store.begin().await?;
    let change = share_codes::exchange(&tx, code, user.id, hub.clock.now()).await?;
    let change = change.ok_or_else(|| Refused::Unknown.error(&Method::POST))?;
    let target = format!("server {}/{}", code.owner, code.server);
    let detail = json!({ "code": format!("sc_{}", code.id), "user": user.name, "scopes": change.scopes });
    audit::record(hub, &tx, principal, Act::ShareAccepted, &target, detail).await?;
    tx.commit().await?;
    tracing::info!(user = %user.name, owner = %code.owner, server = %code.server, "a share was accepted");
    Ok(())
}

/// Only a person in a browser can accept: a token would get more by it than it was given.
fn browser<'a>(hub: &Hub, visitor: &'a Visitor, uri: &Uri) -> std::result::Result<(&'a Principal, &'a User), Response> {
    let principal = super::signed_in(hub, visitor, uri)?;
    match principal.user() {
        Some(user) if super::is_browser(principal) => Ok((principal, user)),
        _ => Err(found(&super::login_url(hub, uri))),
    }
}

/// What the visitor was invited to.
async fn invitation(hub: &Hub, user: &User, text: Option<&str>) -> Result<std::result::Result<ShareCode, Refused>> {
    let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else {
        return Ok(Err(Refused::NoCode));
    };
    Ok(match share_codes::find(&hub.store, text, hub.clock.now()).await? {
        None => Err(Refused::Unknown),
        Some(code) if code.owner_id == user.id => Err(Refused::OwnServer),
        Some(code) => Ok(code),
    })
}

fn server_url(hub: &Hub, code: &ShareCode) -> String {
    names::server_path(hub.config.hub.base_url.as_str(), &code.owner, &code.server)
}

/// Where the invitation leads: to what its link names, if that is a place of ours, else to the server.
fn next_url(hub: &Hub, uri: &Uri, headers: &HeaderMap, code: &ShareCode) -> String {
    let wanted = query_value(uri.query().unwrap_or_default(), "next");
    let wanted = wanted.and_then(|wanted| next::local(hub, headers, &wanted));
    wanted.unwrap_or_else(|| server_url(hub, code))
}
