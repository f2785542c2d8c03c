//! People.

mod list;

use std::collections::HashMap;

use jiff::Timestamp;
use serde_json::Value as Json;

pub use list::{After, ListQuery, Sort, StateFilter, count, list};

use crate::error::{Result, StoreError};
use crate::sql::{Db, Post, Row, Stmt, Value, lists, numbers};

#[derive(Debug, Clone, PartialEq)]
pub struct User {
    pub id: i64,
    pub name: String,
    pub admin: bool,
    pub created: Option<Timestamp>,
    pub last_activity: Option<Timestamp>,
    pub cookie_id: String,
    pub user_info: Option<Json>,
    pub encrypted_auth_state: Option<Vec<u8>>,
}

macro_rules! columns {
    () => {
        "u.id, u.name, u.admin, u.created, u.last_activity, u.cookie_id, u.user_info, u.encrypted_auth_state FROM users u"
    };
}

use columns;

fn read(mut row: Row) -> Result<User> {
    Ok(User {
        id: row.take()?,
        name: row.take()?,
        admin: row.take()?,
        created: row.take()?,
        last_activity: row.take()?,
        cookie_id: row.take()?,
        user_info: row.take()?,
        encrypted_auth_state: row.take()?,
    })
}

pub async fn by_id(db: &impl Db, id: i64) -> Result<Option<User>> {
    const BY_ID: Stmt = Stmt::read(concat!("SELECT ", columns!(), " WHERE u.id = $1"));
    db.row(&BY_ID, &[id.into()]).await?.map(read).transpose()
}

pub async fn by_name(db: &impl Db, name: &str) -> Result<Option<User>> {
    const BY_NAME: Stmt = Stmt::read(concat!("SELECT ", columns!(), " WHERE u.name = $1"));
    db.row(&BY_NAME, &[name.into()]).await?.map(read).transpose()
}

/// The same, unless they are suspended.
pub async fn unsuspended(db: &impl Db, id: i64) -> Result<Option<User>> {
    const BY_ID: Stmt = Stmt::read(concat!(
        "SELECT ",
        columns!(),
        " WHERE u.id = $1 AND NOT EXISTS (SELECT 1 FROM perijove_suspensions p WHERE p.user_id = u.id)"
    ));
    db.row(&BY_ID, &[id.into()]).await?.map(read).transpose()
}

/// Somebody at the door.
#[derive(Debug, Clone, PartialEq)]
pub struct Arrival {
    pub user: User,
    /// Whether they have the role `user`.
    pub has_role: bool,
    /// Whether they are shut out for now.
    pub suspended: bool,
    /// Whether their default server may run, or be on its way: without it, nobody has to look at how far it is.
    pub may_have_server: bool,
}

/// The person of this name, with what is asked of whoever signs in.
pub async fn arriving(db: &impl Db, name: &str) -> Result<Option<Arrival>> {
    const BY_NAME: Stmt = Stmt::read(concat!(
        "SELECT EXISTS (SELECT 1 FROM user_role_map m JOIN roles r ON r.id = m.role_id \
         WHERE m.user_id = u.id AND r.name = 'user'), \
         EXISTS (SELECT 1 FROM perijove_suspensions p WHERE p.user_id = u.id), \
         EXISTS (SELECT 1 FROM spawners s LEFT JOIN perijove_runs n ON n.spawner_id = s.id \
         WHERE s.user_id = u.id AND s.name = '' \
         AND (s.server_id IS NOT NULL OR n.phase NOT IN ('stopped', 'failed'))), ",
        columns!(),
        " WHERE u.name = $1"
    ));
    let read = |mut row: Row| {
        Ok(Arrival {
            has_role: row.take()?,
            suspended: row.take()?,
            may_have_server: row.take()?,
            user: read(row)?,
        })
    };
    db.row(&BY_NAME, &[name.into()]).await?.map(read).transpose()
}

/// What a person is in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Belongings {
    pub groups: Vec<String>,
    /// Own roles, without those whose time is over.
    pub roles: Vec<String>,
}

/// The groups and roles of many people at once.
pub async fn belongings(db: &impl Db, ids: &[i64], now: Timestamp) -> Result<HashMap<i64, Belongings>> {
    let mut all: HashMap<i64, Belongings> = HashMap::new();
    for ids in lists(ids) {
        let list = numbers(2, ids.len());
        let sql = format!(
            "SELECT m.user_id, TRUE, g.name AS name FROM user_group_map m JOIN groups g ON g.id = m.group_id \
             WHERE m.user_id IN ({list}) UNION ALL \
             SELECT m.user_id, FALSE, r.name FROM user_role_map m JOIN roles r ON r.id = m.role_id \
             WHERE m.user_id IN ({list}) AND NOT EXISTS (SELECT 1 FROM perijove_role_grants e \
             WHERE e.user_id = m.user_id AND e.role_id = m.role_id AND e.expires_at <= $1) ORDER BY name"
        );
        let params = std::iter::once(now.into()).chain(ids).collect::<Vec<_>>();
        for mut row in db.rows(&Stmt::assembled(sql), &params).await? {
            let of = all.entry(row.take()?).or_default();
            match row.take()? {
                true => of.groups.push(row.take()?),
                false => of.roles.push(row.take()?),
            }
        }
    }
    Ok(all)
}

