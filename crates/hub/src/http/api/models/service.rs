//! The model of a service.

use std::collections::HashMap;

use perijove_model::scopes::{NoGroups, Resource, Scope, ScopeSet};
use perijove_store::services::{self, Service};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::Hub;
use crate::http::error::Result;
use crate::services::path;

/// A service. Fields that the caller's scopes don't allow are left out.
#[derive(Debug, Serialize, ToSchema)]
pub struct ServiceModel {
    /// `service`
    kind: &'static str,
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    admin: Option<bool>,
    /// Where it listens; empty if nobody is sent there.
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    /// The path at which people find it; empty if it has no URL.
    #[serde(skip_serializing_if = "Option::is_none")]
    prefix: Option<String>,
    /// What the hub runs; empty for a service that others run.
    #[serde(skip_serializing_if = "Option::is_none")]
    command: Option<Vec<String>>,
    /// Its process, if the hub runs it; else 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pid: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    info: Option<Value>,
    /// Whether pages list it.
    #[serde(skip_serializing_if = "Option::is_none")]
    display: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    roles: Option<Vec<String>>,
}

/// What these scopes let see of a service; `None` if nothing.
pub async fn service(hub: &Hub, scopes: &ScopeSet, service: &Service) -> Result<Option<ServiceModel>> {
    let models = services(hub, scopes, std::slice::from_ref(service)).await?;
    Ok(models.into_iter().next())
}

/// The same for several; those of which nothing may be seen are left out.
pub async fn services(hub: &Hub, scopes: &ScopeSet, services: &[Service]) -> Result<Vec<ServiceModel>> {
    let mut roles: HashMap<i64, Vec<String>> = HashMap::new();
    if scopes.holds(Scope::ReadRolesServices) {
        for (id, role) in services::roles(&hub.store).await? {
            roles.entry(id).or_default().push(role);
        }
    }
    let model = |service: &Service| {
        let resource = Resource::Service(&service.name);
        let may = |scope| scopes.has(scope, resource, &NoGroups).is_granted();
        let (all, with_roles) = (may(Scope::ReadServices), may(Scope::ReadRolesServices));
        (all || with_roles || may(Scope::ReadServicesName)).then(|| ServiceModel {
            kind: "service",
            name: service.name.clone(),
            admin: Some(service.admin),
            url: all.then(|| service.url.clone().unwrap_or_default()),
            prefix: all.then(|| {
                service
                    .url
                    .as_ref()
                    .map(|_| path(hub, &service.name))
                    .unwrap_or_default()
            }),
            command: all.then(|| service.command.clone()),
            pid: all.then(|| service.pid.unwrap_or(0)),
            info: all.then(|| service.info.clone()),
            display: all.then_some(service.display),
            roles: with_roles.then(|| roles.remove(&service.id).unwrap_or_default()),
        })
    };
    Ok(services.iter().filter_map(model).collect())
}
