//! Where people's files are. A row is made when a home is first needed and never computed again, so no change of a name
//! or a template ever loses one. Rows stay when the person goes: an id is never given to anybody else, and neither is
//! a place as long as there may be files.
//!
//! SQLite gives a deleted person's id to the next one, and a program that does not mind references leaves the old id in
//! the row: so a home is somebody's only if they were also made at the same moment as its owner.

mod usage;

use jiff::Timestamp;
use perijove_model::UserName;

pub use usage::{Totals, Usage, measure_soon, note_walk, set_usage, to_measure, totals};

use crate::error::{Result, StoreError};
use crate::sql::{Db, Row, Stmt, Tx, Value};

/// Where a home stands. What is wished stands there before anything is done outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// At its place. Without a person it is an orphan: somebody deleted them in the database.
    Live,
    /// To be moved aside.
    Trashing,
    /// Moved aside, to be restored or purged.
    Trashed,
    /// To be moved back.
    Restoring,
    /// To be deleted for good.
    Purging,
    /// Deleted for good.
    Gone,
}

impl State {
    pub const ALL: [Self; 6] = [
        Self::Live,
        Self::Trashing,
        Self::Trashed,
        Self::Restoring,
        Self::Purging,
        Self::Gone,
    ];

    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Trashing => "trashing",
            Self::Trashed => "trashed",
            Self::Restoring => "restoring",
            Self::Purging => "purging",
            Self::Gone => "gone",
        }
    }

    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct Home {
    pub id: i64,
    /// `None`: the person is gone.
    pub user_id: Option<i64>,
    /// As the person is called now, or was when they went.
    pub owner: String,
    pub backend: String,
    /// A directory, or the name of a volume.
    pub place: String,
    pub made_at: Timestamp,
    /// Whether it was there once: if it is missing then, something is wrong.
    pub made: bool,
    pub state: State,
    /// Since when it is in this state.
    pub since: Timestamp,
    /// Why the last step did not work.
    pub problem: Option<String>,
    pub usage: Usage,
}

impl Home {
    /// At its place, and nobody's.
    #[must_use]
    pub fn is_orphan(&self) -> bool {
        self.state == State::Live && self.user_id.is_none()
    }

    /// What it is called outside the database where its place won't do: never the same for two homes, not even of two
    /// databases.
    #[must_use]
    pub fn mark(&self) -> String {
        format!("{}-{:x}", self.id, self.made_at.as_microsecond())
    }
}

macro_rules! columns {
    () => {
        "h.id, u.id, COALESCE(u.name, h.owner), h.backend, h.place, h.made_at, h.made, h.state, h.since, h.problem, \
         h.used, h.files, h.largest, h.measured_at, h.walk \
         FROM perijove_homes h LEFT JOIN users u ON u.id = h.user_id AND u.created IS NOT DISTINCT FROM h.user_created"
    };
}

use columns;

fn read(mut row: Row) -> Result<Home> {
    Ok(Home {
        id: row.take()?,
        user_id: row.take()?,
        owner: row.take()?,
        backend: row.take()?,
        place: row.take()?,
        made_at: row.take()?,
        made: row.take()?,
        state: {
            let name: String = row.take()?;
            State::parse(&name).ok_or_else(|| StoreError::Corrupt(format!("no state of a home: {name}")))?
        },
        since: row.take()?,
        problem: row.take()?,
        usage: usage::read(&mut row)?,
    })
}

pub async fn by_id(db: &impl Db, id: i64) -> Result<Option<Home>> {
    const GET: Stmt = Stmt::read(concat!("SELECT ", columns!(), " WHERE h.id = $1"));
    db.row(&GET, &[id.into()]).await?.map(read).transpose()
}

pub async fn of_user(db: &impl Db, user_id: i64, backend: &str) -> Result<Option<Home>> {
    const GET: Stmt = Stmt::read(concat!("SELECT ", columns!(), " WHERE u.id = $1 AND h.backend = $2"));
    let row = db.row(&GET, &[user_id.into(), backend.into()]).await?;
    row.map(read).transpose()
}

/// All homes of a person, one for each backend.
pub async fn all_of_user(db: &impl Db, user_id: i64) -> Result<Vec<Home>> {
    const GET: Stmt = Stmt::read(concat!("SELECT ", columns!(), " WHERE u.id = $1 ORDER BY h.id"));
    let rows = db.rows(&GET, &[user_id.into()]).await?;
    rows.into_iter().map(read).collect()
}

/// What is in the trash, or on its way in or out, of people of this name who are gone.
pub async fn trashed_of(db: &impl Db, owner: &str) -> Result<Vec<Home>> {
    const GET: Stmt = Stmt::read(concat!(
        "SELECT ",
        columns!(),
        " WHERE h.state <> 'live' AND h.state <> 'gone' AND h.owner = $1 AND h.user_id IS NULL ORDER BY h.id LIMIT 20"
    ));
    let rows = db.rows(&GET, &[owner.into()]).await?;
    rows.into_iter().map(read).collect()
}

