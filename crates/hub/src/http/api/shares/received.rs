//! `/hub/api/users/{user}/shared` and `/hub/api/groups/{group}/shared`: what is shared with somebody, and how they give
//! it up.

use std::sync::Arc;

use axum::Json;
use axum::extract::{OriginalUri, Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::get;
use perijove_model::scopes::{Resource, Scope};
use perijove_store::shares::{self, Of, Recipient, Share};
use perijove_store::spawners::{self, Spawner};
use perijove_store::{groups, users};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{With, listed, target};
use crate::Hub;
use crate::audit::{self, Act};
use crate::http::api::models::{self, ShareModel};
use crate::http::api::pagination::{Enveloped, PageParams};
use crate::http::api::refusals::{BadRequest, NotFound};
use crate::http::error::{HttpError, Result, short};
use crate::http::visitor::Principal;

pub(super) fn operations() -> OpenApiRouter<Arc<Hub>> {
    OpenApiRouter::new()
        .routes(routes!(list_of_user))
        .routes(routes!(get_of_user, give_up_of_user))
        .route(
            "/users/{user}/shared/{owner}/",
            get(get_of_user).delete(give_up_of_user),
        )
        .routes(routes!(list_of_group))
        .routes(routes!(get_of_group, give_up_of_group))
        .route(
            "/groups/{group}/shared/{owner}/",
            get(get_of_group).delete(give_up_of_group),
        )
}

/// The share that an address names.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct WithUser {
    /// Whom it is shared with.
    user: String,
    /// Whose server.
    owner: String,
    /// Its name; empty for the default server.
    #[serde(default)]
    server: String,
}

/// The share that an address names.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct WithGroup {
    /// The group that it is shared with.
    group: String,
    /// Whose server.
    owner: String,
    /// Its name; empty for the default server.
    #[serde(default)]
    server: String,
}

impl WithUser {
    fn named(&self) -> Named<'_> {
        Named {
            with: With::User(&self.user),
            owner: &self.owner,
            server: &self.server,
        }
    }
}

impl WithGroup {
    fn named(&self) -> Named<'_> {
        Named {
            with: With::Group(&self.group),
            owner: &self.owner,
            server: &self.server,
        }
    }
}

/// A recipient and a server, by name.
struct Named<'a> {
    with: With<'a>,
    owner: &'a str,
    server: &'a str,
}

impl Named<'_> {
    fn none(&self) -> HttpError {
        let (kind, name) = match self.with {
            With::User(name) => ("user", name),
            With::Group(name) => ("group", name),
        };
        let (name, owner, server) = (short(name), short(self.owner), short(self.server));
        let words = format!("No such share for {kind} {name} on {owner}/{server}");
        HttpError::new(StatusCode::NOT_FOUND, words)
    }

    async fn find(&self, hub: &Hub) -> Result<(Spawner, Recipient, Share)> {
        let recipient = self.with.find(&hub.store).await?.ok_or_else(|| self.none())?;
        let owner = users::by_name(&hub.store, self.owner).await?;
        let owner = owner.ok_or_else(|| self.none())?;
        let server = spawners::get(&hub.store, owner.id, self.server).await?;
        let server = server.ok_or_else(|| self.none())?;
        let share = shares::find(&hub.store, server.id, recipient, hub.clock.now()).await?;
        Ok((server, recipient, share.ok_or_else(|| self.none())?))
    }

    async fn model(&self, hub: &Hub) -> Result<Json<ShareModel>> {
        let (server, _, share) = self.find(hub).await?;
        Ok(Json(models::share(hub, &share, &server)))
    }

    async fn give_up(&self, hub: &Hub, principal: &Principal) -> Result<StatusCode> {
        let (server, recipient, share) = self.find(hub).await?;
        let tx = hub.store.begin().await?;
        if !shares::remove(&tx, server.id, recipient).await? {
            return Err(self.none());
        }
        let detail = self.with.detail(&share.scopes);
        audit::record(hub, &tx, principal, Act::ShareRevoked, &target(&server), detail).await?;
        tx.commit().await?;
        Ok(StatusCode::NO_CONTENT)
    }
}

