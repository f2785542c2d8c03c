//! Roles changed while the hub runs, by the API and by the page: what may be changed, and by whom.
//!
//! Nobody makes, changes, gives or takes a role that allows more than they may do themselves at that moment. What is
//! relative to whoever has the role counts as unlimited where that is not a certain person.

use std::collections::BTreeSet;

use jiff::Timestamp;
use perijove_config::Role as Configured;
use perijove_model::scopes::roles::{ADMIN, ADMIN_BESIDES, SERVER, TOKEN, USER, check_role_name};
use perijove_model::scopes::{Members, Owner, Resource, Scope, ScopeSet};
use perijove_store::roles::{self, Member, NewRole, Role, Source};
use perijove_store::{Tx, groups, services, users};
use serde_json::json;

use crate::Hub;
use crate::audit::{self, Act};
use crate::http::error::{HttpError, Result, short};
use crate::http::visitor::{Principal, groups_of_name};

/// As much as JupyterHub's column takes.
const LONGEST_DESCRIPTION: usize = 1023;
/// Every request of whoever has the role reads them.
const MOST_SCOPES: usize = 100;
const LONGEST_SCOPE: usize = 600;

/// What a role is to be.
pub struct Definition {
    pub description: String,
    pub scopes: Vec<String>,
}

/// Who is to have a role, or not to have it any more.
pub struct Holder {
    pub member: Member,
    pub name: String,
}

/// Kinds of holders, as paths and models call them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    User,
    Group,
    Service,
}

impl Kind {
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Group => "group",
            Self::Service => "service",
        }
    }

    #[must_use]
    pub fn of(member: Member) -> Self {
        match member {
            Member::User(_) => Self::User,
            Member::Group(_) => Self::Group,
            Member::Service(_) => Self::Service,
        }
    }

    /// What a scope's filter must cover.
    #[must_use]
    pub fn resource(self, name: &str) -> Resource<'_> {
        match self {
            Self::User => Resource::User(name),
            Self::Group => Resource::Group(name),
            Self::Service => Resource::Service(name),
        }
    }
}

pub async fn create(hub: &Hub, by: &Principal, name: &str, wanted: &Definition) -> Result<Role> {
    require_all(hub, by, Scope::AdminRoles).await?;
    check_role_name(name).map_err(|error| HttpError::bad_request(error.to_string()))?;
    check_definition(hub, wanted)?;
    check_within(hub, by, &hub.catalog.expand_at_most(&wanted.scopes)).await?;
    let new = NewRole {
        name,
        description: &wanted.description,
        scopes: &wanted.scopes,
        by: by.name(),
    };
    let tx = hub.store.begin().await?;
    if roles::by_name(&tx, name).await?.is_some() {
        return Err(HttpError::conflict(format!("Role {name} already exists")));
    }
    roles::create(&tx, &new, hub.clock.now()).await?;
    note(hub, &tx, by, Act::RoleMade, name, json!({ "scopes": wanted.scopes })).await?;
    let role = named(&tx, name).await?;
    tx.commit().await?;
    Ok(role)
}

pub async fn change(hub: &Hub, by: &Principal, name: &str, wanted: &Definition) -> Result<Role> {
    require_all(hub, by, Scope::AdminRoles).await?;
    check_definition(hub, wanted)?;
    check_within(hub, by, &hub.catalog.expand_at_most(&wanted.scopes)).await?;
    let role = changeable(hub, by, name).await?;
    let tx = hub.store.begin().await?;
    check_unchanged(&tx, &role).await?;
    roles::change(&tx, role.id, &wanted.description, &wanted.scopes).await?;
    let detail = json!({ "scopes": wanted.scopes, "before": role.scopes });
    note(hub, &tx, by, Act::RoleChanged, name, detail).await?;
    let role = named(&tx, name).await?;
    tx.commit().await?;
    Ok(role)
}

