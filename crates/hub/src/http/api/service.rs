//! One service: `/hub/api/services/{service}`. Those made here are run by others, and live until they are deleted here.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use perijove_config::Service as Wanted;
use perijove_model::names::check_service_name;
use perijove_model::scopes::roles::ADMIN;
use perijove_model::scopes::{GroupsOf, Resource, Scope};
use perijove_model::{Secret, token};
use perijove_store::services::{self, Address, Service, ServiceSpec};
use perijove_store::{Db, Tx, oauth, roles, tokens};
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use url::Url;
use utoipa::ToSchema;

use super::refusals::{BadRequest, Conflict, NotAllowed, NotFound};
use super::{Body, models};
use crate::Hub;
use crate::audit::{self, Act};
use crate::http::error::{HttpError, Result, short};
use crate::http::visitor::Principal;
use crate::services::{path, route, spec};

const READERS: [Scope; 3] = [Scope::ReadServices, Scope::ReadServicesName, Scope::ReadRolesServices];

type Model = Json<Option<models::ServiceModel>>;

/// See a service.
#[utoipa::path(
    get,
    path = "/services/{service}",
    tag = "services",
    params(("service" = String, Path, description = "The service's name")),
    responses((status = 200, description = "The service", body = models::ServiceModel), NotFound),
    security(("token" = ["read:services"]), ("token" = ["read:services:name"]), ("token" = ["read:roles:services"])),
)]
pub async fn get(State(hub): State<Arc<Hub>>, Path(name): Path<String>, principal: Principal) -> Result<Model> {
    principal
        .require(&hub.store, &READERS, Resource::Service(&name))
        .await?;
    let service = find(&hub.store, &name, "No such service: ", "").await?;
    Ok(Json(models::service(&hub, &principal.scopes, &service).await?))
}

/// What a service made through the API is like.
#[derive(Deserialize, Default, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewService {
    /// That of the address counts.
    #[serde(default, rename = "name")]
    #[schema(value_type = Option<String>)]
    _name: IgnoredAny,
    /// It may do everything. The caller must be able to do so, too.
    #[serde(default)]
    admin: bool,
    /// Where it listens; people find it at `/services/NAME/`.
    url: Option<String>,
    /// Scopes that it may ask of its visitors; the caller must hold them.
    #[serde(default)]
    oauth_client_allowed_scopes: Vec<String>,
    /// Its token for the API, 8 to 64 characters.
    api_token: Option<String>,
    #[serde(default)]
    #[schema(value_type = Object)]
    info: Map<String, Value>,
    /// Whether pages list it.
    #[serde(default = "yes")]
    display: bool,
    /// Don't ask people whether it may use their account.
    #[serde(default)]
    oauth_no_confirm: bool,
    /// Begins with `service-`.
    oauth_client_id: Option<String>,
    oauth_redirect_uri: Option<String>,
    /// Refused: the hub runs services of its configuration only.
    #[serde(default)]
    command: Vec<String>,
    /// Of a managed service only.
    #[serde(default, rename = "cwd")]
    #[schema(value_type = Option<String>)]
    _cwd: IgnoredAny,
    /// Of a managed service only.
    #[serde(default, rename = "environment")]
    #[schema(value_type = Option<Object>)]
    _environment: IgnoredAny,
    /// Of a managed service only.
    #[serde(default, rename = "user")]
    #[schema(value_type = Option<String>)]
    _user: IgnoredAny,
}

fn yes() -> bool {
    true
}

/// Make a service that somebody else runs. Whether it answers is not waited for.
#[utoipa::path(
    post,
    path = "/services/{service}",
    tag = "services",
    params(("service" = String, Path, description = "The service's name")),
    request_body = NewService,
    responses((status = 201, description = "The new service", body = models::ServiceModel), BadRequest, NotFound, Conflict),
    security(("token" = ["admin:services"])),
)]
pub async fn create(
    State(hub): State<Arc<Hub>>,
    Path(name): Path<String>,
    principal: Principal,
    body: Body<Map<String, Value>>,
) -> Result<(StatusCode, Model)> {
    may_change(&hub, &principal, &name).await?;
    let body = body.given()?.unwrap_or_default();
    let service = make(&hub, &principal, &name, body).await?;
    let model = models::service(&hub, &principal.scopes, &service).await?;
    Ok((StatusCode::CREATED, Json(model)))
}

async fn may_change(hub: &Hub, principal: &Principal, name: &str) -> Result<()> {
    let needed = [Scope::AdminServices];
    principal.require(&hub.store, &needed, Resource::Service(name)).await
}

