//! The page that shows how the platform was used.

use serde::Serialize;

use super::NASTY;
use crate::charts::{Chart, Form, Moment, Series, Unit, chart};
use crate::render::Page;

/// `usage.html`: charts of a period, of everything, of a profile or of a group. The form asks `action_url` for another.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Usage {
    pub periods: Vec<UsagePeriod>,
    /// `day`, `week`, `month` or `year`
    pub period: &'static str,
    /// Empty: all of them.
    pub profile: String,
    pub group: String,
    /// Which there are to choose from.
    pub profiles: Vec<String>,
    pub groups: Vec<String>,
    pub action_url: String,
    pub csv_url: String,
    pub tiles: Vec<Tile>,
    pub charts: Vec<Chart>,
    /// Why starts failed, what happened most first.
    pub causes: Vec<Cause>,
    /// Of everything, and not of a profile or a group.
    pub whole: bool,
}

#[derive(Debug, Clone, Default, Serialize)]
pub struct UsagePeriod {
    pub key: &'static str,
    pub url: String,
    pub chosen: bool,
}

/// A number that stands out.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Tile {
    /// `people`, `servers`, `cpu`, `memory`, `starts` or `took`
    pub key: &'static str,
    pub value: String,
    /// How many starts failed; how long the slow ones took.
    pub besides: Option<String>,
}

#[derive(Debug, Clone, Default, Serialize)]
pub struct Cause {
    /// One of ours, or a word of the backend's.
    pub cause: String,
    pub count: u32,
    /// Of the most frequent one, in per cent.
    pub share: f64,
}

impl Page for Usage {
    const TEMPLATE: &'static str = "usage.html";

    fn samples() -> Vec<Self> {
        let plain = Self {
            periods: ["day", "week", "month", "year"]
                .map(|key| UsagePeriod {
                    key,
                    url: format!("/hub/admin/usage?period={key}"),
                    chosen: key == "week",
                })
                .into(),
            period: "week",
            action_url: "/hub/admin/usage".into(),
            csv_url: "/hub/api/usage?period=week&format=csv".into(),
            tiles: tiles(),
            charts: charts(true),
            whole: true,
            ..Self::default()
        };
        let causes = |names: &[&str]| {
            let cause = |(at, name): (usize, &&str)| Cause {
                cause: (*name).into(),
                count: 40 >> at,
                share: 100.0 / f64::from(1 << at),
            };
            names.iter().enumerate().map(cause).collect()
        };
        vec![
            Self {
                profiles: vec!["large".into(), "small".into()],
                groups: vec!["observers".into(), "pisa".into()],
                causes: causes(&["no-answer", "exited", "launch"]),
                ..plain.clone()
            },
            Self {
                charts: charts(false),
                tiles: tiles()
                    .into_iter()
                    .map(|tile| Tile {
                        value: "–".into(),
                        besides: None,
                        ..tile
                    })
                    .collect(),
                ..plain.clone()
            },
            Self {
                group: NASTY.into(),
                profiles: vec![NASTY.into()],
                groups: vec![NASTY.into()],
                causes: causes(&[NASTY, "preparation", "route", "other"]),
                whole: false,
                ..plain
            },
        ]
    }
}

fn tiles() -> Vec<Tile> {
    let tile = |key, value: &str, besides: Option<&str>| Tile {
        key,
        value: value.into(),
        besides: besides.map(Into::into),
    };
    vec![
        tile("people", "312", None),
        tile("servers", "87", None),
        tile("cpu", "41.5", None),
        tile("memory", "186 GiB", None),
        tile("starts", "2140", Some("1.2 %")),
        tile("took", "3.4 s", Some("11.8 s")),
    ]
}

/// A week as it could have been.
fn charts(seen: bool) -> Vec<Chart> {
    let hours: Vec<Moment> = (0..84)
        .map(|at| Moment {
            told: format!("2026-11-{:02} {:02}:00", 16 + at / 12, at % 12 * 2),
            mark: (at % 12 == 0).then(|| format!("11-{:02}", 16 + at / 12)),
        })
        .collect();
    let days: Vec<Moment> = (16..23)
        .map(|day| Moment {
            told: format!("2026-11-{day:02}"),
            mark: Some(format!("11-{day:02}")),
        })
        .collect();
    // Busy at noon, quiet at night and at the end of the week; today is not over.
    let wave = |at: i32, most: f64| {
        let noon = 1.0 - (f64::from(at % 12) - 6.0).abs() / 6.0;
        let weekend = if at / 12 % 7 >= 5 { 0.3 } else { 1.0 };
        (seen && at < 80).then_some(most * (0.15 + noon * noon) * weekend)
    };
    let line = |key, most| Series {
        key,
        values: (0..84).map(|at| wave(at, most)).collect(),
    };
    let bar = |key, most: f64| Series {
        key,
        values: (0..7).map(|day| wave(day * 12 + 6, most).map(f64::round)).collect(),
    };
    let gib = f64::from(1 << 30);
    let flat = |key, most| Series {
        key,
        values: (0..84)
            .map(|at| (seen && at < 80).then_some(most * (1.0 + f64::from(at) / 400.0)))
            .collect(),
    };
    vec![
        chart("people", Form::Bars, Unit::Count, &days, &[bar("people", 312.0)]),
        chart("servers", Form::Lines, Unit::Count, &hours, &[line("servers", 120.0)]),
        chart("cpu", Form::Lines, Unit::Cores, &hours, &[line("cpu", 52.0)]),
        chart(
            "memory",
            Form::Lines,
            Unit::Bytes,
            &hours,
            &[line("memory", 210.0 * gib)],
        ),
        chart(
            "starts",
            Form::Bars,
            Unit::Count,
            &days,
            &[bar("done", 410.0), bar("failed", 24.0)],
        ),
        chart(
            "took",
            Form::Lines,
            Unit::Seconds,
            &days,
            &[bar("half", 4.0), bar("most", 13.0)],
        ),
        chart(
            "storage",
            Form::Lines,
            Unit::Bytes,
            &hours,
            &[flat("homes", 900.0 * gib), flat("trash", 40.0 * gib)],
        ),
    ]
}
