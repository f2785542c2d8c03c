//! `/hub/api/users/{user}/sessions`: in which browsers somebody is signed in, and the end of that.
//! `/hub/api/users/{user}/password-link`: a link with which they choose a new password.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use perijove_model::UserName;
use perijove_model::scopes::{Resource, Scope};
use perijove_store::sessions::{self, Session};
use perijove_store::tokens;
use perijove_store::users::{self, User};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use super::models::Time;
use super::refusals::{BadRequest, NotFound};
use crate::audit::{self, Act, Actor};
use crate::http::error::{HttpError, Result, short};
use crate::http::visitor::{Principal, Via};
use crate::{Hub, accounts, startup};

/// Somebody's sessions.
#[derive(Serialize, ToSchema)]
pub struct SessionList {
    /// The oldest first.
    sessions: Vec<SessionModel>,
}

/// A browser in which somebody is signed in.
#[derive(Serialize, ToSchema)]
#[schema(as = Session)]
pub struct SessionModel {
    id: i64,
    created: Time,
    last_seen: Time,
    expires_at: Time,
    /// Where it was signed in from.
    address: String,
    user_agent: String,
    /// The way of signing in.
    method: Option<String>,
    /// The one that asks.
    current: bool,
}

/// List in which browsers somebody is signed in.
#[utoipa::path(
    get,
    path = "/users/{user}/sessions",
    tag = "users",
    params(("user" = String, Path, description = "Whose")),
    responses((status = 200, description = "Those that have not ended", body = SessionList), NotFound),
    security(("token" = ["read:tokens"])),
)]
pub async fn list(
    State(hub): State<Arc<Hub>>,
    Path(name): Path<String>,
    principal: Principal,
) -> Result<Json<SessionList>> {
    let user = whose(&hub, &principal, &name, Scope::ReadTokens).await?;
    hub.seen.flush(&hub.store).await;
    let found = sessions::of_user(&hub.store, user.id, hub.clock.now()).await?;
    let sessions = found.into_iter().map(|session| SessionModel {
        current: is_current(&principal, &session),
        id: session.id,
        created: Time(session.created),
        last_seen: Time(session.last_seen),
        expires_at: Time(session.expires_at),
        address: session.address,
        user_agent: session.user_agent,
        method: session.method,
    });
    Ok(Json(SessionList {
        sessions: sessions.collect(),
    }))
}

/// Sign somebody out everywhere; who asks for themselves in a browser stays signed in there.
#[utoipa::path(
    delete,
    path = "/users/{user}/sessions",
    tag = "users",
    params(("user" = String, Path, description = "Whose")),
    responses((status = 204, description = "They are signed out"), NotFound),
    security(("token" = ["tokens"])),
)]
pub async fn end_all(
    State(hub): State<Arc<Hub>>,
    Path(name): Path<String>,
    principal: Principal,
) -> Result<StatusCode> {
    let user = whose(&hub, &principal, &name, Scope::Tokens).await?;
    end_others(&hub, &principal, &user).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sign somebody out in one browser.
#[utoipa::path(
    delete,
    path = "/users/{user}/sessions/{id}",
    tag = "users",
    params(("user" = String, Path, description = "Whose"), ("id" = i64, Path, description = "A session's id")),
    responses((status = 204, description = "They are signed out there"), BadRequest, NotFound),
    security(("token" = ["tokens"])),
)]
pub async fn end(
    State(hub): State<Arc<Hub>>,
    Path((name, id)): Path<(String, String)>,
    principal: Principal,
) -> Result<StatusCode> {
    let user = whose(&hub, &principal, &name, Scope::Tokens).await?;
    let none = || {
        HttpError::new(
            StatusCode::NOT_FOUND,
            format!("No such session {} for user {name}", short(&id)),
        )
    };
    // No larger number fits into the column.
    let number: i32 = id.parse().map_err(|_| none())?;
    match end_one(&hub, &principal, &user, number.into()).await? {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(none()),
    }
}

/// A link with which somebody chooses a password.
#[derive(Serialize, ToSchema)]
pub struct PasswordLink {
    /// Whoever has it can sign in by that name: give it to nobody else.
    url: String,
}

/// Make a one-time link with which somebody chooses a new password.
#[utoipa::path(
    post,
    path = "/users/{user}/password-link",
    tag = "users",
    params(("user" = String, Path, description = "Whose password")),
    responses((status = 201, description = "Made", body = PasswordLink), BadRequest, NotFound),
    security(("token" = ["admin:users"])),
)]
pub async fn password_link(
    State(hub): State<Arc<Hub>>,
    Path(name): Path<String>,
    principal: Principal,
) -> Result<(StatusCode, Json<PasswordLink>)> {
    let user = whose(&hub, &principal, &name, Scope::AdminUsers).await?;
    // With the link somebody becomes that person, whatever that one may do.
    if !principal.is_admin() {
        return Err(HttpError::forbidden(
            "Only administrators make links to other people's accounts.",
        ));
    }
    if accounts::section(&hub.config).is_none() {
        return Err(HttpError::bad_request("Nobody has a password here."));
    }
    let name = UserName::normalise(&user.name).map_err(|_| HttpError::not_found())?;
    let by = Actor::from(&principal);
    let link = startup::invite(&hub.store, &*hub.clock, &*hub.rng, &hub.config, &name, false, &by).await;
    let url = link.map_err(|error| HttpError::internal(&error))?;
    Ok((StatusCode::CREATED, Json(PasswordLink { url })))
}

/// Ends all sessions but the one that asks.
pub async fn end_others(hub: &Hub, principal: &Principal, user: &User) -> Result<()> {
    let own = match &principal.via {
        Via::Session(session) if session.user_id == user.id => Some(session),
        _ => None,
    };
    let tx = hub.store.begin().await?;
    accounts::end_sessions(&tx, user.id, own).await?;
    let target = format!("user {}", user.name);
    audit::record(
        hub,
        &tx,
        principal,
        Act::SignedOut,
        &target,
        json!({ "sessions": "all" }),
    )
    .await?;
    tx.commit().await?;
    Ok(())
}

/// `false` if this person has no such session.
pub async fn end_one(hub: &Hub, principal: &Principal, user: &User, id: i64) -> Result<bool> {
    let all = sessions::of_user(&hub.store, user.id, hub.clock.now()).await?;
    let Some(session) = all.into_iter().find(|session| session.id == id) else {
        return Ok(false);
    };
    let tx = hub.store.begin().await?;
    tokens::delete_acted(&tx, user.id).await?;
    tokens::delete_for_session(&tx, user.id, &session.session_id).await?;
    sessions::delete(&tx, session.id).await?;
    // Once more: a token that was on its way held the session until it was there.
    tokens::delete_for_session(&tx, user.id, &session.session_id).await?;
    let target = format!("user {}", user.name);
    audit::record(hub, &tx, principal, Act::SignedOut, &target, json!({ "session": id })).await?;
    tx.commit().await?;
    Ok(true)
}

pub fn is_current(principal: &Principal, session: &Session) -> bool {
    matches!(&principal.via, Via::Session(own) if own.id == session.id)
}

async fn whose(hub: &Hub, principal: &Principal, name: &str, scope: Scope) -> Result<User> {
    principal.require(&hub.store, &[scope], Resource::User(name)).await?;
    let none = || HttpError::new(StatusCode::NOT_FOUND, format!("No such user: {}", short(name)));
    users::by_name(&hub.store, name).await?.ok_or_else(none)
}
