//! `/hub/admin`: who there is and what runs, and what may be done about it. What can be done here is done over the API as
//! well, by the same rules.

mod acts;
pub mod audit;
pub mod health;
pub mod menu;
mod people;
pub mod person;
pub mod profiles;
mod query;
pub mod servers;
pub mod services;
pub mod settings;
pub mod shares;
pub mod shutdown;
pub mod tokens;

use std::sync::Arc;

use axum::extract::{OriginalUri, State};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::Response;
use perijove_model::JUPYTERHUB_VERSION;
use perijove_model::scopes::{Reach, Resource, Scope};
use perijove_store::only::Only;
use perijove_web::pages::Admin;

use self::query::Asked;
use crate::http::error::{HttpError, Result};
use crate::http::form::Form;
use crate::http::visitor::{Principal, Visitor};
use crate::{Hub, accounts};

pub async fn get(State(hub): State<Arc<Hub>>, OriginalUri(uri): OriginalUri, visitor: Visitor) -> Result<Response> {
    let principal = match super::signed_in(&hub, &visitor, &uri) {
        Ok(principal) => principal,
        Err(elsewhere) => return Ok(elsewhere),
    };
    may_come(&hub, principal).await?;
    let page = page(&hub, principal, uri.query()).await?;
    super::render(&hub, &visitor, StatusCode::OK, &page).await
}

/// The same page, and what came of the wishes above it.
pub async fn post(
    State(hub): State<Arc<Hub>>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    visitor: Visitor,
    form: Form,
) -> Result<Response> {
    let principal = match super::signed_in(&hub, &visitor, &uri) {
        Ok(principal) => principal,
        Err(elsewhere) => return Ok(elsewhere),
    };
    visitor.xsrf.check_form(form.text("_xsrf"), &headers, &Method::POST)?;
    may_come(&hub, principal).await?;
    let names = form.text("usernames").unwrap_or_default().to_owned();
    match acts::act(&hub, principal, form).await {
        Ok(done) => {
            let page = Admin {
                outcomes: done.outcomes,
                doomed: done.doomed,
                ..page(&hub, principal, uri.query()).await?
            };
            super::render(&hub, &visitor, done.status, &page).await
        }
        Err(error) if error.status.is_client_error() => {
            let page = Admin {
                draft: names,
                problem: Some(problem(&error)),
                ..page(&hub, principal, uri.query()).await?
            };
            super::render(&hub, &visitor, error.status, &page).await
        }
        Err(error) => Err(error),
    }
}

/// What a scope lets its holder see; `None`: everything.
fn only(reach: &Reach) -> Option<Only> {
    match reach {
        Reach::All => None,
        Reach::Only(filters) => Some(Only {
            users: filters.users().map(str::to_owned).collect(),
            groups: filters.groups().map(str::to_owned).collect(),
            servers: filters
                .servers()
                .map(|(user, server)| (user.to_owned(), server.to_owned()))
                .collect(),
        }),
    }
}

fn problem(error: &HttpError) -> String {
    error.log("");
    let reason = error.status.canonical_reason().unwrap_or_default();
    error.message.clone().unwrap_or_else(|| reason.to_owned())
}

async fn may_come(hub: &Hub, principal: &Principal) -> Result<()> {
    let needed = [Scope::AdminUi];
    principal.require(&hub.store, &needed, Resource::Everything).await
}

async fn page(hub: &Hub, principal: &Principal, query: Option<&str>) -> Result<Admin> {
    let asked = Asked::read(hub, principal, query.unwrap_or_default());
    let may_let_in = super::allows(principal, Scope::AdminUsers, Resource::Everything);
    let mut page = Admin {
        version: format!("{} ({JUPYTERHUB_VERSION})", env!("CARGO_PKG_VERSION")),
        waiting_url: (may_let_in && accounts::may_sign_up(&hub.config)).then(|| format!("{}authorize", hub.prefix())),
        invitations_url: (may_let_in && accounts::section(&hub.config).is_some())
            .then(|| format!("{}admin/invitations", hub.prefix())),
        shutdown_url: menu::SHUTDOWN.is_for(principal).then(|| menu::SHUTDOWN.url(hub)),
        groups_url: (principal.scopes.holds(Scope::ListGroups)).then(|| format!("{}admin/groups", hub.prefix())),
        list_url: format!("{}admin", hub.prefix()),
        action_url: asked.url(hub),
        columns: asked.columns(hub),
        ..Admin::default()
    };
    page.may.add = may_let_in;
    // Opening the page is one right, seeing people is another.
    if principal.scopes.holds(Scope::ListUsers) {
        people::fill(hub, principal, &asked, &mut page).await?;
    }
    page.asked = asked.into_page();
    Ok(page)
}
