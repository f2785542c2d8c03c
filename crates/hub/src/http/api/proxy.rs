//! `/hub/api/proxy`: what the proxy knows, and which proxy it is.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{OriginalUri, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use perijove_model::Secret;
use perijove_model::scopes::{Resource, Scope};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use url::Url;
use utoipa::ToSchema;

use super::Body;
use super::pagination::{Page, PageParams};
use super::refusals::BadRequest;
use crate::Hub;
use crate::audit::{self, Act};
use crate::http::error::{HttpError, Result};
use crate::http::visitor::Principal;
use crate::routes::{self, Proxy};

/// Where requests below a path go.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProxyRoute {
    /// The path, with a slash at its end.
    routespec: String,
    target: String,
    /// Whose it is (`hub`, or `user` and `server_name`, or `service`), and `last_activity`.
    #[schema(value_type = Object)]
    data: Map<String, Value>,
}

/// List the routes of the proxy, by path.
#[utoipa::path(
    get,
    path = "/proxy",
    tag = "proxy",
    params(PageParams),
    responses((status = 200, description = "The routes", body = BTreeMap<String, ProxyRoute>), BadRequest),
    security(("token" = ["proxy"])),
)]
pub async fn list(
    State(hub): State<Arc<Hub>>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    principal: Principal,
) -> Result<Response> {
    allowed(&hub, &principal).await?;
    let page = Page::read(&hub, &headers, &uri)?;
    let mut known = hub.routes.all().await.map_err(|error| away(&error))?;
    known.sort_by(|one, other| one.path.cmp(&other.path));
    let total = i64::try_from(known.len()).unwrap_or(i64::MAX);
    let number = |n: i64| usize::try_from(n).unwrap_or(usize::MAX);
    let items: BTreeMap<String, ProxyRoute> = known
        .into_iter()
        .skip(number(page.offset))
        .take(number(page.limit))
        .map(|route| {
            let shown = ProxyRoute {
                routespec: route.path.clone(),
                target: route.target,
                data: route.data,
            };
            (route.path, shown)
        })
        .collect();
    Ok(page.answer(&uri, &headers, items, total))
}

/// Tell the proxy all routes once more, without waiting for the next round.
#[utoipa::path(
    post,
    path = "/proxy",
    tag = "proxy",
    responses((status = 200, description = "The proxy has the right routes")),
    security(("token" = ["proxy"])),
)]
pub async fn tell(State(hub): State<Arc<Hub>>, principal: Principal) -> Result<StatusCode> {
    allowed(&hub, &principal).await?;
    apply(&hub).await?;
    Ok(StatusCode::OK)
}

/// Which proxy is to be told the routes from now on. What is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewProxy {
    /// Of its API, such as `http://127.0.0.1:8001`.
    api_url: Option<String>,
    auth_token: Option<String>,
}

/// Go over to another proxy, which must answer; all hubs follow.
#[utoipa::path(
    patch,
    path = "/proxy",
    tag = "proxy",
    request_body = NewProxy,
    responses((status = 200, description = "The other proxy has the routes"), BadRequest),
    security(("token" = ["proxy"])),
)]
pub async fn switch(State(hub): State<Arc<Hub>>, principal: Principal, body: Body<NewProxy>) -> Result<StatusCode> {
    allowed(&hub, &principal).await?;
    let new = body.given()?.ok_or_else(|| HttpError::bad_request("need JSON body"))?;
    let before = hub.routes.proxy();
    let proxy = Proxy {
        api_url: new.api_url.as_deref().map_or(Ok(before.api_url.clone()), api_url)?,
        auth_token: new
            .auth_token
            .as_deref()
            .map_or(Ok(before.auth_token.clone()), auth_token)?,
    };
    if proxy != before {
        hub.routes.point(&proxy).await.map_err(|error| {
            tracing::warn!(%error, "the proxy that was to take over can't be used");
            HttpError::bad_request("The hub can't use this proxy: it does not answer, or refuses the token.")
        })?;
        let tx = hub.store.begin().await?;
        routes::switch::keep(&hub, &tx, &proxy).await?;
        let detail = json!({ "api_url": proxy.api_url, "another_token": new.auth_token.is_some() });
        audit::record(&hub, &tx, &principal, Act::ProxyChanged, "proxy", detail).await?;
        tx.commit().await?;
        tracing::info!(proxy = proxy.api_url, "another proxy is told the routes from now on");
    }
    apply(&hub).await?;
    Ok(StatusCode::OK)
}

fn api_url(text: &str) -> Result<String> {
    let parsed = Url::parse(text).ok();
    let plain = |url: &Url| {
        let bare = url.query().is_none() && url.fragment().is_none();
        url.scheme() == "http" && url.has_host() && url.username().is_empty() && url.password().is_none() && bare
    };
    let url = parsed.filter(plain);
    url.map(|url| url.to_string())
        .ok_or_else(|| HttpError::bad_request("api_url must be an http URL without a name, a query or a fragment"))
}

fn auth_token(text: &str) -> Result<Secret> {
    let fits = !text.is_empty() && text.len() <= 1024 && text.bytes().all(|byte| byte.is_ascii_graphic());
    match fits {
        true => Ok(Secret::new(text)),
        false => Err(HttpError::bad_request(
            "auth_token must be 1 to 1024 printable characters",
        )),
    }
}

async fn allowed(hub: &Hub, principal: &Principal) -> Result<()> {
    principal
        .require(&hub.store, &[Scope::Proxy], Resource::Everything)
        .await
}

async fn apply(hub: &Hub) -> Result<()> {
    routes::apply(hub).await.map_err(|error| match error {
        routes::ApplyError::Store(error) => error.into(),
        routes::ApplyError::Routes(error) => away(&error),
    })
}

fn away(error: &routes::RouteError) -> HttpError {
    tracing::warn!(%error, "the proxy does not do what it is asked");
    let words = "The proxy does not answer, or refuses the hub's token. The hub's log has the cause.";
    HttpError::new(StatusCode::SERVICE_UNAVAILABLE, words)
}
