//! What the settings mean for our configuration.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use perijove_config::{Access, Config, DatabaseUrl, OneOrMany};
use perijove_model::scopes::Catalog;
use perijove_model::scopes::CustomScope;
use perijove_model::{Secret, UserName};
use serde_json::{Map, Value};

use crate::options::Options;
use crate::settings::Settings;

/// The configuration that JupyterHub's `MockHub` has, changed by what a test asks for.
pub fn config(options: &Options, settings: &Settings, dir: &Path, hub: SocketAddr) -> Config {
    let mut config = Config::default();
    config.hub.listen = hub;
    config.hub.base_url = options.base_url.as_str().try_into().expect("a base URL");
    config.hub.data_dir = dir.to_owned();
    config.hub.database =
        DatabaseUrl::try_from(options.database.to_string_lossy().as_ref()).expect("a path of a database");
    config.hub.slow_spawn_timeout = Duration::from_secs(30);
    config.hub.crypt_keys = match settings.crypt_keys.as_slice() {
        [] => options.crypt_keys.iter().map(Secret::new).collect(),
        keys => keys.iter().map(Secret::new).collect(),
    };
    config.edge.listen = OneOrMany(vec![SocketAddr::from(([127, 0, 0, 1], options.port))]);
    config.access = Access {
        allow_all: true,
        admin_users: BTreeSet::from([UserName::try_from("admin").expect("a name")]),
        ..Access::default()
    };
    if let Some(pattern) = settings.authenticator("username_pattern").and_then(Value::as_str)
        && !pattern.is_empty()
    {
        config.access.username_pattern = Some(pattern.try_into().expect("a pattern"));
    }
    config.access.manage_groups = settings.authenticator_class() == Some("MockGroupsAuthenticator");
    config.access.manage_roles = settings.authenticator_class() == Some("MockRolesAuthenticator");
    config.access.auto_login = settings.authenticator("auto_login") == Some(&Value::Bool(true));
    for (name, value) in settings.settings.iter().chain(&settings.app) {
        if !setting(&mut config, name, value) {
            tracing::warn!(name, %value, "a setting that this hub doesn't have");
        }
    }
    spawner(&mut config, settings);
    config
}

/// One of JupyterHub's settings by its name; false if there is none like it.
fn setting(config: &mut Config, name: &str, value: &Value) -> bool {
    let seconds = || Duration::from_secs_f64(value.as_f64().unwrap_or_default());
    let number = || u32::try_from(value.as_u64().unwrap_or_default()).unwrap_or(u32::MAX);
    let truth = || value.as_bool().unwrap_or_default();
    let text = || value.as_str().unwrap_or_default().to_owned();
    let hub = &mut config.hub;
    match name {
        "slow_spawn_timeout" => hub.slow_spawn_timeout = seconds(),
        "slow_stop_timeout" => hub.slow_stop_timeout = seconds(),
        "token_expires_in_max_seconds" => hub.token_expires_in_max = seconds(),
        "allow_named_servers" => hub.allow_named_servers = truth(),
        "named_server_limit_per_user" if value.is_object() => {
            let limit = |who: &str| u32::try_from(value[who].as_u64().unwrap_or_default()).unwrap_or(u32::MAX);
            hub.named_server_limit_per_user = limit("user");
            hub.named_server_limit_for_admins = Some(limit("admin"));
        }
        "named_server_limit_per_user" => hub.named_server_limit_per_user = number(),
        "allow_invalid_named_server_start" => hub.allow_invalid_named_server_start = truth(),
        "default_server_name" => hub.default_server_name = text(),
        "implicit_spawn_seconds" => hub.implicit_spawn_seconds = seconds(),
        "shutdown_on_logout" => hub.shutdown_on_logout = truth(),
        "use_legacy_stopped_server_status_code" => hub.use_legacy_stopped_server_status_code = truth(),
        "template_vars" => hub.template_vars = value.as_object().cloned().unwrap_or_default(),
        "active_server_limit" => hub.active_server_limit = number(),
        "concurrent_spawn_limit" => hub.concurrent_spawn_limit = number(),
        "api_page_default_limit" => hub.api_page_default_limit = number(),
        "api_page_max_limit" => hub.api_page_max_limit = number(),
        "default_url" => hub.default_url = text(),
        "redirect_to_server" => hub.redirect_to_server = truth(),
        // Read elsewhere.
        "authenticator" => {}
        _ => return false,
    }
    true
}

/// The form of the spawner that asks: to the letter, since a test looks for it on the page.
const OPTIONS_FORM: &str = "\n        <input aria-label=\"energy\" name=\"energy\" type=\"text\" value=\"\"/>\n    ";

fn spawner(config: &mut Config, settings: &Settings) {
    let spawner = &mut config.spawner;
    match settings.spawner.as_deref() {
        Some("FormSpawner") => OPTIONS_FORM.clone_into(&mut spawner.options_form),
        Some("NeverSpawner") => spawner.start_timeout = Duration::from_secs(1),
        Some("InstrumentedSpawner") => spawner.default_url = "/tree".to_owned(),
        _ => {}
    }
    // What a test says of one server holds for all: no test has two of them at a time.
    let servers = settings.servers.values().flat_map(|servers| servers.values());
    for (name, value) in servers.chain([&settings.spawner_config]).flatten() {
        let texts = || serde_json::from_value(value.clone()).unwrap_or_default();
        match name.as_str() {
            "oauth_client_allowed_scopes" => spawner.oauth_client_allowed_scopes = texts(),
            "server_token_scopes" => spawner.server_token_scopes = texts(),
            "start_timeout" => spawner.start_timeout = Duration::from_secs_f64(value.as_f64().unwrap_or(60.0)),
            "http_timeout" => spawner.http_timeout = Duration::from_secs_f64(value.as_f64().unwrap_or(30.0)),
            _ => {}
        }
    }
}

/// The scopes of a test besides the built-in ones.
pub fn catalog(settings: &Settings) -> Catalog {
    let scopes: Vec<CustomScope> = settings
        .custom_scopes
        .iter()
        .map(|(name, scope)| CustomScope {
            name: name.clone(),
            description: scope.description.clone(),
            subscopes: scope.subscopes.clone(),
        })
        .collect();
    Catalog::with_custom(&scopes).unwrap_or_else(|error| {
        tracing::error!(%error, "the test's scopes can't be used");
        Catalog::default()
    })
}

/// One server's attributes, whether a test has said them of it or of all.
pub fn attributes(settings: &Settings, user: &str, server: &str) -> Map<String, Value> {
    let mut all = settings.spawner_config.clone();
    all.extend(settings.server(user, server).cloned().unwrap_or_default());
    all
}
