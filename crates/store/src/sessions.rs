//! Sessions of browsers: listed, and ended, on the server.

use jiff::Timestamp;

use crate::error::Result;
use crate::sql::{Db, Post, Row, Stmt};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    pub id: i64,
    pub user_id: i64,
    /// The cookie `jupyterhub-session-id`, which ties OAuth tokens to the browser.
    pub session_id: String,
    pub created: Timestamp,
    pub last_seen: Timestamp,
    pub expires_at: Timestamp,
    pub address: String,
    pub user_agent: String,
    /// The way in which it began.
    pub method: Option<String>,
    /// The session there, where it has one.
    pub theirs: Option<String>,
    /// When it was last asked there whether all is as it was.
    pub checked: Option<Timestamp>,
    /// In which its holder reads, where they have said so.
    pub language: Option<String>,
    /// By number, who acts as its person in it.
    pub acted_by: Option<i64>,
}

#[derive(Debug, Clone, Copy)]
pub struct NewSession<'a> {
    pub user_id: i64,
    pub session_id: &'a str,
    pub expires_at: Timestamp,
    pub address: &'a str,
    pub user_agent: &'a str,
    pub method: Option<&'a str>,
    pub theirs: Option<&'a str>,
}

macro_rules! columns {
    () => {
        "id, user_id, session_id, created, last_seen, expires_at, address, user_agent, method, theirs, checked, \
         (SELECT language FROM perijove_languages AS read WHERE read.user_id = perijove_sessions.user_id), \
         (SELECT own.user_id FROM perijove_acting AS acting JOIN perijove_sessions AS own ON own.id = acting.by_session \
         WHERE acting.session = perijove_sessions.id) \
         FROM perijove_sessions"
    };
}

fn read(mut row: Row) -> Result<Session> {
    Ok(Session {
        id: row.take()?,
        user_id: row.take()?,
        session_id: row.take()?,
        created: row.take()?,
        last_seen: row.take()?,
        expires_at: row.take()?,
        address: row.take()?,
        user_agent: row.take()?,
        method: row.take()?,
        theirs: row.take()?,
        checked: row.take()?,
        language: row.take()?,
        acted_by: row.take()?,
    })
}

/// Keeps a session by the fingerprint of its cookie.
pub async fn create(db: &impl Post, fingerprint: &str, new: &NewSession<'_>, now: Timestamp) -> Result<()> {
    const CREATE: Stmt = Stmt::note(
        "INSERT INTO perijove_sessions (fingerprint, user_id, session_id, created, last_seen, expires_at, address, \
         user_agent, method, theirs, checked) VALUES ($1, $2, $3, $4, $4, $5, $6, $7, $8, $9, $4)",
    );
    let params = [
        fingerprint.into(),
        new.user_id.into(),
        new.session_id.into(),
        now.into(),
        new.expires_at.into(),
        new.address.into(),
        new.user_agent.into(),
        new.method.into(),
        new.theirs.into(),
    ];
    db.post(&CREATE, &params).await
}

/// Says in which session somebody acts in the one that has this fingerprint: the one ends with the other.
pub async fn note_acting(db: &impl Post, fingerprint: &str, by_session: i64) -> Result<()> {
    const NOTE: Stmt = Stmt::note(
        "INSERT INTO perijove_acting (session, by_session) SELECT id, $2 FROM perijove_sessions WHERE fingerprint = $1",
    );
    db.post(&NOTE, &[fingerprint.into(), by_session.into()]).await
}

pub async fn find(db: &impl Db, fingerprint: &str, now: Timestamp) -> Result<Option<Session>> {
    const FIND: Stmt = Stmt::read(concat!(
        "SELECT ",
        columns!(),
        " WHERE fingerprint = $1 AND expires_at > $2"
    ));
    db.row(&FIND, &[fingerprint.into(), now.into()])
        .await?
        .map(read)
        .transpose()
}

/// Holds a person's session with this `jupyterhub-session-id`, if there is one, for the rest of the transaction: nobody
/// ends it meanwhile.
pub(crate) async fn hold(tx: &crate::Tx, user_id: i64, session_id: &str) -> Result<()> {
    const HOLD: Stmt =
        Stmt::note("UPDATE perijove_sessions SET last_seen = last_seen WHERE user_id = $1 AND session_id = $2");
    tx.post(&HOLD, &[user_id.into(), session_id.into()]).await
}

/// Notes that a session was used, and how long it lives now. Never backwards.
pub async fn touch(db: &impl Db, id: i64, at: Timestamp, expires_at: Timestamp) -> Result<()> {
    const TOUCH: Stmt =
        Stmt::note("UPDATE perijove_sessions SET last_seen = $2, expires_at = $3 WHERE id = $1 AND last_seen < $2");
    db.post(&TOUCH, &[id.into(), at.into(), expires_at.into()]).await
}

