//! GitLab: members of groups, and those who develop a project.

use async_trait::async_trait;
use http::StatusCode;
use serde_json::Value;
use url::Url;

use super::super::claims;
use super::super::preset::{Asks, Person, Preset, Trouble, below};

/// GitLab's number for a developer.
const DEVELOPER: i64 = 30;

pub struct GitLab {
    pub api: Url,
    pub groups: Vec<String>,
    pub projects: Vec<String>,
}

#[async_trait]
impl Preset for GitLab {
    async fn complete(&self, person: &mut Person, asks: &Asks<'_>) -> Result<(), Trouble> {
        let user = Value::Object(person.user.clone());
        let Some(id) = claims::word(&user, "id").or_else(|| claims::word(&user, "sub")) else {
            return Ok(());
        };
        let groups = self.groups.iter().map(|group| ("groups", group, 1));
        let projects = self.projects.iter().map(|project| ("projects", project, DEVELOPER));
        for (kind, place, least) in groups.chain(projects) {
            if person.allowed {
                break;
            }
            // "all": also those who are members by a group above.
            let url = below(&self.api, &[kind, place, "members", "all", &id]);
            let reply = asks.get(&url).await?;
            // Any other answer says nothing of a membership.
            person.allowed = reply.status == StatusCode::OK && level(&reply.json()?) >= least;
        }
        Ok(())
    }
}

fn level(member: &Value) -> i64 {
    let active = member
        .get("state")
        .and_then(Value::as_str)
        .is_none_or(|state| state == "active");
    match active {
        true => member.get("access_level").and_then(Value::as_i64).unwrap_or(0),
        false => 0,
    }
}
