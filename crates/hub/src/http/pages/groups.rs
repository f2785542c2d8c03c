//! `/hub/admin/groups` and `/hub/admin/groups/{group}`: groups for people, as the API has them for programs.

use std::sync::Arc;

use axum::extract::{OriginalUri, Path, State};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::Response;
use perijove_model::escape;
use perijove_model::scopes::{Reach, Resource, Scope};
use perijove_store::groups;
use perijove_web::pages;

use crate::Hub;
use crate::http::api::group::{self as api, Change};
use crate::http::error::{HttpError, Result};
use crate::http::form::Form;
use crate::http::found;
use crate::http::visitor::{Principal, Visitor};
use crate::http::xsrf::query_value;

/// On one page.
const GROUPS: i64 = 50;
const MEMBERS: i64 = 500;

pub async fn list(State(hub): State<Arc<Hub>>, OriginalUri(uri): OriginalUri, visitor: Visitor) -> Result<Response> {
    let principal = match super::signed_in(&hub, &visitor, &uri) {
        Ok(principal) => principal,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let offset = query_value(uri.query().unwrap_or_default(), "offset");
    let offset = offset.and_then(|text| text.parse().ok()).unwrap_or(0);
    let page = list_page(&hub, principal, offset).await?;
    super::render(&hub, &visitor, StatusCode::OK, &page).await
}

pub async fn create(
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
    let text = |key: &str| form.text(key).unwrap_or_default();
    let (name, users) = (text("name").trim(), text("users"));
    match api::create_one(&hub, principal, name, &names(users)).await {
        Ok(_) => Ok(found(&group_url(&hub, name))),
        Err(error) => {
            let (status, problem) = told(error)?;
            let page = pages::Groups {
                draft: pages::GroupDraft {
                    name: name.to_owned(),
                    users: users.to_owned(),
                },
                problem: Some(problem),
                ..list_page(&hub, principal, 0).await?
            };
            super::render(&hub, &visitor, status, &page).await
        }
    }
}

pub async fn get(
    State(hub): State<Arc<Hub>>,
    OriginalUri(uri): OriginalUri,
    Path(name): Path<String>,
    visitor: Visitor,
) -> Result<Response> {
    let principal = match super::signed_in(&hub, &visitor, &uri) {
        Ok(principal) => principal,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let page = group_page(&hub, principal, &name).await?;
    super::render(&hub, &visitor, StatusCode::OK, &page).await
}

pub async fn post(
    State(hub): State<Arc<Hub>>,
    OriginalUri(uri): OriginalUri,
    Path(name): Path<String>,
    headers: HeaderMap,
    visitor: Visitor,
    form: Form,
) -> Result<Response> {
    let principal = match super::signed_in(&hub, &visitor, &uri) {
        Ok(principal) => principal,
        Err(elsewhere) => return Ok(elsewhere),
    };
    visitor.xsrf.check_form(form.text("_xsrf"), &headers, &Method::POST)?;
    let users = form.text("users").unwrap_or_default();
    let act = form.text("do").unwrap_or_default();
    let done = match act {
        "add" => api::change_members(&hub, principal, &name, &names(users), Change::Add).await,
        "take" => api::change_members(&hub, principal, &name, &names(users), Change::Remove).await,
        "delete" => api::remove(&hub, principal, &name).await,
        _ => Err(HttpError::bad_request("This form is not known here.")),
    };
    match done {
        Ok(()) if act == "delete" => Ok(found(&list_url(&hub))),
        Ok(()) => Ok(found(&group_url(&hub, &name))),
        Err(error) => {
            let (status, problem) = told(error)?;
            let page = pages::Group {
                problem: Some(problem),
                draft: users.to_owned(),
                ..group_page(&hub, principal, &name).await?
            };
            super::render(&hub, &visitor, status, &page).await
        }
    }
}

/// One on each line.
fn names(text: &str) -> Vec<String> {
    let names = text.lines().map(str::trim).filter(|name| !name.is_empty());
    names.map(str::to_owned).collect()
}

/// What is said above the form; whatever is not the visitor's doing is an error page.
fn told(error: HttpError) -> Result<(StatusCode, String)> {
    match error.message.clone() {
        Some(message) if error.status.is_client_error() => Ok((error.status, message)),
        _ => Err(error),
    }
}

fn list_url(hub: &Hub) -> String {
    format!("{}admin/groups", hub.prefix())
}

fn group_url(hub: &Hub, name: &str) -> String {
    format!("{}/{}", list_url(hub), escape::segment(name))
}

async fn list_page(hub: &Hub, by: &Principal, offset: i64) -> Result<pages::Groups> {
    let only: Option<Vec<String>> = match by.scopes.require_some(Scope::ListGroups)? {
        Reach::All => None,
        Reach::Only(filters) => Some(filters.groups().map(str::to_owned).collect()),
    };
    let offset = offset.clamp(0, i64::MAX - GROUPS);
    let (found, total) = groups::list(&hub.store, only.as_deref(), offset, GROUPS).await?;
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
    let url = |offset: i64| format!("{}?offset={offset}", list_url(hub));
    Ok(pages::Groups {
        groups: found.into_iter().map(line).collect(),
        total,
        may_make: super::allows(by, Scope::AdminGroups, Resource::Everything),
        action_url: list_url(hub),
        previous_url: (offset > 0).then(|| url((offset - GROUPS).max(0))),
        next_url: (offset + GROUPS < total).then(|| url(offset + GROUPS)),
        ..pages::Groups::default()
    })
}

async fn group_page(hub: &Hub, by: &Principal, name: &str) -> Result<pages::Group> {
    let this = Resource::Group(name);
    by.require(&hub.store, &[Scope::ReadGroups, Scope::ReadGroupsName], this)
        .await?;
    // PostgreSQL can't even look for it.
    let found = match name.contains('\0') {
        true => None,
        false => groups::by_name(&hub.store, name).await?,
    };
    let group = found.ok_or_else(HttpError::not_found)?;
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
