//! People who have asked for an account and wait for somebody's word.

use jiff::Timestamp;

use crate::error::Result;
use crate::sql::{Db, Row, Stmt};

/// Who waits at most: anybody may ask.
pub const MOST: i64 = 1000;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signup {
    pub name: String,
    pub hash: String,
    pub email: Option<String>,
    pub address: String,
    /// In which they have asked.
    pub language: Option<String>,
    pub created: Timestamp,
}

macro_rules! columns {
    () => {
        "name, hash, email, address, language, created"
    };
}

fn read(mut row: Row) -> Result<Signup> {
    Ok(Signup {
        name: row.take()?,
        hash: row.take()?,
        email: row.take()?,
        address: row.take()?,
        language: row.take()?,
        created: row.take()?,
    })
}

/// `false` if somebody of this name waits already, or too many do.
pub async fn add(db: &impl Db, new: &Signup) -> Result<bool> {
    const ADD: Stmt = Stmt::note(
        "INSERT INTO perijove_signups (name, hash, email, address, language, created) \
         VALUES ($1, $2, $3, $4, $5, $6) \
         ON CONFLICT DO NOTHING",
    );
    const COUNT: Stmt = Stmt::read("SELECT COUNT(*) FROM perijove_signups");
    if db.one::<i64>(&COUNT, &[]).await?.unwrap_or(0) >= MOST {
        return Ok(false);
    }
    let params = [
        (&new.name).into(),
        (&new.hash).into(),
        new.email.as_deref().into(),
        (&new.address).into(),
        new.language.as_deref().into(),
        new.created.into(),
    ];
    Ok(db.execute(&ADD, &params).await? > 0)
}

pub async fn list(db: &impl Db) -> Result<Vec<Signup>> {
    const LIST: Stmt = Stmt::read(concat!(
        "SELECT ",
        columns!(),
        " FROM perijove_signups ORDER BY created, name"
    ));
    db.rows(&LIST, &[]).await?.into_iter().map(read).collect()
}

pub async fn find(db: &impl Db, name: &str) -> Result<Option<Signup>> {
    const FIND: Stmt = Stmt::read(concat!("SELECT ", columns!(), " FROM perijove_signups WHERE name = $1"));
    db.row(&FIND, &[name.into()]).await?.map(read).transpose()
}

/// Of several that take one, one gets it.
pub async fn take(db: &impl Db, name: &str) -> Result<Option<Signup>> {
    const TAKE: Stmt = Stmt::note(concat!(
        "DELETE FROM perijove_signups WHERE name = $1 RETURNING ",
        columns!()
    ));
    db.row(&TAKE, &[name.into()]).await?.map(read).transpose()
}

/// Nobody waits for ever.
pub async fn purge(db: &impl Db, before: Timestamp) -> Result<u64> {
    const PURGE: Stmt = Stmt::note("DELETE FROM perijove_signups WHERE created < $1");
    db.execute(&PURGE, &[before.into()]).await
}
