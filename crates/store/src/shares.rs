//! Shares: who may do what on one server of somebody else's, by themselves or by a group of theirs.
//!
//! A share's scopes are always limited to its server. The filter that is stored with them may be from before the owner
//! or the server was renamed, so whoever reads gets them with today's names ([`limited`]).
//!
//! There is one share for each server and recipient. JupyterHub's schema has no key for that, and its databases may
//! have several: to grant more makes one of them, to revoke takes from all.

pub mod overview;

use jiff::Timestamp;

use crate::error::Result;
use crate::spawners::{self, Spawner};
use crate::sql::{Db, Row, Stmt, Value};

/// Whom a server is shared with, by id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recipient {
    User(i64),
    Group(i64),
}

/// The same by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SharedWith {
    User(String),
    Group(String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Share {
    pub id: i64,
    pub spawner_id: i64,
    /// Whose server.
    pub owner: String,
    pub server: String,
    pub with: SharedWith,
    /// Sorted, each limited to the server.
    pub scopes: Vec<String>,
    pub created_at: Timestamp,
}

/// What a grant or a revocation came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What there is now; `None` if nothing is left.
    pub share: Option<Share>,
    /// What was added or taken.
    pub scopes: Vec<String>,
}

/// Which shares a list has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    /// Of all servers of this user.
    Owner(i64),
    Server(i64),
    /// With this user, also by a group.
    User(i64),
    Group(i64),
}

/// Part of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    pub offset: i64,
    pub limit: i64,
}

/// Scopes as a share or a code has them: sorted, each limited to the server and to nothing else.
#[must_use]
pub fn limited<S: AsRef<str>>(scopes: &[S], owner: &str, server: &str) -> Vec<String> {
    let base = |scope: &S| scope.as_ref().split('!').next().unwrap_or_default().to_owned();
    let mut limited: Vec<String> = scopes
        .iter()
        .map(|scope| format!("{}!server={owner}/{server}", base(scope)))
        .collect();
    limited.sort();
    limited.dedup();
    limited
}

macro_rules! from {
    () => {
        " FROM shares sh JOIN spawners sp ON sp.id = sh.spawner_id JOIN users o ON o.id = sp.user_id \
         LEFT JOIN users u ON u.id = sh.user_id LEFT JOIN groups g ON g.id = sh.group_id \
         WHERE (u.id IS NOT NULL OR g.id IS NOT NULL) AND (sh.expires_at IS NULL OR sh.expires_at > $2) AND "
    };
}

/// Two look-ups by index; an `OR` would be a scan.
macro_rules! of_user {
    () => {
        "sh.id IN (SELECT id FROM shares WHERE user_id = $1 UNION SELECT gs.id FROM user_group_map m \
         JOIN shares gs ON gs.group_id = m.group_id WHERE m.user_id = $1)"
    };
}

macro_rules! columns {
    () => {
        "SELECT sh.id, sh.spawner_id, o.name, sp.name, u.name, g.name, sh.scopes, sh.created_at"
    };
}

use {columns, from};

fn read(mut row: Row) -> Result<Share> {
    let (id, spawner_id) = (row.take()?, row.take()?);
    let (owner, server): (String, String) = (row.take()?, row.take()?);
    let (user, group): (Option<String>, Option<String>) = (row.take()?, row.take()?);
    let scopes: Vec<String> = row.take()?;
    Ok(Share {
        id,
        spawner_id,
        scopes: limited(&scopes, &owner, &server),
        owner,
        server,
        with: match user {
            Some(user) => SharedWith::User(user),
            None => SharedWith::Group(group.unwrap_or_default()),
        },
        created_at: row.take()?,
    })
}

