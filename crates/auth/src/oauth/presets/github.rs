//! GitHub: organisations, teams, and mail addresses that are not public.

use async_trait::async_trait;
use http::{HeaderMap, StatusCode, header};
use serde_json::{Value, json};
use url::Url;

use super::super::preset::{Asks, Person, Preset, Trouble, below};
use super::pages;

pub struct GitHub {
    pub api: Url,
    /// `organisation` or `organisation:team`.
    pub organizations: Vec<String>,
    pub teams: bool,
}

#[async_trait]
impl Preset for GitHub {
    async fn complete(&self, person: &mut Person, asks: &Asks<'_>) -> Result<(), Trouble> {
        // As GitHub has it, whatever they are called here.
        let login = person.text("login").unwrap_or_default().to_owned();
        for wanted in &self.organizations {
            if person.allowed {
                break;
            }
            person.allowed =
                !login.is_empty() && asks.get(&self.member(wanted, &login)).await?.status == StatusCode::NO_CONTENT;
        }
        let may_read_mail = asks.scope.iter().any(|scope| scope == "user" || scope == "user:email");
        if may_read_mail && person.text("email").is_none() {
            self.mail(person, asks).await?;
        }
        if self.teams {
            self.teams(person, asks).await?;
        }
        Ok(())
    }
}

impl GitHub {
    fn member(&self, wanted: &str, login: &str) -> Url {
        match wanted.split_once(':') {
            Some((organization, team)) => below(&self.api, &["orgs", organization, "teams", team, "members", login]),
            None => below(&self.api, &["orgs", wanted, "members", login]),
        }
    }

    async fn mail(&self, person: &mut Person, asks: &Asks<'_>) -> Result<(), Trouble> {
        let reply = asks.get(&below(&self.api, &["user", "emails"])).await?;
        if !reply.status.is_success() {
            return Ok(());
        }
        let addresses = reply.json()?;
        let is_true = |address: &Value, name: &str| address.get(name) == Some(&Value::Bool(true));
        let mut own = addresses.as_array().into_iter().flatten();
        let own = own.find(|address| is_true(address, "primary") && is_true(address, "verified"));
        if let Some(address) = own.and_then(|address| address.get("email")) {
            person.user.insert("email".to_owned(), address.clone());
        }
        Ok(())
    }

    /// Groups by the names of teams, `organisation:team`.
    async fn teams(&self, person: &mut Person, asks: &Asks<'_>) -> Result<(), Trouble> {
        let mut url = below(&self.api, &["user", "teams"]);
        url.query_pairs_mut().append_pair("per_page", "100");
        let teams = pages(asks, url, Value::as_array, |headers, _| linked(headers)).await?;
        let name = |team: &Value| {
            let organization = team.get("organization")?.get("login")?.as_str()?;
            Some(format!("{organization}:{}", team.get("slug")?.as_str()?))
        };
        if person.groups.is_none() {
            person.groups = Some(teams.iter().filter_map(name).collect());
        }
        person.more.insert("teams".to_owned(), json!(teams));
        Ok(())
    }
}

/// The address of the next page, in the header `Link`.
fn linked(headers: &HeaderMap) -> Option<String> {
    let links = headers.get(header::LINK)?.to_str().ok()?;
    let next = links.split(',').find(|link| link.contains("rel=\"next\""))?;
    let (_, rest) = next.split_once('<')?;
    Some(rest.split_once('>')?.0.to_owned())
}
