//! What the hub tells people on top of its pages, for a while. All hubs show the same: each write moves the epoch.

use jiff::Timestamp;
use perijove_model::announcement::{Audience, Level};

use crate::error::{Result, StoreError};
use crate::sql::{Db, Row, Stmt, Value};

/// Announcements that stand, or are to stand, at a time.
pub const MOST: i64 = 50;
/// That are told of those that are over.
const MOST_OVER: i64 = 20;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Announcement {
    pub id: i64,
    /// Grows with each change of its text: who has put the old one aside sees the new one.
    pub revision: i64,
    pub wanted: Wanted,
    pub made_by: String,
    pub changed: Timestamp,
}

/// What it is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Markdown.
    pub text: String,
    pub level: Level,
    pub audience: Audience,
    /// Of those whom it is for, where it is for groups.
    pub groups: Vec<String>,
    pub starts: Timestamp,
    pub ends: Option<Timestamp>,
}

impl Announcement {
    /// Whether it is shown at this moment.
    #[must_use]
    pub fn stands(&self, now: Timestamp) -> bool {
        self.wanted.starts <= now && !self.is_over(now)
    }

    #[must_use]
    pub fn is_over(&self, now: Timestamp) -> bool {
        self.wanted.ends.is_some_and(|end| end <= now)
    }
}

macro_rules! columns {
    () => {
        "id, revision, text, level, audience, group_names, starts, ends, made_by, changed FROM perijove_announcements"
    };
}

fn read(mut row: Row) -> Result<Announcement> {
    let (id, revision) = (row.take()?, row.take()?);
    let text = row.take()?;
    let (level, audience): (String, String) = (row.take()?, row.take()?);
    let unknown = |what: &str| StoreError::Corrupt(format!("announcement {id}: {what:?} means nothing"));
    Ok(Announcement {
        id,
        revision,
        wanted: Wanted {
            text,
            level: Level::parse(&level).ok_or_else(|| unknown(&level))?,
            audience: Audience::parse(&audience).ok_or_else(|| unknown(&audience))?,
            groups: row.take()?,
            starts: row.take()?,
            ends: row.take()?,
        },
        made_by: row.take()?,
        changed: row.take()?,
    })
}

/// All that stand or are to stand, in the order in which they are shown: the latest first.
pub async fn open(db: &impl Db, now: Timestamp) -> Result<Vec<Announcement>> {
    const OPEN: Stmt = Stmt::read(concat!(
        "SELECT ",
        columns!(),
        " WHERE ends IS NULL OR ends > $1 ORDER BY starts DESC, id DESC LIMIT $2"
    ));
    let rows = db.rows(&OPEN, &[now.into(), MOST.into()]).await?;
    rows.into_iter().map(read).collect()
}

/// The last ones that are over.
pub async fn over(db: &impl Db, now: Timestamp) -> Result<Vec<Announcement>> {
    const OVER: Stmt = Stmt::read(concat!(
        "SELECT ",
        columns!(),
        " WHERE ends <= $1 ORDER BY ends DESC, id DESC LIMIT $2"
    ));
    let rows = db.rows(&OVER, &[now.into(), MOST_OVER.into()]).await?;
    rows.into_iter().map(read).collect()
}

pub async fn by_id(db: &impl Db, id: i64) -> Result<Option<Announcement>> {
    const GET: Stmt = Stmt::read(concat!("SELECT ", columns!(), " WHERE id = $1"));
    db.row(&GET, &[id.into()]).await?.map(read).transpose()
}

fn params(wanted: &Wanted) -> [Value; 6] {
    [
        wanted.text.as_str().into(),
        wanted.level.as_str().into(),
        wanted.audience.as_str().into(),
        Value::list(&wanted.groups),
        wanted.starts.into(),
        wanted.ends.into(),
    ]
}

/// Gives its number; `None` if there are too many already.
pub async fn make(db: &impl Db, wanted: &Wanted, by: &str, now: Timestamp) -> Result<Option<i64>> {
    const COUNT: Stmt = Stmt::read("SELECT COUNT(*) FROM perijove_announcements WHERE ends IS NULL OR ends > $1");
    const MAKE: Stmt = Stmt::write(
        "INSERT INTO perijove_announcements \
         (text, level, audience, group_names, starts, ends, made_by, changed, revision) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1) RETURNING id",
    );
    let open: i64 = crate::returned(db.one(&COUNT, &[now.into()]).await?)?;
    if open >= MOST {
        return Ok(None);
    }
    let mut all = params(wanted).to_vec();
    all.extend([by.into(), now.into()]);
    db.one(&MAKE, &all).await
}

/// Tells whether there is such a one.
pub async fn change(db: &impl Db, id: i64, wanted: &Wanted, now: Timestamp) -> Result<bool> {
    const CHANGE: Stmt = Stmt::write(
        "UPDATE perijove_announcements SET revision = revision + CASE WHEN text = $1 THEN 0 ELSE 1 END, \
         text = $1, level = $2, audience = $3, group_names = $4, starts = $5, ends = $6, changed = $7 WHERE id = $8",
    );
    let mut all = params(wanted).to_vec();
    all.extend([now.into(), id.into()]);
    Ok(db.execute(&CHANGE, &all).await? > 0)
}

pub async fn remove(db: &impl Db, id: i64) -> Result<bool> {
    const REMOVE: Stmt = Stmt::write("DELETE FROM perijove_announcements WHERE id = $1");
    Ok(db.execute(&REMOVE, &[id.into()]).await? > 0)
}

/// Forgets those that ended before.
pub async fn purge(db: &impl Db, before: Timestamp) -> Result<u64> {
    const PURGE: Stmt = Stmt::note("DELETE FROM perijove_announcements WHERE ends < $1");
    db.execute(&PURGE, &[before.into()]).await
}
