//! `/hub/admin/tokens`: the tokens of everybody, to find those that are left over, and to revoke them.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::extract::{OriginalUri, State};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::Response;
use jiff::{SignedDuration, Timestamp};
use perijove_model::escape;
use perijove_model::scopes::{Resource, Scope};
use perijove_store::tokens::list::{self, ListQuery, Listed};
use perijove_store::tokens::{self, Owner, Token};
use perijove_store::{oauth, services, users};
use perijove_web::pages::{AllTokens, AnyToken, TokensQuery};
use serde_json::json;

use super::{menu, only, problem};
use crate::Hub;
use crate::audit::{self, Act};
use crate::http::api::{self, models};
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
    menu::TOKENS.require(&hub, principal).await?;
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
    menu::TOKENS.require(&hub, principal).await?;
    let (status, revoked, told) = match revoke(&hub, principal, form.text("revoke").unwrap_or_default()).await {
        Ok(owner) => (StatusCode::OK, Some(owner), None),
        Err(error) if error.status.is_client_error() => (error.status, None, Some(problem(&error))),
        Err(error) => return Err(error),
    };
    let page = AllTokens {
        revoked,
        problem: told,
        ..page(&hub, principal, uri.query()).await?
    };
    render(&hub, &visitor, status, &page).await
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

fn read(query: &str) -> (TokensQuery, Option<i64>) {
    let text = |key: &str| {
        query_value(query, key)
            .map(|text| text.trim().to_owned())
            .filter(|text| !text.contains('\0'))
            .unwrap_or_default()
    };
    let one_of = |key: &str, known: &[&str]| Some(text(key)).filter(|text| known.contains(&text.as_str()));
    let asked = TokensQuery {
        owner: text("owner"),
        kind: one_of("kind", &["own", "issued"]).unwrap_or_default(),
        expiry: one_of("expiry", &["endless"]).unwrap_or_default(),
        unused: one_of("unused", &["7", "30", "90", "365"]).unwrap_or_default(),
    };
    (asked, text("after").parse::<i32>().ok().map(i64::from))
}

fn address(hub: &Hub, asked: &TokensQuery, after: Option<i64>) -> String {
    let pairs = [
        ("owner", &asked.owner),
        ("kind", &asked.kind),
        ("expiry", &asked.expiry),
        ("unused", &asked.unused),
    ];
    let mut url = format!("{}?", menu::TOKENS.url(hub));
    for (key, value) in pairs.into_iter().filter(|(_, value)| !value.is_empty()) {
        let _ = write!(url, "{key}={}&", escape::component(value));
    }
    if let Some(after) = after {
        let _ = write!(url, "after={after}");
    }
    url.trim_end_matches(['?', '&']).to_owned()
}

async fn page(hub: &Hub, by: &Principal, query: Option<&str>) -> Result<AllTokens> {
    let (asked, after) = read(query.unwrap_or_default());
    let now = hub.clock.now();
    let unused = asked.unused.parse::<i64>().ok();
    let wanted = ListQuery {
        owner: Some(asked.owner.clone()).filter(|owner| !owner.is_empty()),
        issued: match asked.kind.as_str() {
            "own" => Some(false),
            "issued" => Some(true),
            _ => None,
        },
        endless: asked.expiry == "endless",
        unused_since: unused.and_then(|days| now.checked_sub(SignedDuration::from_hours(24 * days)).ok()),
        after,
        limit: SHOWN + 1,
        only: only(by.scopes.require_some(Scope::ReadTokens)?),
    };
    // When each was used is what the list is for.
    hub.seen.flush(&hub.store).await?;
    let mut found = list::list(&hub.store, &wanted, now).await?;
    let more = i64::try_from(found.len()).is_ok_and(|count| count > SHOWN);
    if more {
        found.pop();
    }
    Ok(AllTokens {
        next_url: found
            .last()
            .filter(|_| more)
            .map(|last| address(hub, &asked, Some(last.token.id))),
        first_url: after.map(|_| address(hub, &asked, None)),
        tokens: found.into_iter().map(|listed| row(hub, by, &asked, listed)).collect(),
        list_url: menu::TOKENS.url(hub),
        action_url: address(hub, &asked, after),
        asked,
        ..AllTokens::default()
    })
}

fn row(hub: &Hub, by: &Principal, asked: &TokensQuery, listed: Listed) -> AnyToken {
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
    let time = |at: Option<Timestamp>| at.map(models::time);
    AnyToken {
        id: format!("a{}", token.id),
        owner_url: address(
            hub,
            &TokensQuery {
                owner: owner.clone(),
                ..asked.clone()
            },
            None,
        ),
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
