//! `GET /hub/logout`: ends this browser's session, here and in the servers and services that it opened.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use jiff::SignedDuration;
use perijove_auth::{Member, Offer};
use perijove_model::server::Phase;
use perijove_store::sessions::Session;
use perijove_store::users::User;
use perijove_store::{identities, sessions, spawners, tokens, users};
use perijove_web::pages::Logout;
use serde_json::json;

use super::{acting, next};
use crate::audit::{self, Act};
use crate::http::error::Result;
use crate::http::found;
use crate::http::visitor::{Principal, Via, Visitor};
use crate::http::xsrf::Xsrf;
use crate::signin::refresh;
use crate::{Hub, servers};

pub async fn get(State(hub): State<Arc<Hub>>, headers: HeaderMap, mut visitor: Visitor) -> Result<Response> {
    let begun = tokio::time::Instant::now();
    let mut elsewhere = None;
    let acted = match visitor.principal.take_if(|principal| principal.acting.is_some()) {
        Some(principal) => {
            acting::close(&hub, &principal).await?;
            visitor.principal = Principal::put_aside(&hub, &headers, visitor.remote).await?;
            true
        }
        None => false,
    };
    if let Some(principal) = visitor.principal.take()
        && let (Via::Session(session), Some(user)) = (&principal.via, principal.user())
    {
        if hub.config.hub.shutdown_on_logout {
            stop_servers(&hub, &principal, user).await?;
        }
        let tx = hub.store.begin().await?;
        tokens::delete_acted(&tx, user.id).await?;
        tokens::delete_for_session(&tx, user.id, &session.session_id).await?;
        sessions::delete(&tx, session.id).await?;
        // Once more: a token that was on its way held the session until it was there.
        tokens::delete_for_session(&tx, user.id, &session.session_id).await?;
        let target = format!("user {}", user.name);
        audit::record(&hub, &tx, &principal, Act::SignedOut, &target, json!({})).await?;
        tx.commit().await?;
        tracing::info!(user = %user.name, "signed out");
        elsewhere = leave(&hub, &headers, &visitor, session, user.id).await?;
    }
    hub.metrics.logout.observe(begun.elapsed());
    let mut cleared = visitor.jar.clear_all();
    cleared.extend(acted.then(|| visitor.jar.own(None, SignedDuration::ZERO)));
    // At the sign-in page they would be signed in again at once.
    let is_unasked = hub.authenticators.iter().any(|method| method.offer() == Offer::Unasked);
    let mut response = match elsewhere {
        Some(url) => found(&url),
        None if hub.config.access.auto_login || is_unasked => {
            // The page is for nobody in particular, as is its token.
            visitor.xsrf = Xsrf::of(&hub, &headers, visitor.remote, None, None);
            super::render(&hub, &visitor, StatusCode::OK, &Logout {}).await?
        }
        None => found(&format!("{}login", hub.prefix())),
    };
    let fresh: Vec<_> = response.headers_mut().remove(header::SET_COOKIE).into_iter().collect();
    for cookie in cleared.into_iter().chain(fresh) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

/// What there is to do where somebody came from, and where they go on to.
async fn leave(
    hub: &Arc<Hub>,
    headers: &HeaderMap,
    visitor: &Visitor,
    session: &Session,
    user_id: i64,
) -> Result<Option<String>> {
    let name = session.method.as_deref();
    let Some(method) = hub.authenticators.iter().find(|method| Some(method.name()) == name) else {
        return Ok(None);
    };
    let Some(user) = users::by_id(&hub.store, user_id).await? else {
        return Ok(None);
    };
    let linked = identities::of_user(&hub.store, user.id).await?;
    let linked = linked.iter().find(|linked| linked.method == method.name());
    let state = refresh::state(hub, &user);
    let member = Member {
        name: &user.name,
        subject: linked.map(|linked| linked.subject.as_str()),
        auth_state: state.as_ref(),
    };
    let back = format!("{}{}login", next::root(hub, headers, visitor), hub.prefix());
    Ok(method.leave(&member, &back).await)
}

async fn stop_servers(hub: &Arc<Hub>, principal: &Principal, user: &User) -> Result<()> {
    for server in spawners::of_user(&hub.store, user.id).await? {
        if server.run.phase == Phase::Ready {
            servers::request_stop(hub, Some(principal), &server, false).await?;
        }
    }
    Ok(())
}
