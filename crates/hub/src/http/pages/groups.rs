//! `/hub/admin/groups` and `/hub/admin/groups/{group}`: groups for people, as the API has them for programs.

use axum::extract::Path;
use axum::response::Response;
use perijove_model::escape;
use perijove_model::scopes::{Reach, Resource, Scope};
use perijove_store::groups;
use perijove_web::pages;

use super::filters::{Counted, Link};
use super::guest::{Guest, Sent, came};
use crate::Hub;
use crate::http::api::group::{self as api, Change};
use crate::http::error::{HttpError, Result};
use crate::http::found;
use crate::http::visitor::Principal;

/// On one page.
const GROUPS: i64 = 50;
const MEMBERS: i64 = 500;

pub async fn list(guest: Guest) -> Result<Response> {
    guest
        .show(&list_page(&guest.hub, &guest.by, guest.query()).await?)
        .await
}

pub async fn create(Sent { guest, form }: Sent) -> Result<Response> {
    let Guest { hub, by, .. } = &guest;
    let text = |key: &str| form.text(key).unwrap_or_default();
    let (name, users) = (text("name").trim(), text("users"));
    let came = came(api::create_one(hub, by, name, &names(users)).await)?;
    if came.done.is_some() {
        return Ok(found(&group_url(hub, name)));
    }
    let page = pages::Groups {
        draft: pages::GroupDraft {
            name: name.to_owned(),
            users: users.to_owned(),
        },
        problem: came.problem,
        ..list_page(hub, by, "").await?
    };
    guest.answer(came.status, &page).await
}

pub async fn get(Path(name): Path<String>, guest: Guest) -> Result<Response> {
    guest.show(&group_page(&guest.hub, &guest.by, &name).await?).await
}

pub async fn post(Path(name): Path<String>, Sent { guest, form }: Sent) -> Result<Response> {
    let Guest { hub, by, .. } = &guest;
    let users = form.text("users").unwrap_or_default();
    let act = form.text("do").unwrap_or_default();
    let done = match act {
        "add" => api::change_members(hub, by, &name, &names(users), Change::Add).await,
        "take" => api::change_members(hub, by, &name, &names(users), Change::Remove).await,
        "delete" => api::remove(hub, by, &name).await,
        _ => Err(HttpError::bad_request("This form is not known here.")),
    };
    let came = came(done)?;
    match came.done {
        Some(()) if act == "delete" => return Ok(found(&list_url(hub))),
        Some(()) => return Ok(found(&group_url(hub, &name))),
        None => {}
    }
    let page = pages::Group {
        problem: came.problem,
        draft: users.to_owned(),
        ..group_page(hub, by, &name).await?
    };
    guest.answer(came.status, &page).await
}

/// One on each line.
fn names(text: &str) -> Vec<String> {
    let names = text.lines().map(str::trim).filter(|name| !name.is_empty());
    names.map(str::to_owned).collect()
}

fn list_url(hub: &Hub) -> String {
    format!("{}admin/groups", hub.prefix())
}

fn group_url(hub: &Hub, name: &str) -> String {
    format!("{}/{}", list_url(hub), escape::segment(name))
}

async fn list_page(hub: &Hub, by: &Principal, query: &str) -> Result<pages::Groups> {
    let only: Option<Vec<String>> = match by.scopes.require_some(Scope::ListGroups)? {
        Reach::All => None,
        Reach::Only(filters) => Some(filters.groups().map(str::to_owned).collect()),
    };
    let place = Counted::read(query, GROUPS);
    let (found, total) = groups::list(&hub.store, only.as_deref(), place.offset, GROUPS).await?;
    let ids: Vec<i64> = found.iter().map(|group| group.id).collect();
    let sizes = groups::sizes(&hub.store, &ids).await?;
    let roles = groups::roles(&hub.store, &ids).await?;
    let line = |group: groups::Group| {
        let may = |scope| super::allows(by, scope, Resource::Group(&group.name));
        let size = sizes
            .iter()
            .find(|(id, _)| *id == group.id)
            .map_or(0, |(_, size)| *size);
        let theirs = roles.iter().filter(|(id, _)| *id == group.id);
        pages::GroupLine {
            members: may(Scope::ReadGroups).then_some(size),
            roles: match may(Scope::ReadRolesGroups) {
                true => theirs.map(|(_, role)| role.clone()).collect(),
                false => Vec::new(),
            },
            url: group_url(hub, &group.name),
            name: group.name,
        }
    };
    let url = |offset: i64| Link::to(&list_url(hub)).with("offset", offset).done();
    Ok(pages::Groups {
        groups: found.into_iter().map(line).collect(),
        total,
        may_make: super::allows(by, Scope::AdminGroups, Resource::Everything),
        action_url: list_url(hub),
        previous_url: place.previous().map(url),
        next_url: place.next(total).map(url),
        ..pages::Groups::default()
    })
}

async fn group_page(hub: &Hub, by: &Principal, name: &str) -> Result<pages::Group> {
    let this = Resource::Group(name);
    by.require(&hub.store, &[Scope::ReadGroups, Scope::ReadGroupsName], this)
        .await?;
    let group = groups::by_name(&hub.store, name)
        .await?
        .ok_or_else(HttpError::not_found)?;
    let (mut members, mut more_members) = (None, 0);
    if super::allows(by, Scope::ReadGroups, this) {
        let total = groups::sizes(&hub.store, &[group.id]).await?;
        let shown = groups::some_members(&hub.store, group.id, MEMBERS).await?;
        let total = total.first().map_or(0, |(_, size)| *size);
        more_members = (total - i64::try_from(shown.len()).unwrap_or(total)).max(0);
        members = Some(shown);
    }
    Ok(pages::Group {
        properties: members
            .is_some()
            .then(|| serde_json::to_string_pretty(&group.properties).unwrap_or_default()),
        members,
        more_members,
        may_change: super::allows(by, Scope::Groups, this),
        may_delete: super::allows(by, Scope::DeleteGroups, this),
        action_url: group_url(hub, name),
        list_url: list_url(hub),
        name: group.name,
        ..pages::Group::default()
    })
}
