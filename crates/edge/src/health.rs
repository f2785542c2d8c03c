//! What load balancers ask: is the edge alive, and should new clients come to it?

use crate::server::Shared;

/// The answer to a question of health, its status and its JSON; nothing for any other path.
pub(crate) fn answer(shared: &Shared, path: &str) -> Option<(u16, &'static str)> {
    match path {
        "/_chp_healthz" | "/_perijove/health/live" => Some((200, r#"{"status":"OK"}"#)),
        "/_perijove/health/ready" if shared.is_leaving() => Some((503, r#"{"status":"draining"}"#)),
        "/_perijove/health/ready" => Some((200, r#"{"status":"OK"}"#)),
        _ => None,
    }
}
