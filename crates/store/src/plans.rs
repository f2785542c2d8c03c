//! What was decided for the last start of each server, and what those that run have been given.

use perijove_model::Plan;
use perijove_model::server::Phase;

use crate::error::{Result, StoreError};
use crate::sql::{Db, Row, Stmt};

/// A server that is on its way, runs, or is on its way down.
#[derive(Debug, Clone, PartialEq)]
pub struct Running {
    pub spawner_id: i64,
    pub user_id: i64,
    pub user_name: String,
    /// Empty for the default server.
    pub server: String,
    pub display_name: Option<String>,
    pub stopping: bool,
    /// `None` if it was not started by this program.
    pub plan: Option<Plan>,
}

/// Whose servers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose<'a> {
    User(i64),
    /// All members of the group.
    Group(&'a str),
}

/// `None` if it was never started by this program.
pub async fn of(db: &impl Db, spawner_id: i64) -> Result<Option<Plan>> {
    const GET: Stmt = Stmt::read("SELECT plan FROM perijove_plans WHERE spawner_id = $1");
    let plan: Option<String> = db.one(&GET, &[spawner_id.into()]).await?;
    plan.map(|plan| read(spawner_id, &plan)).transpose()
}

fn read(spawner_id: i64, plan: &str) -> Result<Plan> {
    serde_json::from_str(plan).map_err(|error| StoreError::Corrupt(format!("the plan of server {spawner_id}: {error}")))
}

pub async fn set(db: &impl Db, spawner_id: i64, plan: &Plan) -> Result<()> {
    const SET: Stmt = Stmt::write(
        "INSERT INTO perijove_plans (spawner_id, profile, title, plan) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (spawner_id) DO UPDATE SET \
         profile = excluded.profile, title = excluded.title, plan = excluded.plan",
    );
    let text = serde_json::to_string(plan).map_err(|error| StoreError::Other(error.to_string()))?;
    let params = [
        spawner_id.into(),
        plan.profile.as_deref().into(),
        plan.title.as_deref().into(),
        text.into(),
    ];
    db.post(&SET, &params).await
}

/// The servers that use something now, by id. What says so are both JupyterHub's tables and ours, see
/// [`Run`](crate::spawners::Run).
pub async fn running(db: &impl Db, whose: Whose<'_>) -> Result<Vec<Running>> {
    macro_rules! running {
        ($which:literal) => {
            Stmt::read(concat!(
                "SELECT s.id, s.user_id, u.name, s.name, s.display_name, r.phase, p.plan FROM spawners s \
                 JOIN users u ON u.id = s.user_id LEFT JOIN perijove_runs r ON r.spawner_id = s.id \
                 LEFT JOIN perijove_plans p ON p.spawner_id = s.id WHERE ",
                $which,
                " AND (s.server_id IS NOT NULL OR r.phase IN ('requested', 'stopping')) ORDER BY s.id"
            ))
        };
    }
    const OF_USER: Stmt = running!("s.user_id = $1");
    const OF_GROUP: Stmt = running!(
        "s.user_id IN (SELECT m.user_id FROM user_group_map m JOIN groups g ON g.id = m.group_id WHERE g.name = $1)"
    );
    let rows = match whose {
        Whose::User(id) => db.rows(&OF_USER, &[id.into()]).await?,
        Whose::Group(name) => db.rows(&OF_GROUP, &[name.into()]).await?,
    };
    rows.into_iter().map(read_running).collect()
}

/// How many servers there are of each profile, without those that have none.
pub async fn by_profile(db: &impl Db) -> Result<Vec<(String, i64)>> {
    const COUNT: Stmt = Stmt::read(
        "SELECT p.profile, COUNT(*) FROM servers v JOIN spawners s ON s.server_id = v.id \
         JOIN perijove_plans p ON p.spawner_id = s.id WHERE p.profile IS NOT NULL \
         GROUP BY p.profile ORDER BY p.profile LIMIT 1000",
    );
    let read = |mut row: Row| Ok((row.take()?, row.take()?));
    db.rows(&COUNT, &[]).await?.into_iter().map(read).collect()
}

fn read_running(mut row: Row) -> Result<Running> {
    let spawner_id = row.take()?;
    Ok(Running {
        spawner_id,
        user_id: row.take()?,
        user_name: row.take()?,
        server: row.take()?,
        display_name: row.take()?,
        stopping: row.take::<Option<String>>()?.as_deref() == Some(Phase::Stopping.as_str()),
        plan: row
            .take::<Option<String>>()?
            .map(|plan| read(spawner_id, &plan))
            .transpose()?,
    })
}
