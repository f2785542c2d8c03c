//! `/hub/share/USER[/SERVER]`: with whom a server is shared, by name or by a link that gives access.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use jiff::SignedDuration;
use perijove_model::scopes::{Reach, Scope};
use perijove_store::share_codes::{self, ShareCode};
use perijove_store::shares::{self, Part, Share, SharedWith};
use perijove_store::spawners::{self, Spawner};
use perijove_web::pages::{CodeLine, ShareLine, ShareServer};

use super::guest::{Guest, Sent};
use super::whose::{Which, Whose};
use crate::http::api::models;
use crate::http::api::shares::{self as sharing, With, codes};
use crate::http::error::{HttpError, Result};
use crate::http::form::Form;
use crate::http::found;

/// As many as the page shows of each kind; the API has them all.
const SHOWN: Part = Part { offset: 0, limit: 100 };
const LONGEST_LIFE: i64 = 365;
/// What people are given: to use the server, and to start it as well.
const USE: [Scope; 1] = [Scope::AccessServers];
const START: [Scope; 2] = [Scope::AccessServers, Scope::Servers];

pub async fn get(Path(which): Path<Which>, guest: Guest) -> Result<Response> {
    let page = Sharing::read(&guest, &which).await?;
    page.show(Outcome::default()).await
}

pub async fn post(Path(which): Path<Which>, Sent { guest, form }: Sent) -> Result<Response> {
    let page = Sharing::read(&guest, &which).await?;
    match page.change(&form).await {
        Ok(None) => Ok(found(guest.uri.path())),
        Ok(made) => page.show(Outcome { made, problem: None }).await,
        Err(error) if error.status.is_client_error() => {
            let problem = Some(error);
            page.show(Outcome { made: None, problem }).await
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
    guest: &'a Guest,
    server: Spawner,
}

impl<'a> Sharing<'a> {
    async fn read(guest: &'a Guest, which: &Which) -> Result<Self> {
        let hub = &guest.hub;
        let whose = Whose::read(hub, &guest.by, &which.user, &which.server, Scope::Shares).await?;
        let server = match whose.spawner(hub).await? {
            Some(server) => server,
            // The default server exists even before its first start.
            None if whose.server.is_default() => spawners::ensure(&hub.store, whose.user.id, "", None).await?,
            None => return Err(HttpError::not_found()),
        };
        Ok(Self { guest, server })
    }

    /// The address of a link, if one was made.
    async fn change(&self, form: &Form) -> Result<Option<String>> {
        let text = |name: &str| form.text(name).unwrap_or_default().trim();
        let (hub, principal, server) = (&self.guest.hub, &self.guest.by, &self.server);
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

    async fn show(&self, outcome: Outcome) -> Result<Response> {
        let hub = &self.guest.hub;
        let (store, now) = (&hub.store, hub.clock.now());
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
            action_url: self.guest.uri.path().to_owned(),
            problem: problem.and_then(|problem| problem.message),
        };
        self.guest.answer(status, &page).await
    }

    /// Whether this person may know anybody else's name, or that of a group. One's own name everybody knows.
    fn by_name(&self) -> bool {
        let others = |scope| match self.guest.by.scopes.filters_for(scope) {
            Some(Reach::All) => true,
            Some(Reach::Only(filters)) => !filters.users().eq([self.guest.by.name()]),
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
