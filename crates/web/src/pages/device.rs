//! The page where a person lets a program without a browser have a token.

use serde::Serialize;

use super::{NASTY, ScopeLine};
use crate::render::Page;

/// `device.html`. Its forms are sent to `action` with `_xsrf`, `user_code` and `what`: `look`, `allow` or `deny`.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Device {
    pub action: String,
    /// As it was typed.
    pub code: String,
    pub error: Option<String>,
    /// What has just happened.
    pub done: Option<String>,
    /// The program that shows the code.
    pub asks: Option<DeviceAsks>,
}

#[derive(Debug, Clone, Serialize)]
pub struct DeviceAsks {
    pub client: String,
    /// As the program shows it.
    pub code: String,
    pub agent: String,
    pub address: String,
    pub since: String,
    pub scopes: Vec<ScopeLine>,
}

impl Page for Device {
    const TEMPLATE: &'static str = "device.html";

    fn samples() -> Vec<Self> {
        let empty = Self {
            action: "/hub/device".into(),
            ..Self::default()
        };
        let asks = |text: &str, filter: &str| DeviceAsks {
            client: text.into(),
            code: "BCDF-GHJK".into(),
            agent: text.into(),
            address: "192.0.2.7".into(),
            since: "2026-11-21T09:30:00.000000Z".into(),
            scopes: vec![ScopeLine {
                scope: "inherit".into(),
                description: "Everything that you may do.".into(),
                filter: filter.into(),
            }],
        };
        vec![
            empty.clone(),
            Self {
                code: "BCDF-GHJK".into(),
                error: Some("No program waits with this code.".into()),
                ..empty.clone()
            },
            Self {
                asks: Some(asks("The command line", "")),
                ..empty.clone()
            },
            Self {
                done: Some("The program has what it asked for.".into()),
                ..empty.clone()
            },
            Self {
                code: NASTY.into(),
                error: Some(NASTY.into()),
                done: Some(NASTY.into()),
                asks: Some(asks(NASTY, NASTY)),
                ..empty
            },
        ]
    }
}
