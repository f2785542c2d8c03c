//! `/hub/scim/v2`: people and groups are kept as a directory has them (SCIM 2.0, RFC 7643 and 7644).
//!
//! Who asks shows a token with the scope `scim`; a browser's cookie is worth nothing here.

mod describe;
mod described;
mod documents;
mod error;
mod filter;
mod groups;
mod patch;
mod people;
mod shapes;

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use perijove_model::scopes::{Resource, Scope};
use perijove_store::scim;
use serde_json::{Map, Value};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::Hub;
use crate::http::pages::next;
use crate::http::visitor::{Principal, Via, Visitor, bearer};
use crate::http::xsrf::query_value;
pub(super) use described::{SERVER, described};
use documents::Shown;
use error::ScimError;
use filter::Filter;

type Result<T> = std::result::Result<T, ScimError>;

/// Below the hub's own address.
const PLACE: &str = "scim/v2";
/// Most of a list that one answer tells.
const LONGEST_PAGE: i64 = 200;
const USUAL_PAGE: i64 = 100;

/// The operations and what the API's description says of them.
fn operations() -> OpenApiRouter<Arc<Hub>> {
    OpenApiRouter::new()
        .routes(routes!(describe::provider))
        .routes(routes!(describe::types))
        .routes(routes!(describe::one_type))
        .routes(routes!(describe::schemas))
        .routes(routes!(describe::schema))
        .routes(routes!(people::list, people::create))
        .routes(routes!(people::get, people::replace, people::change, people::remove))
        .routes(routes!(groups::list, groups::create))
        .routes(routes!(groups::get, groups::replace, groups::change, groups::remove))
}

pub(super) fn router() -> Router<Arc<Hub>> {
    let (router, _) = operations().split_for_parts();
    router
        .fallback(async || ScimError::not_found())
        .method_not_allowed_fallback(async || {
            ScimError::new(StatusCode::METHOD_NOT_ALLOWED, None, "That can't be done with this.")
        })
}

/// Whoever keeps people here.
pub struct Directory {
    by: Principal,
    /// Where people and groups are, as the directory knows it.
    at: String,
}

impl FromRequestParts<Arc<Hub>> for Directory {
    type Rejection = ScimError;

    async fn from_request_parts(parts: &mut Parts, hub: &Arc<Hub>) -> Result<Self> {
        if bearer(&parts.headers).is_none() {
            return Err(ScimError::nobody());
        }
        let visitor = Visitor::from_request_parts(parts, hub).await?;
        let at = format!("{}{}{PLACE}", next::root(hub, &parts.headers, &visitor), hub.prefix());
        let by = visitor.principal.filter(|by| matches!(by.via, Via::Token(_)));
        let by = by.ok_or_else(ScimError::nobody)?;
        by.require(&hub.store, &[Scope::Scim], Resource::Everything).await?;
        Ok(Self { by, at })
    }
}

/// A document that was sent.
pub struct Document(Map<String, Value>);

impl FromRequest<Arc<Hub>> for Document {
    type Rejection = ScimError;

    async fn from_request(request: Request, hub: &Arc<Hub>) -> Result<Self> {
        let bytes = Bytes::from_request(request, hub).await;
        let bytes =
            bytes.map_err(|_| ScimError::new(StatusCode::PAYLOAD_TOO_LARGE, None, "That is too much at once."))?;
        let text = String::from_utf8_lossy(&bytes);
        // PostgreSQL keeps no text with it.
        if text.contains("\\u0000") {
            return Err(ScimError::syntax("There is a NUL character."));
        }
        match serde_json::from_str(&text) {
            Ok(Value::Object(document)) => Ok(Self(document)),
            _ => Err(ScimError::syntax("The body is no JSON object.")),
        }
    }
}

/// What of a list is asked for.
struct Query {
    filter: Option<Filter>,
    /// Counted from 1.
    start: i64,
    count: i64,
    shown: Shown,
}

impl Query {
    fn read(query: &str) -> Result<Self> {
        let number = |name: &str, usual: i64| match query_value(query, name).as_deref() {
            None | Some("") => Ok(usual),
            Some(text) => {
                let number = text.parse::<i32>().map(i64::from);
                number.map_err(|_| ScimError::value(format!("`{name}` is no number.")))
            }
        };
        let filter = query_value(query, "filter").filter(|filter| !filter.trim().is_empty());
        Ok(Self {
            filter: filter.map(|filter| Filter::read(&filter)).transpose()?,
            start: number("startIndex", 1)?.max(1),
            count: number("count", USUAL_PAGE)?.clamp(0, LONGEST_PAGE),
            shown: shown(query),
        })
    }

    /// The part of these, all that there are, which is asked for.
    fn page(&self, found: Vec<Value>) -> Response {
        let total = i64::try_from(found.len()).unwrap_or(i64::MAX);
        let skipped = usize::try_from(self.start - 1).unwrap_or(usize::MAX);
        let count = usize::try_from(self.count).unwrap_or(0);
        let told = found.into_iter().skip(skipped).take(count);
        documents::list(
            total,
            self.start,
            told.map(|document| self.shown.of(document)).collect(),
        )
    }
}

fn shown(query: &str) -> Shown {
    let (only, without) = (
        query_value(query, "attributes"),
        query_value(query, "excludedAttributes"),
    );
    Shown::read(only.as_deref(), without.as_deref())
}

/// Whoever is here and has no id yet gets one before anybody asks for it.
async fn name_all(hub: &Hub) -> Result<()> {
    Ok(scim::name_all(&hub.store, || hub.rng.uuid4_hex(), hub.clock.now()).await?)
}

/// The parameters behind an address, with what a request says of the versions it knows.
struct Asked {
    headers: HeaderMap,
    shown: Shown,
}

impl<S: Send + Sync> FromRequestParts<S> for Asked {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> std::result::Result<Self, Self::Rejection> {
        Ok(Self {
            headers: parts.headers.clone(),
            shown: shown(parts.uri.query().unwrap_or_default()),
        })
    }
}
