//! Groups, who is in them, and which roles they have.

use serde_json::Value as Json;

use crate::error::Result;
use crate::sql::{Db, Row, Stmt, Value};

#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    pub id: i64,
    pub name: String,
    pub properties: Json,
}

macro_rules! columns {
    () => {
        "id, name, properties FROM groups"
    };
}

fn read(mut row: Row) -> Result<Group> {
    Ok(Group {
        id: row.take()?,
        name: row.take()?,
        properties: row.take::<Option<Json>>()?.unwrap_or_else(|| serde_json::json!({})),
    })
}

pub async fn by_name(db: &impl Db, name: &str) -> Result<Option<Group>> {
    const BY_NAME: Stmt = Stmt::read(concat!("SELECT ", columns!(), " WHERE name = $1"));
    db.row(&BY_NAME, &[name.into()]).await?.map(read).transpose()
}

/// A page of groups, and how many there are on all pages; of those in `only`, if that is given.
pub async fn list(db: &impl Db, only: Option<&[String]>, offset: i64, limit: i64) -> Result<(Vec<Group>, i64)> {
    let mut params: Vec<Value> = only.unwrap_or_default().iter().map(Value::from).collect();
    let filter = match only {
        None => String::new(),
        Some(_) => format!(" WHERE name IN ({})", placeholders(params.len())),
    };
    let count = Stmt::composed(format!("SELECT COUNT(*) FROM groups{filter}"));
    let total: i64 = crate::returned(db.one(&count, &params).await?)?;
    let last = params.len();
    params.extend([limit.max(0).into(), offset.max(0).into()]);
    let page = format!(
        concat!("SELECT ", columns!(), "{} ORDER BY id LIMIT ${} OFFSET ${}"),
        filter,
        last + 1,
        last + 2
    );
    let rows = db.rows(&Stmt::composed(page), &params).await?;
    Ok((rows.into_iter().map(read).collect::<Result<_>>()?, total))
}

/// The id of a new group; `None` if there is one of this name.
pub async fn create(db: &impl Db, name: &str) -> Result<Option<i64>> {
    const CREATE: Stmt = Stmt::write(
        "INSERT INTO groups (name, properties) VALUES ($1, '{}') ON CONFLICT (name) DO NOTHING RETURNING id",
    );
    db.one(&CREATE, &[name.into()]).await
}

/// Deletes a group, and with it what it was given: roles and shares.
pub async fn delete(db: &impl Db, id: i64) -> Result<bool> {
    const DELETE: Stmt = Stmt::write("DELETE FROM groups WHERE id = $1");
    Ok(db.execute(&DELETE, &[id.into()]).await? > 0)
}

pub async fn set_properties(db: &impl Db, id: i64, properties: &Json) -> Result<()> {
    const SET: Stmt = Stmt::write("UPDATE groups SET properties = $2 WHERE id = $1");
    db.execute(&SET, &[id.into(), properties.into()]).await.map(drop)
}

/// Puts a user into a group; `false` if they were in it.
pub async fn join(db: &impl Db, id: i64, user_id: i64) -> Result<bool> {
    const JOIN: Stmt = Stmt::write(
        "INSERT INTO user_group_map (user_id, group_id) VALUES ($1, $2) ON CONFLICT (user_id, group_id) DO NOTHING",
    );
    Ok(db.execute(&JOIN, &[user_id.into(), id.into()]).await? > 0)
}

/// Takes a user out of a group; `false` if they were not in it.
pub async fn leave(db: &impl Db, id: i64, user_id: i64) -> Result<bool> {
    const LEAVE: Stmt = Stmt::write("DELETE FROM user_group_map WHERE user_id = $1 AND group_id = $2");
    Ok(db.execute(&LEAVE, &[user_id.into(), id.into()]).await? > 0)
}

/// The members of many groups at once: a group's id and a user's name, those who are longest here first.
pub async fn members(db: &impl Db, ids: &[i64]) -> Result<Vec<(i64, String)>> {
    named(
        db,
        "SELECT m.group_id, u.name FROM user_group_map m JOIN users u ON u.id = m.user_id WHERE m.group_id IN",
        "u.id",
        ids,
    )
    .await
}

/// How many are in each of these groups; one without members is not told of.
pub async fn sizes(db: &impl Db, ids: &[i64]) -> Result<Vec<(i64, i64)>> {
    let sql = format!(
        "SELECT group_id, COUNT(*) FROM user_group_map WHERE group_id IN ({}) GROUP BY group_id",
        placeholders(ids.len())
    );
    let params: Vec<Value> = ids.iter().map(|id| (*id).into()).collect();
    let read = |mut row: Row| Ok((row.take()?, row.take()?));
    let rows = db.rows(&Stmt::composed(sql), &params).await?;
    rows.into_iter().map(read).collect()
}

/// The first of a group's members, by name.
pub async fn some_members(db: &impl Db, id: i64, limit: i64) -> Result<Vec<String>> {
    const MEMBERS: Stmt = Stmt::read(
        "SELECT u.name FROM user_group_map m JOIN users u ON u.id = m.user_id WHERE m.group_id = $1 ORDER BY u.name LIMIT $2",
    );
    db.column(&MEMBERS, &[id.into(), limit.into()]).await
}

