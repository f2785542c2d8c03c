//! Tokens of all people and services, page by page, the newest first.

use jiff::Timestamp;

use super::{Token, columns, read};
use crate::error::Result;
use crate::only::{Columns, Only};
use crate::sql::{Db, Stmt, Value};

/// Which tokens.
#[derive(Debug, Clone, Default)]
pub struct ListQuery {
    /// The whole name of a person or a service.
    pub owner: Option<String>,
    /// Those that somebody has made, or those that servers and applications were given.
    pub issued: Option<bool>,
    /// Those that never end.
    pub endless: bool,
    /// Those that nobody has used since.
    pub unused_since: Option<Timestamp>,
    /// Only what comes behind the token of this number.
    pub after: Option<i64>,
    pub limit: i64,
    /// What a filtered scope allows, of people's. `None`: everything, those of services too.
    pub only: Option<Only>,
}

/// A token, and whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    pub token: Token,
    pub user: Option<String>,
    pub service: Option<String>,
    /// What the application calls itself that it was issued to.
    pub client: Option<String>,
}

const WHOSE: Columns = Columns {
    user_name: "u.name",
    user_id: "api_tokens.user_id",
    server: None,
};

/// A page of those that have not expired.
pub async fn list(db: &impl Db, query: &ListQuery, now: Timestamp) -> Result<Vec<Listed>> {
    let mut params: Vec<Value> = vec![now.into()];
    let mut terms = vec!["(api_tokens.expires_at IS NULL OR api_tokens.expires_at > $1)".to_owned()];
    let mut term = |value: Value, text: &str| {
        params.push(value);
        terms.push(text.replace("{}", &format!("${}", params.len())));
    };
    if let Some(owner) = &query.owner {
        term(
            owner.into(),
            "(api_tokens.user_id = (SELECT o.id FROM users o WHERE o.name = {}) \
             OR api_tokens.service_id = (SELECT p.id FROM services p WHERE p.name = {}))",
        );
    }
    if let Some(since) = query.unused_since {
        term(
            since.into(),
            "COALESCE(api_tokens.last_activity, api_tokens.created) < {}",
        );
    }
    if let Some(after) = query.after {
        term(after.into(), "api_tokens.id < {}");
    }
    if query.endless {
        terms.push("api_tokens.expires_at IS NULL".to_owned());
    }
    match query.issued {
        Some(true) => terms.push("api_tokens.client_id <> 'jupyterhub'".to_owned()),
        Some(false) => terms.push("COALESCE(api_tokens.client_id, 'jupyterhub') = 'jupyterhub'".to_owned()),
        None => {}
    }
    if let Some(only) = &query.only {
        terms.push(only.term(&WHOSE, &mut params));
    }
    params.push(query.limit.max(0).into());
    let sql = format!(
        concat!(
            "SELECT u.name, sv.name, c.description, ",
            columns!(),
            " FROM api_tokens LEFT JOIN users u ON u.id = api_tokens.user_id \
             LEFT JOIN services sv ON sv.id = api_tokens.service_id \
             LEFT JOIN oauth_clients c ON c.identifier = api_tokens.client_id \
             WHERE {} ORDER BY api_tokens.id DESC LIMIT ${}"
        ),
        terms.join(" AND "),
        params.len()
    );
    let mut found = Vec::new();
    for mut row in db.rows(&Stmt::composed(sql), &params).await? {
        let (user, service, client) = (row.take()?, row.take()?, row.take()?);
        let token = read(&mut row)?;
        found.push(Listed {
            token,
            user,
            service,
            client,
        });
    }
    Ok(found)
}
