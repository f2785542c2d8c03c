//! `/hub/admin/announcements`: what the hub tells people on top of its pages, for people, as the API has it for programs.

use axum::response::Response;
use jiff::Timestamp;
use perijove_model::announcement::{Audience, Level};
use perijove_model::scopes::{Resource, Scope};
use perijove_store::announcements::{self as rows, Announcement, Wanted};
use perijove_web::markdown;
use perijove_web::pages::{AnnouncementDraft, AnnouncementRow, Announcements};

use super::filters::moment;
use super::guest::{Guest, Sent, came, worded};
use crate::Hub;
use crate::announcements::Desk;
use crate::http::api::models::time;
use crate::http::error::{HttpError, Result};
use crate::http::form::Form;
use crate::http::visitor::Principal;

pub async fn get(guest: Guest) -> Result<Response> {
    let hub = &guest.hub;
    let mut page = list(hub, &guest.by).await?;
    if let Some(id) = guest.asks("change") {
        let id: i32 = id.parse().map_err(|_| HttpError::not_found())?;
        let found = rows::by_id(&hub.store, id.into()).await?;
        page.draft = draft_of(&found.ok_or_else(HttpError::not_found)?);
    }
    guest.show(&page).await
}

pub async fn post(Sent { guest, form }: Sent) -> Result<Response> {
    let Guest { hub, by, .. } = &guest;
    may(hub, by).await?;
    let done = act(hub, by, &form).await;
    let came = came(worded(done, "There is no such announcement."))?;
    let mut page = list(hub, by).await?;
    if came.problem.is_some() {
        page.draft = draft(&form);
    }
    page.done = came.done.map(str::to_owned);
    page.error = came.problem;
    guest.answer(came.status, &page).await
}

async fn act(hub: &Hub, by: &Principal, sent: &Form) -> Result<&'static str> {
    let desk = Desk {
        store: &hub.store,
        clock: hub.clock.as_ref(),
        by: by.into(),
    };
    let text = |key: &str| sent.text(key).unwrap_or_default();
    let id = || {
        text("id")
            .parse::<i32>()
            .map(i64::from)
            .map_err(|_| HttpError::not_found())
    };
    match text("do") {
        "tell" => {
            desk.make(&wanted(sent, hub.clock.now())?).await?;
            Ok("The announcement is made.")
        }
        "change" => {
            desk.change(id()?, &wanted(sent, hub.clock.now())?).await?;
            Ok("The announcement is changed.")
        }
        "end" => {
            desk.end(id()?).await?;
            Ok("The announcement is shown no more.")
        }
        "remove" => {
            desk.remove(id()?).await?;
            Ok("The announcement is deleted.")
        }
        _ => Err(HttpError::bad_request("This form is not known here.")),
    }
}

fn wanted(sent: &Form, now: Timestamp) -> Result<Wanted> {
    let text = |key: &str| sent.text(key).unwrap_or_default().trim();
    let unknown = || HttpError::bad_request("This form is not known here.");
    let audience = Audience::parse(text("audience")).ok_or_else(unknown)?;
    let groups = text("groups").split(',').map(str::trim).filter(|name| !name.is_empty());
    Ok(Wanted {
        // As browsers send it, lines end with two characters.
        text: text("text").replace("\r\n", "\n"),
        level: Level::parse(text("level")).ok_or_else(unknown)?,
        // What was typed before somebody chose another audience means nothing.
        groups: match audience {
            Audience::Groups => groups.map(str::to_owned).collect(),
            _ => Vec::new(),
        },
        audience,
        starts: moment(text("starts"))?.unwrap_or(now),
        ends: moment(text("ends"))?,
    })
}

fn draft(sent: &Form) -> AnnouncementDraft {
    let text = |key: &str| sent.text(key).unwrap_or_default().chars().take(2000).collect();
    AnnouncementDraft {
        id: sent.text("id").and_then(|id| id.parse::<i32>().ok()).map(i64::from),
        text: text("text"),
        level: text("level"),
        audience: text("audience"),
        groups: text("groups"),
        starts: text("starts"),
        ends: text("ends"),
    }
}

fn draft_of(one: &Announcement) -> AnnouncementDraft {
    // As `datetime-local` wants it.
    let local = |at: Timestamp| time(at).chars().take(16).collect::<String>();
    AnnouncementDraft {
        id: Some(one.id),
        text: one.wanted.text.clone(),
        level: one.wanted.level.as_str().to_owned(),
        audience: one.wanted.audience.as_str().to_owned(),
        groups: one.wanted.groups.join(", "),
        starts: local(one.wanted.starts),
        ends: one.wanted.ends.map(local).unwrap_or_default(),
    }
}

async fn may(hub: &Hub, by: &Principal) -> Result<()> {
    let needed = [Scope::AdminAnnouncements];
    by.require(&hub.store, &needed, Resource::Everything).await
}

async fn list(hub: &Hub, by: &Principal) -> Result<Announcements> {
    may(hub, by).await?;
    let now = hub.clock.now();
    let mut found = rows::open(&hub.store, now).await?;
    found.extend(rows::over(&hub.store, now).await?);
    let action = format!("{}admin/announcements", hub.prefix());
    let row = |one: Announcement| AnnouncementRow {
        id: one.id,
        html: markdown(&one.wanted.text),
        level: one.wanted.level.as_str(),
        audience: one.wanted.audience.as_str(),
        state: match (one.is_over(now), one.stands(now)) {
            (true, _) => "over",
            (false, true) => "now",
            (false, false) => "coming",
        },
        groups: one.wanted.groups,
        starts: time(one.wanted.starts),
        ends: one.wanted.ends.map(time),
        by: one.made_by,
        change_url: format!("{action}?change={}#tell", one.id),
    };
    Ok(Announcements {
        rows: found.into_iter().map(row).collect(),
        action,
        ..Announcements::default()
    })
}
