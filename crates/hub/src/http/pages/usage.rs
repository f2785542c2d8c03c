//! `/hub/admin/usage`: how the platform was used, in charts.

use axum::response::Response;
use jiff::Timestamp;
use perijove_model::escape;
use perijove_model::scopes::{Resource, Scope};
use perijove_store::usage::{self as rows, Figures, Subject};
use perijove_web::charts::{Chart, Form, Moment, Series, Unit, chart, tell};
use perijove_web::pages::{Cause, Tile, Usage, UsagePeriod};

use super::guest::Guest;
use crate::Hub;
use crate::http::api::models::time;
use crate::http::api::usage::subject;
use crate::http::error::Result;
use crate::http::visitor::Principal;
use crate::usage::report::{self, Period, Points, Report};

pub async fn get(guest: Guest) -> Result<Response> {
    let subject = subject(&guest.hub, &guest.by, guest.query()).await?;
    let period = guest.asks("period").and_then(|text| Period::parse(&text));
    let page = page(&guest.hub, &guest.by, &subject, period.unwrap_or_default()).await?;
    guest.show(&page).await
}

async fn page(hub: &Hub, by: &Principal, subject: &Subject, period: Period) -> Result<Usage> {
    let now = hub.clock.now();
    let found = report::read(&hub.store, subject, period, now).await?;
    let (profiles, groups) = choices(hub, by, period.from(now)).await?;
    let url = |period: Period| format!("{}admin/usage?{}", hub.prefix(), query(period, subject));
    let named = |subject: &Subject| match subject {
        Subject::Everything => (String::new(), String::new()),
        Subject::Profile(name) => (name.clone(), String::new()),
        Subject::Group(name) => (String::new(), name.clone()),
    };
    let (profile, group) = named(subject);
    Ok(Usage {
        periods: Period::ALL
            .map(|one| UsagePeriod {
                key: one.as_str(),
                url: url(one),
                chosen: one == period,
            })
            .into(),
        period: period.as_str(),
        profile,
        group,
        profiles,
        groups,
        action_url: format!("{}admin/usage", hub.prefix()),
        csv_url: format!("{}api/usage?{}&format=csv", hub.prefix(), query(period, subject)),
        tiles: tiles(hub, subject, &found, now).await?,
        charts: charts(subject, period, &found),
        causes: causes(&found.whole),
        whole: *subject == Subject::Everything,
    })
}

fn query(period: Period, subject: &Subject) -> String {
    let about = match subject {
        Subject::Everything => String::new(),
        Subject::Profile(name) => format!("&profile={}", escape::component(name)),
        Subject::Group(name) => format!("&group={}", escape::component(name)),
    };
    format!("period={}{about}", period.as_str())
}

/// The profiles and groups of which there are figures, and whose names the visitor may read.
async fn choices(hub: &Hub, by: &Principal, from: Timestamp) -> Result<(Vec<String>, Vec<String>)> {
    let (mut profiles, mut groups) = (Vec::new(), Vec::new());
    for subject in rows::subjects(&hub.store, rows::Slot::Day.start(from)).await? {
        match subject {
            Subject::Profile(name) => profiles.push(name),
            Subject::Group(name) if super::allows(by, Scope::ReadGroupsName, Resource::Group(&name)) => {
                groups.push(name);
            }
            _ => {}
        }
    }
    Ok((profiles, groups))
}

/// How it is now, and what stands out.
async fn tiles(hub: &Hub, subject: &Subject, found: &Report, now: Timestamp) -> Result<Vec<Tile>> {
    let last = rows::since(&hub.store, rows::Slot::Minutes, subject, rows::begin(now, 3600)).await?;
    let today = rows::since(&hub.store, rows::Slot::Day, subject, rows::Slot::Day.start(now)).await?;
    let last = last.last().map(|(_, figures)| figures);
    let today = today.last().map(|(_, figures)| figures);
    let all = &found.whole;
    let told = |value: Option<f64>, unit| value.map_or_else(|| "–".to_owned(), |value| tell(value, unit));
    let tile = |key, value, besides| Tile { key, value, besides };
    let share = (all.starts > 0).then(|| f64::from(all.failed()) / f64::from(all.starts) * 100.0);
    let mut tiles = vec![
        tile("servers", told(last.and_then(Figures::mean_servers), Unit::Count), None),
        tile("cpu", told(last.and_then(Figures::cores), Unit::Cores), None),
        tile("memory", told(last.and_then(Figures::mean_memory), Unit::Bytes), None),
        tile(
            "starts",
            tell(all.starts.into(), Unit::Count),
            share.map(|share| format!("{share:.1}\u{a0}%")),
        ),
        tile(
            "took",
            told(all.took_at_most(0.5), Unit::Seconds),
            all.took_at_most(0.95).map(|took| tell(took, Unit::Seconds)),
        ),
    ];
    if *subject == Subject::Everything {
        let people = today.map(|figures| f64::from(figures.people));
        tiles.insert(0, tile("people", told(people, Unit::Count), None));
    }
    Ok(tiles)
}

