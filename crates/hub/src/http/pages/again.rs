//! `POST /hub/again/USER[/SERVER]` starts a server as it was started the last time, and `POST /hub/restart/USER[/SERVER]`
//! stops it first.

use std::sync::Arc;

use axum::Form;
use axum::extract::{OriginalUri, Path, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::Response;
use perijove_model::scopes::Scope;

use super::home_view;
use super::next;
use super::spawn::pending_url;
use super::stop::Fields;
use super::whose::{Which, Whose};
use crate::Hub;
use crate::http::error::{HttpError, Result};
use crate::http::found;
use crate::http::visitor::{Principal, Visitor};
use crate::http::xsrf::query_value;
use crate::servers::{self, Start};

pub async fn again(
    State(hub): State<Arc<Hub>>,
    OriginalUri(uri): OriginalUri,
    Path(which): Path<Which>,
    headers: HeaderMap,
    visitor: Visitor,
    Form(fields): Form<Fields>,
) -> Result<Response> {
    let asked = Asked {
        hub: &hub,
        uri: &uri,
        visitor: &visitor,
        headers: &headers,
    };
    asked.start(&which, &fields, false).await
}

pub async fn restart(
    State(hub): State<Arc<Hub>>,
    OriginalUri(uri): OriginalUri,
    Path(which): Path<Which>,
    headers: HeaderMap,
    visitor: Visitor,
    Form(fields): Form<Fields>,
) -> Result<Response> {
    let asked = Asked {
        hub: &hub,
        uri: &uri,
        visitor: &visitor,
        headers: &headers,
    };
    asked.start(&which, &fields, true).await
}

/// Somebody's request, from a form of a page.
struct Asked<'a> {
    hub: &'a Arc<Hub>,
    uri: &'a Uri,
    visitor: &'a Visitor,
    headers: &'a HeaderMap,
}

impl Asked<'_> {
    async fn start(&self, which: &Which, fields: &Fields, stop_first: bool) -> Result<Response> {
        let principal = match super::signed_in(self.hub, self.visitor, self.uri) {
            Ok(principal) => principal,
            Err(elsewhere) => return Ok(elsewhere),
        };
        self.visitor
            .xsrf
            .check_form(fields.xsrf.as_deref(), self.headers, &Method::POST)?;
        let whose = Whose::read(self.hub, principal, &which.user, &which.server, Scope::Servers).await?;
        let started = match stop_first {
            true => stop(self.hub, principal, &whose).await,
            false => Ok(()),
        };
        let started = match started {
            Ok(()) => start(self.hub, principal, &whose).await,
            Err(error) => Err(error),
        };
        match started {
            Ok(()) => {
                let next = query_value(self.uri.query().unwrap_or_default(), "next");
                let next = next.and_then(|next| next::local(self.hub, self.headers, &next));
                Ok(found(&pending_url(self.hub, &whose, next.as_deref())))
            }
            // Told where one's servers are, and can be stopped if they take the room.
            Err(error) if error.status.is_client_error() && principal.name() == whose.user.name => {
                home_view::show(self.hub, self.visitor, principal, Some(error)).await
            }
            Err(error) => Err(error),
        }
    }
}

async fn start(hub: &Arc<Hub>, principal: &Principal, whose: &Whose) -> Result<()> {
    let start = Start {
        by: Some(principal),
        user: &whose.user,
        server: &whose.server,
        options: None,
        display_name: None,
    };
    Ok(servers::request_start(hub, start).await.map(drop)?)
}

async fn stop(hub: &Arc<Hub>, principal: &Principal, whose: &Whose) -> Result<()> {
    let Some(spawner) = whose.spawner(hub).await? else {
        return Ok(());
    };
    servers::request_stop(hub, Some(principal), &spawner, false).await?;
    let patience = hub.config.hub.slow_stop_timeout;
    let left = servers::wait(hub, spawner.id, patience, |s| !s.run.phase.is_active()).await?;
    match left.is_some_and(|left| left.run.phase.is_active()) {
        true => Err(HttpError::new(
            StatusCode::CONFLICT,
            "The server takes long to stop. Start it again when it has stopped.",
        )),
        false => Ok(()),
    }
}
