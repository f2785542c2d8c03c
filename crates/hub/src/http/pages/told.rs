//! `/hub/admin/announcements`: what the hub tells people on top of its pages, for people, as the API has it for programs.

use std::sync::Arc;

use axum::extract::{OriginalUri, State};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::Response;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use perijove_model::announcement::{Audience, Level};
use perijove_model::scopes::{Resource, Scope};
use perijove_store::announcements::{self as rows, Announcement, Wanted};
use perijove_web::markdown;
use perijove_web::pages::{AnnouncementDraft, AnnouncementRow, Announcements};

use crate::Hub;
use crate::announcements::Desk;
use crate::http::api::models::time;
use crate::http::error::{HttpError, Result};
use crate::http::form::Form;
use crate::http::visitor::{Principal, Visitor};
use crate::http::xsrf::query_value;

pub async fn get(State(hub): State<Arc<Hub>>, OriginalUri(uri): OriginalUri, visitor: Visitor) -> Result<Response> {
    let principal = match super::signed_in(&hub, &visitor, &uri) {
        Ok(principal) => principal,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let mut page = list(&hub, principal).await?;
    if let Some(id) = query_value(uri.query().unwrap_or_default(), "change") {
        let id: i32 = id.parse().map_err(|_| HttpError::not_found())?;
        let found = rows::by_id(&hub.store, id.into()).await?;
        page.draft = draft_of(&found.ok_or_else(HttpError::not_found)?);
    }
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
    may(&hub, principal).await?;
    let page = match act(&hub, principal, &sent).await {
        Ok(done) => Announcements {
            done: Some(done.to_owned()),
            ..list(&hub, principal).await?
        },
        Err(error) if error.status.is_client_error() => {
            let page = Announcements {
                error: Some(
                    error
                        .message
                        .unwrap_or_else(|| "There is no such announcement.".to_owned()),
                ),
                draft: draft(&sent),
                ..list(&hub, principal).await?
            };
            return super::render(&hub, &visitor, error.status, &page).await;
        }
        Err(error) => return Err(error),
    };
    super::render(&hub, &visitor, StatusCode::OK, &page).await
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

fn moment(text: &str) -> Result<Option<Timestamp>> {
    if text.is_empty() {
        return Ok(None);
    }
    let wrong = || HttpError::bad_request("A time is a date and an hour, such as 2026-12-24T18:00.");
    let moment: DateTime = text.parse().map_err(|_| wrong())?;
    let moment = moment.to_zoned(TimeZone::UTC).map_err(|_| wrong())?.timestamp();
    Ok(Some(moment.max(Timestamp::UNIX_EPOCH)))
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
