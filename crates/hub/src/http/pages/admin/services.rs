//! `/hub/admin/services`: which services there are and whether they answer; those made here are deleted here.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{OriginalUri, State};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::Response;
use perijove_model::escape;
use perijove_model::scopes::{Resource, Scope};
use perijove_store::oauth;
use perijove_store::services::{self, Service};
use perijove_web::pages::{AdminServices, ServiceDraft, ServiceLine};
use serde_json::{Map, Value, json};

use super::{menu, problem};
use crate::Hub;
use crate::http::api::service as api;
use crate::http::error::{HttpError, Result};
use crate::http::form::Form;
use crate::http::pages::{allows, render, signed_in};
use crate::http::visitor::{Principal, Visitor};
use crate::http::xsrf::query_value;
use crate::services::{health, path};

/// What has not answered by then does not.
const PATIENCE: Duration = Duration::from_secs(1);

pub async fn get(State(hub): State<Arc<Hub>>, OriginalUri(uri): OriginalUri, visitor: Visitor) -> Result<Response> {
    let principal = match signed_in(&hub, &visitor, &uri) {
        Ok(principal) => principal,
        Err(elsewhere) => return Ok(elsewhere),
    };
    menu::SERVICES.require(&hub, principal).await?;
    let mut page = page(&hub, principal).await?;
    if let Some(name) = query_value(uri.query().unwrap_or_default(), "change") {
        page.draft = kept(&hub, principal, &name).await?;
        page.changes = true;
    }
    render(&hub, &visitor, StatusCode::OK, &page).await
}

/// What a service is like now, for whoever may change it.
async fn kept(hub: &Hub, by: &Principal, name: &str) -> Result<ServiceDraft> {
    let needed = [Scope::AdminServices];
    by.require(&hub.store, &needed, Resource::Service(name)).await?;
    // PostgreSQL can't even look for it.
    let found = match name.contains('\0') {
        true => None,
        false => services::by_name(&hub.store, name).await?,
    };
    let service = found
        .filter(|service| !service.from_config)
        .ok_or_else(HttpError::not_found)?;
    let client = match &service.oauth_client_id {
        Some(client_id) => oauth::client(&hub.store, client_id).await?,
        None => None,
    };
    Ok(ServiceDraft {
        name: service.name,
        url: service.url.unwrap_or_default(),
        oauth_redirect_uri: client.map(|client| client.redirect_uri).unwrap_or_default(),
        oauth_client_allowed_scopes: service.oauth_client_allowed_scopes.join("\n"),
        display: service.display,
        oauth_no_confirm: service.oauth_no_confirm,
    })
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
    menu::SERVICES.require(&hub, principal).await?;
    let name = form.text("name").unwrap_or_default().trim().to_owned();
    let draft = draft(&form);
    if form.text("do") == Some("delete") && form.text("sure") != Some("yes") {
        let page = AdminServices {
            doomed: Some(name),
            ..page(&hub, principal).await?
        };
        return render(&hub, &visitor, StatusCode::OK, &page).await;
    }
    let done = match form.text("do") {
        Some("add") => api::make(&hub, principal, &name, wanted(&form, &draft))
            .await
            .map(|_| ("add", name)),
        Some("change") => api::change(&hub, principal, &name, changes(&draft))
            .await
            .map(|_| ("change", name)),
        Some("delete") => api::remove(&hub, principal, &name).await.map(|()| ("delete", name)),
        _ => Err(HttpError::bad_request("This form is not known here.")),
    };
    match done {
        Ok(done) => {
            let page = AdminServices {
                done: Some(done),
                ..page(&hub, principal).await?
            };
            render(&hub, &visitor, StatusCode::OK, &page).await
        }
        Err(error) if error.status.is_client_error() => {
            let page = AdminServices {
                problem: Some(problem(&error)),
                changes: form.text("do") == Some("change"),
                draft,
                ..page(&hub, principal).await?
            };
            render(&hub, &visitor, error.status, &page).await
        }
        Err(error) => Err(error),
    }
}

