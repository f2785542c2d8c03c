//! Roles in step with the configuration, as JupyterHub brings them at its start.

use perijove_model::scopes::roles::{ADMIN, USER};

use super::RoleSpec;
use crate::error::{Result, StoreError};
use crate::sql::{Db, Row, Stmt, Tx, Value};

/// The tables in which one kind of member is kept.
pub(super) struct Kind {
    members: Stmt,
    join: Stmt,
    leave: Stmt,
    /// Takes the role from all to whom nobody gave it at run time.
    clear: Stmt,
    /// What was given at run time counts as given by the configuration.
    forget: Stmt,
}

macro_rules! kind {
    ($table:literal, $map:literal, $id:literal) => {
        Kind {
            members: Stmt::read(concat!(
                "SELECT t.id, t.name FROM ",
                $table,
                " t JOIN ",
                $map,
                " m ON m.",
                $id,
                " = t.id WHERE m.role_id = $1"
            )),
            join: Stmt::write(concat!(
                "INSERT INTO ",
                $map,
                " (",
                $id,
                ", role_id, managed_by_auth) SELECT id, CAST($2 AS INTEGER), FALSE FROM ",
                $table,
                " WHERE name = $1 ON CONFLICT (",
                $id,
                ", role_id) DO NOTHING"
            )),
            leave: Stmt::write(concat!("DELETE FROM ", $map, " WHERE ", $id, " = $1 AND role_id = $2")),
            clear: Stmt::write(concat!(
                "DELETE FROM ",
                $map,
                " WHERE role_id = $1 AND ",
                $id,
                " NOT IN (SELECT ",
                $id,
                " FROM perijove_role_grants WHERE role_id = $1 AND ",
                $id,
                " IS NOT NULL)"
            )),
            forget: Stmt::write(concat!(
                "DELETE FROM perijove_role_grants WHERE role_id = $1 AND ",
                $id,
                " IS NOT NULL"
            )),
        }
    };
}

pub(super) const USERS: Kind = kind!("users", "user_role_map", "user_id");
pub(super) const GROUPS: Kind = kind!("groups", "group_role_map", "group_id");
pub(super) const SERVICES: Kind = kind!("services", "service_role_map", "service_id");

/// Brings roles in line with the configuration, as JupyterHub does at its start, for the price of what changes: users
/// are not walked. Users that a role names must exist; groups are made. Services must be in step before
/// ([`services::sync`](crate::services::sync)).
pub async fn sync(tx: &Tx, defaults: &[RoleSpec], configured: &[RoleSpec]) -> Result<()> {
    let mut wanted = defaults.to_vec();
    for spec in configured {
        match wanted.iter_mut().find(|role| role.name == spec.name) {
            Some(role) => merge(role, spec),
            None => wanted.push(spec.clone()),
        }
    }
    define(tx, &wanted).await?;
    for spec in configured {
        assign(tx, spec).await?;
    }
    admins(tx, configured.iter().find(|spec| spec.name == ADMIN.name)).await
}

/// What configuration says over a default role; `admin` is what it is.
fn merge(role: &mut RoleSpec, spec: &RoleSpec) {
    if role.name == ADMIN.name {
        return;
    }
    if !spec.description.is_empty() {
        role.description.clone_from(&spec.description);
    }
    if !spec.scopes.is_empty() {
        role.scopes.clone_from(&spec.scopes);
    }
}

/// The roles themselves: new, changed, gone. Those made at run time and those of the authenticator are left alone, unless
/// the configuration has come to name them.
async fn define(tx: &Tx, wanted: &[RoleSpec]) -> Result<()> {
    const ALL: Stmt = Stmt::read(
        "SELECT r.id, r.name, COALESCE(r.description, ''), r.scopes, r.managed_by_auth OR p.role_id IS NOT NULL \
         FROM roles r LEFT JOIN perijove_roles p ON p.role_id = r.id ORDER BY r.id",
    );
    const INSERT: Stmt =
        Stmt::write("INSERT INTO roles (name, description, scopes, managed_by_auth) VALUES ($1, $2, $3, FALSE)");
    const UPDATE: Stmt = Stmt::write("UPDATE roles SET description = $2, scopes = $3 WHERE id = $1");
    const TAKE_OVER: Stmt = Stmt::write("DELETE FROM perijove_roles WHERE role_id = $1");
    const DELETE: Stmt = Stmt::write("DELETE FROM roles WHERE id = $1");
    let read = |mut row: Row| -> Result<(i64, String, String, Vec<String>, bool)> {
        Ok((row.take()?, row.take()?, row.take()?, row.take()?, row.take()?))
    };
    let found = tx
        .rows(&ALL, &[])
        .await?
        .into_iter()
        .map(read)
        .collect::<Result<Vec<_>>>()?;
    for spec in wanted {
        let mut scopes = spec.scopes.clone();
        scopes.sort();
        scopes.dedup();
        match found.iter().find(|(_, name, ..)| *name == spec.name) {
            None => {
                let params = [(&spec.name).into(), (&spec.description).into(), Value::list(&scopes)];
                tx.execute(&INSERT, &params).await?;
            }
            Some((id, _, description, kept, _)) => {
                tx.execute(&TAKE_OVER, &[(*id).into()]).await?;
                let mut kept = kept.clone();
                kept.sort();
                if kept != scopes || *description != spec.description {
                    let params = [(*id).into(), (&spec.description).into(), Value::list(&scopes)];
                    tx.execute(&UPDATE, &params).await?;
                }
            }
        }
    }
    for (id, name, _, _, stays) in &found {
        if !stays && !wanted.iter().any(|spec| spec.name == *name) {
            tx.execute(&DELETE, &[(*id).into()]).await?;
        }
    }
    Ok(())
}

