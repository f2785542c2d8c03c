//! What may be used once only: the fingerprint of each that was, until nobody would take it any more anyway.

use jiff::Timestamp;

use crate::error::Result;
use crate::sql::{Db, Stmt};

/// Uses one up; `false` if it was. Of several who try at once, one succeeds.
pub async fn spend(db: &impl Db, fingerprint: &str, until: Timestamp) -> Result<bool> {
    const SPEND: Stmt =
        Stmt::note("INSERT INTO perijove_nonces (fingerprint, until) VALUES ($1, $2) ON CONFLICT DO NOTHING");
    Ok(db.execute(&SPEND, &[fingerprint.into(), until.into()]).await? > 0)
}

/// Forgets those whose time is over. How many.
pub async fn purge(db: &impl Db, now: Timestamp) -> Result<u64> {
    const PURGE: Stmt = Stmt::note("DELETE FROM perijove_nonces WHERE until <= $1");
    db.execute(&PURGE, &[now.into()]).await
}
