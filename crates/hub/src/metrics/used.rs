//! What the last look at the platform has seen, as the page of usage has it. Labels are the profiles of the configuration.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use perijove_store::StoreError;
use perijove_store::usage::{self, Figures, Slot, Subject};

use super::text::{Text, label};
use crate::Hub;

/// One look may have failed.
const LOOKS: i64 = 2;

pub(super) async fn write(hub: &Hub, text: &mut Text) -> Result<(), StoreError> {
    let slot = Slot::Minutes.start(hub.clock.now());
    let from = slot.saturating_sub(SignedDuration::from_secs(LOOKS * Slot::Minutes.seconds()));
    let from = from.unwrap_or(slot);
    // Nothing is better than what was long ago.
    let Some(latest) = usage::latest(&hub.store, from).await? else {
        return Ok(());
    };
    let Some(all) = latest.get(&Subject::Everything) else {
        return Ok(());
    };
    of_all(text, all);
    of_profiles(hub, text, &latest, all.cores().is_some());
    Ok(())
}

fn of_all(text: &mut Text, all: &Figures) {
    text.gauge(
        "usage_people",
        "People who were active in the five minutes before the last look",
        f64::from(all.people),
    );
    text.gauge(
        "usage_servers",
        "Servers that ran at the last look",
        all.mean_servers().unwrap_or_default(),
    );
    // Where two looks have not followed each other, nobody knows.
    if let Some(cores) = all.cores() {
        text.gauge(
            "usage_cpu_cores",
            "Cores at work in servers, on average since the look before",
            cores,
        );
    }
    text.gauge(
        "usage_memory_bytes",
        "Memory of all servers together at the last look",
        all.mean_memory().unwrap_or_default(),
    );
    let storage = [("homes", all.storage), ("trash", all.trash)];
    text.gauges(
        "usage_storage_bytes",
        "Bytes in homes and in the trash, as last added up",
        storage
            .into_iter()
            .filter_map(|(state, bytes)| Some((label("state", state), bytes? as f64))),
    );
}

/// Of a profile that nobody uses it is known, too.
fn of_profiles(hub: &Hub, text: &mut Text, latest: &BTreeMap<Subject, Figures>, knows_cores: bool) {
    let profiles = &hub.config.profiles;
    if profiles.is_empty() {
        return;
    }
    let nothing = Figures::default();
    let figures = |slug: &str| latest.get(&Subject::Profile(slug.to_owned())).unwrap_or(&nothing);
    let each = |told: fn(&Figures) -> Option<f64>| {
        let of = |slug: &str| (label("profile", slug), told(figures(slug)).unwrap_or_default());
        profiles.iter().map(|profile| of(&profile.slug)).collect::<Vec<_>>()
    };
    text.gauges(
        "usage_profile_servers",
        "Servers of each profile that ran at the last look",
        each(Figures::mean_servers),
    );
    if knows_cores {
        text.gauges(
            "usage_profile_cpu_cores",
            "Cores at work in servers of each profile, on average since the look before",
            each(Figures::cores),
        );
    }
    text.gauges(
        "usage_profile_memory_bytes",
        "Memory of all servers of each profile together at the last look",
        each(Figures::mean_memory),
    );
}
