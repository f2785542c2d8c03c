//! Small facts about the whole hub, by key.

use crate::error::Result;
use crate::sql::{Db, Stmt};

pub async fn get(db: &impl Db, key: &str) -> Result<Option<String>> {
    const GET: Stmt = Stmt::read("SELECT value FROM perijove_meta WHERE key = $1");
    db.one(&GET, &[key.into()]).await
}

pub async fn set(db: &impl Db, key: &str, value: &str) -> Result<()> {
    const SET: Stmt = Stmt::write(
        "INSERT INTO perijove_meta (key, value) VALUES ($1, $2) \
         ON CONFLICT (key) DO UPDATE SET value = excluded.value",
    );
    db.execute(&SET, &[key.into(), value.into()]).await.map(drop)
}
