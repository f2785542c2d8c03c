//! `/hub/api/users/{user}/tokens`

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use jiff::SignedDuration;
use perijove_auth::Credentials;
use perijove_model::scopes::{GroupsOf, Owner, Resource, Scope};
use perijove_model::{Secret, token};
use perijove_store::tokens::{NewToken, Token};
use perijove_store::users::User;
use perijove_store::{oauth, roles, tokens, users};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::Body;
use super::models::{self, TokenModel};
use super::refusals::{BadRequest, NotFound};
use crate::audit::{self, Act};
use crate::http::error::{HttpError, Result, short};
use crate::http::visitor::{self, Caller, Principal, Who};
use crate::signin::Outcome;
use crate::{Hub, signin};

const MAX_NOTE: usize = 1023;
/// In seconds; the times of databases end somewhere behind it.
const LONGEST_LIFE: i64 = 100 * 366 * 24 * 3600;

/// Somebody's tokens.
#[derive(Serialize, ToSchema)]
pub struct TokenList {
    /// The one that was not used for the longest time comes first.
    api_tokens: Vec<TokenModel>,
}

/// List somebody's tokens.
#[utoipa::path(
    get,
    path = "/users/{user}/tokens",
    tag = "tokens",
    params(("user" = String, Path, description = "Whose")),
    responses((status = 200, description = "Those that have not expired", body = TokenList), NotFound),
    security(("token" = ["read:tokens"])),
)]
pub async fn list(
    State(hub): State<Arc<Hub>>,
    Path(name): Path<String>,
    principal: Principal,
) -> Result<Json<TokenList>> {
    let user = owner(&hub, &principal, &name, Scope::ReadTokens).await?;
    // When each was used is what the list is for.
    hub.seen.flush(&hub.store).await;
    let mut own = tokens::of_user(&hub.store, user.id, hub.clock.now()).await?;
    own.sort_by_key(|token| token.last_activity.or(token.created));
    let api_tokens = models::tokens(&hub, &user, &own).await?;
    Ok(Json(TokenList { api_tokens }))
}

/// Tell of one token.
#[utoipa::path(
    get,
    path = "/users/{user}/tokens/{id}",
    tag = "tokens",
    params(("user" = String, Path, description = "Whose"), ("id" = String, Path, description = "`a` and a number")),
    responses((status = 200, description = "The token", body = TokenModel), NotFound),
    security(("token" = ["read:tokens"])),
)]
pub async fn get(
    State(hub): State<Arc<Hub>>,
    Path((name, id)): Path<(String, String)>,
    principal: Principal,
) -> Result<Json<TokenModel>> {
    let user = owner(&hub, &principal, &name, Scope::ReadTokens).await?;
    hub.seen.flush(&hub.store).await;
    let token = find(&hub, &user, &id).await?;
    Ok(Json(model(&hub, &user, token).await?))
}

