//! The Routes seam: the edge is told the full wanted set, as often as one likes.

pub mod chp;
pub mod map;
pub mod switch;
mod wanted;

pub(crate) use wanted::target;
pub use wanted::{ApplyError, apply, wanted};

use async_trait::async_trait;
use perijove_model::Secret;

/// Where requests below `path` go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// Escaped, with slashes at both ends: `/user/ann/`; `/` is the hub itself.
    pub path: String,
    /// `http://127.0.0.1:20123`
    pub target: String,
    /// Kept with the route, as JupyterHub does: `{"user": .., "server_name": ..}`, `{"hub": true}`, `{"service": ..}`.
    pub data: serde_json::Value,
}

/// All the routes that should be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RouteSet(pub Vec<Route>);

/// A route as the proxy has it.
#[derive(Debug, Clone, PartialEq)]
pub struct KnownRoute {
    pub path: String,
    pub target: String,
    /// What was kept with it, and what the proxy adds: `last_activity`.
    pub data: serde_json::Map<String, serde_json::Value>,
}

/// Which proxy is told the routes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proxy {
    /// Of its API, without `/api/routes`.
    pub api_url: String,
    pub auth_token: Secret,
}

/// When somebody last used a route.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RouteActivity {
    pub path: String,
    pub last_activity: jiff::Timestamp,
}

#[derive(Debug, thiserror::Error)]
pub enum RouteError {
    #[error("the edge at {url} can't be reached: {cause}")]
    Unreachable { url: String, cause: String },
    #[error("the edge at {url} refuses the token: hub and edge must have the same edge.auth_token")]
    Forbidden { url: String },
    #[error("the edge at {url} answered {status} to {method} {path}")]
    Unexpected {
        url: String,
        status: u16,
        method: String,
        path: String,
    },
}

/// Whatever takes routes: our edge, an external configurable-http-proxy, a map in a test.
#[async_trait]
pub trait Routes: Send + Sync + 'static {
    /// Makes the routes these and no others. Does nothing if they are.
    async fn apply(&self, wanted: &RouteSet) -> Result<(), RouteError>;

    /// Adds or replaces one, quickly: a person waits for it.
    async fn add(&self, route: &Route) -> Result<(), RouteError>;

    async fn remove(&self, path: &str) -> Result<(), RouteError>;

    /// All that the hub has put there.
    async fn all(&self) -> Result<Vec<KnownRoute>, RouteError>;

    async fn activity(&self) -> Result<Vec<RouteActivity>, RouteError>;

    /// Whether it answers at all, within a second.
    async fn healthy(&self) -> bool;

    /// The proxy that is told.
    fn proxy(&self) -> Proxy;

    /// From now on another one is; if that one does not answer, or refuses the token, nothing changes.
    async fn point(&self, proxy: &Proxy) -> Result<(), RouteError>;
}
