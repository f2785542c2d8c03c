//! The routes that should be, by what the database says.

use perijove_store::{StoreError, services, spawners};
use serde_json::json;

use super::{Route, RouteError, RouteSet};
use crate::Hub;

/// The hub's own, one for each server that answers, one for each service that listens.
pub async fn wanted(hub: &Hub) -> Result<RouteSet, StoreError> {
    let base = hub.config.hub.base_url.as_str();
    let mut routes = vec![Route {
        path: base.to_owned(),
        target: hub.config.hub.connect_url().origin().ascii_serialization(),
        data: json!({"hub": true}),
    }];
    for service in services::list(&hub.store).await? {
        routes.extend(crate::services::route(hub, &service));
    }
    for server in spawners::routes(&hub.store).await? {
        routes.push(Route {
            path: perijove_model::names::server_path(base, &server.user, &server.server),
            target: target(&server.proto, &server.ip, server.port),
            data: json!({"user": server.user, "server_name": server.server}),
        });
    }
    Ok(RouteSet(routes))
}

/// Tells the proxy all routes. A server that came or went while it was told is why it may be told again.
pub async fn apply(hub: &Hub) -> Result<(), ApplyError> {
    const ROUNDS: usize = 5;
    let begun = tokio::time::Instant::now();
    let mut routes = wanted(hub).await?;
    for _ in 0..ROUNDS {
        hub.routes.apply(&routes).await?;
        let now = wanted(hub).await?;
        if now == routes {
            break;
        }
        routes = now;
    }
    hub.metrics.check_routes.observe(begun.elapsed());
    Ok(())
}

#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    #[error("the database can't tell the routes: {0}")]
    Store(#[from] StoreError),
    #[error(transparent)]
    Routes(#[from] RouteError),
}

/// Scheme, host and port of a server; an empty host is this machine.
pub(crate) fn target(proto: &str, ip: &str, port: i64) -> String {
    let proto = if proto.is_empty() { "http" } else { proto };
    match ip {
        "" => format!("{proto}://127.0.0.1:{port}"),
        ip if ip.contains(':') => format!("{proto}://[{ip}]:{port}"),
        ip => format!("{proto}://{ip}:{port}"),
    }
}