/// Revoke a token; of one that an OAuth client was given, all that this client was given.
#[utoipa::path(
    delete,
    path = "/users/{user}/tokens/{id}",
    tag = "tokens",
    params(("user" = String, Path, description = "Whose"), ("id" = String, Path, description = "`a` and a number")),
    responses((status = 204, description = "It is worth nothing any more"), NotFound),
    security(("token" = ["tokens"])),
)]
pub async fn delete(
    State(hub): State<Arc<Hub>>,
    Path((name, id)): Path<(String, String)>,
    principal: Principal,
) -> Result<StatusCode> {
    let user = owner(&hub, &principal, &name, Scope::Tokens).await?;
    let token = find(&hub, &user, &id).await?;
    revoke(&hub, &principal, &user, &token).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// To revoke one token of an application is to revoke the application.
pub async fn revoke(hub: &Hub, principal: &Principal, user: &User, token: &Token) -> Result<()> {
    let client = token
        .client_id
        .as_deref()
        .filter(|client| *client != oauth::PLAIN_CLIENT);
    let tx = hub.store.begin().await?;
    match client {
        Some(client) => drop(tokens::delete_for_client(&tx, user.id, client).await?),
        None => drop(tokens::delete(&tx, token.id).await?),
    }
    let detail = json!({ "id": format!("a{}", token.id), "note": token.note, "client": client });
    let target = format!("user {}", user.name);
    audit::record(hub, &tx, principal, Act::TokenRevoked, &target, detail).await?;
    tx.commit().await?;
    Ok(())
}

/// A token that somebody wishes for.
#[derive(Deserialize, Default, ToSchema)]
#[serde(default)]
pub struct Wanted {
    /// What it is for.
    #[schema(value_type = Option<String>)]
    pub note: Value,
    /// Seconds; for as long as it may be if there is none.
    #[schema(value_type = Option<i64>, minimum = 1)]
    pub expires_in: Value,
    /// What it may do, within what its owner may. Not together with `roles`; without either, the scopes of the role
    /// `token`.
    #[schema(value_type = Option<Vec<String>>)]
    pub scopes: Value,
    /// Roles whose scopes it gets, once and for all.
    #[schema(value_type = Option<Vec<String>>)]
    pub roles: Value,
    /// `username` and `password`, for whoever has no token yet.
    #[schema(value_type = Option<Object>)]
    pub auth: Value,
}

/// Make a token.
#[utoipa::path(
    post,
    path = "/users/{user}/tokens",
    tag = "tokens",
    params(("user" = String, Path, description = "For whom")),
    request_body = Option<Wanted>,
    responses((status = 201, description = "The token, this once with its secret", body = TokenModel), BadRequest),
    security(("token" = ["tokens"]), ()),
)]
pub async fn create(
    State(hub): State<Arc<Hub>>,
    Path(name): Path<String>,
    caller: Caller,
    body: Body<Wanted>,
) -> Result<(StatusCode, Json<TokenModel>)> {
    let wanted = body.given()?.unwrap_or_default();
    let principal = match caller.principal {
        Some(principal) => principal,
        None => by_password(&hub, &wanted.auth, caller.remote).await?,
    };
    let user = match owner(&hub, &principal, &name, Scope::Tokens).await {
        // Here JupyterHub says the same of somebody else, of nobody, and to somebody who may make none.
        Err(error) if matches!(error.status, StatusCode::NOT_FOUND | StatusCode::FORBIDDEN) => {
            let kind = match principal.who {
                Who::User(_) => "User",
                Who::Service(_) => "Service",
            };
            let name = short(&name);
            return Err(HttpError::forbidden(format!(
                "{kind} {name} not found or no permissions to generate tokens"
            )));
        }
        user => user?,
    };
    let (token, secret) = make(&hub, &principal, &user, &wanted).await?;
    let mut model = model(&hub, &user, token).await?;
    model.token = Some(secret.expose().to_owned());
    Ok((StatusCode::CREATED, Json(model)))
}

/// Whoever shows a name and a password in the request itself; a page elsewhere knows neither.
async fn by_password(hub: &Arc<Hub>, auth: &Value, from: std::net::IpAddr) -> Result<Principal> {
    let nobody = || HttpError::bare(StatusCode::FORBIDDEN);
    let text = |key: &str| auth.get(key).and_then(Value::as_str);
    let (Some(username), Some(password)) = (text("username"), text("password")) else {
        return Err(nobody());
    };
    let credentials = Credentials {
        username: username.trim().to_owned(),
        password: Secret::new(password),
        code: text("otp").map(Secret::new),
    };
    match signin::check(hub, &credentials, from).await? {
        Outcome::In(came) => Principal::by_password(hub, came.user, from).await,
        _ => Err(nobody()),
    }
}

/// Makes a token for somebody, within what they may do themselves.
pub async fn make(hub: &Hub, principal: &Principal, user: &User, wanted: &Wanted) -> Result<(Token, Secret)> {
    principal.in_person()?;
    let note = note(wanted, principal, user)?;
    let lists = (list_of(&wanted.scopes, "scopes")?, list_of(&wanted.roles, "roles")?);
    let life = life(hub, &wanted.expires_in)?;
    let scopes = raw_scopes(hub, user, lists).await?;
    let (secret, hashed) = token::generate(&*hub.rng);
    let now = hub.clock.now();
    let new = NewToken {
        owner: tokens::Owner::User(user.id),
        hashed: &hashed,
        client_id: oauth::PLAIN_CLIENT,
        session_id: None,
        expires_at: life.map(|life| now + life),
        note: &note,
        scopes: &scopes,
    };
    let tx = hub.store.begin().await?;
    let id = tokens::create(&tx, &new, now).await?;
    let expires_at = new.expires_at.map(models::Time);
    let detail = json!({ "id": format!("a{id}"), "note": note, "scopes": scopes, "expires_at": expires_at });
    let target = format!("user {}", user.name);
    audit::record(hub, &tx, principal, Act::TokenMade, &target, detail).await?;
    let made = tokens::get(&tx, id).await?.ok_or_else(HttpError::not_found)?;
    tx.commit().await?;
    tracing::info!(user = %user.name, by = %principal.name(), id, "a token was made");
    Ok((made, secret))
}

async fn owner(hub: &Hub, principal: &Principal, name: &str, scope: Scope) -> Result<User> {
    principal.require(&hub.store, &[scope], Resource::User(name)).await?;
    let none = || HttpError::new(StatusCode::NOT_FOUND, format!("No such user: {}", short(name)));
    users::by_name(&hub.store, name).await?.ok_or_else(none)
}

