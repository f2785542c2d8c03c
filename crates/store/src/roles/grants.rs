//! Who has a role, who gave it to them, and until when. Membership is in JupyterHub's tables; what it has no column for
//! is in `perijove_role_grants`.

use jiff::Timestamp;

use crate::error::Result;
use crate::sql::{Db, Row, Stmt};

/// Who can have a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Member {
    User(i64),
    Group(i64),
    Service(i64),
}

/// That somebody has a role. Of what the configuration gave, the rest is not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    pub member: Member,
    pub name: String,
    pub granted: Option<Timestamp>,
    pub granted_by: Option<String>,
    pub expires_at: Option<Timestamp>,
}

/// A grant whose time is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    pub role_id: i64,
    pub role: String,
    pub member: Member,
    pub name: String,
    pub granted_by: String,
    pub expires_at: Timestamp,
}

/// The statements for one kind of member.
struct Kind {
    join: Stmt,
    note: Stmt,
    leave: Stmt,
    forget: Stmt,
    forget_ended: Stmt,
}

macro_rules! kind {
    ($map:literal, $id:literal) => {
        Kind {
            join: Stmt::write(concat!(
                "INSERT INTO ",
                $map,
                " (",
                $id,
                ", role_id, managed_by_auth) VALUES ($1, $2, FALSE) ON CONFLICT (",
                $id,
                ", role_id) DO NOTHING"
            )),
            note: Stmt::write(concat!(
                "INSERT INTO perijove_role_grants (",
                $id,
                ", role_id, granted, granted_by, expires_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (",
                $id,
                ", role_id) WHERE ",
                $id,
                " IS NOT NULL DO UPDATE SET granted = excluded.granted, granted_by = excluded.granted_by, \
                 expires_at = excluded.expires_at"
            )),
            leave: Stmt::write(concat!("DELETE FROM ", $map, " WHERE ", $id, " = $1 AND role_id = $2")),
            forget: Stmt::write(concat!(
                "DELETE FROM perijove_role_grants WHERE ",
                $id,
                " = $1 AND role_id = $2"
            )),
            forget_ended: Stmt::write(concat!(
                "DELETE FROM perijove_role_grants WHERE ",
                $id,
                " = $1 AND role_id = $2 AND expires_at <= $3"
            )),
        }
    };
}

static USERS: Kind = kind!("user_role_map", "user_id");
static GROUPS: Kind = kind!("group_role_map", "group_id");
static SERVICES: Kind = kind!("service_role_map", "service_id");

impl Member {
    fn new(kind: &str, id: i64) -> Self {
        match kind {
            "user" => Self::User(id),
            "group" => Self::Group(id),
            _ => Self::Service(id),
        }
    }

    fn tables(self) -> (&'static Kind, i64) {
        match self {
            Self::User(id) => (&USERS, id),
            Self::Group(id) => (&GROUPS, id),
            Self::Service(id) => (&SERVICES, id),
        }
    }
}

/// Gives a role, or gives it anew, with another end or without; tells whether the member did not have it.
pub async fn give(
    db: &impl Db,
    role_id: i64,
    member: Member,
    by: &str,
    until: Option<Timestamp>,
    now: Timestamp,
) -> Result<bool> {
    let (kind, id) = member.tables();
    let unit = db.unit().await?;
    let is_new = unit.execute(&kind.join, &[id.into(), role_id.into()]).await? > 0;
    let params = [id.into(), role_id.into(), now.into(), by.into(), until.into()];
    unit.execute(&kind.note, &params).await?;
    unit.commit().await?;
    Ok(is_new)
}

/// Takes a role away; `false` if the member did not have it.
pub async fn take(db: &impl Db, role_id: i64, member: Member) -> Result<bool> {
    let (kind, id) = member.tables();
    let params = [id.into(), role_id.into()];
    let unit = db.unit().await?;
    unit.execute(&kind.forget, &params).await?;
    let had = unit.execute(&kind.leave, &params).await? > 0;
    unit.commit().await?;
    Ok(had)
}

/// Takes a role away whose time is over, unless it was given anew meanwhile.
pub async fn take_ended(db: &impl Db, ended: &Ended, now: Timestamp) -> Result<bool> {
    let (kind, id) = ended.member.tables();
    let unit = db.unit().await?;
    let params = [id.into(), ended.role_id.into(), now.into()];
    let is_over = unit.execute(&kind.forget_ended, &params).await? > 0;
    if is_over {
        unit.execute(&kind.leave, &params[..2]).await?;
    }
    unit.commit().await?;
    Ok(is_over)
}

macro_rules! holders {
    ($kind:literal, $table:literal, $map:literal, $id:literal) => {
        concat!(
            "SELECT '",
            $kind,
            "' AS kind, t.id AS id, t.name AS name, g.granted, g.granted_by, g.expires_at FROM ",
            $map,
            " m JOIN ",
            $table,
            " t ON t.id = m.",
            $id,
            " LEFT JOIN perijove_role_grants g ON g.role_id = m.role_id AND g.",
            $id,
            " = m.",
            $id,
            " WHERE m.role_id = $1 AND (g.expires_at IS NULL OR g.expires_at > $2)"
        )
    };
}

