//! The secrets that are made at the first start and kept in files of the data directory.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;

use anyhow::Result;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use perijove_config::Config;
use perijove_model::{Rng, Secret};

use crate::problem::Problem;

const EDGE_TOKEN: &str = "edge-auth-token";
/// A key of fewer bytes can be tried out.
const SHORTEST: usize = 16;
/// Bytes of randomness in each of them.
const LENGTH: usize = 32;

/// The data directory, made for this account alone if it is not there.
pub fn make_data_dir(config: &Config) -> Result<()> {
    let dir = &config.hub.data_dir;
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(dir)
        .map_err(|error| {
            Problem::new(format!("the data directory {} can't be made", dir.display()))
                .because(error)
                .try_this("set `data_dir` in [hub] to a directory that this account may write to")
                .into()
        })
}

/// The key that signs cookies: from the configuration, or from its file.
pub fn cookie_secret(config: &Config, rng: &dyn Rng) -> Result<Vec<u8>> {
    if let Some(secret) = &config.hub.cookie_secret {
        let text = secret.expose().trim();
        let key = hex::decode(text).unwrap_or_else(|_| text.as_bytes().to_vec());
        if key.len() < SHORTEST {
            return Err(Problem::new(format!("the cookie secret has {} bytes: anybody could guess it", key.len()))
                .try_this(format!(
                    "set `cookie_secret` in [hub] to {SHORTEST} bytes or more (`openssl rand -hex 32` makes a good one), or \
                     leave it out"
                ))
                .of_usage()
                .into());
        }
        return Ok(key);
    }
    let file = config.hub.cookie_secret_file();
    let text = read_or_make(&file, rng)?;
    if let Ok(bytes) = hex::decode(&text) {
        return Ok(bytes);
    }
    // As JupyterHub wrote it long ago; lines of Python's encoder are broken after 76 letters.
    let joined: String = text.split_whitespace().collect();
    match STANDARD.decode(joined) {
        Ok(bytes) if !bytes.is_empty() => {
            tracing::warn!(file = %file.display(), "the cookie secret is in an old format (base64), which is still read");
            Ok(bytes)
        }
        _ => Err(Problem::new(format!("the cookie secret in {} makes no sense", file.display()))
            .try_this("it is 64 hexadecimal digits; remove the file and a new one is made (everybody has to sign in again)")
            .into()),
    }
}

/// The secret that the hub and the edge share.
pub fn edge_token(config: &Config, rng: &dyn Rng) -> Result<Secret> {
    match &config.edge.auth_token {
        Some(token) => Ok(token.clone()),
        None => read_or_make(&config.hub.data_dir.join(EDGE_TOKEN), rng).map(Secret::new),
    }
}

/// The edge's token if there is one: nothing is made.
pub fn known_edge_token(config: &Config) -> Result<Option<Secret>> {
    match &config.edge.auth_token {
        Some(token) => Ok(Some(token.clone())),
        None => Ok(read(&config.hub.data_dir.join(EDGE_TOKEN))?.map(Secret::new)),
    }
}

fn read_or_make(file: &Path, rng: &dyn Rng) -> Result<String> {
    for _ in 0..2 {
        if let Some(text) = read(file)? {
            return Ok(text);
        }
        make(file, rng).map_err(|error| {
            Problem::new(format!("the secret file {} can't be written", file.display())).because(error)
        })?;
    }
    Err(Problem::new(format!("the secret file {} is empty", file.display()))
        .try_this("remove it, and a new one is made")
        .into())
}

fn read(file: &Path) -> Result<Option<String>> {
    let text = match fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => {
            let problem = Problem::new(format!("the secret file {} can't be read", file.display()));
            return Err(problem.because(error).into());
        }
    };
    let open_to = fs::metadata(file).map_or(0, |found| found.permissions().mode() & 0o007);
    if open_to != 0 {
        return Err(Problem::new(format!(
            "the secret file {} is open to everybody on this machine",
            file.display()
        ))
        .try_this(format!(
            "close it with `chmod 600 {0}`; if others may have seen it, remove it and a new one is made",
            file.display()
        ))
        .into());
    }
    let text = text.trim();
    match text.is_empty() {
        true => Err(Problem::new(format!("the secret file {} is empty", file.display()))
            .try_this("remove it, and a new one is made")
            .into()),
        false => Ok(Some(text.to_owned())),
    }
}

/// Two processes may do this at the same time: the file appears whole, and the first one's stays.
fn make(file: &Path, rng: &dyn Rng) -> io::Result<()> {
    let own = file.with_extension(rng.hex(4));
    let mut handle = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&own)?;
    let written = handle
        .write_all(format!("{}\n", rng.hex(LENGTH)).as_bytes())
        .and_then(|()| handle.sync_all());
    let linked = written.and_then(|()| match fs::hard_link(&own, file) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        linked => linked,
    });
    fs::remove_file(&own)?;
    linked
}

#[cfg(test)]
mod tests {
    use perijove_model::SeededRng;

    use super::*;

    fn config(dir: &Path) -> Config {
        let mut config = Config::default();
        config.hub.data_dir = dir.to_owned();
        config
    }

    #[test]
    fn a_secret_is_made_once_and_for_this_account_only() {
        let dir = tempfile::tempdir().unwrap();
        let config = config(dir.path());
        let first = cookie_secret(&config, &SeededRng::new(1)).unwrap();
        assert_eq!(first.len(), LENGTH);
        assert_eq!(cookie_secret(&config, &SeededRng::new(2)).unwrap(), first);
        let mode = fs::metadata(config.hub.cookie_secret_file())
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1, "nothing else is left");
    }

    #[test]
    fn a_key_that_can_be_guessed_is_refused() {
        let mut config = config(Path::new("/nowhere"));
        for (text, good) in [
            ("ab".repeat(16), true),
            ("ab".to_owned(), false),
            (" ".to_owned(), false),
        ] {
            config.hub.cookie_secret = Some(Secret::new(text));
            assert_eq!(cookie_secret(&config, &SeededRng::new(1)).is_ok(), good);
        }
    }

    #[test]
    fn a_secret_that_everybody_can_read_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let config = config(dir.path());
        let file = config.hub.cookie_secret_file();
        fs::write(&file, "ab".repeat(32)).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
        let error = cookie_secret(&config, &SeededRng::new(1)).unwrap_err();
        assert!(error.to_string().contains("open to everybody"), "{error}");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
        assert_eq!(cookie_secret(&config, &SeededRng::new(1)).unwrap(), vec![0xab; 32]);
    }

    #[test]
    fn old_formats_are_read_and_nonsense_is_not() {
        let dir = tempfile::tempdir().unwrap();
        let config = config(dir.path());
        let file = config.hub.cookie_secret_file();
        let write = |text: &str| {
            fs::write(&file, text).unwrap();
            fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
            cookie_secret(&config, &SeededRng::new(1))
        };
        assert_eq!(write(&STANDARD.encode([7; 32])).unwrap(), vec![7; 32]);
        assert!(write("").is_err());
        assert!(write("not a secret!").is_err());
    }
}
