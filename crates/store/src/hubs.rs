//! Which hubs there are: each says now and then that it is there.

use jiff::Timestamp;

use crate::error::Result;
use crate::sql::{Db, Row, Stmt};

/// A process that serves people, with others of its kind on the same database or alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replica {
    /// The holder's name in leases.
    pub name: String,
    pub version: String,
    /// Where others reach it.
    pub address: String,
    pub started: Timestamp,
    /// When it last said so.
    pub seen: Timestamp,
}

pub async fn note(db: &impl Db, replica: &Replica) -> Result<()> {
    const NOTE: Stmt = Stmt::note(
        "INSERT INTO perijove_hubs (name, version, address, started, seen) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (name) DO UPDATE SET seen = excluded.seen",
    );
    let Replica {
        name,
        version,
        address,
        started,
        seen,
    } = replica;
    let params = [
        name.into(),
        version.into(),
        address.into(),
        (*started).into(),
        (*seen).into(),
    ];
    db.execute(&NOTE, &params).await.map(drop)
}

/// One that ends says so.
pub async fn forget(db: &impl Db, name: &str) -> Result<()> {
    const FORGET: Stmt = Stmt::note("DELETE FROM perijove_hubs WHERE name = $1");
    db.execute(&FORGET, &[name.into()]).await.map(drop)
}

/// Those that have said nothing since this moment are told of no more.
pub async fn forget_silent(db: &impl Db, since: Timestamp) -> Result<()> {
    const FORGET: Stmt = Stmt::note("DELETE FROM perijove_hubs WHERE seen < $1");
    db.execute(&FORGET, &[since.into()]).await.map(drop)
}

/// The longest here comes first.
pub async fn list(db: &impl Db) -> Result<Vec<Replica>> {
    const LIST: Stmt =
        Stmt::read("SELECT name, version, address, started, seen FROM perijove_hubs ORDER BY started, name");
    let read = |mut row: Row| {
        Ok(Replica {
            name: row.take()?,
            version: row.take()?,
            address: row.take()?,
            started: row.take()?,
            seen: row.take()?,
        })
    };
    db.rows(&LIST, &[]).await?.into_iter().map(read).collect()
}

/// How many leases each hub holds at this moment.
pub async fn held(db: &impl Db, now: Timestamp) -> Result<Vec<(String, i64)>> {
    const HELD: Stmt = Stmt::read(
        "SELECT holder, COUNT(*) FROM perijove_leases WHERE expires_at > $1 GROUP BY holder ORDER BY holder",
    );
    let rows = db.rows(&HELD, &[now.into()]).await?;
    rows.into_iter().map(|mut row| Ok((row.take()?, row.take()?))).collect()
}
