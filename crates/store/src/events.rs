//! The progress of a start, as it is shown to who waits for it.

use jiff::Timestamp;
use serde_json::Value as Json;

use crate::error::Result;
use crate::sql::{Db, Post, Row, Stmt};

/// A start that tells more keeps its latest events only.
pub const KEPT: i64 = 200;

/// Adds events to a start; the number of the last one, or 0 if there is none or the server is gone.
pub async fn push(db: &impl Db, spawner_id: i64, generation: i64, events: &[Json], now: Timestamp) -> Result<i64> {
    const PUSH: Stmt = Stmt::note(
        "INSERT INTO perijove_events (spawner_id, generation, seq, at, body) \
         SELECT s.id, CAST($2 AS INTEGER), 1 + (SELECT COALESCE(MAX(e.seq), 0) FROM perijove_events e \
         WHERE e.spawner_id = $1 AND e.generation = $2), $3, $4 FROM spawners s WHERE s.id = $1 RETURNING seq",
    );
    const TRIM: Stmt =
        Stmt::note("DELETE FROM perijove_events WHERE spawner_id = $1 AND generation = $2 AND seq <= $3");
    let mut last = 0;
    if events.is_empty() {
        return Ok(last);
    }
    let unit = db.unit().await?;
    crate::spawners::claim(&unit, spawner_id).await?;
    for event in events {
        let params = [spawner_id.into(), generation.into(), now.into(), event.into()];
        last = unit.one(&PUSH, &params).await?.unwrap_or(0);
    }
    if last > KEPT {
        unit.post(&TRIM, &[spawner_id.into(), generation.into(), (last - KEPT).into()])
            .await?;
    }
    unit.commit().await?;
    Ok(last)
}

/// One of them, as it was told.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    pub seq: i64,
    pub at: Timestamp,
    pub body: Json,
}

/// The events of a start after the one with number `after`.
pub async fn since(db: &impl Db, spawner_id: i64, generation: i64, after: i64) -> Result<Vec<Event>> {
    const SINCE: Stmt = Stmt::read(
        "SELECT seq, at, body FROM perijove_events WHERE spawner_id = $1 AND generation = $2 AND seq > $3 ORDER BY seq",
    );
    let read = |mut row: Row| {
        Ok(Event {
            seq: row.take()?,
            at: row.take()?,
            body: row.take()?,
        })
    };
    let rows = db
        .rows(&SINCE, &[spawner_id.into(), generation.into(), after.into()])
        .await?;
    rows.into_iter().map(read).collect()
}
