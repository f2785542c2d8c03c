//! `/hub/api/users/{user}/tokens`

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use jiff::SignedDuration;
use perijove_model::scopes::{GroupsOf, Owner, Resource, Scope};
use perijove_model::token;
use perijove_store::tokens::{NewToken, Token};
use perijove_store::users::User;
use perijove_store::{groups, oauth, roles, tokens, users};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Body, models};
use crate::Hub;
use crate::audit::{self, Act};
use crate::http::error::{HttpError, Result};
use crate::http::visitor::{self, Principal, Who};

const MAX_NOTE: usize = 1023;
/// In seconds; the times of databases end somewhere behind it.
const LONGEST_LIFE: i64 = 100 * 366 * 24 * 3600;

async fn owner(hub: &Hub, principal: &Principal, name: &str, scope: Scope) -> Result<User> {
    principal.require(&hub.store, &[scope], Resource::User(name)).await?;
    users::by_name(&hub.store, name).await?.ok_or_else(HttpError::not_found)
}

pub async fn list(State(hub): State<Arc<Hub>>, Path(name): Path<String>, principal: Principal) -> Result<Json<Value>> {
    let user = owner(&hub, &principal, &name, Scope::ReadTokens).await?;
    let mut items = Vec::new();
    for token in tokens::of_user(&hub.store, user.id, hub.clock.now()).await? {
        items.push(model(&hub, &user, &token).await?);
    }
    Ok(Json(json!({ "api_tokens": items })))
}

pub async fn get(
    State(hub): State<Arc<Hub>>,
    Path((name, id)): Path<(String, String)>,
    principal: Principal,
) -> Result<Json<Value>> {
    let user = owner(&hub, &principal, &name, Scope::ReadTokens).await?;
    let token = find(&hub, &user, &id).await?;
    Ok(Json(model(&hub, &user, &token).await?))
}

