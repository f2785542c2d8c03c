//! Headers that end here, and headers that tell the target who asked.
//!
//! Names and values are bytes as they came; a name may be written in any case.

use std::net::IpAddr;

use crate::buffer::Buffer;

/// What a header is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Plain,
    Accept,
    Host,
    Length,
    TransferEncoding,
    Connection,
    Upgrade,
    Te,
    /// Of one connection, not of the message: never passed on.
    Hop,
    /// Says who the client is: only a trusted proxy is believed.
    Claim(Claim),
    /// Between proxies and the hub: no other target sees it.
    Private,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Claim {
    For,
    Proto,
    Host,
    Port,
    Other,
}

pub(crate) fn kind(name: &[u8]) -> Kind {
    let is = |word: &str| name.eq_ignore_ascii_case(word.as_bytes());
    match name.len() {
        2 if is("te") => Kind::Te,
        4 if is("host") => Kind::Host,
        5 if is("proxy") => Kind::Hop,
        6 if is("accept") => Kind::Accept,
        7 if is("upgrade") => Kind::Upgrade,
        10 if is("connection") => Kind::Connection,
        10 if is("keep-alive") => Kind::Hop,
        14 if is("content-length") => Kind::Length,
        16 if is("proxy-connection") => Kind::Hop,
        17 if is("transfer-encoding") => Kind::TransferEncoding,
        18 if is("proxy-authenticate") => Kind::Hop,
        19 if is("proxy-authorization") => Kind::Hop,
        _ => claim(name).unwrap_or(Kind::Plain),
    }
}

/// The ways in which proxies name the client, the person or the address that was asked for.
const CLAIMS: [&str; 11] = [
    "forwarded",
    "x-real-ip",
    "x-scheme",
    "x-client-ip",
    "x-cluster-client-ip",
    "x-original-forwarded-for",
    "true-client-ip",
    "remote-user",
    "remote-groups",
    "remote-name",
    "remote-email",
];
const CLAIM_FAMILIES: [&str; 6] = [
    "x-forwarded-",
    "x-auth-request-",
    "x-remote-",
    "x-webauth-",
    "x-ssl-client-",
    "ssl-client-",
];

/// What is told to the hub alone: with it somebody else could say who asks.
const PRIVATE: &str = "x-perijove-";
/// Tells the hub that a request came by the edge, so that the edge's word about the client holds.
pub(crate) const PROOF: &str = "x-perijove-edge";
/// Tells the hub by which names the client's certificate calls it.
pub(crate) const CLIENT: &str = "x-perijove-client";

fn claim(name: &[u8]) -> Option<Kind> {
    if !matches!(
        name.first()?,
        b'x' | b'X' | b'f' | b'F' | b'r' | b'R' | b't' | b'T' | b's' | b'S'
    ) {
        return None;
    }
    // Servers that keep headers as variables (CGI, WSGI) take `_` for `-`.
    let mut plain = [0; 32];
    let plain = &mut plain[..name.len().min(32)];
    for (to, from) in plain.iter_mut().zip(name) {
        *to = if *from == b'_' { b'-' } else { from.to_ascii_lowercase() };
    }
    let plain = &*plain;
    match plain {
        _ if plain.starts_with(PRIVATE.as_bytes()) => Some(Kind::Private),
        _ if name.contains(&b'_') => is_claim(plain).then_some(Kind::Claim(Claim::Other)),
        b"x-forwarded-for" => Some(Kind::Claim(Claim::For)),
        b"x-forwarded-proto" => Some(Kind::Claim(Claim::Proto)),
        b"x-forwarded-host" => Some(Kind::Claim(Claim::Host)),
        b"x-forwarded-port" => Some(Kind::Claim(Claim::Port)),
        _ => is_claim(plain).then_some(Kind::Claim(Claim::Other)),
    }
}

fn is_claim(plain: &[u8]) -> bool {
    CLAIMS.iter().any(|claim| claim.as_bytes() == plain)
        || CLAIM_FAMILIES.iter().any(|family| plain.starts_with(family.as_bytes()))
}

/// Whether it is what only the edge tells the hub, however it is written.
pub(crate) fn is_ours(name: &[u8]) -> bool {
    let same = |(one, other): (&u8, &u8)| one.eq_ignore_ascii_case(other) || (*one == b'_' && *other == b'-');
    let is = |ours: &str| name.len() == ours.len() && name.iter().zip(ours.as_bytes()).all(same);
    is(PROOF) || is(CLIENT)
}

