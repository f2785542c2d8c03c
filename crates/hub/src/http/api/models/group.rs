//! The model of a group, made for a page of them at once.

use std::collections::HashMap;

use perijove_model::scopes::{NoGroups, Resource, Scope, ScopeSet};
use perijove_store::groups::{self, Group};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::Hub;
use crate::http::error::Result;

/// A group. Fields that the caller's scopes don't allow are left out.
#[derive(Debug, Serialize, ToSchema)]
pub struct GroupModel {
    /// `group`
    kind: &'static str,
    name: String,
    /// The names of its members.
    #[serde(skip_serializing_if = "Option::is_none")]
    users: Option<Vec<String>>,
    /// Whatever somebody wants to keep with the group.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    properties: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    roles: Option<Vec<String>>,
}

/// What these scopes let see of a group; `None` if nothing.
pub async fn group(hub: &Hub, scopes: &ScopeSet, group: &Group) -> Result<Option<GroupModel>> {
    let models = groups(hub, scopes, std::slice::from_ref(group)).await?;
    Ok(models.into_iter().next())
}

/// The same for several; those of which nothing may be seen are left out.
pub async fn groups(hub: &Hub, scopes: &ScopeSet, groups: &[Group]) -> Result<Vec<GroupModel>> {
    let ids: Vec<i64> = groups.iter().map(|group| group.id).collect();
    let (mut members, mut roles) = (HashMap::new(), HashMap::new());
    if scopes.holds(Scope::ReadGroups) {
        members = by_group(groups::members(&hub.store, &ids).await?);
    }
    if scopes.holds(Scope::ReadRolesGroups) {
        roles = by_group(groups::roles(&hub.store, &ids).await?);
    }
    let model = |group: &Group| {
        let may = |scope| scopes.has(scope, Resource::Group(&group.name), &NoGroups).is_granted();
        let (all, with_roles) = (may(Scope::ReadGroups), may(Scope::ReadRolesGroups));
        (all || with_roles || may(Scope::ReadGroupsName)).then(|| GroupModel {
            kind: "group",
            name: group.name.clone(),
            users: all.then(|| members.remove(&group.id).unwrap_or_default()),
            properties: all.then(|| group.properties.clone()),
            roles: with_roles.then(|| roles.remove(&group.id).unwrap_or_default()),
        })
    };
    Ok(groups.iter().filter_map(model).collect())
}

fn by_group(pairs: Vec<(i64, String)>) -> HashMap<i64, Vec<String>> {
    let mut lists: HashMap<i64, Vec<String>> = HashMap::new();
    for (id, name) in pairs {
        lists.entry(id).or_default().push(name);
    }
    lists
}
