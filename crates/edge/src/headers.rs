//! Headers that end here, and headers that tell the target who asked.

use http::{
    HeaderMap, HeaderName, HeaderValue,
    header::{CONNECTION, CONTENT_LENGTH, FORWARDED, HOST, TE, TRAILER, TRANSFER_ENCODING, UPGRADE},
};

/// About one connection, not the message: they are not passed on.
const HOP_BY_HOP: [HeaderName; 9] = [
    CONNECTION,
    TE,
    TRANSFER_ENCODING,
    UPGRADE,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
    HeaderName::from_static("proxy-authenticate"),
    HeaderName::from_static("proxy-authorization"),
    HeaderName::from_static("proxy"),
];

/// A client must not make us drop these by naming them in `Connection`.
const KEPT: [HeaderName; 3] = [HOST, CONTENT_LENGTH, TRAILER];

const FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const PORT: HeaderName = HeaderName::from_static("x-forwarded-port");

/// The ways in which proxies name the client: only a trusted one is believed.
const CLAIMS: [HeaderName; 10] = [
    FOR,
    PROTO,
    FORWARDED_HOST,
    PORT,
    FORWARDED,
    HeaderName::from_static("x-real-ip"),
    HeaderName::from_static("x-scheme"),
    HeaderName::from_static("x-forwarded-prefix"),
    HeaderName::from_static("x-forwarded-server"),
    HeaderName::from_static("x-forwarded-ssl"),
];

/// Who is connected, as the target is told.
#[derive(Debug)]
pub(crate) struct Peer {
    pub(crate) address: HeaderValue,
    pub(crate) trusted: bool,
    /// Speaks TLS with us.
    pub(crate) secure: bool,
}

/// Takes the hop-by-hop headers out, and those that `Connection` names.
pub(crate) fn strip(headers: &mut HeaderMap) {
    let trailers = has_token(headers, &TE, "trailers");
    let named: Vec<HeaderName> = headers
        .get_all(CONNECTION)
        .iter()
        .flat_map(|value| value.as_bytes().split(|byte| *byte == b','))
        .filter(|token| !is_common(token.trim_ascii()))
        .filter_map(|token| HeaderName::from_bytes(token.trim_ascii()).ok())
        .filter(|name| !KEPT.contains(name))
        .collect();
    for name in HOP_BY_HOP.iter().chain(&named) {
        headers.remove(name);
    }
    if trailers {
        headers.insert(TE, HeaderValue::from_static("trailers"));
    }
}

/// Tokens of nearly every `Connection` header, which name no header.
fn is_common(token: &[u8]) -> bool {
    token.is_empty() || token.eq_ignore_ascii_case(b"close") || token.eq_ignore_ascii_case(b"keep-alive")
}

/// Whether one of the header's comma-separated values is `token`.
pub(crate) fn has_token(headers: &HeaderMap, name: &HeaderName, token: &str) -> bool {
    let mut tokens = headers
        .get_all(name)
        .iter()
        .flat_map(|value| value.as_bytes().split(|byte| *byte == b','));
    tokens.any(|found| found.trim_ascii().eq_ignore_ascii_case(token.as_bytes()))
}

/// The protocol that a client wants to change to. HTTP/2 is not offered: its frames would pass by the routes.
pub(crate) fn wanted_upgrade(headers: &HeaderMap) -> Option<HeaderValue> {
    let upgrade = headers.get(UPGRADE)?;
    let http2 = upgrade
        .as_bytes()
        .trim_ascii_start()
        .get(..2)
        .is_some_and(|start| start.eq_ignore_ascii_case(b"h2"));
    (!http2 && has_token(headers, &CONNECTION, "upgrade")).then(|| upgrade.clone())
}

/// Keeps `Connection` and `Upgrade` on a message that changes the protocol.
pub(crate) fn set_upgrade(headers: &mut HeaderMap, protocol: HeaderValue) {
    headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
    headers.insert(UPGRADE, protocol);
}

/// Says that the connection ends after this message.
pub(crate) fn set_close(headers: &mut HeaderMap) {
    headers.insert(CONNECTION, HeaderValue::from_static("close"));
}

/// Tells the target who asked, how and for what. Expects exactly one `Host`.
pub(crate) fn set_forwarded(headers: &mut HeaderMap, peer: &Peer) {
    let host = headers.get(HOST).cloned().unwrap_or(HeaderValue::from_static(""));
    if !peer.trusted {
        drop_claims(headers);
        headers.insert(FOR, peer.address.clone());
    } else {
        let chain = appended(headers, &peer.address);
        headers.insert(FOR, chain);
    }
    let (scheme, usual) = if peer.secure { ("https", "443") } else { ("http", "80") };
    headers.entry(PROTO).or_insert(HeaderValue::from_static(scheme));
    headers.entry(PORT).or_insert_with(|| port(&host, usual));
    headers.entry(FORWARDED_HOST).or_insert(host);
}

/// Takes out what says who the client is.
pub(crate) fn drop_claims(headers: &mut HeaderMap) {
    for name in &CLAIMS {
        headers.remove(name);
    }
    // Servers that keep headers as variables (CGI, WSGI) take `_` for `-`.
    let disguised: Vec<HeaderName> = headers
        .keys()
        .filter(|name| is_disguised_claim(name))
        .cloned()
        .collect();
    for name in &disguised {
        headers.remove(name);
    }
}

fn is_disguised_claim(name: &HeaderName) -> bool {
    let name = name.as_str();
    if !name.contains('_') {
        return false;
    }
    let plain = name.replace('_', "-");
    CLAIMS.iter().any(|claim| claim.as_str() == plain)
}

