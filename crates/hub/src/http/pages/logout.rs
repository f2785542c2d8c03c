//! `GET /hub/logout`: ends this browser's session, here and in the servers and services that it opened.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header;
use axum::response::Response;
use perijove_store::{sessions, tokens};
use serde_json::json;

use crate::Hub;
use crate::audit::{self, Act};
use crate::http::error::Result;
use crate::http::found;
use crate::http::visitor::{Via, Visitor};

pub async fn get(State(hub): State<Arc<Hub>>, visitor: Visitor) -> Result<Response> {
    let begun = tokio::time::Instant::now();
    if let Some(principal) = &visitor.principal
        && let (Via::Session(session), Some(user)) = (&principal.via, principal.user())
    {
        let tx = hub.store.begin().await?;
        tokens::delete_for_session(&tx, user.id, &session.session_id).await?;
        sessions::delete(&tx, session.id).await?;
        let target = format!("user {}", user.name);
        audit::record(&hub, &tx, principal, Act::SignedOut, &target, json!({})).await?;
        tx.commit().await?;
        tracing::info!(user = %user.name, "signed out");
    }
    hub.metrics.logout.observe(begun.elapsed());
    let mut response = found(&format!("{}login", hub.prefix()));
    for cookie in visitor.jar.clear_all() {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}
