//! Another proxy takes the place of the configured one while hubs run: all of them follow, and those that start later.

use perijove_model::Secret;
use perijove_store::{Db, StoreError, meta};
use serde::{Deserialize, Serialize};

use super::Proxy;
use crate::Hub;

const KEY: &str = "proxy";

/// What hubs tell each other of it.
#[derive(Serialize, Deserialize)]
struct Kept {
    /// The configured address that it replaces. Where the configuration says something else by now, that counts.
    instead_of: String,
    api_url: String,
    /// Sealed, see [`Keys::seal`](crate::keys::Keys::seal).
    auth_token: String,
}

/// Writes it down for the others.
pub async fn keep(hub: &Hub, db: &impl Db, proxy: &Proxy) -> Result<(), StoreError> {
    let cannot = || StoreError::Other("the proxy's token can't be sealed".to_owned());
    let kept = Kept {
        instead_of: configured(hub),
        api_url: proxy.api_url.clone(),
        auth_token: hub.keys.seal(proxy.auth_token.expose()).ok_or_else(cannot)?,
    };
    let kept = serde_json::to_string(&kept).map_err(|error| StoreError::Other(error.to_string()))?;
    meta::set(db, KEY, &kept).await
}

/// Goes over to the proxy that is written down, if it is another one; `true` if it has.
pub async fn follow(hub: &Hub) -> bool {
    let Some(proxy) = wanted(hub).await else { return false };
    if proxy == hub.routes.proxy() {
        return false;
    }
    match hub.routes.point(&proxy).await {
        Ok(()) => {
            tracing::info!(proxy = proxy.api_url, "another proxy is told the routes from now on");
            true
        }
        Err(error) => {
            tracing::debug!(%error, "the proxy that is to take over does not answer yet");
            false
        }
    }
}

async fn wanted(hub: &Hub) -> Option<Proxy> {
    let text = meta::get(&hub.store, KEY).await.ok()??;
    let kept: Kept = serde_json::from_str(&text).ok()?;
    let auth_token = Secret::new(hub.keys.unseal(&kept.auth_token)?);
    (kept.instead_of == configured(hub)).then_some(Proxy {
        api_url: kept.api_url,
        auth_token,
    })
}

fn configured(hub: &Hub) -> String {
    hub.config.edge.api_url().to_string()
}
