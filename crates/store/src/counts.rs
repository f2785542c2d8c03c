//! Numbers about the whole platform, for metrics.

use jiff::{SignedDuration, Timestamp};

use crate::error::Result;
use crate::spawners;
use crate::sql::{Db, Stmt};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    pub users: i64,
    /// Servers that run or are on their way.
    pub running: i64,
    pub sessions: i64,
    /// Leases of this hub.
    pub leases: i64,
}

/// How many people were seen lately.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Active {
    pub day: i64,
    pub week: i64,
    pub month: i64,
}

pub async fn now(db: &impl Db, holder: &str, now: Timestamp) -> Result<Counts> {
    const COUNT: Stmt = Stmt::read(
        "SELECT (SELECT COUNT(*) FROM users), (SELECT COUNT(*) FROM perijove_sessions WHERE expires_at > $1), \
         (SELECT COUNT(*) FROM perijove_leases WHERE holder = $2 AND expires_at > $1)",
    );
    let mut row = crate::returned(db.row(&COUNT, &[now.into(), holder.into()]).await?)?;
    Ok(Counts {
        users: row.take()?,
        sessions: row.take()?,
        leases: row.take()?,
        running: spawners::active_counts(db).await?.active,
    })
}

/// Walks over all people.
pub async fn active(db: &impl Db, now: Timestamp) -> Result<Active> {
    const ACTIVE: Stmt = Stmt::read(
        "SELECT COALESCE(SUM(CASE WHEN last_activity >= $1 THEN 1 ELSE 0 END), 0), \
         COALESCE(SUM(CASE WHEN last_activity >= $2 THEN 1 ELSE 0 END), 0), COUNT(*) \
         FROM users WHERE last_activity >= $3",
    );
    let days = |days: i64| {
        now.saturating_sub(SignedDuration::from_hours(24 * days))
            .unwrap_or(Timestamp::MIN)
    };
    let params = [days(1).into(), days(7).into(), days(30).into()];
    let mut row = crate::returned(db.row(&ACTIVE, &params).await?)?;
    Ok(Active {
        day: row.take()?,
        week: row.take()?,
        month: row.take()?,
    })
}
