//! Extensions of JupyterLab that were tried with our environments, and which go with which.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::definition::pinned;
use crate::error::Kind;
use crate::{Choices, Definition, Error};

const LIST: &str = include_str!("../../../environments/extensions.toml");

/// One of the list.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Extension {
    pub name: String,
    /// As package indexes know it.
    pub package: String,
    pub version: String,
    /// The versions of JupyterLab that its front end is made for.
    pub jupyterlab: String,
    /// The names of its parts in the page.
    pub labextensions: Vec<String>,
    /// Packages that come with it.
    #[serde(default)]
    pub with: Vec<String>,
    /// Extensions that it can't be together with, by name.
    #[serde(default)]
    pub conflicts: Vec<String>,
    pub about: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    extension: Vec<Extension>,
}

/// How an extension and an environment stand to each other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase", tag = "state", content = "why")]
pub enum Standing {
    /// The definition has it.
    Included,
    /// It was added.
    Installed,
    /// It can be added.
    Available,
    /// It can't, and why.
    Incompatible(String),
}

/// An extension as an environment has it.
#[derive(Debug, Clone)]
pub struct Offer {
    pub extension: &'static Extension,
    pub standing: Standing,
    /// Whether the page shows it.
    pub enabled: bool,
}

/// The whole list, by name.
#[must_use]
pub fn all() -> &'static [Extension] {
    #[expect(
        clippy::expect_used,
        reason = "the list is a part of the program, and a test reads it"
    )]
    static ALL: LazyLock<Vec<Extension>> = LazyLock::new(|| {
        toml::from_str::<List>(LIST)
            .expect("the list of extensions is right")
            .extension
    });
    &ALL
}

pub(crate) fn named(name: &str) -> Result<&'static Extension, Error> {
    all().iter().find(|extension| extension.name == name).ok_or_else(|| {
        let shown: String = name.chars().take(60).collect();
        Error::new(format!("there is no extension '{shown}' in the list"))
            .of(Kind::Unknown)
            .hint("`perijove extensions list` shows it; other packages go into a definition of the site's own")
    })
}

/// The list, as it is for this environment.
#[must_use]
pub fn offers(definition: &Definition, choices: &Choices) -> Vec<Offer> {
    let packages = definition.packages();
    let pins: BTreeMap<&str, &str> = packages.iter().filter_map(|line| pinned(line)).collect();
    let off = choices.off(definition);
    let stands = |extension: &Extension| {
        if pins.contains_key(extension.package.as_str()) {
            return Standing::Included;
        }
        if choices.installed.contains_key(&extension.name) {
            return Standing::Installed;
        }
        why_not(extension, &pins, choices).map_or(Standing::Available, Standing::Incompatible)
    };
    all()
        .iter()
        .map(|extension| {
            let standing = stands(extension);
            let there = matches!(standing, Standing::Included | Standing::Installed);
            let shown = !extension.labextensions.iter().any(|name| off.contains(name));
            Offer {
                extension,
                standing,
                enabled: there && shown,
            }
        })
        .collect()
}

fn why_not(extension: &Extension, pins: &BTreeMap<&str, &str>, choices: &Choices) -> Option<String> {
    if let Some(lab) = pins.get("jupyterlab").filter(|lab| !fits(lab, &extension.jupyterlab)) {
        return Some(format!(
            "it is made for JupyterLab {}, and this has {lab}",
            extension.jupyterlab
        ));
    }
    let there =
        |other: &Extension| pins.contains_key(other.package.as_str()) || choices.installed.contains_key(&other.name);
    let opposed = |other: &&Extension| {
        there(other) && (extension.conflicts.contains(&other.name) || other.conflicts.contains(&extension.name))
    };
    all()
        .iter()
        .find(opposed)
        .map(|other| format!("it does not go together with {}", other.name))
}

/// Whether a version is within a range such as `>=4.1,<5`.
fn fits(version: &str, range: &str) -> bool {
    let wanted = numbers(version);
    range.split(',').map(str::trim).all(|part| {
        let split = part.find(|c: char| c.is_ascii_digit()).unwrap_or(part.len());
        let (sign, bound) = part.split_at(split);
        let bound = numbers(bound);
        match sign.trim() {
            ">=" => wanted >= bound,
            ">" => wanted > bound,
            "<=" => wanted <= bound,
            "<" => wanted < bound,
            "==" => wanted == bound,
            _ => false,
        }
    })
}

/// Without zeros at the end: 4 and 4.0 are the same.
fn numbers(version: &str) -> Vec<u32> {
    let mut found: Vec<u32> = version.split('.').map_while(|part| part.parse().ok()).collect();
    while found.last() == Some(&0) {
        found.pop();
    }
    found
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::definition;

    #[test]
    fn ranges_are_read_as_package_indexes_mean_them() {
        for (version, range, is_in) in [
            ("4.6.6", ">=4,<5", true),
            ("4.6.6", ">=4,<4.6", false),
            ("4.10.0", ">=4.6", true),
            ("4.0.0", ">=4", true),
            ("5.0", ">=4,<5", false),
            ("4.6", "~=4", false),
        ] {
            assert_eq!(fits(version, range), is_in, "{version} in {range}");
        }
    }

    /// The matrix: what a locked environment has is the version that the list says was tried, and nothing in it is
    /// known not to work unless it is switched off there.
    #[test]
    fn the_list_and_the_locks_agree() {
        let names: Vec<_> = all().iter().map(|extension| extension.name.as_str()).collect();
        assert!(
            names.is_sorted() && names.iter().collect::<BTreeSet<_>>().len() == names.len(),
            "{names:?}"
        );
        for definition in definition::all(None).unwrap().values() {
            let packages = definition.packages();
            let pins: BTreeMap<_, _> = packages.iter().filter_map(|line| pinned(line)).collect();
            for extension in all() {
                let Some(locked) = pins.get(extension.package.as_str()) else {
                    continue;
                };
                let what = format!("{} in {}", extension.name, definition.name);
                assert_eq!(*locked, extension.version, "{what}");
                let off = |name: &String| definition.disabled.contains(name);
                let works = fits(pins["jupyterlab"], &extension.jupyterlab);
                assert!(
                    works || extension.labextensions.iter().all(off),
                    "{what} does not work and is on"
                );
            }
        }
        for extension in all() {
            assert!(!extension.about.is_empty() && definition::is_name(&extension.name));
            extension
                .conflicts
                .iter()
                .for_each(|other| assert!(named(other).is_ok()));
        }
    }

    #[test]
    fn an_environment_is_told_what_goes_with_it() {
        let definitions = definition::all(None).unwrap();
        let of = |environment: &str, choices: &Choices, name: &str| {
            let offers = offers(&definitions[environment], choices);
            offers.into_iter().find(|offer| offer.extension.name == name).unwrap()
        };
        let mut choices = Choices::default();
        assert_eq!(of("lab", &choices, "git").standing, Standing::Available);
        let jupysql = of("lab", &choices, "jupysql").standing;
        assert!(
            matches!(&jupysql, Standing::Incompatible(why) if why.contains("4.6.6")),
            "{jupysql:?}"
        );
        let there = of("datascience", &choices, "jupysql");
        assert!(
            there.standing == Standing::Included && !there.enabled,
            "its front end throws"
        );
        choices.installed.insert("git".into(), "jupyterlab-git==0.55.0".into());
        choices.disabled.insert("@jupyterlab/git".into());
        let git = of("lab", &choices, "git");
        assert!(git.standing == Standing::Installed && !git.enabled);
    }
}
