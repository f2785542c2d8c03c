//! `GET /hub/api/`: the version, to whoever asks. Single-user servers look here when they start.

use axum::Json;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use perijove_model::JUPYTERHUB_VERSION;
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Serialize, ToSchema)]
struct Version {
    version: &'static str,
}

/// Tell the version of the contract.
#[utoipa::path(
    get,
    path = "/",
    tag = "hub",
    responses((status = 200, description = "The version of JupyterHub whose contract this is", body = Version)),
)]
pub async fn get() -> Response {
    let anybody = [(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"))];
    let version = Version {
        version: JUPYTERHUB_VERSION,
    };
    (anybody, Json(version)).into_response()
}
