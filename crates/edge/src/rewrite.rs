//! What is changed in requests and answers for those who ask for it. Without a word about it nothing is: the target gets
//! the path and the host as the client wrote them, and the client the addresses as the target wrote them.

use std::borrow::Cow;

use http::{HeaderName, HeaderValue};

use crate::routes::{path, table::Route};

/// The options of configurable-http-proxy that change what is passed on.
#[derive(Debug, Clone)]
pub struct Rewrite {
    /// Ask for the target's own path and then the request's, not for the request's alone.
    pub prepend_path: bool,
    /// Ask for the route's path too, not only for what comes after it.
    pub include_prefix: bool,
    /// Tell the target who asked, and for what, with `X-Forwarded-*`.
    pub forwarded: bool,
    /// Ask the target by its own name, not by the one that the client used.
    pub change_origin: bool,
    /// Where a target redirects to itself, redirect to the host that the client asked.
    pub redirect_host: bool,
    /// Where a target redirects to itself, redirect with this scheme.
    pub redirect_scheme: Option<String>,
    /// Goes with every request, in the place of what the client sent by that name.
    pub headers: Vec<(HeaderName, HeaderValue)>,
}

impl Default for Rewrite {
    fn default() -> Self {
        Self {
            prepend_path: true,
            include_prefix: true,
            forwarded: true,
            change_origin: false,
            redirect_host: false,
            redirect_scheme: None,
            headers: Vec::new(),
        }
    }
}

/// Why a header can't be added.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HeaderError {
    #[error("a colon was expected in custom header: {0}")]
    Colon(String),
    #[error("{0} is no name of a header")]
    Name(String),
    #[error("the value of {0} has letters that no header may have")]
    Value(String),
    #[error("{0} is about the connection, which is the edge's own")]
    Connection(String),
}

/// About how a message is carried: another one would make it mean something else to the target.
const OWN: [&str; 10] = [
    "connection",
    "content-length",
    "expect",
    "keep-alive",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "http2-settings",
];

impl Rewrite {
    /// Takes one more header, written as `name: value`.
    ///
    /// # Errors
    /// If it is no header, or none that may be set.
    pub fn add_header(&mut self, line: &str) -> Result<(), HeaderError> {
        let short = || line.trim().chars().take(80).collect();
        let (name, value) = line
            .trim()
            .split_once(':')
            .filter(|(name, _)| !name.is_empty())
            .ok_or_else(|| HeaderError::Colon(short()))?;
        let name = name.trim();
        let parsed = HeaderName::from_bytes(name.as_bytes()).map_err(|_| HeaderError::Name(name.to_owned()))?;
        if OWN.contains(&parsed.as_str()) {
            return Err(HeaderError::Connection(name.to_owned()));
        }
        let value = HeaderValue::from_str(value.trim()).map_err(|_| HeaderError::Value(name.to_owned()))?;
        self.headers.push((parsed, value));
        Ok(())
    }

    /// The path and query that the target is asked for, before which its own path may have to be put. The route's path
    /// is left out by its segments: the client may have escaped it as it liked.
    pub(crate) fn asked<'a>(&self, route: &Route, host_routing: bool, asked: &'a str) -> Cow<'a, str> {
        if self.include_prefix {
            return Cow::Borrowed(asked);
        }
        // With host routing the first segment is the host, which is not in the path.
        let segments = path::depth(&route.key).saturating_sub(usize::from(host_routing));
        if segments == 0 {
            return Cow::Borrowed(asked);
        }
        let end = asked.find('?').unwrap_or(asked.len());
        let (path, query) = asked.split_at(end);
        let path = path.trim_start_matches('/');
        let rest = path
            .match_indices('/')
            .nth(segments - 1)
            .map_or("", |(at, _)| &path[at..]);
        if rest.is_empty() {
            Cow::Owned(format!("/{query}"))
        } else {
            Cow::Borrowed(&asked[end - rest.len()..])
        }
    }

    /// Whether a header of the client gives way to one of ours.
    pub(crate) fn replaces(&self, name: &[u8]) -> bool {
        self.headers
            .iter()
            .any(|(own, _)| own.as_str().as_bytes().eq_ignore_ascii_case(name))
    }

    /// Whether an answer's `Location` may have to be changed.
    pub(crate) fn redirects(&self) -> bool {
        self.redirect_host || self.redirect_scheme.is_some()
    }

    /// Where an answer leads instead, if it leads to the target itself. `host` is the one that the client asked.
    pub(crate) fn redirect(&self, status: u16, location: &[u8], target: &str, host: &[u8]) -> Option<String> {
        if !self.redirects() || !matches!(status, 201 | 301 | 302 | 303 | 307 | 308) {
            return None;
        }
        let (location, host) = (std::str::from_utf8(location).ok()?, std::str::from_utf8(host).ok()?);
        self.location(location, target, host)
    }

    /// Where a redirect leads instead, if it leads to the target itself.
    fn location(&self, location: &str, target: &str, host: &str) -> Option<String> {
        let (scheme, after) = location.split_once("://")?;
        let (authority, rest) = after.split_at(after.find(['/', '?', '#', '\\']).unwrap_or(after.len()));
        let to_itself = same_place(authority, target) && matches!(scheme, "http" | "https");
        to_itself.then(|| {
            let scheme = self.redirect_scheme.as_deref().unwrap_or(scheme);
            let authority = if self.redirect_host && !host.is_empty() {
                host
            } else {
                authority
            };
            format!("{scheme}://{authority}{rest}")
        })
    }
}

