//! Where to go after sign-in: to a place of ours, whatever the address says.

use axum::http::HeaderMap;

use crate::Hub;

/// The path that `next` names here, if it is one of ours.
///
/// Browsers read `\` as `/`, and two slashes at the front as "another host", so neither gets through; nor does an
/// address with a scheme, unless it is our own.
#[must_use]
pub fn local(hub: &Hub, headers: &HeaderMap, next: &str) -> Option<String> {
    let own = own_origins(hub, headers);
    let path = own
        .iter()
        .find_map(|origin| next.strip_prefix(origin.as_str()))
        .unwrap_or(next);
    safe_path(path)
}

fn safe_path(path: &str) -> Option<String> {
    if path.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return None;
    }
    let path = path.replace('\\', "%5C");
    let local = path.starts_with('/') && !path.starts_with("//");
    local.then_some(path)
}

fn own_origins(hub: &Hub, headers: &HeaderMap) -> Vec<String> {
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
    use super::safe_path;

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