pub async fn delete(db: &impl Db, id: i64) -> Result<bool> {
    const DELETE: Stmt = Stmt::write("DELETE FROM perijove_sessions WHERE id = $1");
    Ok(db.execute(&DELETE, &[id.into()]).await? > 0)
}

/// Remembers, as long as the session would have lived, that the method by which it began is gone: its holder will ask.
pub async fn note_stray(db: &impl Db, id: i64) -> Result<()> {
    const NOTE: Stmt = Stmt::note(
        "INSERT INTO perijove_nonces (fingerprint, until) SELECT 'stray ' || fingerprint, expires_at \
         FROM perijove_sessions WHERE id = $1 ON CONFLICT DO NOTHING",
    );
    db.execute(&NOTE, &[id.into()]).await.map(drop)
}

/// Whether the session of this cookie ended because its method is gone.
pub async fn was_stray(db: &impl Db, fingerprint: &str, now: Timestamp) -> Result<bool> {
    const WAS: Stmt = Stmt::read("SELECT until FROM perijove_nonces WHERE fingerprint = $1 AND until > $2");
    let noted = format!("stray {fingerprint}");
    let until: Option<Timestamp> = db.one(&WAS, &[noted.as_str().into(), now.into()]).await?;
    Ok(until.is_some())
}

pub async fn delete_by_session_id(db: &impl Db, user_id: i64, session_id: &str) -> Result<u64> {
    const DELETE: Stmt = Stmt::write("DELETE FROM perijove_sessions WHERE user_id = $1 AND session_id = $2");
    db.execute(&DELETE, &[user_id.into(), session_id.into()]).await
}

/// Ends all sessions of a person, except perhaps the one that asks.
pub async fn delete_of_user(db: &impl Db, user_id: i64, except: Option<i64>) -> Result<u64> {
    const DELETE: Stmt = Stmt::write("DELETE FROM perijove_sessions WHERE user_id = $1 AND id <> $2");
    db.execute(&DELETE, &[user_id.into(), except.unwrap_or(0).into()]).await
}

pub async fn of_user(db: &impl Db, user_id: i64, now: Timestamp) -> Result<Vec<Session>> {
    const OF_USER: Stmt = Stmt::read(concat!(
        "SELECT ",
        columns!(),
        " WHERE user_id = $1 AND expires_at > $2 ORDER BY id"
    ));
    db.rows(&OF_USER, &[user_id.into(), now.into()])
        .await?
        .into_iter()
        .map(read)
        .collect()
}

/// Notes that it was asked elsewhere whether all is as it was; `false` if another request has done so since `before`.
pub async fn set_checked(db: &impl Db, id: i64, before: Option<Timestamp>, at: Timestamp) -> Result<bool> {
    const CHECKED: Stmt = Stmt::note(
        "UPDATE perijove_sessions SET checked = $3 WHERE id = $1 AND (checked = $2 OR (checked IS NULL AND $2 IS NULL))",
    );
    Ok(db.execute(&CHECKED, &[id.into(), before.into(), at.into()]).await? > 0)
}

/// The methods by which sessions began, one after the other: the first one behind this. Each is a look into an index.
pub async fn next_method(db: &impl Db, after: &str) -> Result<Option<String>> {
    const NEXT: Stmt = Stmt::read("SELECT method FROM perijove_sessions WHERE method > $1 ORDER BY method LIMIT 1");
    db.one(&NEXT, &[after.into()]).await
}

/// The sessions that began by a method, some at a time.
pub async fn of_method(db: &impl Db, method: &str, after: i64, limit: i64) -> Result<Vec<Session>> {
    const OF_METHOD: Stmt = Stmt::read(concat!(
        "SELECT ",
        columns!(),
        " WHERE method = $1 AND id > $2 ORDER BY id LIMIT $3"
    ));
    let rows = db
        .rows(&OF_METHOD, &[method.into(), after.into(), limit.into()])
        .await?;
    rows.into_iter().map(read).collect()
}

/// The sessions that began with a session elsewhere.
pub async fn of_theirs(db: &impl Db, method: &str, theirs: &str) -> Result<Vec<Session>> {
    const OF_THEIRS: Stmt = Stmt::read(concat!("SELECT ", columns!(), " WHERE method = $1 AND theirs = $2"));
    let rows = db.rows(&OF_THEIRS, &[method.into(), theirs.into()]).await?;
    rows.into_iter().map(read).collect()
}
