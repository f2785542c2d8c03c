//! What a hub does before it answers: the database is brought in line with the configuration. Its cost depends on the
//! configuration, never on the number of users.

use std::collections::BTreeSet;
use std::sync::Arc;

use perijove_config::{Auth, Config};
use perijove_model::scopes::roles::{DEFAULT_ROLES, USER, check_role_name};
use perijove_model::scopes::{Catalog, CustomScope, CustomScopeError};
use perijove_model::{Clock, Rng, UserName};
use perijove_store::links::NewLink;
use perijove_store::roles::RoleSpec;
use perijove_store::services::ServiceSpec;
use perijove_store::{Store, StoreError, Tx, groups, links, oauth, roles, services, spawners, users};

use perijove_web::{PageError, Pages, Site};
use serde_json::json;

use crate::accounts::links::{INVITE, SETUP};
use crate::audit::{self, Act, Actor};
use crate::{Hub, accounts, people};

/// Why the hub can't start: what is wrong and what to change.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("the database can't be brought in line with the configuration: {0}")]
    Store(#[from] StoreError),
    #[error("[[scope]]: {0}")]
    Scope(#[from] CustomScopeError),
    #[error("[access] extra_user_scopes: {0}")]
    ExtraUserScopes(String),
    #[error("[[role]] {0}: {1}")]
    Role(String, String),
    #[error("[[service]] {0}: {1}")]
    Service(String, String),
    #[error("[[profile]] {0}: there is no backend `{1}`; there are: {2}")]
    Backend(String, String, String),
    #[error("[[auth]] firstuse_db_path: {0}")]
    FirstUse(#[from] accounts::firstuse::Unreadable),
    #[error("{0}: there is no environment named `{1}`; there are: {2}")]
    Environment(String, String, String),
}

type Result<T> = std::result::Result<T, StartError>;

/// How long a set-up link works. The next start prints a new one.
const SETUP_LINK: jiff::SignedDuration = jiff::SignedDuration::from_hours(24);
/// How long an invitation works.
const INVITATION: jiff::SignedDuration = jiff::SignedDuration::from_hours(7 * 24);

/// JupyterHub's scopes, ours, and the site's own.
pub fn catalog(config: &Config) -> Result<Catalog> {
    let custom = config.scopes.iter().map(|scope| CustomScope {
        name: scope.name.clone(),
        description: scope.description.clone(),
        subscopes: scope.subscopes.clone(),
    });
    Ok(Catalog::with_custom(&custom.collect::<Vec<_>>())?)
}

pub async fn prepare(hub: &Arc<Hub>) -> Result<()> {
    let config = &hub.config;
    let (defaults, configured) = role_specs(config, &hub.catalog)?;
    let specs = service_specs(hub)?;
    check_backends(hub)?;
    // Those of the site may be away now, and are there when a server needs one.
    match hub.environments.definitions().await {
        Ok(all) => check_environments(config, &all.into_keys().collect(), |backend| {
            uses_environments(hub, backend)
        })?,
        Err(error) => tracing::warn!(%error, "which environments there are can't be told now"),
    }
    let tx = hub.store.begin().await?;
    let mut people = Vec::new();
    for name in config.access.allowed_users.iter().chain(&config.access.admin_users) {
        if config.access.blocked_users.contains(name) {
            continue;
        }
        let admin = config.access.admin_users.contains(name);
        let user = people::ensure(&tx, &*hub.clock, &*hub.rng, name, admin).await?;
        if admin && !user.admin {
            users::set_admin(&tx, user.id, true).await?;
            by_configuration(hub, &tx, Act::UserChanged, name, json!({ "admin": true })).await?;
        }
        people.push(user.id);
    }
    for group in &config.groups {
        for name in &group.users {
            people.push(people::ensure(&tx, &*hub.clock, &*hub.rng, name, false).await?.id);
        }
        let members: Vec<String> = group.users.iter().map(UserName::to_string).collect();
        groups::ensure(
            &tx,
            &group.name,
            &members,
            &serde_json::Value::Object(group.properties.clone()),
        )
        .await?;
    }
    for name in config.roles.iter().flat_map(|role| &role.users) {
        people.push(people::ensure(&tx, &*hub.clock, &*hub.rng, name, false).await?.id);
    }
    services::sync(&tx, &specs, hub.clock.now()).await?;
    device_clients(config, &tx).await?;
    roles::sync(&tx, &defaults, &configured).await?;
    // In a new database there was no role yet when they were made.
    for id in people {
        roles::grant_user(&tx, id, "user").await?;
    }
    for name in &config.access.blocked_users {
        shut_out(hub, &tx, name).await?;
    }
    audit::note_configuration(hub, &tx).await?;
    tx.commit().await?;
    if accounts::section(config).is_some() {
        let importer = accounts::import::Importer {
            store: &hub.store,
            clock: &*hub.clock,
            rng: &*hub.rng,
            keys: &hub.keys,
        };
        importer.native().await?;
        accounts::firstuse::import(hub, &importer).await?;
    }
    Ok(())
}

/// The roles that everybody has, for commands that make people before the first start.
pub async fn usual_roles(config: &Config, store: &Store) -> Result<()> {
    if roles::scopes_of_role(store, USER.name).await?.is_some() {
        return Ok(());
    }
    let (defaults, _) = role_specs(config, &catalog(config)?)?;
    let tx = store.begin().await?;
    roles::sync(&tx, &defaults, &[]).await?;
    Ok(tx.commit().await?)
}

/// Programs without a browser are clients without a secret.
async fn device_clients(config: &Config, tx: &Tx) -> std::result::Result<(), StoreError> {
    for identifier in &config.hub.device_clients {
        if oauth::client(tx, identifier).await?.is_none() {
            let client = oauth::NewClient {
                identifier,
                description: "A program on the command line",
                secret: "",
                redirect_uri: "",
                allowed_scopes: &["inherit".to_owned()],
            };
            oauth::put_client(tx, &client).await?;
        }
    }
    Ok(())
}

/// Every profile, whatever is chosen in it, runs in a backend that is there.
fn check_backends(hub: &Hub) -> Result<()> {
    for profile in &hub.config.profiles {
        let options = profile.choice.iter().flat_map(|choice| &choice.option);
        let values = std::iter::once(&profile.values).chain(options.map(|option| &option.values));
        for name in values.filter_map(|values| values.spawner.as_ref()) {
            if hub.spawners.get(name).is_none() {
                let known: Vec<&str> = hub.spawners.all().map(|spawner| spawner.name()).collect();
                return Err(StartError::Backend(
                    profile.name.clone(),
                    name.clone(),
                    known.join(", "),
                ));
            }
        }
    }
    Ok(())
}

fn uses_environments(hub: &Hub, backend: &str) -> bool {
    let backend = hub.spawners.get(backend);
    backend.is_some_and(|backend| backend.uses_environments())
}

/// Every environment that is named somewhere is one of these, where a backend has anything to do with them.
pub fn check_environments(config: &Config, known: &BTreeSet<String>, uses: impl Fn(&str) -> bool) -> Result<()> {
    let unknown = |place: String, name: &str| {
        let there_are: Vec<&str> = known.iter().map(String::as_str).collect();
        StartError::Environment(place, name.to_owned(), there_are.join(", "))
    };
    let default = config.environments.default.as_ref();
    if let Some(name) = default.filter(|name| uses("") && !known.contains(*name)) {
        return Err(unknown("[environments] default".to_owned(), name));
    }
    for profile in &config.profiles {
        let options = profile.choice.iter().flat_map(|choice| &choice.option);
        for values in std::iter::once(&profile.values).chain(options.map(|option| &option.values)) {
            let backend = values.spawner.as_ref().or(profile.values.spawner.as_ref());
            if let Some(name) = &values.environment
                && uses(backend.map_or("", String::as_str))
                && !known.contains(name)
            {
                return Err(unknown(format!("[[profile]] {}", profile.name), name));
            }
        }
    }
    Ok(())
}

async fn by_configuration(
    hub: &Hub,
    tx: &Tx,
    act: Act,
    name: &UserName,
    detail: serde_json::Value,
) -> std::result::Result<(), StoreError> {
    audit::record_as(hub, tx, &Actor::hub(), act, &format!("user {name}"), detail).await
}

/// Whoever is blocked keeps no rights and no running servers; the account stays, for the day it is let in again.
async fn shut_out(hub: &Hub, tx: &Tx, name: &UserName) -> Result<()> {
    let Some(user) = users::by_name(tx, name.as_str()).await? else {
        return Ok(());
    };
    // Servers come before their person, as wherever both are held: else two could wait for each other.
    for server in spawners::of_user(tx, user.id).await? {
        if server.run.phase.is_active() {
            spawners::wish_stop(tx, server.id, false, hub.clock.now()).await?;
        }
    }
    roles::revoke_all(tx, user.id).await?;
    if user.admin {
        users::set_admin(tx, user.id, false).await?;
        by_configuration(
            hub,
            tx,
            Act::UserChanged,
            name,
            json!({ "admin": false, "blocked": true }),
        )
        .await?;
    }
    for group in groups::of_user(tx, user.id).await? {
        groups::remove_user(tx, &group, user.id).await?;
    }
    Ok(())
}

fn role_specs(config: &Config, catalog: &Catalog) -> Result<(Vec<RoleSpec>, Vec<RoleSpec>)> {
    let spec = |name: &str, description: &str, scopes: Vec<String>| RoleSpec {
        name: name.to_owned(),
        description: description.to_owned(),
        scopes,
        users: None,
        groups: None,
        services: None,
    };
    let mut defaults: Vec<RoleSpec> = DEFAULT_ROLES
        .iter()
        .map(|role| {
            spec(
                role.name,
                role.description,
                role.scopes.iter().map(|s| (*s).to_owned()).collect(),
            )
        })
        .collect();
    let extra = &config.access.extra_user_scopes;
    catalog
        .check(extra, "role user")
        .map_err(|why| StartError::ExtraUserScopes(why.to_string()))?;
    let user = defaults.iter_mut().find(|default| default.name == USER.name);
    user.into_iter()
        .for_each(|user| user.scopes.extend(extra.iter().cloned()));
    let mut configured = Vec::new();
    for role in &config.roles {
        let wrong = |why: &dyn std::fmt::Display| StartError::Role(role.name.clone(), why.to_string());
        check_role_name(&role.name).map_err(|why| wrong(&why))?;
        if let Some(scopes) = &role.scopes {
            catalog
                .check(scopes, &format!("role {}", role.name))
                .map_err(|why| wrong(&why))?;
        }
        let names = |set: &std::collections::BTreeSet<String>| (!set.is_empty()).then(|| set.iter().cloned().collect());
        let users: Vec<String> = role.users.iter().map(UserName::to_string).collect();
        let mut one = spec(&role.name, role.description.as_deref().unwrap_or_default(), Vec::new());
        // Everybody has the role `user`, whoever is named here.
        one.users = (!users.is_empty() && role.name != "user").then_some(users);
        one.groups = names(&role.groups);
        one.services = names(&role.services);
        one.scopes = role.scopes.clone().unwrap_or_default();
        match defaults.iter_mut().find(|default| default.name == role.name) {
            Some(default) if default.name == "admin" && role.scopes.is_some() => {
                return Err(wrong(&format!("the scopes of '{}' can't be changed", default.name)));
            }
            // An empty list says "no scopes at all" here; below it would say "as they are".
            Some(default) if role.scopes.is_some() => default.scopes.clone_from(&one.scopes),
            _ => {}
        }
        configured.push(one);
    }
    if !config.services.is_empty() {
        let known = |name: &String| config.services.iter().any(|service| service.name == *name);
        for role in defaults.iter().chain(&configured) {
            if let Some(name) = role.services.iter().flatten().find(|name| !known(name)) {
                return Err(StartError::Role(
                    role.name.clone(),
                    format!("there is no [[service]] named '{name}'"),
                ));
            }
        }
    }
    Ok((defaults, configured))
}

fn service_specs(hub: &Hub) -> Result<Vec<ServiceSpec>> {
    let mut specs: Vec<ServiceSpec> = Vec::new();
    for wanted in &hub.config.services {
        let wrong = |why: String| StartError::Service(wanted.name.clone(), why);
        let spec = crate::services::spec(hub, wanted).map_err(wrong)?;
        let same_client =
            |other: &&ServiceSpec| spec.oauth_client_id.is_some() && other.oauth_client_id == spec.oauth_client_id;
        if let Some(other) = specs.iter().find(same_client) {
            return Err(wrong(format!(
                "the service '{}' has the same oauth_client_id",
                other.name
            )));
        }
        specs.push(spec);
    }
    Ok(specs)
}

/// The link with which the first admin is made, as long as there is none. A new one takes the old one's place.
pub async fn setup_link(hub: &Arc<Hub>) -> Result<Option<String>> {
    // Without accounts of our own the link would make a password that nobody asks for.
    let native = hub.config.auth.iter().any(|auth| matches!(auth, Auth::Native(_)));
    if !native || users::any_admin(&hub.store).await? {
        return Ok(None);
    }
    links::delete_purpose(&hub.store, SETUP).await?;
    new_link(
        &hub.store,
        &*hub.clock,
        &*hub.rng,
        &hub.config,
        &Actor::hub(),
        SETUP,
        None,
        true,
        SETUP_LINK,
    )
    .await
    .map(Some)
}

/// A link with which `name` chooses a password: for new people, and for those who forgot theirs.
pub async fn invite(
    store: &Store,
    clock: &dyn Clock,
    rng: &dyn Rng,
    config: &Config,
    name: &UserName,
    admin: bool,
    by: &Actor,
) -> Result<String> {
    new_link(store, clock, rng, config, by, INVITE, Some(name), admin, INVITATION).await
}

#[expect(clippy::too_many_arguments, reason = "the whole of a link, said once")]
async fn new_link(
    store: &Store,
    clock: &dyn Clock,
    rng: &dyn Rng,
    config: &Config,
    by: &Actor,
    purpose: &str,
    name: Option<&UserName>,
    admin: bool,
    life: jiff::SignedDuration,
) -> Result<String> {
    let until = clock.now().saturating_add(life).unwrap_or(jiff::Timestamp::MAX);
    let new = NewLink {
        admin,
        ..NewLink::new(purpose, name.map(UserName::as_str), until)
    };
    let tx = store.begin().await?;
    let secret = accounts::links::make(&tx, clock, rng, &new).await?;
    let target = name.map_or(String::new(), |name| format!("user {name}"));
    let detail = json!({ "purpose": purpose, "admin": admin });
    audit::write(&tx, clock, by, Act::LinkMade, &target, detail).await?;
    tx.commit().await?;
    Ok(accounts::links::setup_url(config, &secret))
}

/// The pages, with what a site has of its own.
pub fn pages(config: &Config) -> std::result::Result<Pages, PageError> {
    Pages::of(&Site {
        templates: &config.hub.template_paths,
        words: &config.hub.word_paths,
        language: &config.hub.language,
    })
}

/// Where people reach the platform, without a path.
#[must_use]
pub fn public_url(config: &Config) -> String {
    let scheme = if config.edge.speaks_tls() { "https" } else { "http" };
    match (&config.hub.public_url, config.edge.listen.first()) {
        (Some(url), _) => url.origin().ascii_serialization(),
        (None, Some(address)) if address.ip().is_unspecified() => format!("{scheme}://127.0.0.1:{}", address.port()),
        (None, Some(address)) => format!("{scheme}://{address}"),
        (None, None) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn specs(toml: &str) -> Result<(Vec<RoleSpec>, Vec<RoleSpec>)> {
        let nothing = |_: &str| None;
        let no_file = |_: &std::path::Path| Err(std::io::ErrorKind::NotFound.into());
        let config = perijove_config::load(Some((std::path::Path::new("x"), toml)), &nothing, &no_file).unwrap();
        role_specs(&config, &Catalog::default())
    }

    #[test]
    fn a_built_in_role_may_be_given_and_widened() {
        let toml = "
            [[service]]
            name = 'culler'
            [[role]]
            name = 'admin'
            services = ['culler']
            [[role]]
            name = 'user'
            scopes = ['self', 'access:services']
        ";
        let (defaults, configured) = specs(toml).unwrap();
        let admin = configured.iter().find(|role| role.name == "admin").unwrap();
        assert_eq!(admin.services.as_deref(), Some(&["culler".to_owned()][..]));
        let user = defaults.iter().find(|role| role.name == "user").unwrap();
        assert_eq!(user.scopes, ["self", "access:services"]);
        let server = defaults.iter().find(|role| role.name == "server").unwrap();
        assert!(!server.scopes.is_empty());
    }

    #[test]
    fn everybody_may_get_more() {
        let of_user = |toml: &str| specs(toml).unwrap().0[0].scopes.clone();
        let extra = "[access]\nextra_user_scopes = ['read:users:name']\n";
        assert_eq!(of_user(extra), ["self", "read:users:name"]);
        let both = format!("{extra}[[role]]\nname = 'user'\nscopes = ['self']");
        assert_eq!(of_user(&both), ["self"], "what a role says of itself counts");
        let error = specs("[access]\nextra_user_scopes = ['nothing']").err().unwrap();
        assert!(
            error.to_string().contains("'nothing' for role user does not exist"),
            "{error}"
        );
    }

    #[test]
    fn scopes_of_the_site_can_be_given() {
        let own = "
            [[scope]]
            name = 'custom:grades:write'
            description = 'Write grades'
            subscopes = ['custom:grades:read']
        ";
        let config = |toml: &str| {
            let no_file = |_: &std::path::Path| Err(std::io::ErrorKind::NotFound.into());
            perijove_config::load(Some((std::path::Path::new("x"), toml)), &|_: &str| None, &no_file).unwrap()
        };
        let error = catalog(&config(own)).unwrap_err();
        assert!(
            error.to_string().contains("'custom:grades:read', which is not defined"),
            "{error}"
        );
        let whole = format!("{own}\n[[scope]]\nname = 'custom:grades:read'\ndescription = 'Read grades'");
        let catalog = catalog(&config(&whole)).unwrap();
        let roles = config(&format!(
            "{whole}\n[[role]]\nname = 'grader'\nscopes = ['custom:grades:write']"
        ));
        role_specs(&roles, &catalog).unwrap();
    }

    #[test]
    fn what_admins_may_do_stays() {
        let error = specs("[[role]]\nname = 'admin'\nscopes = ['self']").err().unwrap();
        assert!(error.to_string().contains("can't be changed"), "{error}");
    }
}
