//! People and groups as a directory has them: under an id that is never given twice, with the directory's own id and what
//! it says of them besides. Whoever is here without a directory has a row, too, once somebody has asked.

use std::collections::HashMap;

use jiff::Timestamp;
use serde_json::Value as Json;

use crate::error::Result;
use crate::sql::{Db, Row, Stmt, Value, lists, numbers};

/// A person, for a directory.
#[derive(Debug, Clone, PartialEq)]
pub struct Person {
    pub user_id: i64,
    pub name: String,
    pub admin: bool,
    pub created: Option<Timestamp>,
    pub scim_id: String,
    pub external_id: Option<String>,
    /// A directory has made the account.
    pub provisioned: bool,
    /// What it says of them, and nobody goes by.
    pub attributes: Json,
    pub changed: Timestamp,
    pub suspended: bool,
}

/// A group, for a directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    pub group_id: i64,
    pub name: String,
    pub scim_id: String,
    pub external_id: Option<String>,
    /// A directory says who is in it, and nobody who signs in.
    pub provisioned: bool,
    pub changed: Timestamp,
}

/// Which people or groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which<'a> {
    All,
    Id(&'a str),
    External(&'a str),
    Name(&'a str),
}

/// A part of a list: those behind this number, without the first of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    pub after: i64,
    pub offset: i64,
    pub limit: i64,
}

impl Part {
    pub const FIRST: Self = Self {
        after: 0,
        offset: 0,
        limit: 1,
    };
}

impl Which<'_> {
    /// The end of a statement on `p`, beside people or groups whose name is in `name`.
    fn filter(self, name: &str) -> (String, Option<Value>) {
        let (column, value) = match self {
            Self::All => return (String::new(), None),
            Self::Id(id) => ("p.scim_id", id),
            Self::External(id) => ("p.external_id", id),
            Self::Name(wanted) => (name, wanted),
        };
        (format!(" AND {column} = $4"), Some(value.into()))
    }
}

macro_rules! person {
    () => {
        "SELECT u.id, u.name, u.admin, u.created, p.scim_id, p.external_id, p.provisioned, p.attributes, p.changed, \
         EXISTS (SELECT 1 FROM perijove_suspensions s WHERE s.user_id = u.id) \
         FROM users u JOIN perijove_scim_users p ON p.user_id = u.id"
    };
}

fn read_person(mut row: Row) -> Result<Person> {
    Ok(Person {
        user_id: row.take()?,
        name: row.take()?,
        admin: row.take()?,
        created: row.take()?,
        scim_id: row.take()?,
        external_id: row.take()?,
        provisioned: row.take()?,
        attributes: row.take::<Option<Json>>()?.unwrap_or_else(|| serde_json::json!({})),
        changed: row.take()?,
        suspended: row.take()?,
    })
}

macro_rules! group {
    () => {
        "SELECT g.id, g.name, p.scim_id, p.external_id, p.provisioned, p.changed \
         FROM groups g JOIN perijove_scim_groups p ON p.group_id = g.id"
    };
}

fn read_group(mut row: Row) -> Result<Group> {
    Ok(Group {
        group_id: row.take()?,
        name: row.take()?,
        scim_id: row.take()?,
        external_id: row.take()?,
        provisioned: row.take()?,
        changed: row.take()?,
    })
}

async fn part(db: &impl Db, select: &str, of: (&str, &str), which: Which<'_>, part: Part) -> Result<Vec<Row>> {
    let (id, name) = of;
    let (filter, wanted) = which.filter(name);
    let sql = format!("{select} WHERE {id} > $1{filter} ORDER BY {id} LIMIT $2 OFFSET $3");
    let mut params = vec![part.after.into(), part.limit.into(), part.offset.into()];
    params.extend(wanted);
    db.rows(&Stmt::assembled(sql), &params).await
}

pub async fn people(db: &impl Db, which: Which<'_>, of: Part) -> Result<Vec<Person>> {
    let rows = part(db, person!(), ("u.id", "u.name"), which, of).await?;
    rows.into_iter().map(read_person).collect()
}

pub async fn person(db: &impl Db, which: Which<'_>) -> Result<Option<Person>> {
    Ok(people(db, which, Part::FIRST).await?.pop())
}

pub async fn count_people(db: &impl Db) -> Result<i64> {
    const COUNT: Stmt = Stmt::read("SELECT COUNT(*) FROM perijove_scim_users");
    crate::returned(db.one(&COUNT, &[]).await?)
}

pub async fn groups(db: &impl Db, which: Which<'_>, of: Part) -> Result<Vec<Group>> {
    let rows = part(db, group!(), ("g.id", "g.name"), which, of).await?;
    rows.into_iter().map(read_group).collect()
}

pub async fn group(db: &impl Db, which: Which<'_>) -> Result<Option<Group>> {
    Ok(groups(db, which, Part::FIRST).await?.pop())
}

pub async fn count_groups(db: &impl Db) -> Result<i64> {
    const COUNT: Stmt = Stmt::read("SELECT COUNT(*) FROM perijove_scim_groups");
    crate::returned(db.one(&COUNT, &[]).await?)
}

