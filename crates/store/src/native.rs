//! Accounts that are kept here: password hashes, one-time codes, mail addresses.

use jiff::Timestamp;

use crate::error::Result;
use crate::sql::{Db, Row, Stmt};

/// What signing in asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    pub user_id: i64,
    pub hash: String,
    pub approved: bool,
    /// Sealed; there only once it was confirmed.
    pub otp_secret: Option<String>,
}

/// What the person's own page tells.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Account {
    pub approved: bool,
    pub email: Option<String>,
    /// Sealed.
    pub otp_secret: Option<String>,
    /// When a code confirmed that somebody has the secret; until then none is asked for.
    pub otp_since: Option<Timestamp>,
}

/// The account of a name, if it has a password.
pub async fn find(db: &impl Db, name: &str) -> Result<Option<Kept>> {
    const FIND: Stmt = Stmt::read(
        "SELECT users.id, p.hash, a.approved, CASE WHEN a.otp_since IS NULL THEN NULL ELSE a.otp_secret END FROM users \
         JOIN perijove_passwords p ON p.user_id = users.id LEFT JOIN perijove_accounts a ON a.user_id = users.id \
         WHERE users.name = $1",
    );
    let read = |mut row: Row| {
        Ok(Kept {
            user_id: row.take()?,
            hash: row.take()?,
            approved: row.take()?,
            otp_secret: row.take()?,
        })
    };
    db.row(&FIND, &[name.into()]).await?.map(read).transpose()
}

pub async fn account(db: &impl Db, user_id: i64) -> Result<Account> {
    const GET: Stmt =
        Stmt::read("SELECT approved, email, otp_secret, otp_since FROM perijove_accounts WHERE user_id = $1");
    let Some(mut row) = db.row(&GET, &[user_id.into()]).await? else {
        return Ok(Account::default());
    };
    Ok(Account {
        approved: row.take()?,
        email: row.take()?,
        otp_secret: row.take()?,
        otp_since: row.take()?,
    })
}

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

/// Another hash in the place of this one; `false` if it is not there any more.
pub async fn replace(db: &impl Db, user_id: i64, old: &str, new: &str) -> Result<bool> {
    const REPLACE: Stmt = Stmt::note("UPDATE perijove_passwords SET hash = $3 WHERE user_id = $1 AND hash = $2");
    Ok(db.execute(&REPLACE, &[user_id.into(), old.into(), new.into()]).await? > 0)
}

/// Takes the password away; the account stays. `false` if there was none.
pub async fn delete(db: &impl Db, user_id: i64) -> Result<bool> {
    const DELETE: Stmt = Stmt::write("DELETE FROM perijove_passwords WHERE user_id = $1");
    Ok(db.execute(&DELETE, &[user_id.into()]).await? > 0)
}

/// Notes how the account came to be. What is not given stays as it is.
pub async fn describe(db: &impl Db, user_id: i64, approved: bool, email: Option<&str>) -> Result<()> {
    const DESCRIBE: Stmt = Stmt::note(
        "INSERT INTO perijove_accounts (user_id, approved, email, otp_step) VALUES ($1, $2, $3, 0) \
         ON CONFLICT (user_id) DO UPDATE SET approved = excluded.approved, \
         email = COALESCE(excluded.email, perijove_accounts.email)",
    );
    let params = [user_id.into(), approved.into(), email.into()];
    db.execute(&DESCRIBE, &params).await.map(drop)
}

/// The mail address, in the place of another one.
pub async fn set_email(db: &impl Db, user_id: i64, email: &str) -> Result<()> {
    const SET: Stmt = Stmt::note(
        "INSERT INTO perijove_accounts (user_id, approved, email, otp_step) VALUES ($1, FALSE, $2, 0) \
         ON CONFLICT (user_id) DO UPDATE SET email = excluded.email",
    );
    db.execute(&SET, &[user_id.into(), email.into()]).await.map(drop)
}

/// Somebody with a password and a mail address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reachable {
    pub user_id: i64,
    pub name: String,
    pub email: String,
}

macro_rules! reachable {
    ($($condition:literal),+) => {
        concat!(
            "SELECT users.id, users.name, a.email FROM users JOIN perijove_passwords p ON p.user_id = users.id \
             JOIN perijove_accounts a ON a.user_id = users.id WHERE a.email IS NOT NULL AND ",
            $($condition),+
        )
    };
}

fn reachable(mut row: Row) -> Result<Reachable> {
    Ok(Reachable {
        user_id: row.take()?,
        name: row.take()?,
        email: row.take()?,
    })
}