/// The roles of many groups at once: a group's id and a role's name.
pub async fn roles(db: &impl Db, ids: &[i64]) -> Result<Vec<(i64, String)>> {
    named(
        db,
        "SELECT m.group_id, r.name FROM group_role_map m JOIN roles r ON r.id = m.role_id WHERE m.group_id IN",
        "r.name",
        ids,
    )
    .await
}

async fn named(db: &impl Db, select: &str, order: &str, ids: &[i64]) -> Result<Vec<(i64, String)>> {
    const AT_ONCE: usize = 500;
    let mut all = Vec::new();
    for ids in ids.chunks(AT_ONCE) {
        let sql = format!("{select} ({}) ORDER BY m.group_id, {order}", placeholders(ids.len()));
        let params: Vec<Value> = ids.iter().map(|id| (*id).into()).collect();
        for mut row in db.rows(&Stmt::composed(sql), &params).await? {
            all.push((row.take()?, row.take()?));
        }
    }
    Ok(all)
}

/// `NULL, $1, $2, ...`: an empty list matches nothing.
fn placeholders(count: usize) -> String {
    (1..=count).fold("NULL".to_owned(), |list, n| format!("{list}, ${n}"))
}

/// The names of a user's groups.
pub async fn of_user(db: &impl Db, user_id: i64) -> Result<Vec<String>> {
    const OF_USER: Stmt = Stmt::read(
        "SELECT g.name FROM groups g JOIN user_group_map m ON m.group_id = g.id WHERE m.user_id = $1 ORDER BY g.name",
    );
    db.column(&OF_USER, &[user_id.into()]).await
}

/// The id of the group, if there is one of that name.
pub async fn id_of(db: &impl Db, name: &str) -> Result<Option<i64>> {
    const ID: Stmt = Stmt::read("SELECT id FROM groups WHERE name = $1");
    db.one(&ID, &[name.into()]).await
}

/// Makes these the groups of a user, and no others; but who is in a group that a directory keeps is the directory's to
/// say. Gives the names of which there is no group; then nothing was done.
pub async fn set_of_user(db: &impl Db, user_id: i64, names: &[String]) -> Result<Vec<String>> {
    const LEAVE_ALL: Stmt = Stmt::write(
        "DELETE FROM user_group_map WHERE user_id = $1 AND group_id NOT IN \
         (SELECT group_id FROM perijove_scim_groups WHERE provisioned)",
    );
    const KEPT: Stmt = Stmt::read("SELECT 1 FROM perijove_scim_groups WHERE group_id = $1 AND provisioned");
    let unit = db.unit().await?;
    let (mut ids, mut missing) = (Vec::new(), Vec::new());
    for name in names {
        match by_name(&unit, name).await? {
            Some(group) => ids.push(group.id),
            None => missing.push(name.clone()),
        }
    }
    if missing.is_empty() {
        unit.execute(&LEAVE_ALL, &[user_id.into()]).await?;
        for id in ids {
            if unit.row(&KEPT, &[id.into()]).await?.is_none() {
                join(&unit, id, user_id).await?;
            }
        }
    }
    unit.commit().await?;
    Ok(missing)
}

/// Which of `names` have the user as a member.
pub async fn names_with_user(db: &impl Db, user_id: i64, names: &[String]) -> Result<Vec<String>> {
    let mut found = of_user(db, user_id).await?;
    found.retain(|name| names.contains(name));
    Ok(found)
}

/// The group's id, made if it is not there. `users` (those that exist) are added; nobody is removed. `properties`
/// replace what was there unless they are null.
pub async fn ensure(db: &impl Db, name: &str, users: &[String], properties: &Json) -> Result<i64> {
    const ENSURE: Stmt = Stmt::write(
        "INSERT INTO groups (name, properties) VALUES ($1, COALESCE($2, '{}')) \
         ON CONFLICT (name) DO UPDATE SET properties = COALESCE($2, groups.properties) RETURNING id",
    );
    const JOIN: Stmt = Stmt::write(
        "INSERT INTO user_group_map (user_id, group_id) SELECT id, CAST($2 AS INTEGER) FROM users WHERE name = $1 \
         ON CONFLICT (user_id, group_id) DO NOTHING",
    );
    let unit = db.unit().await?;
    let properties = if properties.is_null() {
        Value::Null
    } else {
        properties.into()
    };
    let id: i64 = crate::returned(unit.one(&ENSURE, &[name.into(), properties]).await?)?;
    for user in users {
        unit.execute(&JOIN, &[user.into(), id.into()]).await?;
    }
    unit.commit().await?;
    Ok(id)
}

/// Takes a user out of a group; `false` if they were not in it.
pub async fn remove_user(db: &impl Db, name: &str, user_id: i64) -> Result<bool> {
    const LEAVE: Stmt = Stmt::write(
        "DELETE FROM user_group_map WHERE user_id = $2 AND group_id = (SELECT id FROM groups WHERE name = $1)",
    );
    Ok(db.execute(&LEAVE, &[name.into(), user_id.into()]).await? > 0)
}
