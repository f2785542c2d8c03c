//! Loads a file as if it were `perijove.toml` in `/etc/perijove`.

use std::io;
use std::path::Path;

use perijove_config::{Config, ConfigErrors, load};

pub(crate) fn read(text: &str, env: &[(&str, &str)]) -> Result<Config, ConfigErrors> {
    let env = |name: &str| {
        env.iter()
            .find(|(key, _)| *key == name)
            .map(|(_, value)| (*value).to_owned())
    };
    let files = |path: &Path| match path.to_str() {
        Some("/etc/perijove/token") => Ok("from-a-file\n".to_owned()),
        _ => Err(io::Error::from(io::ErrorKind::NotFound)),
    };
    load(Some((Path::new("/etc/perijove/perijove.toml"), text)), &env, &files)
}
