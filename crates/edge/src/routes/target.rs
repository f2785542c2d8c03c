//! Where a route leads: `http://host:port[/path]`, or a socket file as `http+unix://%2Frun%2Fserver.sock`.

use std::{fmt, net::IpAddr, path::PathBuf, str::FromStr, sync::Arc};

use http::Uri;

/// A target: how to reach it, and what is put before the path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    text: Box<str>,
    pub(crate) upstream: Arc<Upstream>,
    prefix: Box<str>,
}

/// One place to connect to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Upstream {
    /// As it stands in the target: the key of its idle connections.
    pub(crate) authority: String,
    pub(crate) place: Place,
}

impl Upstream {
    /// For the `Host` header of our own requests.
    pub(crate) fn host(&self) -> &str {
        match self.place {
            Place::Socket(_) => "localhost",
            Place::Tls(..) => self.authority.trim_start_matches("https://"),
            _ => &self.authority,
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Address(IpAddr, u16),
    Name(String, u16),
    Socket(PathBuf),
    /// An address or a name, and a port.
    Tls(String, u16),
}

/// Why a target is refused.
#[derive(Debug, thiserror::Error)]
pub enum TargetError {
    #[error("the target {0:?} is not a URL such as http://127.0.0.1:8888")]
    Invalid(String),
}

impl Target {
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Its own path, which comes before the client's.
    pub(crate) fn prefix(&self) -> &str {
        &self.prefix
    }

    fn parse(text: &str) -> Option<(Upstream, String)> {
        if let Some(rest) = text
            .strip_prefix("http+unix://")
            .or_else(|| text.strip_prefix("unix+http://"))
        {
            let (socket, path) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
            let file = PathBuf::from(perijove_model::escape::decode(socket)?);
            let upstream = Upstream {
                authority: format!("unix:{socket}"),
                place: Place::Socket(file),
            };
            return (!socket.is_empty()).then(|| (upstream, path.to_owned()));
        }
        let uri: Uri = text.parse().ok()?;
        let authority = uri.authority()?;
        let tls = uri.scheme_str() == Some("https");
        if !(tls || uri.scheme_str() == Some("http")) || authority.as_str().contains('@') || uri.query().is_some() {
            return None;
        }
        let host = authority.host();
        let port = match authority.as_str().strip_prefix(host)? {
            "" if tls => 443,
            "" => 80,
            port => port.strip_prefix(':')?.parse().ok()?,
        };
        let place = match host.trim_matches(['[', ']']).parse() {
            _ if host.is_empty() => return None,
            _ if tls => Place::Tls(host.trim_matches(['[', ']']).to_owned(), port),
            Ok(address) => Place::Address(address, port),
            Err(_) => Place::Name(host.to_owned(), port),
        };
        let upstream = Upstream {
            authority: if tls {
                format!("https://{authority}").to_ascii_lowercase()
            } else {
                authority.as_str().to_ascii_lowercase()
            },
            place,
        };
        Some((upstream, uri.path().to_owned()))
    }
}

impl FromStr for Target {
    type Err = TargetError;

    fn from_str(text: &str) -> Result<Self, TargetError> {
        let shown = || text.chars().take(200).collect::<String>();
        let (upstream, path) = Self::parse(text).ok_or_else(|| TargetError::Invalid(shown()))?;
        let prefix = path.trim_end_matches('/').into();
        Ok(Self {
            text: text.into(),
            upstream: Arc::new(upstream),
            prefix,
        })
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(text: &str) -> Target {
        text.parse().unwrap()
    }

    #[test]
    fn reads_addresses_names_and_sockets() {
        assert_eq!(
            target("http://127.0.0.1:8888").upstream.place,
            Place::Address([127, 0, 0, 1].into(), 8888)
        );
        assert_eq!(
            target("http://[::1]:80/").upstream.place,
            Place::Address("::1".parse().unwrap(), 80)
        );
        assert_eq!(
            target("http://jupyter-alice").upstream.place,
            Place::Name("jupyter-alice".into(), 80)
        );
        assert_eq!(
            target("http+unix://%2Frun%2Fa.sock").upstream.place,
            Place::Socket("/run/a.sock".into())
        );
    }

    #[test]
    fn refuses_what_can_not_be_reached() {
        for text in [
            "",
            "alice",
            "ftp://x",
            "http://",
            "http://u:p@x",
            "http://x:99999",
            "http+unix://",
        ] {
            assert!(text.parse::<Target>().is_err(), "{text}");
        }
    }

    #[test]
    fn reads_targets_with_tls() {
        assert_eq!(target("https://X").upstream.place, Place::Tls("X".into(), 443));
        assert_eq!(target("https://[::1]:1/y").upstream.place, Place::Tls("::1".into(), 1));
        assert_eq!(target("https://x:1/y").upstream.host(), "x:1");
        assert_ne!(
            target("https://x:1").upstream.authority,
            target("http://x:1").upstream.authority,
            "their idle connections are not the same"
        );
        assert!("https://".parse::<Target>().is_err());
    }

    #[test]
    fn its_path_comes_first() {
        assert_eq!(target("http://x:1").prefix(), "");
        assert_eq!(target("http://x:1/").prefix(), "");
        assert_eq!(target("http://x:1/deep/").prefix(), "/deep");
    }
}
