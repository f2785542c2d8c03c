//! Folds what the proxy saw of people's traffic into the last activity of their servers and of themselves.

use std::collections::HashMap;
use std::time::Duration;

use async_trait::async_trait;
use perijove_model::names::server_path;
use perijove_store::{spawners, users};

use super::{Failure, Task};
use crate::Hub;

pub(super) struct Activity;

#[async_trait]
impl Task for Activity {
    const NAME: &'static str = "activity";
    const EVERY: Duration = Duration::from_secs(300);

    async fn run(&self, hub: &Hub) -> Result<(), Failure> {
        fold(hub).await
    }
}

/// Any hub may do it at any time.
pub(crate) async fn fold(hub: &Hub) -> Result<(), Failure> {
    let base = hub.config.hub.base_url.as_str();
    let begun = tokio::time::Instant::now();
    let activity = hub.routes.activity().await?;
    hub.metrics.proxy_poll.observe(begun.elapsed());
    let seen: HashMap<String, jiff::Timestamp> = activity
        .into_iter()
        .map(|route| (route.path, route.last_activity))
        .collect();
    for route in spawners::routes(&hub.store).await? {
        let Some(at) = seen.get(&server_path(base, &route.user, &route.server)) else {
            continue;
        };
        let Some(user) = users::by_name(&hub.store, &route.user).await? else {
            continue;
        };
        let Some(spawner) = spawners::get(&hub.store, user.id, &route.server).await? else {
            continue;
        };
        // Looked at before, so that a quiet server costs no write.
        if spawner.last_activity < Some(*at) {
            spawners::touch(&hub.store, spawner.id, *at).await?;
        }
        if user.last_activity < Some(*at) {
            users::touch(&hub.store, user.id, *at).await?;
        }
    }
    Ok(())
}
