//! The home directory of a person.

use std::fs::DirBuilder;
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::PathBuf;

use perijove_model::{UserName, escape};

use super::blocking;
use crate::SpawnError;

/// Makes it if it is missing, for nobody else to look into.
pub(super) async fn make(place: &str) -> Result<PathBuf, SpawnError> {
    let home = PathBuf::from(place);
    let made = home.clone();
    let make = move || DirBuilder::new().recursive(true).mode(0o700).create(made);
    blocking(make).await.map_err(|error| {
        let message = "Your home directory can't be made. An administrator finds it in the hub's log, and can make it, \
                       or let the hub's account write to the directory above it.";
        SpawnError::caused(
            message,
            io::Error::new(error.kind(), format!("{}: {error}", home.display())),
        )
    })?;
    Ok(home)
}

/// Where the home of somebody new is, by the configured template.
pub(super) fn place(template: &str, user: &UserName) -> String {
    template.replace("{username}", &component(user.as_str()))
}

/// One component of a path. Names of people are harmless as they are, whatever quotes and blanks they have: nothing
/// here goes through a shell. Should one that is not ever come this way, it is escaped.
fn component(name: &str) -> String {
    let harmless = !name.contains(['/', '\0']) && name.chars().any(|c| c != '.');
    if harmless {
        name.to_owned()
    } else {
        format!("%{}", escape::component(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_component() {
        for name in ["jürgen o'neill", "$(id)", "-rf", "a;b", ".ssh"] {
            assert_eq!(component(name), name);
        }
        for name in ["..", ".", "", "a/../../b", "a\0b"] {
            let safe = component(name);
            assert!(!safe.contains(['/', '\0']) && safe.starts_with('%'), "{safe}");
        }
    }
}
