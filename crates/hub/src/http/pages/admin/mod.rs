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

use axum::response::Response;
use perijove_model::JUPYTERHUB_VERSION;
use perijove_model::scopes::{Reach, Resource, Scope};
use perijove_store::only::Only;
use perijove_web::pages::Admin;

use self::query::Asked;
use super::guest::{Guest, Sent, came};
use crate::http::error::Result;
use crate::http::visitor::Principal;
use crate::{Hub, accounts};

pub async fn get(guest: Guest) -> Result<Response> {
    let (hub, by) = guest.at(&menu::PEOPLE).await?;
    guest.show(&page(hub, by, guest.query()).await?).await
}

/// The same page, and what came of the wishes above it.
pub async fn post(Sent { guest, form }: Sent) -> Result<Response> {
    let (hub, by) = guest.at(&menu::PEOPLE).await?;
    let names = form.text("usernames").unwrap_or_default().to_owned();
    let came = came(acts::act(hub, by, form).await)?;
    let done = came.done.unwrap_or_else(|| acts::Done::nothing(came.status));
    let page = Admin {
        outcomes: done.outcomes,
        doomed: done.doomed,
        draft: came.problem.as_ref().map(|_| names).unwrap_or_default(),
        problem: came.problem,
        ..page(hub, by, guest.query()).await?
    };
    guest.answer(done.status, &page).await
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

async fn page(hub: &Hub, principal: &Principal, query: &str) -> Result<Admin> {
    let asked = Asked::read(hub, principal, query);
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
