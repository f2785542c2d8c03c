//! `/hub/admin/invitations`: links with which people make accounts, as the API has them for programs.

use std::sync::Arc;

use axum::extract::{OriginalUri, State};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::Response;
use perijove_store::links;
use perijove_web::pages::{InvitationDraft, InvitationRow, Invitations};

use crate::accounts::invitations::{self, Wanted};
use crate::audit::Actor;
use crate::http::api::invitations::{may_give, may_invite};
use crate::http::api::models::time;
use crate::http::error::{HttpError, Result};
use crate::http::form::Form;
use crate::http::visitor::{Principal, Visitor};
use crate::{Hub, accounts, mail};

const DAY: i64 = 24 * 3600;

pub async fn get(State(hub): State<Arc<Hub>>, OriginalUri(uri): OriginalUri, visitor: Visitor) -> Result<Response> {
    let principal = match super::signed_in(&hub, &visitor, &uri) {
        Ok(principal) => principal,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let page = list(&hub, principal).await?;
    super::render(&hub, &visitor, StatusCode::OK, &page).await
}

pub async fn post(
    State(hub): State<Arc<Hub>>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    visitor: Visitor,
    sent: Form,
) -> Result<Response> {
    let principal = match super::signed_in(&hub, &visitor, &uri) {
        Ok(principal) => principal,
        Err(elsewhere) => return Ok(elsewhere),
    };
    visitor.xsrf.check_form(sent.text("_xsrf"), &headers, &Method::POST)?;
    may_invite(&hub, principal).await?;
    if sent.text("do") == Some("revoke") {
        // Gone meanwhile: that is what was wanted.
        if let Some(id) = sent.text("id").and_then(|id| id.parse::<i32>().ok()) {
            invitations::revoke(&hub, id.into(), &Actor::from(principal)).await?;
        }
        let page = Invitations {
            done: Some("The invitation is revoked.".to_owned()),
            ..list(&hub, principal).await?
        };
        return super::render(&hub, &visitor, StatusCode::OK, &page).await;
    }
    match make(&hub, principal, &sent, visitor.words.tag()).await {
        Ok((url, words)) => {
            let page = Invitations {
                made: Some(url),
                done: Some(words),
                ..list(&hub, principal).await?
            };
            super::render(&hub, &visitor, StatusCode::OK, &page).await
        }
        Err(error) if error.status.is_client_error() => {
            let page = Invitations {
                error: Some(error.message.unwrap_or_else(|| "There is no such group.".to_owned())),
                draft: draft(&sent),
                ..list(&hub, principal).await?
            };
            super::render(&hub, &visitor, error.status, &page).await
        }
        Err(error) => Err(error),
    }
}

async fn make(hub: &Hub, by: &Principal, sent: &Form, language: &str) -> Result<(String, String)> {
    let text = |name: &str| sent.text(name).unwrap_or_default().trim().to_owned();
    let number = |name: &str| {
        let wrong = || HttpError::bad_request("How many people and for how many days: both are numbers.");
        text(name).parse::<i64>().map_err(|_| wrong())
    };
    let groups = text("groups");
    let groups = groups.split(',').map(str::trim).filter(|name| !name.is_empty());
    let wanted = Wanted {
        life: number("days")?.saturating_mul(DAY),
        uses: number("uses")?,
        groups: groups.map(str::to_owned).collect(),
        email: Some(text("email")).filter(|email| !email.is_empty()),
        language: Some(language.to_owned()),
    };
    may_give(hub, by, &wanted.groups).await?;
    let made = invitations::make(hub, &wanted, &Actor::from(by)).await?;
    let words = match &wanted.email {
        Some(email) => format!("The invitation is made, and on its way to {email}."),
        None => "The invitation is made.".to_owned(),
    };
    Ok((made.url, words))
}

fn draft(sent: &Form) -> InvitationDraft {
    let text = |name: &str| sent.text(name).unwrap_or_default().chars().take(500).collect();
    InvitationDraft {
        email: text("email"),
        groups: text("groups"),
        uses: text("uses"),
        days: text("days"),
    }
}

async fn list(hub: &Hub, by: &Principal) -> Result<Invitations> {
    may_invite(hub, by).await?;
    if accounts::section(&hub.config).is_none() {
        return Err(HttpError::not_found());
    }
    let found = links::invitations(&hub.store, hub.clock.now()).await?;
    let rows = found.into_iter().map(|link| InvitationRow {
        id: link.id,
        by: link.made_by,
        email: link.email,
        groups: link.groups,
        uses_left: link.uses,
        expires_at: time(link.expires_at),
    });
    Ok(Invitations {
        action: format!("{}admin/invitations", hub.prefix()),
        invitations: rows.collect(),
        mails: mail::is_sent(&hub.config),
        ..Invitations::default()
    })
}
