//! API tokens, as JupyterHub keeps them: found by prefix, compared by salted hash.

pub mod list;

use jiff::{SignedDuration, Timestamp};
use perijove_model::scopes::Scope;
use perijove_model::token::{self, Hashed};

use crate::error::{Result, StoreError};
use crate::sessions;
use crate::sql::{Db, Post, Row, Stmt, Tx, Value};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Owner {
    User(i64),
    Service(i64),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    pub id: i64,
    pub owner: Owner,
    pub client_id: Option<String>,
    pub session_id: Option<String>,
    pub created: Option<Timestamp>,
    pub expires_at: Option<Timestamp>,
    pub last_activity: Option<Timestamp>,
    pub note: Option<String>,
    /// Raw: `inherit`, or what it was given.
    pub scopes: Vec<String>,
}

#[derive(Debug, Clone, Copy)]
pub struct NewToken<'a> {
    pub owner: Owner,
    pub hashed: &'a Hashed,
    /// `jupyterhub` for one that no OAuth client issued.
    pub client_id: &'a str,
    pub session_id: Option<&'a str>,
    pub expires_at: Option<Timestamp>,
    pub note: &'a str,
    pub scopes: &'a [String],
}

macro_rules! columns {
    () => {
        "api_tokens.id, api_tokens.user_id, api_tokens.service_id, api_tokens.client_id, api_tokens.session_id, \
         api_tokens.created, api_tokens.expires_at, api_tokens.last_activity, api_tokens.note, api_tokens.scopes, \
         (SELECT p.scopes FROM perijove_token_scopes p WHERE p.token_id = api_tokens.id)"
    };
}

use columns;

fn read(row: &mut Row) -> Result<Token> {
    let id = row.take()?;
    let owner = match (row.take::<Option<i64>>()?, row.take::<Option<i64>>()?) {
        (Some(user), _) => Owner::User(user),
        (None, Some(service)) => Owner::Service(service),
        (None, None) => return Err(StoreError::Corrupt(format!("the API token {id} belongs to nobody"))),
    };
    let mut token = Token {
        id,
        owner,
        client_id: row.take()?,
        session_id: row.take()?,
        created: row.take()?,
        expires_at: row.take()?,
        last_activity: row.take()?,
        note: row.take()?,
        scopes: row.take()?,
    };
    let aside: Option<Vec<String>> = row.take()?;
    token.scopes.extend(aside.unwrap_or_default());
    Ok(token)
}

async fn read_all(db: &impl Db, stmt: &Stmt, params: &[Value]) -> Result<Vec<Token>> {
    db.rows(stmt, params).await?.iter_mut().map(read).collect()
}

/// The token that a caller presents in clear, unless it has expired.
pub async fn find(db: &impl Db, candidate: &str, now: Timestamp) -> Result<Option<Token>> {
    const FIND: Stmt = Stmt::read(concat!(
        "SELECT hashed, ",
        columns!(),
        " FROM api_tokens WHERE prefix = $1 AND hashed IS NOT NULL AND (expires_at IS NULL OR expires_at > $2)"
    ));
    // PostgreSQL refuses a zero byte in a text.
    let Some(prefix) = token::prefix(candidate).filter(|prefix| !prefix.contains('\0')) else {
        return Ok(None);
    };
    for mut row in db.rows(&FIND, &[prefix.into(), now.into()]).await? {
        let hashed: String = row.take()?;
        if matches(&hashed, candidate).await {
            return read(&mut row).map(Some);
        }
    }
    Ok(None)
}

/// As [`token::matches`], beside the runtime where it takes its time.
pub async fn matches(hashed: &str, candidate: &str) -> bool {
    if !token::is_costly(hashed) {
        return token::matches(hashed, candidate);
    }
    let (hashed, candidate) = (hashed.to_owned(), candidate.to_owned());
    let compared = tokio::task::spawn_blocking(move || token::matches(&hashed, &candidate));
    compared.await.unwrap_or(false)
}

macro_rules! create {
    ($values:literal) => {
        Stmt::note(concat!(
            "INSERT INTO api_tokens (user_id, service_id, hashed, prefix, client_id, session_id, created, expires_at, \
             note, scopes) ",
            $values,
            " RETURNING id"
        ))
    };
}

pub async fn create(db: &impl Db, new: &NewToken<'_>, now: Timestamp) -> Result<i64> {
    const CREATE: Stmt = create!("VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)");
    crate::returned(put(db, &CREATE, new, now).await?)
}

