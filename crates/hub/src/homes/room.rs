//! How much a person's files may be, where nothing below the hub sees to it: measured now and then, told in time, and no
//! further start while there is too much.

use perijove_model::Plan;
use perijove_store::homes::{self, Home, State};
use perijove_store::notices::{self, Notice};
use perijove_store::users::User;
use perijove_store::{Db, StoreError, Tx, plans, spawners};

use super::model::{self, Large};
use crate::Hub;
use crate::http::api::models::time;
use crate::servers::Refused;

/// From so many hundredths of the limit on people are told.
const NEAR: u64 = 90;
/// From so many hundredths on nothing that is worth it can be written.
const FULL: u64 = 99;
/// As many as are named in a refusal.
const NAMED: usize = 3;
/// What the notice is called.
pub const NOTICE: &str = "storage";

/// Refuses a start while the person's files are more than the plan allows.
pub async fn check(hub: &Hub, tx: &Tx, user: &User, plan: &Plan) -> Result<(), Refused> {
    let Some(limit) = plan.limits.storage.or_else(|| usual_limit(hub)) else {
        return Ok(());
    };
    let backend = hub.spawners.of(&plan.spawner).map(|backend| backend.name());
    let Ok(backend) = backend else { return Ok(()) };
    let Some(home) = homes::of_user(tx, user.id, backend).await? else {
        return Ok(());
    };
    let Some(used) = used(&home).filter(|used| *used > limit) else {
        return Ok(());
    };
    if hub.config.storage.clear_up && !any_active(tx, user.id).await? {
        return Ok(());
    }
    Err(Refused::OverQuota(refusal(&home, used, limit)))
}

/// After a refusal: perhaps somebody has made room since it was measured.
pub async fn look_again(hub: &Hub, user: &User) -> Result<(), StoreError> {
    homes::measure_soon(&hub.store, user.id, hub.clock.now()).await?;
    hub.homes.measure();
    Ok(())
}

fn refusal(home: &Home, used: u64, limit: u64) -> String {
    let at = home.usage.measured_at.map(time).unwrap_or_default();
    let (used, limit, largest) = (bytes(used), bytes(limit), what_is_large(&model::largest(home)));
    match largest.is_empty() {
        true => format!(
            "Your files take {used} of the {limit} that you may have, so no server is started. They were measured at {at}, \
             and are measured again now: try again in a minute when there is room, or ask an administrator."
        ),
        false => format!(
            "Your files take {used} of the {limit} that you may have, so no server is started. The largest are {largest}. \
             They were measured at {at}, and are measured again now: try again in a minute when there is room, or ask an \
             administrator."
        ),
    }
}

fn what_is_large(largest: &[Large]) -> String {
    let named: Vec<String> = largest
        .iter()
        .take(NAMED)
        .map(|large| format!("{} ({})", crate::http::error::short(&large.name), bytes(large.bytes)))
        .collect();
    named.join(", ")
}

async fn any_active(tx: &Tx, user_id: i64) -> Result<bool, StoreError> {
    let servers = spawners::of_user(tx, user_id).await?;
    Ok(servers.iter().any(|server| server.run.phase.is_active()))
}

fn used(home: &Home) -> Option<u64> {
    home.usage.used.and_then(|used| u64::try_from(used).ok())
}

#[must_use]
pub fn usual_limit(hub: &Hub) -> Option<u64> {
    hub.config.storage.quota.map(|size| size.0)
}

/// How much somebody may have: the most that a plan of theirs says, or what holds for all.
pub async fn limit_of(hub: &Hub, db: &impl Db, user_id: i64) -> Result<Option<u64>, StoreError> {
    let mut most = None;
    for server in spawners::of_user(db, user_id).await? {
        let plan = plans::of(db, server.id).await?;
        most = most.max(plan.and_then(|plan| plan.limits.storage));
    }
    Ok(most.or_else(|| usual_limit(hub)))
}

/// Tells whoever runs a server that there is little room left, or no more that there was.
pub async fn tell(hub: &Hub, home: &Home, held: bool) -> Result<(), StoreError> {
    let (Some(user_id), State::Live) = (home.user_id, home.state) else {
        return Ok(());
    };
    let limit = limit_of(hub, &hub.store, user_id).await?;
    let message = limit
        .zip(used(home))
        .and_then(|(limit, used)| if held { full(used, limit) } else { None }.or_else(|| warning(used, limit)));
    for server in spawners::of_user(&hub.store, user_id).await? {
        let told = notices::get(&hub.store, server.id, NOTICE).await?;
        match &message {
            Some(message) if server.run.phase.is_active() => {
                if told.as_ref().is_some_and(|told| told.message == *message) {
                    continue;
                }
                let notice = Notice {
                    spawner_id: server.id,
                    kind: NOTICE.to_owned(),
                    at: hub.clock.now(),
                    message: message.clone(),
                    count: told.map_or(0, |told| told.count).saturating_add(1),
                };
                notices::put(&hub.store, &notice).await?;
            }
            _ if told.is_some() => notices::remove(&hub.store, server.id, NOTICE).await?,
            _ => {}
        }
    }
    Ok(())
}

/// What is told from nine tenths on.
#[must_use]
pub fn warning(used: u64, limit: u64) -> Option<String> {
    let (used_words, limit_words) = (bytes(used), bytes(limit));
    if used > limit {
        return Some(format!(
            "Your files take {used_words} of the {limit_words} that you may have. Make room: another server is not started \
             before."
        ));
    }
    (used >= limit / 100 * NEAR).then(|| {
        format!("Your files take {used_words} of the {limit_words} that you may have. Make room before there is none.")
    })
}

/// What is told where the file system itself lets nobody have more.
fn full(used: u64, limit: u64) -> Option<String> {
    (used >= limit / 100 * FULL).then(|| {
        format!(
            "Your files take {} of the {} that you may have, and nothing more can be written: programs say “disk quota \
             exceeded” or “no space left on device”. Delete what you don't need, also from the trash of JupyterLab \
             (~/.local/share/Trash), or ask an administrator.",
            bytes(used),
            bytes(limit)
        )
    })
}

/// `12.3 GiB`.
#[must_use]
pub fn bytes(count: u64) -> String {
    const UNITS: [&str; 5] = ["KiB", "MiB", "GiB", "TiB", "PiB"];
    if count < 1024 {
        return format!("{count} bytes");
    }
    let mut amount = count as f64 / 1024.0;
    let mut unit = 0;
    while amount >= 1023.95 && unit + 1 < UNITS.len() {
        amount /= 1024.0;
        unit += 1;
    }
    let text = format!("{amount:.1}");
    format!("{} {}", text.strip_suffix(".0").unwrap_or(&text), UNITS[unit])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_by_people() {
        let shown = [0, 1023, 1024, 1536, 1 << 20, 10 << 30, (1 << 30) - 1].map(bytes);
        let wanted = ["0 bytes", "1023 bytes", "1 KiB", "1.5 KiB", "1 MiB", "10 GiB", "1 GiB"];
        assert_eq!(shown, wanted);
    }

    #[test]
    fn people_are_warned_in_time() {
        assert_eq!(warning(899, 1000), None);
        assert!(warning(900, 1000).unwrap().contains("before there is none"));
        assert!(warning(1001, 1000).unwrap().contains("not started"));
        assert_eq!(warning(0, 1000), None);
        assert!(full(989, 1000).is_none() && full(1000, 1000).unwrap().contains("disk quota exceeded"));
    }
}
