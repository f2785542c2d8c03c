//! Deletes what has expired: tokens, codes, shares, sessions, links, old entries of the audit log.

use std::time::Duration;

use async_trait::async_trait;
use jiff::SignedDuration;
use perijove_store::{announcements, audit, spans, starts, tokens};

use super::{Failure, Task};
use crate::Hub;

pub(super) struct Purge;

#[async_trait]
impl Task for Purge {
    const NAME: &'static str = "purge";
    const EVERY: Duration = Duration::from_secs(3600);

    async fn run(&self, hub: &Hub) -> Result<(), Failure> {
        let gone = tokens::purge_expired(&hub.store, hub.clock.now()).await?;
        if gone > 0 {
            tracing::info!(gone, "deleted what had expired");
        }
        starts::purge(&hub.store).await?;
        forget_old_words(hub).await?;
        forget_old_runs(hub).await?;
        forget_old_acts(hub).await
    }
}

/// What was told stays for a while, for whoever wants to tell it again.
async fn forget_old_words(hub: &Hub) -> Result<(), Failure> {
    const KEEP: SignedDuration = SignedDuration::from_hours(24 * 90);
    let before = hub.clock.now().saturating_sub(KEEP)?;
    announcements::purge(&hub.store, before).await?;
    Ok(())
}

/// Runs count in the month in which they were; some more months are kept for whoever adds up.
async fn forget_old_runs(hub: &Hub) -> Result<(), Failure> {
    const KEEP: SignedDuration = SignedDuration::from_hours(24 * 400);
    let before = hub.clock.now().saturating_sub(KEEP)?;
    while spans::purge(&hub.store, before).await? > 0 {}
    Ok(())
}

async fn forget_old_acts(hub: &Hub) -> Result<(), Failure> {
    let keep = hub.config.audit.keep;
    if keep.is_zero() {
        return Ok(());
    }
    let before = hub.clock.now().saturating_sub(SignedDuration::try_from(keep)?)?;
    let mut gone = 0;
    loop {
        match audit::purge(&hub.store, before).await? {
            0 => break,
            some => gone += some,
        }
    }
    if gone > 0 {
        tracing::info!(gone, "deleted old entries of the audit log");
    }
    Ok(())
}
