//! Servers of people: what runs, what is wished, how far it has come.
//!
//! JupyterHub's tables say what runs: a row in `servers`, or none. `perijove_runs` says what is wished and how far the
//! reconciler is. Where JupyterHub (or somebody's hand) has changed the former in between, the former wins: a server
//! row without a run of ours is a server to adopt, a run of ours without a server row has ended. See [`Run`].

pub mod list;
mod run;

use jiff::Timestamp;
use perijove_model::server::{Phase, Wish};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

pub use run::{
    by_backend, clear_server, keep_failure, set_backend, set_failure, set_phase, set_prepared, set_started, wish_run,
    wish_stop,
};

use crate::error::{Result, StoreError};
use crate::sql::{Db, Row, Stmt, lists, numbers};

/// Where a server answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    pub id: i64,
    pub proto: String,
    pub ip: String,
    pub port: i64,
    pub base_url: String,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Spawner {
    pub id: i64,
    pub user_id: i64,
    pub user_name: String,
    /// Empty for the default server.
    pub name: String,
    pub display_name: Option<String>,
    /// What the backend needs to find the server again.
    pub state: Option<Json>,
    pub user_options: Option<Json>,
    pub started: Option<Timestamp>,
    pub last_activity: Option<Timestamp>,
    pub oauth_client_id: Option<String>,
    pub server: Option<Server>,
    /// Of the last start; `None` if it was not by a profile.
    pub profile: Option<Profile>,
    pub run: Run,
}

/// What was chosen for a server, as it was called then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    pub slug: String,
    /// As people read it.
    pub title: String,
}

/// What is wished of a server, and how far it has come.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    pub wish: Wish,
    pub phase: Phase,
    /// Grows with each start. Zero: never started by this program.
    pub generation: i64,
    /// Since when it has been in this phase.
    pub since: Timestamp,
    pub requested_at: Timestamp,
    pub failure: Option<Failure>,
    /// Whether the server is to be deleted once it has stopped.
    pub remove: bool,
    pub backend: String,
}

/// Why a server is not running.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    pub status: u16,
    /// One word for metrics; empty if there is none.
    #[serde(default)]
    pub reason: String,
    pub message: String,
    #[serde(default)]
    pub html: Option<String>,
    #[serde(default)]
    pub log: Vec<String>,
    /// Somebody stopped it before it ran.
    #[serde(default)]
    pub cancelled: bool,
}

/// How many servers are on their way, and how many are on their way or run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    pub pending: i64,
    pub active: i64,
}

/// A server that answers, for the edge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    pub user: String,
    pub server: String,
    pub base_url: String,
    pub proto: String,
    pub ip: String,
    pub port: i64,
}

macro_rules! columns {
    () => {
        "s.id, s.user_id, u.name, s.name, s.display_name, s.state, s.user_options, s.started, s.last_activity, \
         s.oauth_client_id, v.id, v.proto, v.ip, v.port, v.base_url, p.profile, p.title, r.phase, r.wish, r.generation, \
         r.since, r.requested_at, r.failure, r.remove, r.backend FROM spawners s \
         JOIN users u ON u.id = s.user_id LEFT JOIN servers v ON v.id = s.server_id \
         LEFT JOIN perijove_runs r ON r.spawner_id = s.id LEFT JOIN perijove_plans p ON p.spawner_id = s.id"
    };
}

use columns;

fn read(mut row: Row) -> Result<Spawner> {
    let mut spawner = Spawner {
        id: row.take()?,
        user_id: row.take()?,
        user_name: row.take()?,
        name: row.take()?,
        display_name: row.take()?,
        state: row.take()?,
        user_options: row.take()?,
        started: row.take()?,
        last_activity: row.take()?,
        oauth_client_id: row.take()?,
        server: read_server(&mut row)?,
        profile: read_profile(&mut row)?,
        run: Run::none(),
    };
    spawner.run = Run::seen(read_run(&mut row)?, &spawner);
    Ok(spawner)
}

fn read_server(row: &mut Row) -> Result<Option<Server>> {
    let id: Option<i64> = row.take()?;
    let proto: Option<String> = row.take()?;
    let (ip, port): (Option<String>, Option<i64>) = (row.take()?, row.take()?);
    let base_url: Option<String> = row.take()?;
    Ok(id.map(|id| Server {
        id,
        proto: proto.unwrap_or_else(|| "http".to_owned()),
        ip: ip.unwrap_or_default(),
        port: port.unwrap_or_default(),
        base_url: base_url.unwrap_or_default(),
    }))
}

