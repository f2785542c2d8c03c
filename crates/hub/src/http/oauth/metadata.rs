//! The document by which OAuth libraries find everything else (RFC 8414).

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::device;
use crate::{Hub, startup};

/// Where what is, and what it takes.
#[derive(Serialize, ToSchema)]
pub struct Metadata {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    device_authorization_endpoint: Option<String>,
    revocation_endpoint: String,
    introspection_endpoint: String,
    response_types_supported: [&'static str; 1],
    response_modes_supported: [&'static str; 1],
    grant_types_supported: Vec<&'static str>,
    code_challenge_methods_supported: [&'static str; 2],
    token_endpoint_auth_methods_supported: Vec<&'static str>,
    revocation_endpoint_auth_methods_supported: Vec<&'static str>,
    introspection_endpoint_auth_methods_supported: [&'static str; 3],
}

/// Before the issuer's path, where the RFC has it.
pub const AT_THE_ROOT: &str = "/.well-known/oauth-authorization-server";

/// Tell where the OAuth endpoints are.
#[utoipa::path(
    get,
    path = "/oauth2/.well-known/oauth-authorization-server",
    tag = "oauth",
    responses((status = 200, description = "The metadata of the authorization server", body = Metadata)),
    security(()),
)]
pub async fn get(State(hub): State<Arc<Hub>>) -> Json<Metadata> {
    const POST: &str = "client_secret_post";
    const BASIC: &str = "client_secret_basic";
    let issuer = format!("{}{}api/oauth2", startup::public_url(&hub.config), hub.prefix());
    let for_devices = !hub.config.hub.device_clients.is_empty();
    let or_none = |mut methods: Vec<&'static str>| {
        methods.extend(for_devices.then_some("none"));
        methods
    };
    let at = |name: &str| format!("{issuer}/{name}");
    Json(Metadata {
        authorization_endpoint: at("authorize"),
        token_endpoint: at("token"),
        device_authorization_endpoint: for_devices.then(|| at("device_authorization")),
        revocation_endpoint: at("revoke"),
        introspection_endpoint: at("introspect"),
        issuer,
        response_types_supported: ["code"],
        response_modes_supported: ["query"],
        grant_types_supported: std::iter::once("authorization_code")
            .chain(for_devices.then_some(device::GRANT))
            .collect(),
        code_challenge_methods_supported: ["S256", "plain"],
        token_endpoint_auth_methods_supported: or_none(vec![POST, BASIC]),
        revocation_endpoint_auth_methods_supported: or_none(vec![POST, BASIC]),
        introspection_endpoint_auth_methods_supported: [POST, BASIC, "Bearer"],
    })
}
