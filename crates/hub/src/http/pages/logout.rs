//! `GET /hub/logout`: ends this browser's session, here and in the servers and services that it opened.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header;
use axum::response::Response;
use perijove_store::{sessions, tokens};

use crate::Hub;
use crate::http::error::Result;
use crate::http::found;
use crate::http::visitor::{Via, Visitor};

pub async fn get(State(hub): State<Arc<Hub>>, visitor: Visitor) -> Result<Response> {
    if let Some(principal) = &visitor.principal
        && let (Via::Session(session), Some(user)) = (&principal.via, principal.user())
    {
        tokens::delete_for_session(&hub.store, user.id, &session.session_id).await?;
        sessions::delete(&hub.store, session.id).await?;
        tracing::info!(user = %user.name, "signed out");
    }
    let mut response = found(&format!("{}login", hub.prefix()));
    for cookie in visitor.jar.clear_all() {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}