macro_rules! all_holders {
    () => {
        concat!(
            holders!("group", "groups", "group_role_map", "group_id"),
            " UNION ALL ",
            holders!("service", "services", "service_role_map", "service_id"),
            " UNION ALL ",
            holders!("user", "users", "user_role_map", "user_id")
        )
    };
}

/// A page of those who have a role, and how many they are.
pub async fn grants(db: &impl Db, role_id: i64, offset: i64, limit: i64, now: Timestamp) -> Result<(Vec<Grant>, i64)> {
    const PAGE: Stmt = Stmt::read(concat!(all_holders!(), " ORDER BY kind, id LIMIT $3 OFFSET $4"));
    const COUNT: Stmt = Stmt::read(concat!("SELECT COUNT(*) FROM (", all_holders!(), ") holders"));
    let read = |mut row: Row| -> Result<Grant> {
        let (kind, id): (String, i64) = (row.take()?, row.take()?);
        Ok(Grant {
            member: Member::new(&kind, id),
            name: row.take()?,
            granted: row.take()?,
            granted_by: row.take()?,
            expires_at: row.take()?,
        })
    };
    let params = [role_id.into(), now.into(), limit.into(), offset.into()];
    let rows = db.rows(&PAGE, &params).await?;
    let total = crate::returned(db.one(&COUNT, &params[..2]).await?)?;
    Ok((rows.into_iter().map(read).collect::<Result<_>>()?, total))
}

/// Grants whose time is over and that are still written down: at most `most` of them.
pub async fn ended(db: &impl Db, now: Timestamp, most: i64) -> Result<Vec<Ended>> {
    const ENDED: Stmt = Stmt::read(
        "SELECT g.role_id, r.name, CASE WHEN g.user_id IS NOT NULL THEN 'user' WHEN g.group_id IS NOT NULL THEN 'group' \
         ELSE 'service' END, COALESCE(g.user_id, g.group_id, g.service_id), COALESCE(u.name, gr.name, s.name), \
         g.granted_by, g.expires_at FROM perijove_role_grants g JOIN roles r ON r.id = g.role_id \
         LEFT JOIN users u ON u.id = g.user_id LEFT JOIN groups gr ON gr.id = g.group_id \
         LEFT JOIN services s ON s.id = g.service_id WHERE g.expires_at <= $1 ORDER BY g.expires_at LIMIT $2",
    );
    let read = |mut row: Row| -> Result<Ended> {
        let (role_id, role): (i64, String) = (row.take()?, row.take()?);
        let (kind, id): (String, i64) = (row.take()?, row.take()?);
        Ok(Ended {
            role_id,
            role,
            member: Member::new(&kind, id),
            name: row.take()?,
            granted_by: row.take()?,
            expires_at: row.take()?,
        })
    };
    let rows = db.rows(&ENDED, &[now.into(), most.into()]).await?;
    rows.into_iter().map(read).collect()
}

/// A role that somebody has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    pub role: String,
    /// By which group; `None`: by themselves.
    pub group: Option<String>,
    /// Who gave it at run time, and until when.
    pub by: Option<String>,
    pub until: Option<Timestamp>,
}

/// What somebody has themselves, and then by groups.
pub async fn held(db: &impl Db, user_id: i64, now: Timestamp) -> Result<Vec<Held>> {
    const HELD: Stmt = Stmt::read(
        "SELECT r.name AS role, NULL AS group_name, g.granted_by, g.expires_at, 0 AS place FROM user_role_map m \
         JOIN roles r ON r.id = m.role_id \
         LEFT JOIN perijove_role_grants g ON g.role_id = m.role_id AND g.user_id = m.user_id \
         WHERE m.user_id = $1 AND (g.expires_at IS NULL OR g.expires_at > $2) \
         UNION ALL SELECT r.name, t.name, g.granted_by, g.expires_at, 1 FROM user_group_map u \
         JOIN groups t ON t.id = u.group_id JOIN group_role_map m ON m.group_id = u.group_id \
         JOIN roles r ON r.id = m.role_id \
         LEFT JOIN perijove_role_grants g ON g.role_id = m.role_id AND g.group_id = m.group_id \
         WHERE u.user_id = $1 AND (g.expires_at IS NULL OR g.expires_at > $2) ORDER BY place, role",
    );
    let read = |mut row: Row| {
        Ok(Held {
            role: row.take()?,
            group: row.take()?,
            by: row.take()?,
            until: row.take()?,
        })
    };
    let rows = db.rows(&HELD, &[user_id.into(), now.into()]).await?;
    rows.into_iter().map(read).collect()
}
