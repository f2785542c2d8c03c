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
        let base = hub.config.hub.base_url.as_str();
        let seen: HashMap<String, jiff::Timestamp> =
            hub.routes.activity().await?.into_iter().map(|route| (route.path, route.last_activity)).collect();
        for server in spawners::routes(&hub.store).await? {
            // A route's clock begins when it is made: what is not after the start is nobody's doing.
            let Some(at) = seen.get(&server_path(base, &server.user, &server.server)) else {
                continue;
            };
            spawners::touch(&hub.store, server.spawner_id, *at).await?;
            users::touch(&hub.store, server.user_id, *at).await?;
        }
        Ok(())
    }
}
