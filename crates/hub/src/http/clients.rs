//! OAuth clients, and what is behind them: a server or a service.

use std::sync::Arc;

use perijove_model::scopes::ClientResource;
use perijove_store::{oauth, services, spawners};

use crate::Hub;
use crate::http::error::Result;
use crate::http::known::{Known, earliest};

/// Clients that were looked up lately, by their identifiers.
pub type Clients = Known<String, Arc<Client>>;

/// An OAuth client, as the database has it.
pub struct Client {
    row: oauth::Client,
    /// `None` if there is nothing behind it, as with the hub's own.
    pub names: Option<ClientNames>,
    /// The configuration trusts it: nobody is asked.
    pub is_trusted: bool,
}

/// The server or service behind an OAuth client, by name.
#[derive(Debug, Clone)]
pub enum ClientNames {
    Server { user: String, server: String },
    Service(String),
}

impl std::ops::Deref for Client {
    type Target = oauth::Client;

    fn deref(&self) -> &oauth::Client {
        &self.row
    }
}

impl ClientNames {
    #[must_use]
    pub fn resource(&self) -> ClientResource<'_> {
        match self {
            Self::Server { user, server } => ClientResource::Server { user, server },
            Self::Service(name) => ClientResource::Service(name),
        }
    }
}

/// The client of this identifier.
pub async fn client(hub: &Hub, identifier: &str) -> Result<Option<Arc<Client>>> {
    let (epoch, now) = (hub.store.epoch(), hub.clock.now());
    if let Some(client) = hub.clients.get(epoch, identifier, now) {
        return Ok(Some(client));
    }
    let Some(row) = oauth::client(&hub.store, identifier).await? else {
        return Ok(None);
    };
    let (names, is_trusted) = match identifier {
        oauth::PLAIN_CLIENT => (None, false),
        _ => behind(hub, identifier).await?,
    };
    let client = Arc::new(Client { row, names, is_trusted });
    let until = earliest(now, [None, None]);
    hub.clients
        .put(epoch, identifier.to_owned(), Arc::clone(&client), until);
    Ok(Some(client))
}

async fn behind(hub: &Hub, identifier: &str) -> Result<(Option<ClientNames>, bool)> {
    if let Some(spawner) = spawners::by_oauth_client(&hub.store, identifier).await? {
        let names = ClientNames::Server {
            user: spawner.user_name,
            server: spawner.name,
        };
        return Ok((Some(names), false));
    }
    Ok(match services::by_oauth_client(&hub.store, identifier).await? {
        Some(service) => (Some(ClientNames::Service(service.name)), service.oauth_no_confirm),
        None => (None, false),
    })
}
