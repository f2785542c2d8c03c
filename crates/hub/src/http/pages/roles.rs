//! `/hub/admin/roles` and `/hub/admin/roles/{role}`: roles for people, as the API has them for programs.

use axum::extract::Path;
use axum::response::Response;
use jiff::Timestamp;
use perijove_model::escape;
use perijove_model::scopes::{Resource, Scope};
use perijove_store::roles::{self, Grant, Role, Source};
use perijove_web::pages;

use super::filters::{Counted, Link, moment};
use super::guest::{Guest, Sent, came, worded};
use crate::Hub;
use crate::http::error::{HttpError, Result};
use crate::http::form::Form;
use crate::http::found;
use crate::http::role_changes::{self, Definition, Kind};
use crate::http::visitor::Principal;

/// On one page.
const ROLES: i64 = 50;
const GRANTS: i64 = 100;

pub async fn list(guest: Guest) -> Result<Response> {
    guest
        .show(&list_page(&guest.hub, &guest.by, guest.query()).await?)
        .await
}

pub async fn create(Sent { guest, form }: Sent) -> Result<Response> {
    let Guest { hub, by, .. } = &guest;
    let name = text(&form, "name");
    let came = came(role_changes::create(hub, by, name, &definition(&form)).await)?;
    if came.done.is_some() {
        return Ok(found(&role_url(hub, name)));
    }
    let page = pages::Roles {
        draft: draft(&form),
        problem: came.problem,
        ..list_page(hub, by, "").await?
    };
    guest.answer(came.status, &page).await
}

pub async fn get(Path(name): Path<String>, guest: Guest) -> Result<Response> {
    guest.show(&role_page(&guest.hub, &guest.by, &name).await?).await
}

pub async fn post(Path(name): Path<String>, Sent { guest, form }: Sent) -> Result<Response> {
    let Guest { hub, by, .. } = &guest;
    let what = text(&form, "do");
    let done = worded(
        act(hub, by, &name, what, &form).await,
        "There is no such user, group or service, or it does not have the role.",
    );
    let came = came(done)?;
    match came.done {
        Some(()) if what == "remove" => return Ok(found(&list_url(hub))),
        Some(()) => return Ok(found(&role_url(hub, &name))),
        None => {}
    }
    let mut page = role_page(hub, by, &name).await?;
    if what == "change" {
        page.draft = draft(&form);
    }
    page.problem = came.problem;
    guest.answer(came.status, &page).await
}

fn text<'a>(form: &'a Form, key: &str) -> &'a str {
    form.text(key).unwrap_or_default().trim()
}

fn definition(form: &Form) -> Definition {
    Definition {
        description: text(form, "description").to_owned(),
        scopes: text(form, "scopes").split_whitespace().map(str::to_owned).collect(),
    }
}

fn draft(form: &Form) -> pages::RoleDraft {
    let sent = |key| form.text(key).unwrap_or_default().to_owned();
    pages::RoleDraft {
        name: sent("name"),
        description: sent("description"),
        scopes: sent("scopes"),
    }
}

fn holder(form: &Form) -> Result<(Kind, &str)> {
    let kind = match text(form, "kind") {
        "user" => Kind::User,
        "group" => Kind::Group,
        "service" => Kind::Service,
        _ => {
            return Err(HttpError::bad_request(
                "A role is given to a user, a group or a service.",
            ));
        }
    };
    let name = text(form, "holder");
    // PostgreSQL can't even look for it.
    if name.contains('\0') {
        return Err(HttpError::not_found());
    }
    Ok((kind, name))
}

async fn act(hub: &Hub, by: &Principal, name: &str, what: &str, form: &Form) -> Result<()> {
    match what {
        "change" => role_changes::change(hub, by, name, &definition(form)).await.map(drop),
        "remove" => role_changes::remove(hub, by, name).await,
        "give" => role_changes::give(hub, by, name, holder(form)?, moment(text(form, "until"))?)
            .await
            .map(drop),
        "take" => role_changes::take(hub, by, name, holder(form)?).await,
        _ => Err(HttpError::bad_request("This form is not known here.")),
    }
}

async fn require(hub: &Hub, by: &Principal, scope: Scope) -> Result<()> {
    by.require(&hub.store, &[scope], Resource::Everything).await
}

async fn may(hub: &Hub, by: &Principal, scope: Scope) -> Result<bool> {
    by.may(&hub.store, scope, Resource::Everything).await
}

fn list_url(hub: &Hub) -> String {
    format!("{}admin/roles", hub.prefix())
}

fn role_url(hub: &Hub, name: &str) -> String {
    format!("{}/{}", list_url(hub), escape::segment(name))
}

async fn list_page(hub: &Hub, by: &Principal, query: &str) -> Result<pages::Roles> {
    require(hub, by, Scope::ListRoles).await?;
    let place = Counted::read(query, ROLES);
    let (found, total) = roles::list(&hub.store, place.offset, ROLES).await?;
    let url = |offset: i64| Link::to(&list_url(hub)).with("offset", offset).done();
    let line = |role: Role| pages::RoleLine {
        url: role_url(hub, &role.name),
        source: source(&role),
        name: role.name,
        description: role.description,
        scopes: role.scopes,
    };
    Ok(pages::Roles {
        roles: found.into_iter().map(line).collect(),
        may_make: may(hub, by, Scope::AdminRoles).await?,
        action_url: list_url(hub),
        previous_url: place.previous().map(url),
        next_url: place.next(total).map(url),
        ..pages::Roles::default()
    })
}

async fn role_page(hub: &Hub, by: &Principal, name: &str) -> Result<pages::Role> {
    require(hub, by, Scope::ListRoles).await?;
    let role = roles::by_name(&hub.store, name)
        .await?
        .ok_or_else(HttpError::not_found)?;
    let (mut grants, mut more_grants) = (None, 0);
    if may(hub, by, Scope::ReadRoles).await? {
        let (found, total) = roles::grants(&hub.store, role.id, 0, GRANTS, hub.clock.now()).await?;
        more_grants = total - i64::try_from(found.len()).unwrap_or(total);
        grants = Some(found.into_iter().map(grant_line).collect());
    }
    Ok(pages::Role {
        source: source(&role),
        may_change: role.source == Source::Hub && may(hub, by, Scope::AdminRoles).await?,
        may_give: by.scopes.holds(Scope::GrantRoles),
        grants,
        more_grants,
        action_url: role_url(hub, name),
        list_url: list_url(hub),
        draft: pages::RoleDraft {
            name: role.name.clone(),
            description: role.description,
            scopes: role.scopes.join("\n"),
        },
        name: role.name,
        problem: None,
    })
}

fn source(role: &Role) -> String {
    match (role.source, &role.created_by) {
        (Source::BuiltIn, _) => "Built in".to_owned(),
        (Source::Configuration, _) => "From the configuration".to_owned(),
        (Source::Authenticator, _) => "From sign-in".to_owned(),
        (Source::Hub, by) => format!("Made by {}", by.as_deref().unwrap_or("somebody")),
    }
}

fn grant_line(grant: Grant) -> pages::GrantLine {
    let time = |at: Timestamp| at.strftime("%Y-%m-%d %H:%M UTC").to_string();
    pages::GrantLine {
        kind: Kind::of(grant.member).name().to_owned(),
        name: grant.name,
        granted_by: grant.granted_by,
        granted: grant.granted.map(time),
        expires_at: grant.expires_at.map(time),
    }
}
