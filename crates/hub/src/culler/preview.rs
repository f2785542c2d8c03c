//! What the culler would do: for whoever writes its rules.

use jiff::Timestamp;
use perijove_config::Culler;
use perijove_store::culls;
use perijove_store::{Store, StoreError, users};

use super::policy::{self, End};

/// A server that runs, and its end.
pub struct Planned {
    pub user: String,
    /// Empty for the default server.
    pub server: String,
    pub last_activity: Option<Timestamp>,
    /// `None` if it runs for ever.
    pub end: Option<End>,
}

/// All servers that run, the first to be stopped first. No server is asked what it is at.
pub async fn preview(store: &Store, config: &Culler, now: Timestamp) -> Result<Vec<Planned>, StoreError> {
    let mut all = Vec::new();
    let mut after = 0;
    loop {
        let page = culls::candidates(store, after, super::PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.spawner_id;
        let ids: Vec<i64> = page.iter().map(|server| server.user_id).collect();
        let groups = users::belongings(store, &ids, now).await?;
        for server in page {
            let policy = policy::of(config, &server, super::groups_of(&groups, &server));
            all.push(Planned {
                end: policy.and_then(|policy| policy.end(config, &server, now)),
                user: server.user_name,
                server: server.server,
                last_activity: server.last_activity,
            });
        }
    }
    all.sort_by_key(|planned| planned.end.as_ref().map_or(Timestamp::MAX, |end| end.at));
    Ok(all)
}