/// Whether a header may stand after a body, where it is read when all has been decided.
pub(crate) fn may_trail(name: &[u8]) -> bool {
    matches!(kind(name), Kind::Plain | Kind::Accept)
}

/// The comma-separated values of a header.
pub(crate) fn tokens(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    value
        .split(|byte| *byte == b',')
        .map(<[u8]>::trim_ascii)
        .filter(|token| !token.is_empty())
}

/// What `Connection` says.
#[derive(Debug, Default)]
pub(crate) struct Connection<'b> {
    pub(crate) close: bool,
    pub(crate) keep_alive: bool,
    pub(crate) upgrade: bool,
    /// Further headers that are of this connection only.
    named: Vec<&'b [u8]>,
}

impl<'b> Connection<'b> {
    pub(crate) fn read(&mut self, value: &'b [u8]) {
        for token in tokens(value) {
            if token.eq_ignore_ascii_case(b"close") {
                self.close = true;
            } else if token.eq_ignore_ascii_case(b"keep-alive") {
                self.keep_alive = true;
            } else if token.eq_ignore_ascii_case(b"upgrade") {
                self.upgrade = true;
            } else if !token.eq_ignore_ascii_case(b"trailer") {
                self.named.push(token);
            }
        }
    }

    pub(crate) fn names(&self, name: &[u8]) -> bool {
        self.named.iter().any(|named| named.eq_ignore_ascii_case(name))
    }
}

/// Who is connected, as the target is told.
#[derive(Debug)]
pub(crate) struct Peer {
    pub(crate) ip: IpAddr,
    pub(crate) address: Box<str>,
    pub(crate) trusted: bool,
    /// Speaks TLS with us.
    pub(crate) secure: bool,
    /// What its certificate calls it, if it has shown one by an authority that counts.
    pub(crate) certificate: Option<Box<str>>,
}

/// What a trusted proxy has said of the client already.
#[derive(Debug, Default)]
pub(crate) struct Said<'b> {
    chain: Vec<&'b [u8]>,
    proto: bool,
    host: bool,
    port: bool,
}

impl<'b> Said<'b> {
    /// Notes a claim; whether it goes on as it is.
    pub(crate) fn passes(&mut self, peer: &Peer, claim: Claim, value: &'b [u8]) -> bool {
        if !peer.trusted {
            return false;
        }
        match claim {
            Claim::For => {
                self.chain.push(value);
                return false;
            }
            Claim::Proto => self.proto = true,
            Claim::Host => self.host = true,
            Claim::Port => self.port = true,
            Claim::Other => {}
        }
        true
    }

    /// Tells the target who asked, how and for what.
    pub(crate) fn complete(&self, out: &mut Buffer, peer: &Peer, host: &[u8]) {
        out.push(b"X-Forwarded-For: ");
        for address in &self.chain {
            out.push_all([address, b", "]);
        }
        out.push_all([peer.address.as_bytes(), b"\r\n"]);
        let (scheme, usual) = if peer.secure { ("https", "443") } else { ("http", "80") };
        if !self.proto {
            push(out, b"X-Forwarded-Proto", scheme.as_bytes());
        }
        if !self.port {
            push(out, b"X-Forwarded-Port", port(host).unwrap_or(usual.as_bytes()));
        }
        if !self.host {
            push(out, b"X-Forwarded-Host", host);
        }
    }
}

fn port(host: &[u8]) -> Option<&[u8]> {
    let digits = host.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let at = host.len() - digits;
    ((1..=5).contains(&digits) && at > 1 && host[at - 1] == b':').then(|| &host[at..])
}

pub(crate) fn push(out: &mut Buffer, name: &[u8], value: &[u8]) {
    out.push_all([name, b": ", value, b"\r\n"]);
}