/// Makes a service, within what the caller may do.
pub async fn make(hub: &Arc<Hub>, principal: &Principal, name: &str, body: Map<String, Value>) -> Result<Service> {
    may_change(hub, principal, name).await?;
    check_service_name(name)?;
    let exists = || HttpError::conflict(format!("Service {} already exists", short(name)));
    if services::by_name(&hub.store, name).await?.is_some() {
        return Err(exists());
    }
    let wanted = read(hub, principal, name, body).await?;
    let hub_too = Arc::clone(hub);
    let token = wanted.api_token.clone();
    // A short token is hashed many times.
    let spec = tokio::task::spawn_blocking(move || spec(&hub_too, &wanted))
        .await
        .map_err(|error| HttpError::internal(&error))?
        .map_err(|why| HttpError::bad_request(format!("Failed to create service {}: {why}", short(name))))?;

    let tx = hub.store.begin().await?;
    check_taken(hub, &tx, &spec, token.as_ref()).await?;
    let prefix = path(hub, name);
    let now = hub.clock.now();
    services::create(&tx, &spec, address(&spec, &prefix), now)
        .await?
        .ok_or_else(exists)?;
    let detail = json!({
        "url": spec.url, "admin": spec.admin, "oauth_client_id": spec.oauth_client_id,
        "oauth_client_allowed_scopes": spec.oauth_client_allowed_scopes,
    });
    let target = format!("service {name}");
    audit::record(hub, &tx, principal, Act::ServiceMade, &target, detail).await?;
    let service = find(&tx, name, "No such service: ", "").await?;
    tx.commit().await?;
    tracing::info!(
        service = short(name),
        by = short(principal.name()),
        "a service was made"
    );
    tell(hub, &service).await;
    Ok(service)
}

/// What is to be different; what is not named stays.
#[derive(Deserialize, Default, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Changes {
    /// Empty: nobody is sent there any more.
    url: Option<String>,
    /// The caller must hold them, those that stay too.
    oauth_client_allowed_scopes: Option<Vec<String>>,
    #[schema(value_type = Option<Object>)]
    info: Option<Map<String, Value>>,
    display: Option<bool>,
    oauth_no_confirm: Option<bool>,
    /// Empty: the usual one.
    oauth_redirect_uri: Option<String>,
}

/// Change a service that was made through the API. Its name, its rights and its token stay.
#[utoipa::path(
    patch,
    path = "/services/{service}",
    tag = "services",
    params(("service" = String, Path, description = "The service's name")),
    request_body = Changes,
    responses((status = 200, description = "The service", body = models::ServiceModel), BadRequest, NotFound, NotAllowed),
    security(("token" = ["admin:services"])),
)]
pub async fn patch(
    State(hub): State<Arc<Hub>>,
    Path(name): Path<String>,
    principal: Principal,
    body: Body<Map<String, Value>>,
) -> Result<Model> {
    may_change(&hub, &principal, &name).await?;
    let body = body.given()?.unwrap_or_default();
    let service = change(&hub, &principal, &name, body).await?;
    Ok(Json(models::service(&hub, &principal.scopes, &service).await?))
}

/// Changes a service, within what the caller may do: whoever could not make it as it will be may not change it.
pub async fn change(hub: &Hub, principal: &Principal, name: &str, body: Map<String, Value>) -> Result<Service> {
    may_change(hub, principal, name).await?;
    let changes: Changes = serde_json::from_value(Value::Object(body)).map_err(invalid)?;
    let tx = hub.store.begin().await?;
    let service = find_own(&tx, name).await?;
    let redirect = match &service.oauth_client_id {
        Some(client_id) => oauth::client(&tx, client_id).await?.map(|client| client.redirect_uri),
        None => None,
    };
    let new = NewService {
        admin: service.admin,
        url: changes.url.or_else(|| service.url.clone()),
        oauth_client_allowed_scopes: changes
            .oauth_client_allowed_scopes
            .unwrap_or_else(|| service.oauth_client_allowed_scopes.clone()),
        info: changes
            .info
            .or_else(|| service.info.as_object().cloned())
            .unwrap_or_default(),
        display: changes.display.unwrap_or(service.display),
        oauth_no_confirm: changes.oauth_no_confirm.unwrap_or(service.oauth_no_confirm),
        oauth_client_id: service.oauth_client_id.clone(),
        oauth_redirect_uri: changes.oauth_redirect_uri.or(redirect).filter(|uri| !uri.is_empty()),
        ..NewService::default()
    };
    let wanted = within(hub, principal, name, new).await?;
    let refused = |why| HttpError::bad_request(format!("Failed to change service {}: {why}", short(name)));
    let spec = spec(hub, &wanted).map_err(refused)?;
    let prefix = path(hub, name);
    services::change(&tx, &service, &spec, address(&spec, &prefix)).await?;
    let detail = json!({
        "url": spec.url, "oauth_client_allowed_scopes": spec.oauth_client_allowed_scopes,
        "oauth_redirect_uri": spec.oauth_redirect_uri,
    });
    let target = format!("service {name}");
    audit::record(hub, &tx, principal, Act::ServiceChanged, &target, detail).await?;
    let changed = find(&tx, name, "No such service: ", "").await?;
    tx.commit().await?;
    tracing::info!(
        service = short(name),
        by = short(principal.name()),
        "a service was changed"
    );
    if changed.url.is_none() {
        withdraw(hub, &service).await;
    }
    tell(hub, &changed).await;
    Ok(changed)
}

