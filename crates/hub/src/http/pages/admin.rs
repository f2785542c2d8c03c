//! `GET /hub/admin`: who there is and what runs, page by page. What can be done here is done over the API as well.

use std::sync::Arc;

use axum::extract::{OriginalUri, State};
use axum::http::StatusCode;
use axum::response::Response;
use perijove_model::JUPYTERHUB_VERSION;
use perijove_model::scopes::{Resource, Scope};
use perijove_store::users::{ListQuery, Sort};
use perijove_store::{spawners, users};
use perijove_web::pages::{Admin, Person};

use super::whose::tail;
use crate::http::api::models;
use crate::http::error::Result;
use crate::http::visitor::Visitor;
use crate::http::xsrf::query_value;
use crate::{Hub, accounts};

pub async fn get(State(hub): State<Arc<Hub>>, OriginalUri(uri): OriginalUri, visitor: Visitor) -> Result<Response> {
    let principal = match super::signed_in(&hub, &visitor, &uri) {
        Ok(principal) => principal,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let needed = [Scope::AdminUi];
    principal.require(&hub.store, &needed, Resource::Everything).await?;
    let mut page = Admin {
        version: format!("{} ({JUPYTERHUB_VERSION})", env!("CARGO_PKG_VERSION")),
        ..Admin::default()
    };
    let may_let_in = super::allows(principal, Scope::AdminUsers, Resource::Everything);
    page.waiting_url = (may_let_in && accounts::may_sign_up(&hub.config)).then(|| format!("{}authorize", hub.prefix()));
    page.invitations_url =
        (may_let_in && accounts::section(&hub.config).is_some()).then(|| format!("{}admin/invitations", hub.prefix()));
    // Opening the page is one right, seeing people is another.
    if super::allows(principal, Scope::ListUsers, Resource::Everything) {
        let offset = query_value(uri.query().unwrap_or_default(), "offset").and_then(|offset| offset.parse().ok());
        fill(&hub, &mut page, offset.unwrap_or(0)).await?;
    }
    super::render(&hub, &visitor, StatusCode::OK, &page).await
}

async fn fill(hub: &Hub, page: &mut Admin, offset: u32) -> Result<()> {
    let limit = hub.config.hub.api_page_default_limit;
    let query = ListQuery {
        offset: i64::from(offset),
        limit: i64::from(limit),
        sort: Sort::Name,
        ..ListQuery::default()
    };
    let people = users::list(&hub.store, &query).await?;
    let total = users::count(&hub.store, &query).await?;
    let ids: Vec<i64> = people.iter().map(|user| user.id).collect();
    let servers = spawners::of_users(&hub.store, &ids).await?;
    let prefix = hub.prefix();
    page.people = people
        .iter()
        .map(|user| Person {
            name: user.name.clone(),
            admin: user.admin,
            last_activity: user.last_activity.map(models::time),
            running: servers
                .iter()
                .filter(|server| server.user_id == user.id && server.run.phase.is_active())
                .count(),
            profiles: servers
                .iter()
                .filter(|server| server.user_id == user.id && server.run.phase.is_active())
                .filter_map(|server| server.profile.as_ref().map(|profile| profile.title.clone()))
                .collect(),
            spawn_url: format!("{prefix}spawn/{}", tail(&user.name, "")),
        })
        .collect();
    page.total = total;
    let next = i64::from(offset) + i64::from(limit);
    page.next_url = (next < total).then(|| format!("{prefix}admin?offset={next}"));
    page.previous_url = (offset > 0).then(|| format!("{prefix}admin?offset={}", offset.saturating_sub(limit)));
    Ok(())
}
