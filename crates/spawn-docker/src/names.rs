//! Names of containers and volumes as dockerspawner 14 makes them, to the byte: what it made is found again.

use perijove_model::{ServerName, UserName};

/// How names of people get into names of containers and volumes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Escape {
    /// All but `a-z` and `0-9` becomes `-` and two hexadecimal digits.
    #[default]
    Strict,
    /// As dockerspawner did it before its release 12: `A-Z` and `-` stay, the sign is `_`.
    Legacy,
}

impl Escape {
    #[must_use]
    pub fn of(self, text: &str) -> String {
        let (keeps, sign): (fn(char) -> bool, char) = match self {
            Self::Strict => (|c| c.is_ascii_lowercase() || c.is_ascii_digit(), '-'),
            Self::Legacy => (|c| c.is_ascii_alphanumeric() || c == '-', '_'),
        };
        let mut escaped = String::new();
        for c in text.chars() {
            if keeps(c) {
                escaped.push(c);
                continue;
            }
            for byte in c.encode_utf8(&mut [0; 4]).bytes() {
                escaped.push(sign);
                escaped.push_str(&match self {
                    Self::Strict => format!("{byte:x}"),
                    Self::Legacy => format!("{byte:X}"),
                });
            }
        }
        escaped
    }
}

/// What may stand in braces in a template.
pub(crate) const VARIABLES: [&str; 7] = [
    "username",
    "safe_username",
    "raw_username",
    "servername",
    "raw_servername",
    "imagename",
    "prefix",
];

/// What templates are filled with.
pub(crate) struct Names<'a> {
    pub escape: Escape,
    pub prefix: &'a str,
    pub user: &'a UserName,
    pub server: &'a ServerName,
    pub image: &'a str,
}

impl Names<'_> {
    fn value(&self, variable: &str) -> Option<String> {
        Some(match variable {
            "username" | "safe_username" => self.escape.of(self.user.as_str()),
            "raw_username" => self.user.to_string(),
            "servername" => self.escape.of(&self.server.as_str().to_lowercase()),
            "raw_servername" => self.server.as_str().to_owned(),
            "imagename" => self.image.replace(['/', ':'], "-"),
            "prefix" => self.prefix.to_owned(),
            _ => return None,
        })
    }

    /// By the rules of Python's `str.format`, as far as they can be used with these variables; nothing if the text
    /// breaks them.
    #[must_use]
    pub fn fill(&self, template: &str) -> Option<String> {
        fill(template, &|variable| self.value(variable))
    }

    /// As [`Self::fill`], and what is no template stays as it is: not every text with a brace is meant as one.
    #[must_use]
    pub fn fill_or_keep(&self, text: &str) -> String {
        self.fill(text).unwrap_or_else(|| text.to_owned())
    }

    /// The container's name.
    #[must_use]
    pub fn container(&self, template: Option<&str>) -> String {
        let usual = match self.server.as_str() {
            "" => "{prefix}-{username}",
            _ => "{prefix}-{username}--{servername}",
        };
        // An image with a digest has one, and no container's name may.
        self.fill_or_keep(template.unwrap_or(usual)).replace('@', "-")
    }
}

fn fill(template: &str, value: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    let (mut filled, mut rest) = (String::new(), template);
    while let Some(at) = rest.find(['{', '}']) {
        let (before, from) = rest.split_at(at);
        filled.push_str(before);
        if let Some(after) = from.strip_prefix("{{").or_else(|| from.strip_prefix("}}")) {
            filled.push_str(&from[..1]);
            rest = after;
        } else {
            let (variable, after) = from.strip_prefix('{')?.split_once('}')?;
            filled.push_str(&value(variable)?);
            rest = after;
        }
    }
    filled.push_str(rest);
    Some(filled)
}

/// What is wrong with a template, if anything is.
pub(crate) fn mistake(template: &str) -> Option<String> {
    let known = |variable: &str| VARIABLES.contains(&variable).then(String::new);
    fill(template, &known).is_none().then(|| {
        format!(
            "{template:?} is no template: `{{{}}}` can be filled in",
            VARIABLES.join("}`, `{")
        )
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    /// What dockerspawner 14.0.0 makes of names that are hard to escape; `scripts/oracle/docker_names.py` writes it.
    const ORACLE: &str = include_str!("../tests/names.json");

    #[test]
    fn names_are_those_of_dockerspawner() {
        let cases: Vec<Value> = serde_json::from_str(ORACLE).unwrap();
        assert!(cases.len() > 150);
        for case in cases {
            let text = |key: &str| case[key].as_str().unwrap().to_owned();
            let user = UserName::try_from(text("user").as_str()).unwrap();
            let server = ServerName::existing(&text("server")).unwrap();
            let image = text("image");
            for (escape, key) in [(Escape::Strict, "names"), (Escape::Legacy, "legacy")] {
                let names = Names {
                    escape,
                    prefix: "jupyter",
                    user: &user,
                    server: &server,
                    image: &image,
                };
                assert_eq!(names.container(None), case[key]["usual"].as_str().unwrap());
                for (template, filled) in case[key]["templates"].as_object().unwrap() {
                    assert_eq!(names.fill_or_keep(template), filled.as_str().unwrap(), "{template}");
                }
            }
        }
    }

    #[test]
    fn mistakes_in_templates_are_told() {
        assert_eq!(mistake("jupyter-{username}--{servername}"), None);
        for wrong in ["{user}", "{", "a}", "{}", "{username!r}"] {
            assert!(mistake(wrong).is_some(), "{wrong}");
        }
    }

    proptest! {
        /// Two people never share a container or a volume.
        #[test]
        fn nobody_shares_a_name(one in ".{1,12}", two in ".{1,12}") {
            prop_assert_eq!(one == two, Escape::Strict.of(&one) == Escape::Strict.of(&two));
            let strict = Escape::Strict.of(&one);
            prop_assert!(strict.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'));
        }
    }
}
