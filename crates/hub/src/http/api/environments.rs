//! `/hub/api/environments`: the Python environments of this hub's machine, and their extensions.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use perijove_environments::extensions::{Offer, Standing};
use perijove_environments::{Error, Kind, State as Built};
use perijove_model::scopes::{Resource, Scope};
use serde::Deserialize;
use serde_json::json;
use utoipa::{IntoParams, ToSchema};

use super::Body;
use super::refusals::{BadRequest, Conflict, NotFound};
use crate::Hub;
use crate::audit::{self, Act};
use crate::environments::{EnvironmentModel, ExtensionModel};
use crate::http::error::{HttpError, Result};
use crate::http::visitor::Principal;

/// Which extension of which environment.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct WhichExtension {
    /// The name of the environment.
    environment: String,
    /// The name of the extension, as the list has it.
    extension: String,
}

/// What is wished of an extension.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExtensionWish {
    /// Whether the page is to show it.
    enabled: bool,
}

async fn may(hub: &Hub, principal: &Principal, scope: Scope) -> Result<()> {
    principal.require(&hub.store, &[scope], Resource::Everything).await
}

fn refused(error: Error) -> HttpError {
    let status = match error.kind {
        Kind::Unknown => StatusCode::NOT_FOUND,
        Kind::Refused => StatusCode::BAD_REQUEST,
        Kind::InUse => StatusCode::CONFLICT,
        Kind::Failed => {
            let cause = std::error::Error::source(&error).map(ToString::to_string);
            tracing::warn!(%error, cause, "an environment can't be looked after");
            StatusCode::INTERNAL_SERVER_ERROR
        }
    };
    let mut text = error.to_string();
    if let Some(hint) = &error.hint {
        text.push_str(&format!("; {hint}"));
    }
    let mut letters = text.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string());
    let answer = HttpError::new(status, format!("{}{}.", first.unwrap_or_default(), letters.as_str()));
    match error.hint {
        Some(hint) => answer.hint(hint),
        None => answer,
    }
}

async fn model(hub: &Hub, name: &str) -> Result<Json<EnvironmentModel>> {
    let status = hub.environments.status(name).await.map_err(refused)?;
    Ok(Json(EnvironmentModel::whole(&status)))
}

async fn note(hub: &Hub, principal: &Principal, name: &str, did: &str) -> Result<()> {
    let tx = hub.store.begin().await?;
    let target = format!("environment {name}");
    audit::record_as(
        hub,
        &tx,
        &principal.into(),
        Act::EnvironmentChanged,
        &target,
        json!({ "did": did }),
    )
    .await?;
    tx.commit().await?;
    Ok(())
}

/// List environments.
#[utoipa::path(
    get,
    path = "/environments",
    tag = "environments",
    responses((status = 200, description = "The environments that are defined", body = Vec<EnvironmentModel>)),
    security(("token" = ["read:environments"])),
)]
pub async fn list(State(hub): State<Arc<Hub>>, principal: Principal) -> Result<Json<Vec<EnvironmentModel>>> {
    may(&hub, &principal, Scope::ReadEnvironments).await?;
    let found = hub.environments.list().await.map_err(refused)?;
    Ok(Json(found.iter().map(EnvironmentModel::short).collect()))
}

/// Read an environment: how far its build is, its versions and their packages.
#[utoipa::path(
    get,
    path = "/environments/{environment}",
    tag = "environments",
    params(("environment" = String, Path, description = "The name of the environment")),
    responses((status = 200, description = "The environment", body = EnvironmentModel), NotFound),
    security(("token" = ["read:environments"])),
)]
pub async fn get(
    State(hub): State<Arc<Hub>>,
    Path(name): Path<String>,
    principal: Principal,
) -> Result<Json<EnvironmentModel>> {
    may(&hub, &principal, Scope::ReadEnvironments).await?;
    model(&hub, &name).await
}

/// Build an environment, in the background.
#[utoipa::path(
    post,
    path = "/environments/{environment}",
    tag = "environments",
    params(("environment" = String, Path, description = "The name of the environment")),
    responses(
        (status = 200, description = "It is there already", body = EnvironmentModel),
        (status = 202, description = "It is being built", body = EnvironmentModel),
        NotFound,
    ),
    security(("token" = ["admin:environments"])),
)]
pub async fn build(
    State(hub): State<Arc<Hub>>,
    Path(name): Path<String>,
    principal: Principal,
) -> Result<(StatusCode, Json<EnvironmentModel>)> {
    may(&hub, &principal, Scope::AdminEnvironments).await?;
    let status = hub.environments.status(&name).await.map_err(refused)?;
    if status.state == Built::Ready {
        return Ok((StatusCode::OK, Json(EnvironmentModel::whole(&status))));
    }
    note(&hub, &principal, &name, "build").await?;
    let (all, wanted) = (hub.environments.clone(), name.clone());
    begin(
        name.clone(),
        async move { all.ensure(&wanted, &|_| ()).await.map(drop) },
    );
    Ok((StatusCode::ACCEPTED, model(&hub, &name).await?))
}

