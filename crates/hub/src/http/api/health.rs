//! `GET /hub/health`: empty and quick for load balancers, the state of hub, database and edge for those who ask for JSON.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::Hub;
use crate::http::prefers_json;

/// Longer than this counts as not answering.
const PATIENCE: Duration = Duration::from_secs(1);

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
    let body = json!({
        "status": word(database && edge),
        "hub": "ok",
        "database": { "status": word(database), "kind": hub.store.kind() },
        "edge": word(edge),
    });
    (status, Json(body)).into_response()
}
