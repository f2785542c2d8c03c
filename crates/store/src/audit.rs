//! The audit log: what was done, by whom, from where. Rows are added and, when they are old, purged; never changed.

use jiff::Timestamp;
use serde_json::Value as Json;

use crate::error::Result;
use crate::sql::{Db, Stmt};

#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    /// What was done: `token.made`.
    pub act: &'a str,
    /// `user`, `service`, `hub`, or `nobody`.
    pub actor_kind: &'a str,
    pub actor: &'a str,
    /// The credential: `session`, `token a12`; empty where there was none.
    pub via: &'a str,
    pub address: &'a str,
    /// What it was done to: `user ada`, `server ada/lab`.
    pub target: &'a str,
    pub detail: &'a Json,
}

/// Writes an entry, in the transaction of what it tells about where there is one.
pub async fn append(db: &impl Db, entry: &Entry<'_>, at: Timestamp) -> Result<()> {
    const APPEND: Stmt = Stmt::note(
        "INSERT INTO perijove_audit (at, act, actor_kind, actor, via, address, target, detail) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    );
    let params = [
        at.into(),
        entry.act.into(),
        entry.actor_kind.into(),
        entry.actor.into(),
        entry.via.into(),
        entry.address.into(),
        entry.target.into(),
        entry.detail.into(),
    ];
    db.execute(&APPEND, &params).await.map(drop)
}
