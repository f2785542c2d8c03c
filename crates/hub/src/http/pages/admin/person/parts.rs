//! The parts of the page about one person: each is absent where the visitor may not know it.

use perijove_model::entitlement::Quantity;
use perijove_model::escape;
use perijove_model::plan::size;
use perijove_model::scopes::Scope;
use perijove_model::scopes::roles::{ADMIN, USER};
use perijove_store::shares::{Of, Part, SharedWith};
use perijove_store::{audit, homes, identities, native, passkeys, roles, sessions, shares, tokens};
use perijove_web::pages::{HeldRole, HomeRow, LinkedRow, LogRow, QuotaRow, SessionRow, ShareRow, TokenRow, Ways};

use super::View;
use crate::homes::room;
use crate::http::api::models::time;
use crate::http::error::Result;
use crate::http::pages::account::session_rows;
use crate::http::role_changes::{self, Kind};
use crate::offers::{self, Person};

/// Roles that are looked at for what can be given; others are given on their own pages.
const MOST_ROLES: i64 = 200;
/// So many tokens, shares and entries of the log are shown.
const MOST_TOKENS: usize = 30;
const MOST_SHARES: i64 = 30;
const MOST_ENTRIES: usize = 20;

/// What they have, and what the visitor could give them besides.
pub async fn roles(view: &View<'_>) -> Result<(Option<Vec<HeldRole>>, Vec<String>)> {
    let (hub, user) = (view.hub, view.user);
    let mut givable = Vec::new();
    if view.may(Scope::GrantRoles) {
        let (mut all, _) = roles::list(&hub.store, 0, MOST_ROLES).await?;
        // Administrators are made and unmade by a button of their own.
        all.retain(|role| role.name != ADMIN.name);
        givable = role_changes::givable(hub, view.by, all, (Kind::User, &user.name)).await?;
    }
    let may_look = view.may_all(Scope::ListRoles);
    if !view.may(Scope::ReadRolesUsers) {
        givable.retain(|_| may_look);
        return Ok((None, givable));
    }
    let held = roles::held(&view.hub.store, view.user.id, view.hub.clock.now()).await?;
    let sees_groups = view.may(Scope::ReadUsersGroups);
    let shown = held.into_iter().filter(|held| held.group.is_none() || sees_groups);
    let role = |held: roles::Held| HeldRole {
        may_take: held.group.is_none() && givable.contains(&held.role),
        url: (may_look && held.role != USER.name)
            .then(|| format!("{}admin/roles/{}", view.hub.prefix(), escape::segment(&held.role))),
        name: held.role,
        group: held.group,
        by: held.by.filter(|by| !by.is_empty()),
        until: held.until.map(time),
    };
    let held: Vec<HeldRole> = shown.map(role).collect();
    // To give one for longer is to give it again: those with an end are offered, too.
    let has = |name: &String| {
        held.iter()
            .any(|held| held.group.is_none() && held.until.is_none() && held.name == *name)
    };
    givable.retain(|name| may_look && !has(name));
    Ok((Some(held), givable))
}

pub async fn sessions(view: &View<'_>) -> Result<Option<Vec<SessionRow>>> {
    if !view.may(Scope::ReadTokens) {
        return Ok(None);
    }
    let found = sessions::of_user(&view.hub.store, view.user.id, view.hub.clock.now()).await?;
    Ok(Some(session_rows(view.hub, view.by, found).await?))
}

pub async fn ways(view: &View<'_>) -> Result<Option<Ways>> {
    if !view.may(Scope::AdminUsers) {
        return Ok(None);
    }
    let (store, id) = (&view.hub.store, view.user.id);
    let account = native::account(store, id).await?;
    let linked = identities::of_user(store, id).await?;
    let row = |one: identities::Linked| LinkedRow {
        method: one.method,
        subject: one.subject,
        linked: time(one.linked),
    };
    Ok(Some(Ways {
        password: native::hash_of(store, id).await?.is_some(),
        codes: account.otp_since.is_some(),
        passkeys: passkeys::of_user(store, id).await?.len(),
        linked: linked.into_iter().map(row).collect(),
        email: account.email,
    }))
}

/// Those that were used last, and how many more there are.
pub async fn tokens(view: &View<'_>) -> Result<(Option<Vec<TokenRow>>, usize)> {
    if !view.may(Scope::ReadTokens) {
        return Ok((None, 0));
    }
    let mut found = tokens::of_user(&view.hub.store, view.user.id, view.hub.clock.now()).await?;
    found.sort_by_key(|token| std::cmp::Reverse((token.last_activity, token.created)));
    let more = found.len().saturating_sub(MOST_TOKENS);
    found.truncate(MOST_TOKENS);
    let row = |token: tokens::Token| TokenRow {
        id: format!("a{}", token.id),
        note: token
            .note
            .filter(|note| !note.is_empty())
            .or(token.client_id)
            .unwrap_or_default(),
        scopes: token.scopes,
        last_activity: token.last_activity.map(time),
        created: token.created.map(time),
        expires_at: token.expires_at.map(time),
    };
    Ok((Some(found.into_iter().map(row).collect()), more))
}

const PART: Part = Part {
    offset: 0,
    limit: MOST_SHARES,
};

fn named(owner: &str, server: &str) -> String {
    match server {
        "" => owner.to_owned(),
        server => format!("{owner}/{server}"),
    }
}

