//! The access log: `STATUS METHOD URI (WHO@ADDRESS) MILLISECONDS`, without secrets and never longer than a line.

use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, OnceLock};

use axum::extract::{ConnectInfo, MatchedPath, Request};
use axum::http::{HeaderValue, header};
use axum::response::Response;
use tracing::Level;

use super::dress::Parts;

/// A query value whose key contains one of these is not for the log.
const SECRET_KEYS: [&str; 7] = ["token", "auth", "key", "code", "state", "_xsrf", "password"];
const LONGEST: usize = 512;

/// Filled in by whoever finds out whose request it is.
#[derive(Clone, Default)]
pub(super) struct Who(Arc<OnceLock<String>>);

impl Who {
    pub(super) fn is(&self, name: &str) {
        let _ = self.0.set(format!("{}@", super::error::short(name)));
    }
}

pub(super) async fn access<F>(parts: &Parts, mut request: Request, next: impl FnOnce(Request) -> F) -> Response
where
    F: Future<Output = Response>,
{
    let who = Who::default();
    request.extensions_mut().insert(who.clone());
    let method = request.method().clone();
    let uri = request.uri().clone();
    let peer = request
        .extensions()
        .get::<ConnectInfo<SocketAddr>>()
        .map(|info| info.0.ip());
    let forwarded = request.headers().get("x-forwarded-for").cloned();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let begun = tokio::time::Instant::now();
    let response = next(request).await;
    let status = response.status();
    let took = begun.elapsed();
    let route = route.as_ref().map(MatchedPath::as_str);
    let hub = &parts.hub;
    hub.metrics
        .requests
        .observe(&*hub.clock, &method, uri.path(), route, status, took);
    let dull = status.as_u16() == 304
        || uri.path().ends_with("/health")
        || (uri.path().strip_prefix(&*parts.prefix)).is_some_and(|below| below.starts_with("static/"));
    if !is_wanted(status.as_u16(), dull) {
        return response;
    }
    let location = response
        .headers()
        .get(header::LOCATION)
        .and_then(|value| value.to_str().ok());
    let target = location
        .map(|location| format!(" -> {}", without_secrets(location)))
        .unwrap_or_default();
    let took = took.as_secs_f64() * 1000.0;
    let from = address(forwarded.as_ref(), peer);
    let line = format!(
        "{} {method} {}{target} ({}{from}) {took:.2}ms",
        status.as_u16(),
        without_secrets(&uri.to_string()),
        who.0.get().map_or("", String::as_str)
    );
    match status.as_u16() {
        500.. => tracing::error!(target: "perijove::access", "{line}"),
        400.. => tracing::warn!(target: "perijove::access", "{line}"),
        _ if dull => tracing::debug!(target: "perijove::access", "{line}"),
        _ => tracing::info!(target: "perijove::access", "{line}"),
    }
    response
}

/// As the proxy tells it, or else the other end of the connection.
fn address(forwarded: Option<&HeaderValue>, peer: Option<IpAddr>) -> String {
    let forwarded = forwarded.and_then(|value| value.to_str().ok());
    let forwarded = forwarded.map(super::error::short);
    forwarded.or(peer.map(|peer| peer.to_string())).unwrap_or_default()
}

/// Whether a line would be read by anybody: most of what is asked is not worth its making where only warnings are.
fn is_wanted(status: u16, dull: bool) -> bool {
    match status {
        500.. => tracing::enabled!(target: "perijove::access", Level::ERROR),
        400.. => tracing::enabled!(target: "perijove::access", Level::WARN),
        _ if dull => tracing::enabled!(target: "perijove::access", Level::DEBUG),
        _ => tracing::enabled!(target: "perijove::access", Level::INFO),
    }
}

/// A URL as it may stand in a log.
#[must_use]
pub fn without_secrets(url: &str) -> String {
    let (path, query) = url.split_once('?').unwrap_or((url, ""));
    // Old clients put tokens and cookies into the path; so do links that are sent by mail.
    let secret = ["/authorizations/", "/hub/confirm/"].into_iter().find_map(|before| {
        let (place, _) = path.split_once(before)?;
        Some(format!("{place}{before}[secret]"))
    });
    let path = secret.unwrap_or_else(|| path.to_owned());
    let mut line: String = path.chars().take(LONGEST).collect();
    for (i, pair) in query.split('&').filter(|pair| !pair.is_empty()).enumerate() {
        line.push(if i == 0 { '?' } else { '&' });
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        line += key;
        if !value.is_empty() {
            let name = perijove_model::escape::decode(key).unwrap_or_default().to_lowercase();
            let secret = SECRET_KEYS.iter().any(|word| name.contains(word));
            // `next` may hold a whole address with a query of its own.
            let nested = holds_parameters(value);
            line += if secret {
                "=[secret]"
            } else if nested {
                "=[address]"
            } else {
                "="
            };
            if !secret && !nested {
                line += value;
            }
        }
    }
    if line.chars().nth(LONGEST).is_some() {
        line = line.chars().take(LONGEST).collect::<String>() + "…";
    }
    line
}

fn holds_parameters(value: &str) -> bool {
    let value = value.to_ascii_lowercase();
    ["?", "=", "%3f", "%3d", "%25"].iter().any(|sign| value.contains(sign))
}

#[cfg(test)]
mod tests {
    use super::without_secrets;

    #[test]
    fn secrets_and_endless_addresses_stay_out() {
        assert_eq!(
            without_secrets("/hub/x?code=abc&a=1&STATE=s&_xsrf=q"),
            "/hub/x?code=[secret]&a=1&STATE=[secret]&_xsrf=[secret]"
        );
        assert_eq!(
            without_secrets("/hub/api/authorizations/token/abc"),
            "/hub/api/authorizations/[secret]"
        );
        assert_eq!(
            without_secrets("/base/hub/confirm/abc?x=1"),
            "/base/hub/confirm/[secret]?x=1"
        );
        assert_eq!(
            without_secrets("/hub/login?next=%2Fx%3Fcode%3Dabc"),
            "/hub/login?next=[address]"
        );
        assert_eq!(
            without_secrets("/hub/login?next=%252Fx%253Fcode"),
            "/hub/login?next=[address]"
        );
        assert_eq!(without_secrets("/hub/setup?tok%65n=abc"), "/hub/setup?tok%65n=[secret]");
        assert!(without_secrets(&format!("/{}", "x".repeat(1 << 20))).len() < 600);
        assert!(without_secrets(&format!("/?a={}", "é".repeat(1 << 20))).len() < 1200);
    }
}