/// Which homes are listed.
#[derive(Debug, Clone, Default)]
pub struct Query {
    /// Those in this state; without one all but those that are gone.
    pub state: Option<State>,
    /// Only those that are nobody's.
    pub only_orphans: bool,
    /// Whose they are, or were.
    pub owner: Option<String>,
    /// Only what comes behind this one.
    pub after: i64,
    pub limit: i64,
}

pub async fn list(db: &impl Db, query: &Query) -> Result<Vec<Home>> {
    const LIST: Stmt = Stmt::read(concat!(
        "SELECT ",
        columns!(),
        " WHERE h.id > $1 AND (h.state = $2 OR ($2 = '' AND h.state <> 'gone')) \
         AND ($3 = '' OR COALESCE(u.name, h.owner) = $3) \
         AND ($4 = 0 OR (u.id IS NULL AND h.state = 'live')) ORDER BY h.id LIMIT $5"
    ));
    let params = [
        query.after.into(),
        query.state.map_or("", State::name).into(),
        query.owner.as_deref().unwrap_or_default().into(),
        i64::from(query.only_orphans).into(),
        query.limit.into(),
    ];
    let rows = db.rows(&LIST, &params).await?;
    rows.into_iter().map(read).collect()
}

/// What is to be done outside: what is wished, and what has been in the trash since before `trashed_before`. In the order
/// of its time, then of its number; what comes behind `after`.
pub async fn due(db: &impl Db, trashed_before: Timestamp, after: (Timestamp, i64), limit: i64) -> Result<Vec<Home>> {
    const DUE: Stmt = Stmt::read(concat!(
        "SELECT ",
        columns!(),
        " WHERE h.state <> 'live' AND h.state <> 'gone' \
         AND (h.state <> 'trashed' OR (h.since <= $1 AND h.user_id IS NULL)) \
         AND (h.since > $2 OR (h.since = $2 AND h.id > $3)) ORDER BY h.since, h.id LIMIT $4"
    ));
    let params = [trashed_before.into(), after.0.into(), after.1.into(), limit.into()];
    let rows = db.rows(&DUE, &params).await?;
    rows.into_iter().map(read).collect()
}

/// Holds the row for the rest of the transaction.
pub async fn lock(tx: &Tx, id: i64) -> Result<Option<Home>> {
    const HOLD: Stmt = Stmt::note("UPDATE perijove_homes SET place = place WHERE id = $1");
    match tx.execute(&HOLD, &[id.into()]).await? {
        0 => Ok(None),
        _ => by_id(tx, id).await,
    }
}

/// Where a new home may be.
#[derive(Debug, Clone, Copy)]
pub struct Places<'a> {
    pub wanted: &'a str,
    /// If the wanted one is, or was, somebody else's. Nothing may be there yet: it has something random in it.
    pub beside: &'a str,
}

/// The person's home with this backend, made as a row if there is none yet.
pub async fn ensure(
    db: &impl Db,
    user_id: i64,
    owner: &UserName,
    backend: &str,
    places: Places<'_>,
    now: Timestamp,
) -> Result<Home> {
    const INSERT: Stmt = Stmt::write(
        "INSERT INTO perijove_homes (user_id, user_created, owner, backend, place, made_at, made, state, since, \
         measure_at) SELECT id, created, $2, $3, $4, $5, FALSE, 'live', $5, $5 FROM users WHERE id = $1 \
         ON CONFLICT DO NOTHING",
    );
    let unit = db.unit().await?;
    let_go(&unit, user_id).await?;
    let mut home = of_user(&unit, user_id, backend).await?;
    for place in [places.wanted, places.beside] {
        if home.is_some() {
            break;
        }
        let params: [Value; 5] = [
            user_id.into(),
            owner.as_str().into(),
            backend.into(),
            place.into(),
            now.into(),
        ];
        unit.execute(&INSERT, &params).await?;
        home = of_user(&unit, user_id, backend).await?;
    }
    unit.commit().await?;
    home.ok_or_else(|| StoreError::Conflict("there is no place for this person's home".to_owned()))
}

/// A row with this id that was another person's stays behind as an orphan.
async fn let_go(db: &impl Db, user_id: i64) -> Result<()> {
    const LET_GO: Stmt = Stmt::write(
        "UPDATE perijove_homes SET user_id = NULL WHERE user_id = $1 AND NOT EXISTS (SELECT 1 FROM users u \
         WHERE u.id = perijove_homes.user_id AND u.created IS NOT DISTINCT FROM perijove_homes.user_created)",
    );
    db.post(&LET_GO, &[user_id.into()]).await
}

/// It was there: from now on it may not be missing.
pub async fn set_made(db: &impl Db, id: i64) -> Result<()> {
    const SET: Stmt = Stmt::note("UPDATE perijove_homes SET made = TRUE, problem = NULL WHERE id = $1 AND NOT made");
    db.execute(&SET, &[id.into()]).await.map(drop)
}