/// A failure is kept with the environment; here it is only logged.
fn begin(name: String, work: impl Future<Output = std::result::Result<(), Error>> + Send + 'static) {
    tokio::spawn(async move {
        if let Err(error) = work.await {
            tracing::warn!(environment = name, %error, "an environment can't be built");
        }
    });
}

/// Remove the versions of an environment that are there.
#[utoipa::path(
    delete,
    path = "/environments/{environment}",
    tag = "environments",
    params(("environment" = String, Path, description = "The name of the environment")),
    responses((status = 204, description = "None of it is there any more"), NotFound, Conflict),
    security(("token" = ["admin:environments"])),
)]
pub async fn remove(State(hub): State<Arc<Hub>>, Path(name): Path<String>, principal: Principal) -> Result<StatusCode> {
    may(&hub, &principal, Scope::AdminEnvironments).await?;
    hub.environments.remove(&name).await.map_err(refused)?;
    note(&hub, &principal, &name, "remove").await?;
    Ok(StatusCode::NO_CONTENT)
}

/// List the extensions that were tried, and how they stand to an environment.
#[utoipa::path(
    get,
    path = "/environments/{environment}/extensions",
    tag = "environments",
    params(("environment" = String, Path, description = "The name of the environment")),
    responses((status = 200, description = "The list", body = Vec<ExtensionModel>), NotFound),
    security(("token" = ["read:environments"])),
)]
pub async fn extensions(
    State(hub): State<Arc<Hub>>,
    Path(name): Path<String>,
    principal: Principal,
) -> Result<Json<Vec<ExtensionModel>>> {
    may(&hub, &principal, Scope::ReadEnvironments).await?;
    let offers = hub.environments.offers(&name).await.map_err(refused)?;
    Ok(Json(offers.into_iter().map(ExtensionModel::from).collect()))
}

/// Build a version of an environment that has an extension, in the background. Starts get it once it is there.
#[utoipa::path(
    put,
    path = "/environments/{environment}/extensions/{extension}",
    tag = "environments",
    params(WhichExtension),
    responses((status = 202, description = "It is being built", body = EnvironmentModel), BadRequest, NotFound),
    security(("token" = ["admin:environments"])),
)]
pub async fn install(
    State(hub): State<Arc<Hub>>,
    Path(which): Path<WhichExtension>,
    principal: Principal,
) -> Result<(StatusCode, Json<EnvironmentModel>)> {
    may(&hub, &principal, Scope::AdminEnvironments).await?;
    let WhichExtension { environment, extension } = which;
    let all = hub.environments.clone();
    all.check_installable(&environment, &extension).await.map_err(refused)?;
    note(&hub, &principal, &environment, &format!("install {extension}")).await?;
    let name = environment.clone();
    begin(name.clone(), async move { all.install(&name, &extension).await });
    Ok((StatusCode::ACCEPTED, model(&hub, &environment).await?))
}

/// Switch an extension of the page on or off. It holds from the next time that the page is loaded.
#[utoipa::path(
    patch,
    path = "/environments/{environment}/extensions/{extension}",
    tag = "environments",
    params(WhichExtension),
    request_body = ExtensionWish,
    responses((status = 200, description = "The environment", body = EnvironmentModel), BadRequest, NotFound),
    security(("token" = ["admin:environments"])),
)]
pub async fn switch(
    State(hub): State<Arc<Hub>>,
    Path(which): Path<WhichExtension>,
    principal: Principal,
    body: Body<ExtensionWish>,
) -> Result<Json<EnvironmentModel>> {
    may(&hub, &principal, Scope::AdminEnvironments).await?;
    let WhichExtension { environment, extension } = which;
    let ExtensionWish { enabled } = body.required()?;
    let switched = hub.environments.set_enabled(&environment, &extension, enabled).await;
    switched.map_err(refused)?;
    let did = format!("{} {extension}", if enabled { "enable" } else { "disable" });
    note(&hub, &principal, &environment, &did).await?;
    model(&hub, &environment).await
}

/// Go back to a version of an environment that lacks an extension which was added, in the background.
#[utoipa::path(
    delete,
    path = "/environments/{environment}/extensions/{extension}",
    tag = "environments",
    params(WhichExtension),
    responses((status = 202, description = "It is on its way", body = EnvironmentModel), NotFound),
    security(("token" = ["admin:environments"])),
)]
pub async fn uninstall(
    State(hub): State<Arc<Hub>>,
    Path(which): Path<WhichExtension>,
    principal: Principal,
) -> Result<(StatusCode, Json<EnvironmentModel>)> {
    may(&hub, &principal, Scope::AdminEnvironments).await?;
    let WhichExtension { environment, extension } = which;
    let all = hub.environments.clone();
    let offers = all.offers(&environment).await.map_err(refused)?;
    let is_added = |offer: &Offer| offer.extension.name == extension && offer.standing == Standing::Installed;
    if !offers.iter().any(is_added) {
        return Err(HttpError::not_found());
    }
    note(&hub, &principal, &environment, &format!("uninstall {extension}")).await?;
    let name = environment.clone();
    begin(name.clone(), async move { all.uninstall(&name, &extension).await });
    Ok((StatusCode::ACCEPTED, model(&hub, &environment).await?))
}
