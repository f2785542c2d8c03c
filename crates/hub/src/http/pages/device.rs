//! `/hub/device`: a person types the code that a program shows, sees who asks, and gives it a token or turns it down.

use std::sync::Arc;

use axum::extract::{OriginalUri, RawQuery, State};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::Response;
use perijove_model::scopes::{RawScope, Resource, Scope, describe_granted, own_identify_scopes};
use perijove_store::users::User;
use perijove_store::{devices, oauth as clients};
use perijove_web::pages::{Device, DeviceAsks, ScopeLine};
use serde_json::json;

use super::account::whose;
use crate::Hub;
use crate::audit::{self, Act};
use crate::http::api::models::time;
use crate::http::error::{HttpError, Result};
use crate::http::form::Form;
use crate::http::oauth::device::{grantable, spelled, typed};
use crate::http::visitor::{Principal, Visitor};
use crate::http::xsrf::query_value;
use crate::signin::throttle;

/// The same for codes that nobody shows, that somebody else has used, and that are too old.
const UNKNOWN: &str =
    "No program waits with this code. Codes hold for 10 minutes and once: begin again in the program.";

pub async fn get(
    State(hub): State<Arc<Hub>>,
    OriginalUri(uri): OriginalUri,
    RawQuery(query): RawQuery,
    visitor: Visitor,
) -> Result<Response> {
    let (_, user) = match may(&hub, &visitor, &uri).await? {
        Ok(who) => who,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let code = query_value(&query.unwrap_or_default(), "user_code").unwrap_or_default();
    let page = match code.is_empty() {
        true => Device::default(),
        false => look(&hub, user, &code).await?,
    };
    show(&hub, &visitor, page).await
}

pub async fn post(
    State(hub): State<Arc<Hub>>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    visitor: Visitor,
    form: Form,
) -> Result<Response> {
    let (principal, user) = match may(&hub, &visitor, &uri).await? {
        Ok(who) => who,
        Err(elsewhere) => return Ok(elsewhere),
    };
    visitor.xsrf.check_form(form.text("_xsrf"), &headers, &Method::POST)?;
    let code = form.text("user_code").unwrap_or_default();
    let page = match form.text("what") {
        Some("allow") => answer(&hub, principal, user, code, true).await?,
        Some("deny") => answer(&hub, principal, user, code, false).await?,
        _ => look(&hub, user, code).await?,
    };
    show(&hub, &visitor, page).await
}

/// Whoever may make a token for themselves.
async fn may<'a>(
    hub: &Hub,
    visitor: &'a Visitor,
    uri: &axum::http::Uri,
) -> Result<std::result::Result<(&'a Principal, &'a User), Response>> {
    if hub.config.hub.device_clients.is_empty() {
        return Err(HttpError::not_found());
    }
    match whose(hub, visitor, uri) {
        Ok((principal, user)) => {
            principal.in_person()?;
            let own = Resource::User(&user.name);
            principal.require(&hub.store, &[Scope::Tokens], own).await?;
            Ok(Ok((principal, user)))
        }
        Err(elsewhere) => Ok(Err(elsewhere)),
    }
}

/// The program that shows this code, if somebody may look for another one.
async fn found(hub: &Hub, user: &User, text: &str) -> Result<std::result::Result<(String, devices::Device), Device>> {
    let refused = |why: &str| Device {
        code: text.chars().take(20).collect(),
        error: Some(why.to_owned()),
        ..Device::default()
    };
    if !throttle::may_try_code(hub, user.id).await? {
        return Ok(Err(refused("You have tried too many codes. Try again in an hour.")));
    }
    let Some(code) = typed(text) else {
        return Ok(Err(refused("A code has 8 letters.")));
    };
    match devices::awaiting(&hub.store, &code, hub.clock.now()).await? {
        Some(device) => Ok(Ok((code, device))),
        None => Ok(Err(refused(UNKNOWN))),
    }
}

async fn look(hub: &Hub, user: &User, text: &str) -> Result<Device> {
    let (code, device) = match found(hub, user, text).await? {
        Ok(found) => found,
        Err(page) => return Ok(page),
    };
    let client = clients::client(&hub.store, &device.client_id).await?;
    let granted = grantable(hub, user, &device.scopes).await?;
    let required = own_identify_scopes().into_iter().collect();
    let lines = describe_granted(&hub.catalog, &granted, &required, &user.name);
    Ok(Device {
        asks: Some(DeviceAsks {
            client: client.map_or(device.client_id, |client| client.described().to_owned()),
            code: spelled(&code),
            agent: device.agent,
            address: device.address,
            since: time(device.created),
            scopes: lines
                .into_iter()
                .map(|line| ScopeLine {
                    scope: line.scope,
                    description: line.description,
                    filter: line.filter,
                })
                .collect(),
        }),
        ..Device::default()
    })
}

async fn answer(hub: &Hub, principal: &Principal, user: &User, text: &str, allowed: bool) -> Result<Device> {
    let (code, device) = match found(hub, user, text).await? {
        Ok(found) => found,
        Err(page) => return Ok(page),
    };
    let granted = grantable(hub, user, &device.scopes).await?;
    let scopes: Vec<String> = granted.iter().map(RawScope::to_string).collect();
    let tx = hub.store.begin().await?;
    if !devices::answer(&tx, &code, user.id, allowed.then_some(&*scopes), hub.clock.now()).await? {
        return Ok(Device {
            error: Some(UNKNOWN.to_owned()),
            ..Device::default()
        });
    }
    let detail = json!({
        "allowed": allowed,
        "client": device.client_id,
        "scopes": scopes,
        "address": device.address,
    });
    let target = format!("user {}", user.name);
    audit::record(hub, &tx, principal, Act::DeviceAnswered, &target, detail).await?;
    tx.commit().await?;
    let done = match allowed {
        true => "The program has what it asked for. Go on there; this page can be closed.",
        false => {
            "The program was turned down. If you did not begin this yourself, somebody may have tried to come in by you."
        }
    };
    Ok(Device {
        done: Some(done.to_owned()),
        ..Device::default()
    })
}

async fn show(hub: &Hub, visitor: &Visitor, page: Device) -> Result<Response> {
    let status = match page.error {
        Some(_) => StatusCode::BAD_REQUEST,
        None => StatusCode::OK,
    };
    let page = Device {
        action: format!("{}device", hub.prefix()),
        ..page
    };
    super::render(hub, visitor, status, &page).await
}