pub async fn remove(hub: &Hub, by: &Principal, name: &str) -> Result<()> {
    require_all(hub, by, Scope::AdminRoles).await?;
    let role = changeable(hub, by, name).await?;
    let tx = hub.store.begin().await?;
    check_unchanged(&tx, &role).await?;
    roles::remove(&tx, role.id).await?;
    note(hub, &tx, by, Act::RoleRemoved, name, json!({ "scopes": role.scopes })).await?;
    tx.commit().await?;
    Ok(())
}

/// Gives a role, for good or until a moment; tells whether it is new to the holder.
pub async fn give(
    hub: &Hub,
    by: &Principal,
    role: &str,
    (kind, name): (Kind, &str),
    until: Option<Timestamp>,
) -> Result<bool> {
    if until.is_some_and(|until| until <= hub.clock.now()) {
        return Err(HttpError::bad_request("A grant must end in the future."));
    }
    let grant = check_grant(hub, by, role, (kind, name)).await?;
    if grant.role.name == ADMIN.name && until.is_some() {
        return Err(HttpError::bad_request(
            "The role 'admin' knows no end: make a role with the scopes that are needed.",
        ));
    }
    let tx = hub.store.begin().await?;
    let is_new = grant.give(hub, &tx, by, until).await?;
    tx.commit().await?;
    Ok(is_new)
}

pub async fn take(hub: &Hub, by: &Principal, role: &str, (kind, name): (Kind, &str)) -> Result<()> {
    let grant = check_grant(hub, by, role, (kind, name)).await?;
    let tx = hub.store.begin().await?;
    if !grant.take(hub, &tx, by).await? {
        return Err(HttpError::not_found());
    }
    tx.commit().await?;
    Ok(())
}

/// A role and somebody: whoever asked may give it to them, or take it.
pub struct Grant {
    role: Role,
    kind: Kind,
    holder: Holder,
}

impl Grant {
    /// Tells whether it is new to the holder.
    pub async fn give(&self, hub: &Hub, tx: &Tx, by: &Principal, until: Option<Timestamp>) -> Result<bool> {
        let Self { role, holder, .. } = self;
        check_unchanged(tx, role).await?;
        let is_new = roles::give(tx, role.id, holder.member, by.name(), until, hub.clock.now()).await?;
        if let (true, Member::User(id)) = (role.name == ADMIN.name, holder.member) {
            users::set_admin(tx, id, true).await?;
        }
        let until = until.map(|until| until.to_string());
        let detail = json!({ self.kind.name(): holder.name, "expires_at": until });
        note(hub, tx, by, Act::RoleGranted, &role.name, detail).await?;
        Ok(is_new)
    }

    /// Tells whether the holder had it.
    pub async fn take(&self, hub: &Hub, tx: &Tx, by: &Principal) -> Result<bool> {
        let Self { role, holder, .. } = self;
        check_unchanged(tx, role).await?;
        if !roles::take(tx, role.id, holder.member).await? {
            return Ok(false);
        }
        if let (true, Member::User(id)) = (role.name == ADMIN.name, holder.member) {
            users::set_admin(tx, id, false).await?;
        }
        let detail = json!({ self.kind.name(): holder.name });
        note(hub, tx, by, Act::RoleWithdrawn, &role.name, detail).await?;
        Ok(true)
    }
}

async fn note(hub: &Hub, tx: &Tx, by: &Principal, act: Act, role: &str, detail: serde_json::Value) -> Result<()> {
    audit::record(hub, tx, by, act, &format!("role {role}"), detail).await
}

/// The role is what it was when it was checked.
async fn check_unchanged(tx: &Tx, role: &Role) -> Result<()> {
    if roles::by_name(tx, &role.name).await?.as_ref() == Some(role) {
        return Ok(());
    }
    let words = format!("Role {} was changed in the meantime, please try again.", role.name);
    Err(HttpError::conflict(words))
}

async fn require_all(hub: &Hub, by: &Principal, scope: Scope) -> Result<()> {
    by.require(&hub.store, &[scope], Resource::Everything).await
}

