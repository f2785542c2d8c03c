//! From `[[auth]]` to the methods of signing in.

mod lti;
mod oauth;

use std::path::PathBuf;
use std::sync::Arc;

use axum::http::HeaderName;
use axum::http::header::InvalidHeaderName;
use perijove_auth::dummy::Dummy;
use perijove_auth::header::{self, Header};
use perijove_auth::ldap::{self, Ldap};
use perijove_auth::native::Native;
use perijove_auth::null::Null;
use perijove_auth::pam::{self, Pam};
use perijove_auth::password::Passwords;
use perijove_auth::shared_password::{self, SharedPassword};
use perijove_auth::temporary::Temporary;
use perijove_auth::web::Proxy;
use perijove_auth::{Authenticator, Existing, Rules};
use perijove_config::{Auth, AuthRules, Config, HeaderAuth, LdapAuth, NestedGroups, PamAuth, SharedPasswordAuth};
use perijove_model::{Clock, Rng, Secret};
use perijove_store::Store;

use crate::accounts;
use crate::keys::Keys;

/// What methods are made of besides their configuration.
pub struct Means<'a> {
    pub store: &'a Store,
    pub passwords: &'a Passwords,
    pub keys: &'a Keys,
    pub clock: &'a Arc<dyn Clock>,
    pub rng: &'a Arc<dyn Rng>,
    /// What the edge shows with each request.
    pub edge: Secret,
    /// Where our own programs are.
    pub programs: PathBuf,
}

/// A method that can't be used as it is configured.
#[derive(Debug, thiserror::Error)]
pub enum MethodError {
    #[error("[[auth]] \"{0}\": {1}")]
    Tls(String, ldap::TlsError),
    #[error("[[auth]] \"{0}\": {1}")]
    Header(String, InvalidHeaderName),
}

/// The methods of a configuration, in their order.
///
/// # Errors
/// If one of them can't be used as it is configured.
pub fn of(config: &Config, means: &Means<'_>) -> Result<Vec<Arc<dyn Authenticator>>, MethodError> {
    let made = config.auth.iter().map(|auth| method(config, auth, means));
    made.filter_map(Result::transpose).collect()
}

fn method(config: &Config, auth: &Auth, means: &Means<'_>) -> Result<Option<Arc<dyn Authenticator>>, MethodError> {
    let (name, rules) = (auth.name(), rules(auth.rules()));
    let here: Arc<dyn Authenticator> = match auth {
        Auth::Native(native) => {
            let accounts = accounts::of(means.store, means.keys);
            let method = Native::new(accounts, means.passwords.clone(), Arc::clone(means.clock), rules);
            Arc::new(method.asking_for_code(native.request_otp))
        }
        Auth::Dummy(dummy) => Arc::new(Dummy::new(dummy.password.clone(), rules)),
        Auth::Header(header) => {
            let settings = by_header(header, means).map_err(|error| MethodError::Header(name.to_owned(), error))?;
            Arc::new(Header::new(name, settings, rules))
        }
        Auth::Ldap(ldap) => {
            let settings = directory(ldap).map_err(|error| MethodError::Tls(name.to_owned(), error))?;
            Arc::new(Ldap::new(name, settings, rules))
        }
        Auth::Pam(written) => Arc::new(Pam::new(name, machine(written, means), rules)),
        Auth::SharedPassword(shared) => {
            let policy = super::policy(config);
            Arc::new(SharedPassword::new(name, shared_passwords(shared), policy, rules))
        }
        Auth::Temporary(temporary) => {
            let rng = Arc::clone(means.rng);
            Arc::new(Temporary::new(name, &temporary.label, rng, rules))
        }
        Auth::Lti(written) => return Ok(lti::platform(config, written, (name, rules), means)),
        Auth::Lti11(written) => lti::consumers(written, name, rules, means),
        Auth::Null(_) => Arc::new(Null),
        _ => return Ok(oauth::method(config, auth, means)),
    };
    Ok(Some(here))
}

