//! Servers that are to be stopped because nobody uses them: what is planned, who was warned, who was kept.

use jiff::Timestamp;

use crate::error::Result;
use crate::sql::{Db, Row, Stmt};

/// A server that runs, as far as it matters for whether it goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    pub spawner_id: i64,
    pub user_id: i64,
    pub user_name: String,
    /// Empty for the default server.
    pub server: String,
    pub profile: Option<String>,
    pub generation: i64,
    pub started: Option<Timestamp>,
    pub last_activity: Option<Timestamp>,
    pub cull: Cull,
}

/// What is planned for one run of a server. Another run begins with nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cull {
    /// One word; `None` if nothing is planned.
    pub why: Option<String>,
    pub due_at: Option<Timestamp>,
    /// When the person was told.
    pub warned_at: Option<Timestamp>,
    /// Somebody wanted it to go on.
    pub kept_until: Option<Timestamp>,
    /// How many milliseconds on a core it had used, and when that was so.
    pub cpu: Option<(i64, Timestamp)>,
}

macro_rules! candidates {
    ($which:literal) => {
        concat!(
            "SELECT s.id, s.user_id, u.name, s.name, p.profile, COALESCE(r.generation, 0), s.started, \
             s.last_activity, c.why, c.due_at, c.warned_at, c.kept_until, c.cpu_ms, c.cpu_at FROM spawners s \
             JOIN users u ON u.id = s.user_id LEFT JOIN perijove_runs r ON r.spawner_id = s.id \
             LEFT JOIN perijove_plans p ON p.spawner_id = s.id LEFT JOIN perijove_culls c \
             ON c.spawner_id = s.id AND c.generation = COALESCE(r.generation, 0) \
             WHERE s.server_id IS NOT NULL AND (r.spawner_id IS NULL OR r.phase IN ('stopped', 'failed') \
             OR (r.phase = 'ready' AND r.wish = 'run')) AND ",
            $which
        )
    };
}

fn read(mut row: Row) -> Result<Candidate> {
    Ok(Candidate {
        spawner_id: row.take()?,
        user_id: row.take()?,
        user_name: row.take()?,
        server: row.take()?,
        profile: row.take()?,
        generation: row.take()?,
        started: row.take()?,
        last_activity: row.take()?,
        cull: Cull {
            why: row.take()?,
            due_at: row.take()?,
            warned_at: row.take()?,
            kept_until: row.take()?,
            cpu: Option::zip(row.take()?, row.take()?),
        },
    })
}

/// Servers that run, by id, behind this one.
pub async fn candidates(db: &impl Db, after: i64, limit: i64) -> Result<Vec<Candidate>> {
    const LIST: Stmt = Stmt::read(candidates!("s.id > $1 ORDER BY s.id LIMIT $2"));
    let rows = db.rows(&LIST, &[after.into(), limit.into()]).await?;
    rows.into_iter().map(read).collect()
}

/// Those that are planned to be stopped until then, the first to be stopped first; what comes behind `after`, by the time
/// that is planned and by id.
pub async fn due(db: &impl Db, until: Timestamp, after: (Timestamp, i64), limit: i64) -> Result<Vec<Candidate>> {
    const DUE: Stmt = Stmt::read(candidates!(
        "c.due_at <= $1 AND (c.due_at > $2 OR (c.due_at = $2 AND s.id > $3)) ORDER BY c.due_at, s.id LIMIT $4"
    ));
    let params = [until.into(), after.0.into(), after.1.into(), limit.into()];
    let rows = db.rows(&DUE, &params).await?;
    rows.into_iter().map(read).collect()
}

/// `None` if it does not run.
pub async fn get(db: &impl Db, spawner_id: i64) -> Result<Option<Candidate>> {
    const GET: Stmt = Stmt::read(candidates!("s.id = $1"));
    db.row(&GET, &[spawner_id.into()]).await?.map(read).transpose()
}

/// Belongs in one transaction with the look, the server's row being held.
pub async fn set(db: &impl Db, spawner_id: i64, generation: i64, cull: &Cull) -> Result<()> {
    const SET: Stmt = Stmt::note(
        "INSERT INTO perijove_culls (spawner_id, generation, why, due_at, warned_at, kept_until, cpu_ms, cpu_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (spawner_id) DO UPDATE SET \
         generation = excluded.generation, why = excluded.why, due_at = excluded.due_at, \
         warned_at = excluded.warned_at, kept_until = excluded.kept_until, cpu_ms = excluded.cpu_ms, \
         cpu_at = excluded.cpu_at",
    );
    let params = [
        spawner_id.into(),
        generation.into(),
        cull.why.as_deref().into(),
        cull.due_at.into(),
        cull.warned_at.into(),
        cull.kept_until.into(),
        cull.cpu.map(|(milliseconds, _)| milliseconds).into(),
        cull.cpu.map(|(_, at)| at).into(),
    ];
    db.execute(&SET, &params).await.map(drop)
}

/// Forgets what was planned for servers that do not run.
pub async fn purge(db: &impl Db) -> Result<u64> {
    const PURGE: Stmt =
        Stmt::note("DELETE FROM perijove_culls WHERE spawner_id IN (SELECT id FROM spawners WHERE server_id IS NULL)");
    db.execute(&PURGE, &[]).await
}
