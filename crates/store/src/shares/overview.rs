//! Shares and codes of everybody, page by page, the newest first.

use jiff::Timestamp;

use super::{Recipient, Share, columns, from, read};
use crate::error::Result;
use crate::only::{Columns, Only};
use crate::share_codes::{self, ShareCode};
use crate::sql::{Db, Stmt, Value};

/// Which of them.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// The whole name of whose servers they are about.
    pub owner: Option<String>,
    /// Only what comes behind the one of this number.
    pub after: Option<i64>,
    pub limit: i64,
    /// What a filtered scope allows. `None`: everything.
    pub only: Option<Only>,
}

const WHOSE: Columns = Columns {
    user_name: "o.name",
    user_id: "o.id",
    server: Some("sp.name"),
};

/// The terms behind `from!()`, whose `$2` is the present; `id` is the column of the number.
fn terms(asked: &Asked, id: &str, now: Timestamp) -> (String, Vec<Value>) {
    // PostgreSQL wants to know the type of a number that nothing is compared with.
    let mut params: Vec<Value> = vec![asked.after.unwrap_or(i64::from(i32::MAX)).into(), now.into()];
    let mut terms = vec![format!("{id} < $1")];
    if let Some(owner) = &asked.owner {
        params.push(owner.into());
        terms.push(format!("o.name = ${}", params.len()));
    }
    if let Some(only) = &asked.only {
        terms.push(only.term(&WHOSE, &mut params));
    }
    params.push(asked.limit.max(0).into());
    let text = format!("{} ORDER BY {id} DESC LIMIT ${}", terms.join(" AND "), params.len());
    (text, params)
}

pub async fn shares(db: &impl Db, asked: &Asked, now: Timestamp) -> Result<Vec<Share>> {
    let (terms, params) = terms(asked, "sh.id", now);
    let sql = format!(concat!(columns!(), from!(), "{}"), terms);
    let rows = db.rows(&Stmt::composed(sql), &params).await?;
    rows.into_iter().map(read).collect()
}

pub async fn codes(db: &impl Db, asked: &Asked, now: Timestamp) -> Result<Vec<ShareCode>> {
    let (terms, params) = terms(asked, "c.id", now);
    share_codes::some(db, &terms, &params).await
}

/// One share, and with whom it is.
pub async fn share(db: &impl Db, id: i64) -> Result<Option<(Share, Recipient)>> {
    const SHARE: Stmt = Stmt::read(concat!(columns!(), from!(), "sh.id = $1"));
    const WITH: Stmt = Stmt::read("SELECT user_id, group_id FROM shares WHERE id = $1");
    let Some(mut row) = db.row(&WITH, &[id.into()]).await? else {
        return Ok(None);
    };
    let recipient = match (row.take::<Option<i64>>()?, row.take::<Option<i64>>()?) {
        (Some(user), _) => Recipient::User(user),
        (None, Some(group)) => Recipient::Group(group),
        (None, None) => return Ok(None),
    };
    let share = db.row(&SHARE, &[id.into(), Timestamp::UNIX_EPOCH.into()]).await?;
    Ok(share.map(read).transpose()?.map(|share| (share, recipient)))
}

pub async fn code(db: &impl Db, id: i64) -> Result<Option<ShareCode>> {
    let params = [id.into(), Timestamp::UNIX_EPOCH.into()];
    Ok(share_codes::some(db, "c.id = $1", &params).await?.into_iter().next())
}
