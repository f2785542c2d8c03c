//! The home directory of a person.

use perijove_model::{UserName, escape};

use crate::homes::{self, TRASH};
use crate::{Home, SpawnError};

/// Makes it if it is new. One that is missing is told, and never made anew. Blocks.
pub(super) fn make(home: &Home) -> Result<(), SpawnError> {
    homes::make(home).map_err(|error| homes::refusal(home.id, error))
}

/// Where the home of somebody new is, by the configured template.
pub(super) fn place(template: &str, user: &UserName) -> String {
    template.replace("{username}", &component(user.as_str()))
}

/// One component of a path. Names of people are harmless as they are, whatever quotes and blanks they have: nothing
/// here goes through a shell. Should one that is not ever come this way, it is escaped.
fn component(name: &str) -> String {
    let harmless = !name.contains(['/', '\0']) && name.chars().any(|c| c != '.') && name != TRASH;
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
        for name in ["..", ".", "", "a/../../b", "a\0b", TRASH] {
            let safe = component(name);
            assert!(!safe.contains(['/', '\0']) && safe.starts_with('%'), "{safe}");
        }
    }
}
