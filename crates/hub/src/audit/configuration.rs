//! At each start the configuration is compared with that of the last one: what has changed since is written down, by
//! section and without values.

use std::collections::BTreeMap;
use std::fmt::Debug;

use perijove_config::{Config, Edge, Hub as HubKeys};
use perijove_store::{StoreError, Tx, meta};
use serde_json::json;
use sha2::{Digest, Sha256};

use super::{Act, Actor, record_as};
use crate::Hub;

const KEPT: &str = "configuration";

pub async fn note(hub: &Hub, tx: &Tx) -> Result<(), StoreError> {
    let now = fingerprints(&hub.config);
    let kept: Option<BTreeMap<String, String>> = match meta::get(tx, KEPT).await? {
        Some(text) => serde_json::from_str(&text).ok(),
        None => None,
    };
    let sections: Vec<&str> = match &kept {
        Some(kept) => now
            .iter()
            .filter(|(section, print)| kept.get(**section) != Some(*print))
            .map(|(section, _)| *section)
            .collect(),
        None => now.keys().copied().collect(),
    };
    if sections.is_empty() {
        return Ok(());
    }
    let detail = json!({ "sections": sections, "first": kept.is_none(), "version": env!("CARGO_PKG_VERSION") });
    record_as(hub, tx, &Actor::hub(), Act::ConfigurationChanged, "hub", detail).await?;
    meta::set(tx, KEPT, &json!(now).to_string()).await
}

/// Secrets are stars in what is taken the fingerprint of.
fn fingerprints(config: &Config) -> BTreeMap<&'static str, String> {
    let mut config = config.clone();
    // In which several hubs on one database differ.
    let (hub, edge) = (HubKeys::default(), Edge::default());
    config.hub.listen = hub.listen;
    config.hub.connect_url = hub.connect_url;
    config.hub.data_dir = hub.data_dir;
    config.hub.cookie_secret_file = hub.cookie_secret_file;
    config.edge.api_listen = edge.api_listen;
    config.edge.api_url = edge.api_url;
    config.edge.routes_file = edge.routes_file;
    let Config {
        hub,
        edge,
        auth,
        access,
        mail,
        captcha,
        scopes,
        roles,
        groups,
        services,
        spawner,
        storage,
        shared_folders,
        environments,
        profiles,
        entitlements,
        culler,
        audit,
        events,
        metrics,
        settings: _,
    } = &config;
    BTreeMap::from([
        ("hub", print(hub)),
        ("edge", print(edge)),
        ("auth", print(auth)),
        ("access", print(access)),
        ("mail", print(mail)),
        ("captcha", print(captcha)),
        ("scope", print(scopes)),
        ("role", print(roles)),
        ("group", print(groups)),
        ("service", print(services)),
        ("spawner", print(spawner)),
        ("storage", print(storage)),
        ("shared_folder", print(shared_folders)),
        ("environments", print(environments)),
        ("profile", print(profiles)),
        ("entitlement", print(entitlements)),
        ("culler", print(culler)),
        ("audit", print(audit)),
        ("events", print(events)),
        ("metrics", print(metrics)),
    ])
}

fn print(section: &impl Debug) -> String {
    hex::encode(Sha256::digest(format!("{section:?}")))
}

#[cfg(test)]
mod tests {
    use perijove_model::Secret;

    use super::*;

    #[test]
    fn values_leave_no_trace_and_changes_do() {
        let mut config = Config::default();
        let before = fingerprints(&config);
        config.hub.cookie_secret = Some(Secret::new("first"));
        let one = fingerprints(&config);
        config.hub.cookie_secret = Some(Secret::new("second"));
        config.hub.listen.set_port(1);
        assert_eq!(one, fingerprints(&config));
        assert_ne!(one["hub"], before["hub"]);
        config.access.allow_all = true;
        let changed = fingerprints(&config);
        let differ = |section: &&&str| changed[**section] != one[**section];
        assert_eq!(one.keys().filter(differ).collect::<Vec<_>>(), [&"access"]);
    }
}
