//! Bitbucket: members of workspaces, which were called teams.

use async_trait::async_trait;
use serde_json::{Value, json};
use url::Url;

use super::super::preset::{Asks, Person, Preset, Trouble, below};
use super::pages;

pub struct Bitbucket {
    pub api: Url,
    pub workspaces: Vec<String>,
}

#[async_trait]
impl Preset for Bitbucket {
    async fn complete(&self, person: &mut Person, asks: &Asks<'_>) -> Result<(), Trouble> {
        if self.workspaces.is_empty() {
            return Ok(());
        }
        let mut url = below(&self.api, &["workspaces"]);
        url.query_pairs_mut().append_pair("role", "member");
        let next = |page: &Value| page.get("next").and_then(Value::as_str).map(str::to_owned);
        let found = pages(
            asks,
            url,
            |page| page.get("values").and_then(Value::as_array),
            |_, page| next(page),
        )
        .await?;
        let text = |workspace: &Value, name: &str| workspace.get(name).and_then(Value::as_str).map(str::to_owned);
        // By the name that is for good; names that people see are anybody's choice.
        let own: Vec<String> = found.iter().filter_map(|workspace| text(workspace, "slug")).collect();
        person.allowed = own.iter().any(|slug| self.workspaces.contains(slug));
        person.more.insert("user_teams".to_owned(), json!(own));
        if person.groups.is_none() {
            person.groups = Some(own);
        }
        Ok(())
    }
}
