//! Providers whose people are known by their mail address: it has to be theirs.

use async_trait::async_trait;
use serde_json::{Map, Value};

use super::super::preset::{Person, Preset, Trouble, refused};

/// Google, and others who say whether an address was verified.
pub struct Mail {
    /// Only people of these domains, as the provider itself says it (`hd`): an address proves nothing.
    pub hosted_domains: Vec<String>,
    /// The name is what stands before the `@`, for these domains.
    pub strip_domain: bool,
    pub unverified: bool,
}

#[async_trait]
impl Preset for Mail {
    fn restrict(&self, person: &Person) -> Result<(), Trouble> {
        let is_theirs = person.is("email_verified") || person.is("verified_email");
        if !is_theirs && !self.unverified {
            let message = "Your mail address is not verified. Verify it where you sign in, then come back.";
            return Err(refused("unverified address", message));
        }
        let domain = person.text("hd").unwrap_or_default().to_lowercase();
        if !self.hosted_domains.is_empty() && !self.hosted_domains.contains(&domain) {
            let message = format!("Only accounts of {} come in here.", self.hosted_domains.join(", "));
            return Err(refused("hosted domain", message));
        }
        Ok(())
    }

    fn name(&self, user: &Map<String, Value>, claimed: Option<String>) -> Result<Option<String>, Trouble> {
        let Some(claimed) = claimed else { return Ok(None) };
        let hosted = user
            .get("hd")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_lowercase();
        Ok(Some(match claimed.split_once('@') {
            // Only where the domain is the one they were let in by: else two people could have one name.
            Some((name, domain))
                if self.strip_domain && domain.to_lowercase() == hosted && self.hosted_domains.contains(&hosted) =>
            {
                name.to_owned()
            }
            _ => claimed,
        }))
    }
}