fn read_profile(row: &mut Row) -> Result<Option<Profile>> {
    let (slug, title): (Option<String>, Option<String>) = (row.take()?, row.take()?);
    Ok(slug.map(|slug| Profile {
        title: title.unwrap_or_else(|| slug.clone()),
        slug,
    }))
}

fn read_run(row: &mut Row) -> Result<Option<Run>> {
    let Some(phase) = row.take::<Option<String>>()? else {
        return Ok(None);
    };
    let unknown = |what: &str| StoreError::Corrupt(format!("perijove_runs has an unknown {what}"));
    let wish: String = row.take()?;
    Ok(Some(Run {
        phase: Phase::parse(&phase).ok_or_else(|| unknown("phase"))?,
        wish: Wish::parse(&wish).ok_or_else(|| unknown("wish"))?,
        generation: row.take()?,
        since: row.take()?,
        requested_at: row.take()?,
        failure: row
            .take::<Option<Json>>()?
            .and_then(|json| serde_json::from_value(json).ok()),
        remove: row.take()?,
        backend: row.take()?,
    }))
}

impl Run {
    fn none() -> Self {
        Self {
            wish: Wish::Stop,
            phase: Phase::Stopped,
            generation: 0,
            since: Timestamp::UNIX_EPOCH,
            requested_at: Timestamp::UNIX_EPOCH,
            failure: None,
            remove: false,
            backend: String::new(),
        }
    }

    /// What our row means in the light of JupyterHub's.
    fn seen(kept: Option<Self>, spawner: &Spawner) -> Self {
        let run = kept.unwrap_or_else(Self::none);
        match (spawner.server.is_some(), run.phase) {
            (true, Phase::Stopped | Phase::Failed | Phase::Requested) => {
                let since = spawner.started.unwrap_or(run.since);
                Self {
                    wish: Wish::Run,
                    phase: Phase::Ready,
                    since,
                    requested_at: since,
                    failure: None,
                    remove: false,
                    ..run
                }
            }
            (false, Phase::Prepared | Phase::Started | Phase::Answering | Phase::Ready) => Self {
                wish: Wish::Stop,
                phase: Phase::Stopped,
                ..run
            },
            _ => run,
        }
    }
}

pub async fn get(db: &impl Db, user_id: i64, name: &str) -> Result<Option<Spawner>> {
    const GET: Stmt = Stmt::read(concat!(
        "SELECT ",
        columns!(),
        " WHERE s.user_id = $1 AND s.name = $2 ORDER BY s.id LIMIT 1"
    ));
    db.row(&GET, &[user_id.into(), name.into()])
        .await?
        .map(read)
        .transpose()
}

/// The server behind an OAuth client.
pub async fn by_oauth_client(db: &impl Db, client_id: &str) -> Result<Option<Spawner>> {
    const BY_CLIENT: Stmt = Stmt::read(concat!("SELECT ", columns!(), " WHERE s.oauth_client_id = $1"));
    db.row(&BY_CLIENT, &[client_id.into()]).await?.map(read).transpose()
}

/// Whether an OAuth client belongs to another server than this one.
pub async fn client_is_anothers(db: &impl Db, client_id: &str, id: i64) -> Result<bool> {
    const OTHERS: Stmt = Stmt::read("SELECT id FROM spawners WHERE oauth_client_id = $1 AND id <> $2 LIMIT 1");
    Ok(db.row(&OTHERS, &[client_id.into(), id.into()]).await?.is_some())
}

pub async fn by_id(db: &impl Db, id: i64) -> Result<Option<Spawner>> {
    const BY_ID: Stmt = Stmt::read(concat!("SELECT ", columns!(), " WHERE s.id = $1"));
    db.row(&BY_ID, &[id.into()]).await?.map(read).transpose()
}

pub async fn of_user(db: &impl Db, user_id: i64) -> Result<Vec<Spawner>> {
    const OF_USER: Stmt = Stmt::read(concat!("SELECT ", columns!(), " WHERE s.user_id = $1 ORDER BY s.id"));
    db.rows(&OF_USER, &[user_id.into()])
        .await?
        .into_iter()
        .map(read)
        .collect()
}

/// The servers of many users at once, for lists.
pub async fn of_users(db: &impl Db, user_ids: &[i64]) -> Result<Vec<Spawner>> {
    let mut all = Vec::new();
    for params in lists(user_ids) {
        let sql = format!(
            concat!(
                "SELECT ",
                columns!(),
                " WHERE s.user_id IN ({}) ORDER BY s.user_id, s.id"
            ),
            numbers(1, params.len())
        );
        for row in db.rows(&Stmt::assembled(sql), &params).await? {
            all.push(read(row)?);
        }
    }
    Ok(all)
}

