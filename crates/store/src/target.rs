//! Which database a URL means, and how it is shown to people: without its password.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::error::OpenError;
use crate::tls::{Server, Wanted};

pub(crate) enum Target {
    File(PathBuf),
    Server(Box<Server>),
}

/// Understands a path, `sqlite:///relative`, `sqlite:////absolute`, and `postgresql[+driver]://...`.
pub(crate) fn parse(url: &str) -> Result<Target, OpenError> {
    let refuse = |why: String| OpenError::Url { url: redact(url), why };
    let Some((scheme, rest)) = url.split_once("://") else {
        return file(url).map_err(refuse);
    };
    let (name, _driver) = scheme.split_once('+').unwrap_or((scheme, ""));
    match name {
        "sqlite" => file(rest.strip_prefix('/').unwrap_or(rest)).map_err(refuse),
        "postgresql" | "postgres" => server(rest)
            .map(|server| Target::Server(Box::new(server)))
            .map_err(refuse),
        other => Err(refuse(format!(
            "{other:?} is no database that this program knows: use sqlite:///file.sqlite or postgresql://user@host/name"
        ))),
    }
}

fn file(path: &str) -> Result<Target, String> {
    let path = path.split_once('?').map_or(path, |(path, _)| path);
    if path.is_empty() || path == ":memory:" {
        return Err("a database in memory would be lost with the process: name a file".to_owned());
    }
    Ok(Target::File(Path::new(path).to_owned()))
}

fn server(rest: &str) -> Result<Server, String> {
    // A '?' before the last '@' may be part of the password.
    let host = rest.rfind('@').unwrap_or(0);
    let (place, query) = match rest[host..].find('?') {
        Some(at) => (&rest[..host + at], &rest[host + at + 1..]),
        None => (rest, ""),
    };
    let (wanted, query) = Wanted::take(query)?;
    // The parser's own messages could repeat a part of the password.
    let parsed: Result<tokio_postgres::Config, _> = format!("postgresql://{place}?{query}").parse();
    let Ok(mut config) = parsed else {
        return Err(
            "it should look like postgresql://user:password@host:5432/name; '@', ':', '/' and '%' in a password \
                    are written as %40, %3A, %2F and %25"
                .to_owned(),
        );
    };
    if config.get_hosts().is_empty() {
        config.host_path("/var/run/postgresql");
    }
    if config.get_application_name().is_none() {
        config.application_name("perijove");
    }
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(Duration::from_secs(5));
    }
    wanted.server(config)
}

/// The URL without password and parameters, for people and logs.
#[must_use]
pub fn redact(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        return url.to_owned();
    };
    // An unescaped '?' or '/' may be part of the password: what is before the last '@' is not shown.
    let Some((account, rest)) = rest.rsplit_once('@') else {
        let shown = rest.split_once('?').map_or(rest, |(shown, _)| shown);
        return format!("{scheme}://{shown}");
    };
    let rest = rest.split_once('?').map_or(rest, |(shown, _)| shown);
    match account.split_once(':') {
        Some((user, _password)) => format!("{scheme}://{user}:***@{rest}"),
        None => format!("{scheme}://{account}@{rest}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(url: &str) -> String {
        match parse(url) {
            Ok(Target::File(path)) => path.display().to_string(),
            Ok(Target::Server(_)) => "a server".to_owned(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn urls_are_read_as_sqlalchemy_reads_them() {
        assert_eq!(path("jupyterhub.sqlite"), "jupyterhub.sqlite");
        assert_eq!(path("sqlite:///jupyterhub.sqlite"), "jupyterhub.sqlite");
        assert_eq!(
            path("sqlite:////srv/hub/jupyterhub.sqlite"),
            "/srv/hub/jupyterhub.sqlite"
        );
        for url in [
            "postgresql://a:b@h/d",
            "postgres://h/d",
            "postgresql+psycopg2://a@h:1/d",
            "postgresql:///d",
        ] {
            assert_eq!(path(url), "a server", "{url}");
        }
        for url in ["sqlite://", "sqlite:///:memory:", "mysql://u:p@h/d"] {
            assert!(path(url).contains("not understood"), "{url}");
        }
        assert_eq!(path("postgresql://h/d?sslmode=require&connect_timeout=3"), "a server");
    }

    #[test]
    fn no_password_is_shown() {
        let urls = [
            "postgresql://u:hunter2@h/d",
            "postgresql://u:hun/ter2@h/d",
            "postgresql://u:hun@ter2@h/d?sslmode=always",
            "mysql://u:hunter2@h/d",
            "postgresql://h/d?password=hunter2&sslmode=always",
            "postgresql://u:hunter2%zz@h:port/d",
        ];
        for url in urls {
            assert!(!path(url).contains("ter2") && !redact(url).contains("ter2"), "{url}");
        }
        assert_eq!(redact("postgresql://u:p@h/d?x=y"), "postgresql://u:***@h/d");
    }
}