async fn named(db: &impl perijove_store::Db, name: &str) -> Result<Role> {
    roles::by_name(db, name).await?.ok_or_else(HttpError::not_found)
}

/// A role that was made at run time, and that is not mightier than who wants to change it.
async fn changeable(hub: &Hub, by: &Principal, name: &str) -> Result<Role> {
    let role = named(&hub.store, name).await?;
    let why_not = match role.source {
        Source::Hub => None,
        Source::BuiltIn => Some("is built in and can't be changed at run time; `[[role]]` can give it other scopes"),
        Source::Configuration => Some("comes from the configuration: change it there, and start the hub again"),
        Source::Authenticator => Some("comes from the authenticator and can't be changed here"),
    };
    if let Some(why_not) = why_not {
        return Err(HttpError::conflict(format!("Role {name} {why_not}.")));
    }
    check_within(hub, by, &hub.catalog.expand_at_most(&role.scopes)).await?;
    Ok(role)
}

fn check_definition(hub: &Hub, wanted: &Definition) -> Result<()> {
    if wanted.description.chars().count() > LONGEST_DESCRIPTION {
        let words = format!("The description of a role has at most {LONGEST_DESCRIPTION} characters.");
        return Err(HttpError::bad_request(words));
    }
    if wanted.description.contains('\0') {
        return Err(HttpError::bad_request("The description has a NUL character."));
    }
    if wanted.scopes.len() > MOST_SCOPES {
        return Err(HttpError::bad_request(format!(
            "A role has at most {MOST_SCOPES} scopes."
        )));
    }
    for text in &wanted.scopes {
        if text.len() > LONGEST_SCOPE || text.contains(char::is_control) {
            return Err(HttpError::bad_request(format!(
                "Scope '{}' does not exist",
                short(text)
            )));
        }
        let raw = hub
            .catalog
            .parse(text)
            .map_err(|error| HttpError::bad_request(error.to_string()))?;
        let is_meaningless = match raw.scope {
            Scope::Myself => raw.filter.is_some(),
            other => other.is_metascope(),
        };
        if is_meaningless {
            return Err(HttpError::bad_request(format!(
                "Scope '{text}' has no meaning in a role."
            )));
        }
    }
    Ok(())
}

/// Who asks may do all that these allow. Custom scopes, which nobody holds by themselves, are for admins to give.
async fn check_within(hub: &Hub, by: &Principal, wanted: &ScopeSet) -> Result<()> {
    let members = memberships(hub, by, wanted).await?;
    let all_admins_may = hub
        .catalog
        .expand(&[ADMIN.scopes, ADMIN_BESIDES].concat(), &by.owner(), None);
    let is_full_admin = all_admins_may.is_subset(&by.scopes, &members);
    let excess: Vec<String> = wanted
        .excess(&by.scopes, &members)
        .to_raw()
        .filter(|raw| !(is_full_admin && matches!(raw.scope, Scope::Custom(_))))
        .map(|raw| raw.to_string())
        .collect();
    if excess.is_empty() {
        return Ok(());
    }
    let (shown, more) = excess.split_at(excess.len().min(5));
    let more = if more.is_empty() { "" } else { ", …" };
    Err(HttpError::forbidden(format!(
        "Only roles within what you may do yourself are yours to change, give or take; this one also allows {}{more}",
        shown.join(", ")
    )))
}

/// Who is in which group, as far as filters of the one side may meet those of the other.
async fn memberships(hub: &Hub, by: &Principal, wanted: &ScopeSet) -> Result<Members> {
    let mut pairs = Vec::new();
    if by.scopes.needs_membership() {
        for user in wanted.named_users().collect::<BTreeSet<_>>() {
            let groups = groups_of_name(&hub.store, user).await?;
            pairs.extend(groups.into_iter().map(|group| (user.to_owned(), group)));
        }
    }
    Ok(pairs.into_iter().collect())
}