/// The servers with these ids, in no particular order.
pub async fn by_ids(db: &impl Db, ids: &[i64]) -> Result<Vec<Spawner>> {
    let mut all = Vec::new();
    for params in lists(ids) {
        let numbers = numbers(1, params.len());
        let sql = format!(concat!("SELECT ", columns!(), " WHERE s.id IN ({})"), numbers);
        for row in db.rows(&Stmt::assembled(sql), &params).await? {
            all.push(read(row)?);
        }
    }
    Ok(all)
}

/// The spawner, made if it is not there. Two that make it at once get the same one.
pub async fn ensure(db: &impl Db, user_id: i64, name: &str, display_name: Option<&str>) -> Result<Spawner> {
    const HOLD: Stmt = Stmt::note("UPDATE users SET created = created WHERE id = $1");
    const INSERT: Stmt =
        Stmt::write("INSERT INTO spawners (user_id, name, display_name, state) VALUES ($1, $2, $3, '{}')");
    if let Some(found) = get(db, user_id, name).await? {
        return Ok(found);
    }
    let unit = db.unit().await?;
    // The schema has no unique key for this: who holds the user's row decides.
    if unit.execute(&HOLD, &[user_id.into()]).await? == 0 {
        return Err(StoreError::Other(format!("there is no user with the id {user_id}")));
    }
    if get(&unit, user_id, name).await?.is_none() {
        unit.execute(&INSERT, &[user_id.into(), name.into(), display_name.into()])
            .await?;
    }
    let spawner = crate::returned(get(&unit, user_id, name).await?)?;
    unit.commit().await?;
    Ok(spawner)
}

/// Holds a spawner's row for the rest of the transaction, so that what is read next is still so when it is written.
pub async fn lock(tx: &crate::Tx, id: i64) -> Result<Option<Spawner>> {
    claim(tx, id).await?;
    by_id(tx, id).await
}

const HOLD: Stmt = Stmt::note("UPDATE spawners SET last_activity = last_activity WHERE id = $1");

/// `false` if there is none.
pub(crate) async fn hold(db: &impl Db, id: i64) -> Result<bool> {
    Ok(db.execute(&HOLD, &[id.into()]).await? > 0)
}

/// Holds it, if there is one, from the next statement on.
pub(crate) async fn claim(db: &impl Db, id: i64) -> Result<()> {
    db.post(&HOLD, &[id.into()]).await
}

/// Deletes a spawner, its server's row and its OAuth client. Stop what runs first.
pub async fn delete(db: &impl Db, id: i64) -> Result<bool> {
    const CLIENT: Stmt = Stmt::write(
        "DELETE FROM oauth_clients WHERE identifier = (SELECT oauth_client_id FROM spawners WHERE id = $1)",
    );
    const DELETE: Stmt = Stmt::write("DELETE FROM spawners WHERE id = $1");
    let unit = db.unit().await?;
    unit.execute(&CLIENT, &[id.into()]).await?;
    run::drop_server(&unit, id).await?;
    let deleted = unit.execute(&DELETE, &[id.into()]).await? > 0;
    unit.commit().await?;
    Ok(deleted)
}

/// A server that the reconciler has work with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    pub id: i64,
    /// It runs and is wished to: only to be looked after.
    pub calm: bool,
}

pub(crate) const DUE: Stmt = Stmt::read(
    "SELECT id, calm, since FROM (\
     SELECT s.id AS id, r.since AS since, \
     CASE WHEN r.phase = 'ready' AND r.wish = 'run' THEN 1 ELSE 0 END AS calm \
     FROM perijove_runs r JOIN spawners s ON s.id = r.spawner_id \
     WHERE (r.phase NOT IN ('stopped', 'failed') OR r.wish = 'run' OR r.remove) \
     AND (s.server_id IS NOT NULL OR r.remove OR r.phase NOT IN ('prepared', 'started', 'answering', 'ready')) \
     UNION ALL \
     SELECT s.id, s.started, 1 FROM servers v JOIN spawners s ON s.server_id = v.id \
     LEFT JOIN perijove_runs r ON r.spawner_id = s.id \
     WHERE r.spawner_id IS NULL OR (r.phase IN ('stopped', 'failed') AND r.wish = 'stop' AND NOT r.remove)\
     ) due ORDER BY calm, since, id LIMIT 10000",
);

/// The servers that the reconciler has work with, the most pressing first: those on their way or wished otherwise by
/// age, then those that run (to be looked after). What is stopped costs nothing here, however many there are.
pub async fn due(db: &impl Db) -> Result<Vec<Due>> {
    let read = |mut row: Row| {
        Ok(Due {
            id: row.take()?,
            calm: row.take::<i64>()? != 0,
        })
    };
    db.rows(&DUE, &[]).await?.into_iter().map(read).collect()
}

