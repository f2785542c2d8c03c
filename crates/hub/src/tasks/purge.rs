//! Deletes what has expired: tokens, codes, shares, sessions, links.

use std::time::Duration;

use async_trait::async_trait;
use perijove_store::tokens;

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
        Ok(())
    }
}
