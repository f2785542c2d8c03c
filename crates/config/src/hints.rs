//! What to do about a key that isn't known: a likely meaning, another section, today's name of an upstream option.

use crate::docs;
use crate::errors::Mistake;

/// Upstream's names of options whose name or place differs here.
const UPSTREAM: &[(&str, &str)] = &[
    ("admin_google_groups", "`admin_groups` in [[auth]]"),
    ("allowed_google_groups", "`allowed_groups` in [[auth]]"),
    ("auth_token_file", "`auth_token = \"file:PATH\"` in [edge]"),
    ("authenticate_prometheus", "`authenticate` in [metrics]"),
    ("authenticator_class", "`kind` in [[auth]]"),
    ("bind_url", "`listen` in [edge]"),
    ("cookie_max_age_days", "`cookie_max_age = \"14d\"` in [hub]"),
    ("custom_scopes", "[[scope]]"),
    ("db_url", "`database` in [hub]"),
    ("header_name", "`user_header` in [[auth]]"),
    (
        "delete_firstuse_db_after_import",
        "left to you: the file is read once and never changed, so remove it afterwards",
    ),
    ("home_dir_template", "`home` in [spawner.process]"),
    ("hub_bind_url", "`listen` in [hub]"),
    ("hub_connect_url", "`connect_url` in [hub]"),
    ("hub_ip", "`listen` in [hub]"),
    ("hub_port", "`listen` in [hub]"),
    ("ip", "`listen` in [edge]"),
    ("keys", "`crypt_keys` in [hub]"),
    ("load_groups", "[[group]]"),
    ("load_roles", "[[role]]"),
    ("extra_create_kwargs", "`create_config` in [spawner.docker]"),
    ("extra_host_config", "`host_config` in [spawner.docker]"),
    ("host_homedir_format_string", "`home` in [spawner.docker]"),
    ("image_whitelist", "`allowed_images` in [spawner.docker]"),
    ("network_name", "`network` in [spawner.docker]"),
    ("spawner_class", "`backends` in [spawner]"),
    ("use_internal_hostname", "`connect_by = \"name\"` in [spawner.docker]"),
    ("use_internal_ip", "`connect_by = \"address\"` in [spawner.docker]"),
    ("lookup_dn_search_filter", "`search_filter` in [[auth]]"),
    ("lookup_dn_search_password", "`lookup_password` in [[auth]]"),
    ("lookup_dn_search_user", "`lookup_user` in [[auth]]"),
    ("password_min_length", "`minimum_password_length` in [[auth]]"),
    ("port", "`listen` in [edge]"),
    ("profile_list", "[[profile]]"),
    ("profiles", "[[profile]]"),
    ("proxy_auth_token", "`auth_token` in [edge]"),
    ("recaptcha_key", "`service = \"recaptcha\"` and `key` in [captcha]"),
    (
        "recaptcha_secret",
        "`service = \"recaptcha\"` and `secret` in [captcha]",
    ),
    (
        "secret_key",
        "not needed: links are random, and kept by their fingerprints",
    ),
    (
        "self_approval_email",
        "`from` in [mail], and the template `mail/confirm-signup.txt`",
    ),
    ("self_approval_server", "`url`, `user` and `password` in [mail]"),
    ("server_address", "`url` in [[auth]]"),
    ("services", "[[service]]"),
    ("should_start", "`supervise` in [edge]"),
    (
        "tls_strategy",
        "`url` in [[auth]]: `ldaps://`, or `ldap://` with StartTLS",
    ),
    ("token_expires_in_max_seconds", "`token_expires_in_max` in [hub]"),
    ("trusted_downstream_ips", "`trusted_proxies` in [hub]"),
    ("uri_scheme", "`public_url` in [hub]"),
];

pub(crate) fn unknown_key<'a>(section: &str, key: &str, known: impl Iterator<Item = &'a str>) -> Mistake {
    let mistake = Mistake::new(format!("unknown key `{}` in [{section}]", short(key)));
    if let Some(name) = nearest(key, known) {
        return mistake.help(format!("did you mean `{name}`?"));
    }
    match elsewhere(key) {
        Some(place) => mistake.help(format!("that is {place}")),
        None => mistake.help("`perijove config reference` lists the keys"),
    }
}

pub(crate) fn unknown_section<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Mistake {
    let mistake = Mistake::new(format!("unknown section `{}`", short(name)));
    if let Some(name) = nearest(name, known) {
        return mistake.help(format!("did you mean `{name}`?"));
    }
    match elsewhere(name) {
        Some(place) => mistake.help(format!("that is {place}")),
        None => mistake.help("`perijove config reference` lists the sections"),
    }
}

fn elsewhere(key: &str) -> Option<String> {
    if let Some((_, place)) = UPSTREAM.iter().find(|(name, _)| *name == key) {
        return Some((*place).to_owned());
    }
    let sections = docs::sections();
    let section = sections
        .iter()
        .find(|section| section.keys.iter().any(|known| known.name == key))?;
    Some(format!("`{key}` in {}", section.heading()))
}

/// The known name that a typing mistake away is `name`.
pub(crate) fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let name = short(name);
    let scored = known.map(|known| (strsim::damerau_levenshtein(&name, known), known));
    let (distance, known) = scored.min_by_key(|(distance, _)| *distance)?;
    (distance <= 1 + known.len() / 5).then_some(known)
}

/// Any text may be a key.
fn short(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(60).collect()
}