/// Whether two authorities are one place, whichever of them names the usual port.
fn same_place(one: &str, other: &str) -> bool {
    let plain = |authority: &str| {
        let authority = authority.to_ascii_lowercase();
        let bare = authority.strip_suffix(":80").or_else(|| authority.strip_suffix(":443"));
        bare.map(str::to_owned).unwrap_or(authority)
    };
    plain(one) == plain(other)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    fn route(path: &str) -> Route {
        let target = "http://127.0.0.1:1".parse().unwrap();
        Route::new(path, target, serde_json::Map::new(), Timestamp::UNIX_EPOCH).unwrap()
    }

    #[test]
    fn leaves_the_routes_path_out_however_it_is_written() {
        let rewrite = Rewrite {
            include_prefix: false,
            ..Rewrite::default()
        };
        for (path, asked, expected) in [
            ("/", "/", "/"),
            ("/", "/bar?x=/y", "/bar?x=/y"),
            ("/bar", "/bar", "/"),
            ("/bar", "/bar/", "/"),
            ("/bar", "/bar?x=/y", "/?x=/y"),
            ("/bar", "/bar/rest/of/it", "/rest/of/it"),
            ("/b@r/b r", "/b%40r/b%20r/rest%2Fof?q", "/rest%2Fof?q"),
            ("/b@r/b r", "/b@r/%62%20r//x", "//x"),
            ("/bar", "//bar/x", "/x"),
        ] {
            assert_eq!(rewrite.asked(&route(path), false, asked), expected, "{path} {asked}");
        }
        assert_eq!(rewrite.asked(&route("/example.org/bar"), true, "/bar/x"), "/x");
        assert_eq!(rewrite.asked(&route("/example.org"), true, "/bar/x"), "/bar/x");
    }

    #[test]
    fn leaves_everything_as_it_is_unless_asked() {
        let rewrite = Rewrite::default();
        assert_eq!(rewrite.asked(&route("/bar"), false, "/bar/x"), "/bar/x");
        assert!(!rewrite.redirects());
    }

    #[test]
    fn redirects_to_itself_become_redirects_to_us() {
        let rewrite = Rewrite {
            redirect_host: true,
            redirect_scheme: Some("https".into()),
            ..Rewrite::default()
        };
        let rewritten = |location: &str| rewrite.location(location, "127.0.0.1:8912", "hub.example.org:8000");
        for location in ["http://127.0.0.1:8912/a?b=c#d", "https://127.0.0.1:8912/a?b=c#d"] {
            assert_eq!(
                rewritten(location).as_deref(),
                Some("https://hub.example.org:8000/a?b=c#d"),
                "{location}"
            );
        }
        for elsewhere in [
            "http://127.0.0.1:8913/a",
            "http://foo.com:12345/whatever",
            "http://127.0.0.1:8912@evil.example/",
            "/a",
            "//127.0.0.1:8912/a",
            "ftp://127.0.0.1:8912/a",
        ] {
            assert_eq!(rewritten(elsewhere), None, "{elsewhere}");
        }
        assert_eq!(
            rewrite.location("http://Server/a", "server:80", "").as_deref(),
            Some("https://Server/a")
        );
    }

    #[test]
    fn reads_headers_as_they_are_given() {
        let mut rewrite = Rewrite::default();
        for line in ["k1: v1", " K2 : host:123 ", "empty:"] {
            rewrite.add_header(line).unwrap();
        }
        let read: Vec<_> = rewrite
            .headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.to_str().unwrap()))
            .collect();
        assert_eq!(read, [("k1", "v1"), ("k2", "host:123"), ("empty", "")]);
        for line in [
            "invalid",
            ": v",
            "a b: c",
            "k: a\nb",
            "Transfer-Encoding: chunked",
            "connection: close",
        ] {
            assert!(rewrite.add_header(line).is_err(), "{line}");
        }
    }
}
