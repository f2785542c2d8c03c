//! CILogon: many identity providers, each with rules of its own. Whose word it is counts, never what an address looks like.

use async_trait::async_trait;
use serde_json::{Map, Value};

use super::super::preset::{Person, Preset, Trouble, refused};

pub struct CiLogon {
    pub providers: Vec<IdentityProvider>,
}

/// What holds for people of one identity provider.
#[derive(Debug, Clone, Default)]
pub struct IdentityProvider {
    pub entity: String,
    pub username_claim: String,
    /// Cut off from names.
    pub strip_domain: Option<String>,
    /// Put before names, with a colon.
    pub prefix: Option<String>,
    pub allow_all: bool,
    /// With `*` and `?`.
    pub allowed_domains: Vec<String>,
    pub allowed_domains_claim: Option<String>,
}

impl CiLogon {
    fn of(&self, user: &Map<String, Value>) -> Result<&IdentityProvider, Trouble> {
        let entity = user.get("idp").and_then(Value::as_str).unwrap_or_default();
        self.providers.iter().find(|one| one.entity == entity).ok_or_else(|| {
            refused(
                "identity provider",
                "People of that institution do not sign in here. Choose another one, or ask an administrator.",
            )
        })
    }
}

#[async_trait]
impl Preset for CiLogon {
    fn restrict(&self, person: &Person) -> Result<(), Trouble> {
        self.of(&person.user).map(|_| ())
    }

    fn name(&self, user: &Map<String, Value>, _: Option<String>) -> Result<Option<String>, Trouble> {
        let provider = self.of(user)?;
        let Some(claimed) = text(user, &provider.username_claim) else {
            return Ok(None);
        };
        let name = match (&provider.strip_domain, &provider.prefix) {
            (Some(domain), _) => match claimed.rsplit_once('@') {
                Some((name, own)) if own.eq_ignore_ascii_case(domain) => name.to_owned(),
                _ => claimed.to_owned(),
            },
            (None, Some(prefix)) => format!("{prefix}:{claimed}"),
            (None, None) => claimed.to_owned(),
        };
        Ok(Some(name))
    }

    async fn complete(&self, person: &mut Person, _: &super::super::preset::Asks<'_>) -> Result<(), Trouble> {
        let provider = self.of(&person.user)?;
        let claim = provider
            .allowed_domains_claim
            .as_ref()
            .unwrap_or(&provider.username_claim);
        let whole = text(&person.user, claim).unwrap_or_default();
        let domain = whole.rsplit('@').next().unwrap_or_default().to_lowercase();
        let is_allowed = provider
            .allowed_domains
            .iter()
            .any(|wanted| is_like(&domain, &wanted.to_lowercase()));
        person.allowed = provider.allow_all || is_allowed;
        Ok(())
    }
}

fn text<'a>(user: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    user.get(name).and_then(Value::as_str).filter(|text| !text.is_empty())
}

/// `*` stands for any letters, `?` for one.
fn is_like(text: &str, pattern: &str) -> bool {
    let Some((before, after)) = pattern.split_once('*') else {
        let same = |(own, wanted): (char, char)| wanted == '?' || own == wanted;
        return text.chars().count() == pattern.chars().count() && text.chars().zip(pattern.chars()).all(same);
    };
    let count = before.chars().count();
    let head: String = text.chars().take(count).collect();
    let rest: Vec<char> = text.chars().skip(count).collect();
    let tails = (0..=rest.len()).map(|i| rest.iter().skip(i).collect::<String>());
    is_like(&head, before) && tails.into_iter().any(|tail| is_like(&tail, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domains_by_pattern() {
        for (domain, pattern, fits) in [
            ("example.org", "example.org", true),
            ("example.org.evil.com", "example.org", false),
            ("cs.example.org", "*.example.org", true),
            ("example.org", "*.example.org", false),
            ("evil-example.org", "*.example.org", false),
            ("a1.edu", "a?.edu", true),
            ("a.b.c", "*.*.c", true),
        ] {
            assert_eq!(is_like(domain, pattern), fits, "{domain} {pattern}");
        }
    }
}
