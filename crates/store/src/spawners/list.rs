//! Servers of all people, page by page. A page is found from the end of the one before, so that it costs the same however
//! many servers there are and wherever it lies.

use jiff::Timestamp;

use super::{Spawner, columns, read};
use crate::error::Result;
use crate::only::Columns;
pub use crate::only::Only;
use crate::sql::{Db, Stmt, Value};

/// How far servers are, as people see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StateFilter {
    /// Running, or on their way up or down.
    Active,
    Ready,
    Starting,
    Stopping,
    Failed,
    Stopped,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sort {
    #[default]
    LastActivity,
    Started,
}

/// A server's place in the order; without a time, among those that have none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    pub at: Option<Timestamp>,
    pub id: i64,
}

/// Which servers, in which order, and which page of them.
#[derive(Debug, Clone, Default)]
pub struct ListQuery {
    pub state: Option<StateFilter>,
    /// The slug of the profile that they were last started with.
    pub profile: Option<String>,
    /// The owner's whole name.
    pub user: Option<String>,
    /// Of this group's members.
    pub group: Option<String>,
    /// A part of the owner's name, or of the server's, in whatever case.
    pub search: Option<String>,
    pub sort: Sort,
    /// The latest first.
    pub descending: bool,
    /// Where the page next to this one ends; it is not on this one.
    pub from: Option<Place>,
    /// The page before that place, instead of the one behind it.
    pub backwards: bool,
    pub limit: i64,
    /// What a filtered scope allows: people, members of groups, single servers; any of it suffices. `None`: everything.
    pub only: Option<Only>,
}

impl Sort {
    fn column(self) -> &'static str {
        match self {
            Self::LastActivity => "s.last_activity",
            Self::Started => "s.started",
        }
    }

    /// Where a server stands.
    #[must_use]
    pub fn place(self, server: &Spawner) -> Place {
        Place {
            at: match self {
                Self::LastActivity => server.last_activity,
                Self::Started => server.started,
            },
            id: server.id,
        }
    }
}

/// A page of servers.
pub async fn list(db: &impl Db, query: &ListQuery) -> Result<Vec<Spawner>> {
    // Backwards is the other order from the same place, turned round.
    let down = query.descending != query.backwards;
    // Those without a time stand behind all others in one order, before them in the other; as two queries, each of them
    // walks along an index.
    let parts = if down { [true, false] } else { [false, true] };
    let begun = query.from.map(|place| place.at.is_some());
    let mut found: Vec<Spawner> = Vec::new();
    for timed in parts {
        let left = query.limit - i64::try_from(found.len()).unwrap_or(i64::MAX);
        let is_over = timed == parts[0] && begun == Some(parts[1]);
        if left <= 0 || is_over {
            continue;
        }
        let from = query.from.filter(|_| begun == Some(timed));
        let (sql, params) = statement(query, timed, from, down, left);
        for row in db.rows(&sql, &params).await? {
            found.push(read(row)?);
        }
    }
    if query.backwards {
        found.reverse();
    }
    Ok(found)
}

fn statement(query: &ListQuery, timed: bool, from: Option<Place>, down: bool, limit: i64) -> (Stmt, Vec<Value>) {
    let mut params = Vec::new();
    let mut terms = terms(query, &mut params);
    let (direction, beyond) = if down { ("DESC", "<") } else { ("ASC", ">") };
    let column = query.sort.column();
    terms.push(format!("{column} IS {}NULL", if timed { "NOT " } else { "" }));
    if let Some(Place { at, id }) = from {
        params.push(id.into());
        let number = params.len();
        match at {
            None => terms.push(format!("s.id {beyond} ${number}")),
            Some(at) => {
                params.push(at.into());
                let time = params.len();
                terms.push(format!(
                    "{column} {beyond}= ${time} AND ({column} {beyond} ${time} OR s.id {beyond} ${number})"
                ));
            }
        }
    }
    params.push(limit.into());
    let order = match timed {
        true => format!("{column} {direction}, s.id {direction}"),
        false => format!("s.id {direction}"),
    };
    let sql = format!(
        concat!("SELECT ", columns!(), " WHERE {} ORDER BY {} LIMIT ${}"),
        terms.join(" AND "),
        order,
        params.len()
    );
    // Without lists of names there are but a few texts.
    let statement = match query.only {
        None => Stmt::assembled(sql),
        Some(_) => Stmt::composed(sql),
    };
    (statement, params)
}

