//! Takes away roles whose time is over. They count for nothing from that moment on; this is for what people are shown,
//! and for the audit log.

use std::time::Duration;

use async_trait::async_trait;
use perijove_store::roles::Ended;
use perijove_store::{audit, roles};
use serde_json::json;

use super::{Failure, Task};
use crate::Hub;
use crate::audit::Act;
use crate::http::role_changes::Kind;

/// As many as are read at once.
const BATCH: i64 = 100;

pub(super) struct Grants;

#[async_trait]
impl Task for Grants {
    const NAME: &'static str = "grants";
    const EVERY: Duration = Duration::from_secs(60);

    async fn run(&self, hub: &Hub) -> Result<(), Failure> {
        loop {
            let batch = roles::ended(&hub.store, hub.clock.now(), BATCH).await?;
            for ended in &batch {
                end(hub, ended).await?;
            }
            if batch.len() < BATCH as usize {
                return Ok(());
            }
        }
    }
}

async fn end(hub: &Hub, ended: &Ended) -> Result<(), Failure> {
    let now = hub.clock.now();
    let tx = hub.store.begin().await?;
    if !roles::take_ended(&tx, ended, now).await? {
        return Ok(());
    }
    let kind = Kind::of(ended.member).name();
    let entry = audit::Entry {
        act: Act::RoleWithdrawn.name(),
        actor_kind: "hub",
        actor: "",
        via: "",
        address: "",
        target: &format!("role {}", ended.role),
        detail: &json!({ kind: ended.name, "granted_by": ended.granted_by, "expired_at": ended.expires_at.to_string() }),
    };
    audit::append(&tx, &entry, now).await?;
    tx.commit().await?;
    tracing::info!(
        role = ended.role,
        kind,
        name = ended.name,
        "a role was taken away, its time was over"
    );
    Ok(())
}
