//! `/hub/admin/settings`: what the configuration comes to, and where each value is from.

use axum::response::Response;
use perijove_config::{Origin, Setting};
use perijove_web::pages::{SettingLine, Settings, SettingsSection};

use super::menu;
use crate::Hub;
use crate::http::error::Result;
use crate::http::pages::guest::Guest;

pub async fn get(guest: Guest) -> Result<Response> {
    let (hub, _) = guest.at(&menu::SETTINGS).await?;
    let all = guest.asks("all").as_deref() == Some("yes");
    guest.show(&page(hub, all)).await
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
