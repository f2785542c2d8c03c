//! Roles that are made and changed while the hub runs. A row in `perijove_roles` tells them from those of the
//! configuration, which JupyterHub, and the next start, would delete.

use jiff::Timestamp;
use perijove_model::scopes::roles::DEFAULT_ROLES;

use crate::error::Result;
use crate::sql::{Db, Row, Stmt, Value};

/// Who says what a role is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    BuiltIn,
    Configuration,
    Authenticator,
    /// Somebody, at run time.
    Hub,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    pub id: i64,
    pub name: String,
    pub description: String,
    pub scopes: Vec<String>,
    pub source: Source,
    pub created: Option<Timestamp>,
    pub created_by: Option<String>,
}

#[derive(Debug, Clone, Copy)]
pub struct NewRole<'a> {
    pub name: &'a str,
    pub description: &'a str,
    pub scopes: &'a [String],
    pub by: &'a str,
}

macro_rules! select {
    ($rest:literal) => {
        Stmt::read(concat!(
            "SELECT r.id, r.name, COALESCE(r.description, ''), r.scopes, r.managed_by_auth, p.created, p.created_by \
             FROM roles r LEFT JOIN perijove_roles p ON p.role_id = r.id ",
            $rest
        ))
    };
}

fn read(mut row: Row) -> Result<Role> {
    let (id, name): (i64, String) = (row.take()?, row.take()?);
    let description = row.take()?;
    let scopes: Option<Vec<String>> = row.take()?;
    let managed: bool = row.take()?;
    let (created, created_by): (Option<Timestamp>, Option<String>) = (row.take()?, row.take()?);
    let source = match &created {
        _ if DEFAULT_ROLES.iter().any(|role| role.name == name) => Source::BuiltIn,
        Some(_) => Source::Hub,
        None if managed => Source::Authenticator,
        None => Source::Configuration,
    };
    Ok(Role {
        scopes: super::whole(&name, scopes.unwrap_or_default()),
        id,
        name,
        description,
        source,
        created,
        created_by,
    })
}

pub async fn by_name(db: &impl Db, name: &str) -> Result<Option<Role>> {
    const BY_NAME: Stmt = select!("WHERE r.name = $1");
    db.row(&BY_NAME, &[name.into()]).await?.map(read).transpose()
}

/// A page of the roles, and how many there are.
pub async fn list(db: &impl Db, offset: i64, limit: i64) -> Result<(Vec<Role>, i64)> {
    const LIST: Stmt = select!("ORDER BY r.id LIMIT $1 OFFSET $2");
    const COUNT: Stmt = Stmt::read("SELECT COUNT(*) FROM roles");
    let rows = db.rows(&LIST, &[limit.into(), offset.into()]).await?;
    let total = crate::returned(db.one(&COUNT, &[]).await?)?;
    Ok((rows.into_iter().map(read).collect::<Result<_>>()?, total))
}

/// A new role. A name that is taken is a conflict.
pub async fn create(db: &impl Db, new: &NewRole<'_>, now: Timestamp) -> Result<i64> {
    const CREATE: Stmt = Stmt::write(
        "INSERT INTO roles (name, description, scopes, managed_by_auth) VALUES ($1, $2, $3, FALSE) RETURNING id",
    );
    const MARK: Stmt = Stmt::write("INSERT INTO perijove_roles (role_id, created, created_by) VALUES ($1, $2, $3)");
    let unit = db.unit().await?;
    let params = [new.name.into(), new.description.into(), Value::list(new.scopes)];
    let id: i64 = crate::returned(unit.one(&CREATE, &params).await?)?;
    unit.execute(&MARK, &[id.into(), now.into(), new.by.into()]).await?;
    unit.commit().await?;
    Ok(id)
}

pub async fn change(db: &impl Db, id: i64, description: &str, scopes: &[String]) -> Result<()> {
    const CHANGE: Stmt = Stmt::write("UPDATE roles SET description = $2, scopes = $3 WHERE id = $1");
    let params = [id.into(), description.into(), Value::list(scopes)];
    db.execute(&CHANGE, &params).await.map(drop)
}

/// Deletes a role; whoever had it has it no more.
pub async fn remove(db: &impl Db, id: i64) -> Result<bool> {
    const REMOVE: Stmt = Stmt::write("DELETE FROM roles WHERE id = $1");
    Ok(db.execute(&REMOVE, &[id.into()]).await? > 0)
}