/// As [`set_made`], when a server of theirs has started in it.
pub async fn set_made_of_user(db: &impl Db, user_id: i64, backend: &str) -> Result<()> {
    const SET: Stmt = Stmt::note(
        "UPDATE perijove_homes SET made = TRUE, problem = NULL WHERE user_id = $1 AND backend = $2 AND NOT made",
    );
    db.post(&SET, &[user_id.into(), backend.into()]).await
}

/// It is to be made anew with the next start: somebody has said that what was there is lost.
pub async fn set_unmade(db: &impl Db, id: i64) -> Result<()> {
    const SET: Stmt = Stmt::note(
        "UPDATE perijove_homes SET made = FALSE, problem = NULL, used = NULL, files = NULL, largest = NULL, walk = NULL \
         WHERE id = $1",
    );
    db.execute(&SET, &[id.into()]).await.map(drop)
}

/// The person goes: what was theirs is to be moved aside. Call it before they are deleted.
pub async fn trash_of_user(tx: &Tx, user_id: i64, name: &str, now: Timestamp) -> Result<()> {
    const TRASH: Stmt = Stmt::note(
        "UPDATE perijove_homes SET user_id = NULL, owner = $2, state = 'trashing', since = $3, problem = NULL \
         WHERE user_id = $1",
    );
    let_go(tx, user_id).await?;
    tx.execute(&TRASH, &[user_id.into(), name.into(), now.into()])
        .await
        .map(drop)
}

/// One step further, if it is where it was; what stood in the way is forgotten.
pub async fn step(db: &impl Db, id: i64, from: State, to: State, now: Timestamp) -> Result<bool> {
    const STEP: Stmt = Stmt::note(
        "UPDATE perijove_homes SET state = $3, since = $4, problem = NULL, walk = NULL WHERE id = $1 AND state = $2",
    );
    let params = [id.into(), from.name().into(), to.name().into(), now.into()];
    Ok(db.execute(&STEP, &params).await? > 0)
}

/// Why a step does not work, for whoever looks.
pub async fn set_problem(db: &impl Db, id: i64, problem: Option<&str>) -> Result<()> {
    const SET: Stmt = Stmt::note("UPDATE perijove_homes SET problem = $2 WHERE id = $1");
    db.execute(&SET, &[id.into(), problem.into()]).await.map(drop)
}

/// It is this person's from now on. They must have none with this backend.
pub async fn give(tx: &Tx, id: i64, user_id: i64, state: State, now: Timestamp) -> Result<()> {
    const GIVE: Stmt = Stmt::write(
        "UPDATE perijove_homes SET user_id = $2, user_created = (SELECT created FROM users WHERE id = $2), \
         state = $3, since = $4, problem = NULL WHERE id = $1",
    );
    let params = [id.into(), user_id.into(), state.name().into(), now.into()];
    tx.execute(&GIVE, &params).await.map(drop)
}

/// It is nobody's from now on.
pub async fn take(tx: &Tx, id: i64, owner: &str, state: State, now: Timestamp) -> Result<()> {
    const TAKE: Stmt = Stmt::write(
        "UPDATE perijove_homes SET user_id = NULL, owner = $2, state = $3, since = $4, problem = NULL WHERE id = $1",
    );
    let params = [id.into(), owner.into(), state.name().into(), now.into()];
    tx.execute(&TAKE, &params).await.map(drop)
}

/// Its files are elsewhere now; `false` if that is another home's place.
pub async fn relink(tx: &Tx, id: i64, place: &str) -> Result<bool> {
    const TAKEN: Stmt = Stmt::read(
        "SELECT o.id FROM perijove_homes h JOIN perijove_homes o ON o.backend = h.backend AND o.id <> h.id \
         AND o.place = $2 AND o.state <> 'gone' WHERE h.id = $1",
    );
    const RELINK: Stmt =
        Stmt::write("UPDATE perijove_homes SET place = $2, made = TRUE, problem = NULL, walk = NULL WHERE id = $1");
    if tx.row(&TAKEN, &[id.into(), place.into()]).await?.is_some() {
        return Ok(false);
    }
    tx.execute(&RELINK, &[id.into(), place.into()]).await?;
    Ok(true)
}

/// People behind this one who have no home with this backend yet, by id.
pub async fn homeless(db: &impl Db, backend: &str, after: i64, limit: i64) -> Result<Vec<(i64, String)>> {
    const LIST: Stmt = Stmt::read(
        "SELECT u.id, u.name FROM users u WHERE u.id > $2 AND NOT EXISTS (SELECT 1 FROM perijove_homes h \
         WHERE h.user_id = u.id AND h.backend = $1 AND h.user_created IS NOT DISTINCT FROM u.created) \
         ORDER BY u.id LIMIT $3",
    );
    let rows = db.rows(&LIST, &[backend.into(), after.into(), limit.into()]).await?;
    rows.into_iter().map(|mut row| Ok((row.take()?, row.take()?))).collect()
}
