//! `/hub/admin/profiles`: what the configuration lets servers be started as, for whom, and how many run.

use std::collections::BTreeMap;

use axum::response::Response;
use perijove_config::{Config, Profile};
use perijove_model::plan::size;
use perijove_store::spawners::list;
use perijove_web::pages::{AdminProfiles, ProfileLine};

use super::menu;
use crate::Hub;
use crate::http::error::Result;
use crate::http::pages::filters::Link;
use crate::http::pages::guest::Guest;
use crate::http::visitor::Principal;

pub async fn get(guest: Guest) -> Result<Response> {
    let (hub, by) = guest.at(&menu::PROFILES).await?;
    guest.show(&page(hub, by).await?).await
}

async fn page(hub: &Hub, by: &Principal) -> Result<AdminProfiles> {
    let mut running: BTreeMap<String, i64> = list::active_by_profile(&hub.store).await?.into_iter().collect();
    let sees_servers = menu::SERVERS.is_for(by);
    let line = |profile: &Profile| {
        let servers = Link::to(&menu::SERVERS.url(hub)).with("state", "active");
        let url = servers.with("profile", &profile.slug).done();
        ProfileLine {
            running: running.remove(&profile.slug).unwrap_or(0),
            running_url: sees_servers.then_some(url),
            entitled: is_entitled(&hub.config, profile),
            ..described(profile)
        }
    };
    Ok(AdminProfiles {
        profiles: hub.config.profiles.iter().map(line).collect(),
        others: running.into_values().sum(),
    })
}

fn described(profile: &Profile) -> ProfileLine {
    let values = &profile.values;
    let limits = [
        ("cpu", values.cpu.map(|cores| cores.to_string())),
        ("memory", values.memory.map(|memory| size(memory.0))),
        ("storage", values.storage.map(|storage| size(storage.0))),
        ("gpu", values.gpu.map(|gpu| gpu.to_string())),
        ("spawner", values.spawner.clone()),
    ];
    ProfileLine {
        slug: profile.slug.clone(),
        title: profile.name.clone(),
        description: profile.description.clone(),
        default: profile.default,
        users: profile.users.iter().map(ToString::to_string).collect(),
        groups: profile.groups.iter().cloned().collect(),
        roles: profile.roles.iter().cloned().collect(),
        claims: profile.claims.keys().cloned().collect(),
        limits: limits
            .into_iter()
            .filter_map(|(name, value)| Some((name, value?)))
            .collect(),
        environment: values.environment.clone(),
        ..ProfileLine::default()
    }
}

/// Whether any entitlement says something about who may have it.
fn is_entitled(config: &Config, profile: &Profile) -> bool {
    config.entitlements.iter().any(|entitlement| {
        let allowed = entitlement.allow_profiles.as_ref();
        allowed.is_some_and(|slugs| slugs.contains(&profile.slug)) || entitlement.deny_profiles.contains(&profile.slug)
    })
}