/// A token that is shown once.
#[derive(Serialize, ToSchema)]
pub struct NewToken {
    token: String,
}

/// Make a new token for a service that was made through the API. All that it had end, and so does its old OAuth secret.
#[utoipa::path(
    post,
    path = "/services/{service}/token",
    tag = "services",
    params(("service" = String, Path, description = "The service's name")),
    responses((status = 201, description = "The token", body = NewToken), NotFound, NotAllowed),
    security(("token" = ["admin:services"])),
)]
pub async fn post_token(
    State(hub): State<Arc<Hub>>,
    Path(name): Path<String>,
    principal: Principal,
) -> Result<(StatusCode, Json<NewToken>)> {
    let token = renew(&hub, &principal, &name).await?.expose().to_owned();
    Ok((StatusCode::CREATED, Json(NewToken { token })))
}

/// A new token in the place of all that the service had; whoever could not make the service may not have its token.
pub async fn renew(hub: &Hub, principal: &Principal, name: &str) -> Result<Secret> {
    may_change(hub, principal, name).await?;
    let tx = hub.store.begin().await?;
    let service = find_own(&tx, name).await?;
    let as_it_is = NewService {
        admin: service.admin,
        oauth_client_allowed_scopes: service.oauth_client_allowed_scopes.clone(),
        ..NewService::default()
    };
    check_scopes(hub, principal, &as_it_is).await?;
    let (token, hashed) = token::generate(&*hub.rng);
    let secret = token::hash_random(&token, &*hub.rng);
    services::replace_tokens(&tx, &service, &hashed, &secret.hashed, hub.clock.now()).await?;
    let target = format!("service {name}");
    audit::record(hub, &tx, principal, Act::ServiceToken, &target, json!({})).await?;
    tx.commit().await?;
    tracing::info!(
        service = short(name),
        by = short(principal.name()),
        "a service has a new token"
    );
    Ok(token)
}

fn invalid(error: serde_json::Error) -> HttpError {
    HttpError::bad_request(format!("Invalid service data: {}", short(&error.to_string())))
}

/// One that is not the configuration's.
async fn find_own(tx: &Tx, name: &str) -> Result<Service> {
    let service = find(tx, name, "Service ", " does not exist").await?;
    if service.from_config {
        let words = format!("Service {} is not modifiable at runtime", short(name));
        return Err(HttpError::new(StatusCode::METHOD_NOT_ALLOWED, words));
    }
    Ok(service)
}

/// The proxy hears of it at once, or with the next round.
async fn withdraw(hub: &Hub, service: &Service) {
    if let Some(route) = route(hub, service)
        && let Err(error) = hub.routes.remove(&route.path).await
    {
        tracing::warn!(service = short(&service.name), %error, "the route of a service goes later");
    }
}

/// What is asked for, within what the caller may do.
async fn read(hub: &Hub, principal: &Principal, name: &str, body: Map<String, Value>) -> Result<Wanted> {
    if body.is_empty() {
        return Err(HttpError::bad_request("Invalid service data"));
    }
    let new = serde_json::from_value(Value::Object(body)).map_err(invalid)?;
    within(hub, principal, name, new).await
}