fn by_header(header: &HeaderAuth, means: &Means<'_>) -> Result<header::Settings, InvalidHeaderName> {
    let optional = |name: &Option<String>| name.as_deref().map(str::parse::<HeaderName>).transpose();
    Ok(header::Settings {
        user: header.user_header.parse()?,
        groups: optional(&header.groups_header)?,
        email: optional(&header.email_header)?,
        claims: header
            .claims_headers
            .iter()
            .map(|(claim, name)| Ok((claim.clone(), name.parse()?)))
            .collect::<Result<_, InvalidHeaderName>>()?,
        from: header.from.clone(),
        secret: header.secret.clone(),
        certificates: header
            .certificates
            .iter()
            .map(|name| name.to_ascii_lowercase())
            .collect(),
        logout_url: header.logout_url.as_ref().map(ToString::to_string),
        edge: Some(means.edge.clone()),
    })
}

fn directory(written: &LdapAuth) -> Result<ldap::Settings, ldap::TlsError> {
    let servers = written.url.iter().map(|url| ldap::Server {
        security: match url.starts_with("ldaps:") {
            true => ldap::Security::Tls,
            false if written.insecure => ldap::Security::None,
            false => ldap::Security::StartTls,
        },
        url: url.clone(),
    });
    let servers: Vec<_> = servers.collect();
    if servers.iter().any(|server| server.security == ldap::Security::None) {
        tracing::warn!("people's passwords go to the directory without TLS, as `insecure` says");
    }
    Ok(ldap::Settings {
        servers,
        tls: Some(ldap::client_config(written.ca_file.as_deref())?),
        timeout: written.timeout,
        at_once: written.max_connections,
        bind_dn_templates: written.bind_dn_template.to_vec(),
        lookup: ldap::Lookup {
            user: written.lookup_user.clone().zip(written.lookup_password.clone()),
            base: written.user_search_base.clone(),
            attribute: written.user_attribute.clone(),
            filter: written.search_filter.clone(),
            username_attribute: written.username_attribute.clone(),
        },
        groups: ldap::Groups {
            base: written.group_search_base.clone(),
            filter: written.group_search_filter.clone(),
            attribute: written.group_attribute.clone(),
            nested: match written.nested_groups {
                NestedGroups::No => ldap::Nested::No,
                NestedGroups::Search => ldap::Nested::Search,
                NestedGroups::Chain => ldap::Nested::Chain,
            },
        },
        auth_state_attributes: written.auth_state_attributes.clone(),
    })
}

fn machine(written: &PamAuth, means: &Means<'_>) -> pam::Settings {
    let helper = written.helper.clone();
    pam::Settings {
        helper: helper.unwrap_or_else(|| means.programs.join("perijove-pam")),
        service: written.service.clone(),
        check_account: written.check_account,
        normalize_username: written.pam_normalize_username,
        timeout: written.timeout,
        at_once: written.max_processes,
    }
}

/// The way out, for what is asked of others.
fn outgoing(config: &Config) -> Proxy {
    let access = &config.access;
    Proxy {
        url: access.https_proxy.clone(),
        without: access.no_proxy.clone().unwrap_or_default(),
    }
}

fn shared_passwords(shared: &SharedPasswordAuth) -> shared_password::Passwords {
    let of_groups = shared.password_group.iter();
    shared_password::Passwords {
        user: shared.user_password.clone(),
        admin: shared.admin_password.clone(),
        of_groups: of_groups
            .map(|group| (group.password.clone(), group.groups.clone()))
            .collect(),
    }
}

fn rules(written: &AuthRules) -> Rules {
    Rules {
        allow_all: written.allow_all,
        existing: match written.allow_existing_users {
            None => Existing::AsAccess,
            Some(true) => Existing::Counts,
            Some(false) => Existing::CountsNot,
        },
        allowed_users: written.allowed_users.clone(),
        blocked_users: written.blocked_users.clone(),
        admin_users: written.admin_users.clone(),
        allowed_groups: written.allowed_groups.clone(),
        admin_groups: written.admin_groups.clone(),
        blocked_groups: written.blocked_groups.clone(),
        shared_names: written.shared_names,
    }
}
