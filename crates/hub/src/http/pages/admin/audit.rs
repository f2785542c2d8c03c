//! `/hub/admin/audit`: the audit log for people, and all of what they ask for as a file.

use axum::http::{HeaderValue, header};
use axum::response::Response;
use perijove_store::audit::{self, Query, Record};
use perijove_web::pages::{AuditLog, AuditQuery, AuditRow};
use serde_json::Value;

use super::menu;
use crate::Hub;
use crate::http::api;
use crate::http::api::models;
use crate::http::error::Result;
use crate::http::pages::filters::{Field, Filters, Paged, Takes, moment, said};
use crate::http::pages::guest::{Guest, came};

const SHOWN: i64 = 100;
/// A detail that is longer is for the file.
const LONGEST_DETAIL: usize = 300;
const NAME: &str = "attachment; filename=\"audit.jsonl\"";

pub async fn get(guest: Guest) -> Result<Response> {
    let (hub, _) = guest.at(&menu::AUDIT).await?;
    let asked = Paged::<AuditQuery>::read(guest.query());
    let query = came(query(&asked.filters, asked.after))?;
    let page = match query.done {
        Some(query) => page(hub, asked, &query).await?,
        None => AuditLog {
            problem: query.problem,
            ..frame(hub, asked.filters)
        },
    };
    guest.answer(query.status, &page).await
}

/// All entries that the filters ask for.
pub async fn export(guest: Guest) -> Result<Response> {
    let (hub, _) = guest.at(&menu::AUDIT).await?;
    let query = query(&AuditQuery::read(guest.query()), None)?;
    let mut response = api::audit::lines(hub.clone(), query, None);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static(NAME));
    Ok(response)
}

impl Filters for AuditQuery {
    fn fields(&mut self) -> Vec<Field<'_>> {
        vec![
            ("act", Takes::Text, &mut self.act),
            ("actor", Takes::Text, &mut self.actor),
            ("target", Takes::Text, &mut self.target),
            ("address", Takes::Text, &mut self.address),
            ("since", Takes::Text, &mut self.since),
            ("until", Takes::Text, &mut self.until),
        ]
    }
}

fn query(asked: &AuditQuery, after: Option<i64>) -> Result<Query> {
    Ok(Query {
        act: said(&asked.act),
        actor: said(&asked.actor),
        target: said(&asked.target),
        address: said(&asked.address),
        since: moment(&asked.since)?,
        until: moment(&asked.until)?,
        newest_first: true,
        after,
    })
}

fn frame(hub: &Hub, asked: AuditQuery) -> AuditLog {
    let url = menu::AUDIT.url(hub);
    AuditLog {
        export_url: asked.link(&format!("{url}/export")).done(),
        list_url: url,
        asked,
        ..AuditLog::default()
    }
}

async fn page(hub: &Hub, list: Paged<AuditQuery>, query: &Query) -> Result<AuditLog> {
    let url = menu::AUDIT.url(hub);
    let mut found = audit::list(&hub.store, query, SHOWN + 1).await?;
    Ok(AuditLog {
        next_url: list.next(&url, &mut found, SHOWN, |record| record.id),
        first_url: list.first(&url),
        entries: found
            .into_iter()
            .map(|record| row(&url, &list.filters, record))
            .collect(),
        ..frame(hub, list.filters)
    })
}

/// A click on what stands in a row asks for all that has the same.
fn row(url: &str, asked: &AuditQuery, record: Record) -> AuditRow {
    let with = |change: fn(&mut AuditQuery, String), value: &str| {
        let mut asked = asked.clone();
        change(&mut asked, value.to_owned());
        asked.link(url).done()
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
