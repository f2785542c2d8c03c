//! Passkeys of people, and questions that were answered with them.

use jiff::Timestamp;

use crate::error::Result;
use crate::sql::{Db, Row, Stmt};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passkey {
    pub id: i64,
    /// As the authenticator calls it, in base64.
    pub credential: String,
    pub user_id: i64,
    /// The domain that it was made for.
    pub site: String,
    /// What the authenticator calls its person.
    pub handle: String,
    /// As its person calls it.
    pub name: String,
    pub public_key: String,
    pub counter: i64,
    pub created: Timestamp,
    pub last_used: Option<Timestamp>,
}

/// What is written of a new one.
#[derive(Debug, Clone, Copy)]
pub struct NewPasskey<'a> {
    pub credential: &'a str,
    pub user_id: i64,
    pub site: &'a str,
    pub handle: &'a str,
    pub name: &'a str,
    pub public_key: &'a str,
    pub counter: i64,
}

macro_rules! columns {
    () => {
        "SELECT id, credential, user_id, site, handle, name, public_key, counter, created, last_used \
         FROM perijove_passkeys "
    };
}

fn read(mut row: Row) -> Result<Passkey> {
    Ok(Passkey {
        id: row.take()?,
        credential: row.take()?,
        user_id: row.take()?,
        site: row.take()?,
        handle: row.take()?,
        name: row.take()?,
        public_key: row.take()?,
        counter: row.take()?,
        created: row.take()?,
        last_used: row.take()?,
    })
}

/// `false` if there is one of this name already, whosever it is.
pub async fn add(db: &impl Db, new: &NewPasskey<'_>, now: Timestamp) -> Result<bool> {
    const ADD: Stmt = Stmt::write(
        "INSERT INTO perijove_passkeys (credential, user_id, site, handle, name, public_key, counter, created) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (credential) DO NOTHING",
    );
    let params = [
        new.credential.into(),
        new.user_id.into(),
        new.site.into(),
        new.handle.into(),
        new.name.into(),
        new.public_key.into(),
        new.counter.into(),
        now.into(),
    ];
    Ok(db.execute(&ADD, &params).await? > 0)
}

pub async fn find(db: &impl Db, credential: &str) -> Result<Option<Passkey>> {
    const FIND: Stmt = Stmt::read(concat!(columns!(), "WHERE credential = $1"));
    db.row(&FIND, &[credential.into()]).await?.map(read).transpose()
}

/// Those of a person, the oldest first.
pub async fn of_user(db: &impl Db, user_id: i64) -> Result<Vec<Passkey>> {
    const OF_USER: Stmt = Stmt::read(concat!(columns!(), "WHERE user_id = $1 ORDER BY id"));
    let rows = db.rows(&OF_USER, &[user_id.into()]).await?;
    rows.into_iter().map(read).collect()
}

/// Notes that one was used. `false` if it has been used as often before: then there are two of it.
pub async fn used(db: &impl Db, id: i64, counter: i64, now: Timestamp) -> Result<bool> {
    const USED: Stmt = Stmt::note(
        "UPDATE perijove_passkeys SET counter = $2, last_used = $3 \
         WHERE id = $1 AND (counter < $2 OR (counter = 0 AND $2 = 0))",
    );
    Ok(db.execute(&USED, &[id.into(), counter.into(), now.into()]).await? > 0)
}

/// `false` if it is none of theirs.
pub async fn rename(db: &impl Db, user_id: i64, id: i64, name: &str) -> Result<bool> {
    const RENAME: Stmt = Stmt::write("UPDATE perijove_passkeys SET name = $3 WHERE user_id = $1 AND id = $2");
    Ok(db.execute(&RENAME, &[user_id.into(), id.into(), name.into()]).await? > 0)
}

/// Takes one of a person's away; its name.
pub async fn remove(db: &impl Db, user_id: i64, id: i64) -> Result<Option<String>> {
    const REMOVE: Stmt = Stmt::write("DELETE FROM perijove_passkeys WHERE user_id = $1 AND id = $2 RETURNING name");
    db.one(&REMOVE, &[user_id.into(), id.into()]).await
}

/// A question is answered once; `false` if it was. Whose time is over need not be kept.
pub async fn spend(db: &impl Db, fingerprint: &str, until: Timestamp) -> Result<bool> {
    const SPEND: Stmt = Stmt::note(
        "INSERT INTO perijove_spent (fingerprint, until) VALUES ($1, $2) ON CONFLICT (fingerprint) DO NOTHING",
    );
    Ok(db.execute(&SPEND, &[fingerprint.into(), until.into()]).await? > 0)
}

/// Forgets questions whose time is over.
pub async fn purge(db: &impl Db, now: Timestamp) -> Result<u64> {
    const PURGE: Stmt = Stmt::note("DELETE FROM perijove_spent WHERE until < $1");
    db.execute(&PURGE, &[now.into()]).await
}