/// The ids of [`due`].
pub async fn to_reconcile(db: &impl Db) -> Result<Vec<i64>> {
    Ok(due(db).await?.into_iter().map(|due| due.id).collect())
}

pub(crate) const COUNTS: Stmt = Stmt::read(
    "SELECT COUNT(CASE WHEN server_id IS NULL AND phase = 'requested' \
     OR server_id IS NOT NULL AND phase IN ('prepared', 'started', 'answering') THEN 1 END), COUNT(*) FROM (\
     SELECT s.server_id AS server_id, r.phase AS phase \
     FROM perijove_runs r JOIN spawners s ON s.id = r.spawner_id \
     WHERE (r.phase NOT IN ('stopped', 'failed') OR r.wish = 'run' OR r.remove) \
     AND (s.server_id IS NOT NULL OR r.phase IN ('requested', 'stopping')) \
     UNION ALL \
     SELECT s.server_id, 'ready' FROM servers v JOIN spawners s ON s.server_id = v.id \
     LEFT JOIN perijove_runs r ON r.spawner_id = s.id \
     WHERE r.spawner_id IS NULL OR (r.phase IN ('stopped', 'failed') AND r.wish = 'stop' AND NOT r.remove)) active",
);

pub async fn active_counts(db: &impl Db) -> Result<Counts> {
    let mut row = crate::returned(db.row(&COUNTS, &[]).await?)?;
    Ok(Counts {
        pending: row.take()?,
        active: row.take()?,
    })
}

/// How many named servers a user has, stopped ones too.
pub async fn count_named(db: &impl Db, user_id: i64) -> Result<i64> {
    const COUNT: Stmt = Stmt::read("SELECT COUNT(*) FROM spawners WHERE user_id = $1 AND name <> ''");
    crate::returned(db.one(&COUNT, &[user_id.into()]).await?)
}

pub(crate) const ROUTES: Stmt = Stmt::read(
    "SELECT u.name, s.name, COALESCE(v.base_url, ''), COALESCE(v.proto, 'http'), COALESCE(v.ip, ''), \
     COALESCE(v.port, 0) FROM servers v JOIN spawners s ON s.server_id = v.id JOIN users u ON u.id = s.user_id \
     LEFT JOIN perijove_runs r ON r.spawner_id = s.id \
     WHERE COALESCE(r.phase, 'ready') NOT IN ('prepared', 'started', 'stopping') AND s.server_id IS NOT NULL AND v.port > 0 \
     ORDER BY v.id",
);

/// Every server that answers.
pub async fn routes(db: &impl Db) -> Result<Vec<Route>> {
    let read = |mut row: Row| {
        Ok(Route {
            user: row.take()?,
            server: row.take()?,
            base_url: row.take()?,
            proto: row.take()?,
            ip: row.take()?,
            port: row.take()?,
        })
    };
    db.rows(&ROUTES, &[]).await?.into_iter().map(read).collect()
}

/// Notes activity; never backwards.
pub async fn touch(db: &impl Db, id: i64, at: Timestamp) -> Result<()> {
    const TOUCH: Stmt = Stmt::note(
        "UPDATE spawners SET last_activity = $2 WHERE id = $1 AND (last_activity IS NULL OR last_activity < $2)",
    );
    db.post(&TOUCH, &[id.into(), at.into()]).await
}

pub async fn set_state(db: &impl Db, id: i64, state: &Json) -> Result<()> {
    const SET: Stmt = Stmt::write("UPDATE spawners SET state = $2 WHERE id = $1");
    db.post(&SET, &[id.into(), state.into()]).await
}

/// Gives a server another name. Belongs in one transaction with the look that the name is free.
pub async fn rename(tx: &crate::Tx, id: i64, name: &str) -> Result<()> {
    const RENAME: Stmt = Stmt::write("UPDATE spawners SET name = $2 WHERE id = $1");
    tx.execute(&RENAME, &[id.into(), name.into()]).await.map(drop)
}

pub async fn set_display_name(db: &impl Db, id: i64, display_name: Option<&str>) -> Result<()> {
    const SET: Stmt = Stmt::write("UPDATE spawners SET display_name = $2 WHERE id = $1");
    db.post(&SET, &[id.into(), display_name.into()]).await
}

pub async fn set_user_options(db: &impl Db, id: i64, options: &Json) -> Result<()> {
    const SET: Stmt = Stmt::write("UPDATE spawners SET user_options = $2 WHERE id = $1");
    db.post(&SET, &[id.into(), options.into()]).await
}
