//! Who is shut out for now: the account stays, and nothing opens it.

use jiff::Timestamp;

use crate::error::Result;
use crate::sql::{Db, Stmt};
use crate::tokens;

/// Shuts somebody out, and takes what they came in with: sessions, and all tokens. `false` if they were shut out before.
pub async fn suspend(db: &impl Db, user_id: i64, now: Timestamp) -> Result<bool> {
    const SUSPEND: Stmt =
        Stmt::write("INSERT INTO perijove_suspensions (user_id, since) VALUES ($1, $2) ON CONFLICT DO NOTHING");
    let unit = db.unit().await?;
    let fresh = unit.execute(&SUSPEND, &[user_id.into(), now.into()]).await? > 0;
    crate::sessions::delete_of_user(&unit, user_id, None).await?;
    tokens::delete_of_user(&unit, user_id).await?;
    unit.commit().await?;
    Ok(fresh)
}

/// Lets somebody in again; `false` if they were not shut out.
pub async fn resume(db: &impl Db, user_id: i64) -> Result<bool> {
    const RESUME: Stmt = Stmt::write("DELETE FROM perijove_suspensions WHERE user_id = $1");
    Ok(db.execute(&RESUME, &[user_id.into()]).await? > 0)
}
