//! Share codes: whoever presents one gets a share. They can be used again until they expire.

use jiff::Timestamp;
use perijove_model::token::{self, Hashed};

use crate::error::Result;
use crate::shares::{self, Change, Part, Recipient, limited};
use crate::spawners::{self, Spawner};
use crate::sql::{Db, Row, Stmt, Value};

/// A code as it is kept: without its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShareCode {
    pub id: i64,
    pub spawner_id: i64,
    pub owner_id: i64,
    /// Whose server.
    pub owner: String,
    pub server: String,
    /// Sorted, each limited to the server, whatever it was called when the code was made.
    pub scopes: Vec<String>,
    pub created_at: Timestamp,
    pub expires_at: Option<Timestamp>,
    pub exchange_count: i64,
    pub last_exchanged_at: Option<Timestamp>,
}

/// Which codes a list has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    /// Of all servers of this user.
    Owner(i64),
    Server(i64),
}

macro_rules! from {
    () => {
        " FROM share_codes c JOIN spawners sp ON sp.id = c.spawner_id JOIN users o ON o.id = sp.user_id \
         WHERE (c.expires_at IS NULL OR c.expires_at > $2) AND "
    };
}

macro_rules! columns {
    () => {
        "SELECT c.hashed, c.id, c.spawner_id, o.id, o.name, sp.name, c.scopes, c.created_at, c.expires_at, \
         COALESCE(c.exchange_count, 0), c.last_exchanged_at"
    };
}

/// The code and its hash; one that was never hashed is nobody's to present.
fn read(mut row: Row) -> Result<(Option<String>, ShareCode)> {
    let hashed = row.take()?;
    let (id, spawner_id, owner_id) = (row.take()?, row.take()?, row.take()?);
    let (owner, server): (String, String) = (row.take()?, row.take()?);
    let scopes: Vec<String> = row.take()?;
    let code = ShareCode {
        id,
        spawner_id,
        owner_id,
        scopes: limited(&scopes, &owner, &server),
        owner,
        server,
        created_at: row.take()?,
        expires_at: row.take()?,
        exchange_count: row.take()?,
        last_exchanged_at: row.take()?,
    };
    Ok((hashed, code))
}

/// Those that fit the terms behind `from!()`.
pub(crate) async fn some(db: &impl Db, terms: &str, params: &[Value]) -> Result<Vec<ShareCode>> {
    let sql = format!(concat!(columns!(), from!(), "{}"), terms);
    let rows = db.rows(&Stmt::composed(sql), params).await?;
    rows.into_iter().map(|row| Ok(read(row)?.1)).collect()
}

/// Keeps a new code. `None` if the server is gone.
pub async fn create(
    db: &impl Db,
    server: &Spawner,
    hashed: &Hashed,
    scopes: &[String],
    expires_at: Timestamp,
    now: Timestamp,
) -> Result<Option<ShareCode>> {
    const CREATE: Stmt = Stmt::write(
        "INSERT INTO share_codes (spawner_id, owner_id, hashed, prefix, scopes, created_at, expires_at, \
         exchange_count) VALUES ($1, $2, $3, $4, $5, $6, $7, 0) RETURNING id",
    );
    const GET: Stmt = Stmt::read(concat!(columns!(), from!(), "c.id = $1"));
    let unit = db.unit().await?;
    if !spawners::hold(&unit, server.id).await? {
        return Ok(None);
    }
    let params = [
        server.id.into(),
        server.user_id.into(),
        (&hashed.hashed).into(),
        (&hashed.prefix).into(),
        Value::list(&limited(scopes, &server.user_name, &server.name)),
        now.into(),
        expires_at.into(),
    ];
    let id: i64 = crate::returned(unit.one(&CREATE, &params).await?)?;
    let (_, code) = read(crate::returned(unit.row(&GET, &[id.into(), now.into()]).await?)?)?;
    unit.commit().await?;
    Ok(Some(code))
}

/// A part of a list, oldest first, and how many there are in all.
pub async fn list(db: &impl Db, of: Of, part: Part, now: Timestamp) -> Result<(Vec<ShareCode>, i64)> {
    macro_rules! both {
        ($filter:literal) => {
            (
                Stmt::read(concat!("SELECT COUNT(*)", from!(), $filter)),
                Stmt::read(concat!(
                    columns!(),
                    from!(),
                    $filter,
                    " ORDER BY c.id LIMIT $3 OFFSET $4"
                )),
            )
        };
    }
    const OF_OWNER: (Stmt, Stmt) = both!("sp.user_id = $1");
    const OF_SERVER: (Stmt, Stmt) = both!("c.spawner_id = $1");
    let ((count, page), id) = match of {
        Of::Owner(id) => (OF_OWNER, id),
        Of::Server(id) => (OF_SERVER, id),
    };
    let total = crate::returned(db.one(&count, &[id.into(), now.into()]).await?)?;
    let params = [
        id.into(),
        now.into(),
        part.limit.max(0).into(),
        part.offset.max(0).into(),
    ];
    let found = db.rows(&page, &params).await?;
    let codes = found.into_iter().map(|row| Ok(read(row)?.1)).collect::<Result<_>>()?;
    Ok((codes, total))
}

/// The code that somebody presents in clear, unless it has expired.
pub async fn find(db: &impl Db, candidate: &str, now: Timestamp) -> Result<Option<ShareCode>> {
    const FIND: Stmt = Stmt::read(concat!(columns!(), from!(), "c.prefix = $1"));
    // PostgreSQL refuses a zero byte in a text.
    let Some(prefix) = token::prefix(candidate).filter(|prefix| !prefix.contains('\0')) else {
        return Ok(None);
    };
    for row in db.rows(&FIND, &[prefix.into(), now.into()]).await? {
        let (hashed, code) = read(row)?;
        if hashed.is_some_and(|hashed| token::matches(&hashed, candidate)) {
            return Ok(Some(code));
        }
    }
    Ok(None)
}

/// Ends one code of a server.
pub async fn delete(db: &impl Db, spawner_id: i64, id: i64) -> Result<bool> {
    const DELETE: Stmt = Stmt::write("DELETE FROM share_codes WHERE spawner_id = $1 AND id = $2");
    Ok(db.execute(&DELETE, &[spawner_id.into(), id.into()]).await? > 0)
}

/// Ends all codes of a server; tells how many there were.
pub async fn delete_all(db: &impl Db, spawner_id: i64) -> Result<u64> {
    const DELETE: Stmt = Stmt::write("DELETE FROM share_codes WHERE spawner_id = $1");
    db.execute(&DELETE, &[spawner_id.into()]).await
}

/// Gives a user what the code promises, and counts. `None` if the code has ended, or the server or the user is gone.
pub async fn exchange(db: &impl Db, code: &ShareCode, user_id: i64, now: Timestamp) -> Result<Option<Change>> {
    const COUNT: Stmt = Stmt::write(
        "UPDATE share_codes SET exchange_count = COALESCE(exchange_count, 0) + 1, last_exchanged_at = $2 \
         WHERE id = $1 AND (expires_at IS NULL OR expires_at > $2)",
    );
    let unit = db.unit().await?;
    let Some(server) = spawners::by_id(&unit, code.spawner_id).await? else {
        return Ok(None);
    };
    // The server's row first, as everybody does who holds several.
    if !spawners::hold(&unit, server.id).await? || unit.execute(&COUNT, &[code.id.into(), now.into()]).await? == 0 {
        return Ok(None);
    }
    let change = shares::grant(&unit, &server, Recipient::User(user_id), &code.scopes, now).await?;
    unit.commit().await?;
    Ok(change)
}
