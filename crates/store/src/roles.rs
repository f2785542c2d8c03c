//! Roles: what they allow, and who has them.

use perijove_model::scopes::roles::{ADMIN, ADMIN_BESIDES};

use crate::error::{Result, StoreError};
use crate::sql::{Db, Row, Stmt, Tx, Value};

/// A role as configuration describes it. `None` members: not spoken of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RoleSpec {
    pub name: String,
    pub description: String,
    pub scopes: Vec<String>,
    pub users: Option<Vec<String>>,
    pub groups: Option<Vec<String>>,
    pub services: Option<Vec<String>>,
}

/// The tables in which one kind of member is kept.
struct Kind {
    members: Stmt,
    join: Stmt,
    leave: Stmt,
    clear: Stmt,
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
            clear: Stmt::write(concat!("DELETE FROM ", $map, " WHERE role_id = $1")),
        }
    };
}

const USERS: Kind = kind!("users", "user_role_map", "user_id");
const GROUPS: Kind = kind!("groups", "group_role_map", "group_id");
const SERVICES: Kind = kind!("services", "service_role_map", "service_id");

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
    admins(tx, configured.iter().find(|spec| spec.name == "admin")).await
}

/// What configuration says over a default role; `admin` is what it is.
fn merge(role: &mut RoleSpec, spec: &RoleSpec) {
    if role.name == "admin" {
        return;
    }
    if !spec.description.is_empty() {
        role.description.clone_from(&spec.description);
    }
    if !spec.scopes.is_empty() {
        role.scopes.clone_from(&spec.scopes);
    }
}

/// The roles themselves: new, changed, gone.
async fn define(tx: &Tx, wanted: &[RoleSpec]) -> Result<()> {
    const ALL: Stmt =
        Stmt::read("SELECT id, name, COALESCE(description, ''), scopes, managed_by_auth FROM roles ORDER BY id");
    const INSERT: Stmt =
        Stmt::write("INSERT INTO roles (name, description, scopes, managed_by_auth) VALUES ($1, $2, $3, FALSE)");
    const UPDATE: Stmt = Stmt::write("UPDATE roles SET description = $2, scopes = $3 WHERE id = $1");
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
                let mut kept = kept.clone();
                kept.sort();
                if kept != scopes || *description != spec.description {
                    let params = [(*id).into(), (&spec.description).into(), Value::list(&scopes)];
                    tx.execute(&UPDATE, &params).await?;
                }
            }
        }
    }
    for (id, name, _, _, managed) in &found {
        if !managed && !wanted.iter().any(|spec| spec.name == *name) {
            tx.execute(&DELETE, &[(*id).into()]).await?;
        }
    }
    Ok(())
}

/// Who has a configured role. Members that are not spoken of lose it, except where the contract keeps them.
async fn assign(tx: &Tx, spec: &RoleSpec) -> Result<()> {
    let Some(id) = id(tx, &spec.name).await? else {
        return Ok(());
    };
    let keeps_users = spec.name == "user" || spec.name == "admin";
    match &spec.users {
        Some(names) => members(tx, &USERS, id, names, &spec.name, "user").await?,
        None if keeps_users => {}
        None => tx.execute(&USERS.clear, &[id.into()]).await.map(drop)?,
    }
    match &spec.services {
        Some(names) => members(tx, &SERVICES, id, names, &spec.name, "service").await?,
        None if spec.name == "admin" => {}
        None => tx.execute(&SERVICES.clear, &[id.into()]).await.map(drop)?,
    }
    for name in spec.groups.iter().flatten() {
        crate::groups::ensure(tx, name, &[], &serde_json::Value::Null).await?;
    }
    members(
        tx,
        &GROUPS,
        id,
        spec.groups.as_deref().unwrap_or_default(),
        &spec.name,
        "group",
    )
    .await
}

