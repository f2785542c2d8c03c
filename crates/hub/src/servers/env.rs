//! The environment of a single-user server, as the contract has it. The backend adds what depends on where the server
//! runs: `JUPYTERHUB_SERVICE_URL`, HOME, USER, PATH and the token.

use std::collections::BTreeMap;

use perijove_auth::oauth::claims::at;
use perijove_config::Config;
use perijove_model::Plan;
use perijove_model::escape::segment;
use perijove_model::names::{oauth_client_id, server_path};
use serde_json::{Value, json};

/// All but what the backend adds. `client_id`: if it is not the usual one.
#[must_use]
pub fn environment(
    config: &Config,
    plan: &Plan,
    user: &str,
    server: &str,
    client_id: Option<&str>,
) -> BTreeMap<String, String> {
    let base = config.hub.base_url.as_str();
    let path = server_path(base, user, server);
    let api = format!("{}{base}hub/api", origin(&config.hub.connect_url()));
    let public = config.hub.public_url.as_ref().map(origin).unwrap_or_default();
    let below_public = |path: &str| match public.as_str() {
        "" => String::new(),
        origin => format!("{origin}{path}"),
    };
    let access = json!([
        format!("access:servers!server={user}/{server}"),
        format!("access:servers!user={user}"),
    ])
    .to_string();
    let (spawner, limits) = (&config.spawner, &plan.limits);
    let default_url = plan.default_url.as_ref().unwrap_or(&spawner.default_url);

    let mut env: BTreeMap<String, String> = [
        (
            "JUPYTERHUB_CLIENT_ID",
            client_id.map_or_else(|| oauth_client_id(user, server), str::to_owned),
        ),
        ("JUPYTERHUB_COOKIE_HOST_PREFIX_ENABLED", "0".to_owned()),
        ("JUPYTERHUB_HOST", public.clone()),
        ("JUPYTERHUB_OAUTH_CALLBACK_URL", format!("{path}oauth_callback")),
        ("JUPYTERHUB_OAUTH_ACCESS_SCOPES", access.clone()),
        ("JUPYTERHUB_OAUTH_SCOPES", access),
        (
            "JUPYTERHUB_OAUTH_CLIENT_ALLOWED_SCOPES",
            json!(spawner.oauth_client_allowed_scopes).to_string(),
        ),
        ("JUPYTERHUB_USER", user.to_owned()),
        ("JUPYTERHUB_SERVER_NAME", server.to_owned()),
        (
            "JUPYTERHUB_ACTIVITY_URL",
            format!("{api}/users/{}/activity", segment(user)),
        ),
        ("JUPYTERHUB_API_URL", api),
        ("JUPYTERHUB_BASE_URL", base.to_owned()),
        ("JUPYTERHUB_PUBLIC_URL", below_public(&path)),
        ("JUPYTERHUB_PUBLIC_HUB_URL", below_public(&format!("{base}hub/"))),
        ("JUPYTERHUB_SERVICE_PREFIX", path),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into();
    let optional = [
        ("MEM_LIMIT", limits.memory.map(|bytes| bytes.to_string())),
        ("MEM_GUARANTEE", limits.memory_guarantee.map(|bytes| bytes.to_string())),
        ("CPU_LIMIT", limits.cpu().map(python_float)),
        ("CPU_GUARANTEE", limits.cpu_guarantee().map(python_float)),
        ("JUPYTERHUB_ROOT_DIR", filled(&spawner.notebook_dir, user)),
        ("JUPYTERHUB_DEFAULT_URL", filled(default_url, user)),
    ];
    env.extend(
        optional
            .into_iter()
            .filter_map(|(name, value)| Some((name.to_owned(), value?))),
    );
    // Last, so that whoever runs the hub has the last word.
    env.extend(spawner.environment.clone());
    env.extend(plan.env.clone());
    env
}

/// Variables from what sign-in keeps of somebody. What is neither a text nor a number is JSON.
#[must_use]
pub fn of_sign_in(wanted: &BTreeMap<String, String>, state: &Value) -> BTreeMap<String, String> {
    let text = |found: Vec<&Value>| match found.as_slice() {
        [] | [Value::Null] => None,
        [Value::String(text)] => Some(text.clone()),
        [one] => Some(one.to_string()),
        several => Some(json!(several).to_string()),
    };
    let values = wanted
        .iter()
        .filter_map(|(name, path)| Some((name.clone(), text(at(state, path))?)));
    values.filter(|(_, value)| !value.contains('\0')).collect()
}

/// Scheme, host and port, without a slash at the end.
fn origin(url: &url::Url) -> String {
    url.origin().ascii_serialization()
}

fn filled(template: &str, user: &str) -> Option<String> {
    (!template.is_empty()).then(|| template.replace("{username}", user))
}

/// `2.0`, not `2`.
fn python_float(number: f64) -> String {
    format!("{number:?}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config() -> Config {
        let mut config = Config::default();
        config.hub.base_url = "/jupyter/".try_into().unwrap();
        config.hub.connect_url = Some("http://10.0.0.5:8081".parse().unwrap());
        config.spawner.environment.insert("EDITOR".into(), "nano".into());
        config.spawner.default_url = "/lab/tree/{username}".into();
        config
    }

    /// The values were read off JupyterHub 6.1.1's `Spawner.get_env` for the same user, server and base URL.
    #[test]
    fn is_that_of_jupyterhub() {
        let mut plan = Plan::default();
        plan.limits.cpu_milli = Some(2000);
        let env = environment(&config(), &plan, "ann@x.org", "gpu", None);
        for (name, value) in [
            ("JUPYTERHUB_CLIENT_ID", "jupyterhub-user-ann%40x.org-gpu"),
            ("JUPYTERHUB_COOKIE_HOST_PREFIX_ENABLED", "0"),
            ("JUPYTERHUB_HOST", ""),
            (
                "JUPYTERHUB_OAUTH_CALLBACK_URL",
                "/jupyter/user/ann@x.org/gpu/oauth_callback",
            ),
            (
                "JUPYTERHUB_OAUTH_SCOPES",
                r#"["access:servers!server=ann@x.org/gpu","access:servers!user=ann@x.org"]"#,
            ),
            ("JUPYTERHUB_OAUTH_CLIENT_ALLOWED_SCOPES", "[]"),
            ("JUPYTERHUB_USER", "ann@x.org"),
            ("JUPYTERHUB_SERVER_NAME", "gpu"),
            ("JUPYTERHUB_API_URL", "http://10.0.0.5:8081/jupyter/hub/api"),
            (
                "JUPYTERHUB_ACTIVITY_URL",
                "http://10.0.0.5:8081/jupyter/hub/api/users/ann@x.org/activity",
            ),
            ("JUPYTERHUB_BASE_URL", "/jupyter/"),
            ("JUPYTERHUB_SERVICE_PREFIX", "/jupyter/user/ann@x.org/gpu/"),
            ("JUPYTERHUB_PUBLIC_URL", ""),
            ("JUPYTERHUB_PUBLIC_HUB_URL", ""),
            ("JUPYTERHUB_DEFAULT_URL", "/lab/tree/ann@x.org"),
            ("CPU_LIMIT", "2.0"),
            ("EDITOR", "nano"),
        ] {
            assert_eq!(env.get(name).map(String::as_str), Some(value), "{name}");
        }
        assert!(!env.contains_key("MEM_LIMIT") && !env.contains_key("JUPYTERHUB_ROOT_DIR"));
    }

    #[test]
    fn the_public_url_is_told() {
        let mut config = config();
        config.hub.public_url = Some("https://hub.example.org/".parse().unwrap());
        let env = environment(&config, &Plan::default(), "ann", "", None);
        assert_eq!(env["JUPYTERHUB_HOST"], "https://hub.example.org");
        assert_eq!(
            env["JUPYTERHUB_PUBLIC_URL"],
            "https://hub.example.org/jupyter/user/ann/"
        );
        assert_eq!(env["JUPYTERHUB_PUBLIC_HUB_URL"], "https://hub.example.org/jupyter/hub/");
    }
}
