//! `/hub/api/users/{user}/servers/{server}`, and `/users/{user}/server`, which is the same for the default server.

mod body;
pub mod create;
pub mod edit;
pub mod start;
pub mod stop;

use std::sync::Arc;

use axum::Json;
use axum::body::Body as AxumBody;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use perijove_model::scopes::{Resource, Scope};
use perijove_store::spawners::{self, Spawner};
use perijove_store::users::{self, User};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::{OpenApi, RefOr};

use super::models::{self, ServerModel};
use super::refusals::NotFound;
use crate::Hub;
use crate::http::error::{HttpError, Result, short};
use crate::http::visitor::Principal;

/// Which server.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct Which {
    /// Whose server.
    pub user: String,
    /// Its name; empty for the default server.
    #[serde(default)]
    pub server: String,
}

/// Read a server.
#[utoipa::path(
    get,
    path = "/users/{user}/servers/{server}",
    tag = "servers",
    params(Which),
    responses((status = 200, description = "The server", body = ServerModel), NotFound),
    security(("token" = ["read:servers"])),
)]
pub async fn get(
    State(hub): State<Arc<Hub>>,
    Path(which): Path<Which>,
    principal: Principal,
) -> Result<Json<ServerModel>> {
    let owner = which.owner(&hub, &principal, Scope::ReadServers).await?;
    let spawner = match which.find(&hub, &owner).await? {
        Some(spawner) => spawner,
        // The default server exists even before its first start.
        None if which.server.is_empty() => spawners::ensure(&hub.store, owner.id, "", None).await?,
        None => return Err(which.not_found()),
    };
    which.model(&hub, &principal, &spawner).await.map(Json)
}

impl Which {
    fn resource(&self) -> Resource<'_> {
        Resource::Server {
            user: &self.user,
            server: &self.server,
        }
    }

    /// The server's owner, for whoever has the scope on the server.
    pub async fn owner(&self, hub: &Hub, principal: &Principal, scope: Scope) -> Result<User> {
        principal.require(&hub.store, &[scope], self.resource()).await?;
        let user = users::by_name(&hub.store, &self.user).await?;
        user.ok_or_else(HttpError::not_found)
    }

    pub async fn find(&self, hub: &Hub, owner: &User) -> Result<Option<Spawner>> {
        Ok(spawners::get(&hub.store, owner.id, &self.server).await?)
    }

    pub fn not_found(&self) -> HttpError {
        HttpError::new(
            StatusCode::NOT_FOUND,
            format!("{} has no server named '{}'", self.user, short(&self.server)),
        )
    }

    async fn model(&self, hub: &Hub, principal: &Principal, spawner: &Spawner) -> Result<ServerModel> {
        let with_state = principal
            .may(&hub.store, Scope::AdminServerState, self.resource())
            .await?;
        Ok(models::server(hub, spawner, with_state))
    }
}

/// The contract has `text/plain` here, and nothing in it.
fn empty(status: StatusCode) -> Response {
    let mut response = (status, AxumBody::empty()).into_response();
    if status != StatusCode::NO_CONTENT {
        response
            .headers_mut()
            .insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain"));
    }
    response
}

/// Describes the addresses of the default server: the same operations, without a name of a server.
pub fn describe_default(api: &mut OpenApi) {
    for (named, default) in [
        ("/users/{user}/servers/{server}", "/users/{user}/server"),
        (
            "/users/{user}/servers/{server}/progress",
            "/users/{user}/server/progress",
        ),
        ("/users/{user}/servers/{server}/notices", "/users/{user}/server/notices"),
        ("/users/{user}/servers/{server}/here", "/users/{user}/server/here"),
    ] {
        if let Some(mut item) = api.paths.paths.get(named).cloned() {
            operations(&mut item).for_each(of_default);
            api.paths.paths.insert(default.to_owned(), item);
        }
    }
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [
        &mut item.get,
        &mut item.put,
        &mut item.post,
        &mut item.patch,
        &mut item.delete,
    ]
    .into_iter()
    .flatten()
}

fn of_default(operation: &mut Operation) {
    if let Some(id) = &mut operation.operation_id {
        id.push_str("_default");
    }
    if let Some(parameters) = &mut operation.parameters {
        parameters.retain(|parameter| !matches!(parameter, RefOr::T(parameter) if parameter.name == "server"));
    }
}
