//! Which server a page is about, and whether the visitor may act on it.

use perijove_model::scopes::{Resource, Scope};
use perijove_model::{ServerName, escape};
use perijove_store::spawners::{self, Spawner};
use perijove_store::users::{self, User};

use crate::Hub;
use crate::http::error::{HttpError, Kind, Result};
use crate::http::visitor::Principal;

/// Which server, by its address.
#[derive(serde::Deserialize)]
pub struct Which {
    pub user: String,
    /// Empty for the default server.
    #[serde(default)]
    pub server: String,
}

/// A person and the name of one of the servers, which need not exist yet.
pub struct Whose {
    pub user: User,
    pub server: ServerName,
}

impl Whose {
    /// Whoever lacks the scope is told that there is nothing.
    pub async fn read(hub: &Hub, principal: &Principal, user: &str, server: &str, scope: Scope) -> Result<Self> {
        let resource = Resource::Server { user, server };
        if !principal.may(&hub.store, scope, resource).await? {
            return Err(HttpError::new(
                axum::http::StatusCode::NOT_FOUND,
                "There is no such server, or it is not shared with you.",
            )
            .of_kind(Kind::Server));
        }
        let user = users::by_name(&hub.store, user)
            .await?
            .ok_or_else(HttpError::not_found)?;
        Ok(Self {
            user,
            server: ServerName::existing(server)?,
        })
    }

    pub async fn spawner(&self, hub: &Hub) -> Result<Option<Spawner>> {
        Ok(spawners::get(&hub.store, self.user.id, self.server.as_str()).await?)
    }

    /// `USER` or `USER/SERVER`, escaped, as it stands behind `/hub/spawn/`.
    #[must_use]
    pub fn tail(&self) -> String {
        tail(&self.user.name, self.server.as_str())
    }

    /// As messages call the server: `ann`, `ann:gpu`.
    #[must_use]
    pub fn log_name(&self) -> String {
        match self.server.as_str() {
            "" => self.user.name.clone(),
            server => format!("{}:{server}", self.user.name),
        }
    }

    /// Where the server answers.
    #[must_use]
    pub fn url(&self, hub: &Hub) -> String {
        perijove_model::names::server_path(hub.config.hub.base_url.as_str(), &self.user.name, self.server.as_str())
    }
}

#[must_use]
pub fn tail(user: &str, server: &str) -> String {
    match server {
        "" => escape::segment(user),
        server => format!("{}/{}", escape::segment(user), escape::segment(server)),
    }
}
