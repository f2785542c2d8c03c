//! `/hub/login`: the form, and what comes of it.

use std::sync::Arc;

use axum::Form;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::Response;
use perijove_auth::{Credentials, Offer};
use perijove_model::Secret;
use perijove_web::pages::{Login, LoginLink};
use serde::Deserialize;

use super::{next, root};
use crate::http::error::{HttpError, Result};
use crate::http::found;
use crate::http::visitor::Visitor;
use crate::http::xsrf::{Xsrf, query_value};
use crate::{Hub, signin};

#[derive(Deserialize)]
pub struct Fields {
    #[serde(default)]
    username: String,
    #[serde(default)]
    password: Secret,
    #[serde(rename = "_xsrf")]
    xsrf: Option<String>,
}

pub async fn get(
    State(hub): State<Arc<Hub>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    visitor: Visitor,
) -> Result<Response> {
    let query = query.unwrap_or_default();
    match visitor.principal.as_ref().and_then(|principal| principal.user()) {
        Some(user) if visitor.principal.as_ref().is_some_and(super::is_browser) => {
            Ok(found(&destination(&hub, &headers, &query, user).await?))
        }
        _ => form(&hub, &visitor, &query, StatusCode::OK, String::new(), None),
    }
}

pub async fn post(
    State(hub): State<Arc<Hub>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    visitor: Visitor,
    Form(fields): Form<Fields>,
) -> Result<Response> {
    let query = query.unwrap_or_default();
    let xsrf = fields.xsrf.or_else(|| query_value(&query, "_xsrf"));
    if visitor
        .xsrf
        .check_form(xsrf.as_deref(), &headers, &Method::POST)
        .is_err()
    {
        let why = "This form has expired. Please sign in again.";
        return form(
            &hub,
            &visitor,
            &query,
            StatusCode::FORBIDDEN,
            fields.username,
            Some(why),
        );
    }
    let credentials = Credentials {
        username: fields.username.trim().to_owned(),
        password: fields.password,
    };
    let begun = tokio::time::Instant::now();
    let checked = signin::check(&hub, &credentials, visitor.remote).await;
    let good = matches!(checked, Ok(Some(_)));
    hub.metrics.login.observe(good, begun.elapsed());
    match checked? {
        Some(user) => {
            let to = destination(&hub, &headers, &query, &user).await?;
            welcome(&hub, &visitor, &headers, user, &to, signin::PASSWORD).await
        }
        None => {
            let why = "Invalid username or password";
            form(
                &hub,
                &visitor,
                &query,
                StatusCode::FORBIDDEN,
                credentials.username,
                Some(why),
            )
        }
    }
}

/// Begins the session and sends the person on.
pub async fn welcome(
    hub: &Arc<Hub>,
    visitor: &Visitor,
    headers: &HeaderMap,
    user: perijove_store::users::User,
    to: &str,
    method: &str,
) -> Result<Response> {
    let agent = headers
        .get(header::USER_AGENT)
        .and_then(|agent| agent.to_str().ok())
        .unwrap_or_default();
    let begun = signin::begin(hub, user, visitor.remote, agent, method).await?;
    let age =
        jiff::SignedDuration::try_from(hub.config.hub.cookie_max_age).map_err(|error| HttpError::internal(&error))?;
    let jar = &visitor.jar;
    let xsrf = Xsrf::signed_in(hub, &begun.session_id, &begun.user.cookie_id);
    let mut response = found(to);
    let cookies = [
        Some(jar.login(begun.secret.expose(), age)),
        Some(jar.session_id(&begun.session_id)),
        xsrf.cookie(jar, true),
    ];
    for cookie in cookies.into_iter().flatten() {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

async fn destination(
    hub: &Hub,
    headers: &HeaderMap,
    query: &str,
    user: &perijove_store::users::User,
) -> Result<String> {
    if let Some(next) = query_value(query, "next").and_then(|next| next::local(hub, headers, &next)) {
        return Ok(next);
    }
    let to = root::after_login(hub, user).await?;
    let rest: Vec<(String, String)> = url::form_urlencoded::parse(query.as_bytes())
        .filter(|(key, _)| key != "next" && key != "_xsrf")
        .map(|(key, value)| (key.into_owned(), value.into_owned()))
        .collect();
    if rest.is_empty() {
        return Ok(to);
    }
    let rest = serde_urlencoded::to_string(rest).map_err(|error| HttpError::internal(&error))?;
    Ok(format!("{to}{}{rest}", if to.contains('?') { '&' } else { '?' }))
}

fn form(
    hub: &Hub,
    visitor: &Visitor,
    query: &str,
    status: StatusCode,
    username: String,
    error: Option<&str>,
) -> Result<Response> {
    let offers: Vec<Offer> = hub
        .authenticators
        .iter()
        .map(|authenticator| authenticator.offer())
        .collect();
    let redirects = offers.iter().filter_map(|offer| match offer {
        Offer::Redirect { label, url } => Some(LoginLink {
            label: label.clone(),
            url: url.clone(),
        }),
        Offer::Form => None,
    });
    let action = format!(
        "{}login{}{query}",
        hub.prefix(),
        if query.is_empty() { "" } else { "?" }
    );
    let page = Login {
        next: query_value(query, "next").unwrap_or_default(),
        username: username.chars().take(255).collect(),
        login_error: error.map(str::to_owned),
        authenticator_login_url: action,
        form: offers.contains(&Offer::Form),
        redirects: redirects.collect(),
        request_otp: false,
    };
    super::render(hub, visitor, status, &page)
}
