//! The environment of a managed service, as the contract has it. The runner adds the token, PATH and what goes with a
//! system account.

use std::collections::BTreeMap;

use perijove_config::{Config, Service};
use perijove_model::names::service_path;
use serde_json::json;

/// All but what the runner adds.
#[must_use]
pub fn environment(config: &Config, service: &Service, client_id: Option<&str>) -> BTreeMap<String, String> {
    let base = config.hub.base_url.as_str();
    let name = &service.name;
    let path = service_path(base, name);
    let public = config.hub.public_url.as_ref().map(origin).unwrap_or_default();
    let below_public = |path: &str| match public.as_str() {
        "" => String::new(),
        origin => format!("{origin}{path}"),
    };
    let access = json!(["access:services", format!("access:services!service={name}")]).to_string();
    let own_path = |path: String| if service.url.is_some() { path } else { String::new() };
    let mut env: BTreeMap<String, String> = [
        (
            "JUPYTERHUB_CLIENT_ID",
            client_id.map_or_else(|| format!("service-{name}"), str::to_owned),
        ),
        ("JUPYTERHUB_COOKIE_HOST_PREFIX_ENABLED", "0".to_owned()),
        ("JUPYTERHUB_HOST", public.clone()),
        // Without an address of its own just so, as JupyterHub has it.
        (
            "JUPYTERHUB_OAUTH_CALLBACK_URL",
            format!("{}oauth_callback", own_path(path.clone())),
        ),
        ("JUPYTERHUB_OAUTH_ACCESS_SCOPES", access.clone()),
        ("JUPYTERHUB_OAUTH_SCOPES", access),
        ("JUPYTERHUB_OAUTH_CLIENT_ALLOWED_SCOPES", "[]".to_owned()),
        ("JUPYTERHUB_USER", service.user.clone().unwrap_or_default()),
        ("JUPYTERHUB_SERVER_NAME", String::new()),
        (
            "JUPYTERHUB_API_URL",
            format!("{}{base}hub/api", origin(&config.hub.connect_url())),
        ),
        ("JUPYTERHUB_BASE_URL", base.to_owned()),
        ("JUPYTERHUB_PUBLIC_URL", own_path(below_public(&path))),
        ("JUPYTERHUB_PUBLIC_HUB_URL", below_public(&format!("{base}hub/"))),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into();
    env.extend(service.environment.clone());
    // Who it is and where people find it is not for it to choose.
    env.insert("JUPYTERHUB_SERVICE_NAME".into(), name.clone());
    if let Some(url) = &service.url {
        env.insert("JUPYTERHUB_SERVICE_URL".into(), super::spec::text(url));
        env.insert("JUPYTERHUB_SERVICE_PREFIX".into(), path);
    }
    env
}

fn origin(url: &url::Url) -> String {
    url.origin().ascii_serialization()
}
