//! What was decided for the last start of each server.

use perijove_model::Plan;

use crate::error::{Result, StoreError};
use crate::sql::{Db, Stmt};

/// `None` if it was never started by this program.
pub async fn of(db: &impl Db, spawner_id: i64) -> Result<Option<Plan>> {
    const GET: Stmt = Stmt::read("SELECT plan FROM perijove_plans WHERE spawner_id = $1");
    let Some(plan): Option<String> = db.one(&GET, &[spawner_id.into()]).await? else {
        return Ok(None);
    };
    serde_json::from_str(&plan)
        .map(Some)
        .map_err(|error| StoreError::Corrupt(format!("the plan of server {spawner_id}: {error}")))
}

pub async fn set(db: &impl Db, spawner_id: i64, plan: &Plan) -> Result<()> {
    const SET: Stmt = Stmt::write(
        "INSERT INTO perijove_plans (spawner_id, plan) VALUES ($1, $2) \
         ON CONFLICT (spawner_id) DO UPDATE SET plan = excluded.plan",
    );
    let plan = serde_json::to_string(plan).map_err(|error| StoreError::Other(error.to_string()))?;
    db.execute(&SET, &[spawner_id.into(), plan.into()]).await.map(drop)
}