/// Whether who asks may give this role to somebody, or take it.
pub async fn check_grant(hub: &Hub, by: &Principal, role: &str, (kind, name): (Kind, &str)) -> Result<Grant> {
    by.require(&hub.store, &[Scope::GrantRoles], kind.resource(name))
        .await?;
    let role = named(&hub.store, role).await?;
    check_givable(hub, by, &role, (kind, name)).await?;
    let holder = holder(hub, kind, name).await?;
    Ok(Grant { role, kind, holder })
}

/// Whether this role is one that who asks may give to somebody whose roles are theirs to change.
async fn check_givable(hub: &Hub, by: &Principal, role: &Role, (kind, name): (Kind, &str)) -> Result<()> {
    check_giver(hub, role, kind)?;
    let allowed = match kind {
        Kind::User => hub.catalog.expand(&role.scopes, &Owner::User(name), None),
        Kind::Service => hub.catalog.expand(&role.scopes, &Owner::Service(name), None),
        // Whoever is in the group, or comes into it, has what is relative to them.
        Kind::Group => hub.catalog.expand_at_most(&role.scopes),
    };
    if role.name == ADMIN.name && !by.is_admin() {
        return Err(HttpError::forbidden("Only admins can grant admin permissions"));
    }
    check_within(hub, by, &allowed).await
}

/// The names of those roles that who asks may give to this holder, or take.
pub async fn givable(hub: &Hub, by: &Principal, all: Vec<Role>, to: (Kind, &str)) -> Result<Vec<String>> {
    let mut names = Vec::with_capacity(all.len());
    for role in all {
        match check_givable(hub, by, &role, to).await {
            Ok(()) => names.push(role.name),
            Err(error) if error.status.is_client_error() => {}
            Err(error) => return Err(error),
        }
    }
    Ok(names)
}

/// Whether it is said elsewhere who has this role.
fn check_giver(hub: &Hub, role: &Role, kind: Kind) -> Result<()> {
    let refuse = |why: String| Err(HttpError::conflict(format!("Role {} {why}.", role.name)));
    let is = |default: &perijove_model::scopes::roles::DefaultRole| role.name == default.name;
    match role.source {
        Source::BuiltIn if is(&USER) => return refuse("is for all users and for nobody else".into()),
        Source::BuiltIn if is(&SERVER) || is(&TOKEN) => return refuse("is for tokens, not for people".into()),
        Source::BuiltIn if is(&ADMIN) && kind == Kind::Service => {
            return refuse("is given to services by the configuration".into());
        }
        Source::Authenticator => return refuse("comes from the authenticator, which says who has it".into()),
        _ => {}
    }
    let lists = |configured: &Configured| match kind {
        Kind::User => !configured.users.is_empty(),
        Kind::Group => !configured.groups.is_empty(),
        Kind::Service => !configured.services.is_empty(),
    };
    let mut configured = hub
        .config
        .roles
        .iter()
        .filter(|configured| configured.name == role.name);
    if configured.any(lists) {
        return refuse(
            match kind {
                Kind::User => "has its users listed in the configuration: change that, and start the hub again",
                Kind::Group => "has its groups listed in the configuration: change that, and start the hub again",
                Kind::Service => "has its services listed in the configuration: change that, and start the hub again",
            }
            .into(),
        );
    }
    Ok(())
}

async fn holder(hub: &Hub, kind: Kind, name: &str) -> Result<Holder> {
    let store = &hub.store;
    let member = match kind {
        Kind::User => users::by_name(store, name).await?.map(|user| Member::User(user.id)),
        Kind::Group => groups::id_of(store, name).await?.map(Member::Group),
        Kind::Service => services::by_name(store, name)
            .await?
            .map(|service| Member::Service(service.id)),
    };
    Ok(Holder {
        member: member.ok_or_else(HttpError::not_found)?,
        name: name.to_owned(),
    })
}