async fn within(hub: &Hub, principal: &Principal, name: &str, new: NewService) -> Result<Wanted> {
    check_scopes(hub, principal, &new).await?;
    if !new.command.is_empty() {
        let words = format!("Can not create managed service {} at runtime", short(name));
        return Err(HttpError::bad_request(words));
    }
    let url = new.url.filter(|url| !url.is_empty()).map(|url| {
        let parsed = Url::parse(&url).ok();
        let good = parsed.filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
        good.ok_or_else(|| HttpError::bad_request("service.url must be an http or https URL"))
    });
    Ok(Wanted {
        name: name.to_owned(),
        url: url.transpose()?,
        api_token: new.api_token.filter(|token| !token.is_empty()).map(Secret::new),
        admin: new.admin,
        oauth_client_id: new.oauth_client_id,
        oauth_redirect_uri: new.oauth_redirect_uri,
        oauth_no_confirm: new.oauth_no_confirm,
        oauth_client_allowed_scopes: new.oauth_client_allowed_scopes,
        info: new.info,
        display: new.display,
        ..Wanted::default()
    })
}

/// Nobody gives what they don't have.
async fn check_scopes(hub: &Hub, principal: &Principal, new: &NewService) -> Result<()> {
    let mut wanted = new.oauth_client_allowed_scopes.clone();
    hub.catalog
        .check(&wanted, "service")
        .map_err(|why| HttpError::bad_request(why.to_string()))?;
    if new.admin {
        // With those that the role's row leaves out, and what the configuration has added.
        wanted.extend(ADMIN.scopes.iter().map(|scope| (*scope).to_owned()));
        wanted.extend(roles::scopes_of_role(&hub.store, ADMIN.name).await?.unwrap_or_default());
    }
    let membership = GroupsOf {
        user: principal.user().map_or("", |user| &user.name),
        groups: &principal.groups,
    };
    hub.catalog
        .check_token_scopes(&wanted, &principal.owner(), None, &principal.scopes, &membership)
        .map_err(|why| HttpError::bad_request(why.to_string()))
}

/// A client and a token have one owner.
async fn check_taken(hub: &Hub, tx: &Tx, spec: &ServiceSpec, token: Option<&Secret>) -> Result<()> {
    if let Some(client_id) = &spec.oauth_client_id
        && services::by_oauth_client(tx, client_id).await?.is_some()
    {
        let words = format!("oauth_client_id {} is another service's", short(client_id));
        return Err(HttpError::bad_request(words));
    }
    if let Some(token) = token
        && tokens::find(tx, token.expose(), hub.clock.now()).await?.is_some()
    {
        return Err(HttpError::bad_request("This api_token is in use already"));
    }
    Ok(())
}

fn address<'a>(spec: &ServiceSpec, prefix: &'a str) -> Option<Address<'a>> {
    let url = Url::parse(spec.url.as_deref()?).ok()?;
    Some(Address {
        proto: if url.scheme() == "https" { "https" } else { "http" },
        ip: url.host_str()?.to_owned(),
        port: url.port_or_known_default()?,
        prefix,
    })
}

/// The proxy hears of it at once, or with the next round.
async fn tell(hub: &Hub, service: &Service) {
    if let Some(route) = route(hub, service)
        && let Err(error) = hub.routes.add(&route).await
    {
        tracing::warn!(service = short(&service.name), %error, "the route of a new service comes later");
    }
}

/// Delete a service that was made through the API, with its tokens and its OAuth client.
#[utoipa::path(
    delete,
    path = "/services/{service}",
    tag = "services",
    params(("service" = String, Path, description = "The service's name")),
    responses((status = 200, description = "The service is gone"), NotFound, NotAllowed),
    security(("token" = ["admin:services"])),
)]
pub async fn delete(State(hub): State<Arc<Hub>>, Path(name): Path<String>, principal: Principal) -> Result<StatusCode> {
    remove(&hub, &principal, &name).await?;
    Ok(StatusCode::OK)
}

/// Deletes a service that is not in the configuration.
pub async fn remove(hub: &Hub, principal: &Principal, name: &str) -> Result<()> {
    may_change(hub, principal, name).await?;
    let tx = hub.store.begin().await?;
    let service = find_own(&tx, name).await?;
    services::delete(&tx, &service).await?;
    let target = format!("service {name}");
    audit::record(hub, &tx, principal, Act::ServiceRemoved, &target, json!({})).await?;
    tx.commit().await?;
    tracing::info!(
        service = short(name),
        by = short(principal.name()),
        "a service was deleted"
    );
    withdraw(hub, &service).await;
    Ok(())
}

async fn find(db: &impl Db, name: &str, before: &str, after: &str) -> Result<Service> {
    let missing = || HttpError::new(StatusCode::NOT_FOUND, format!("{before}{}{after}", short(name)));
    services::by_name(db, name).await?.ok_or_else(missing)
}
