//! What is offered: what a server gets is decided here, once for each start, before its wish is written.

use perijove_model::{Limits, Plan};
use perijove_store::Tx;
use perijove_store::users::User;
use serde_json::Value;

use crate::Hub;
use crate::servers::Refused;

/// What a server of this person gets, by the options that were chosen for it.
pub async fn plan(hub: &Hub, _: &Tx, _: &User, _: Option<&Value>) -> Result<Plan, Refused> {
    Ok(configured(hub))
}

/// Where there are no profiles: as `[spawner]` says.
pub fn configured(hub: &Hub) -> Plan {
    let spawner = &hub.config.spawner;
    Plan {
        limits: Limits {
            memory: spawner.mem_limit.map(|size| size.0),
            cpu_milli: spawner.cpu_limit.map(milli),
            ..Limits::default()
        },
        ..Plan::default()
    }
}

/// Thousandths of a core; at least one.
fn milli(cores: f64) -> u32 {
    (cores * 1000.0).round().clamp(1.0, f64::from(u32::MAX)) as u32
}
