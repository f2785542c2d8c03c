//! What the handlers of pages begin with: somebody who is signed in, at a page of ours, perhaps with a form.

use std::sync::Arc;

use axum::extract::{FromRequest, FromRequestParts, OriginalUri, Request};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use perijove_web::Page;

use super::admin::menu::Place;
use crate::Hub;
use crate::http::error::{HttpError, Result};
use crate::http::form::Form;
use crate::http::visitor::{Principal, Visitor};
use crate::http::xsrf::query_value;

/// Somebody who is signed in in this browser. Whoever is not goes to sign in, and comes back.
pub struct Guest {
    pub hub: Arc<Hub>,
    pub visitor: Visitor,
    pub by: Principal,
    pub uri: Uri,
}

impl Guest {
    /// Who may come to this page of the administration; everybody else is refused.
    pub async fn at(&self, place: &Place) -> Result<(&Arc<Hub>, &Principal)> {
        place.require(&self.hub, &self.by).await?;
        Ok((&self.hub, &self.by))
    }

    pub fn query(&self) -> &str {
        self.uri.query().unwrap_or_default()
    }

    pub fn asks(&self, key: &str) -> Option<String> {
        query_value(self.query(), key)
    }

    pub async fn show<P: Page + Sync>(&self, page: &P) -> Result<Response> {
        self.answer(StatusCode::OK, page).await
    }

    pub async fn answer<P: Page + Sync>(&self, status: StatusCode, page: &P) -> Result<Response> {
        super::render(&self.hub, &self.visitor, status, page).await
    }
}

impl FromRequestParts<Arc<Hub>> for Guest {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, hub: &Arc<Hub>) -> std::result::Result<Self, Response> {
        let visitor = Visitor::from_request_parts(parts, hub).await;
        let visitor = visitor.map_err(IntoResponse::into_response)?;
        let uri = parts.extensions.get::<OriginalUri>().map(|uri| uri.0.clone());
        let uri = uri.unwrap_or_else(|| parts.uri.clone());
        let by = super::signed_in(hub, &visitor, &uri)?.clone();
        Ok(Self {
            hub: hub.clone(),
            visitor,
            by,
            uri,
        })
    }
}

/// The same with a form that a page of ours has sent.
pub struct Sent {
    pub guest: Guest,
    pub form: Form,
}

impl FromRequest<Arc<Hub>> for Sent {
    type Rejection = Response;

    async fn from_request(request: Request, hub: &Arc<Hub>) -> std::result::Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let guest = Guest::from_request_parts(&mut parts, hub).await?;
        let headers = parts.headers.clone();
        let form = Form::from_request(Request::from_parts(parts, body), hub).await;
        let form = form.map_err(IntoResponse::into_response)?;
        let ours = guest
            .visitor
            .xsrf
            .check_form(form.text("_xsrf"), &headers, &Method::POST);
        ours.map_err(IntoResponse::into_response)?;
        Ok(Self { guest, form })
    }
}

/// What came of a form: what it asked for is done, or there is something to tell whoever sent it.
pub struct Came<T> {
    pub status: StatusCode,
    pub done: Option<T>,
    pub problem: Option<String>,
}

/// What is not the sender's doing is an error page.
pub fn came<T>(result: Result<T>) -> Result<Came<T>> {
    match result {
        Ok(done) => Ok(Came {
            status: StatusCode::OK,
            done: Some(done),
            problem: None,
        }),
        Err(error) if error.status.is_client_error() => Ok(Came {
            status: error.status,
            done: None,
            problem: Some(problem(&error)),
        }),
        Err(error) => Err(error),
    }
}

/// Words for people where programs are told by the status alone.
pub fn worded<T>(result: Result<T>, words: &str) -> Result<T> {
    result.map_err(|error| match error.message {
        None => HttpError::new(error.status, words),
        Some(_) => error,
    })
}

/// What is said above a form about what it asked for.
pub fn problem(error: &HttpError) -> String {
    error.log("");
    let reason = error.status.canonical_reason().unwrap_or_default();
    error.message.clone().unwrap_or_else(|| reason.to_owned())
}
