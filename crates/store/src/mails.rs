//! Letters on their way: written in the transaction of what they tell, taken out once they are sent or given up.

use jiff::Timestamp;

use crate::error::Result;
use crate::sql::{Db, Row, Stmt};

/// Letters that wait at most: some of them anybody can cause.
pub const MOST: i64 = 10_000;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    pub id: i64,
    /// Which letter it is.
    pub about: String,
    pub recipient: String,
    /// What stands in it, sealed: it may hold a link.
    pub sealed: String,
    pub created: Timestamp,
    /// How often it was taken to be sent, this time included.
    pub tries: i64,
}

/// `false` if too many wait.
pub async fn add(db: &impl Db, about: &str, recipient: &str, sealed: &str, now: Timestamp) -> Result<bool> {
    const COUNT: Stmt = Stmt::read("SELECT COUNT(*) FROM perijove_mails");
    const ADD: Stmt = Stmt::note(
        "INSERT INTO perijove_mails (about, recipient, sealed, created, due, tries) VALUES ($1, $2, $3, $4, $4, 0)",
    );
    if db.one::<i64>(&COUNT, &[]).await?.unwrap_or(0) >= MOST {
        return Ok(false);
    }
    let params = [about.into(), recipient.into(), sealed.into(), now.into()];
    db.execute(&ADD, &params).await?;
    Ok(true)
}

/// Takes the letter that has been due for longest, for nobody else to have until `until`. Of several hubs one gets it.
pub async fn take(db: &impl Db, now: Timestamp, until: Timestamp) -> Result<Option<Mail>> {
    const TAKE: Stmt = Stmt::note(
        "UPDATE perijove_mails SET due = $2, tries = tries + 1 \
         WHERE due <= $1 AND id = (SELECT id FROM perijove_mails WHERE due <= $1 ORDER BY due, id LIMIT 1) \
         RETURNING id, about, recipient, sealed, created, tries",
    );
    let read = |mut row: Row| {
        Ok(Mail {
            id: row.take()?,
            about: row.take()?,
            recipient: row.take()?,
            sealed: row.take()?,
            created: row.take()?,
            tries: row.take()?,
        })
    };
    db.row(&TAKE, &[now.into(), until.into()]).await?.map(read).transpose()
}

/// Whoever has taken it tries again then; nothing if somebody else has it by now.
pub async fn put_back(db: &impl Db, mail: &Mail, due: Timestamp) -> Result<()> {
    const BACK: Stmt = Stmt::note("UPDATE perijove_mails SET due = $3 WHERE id = $1 AND tries = $2");
    db.execute(&BACK, &[mail.id.into(), mail.tries.into(), due.into()])
        .await
        .map(drop)
}

/// It was sent, or is given up. `false` if somebody else has it by now.
pub async fn remove(db: &impl Db, mail: &Mail) -> Result<bool> {
    const REMOVE: Stmt = Stmt::note("DELETE FROM perijove_mails WHERE id = $1 AND tries = $2");
    Ok(db.execute(&REMOVE, &[mail.id.into(), mail.tries.into()]).await? > 0)
}

/// How many wait.
pub async fn count(db: &impl Db) -> Result<i64> {
    const COUNT: Stmt = Stmt::read("SELECT COUNT(*) FROM perijove_mails");
    Ok(db.one(&COUNT, &[]).await?.unwrap_or(0))
}

/// Forgets what nobody has sent: no mail server is configured any more.
pub async fn purge(db: &impl Db, before: Timestamp) -> Result<u64> {
    const PURGE: Stmt = Stmt::note("DELETE FROM perijove_mails WHERE created < $1");
    db.execute(&PURGE, &[before.into()]).await
}
