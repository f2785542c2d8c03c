//! `/hub/api/announcements`: what the hub tells people on top of its pages.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use jiff::Timestamp;
use perijove_model::announcement::{Audience, Level};
use perijove_model::scopes::{Resource, Scope};
use perijove_store::announcements::{self as rows, Announcement, Wanted};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use super::Body;
use super::models::Time;
use super::refusals::{BadRequest, Conflict, NotFound};
use crate::Hub;
use crate::announcements::Desk;
use crate::http::error::{HttpError, Result, short};
use crate::http::visitor::Principal;

/// What is told.
#[derive(Serialize, ToSchema)]
struct AnnouncementList {
    /// Those that stand or are to stand, the latest first; then the last ones that are over.
    announcements: Vec<AnnouncementModel>,
}

/// Something that the hub tells people.
#[derive(Serialize, ToSchema)]
#[schema(as = Announcement)]
struct AnnouncementModel {
    id: i64,
    /// In Markdown.
    text: String,
    /// `info`, `warning` or `urgent`.
    level: &'static str,
    /// `everybody`, `signed-in`, `sign-in-page` or `groups`.
    audience: &'static str,
    groups: Vec<String>,
    starts: Time,
    /// None: until somebody ends it.
    ends: Option<Time>,
    /// Whether it is shown now.
    stands: bool,
    made_by: String,
    changed: Time,
}

impl AnnouncementModel {
    fn of(one: Announcement, now: Timestamp) -> Self {
        Self {
            stands: one.stands(now),
            id: one.id,
            text: one.wanted.text,
            level: one.wanted.level.as_str(),
            audience: one.wanted.audience.as_str(),
            groups: one.wanted.groups,
            starts: Time(one.wanted.starts),
            ends: one.wanted.ends.map(Time),
            made_by: one.made_by,
            changed: Time(one.changed),
        }
    }
}

/// What is to be told; what is not spoken of stays, or is as usual.
#[derive(Deserialize, Default, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct WantedAnnouncement {
    /// In Markdown: words, emphasis, lists, links.
    text: Option<String>,
    /// `info`, `warning` or `urgent`, which nobody can put aside.
    level: Option<String>,
    /// `everybody`, `signed-in`, `sign-in-page` or `groups`.
    audience: Option<String>,
    /// Whom it is for, where it is for groups.
    groups: Option<Vec<String>>,
    /// As `2026-12-24T18:00:00Z`; now if it is not said.
    starts: Option<String>,
    /// `null`: until somebody ends it.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    ends: Option<Option<String>>,
}

/// `null` is an answer, too.
fn given<'de, D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Option<Option<String>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

impl WantedAnnouncement {
    /// With what it is now, where there is such a thing.
    fn onto(self, now: Wanted) -> Result<Wanted> {
        let level = |text: String| {
            Level::parse(&text).ok_or_else(|| HttpError::bad_request("level must be info, warning or urgent"))
        };
        let audience = |text: String| {
            Audience::parse(&text)
                .ok_or_else(|| HttpError::bad_request("audience must be everybody, signed-in, sign-in-page or groups"))
        };
        let audience = self.audience.map(audience).transpose()?.unwrap_or(now.audience);
        Ok(Wanted {
            text: self.text.map_or(now.text, |text| text.trim().to_owned()),
            level: self.level.map(level).transpose()?.unwrap_or(now.level),
            // For nobody of these any more, unless it is said who else.
            groups: match self.groups {
                Some(groups) => groups,
                None if audience == Audience::Groups => now.groups,
                None => Vec::new(),
            },
            audience,
            starts: self
                .starts
                .map(|text| moment("starts", &text))
                .transpose()?
                .unwrap_or(now.starts),
            ends: match self.ends {
                Some(end) => end.map(|text| moment("ends", &text)).transpose()?,
                None => now.ends,
            },
        })
    }
}

fn moment(key: &str, text: &str) -> Result<Timestamp> {
    // Nothing is older, and databases know no time that is much older.
    let time = text.parse().map(|time: Timestamp| time.max(Timestamp::UNIX_EPOCH));
    time.map_err(|_| HttpError::bad_request(format!("{key} must be a time such as 2026-12-24T18:00:00Z")))
}

async fn may(hub: &Hub, principal: &Principal) -> Result<()> {
    let needed = [Scope::AdminAnnouncements];
    principal.require(&hub.store, &needed, Resource::Everything).await
}