/// Who has this name; else, who has this mail address, a few of them at most.
pub async fn reachable_by(db: &impl Db, name: &str, email: &str) -> Result<Vec<Reachable>> {
    const BY_NAME: Stmt = Stmt::read(reachable!("users.name = $1"));
    const BY_EMAIL: Stmt = Stmt::read(reachable!("LOWER(a.email) = $1 ORDER BY users.name LIMIT 5"));
    let mut rows = db.rows(&BY_NAME, &[name.into()]).await?;
    if rows.is_empty() {
        rows = db.rows(&BY_EMAIL, &[email.to_lowercase().into()]).await?;
    }
    rows.into_iter().map(reachable).collect()
}

/// The mail addresses of administrators.
pub async fn admin_emails(db: &impl Db) -> Result<Vec<String>> {
    const EMAILS: Stmt = Stmt::read(
        "SELECT DISTINCT a.email FROM users JOIN perijove_accounts a ON a.user_id = users.id \
         WHERE users.admin AND a.email IS NOT NULL ORDER BY a.email LIMIT 20",
    );
    db.column(&EMAILS, &[]).await
}

/// A secret for one-time codes, in the place of one that was not confirmed. `false` if there is one that was.
pub async fn propose_otp(db: &impl Db, user_id: i64, sealed: &str) -> Result<bool> {
    const PROPOSE: Stmt = Stmt::note(
        "INSERT INTO perijove_accounts (user_id, approved, otp_secret, otp_step) VALUES ($1, FALSE, $2, 0) \
         ON CONFLICT (user_id) DO UPDATE SET otp_secret = excluded.otp_secret, otp_step = 0 \
         WHERE perijove_accounts.otp_since IS NULL",
    );
    Ok(db.execute(&PROPOSE, &[user_id.into(), sealed.into()]).await? > 0)
}

/// From now on codes are asked for. `false` if another secret was proposed meanwhile.
pub async fn confirm_otp(db: &impl Db, user_id: i64, sealed: &str, step: i64, now: Timestamp) -> Result<bool> {
    const CONFIRM: Stmt = Stmt::write(
        "UPDATE perijove_accounts SET otp_since = $4, otp_step = $3 \
         WHERE user_id = $1 AND otp_secret = $2 AND otp_since IS NULL",
    );
    let params = [user_id.into(), sealed.into(), step.into(), now.into()];
    Ok(db.execute(&CONFIRM, &params).await? > 0)
}

/// No codes are asked for any more.
pub async fn remove_otp(db: &impl Db, user_id: i64) -> Result<bool> {
    const SECRET: Stmt = Stmt::write(
        "UPDATE perijove_accounts SET otp_secret = NULL, otp_since = NULL WHERE user_id = $1 AND otp_secret IS NOT NULL",
    );
    const CODES: Stmt = Stmt::write("DELETE FROM perijove_recovery_codes WHERE user_id = $1");
    let unit = db.unit().await?;
    let there = unit.execute(&SECRET, &[user_id.into()]).await? > 0;
    unit.execute(&CODES, &[user_id.into()]).await?;
    unit.commit().await?;
    Ok(there)
}

/// Uses a step up, and those before it; `false` if it was.
pub async fn use_step(db: &impl Db, user_id: i64, step: i64) -> Result<bool> {
    const USE: Stmt = Stmt::note("UPDATE perijove_accounts SET otp_step = $2 WHERE user_id = $1 AND otp_step < $2");
    Ok(db.execute(&USE, &[user_id.into(), step.into()]).await? > 0)
}

/// These recovery codes, by their fingerprints, and no others.
pub async fn set_recovery_codes(db: &impl Db, user_id: i64, fingerprints: &[String]) -> Result<()> {
    const CLEAR: Stmt = Stmt::write("DELETE FROM perijove_recovery_codes WHERE user_id = $1");
    const ADD: Stmt = Stmt::write("INSERT INTO perijove_recovery_codes (user_id, fingerprint) VALUES ($1, $2)");
    let unit = db.unit().await?;
    unit.execute(&CLEAR, &[user_id.into()]).await?;
    for fingerprint in fingerprints {
        unit.execute(&ADD, &[user_id.into(), fingerprint.into()]).await?;
    }
    unit.commit().await
}

/// Of several that use one, one gets in.
pub async fn use_recovery_code(db: &impl Db, user_id: i64, fingerprint: &str) -> Result<bool> {
    const USE: Stmt = Stmt::note("DELETE FROM perijove_recovery_codes WHERE user_id = $1 AND fingerprint = $2");
    Ok(db.execute(&USE, &[user_id.into(), fingerprint.into()]).await? > 0)
}

pub async fn recovery_codes_left(db: &impl Db, user_id: i64) -> Result<i64> {
    const COUNT: Stmt = Stmt::read("SELECT COUNT(*) FROM perijove_recovery_codes WHERE user_id = $1");
    crate::returned(db.one(&COUNT, &[user_id.into()]).await?)
}
