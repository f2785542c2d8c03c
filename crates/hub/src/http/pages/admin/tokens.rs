//! `/hub/admin/tokens`: the tokens of everybody, to find those that are left over, and to revoke them.

use axum::http::StatusCode;
use axum::response::Response;
use jiff::{SignedDuration, Timestamp};
use perijove_model::scopes::{Resource, Scope};
use perijove_store::tokens::list::{ListQuery, Listed};
use perijove_store::tokens::{self, Owner, Token};
use perijove_store::{oauth, services, users};
use perijove_web::pages::{AllTokens, AnyToken, TokensQuery};
use serde_json::json;

use super::{menu, only};
use crate::Hub;
use crate::audit::{self, Act};
use crate::http::api::{self, models};
use crate::http::error::{HttpError, Result};
use crate::http::pages::allows;
use crate::http::pages::filters::{Field, Filters, Paged, Takes, said};
use crate::http::pages::guest::{Guest, Sent, came};
use crate::http::visitor::Principal;

const SHOWN: i64 = 100;

pub async fn get(guest: Guest) -> Result<Response> {
    let (hub, by) = guest.at(&menu::TOKENS).await?;
    guest.show(&page(hub, by, guest.query()).await?).await
}

pub async fn post(Sent { guest, form }: Sent) -> Result<Response> {
    let (hub, by) = guest.at(&menu::TOKENS).await?;
    let came = came(revoke(hub, by, form.text("revoke").unwrap_or_default()).await)?;
    let page = AllTokens {
        revoked: came.done,
        problem: came.problem,
        ..page(hub, by, guest.query()).await?
    };
    guest.answer(came.status, &page).await
}

/// Gives whose it was. What the visitor may not touch is as if it were not there.
async fn revoke(hub: &Hub, by: &Principal, id: &str) -> Result<String> {
    let gone = || HttpError::new(StatusCode::NOT_FOUND, "There is no such token any more.");
    // No larger number fits into the column.
    let number: i32 = id.strip_prefix('a').and_then(|id| id.parse().ok()).ok_or_else(gone)?;
    let token = tokens::get(&hub.store, number.into()).await?.ok_or_else(gone)?;
    match token.owner {
        Owner::User(id) => {
            let user = users::by_id(&hub.store, id).await?.ok_or_else(gone)?;
            let whose = Resource::User(&user.name);
            by.require(&hub.store, &[Scope::Tokens], whose).await?;
            api::tokens::revoke(hub, by, &user, &token).await?;
            Ok(user.name)
        }
        Owner::Service(id) => {
            let service = services::by_id(&hub.store, id).await?.ok_or_else(gone)?;
            let whose = Resource::Service(&service.name);
            by.require(&hub.store, &[Scope::AdminServices], whose).await?;
            revoke_of_service(hub, by, &service.name, &token).await?;
            Ok(service.name)
        }
    }
}

async fn revoke_of_service(hub: &Hub, by: &Principal, name: &str, token: &Token) -> Result<()> {
    let tx = hub.store.begin().await?;
    tokens::delete(&tx, token.id).await?;
    let detail = json!({ "id": format!("a{}", token.id), "note": token.note });
    audit::record(hub, &tx, by, Act::TokenRevoked, &format!("service {name}"), detail).await?;
    tx.commit().await?;
    Ok(())
}

impl Filters for TokensQuery {
    fn fields(&mut self) -> Vec<Field<'_>> {
        vec![
            ("owner", Takes::Text, &mut self.owner),
            ("kind", Takes::OneOf(&["own", "issued"]), &mut self.kind),
            ("expiry", Takes::OneOf(&["endless"]), &mut self.expiry),
            ("unused", Takes::OneOf(&["7", "30", "90", "365"]), &mut self.unused),
        ]
    }
}

async fn page(hub: &Hub, by: &Principal, query: &str) -> Result<AllTokens> {
    let (list, url) = (Paged::<TokensQuery>::read(query), menu::TOKENS.url(hub));
    let asked = &list.filters;
    let now = hub.clock.now();
    let unused = asked.unused.parse::<i64>().ok();
    let wanted = ListQuery {
        owner: said(&asked.owner),
        issued: match asked.kind.as_str() {
            "own" => Some(false),
            "issued" => Some(true),
            _ => None,
        },
        endless: asked.expiry == "endless",
        unused_since: unused.and_then(|days| now.checked_sub(SignedDuration::from_hours(24 * days)).ok()),
        after: list.after,
        limit: SHOWN + 1,
        only: only(by.scopes.require_some(Scope::ReadTokens)?),
    };
    // When each was used is what the list is for.
    hub.seen.flush(&hub.store).await;
    let mut found = tokens::list::list(&hub.store, &wanted, now).await?;
    Ok(AllTokens {
        next_url: list.next(&url, &mut found, SHOWN, |listed| listed.token.id),
        first_url: list.first(&url),
        tokens: found.into_iter().map(|listed| row(by, &url, asked, listed)).collect(),
        action_url: list.here(&url),
        list_url: url,
        asked: list.filters,
        ..AllTokens::default()
    })
}

fn row(by: &Principal, url: &str, asked: &TokensQuery, listed: Listed) -> AnyToken {
    let Listed {
        token,
        user,
        service,
        client,
    } = listed;
    let may_revoke = match (&user, &service) {
        // Of a member of a group that they look after it is found out when they do it.
        (Some(user), _) => allows(by, Scope::Tokens, Resource::User(user)) || by.scopes.holds(Scope::Tokens),
        (None, Some(service)) => allows(by, Scope::AdminServices, Resource::Service(service)),
        (None, None) => false,
    };
    let of_service = user.is_none();
    let owner = user.or(service).unwrap_or_default();
    let of_owner = TokensQuery {
        owner: owner.clone(),
        ..asked.clone()
    };
    let time = |at: Option<Timestamp>| at.map(models::time);
    AnyToken {
        id: format!("a{}", token.id),
        owner_url: of_owner.link(url).done(),
        owner,
        of_service,
        note: token.note.unwrap_or_default(),
        scopes: token.scopes,
        client: client.filter(|_| token.client_id.as_deref() != Some(oauth::PLAIN_CLIENT)),
        created: time(token.created),
        last_used: time(token.last_activity),
        expires_at: time(token.expires_at),
        may_revoke,
    }
}
