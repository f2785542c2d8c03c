//! The REST API, one file per resource or verb.

mod activity;
mod admin_access;
mod announcements;
pub(super) mod audit;
mod authorizations;
mod culler;
pub(super) mod description;
pub(super) mod drain;
mod environments;
pub(super) mod group;
mod groups;
pub mod health;
mod homes;
mod hub_info;
pub(super) mod invitations;
pub mod lists;
mod me;
pub mod models;
mod notices;
mod openapi;
mod own_environments;
mod pagination;
mod profiles;
mod progress;
mod proxy;
mod refusals;
mod role_grants;
mod roles;
pub(super) mod root;
pub(super) mod servers;
pub(super) mod service;
mod services;
pub mod sessions;
pub(super) mod shares;
pub(super) mod shutdown;
mod signups;
pub(super) mod tokens;
pub(super) mod usage;
pub(super) mod user;
pub(super) mod user_change;
pub(super) mod users;

use std::sync::Arc;

pub use description::document;

use axum::Router;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use axum::routing::{get, post};
use serde::de::DeserializeOwned;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::Hub;
use crate::http::error::{HttpError, Result};
use crate::http::{metrics, oauth};

/// The operations and their description: what is added with `routes!` stands in both, so that neither can lack what the
/// other has. Further spellings of a path are added with `route`.
fn operations() -> OpenApiRouter<Arc<Hub>> {
    let server = || {
        get(servers::get)
            .post(servers::start::start)
            .put(servers::create::create)
            .patch(servers::edit::edit)
            .delete(servers::stop::stop)
    };
    OpenApiRouter::new()
        .routes(routes!(root::get))
        .routes(routes!(health::get))
        .routes(routes!(hub_info::get))
        .routes(routes!(openapi::get))
        .routes(routes!(me::get))
        .routes(routes!(audit::list))
        .routes(routes!(usage::get))
        .routes(routes!(metrics::get))
        .routes(routes!(users::list, users::create))
        .routes(routes!(user::get, user::create, user::delete))
        .routes(routes!(user_change::patch))
        .routes(routes!(activity::post))
        .routes(routes!(tokens::list, tokens::create))
        .routes(routes!(tokens::get, tokens::delete))
        .routes(routes!(admin_access::post))
        .routes(routes!(sessions::list, sessions::end_all))
        .routes(routes!(sessions::end))
        .routes(routes!(sessions::password_link))
        .routes(routes!(signups::list))
        .routes(routes!(invitations::list, invitations::create))
        .routes(routes!(invitations::revoke))
        .routes(routes!(signups::approve, signups::discard))
        .route("/users/{user}/server", server())
        .route("/users/{user}/servers/", server())
        .route("/users/{user}/server/progress", get(progress::get))
        .route("/users/{user}/servers//progress", get(progress::get))
        .routes(routes!(
            servers::get,
            servers::start::start,
            servers::create::create,
            servers::edit::edit,
            servers::stop::stop
        ))
        .routes(routes!(progress::get))
        .routes(routes!(profiles::list))
        .routes(routes!(profiles::of_user))
        .route("/users/{user}/server/notices", get(notices::get))
        .route("/users/{user}/servers//notices", get(notices::get))
        .route("/users/{user}/server/here", post(notices::here))
        .route("/users/{user}/servers//here", post(notices::here))
        .routes(routes!(notices::get))
        .routes(routes!(notices::here))
        .routes(routes!(culler::get))
        .routes(routes!(oauth::authorize::get, oauth::authorize::post))
        .routes(routes!(oauth::token::post))
        .routes(routes!(oauth::device::post))
        .routes(routes!(oauth::revoke::post))
        .routes(routes!(oauth::introspect::post))
        .routes(routes!(oauth::metadata::get))
        .routes(routes!(authorizations::none, authorizations::gone))
        .routes(routes!(authorizations::token, authorizations::gone_below))
        .routes(routes!(authorizations::cookie))
        .routes(routes!(authorizations::cookie_in_body))
        .routes(routes!(shutdown::post))
        .routes(routes!(drain::get, drain::put, drain::delete))
        .merge(shares::operations())
        .routes(routes!(homes::list))
        .routes(routes!(homes::get, homes::purge))
        .routes(routes!(homes::restore))
        .routes(routes!(homes::of_user))
        .routes(routes!(groups::list, groups::create))
        .routes(routes!(group::get, group::create, group::delete))
        .routes(routes!(group::add_users, group::remove_users))
        .routes(routes!(group::set_properties))
        .routes(routes!(proxy::list, proxy::tell, proxy::switch))
        .routes(routes!(services::list))
        .routes(routes!(service::get, service::create, service::patch, service::delete))
        .routes(routes!(service::post_token))
        .routes(routes!(environments::list))
        .routes(routes!(own_environments::list, own_environments::create))
        .routes(routes!(own_environments::remove))
        .routes(routes!(environments::get, environments::build, environments::remove))
        .routes(routes!(environments::extensions))
        .routes(routes!(
            environments::install,
            environments::switch,
            environments::uninstall
        ))
        .routes(routes!(announcements::list, announcements::create))
        .routes(routes!(
            announcements::get,
            announcements::change,
            announcements::remove
        ))
        .routes(routes!(roles::list, roles::create))
        .routes(routes!(roles::get, roles::change, roles::remove))
        .routes(routes!(role_grants::list))
        .routes(routes!(role_grants::give_user, role_grants::take_user))
        .routes(routes!(role_grants::give_group, role_grants::take_group))
        .routes(routes!(role_grants::give_service, role_grants::take_service))
}

pub(super) fn router() -> Router<Arc<Hub>> {
    let (router, _) = operations().split_for_parts();
    router.fallback(async || HttpError::not_found())
}

/// What the operations say of themselves; [`description`] makes the whole of it.
fn openapi() -> OpenApi {
    let (_, mut described) = operations().split_for_parts();
    servers::describe_default(&mut described);
    described
}

/// A JSON body, whatever its content type says. What is wrong with it is told once a handler asks for it: after whoever
/// asks was found to be allowed to.
pub(super) struct Body<T>(Result<Option<T>>);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = HttpError;

    async fn from_request(request: Request, state: &S) -> Result<Self> {
        let bytes = axum::body::Bytes::from_request(request, state)
            .await
            .map_err(|_| HttpError::new(StatusCode::PAYLOAD_TOO_LARGE, "The body of the request is too large."))?;
        Ok(Self(parsed(&bytes)))
    }
}

fn parsed<T: DeserializeOwned>(bytes: &[u8]) -> Result<Option<T>> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Ok(None);
    }
    let text = String::from_utf8_lossy(bytes);
    // PostgreSQL keeps no text with it, so nobody may come to rely on it elsewhere.
    if text.contains("\\u0000") {
        return Err(HttpError::bad_request("The body of the request has a NUL character."));
    }
    let value: serde_json::Value =
        serde_json::from_str(&text).map_err(|_| HttpError::bad_request("Invalid JSON in body of request"))?;
    if value.is_null() {
        return Ok(None);
    }
    if !value.is_object() {
        return Err(HttpError::bad_request("Body must be a JSON object"));
    }
    let value = serde_json::from_value(value)
        .map_err(|error| HttpError::bad_request(format!("Invalid JSON in body of request: {error}")))?;
    Ok(Some(value))
}

impl<T> Body<T> {
    /// `None`: there is no body.
    pub(super) fn given(self) -> Result<Option<T>> {
        self.0
    }

    pub(super) fn required(self) -> Result<T> {
        self.0?
            .ok_or_else(|| HttpError::bad_request("Invalid JSON in body of request"))
    }
}
