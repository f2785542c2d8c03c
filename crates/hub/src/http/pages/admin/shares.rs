//! `/hub/admin/shares`: what is shared with whom, and codes that give shares, to be taken back.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::extract::{OriginalUri, State};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::Response;
use perijove_model::escape;
use perijove_model::scopes::{Resource, Scope};
use perijove_store::share_codes::{self, ShareCode};
use perijove_store::shares::overview::{self, Asked};
use perijove_store::shares::{self, Share, SharedWith};
use perijove_web::pages::{AllShares, AnyCode, AnyShare};
use serde_json::{Value, json};

use super::{menu, only, problem};
use crate::Hub;
use crate::audit::{self, Act};
use crate::http::api::models;
use crate::http::error::{HttpError, Result};
use crate::http::form::Form;
use crate::http::pages::{allows, render, signed_in};
use crate::http::visitor::{Principal, Visitor};
use crate::http::xsrf::query_value;

const SHOWN: i64 = 100;

pub async fn get(State(hub): State<Arc<Hub>>, OriginalUri(uri): OriginalUri, visitor: Visitor) -> Result<Response> {
    let principal = match signed_in(&hub, &visitor, &uri) {
        Ok(principal) => principal,
        Err(elsewhere) => return Ok(elsewhere),
    };
    menu::SHARES.require(&hub, principal).await?;
    let page = page(&hub, principal, uri.query()).await?;
    render(&hub, &visitor, StatusCode::OK, &page).await
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
    menu::SHARES.require(&hub, principal).await?;
    let (status, ended, told) = match end(&hub, principal, form.text("end").unwrap_or_default()).await {
        Ok(server) => (StatusCode::OK, Some(server), None),
        Err(error) if error.status.is_client_error() => (error.status, None, Some(problem(&error))),
        Err(error) => return Err(error),
    };
    let page = AllShares {
        ended,
        problem: told,
        ..page(&hub, principal, uri.query()).await?
    };
    render(&hub, &visitor, status, &page).await
}

fn gone() -> HttpError {
    HttpError::new(StatusCode::NOT_FOUND, "It is shared no more.")
}

/// Gives the server that it was about.
async fn end(hub: &Hub, by: &Principal, id: &str) -> Result<String> {
    let (kind, number) = id.split_once('-').ok_or_else(gone)?;
    // No larger number fits into the column.
    let number: i32 = number.parse().map_err(|_| gone())?;
    match kind {
        "share" => end_share(hub, by, number.into()).await,
        "code" => end_code(hub, by, number.into()).await,
        _ => Err(gone()),
    }
}

async fn end_share(hub: &Hub, by: &Principal, id: i64) -> Result<String> {
    let (share, recipient) = overview::share(&hub.store, id).await?.ok_or_else(gone)?;
    require(hub, by, &share.owner, &share.server).await?;
    let tx = hub.store.begin().await?;
    shares::remove(&tx, share.spawner_id, recipient).await?;
    let detail = match &share.with {
        SharedWith::User(name) => json!({ "user": name, "scopes": share.scopes }),
        SharedWith::Group(name) => json!({ "group": name, "scopes": share.scopes }),
    };
    note(hub, tx, by, Act::ShareRevoked, (&share.owner, &share.server), detail).await
}

async fn end_code(hub: &Hub, by: &Principal, id: i64) -> Result<String> {
    let code = overview::code(&hub.store, id).await?.ok_or_else(gone)?;
    require(hub, by, &code.owner, &code.server).await?;
    let tx = hub.store.begin().await?;
    share_codes::delete(&tx, code.spawner_id, code.id).await?;
    let detail = json!({ "id": format!("sc_{}", code.id) });
    note(hub, tx, by, Act::ShareCodeRevoked, (&code.owner, &code.server), detail).await
}

async fn require(hub: &Hub, by: &Principal, user: &str, server: &str) -> Result<()> {
    let resource = Resource::Server { user, server };
    by.require(&hub.store, &[Scope::Shares], resource).await
}