/// As [`create`], if the session that it is for goes on. It does for the rest of the transaction: nobody ends it
/// meanwhile. Where somebody acts as its person the token ends with it.
pub async fn create_in_session(tx: &Tx, new: &NewToken<'_>, now: Timestamp) -> Result<Option<i64>> {
    const CREATE: Stmt = create!(
        "SELECT user_id, $2, $3, $4, $5, session_id, $7, CASE WHEN expires_at < $8 AND EXISTS \
         (SELECT 1 FROM perijove_acting WHERE session = perijove_sessions.id) THEN expires_at ELSE $8 END, $9, $10 \
         FROM perijove_sessions WHERE user_id = $1 AND session_id = $6 AND expires_at > $7 LIMIT 1"
    );
    let (Owner::User(user), Some(session)) = (new.owner, new.session_id) else {
        return Ok(None);
    };
    // A statement of its own, before: who waited for a sign-out in it then sees that there is no session any more.
    sessions::hold(tx, user, session).await?;
    put(tx, &CREATE, new, now).await
}

async fn put(db: &impl Db, create: &Stmt, new: &NewToken<'_>, now: Timestamp) -> Result<Option<i64>> {
    const ASIDE: Stmt = Stmt::note("INSERT INTO perijove_token_scopes (token_id, scopes) VALUES ($1, $2)");
    let scopes = new.scopes.iter().cloned();
    let (aside, theirs): (Vec<String>, Vec<String>) = scopes.partition(|raw| is_unknown_to_jupyterhub(raw));
    let (user, service) = match new.owner {
        Owner::User(id) => (Some(id), None),
        Owner::Service(id) => (None, Some(id)),
    };
    let params = [
        user.into(),
        service.into(),
        (&new.hashed.hashed).into(),
        (&new.hashed.prefix).into(),
        new.client_id.into(),
        new.session_id.into(),
        now.into(),
        new.expires_at.into(),
        new.note.into(),
        Value::list(&theirs),
    ];
    if aside.is_empty() {
        return db.one(create, &params).await;
    }
    let unit = db.unit().await?;
    let id: Option<i64> = unit.one(create, &params).await?;
    if let Some(id) = id {
        unit.post(&ASIDE, &[id.into(), Value::list(&aside)]).await?;
    }
    unit.commit().await?;
    Ok(id)
}

/// Whether JupyterHub, which may get the database back, fails on reading a token with this scope.
fn is_unknown_to_jupyterhub(raw: &str) -> bool {
    let name = raw.split('!').next().unwrap_or_default();
    Scope::named(name).is_some_and(Scope::is_perijoves)
}

pub async fn of_user(db: &impl Db, user_id: i64, now: Timestamp) -> Result<Vec<Token>> {
    const OF_USER: Stmt = Stmt::read(concat!(
        "SELECT ",
        columns!(),
        " FROM api_tokens WHERE user_id = $1 AND (expires_at IS NULL OR expires_at > $2) ORDER BY id"
    ));
    read_all(db, &OF_USER, &[user_id.into(), now.into()]).await
}

/// A person's tokens that an OAuth client issued.
pub async fn of_client(db: &impl Db, user_id: i64, client_id: &str, now: Timestamp) -> Result<Vec<Token>> {
    const OF_CLIENT: Stmt = Stmt::read(concat!(
        "SELECT ",
        columns!(),
        " FROM api_tokens WHERE user_id = $1 AND client_id = $2 AND (expires_at IS NULL OR expires_at > $3) ORDER BY id"
    ));
    read_all(db, &OF_CLIENT, &[user_id.into(), client_id.into(), now.into()]).await
}

pub async fn get(db: &impl Db, id: i64) -> Result<Option<Token>> {
    const GET: Stmt = Stmt::read(concat!("SELECT ", columns!(), " FROM api_tokens WHERE id = $1"));
    db.row(&GET, &[id.into()]).await?.as_mut().map(read).transpose()
}

pub async fn delete(db: &impl Db, id: i64) -> Result<bool> {
    const DELETE: Stmt = Stmt::write("DELETE FROM api_tokens WHERE id = $1");
    Ok(db.execute(&DELETE, &[id.into()]).await? > 0)
}

/// What a browser's session was given: ends with it.
pub async fn delete_for_session(db: &impl Db, user_id: i64, session_id: &str) -> Result<u64> {
    const DELETE: Stmt = Stmt::write("DELETE FROM api_tokens WHERE user_id = $1 AND session_id = $2");
    db.execute(&DELETE, &[user_id.into(), session_id.into()]).await
}

