//! `/hub/admin/roles` and `/hub/admin/roles/{role}`: roles for people, as the API has them for programs.

use std::sync::Arc;

use axum::Form;
use axum::extract::{OriginalUri, Path, State};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::Response;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use perijove_model::escape;
use perijove_model::scopes::{Resource, Scope};
use perijove_store::roles::{self, Grant, Role, Source};
use perijove_web::pages;
use serde::Deserialize;

use crate::Hub;
use crate::http::error::{HttpError, Result};
use crate::http::found;
use crate::http::role_changes::{self, Definition, Kind};
use crate::http::visitor::{Principal, Visitor};
use crate::http::xsrf::query_value;

/// On one page.
const ROLES: i64 = 50;
const GRANTS: i64 = 100;

/// The fields of all the forms here.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Fields {
    #[serde(rename = "_xsrf")]
    xsrf: Option<String>,
    #[serde(rename = "do")]
    act: String,
    name: String,
    description: String,
    scopes: String,
    kind: String,
    holder: String,
    until: String,
}

impl Fields {
    fn definition(&self) -> Definition {
        Definition {
            description: self.description.trim().to_owned(),
            scopes: self.scopes.split_whitespace().map(str::to_owned).collect(),
        }
    }

    fn draft(&self) -> pages::RoleDraft {
        pages::RoleDraft {
            name: self.name.clone(),
            description: self.description.clone(),
            scopes: self.scopes.clone(),
        }
    }

    fn holder(&self) -> Result<(Kind, &str)> {
        let kind = match self.kind.as_str() {
            "user" => Kind::User,
            "group" => Kind::Group,
            "service" => Kind::Service,
            _ => {
                return Err(HttpError::bad_request(
                    "A role is given to a user, a group or a service.",
                ));
            }
        };
        let name = self.holder.trim();
        // PostgreSQL can't even look for it.
        if name.contains('\0') {
            return Err(HttpError::not_found());
        }
        Ok((kind, name))
    }

    fn end(&self) -> Result<Option<Timestamp>> {
        if self.until.trim().is_empty() {
            return Ok(None);
        }
        let wrong = || HttpError::bad_request("The end is a date and a time, such as 2026-12-24T18:00.");
        let end: DateTime = self.until.trim().parse().map_err(|_| wrong())?;
        let end = end.to_zoned(TimeZone::UTC).map_err(|_| wrong())?;
        Ok(Some(end.timestamp()))
    }
}

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
    Form(fields): Form<Fields>,
) -> Result<Response> {
    let principal = match super::signed_in(&hub, &visitor, &uri) {
        Ok(principal) => principal,
        Err(elsewhere) => return Ok(elsewhere),
    };
    visitor
        .xsrf
        .check_form(fields.xsrf.as_deref(), &headers, &Method::POST)?;
    let name = fields.name.trim();
    match role_changes::create(&hub, principal, name, &fields.definition()).await {
        Ok(_) => Ok(found(&role_url(&hub, name))),
        Err(error) => {
            let (status, problem) = told(error)?;
            let page = pages::Roles {
                draft: fields.draft(),
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
    let page = role_page(&hub, principal, &name).await?;
    super::render(&hub, &visitor, StatusCode::OK, &page).await
}

pub async fn post(
    State(hub): State<Arc<Hub>>,
    OriginalUri(uri): OriginalUri,
    Path(name): Path<String>,
    headers: HeaderMap,
    visitor: Visitor,
    Form(fields): Form<Fields>,
) -> Result<Response> {
    let principal = match super::signed_in(&hub, &visitor, &uri) {
        Ok(principal) => principal,
        Err(elsewhere) => return Ok(elsewhere),
    };
    visitor
        .xsrf
        .check_form(fields.xsrf.as_deref(), &headers, &Method::POST)?;
    match act(&hub, principal, &name, &fields).await {
        Ok(()) if fields.act == "remove" => Ok(found(&list_url(&hub))),
        Ok(()) => Ok(found(&role_url(&hub, &name))),
        Err(error) => {
            let (status, problem) = told(error)?;
            let mut page = role_page(&hub, principal, &name).await?;
            if fields.act == "change" {
                page.draft = fields.draft();
            }
            page.problem = Some(problem);
            super::render(&hub, &visitor, status, &page).await
        }
    }
}

async fn act(hub: &Hub, by: &Principal, name: &str, fields: &Fields) -> Result<()> {
    match fields.act.as_str() {
        "change" => role_changes::change(hub, by, name, &fields.definition())
            .await
            .map(drop),
        "remove" => role_changes::remove(hub, by, name).await,
        "give" => role_changes::give(hub, by, name, fields.holder()?, fields.end()?)
            .await
            .map(drop),
        "take" => role_changes::take(hub, by, name, fields.holder()?).await,
        _ => Err(HttpError::bad_request("This form is not known here.")),
    }
}

/// What is said above the form; whatever is not the visitor's doing is an error page.
fn told(error: HttpError) -> Result<(StatusCode, String)> {
    if error.status.is_server_error() {
        return Err(error);
    }
    let nothing = || "There is no such user, group or service, or it does not have the role.".to_owned();
    Ok((error.status, error.message.unwrap_or_else(nothing)))
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

async fn list_page(hub: &Hub, by: &Principal, offset: i64) -> Result<pages::Roles> {
    require(hub, by, Scope::ListRoles).await?;
    let offset = offset.clamp(0, i64::MAX - ROLES);
    let (found, total) = roles::list(&hub.store, offset, ROLES).await?;
    let url = |offset: i64| format!("{}?offset={offset}", list_url(hub));
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
        previous_url: (offset > 0).then(|| url((offset - ROLES).max(0))),
        next_url: (offset + ROLES < total).then(|| url(offset + ROLES)),
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
