//! Password hashes of accounts that are kept here.

use jiff::Timestamp;

use crate::error::Result;
use crate::sql::{Db, Stmt};

pub async fn hash_of(db: &impl Db, user_id: i64) -> Result<Option<String>> {
    const GET: Stmt = Stmt::read("SELECT hash FROM perijove_passwords WHERE user_id = $1");
    db.one(&GET, &[user_id.into()]).await
}

pub async fn set(db: &impl Db, user_id: i64, hash: &str, now: Timestamp) -> Result<()> {
    const SET: Stmt = Stmt::write(
        "INSERT INTO perijove_passwords (user_id, hash, changed) VALUES ($1, $2, $3) \
         ON CONFLICT (user_id) DO UPDATE SET hash = excluded.hash, changed = excluded.changed",
    );
    db.execute(&SET, &[user_id.into(), hash.into(), now.into()])
        .await
        .map(drop)
}

/// Takes the password away; the account stays. `false` if there was none.
pub async fn delete(db: &impl Db, user_id: i64) -> Result<bool> {
    const DELETE: Stmt = Stmt::write("DELETE FROM perijove_passwords WHERE user_id = $1");
    Ok(db.execute(&DELETE, &[user_id.into()]).await? > 0)
}
