//! `/hub/admin/shutdown`: asks once more, then ends this hub as the API does.

use std::sync::Arc;

use axum::extract::{OriginalUri, State};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::Response;
use perijove_web::pages::ShutDown;

use super::menu;
use crate::Hub;
use crate::http::api::shutdown;
use crate::http::error::Result;
use crate::http::form::Form;
use crate::http::pages::{render, signed_in};
use crate::http::visitor::Visitor;

pub async fn get(State(hub): State<Arc<Hub>>, OriginalUri(uri): OriginalUri, visitor: Visitor) -> Result<Response> {
    let principal = match signed_in(&hub, &visitor, &uri) {
        Ok(principal) => principal,
        Err(elsewhere) => return Ok(elsewhere),
    };
    menu::SHUTDOWN.require(&hub, principal).await?;
    render(&hub, &visitor, StatusCode::OK, &page(&hub, false)).await
}

pub async fn post(
    State(hub): State<Arc<Hub>>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    visitor: Visitor,
    form: Form,
) -> Result<Response> {
    let principal = match signed_in(&hub, &visitor, &uri) {
        Ok(principal) => principal,
        Err(elsewhere) => return Ok(elsewhere),
    };
    visitor.xsrf.check_form(form.text("_xsrf"), &headers, &Method::POST)?;
    menu::SHUTDOWN.require(&hub, principal).await?;
    let ticked = |name| form.text(name) == Some("yes");
    let response = render(&hub, &visitor, StatusCode::ACCEPTED, &page(&hub, true)).await?;
    shutdown::begin(&hub, principal, ticked("servers"), ticked("edge")).await?;
    Ok(response)
}

fn page(hub: &Hub, begun: bool) -> ShutDown {
    ShutDown {
        begun,
        servers: hub.config.hub.cleanup_servers,
        action_url: menu::SHUTDOWN.url(hub),
        back_url: menu::PEOPLE.url(hub),
    }
}