/// An unreadable or unknown id, a token of somebody else, one that has expired: all the same.
pub async fn find(hub: &Hub, user: &User, id: &str) -> Result<Token> {
    let none = || {
        let message = format!("No such token {} for user {}", short(id), user.name);
        HttpError::new(StatusCode::NOT_FOUND, message)
    };
    // No larger number fits into the column.
    let number: i32 = id.strip_prefix('a').and_then(|id| id.parse().ok()).ok_or_else(none)?;
    let token = tokens::get(&hub.store, number.into()).await?;
    token
        .filter(|token| token.owner == tokens::Owner::User(user.id))
        .filter(|token| token.expires_at.is_none_or(|at| at > hub.clock.now()))
        .ok_or_else(none)
}

async fn model(hub: &Hub, user: &User, token: Token) -> Result<TokenModel> {
    let models = models::tokens(hub, user, &[token]).await?;
    models.into_iter().next().ok_or_else(HttpError::not_found)
}

fn note(wanted: &Wanted, principal: &Principal, user: &User) -> Result<String> {
    let note = match &wanted.note {
        Value::Null => String::new(),
        Value::String(note) => note.clone(),
        other => {
            let other = short(&other.to_string());
            return Err(HttpError::bad_request(format!(
                "token note must be null or a string, not {other}"
            )));
        }
    };
    if note.len() > MAX_NOTE {
        return Err(HttpError::bad_request(format!(
            "The note is too long: {MAX_NOTE} bytes at most"
        )));
    }
    if !note.is_empty() {
        return Ok(note);
    }
    Ok(match &principal.who {
        Who::User(own) if own.id == user.id => "Requested via api".to_owned(),
        Who::User(other) => format!("Requested via api by user {}", other.name),
        Who::Service(service) => format!("Requested via api by service {}", service.name),
    })
}

fn list_of(value: &Value, key: &str) -> Result<Option<Vec<String>>> {
    let wrong = || {
        let value = short(&value.to_string());
        HttpError::bad_request(format!("token {key} must be null or a list of strings, not {value}"))
    };
    match value {
        Value::Null => Ok(None),
        Value::Array(items) => {
            let texts = items.iter().map(|item| item.as_str().map(str::to_owned));
            texts.collect::<Option<_>>().map(Some).ok_or_else(wrong)
        }
        _ => Err(wrong()),
    }
}

fn life(hub: &Hub, asked: &Value) -> Result<Option<SignedDuration>> {
    let most = i64::try_from(hub.config.hub.token_expires_in_max.as_secs()).unwrap_or(i64::MAX);
    let wrong = |why: String| Err(HttpError::bad_request(why));
    if asked.is_null() {
        return Ok((most > 0).then(|| SignedDuration::from_secs(most)));
    }
    let Some(seconds) = asked.as_i64() else {
        let asked = short(&asked.to_string());
        return wrong(format!("token expires_in must be null or integer, not {asked}"));
    };
    if most > 0 && seconds > most {
        return wrong(format!("token expires_in: {seconds} must not exceed {most}"));
    }
    if seconds < 1 {
        return wrong(format!("expires_in must be a positive integer or null, not {seconds}"));
    }
    if seconds > LONGEST_LIFE {
        return wrong("expires_in: a hundred years are the most".to_owned());
    }
    Ok(Some(SignedDuration::from_secs(seconds)))
}

/// What the token is to be able to do: never more than its owner.
async fn raw_scopes(
    hub: &Hub,
    user: &User,
    (scopes, roles): (Option<Vec<String>>, Option<Vec<String>>),
) -> Result<Vec<String>> {
    let scopes = match (scopes, roles) {
        (Some(_), Some(_)) => {
            return Err(HttpError::bad_request(
                "Can only assign one of scopes or roles when creating tokens.",
            ));
        }
        (Some(scopes), None) => scopes,
        (None, roles) => {
            let mut scopes = Vec::new();
            for role in roles.unwrap_or_else(|| vec!["token".to_owned()]) {
                let of_role = roles::scopes_of_role(&hub.store, &role).await?;
                scopes
                    .extend(of_role.ok_or_else(|| HttpError::bad_request(format!("No such role: {}", short(&role))))?);
            }
            scopes
        }
    };
    let refused = |error: &dyn std::fmt::Display| HttpError::bad_request(error.to_string());
    hub.catalog.check(&scopes, "token").map_err(|error| refused(&error))?;
    let (_, groups, held) = visitor::user_scopes(hub, user.clone()).await?;
    let membership = GroupsOf {
        user: &user.name,
        groups: &groups,
    };
    let owner = Owner::User(&user.name);
    let checked = hub
        .catalog
        .check_token_scopes(&scopes, &owner, None, &held, &membership);
    checked.map_err(|error| refused(&error))?;
    Ok(scopes)
}
