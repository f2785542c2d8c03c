//! What a service manager is told, if it wants to know: systemd's `Type=notify`.

use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};

use crate::system::Environment;

/// Clients are served.
pub const READY: &str = "READY=1";
/// Nobody new is served any more.
pub const STOPPING: &str = "STOPPING=1";

/// Tells it, if there is one that listens.
pub fn tell(environment: &Environment, what: &str) {
    let Some(place) = environment.get("NOTIFY_SOCKET").filter(|place| !place.is_empty()) else {
        return;
    };
    let address = match place.strip_prefix('@') {
        Some(name) => SocketAddr::from_abstract_name(name),
        None => SocketAddr::from_pathname(place),
    };
    let sent = address.and_then(|address| UnixDatagram::unbound()?.send_to_addr(what.as_bytes(), &address));
    if let Err(error) = sent {
        tracing::warn!(%error, "the service manager can't be told how the edge does");
    }
}