fn draft(form: &Form) -> ServiceDraft {
    let text = |name| form.text(name).unwrap_or_default().trim().to_owned();
    ServiceDraft {
        name: text("name"),
        url: text("url"),
        oauth_redirect_uri: text("oauth_redirect_uri"),
        oauth_client_allowed_scopes: text("oauth_client_allowed_scopes"),
        display: form.text("display") == Some("yes"),
        oauth_no_confirm: form.text("oauth_no_confirm") == Some("yes"),
    }
}

/// Of a service that is there all is said, also what is empty now.
fn changes(draft: &ServiceDraft) -> Map<String, Value> {
    let scopes: Vec<&str> = draft.oauth_client_allowed_scopes.split_whitespace().collect();
    Map::from_iter([
        ("url".to_owned(), json!(draft.url)),
        ("oauth_redirect_uri".to_owned(), json!(draft.oauth_redirect_uri)),
        ("oauth_client_allowed_scopes".to_owned(), json!(scopes)),
        ("display".to_owned(), json!(draft.display)),
        ("oauth_no_confirm".to_owned(), json!(draft.oauth_no_confirm)),
    ])
}

/// As a program would send it; what is empty is left out.
fn wanted(form: &Form, draft: &ServiceDraft) -> Map<String, Value> {
    let scopes: Vec<&str> = draft.oauth_client_allowed_scopes.split_whitespace().collect();
    let mut wanted = Map::from_iter([
        ("display".to_owned(), json!(draft.display)),
        ("oauth_no_confirm".to_owned(), json!(draft.oauth_no_confirm)),
        ("oauth_client_allowed_scopes".to_owned(), json!(scopes)),
    ]);
    let texts = [
        ("url", draft.url.as_str()),
        ("oauth_redirect_uri", draft.oauth_redirect_uri.as_str()),
        ("api_token", form.text("api_token").unwrap_or_default().trim()),
    ];
    for (key, text) in texts.into_iter().filter(|(_, text)| !text.is_empty()) {
        wanted.insert(key.to_owned(), json!(text));
    }
    wanted
}

async fn page(hub: &Hub, by: &Principal) -> Result<AdminServices> {
    let may = |scope, service: &Service| allows(by, scope, Resource::Service(&service.name));
    let mut all = services::list(&hub.store).await?;
    all.retain(|service| {
        let seen = [Scope::ListServices, Scope::ReadServices, Scope::ReadServicesName];
        seen.into_iter().any(|scope| may(scope, service))
    });
    let answers = health::now(hub, &all, PATIENCE).await;
    let mut roles: HashMap<i64, Vec<String>> = HashMap::new();
    for (id, role) in services::roles(&hub.store).await? {
        roles.entry(id).or_default().push(role);
    }
    let line = |service: Service| {
        let seen = may(Scope::ReadServices, &service);
        let may_delete = !service.from_config && may(Scope::AdminServices, &service);
        let with_roles = may(Scope::ReadRolesServices, &service);
        ServiceLine {
            path: service.url.as_ref().filter(|_| seen).map(|_| path(hub, &service.name)),
            answers: answers.get(&service.name).copied().filter(|_| seen),
            managed: seen && !service.command.is_empty(),
            pid: service.pid.filter(|_| seen),
            from_config: service.from_config,
            admin: service.admin,
            client_id: service.oauth_client_id.filter(|_| seen),
            url: service.url.filter(|_| seen),
            roles: match with_roles {
                true => roles.remove(&service.id).unwrap_or_default(),
                false => Vec::new(),
            },
            change_url: may_delete.then(|| {
                let name = escape::component(&service.name);
                format!("{}?change={name}#service_form", menu::SERVICES.url(hub))
            }),
            may_delete,
            name: service.name,
        }
    };
    Ok(AdminServices {
        services: all.into_iter().map(line).collect(),
        may_add: allows(by, Scope::AdminServices, Resource::Everything),
        action_url: menu::SERVICES.url(hub),
        draft: ServiceDraft {
            display: true,
            ..ServiceDraft::default()
        },
        ..AdminServices::default()
    })
}
