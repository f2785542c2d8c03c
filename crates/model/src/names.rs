//! Names of people and of their servers: parsed once at the border, trusted behind it.

use std::fmt;

use percent_encoding::percent_decode_str;
use serde::Serialize;
use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization;
use unicode_properties::{GeneralCategory, GeneralCategoryGroup, UnicodeGeneralCategory};

/// Long enough for any directory's names, short enough for a log line and the database's column.
pub const MAX_NAME: usize = 255;

/// Why a name is refused; the text is for the person who typed it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    #[error("a name can't be empty")]
    Empty,
    #[error("a name can't be longer than {MAX_NAME} bytes")]
    TooLong,
    #[error("a name can't contain '/'")]
    Slash,
    #[error("a name can't consist of dots only")]
    Dots,
    #[error("a name can't begin or end with a space")]
    OuterSpace,
    #[error("a name can't contain control characters")]
    Control,
    #[error("a service's name can't contain percent escapes")]
    Escaped,
    #[error(
        "a server's name has 1 to 30 of a-z, 0-9 and '-', begins with a letter, and neither ends with '-' nor has '--'"
    )]
    NotASlug,
}

/// A person's name: lower-case, one path segment.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct UserName(String);

impl UserName {
    /// Lower-cases what a person typed and checks it.
    pub fn normalise(typed: &str) -> Result<Self, NameError> {
        if typed.len() > MAX_NAME {
            return Err(NameError::TooLong);
        }
        Self::try_from(typed.to_lowercase())
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for UserName {
    type Error = NameError;

    fn try_from(name: String) -> Result<Self, NameError> {
        check(&name)?;
        // "%2e%2e" and "a%2fb" would be dots and slashes to whoever decodes once more.
        let decoded = percent_decode_str(&name).decode_utf8_lossy();
        if name.contains('/') || decoded.contains('/') {
            return Err(NameError::Slash);
        }
        if decoded.chars().all(|c| c == '.') {
            return Err(NameError::Dots);
        }
        Ok(Self(name))
    }
}

impl TryFrom<&str> for UserName {
    type Error = NameError;

    fn try_from(name: &str) -> Result<Self, NameError> {
        Self::try_from(name.to_owned())
    }
}

impl fmt::Display for UserName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A server's name: empty for the default server, else a slug.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct ServerName(String);

impl ServerName {
    /// The name of a server that exists already, perhaps from before the slug rule.
    pub fn existing(name: &str) -> Result<Self, NameError> {
        if name.len() > MAX_NAME {
            return Err(NameError::TooLong);
        }
        if name.contains('/') {
            return Err(NameError::Slash);
        }
        Ok(Self(name.to_owned()))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    #[must_use]
    pub fn is_default(&self) -> bool {
        self.0.is_empty()
    }
}

impl TryFrom<&str> for ServerName {
    type Error = NameError;

    fn try_from(name: &str) -> Result<Self, NameError> {
        if name.is_empty() || is_slug(name) {
            Ok(Self(name.to_owned()))
        } else {
            Err(NameError::NotASlug)
        }
    }
}

impl fmt::Display for ServerName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Refuses what can't be the name of a group. It may have slashes: the groups of many directories do.
pub fn check_group_name(name: &str) -> Result<(), NameError> {
    check(name)?;
    if name.chars().all(|c| c == '.') {
        return Err(NameError::Dots);
    }
    Ok(())
}

/// Refuses what can't be the name of a service, which is a part of its address.
pub fn check_service_name(name: &str) -> Result<(), NameError> {
    check_group_name(name)?;
    if name.contains('/') {
        return Err(NameError::Slash);
    }
    if percent_decode_str(name).decode_utf8_lossy() != name {
        return Err(NameError::Escaped);
    }
    Ok(())
}

/// What holds for every name.
fn check(name: &str) -> Result<(), NameError> {
    if name.is_empty() {
        return Err(NameError::Empty);
    }
    if name.len() > MAX_NAME {
        return Err(NameError::TooLong);
    }
    if name.trim() != name {
        return Err(NameError::OuterSpace);
    }
    if name.chars().any(char::is_control) {
        return Err(NameError::Control);
    }
    Ok(())
}

/// `/services/NAME/` below the base URL, which ends in a slash.
#[must_use]
pub fn service_path(base_url: &str, service: &str) -> String {
    format!("{base_url}services/{}/", crate::escape::segment(service))
}

/// `/user/NAME/[SERVER/]` below the base URL, which ends in a slash.
#[must_use]
pub fn server_path(base_url: &str, user: &str, server: &str) -> String {
    let user = crate::escape::segment(user);
    match server {
        "" => format!("{base_url}user/{user}/"),
        server => format!("{base_url}user/{user}/{}/", crate::escape::segment(server)),
    }
}

/// The id of a server's OAuth client.
#[must_use]
pub fn oauth_client_id(user: &str, server: &str) -> String {
    let user = crate::escape::component(user).replace("%2F", "/");
    match server {
        "" => format!("jupyterhub-user-{user}"),
        server => format!(
            "jupyterhub-user-{user}-{}",
            crate::escape::component(server).replace("%2F", "/")
        ),
    }
}

/// What a person calls a server, in its normal form (NFC): 1 to 255 printable characters and single inner spaces.
#[must_use]
pub fn display_name(typed: &str) -> Option<String> {
    if typed.len() > 4 * MAX_NAME {
        return None;
    }
    let name: String = typed.nfc().collect();
    let spaced = name.starts_with(' ') || name.ends_with(' ') || name.contains("  ");
    let fits = (1..=MAX_NAME).contains(&name.chars().count());
    (fits && !spaced && name.chars().all(|c| c == ' ' || is_printable(c))).then_some(name)
}

/// A letter, mark, number, sign or symbol: nothing that turns the text round it, hides, or means nothing.
fn is_printable(c: char) -> bool {
    use GeneralCategoryGroup::{Letter, Mark, Number, Punctuation, Symbol};
    matches!(
        c.general_category_group(),
        Letter | Mark | Number | Punctuation | Symbol
    )
}

fn is_slug(name: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    name.len() <= 30
        && name.bytes().all(allowed)
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && !name.ends_with('-')
        && !name.contains("--")
}

/// A slug for any text: itself if it is one without dashes, else cleaned and made unique by a hash.
#[must_use]
pub fn safe_slug(text: &str) -> String {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    if (1..=30).contains(&text.len()) && text.chars().all(plain) && text.starts_with(|c: char| c.is_ascii_lowercase()) {
        return text.to_owned();
    }
    let mut slug = String::new();
    for c in text
        .nfkd()
        .filter(|c| c.general_category() != GeneralCategory::NonspacingMark)
        .flat_map(char::to_lowercase)
    {
        if plain(c) {
            slug.push(c);
        } else if !slug.ends_with('-') {
            slug.push('-');
        }
    }
    let mut slug = slug.trim_matches('-').to_owned();
    if !slug.starts_with(|c: char| c.is_ascii_lowercase()) {
        slug.insert_str(0, "x-");
    }
    slug.truncate(21);
    let hash = hex::encode(Sha256::digest(text));
    format!("{}-{}", slug.trim_end_matches('-'), &hash[..8])
}

/// Text as a slug that anybody can guess: without accents, lower-case, a dash for all else. Empty if nothing is left.
#[must_use]
pub fn plain_slug(text: &str) -> String {
    let mut slug = String::new();
    for c in text
        .nfkd()
        .filter(|c| c.general_category() != GeneralCategory::NonspacingMark)
        .flat_map(char::to_lowercase)
    {
        if c.is_ascii_lowercase() || c.is_ascii_digit() {
            slug.push(c);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.truncate(63);
    slug.trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_services_are_parts_of_addresses() {
        for good in ["grader", "cull_idle", "a b", "prüfung", "50%"] {
            assert_eq!(check_service_name(good), Ok(()), "{good:?}");
        }
        for bad in [
            ".",
            "",
            "a/b",
            "..",
            "%2e",
            "%2E%2E",
            ".%2e",
            " space ",
            "a\nb",
            &"x".repeat(256),
        ] {
            assert!(check_service_name(bad).is_err(), "{bad:?}");
        }
        assert_eq!(check_group_name("staff/it"), Ok(()));
        assert!(check_group_name("..").is_err() && check_group_name("").is_err());
    }

    #[test]
    fn user_names_follow_the_contract() {
        assert_eq!(UserName::normalise("ALICE").map(|n| n.to_string()), Ok("alice".into()));
        for (name, why) in [
            ("", NameError::Empty),
            ("a/b", NameError::Slash),
            ("a%2fb", NameError::Slash),
            ("..", NameError::Dots),
            ("%2e%2E", NameError::Dots),
            (" a", NameError::OuterSpace),
            ("a\nb", NameError::Control),
        ] {
            assert_eq!(UserName::try_from(name), Err(why), "{name:?}");
        }
        assert_eq!(UserName::normalise(&"x".repeat(1 << 20)), Err(NameError::TooLong));
        assert!(UserName::try_from("jürgen o'neill@example.org").is_ok());
    }

    #[test]
    fn server_names_are_slugs() {
        for good in ["", "a", "gpu-2", "x1"] {
            assert!(ServerName::try_from(good).is_ok(), "{good:?}");
        }
        for bad in ["A", "1a", "a-", "a--b", "a_b", "a/b", &"a".repeat(31)] {
            assert_eq!(ServerName::try_from(bad), Err(NameError::NotASlug), "{bad:?}");
        }
    }

    #[test]
    fn plain_slugs_can_be_guessed() {
        for (text, slug) in [
            ("Large", "large"),
            ("uv Lab - 2 CPU / 4GB", "uv-lab-2-cpu-4gb"),
            ("  Größe: \u{e9}norme!  ", "gro-e-enorme"),
            ("\u{6f22}\u{5b57}", ""),
        ] {
            assert_eq!(plain_slug(text), slug, "{text:?}");
        }
    }

    /// Hundreds of texts, with what JupyterHub 6.1.1's `safe_slug` and `is_valid_display_name` make of each.
    #[test]
    fn slugs_and_display_names_are_jupyterhubs() {
        let table = include_str!("../tests/slugs.txt");
        let mut seen = 0;
        for line in table.lines().filter(|line| !line.starts_with('#')) {
            let mut columns = line.split('\t');
            let mut next = || columns.next().unwrap();
            let points = next().split(' ').map(|point| u32::from_str_radix(point, 16).unwrap());
            let text: String = points.map(|point| char::from_u32(point).unwrap()).collect();
            assert_eq!(safe_slug(&text), next(), "{text:?}");
            assert_eq!(is_slug(&text), next() == "slug", "{text:?}");
            assert_eq!(display_name(&text).is_some(), next() == "shown", "{text:?}");
            seen += 1;
        }
        assert!(seen > 400, "{seen}");
    }

    #[test]
    fn any_text_becomes_a_slug() {
        assert_eq!(safe_slug("work"), "work");
        for text in ["My Server", "Ünïcode", "1 a", "--", "x".repeat(99).as_str()] {
            assert!(is_slug(&safe_slug(text)), "{text:?} -> {}", safe_slug(text));
        }
        assert_ne!(safe_slug("A b"), safe_slug("a b"));
    }
}
