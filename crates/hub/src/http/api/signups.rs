//! `/hub/api/signups`: who has signed up and waits for somebody's word.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use perijove_model::UserName;
use perijove_model::scopes::{Resource, Scope};
use perijove_store::signups;
use serde::Serialize;
use utoipa::ToSchema;

use super::models::Time;
use super::refusals::{Conflict, NotFound};
use crate::Hub;
use crate::accounts::signup;
use crate::audit::Actor;
use crate::http::error::{HttpError, Result, short};
use crate::http::visitor::Principal;

/// Who waits.
#[derive(Serialize, ToSchema)]
pub struct SignupList {
    /// Who has waited longest comes first.
    signups: Vec<SignupModel>,
}

/// Somebody who has signed up and waits.
#[derive(Serialize, ToSchema)]
#[schema(as = Signup)]
pub struct SignupModel {
    name: String,
    /// As they have typed it.
    email: Option<String>,
    created: Time,
    /// From where.
    address: String,
}

/// List who has signed up and waits for somebody's word.
#[utoipa::path(
    get,
    path = "/signups",
    tag = "users",
    responses((status = 200, description = "Who waits", body = SignupList)),
    security(("token" = ["admin:users"])),
)]
pub async fn list(State(hub): State<Arc<Hub>>, principal: Principal) -> Result<Json<SignupList>> {
    principal
        .require(&hub.store, &[Scope::AdminUsers], Resource::Everything)
        .await?;
    let waiting = signups::list(&hub.store).await?;
    let signups = waiting.into_iter().map(|signup| SignupModel {
        name: signup.name,
        email: signup.email,
        created: Time(signup.created),
        address: signup.address,
    });
    Ok(Json(SignupList {
        signups: signups.collect(),
    }))
}

/// Let somebody in who waits: they have an account from now on.
#[utoipa::path(
    post,
    path = "/signups/{user}",
    tag = "users",
    params(("user" = String, Path, description = "Who waits")),
    responses((status = 204, description = "They can sign in"), NotFound, Conflict),
    security(("token" = ["admin:users"])),
)]
pub async fn approve(
    State(hub): State<Arc<Hub>>,
    Path(name): Path<String>,
    principal: Principal,
) -> Result<StatusCode> {
    let wanted = waiting(&hub, &principal, &name).await?;
    told(&name, signup::approve(&hub, &wanted, &Actor::from(&principal)).await?)
}

/// Turn somebody down who waits.
#[utoipa::path(
    delete,
    path = "/signups/{user}",
    tag = "users",
    params(("user" = String, Path, description = "Who waits")),
    responses((status = 204, description = "They wait no more"), NotFound),
    security(("token" = ["admin:users"])),
)]
pub async fn discard(
    State(hub): State<Arc<Hub>>,
    Path(name): Path<String>,
    principal: Principal,
) -> Result<StatusCode> {
    let wanted = waiting(&hub, &principal, &name).await?;
    told(&name, signup::discard(&hub, &wanted, &Actor::from(&principal)).await?)
}

async fn waiting(hub: &Hub, principal: &Principal, name: &str) -> Result<UserName> {
    principal
        .require(&hub.store, &[Scope::AdminUsers], Resource::User(name))
        .await?;
    UserName::normalise(name).map_err(|_| nobody(name))
}

fn told(name: &str, there: bool) -> Result<StatusCode> {
    match there {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(nobody(name)),
    }
}

fn nobody(name: &str) -> HttpError {
    HttpError::new(
        StatusCode::NOT_FOUND,
        format!("Nobody of this name waits: {}", short(name)),
    )
}
