//! One-time links: to set up the first administrator, and to choose a password.

use jiff::Timestamp;

use crate::error::Result;
use crate::sql::{Db, Row, Stmt};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    pub id: i64,
    /// `setup` or `invite`.
    pub purpose: String,
    pub user_name: Option<String>,
    pub admin: bool,
    pub expires_at: Timestamp,
}

fn read(mut row: Row) -> Result<Link> {
    Ok(Link {
        id: row.take()?,
        purpose: row.take()?,
        user_name: row.take()?,
        admin: row.take()?,
        expires_at: row.take()?,
    })
}

/// Keeps a link by the fingerprint of its secret.
pub async fn create(
    db: &impl Db,
    fingerprint: &str,
    purpose: &str,
    user_name: Option<&str>,
    admin: bool,
    expires_at: Timestamp,
    now: Timestamp,
) -> Result<()> {
    const CREATE: Stmt = Stmt::write(
        "INSERT INTO perijove_links (fingerprint, purpose, user_name, admin, expires_at, created) \
         VALUES ($1, $2, $3, $4, $5, $6)",
    );
    let params = [
        fingerprint.into(),
        purpose.into(),
        user_name.into(),
        admin.into(),
        expires_at.into(),
        now.into(),
    ];
    db.execute(&CREATE, &params).await.map(drop)
}

/// Looks at a link without using it.
pub async fn find(db: &impl Db, fingerprint: &str, now: Timestamp) -> Result<Option<Link>> {
    const FIND: Stmt = Stmt::read(
        "SELECT id, purpose, user_name, admin, expires_at FROM perijove_links \
         WHERE fingerprint = $1 AND expires_at > $2",
    );
    db.row(&FIND, &[fingerprint.into(), now.into()])
        .await?
        .map(read)
        .transpose()
}

/// Uses a link up: of several that try, one gets it.
pub async fn take(db: &impl Db, fingerprint: &str, now: Timestamp) -> Result<Option<Link>> {
    const TAKE: Stmt = Stmt::write(
        "DELETE FROM perijove_links WHERE fingerprint = $1 AND expires_at > $2 \
         RETURNING id, purpose, user_name, admin, expires_at",
    );
    db.row(&TAKE, &[fingerprint.into(), now.into()])
        .await?
        .map(read)
        .transpose()
}

/// Withdraws every link of a purpose.
pub async fn delete_purpose(db: &impl Db, purpose: &str) -> Result<u64> {
    const DELETE: Stmt = Stmt::write("DELETE FROM perijove_links WHERE purpose = $1");
    db.execute(&DELETE, &[purpose.into()]).await
}