/// What the sessions were given in which a person acts as somebody else.
pub async fn delete_acted(db: &impl Db, user_id: i64) -> Result<u64> {
    const DELETE: Stmt = Stmt::write(
        "DELETE FROM api_tokens WHERE id IN (SELECT tokens.id FROM perijove_acting AS acting \
         JOIN perijove_sessions AS own ON own.id = acting.by_session \
         JOIN perijove_sessions AS acted ON acted.id = acting.session \
         JOIN api_tokens AS tokens ON tokens.user_id = acted.user_id AND tokens.session_id = acted.session_id \
         WHERE own.user_id = $1)",
    );
    db.execute(&DELETE, &[user_id.into()]).await
}

/// What all of a person's browsers were given, except perhaps one.
pub async fn delete_for_sessions(db: &impl Db, user_id: i64, except: Option<&str>) -> Result<u64> {
    const DELETE: Stmt = Stmt::write("DELETE FROM api_tokens WHERE user_id = $1 AND session_id <> $2");
    db.execute(&DELETE, &[user_id.into(), except.unwrap_or_default().into()])
        .await
}

pub async fn delete_for_client(db: &impl Db, user_id: i64, client_id: &str) -> Result<u64> {
    const DELETE: Stmt = Stmt::write("DELETE FROM api_tokens WHERE user_id = $1 AND client_id = $2");
    db.execute(&DELETE, &[user_id.into(), client_id.into()]).await
}

/// All of a person's, those of their servers and browsers too.
pub async fn delete_of_user(db: &impl Db, user_id: i64) -> Result<u64> {
    const DELETE: Stmt = Stmt::write("DELETE FROM api_tokens WHERE user_id = $1");
    db.execute(&DELETE, &[user_id.into()]).await
}

/// The tokens that a server got for itself, known by their note (`Server at /user/x/`).
pub async fn delete_server_tokens(db: &impl Db, user_id: i64, note: &str) -> Result<()> {
    const DELETE: Stmt =
        Stmt::write("DELETE FROM api_tokens WHERE user_id = $1 AND note = $2 AND client_id = 'jupyterhub'");
    db.post(&DELETE, &[user_id.into(), note.into()]).await
}

/// Notes activity; never backwards.
pub async fn touch(db: &impl Db, id: i64, at: Timestamp) -> Result<()> {
    const TOUCH: Stmt = Stmt::note(
        "UPDATE api_tokens SET last_activity = $2 WHERE id = $1 AND (last_activity IS NULL OR last_activity < $2)",
    );
    db.post(&TOUCH, &[id.into(), at.into()]).await
}

/// Deletes everything whose time is over: tokens, codes, shares, share codes, sessions and links; what
/// failed a day ago, who has waited a month for an account, and letters
/// that nobody has sent. How many rows there were.
pub async fn purge_expired(db: &impl Db, now: Timestamp) -> Result<u64> {
    const CODES: Stmt = Stmt::write("DELETE FROM oauth_codes WHERE expires_at < $1");
    const BY_TIME: [Stmt; 5] = [
        Stmt::write("DELETE FROM api_tokens WHERE expires_at IS NOT NULL AND expires_at < $1"),
        Stmt::write("DELETE FROM shares WHERE expires_at < $1"),
        Stmt::write("DELETE FROM share_codes WHERE expires_at < $1"),
        Stmt::write("DELETE FROM perijove_sessions WHERE expires_at < $1"),
        Stmt::write("DELETE FROM perijove_links WHERE expires_at < $1"),
    ];
    let mut purged = db.execute(&CODES, &[now.as_second().into()]).await?;
    for stmt in &BY_TIME {
        purged += db.execute(stmt, &[now.into()]).await?;
    }
    let ago = |hours| {
        now.saturating_sub(SignedDuration::from_hours(hours))
            .unwrap_or(Timestamp::MIN)
    };
    purged += crate::passkeys::purge(db, now).await?;
    purged += crate::devices::purge(db, now).await?;
    purged += crate::attempts::purge(db, ago(24)).await?;
    purged += crate::nonces::purge(db, now).await?;
    purged += crate::signups::purge(db, ago(30 * 24)).await?;
    purged += crate::mails::purge(db, ago(2 * 24)).await?;
    Ok(purged)
}
