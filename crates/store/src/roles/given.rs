//! Roles by the word of whoever signs people in: made, given and taken at each sign-in.

use super::sync::{GROUPS, SERVICES, USERS, members};
use super::{Member, take};
use crate::error::Result;
use crate::sql::{Db, Stmt, Tx, Value};

/// A role that somebody is said to have. `None`: not spoken of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Given {
    pub name: String,
    pub description: Option<String>,
    pub scopes: Option<Vec<String>>,
    pub users: Option<Vec<String>>,
    pub groups: Option<Vec<String>>,
    pub services: Option<Vec<String>>,
}

/// Makes these the roles of one person, and makes or changes the roles themselves. Roles that were made by an earlier
/// word and that nobody has any more are gone, but for those in `kept`. Gives the names that were not found.
pub async fn set_given(tx: &Tx, user_id: i64, given: &[Given], kept: &[&str]) -> Result<Vec<String>> {
    const HAS: Stmt = Stmt::read(
        "SELECT r.id, r.name FROM roles r JOIN user_role_map m ON m.role_id = r.id WHERE m.user_id = $1 ORDER BY r.id",
    );
    const GIVE: Stmt = Stmt::write(
        "INSERT INTO user_role_map (user_id, role_id, managed_by_auth) VALUES ($1, $2, TRUE) \
         ON CONFLICT (user_id, role_id) DO NOTHING",
    );
    let mut had = Vec::new();
    for mut row in tx.rows(&HAS, &[user_id.into()]).await? {
        had.push((row.take::<i64>()?, row.take::<String>()?));
    }
    let mut missing = Vec::new();
    for role in given {
        let id = put(tx, role).await?;
        for (kind, names) in [
            (&USERS, &role.users),
            (&GROUPS, &role.groups),
            (&SERVICES, &role.services),
        ] {
            if let Some(names) = names {
                missing.extend(members(tx, kind, id, names).await?);
            }
        }
        tx.execute(&GIVE, &[user_id.into(), id.into()]).await?;
    }
    for (id, name) in had {
        if given.iter().any(|role| role.name == name) {
            continue;
        }
        take(tx, id, Member::User(user_id)).await?;
        if !kept.contains(&name.as_str()) {
            drop_unused(tx, id).await?;
        }
    }
    Ok(missing)
}

async fn put(tx: &Tx, role: &Given) -> Result<i64> {
    const PUT: Stmt = Stmt::write(
        "INSERT INTO roles (name, description, scopes, managed_by_auth) VALUES ($1, $2, COALESCE($3, '[]'), TRUE) \
         ON CONFLICT (name) DO UPDATE SET description = COALESCE($2, roles.description), \
         scopes = COALESCE($3, roles.scopes) RETURNING id",
    );
    let scopes = role.scopes.as_ref().filter(|scopes| !scopes.is_empty());
    let params = [
        (&role.name).into(),
        role.description.as_deref().into(),
        scopes.map_or(Value::Null, |scopes| Value::list(scopes)),
    ];
    crate::returned(tx.one(&PUT, &params).await?)
}

async fn drop_unused(tx: &Tx, id: i64) -> Result<()> {
    const DROP: Stmt = Stmt::write(
        "DELETE FROM roles WHERE id = $1 AND managed_by_auth \
         AND NOT EXISTS (SELECT 1 FROM user_role_map m WHERE m.role_id = $1) \
         AND NOT EXISTS (SELECT 1 FROM group_role_map m WHERE m.role_id = $1) \
         AND NOT EXISTS (SELECT 1 FROM service_role_map m WHERE m.role_id = $1)",
    );
    tx.execute(&DROP, &[id.into()]).await.map(drop)
}
