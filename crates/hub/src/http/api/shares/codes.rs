//! `/hub/api/share-codes/{owner}[/{server}]`: codes that whoever gets them can turn into a share of a server.

use std::sync::Arc;

use axum::Json;
use axum::extract::{OriginalUri, Path, State};
use axum::http::{HeaderMap, StatusCode};
use jiff::SignedDuration;
use perijove_model::scopes::Scope;
use perijove_model::{Secret, token};
use perijove_store::share_codes::{self, Of, ShareCode};
use perijove_store::shares::Part;
use perijove_store::spawners::Spawner;
use serde::Deserialize;
use serde_json::json;
use utoipa::{IntoParams, ToSchema};

use super::{Place, grantable, owner, target};
use crate::Hub;
use crate::audit::{self, Act};
use crate::http::api::Body;
use crate::http::api::models::{self, NewShareCode, ShareCodeModel};
use crate::http::api::pagination::{Enveloped, Page, PageParams};
use crate::http::api::refusals::{BadRequest, NotFound};
use crate::http::error::{HttpError, Result, short};
use crate::http::visitor::Principal;
use crate::http::xsrf::query_value;

/// In seconds.
const SHORTEST_LIFE: i64 = 60;
const USUAL_LIFE: i64 = 24 * 3600;
const LONGEST_LIFE: i64 = 365 * 24 * 3600;
/// In bytes; 43 characters.
const LENGTH: usize = 32;

async fn listed(
    hub: &Hub,
    uri: &OriginalUri,
    headers: &HeaderMap,
    of: Of,
) -> Result<Json<Enveloped<Vec<ShareCodeModel>>>> {
    let page = Page::read(hub, headers, uri)?;
    let (found, total) = share_codes::list(&hub.store, of, Part::from(&page), hub.clock.now()).await?;
    let items = models::share_codes(hub, &found).await?;
    Ok(Json(page.enveloped(uri, headers, items, total)))
}

/// List the share codes of all servers of somebody, without their texts.
#[utoipa::path(
    get,
    path = "/share-codes/{owner}",
    tag = "shares",
    params(("owner" = String, Path, description = "Whose servers"), PageParams),
    responses(
        (status = 200, description = "A page of the codes, oldest first", body = Enveloped<Vec<ShareCodeModel>>),
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
) -> Result<Json<Enveloped<Vec<ShareCodeModel>>>> {
    let owner = owner(&hub, &principal, &name, Scope::ReadShares).await?;
    listed(&hub, &uri, &headers, Of::Owner(owner.id)).await
}

/// List the share codes of one server, without their texts.
#[utoipa::path(
    get,
    path = "/share-codes/{owner}/{server}",
    tag = "shares",
    params(Place, PageParams),
    responses(
        (status = 200, description = "A page of the codes, oldest first", body = Enveloped<Vec<ShareCodeModel>>),
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
) -> Result<Json<Enveloped<Vec<ShareCodeModel>>>> {
    let server = place.server(&hub, &principal, Scope::ReadShares).await?;
    listed(&hub, &uri, &headers, Of::Server(server.id)).await
}

#[derive(Deserialize, Default, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct NewCode {
    /// Each is limited to the server; none at all means access.
    scopes: Option<Vec<String>>,
    /// In seconds, a day if it is not said.
    #[schema(minimum = 60, maximum = 31_536_000)]
    expires_in: Option<i64>,
}

/// Make a code; its text is told this once.
#[utoipa::path(
    post,
    path = "/share-codes/{owner}/{server}",
    tag = "shares",
    params(Place),
    request_body = NewCode,
    responses((status = 200, description = "The code", body = NewShareCode), BadRequest, NotFound),
    security(("token" = ["shares"])),
)]
pub async fn create(
    State(hub): State<Arc<Hub>>,
    Path(place): Path<Place>,
    principal: Principal,
    body: Body<NewCode>,
) -> Result<Json<NewShareCode>> {
    let server = place.server(&hub, &principal, Scope::Shares).await?;
    let wish = body.given()?.unwrap_or_default();
    let life = wish.expires_in.unwrap_or(USUAL_LIFE);
    if !(SHORTEST_LIFE..=LONGEST_LIFE).contains(&life) {
        return Err(HttpError::bad_request(format!(
            "expires_in must be from {SHORTEST_LIFE} to {LONGEST_LIFE} seconds"
        )));
    }
    let life = SignedDuration::from_secs(life);
    let (code, text) = make(&hub, &principal, &server, wish.scopes.as_deref(), life).await?;
    Ok(Json(models::new_share_code(&hub, &code, &server, text.expose())))
}