const WHOSE: Columns = Columns {
    user_name: "u.name",
    user_id: "s.user_id",
    server: Some("s.name"),
};

fn terms(query: &ListQuery, params: &mut Vec<Value>) -> Vec<String> {
    let mut terms = Vec::new();
    terms.extend(query.state.map(|state| in_state(state).to_owned()));
    let mut term = |value: Value, text: &str| {
        params.push(value);
        terms.push(text.replace("{}", &format!("${}", params.len())));
    };
    if let Some(profile) = &query.profile {
        term(profile.into(), "p.profile = {}");
    }
    if let Some(user) = &query.user {
        term(user.into(), "s.user_id = (SELECT o.id FROM users o WHERE o.name = {})");
    }
    if let Some(group) = &query.group {
        term(
            group.into(),
            "s.user_id IN (SELECT m.user_id FROM user_group_map m JOIN groups g ON g.id = m.group_id WHERE g.name = {})",
        );
    }
    if let Some(part) = &query.search {
        let escaped = part
            .to_lowercase()
            .replace('!', "!!")
            .replace('%', "!%")
            .replace('_', "!_");
        term(
            Value::Text(format!("%{escaped}%")),
            "(s.user_id IN (SELECT o.id FROM users o WHERE LOWER(o.name) LIKE {} ESCAPE '!') \
             OR LOWER(s.name) LIKE {} ESCAPE '!')",
        );
    }
    if let Some(only) = &query.only {
        terms.push(only.term(&WHOSE, params));
    }
    terms
}

/// As [`super::Run`] understands the rows.
fn in_state(state: StateFilter) -> &'static str {
    match state {
        StateFilter::Active => {
            "s.id IN (SELECT a.id FROM spawners a WHERE a.server_id IS NOT NULL UNION ALL \
             SELECT m.spawner_id FROM perijove_runs m WHERE m.phase IN ('requested', 'stopping'))"
        }
        StateFilter::Ready => {
            "s.server_id IS NOT NULL \
             AND COALESCE(r.phase, 'ready') NOT IN ('prepared', 'started', 'answering', 'stopping')"
        }
        StateFilter::Starting => {
            "(s.server_id IS NULL AND r.phase = 'requested' \
             OR s.server_id IS NOT NULL AND r.phase IN ('prepared', 'started', 'answering'))"
        }
        StateFilter::Stopping => "r.phase = 'stopping'",
        StateFilter::Failed => "s.server_id IS NULL AND r.phase = 'failed'",
        StateFilter::Stopped => {
            "s.server_id IS NULL AND COALESCE(r.phase, 'stopped') NOT IN ('requested', 'stopping', 'failed')"
        }
    }
}

/// How many servers run or are on their way, by the profile that they were started with; those without one stand first,
/// under no name.
pub async fn active_by_profile(db: &impl Db) -> Result<Vec<(String, i64)>> {
    const ACTIVE: Stmt = Stmt::read(
        "SELECT COALESCE(p.profile, ''), COUNT(*) FROM (\
         SELECT s.id AS id FROM spawners s WHERE s.server_id IS NOT NULL \
         UNION SELECT m.spawner_id FROM perijove_runs m WHERE m.phase IN ('requested', 'stopping')) active \
         LEFT JOIN perijove_plans p ON p.spawner_id = active.id GROUP BY COALESCE(p.profile, '') ORDER BY 1",
    );
    let rows = db.rows(&ACTIVE, &[]).await?;
    rows.into_iter().map(|mut row| Ok((row.take()?, row.take()?))).collect()
}
