//! `GET .../notices`: what a person is to be told about a server. `POST .../here`: it is still in use.
//!
//! A server's own token may do both: the server shows the notices where the person looks, in the language that is asked for.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use axum::http::HeaderMap;
use perijove_model::scopes::Scope;
use perijove_store::languages;
use perijove_store::spawners::Spawner;
use perijove_web::Words;
use serde::Serialize;
use utoipa::ToSchema;

use super::models::Time;
use super::refusals::{BadRequest, NotFound};
use super::servers::Which;
use crate::Hub;
use crate::culler::notices::{self, Told};
use crate::http::error::{HttpError, Result};
use crate::http::language;
use crate::http::visitor::Principal;

#[derive(Serialize, ToSchema)]
pub struct Notices {
    /// The latest first.
    notices: Vec<NoticeModel>,
    /// What else is said where they are shown, where a language was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    words: Option<NoticeWords>,
}

#[derive(Serialize, ToSchema)]
pub struct NoticeWords {
    /// In which language this and the messages are, such as `de`.
    language: String,
    /// With `{time}` for the hour.
    stops: String,
    /// On the button.
    stay: String,
    /// Once the button was used.
    kept: String,
    /// If it was of no use.
    failed: String,
}

impl From<&Words> for NoticeWords {
    fn from(words: &Words) -> Self {
        let said = |sentence| words.said(sentence).into_owned();
        Self {
            language: words.tag().to_owned(),
            stops: said("It is stopped at {time}."),
            stay: said("I am still here"),
            kept: said("The server goes on."),
            failed: said("The hub could not be told that you are still here. Try again."),
        }
    }
}

/// What a person is to be told about a server.
#[derive(Serialize, ToSchema)]
#[schema(as = Notice)]
pub struct NoticeModel {
    /// `stopping_soon`, `stopped`, `out_of_memory`, and what else there is to tell.
    kind: String,
    at: Time,
    /// A sentence for the person.
    message: String,
    /// How often it has happened so far, where that is counted.
    count: i64,
    /// When the server is stopped.
    stops_at: Option<Time>,
    /// Whether the server goes on if somebody says that they are still there.
    can_stay: bool,
}

impl From<Told> for NoticeModel {
    fn from(told: Told) -> Self {
        Self {
            kind: told.notice.kind,
            at: Time(told.notice.at),
            message: told.notice.message,
            count: told.notice.count,
            stops_at: told.stops_at.map(Time),
            can_stay: told.can_stay,
        }
    }
}

impl NoticeModel {
    fn said_in(mut self, words: &Words) -> Self {
        self.message = words.said(&self.message).into_owned();
        self
    }
}

const LANGUAGE: &str = "The language of the messages, such as `de`. Empty: what the server's person has chosen, or else what \
                        `Accept-Language` asks for. English without.";

/// Read what a person is to be told about a server.
#[utoipa::path(
    get,
    path = "/users/{user}/servers/{server}/notices",
    tag = "servers",
    params(Which, ("language" = Option<String>, Query, description = LANGUAGE)),
    responses((status = 200, description = "The notices", body = Notices), NotFound),
    security(("token" = ["users:activity"])),
)]
pub async fn get(
    State(hub): State<Arc<Hub>>,
    Path(which): Path<Which>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    principal: Principal,
) -> Result<Json<Notices>> {
    match find(&hub, &which, &principal).await? {
        Some(spawner) => tell(&hub, &spawner, &headers, query.as_deref()).await,
        None => Ok(Json(Notices {
            notices: Vec::new(),
            words: None,
        })),
    }
}

/// Say that somebody still uses a server: it is not stopped for another while.
#[utoipa::path(
    post,
    path = "/users/{user}/servers/{server}/here",
    tag = "servers",
    params(Which, ("language" = Option<String>, Query, description = LANGUAGE)),
    responses((status = 200, description = "What is left to tell", body = Notices), BadRequest, NotFound),
    security(("token" = ["users:activity"])),
)]
pub async fn here(
    State(hub): State<Arc<Hub>>,
    Path(which): Path<Which>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    principal: Principal,
) -> Result<Json<Notices>> {
    let not_running = || HttpError::bad_request("The server is not running.");
    let spawner = find(&hub, &which, &principal).await?.ok_or_else(not_running)?;
    match notices::keep(&hub, &spawner).await? {
        true => tell(&hub, &spawner, &headers, query.as_deref()).await,
        false => Err(not_running()),
    }
}

/// `None` for a default server that was never started.
async fn find(hub: &Hub, which: &Which, principal: &Principal) -> Result<Option<Spawner>> {
    let owner = which.owner(hub, principal, Scope::UsersActivity).await?;
    match which.find(hub, &owner).await? {
        None if !which.server.is_empty() => Err(which.not_found()),
        found => Ok(found),
    }
}

async fn tell(hub: &Hub, spawner: &Spawner, headers: &HeaderMap, query: Option<&str>) -> Result<Json<Notices>> {
    let told = notices::of(hub, spawner).await?;
    let words = match language::asked(query) {
        None => None,
        Some(tag) if tag.is_empty() => {
            let chosen = languages::of(&hub.store, spawner.user_id).await?;
            Some(language::words(hub, headers, chosen.as_deref()))
        }
        Some(tag) => Some(language::words(hub, headers, Some(&tag))),
    };
    let notice = |told| match &words {
        Some(words) => NoticeModel::from(told).said_in(words),
        None => NoticeModel::from(told),
    };
    Ok(Json(Notices {
        notices: told.into_iter().map(notice).collect(),
        words: words.as_deref().map(NoticeWords::from),
    }))
}