/// A part of a list, oldest first, and how many there are in all.
pub async fn list(db: &impl Db, of: Of, part: Part, now: Timestamp) -> Result<(Vec<Share>, i64)> {
    macro_rules! both {
        ($($filter:tt)+) => {
            (
                Stmt::read(concat!("SELECT COUNT(*)", from!(), $($filter)+)),
                Stmt::read(concat!(columns!(), from!(), $($filter)+, " ORDER BY sh.id LIMIT $3 OFFSET $4")),
            )
        };
    }
    const OF_OWNER: (Stmt, Stmt) = both!("sp.user_id = $1");
    const OF_SERVER: (Stmt, Stmt) = both!("sh.spawner_id = $1");
    const OF_GROUP: (Stmt, Stmt) = both!("sh.group_id = $1");
    const OF_USER: (Stmt, Stmt) = both!(of_user!());
    let ((count, page), id) = match of {
        Of::Owner(id) => (OF_OWNER, id),
        Of::Server(id) => (OF_SERVER, id),
        Of::User(id) => (OF_USER, id),
        Of::Group(id) => (OF_GROUP, id),
    };
    let total = crate::returned(db.one(&count, &[id.into(), now.into()]).await?)?;
    let params = [
        id.into(),
        now.into(),
        part.limit.max(0).into(),
        part.offset.max(0).into(),
    ];
    let found = db.rows(&page, &params).await?;
    Ok((found.into_iter().map(read).collect::<Result<_>>()?, total))
}

/// What is shared with a user, also by a group: the scopes of each share, and when it ends if it does.
pub(crate) async fn held_by(
    db: &impl Db,
    user_id: i64,
    now: Timestamp,
) -> Result<Vec<(Vec<String>, Option<Timestamp>)>> {
    let read = |mut row: Row| {
        let scopes: Vec<String> = row.take()?;
        let (owner, server): (String, String) = (row.take()?, row.take()?);
        Ok((limited(&scopes, &owner, &server), row.take()?))
    };
    let rows = db.rows(&HELD_BY, &[user_id.into(), now.into()]).await?;
    rows.into_iter().map(read).collect()
}

pub(crate) const HELD_BY: Stmt = Stmt::read(concat!(
    "SELECT sh.scopes, o.name, sp.name, sh.expires_at FROM shares sh JOIN spawners sp ON sp.id = sh.spawner_id \
     JOIN users o ON o.id = sp.user_id WHERE ",
    of_user!(),
    " AND (sh.expires_at IS NULL OR sh.expires_at > $2)"
));

/// The statements for one kind of recipient.
struct Kind {
    rows: Stmt,
    find: Stmt,
    insert: Stmt,
    delete: Stmt,
}

macro_rules! kind {
    ($column:literal) => {
        Kind {
            rows: Stmt::read(concat!(
                "SELECT id, scopes, expires_at IS NOT NULL AND expires_at <= $3 FROM shares WHERE spawner_id = $1 AND ",
                $column,
                " = $2 ORDER BY id"
            )),
            find: Stmt::read(concat!(
                columns!(),
                from!(),
                "sh.spawner_id = $1 AND sh.",
                $column,
                " = $3 ORDER BY sh.id LIMIT 1"
            )),
            insert: Stmt::write(concat!(
                "INSERT INTO shares (spawner_id, ",
                $column,
                ", owner_id, scopes, created_at) VALUES ($1, $2, $3, $4, $5)"
            )),
            delete: Stmt::write(concat!(
                "DELETE FROM shares WHERE spawner_id = $1 AND ",
                $column,
                " = $2"
            )),
        }
    };
}

static USER: Kind = kind!("user_id");
static GROUP: Kind = kind!("group_id");

impl Recipient {
    fn parts(self) -> (&'static Kind, i64) {
        match self {
            Self::User(id) => (&USER, id),
            Self::Group(id) => (&GROUP, id),
        }
    }
}

/// The share of a server with just this user or group.
pub async fn find(db: &impl Db, spawner_id: i64, with: Recipient, now: Timestamp) -> Result<Option<Share>> {
    let (kind, id) = with.parts();
    let params = [spawner_id.into(), now.into(), id.into()];
    db.row(&kind.find, &params).await?.map(read).transpose()
}

/// Adds scopes to what is shared, or begins to share. `None` if the server or the recipient is gone.
pub async fn grant(
    db: &impl Db,
    server: &Spawner,
    with: Recipient,
    scopes: &[String],
    now: Timestamp,
) -> Result<Option<Change>> {
    let unit = db.unit().await?;
    if !hold(&unit, server, with).await? {
        return Ok(None);
    }
    let (kept, held) = merge(&unit, server, with, now).await?;
    let limited = |scopes: &[String]| limited(scopes, &server.user_name, &server.name);
    let added: Vec<String> = limited(scopes)
        .into_iter()
        .filter(|scope| !held.contains(scope))
        .collect();
    let all = limited(&[held, added.clone()].concat());
    match kept {
        Some(_) if added.is_empty() => {}
        Some(id) => rewrite(&unit, id, &all).await?,
        None => {
            let (kind, id) = with.parts();
            let params = [
                server.id.into(),
                id.into(),
                server.user_id.into(),
                Value::list(&all),
                now.into(),
            ];
            unit.execute(&kind.insert, &params).await?;
        }
    }
    let share = crate::returned(find(&unit, server.id, with, now).await?)?;
    unit.commit().await?;
    Ok(Some(Change {
        share: Some(share),
        scopes: added,
    }))
}

