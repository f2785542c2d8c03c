//! `/hub/home`: one's servers, and what can be done with them.

use std::sync::Arc;
use std::time::Duration;

use axum::response::Response;
use perijove_model::ServerName;
use perijove_model::scopes::{Resource, Scope};
use perijove_store::spawners;
use perijove_store::users::User;

use super::guest::{Guest, Sent};
use super::home_view::show;
use super::whose::tail;
use crate::Hub;
use crate::http::error::{HttpError, Result};
use crate::http::found;
use crate::http::visitor::Principal;
use crate::servers::{self, Start};

/// How long the page waits for a server to be gone.
const SOON: Duration = Duration::from_secs(1);

pub async fn get(guest: Guest) -> Result<Response> {
    show(&guest.hub, &guest.visitor, &guest.by, None).await
}

/// Adds a named server, gives one another name, or deletes one.
pub async fn post(Sent { guest, form }: Sent) -> Result<Response> {
    let Guest { hub, visitor, by, .. } = &guest;
    let user = by.user().cloned().ok_or_else(HttpError::not_found)?;
    let text = |name: &str| form.text(name).unwrap_or_default().trim();
    let done = match text("do") {
        "add" => add(hub, by, &user, text("display_name")).await,
        "name" => name(hub, by, &user, text("server"), text("display_name")).await,
        "remove" => remove(hub, by, &user, text("server")).await,
        _ => Err(HttpError::bad_request(
            "The form asks for nothing that can be done here.",
        )),
    };
    match done {
        Ok(to) => Ok(found(&to)),
        Err(error) if error.status.is_client_error() => show(hub, visitor, by, Some(error)).await,
        Err(error) => Err(error),
    }
}

/// The name in addresses is made from what was typed, as JupyterHub's page makes it.
async fn add(hub: &Arc<Hub>, principal: &Principal, user: &User, display_name: &str) -> Result<String> {
    let slug = perijove_model::names::safe_slug(display_name);
    let server = ServerName::try_from(slug.as_str())?;
    let resource = Resource::Server {
        user: &user.name,
        server: &slug,
    };
    principal.require(&hub.store, &[Scope::StartServers], resource).await?;
    let start = Start {
        by: Some(principal),
        user,
        server: &server,
        options: None,
        display_name: Some(display_name),
    };
    servers::create(hub, start).await?;
    Ok(format!("{}spawn/{}", hub.prefix(), tail(&user.name, &slug)))
}

async fn name(hub: &Arc<Hub>, principal: &Principal, user: &User, server: &str, display_name: &str) -> Result<String> {
    let resource = Resource::Server {
        user: &user.name,
        server,
    };
    principal.require(&hub.store, &[Scope::StartServers], resource).await?;
    let server = ServerName::existing(server)?;
    servers::give_name(hub, principal, (user, &server), display_name).await?;
    Ok(format!("{}home", hub.prefix()))
}

async fn remove(hub: &Arc<Hub>, principal: &Principal, user: &User, server: &str) -> Result<String> {
    let resource = Resource::Server {
        user: &user.name,
        server,
    };
    principal.require(&hub.store, &[Scope::DeleteServers], resource).await?;
    if let Some(spawner) = spawners::get(&hub.store, user.id, server).await? {
        servers::request_stop(hub, Some(principal), &spawner, true).await?;
        servers::wait(hub, spawner.id, SOON, |_| false).await?;
    }
    Ok(format!("{}home", hub.prefix()))
}
