//! `/hub/api/shares/{owner}[/{server}]`: with whom servers are shared. To share is to need `shares` on the server,
//! each right that is given, and to be allowed to know the name of whoever gets it.

pub mod codes;
mod received;

use std::sync::Arc;

use axum::Json;
use axum::extract::{OriginalUri, Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use perijove_model::scopes::{Resource, Scope};
use perijove_store::shares::{self, Of, Part, Recipient, Share};
use perijove_store::spawners::{self, Spawner};
use perijove_store::users::{self, User};
use perijove_store::{Db, groups};
use serde::Deserialize;
use serde_json::json;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Body;
use super::models::{self, ShareModel};
use super::pagination::{Enveloped, Page, PageParams};
use super::refusals::{BadRequest, NotFound};
use crate::Hub;
use crate::audit::{self, Act};
use crate::http::error::{HttpError, Result, short};
use crate::http::visitor::Principal;

/// All about shares. The default server's name is empty, so its address ends in a slash.
pub(super) fn operations() -> OpenApiRouter<Arc<Hub>> {
    let of_default = || get(list).post(grant).patch(revoke).delete(end);
    let codes_of_default = || get(codes::list).post(codes::create).delete(codes::delete);
    OpenApiRouter::new()
        .routes(routes!(list_of_owner))
        .routes(routes!(list, grant, revoke, end))
        .route("/shares/{owner}/", of_default())
        .routes(routes!(codes::list_of_owner))
        .routes(routes!(codes::list, codes::create, codes::delete))
        .route("/share-codes/{owner}/", codes_of_default())
        .merge(received::operations())
}

/// The server that an address names.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct Place {
    /// Whose server.
    owner: String,
    /// Its name; empty for the default server.
    #[serde(default)]
    server: String,
}

impl Place {
    fn resource(&self) -> Resource<'_> {
        Resource::Server {
            user: &self.owner,
            server: &self.server,
        }
    }

    /// The server, if the caller has the scope on it.
    async fn server(&self, hub: &Hub, principal: &Principal, scope: Scope) -> Result<Spawner> {
        principal.require(&hub.store, &[scope], self.resource()).await?;
        let none = || {
            let words = format!("No such server: {}/{}", short(&self.owner), short(&self.server));
            HttpError::new(StatusCode::NOT_FOUND, words)
        };
        let owner = users::by_name(&hub.store, &self.owner).await?.ok_or_else(none)?;
        match spawners::get(&hub.store, owner.id, &self.server).await? {
            Some(server) => Ok(server),
            // The default server exists even before its first start.
            None if self.server.is_empty() => Ok(spawners::ensure(&hub.store, owner.id, "", None).await?),
            None => Err(none()),
        }
    }
}

/// The owner, if the caller has the scope on all of theirs.
async fn owner(hub: &Hub, principal: &Principal, name: &str, scope: Scope) -> Result<User> {
    principal.require(&hub.store, &[scope], Resource::User(name)).await?;
    users::by_name(&hub.store, name).await?.ok_or_else(HttpError::not_found)
}

impl From<&Page> for Part {
    fn from(page: &Page) -> Self {
        Self {
            offset: page.offset,
            limit: page.limit,
        }
    }
}

/// The answer of every list of shares.
async fn listed(hub: &Hub, uri: &OriginalUri, headers: &HeaderMap, of: Of) -> Result<Json<Enveloped<Vec<ShareModel>>>> {
    let page = Page::read(hub, headers, uri)?;
    let (found, total) = shares::list(&hub.store, of, Part::from(&page), hub.clock.now()).await?;
    let items = models::shares(hub, &found).await?;
    Ok(Json(page.enveloped(uri, headers, items, total)))
}

/// List the shares of all servers of somebody.
#[utoipa::path(
    get,
    path = "/shares/{owner}",
    tag = "shares",
    params(("owner" = String, Path, description = "Whose servers"), PageParams),
    responses(
        (status = 200, description = "A page of the shares, oldest first", body = Enveloped<Vec<ShareModel>>),
        BadRequest,
        NotFound,
    ),
    security(("token" = ["read:shares"])),
)]
pub async fn list_of_owner(
    State(hub): State<Arc<Hub>>,
    uri: OriginalUri,
    headers: HeaderMap,
    Path(name): Path<String>,
    principal: Principal,
) -> Result<Json<Enveloped<Vec<ShareModel>>>> {
    let owner = owner(&hub, &principal, &name, Scope::ReadShares).await?;
    listed(&hub, &uri, &headers, Of::Owner(owner.id)).await
}