/// No larger number fits into the column.
fn number(id: &str) -> Result<i64> {
    let none = || HttpError::new(StatusCode::NOT_FOUND, format!("No such announcement: {}", short(id)));
    id.parse::<i32>().map(i64::from).map_err(|_| none())
}

fn desk<'a>(hub: &'a Hub, principal: &Principal) -> Desk<'a> {
    Desk {
        store: &hub.store,
        clock: hub.clock.as_ref(),
        by: principal.into(),
    }
}

/// List announcements.
#[utoipa::path(
    get,
    path = "/announcements",
    tag = "announcements",
    responses((status = 200, description = "What is told, is to be told, and was told last", body = AnnouncementList)),
    security(("token" = ["admin:announcements"])),
)]
pub async fn list(State(hub): State<Arc<Hub>>, principal: Principal) -> Result<Json<impl Serialize>> {
    may(&hub, &principal).await?;
    let now = hub.clock.now();
    let mut found = rows::open(&hub.store, now).await?;
    found.extend(rows::over(&hub.store, now).await?);
    Ok(Json(AnnouncementList {
        announcements: found.into_iter().map(|one| AnnouncementModel::of(one, now)).collect(),
    }))
}

/// Tell people something on top of all pages.
#[utoipa::path(
    post,
    path = "/announcements",
    tag = "announcements",
    request_body = WantedAnnouncement,
    responses((status = 201, description = "It is told, or will be", body = AnnouncementModel), BadRequest, Conflict),
    security(("token" = ["admin:announcements"])),
)]
pub async fn create(
    State(hub): State<Arc<Hub>>,
    principal: Principal,
    body: Body<WantedAnnouncement>,
) -> Result<(StatusCode, Json<impl Serialize>)> {
    may(&hub, &principal).await?;
    let now = hub.clock.now();
    let nothing = Wanted {
        text: String::new(),
        level: Level::default(),
        audience: Audience::default(),
        groups: Vec::new(),
        starts: now,
        ends: None,
    };
    let made = desk(&hub, &principal).make(&body.required()?.onto(nothing)?).await?;
    Ok((StatusCode::CREATED, Json(AnnouncementModel::of(made, now))))
}

/// Read an announcement.
#[utoipa::path(
    get,
    path = "/announcements/{id}",
    tag = "announcements",
    params(("id" = i64, Path, description = "An announcement's id")),
    responses((status = 200, description = "The announcement", body = AnnouncementModel), NotFound),
    security(("token" = ["admin:announcements"])),
)]
pub async fn get(
    State(hub): State<Arc<Hub>>,
    Path(id): Path<String>,
    principal: Principal,
) -> Result<Json<impl Serialize>> {
    may(&hub, &principal).await?;
    let found = rows::by_id(&hub.store, number(&id)?).await?;
    let found = found.ok_or_else(HttpError::not_found)?;
    Ok(Json(AnnouncementModel::of(found, hub.clock.now())))
}

/// Change an announcement; one whose `ends` has passed is shown no more.
#[utoipa::path(
    patch,
    path = "/announcements/{id}",
    tag = "announcements",
    params(("id" = i64, Path, description = "An announcement's id")),
    request_body = WantedAnnouncement,
    responses((status = 200, description = "As it is now", body = AnnouncementModel), BadRequest, NotFound),
    security(("token" = ["admin:announcements"])),
)]
pub async fn change(
    State(hub): State<Arc<Hub>>,
    Path(id): Path<String>,
    principal: Principal,
    body: Body<WantedAnnouncement>,
) -> Result<Json<impl Serialize>> {
    may(&hub, &principal).await?;
    let id = number(&id)?;
    let found = rows::by_id(&hub.store, id).await?.ok_or_else(HttpError::not_found)?;
    let wanted = body.required()?.onto(found.wanted)?;
    let changed = desk(&hub, &principal).change(id, &wanted).await?;
    Ok(Json(AnnouncementModel::of(changed, hub.clock.now())))
}

/// Delete an announcement.
#[utoipa::path(
    delete,
    path = "/announcements/{id}",
    tag = "announcements",
    params(("id" = i64, Path, description = "An announcement's id")),
    responses((status = 204, description = "It is gone"), NotFound),
    security(("token" = ["admin:announcements"])),
)]
pub async fn remove(State(hub): State<Arc<Hub>>, Path(id): Path<String>, principal: Principal) -> Result<StatusCode> {
    may(&hub, &principal).await?;
    desk(&hub, &principal).remove(number(&id)?).await?;
    Ok(StatusCode::NO_CONTENT)
}
