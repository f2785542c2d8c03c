//! One `[[auth]]` by which people sign in elsewhere.

use std::collections::BTreeMap;

use perijove_model::Secret;
use url::Url;

use crate::Rules;
use crate::web::Trust;

use super::preset::Preset;

pub struct Settings {
    pub kind: &'static str,
    pub name: String,
    /// On the button.
    pub label: String,
    pub rules: Rules,
    pub client_id: String,
    /// Empty: a client without one, which PKCE alone protects.
    pub client_secret: Secret,
    /// Where the rest is asked for.
    pub issuer: Option<String>,
    /// What counts more than what the issuer says.
    pub given: Given,
    pub callback_url: Option<String>,
    pub scope: Vec<String>,
    /// All of them have to be granted.
    pub allowed_scopes: Vec<String>,
    pub authorize_params: BTreeMap<String, String>,
    pub token_params: BTreeMap<String, String>,
    pub userdata_params: BTreeMap<String, String>,
    pub userdata_from_id_token: bool,
    pub userdata_token_in_url: bool,
    pub basic_auth: bool,
    pub pkce: bool,
    /// A path or a template.
    pub username: String,
    pub groups: Option<String>,
    pub roles: Option<Roles>,
    /// What the person is called within `auth_state`.
    pub user_key: String,
    pub logout_url: Option<String>,
    pub logout_there: bool,
    pub revoke: bool,
    pub trust: Trust,
    pub preset: Box<dyn Preset>,
}

/// Roles that a claim gives.
#[derive(Debug, Clone)]
pub struct Roles {
    /// Its path.
    pub claim: String,
    /// What a role there is called here; others mean nothing.
    pub ours: Vec<(String, String)>,
}

/// Addresses that the configuration names.
#[derive(Debug, Clone, Default)]
pub struct Given {
    pub authorize: Option<Url>,
    pub token: Option<Url>,
    pub userdata: Option<Url>,
    pub keys: Option<Url>,
    pub revocation: Option<Url>,
    pub end_session: Option<Url>,
}