/// List the shares of one server.
#[utoipa::path(
    get,
    path = "/shares/{owner}/{server}",
    tag = "shares",
    params(Place, PageParams),
    responses(
        (status = 200, description = "A page of the shares, oldest first", body = Enveloped<Vec<ShareModel>>),
        BadRequest,
        NotFound,
    ),
    security(("token" = ["read:shares"])),
)]
pub async fn list(
    State(hub): State<Arc<Hub>>,
    uri: OriginalUri,
    headers: HeaderMap,
    Path(place): Path<Place>,
    principal: Principal,
) -> Result<Json<Enveloped<Vec<ShareModel>>>> {
    let server = place.server(&hub, &principal, Scope::ReadShares).await?;
    listed(&hub, &uri, &headers, Of::Server(server.id)).await
}

/// With whom, and what: exactly one of `user` and `group`.
#[derive(Deserialize, Default, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Wish {
    user: Option<String>,
    group: Option<String>,
    /// Each is limited to the server, whether it says so or not; none at all means access to grant, everything to revoke.
    scopes: Option<Vec<String>>,
}

/// A recipient as a request names it.
#[derive(Clone, Copy)]
pub enum With<'a> {
    User(&'a str),
    Group(&'a str),
}

impl Wish {
    fn with(&self) -> Result<With<'_>> {
        let given = |name: &'_ Option<String>| name.as_deref().is_some_and(|name| !name.is_empty());
        match (&self.user, &self.group) {
            (Some(user), group) if given(&self.user) && !given(group) => Ok(With::User(user)),
            (user, Some(group)) if given(&self.group) && !given(user) => Ok(With::Group(group)),
            (Some(_), Some(_)) if given(&self.user) => Err(HttpError::bad_request(
                "Expected exactly one of `user` or `group`, not both.",
            )),
            _ => Err(HttpError::bad_request("Specify exactly one of `user` or `group`")),
        }
    }
}

impl With<'_> {
    async fn find(self, db: &impl Db) -> Result<Option<Recipient>> {
        Ok(match self {
            Self::User(name) => users::by_name(db, name).await?.map(|user| Recipient::User(user.id)),
            Self::Group(name) => groups::id_of(db, name).await?.map(Recipient::Group),
        })
    }

    /// Whether the caller may know that there is somebody of this name.
    async fn check(self, hub: &Hub, principal: &Principal) -> Result<()> {
        let (scope, resource, whom) = match self {
            Self::User(name) => (Scope::ReadUsersName, Resource::User(name), "users"),
            Self::Group(name) => (Scope::ReadGroupsName, Resource::Group(name), "groups"),
        };
        if principal.may(&hub.store, scope, resource).await? {
            return Ok(());
        }
        Err(HttpError::forbidden(format!(
            "Need scope '{scope}' to share with {whom} by name"
        )))
    }

    fn detail(self, scopes: &[String]) -> serde_json::Value {
        match self {
            Self::User(name) => json!({ "user": name, "scopes": scopes }),
            Self::Group(name) => json!({ "group": name, "scopes": scopes }),
        }
    }
}

/// The wished scopes, limited to the server; `None` if there are none. A filter may only say the same.
fn read_scopes(hub: &Hub, server: &Spawner, wished: Option<&[String]>) -> Result<Option<Vec<String>>> {
    let Some(wished) = wished.filter(|scopes| !scopes.is_empty()) else {
        return Ok(None);
    };
    hub.catalog
        .check(wished, "share")
        .map_err(|error| HttpError::bad_request(error.to_string()))?;
    let own = format!("server={}/{}", server.user_name, server.name);
    for scope in wished {
        // JupyterHub fails on reading a share with them, should it get the database back.
        if Scope::named(scope.split('!').next().unwrap_or_default()).is_some_and(Scope::is_perijoves) {
            let words = format!("Scope {scope} says nothing about a server, so it can't be shared");
            return Err(HttpError::bad_request(words));
        }
        if let Some((_, filter)) = scope.split_once('!')
            && filter != own
        {
            return Err(HttpError::bad_request(format!(
                "!{filter} not allowed on sharing {scope}, only !{own}"
            )));
        }
    }
    Ok(Some(shares::limited(wished, &server.user_name, &server.name)))
}

/// The scopes that the caller wants to give and may give: nobody gives what they don't have.
async fn grantable(
    hub: &Hub,
    principal: &Principal,
    server: &Spawner,
    wished: Option<&[String]>,
) -> Result<Vec<String>> {
    let usual = || shares::limited(&[Scope::AccessServers.name()], &server.user_name, &server.name);
    let scopes = read_scopes(hub, server, wished)?.unwrap_or_else(usual);
    let resource = Resource::Server {
        user: &server.user_name,
        server: &server.name,
    };
    for text in &scopes {
        let raw = hub
            .catalog
            .parse(text)
            .map_err(|error| HttpError::bad_request(error.to_string()))?;
        if !principal.may(&hub.store, raw.scope, resource).await? {
            return Err(HttpError::forbidden(format!(
                "Do not have permission to grant share with scope {text}"
            )));
        }
    }
    Ok(scopes)
}

