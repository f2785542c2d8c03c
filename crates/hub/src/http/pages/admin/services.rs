//! `/hub/admin/services`: which services there are and whether they answer; those made here are deleted here.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use axum::response::Response;
use perijove_model::scopes::{Resource, Scope};
use perijove_store::oauth;
use perijove_store::services::{self, Service};
use perijove_web::pages::{AdminServices, ServiceDraft, ServiceLine};
use serde_json::{Map, Value, json};

use super::menu;
use crate::Hub;
use crate::http::api::service as api;
use crate::http::error::{HttpError, Result};
use crate::http::form::Form;
use crate::http::pages::allows;
use crate::http::pages::filters::Link;
use crate::http::pages::guest::{Guest, Sent, came};
use crate::http::visitor::Principal;
use crate::services::{health, path};

/// What has not answered by then does not.
const PATIENCE: Duration = Duration::from_secs(1);

pub async fn get(guest: Guest) -> Result<Response> {
    let (hub, by) = guest.at(&menu::SERVICES).await?;
    let mut page = page(hub, by).await?;
    if let Some(name) = guest.asks("change") {
        page.draft = kept(hub, by, &name).await?;
        page.changes = true;
    }
    guest.show(&page).await
}

/// What a service is like now, for whoever may change it.
async fn kept(hub: &Hub, by: &Principal, name: &str) -> Result<ServiceDraft> {
    let needed = [Scope::AdminServices];
    by.require(&hub.store, &needed, Resource::Service(name)).await?;
    let service = services::by_name(&hub.store, name)
        .await?
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

pub async fn post(Sent { guest, form }: Sent) -> Result<Response> {
    let (hub, by) = guest.at(&menu::SERVICES).await?;
    let name = form.text("name").unwrap_or_default().trim().to_owned();
    if form.text("do") == Some("delete") && form.text("sure") != Some("yes") {
        let page = AdminServices {
            doomed: Some(name),
            ..page(hub, by).await?
        };
        return guest.show(&page).await;
    }
    if form.text("do") == Some("token") {
        let came = came(api::renew(hub, by, &name).await)?;
        let made = came.done.map(|token| (name, token.expose().to_owned()));
        let page = AdminServices {
            made,
            problem: came.problem,
            ..page(hub, by).await?
        };
        return guest.answer(came.status, &page).await;
    }
    let draft = draft(&form);
    let came = came(act(hub, by, &name, &form, &draft).await)?;
    let page = page(hub, by).await?;
    let page = match came.done {
        Some(what) => AdminServices {
            done: Some((what, name)),
            ..page
        },
        None => AdminServices {
            problem: came.problem,
            changes: form.text("do") == Some("change"),
            draft,
            ..page
        },
    };
    guest.answer(came.status, &page).await
}

async fn act(hub: &Arc<Hub>, by: &Principal, name: &str, form: &Form, draft: &ServiceDraft) -> Result<&'static str> {
    match form.text("do") {
        Some("add") => api::make(hub, by, name, wanted(form, draft)).await.map(|_| "add"),
        Some("change") => api::change(hub, by, name, changes(draft)).await.map(|_| "change"),
        Some("delete") => api::remove(hub, by, name).await.map(|()| "delete"),
        _ => Err(HttpError::bad_request("This form is not known here.")),
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
                let page = Link::to(&menu::SERVICES.url(hub)).with("change", &service.name);
                format!("{}#service_form", page.done())
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
