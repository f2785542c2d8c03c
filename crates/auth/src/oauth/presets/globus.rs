//! Globus: the name before the `@`, one identity provider, groups by their ids, tokens for several services.

use async_trait::async_trait;
use serde_json::{Map, Value, json};
use url::Url;

use super::super::preset::{Asks, Person, Preset, Trouble, refused};
use crate::web::Proof;

const GROUPS: &str = "groups.api.globus.org";
const KEPT: [&str; 6] = [
    "expires_in",
    "resource_server",
    "scope",
    "token_type",
    "refresh_token",
    "access_token",
];

pub struct Globus {
    /// Only people of this domain.
    pub identity_provider: Option<String>,
    pub username_claim: String,
    pub groups_url: Url,
    /// Services whose tokens are not kept.
    pub exclude_tokens: Vec<String>,
}

#[async_trait]
impl Preset for Globus {
    fn restrict(&self, person: &Person) -> Result<(), Trouble> {
        let Some(wanted) = &self.identity_provider else {
            return Ok(());
        };
        let whole = person.text(&self.username_claim).unwrap_or_default();
        match whole.split_once('@') {
            Some((_, domain)) if domain.eq_ignore_ascii_case(wanted) => Ok(()),
            _ => Err(refused(
                "identity provider",
                format!(
                    "Only accounts of {wanted} come in here. Link yours at app.globus.org/account, and sign in with it."
                ),
            )),
        }
    }

    fn name(&self, _: &Map<String, Value>, claimed: Option<String>) -> Result<Option<String>, Trouble> {
        Ok(claimed.and_then(|whole| whole.split('@').next().map(str::to_owned)))
    }

    async fn complete(&self, person: &mut Person, asks: &Asks<'_>) -> Result<(), Trouble> {
        let others = asks.tokens.get("other_tokens").and_then(Value::as_array);
        let all: Vec<&Value> = others.into_iter().flatten().chain([asks.tokens]).collect();
        let server = |token: &Value| token.get("resource_server").and_then(Value::as_str).map(str::to_owned);
        let of_groups = all.iter().find(|token| server(token).as_deref() == Some(GROUPS));
        let of_groups = of_groups
            .and_then(|token| token.get("access_token"))
            .and_then(Value::as_str);
        if let Some(token) = of_groups {
            let groups = asks.web.get(&self.groups_url, Proof::Bearer(token)).await?.good()?;
            let id = |group: &Value| Some(group.get("id")?.as_str()?.to_owned());
            let ids: Vec<String> = groups.as_array().into_iter().flatten().filter_map(id).collect();
            person.more.insert("globus_groups".to_owned(), json!(ids));
            person.groups = Some(ids);
        }
        let kept = all.iter().filter_map(|token| {
            let server = server(token).filter(|server| !self.exclude_tokens.contains(server))?;
            let fields = KEPT
                .iter()
                .map(|&name| (name.to_owned(), token.get(name).cloned().unwrap_or_default()));
            Some((server, Value::Object(fields.collect())))
        });
        person.more.insert("tokens".to_owned(), Value::Object(kept.collect()));
        Ok(())
    }

    fn tokens(&self, state: &Value) -> Vec<String> {
        let services = state.get("tokens").and_then(Value::as_object);
        let both =
            |token: &Value| ["refresh_token", "access_token"].map(|name| token.get(name)?.as_str().map(str::to_owned));
        services
            .into_iter()
            .flat_map(|services| services.values())
            .flat_map(both)
            .flatten()
            .collect()
    }
}