/// What the audit log calls a server.
fn target(server: &Spawner) -> String {
    format!("server {}/{}", server.user_name, server.name)
}

/// Share a server, or share more of it.
#[utoipa::path(
    post,
    path = "/shares/{owner}/{server}",
    tag = "shares",
    params(Place),
    request_body = Wish,
    responses((status = 200, description = "All that is shared now", body = ShareModel), BadRequest, NotFound),
    security(("token" = ["shares"])),
)]
pub async fn grant(
    State(hub): State<Arc<Hub>>,
    Path(place): Path<Place>,
    principal: Principal,
    body: Body<Wish>,
) -> Result<Json<ShareModel>> {
    let server = place.server(&hub, &principal, Scope::Shares).await?;
    let wish = body.given()?.unwrap_or_default();
    let share = give(&hub, &principal, &server, wish.with()?, wish.scopes.as_deref()).await?;
    Ok(Json(models::share(&hub, &share, &server)))
}

/// Shares a server with somebody, for whoever may share it: all that is shared with them now.
pub async fn give(
    hub: &Hub,
    principal: &Principal,
    server: &Spawner,
    with: With<'_>,
    scopes: Option<&[String]>,
) -> Result<Share> {
    let scopes = grantable(hub, principal, server, scopes).await?;
    with.check(hub, principal).await?;
    let tx = hub.store.begin().await?;
    let recipient = with.find(&tx).await?.ok_or_else(|| match with {
        With::User(name) => HttpError::bad_request(format!("No such user: {}", short(name))),
        With::Group(name) => HttpError::bad_request(format!("No such group: {}", short(name))),
    })?;
    let change = shares::grant(&tx, server, recipient, &scopes, hub.clock.now()).await?;
    let change = change.ok_or_else(HttpError::not_found)?;
    if !change.scopes.is_empty() {
        let detail = with.detail(&change.scopes);
        audit::record(hub, &tx, principal, Act::ShareGranted, &target(server), detail).await?;
    }
    tx.commit().await?;
    change.share.ok_or_else(HttpError::not_found)
}

/// Take back what is shared with somebody, or some of it.
#[utoipa::path(
    patch,
    path = "/shares/{owner}/{server}",
    tag = "shares",
    params(Place),
    request_body = Wish,
    responses(
        (status = 200, description = "What is still shared, or an empty object", body = ShareModel),
        BadRequest,
        NotFound,
    ),
    security(("token" = ["shares"])),
)]
pub async fn revoke(
    State(hub): State<Arc<Hub>>,
    Path(place): Path<Place>,
    principal: Principal,
    body: Body<Wish>,
) -> Result<Response> {
    let server = place.server(&hub, &principal, Scope::Shares).await?;
    let wish = body.given()?.unwrap_or_default();
    let left = take_back(&hub, &principal, &server, wish.with()?, wish.scopes.as_deref()).await?;
    Ok(match left {
        Some(share) => Json(models::share(&hub, &share, &server)).into_response(),
        None => Json(json!({})).into_response(),
    })
}

/// Takes back what is shared with somebody, or some of it, for whoever may share the server: what is left.
pub async fn take_back(
    hub: &Hub,
    principal: &Principal,
    server: &Spawner,
    with: With<'_>,
    scopes: Option<&[String]>,
) -> Result<Option<Share>> {
    let scopes = read_scopes(hub, server, scopes)?;
    let tx = hub.store.begin().await?;
    // Nothing is shared with nobody: whether there is such a name is not told.
    let Some(recipient) = with.find(&tx).await? else {
        return Ok(None);
    };
    let change = shares::revoke(&tx, server, recipient, scopes.as_deref(), hub.clock.now()).await?;
    if !change.scopes.is_empty() {
        let detail = with.detail(&change.scopes);
        audit::record(hub, &tx, principal, Act::ShareRevoked, &target(server), detail).await?;
    }
    tx.commit().await?;
    Ok(change.share)
}

/// End all shares of a server.
#[utoipa::path(
    delete,
    path = "/shares/{owner}/{server}",
    tag = "shares",
    params(Place),
    responses((status = 204, description = "The server is shared with nobody"), NotFound),
    security(("token" = ["shares"])),
)]
pub async fn end(State(hub): State<Arc<Hub>>, Path(place): Path<Place>, principal: Principal) -> Result<StatusCode> {
    let server = place.server(&hub, &principal, Scope::Shares).await?;
    let tx = hub.store.begin().await?;
    let ended = shares::remove_all(&tx, server.id).await?;
    if ended > 0 {
        let detail = json!({ "all": ended });
        audit::record(&hub, &tx, &principal, Act::ShareRevoked, &target(&server), detail).await?;
    }
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
