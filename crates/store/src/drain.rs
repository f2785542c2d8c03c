//! Whether the hub takes new starts. While it is drained, servers that run go on, and none starts.

use jiff::Timestamp;
use serde_json::{Value as Json, json};

use crate::error::Result;
use crate::meta;
use crate::sql::{Db, Stmt};

const KEY: &str = "drain";

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drain {
    pub since: Timestamp,
    /// Who began it.
    pub by: String,
    /// What people are told; may be empty.
    pub message: String,
}

/// `None`: starts are taken.
pub async fn get(db: &impl Db) -> Result<Option<Drain>> {
    let Some(text) = meta::get(db, KEY).await? else {
        return Ok(None);
    };
    // Whatever stands there: that there is something is what counts.
    let kept: Json = serde_json::from_str(&text).unwrap_or_default();
    let word = |key: &str| kept[key].as_str().unwrap_or_default().to_owned();
    Ok(Some(Drain {
        since: word("since").parse().unwrap_or(Timestamp::UNIX_EPOCH),
        by: word("by"),
        message: word("message"),
    }))
}

pub async fn begin(db: &impl Db, drain: &Drain) -> Result<()> {
    let Drain { since, by, message } = drain;
    let kept = json!({ "since": since.to_string(), "by": by, "message": message });
    meta::set(db, KEY, &kept.to_string()).await
}

/// Whether it was drained.
pub async fn end(db: &impl Db) -> Result<bool> {
    const END: Stmt = Stmt::write("DELETE FROM perijove_meta WHERE key = $1");
    Ok(db.execute(&END, &[KEY.into()]).await? > 0)
}