pub async fn given(view: &View<'_>) -> Result<Option<Vec<ShareRow>>> {
    if !view.may(Scope::ReadShares) {
        return Ok(None);
    }
    let now = view.hub.clock.now();
    let (found, _) = shares::list(&view.hub.store, Of::Owner(view.user.id), PART, now).await?;
    let row = |share: shares::Share| {
        let (with, is_group) = match share.with {
            SharedWith::User(name) => (name, false),
            SharedWith::Group(name) => (name, true),
        };
        ShareRow {
            server: named(&share.owner, &share.server),
            with,
            is_group,
        }
    };
    Ok(Some(found.into_iter().map(row).collect()))
}

pub async fn received(view: &View<'_>) -> Result<Option<Vec<ShareRow>>> {
    if !view.may(Scope::ReadUsersShares) {
        return Ok(None);
    }
    let now = view.hub.clock.now();
    let (found, _) = shares::list(&view.hub.store, Of::User(view.user.id), PART, now).await?;
    let row = |share: shares::Share| ShareRow {
        server: named(&share.owner, &share.server),
        with: share.owner,
        is_group: false,
    };
    Ok(Some(found.into_iter().map(row).collect()))
}

/// What they use, with what they may have; what they neither use nor have a limit of is not told.
pub async fn quotas(view: &View<'_>) -> Result<Option<Vec<QuotaRow>>> {
    const ALL: [(Quantity, &str); 5] = [
        (Quantity::Servers, "servers"),
        (Quantity::Cpu, "cpu"),
        (Quantity::Memory, "memory"),
        (Quantity::Gpus, "gpu"),
        (Quantity::Time, "hours"),
    ];
    if !view.may(Scope::ReadServers) {
        return Ok(None);
    }
    let (hub, store) = (view.hub, &view.hub.store);
    let person = Person::read(hub, store, view.user).await?;
    let standing = offers::standing(hub, store, &person).await?;
    let row = |(quantity, what): (Quantity, &'static str)| {
        let (used, allowed) = (standing.used(quantity), standing.entitled.most(quantity));
        let share = |allowed: u64| match allowed {
            0 => 100.0,
            allowed => (used as f64 / allowed as f64 * 1000.0).round() / 10.0,
        };
        (used > 0 || allowed.is_some()).then(|| QuotaRow {
            what,
            used: told(quantity, used),
            allowed: allowed.map(|allowed| told(quantity, allowed)),
            share: allowed.map(share),
        })
    };
    Ok(Some(ALL.into_iter().filter_map(row).collect()))
}

fn told(quantity: Quantity, amount: u64) -> String {
    match quantity {
        Quantity::Cpu => format!("{}", amount as f64 / 1000.0),
        Quantity::Memory | Quantity::Storage => size(amount),
        Quantity::Time => format!("{:.1} h", amount as f64 / 3600.0),
        Quantity::Servers | Quantity::Gpus => amount.to_string(),
    }
}

/// What they have, and what is left of earlier ones of their name in the trash.
pub async fn homes(view: &View<'_>) -> Result<Option<Vec<HomeRow>>> {
    let sees_all = view.may_all(Scope::ReadHomes);
    if !sees_all && !view.may(Scope::ReadServers) {
        return Ok(None);
    }
    let (hub, store) = (view.hub, &view.hub.store);
    let mut found = homes::all_of_user(store, view.user.id).await?;
    if sees_all {
        found.extend(homes::trashed_of(store, &view.user.name).await?);
    }
    let limit = room::limit_of(hub, store, view.user.id).await?;
    let bytes = |count: i64| size(u64::try_from(count).unwrap_or(0));
    let row = |home: homes::Home| {
        let is_live = home.state == homes::State::Live;
        HomeRow {
            id: home.id,
            place: sees_all.then_some(home.place),
            trashed: !is_live,
            used: home.usage.used.map(bytes),
            limit: limit.filter(|_| is_live).map(size),
            measured_at: home.usage.measured_at.map(time),
            problem: home.problem.filter(|_| sees_all),
        }
    };
    Ok(Some(found.into_iter().map(row).collect()))
}

/// What they did, and what was done to them, the last first.
pub async fn log(view: &View<'_>) -> Result<Option<Vec<LogRow>>> {
    if !view.may_all(Scope::ReadAudit) {
        return Ok(None);
    }
    let most = i64::try_from(MOST_ENTRIES).unwrap_or(i64::MAX);
    let newest = audit::Query {
        newest_first: true,
        ..audit::Query::default()
    };
    let by_them = audit::Query {
        actor: Some(view.user.name.clone()),
        ..newest.clone()
    };
    let to_them = audit::Query {
        target: Some(format!("user {}", view.user.name)),
        ..newest
    };
    let mut found = audit::list(&view.hub.store, &by_them, most).await?;
    found.extend(audit::list(&view.hub.store, &to_them, most).await?);
    found.sort_by_key(|entry| std::cmp::Reverse(entry.id));
    found.dedup_by_key(|entry| entry.id);
    found.truncate(MOST_ENTRIES);
    let row = |entry: audit::Record| LogRow {
        at: time(entry.at),
        act: entry.act,
        actor: match entry.actor.as_str() {
            "" => entry.actor_kind,
            _ => entry.actor,
        },
        target: entry.target,
    };
    Ok(Some(found.into_iter().map(row).collect()))
}
