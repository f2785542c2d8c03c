//! What is told of a home.

use perijove_store::homes::{Home, State};
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::api::models::time;

/// Where somebody's files are, and how much there is.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Home)]
pub struct HomeModel {
    pub id: i64,
    /// Whose it is; of what is nobody's, whose it was.
    pub owner: String,
    /// Whether the owner is still there.
    pub owned: bool,
    pub backend: String,
    /// `live`, `orphan` (its person was deleted in the database), `trashing`, `trashed`, `restoring`, `purging`, `gone`.
    pub state: &'static str,
    /// Since when it is in this state.
    pub since: String,
    pub made_at: String,
    /// Whether it has ever been on the disk.
    pub made: bool,
    /// Bytes on the disk; `null` before the first look.
    pub used: Option<i64>,
    pub files: Option<i64>,
    /// Bytes that it may hold.
    pub limit: Option<u64>,
    pub measured_at: Option<String>,
    /// The largest that lie directly in it.
    pub largest: Vec<Large>,
    /// The directory, or the name of the volume; for `read:homes` only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// Why it is not as it should be; for `read:homes` only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = LargeInHome)]
pub struct Large {
    pub name: String,
    pub bytes: u64,
}

impl HomeModel {
    /// All that is known of it.
    #[must_use]
    pub fn full(home: &Home, limit: Option<u64>) -> Self {
        Self {
            id: home.id,
            owner: home.owner.clone(),
            owned: home.user_id.is_some(),
            backend: home.backend.clone(),
            state: state(home),
            since: time(home.since),
            made_at: time(home.made_at),
            made: home.made,
            used: home.usage.used,
            files: home.usage.files,
            limit,
            measured_at: home.usage.measured_at.map(time),
            largest: largest(home),
            place: Some(home.place.clone()),
            problem: home.problem.clone(),
        }
    }

    /// Without what only administrators may know.
    #[must_use]
    pub fn without_place(self) -> Self {
        Self {
            place: None,
            problem: None,
            ..self
        }
    }

    /// Without names of anybody's files.
    #[must_use]
    pub fn without_names(self) -> Self {
        Self {
            largest: Vec::new(),
            ..self
        }
    }
}

#[must_use]
pub fn state(home: &Home) -> &'static str {
    match home.is_orphan() {
        true => "orphan",
        false => home.state.name(),
    }
}

/// By their word for it: `None` if there is no such state.
#[must_use]
pub fn read_state(text: &str) -> Option<(Option<State>, bool)> {
    match text {
        "orphan" => Some((Some(State::Live), true)),
        other => State::parse(other).map(|state| (Some(state), false)),
    }
}

#[must_use]
pub fn largest(home: &Home) -> Vec<Large> {
    let kept = home.usage.largest.clone().unwrap_or_default();
    let list: Vec<(String, u64)> = serde_json::from_value(kept).unwrap_or_default();
    list.into_iter().map(|(name, bytes)| Large { name, bytes }).collect()
}
