//! From what somebody wants of a service, in the configuration or through the API, to its rows.

use perijove_config::Service;
use perijove_model::names::check_service_name;
use perijove_model::token;
use perijove_store::services::ServiceSpec;
use serde_json::Value;
use url::Url;

use crate::Hub;

/// The longest that the database's column holds.
const LONGEST_URL: usize = 1023;

/// Checks it all; the error says what is wrong, without the name.
pub fn spec(hub: &Hub, wanted: &Service) -> Result<ServiceSpec, String> {
    check_service_name(&wanted.name).map_err(|why| why.to_string())?;
    let scopes = &wanted.oauth_client_allowed_scopes;
    hub.catalog
        .check(scopes, &format!("service {}", wanted.name))
        .map_err(|why| why.to_string())?;
    if let Some(token) = &wanted.api_token {
        let token = token.expose();
        if !(8..=64).contains(&token.len()) || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
            let words =
                "api_token must have 8 to 64 characters without spaces; `openssl rand -hex 32` makes a good one";
            return Err(words.to_owned());
        }
    }
    let (oauth_client_id, oauth_redirect_uri) = match oauth(hub, wanted)? {
        Some((client_id, redirect_uri)) => (Some(client_id), Some(redirect_uri)),
        None => (None, None),
    };
    let hashed = wanted
        .api_token
        .as_ref()
        .map(|token| token::hash_chosen(token, &*hub.rng));
    Ok(ServiceSpec {
        name: wanted.name.clone(),
        url: wanted.url.as_ref().map(text),
        admin: wanted.admin,
        oauth_secret_hash: hashed.as_ref().map(|hashed| hashed.hashed.clone()),
        api_token: hashed,
        oauth_client_id,
        oauth_redirect_uri,
        oauth_no_confirm: wanted.oauth_no_confirm,
        oauth_client_allowed_scopes: scopes.clone(),
        info: Value::Object(wanted.info.clone()),
        display: wanted.display,
        command: wanted.command.clone(),
        timeout: i64::try_from(wanted.timeout.as_secs()).unwrap_or(i64::from(i32::MAX)),
    })
}

/// Client id and redirect URI of a service that people are sent to, or that says anything about OAuth.
fn oauth(hub: &Hub, wanted: &Service) -> Result<Option<(String, String)>, String> {
    let said = wanted.oauth_client_id.is_some() || wanted.oauth_redirect_uri.is_some() || wanted.oauth_no_confirm;
    if wanted.url.is_none() && !said {
        return Ok(None);
    }
    let client_id = wanted
        .oauth_client_id
        .clone()
        .unwrap_or_else(|| format!("service-{}", wanted.name));
    if !client_id.starts_with("service-") {
        return Err("oauth_client_id must begin with 'service-'".to_owned());
    }
    let redirect_uri = match (&wanted.oauth_redirect_uri, &wanted.url) {
        (Some(uri), _) if !uri.is_empty() => uri.clone(),
        (_, Some(_)) => format!("{}oauth_callback", super::path(hub, &wanted.name)),
        _ => return Err("oauth_redirect_uri is missing: a service without url has no usual one".to_owned()),
    };
    let bad = |text: &str, longest| text.len() > longest || text.chars().any(char::is_control);
    if bad(&client_id, 255) || bad(&redirect_uri, LONGEST_URL) {
        return Err("oauth_client_id or oauth_redirect_uri is too long, or has control characters".to_owned());
    }
    Ok(Some((client_id, redirect_uri)))
}

/// As it is written: `http://127.0.0.1:9100` needs no slash at its end.
pub(super) fn text(url: &Url) -> String {
    let text = url.to_string();
    match text.strip_suffix('/').filter(|_| url.path() == "/") {
        Some(short) => short.to_owned(),
        None => text,
    }
}