/// List what is shared with somebody, also by their groups.
#[utoipa::path(
    get,
    path = "/users/{user}/shared",
    tag = "shares",
    params(("user" = String, Path, description = "Whom it is shared with"), PageParams),
    responses(
        (status = 200, description = "A page of the shares, oldest first", body = Enveloped<Vec<ShareModel>>),
        BadRequest,
        NotFound,
    ),
    security(("token" = ["read:users:shares"])),
)]
pub async fn list_of_user(
    State(hub): State<Arc<Hub>>,
    uri: OriginalUri,
    headers: HeaderMap,
    Path(name): Path<String>,
    principal: Principal,
) -> Result<Json<Enveloped<Vec<ShareModel>>>> {
    let resource = Resource::User(&name);
    principal
        .require(&hub.store, &[Scope::ReadUsersShares], resource)
        .await?;
    let user = users::by_name(&hub.store, &name).await?.ok_or_else(|| {
        let words = format!("No such user: {}", short(&name));
        HttpError::new(StatusCode::NOT_FOUND, words)
    })?;
    listed(&hub, &uri, &headers, Of::User(user.id)).await
}

/// Get one share with a user; those with their groups don't count.
#[utoipa::path(
    get,
    path = "/users/{user}/shared/{owner}/{server}",
    tag = "shares",
    params(WithUser),
    responses((status = 200, description = "The share", body = ShareModel), NotFound),
    security(("token" = ["read:users:shares"])),
)]
pub async fn get_of_user(
    State(hub): State<Arc<Hub>>,
    Path(place): Path<WithUser>,
    principal: Principal,
) -> Result<Json<ShareModel>> {
    let resource = Resource::User(&place.user);
    principal
        .require(&hub.store, &[Scope::ReadUsersShares], resource)
        .await?;
    place.named().model(&hub).await
}

/// Give up what is shared with a user.
#[utoipa::path(
    delete,
    path = "/users/{user}/shared/{owner}/{server}",
    tag = "shares",
    params(WithUser),
    responses((status = 204, description = "It is not shared any more"), NotFound),
    security(("token" = ["users:shares"])),
)]
pub async fn give_up_of_user(
    State(hub): State<Arc<Hub>>,
    Path(place): Path<WithUser>,
    principal: Principal,
) -> Result<StatusCode> {
    let resource = Resource::User(&place.user);
    principal.require(&hub.store, &[Scope::UsersShares], resource).await?;
    place.named().give_up(&hub, &principal).await
}

/// List what is shared with a group.
#[utoipa::path(
    get,
    path = "/groups/{group}/shared",
    tag = "shares",
    params(("group" = String, Path, description = "The group that it is shared with"), PageParams),
    responses(
        (status = 200, description = "A page of the shares, oldest first", body = Enveloped<Vec<ShareModel>>),
        BadRequest,
        NotFound,
    ),
    security(("token" = ["read:groups:shares"])),
)]
pub async fn list_of_group(
    State(hub): State<Arc<Hub>>,
    uri: OriginalUri,
    headers: HeaderMap,
    Path(name): Path<String>,
    principal: Principal,
) -> Result<Json<Enveloped<Vec<ShareModel>>>> {
    let resource = Resource::Group(&name);
    principal
        .require(&hub.store, &[Scope::ReadGroupsShares], resource)
        .await?;
    let group = groups::id_of(&hub.store, &name).await?.ok_or_else(|| {
        let words = format!("No such group: {}", short(&name));
        HttpError::new(StatusCode::NOT_FOUND, words)
    })?;
    listed(&hub, &uri, &headers, Of::Group(group)).await
}

/// Get one share with a group.
#[utoipa::path(
    get,
    path = "/groups/{group}/shared/{owner}/{server}",
    tag = "shares",
    params(WithGroup),
    responses((status = 200, description = "The share", body = ShareModel), NotFound),
    security(("token" = ["read:groups:shares"])),
)]
pub async fn get_of_group(
    State(hub): State<Arc<Hub>>,
    Path(place): Path<WithGroup>,
    principal: Principal,
) -> Result<Json<ShareModel>> {
    let resource = Resource::Group(&place.group);
    principal
        .require(&hub.store, &[Scope::ReadGroupsShares], resource)
        .await?;
    place.named().model(&hub).await
}

/// Give up what is shared with a group.
#[utoipa::path(
    delete,
    path = "/groups/{group}/shared/{owner}/{server}",
    tag = "shares",
    params(WithGroup),
    responses((status = 204, description = "It is not shared any more"), NotFound),
    security(("token" = ["groups:shares"])),
)]
pub async fn give_up_of_group(
    State(hub): State<Arc<Hub>>,
    Path(place): Path<WithGroup>,
    principal: Principal,
) -> Result<StatusCode> {
    let resource = Resource::Group(&place.group);
    principal.require(&hub.store, &[Scope::GroupsShares], resource).await?;
    place.named().give_up(&hub, &principal).await
}