/// Takes scopes from what is shared, or (`None`) all of it. What is not held can't be taken.
pub async fn revoke(
    db: &impl Db,
    server: &Spawner,
    with: Recipient,
    scopes: Option<&[String]>,
    now: Timestamp,
) -> Result<Change> {
    let unit = db.unit().await?;
    hold(&unit, server, with).await?;
    let (kept, held) = merge(&unit, server, with, now).await?;
    let unwanted = match scopes {
        Some(scopes) => limited(scopes, &server.user_name, &server.name),
        None => held.clone(),
    };
    let (taken, left): (Vec<_>, Vec<_>) = held.into_iter().partition(|scope| unwanted.contains(scope));
    let share = match kept {
        Some(id) if !left.is_empty() => {
            if !taken.is_empty() {
                rewrite(&unit, id, &left).await?;
            }
            find(&unit, server.id, with, now).await?
        }
        _ => {
            remove(&unit, server.id, with).await?;
            None
        }
    };
    unit.commit().await?;
    Ok(Change { share, scopes: taken })
}

/// Ends the share of a server with just this user or group; tells whether there was one.
pub async fn remove(db: &impl Db, spawner_id: i64, with: Recipient) -> Result<bool> {
    let (kind, id) = with.parts();
    Ok(db.execute(&kind.delete, &[spawner_id.into(), id.into()]).await? > 0)
}

/// Ends all shares of a server; tells how many there were.
pub async fn remove_all(db: &impl Db, spawner_id: i64) -> Result<u64> {
    const REMOVE: Stmt = Stmt::write("DELETE FROM shares WHERE spawner_id = $1");
    db.execute(&REMOVE, &[spawner_id.into()]).await
}

/// Holds the rows of the server and of the recipient: two grants at once come one after the other, and nothing that a
/// share points to goes away meanwhile. `false` if something is gone already.
async fn hold(db: &impl Db, server: &Spawner, with: Recipient) -> Result<bool> {
    const USER: Stmt = Stmt::write("UPDATE users SET admin = admin WHERE id = $1");
    const GROUP: Stmt = Stmt::write("UPDATE groups SET name = name WHERE id = $1");
    let (stmt, id) = match with {
        Recipient::User(id) => (USER, id),
        Recipient::Group(id) => (GROUP, id),
    };
    Ok(spawners::hold(db, server.id).await? && db.execute(&stmt, &[id.into()]).await? > 0)
}

/// Makes one row of several, and none of those that have expired: its id, and what it grants.
async fn merge(db: &impl Db, server: &Spawner, with: Recipient, now: Timestamp) -> Result<(Option<i64>, Vec<String>)> {
    const DELETE: Stmt = Stmt::write("DELETE FROM shares WHERE id = $1");
    let (kind, id) = with.parts();
    let mut kept: Option<i64> = None;
    let mut held: Vec<String> = Vec::new();
    let mut several = false;
    for mut row in db.rows(&kind.rows, &[server.id.into(), id.into(), now.into()]).await? {
        let (id, scopes, expired): (i64, Vec<String>, bool) = (row.take()?, row.take()?, row.take()?);
        if !expired {
            held.extend(scopes);
        }
        if expired || kept.is_some() {
            several |= !expired;
            db.execute(&DELETE, &[id.into()]).await?;
        } else {
            kept = Some(id);
        }
    }
    let held = limited(&held, &server.user_name, &server.name);
    if let (Some(id), true) = (kept, several) {
        rewrite(db, id, &held).await?;
    }
    Ok((kept, held))
}

async fn rewrite(db: &impl Db, id: i64, scopes: &[String]) -> Result<()> {
    const REWRITE: Stmt = Stmt::write("UPDATE shares SET scopes = $2 WHERE id = $1");
    db.execute(&REWRITE, &[id.into(), Value::list(scopes)]).await.map(drop)
}
