//! `/hub/admin/invitations`: links with which people make accounts, as the API has them for programs.

use axum::response::Response;
use perijove_store::links;
use perijove_web::pages::{InvitationDraft, InvitationRow, Invitations};

use super::guest::{Guest, Sent, came, worded};
use crate::accounts::invitations::{self, Wanted};
use crate::audit::Actor;
use crate::http::api::invitations::{may_give, may_invite};
use crate::http::api::models::time;
use crate::http::error::{HttpError, Result};
use crate::http::form::Form;
use crate::http::visitor::Principal;
use crate::{Hub, accounts, mail};

const DAY: i64 = 24 * 3600;

pub async fn get(guest: Guest) -> Result<Response> {
    guest.show(&list(&guest.hub, &guest.by).await?).await
}

pub async fn post(Sent { guest, form }: Sent) -> Result<Response> {
    let Guest { hub, by, visitor, .. } = &guest;
    may_invite(hub, by).await?;
    if form.text("do") == Some("revoke") {
        // Gone meanwhile: that is what was wanted.
        if let Some(id) = form.text("id").and_then(|id| id.parse::<i32>().ok()) {
            invitations::revoke(hub, id.into(), &Actor::from(by)).await?;
        }
        let page = Invitations {
            done: Some("The invitation is revoked.".to_owned()),
            ..list(hub, by).await?
        };
        return guest.show(&page).await;
    }
    let done = make(hub, by, &form, visitor.words.tag()).await;
    let came = came(worded(done, "There is no such group."))?;
    let mut page = list(hub, by).await?;
    if came.problem.is_some() {
        page.draft = draft(&form);
    }
    (page.made, page.done) = came.done.unzip();
    page.error = came.problem;
    guest.answer(came.status, &page).await
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
