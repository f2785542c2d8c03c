//! Services: other programs that use the hub. Some the hub runs itself (see [`managed`]), all with a URL are looked after
//! (see [`health`]).

mod env;
pub(crate) mod health;
pub(crate) mod managed;
mod spec;

pub use spec::spec;

use perijove_model::names::service_path;
use perijove_store::services::Service;
use serde_json::json;
use url::Url;

use crate::Hub;
use crate::routes::Route;

/// `/services/NAME/` below the base URL.
#[must_use]
pub fn path(hub: &Hub, name: &str) -> String {
    service_path(hub.config.hub.base_url.as_str(), name)
}

/// Where the proxy sends those who visit the service; `None` for one that nobody visits.
#[must_use]
pub fn route(hub: &Hub, service: &Service) -> Option<Route> {
    let url = Url::parse(service.url.as_deref()?).ok()?;
    Some(Route {
        path: path(hub, &service.name),
        target: url.origin().ascii_serialization(),
        data: json!({ "service": service.name }),
    })
}
