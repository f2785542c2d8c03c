//! `POST /hub/here/USER[/SERVER]`: the button "I am still here" of the home page.

use std::sync::Arc;

use axum::Form;
use axum::extract::{OriginalUri, Path, State};
use axum::http::{HeaderMap, Method, Uri};
use axum::response::Response;
use perijove_model::scopes::Scope;

use super::stop::Fields;
use super::whose::Whose;
use crate::Hub;
use crate::culler::notices;
use crate::http::error::Result;
use crate::http::found;
use crate::http::visitor::Visitor;

pub async fn default(
    State(hub): State<Arc<Hub>>,
    OriginalUri(uri): OriginalUri,
    Path(user): Path<String>,
    headers: HeaderMap,
    visitor: Visitor,
    Form(fields): Form<Fields>,
) -> Result<Response> {
    here(&hub, &uri, &headers, &visitor, (&user, ""), &fields).await
}

pub async fn named(
    State(hub): State<Arc<Hub>>,
    OriginalUri(uri): OriginalUri,
    Path((user, server)): Path<(String, String)>,
    headers: HeaderMap,
    visitor: Visitor,
    Form(fields): Form<Fields>,
) -> Result<Response> {
    here(&hub, &uri, &headers, &visitor, (&user, &server), &fields).await
}

async fn here(
    hub: &Hub,
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
    visitor
        .xsrf
        .check_form(fields.xsrf.as_deref(), headers, &Method::POST)?;
    let whose = Whose::read(hub, principal, user, server, Scope::UsersActivity).await?;
    // One that has stopped in the meantime is seen as such on the page.
    if let Some(spawner) = whose.spawner(hub).await? {
        notices::keep(hub, &spawner).await?;
    }
    Ok(found(&format!("{}home", hub.prefix())))
}
