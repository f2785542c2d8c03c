//! `/hub/admin/users/{user}`: one person, with all that the visitor may know and do. What can be done here is done over the
//! API as well, by the same rules.

mod acts;
mod parts;

use axum::extract::Path;
use axum::response::Response;
use perijove_model::escape;
use perijove_model::scopes::{GroupsOf, Resource, Scope};
use perijove_store::users::{self, User};
use perijove_store::{groups, spawners};
use perijove_web::pages::{Someone, SomeoneMay};

use super::{menu, people};
use crate::Hub;
use crate::http::error::{HttpError, Result};
use crate::http::found;
use crate::http::pages::allows;
use crate::http::pages::filters::Link;
use crate::http::pages::guest::{Guest, Sent, came};
use crate::http::visitor::Principal;
use acts::{Came, act};

/// Whoever may know one of these of somebody may look at them.
const READERS: [Scope; 6] = [
    Scope::ReadUsers,
    Scope::ReadUsersName,
    Scope::ReadServers,
    Scope::ReadUsersGroups,
    Scope::ReadUsersActivity,
    Scope::ReadRolesUsers,
];

pub async fn get(Path(name): Path<String>, guest: Guest) -> Result<Response> {
    let (hub, by) = guest.at(&menu::PEOPLE).await?;
    let user = whose(hub, by, &name).await?;
    guest.show(&page(hub, by, &user).await?).await
}

pub async fn post(Path(name): Path<String>, Sent { guest, form }: Sent) -> Result<Response> {
    let (hub, by) = guest.at(&menu::PEOPLE).await?;
    let user = whose(hub, by, &name).await?;
    let came = came(act(hub, by, &user, form).await)?;
    let (mut status, mut news) = (came.status, Someone::default());
    match came.done {
        None => news.problem = came.problem,
        Some(Came::Gone) => return Ok(found(&menu::PEOPLE.url(hub))),
        Some(Came::Renamed(name)) => return Ok(found(&address(hub, &name))),
        Some(Came::AskAgain) => news.doomed = true,
        Some(Came::Done(words)) => news.done = Some(words.to_owned()),
        Some(Came::Told(told, outcomes)) => (status, news.outcomes) = (told, outcomes),
    }
    // As they are now.
    let user = users::by_id(&hub.store, user.id)
        .await?
        .ok_or_else(HttpError::not_found)?;
    let page = Someone {
        outcomes: news.outcomes,
        done: news.done,
        problem: news.problem,
        doomed: news.doomed,
        ..page(hub, by, &user).await?
    };
    guest.answer(status, &page).await
}

/// Where the page about somebody is.
pub fn address(hub: &Hub, name: &str) -> String {
    format!("{}/users/{}", menu::PEOPLE.url(hub), escape::segment(name))
}

async fn whose(hub: &Hub, by: &Principal, name: &str) -> Result<User> {
    by.require(&hub.store, &READERS, Resource::User(name)).await?;
    users::by_name(&hub.store, name).await?.ok_or_else(HttpError::not_found)
}

/// A person, and what the visitor may do with them.
struct View<'a> {
    hub: &'a Hub,
    by: &'a Principal,
    user: &'a User,
    groups: Vec<String>,
}

impl View<'_> {
    fn may(&self, scope: Scope) -> bool {
        let membership = GroupsOf {
            user: &self.user.name,
            groups: &self.groups,
        };
        let this = Resource::User(&self.user.name);
        self.by.scopes.has(scope, this, &membership).is_granted()
    }

    /// On everybody and everything.
    fn may_all(&self, scope: Scope) -> bool {
        self.by.scopes.holds_all(scope)
    }

    fn leavable(&self) -> Vec<String> {
        let may = |group: &&String| allows(self.by, Scope::Groups, Resource::Group(group));
        self.groups.iter().filter(may).cloned().collect()
    }

    fn offered(&self) -> SomeoneMay {
        let is_self = self.by.user().is_some_and(|own| own.id == self.user.id);
        // Administrators are for administrators.
        let may_touch = self.by.is_admin() || !self.user.admin;
        SomeoneMay {
            rename: self.may(Scope::AdminUsers) && may_touch,
            change_admin: self.by.is_admin() && self.may(Scope::AdminUsers) && !(is_self && self.user.admin),
            change_groups: self.by.scopes.holds(Scope::Groups),
            give_roles: self.may(Scope::GrantRoles),
            end_sessions: self.may(Scope::Tokens),
            revoke: self.may(Scope::Tokens),
            delete: self.may(Scope::DeleteUsers) && !is_self,
            act_as: self.hub.config.access.act_as
                && self.by.acting.is_none()
                && self.may(Scope::AdminUsers)
                && may_touch
                && !is_self,
        }
    }
}

async fn page(hub: &Hub, by: &Principal, user: &User) -> Result<Someone> {
    let view = View {
        hub,
        by,
        user,
        groups: groups::of_user(&hub.store, user.id).await?,
    };
    hub.seen.flush(&hub.store).await;
    let servers = spawners::of_user(&hub.store, user.id).await?;
    let (roles, givable) = parts::roles(&view).await?;
    let (tokens, more_tokens) = parts::tokens(&view).await?;
    Ok(Someone {
        person: people::person(hub, by, user, &view.groups, &servers),
        suspended: view.may(Scope::ReadUsers) && users::unsuspended(&hub.store, user.id).await?.is_none(),
        roles,
        givable,
        sessions: parts::sessions(&view).await?,
        ways: parts::ways(&view).await?,
        tokens,
        more_tokens,
        given: parts::given(&view).await?,
        received: parts::received(&view).await?,
        quotas: parts::quotas(&view).await?,
        homes: parts::homes(&view).await?,
        log: parts::log(&view).await?,
        log_url: menu::AUDIT
            .is_for(by)
            .then(|| Link::to(&menu::AUDIT.url(hub)).with("actor", &user.name).done()),
        may: view.offered(),
        leavable: view.leavable(),
        action_url: address(hub, &user.name),
        act_as_url: format!("{}act-as/{}", hub.prefix(), escape::segment(&user.name)),
        list_url: menu::PEOPLE.url(hub),
        ..Someone::default()
    })
}
