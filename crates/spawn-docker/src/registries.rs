//! Who may fetch from registries that ask for it, from a file as `docker login` writes it.

use std::collections::BTreeMap;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bollard::auth::DockerCredentials;
use serde_json::Value;

/// How the file calls the registry that images without one come from.
const USUAL: &str = "https://index.docker.io/v1/";

/// What can't be read from it, or is asked of a program that the hub does not call. Never what stands in it.
#[derive(Debug, thiserror::Error)]
pub enum Unusable {
    #[error("it can't be read: {0}")]
    Unreadable(std::io::Error),
    #[error("it is not what `docker login` writes")]
    Nonsense,
    #[error("it leaves passwords to a program (`{0}`), which the hub does not call: write them under `auths`")]
    Program(String),
}

/// The registries of the file, by their names.
pub(crate) async fn read(path: &Path) -> Result<BTreeMap<String, DockerCredentials>, Unusable> {
    let text = tokio::fs::read(path).await.map_err(Unusable::Unreadable)?;
    parse(&text)
}

fn parse(text: &[u8]) -> Result<BTreeMap<String, DockerCredentials>, Unusable> {
    let file: Value = serde_json::from_slice(text).map_err(|_| Unusable::Nonsense)?;
    let mut known = BTreeMap::new();
    for (registry, entry) in file["auths"].as_object().into_iter().flatten() {
        let credentials = credentials(registry, entry).ok_or(Unusable::Nonsense)?;
        if let Some(credentials) = credentials {
            known.insert(name(registry).to_owned(), credentials);
        }
    }
    for key in ["credsStore", "credHelpers"] {
        let program = &file[key];
        let asked = program.as_str().map(str::to_owned);
        let asked = asked.or_else(|| program.as_object()?.values().next()?.as_str().map(str::to_owned));
        if let Some(program) = asked.filter(|_| known.is_empty()) {
            return Err(Unusable::Program(program));
        }
    }
    Ok(known)
}

/// An empty entry is what stands beside a program that has the password.
fn credentials(registry: &str, entry: &Value) -> Option<Option<DockerCredentials>> {
    let text = |key: &str| entry[key].as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    let pair = match text("auth") {
        Some(encoded) => {
            let plain = String::from_utf8(STANDARD.decode(encoded).ok()?).ok()?;
            let (name, password) = plain.split_once(':')?;
            Some((name.to_owned(), password.trim_end_matches('\0').to_owned()))
        }
        None => text("username").zip(text("password")),
    };
    let token = text("identitytoken");
    if pair.is_none() && token.is_none() {
        return Some(None);
    }
    let (username, password) = pair.unzip();
    Some(Some(DockerCredentials {
        username,
        password: password.filter(|_| token.is_none()),
        identitytoken: token,
        serveraddress: Some(registry.to_owned()),
        ..DockerCredentials::default()
    }))
}

/// `https://registry.example.org/v2/` is `registry.example.org`; the usual one stays as it is.
fn name(registry: &str) -> &str {
    if registry == USUAL {
        return registry;
    }
    let without = registry.split_once("://").map_or(registry, |(_, rest)| rest);
    without.split('/').next().unwrap_or(without)
}

/// The registry that an image comes from.
pub(crate) fn of_image(image: &str) -> &str {
    match image.split_once('/') {
        Some(("docker.io", _)) => USUAL,
        Some((first, _)) if first.contains(['.', ':']) || first == "localhost" => first,
        _ => USUAL,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_know_where_they_come_from() {
        for (image, registry) in [
            ("jupyter/base:1", USUAL),
            ("python", USUAL),
            ("docker.io/library/python", USUAL),
            ("quay.io/jupyter/base@sha256:00", "quay.io"),
            ("localhost/x", "localhost"),
            ("10.0.0.1:5000/x:1", "10.0.0.1:5000"),
        ] {
            assert_eq!(of_image(image), registry, "{image}");
        }
    }

    #[test]
    fn a_file_is_read_as_docker_writes_it() {
        let file = format!(
            r#"{{"auths": {{"https://index.docker.io/v1/": {{"auth": "{}"}}, "https://quay.io/v2/": {{"identitytoken": "t", "auth": "{}"}},
                "plain.example.org": {{"username": "u", "password": "p"}}, "empty.example.org": {{}}}}, "credsStore": "pass"}}"#,
            STANDARD.encode("ada:a:b"),
            STANDARD.encode("<token>:"),
        );
        let known = parse(file.as_bytes()).unwrap();
        assert_eq!(
            known.keys().collect::<Vec<_>>(),
            [USUAL, "plain.example.org", "quay.io"]
        );
        assert_eq!(known[USUAL].username.as_deref(), Some("ada"));
        assert_eq!(known[USUAL].password.as_deref(), Some("a:b"));
        assert_eq!(known["quay.io"].identitytoken.as_deref(), Some("t"));
        assert_eq!(known["plain.example.org"].password.as_deref(), Some("p"));
    }

    #[test]
    fn what_is_wrong_is_told_without_what_stands_in_it() {
        let told = |text: &str| parse(text.as_bytes()).unwrap_err().to_string();
        assert!(told(r#"{"auths": {"x": {"auth": "c2VjcmV0"}}}"#).starts_with("it is not what"));
        assert!(told("secret").starts_with("it is not what"));
        assert!(told(r#"{"credHelpers": {"quay.io": "pass"}}"#).contains("(`pass`)"));
    }
}
