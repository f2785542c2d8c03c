//! Groups and who is in them.

use serde_json::Value as Json;

use crate::error::Result;
use crate::sql::{Db, Stmt, Value};

/// The names of a user's groups.
pub async fn of_user(db: &impl Db, user_id: i64) -> Result<Vec<String>> {
    const OF_USER: Stmt = Stmt::read(
        "SELECT g.name FROM groups g JOIN user_group_map m ON m.group_id = g.id WHERE m.user_id = $1 ORDER BY g.name",
    );
    db.column(&OF_USER, &[user_id.into()]).await
}

pub async fn id_of(db: &impl Db, name: &str) -> Result<Option<i64>> {
    const ID: Stmt = Stmt::read("SELECT id FROM groups WHERE name = $1");
    db.one(&ID, &[name.into()]).await
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
