//! The model of a server.

use perijove_model::names;
use perijove_model::server::{Pending, Phase};
use perijove_store::spawners::Spawner;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::{Time, server_api};
use crate::Hub;

/// A server of somebody.
#[derive(Debug, Serialize, ToSchema)]
pub struct ServerModel {
    /// Empty for the default server.
    name: String,
    display_name: String,
    /// `USER/SERVER`.
    full_name: String,
    last_activity: Option<Time>,
    started: Option<Time>,
    /// `spawn` or `stop` while that is under way.
    #[schema(value_type = Option<String>)]
    pending: Option<Pending>,
    ready: bool,
    stopped: bool,
    /// Its path below the platform's address.
    url: String,
    full_url: Option<String>,
    /// What it was or will be started with.
    #[schema(value_type = Object)]
    user_options: Value,
    /// Where its start is told as it goes on.
    progress_url: String,
    full_progress_url: Option<String>,
    /// The profile of its last start; absent if there was none.
    #[serde(skip_serializing_if = "Option::is_none")]
    profile: Option<ChosenProfile>,
    /// What the backend keeps of it; for `admin:server_state` only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    state: Option<Value>,
}

/// A profile as it was called when it was chosen.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChosenProfile {
    slug: String,
    name: String,
}

#[must_use]
pub fn server(hub: &Hub, server: &Spawner, with_state: bool) -> ServerModel {
    let phase = server.run.phase;
    let progress_url = format!(
        "{}/progress",
        server_api(&hub.prefix(), &server.user_name, &server.name)
    );
    let public = hub.config.hub.public_url.as_ref();
    let origin = public.map(|url| url.origin().ascii_serialization());
    let full = |path: &str| origin.as_ref().map(|origin| format!("{origin}{path}"));
    let url = url(hub, server);
    ServerModel {
        name: server.name.clone(),
        display_name: server.display_name.clone().unwrap_or_default(),
        full_name: format!("{}/{}", server.user_name, server.name),
        last_activity: server.last_activity.map(Time),
        started: server.started.map(Time),
        pending: phase.pending(),
        ready: phase == Phase::Ready,
        stopped: !phase.is_active(),
        full_url: full(&url),
        url,
        user_options: server.user_options.clone().unwrap_or_else(|| json!({})),
        full_progress_url: full(&progress_url),
        progress_url,
        profile: server.profile.as_ref().map(|profile| ChosenProfile {
            slug: profile.slug.clone(),
            name: profile.title.clone(),
        }),
        state: with_state.then(|| server.state.clone().unwrap_or(Value::Null)),
    }
}

pub(super) fn url(hub: &Hub, server: &Spawner) -> String {
    names::server_path(hub.config.hub.base_url.as_str(), &server.user_name, &server.name)
}
