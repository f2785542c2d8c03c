//! Containers that stay when their servers stop and go on at the next start, as with dockerspawner's `remove = False`.
//!
//! What goes on has the variables that it was made with: its token above all, which the hub therefore takes again.

use perijove_model::Secret;
use perijove_spawn::{Home, ServerKey, ServerSpec};

use crate::DockerSpawner;
use crate::containers::Container;
use crate::create::INSTANCE;
use crate::engine::Fault;

/// Whatever is shorter was not made by a hub.
const SHORTEST_TOKEN: usize = 32;

impl DockerSpawner {
    /// The container of a server, whichever run made it: ours, or one that JupyterHub has left by its name.
    pub(crate) async fn of_server(&self, key: &ServerKey) -> Result<Option<Container>, Fault> {
        let ids = self.ids(key, |generation| generation <= key.generation).await?;
        let ours = self.first_of(&ids).await?;
        if let Some(container) = ours.filter(|container| is_of(container, key)) {
            return Ok(Some(container));
        }
        let name = self
            .names(key, &self.config.image)
            .container(self.config.name.as_deref());
        let named = self.inspect(&name).await?;
        let jupyterhubs = |container: &Container| container.label(INSTANCE).is_none() && token(container).is_some();
        Ok(named.filter(|container| jupyterhubs(container) && is_of(container, key)))
    }

    /// The token of what goes on at the next start.
    pub(crate) async fn token_of_kept(&self, key: &ServerKey, home: &Home) -> Result<Option<Secret>, Fault> {
        let container = self.of_server(key).await?;
        let container = container.filter(|container| container.has_mounted(&home.place));
        Ok(container.as_ref().and_then(token))
    }

    /// What is left of earlier runs, if this one can go on with it.
    pub(crate) async fn kept(&self, spec: &ServerSpec) -> Result<Option<Container>, Fault> {
        let found = self.of_server(&spec.key).await?;
        let same = |container: &Container, variable: &str| {
            container.variable(variable) == spec.env.get(variable).map(String::as_str)
        };
        let goes_on = |container: &Container| {
            container.has_mounted(&spec.home.place)
                && token(container).as_ref() == Some(&spec.api_token)
                && same(container, "JUPYTERHUB_SERVICE_PREFIX")
                // Another JupyterHub on this engine may know somebody of this name.
                && (container.label(INSTANCE).is_some() || same(container, "JUPYTERHUB_API_URL"))
        };
        let found = found.filter(goes_on);
        if found.is_none() {
            let earlier = self
                .ids(&spec.key, |generation| generation < spec.key.generation)
                .await?;
            for id in &earlier {
                tracing::warn!(
                    container = id,
                    "a container that was kept is of no use any more: it is made anew"
                );
                self.remove(id).await?;
            }
        }
        Ok(found)
    }
}

/// Ids of servers are given again, and people get other names.
fn is_of(container: &Container, key: &ServerKey) -> bool {
    container.variable("JUPYTERHUB_USER") == Some(key.user.as_str())
        && container.variable("JUPYTERHUB_SERVER_NAME").unwrap_or_default() == key.server.as_str()
}

fn token(container: &Container) -> Option<Secret> {
    let token = ["JUPYTERHUB_API_TOKEN", "JPY_API_TOKEN"]
        .into_iter()
        .find_map(|variable| container.variable(variable))?;
    (token.len() >= SHORTEST_TOKEN).then(|| Secret::new(token))
}