/// Makes a code, for whoever may share the server; its text is told this once.
pub async fn make(
    hub: &Hub,
    principal: &Principal,
    server: &Spawner,
    scopes: Option<&[String]>,
    life: SignedDuration,
) -> Result<(ShareCode, Secret)> {
    let scopes = grantable(hub, principal, server, scopes).await?;
    let text = Secret::new(hub.rng.urlsafe(LENGTH));
    let hashed = token::hash_random(&text, &*hub.rng);
    let now = hub.clock.now();
    let expires_at = now.saturating_add(life).map_err(|error| HttpError::internal(&error))?;
    let tx = hub.store.begin().await?;
    let code = share_codes::create(&tx, server, &hashed, &scopes, expires_at, now).await?;
    let code = code.ok_or_else(HttpError::not_found)?;
    let detail = json!({ "id": format!("sc_{}", code.id), "scopes": scopes, "expires_at": models::time(expires_at) });
    audit::record(hub, &tx, principal, Act::ShareCodeMade, &target(server), detail).await?;
    tx.commit().await?;
    Ok((code, text))
}

/// Ends a code, for whoever may share the server; whether there was one.
pub async fn end(hub: &Hub, principal: &Principal, server: &Spawner, id: i64) -> Result<bool> {
    let tx = hub.store.begin().await?;
    let ended = share_codes::delete(&tx, server.id, id).await?;
    if ended {
        let detail = json!({ "id": format!("sc_{id}") });
        audit::record(hub, &tx, principal, Act::ShareCodeRevoked, &target(server), detail).await?;
    }
    tx.commit().await?;
    Ok(ended)
}

/// Which codes.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it describes; the query is read by hand")]
pub struct Which {
    /// The code itself.
    code: Option<String>,
    /// `sc_12`. Without `code` and `id`, all codes of the server are meant.
    id: Option<String>,
}

/// End one code of a server, or all of them. What they were exchanged for stays.
#[utoipa::path(
    delete,
    path = "/share-codes/{owner}/{server}",
    tag = "shares",
    params(Place, Which),
    responses((status = 204, description = "It is worth nothing any more"), NotFound),
    security(("token" = ["shares"])),
)]
pub async fn delete(
    State(hub): State<Arc<Hub>>,
    OriginalUri(uri): OriginalUri,
    Path(place): Path<Place>,
    principal: Principal,
) -> Result<StatusCode> {
    let server = place.server(&hub, &principal, Scope::Shares).await?;
    let none = |words: String| HttpError::new(StatusCode::NOT_FOUND, words);
    let query = uri.query().unwrap_or_default();
    let tx = hub.store.begin().await?;
    let detail = if let Some(text) = query_value(query, "code") {
        let found = share_codes::find(&tx, &text, hub.clock.now()).await?;
        let code = found
            .filter(|code| code.spawner_id == server.id)
            .ok_or_else(|| none("No matching code found".to_owned()))?;
        share_codes::delete(&tx, server.id, code.id).await?;
        json!({ "id": format!("sc_{}", code.id) })
    } else if let Some(id) = query_value(query, "id") {
        // No larger number fits into the column.
        let number: Option<i32> = id.strip_prefix("sc_").and_then(|number| number.parse().ok());
        let ended = match number {
            Some(number) => share_codes::delete(&tx, server.id, number.into()).await?,
            None => false,
        };
        if !ended {
            return Err(none(format!("No code found matching id={}", short(&id))));
        }
        json!({ "id": id })
    } else {
        json!({ "all": share_codes::delete_all(&tx, server.id).await? })
    };
    if detail["all"] != 0 {
        audit::record(&hub, &tx, &principal, Act::ShareCodeRevoked, &target(&server), detail).await?;
    }
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
