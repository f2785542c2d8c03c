//! `/hub/metrics` and `/hub/api/metrics`, for Prometheus.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use perijove_model::scopes::{Resource, Scope};

use crate::Hub;
use crate::http::error::{HttpError, Kind, Result};
use crate::http::visitor::Visitor;
use crate::metrics::{self, CONTENT_TYPE};

/// Read the metrics.
#[utoipa::path(
    get,
    path = "/metrics",
    tag = "hub",
    responses((status = 200, description = "All metrics, in Prometheus's text format", body = String, content_type = "text/plain")),
    security(("token" = ["read:metrics"])),
)]
pub async fn get(State(hub): State<Arc<Hub>>, visitor: Visitor) -> Result<Response> {
    if hub.config.metrics.authenticate {
        may_read(&hub, &visitor).await?;
    }
    let page = metrics::page(&hub).await;
    Ok(([(header::CONTENT_TYPE, CONTENT_TYPE)], page).into_response())
}

async fn may_read(hub: &Hub, visitor: &Visitor) -> Result<()> {
    let allowed = match &visitor.principal {
        Some(principal) => {
            principal
                .may(&hub.store, Scope::ReadMetrics, Resource::Everything)
                .await?
        }
        None => false,
    };
    match allowed {
        true => Ok(()),
        false => Err(HttpError::forbidden("Access to metrics requires scope 'read:metrics'").of_kind(Kind::Rights)),
    }
}
