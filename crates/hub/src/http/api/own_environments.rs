//! `/hub/api/users/{user}/environments`: Python environments that people have in their homes, as kernels.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use perijove_environments::Kind;
use perijove_environments::own::{Contents, New, Own};
use perijove_model::scopes::{Resource, Scope};
use perijove_store::spawners;
use perijove_store::users::{self, User};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::Body;
use super::refusals::{BadRequest, Conflict, NotFound};
use crate::Hub;
use crate::environments::own::{self, OwnError};
use crate::http::error::{HttpError, Result, short};
use crate::http::visitor::Principal;

/// Whose, and which.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct Which {
    user: String,
    /// The name of the environment.
    environment: String,
}

/// An environment that somebody wants: packages of PyPI, or what conda is to make.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewOwn {
    /// Up to 40 of a-z, 0-9, '-' and '_'.
    name: String,
    /// What the kernel is called in the launcher; the name, if it is not given.
    display_name: Option<String>,
    /// Lines as in a requirements.txt.
    requirements: Option<Vec<String>>,
    /// The text of an environment.yml or of an explicit lock, where the hub's machine has conda or micromamba.
    conda: Option<String>,
}

/// One of somebody's own environments.
#[derive(Serialize, ToSchema)]
#[schema(as = OwnEnvironment)]
pub struct OwnModel {
    /// The name of the environment and of its kernel.
    name: String,
    display_name: String,
    /// `pip` or `conda`.
    kind: String,
    /// `ready`, `building` or `failed`.
    state: String,
    /// What is being done, or why it failed.
    message: Option<String>,
    /// The last lines of what the tools wrote, of a failure.
    log: Vec<String>,
    /// Bytes on the disk.
    size: Option<u64>,
    made_at: String,
}

impl From<Own> for OwnModel {
    fn from(own: Own) -> Self {
        Self {
            name: own.name,
            display_name: own.display_name,
            kind: own.kind,
            state: own.state,
            message: own.message,
            log: own.log,
            size: own.size,
            made_at: own.made_at,
        }
    }
}

fn of<'a>(user: &'a str, server: &'a str) -> Resource<'a> {
    Resource::Server { user, server }
}

/// Whoever may use one of the person's servers can do there what is done here: so it is allowed to them, and to the
/// server's own token.
async fn owner(hub: &Hub, principal: &Principal, name: &str) -> Result<User> {
    let default = principal
        .require(&hub.store, &[Scope::AccessServers], of(name, ""))
        .await;
    let user = users::by_name(&hub.store, name).await?;
    let Err(refusal) = default else {
        return user.ok_or_else(HttpError::not_found);
    };
    let Some(user) = user else { return Err(refusal) };
    for spawner in spawners::of_user(&hub.store, user.id).await? {
        if principal
            .may(&hub.store, Scope::AccessServers, of(name, &spawner.name))
            .await?
        {
            return Ok(user);
        }
    }
    Err(refusal)
}

fn refused(error: OwnError) -> HttpError {
    let status = match &error {
        OwnError::Store(_) => return HttpError::internal(&error),
        OwnError::NoHome | OwnError::HomeMoves => StatusCode::CONFLICT,
        OwnError::Tools(error) if error.kind == Kind::Refused => StatusCode::BAD_REQUEST,
        OwnError::Refused { refused: true, .. } => StatusCode::BAD_REQUEST,
        OwnError::Backend(error) => {
            let cause = error.cause.as_ref().map(ToString::to_string);
            tracing::warn!(%error, cause, "a person's own environments can't be looked after");
            StatusCode::from_u16(error.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
        }
        OwnError::Tools(_) | OwnError::Refused { .. } => StatusCode::INTERNAL_SERVER_ERROR,
    };
    HttpError::new(status, error.to_string())
}

/// List the environments that somebody has in their home.
#[utoipa::path(
    get,
    path = "/users/{user}/environments",
    tag = "environments",
    params(("user" = String, Path, description = "Whose")),
    responses((status = 200, description = "Their environments", body = Vec<OwnModel>), NotFound),
    security(("token" = ["access:servers"])),
)]
pub async fn list(
    State(hub): State<Arc<Hub>>,
    Path(user): Path<String>,
    principal: Principal,
) -> Result<Json<Vec<OwnModel>>> {
    let owner = owner(&hub, &principal, &user).await?;
    let found = own::list(&hub, &owner).await.map_err(refused)?;
    Ok(Json(found.into_iter().map(OwnModel::from).collect()))
}

/// Make an environment in somebody's home, in the background. It is a kernel of their servers once it is there.
#[utoipa::path(
    post,
    path = "/users/{user}/environments",
    tag = "environments",
    params(("user" = String, Path, description = "Whose")),
    request_body = NewOwn,
    responses((status = 202, description = "It is being made"), BadRequest, NotFound, Conflict),
    security(("token" = ["access:servers"])),
)]
pub async fn create(
    State(hub): State<Arc<Hub>>,
    Path(user): Path<String>,
    principal: Principal,
    body: Body<NewOwn>,
) -> Result<StatusCode> {
    let owner = owner(&hub, &principal, &user).await?;
    let wanted = body.required()?;
    let contents = match (wanted.requirements, wanted.conda) {
        (Some(lines), None) => Contents::Pip(lines.join("\n")),
        (None, Some(text)) => Contents::Conda(text),
        _ => return Err(HttpError::bad_request("Give either requirements or conda")),
    };
    let new = New {
        name: wanted.name,
        display_name: wanted.display_name,
        contents,
    };
    let there = own::list(&hub, &owner).await.map_err(refused)?;
    if let Some(other) = there
        .iter()
        .find(|own| own.state == "building" || own.name == new.name && own.state == "ready")
    {
        let words = match other.state.as_str() {
            "building" => format!("'{}' is being made. Wait until it is there.", other.name),
            _ => format!(
                "There is an environment named '{}' already. Remove it first.",
                short(&new.name)
            ),
        };
        return Err(HttpError::conflict(words));
    }
    own::begin(&hub, owner, new).await.map_err(refused)?;
    Ok(StatusCode::ACCEPTED)
}

/// Remove one of somebody's own environments, and its kernel.
#[utoipa::path(
    delete,
    path = "/users/{user}/environments/{environment}",
    tag = "environments",
    params(Which),
    responses((status = 204, description = "It is gone"), NotFound, Conflict),
    security(("token" = ["access:servers"])),
)]
pub async fn remove(State(hub): State<Arc<Hub>>, Path(which): Path<Which>, principal: Principal) -> Result<StatusCode> {
    let owner = owner(&hub, &principal, &which.user).await?;
    let there = own::list(&hub, &owner).await.map_err(refused)?;
    if !there.iter().any(|own| own.name == which.environment) {
        return Err(HttpError::not_found());
    }
    own::remove(&hub, &owner, &which.environment).await.map_err(refused)?;
    Ok(StatusCode::NO_CONTENT)
}
