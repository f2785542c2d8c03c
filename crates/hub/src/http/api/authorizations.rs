//! `/hub/api/authorizations/…`: whose token or cookie is it? Superseded by `GET /hub/api/user`; old services still ask
//! this way. Only with a token of one's own.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use perijove_model::scopes::{ScopeSet, identify_scopes};
use perijove_store::users::User;
use serde_json::{Value, json};

use super::models;
use super::refusals::NotFound;
use crate::Hub;
use crate::http::cookies;
use crate::http::error::{HttpError, Result};
use crate::http::visitor::{self, Caller, Principal, Via, Who};

const GONE: &str = "Deprecated endpoint /hub/api/authorizations/token is removed in JupyterHub 2.0. \
                    Use /hub/api/users/:user/tokens instead.";

/// Tell whose token this is.
#[utoipa::path(
    get,
    path = "/authorizations/token/{token}",
    tag = "deprecated",
    params(("token" = String, Path, description = "The token in clear")),
    responses((status = 200, description = "Its owner, as far as the caller may see them", body = Object), NotFound),
    security(("token" = [])),
)]
pub async fn token(State(hub): State<Arc<Hub>>, Path(token): Path<String>, caller: Caller) -> Result<Json<Value>> {
    let principal = by_token(caller)?;
    let about = visitor::by_token(&hub, &token).await?;
    let about = about.ok_or_else(HttpError::not_found)?;
    let mut scopes = principal.scopes.clone();
    for (scope, filter) in identify_scopes(&about.owner()) {
        scopes.insert(scope, Some(filter));
    }
    match &about.who {
        Who::User(user) => Ok(Json(model(&hub, &scopes, user).await?)),
        Who::Service(service) => Ok(Json(json!({
            "kind": "service",
            "name": service.name,
            "admin": service.admin,
        }))),
    }
}

/// Tell whose cookie this is.
#[utoipa::path(
    get,
    path = "/authorizations/cookie/{name}/{value}",
    tag = "deprecated",
    params(("name" = String, Path, description = "The cookie's name"), ("value" = String, Path, description = "The cookie's value")),
    responses((status = 200, description = "The person, as far as the caller may see them", body = Object), NotFound),
    security(("token" = [])),
)]
pub async fn cookie(
    State(hub): State<Arc<Hub>>,
    Path((name, value)): Path<(String, String)>,
    caller: Caller,
) -> Result<Json<Value>> {
    of_cookie(&hub, caller, &name, &value).await
}

/// Tell whose cookie this is, its value being the body of the request.
#[utoipa::path(
    get,
    path = "/authorizations/cookie/{name}",
    tag = "deprecated",
    params(("name" = String, Path, description = "The cookie's name")),
    responses((status = 200, description = "The person, as far as the caller may see them", body = Object), NotFound),
    security(("token" = [])),
)]
pub async fn cookie_in_body(
    State(hub): State<Arc<Hub>>,
    Path(name): Path<String>,
    caller: Caller,
    body: Bytes,
) -> Result<Json<Value>> {
    of_cookie(&hub, caller, &name, &String::from_utf8_lossy(&body)).await
}

/// No token is made here any more.
#[utoipa::path(post, path = "/authorizations/token", tag = "deprecated", responses(NotFound))]
pub async fn gone() -> HttpError {
    HttpError::new(StatusCode::NOT_FOUND, GONE)
}

/// No token is made here any more.
#[utoipa::path(
    post,
    path = "/authorizations/token/{token}",
    tag = "deprecated",
    params(("token" = String, Path, description = "Anything")),
    responses(NotFound),
)]
pub async fn gone_below() -> HttpError {
    HttpError::new(StatusCode::NOT_FOUND, GONE)
}

/// `GET` without a token, which is not told apart from a token that nobody has.
#[utoipa::path(get, path = "/authorizations/token", tag = "deprecated", responses(NotFound), security(("token" = [])))]
pub async fn none(caller: Caller) -> Result<Json<Value>> {
    by_token(caller)?;
    Err(HttpError::not_found())
}

async fn of_cookie(hub: &Hub, caller: Caller, name: &str, value: &str) -> Result<Json<Value>> {
    let principal = by_token(caller)?;
    let user = match name {
        cookies::LOGIN => visitor::user_of_cookie(hub, value.trim_matches('"')).await?,
        _ => None,
    };
    let user = user.ok_or_else(HttpError::not_found)?;
    Ok(Json(model(hub, &principal.scopes, &user).await?))
}

async fn model(hub: &Hub, scopes: &ScopeSet, user: &User) -> Result<Value> {
    let model = models::user(hub, scopes, user, false).await?;
    Ok(model.map_or_else(|| json!({}), |model| json!(model)))
}

/// A cookie alone doesn't do.
fn by_token(caller: Caller) -> Result<Principal> {
    caller
        .principal
        .filter(|principal| matches!(principal.via, Via::Token(_)))
        .ok_or_else(|| HttpError::bare(StatusCode::FORBIDDEN))
}
