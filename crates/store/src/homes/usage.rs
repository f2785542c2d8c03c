//! How much is in homes, and when to look again.

use jiff::Timestamp;
use serde_json::Value as Json;

use super::{Home, columns};
use crate::error::Result;
use crate::sql::{Db, Row, Stmt};

/// What was last found in a home.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Usage {
    /// Bytes on the disk; `None` if nobody has looked yet.
    pub used: Option<i64>,
    pub files: Option<i64>,
    /// The largest of what lies directly in it, as `[[name, bytes], ...]`.
    pub largest: Option<Json>,
    pub measured_at: Option<Timestamp>,
    /// How far a look has come that is not over.
    pub walk: Option<Json>,
}

pub(super) fn read(row: &mut Row) -> Result<Usage> {
    Ok(Usage {
        used: row.take()?,
        files: row.take()?,
        largest: row.take()?,
        measured_at: row.take()?,
        walk: row.take()?,
    })
}

/// The home whose turn it is: the one that has waited longest.
pub async fn to_measure(db: &impl Db, now: Timestamp) -> Result<Option<Home>> {
    const NEXT: Stmt = Stmt::read(concat!(
        "SELECT ",
        columns!(),
        " WHERE h.made AND h.state <> 'gone' AND h.measure_at <= $1 AND h.state IN ('live', 'trashed') \
         ORDER BY h.measure_at, h.id LIMIT 1"
    ));
    db.row(&NEXT, &[now.into()]).await?.map(super::read).transpose()
}

/// How far it has come.
pub async fn note_walk(db: &impl Db, id: i64, walk: &Json) -> Result<()> {
    const NOTE: Stmt = Stmt::note("UPDATE perijove_homes SET walk = $2 WHERE id = $1");
    db.execute(&NOTE, &[id.into(), walk.into()]).await.map(drop)
}

/// What was found; `None` if it could not be told. The next look is due at `next`.
pub async fn set_usage(
    db: &impl Db,
    id: i64,
    found: Option<(i64, i64, &Json)>,
    now: Timestamp,
    next: Timestamp,
) -> Result<()> {
    const SET: Stmt = Stmt::note(
        "UPDATE perijove_homes SET used = $2, files = $3, largest = $4, measured_at = $5, measure_at = $6, walk = NULL \
         WHERE id = $1",
    );
    const LATER: Stmt = Stmt::note("UPDATE perijove_homes SET measure_at = $2, walk = NULL WHERE id = $1");
    match found {
        Some((used, files, largest)) => {
            let params = [
                id.into(),
                used.into(),
                files.into(),
                largest.into(),
                now.into(),
                next.into(),
            ];
            db.execute(&SET, &params).await.map(drop)
        }
        None => db.execute(&LATER, &[id.into(), next.into()]).await.map(drop),
    }
}

/// Something has changed in this person's homes: look before their turn.
pub async fn measure_soon(db: &impl Db, user_id: i64, now: Timestamp) -> Result<()> {
    const SOON: Stmt = Stmt::note("UPDATE perijove_homes SET measure_at = $2 WHERE user_id = $1 AND measure_at > $2");
    db.post(&SOON, &[user_id.into(), now.into()]).await
}

/// All homes together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    pub live: i64,
    pub orphans: i64,
    /// In the trash, or on the way in or out.
    pub trash: i64,
    pub live_bytes: i64,
    pub trash_bytes: i64,
    /// Where a step does not work, or what should be there is missing.
    pub problems: i64,
}

pub async fn totals(db: &impl Db) -> Result<Totals> {
    const COUNT: Stmt = Stmt::read(
        "SELECT COALESCE(SUM(CASE WHEN state = 'live' THEN 1 ELSE 0 END), 0), \
         COALESCE(SUM(CASE WHEN state = 'live' AND user_id IS NULL THEN 1 ELSE 0 END), 0), \
         COALESCE(SUM(CASE WHEN state <> 'live' THEN 1 ELSE 0 END), 0), \
         CAST(COALESCE(SUM(CASE WHEN state = 'live' THEN used ELSE 0 END), 0) AS BIGINT), \
         CAST(COALESCE(SUM(CASE WHEN state <> 'live' THEN used ELSE 0 END), 0) AS BIGINT), \
         COALESCE(SUM(CASE WHEN problem IS NOT NULL THEN 1 ELSE 0 END), 0) \
         FROM perijove_homes WHERE state <> 'gone'",
    );
    let mut row = crate::returned(db.row(&COUNT, &[]).await?)?;
    Ok(Totals {
        live: row.take()?,
        orphans: row.take()?,
        trash: row.take()?,
        live_bytes: row.take()?,
        trash_bytes: row.take()?,
        problems: row.take()?,
    })
}