async fn note(
    hub: &Hub,
    tx: perijove_store::Tx,
    by: &Principal,
    act: Act,
    (owner, server): (&str, &str),
    detail: Value,
) -> Result<String> {
    audit::record(hub, &tx, by, act, &format!("server {owner}/{server}"), detail).await?;
    tx.commit().await?;
    Ok(called(owner, server))
}

fn called(owner: &str, server: &str) -> String {
    match server {
        "" => owner.to_owned(),
        server => format!("{owner}/{server}"),
    }
}

fn address(hub: &Hub, owner: &str, after: Option<i64>) -> String {
    let mut url = format!("{}?", menu::SHARES.url(hub));
    if !owner.is_empty() {
        let _ = write!(url, "owner={}&", escape::component(owner));
    }
    if let Some(after) = after {
        let _ = write!(url, "after={after}");
    }
    url.trim_end_matches(['?', '&']).to_owned()
}

async fn page(hub: &Hub, by: &Principal, query: Option<&str>) -> Result<AllShares> {
    let query = query.unwrap_or_default();
    let owner = query_value(query, "owner").map(|owner| owner.trim().to_owned());
    let owner = owner.filter(|owner| !owner.contains('\0')).unwrap_or_default();
    let after = query_value(query, "after").and_then(|after| after.parse::<i32>().ok());
    let asked = Asked {
        owner: Some(owner.clone()).filter(|owner| !owner.is_empty()),
        after: after.map(i64::from),
        limit: SHOWN + 1,
        only: only(by.scopes.require_some(Scope::ReadShares)?),
    };
    let now = hub.clock.now();
    let mut found = overview::shares(&hub.store, &asked, now).await?;
    let more = i64::try_from(found.len()).is_ok_and(|count| count > SHOWN);
    if more {
        found.pop();
    }
    // There are few, and those of a long time ago have expired: the newest are enough.
    let newest = Asked { after: None, ..asked };
    let codes = overview::codes(&hub.store, &newest, now).await?;
    let may = |user: &str, server: &str| {
        allows(by, Scope::Shares, Resource::Server { user, server }) || by.scopes.holds(Scope::Shares)
    };
    Ok(AllShares {
        next_url: found
            .last()
            .filter(|_| more)
            .map(|last| address(hub, &owner, Some(last.id))),
        first_url: after.map(|_| address(hub, &owner, None)),
        shares: found.into_iter().map(|share| share_row(share, may)).collect(),
        codes: codes.into_iter().map(|code| code_row(code, may)).collect(),
        list_url: menu::SHARES.url(hub),
        action_url: address(hub, &owner, after.map(i64::from)),
        owner,
        ..AllShares::default()
    })
}

fn share_row(share: Share, may: impl Fn(&str, &str) -> bool) -> AnyShare {
    let (with, with_group) = match share.with {
        SharedWith::User(name) => (name, false),
        SharedWith::Group(name) => (name, true),
    };
    AnyShare {
        id: format!("share-{}", share.id),
        may_end: may(&share.owner, &share.server),
        server: called(&share.owner, &share.server),
        with,
        with_group,
        scopes: short(&share.scopes),
        created: models::time(share.created_at),
    }
}

fn code_row(code: ShareCode, may: impl Fn(&str, &str) -> bool) -> AnyCode {
    AnyCode {
        id: format!("code-{}", code.id),
        may_end: may(&code.owner, &code.server),
        server: called(&code.owner, &code.server),
        scopes: short(&code.scopes),
        created: models::time(code.created_at),
        expires_at: code.expires_at.map(models::time),
        used: code.exchange_count,
    }
}

/// Which server they are about stands beside them.
fn short(scopes: &[String]) -> Vec<String> {
    let base = |scope: &String| scope.split('!').next().unwrap_or_default().to_owned();
    scopes.iter().map(base).collect()
}
