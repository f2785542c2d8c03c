//! `GET /hub/api/openapi.json`

use std::sync::Arc;

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};

use super::description;
use crate::Hub;

/// Describe the API: this document.
#[utoipa::path(
    get,
    path = "/openapi.json",
    tag = "hub",
    responses((status = 200, description = "The description of this API, as OpenAPI 3.1 has it", body = Object)),
)]
pub async fn get(State(hub): State<Arc<Hub>>) -> Response {
    let json = [(header::CONTENT_TYPE, "application/json")];
    (json, description::document_at(&hub.prefix())).into_response()
}