/// Gives an id to whoever has none yet, be it people or groups that were here before the directory asked.
pub async fn name_all(db: &impl Db, mut new_id: impl FnMut() -> String + Send, now: Timestamp) -> Result<()> {
    const PEOPLE: (Stmt, Stmt) = (
        Stmt::read(
            "SELECT u.id FROM users u WHERE NOT EXISTS (SELECT 1 FROM perijove_scim_users p WHERE p.user_id = u.id)",
        ),
        Stmt::note(
            "INSERT INTO perijove_scim_users (user_id, scim_id, provisioned, attributes, changed) \
             VALUES ($1, $2, FALSE, '{}', $3) ON CONFLICT DO NOTHING",
        ),
    );
    const GROUPS: (Stmt, Stmt) = (
        Stmt::read(
            "SELECT g.id FROM groups g WHERE NOT EXISTS (SELECT 1 FROM perijove_scim_groups p WHERE p.group_id = g.id)",
        ),
        Stmt::note(
            "INSERT INTO perijove_scim_groups (group_id, scim_id, provisioned, changed) \
             VALUES ($1, $2, FALSE, $3) ON CONFLICT DO NOTHING",
        ),
    );
    for (missing, name) in [PEOPLE, GROUPS] {
        let missing: Vec<i64> = db.column(&missing, &[]).await?;
        for ids in missing.chunks(500) {
            let unit = db.unit().await?;
            for id in ids {
                unit.execute(&name, &[(*id).into(), new_id().into(), now.into()])
                    .await?;
            }
            unit.commit().await?;
        }
    }
    Ok(())
}

/// What a directory says of somebody. It has made the account, where that is said once.
pub async fn set_person(
    db: &impl Db,
    user_id: i64,
    scim_id: &str,
    told: (Option<&str>, &Json),
    provisioned: bool,
    now: Timestamp,
) -> Result<()> {
    const SET: Stmt = Stmt::note(
        "INSERT INTO perijove_scim_users (user_id, scim_id, external_id, provisioned, attributes, changed) \
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (user_id) DO UPDATE SET external_id = excluded.external_id, \
         provisioned = (perijove_scim_users.provisioned OR excluded.provisioned), attributes = excluded.attributes, \
         changed = excluded.changed",
    );
    let params = [
        user_id.into(),
        scim_id.into(),
        told.0.into(),
        provisioned.into(),
        told.1.into(),
        now.into(),
    ];
    db.execute(&SET, &params).await.map(drop)
}

/// What a directory says of a group. From the first time on it says who is in it.
pub async fn set_group(
    db: &impl Db,
    group_id: i64,
    scim_id: &str,
    external_id: Option<&str>,
    now: Timestamp,
) -> Result<()> {
    const SET: Stmt = Stmt::note(
        "INSERT INTO perijove_scim_groups (group_id, scim_id, external_id, provisioned, changed) \
         VALUES ($1, $2, $3, TRUE, $4) ON CONFLICT (group_id) DO UPDATE SET external_id = excluded.external_id, \
         provisioned = TRUE, changed = excluded.changed",
    );
    let params = [group_id.into(), scim_id.into(), external_id.into(), now.into()];
    db.execute(&SET, &params).await.map(drop)
}

/// Whether a directory has made this account.
pub async fn is_provisioned(db: &impl Db, user_id: i64) -> Result<bool> {
    const IS: Stmt = Stmt::read("SELECT 1 FROM perijove_scim_users WHERE user_id = $1 AND provisioned");
    Ok(db.row(&IS, &[user_id.into()]).await?.is_some())
}

/// One of many that belong together: by id and name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    pub scim_id: String,
    pub name: String,
}

/// The groups of many people at once, by the person's number.
pub async fn groups_of(db: &impl Db, user_ids: &[i64]) -> Result<HashMap<i64, Vec<Named>>> {
    let sql = "SELECT m.user_id, p.scim_id, g.name FROM user_group_map m JOIN groups g ON g.id = m.group_id \
               JOIN perijove_scim_groups p ON p.group_id = g.id WHERE m.user_id IN";
    gathered(db, sql, "g.name", user_ids).await
}

/// The members of many groups at once, by the group's number.
pub async fn members_of(db: &impl Db, group_ids: &[i64]) -> Result<HashMap<i64, Vec<Named>>> {
    let sql = "SELECT m.group_id, p.scim_id, u.name FROM user_group_map m JOIN users u ON u.id = m.user_id \
               JOIN perijove_scim_users p ON p.user_id = u.id WHERE m.group_id IN";
    gathered(db, sql, "u.id", group_ids).await
}

async fn gathered(db: &impl Db, select: &str, order: &str, ids: &[i64]) -> Result<HashMap<i64, Vec<Named>>> {
    let mut all: HashMap<i64, Vec<Named>> = HashMap::new();
    for ids in lists(ids) {
        let sql = format!("{select} ({}) ORDER BY {order}", numbers(1, ids.len()));
        for mut row in db.rows(&Stmt::assembled(sql), &ids).await? {
            all.entry(row.take()?).or_default().push(Named {
                scim_id: row.take()?,
                name: row.take()?,
            });
        }
    }
    Ok(all)
}

/// A new name; one that is taken is a conflict.
pub async fn rename_group(db: &impl Db, id: i64, name: &str) -> Result<()> {
    const RENAME: Stmt = Stmt::write("UPDATE groups SET name = $2 WHERE id = $1");
    db.execute(&RENAME, &[id.into(), name.into()]).await.map(drop)
}