/// A new user, with role `user`, and `admin` where it fits. A name that is taken is a conflict, after which a transaction
/// can go on.
pub async fn create(db: &impl Db, name: &str, admin: bool, cookie_id: &str, now: Timestamp) -> Result<User> {
    const CREATE: Stmt = Stmt::write(
        "INSERT INTO users (name, admin, cookie_id, created, last_activity) VALUES ($1, $2, $3, $4, $4) \
         ON CONFLICT DO NOTHING RETURNING id",
    );
    let unit = db.unit().await?;
    let created: Value = now.into();
    let params = [name.into(), admin.into(), cookie_id.into(), created.clone()];
    let Some(id) = unit.one::<i64>(&CREATE, &params).await? else {
        return Err(StoreError::Conflict("there is a user of this name".to_owned()));
    };
    crate::roles::grant_user(&unit, id, "user").await?;
    if admin {
        crate::roles::grant_user(&unit, id, "admin").await?;
    }
    let user = crate::returned(by_id(&unit, id).await?)?;
    unit.commit().await?;
    Ok(user)
}

/// The flag and the role, in step.
pub async fn set_admin(db: &impl Db, id: i64, admin: bool) -> Result<()> {
    const FLAG: Stmt = Stmt::write("UPDATE users SET admin = $2 WHERE id = $1");
    const REVOKE: [Stmt; 2] = [
        Stmt::write(
            "DELETE FROM user_role_map WHERE user_id = $1 AND role_id = (SELECT id FROM roles WHERE name = 'admin')",
        ),
        Stmt::write(
            "DELETE FROM perijove_role_grants WHERE user_id = $1 \
             AND role_id = (SELECT id FROM roles WHERE name = 'admin')",
        ),
    ];
    let unit = db.unit().await?;
    unit.execute(&FLAG, &[id.into(), admin.into()]).await?;
    if admin {
        crate::roles::grant_user(&unit, id, "admin").await?;
    } else {
        for stmt in &REVOKE {
            unit.execute(stmt, &[id.into()]).await?;
        }
    }
    unit.commit().await
}

/// A new name; one that is taken is a conflict.
/// Links that somebody was sent stay theirs. Those for somebody by the new name are for nobody any more: they would lead into
/// this account.
pub async fn rename(db: &impl Db, id: i64, new: &str) -> Result<()> {
    const OTHERS: Stmt = Stmt::write("DELETE FROM perijove_links WHERE user_name = $1");
    const LINKS: Stmt = Stmt::write(
        "UPDATE perijove_links SET user_name = $2 WHERE user_name = (SELECT name FROM users WHERE id = $1)",
    );
    const RENAME: Stmt = Stmt::write("UPDATE users SET name = $2 WHERE id = $1");
    let unit = db.unit().await?;
    unit.execute(&OTHERS, &[new.into()]).await?;
    unit.execute(&LINKS, &[id.into(), new.into()]).await?;
    unit.execute(&RENAME, &[id.into(), new.into()]).await?;
    unit.commit().await
}

/// What the authenticator keeps of a user, encrypted; `None` forgets it.
pub async fn set_auth_state(db: &impl Db, id: i64, encrypted: Option<&[u8]>) -> Result<()> {
    const SET: Stmt = Stmt::write("UPDATE users SET encrypted_auth_state = $2 WHERE id = $1");
    db.execute(&SET, &[id.into(), encrypted.into()]).await.map(drop)
}

pub async fn set_user_info(db: &impl Db, id: i64, info: &Json) -> Result<()> {
    const SET: Stmt = Stmt::write("UPDATE users SET user_info = $2 WHERE id = $1");
    db.execute(&SET, &[id.into(), info.into()]).await.map(drop)
}

/// Notes activity; never backwards.
pub async fn touch(db: &impl Post, id: i64, at: Timestamp) -> Result<()> {
    const TOUCH: Stmt = Stmt::note(
        "UPDATE users SET last_activity = $2 WHERE id = $1 AND (last_activity IS NULL OR last_activity < $2)",
    );
    db.post(&TOUCH, &[id.into(), at.into()]).await
}

/// Holds a user's row for the rest of the transaction: nobody gives them another server meanwhile.
pub async fn lock(tx: &crate::Tx, id: i64) -> Result<bool> {
    const HOLD: Stmt = Stmt::note("UPDATE users SET created = created WHERE id = $1");
    Ok(tx.execute(&HOLD, &[id.into()]).await? > 0)
}

/// Deletes a user and all that is theirs: servers' rows, their OAuth clients, tokens, sessions. Stop what runs first.
pub async fn delete(db: &impl Db, id: i64) -> Result<bool> {
    const CLIENTS: Stmt = Stmt::write(
        "DELETE FROM oauth_clients WHERE identifier IN (SELECT oauth_client_id FROM spawners WHERE user_id = $1)",
    );
    const SERVERS: Stmt =
        Stmt::write("DELETE FROM servers WHERE id IN (SELECT server_id FROM spawners WHERE user_id = $1)");
    // Whoever is called so next has nothing of them.
    const LINKS: Stmt =
        Stmt::write("DELETE FROM perijove_links WHERE user_name = (SELECT name FROM users WHERE id = $1)");
    const USER: Stmt = Stmt::write("DELETE FROM users WHERE id = $1");
    let unit = db.unit().await?;
    unit.execute(&LINKS, &[id.into()]).await?;
    unit.execute(&CLIENTS, &[id.into()]).await?;
    unit.execute(&SERVERS, &[id.into()]).await?;
    let deleted = unit.execute(&USER, &[id.into()]).await? > 0;
    unit.commit().await?;
    Ok(deleted)
}

pub async fn any_admin(db: &impl Db) -> Result<bool> {
    const ANY: Stmt = Stmt::read("SELECT id FROM users WHERE admin LIMIT 1");
    Ok(db.row(&ANY, &[]).await?.is_some())
}
