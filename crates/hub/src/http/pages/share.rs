//! `/hub/share/USER[/SERVER]`: with whom a server is shared, by name or by a link that gives access.

use std::sync::Arc;

use axum::extract::{OriginalUri, Path, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::Response;
use jiff::SignedDuration;
use perijove_model::scopes::{Reach, Scope};
use perijove_store::share_codes::{self, ShareCode};
use perijove_store::shares::{self, Part, Share, SharedWith};
use perijove_store::spawners::{self, Spawner};
use perijove_web::pages::{CodeLine, ShareLine, ShareServer};

use super::whose::{Which, Whose};
use crate::Hub;
use crate::http::api::models;
use crate::http::api::shares::{self as sharing, With, codes};
use crate::http::error::{HttpError, Result};
use crate::http::form::Form;
use crate::http::found;
use crate::http::visitor::{Principal, Visitor};

/// As many as the page shows of each kind; the API has them all.
const SHOWN: Part = Part { offset: 0, limit: 100 };
const LONGEST_LIFE: i64 = 365;
/// What people are given: to use the server, and to start it as well.
const USE: [Scope; 1] = [Scope::AccessServers];
const START: [Scope; 2] = [Scope::AccessServers, Scope::Servers];

pub async fn get(
    State(hub): State<Arc<Hub>>,
    OriginalUri(uri): OriginalUri,
    Path(which): Path<Which>,
    visitor: Visitor,
) -> Result<Response> {
    let principal = match super::signed_in(&hub, &visitor, &uri) {
        Ok(principal) => principal,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let page = Sharing::read(&hub, principal, &which, &uri).await?;
    page.show(&visitor, Outcome::default()).await
}

pub async fn post(
    State(hub): State<Arc<Hub>>,
    OriginalUri(uri): OriginalUri,
    Path(which): Path<Which>,
    headers: HeaderMap,
    visitor: Visitor,
    form: Form,
) -> Result<Response> {
    let principal = match super::signed_in(&hub, &visitor, &uri) {
        Ok(principal) => principal,
        Err(elsewhere) => return Ok(elsewhere),
    };
    visitor.xsrf.check_form(form.text("_xsrf"), &headers, &Method::POST)?;
    let page = Sharing::read(&hub, principal, &which, &uri).await?;
    match page.change(&form).await {
        Ok(Some(made)) => {
            let made = Some(made);
            page.show(&visitor, Outcome { made, problem: None }).await
        }
        Ok(None) => Ok(found(uri.path())),
        Err(error) if error.status.is_client_error() => {
            let problem = Some(error);
            page.show(&visitor, Outcome { made: None, problem }).await
        }
        Err(error) => Err(error),
    }
}

/// What a form has come to.
#[derive(Default)]
struct Outcome {
    made: Option<String>,
    problem: Option<HttpError>,
}

/// Somebody who may share a server, at its page.
struct Sharing<'a> {
    hub: &'a Hub,
    principal: &'a Principal,
    server: Spawner,
    uri: &'a Uri,
}

impl<'a> Sharing<'a> {
    async fn read(hub: &'a Hub, principal: &'a Principal, which: &Which, uri: &'a Uri) -> Result<Self> {
        let whose = Whose::read(hub, principal, &which.user, &which.server, Scope::Shares).await?;
        let server = match whose.spawner(hub).await? {
            Some(server) => server,
            // The default server exists even before its first start.
            None if whose.server.is_default() => spawners::ensure(&hub.store, whose.user.id, "", None).await?,
            None => return Err(HttpError::not_found()),
        };
        Ok(Self {
            hub,
            principal,
            server,
            uri,
        })
    }

    /// The address of a link, if one was made.
    async fn change(&self, form: &Form) -> Result<Option<String>> {
        let text = |name: &str| form.text(name).unwrap_or_default().trim();
        let (hub, principal, server) = (self.hub, self.principal, &self.server);
        let wished: &[Scope] = if text("start").is_empty() { &USE } else { &START };
        let wished: Vec<String> = wished.iter().map(|scope| scope.name().to_owned()).collect();
        match text("do") {
            "give" => {
                let with = match text("kind") {
                    "group" => With::Group(text("name")),
                    _ => With::User(text("name")),
                };
                sharing::give(hub, principal, server, with, Some(&wished)).await?;
            }
            "take" => {
                let with = match form.text("group") {
                    Some(group) => With::Group(group),
                    None => With::User(text("user")),
                };
                sharing::take_back(hub, principal, server, with, None).await?;
            }
            "link" => {
                let days = text("days").parse().unwrap_or(1).clamp(1, LONGEST_LIFE);
                let life = SignedDuration::from_hours(24 * days);
                let (_, secret) = codes::make(hub, principal, server, Some(&wished), life).await?;
                return Ok(Some(models::accept_url(hub, secret.expose())));
            }
            "end" => {
                let id = text("id").parse().unwrap_or_default();
                codes::end(hub, principal, server, id).await?;
            }
            _ => {
                let words = "The form asks for nothing that can be done here.";
                return Err(HttpError::bad_request(words));
            }
        }
        Ok(None)
    }

    async fn show(&self, visitor: &Visitor, outcome: Outcome) -> Result<Response> {
        let (store, now) = (&self.hub.store, self.hub.clock.now());
        let (shares, _) = shares::list(store, shares::Of::Server(self.server.id), SHOWN, now).await?;
        let (codes, _) = share_codes::list(store, share_codes::Of::Server(self.server.id), SHOWN, now).await?;
        let problem = outcome.problem;
        let status = problem.as_ref().map_or(StatusCode::OK, |problem| problem.status);
        let page = ShareServer {
            user_name: self.server.user_name.clone(),
            server_name: self.server.name.clone(),
            display_name: self.server.display_name.clone().unwrap_or_default(),
            shares: shares.iter().map(share).collect(),
            codes: codes.iter().map(code).collect(),
            made: outcome.made,
            by_name: self.by_name(),
            action_url: self.uri.path().to_owned(),
            problem: problem.and_then(|problem| problem.message),
        };
        super::render(self.hub, visitor, status, &page).await
    }

    /// Whether this person may know anybody else's name, or that of a group. One's own name everybody knows.
    fn by_name(&self) -> bool {
        let others = |scope| match self.principal.scopes.filters_for(scope) {
            Some(Reach::All) => true,
            Some(Reach::Only(filters)) => !filters.users().eq([self.principal.name()]),
            None => false,
        };
        others(Scope::ReadUsersName) || others(Scope::ReadGroupsName)
    }
}

fn share(share: &Share) -> ShareLine {
    let (name, is_group) = match &share.with {
        SharedWith::User(name) => (name, false),
        SharedWith::Group(name) => (name, true),
    };
    ShareLine {
        name: name.clone(),
        is_group,
        may_start: may_start(&share.scopes),
    }
}

fn code(code: &ShareCode) -> CodeLine {
    CodeLine {
        id: code.id,
        expires_at: code.expires_at.map(models::time).unwrap_or_default(),
        used: code.exchange_count,
        may_start: may_start(&code.scopes),
    }
}

fn may_start(scopes: &[String]) -> bool {
    let starts = |scope: &String| {
        let name = scope.split('!').next().unwrap_or_default();
        [Scope::Servers.name(), Scope::StartServers.name()].contains(&name)
    };
    scopes.iter().any(starts)
}
