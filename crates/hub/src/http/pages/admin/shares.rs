//! `/hub/admin/shares`: what is shared with whom, and codes that give shares, to be taken back.

use axum::http::StatusCode;
use axum::response::Response;
use perijove_model::scopes::{Resource, Scope};
use perijove_store::share_codes::{self, ShareCode};
use perijove_store::shares::overview::{self, Asked};
use perijove_store::shares::{self, Share, SharedWith};
use perijove_web::pages::{AllShares, AnyCode, AnyShare};
use serde_json::{Value, json};

use super::{menu, only};
use crate::Hub;
use crate::audit::{self, Act};
use crate::http::api::models;
use crate::http::error::{HttpError, Result};
use crate::http::pages::allows;
use crate::http::pages::filters::{Field, Filters, Paged, Takes, said};
use crate::http::pages::guest::{Guest, Sent, came};
use crate::http::visitor::Principal;

const SHOWN: i64 = 100;

pub async fn get(guest: Guest) -> Result<Response> {
    let (hub, by) = guest.at(&menu::SHARES).await?;
    guest.show(&page(hub, by, guest.query()).await?).await
}

pub async fn post(Sent { guest, form }: Sent) -> Result<Response> {
    let (hub, by) = guest.at(&menu::SHARES).await?;
    let came = came(end(hub, by, form.text("end").unwrap_or_default()).await)?;
    let page = AllShares {
        ended: came.done,
        problem: came.problem,
        ..page(hub, by, guest.query()).await?
    };
    guest.answer(came.status, &page).await
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

/// Whose servers.
#[derive(Clone, Default)]
struct Owner(String);

impl Filters for Owner {
    fn fields(&mut self) -> Vec<Field<'_>> {
        vec![("owner", Takes::Text, &mut self.0)]
    }
}

async fn page(hub: &Hub, by: &Principal, query: &str) -> Result<AllShares> {
    let (list, url) = (Paged::<Owner>::read(query), menu::SHARES.url(hub));
    let asked = Asked {
        owner: said(&list.filters.0),
        after: list.after,
        limit: SHOWN + 1,
        only: only(by.scopes.require_some(Scope::ReadShares)?),
    };
    let now = hub.clock.now();
    let mut found = overview::shares(&hub.store, &asked, now).await?;
    // There are few, and those of a long time ago have expired: the newest are enough.
    let newest = Asked { after: None, ..asked };
    let codes = overview::codes(&hub.store, &newest, now).await?;
    let may = |user: &str, server: &str| {
        allows(by, Scope::Shares, Resource::Server { user, server }) || by.scopes.holds(Scope::Shares)
    };
    Ok(AllShares {
        next_url: list.next(&url, &mut found, SHOWN, |share| share.id),
        first_url: list.first(&url),
        shares: found.into_iter().map(|share| share_row(share, may)).collect(),
        codes: codes.into_iter().map(|code| code_row(code, may)).collect(),
        action_url: list.here(&url),
        list_url: url,
        owner: list.filters.0,
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
