//! `GET /hub/api/audit`: the audit log, page by page, or all of it as JSON lines.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::{OriginalUri, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::stream;
use jiff::Timestamp;
use perijove_model::scopes::{Resource, Scope};
use perijove_store::StoreError;
use perijove_store::audit::{self, Query};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use super::pagination::next_url;
use super::refusals::BadRequest;
use crate::Hub;
use crate::audit::Entry;
use crate::http::error::{HttpError, Result};
use crate::http::visitor::Principal;
use crate::http::xsrf::query_value;

const JSON_LINES: &str = "application/x-ndjson";
/// Entries that an export holds in memory.
const EXPORTED_AT_ONCE: i64 = 500;

/// Which entries.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it describes; the query is read by hand, see read_filters")]
pub struct Filters {
    /// What was done, by its word: `token.made`.
    act: Option<String>,
    /// By whom: the name of a person or a service.
    actor: Option<String>,
    /// What it was done to: `user ada`, `server ada/lab`.
    target: Option<String>,
    /// From which address.
    address: Option<String>,
    /// From this moment on, as `2026-11-21T00:00:00Z`.
    since: Option<String>,
    /// Before this moment.
    until: Option<String>,
    /// `id`: the oldest first; `-id`: the newest first.
    sort: Option<String>,
    /// Only what comes behind the entry of this number.
    after: Option<i64>,
    /// How many entries to give at most.
    limit: Option<i64>,
    /// `jsonl`: all entries, one JSON object a line, as with `Accept: application/x-ndjson`.
    format: Option<String>,
}

/// A page of the log.
#[derive(Serialize, ToSchema)]
struct Entries {
    items: Vec<Entry>,
    _pagination: Pagination,
}

#[derive(Serialize, ToSchema)]
#[schema(as = AuditPagination)]
struct Pagination {
    after: Option<i64>,
    limit: i64,
    next: Option<Next>,
}

/// The next page; none if this was the last.
#[derive(Serialize, ToSchema)]
#[schema(as = AuditNextPage)]
struct Next {
    after: i64,
    limit: i64,
    url: String,
}

/// Read the audit log.
#[utoipa::path(
    get,
    path = "/audit",
    tag = "hub",
    params(Filters),
    responses((status = 200, description = "Entries of the log", body = Entries), BadRequest),
    security(("token" = ["read:audit"])),
)]
pub async fn list(
    State(hub): State<Arc<Hub>>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    principal: Principal,
) -> Result<Response> {
    principal
        .require(&hub.store, &[Scope::ReadAudit], Resource::Everything)
        .await?;
    let asked = uri.query().unwrap_or_default();
    let query = read_filters(asked)?;
    if wants_lines(&headers, asked)? {
        let most = read_number(asked, "limit")?.map(|limit| limit.max(1));
        return Ok(lines(hub, query, most));
    }
    let config = &hub.config.hub;
    let most = i64::from(config.api_page_max_limit).max(1);
    let usual = i64::from(config.api_page_default_limit);
    let limit = read_number(asked, "limit")?.unwrap_or(usual).clamp(1, most);
    let mut found = audit::list(&hub.store, &query, limit.saturating_add(1)).await?;
    let has_more = i64::try_from(found.len()).is_ok_and(|count| count > limit);
    if has_more {
        found.pop();
    }
    let next = found.last().filter(|_| has_more).map(|last| Next {
        after: last.id,
        limit,
        url: next_url(&uri, &headers, &[("after", last.id), ("limit", limit)]),
    });
    Ok(Json(Entries {
        items: found.into_iter().map(Entry::from).collect(),
        _pagination: Pagination {
            after: query.after,
            limit,
            next,
        },
    })
    .into_response())
}

fn read_filters(query: &str) -> Result<Query> {
    let newest_first = match query_value(query, "sort").as_deref() {
        None | Some("" | "id") => false,
        Some("-id") => true,
        Some(_) => return Err(HttpError::bad_request("sort must be id or -id")),
    };
    Ok(Query {
        act: query_value(query, "act"),
        actor: query_value(query, "actor"),
        target: query_value(query, "target"),
        address: query_value(query, "address"),
        since: read_time(query, "since")?,
        until: read_time(query, "until")?,
        newest_first,
        after: read_number(query, "after")?,
    })
}

fn read_time(query: &str, key: &str) -> Result<Option<Timestamp>> {
    let Some(text) = query_value(query, key) else {
        return Ok(None);
    };
    // Nothing is older, and databases know no time that is much older.
    text.parse()
        .map(|time: Timestamp| Some(time.max(Timestamp::UNIX_EPOCH)))
        .map_err(|_| HttpError::bad_request(format!("{key} must be a time such as 2026-11-21T00:00:00Z")))
}

fn read_number(query: &str, key: &str) -> Result<Option<i64>> {
    let Some(text) = query_value(query, key) else {
        return Ok(None);
    };
    // No larger number fits into the column.
    let number: Option<i32> = text.parse().ok();
    number
        .map(|number| Some(number.into()))
        .ok_or_else(|| HttpError::bad_request(format!("{key} must be an integer")))
}

fn wants_lines(headers: &HeaderMap, query: &str) -> Result<bool> {
    match query_value(query, "format").as_deref() {
        Some("jsonl") => return Ok(true),
        Some("json") => return Ok(false),
        Some(_) => return Err(HttpError::bad_request("format must be json or jsonl")),
        None => {}
    }
    let accept = headers
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .unwrap_or_default();
    let kinds = accept.split(',').map(|kind| kind.split(';').next().unwrap_or_default());
    Ok(kinds.map(str::trim).any(|kind| kind == JSON_LINES))
}

/// Reads on as the client takes what was read.
pub fn lines(hub: Arc<Hub>, query: Query, most: Option<i64>) -> Response {
    let left = most.unwrap_or(i64::MAX);
    let pages = stream::try_unfold((hub, query, left), async |(hub, mut query, left)| {
        let found = audit::list(&hub.store, &query, left.min(EXPORTED_AT_ONCE)).await?;
        let Some(last) = found.last() else {
            return Ok::<_, StoreError>(None);
        };
        query.after = Some(last.id);
        let left = left.saturating_sub(i64::try_from(found.len()).unwrap_or(left));
        let text: String = found.into_iter().map(|record| Entry::from(record).line()).collect();
        Ok(Some((Bytes::from(text), (hub, query, left))))
    });
    ([(header::CONTENT_TYPE, JSON_LINES)], Body::from_stream(pages)).into_response()
}
