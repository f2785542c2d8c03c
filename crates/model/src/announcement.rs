//! What the hub tells people on top of its pages: how loudly, and whom.

use serde::{Deserialize, Serialize};

/// How loudly.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    #[default]
    Info,
    Warning,
    /// Nobody can put it aside.
    Urgent,
}

impl Level {
    pub const ALL: [Self; 3] = [Self::Info, Self::Warning, Self::Urgent];

    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Urgent => "urgent",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.as_str() == text)
    }
}

/// Whom.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Audience {
    #[default]
    Everybody,
    SignedIn,
    /// Whoever looks at the page on which one signs in.
    SignInPage,
    /// Whoever is in one of some groups.
    Groups,
}

impl Audience {
    pub const ALL: [Self; 4] = [Self::Everybody, Self::SignedIn, Self::SignInPage, Self::Groups];

    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Everybody => "everybody",
            Self::SignedIn => "signed-in",
            Self::SignInPage => "sign-in-page",
            Self::Groups => "groups",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|audience| audience.as_str() == text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_as_they_are_written() {
        for level in Level::ALL {
            assert_eq!(Level::parse(level.as_str()), Some(level));
        }
        for audience in Audience::ALL {
            assert_eq!(Audience::parse(audience.as_str()), Some(audience));
        }
        assert_eq!(Audience::parse("all"), None);
    }
}
