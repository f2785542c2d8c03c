//! `/hub/admin/audit`: the audit log for people, and all of what they ask for as a file.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::extract::{OriginalUri, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use perijove_model::escape;
use perijove_store::audit::{self, Query, Record};
use perijove_web::pages::{AuditLog, AuditQuery, AuditRow};
use serde_json::Value;

use super::menu;
use crate::Hub;
use crate::http::api;
use crate::http::api::models;
use crate::http::error::Result;
use crate::http::pages::{render, signed_in};
use crate::http::visitor::Visitor;
use crate::http::xsrf::query_value;

const SHOWN: i64 = 100;
/// A detail that is longer is for the file.
const LONGEST_DETAIL: usize = 300;
const NAME: &str = "attachment; filename=\"audit.jsonl\"";

pub async fn get(State(hub): State<Arc<Hub>>, OriginalUri(uri): OriginalUri, visitor: Visitor) -> Result<Response> {
    let principal = match signed_in(&hub, &visitor, &uri) {
        Ok(principal) => principal,
        Err(elsewhere) => return Ok(elsewhere),
    };
    menu::AUDIT.require(&hub, principal).await?;
    let text = uri.query().unwrap_or_default();
    let asked = read(text);
    let page = match query(&asked, text) {
        Ok(query) => page(&hub, asked, &query).await?,
        Err(problem) => AuditLog {
            problem: Some(problem.to_owned()),
            ..frame(&hub, asked)
        },
    };
    let status = match page.problem {
        Some(_) => StatusCode::BAD_REQUEST,
        None => StatusCode::OK,
    };
    render(&hub, &visitor, status, &page).await
}

/// All entries that the filters ask for.
pub async fn export(State(hub): State<Arc<Hub>>, OriginalUri(uri): OriginalUri, visitor: Visitor) -> Result<Response> {
    let principal = match signed_in(&hub, &visitor, &uri) {
        Ok(principal) => principal,
        Err(elsewhere) => return Ok(elsewhere),
    };
    menu::AUDIT.require(&hub, principal).await?;
    let asked = read(uri.query().unwrap_or_default());
    let query = query(&asked, "").map_err(crate::http::error::HttpError::bad_request)?;
    let mut response = api::audit::lines(hub, query, None);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static(NAME));
    Ok(response)
}

fn read(query: &str) -> AuditQuery {
    // PostgreSQL can't even look for it.
    let text = |key: &str| {
        query_value(query, key)
            .map(|text| text.trim().to_owned())
            .filter(|text| !text.contains('\0'))
            .unwrap_or_default()
    };
    AuditQuery {
        act: text("act"),
        actor: text("actor"),
        target: text("target"),
        address: text("address"),
        since: text("since"),
        until: text("until"),
    }
}

fn query(asked: &AuditQuery, text: &str) -> std::result::Result<Query, &'static str> {
    let some = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
    let after = query_value(text, "after").and_then(|after| after.parse::<i32>().ok());
    Ok(Query {
        act: some(&asked.act),
        actor: some(&asked.actor),
        target: some(&asked.target),
        address: some(&asked.address),
        since: time(&asked.since)?,
        until: time(&asked.until)?,
        newest_first: true,
        after: after.map(i64::from),
    })
}

/// As a field for a date and a time has it.
fn time(text: &str) -> std::result::Result<Option<Timestamp>, &'static str> {
    const WRONG: &str = "A time is a date and a time, such as 2026-12-24T18:00.";
    if text.is_empty() {
        return Ok(None);
    }
    let time: DateTime = text.parse().map_err(|_| WRONG)?;
    let time = time.to_zoned(TimeZone::UTC).map_err(|_| WRONG)?;
    // Nothing is older, and databases know no time that is much older.
    Ok(Some(time.timestamp().max(Timestamp::UNIX_EPOCH)))
}

fn frame(hub: &Hub, asked: AuditQuery) -> AuditLog {
    AuditLog {
        list_url: menu::AUDIT.url(hub),
        export_url: address(&format!("{}/export", menu::AUDIT.url(hub)), &asked, None),
        asked,
        ..AuditLog::default()
    }
}

async fn page(hub: &Hub, asked: AuditQuery, query: &Query) -> Result<AuditLog> {
    let mut found = audit::list(&hub.store, query, SHOWN + 1).await?;
    let more = i64::try_from(found.len()).is_ok_and(|count| count > SHOWN);
    if more {
        found.pop();
    }
    let url = menu::AUDIT.url(hub);
    Ok(AuditLog {
        next_url: found
            .last()
            .filter(|_| more)
            .map(|last| address(&url, &asked, Some(last.id))),
        first_url: query.after.map(|_| address(&url, &asked, None)),
        entries: found.into_iter().map(|record| row(&url, &asked, record)).collect(),
        ..frame(hub, asked)
    })
}

fn address(url: &str, asked: &AuditQuery, after: Option<i64>) -> String {
    let pairs = [
        ("act", &asked.act),
        ("actor", &asked.actor),
        ("target", &asked.target),
        ("address", &asked.address),
        ("since", &asked.since),
        ("until", &asked.until),
    ];
    let mut url = format!("{url}?");
    for (key, value) in pairs.into_iter().filter(|(_, value)| !value.is_empty()) {
        let _ = write!(url, "{key}={}&", escape::component(value));
    }
    if let Some(after) = after {
        let _ = write!(url, "after={after}");
    }
    url.trim_end_matches(['?', '&']).to_owned()
}

/// A click on what stands in a row asks for all that has the same.
fn row(url: &str, asked: &AuditQuery, record: Record) -> AuditRow {
    let with = |change: fn(&mut AuditQuery, String), value: &str| {
        let mut asked = asked.clone();
        change(&mut asked, value.to_owned());
        address(url, &asked, None)
    };
    AuditRow {
        id: record.id,
        at: models::time(record.at),
        act_url: with(|asked, value| asked.act = value, &record.act),
        actor_url: with(|asked, value| asked.actor = value, &record.actor),
        address_url: with(|asked, value| asked.address = value, &record.address),
        target_url: with(|asked, value| asked.target = value, &record.target),
        act: record.act,
        actor_kind: record.actor_kind,
        actor: record.actor,
        via: record.via,
        address: record.address,
        target: record.target,
        detail: detail(&record.detail),
    }
}

fn detail(detail: &Value) -> Vec<(String, String)> {
    let known = detail
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(_, value)| !value.is_null());
    known
        .map(|(name, value)| {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            let short: String = text.chars().take(LONGEST_DETAIL).collect();
            let cut = if short.len() < text.len() { "…" } else { "" };
            (name.clone(), format!("{short}{cut}"))
        })
        .collect()
}
