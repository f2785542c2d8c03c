//! Leases: who may do a thing that only one hub may do at a time.

use jiff::{SignedDuration, Timestamp};

use crate::error::Result;
use crate::sql::{Db, Stmt};

/// Held until `expires_at`. The epoch grows with each change of hands, so that a late holder can be told from the
/// present one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    pub name: String,
    pub holder: String,
    pub epoch: i64,
    pub expires_at: Timestamp,
}

/// Clocks of hubs may differ by so much, and no more.
const SKEW: SignedDuration = SignedDuration::from_mins(5);

/// Takes a lease that is free, has expired or is one's own already; `None` if somebody else holds it. One that nobody can
/// have taken at this time of day is from before a clock was put back, and free.
pub async fn acquire(
    db: &impl Db,
    name: &str,
    holder: &str,
    ttl: SignedDuration,
    now: Timestamp,
) -> Result<Option<Lease>> {
    const ACQUIRE: Stmt = Stmt::note(
        "INSERT INTO perijove_leases (name, holder, epoch, expires_at) VALUES ($1, $2, 1, $3) \
         ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at, \
         epoch = perijove_leases.epoch \
         + CASE WHEN perijove_leases.expires_at <= $4 OR perijove_leases.expires_at > $5 THEN 1 ELSE 0 END \
         WHERE perijove_leases.expires_at <= $4 OR perijove_leases.expires_at > $5 \
         OR perijove_leases.holder = excluded.holder RETURNING epoch",
    );
    let expires_at = later(now, ttl);
    let impossible = later(expires_at, SKEW);
    let params = [
        name.into(),
        holder.into(),
        expires_at.into(),
        now.into(),
        impossible.into(),
    ];
    let epoch: Option<i64> = db.one(&ACQUIRE, &params).await?;
    Ok(epoch.map(|epoch| Lease {
        name: name.to_owned(),
        holder: holder.to_owned(),
        epoch,
        expires_at,
    }))
}

/// Holds a lease for longer; `false` if it has changed hands.
pub async fn renew(db: &impl Db, lease: &Lease, ttl: SignedDuration, now: Timestamp) -> Result<bool> {
    const RENEW: Stmt =
        Stmt::note("UPDATE perijove_leases SET expires_at = $4 WHERE name = $1 AND holder = $2 AND epoch = $3");
    let Lease {
        name, holder, epoch, ..
    } = lease;
    let params = [name.into(), holder.into(), (*epoch).into(), later(now, ttl).into()];
    Ok(db.execute(&RENEW, &params).await? > 0)
}

/// Lets go of a lease; one that has changed hands is left alone. The row stays, for its epoch.
pub async fn release(db: &impl Db, lease: &Lease) -> Result<()> {
    const RELEASE: Stmt =
        Stmt::note("UPDATE perijove_leases SET expires_at = $4 WHERE name = $1 AND holder = $2 AND epoch = $3");
    let Lease {
        name, holder, epoch, ..
    } = lease;
    let params = [
        name.into(),
        holder.into(),
        (*epoch).into(),
        Timestamp::UNIX_EPOCH.into(),
    ];
    db.execute(&RELEASE, &params).await.map(drop)
}

/// Frees all leases. For a hub that knows that it is alone: whoever held them is dead, and need not be waited for.
pub async fn release_all(db: &impl Db) -> Result<()> {
    const RELEASE: Stmt = Stmt::note("UPDATE perijove_leases SET expires_at = $1 WHERE expires_at > $1");
    db.execute(&RELEASE, &[Timestamp::UNIX_EPOCH.into()]).await.map(drop)
}

fn later(now: Timestamp, ttl: SignedDuration) -> Timestamp {
    now.saturating_add(ttl).unwrap_or(Timestamp::MAX)
}
