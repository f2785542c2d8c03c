//! `GET /hub/health`: empty and quick for load balancers, the state of hub, database and edge for those who ask for JSON.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::Hub;
use crate::http::prefers_json;

/// Longer than this counts as not answering.
const PATIENCE: Duration = Duration::from_secs(1);

#[derive(Serialize, ToSchema)]
pub struct Health {
    /// `ok`, or `not answering`
    status: &'static str,
    hub: &'static str,
    database: Database,
    edge: &'static str,
}

#[derive(Serialize, ToSchema)]
struct Database {
    status: &'static str,
    kind: &'static str,
}

/// Tell whether the hub is well.
#[utoipa::path(
    get,
    path = "/health",
    tag = "hub",
    responses(
        (status = 200, description = "It answers; with `Accept: application/json`, database and edge answer, too", content(
            (String = "text/html"),
            (Health = "application/json"),
        )),
        (status = 503, description = "Something does not answer; told only to those who ask for JSON", body = Health),
    ),
)]
pub async fn get(State(hub): State<Arc<Hub>>, headers: HeaderMap) -> Response {
    if !prefers_json(&headers) {
        return (
            StatusCode::OK,
            [(header::CONTENT_TYPE, HeaderValue::from_static("text/html"))],
        )
            .into_response();
    }
    let database = tokio::time::timeout(PATIENCE, hub.store.ping());
    let edge = tokio::time::timeout(PATIENCE, hub.routes.healthy());
    let (database, edge) = tokio::join!(database, edge);
    let database = matches!(database, Ok(Ok(())));
    let edge = edge.unwrap_or(false);
    let word = |good: bool| if good { "ok" } else { "not answering" };
    let status = if database && edge {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    let health = Health {
        status: word(database && edge),
        hub: "ok",
        database: Database {
            status: word(database),
            kind: hub.store.kind(),
        },
        edge: word(edge),
    };
    (status, Json(health)).into_response()
}
