//! Roles: what they allow, and who has them.

mod given;
mod grants;
mod manage;
mod sync;

use jiff::Timestamp;
use perijove_model::scopes::roles::{ADMIN, ADMIN_BESIDES};

pub use given::{Given, set_given};
pub use grants::{Ended, Grant, Held, Member, ended, give, grants, held, take, take_ended};
pub use manage::{NewRole, Role, Source, by_name, change, create, list, remove};
pub use sync::sync;

use crate::error::Result;
use crate::sql::{Db, Row, Stmt};

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
    const REVOKE: [Stmt; 2] = [
        Stmt::write("DELETE FROM user_role_map WHERE user_id = $1"),
        Stmt::write("DELETE FROM perijove_role_grants WHERE user_id = $1"),
    ];
    let unit = db.unit().await?;
    for stmt in &REVOKE {
        unit.execute(stmt, &[user_id.into()]).await?;
    }
    unit.commit().await
}

/// Raw scopes, and from when on they may be fewer: a grant or a share among them ends then.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Raw {
    pub scopes: Vec<String>,
    pub until: Option<Timestamp>,
}

impl Raw {
    fn add(&mut self, scopes: impl IntoIterator<Item = String>, until: Option<Timestamp>) {
        self.scopes.extend(scopes);
        self.until = match (self.until, until) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        };
    }

    /// What the roles in these rows of name, scopes and end allow together.
    fn of_roles(rows: Vec<Row>) -> Result<Self> {
        let mut raw = Self::default();
        for mut row in rows {
            let (name, scopes): (String, Vec<String>) = (row.take()?, row.take()?);
            raw.add(whole(&name, scopes), row.take()?);
        }
        Ok(raw)
    }

    fn sorted(mut self) -> Self {
        self.scopes.sort();
        self.scopes.dedup();
        self
    }
}

/// The scopes of a role with those that its row leaves out.
fn whole(name: &str, mut scopes: Vec<String>) -> Vec<String> {
    if name == ADMIN.name {
        scopes.extend(ADMIN_BESIDES.iter().map(|scope| (*scope).to_owned()));
    }
    scopes
}

/// What a user may do: own roles, roles of groups, and shares (one's own and one's groups').
pub async fn scopes_of_user(db: &impl Db, user_id: i64, now: Timestamp) -> Result<Raw> {
    const ROLES: Stmt = Stmt::read(
        "SELECT r.name, r.scopes, g.expires_at FROM user_role_map m JOIN roles r ON r.id = m.role_id \
         LEFT JOIN perijove_role_grants g ON g.role_id = m.role_id AND g.user_id = m.user_id \
         WHERE m.user_id = $1 AND (g.expires_at IS NULL OR g.expires_at > $2) UNION ALL \
         SELECT r.name, r.scopes, g.expires_at FROM user_group_map ug JOIN group_role_map m ON m.group_id = ug.group_id \
         JOIN roles r ON r.id = m.role_id \
         LEFT JOIN perijove_role_grants g ON g.role_id = m.role_id AND g.group_id = m.group_id \
         WHERE ug.user_id = $1 AND (g.expires_at IS NULL OR g.expires_at > $2)",
    );
    let params = [user_id.into(), now.into()];
    let mut raw = Raw::of_roles(db.rows(&ROLES, &params).await?)?;
    for (scopes, until) in crate::shares::held_by(db, user_id, now).await? {
        raw.add(scopes, until);
    }
    Ok(raw.sorted())
}

/// The names of a user's roles, own ones and those of groups.
pub async fn names_of_user(db: &impl Db, user_id: i64, now: Timestamp) -> Result<Vec<String>> {
    const NAMES: Stmt = Stmt::read(
        "SELECT r.name FROM user_role_map m JOIN roles r ON r.id = m.role_id \
         LEFT JOIN perijove_role_grants g ON g.role_id = m.role_id AND g.user_id = m.user_id \
         WHERE m.user_id = $1 AND (g.expires_at IS NULL OR g.expires_at > $2) UNION \
         SELECT r.name FROM user_group_map ug JOIN group_role_map m ON m.group_id = ug.group_id \
         JOIN roles r ON r.id = m.role_id \
         LEFT JOIN perijove_role_grants g ON g.role_id = m.role_id AND g.group_id = m.group_id \
         WHERE ug.user_id = $1 AND (g.expires_at IS NULL OR g.expires_at > $2)",
    );
    db.column(&NAMES, &[user_id.into(), now.into()]).await
}

/// What a service's roles allow.
pub async fn scopes_of_service(db: &impl Db, service_id: i64, now: Timestamp) -> Result<Raw> {
    const ROLES: Stmt = Stmt::read(
        "SELECT r.name, r.scopes, g.expires_at FROM service_role_map m JOIN roles r ON r.id = m.role_id \
         LEFT JOIN perijove_role_grants g ON g.role_id = m.role_id AND g.service_id = m.service_id \
         WHERE m.service_id = $1 AND (g.expires_at IS NULL OR g.expires_at > $2)",
    );
    let rows = db.rows(&ROLES, &[service_id.into(), now.into()]).await?;
    Ok(Raw::of_roles(rows)?.sorted())
}

/// `None` if there is no such role.
pub async fn scopes_of_role(db: &impl Db, name: &str) -> Result<Option<Vec<String>>> {
    const SCOPES: Stmt = Stmt::read("SELECT scopes FROM roles WHERE name = $1");
    let scopes = db.one(&SCOPES, &[name.into()]).await?;
    Ok(scopes.map(|scopes| whole(name, scopes)))
}

/// Gives a user the role `user` or `admin`, which know no end, if there is one of that name.
pub async fn grant_user(db: &impl Db, user_id: i64, role: &str) -> Result<()> {
    const GRANT: Stmt = Stmt::write(
        "INSERT INTO user_role_map (user_id, role_id, managed_by_auth) \
         SELECT CAST($1 AS INTEGER), id, FALSE FROM roles WHERE name = $2 ON CONFLICT (user_id, role_id) DO NOTHING",
    );
    db.execute(&GRANT, &[user_id.into(), role.into()]).await.map(drop)
}
