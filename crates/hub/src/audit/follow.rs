//! Writes the audit log to a file as well. Only what is in the database gets there, so that the file never tells of an act
//! that was taken back; one hub of the cluster does it at a time, and goes on where the last one was.

use std::path::PathBuf;
use std::time::Duration;

use async_trait::async_trait;
use jiff::SignedDuration;
use perijove_store::audit::{self, Query};
use perijove_store::meta;

use super::Entry;
use crate::Hub;
use crate::lines;
use crate::tasks::{Failure, Task};

const REACHED: &str = "audit.followed";
const AT_ONCE: i64 = 500;
/// Transactions end in another order than they took their numbers: what is younger may not be all there yet.
const SETTLED: SignedDuration = SignedDuration::from_secs(5);

pub struct Follow {
    pub file: PathBuf,
}

#[async_trait]
impl Task for Follow {
    const NAME: &'static str = "audit file";
    const EVERY: Duration = Duration::from_secs(5);

    async fn run(&self, hub: &Hub) -> Result<(), Failure> {
        let kept = meta::get(&hub.store, REACHED).await?;
        let mut query = Query {
            after: kept.and_then(|text| text.parse().ok()),
            until: hub.clock.now().checked_sub(SETTLED).ok(),
            ..Query::default()
        };
        loop {
            let found = audit::list(&hub.store, &query, AT_ONCE).await?;
            let Some(last) = found.last().map(|last| last.id) else {
                return Ok(());
            };
            let text: String = found.into_iter().map(|record| Entry::from(record).line()).collect();
            lines::append(&self.file, text).await?;
            // Should this fail, the lines are written once more: twice is better than never.
            meta::set(&hub.store, REACHED, &last.to_string()).await?;
            query.after = Some(last);
        }
    }
}
