//! The audit log: what was done, by whom, from where. Rows are added and, when they are old, purged; never changed: the
//! database itself refuses it.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value as Json;

use crate::error::Result;
use crate::sql::{Db, Post, Row, Stmt, Value};

#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    /// What was done: `token.made`.
    pub act: &'a str,
    /// `user`, `service`, `hub`, `command`, or `nobody`.
    pub actor_kind: &'a str,
    pub actor: &'a str,
    /// The credential: `session`, `token a12`; empty where there was none.
    pub via: &'a str,
    pub address: &'a str,
    /// What it was done to: `user ada`, `server ada/lab`.
    pub target: &'a str,
    pub detail: &'a Json,
}

/// An entry as it stands in the log.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    pub id: i64,
    pub at: Timestamp,
    pub act: String,
    pub actor_kind: String,
    pub actor: String,
    pub via: String,
    pub address: String,
    pub target: String,
    pub detail: Json,
}

/// Which entries, in which order.
#[derive(Debug, Clone, Default)]
pub struct Query {
    pub act: Option<String>,
    pub actor: Option<String>,
    pub target: Option<String>,
    pub address: Option<String>,
    /// From this moment on.
    pub since: Option<Timestamp>,
    /// Before this moment.
    pub until: Option<Timestamp>,
    /// The newest first, instead of the oldest.
    pub newest_first: bool,
    /// Only what comes behind the entry of this number, in that order.
    pub after: Option<i64>,
}

/// Clocks of several hubs differ, so numbers and times don't rise quite together; by no more than this.
const SKEW: SignedDuration = SignedDuration::from_hours(1);

/// Old entries that are deleted in one go: nobody waits long for a write beside it.
const PURGED_AT_ONCE: i64 = 5000;

/// Writes an entry, in the transaction of what it tells about where there is one.
pub async fn append(db: &impl Post, entry: &Entry<'_>, at: Timestamp) -> Result<()> {
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
    db.post(&APPEND, &params).await
}

/// The first entries of a query, at most `limit`. Each page costs the same, wherever it lies.
pub async fn list(db: &impl Db, query: &Query, limit: i64) -> Result<Vec<Record>> {
    let mut params = Vec::new();
    let sql = sql(query, limit, &mut params);
    let rows = db.rows(&Stmt::composed(sql), &params).await?;
    rows.into_iter().map(read).collect()
}

fn read(mut row: Row) -> Result<Record> {
    Ok(Record {
        id: row.take()?,
        at: row.take()?,
        act: row.take()?,
        actor_kind: row.take()?,
        actor: row.take()?,
        via: row.take()?,
        address: row.take()?,
        target: row.take()?,
        detail: row.take()?,
    })
}

fn sql(query: &Query, limit: i64, params: &mut Vec<Value>) -> String {
    let mut terms = Vec::new();
    let mut term = |value: Value, text: &str| {
        params.push(value);
        terms.push(text.replace("{}", &format!("${}", params.len())));
    };
    let same = [
        ("act = {}", &query.act),
        ("actor = {}", &query.actor),
        ("target = {}", &query.target),
        ("address = {}", &query.address),
    ];
    for (text, value) in same {
        if let Some(value) = value {
            term(value.into(), text);
        }
    }
    // A number near the moment is found by the index of times, so that nothing before it is walked through.
    if let Some(since) = query.since {
        term(since.into(), "at >= {}");
        let near = since.saturating_sub(SKEW).unwrap_or(Timestamp::MIN);
        term(
            near.into(),
            "id >= COALESCE((SELECT b.id FROM perijove_audit b WHERE b.at >= {} ORDER BY b.at, b.id LIMIT 1), 0)",
        );
    }
    if let Some(until) = query.until {
        term(until.into(), "at < {}");
        let near = until.saturating_add(SKEW).unwrap_or(Timestamp::MAX);
        term(
            near.into(),
            "id <= COALESCE((SELECT b.id FROM perijove_audit b WHERE b.at < {} ORDER BY b.at DESC, b.id DESC LIMIT 1), 0)",
        );
    }
    if let Some(after) = query.after {
        term(after.into(), if query.newest_first { "id < {}" } else { "id > {}" });
    }
    let filter = match terms.is_empty() {
        true => String::new(),
        false => format!(" WHERE {}", terms.join(" AND ")),
    };
    let direction = if query.newest_first { "DESC" } else { "ASC" };
    params.push(limit.max(0).into());
    format!(
        "SELECT id, at, act, actor_kind, actor, via, address, target, detail FROM perijove_audit{filter} \
         ORDER BY id {direction} LIMIT ${}",
        params.len()
    )
}

/// Deletes some of the entries from before this moment; 0 says that there are no more.
pub async fn purge(db: &impl Db, before: Timestamp) -> Result<u64> {
    const PURGE: Stmt = Stmt::write(
        "DELETE FROM perijove_audit WHERE id IN \
         (SELECT id FROM perijove_audit WHERE at < $1 ORDER BY at, id LIMIT $2)",
    );
    db.execute(&PURGE, &[before.into(), PURGED_AT_ONCE.into()]).await
}
