//! `GET /hub/api/`: the version, to whoever asks. Single-user servers look here when they start.

use axum::Json;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use perijove_model::JUPYTERHUB_VERSION;
use serde_json::json;

pub async fn get() -> Response {
    let anybody = [(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"))];
    (anybody, Json(json!({ "version": JUPYTERHUB_VERSION }))).into_response()
}
