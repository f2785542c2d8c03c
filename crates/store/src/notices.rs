//! What a person is to be told about a server that runs: one of a kind, the latest.

use jiff::Timestamp;

use crate::error::Result;
use crate::sql::{Db, Row, Stmt};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    pub spawner_id: i64,
    /// `out_of_memory`, and what else there is to tell.
    pub kind: String,
    pub at: Timestamp,
    /// A sentence for the person.
    pub message: String,
    /// How often it has happened so far, where that is counted.
    pub count: i64,
}

macro_rules! columns {
    () => {
        "spawner_id, kind, at, message, count FROM perijove_notices"
    };
}

fn read(mut row: Row) -> Result<Notice> {
    Ok(Notice {
        spawner_id: row.take()?,
        kind: row.take()?,
        at: row.take()?,
        message: row.take()?,
        count: row.take()?,
    })
}

/// Of one server, the latest first.
pub async fn of_server(db: &impl Db, spawner_id: i64) -> Result<Vec<Notice>> {
    const GET: Stmt = Stmt::read(concat!(
        "SELECT ",
        columns!(),
        " WHERE spawner_id = $1 ORDER BY at DESC, kind"
    ));
    let rows = db.rows(&GET, &[spawner_id.into()]).await?;
    rows.into_iter().map(read).collect()
}

pub async fn get(db: &impl Db, spawner_id: i64, kind: &str) -> Result<Option<Notice>> {
    const GET: Stmt = Stmt::read(concat!("SELECT ", columns!(), " WHERE spawner_id = $1 AND kind = $2"));
    let row = db.row(&GET, &[spawner_id.into(), kind.into()]).await?;
    row.map(read).transpose()
}

/// Puts it in the place of an earlier one of the same kind.
pub async fn put(db: &impl Db, notice: &Notice) -> Result<()> {
    const PUT: Stmt = Stmt::note(
        "INSERT INTO perijove_notices (spawner_id, kind, at, message, count) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (spawner_id, kind) DO UPDATE SET at = excluded.at, message = excluded.message, \
         count = excluded.count",
    );
    let params = [
        notice.spawner_id.into(),
        notice.kind.as_str().into(),
        notice.at.into(),
        notice.message.as_str().into(),
        notice.count.into(),
    ];
    db.execute(&PUT, &params).await.map(drop)
}

pub async fn remove(db: &impl Db, spawner_id: i64, kind: &str) -> Result<()> {
    const REMOVE: Stmt = Stmt::note("DELETE FROM perijove_notices WHERE spawner_id = $1 AND kind = $2");
    db.execute(&REMOVE, &[spawner_id.into(), kind.into()]).await.map(drop)
}

/// All of a server but this kind, which is not about one run: a new run begins.
pub async fn clear_but(db: &impl Db, spawner_id: i64, kept: &str) -> Result<()> {
    const CLEAR: Stmt = Stmt::note("DELETE FROM perijove_notices WHERE spawner_id = $1 AND kind <> $2");
    db.post(&CLEAR, &[spawner_id.into(), kept.into()]).await
}