/// Who has a configured role. Members of a kind that is not spoken of lose it, except where the contract keeps them and
/// where somebody gave it to them at run time.
async fn assign(tx: &Tx, spec: &RoleSpec) -> Result<()> {
    let Some(id) = super::id(tx, &spec.name).await? else {
        return Ok(());
    };
    let keeps_users = spec.name == USER.name || spec.name == ADMIN.name;
    match &spec.users {
        Some(names) => all_members(tx, &USERS, id, names, &spec.name, "user").await?,
        None if keeps_users => {}
        None => tx.execute(&USERS.clear, &[id.into()]).await.map(drop)?,
    }
    match &spec.services {
        Some(names) => all_members(tx, &SERVICES, id, names, &spec.name, "service").await?,
        None if spec.name == ADMIN.name => {}
        None => tx.execute(&SERVICES.clear, &[id.into()]).await.map(drop)?,
    }
    match &spec.groups {
        Some(names) => {
            for name in names {
                crate::groups::ensure(tx, name, &[], &serde_json::Value::Null).await?;
            }
            all_members(tx, &GROUPS, id, names, &spec.name, "group").await
        }
        None => tx.execute(&GROUPS.clear, &[id.into()]).await.map(drop),
    }
}

/// Makes exactly `names` the members; each of them must be there.
async fn all_members(tx: &Tx, kind: &Kind, role_id: i64, names: &[String], role: &str, what: &str) -> Result<()> {
    match members(tx, kind, role_id, names).await?.first() {
        None => Ok(()),
        Some(name) => Err(StoreError::Other(format!(
            "the role {role:?} names the {what} {name:?}, which is not there: define it first, or correct the name"
        ))),
    }
}

/// Makes exactly `names` the members. Gives those that are not there.
pub(super) async fn members(tx: &Tx, kind: &Kind, role_id: i64, names: &[String]) -> Result<Vec<String>> {
    let read = |mut row: Row| -> Result<(i64, String)> { Ok((row.take()?, row.take()?)) };
    tx.execute(&kind.forget, &[role_id.into()]).await?;
    let rows = tx.rows(&kind.members, &[role_id.into()]).await?;
    let present = rows.into_iter().map(read).collect::<Result<Vec<_>>>()?;
    for (id, name) in &present {
        if !names.contains(name) {
            tx.execute(&kind.leave, &[(*id).into(), role_id.into()]).await?;
        }
    }
    let mut missing = Vec::new();
    for name in names {
        let is_new = !present.iter().any(|(_, present)| present == name);
        if is_new && tx.execute(&kind.join, &[name.into(), role_id.into()]).await? == 0 {
            missing.push(name.clone());
        }
    }
    Ok(missing)
}

/// The admin flag and the role `admin`, in step both ways.
async fn admins(tx: &Tx, configured: Option<&RoleSpec>) -> Result<()> {
    macro_rules! in_step {
        ($table:literal, $map:literal, $id:literal) => {
            [
                Stmt::write(concat!(
                    "UPDATE ",
                    $table,
                    " SET admin = TRUE WHERE admin IS NOT TRUE AND id IN (SELECT ",
                    $id,
                    " FROM ",
                    $map,
                    " WHERE role_id = $1)"
                )),
                Stmt::write(concat!(
                    "UPDATE ",
                    $table,
                    " SET admin = FALSE WHERE admin AND id NOT IN (SELECT ",
                    $id,
                    " FROM ",
                    $map,
                    " WHERE role_id = $1)"
                )),
                Stmt::write(concat!(
                    "INSERT INTO ",
                    $map,
                    " (",
                    $id,
                    ", role_id, managed_by_auth) SELECT id, CAST($1 AS INTEGER), FALSE FROM ",
                    $table,
                    " WHERE admin ON CONFLICT (",
                    $id,
                    ", role_id) DO NOTHING"
                )),
            ]
        };
    }
    const IN_STEP: [[Stmt; 3]; 2] = [
        in_step!("users", "user_role_map", "user_id"),
        in_step!("services", "service_role_map", "service_id"),
    ];
    let Some(id) = super::id(tx, ADMIN.name).await? else {
        return Ok(());
    };
    let listed = [
        configured.is_some_and(|spec| spec.users.is_some()),
        configured.is_some_and(|spec| spec.services.is_some()),
    ];
    for ([set, unset, grant], listed) in IN_STEP.iter().zip(listed) {
        tx.execute(set, &[id.into()]).await?;
        tx.execute(if listed { unset } else { grant }, &[id.into()]).await?;
    }
    Ok(())
}
