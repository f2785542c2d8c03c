//! `/hub/admin/settings`: what the configuration comes to, and where each value is from.

use std::sync::Arc;

use axum::extract::{OriginalUri, State};
use axum::http::StatusCode;
use axum::response::Response;
use perijove_config::{Origin, Setting};
use perijove_web::pages::{SettingLine, Settings, SettingsSection};

use super::menu;
use crate::Hub;
use crate::http::error::Result;
use crate::http::pages::{render, signed_in};
use crate::http::visitor::Visitor;
use crate::http::xsrf::query_value;

pub async fn get(State(hub): State<Arc<Hub>>, OriginalUri(uri): OriginalUri, visitor: Visitor) -> Result<Response> {
    let principal = match signed_in(&hub, &visitor, &uri) {
        Ok(principal) => principal,
        Err(elsewhere) => return Ok(elsewhere),
    };
    menu::SETTINGS.require(&hub, principal).await?;
    let all = query_value(uri.query().unwrap_or_default(), "all").as_deref() == Some("yes");
    render(&hub, &visitor, StatusCode::OK, &page(&hub, all)).await
}

fn page(hub: &Hub, all: bool) -> Settings {
    let mut sections: Vec<SettingsSection> = Vec::new();
    let mut group = None;
    let mut shown: Vec<&Setting> = hub.config.settings.iter().collect();
    // Sections within others are read in the middle of them.
    shown.sort_by_key(|setting| setting.group);
    for setting in shown {
        if !all && setting.origin == Origin::Default {
            continue;
        }
        if group != Some(setting.group) {
            group = Some(setting.group);
            sections.push(SettingsSection {
                heading: setting.heading.clone(),
                settings: Vec::new(),
            });
        }
        if let Some(section) = sections.last_mut() {
            section.settings.push(line(setting));
        }
    }
    Settings {
        sections,
        all,
        list_url: menu::SETTINGS.url(hub),
    }
}

fn line(setting: &Setting) -> SettingLine {
    let (origin, variable) = match &setting.origin {
        Origin::Default => ("default", None),
        Origin::File => ("file", None),
        Origin::Environment(name) => ("environment", Some(name.clone())),
    };
    SettingLine {
        key: setting.key.to_owned(),
        value: setting.value.clone(),
        origin,
        variable,
    }
}
