//! `/hub/oauth_login` and `/hub/oauth_callback`: to sign in elsewhere, and back. The names of methods may follow, where
//! there are several.

use std::sync::Arc;

use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use perijove_auth::Authenticator;

use super::login::{self, Shown};
use super::next;
use crate::http::cookies;
use crate::http::error::{HttpError, Result};
use crate::http::form::Form;
use crate::http::found;
use crate::http::visitor::{Principal, Visitor};
use crate::http::xsrf::query_value;
use crate::signin::{Outcome, elsewhere, refresh};
use crate::{Hub, audit};

/// Where somebody begins to sign in by this method.
#[must_use]
pub fn address(hub: &Hub, method: &dyn Authenticator) -> String {
    let is_first = elsewhere::method(hub, None).is_ok_and(|first| first.name() == method.name());
    match is_first {
        true => format!("{}oauth_login", hub.prefix()),
        false => format!("{}oauth_login/{}", hub.prefix(), method.name()),
    }
}

pub async fn begin(
    State(hub): State<Arc<Hub>>,
    name: Option<Path<String>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    visitor: Visitor,
) -> Result<Response> {
    let query = query.unwrap_or_default();
    let method = elsewhere::method(&hub, name.as_ref().map(|Path(name)| name.as_str()))?;
    let next = query_value(&query, "next").and_then(|next| next::local(&hub, &headers, &next));
    let (root, fields) = (next::root(&hub, &headers, &visitor), pairs(&query));
    let next = next.unwrap_or_default();
    let leaving = elsewhere::leave(&hub, &visitor, &*method, &root, &fields, next, None).await?;
    let mut response = found(&leaving.url);
    response.headers_mut().append(header::SET_COOKIE, leaving.cookie);
    Ok(response)
}

/// `GET /hub/tmplogin`: somebody new, as JupyterHub's address for it has it.
pub async fn temporary(
    State(hub): State<Arc<Hub>>,
    query: RawQuery,
    headers: HeaderMap,
    visitor: Visitor,
) -> Result<Response> {
    let mut methods = hub.authenticators.iter();
    let method = methods
        .find(|method| method.kind() == "temporary")
        .ok_or_else(HttpError::not_found)?;
    let name = Some(Path(method.name().to_owned()));
    begin(State(Arc::clone(&hub)), name, query, headers, visitor).await
}

/// `POST /hub/oauth_login/{name}` by somebody who is signed in: they link what they come back with to their account.
pub async fn link(
    State(hub): State<Arc<Hub>>,
    Path(name): Path<String>,
    headers: HeaderMap,
    visitor: Visitor,
    form: Form,
) -> Result<Response> {
    visitor.xsrf.check_form(form.text("_xsrf"), &headers, &Method::POST)?;
    let by = visitor.in_browser();
    by.map_or(Ok(()), Principal::in_person)?;
    let Some(user) = by.and_then(|principal| principal.user()) else {
        return Err(HttpError::forbidden("Sign in first, then link another way to sign in."));
    };
    let method = elsewhere::method(&hub, Some(&name))?;
    let root = next::root(&hub, &headers, &visitor);
    let next = form.text("next").and_then(|next| next::local(&hub, &headers, next));
    let next = next.unwrap_or_else(|| format!("{}home", hub.prefix()));
    let leaving = elsewhere::leave(&hub, &visitor, &*method, &root, &[], next, Some(user.id)).await?;
    let mut response = found(&leaving.url);
    response.headers_mut().append(header::SET_COOKIE, leaving.cookie);
    Ok(response)
}

pub async fn callback(
    State(hub): State<Arc<Hub>>,
    name: Option<Path<String>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    visitor: Visitor,
) -> Result<Response> {
    let fields = pairs(&query.unwrap_or_default());
    let method = elsewhere::method(&hub, name.as_ref().map(|Path(name)| name.as_str()))?;
    back(&hub, &*method, &headers, &visitor, &fields, "").await
}

/// Some send people back with a form.
pub async fn callback_form(
    State(hub): State<Arc<Hub>>,
    name: Option<Path<String>>,
    headers: HeaderMap,
    visitor: Visitor,
    form: Form,
) -> Result<Response> {
    let fields = form.into_texts();
    let method = elsewhere::method(&hub, name.as_ref().map(|Path(name)| name.as_str()))?;
    back(&hub, &*method, &headers, &visitor, &fields, "").await
}

/// What comes of somebody who comes back. They go on to where they wanted to, or to what `query` names.
pub(super) async fn back(
    hub: &Arc<Hub>,
    method: &dyn Authenticator,
    headers: &HeaderMap,
    visitor: &Visitor,
    fields: &[(String, String)],
    query: &str,
) -> Result<Response> {
    let notes: Vec<&str> = cookies::beginning(headers, cookies::NOTE).collect();
    let root = next::root(hub, headers, visitor);
    let begun = tokio::time::Instant::now();
    let came = elsewhere::arrive(hub, visitor, &notes, method, &root, fields).await;
    let good = matches!(&came, Ok(back) if matches!(back.outcome, Outcome::In(_)));
    hub.metrics.login.observe(good, begun.elapsed());
    let came = came?;
    let is_link = came.note.as_ref().is_some_and(|note| note.link.is_some());
    let next = came.note.map(|note| note.next).filter(|next| !next.is_empty());
    let refused = |why: &str| Shown::default().error(why);
    let mut response = match came.outcome {
        Outcome::In(who) => {
            let to = match next {
                Some(next) => next,
                None => login::destination(hub, headers, query, &who.user, who.may_have_server).await?,
            };
            login::welcome(hub, visitor, headers, *who, &to).await?
        }
        Outcome::Nobody | Outcome::CodeWanted if is_link => found(&next.unwrap_or_else(|| hub.prefix())),
        Outcome::Refused(why) if is_link => return Err(HttpError::conflict(why)),
        Outcome::Refused(why) => login::form(hub, visitor, "", StatusCode::FORBIDDEN, refused(&why)).await?,
        Outcome::Nobody | Outcome::CodeWanted => {
            let why = "You are signed in there, but you have no access to this hub. Ask an administrator.";
            login::form(hub, visitor, "", StatusCode::FORBIDDEN, refused(why)).await?
        }
    };
    if let Some(cookie) = came.cookie {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

/// `POST /hub/oauth_backchannel/{name}`: who signs people in says that sessions have ended there. It signs its messages.
pub async fn ended(
    State(hub): State<Arc<Hub>>,
    Path(name): Path<String>,
    visitor: Visitor,
    form: Form,
) -> Result<Response> {
    let method = elsewhere::method(&hub, Some(&name))?;
    let message = form.text("logout_token").unwrap_or_default();
    let told = method.ended(message).await.map_err(|error| {
        tracing::warn!(method = method.name(), cause = ?error.cause, "a message about sessions that ended can't be checked");
        HttpError::from(error)
    })?;
    let Some(told) = told else {
        audit::refused(&hub, visitor.remote, method.name(), "", "message of an end").await?;
        return Err(HttpError::bad_request("This message does not hold."));
    };
    let count = refresh::ended(&hub, &*method, &told, visitor.remote).await?;
    tracing::info!(method = method.name(), count, "sessions have ended elsewhere");
    let mut response = Response::default();
    let never = HeaderValue::from_static("no-store");
    response.headers_mut().insert(header::CACHE_CONTROL, never);
    Ok(response)
}

pub(super) fn pairs(query: &str) -> Vec<(String, String)> {
    url::form_urlencoded::parse(query.as_bytes()).into_owned().collect()
}