fn charts(subject: &Subject, period: Period, found: &Report) -> Vec<Chart> {
    let is_all = *subject == Subject::Everything;
    let (fine, coarse) = (
        moments(&found.fine, period, period.fine().1),
        moments(&found.coarse, period, period.coarse().1),
    );
    let line = |key, unit, series: Vec<Series>| chart(key, Form::Lines, unit, &fine, &series);
    let bars = |key, series: Vec<Series>| chart(key, Form::Bars, Unit::Count, &coarse, &series);
    let of_fine = |key, read: fn(&Figures) -> Option<f64>| series(key, &found.fine, read);
    let of_coarse = |key, read: fn(&Figures) -> Option<f64>| series(key, &found.coarse, read);
    let mut charts = Vec::new();
    if is_all {
        charts.push(bars(
            "people",
            vec![of_coarse("people", |figures| Some(figures.people.into()))],
        ));
    }
    let most = |figures: &Figures| (figures.samples > 0).then(|| f64::from(figures.most_servers));
    let memory = |figures: &Figures| (figures.samples > 0).then_some(figures.most_memory as f64);
    charts.push(line("servers", Unit::Count, vec![of_fine("servers", most)]));
    charts.push(line("cpu", Unit::Cores, vec![of_fine("cpu", Figures::cores)]));
    charts.push(line("memory", Unit::Bytes, vec![of_fine("memory", memory)]));
    charts.push(bars(
        "starts",
        vec![
            of_coarse("done", |figures| {
                Some(f64::from(figures.starts - figures.failed().min(figures.starts)))
            }),
            of_coarse("failed", |figures| Some(f64::from(figures.failed()))),
        ],
    ));
    charts.push(chart(
        "took",
        Form::Lines,
        Unit::Seconds,
        &coarse,
        &[
            of_coarse("half", |figures| figures.took_at_most(0.5)),
            of_coarse("most", |figures| figures.took_at_most(0.95)),
        ],
    ));
    if is_all {
        charts.push(line(
            "storage",
            Unit::Bytes,
            vec![
                of_fine("homes", |figures| figures.storage.map(|bytes| bytes as f64)),
                of_fine("trash", |figures| figures.trash.map(|bytes| bytes as f64)),
            ],
        ));
    }
    charts
}

fn series(key: &'static str, points: &Points, read: fn(&Figures) -> Option<f64>) -> Series {
    Series {
        key,
        values: points
            .iter()
            .map(|(_, figures)| figures.as_ref().and_then(read))
            .collect(),
    }
}

/// Moments as they are told, some of them on the axis: on a telephone there is room for about six.
fn moments(points: &Points, period: Period, step: i64) -> Vec<Moment> {
    const HOUR: i64 = 3600;
    let (every, from, length) = match period {
        Period::Day => (4 * HOUR, 11, 5),
        Period::Week => (24 * HOUR, 5, 5),
        Period::Month => (5 * 24 * HOUR, 5, 5),
        Period::Year => (56 * 24 * HOUR, 0, 7),
    };
    let every = usize::try_from(every / step).unwrap_or(1).max(1);
    let has_hours = step % (24 * HOUR) != 0;
    let cut = |text: &str, from: usize, length: usize| text.chars().skip(from).take(length).collect::<String>();
    let moment = |(at, (begins, _)): (usize, &(Timestamp, Option<Figures>))| {
        let text = time(*begins).replace('T', " ");
        Moment {
            told: cut(&text, 0, if has_hours { 16 } else { 10 }),
            mark: (at % every == 0).then(|| cut(&text, from, length)),
        }
    };
    points.iter().enumerate().map(moment).collect()
}

/// Why starts failed, what happened most first.
fn causes(whole: &Figures) -> Vec<Cause> {
    let most = whole.failures.values().copied().max().unwrap_or(1).max(1);
    let mut causes: Vec<Cause> = whole
        .failures
        .iter()
        .map(|(cause, count)| Cause {
            cause: cause.clone(),
            count: *count,
            share: (f64::from(*count) / f64::from(most) * 1000.0).round() / 10.0,
        })
        .collect();
    causes.sort_by_key(|cause| std::cmp::Reverse(cause.count));
    causes
}
