//! Where to go after sign-in: to a place of ours, whatever the address says.

use axum::http::HeaderMap;

use crate::Hub;
use crate::http::visitor::Visitor;
use crate::http::xsrf::query_value;

/// The path that `next` names here, if it is one of ours.
///
/// Browsers read `\` as `/`, and two slashes at the front as "another host", so neither gets through; nor does an
/// address with a scheme, unless it is our own.
#[must_use]
pub fn local(hub: &Hub, headers: &HeaderMap, next: &str) -> Option<String> {
    let own = own_origins(hub, headers);
    match own.iter().find_map(|origin| next.strip_prefix(origin.as_str())) {
        // Behind our own origin, further slashes name no other host.
        Some(path) if path.starts_with('/') => safe_path(&format!("/{}", path.trim_start_matches('/'))),
        Some(_) => None,
        None => safe_path(next),
    }
}

/// Where `next` in the query leads; without one, the usual place with the rest of the query.
#[must_use]
pub fn onward(hub: &Hub, headers: &HeaderMap, query: &str, usual: &str) -> String {
    let next = query_value(query, "next").and_then(|next| local(hub, headers, &next));
    next.unwrap_or_else(|| carry(usual, query, &["next", "_xsrf"]))
}

/// The address with what the query says besides.
#[must_use]
pub fn carry(url: &str, query: &str, without: &[&str]) -> String {
    let rest = url::form_urlencoded::parse(query.as_bytes()).filter(|(key, _)| !without.contains(&key.as_ref()));
    let mut carried = url::form_urlencoded::Serializer::new(String::new());
    carried.extend_pairs(rest);
    match carried.finish().as_str() {
        "" => url.to_owned(),
        rest => format!("{url}{}{rest}", if url.contains('?') { '&' } else { '?' }),
    }
}

fn safe_path(path: &str) -> Option<String> {
    if path.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return None;
    }
    let path = path.replace('\\', "%5C");
    let local = path.starts_with('/') && !path.starts_with("//");
    local.then_some(path)
}

/// `https://host` of this hub, as the browser knows it.
#[must_use]
pub fn root(hub: &Hub, headers: &HeaderMap, visitor: &Visitor) -> String {
    if let Some(url) = &hub.config.hub.public_url {
        return url.origin().ascii_serialization();
    }
    let host = headers
        .get(axum::http::header::HOST)
        .and_then(|host| host.to_str().ok());
    let scheme = if visitor.jar.secure { "https" } else { "http" };
    format!("{scheme}://{}", host.unwrap_or("localhost"))
}

/// `https://host` of this hub, as far as it knows: by its configuration, and by this request.
#[must_use]
pub fn own_origins(hub: &Hub, headers: &HeaderMap) -> Vec<String> {
    let public = hub
        .config
        .hub
        .public_url
        .as_ref()
        .map(|url| url.origin().ascii_serialization());
    let host = headers
        .get(axum::http::header::HOST)
        .and_then(|host| host.to_str().ok())
        .filter(|host| !host.is_empty());
    let here = host
        .into_iter()
        .flat_map(|host| [format!("http://{host}"), format!("https://{host}")]);
    public.into_iter().chain(here).collect()
}

#[cfg(test)]
mod tests {
    use super::{carry, safe_path};

    #[test]
    fn what_else_the_query_says_goes_along() {
        assert_eq!(
            carry("/a", "next=/x&b=1&b=%2F&_xsrf=t", &["next", "_xsrf"]),
            "/a?b=1&b=%2F"
        );
        assert_eq!(carry("/a?c=2", "b=1", &[]), "/a?c=2&b=1");
        assert_eq!(carry("/a", "next=/x", &["next"]), "/a");
    }

    #[test]
    fn nothing_leads_away() {
        for bad in [
            "",
            "home",
            "//evil.example",
            "///evil",
            "https://evil.example/",
            "javascript:alert(1)",
            "/\t/evil.example",
            "/\n/evil",
            " //evil",
            "@evil.example/",
        ] {
            assert_eq!(safe_path(bad), None, "{bad:?}");
        }
        assert_eq!(safe_path("/hub/home?a=1#b").as_deref(), Some("/hub/home?a=1#b"));
        assert_eq!(safe_path("/\\evil.example").as_deref(), Some("/%5Cevil.example"));
    }
}