pub(crate) fn push_number(out: &mut Buffer, name: &str, number: u64) {
    push(out, name.as_bytes(), itoa::Buffer::new().format(number).as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peer(trusted: bool, secure: bool) -> Peer {
        Peer {
            ip: IpAddr::from([10, 0, 0, 9]),
            address: "10.0.0.9".into(),
            trusted,
            secure,
            certificate: None,
        }
    }

    /// What a target is told beside the plain headers.
    fn told(peer: &Peer, host: &str, claims: &[(&str, &str)]) -> Vec<String> {
        let mut said = Said::default();
        let mut out = Buffer::default();
        for (name, value) in claims {
            match kind(name.as_bytes()) {
                Kind::Claim(claim) if !said.passes(peer, claim, value.as_bytes()) => {}
                _ => push(&mut out, name.as_bytes(), value.as_bytes()),
            }
        }
        said.complete(&mut out, peer, host.as_bytes());
        let text = String::from_utf8(out.filled().to_vec()).unwrap();
        text.lines().map(str::to_lowercase).collect()
    }

    #[test]
    fn a_stranger_can_not_say_who_it_is() {
        let claims = [
            ("X-Forwarded-For", "1.2.3.4"),
            ("x-forwarded-proto", "https"),
            ("x-forwarded-host", "evil"),
            ("x-forwarded-port", "1"),
            ("x-forwarded-user", "ruth"),
            ("X-Real-IP", "1.2.3.4"),
            ("forwarded", "for=1.2.3.4"),
            ("x_forwarded_for", "1.2.3.4"),
            ("x-forwarded_for", "1.2.3.4"),
            ("X_REAL_IP", "5.6.7.8"),
            ("x_scheme", "https"),
            ("Remote_User", "ruth"),
            ("X-Remote-Group", "admins"),
            ("x-auth-request-email", "ruth@example.org"),
            ("X-SSL-Client-CN", "ruth"),
            ("my_own", "stays"),
            ("x-mine", "stays"),
        ];
        assert_eq!(
            told(&peer(false, false), "hub.example.org:8443", &claims),
            [
                "my_own: stays",
                "x-mine: stays",
                "x-forwarded-for: 10.0.0.9",
                "x-forwarded-proto: http",
                "x-forwarded-port: 8443",
                "x-forwarded-host: hub.example.org:8443",
            ]
        );
    }

    #[test]
    fn a_trusted_proxy_is_believed_and_added() {
        let claims = [
            ("x-forwarded-for", "1.2.3.4"),
            ("X-Forwarded-For", "5.6.7.8"),
            ("x-forwarded-proto", "https"),
            ("x-forwarded-port", "443"),
            ("x-forwarded-user", "ann"),
        ];
        assert_eq!(
            told(&peer(true, false), "hub", &claims),
            [
                "x-forwarded-proto: https",
                "x-forwarded-port: 443",
                "x-forwarded-user: ann",
                "x-forwarded-for: 1.2.3.4, 5.6.7.8, 10.0.0.9",
                "x-forwarded-host: hub",
            ]
        );
    }

    #[test]
    fn the_port_is_the_hosts_or_the_schemes() {
        let port = |host: &str, secure| {
            told(&peer(false, secure), host, &[])
                .iter()
                .find_map(|line| line.strip_prefix("x-forwarded-port: ").map(str::to_owned))
                .unwrap()
        };
        assert_eq!(port("a:8000", false), "8000");
        assert_eq!(port("[::1]:8000", true), "8000");
        assert_eq!(port("a", false), "80");
        assert_eq!(port("a", true), "443");
        assert_eq!(port("[::1]", false), "80");
        assert_eq!(port("1.2.3.4", false), "80");
    }

    #[test]
    fn names_have_no_case() {
        for (name, expected) in [
            ("HOST", Kind::Host),
            ("Content-Length", Kind::Length),
            ("tRANSFER-eNCODING", Kind::TransferEncoding),
            ("Proxy-Authorization", Kind::Hop),
            ("content_length", Kind::Plain),
            ("X-Forwarded-For", Kind::Claim(Claim::For)),
            ("Cookie", Kind::Plain),
            ("X-Perijove-Edge", Kind::Private),
            ("X_Perijove-Client", Kind::Private),
            ("x_perijove-proxy_secret", Kind::Private),
        ] {
            assert_eq!(kind(name.as_bytes()), expected, "{name}");
        }
    }

    #[test]
    fn connection_names_what_stays_here() {
        let mut connection = Connection::default();
        connection.read(b"close, X-Mine");
        connection.read(b"Upgrade,trailer,,");
        assert!(connection.close && connection.upgrade && !connection.keep_alive);
        assert!(connection.names(b"x-mine") && !connection.names(b"trailer"));
    }
}
