//! Programs without a browser that ask for a token (RFC 8628): they show a code, a person types it elsewhere.

use jiff::Timestamp;

use crate::error::Result;
use crate::sql::{Db, Row, Stmt, Value};

/// What has become of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    Awaited,
    /// By this person.
    Allowed(i64),
    Denied,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    pub client_id: String,
    pub scopes: Vec<String>,
    pub address: String,
    pub agent: String,
    pub created: Timestamp,
    pub expires_at: Timestamp,
    /// How many seconds it has to leave between two questions.
    pub pause: i64,
    pub asked: Timestamp,
    pub answer: Answer,
}

/// What is written of one that begins.
#[derive(Debug, Clone, Copy)]
pub struct NewDevice<'a> {
    /// Of the code that the program keeps.
    pub fingerprint: &'a str,
    /// What a person types.
    pub user_code: &'a str,
    pub client_id: &'a str,
    pub scopes: &'a [String],
    pub address: &'a str,
    pub agent: &'a str,
    pub expires_at: Timestamp,
    pub pause: i64,
}

macro_rules! columns {
    () => {
        "client_id, scopes, address, agent, created, expires_at, pause, asked, answer, user_id"
    };
}

fn read(mut row: Row) -> Result<Device> {
    Ok(Device {
        client_id: row.take()?,
        scopes: row.take()?,
        address: row.take()?,
        agent: row.take()?,
        created: row.take()?,
        expires_at: row.take()?,
        pause: row.take()?,
        asked: row.take()?,
        answer: match (row.take::<String>()?.as_str(), row.take::<Option<i64>>()?) {
            ("allowed", Some(user)) => Answer::Allowed(user),
            ("denied", _) => Answer::Denied,
            _ => Answer::Awaited,
        },
    })
}

/// `false` if another one has the code that a person types.
pub async fn begin(db: &impl Db, new: &NewDevice<'_>, now: Timestamp) -> Result<bool> {
    const BEGIN: Stmt = Stmt::note(
        "INSERT INTO perijove_devices (fingerprint, user_code, client_id, scopes, address, agent, created, expires_at, \
         pause, asked, answer) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $7, 'awaited') \
         ON CONFLICT (user_code) DO NOTHING",
    );
    let params = [
        new.fingerprint.into(),
        new.user_code.into(),
        new.client_id.into(),
        Value::list(new.scopes),
        new.address.into(),
        new.agent.into(),
        now.into(),
        new.expires_at.into(),
        new.pause.into(),
    ];
    Ok(db.execute(&BEGIN, &params).await? > 0)
}

/// The one that shows this code and has no answer yet.
pub async fn awaiting(db: &impl Db, user_code: &str, now: Timestamp) -> Result<Option<Device>> {
    const AWAITING: Stmt = Stmt::read(concat!(
        "SELECT ",
        columns!(),
        " FROM perijove_devices WHERE user_code = $1 AND expires_at > $2 AND answer = 'awaited'"
    ));
    db.row(&AWAITING, &[user_code.into(), now.into()])
        .await?
        .map(read)
        .transpose()
}

/// A person has answered, and allows these scopes or nothing at all. `false` if somebody was quicker, or it is too late.
pub async fn answer(
    db: &impl Db,
    user_code: &str,
    user_id: i64,
    allowed: Option<&[String]>,
    now: Timestamp,
) -> Result<bool> {
    const ANSWER: Stmt = Stmt::note(
        "UPDATE perijove_devices SET answer = $3, user_id = $2, scopes = $5 \
         WHERE user_code = $1 AND expires_at > $4 AND answer = 'awaited'",
    );
    let answer = if allowed.is_some() { "allowed" } else { "denied" };
    let scopes = Value::list(allowed.unwrap_or_default());
    let params = [user_code.into(), user_id.into(), answer.into(), now.into(), scopes];
    Ok(db.execute(&ANSWER, &params).await? > 0)
}

/// The program asks. It gets what is known as it was before, and what it asked too soon makes its pause longer by `more`.
pub async fn ask(
    db: &impl Db,
    fingerprint: &str,
    client_id: &str,
    more: i64,
    now: Timestamp,
) -> Result<Option<Device>> {
    const FIND: Stmt = Stmt::read(concat!(
        "SELECT ",
        columns!(),
        " FROM perijove_devices WHERE fingerprint = $1 AND client_id = $2"
    ));
    const ASKED: Stmt = Stmt::note("UPDATE perijove_devices SET asked = $2, pause = pause + $3 WHERE fingerprint = $1");
    let unit = db.unit().await?;
    let found = unit.row(&FIND, &[fingerprint.into(), client_id.into()]).await?;
    let found = found.map(read).transpose()?;
    if let Some(device) = &found {
        let more = if device.is_early(now) { more } else { 0 };
        let params = [fingerprint.into(), now.into(), more.into()];
        unit.execute(&ASKED, &params).await?;
    }
    unit.commit().await?;
    Ok(found)
}

impl Device {
    /// Whether it should not ask yet.
    #[must_use]
    pub fn is_early(&self, now: Timestamp) -> bool {
        now.duration_since(self.asked).as_secs() < self.pause
    }
}

/// Takes out one that has its answer: of several that ask, one gets it.
pub async fn take(db: &impl Db, fingerprint: &str, client_id: &str) -> Result<Option<Device>> {
    const TAKE: Stmt = Stmt::note(concat!(
        "DELETE FROM perijove_devices WHERE fingerprint = $1 AND client_id = $2 AND answer <> 'awaited' RETURNING ",
        columns!()
    ));
    db.row(&TAKE, &[fingerprint.into(), client_id.into()])
        .await?
        .map(read)
        .transpose()
}

/// Forgets those whose time is over.
pub async fn purge(db: &impl Db, before: Timestamp) -> Result<u64> {
    const PURGE: Stmt = Stmt::note("DELETE FROM perijove_devices WHERE expires_at < $1");
    db.execute(&PURGE, &[before.into()]).await
}
