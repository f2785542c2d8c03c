//! The page on which it is decided what the hub tells people on top of all others.

use serde::Serialize;

use super::NASTY;
use crate::render::Page;
use crate::told::markdown;

/// `announcements.html`: what is told, and a form to tell something. Its forms are sent to `action` with `do`: `tell`,
/// `change`, `end` or `remove`, and with `id` but for the first.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Announcements {
    pub action: String,
    pub rows: Vec<AnnouncementRow>,
    pub draft: AnnouncementDraft,
    pub done: Option<String>,
    pub error: Option<String>,
}

#[derive(Debug, Clone, Default, Serialize)]
pub struct AnnouncementRow {
    pub id: i64,
    /// Of [`markdown`].
    pub html: String,
    /// `info`, `warning` or `urgent`
    pub level: &'static str,
    /// `everybody`, `signed-in`, `sign-in-page` or `groups`
    pub audience: &'static str,
    pub groups: Vec<String>,
    /// `now`, `coming` or `over`
    pub state: &'static str,
    /// In ISO 8601.
    pub starts: String,
    pub ends: Option<String>,
    pub by: String,
    /// This page with this one in the form.
    pub change_url: String,
}

/// What was typed, or what is to be changed.
#[derive(Debug, Clone, Serialize)]
pub struct AnnouncementDraft {
    /// Nothing: a new one.
    pub id: Option<i64>,
    pub text: String,
    pub level: String,
    pub audience: String,
    /// Between commas.
    pub groups: String,
    /// As `2026-12-24T18:00`, in UTC.
    pub starts: String,
    pub ends: String,
}

impl Default for AnnouncementDraft {
    fn default() -> Self {
        Self {
            id: None,
            text: String::new(),
            level: "info".to_owned(),
            audience: "everybody".to_owned(),
            groups: String::new(),
            starts: String::new(),
            ends: String::new(),
        }
    }
}

impl Page for Announcements {
    const TEMPLATE: &'static str = "announcements.html";

    fn samples() -> Vec<Self> {
        let row = |id, text: &str, level, state| AnnouncementRow {
            id,
            html: markdown(text),
            level,
            audience: "everybody",
            state,
            starts: "2026-11-21T08:00:00.000000Z".into(),
            by: "galileo".into(),
            change_url: format!("/hub/admin/announcements?change={id}#tell"),
            ..AnnouncementRow::default()
        };
        let plain = Self {
            action: "/hub/admin/announcements".into(),
            ..Self::default()
        };
        vec![
            plain.clone(),
            Self {
                rows: vec![
                    AnnouncementRow {
                        ends: Some("2026-11-22T09:00:00.000000Z".into()),
                        ..row(
                            3,
                            "On **Sunday** from 8 to 9 all servers stop. Save your work.",
                            "warning",
                            "now",
                        )
                    },
                    AnnouncementRow {
                        audience: "groups",
                        groups: vec!["observers".into(), "pisa".into()],
                        ..row(
                            2,
                            "The new telescope is there: [see it](/services/sky/).",
                            "info",
                            "coming",
                        )
                    },
                    AnnouncementRow {
                        audience: "sign-in-page",
                        ..row(1, "Sign in with your **campus** account.", "urgent", "over")
                    },
                ],
                done: Some("The announcement is made.".into()),
                ..plain.clone()
            },
            Self {
                rows: vec![AnnouncementRow {
                    audience: "groups",
                    groups: vec![NASTY.into()],
                    by: NASTY.into(),
                    ..row(1, NASTY, "info", "now")
                }],
                draft: AnnouncementDraft {
                    id: Some(1),
                    text: NASTY.into(),
                    level: "warning".into(),
                    audience: "groups".into(),
                    groups: NASTY.into(),
                    starts: NASTY.into(),
                    ends: NASTY.into(),
                },
                error: Some(NASTY.into()),
                ..plain
            },
        ]
    }
}
