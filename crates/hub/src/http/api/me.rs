//! `GET /hub/api/user`: whose credential this is and what it may do. Every visit to a server asks this.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use perijove_model::scopes::{Owner, identify_scopes};
use serde_json::json;

use super::models;
use crate::Hub;
use crate::http::error::Result;
use crate::http::visitor::{Principal, Via, Who};

/// Tell whose credential this is, and what it may do.
#[utoipa::path(
    get,
    path = "/user",
    tag = "users",
    responses((status = 200, description = "The user or service, with `scopes`, `token_id` and `session_id`", body = Object)),
    security(("token" = [])),
)]
pub async fn get(State(hub): State<Arc<Hub>>, principal: Principal) -> Result<Response> {
    if let Some(answer) = principal.answer.get() {
        return Ok(json_of(answer.clone()));
    }
    let scopes = principal.scopes.to_strings();
    let identify = match &principal.who {
        Who::User(user) => identify_scopes(&Owner::User(&user.name)),
        Who::Service(service) => identify_scopes(&Owner::Service(&service.name)),
    };
    let mut shown = principal.scopes.clone();
    for (scope, filter) in identify {
        shown.insert(scope, Some(filter));
    }
    let mut model = match &principal.who {
        Who::User(user) => {
            let around = principal.around.get_or_try_init(|| models::around(&hub, user.id));
            json!(models::known(&hub, &shown, user, around.await?))
        }
        Who::Service(service) => json!(models::service(&hub, &shown, service).await?),
    };
    let (token_id, session_id) = match &principal.via {
        Via::Token(token) => (Some(format!("a{}", token.id)), token.session_id.clone()),
        // A page's script is not to learn what the browser keeps from it.
        Via::Session(_) | Via::Password => (None, None),
    };
    model["scopes"] = json!(scopes);
    model["token_id"] = json!(token_id);
    model["session_id"] = json!(session_id);
    let answer = principal.answer.get_or_init(|| model.to_string().into());
    Ok(json_of(answer.clone()))
}

fn json_of(answer: Bytes) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], answer).into_response()
}
