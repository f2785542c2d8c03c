//! `POST /hub/stop/USER[/SERVER]`: the stop button of pages without JavaScript.

use std::sync::Arc;

use axum::Form;
use axum::extract::{OriginalUri, Path, State};
use axum::http::{HeaderMap, Method, Uri};
use axum::response::Response;
use perijove_model::scopes::Scope;
use serde::Deserialize;

use super::whose::Whose;
use crate::Hub;
use crate::http::error::Result;
use crate::http::found;
use crate::http::visitor::Visitor;
use crate::http::xsrf::query_value;
use crate::servers;

#[derive(Deserialize)]
pub struct Fields {
    #[serde(rename = "_xsrf")]
    pub xsrf: Option<String>,
}

pub async fn default(
    State(hub): State<Arc<Hub>>,
    OriginalUri(uri): OriginalUri,
    Path(user): Path<String>,
    headers: HeaderMap,
    visitor: Visitor,
    Form(fields): Form<Fields>,
) -> Result<Response> {
    stop(&hub, &uri, &headers, &visitor, (&user, ""), &fields).await
}

pub async fn named(
    State(hub): State<Arc<Hub>>,
    OriginalUri(uri): OriginalUri,
    Path((user, server)): Path<(String, String)>,
    headers: HeaderMap,
    visitor: Visitor,
    Form(fields): Form<Fields>,
) -> Result<Response> {
    stop(&hub, &uri, &headers, &visitor, (&user, &server), &fields).await
}

async fn stop(
    hub: &Arc<Hub>,
    uri: &Uri,
    headers: &HeaderMap,
    visitor: &Visitor,
    (user, server): (&str, &str),
    fields: &Fields,
) -> Result<Response> {
    let principal = match super::signed_in(hub, visitor, uri) {
        Ok(principal) => principal,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let in_address = query_value(uri.query().unwrap_or_default(), "_xsrf");
    let xsrf = fields.xsrf.as_deref().or(in_address.as_deref());
    visitor.xsrf.check_form(xsrf, headers, &Method::POST)?;
    let whose = Whose::read(hub, principal, user, server, Scope::DeleteServers).await?;
    if let Some(spawner) = whose.spawner(hub).await? {
        servers::request_stop(hub, Some(principal), &spawner, false).await?;
        servers::wait(hub, spawner.id, std::time::Duration::from_secs(1), |s| {
            !s.run.phase.is_active()
        })
        .await?;
    }
    Ok(found(&format!("{}home", hub.prefix())))
}
