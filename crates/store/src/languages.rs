//! In which language somebody reads pages and mail, where they have said so.

use crate::error::Result;
use crate::sql::{Db, Stmt};

pub async fn of(db: &impl Db, user_id: i64) -> Result<Option<String>> {
    const OF: Stmt = Stmt::read("SELECT language FROM perijove_languages WHERE user_id = $1");
    db.one(&OF, &[user_id.into()]).await
}

/// Of whoever has this mail address, the first of them if they share it.
pub async fn of_address(db: &impl Db, email: &str) -> Result<Option<String>> {
    const OF: Stmt = Stmt::read(
        "SELECT l.language FROM perijove_languages l JOIN perijove_accounts a ON a.user_id = l.user_id \
         WHERE LOWER(a.email) = $1 ORDER BY l.user_id LIMIT 1",
    );
    db.one(&OF, &[email.to_lowercase().into()]).await
}

pub async fn set(db: &impl Db, user_id: i64, language: &str) -> Result<()> {
    const SET: Stmt = Stmt::write(
        "INSERT INTO perijove_languages (user_id, language) VALUES ($1, $2) \
         ON CONFLICT (user_id) DO UPDATE SET language = $2",
    );
    db.execute(&SET, &[user_id.into(), language.into()]).await?;
    Ok(())
}

/// They leave it to their browsers again.
pub async fn forget(db: &impl Db, user_id: i64) -> Result<()> {
    const FORGET: Stmt = Stmt::write("DELETE FROM perijove_languages WHERE user_id = $1");
    db.execute(&FORGET, &[user_id.into()]).await?;
    Ok(())
}
