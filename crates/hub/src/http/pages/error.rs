//! Errors as people see them, and `GET /hub/error/{code}`, where an external proxy gets its pages from.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use perijove_web::Words;
use perijove_web::pages::Error;

use crate::Hub;
use crate::http::error::{HttpError, Result};
use crate::http::visitor::Visitor;

/// The page for a refusal. It needs no database and no session: it must work when those don't.
pub fn render(hub: &Hub, words: &Words, error: &HttpError) -> Response {
    let page = page(error);
    let common = super::common(hub, words, None, "");
    let html = super::shown(hub, common, &page).unwrap_or_else(|cause| {
        tracing::error!(%cause, "the error page can't be rendered");
        format!("{} {}", error.status.as_u16(), page.status_message)
    });
    (error.status, Html(html)).into_response()
}

/// The same for somebody whose session is known: it says who they are.
pub async fn shown_to(hub: &Hub, visitor: &Visitor, error: &HttpError) -> Result<Response> {
    super::render(hub, visitor, error.status, &page(error)).await
}

/// The proxy keeps the status it had; this answer is 200, as JupyterHub's is.
pub async fn get(State(hub): State<Arc<Hub>>, Path(code): Path<u16>, visitor: Visitor) -> Result<Response> {
    let status = StatusCode::from_u16(code).map_err(|_| HttpError::not_found())?;
    let mut error = HttpError::bare(status);
    if status == StatusCode::SERVICE_UNAVAILABLE {
        error = HttpError::new(status, "Your server appears to be down.").hint("Start it again from the home page.");
    }
    super::render(&hub, &visitor, StatusCode::OK, &page(&error)).await
}

fn page(error: &HttpError) -> Error {
    Error {
        status_code: error.status.as_u16(),
        status_message: error.status.canonical_reason().unwrap_or("Unknown").to_owned(),
        message: error.message.clone(),
        hint: error.hint.clone(),
        home: true,
    }
}
