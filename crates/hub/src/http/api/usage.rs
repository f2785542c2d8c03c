//! `GET /hub/api/usage`: how the platform was used, slot by slot, as JSON or as a table for other programs.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::Json;
use axum::extract::{OriginalUri, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use perijove_model::scopes::{Resource, Scope};
use perijove_store::usage::{Figures, Subject};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use super::models::{Time, time};
use super::refusals::BadRequest;
use crate::Hub;
use crate::http::error::{HttpError, Result};
use crate::http::visitor::Principal;
use crate::http::xsrf::query_value;
use crate::usage::report::{self, Period};

/// Which usage.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it describes; the query is read by hand")]
pub struct Filters {
    /// `day` (slots of five minutes), `week`, `month` (of an hour) or `year` (of a day); a week if it is not said.
    period: Option<String>,
    /// Only servers of this profile, and their starts.
    profile: Option<String>,
    /// Only servers of members of this group, and their starts.
    group: Option<String>,
    /// `json` or `csv`.
    format: Option<String>,
}

/// How the platform was used.
#[derive(Serialize, ToSchema)]
struct Usage {
    period: &'static str,
    slots: Vec<UsageSlot>,
}

/// What was seen in some time; what is not known is absent.
#[derive(Serialize, ToSchema)]
struct UsageSlot {
    /// When it began.
    at: Time,
    /// People who were active in it.
    people: Option<u32>,
    /// Running servers, on average and at most.
    servers: Option<f64>,
    servers_most: u32,
    /// Cores at work, on average.
    cpu_cores: Option<f64>,
    /// Bytes, on average and at most.
    memory: Option<f64>,
    memory_most: u64,
    /// Bytes in homes, and in the trash.
    storage: Option<u64>,
    trash: Option<u64>,
    /// Starts that ended, those that failed among them.
    starts: u32,
    failures: u32,
    /// In how many seconds half of the starts were done, and 95 of 100.
    start_p50: Option<f64>,
    start_p95: Option<f64>,
}

impl UsageSlot {
    fn of(at: Timestamp, figures: &Figures, subject: &Subject) -> Self {
        Self {
            at: Time(at),
            people: (*subject == Subject::Everything).then_some(figures.people),
            servers: figures.mean_servers(),
            servers_most: figures.most_servers,
            cpu_cores: figures.cores(),
            memory: figures.mean_memory(),
            memory_most: figures.most_memory,
            storage: figures.storage,
            trash: figures.trash,
            starts: figures.starts,
            failures: figures.failed(),
            start_p50: figures.took_at_most(0.5),
            start_p95: figures.took_at_most(0.95),
        }
    }

    fn line(&self, at: Timestamp) -> String {
        fn or_none<T: ToString>(value: Option<T>) -> String {
            value.map_or_else(String::new, |value| value.to_string())
        }
        [
            time(at),
            or_none(self.people),
            or_none(self.servers),
            self.servers_most.to_string(),
            or_none(self.cpu_cores),
            or_none(self.memory),
            self.memory_most.to_string(),
            or_none(self.storage),
            or_none(self.trash),
            self.starts.to_string(),
            self.failures.to_string(),
            or_none(self.start_p50),
            or_none(self.start_p95),
        ]
        .join(",")
    }
}

const HEAD: &str = "at,people,servers,servers_most,cpu_cores,memory,memory_most,storage,trash,starts,failures,start_p50,\
                    start_p95";

/// What is asked for, if the visitor may know it.
pub async fn subject(hub: &Hub, by: &Principal, query: &str) -> Result<Subject> {
    by.require(&hub.store, &[Scope::ReadMetrics], Resource::Everything)
        .await?;
    let text = |key: &str| query_value(query, key).filter(|text| !text.is_empty() && !text.contains('\0'));
    match (text("profile"), text("group")) {
        (None, None) => Ok(Subject::Everything),
        (Some(profile), None) => Ok(Subject::Profile(profile)),
        (None, Some(group)) => {
            by.require(&hub.store, &[Scope::ReadGroupsName], Resource::Group(&group))
                .await?;
            Ok(Subject::Group(group))
        }
        (Some(_), Some(_)) => Err(HttpError::bad_request(
            "Usage is told of a profile or of a group, not of both.",
        )),
    }
}

/// See how the platform was used.
#[utoipa::path(
    get,
    path = "/usage",
    tag = "hub",
    params(Filters),
    responses((status = 200, description = "The slots of the period in which somebody looked", body = Usage), BadRequest),
    security(("token" = ["read:metrics"])),
)]
pub async fn get(State(hub): State<Arc<Hub>>, OriginalUri(uri): OriginalUri, principal: Principal) -> Result<Response> {
    let query = uri.query().unwrap_or_default();
    let subject = subject(&hub, &principal, query).await?;
    let period = match query_value(query, "period") {
        None => Period::default(),
        Some(text) => {
            Period::parse(&text).ok_or_else(|| HttpError::bad_request("period must be day, week, month or year"))?
        }
    };
    let is_csv = match query_value(query, "format").as_deref() {
        None | Some("json") => false,
        Some("csv") => true,
        Some(_) => return Err(HttpError::bad_request("format must be json or csv")),
    };
    let found = report::slots(&hub.store, &subject, period, hub.clock.now()).await?;
    if is_csv {
        return Ok(csv(&found, &subject, period));
    }
    let slots = found.iter().map(|(at, figures)| UsageSlot::of(*at, figures, &subject));
    Ok(Json(Usage {
        period: period.as_str(),
        slots: slots.collect(),
    })
    .into_response())
}

fn csv(found: &[(Timestamp, Figures)], subject: &Subject, period: Period) -> Response {
    let mut text = format!("{HEAD}\r\n");
    for (at, figures) in found {
        let _ = write!(text, "{}\r\n", UsageSlot::of(*at, figures, subject).line(*at));
    }
    let name = format!("attachment; filename=\"usage-{}.csv\"", period.as_str());
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, name),
    ];
    (headers, text).into_response()
}