pub async fn delete(
    State(hub): State<Arc<Hub>>,
    Path((name, id)): Path<(String, String)>,
    principal: Principal,
) -> Result<StatusCode> {
    let user = owner(&hub, &principal, &name, Scope::Tokens).await?;
    let token = find(&hub, &user, &id).await?;
    let client = token
        .client_id
        .as_deref()
        .filter(|client| *client != oauth::PLAIN_CLIENT);
    let tx = hub.store.begin().await?;
    match client {
        // To revoke one is to revoke the application.
        Some(client) => drop(tokens::delete_for_client(&tx, user.id, client).await?),
        None => drop(tokens::delete(&tx, token.id).await?),
    }
    let detail = json!({ "id": format!("a{}", token.id), "note": token.note, "client": client });
    let target = format!("user {}", user.name);
    audit::record(&hub, &tx, &principal, Act::TokenRevoked, &target, detail).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Wanted {
    note: Option<String>,
    expires_in: Option<i64>,
    scopes: Option<Vec<String>>,
    roles: Option<Vec<String>>,
}

pub async fn create(
    State(hub): State<Arc<Hub>>,
    Path(name): Path<String>,
    principal: Principal,
    body: Body<Wanted>,
) -> Result<Response> {
    let user = match owner(&hub, &principal, &name, Scope::Tokens).await {
        // Here JupyterHub says the same of somebody else and of nobody.
        Err(error) if error.status == StatusCode::NOT_FOUND => {
            let name = crate::http::error::short(&name);
            return Err(HttpError::forbidden(format!(
                "{name} not found or no permissions to generate tokens"
            )));
        }
        user => user?,
    };
    let wanted = body.0.unwrap_or_default();
    let life = life(&hub, wanted.expires_in)?;
    let scopes = raw_scopes(&hub, &user, &wanted).await?;
    let note = wanted.note.clone().unwrap_or_else(|| default_note(&principal, &user));
    if note.len() > MAX_NOTE {
        return Err(HttpError::bad_request(format!(
            "The note is too long: {MAX_NOTE} bytes at most"
        )));
    }
    let (secret, hashed) = token::generate(&*hub.rng);
    let now = hub.clock.now();
    let new = NewToken {
        owner: tokens::Owner::User(user.id),
        hashed: &hashed,
        client_id: oauth::PLAIN_CLIENT,
        session_id: None,
        expires_at: life.map(|life| now.saturating_add(life).unwrap_or(jiff::Timestamp::MAX)),
        note: &note,
        scopes: &scopes,
    };
    let tx = hub.store.begin().await?;
    let id = tokens::create(&tx, &new, now).await?;
    let detail = json!({ "id": format!("a{id}"), "note": note, "scopes": scopes, "expires_at": new.expires_at.map(models::time) });
    audit::record(
        &hub,
        &tx,
        &principal,
        Act::TokenMade,
        &format!("user {}", user.name),
        detail,
    )
    .await?;
    tx.commit().await?;
    tracing::info!(user = %user.name, by = %principal.name(), id, "a token was made");
    let token = tokens::get(&hub.store, id).await?.ok_or_else(HttpError::not_found)?;
    let mut model = model(&hub, &user, &token).await?;
    model["token"] = secret.expose().into();
    Ok((StatusCode::CREATED, Json(model)).into_response())
}

fn life(hub: &Hub, asked: Option<i64>) -> Result<Option<SignedDuration>> {
    let most = i64::try_from(hub.config.hub.token_expires_in_max.as_secs()).unwrap_or(i64::MAX);
    let seconds = match asked {
        Some(seconds) if seconds < 1 => return Err(HttpError::bad_request("expires_in must be a positive integer")),
        Some(seconds) if seconds > LONGEST_LIFE => {
            return Err(HttpError::bad_request("expires_in: a hundred years are the most"));
        }
        Some(seconds) if most > 0 && seconds > most => {
            return Err(HttpError::bad_request(format!(
                "expires_in: {seconds} must not exceed {most}"
            )));
        }
        None if most > 0 => Some(most),
        asked => asked,
    };
    Ok(seconds.map(SignedDuration::from_secs))
}

/// What the token is to be able to do: never more than its owner.
async fn raw_scopes(hub: &Hub, user: &User, wanted: &Wanted) -> Result<Vec<String>> {
    let scopes = match (&wanted.scopes, &wanted.roles) {
        (Some(_), Some(_)) => return Err(HttpError::bad_request("Specify scopes or roles, not both")),
        (Some(scopes), None) => scopes.clone(),
        (None, roles) => {
            let mut scopes = Vec::new();
            for role in roles.as_deref().unwrap_or(&["token".to_owned()]) {
                let of_role = roles::scopes_of_role(&hub.store, role).await?;
                scopes.extend(of_role.ok_or_else(|| HttpError::bad_request(format!("No such role: {role}")))?);
            }
            scopes
        }
    };
    hub.catalog
        .check(&scopes, "token")
        .map_err(|error| HttpError::bad_request(error.to_string()))?;
    let (who, own_groups, held) = visitor::user_scopes(hub, user.clone()).await?;
    let name = match &who {
        Who::User(user) => user.name.as_str(),
        Who::Service(_) => "",
    };
    let membership = GroupsOf {
        user: name,
        groups: &own_groups,
    };
    hub.catalog
        .check_token_scopes(&scopes, &Owner::User(name), None, &held, &membership)
        .map_err(|error| HttpError::bad_request(error.to_string()))?;
    Ok(scopes)
}

fn default_note(principal: &Principal, user: &User) -> String {
    match &principal.who {
        Who::User(own) if own.id == user.id => "Requested via api".to_owned(),
        Who::User(other) => format!("Requested via api by user {}", other.name),
        Who::Service(service) => format!("Requested via api by service {}", service.name),
    }
}

async fn find(hub: &Hub, user: &User, id: &str) -> Result<Token> {
    let none = || {
        HttpError::new(
            StatusCode::NOT_FOUND,
            format!("Token not found: {}", crate::http::error::short(id)),
        )
    };
    // No larger number fits into the column.
    let number: i32 = id.strip_prefix('a').and_then(|id| id.parse().ok()).ok_or_else(none)?;
    let token = tokens::get(&hub.store, number.into())
        .await?
        .filter(|token| token.owner == tokens::Owner::User(user.id));
    token
        .filter(|token| token.expires_at.is_none_or(|at| at > hub.clock.now()))
        .ok_or_else(none)
}

async fn model(hub: &Hub, user: &User, token: &Token) -> Result<Value> {
    let own_groups = groups::of_user(&hub.store, user.id).await?;
    let (_, _, held) = visitor::user_scopes(hub, user.clone()).await?;
    let client = visitor::client_resource(&hub.store, token.client_id.as_deref()).await?;
    let resource = client.as_ref().map(visitor::ClientNames::resource);
    let membership = GroupsOf {
        user: &user.name,
        groups: &own_groups,
    };
    let owner = Owner::User(&user.name);
    let scopes = hub
        .catalog
        .token_scopes(&token.scopes, &owner, resource.as_ref(), &held, &membership);
    let description = match &token.client_id {
        Some(id) => oauth::client(&hub.store, id).await?.map(|client| {
            if client.description.is_empty() {
                client.identifier
            } else {
                client.description
            }
        }),
        None => None,
    };
    Ok(models::token(
        ("user", &user.name),
        token,
        &scopes.to_strings(),
        description.as_deref(),
    ))
}
