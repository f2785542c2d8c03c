//! Lists of people, page by page.

use super::{User, columns, read};
use crate::error::Result;
use crate::sql::{Db, Stmt, Value};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StateFilter {
    /// With a server that runs or is on its way.
    Active,
    Inactive,
    /// With a server that is ready.
    Ready,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum Sort {
    #[default]
    Id,
    Name,
    LastActivity,
}

/// Which users, in which order, and which page of them.
#[derive(Debug, Clone, Default)]
pub struct ListQuery {
    pub state: Option<StateFilter>,
    /// A part of the name, in whatever case.
    pub name_filter: Option<String>,
    /// Administrators only, or only others.
    pub admin: Option<bool>,
    /// Members of this group.
    pub group: Option<String>,
    /// Whoever has this role themselves.
    pub role: Option<String>,
    pub sort: Sort,
    pub descending: bool,
    pub offset: i64,
    pub limit: i64,
    /// Where the page before ended, instead of counting `offset` rows.
    pub after: Option<After>,
    /// The names that a filtered scope allows; with `only_groups`, either suffices.
    pub only: Option<Vec<String>>,
    pub only_groups: Option<Vec<String>>,
}

/// The last user of a page, as it is sorted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum After {
    Id(i64),
    Name(String),
}

impl ListQuery {
    /// What the next page comes after; `None` where only counting tells.
    #[must_use]
    pub fn end(&self, last: &User) -> Option<After> {
        match self.sort {
            Sort::Id => Some(After::Id(last.id)),
            Sort::Name => Some(After::Name(last.name.clone())),
            Sort::LastActivity => None,
        }
    }

    /// Of these there are but a few texts.
    fn stays_prepared(&self) -> bool {
        self.only.is_none() && self.only_groups.is_none()
    }
}

/// A page of users.
pub async fn list(db: &impl Db, query: &ListQuery) -> Result<Vec<User>> {
    let mut params = Vec::new();
    let mut terms = terms(query, &mut params);
    let (direction, beyond) = if query.descending { ("DESC", "<") } else { ("ASC", ">") };
    if let Some(after) = &query.after {
        let (column, value) = match after {
            After::Id(id) => ("id", (*id).into()),
            After::Name(name) => ("name", name.into()),
        };
        params.push(value);
        terms.push(format!("u.{column} {beyond} ${}", params.len()));
    }
    let order = match query.sort {
        Sort::Id => format!("u.id {direction}"),
        Sort::Name => format!("u.name {direction}"),
        // Who was never seen is the one seen longest ago, on both databases.
        Sort::LastActivity => {
            let nulls = if query.descending { "LAST" } else { "FIRST" };
            format!("u.last_activity {direction} NULLS {nulls}, u.id {direction}")
        }
    };
    let offset = if query.after.is_some() { 0 } else { query.offset.max(0) };
    params.extend([query.limit.max(0).into(), offset.into()]);
    let page = format!(
        concat!("SELECT ", columns!(), "{} ORDER BY {} LIMIT ${} OFFSET ${}"),
        where_all(&terms),
        order,
        params.len() - 1,
        params.len()
    );
    let rows = db.rows(&statement(query, page), &params).await?;
    rows.into_iter().map(read).collect()
}

/// How many there are on all pages.
pub async fn count(db: &impl Db, query: &ListQuery) -> Result<i64> {
    let mut params = Vec::new();
    let terms = terms(query, &mut params);
    let count = format!("SELECT COUNT(*) FROM users u{}", where_all(&terms));
    crate::returned(db.one(&statement(query, count), &params).await?)
}

fn statement(query: &ListQuery, sql: String) -> Stmt {
    match query.stays_prepared() {
        true => Stmt::assembled(sql),
        false => Stmt::composed(sql),
    }
}

fn where_all(terms: &[String]) -> String {
    match terms {
        [] => String::new(),
        terms => format!(" WHERE {}", terms.join(" AND ")),
    }
}

fn terms(query: &ListQuery, params: &mut Vec<Value>) -> Vec<String> {
    const ACTIVE: &str = "SELECT s.user_id FROM spawners s WHERE s.server_id IS NOT NULL AND s.user_id IS NOT NULL UNION ALL \
        SELECT s.user_id FROM perijove_runs r JOIN spawners s ON s.id = r.spawner_id \
        WHERE r.phase IN ('requested', 'stopping') AND s.user_id IS NOT NULL";
    const READY: &str = "SELECT s.user_id FROM spawners s LEFT JOIN perijove_runs r ON r.spawner_id = s.id \
        WHERE s.server_id IS NOT NULL \
        AND COALESCE(r.phase, 'ready') NOT IN ('prepared', 'started', 'answering', 'stopping')";
    let mut terms = Vec::new();
    match query.state {
        Some(StateFilter::Active) => terms.push(format!("u.id IN ({ACTIVE})")),
        Some(StateFilter::Inactive) => terms.push(format!("u.id NOT IN ({ACTIVE})")),
        Some(StateFilter::Ready) => terms.push(format!("u.id IN ({READY})")),
        None => {}
    }
    if let Some(part) = &query.name_filter {
        let escaped = part
            .to_lowercase()
            .replace('!', "!!")
            .replace('%', "!%")
            .replace('_', "!_");
        params.push(Value::Text(format!("%{escaped}%")));
        terms.push(format!("LOWER(u.name) LIKE ${} ESCAPE '!'", params.len()));
    }
    if let Some(admin) = query.admin {
        params.push(admin.into());
        terms.push(format!("u.admin = ${}", params.len()));
    }
    if let Some(group) = &query.group {
        params.push(group.into());
        terms.push(format!(
            "u.id IN (SELECT m.user_id FROM user_group_map m JOIN groups g ON g.id = m.group_id WHERE g.name = ${})",
            params.len()
        ));
    }
    if let Some(role) = &query.role {
        params.push(role.into());
        terms.push(format!(
            "u.id IN (SELECT m.user_id FROM user_role_map m JOIN roles r ON r.id = m.role_id WHERE r.name = ${})",
            params.len()
        ));
    }
    let mut allowed = Vec::new();
    if let Some(names) = &query.only {
        allowed.push(format!("u.name IN ({})", placeholders(names, params)));
    }
    if let Some(groups) = &query.only_groups {
        allowed.push(format!(
            "EXISTS (SELECT 1 FROM user_group_map m JOIN groups g ON g.id = m.group_id \
             WHERE m.user_id = u.id AND g.name IN ({}))",
            placeholders(groups, params)
        ));
    }
    if !allowed.is_empty() {
        terms.push(format!("({})", allowed.join(" OR ")));
    }
    terms
}

/// `$4, $5, ...` for the items; an empty list matches nothing.
fn placeholders(items: &[String], params: &mut Vec<Value>) -> String {
    let mut list = vec!["NULL".to_owned()];
    for item in items {
        params.push(item.into());
        list.push(format!("${}", params.len()));
    }
    list.join(", ")
}
