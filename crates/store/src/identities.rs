//! Which accounts belong to whom elsewhere: what a method of signing in calls somebody for good, and whose account that is.

use jiff::Timestamp;

use crate::error::Result;
use crate::sql::{Db, Row, Stmt};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Linked {
    pub method: String,
    pub subject: String,
    pub linked: Timestamp,
}

fn read(mut row: Row) -> Result<Linked> {
    Ok(Linked {
        method: row.take()?,
        subject: row.take()?,
        linked: row.take()?,
    })
}

/// Whose account it is.
pub async fn find(db: &impl Db, method: &str, subject: &str) -> Result<Option<i64>> {
    const FIND: Stmt = Stmt::read("SELECT user_id FROM perijove_identities WHERE method = $1 AND subject = $2");
    db.one(&FIND, &[method.into(), subject.into()]).await
}

pub async fn of_user(db: &impl Db, user_id: i64) -> Result<Vec<Linked>> {
    const OF_USER: Stmt = Stmt::read(
        "SELECT method, subject, linked FROM perijove_identities WHERE user_id = $1 ORDER BY method, subject",
    );
    let rows = db.rows(&OF_USER, &[user_id.into()]).await?;
    rows.into_iter().map(read).collect()
}

/// `false` if it is somebody's already.
pub async fn link(db: &impl Db, method: &str, subject: &str, user_id: i64, now: Timestamp) -> Result<bool> {
    const LINK: Stmt = Stmt::note(
        "INSERT INTO perijove_identities (method, subject, user_id, linked) VALUES ($1, $2, $3, $4) \
         ON CONFLICT DO NOTHING",
    );
    let params = [method.into(), subject.into(), user_id.into(), now.into()];
    Ok(db.execute(&LINK, &params).await? > 0)
}

pub async fn unlink(db: &impl Db, user_id: i64, method: &str, subject: &str) -> Result<bool> {
    const UNLINK: Stmt =
        Stmt::note("DELETE FROM perijove_identities WHERE user_id = $1 AND method = $2 AND subject = $3");
    let params = [user_id.into(), method.into(), subject.into()];
    Ok(db.execute(&UNLINK, &params).await? > 0)
}
