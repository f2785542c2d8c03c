//! Which passwords people may choose: long enough, hard to guess, and not made of what everybody knows about them.

use perijove_model::Secret;
use zxcvbn::matching::patterns::MatchPattern;
use zxcvbn::zxcvbn;

use crate::password::MAX_LENGTH;

/// What is asked of a new password.
#[derive(Debug, Clone)]
pub struct PasswordRules {
    /// In characters.
    pub min_length: usize,
    /// From 0 (anything) to 4, as zxcvbn counts.
    pub min_score: u8,
    /// Whether passwords that many people use are refused.
    pub refuse_common: bool,
    /// Words that are no secret: what the hub is called.
    pub known_words: Vec<String>,
}

impl Default for PasswordRules {
    fn default() -> Self {
        Self {
            min_length: 10,
            min_score: 3,
            refuse_common: true,
            known_words: vec!["perijove".into(), "jupyterhub".into()],
        }
    }
}

/// zxcvbn's work grows with the square of the length, and nothing that long is guessed.
const ESTIMATED: usize = 64;
/// What must be left of a password without the names that are in it.
const LEAST_BESIDE_NAMES: usize = 6;

impl PasswordRules {
    /// What is wrong with a password, as a sentence. `about` is what others know of the person: name, mail address. Takes
    /// a millisecond or so of work.
    pub fn check(&self, password: &Secret, about: &[&str]) -> Result<(), String> {
        let password = password.expose();
        let length = password.chars().count();
        if length < self.min_length {
            return Err(format!(
                "The password has {length} characters. It needs {} or more.",
                self.min_length
            ));
        }
        if password.len() > MAX_LENGTH {
            return Err(format!(
                "The password is too long: {MAX_LENGTH} bytes are enough for everybody."
            ));
        }
        let known = self.known_words.iter().map(String::as_str).chain(about.iter().copied());
        let known: Vec<String> = known.flat_map(words).collect();
        let mut rest = password.to_lowercase();
        for word in known.iter().filter(|word| word.chars().count() >= 3) {
            rest = rest.replace(word.as_str(), "");
        }
        if rest.len() < password.len() && rest.chars().count() < LEAST_BESIDE_NAMES {
            return Err("The password is little more than a name that others know. Choose another.".into());
        }
        self.estimate(password, &known)
    }

    fn estimate(&self, password: &str, known: &[String]) -> Result<(), String> {
        let start: String = password.chars().take(ESTIMATED).collect();
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        let entropy = zxcvbn(&start, &known);
        if self.refuse_common && is_common(&entropy) {
            return Err(
                "Many people use this password: it is among the first that anybody tries. Choose another.".into(),
            );
        }
        if u8::from(entropy.score()) < self.min_score {
            return Err("This password is easy to guess. A few unrelated words make a good one.".into());
        }
        Ok(())
    }
}

/// Whether the whole of it stands in the list of common passwords, perhaps with letters made digits.
fn is_common(entropy: &zxcvbn::Entropy) -> bool {
    matches!(entropy.sequence(), [only] if matches!(&only.pattern, MatchPattern::Dictionary(_)))
        && entropy.guesses() < 1_000_000
}

/// A name, and its parts: `ada.lovelace@example.org`, `ada`, `lovelace`, `example`.
fn words(name: &str) -> Vec<String> {
    let name = name.to_lowercase();
    let parts = name.split(|c: char| !c.is_alphanumeric()).filter(|part| part.len() > 2);
    let mut all: Vec<String> = parts.map(str::to_owned).collect();
    all.insert(0, name);
    all.retain(|word| !word.is_empty());
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(password: &str) -> Result<(), String> {
        PasswordRules::default().check(&Secret::new(password), &["ada.lovelace", "ada@example.org"])
    }

    #[test]
    fn good_passwords_are_taken() {
        for good in [
            "a good long password",
            "correct horse battery staple",
            "ada likes purple umbrellas",
            "x9$Kq2!mZp7w",
            "ein ümständliches Paßwort",
            &"correct horse battery staple, and an umbrella for the purple sky ".repeat(15),
        ] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
    }

    #[test]
    fn bad_passwords_are_named() {
        for (bad, words) in [
            ("short", "has 5 characters"),
            ("", "has 0 characters"),
            (&"x".repeat(1025), "too long"),
            ("1234567890", "Many people"),
            ("aaaaaaaaaaaaaaaa", "easy to guess"),
            ("Ada.Lovelace1", "a name that others know"),
            ("lovelace-2026", "a name that others know"),
            ("Perijove2026", "a name that others know"),
            ("abcdefghijkl", "easy to guess"),
        ] {
            let why = check(bad).unwrap_err();
            assert!(why.contains(words), "{bad}: {why}");
            assert!(bad.is_empty() || !why.contains(bad), "no password comes back");
        }
    }

    #[test]
    fn a_site_decides() {
        let lax = PasswordRules {
            min_length: 1,
            min_score: 0,
            refuse_common: false,
            known_words: Vec::new(),
        };
        assert_eq!(lax.check(&Secret::new("1"), &["ada"]), Ok(()));
        let common = PasswordRules {
            refuse_common: true,
            ..lax
        };
        assert!(common.check(&Secret::new("password"), &[]).is_err());
        assert!(common.check(&Secret::new("p4ssw0rd"), &[]).is_err());
    }
}