fn appended(headers: &HeaderMap, address: &HeaderValue) -> HeaderValue {
    let mut chain = Vec::new();
    for value in headers.get_all(FOR).iter().chain([address]) {
        if !chain.is_empty() {
            chain.extend_from_slice(b", ");
        }
        chain.extend_from_slice(value.as_bytes());
    }
    HeaderValue::from_bytes(&chain).unwrap_or_else(|_| address.clone())
}

fn port(host: &HeaderValue, usual: &'static str) -> HeaderValue {
    let bytes = host.as_bytes();
    let digits = bytes.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let at = bytes.len() - digits;
    if (1..=5).contains(&digits) && at > 1 && bytes[at - 1] == b':' {
        return HeaderValue::from_bytes(&bytes[at..]).unwrap_or(HeaderValue::from_static(usual));
    }
    HeaderValue::from_static(usual)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(lines: &[(&'static str, &'static str)]) -> HeaderMap {
        let parse = |&(name, value): &(&'static str, &'static str)| {
            (HeaderName::from_static(name), HeaderValue::from_static(value))
        };
        lines.iter().map(parse).collect()
    }

    fn peer(trusted: bool) -> Peer {
        Peer {
            address: HeaderValue::from_static("10.0.0.9"),
            trusted,
            secure: false,
        }
    }

    #[test]
    fn strips_what_is_about_the_connection() {
        let mut map = headers(&[
            ("connection", "close, X-Mine"),
            ("connection", "host, content-length"),
            ("x-mine", "1"),
            ("host", "a"),
            ("content-length", "3"),
            ("keep-alive", "timeout=5"),
            ("te", "gzip, Trailers"),
            ("upgrade", "websocket"),
            ("transfer-encoding", "chunked"),
            ("proxy", "http://evil"),
            ("x-other", "2"),
        ]);
        strip(&mut map);
        assert_eq!(
            map,
            headers(&[
                ("host", "a"),
                ("content-length", "3"),
                ("x-other", "2"),
                ("te", "trailers")
            ])
        );
    }

    #[test]
    fn a_stranger_can_not_say_who_it_is() {
        let mut map = headers(&[
            ("host", "hub.example.org:8443"),
            ("x-forwarded-for", "1.2.3.4"),
            ("x-forwarded-proto", "https"),
            ("x-forwarded-host", "evil"),
            ("x-forwarded-port", "1"),
            ("x-real-ip", "1.2.3.4"),
            ("forwarded", "for=1.2.3.4"),
            ("x_forwarded_for", "1.2.3.4"),
            ("x-forwarded_for", "1.2.3.4"),
            ("x_forwarded_proto", "https"),
            ("x_forwarded-host", "evil"),
            ("x_forwarded_port", "1"),
            ("x_real_ip", "1.2.3.4"),
            ("x_real_ip", "5.6.7.8"),
            ("x_scheme", "https"),
            ("x_forwarded_prefix", "/evil"),
            ("x_forwarded_server", "evil"),
            ("x_forwarded_ssl", "on"),
            ("x_forwarded_for_", "not the name"),
            ("my_own", "stays"),
        ]);
        set_forwarded(&mut map, &peer(false));
        let expected = headers(&[
            ("host", "hub.example.org:8443"),
            ("x-forwarded-for", "10.0.0.9"),
            ("x-forwarded-proto", "http"),
            ("x-forwarded-port", "8443"),
            ("x-forwarded-host", "hub.example.org:8443"),
            ("x_forwarded_for_", "not the name"),
            ("my_own", "stays"),
        ]);
        assert_eq!(map, expected);
    }

    #[test]
    fn a_trusted_proxy_is_believed_and_added() {
        let mut map = headers(&[
            ("host", "hub"),
            ("x-forwarded-for", "1.2.3.4"),
            ("x-forwarded-for", "5.6.7.8"),
            ("x-forwarded-proto", "https"),
            ("x-forwarded-port", "443"),
        ]);
        set_forwarded(&mut map, &peer(true));
        let expected = headers(&[
            ("host", "hub"),
            ("x-forwarded-for", "1.2.3.4, 5.6.7.8, 10.0.0.9"),
            ("x-forwarded-proto", "https"),
            ("x-forwarded-port", "443"),
            ("x-forwarded-host", "hub"),
        ]);
        assert_eq!(map, expected);
    }

    #[test]
    fn the_port_is_the_hosts() {
        let port = |host| port(&HeaderValue::from_static(host), "80");
        assert_eq!(port("a:8000"), "8000");
        assert_eq!(port("[::1]:8000"), "8000");
        assert_eq!(port("a"), "80");
        assert_eq!(port("[::1]"), "80");
        assert_eq!(port("1.2.3.4"), "80");
    }

    #[test]
    fn an_upgrade_needs_both_headers_and_is_not_http2() {
        let wanted =
            |connection, upgrade| wanted_upgrade(&headers(&[("connection", connection), ("upgrade", upgrade)]));
        assert_eq!(wanted("keep-alive, Upgrade", "websocket").unwrap(), "websocket");
        assert_eq!(wanted("upgrade", "tcp").unwrap(), "tcp");
        assert_eq!(wanted("keep-alive", "websocket"), None);
        assert_eq!(wanted("Upgrade, HTTP2-Settings", "h2c"), None);
        assert_eq!(wanted_upgrade(&headers(&[("connection", "upgrade")])), None);
    }
}
