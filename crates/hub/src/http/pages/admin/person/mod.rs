//! `/hub/admin/users/{user}`: one person, with all that the visitor may know and do. What can be done here is done over the
//! API as well, by the same rules.

mod acts;
mod parts;

use std::sync::Arc;

use axum::extract::{OriginalUri, Path, State};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::Response;
use perijove_model::escape;
use perijove_model::scopes::{GroupsOf, Resource, Scope};
use perijove_store::users::{self, User};
use perijove_store::{groups, spawners};
use perijove_web::pages::{Someone, SomeoneMay};

use super::{may_come, menu, people, problem};
use crate::Hub;
use crate::http::error::{HttpError, Result};
use crate::http::form::Form;
use crate::http::found;
use crate::http::pages::{allows, render, signed_in};
use crate::http::visitor::{Principal, Visitor};
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

pub async fn get(
    State(hub): State<Arc<Hub>>,
    OriginalUri(uri): OriginalUri,
    Path(name): Path<String>,
    visitor: Visitor,
) -> Result<Response> {
    let principal = match signed_in(&hub, &visitor, &uri) {
        Ok(principal) => principal,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let user = whose(&hub, principal, &name).await?;
    let page = page(&hub, principal, &user).await?;
    render(&hub, &visitor, StatusCode::OK, &page).await
}

pub async fn post(
    State(hub): State<Arc<Hub>>,
    OriginalUri(uri): OriginalUri,
    Path(name): Path<String>,
    headers: HeaderMap,
    visitor: Visitor,
    form: Form,
) -> Result<Response> {
    let principal = match signed_in(&hub, &visitor, &uri) {
        Ok(principal) => principal,
        Err(elsewhere) => return Ok(elsewhere),
    };
    visitor.xsrf.check_form(form.text("_xsrf"), &headers, &Method::POST)?;
    let user = whose(&hub, principal, &name).await?;
    let (status, news) = match act(&hub, principal, &user, form).await {
        Ok(Came::Gone) => return Ok(found(&format!("{}admin", hub.prefix()))),
        Ok(Came::Renamed(name)) => return Ok(found(&address(&hub, &name))),
        Ok(Came::AskAgain) => {
            let news = Someone {
                doomed: true,
                ..Someone::default()
            };
            (StatusCode::OK, news)
        }
        Ok(Came::Done(words)) => {
            let news = Someone {
                done: Some(words.to_owned()),
                ..Someone::default()
            };
            (StatusCode::OK, news)
        }
        Ok(Came::Told(status, outcomes)) => {
            let news = Someone {
                outcomes,
                ..Someone::default()
            };
            (status, news)
        }
        Err(error) if error.status.is_client_error() => {
            let news = Someone {
                problem: Some(problem(&error)),
                ..Someone::default()
            };
            (error.status, news)
        }
        Err(error) => return Err(error),
    };
    // As they are now.
    let user = users::by_id(&hub.store, user.id)
        .await?
        .ok_or_else(HttpError::not_found)?;
    let page = Someone {
        outcomes: news.outcomes,
        done: news.done,
        problem: news.problem,
        doomed: news.doomed,
        ..page(&hub, principal, &user).await?
    };
    render(&hub, &visitor, status, &page).await
}

/// Where the page about somebody is.
pub fn address(hub: &Hub, name: &str) -> String {
    format!("{}admin/users/{}", hub.prefix(), escape::segment(name))
}

async fn whose(hub: &Hub, by: &Principal, name: &str) -> Result<User> {
    may_come(hub, by).await?;
    by.require(&hub.store, &READERS, Resource::User(name)).await?;
    // PostgreSQL can't even look for it.
    if name.contains('\0') {
        return Err(HttpError::not_found());
    }
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
            end_sessions: self.may(Scope::Tokens),
            revoke: self.may(Scope::Tokens),
            delete: self.may(Scope::DeleteUsers) && !is_self,
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
    hub.seen.flush(&hub.store).await?;
    let servers = spawners::of_user(&hub.store, user.id).await?;
    let (tokens, more_tokens) = parts::tokens(&view).await?;
    Ok(Someone {
        person: people::person(hub, by, user, &view.groups, &servers),
        suspended: view.may(Scope::ReadUsers) && users::unsuspended(&hub.store, user.id).await?.is_none(),
        roles: parts::roles(&view).await?,
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
            .then(|| format!("{}?actor={}", menu::AUDIT.url(hub), escape::component(&user.name))),
        may: view.offered(),
        leavable: view.leavable(),
        action_url: address(hub, &user.name),
        list_url: format!("{}admin", hub.prefix()),
        ..Someone::default()
    })
}