/// Makes exactly `names` the members.
async fn members(tx: &Tx, kind: &Kind, role_id: i64, names: &[String], role: &str, what: &str) -> Result<()> {
    let read = |mut row: Row| -> Result<(i64, String)> { Ok((row.take()?, row.take()?)) };
    let rows = tx.rows(&kind.members, &[role_id.into()]).await?;
    let present = rows.into_iter().map(read).collect::<Result<Vec<_>>>()?;
    for (id, name) in &present {
        if !names.contains(name) {
            tx.execute(&kind.leave, &[(*id).into(), role_id.into()]).await?;
        }
    }
    for name in names {
        let is_new = !present.iter().any(|(_, present)| present == name);
        if is_new && tx.execute(&kind.join, &[name.into(), role_id.into()]).await? == 0 {
            return Err(StoreError::Other(format!(
                "the role {role:?} names the {what} {name:?}, which is not there: define it first, or correct the name"
            )));
        }
    }
    Ok(())
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
    let Some(id) = id(tx, "admin").await? else {
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

async fn id(db: &impl Db, name: &str) -> Result<Option<i64>> {
    const ID: Stmt = Stmt::read("SELECT id FROM roles WHERE name = $1");
    db.one(&ID, &[name.into()]).await
}

/// The names of a user's own roles.
pub async fn of_user(db: &impl Db, user_id: i64) -> Result<Vec<String>> {
    const OF_USER: Stmt = Stmt::read(
        "SELECT r.name FROM roles r JOIN user_role_map m ON m.role_id = r.id WHERE m.user_id = $1 ORDER BY r.name",
    );
    db.column(&OF_USER, &[user_id.into()]).await
}

pub async fn of_service(db: &impl Db, service_id: i64) -> Result<Vec<String>> {
    const OF_SERVICE: Stmt = Stmt::read(
        "SELECT r.name FROM roles r JOIN service_role_map m ON m.role_id = r.id WHERE m.service_id = $1 ORDER BY r.name",
    );
    db.column(&OF_SERVICE, &[service_id.into()]).await
}

/// Takes every role from a user, also `user`.
pub async fn revoke_all(db: &impl Db, user_id: i64) -> Result<()> {
    const REVOKE: Stmt = Stmt::write("DELETE FROM user_role_map WHERE user_id = $1");
    db.execute(&REVOKE, &[user_id.into()]).await.map(drop)
}

/// The raw scopes of a user: own roles, roles of groups, and shares (one's own and one's groups').
pub async fn scopes_of_user(db: &impl Db, user_id: i64) -> Result<Vec<String>> {
    const ROLES: Stmt = Stmt::read(
        "SELECT name, scopes FROM roles WHERE id IN (SELECT role_id FROM user_role_map WHERE user_id = $1 UNION \
         SELECT gr.role_id FROM user_group_map ug JOIN group_role_map gr ON gr.group_id = ug.group_id \
         WHERE ug.user_id = $1) ORDER BY id",
    );
    const SHARES: Stmt = Stmt::read(
        "SELECT sh.scopes, u.name, sp.name FROM shares sh JOIN spawners sp ON sp.id = sh.spawner_id \
         JOIN users u ON u.id = sp.user_id WHERE sh.user_id = $1 \
         OR sh.group_id IN (SELECT group_id FROM user_group_map WHERE user_id = $1) ORDER BY sh.id",
    );
    let mut scopes = allowed_by(db.rows(&ROLES, &[user_id.into()]).await?)?;
    for mut row in db.rows(&SHARES, &[user_id.into()]).await? {
        let shared: Vec<String> = row.take()?;
        let (owner, server): (String, String) = (row.take()?, row.take()?);
        // The stored filter may be from before a rename.
        let base = |scope: &String| scope.split('!').next().unwrap_or_default().to_owned();
        scopes.extend(
            shared
                .iter()
                .map(|scope| format!("{}!server={owner}/{server}", base(scope))),
        );
    }
    scopes.sort();
    scopes.dedup();
    Ok(scopes)
}

/// The raw scopes of a service's roles.
pub async fn scopes_of_service(db: &impl Db, service_id: i64) -> Result<Vec<String>> {
    const ROLES: Stmt = Stmt::read(
        "SELECT r.name, r.scopes FROM roles r JOIN service_role_map m ON m.role_id = r.id WHERE m.service_id = $1 ORDER BY r.id",
    );
    let mut scopes = allowed_by(db.rows(&ROLES, &[service_id.into()]).await?)?;
    scopes.sort();
    scopes.dedup();
    Ok(scopes)
}

/// `None` if there is no such role.
pub async fn scopes_of_role(db: &impl Db, name: &str) -> Result<Option<Vec<String>>> {
    const SCOPES: Stmt = Stmt::read("SELECT name, scopes FROM roles WHERE name = $1");
    let rows = db.rows(&SCOPES, &[name.into()]).await?;
    if rows.is_empty() { Ok(None) } else { allowed_by(rows).map(Some) }
}

/// What the roles in these rows of name and scopes allow together.
fn allowed_by(roles: Vec<Row>) -> Result<Vec<String>> {
    let mut scopes = Vec::new();
    for mut role in roles {
        let name: String = role.take()?;
        scopes.extend(role.take::<Vec<String>>()?);
        if name == ADMIN.name {
            scopes.extend(ADMIN_BESIDES.iter().map(|scope| (*scope).to_owned()));
        }
    }
    Ok(scopes)
}

/// Gives a user a role, if there is one of that name.
pub async fn grant_user(db: &impl Db, user_id: i64, role: &str) -> Result<()> {
    const GRANT: Stmt = Stmt::write(
        "INSERT INTO user_role_map (user_id, role_id, managed_by_auth) \
         SELECT CAST($1 AS INTEGER), id, FALSE FROM roles WHERE name = $2 ON CONFLICT (user_id, role_id) DO NOTHING",
    );
    db.execute(&GRANT, &[user_id.into(), role.into()]).await.map(drop)
}
