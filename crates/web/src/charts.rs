//! Charts as templates draw them: numbers become places on a plane that is as wide as the page has room. Texts and bars are
//! placed in per cent of it, lines in thousandths, so that nothing has to be known of the screen.

use perijove_model::plan::size;
use serde::Serialize;

/// Above the plot, of the plot itself, and below it, for what stands on the axis.
const TOP: f64 = 20.0;
const HIGH: f64 = 150.0;
const BELOW: f64 = 26.0;
const WIDE: f64 = 1000.0;
/// Lines across the plot, but for the one at the bottom.
const MOST_LINES: f64 = 4.0;

/// How numbers are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Whole ones.
    Count,
    Cores,
    Bytes,
    Seconds,
}

/// How numbers are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Several series stand on one another.
    Bars,
    Lines,
}

/// What is drawn: for each moment, a number of each series, or none where nobody looked.
#[derive(Debug, Clone)]
pub struct Series {
    pub key: &'static str,
    pub values: Vec<Option<f64>>,
}

/// A moment, as it is told.
#[derive(Debug, Clone)]
pub struct Moment {
    /// In the table.
    pub told: String,
    /// On the axis, where it is to stand there.
    pub mark: Option<String>,
}

#[derive(Debug, Clone, Serialize)]
pub struct Chart {
    /// Which one: templates name it in the reader's language.
    pub key: &'static str,
    pub height: f64,
    pub top: f64,
    pub plot: f64,
    pub bottom: f64,
    /// Whether there is anything to see.
    pub is_empty: bool,
    pub ticks: Vec<Tick>,
    pub marks: Vec<Mark>,
    pub bars: Vec<Bar>,
    pub lines: Vec<Line>,
    /// Of the series, in their order.
    pub legend: Vec<&'static str>,
    pub rows: Vec<Row>,
}

/// A line across the plot.
#[derive(Debug, Clone, Serialize)]
pub struct Tick {
    pub y: f64,
    pub text: String,
}

/// What stands below the plot, in per cent.
#[derive(Debug, Clone, Serialize)]
pub struct Mark {
    pub x: f64,
    pub text: String,
}

/// In per cent across, in pixels down.
#[derive(Debug, Clone, Serialize)]
pub struct Bar {
    /// Which series, from 1 on.
    pub series: usize,
    pub x: f64,
    pub width: f64,
    pub y: f64,
    pub height: f64,
}

/// In thousandths across, in pixels down from the top of the plot.
#[derive(Debug, Clone, Serialize)]
pub struct Line {
    pub series: usize,
    pub path: String,
    /// What lies below it; nothing where lines cross.
    pub area: Option<String>,
}

/// The same as text.
#[derive(Debug, Clone, Serialize)]
pub struct Row {
    pub told: String,
    /// Where it stands, in per cent.
    pub x: f64,
    pub values: Vec<String>,
}

#[must_use]
pub fn chart(key: &'static str, form: Form, unit: Unit, moments: &[Moment], series: &[Series]) -> Chart {
    let most = most(form, moments.len(), series);
    let (step, high) = scale(most, unit);
    let down = |value: f64| TOP + HIGH - value / high * HIGH;
    let count = moments.len().max(1) as f64;
    let middle = |at: usize| hundredths((at as f64 + 0.5) / count * 100.0);
    let lines = (high / step).round();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few")]
    let ticks = (0..=lines as u32).map(|number| {
        let value = f64::from(number) * step;
        Tick {
            y: hundredths(down(value)),
            text: if number == 0 { "0".to_owned() } else { tell(value, unit) },
        }
    });
    Chart {
        key,
        height: TOP + HIGH + BELOW,
        top: TOP,
        plot: HIGH,
        bottom: TOP + HIGH,
        is_empty: series.iter().all(|one| one.values.iter().all(Option::is_none)),
        ticks: ticks.collect(),
        marks: moments
            .iter()
            .enumerate()
            .filter_map(|(at, moment)| {
                Some(Mark {
                    x: middle(at),
                    text: moment.mark.clone()?,
                })
            })
            .collect(),
        bars: match form {
            Form::Bars => bars(moments.len(), series, high),
            Form::Lines => Vec::new(),
        },
        lines: match form {
            Form::Bars => Vec::new(),
            Form::Lines => drawn(moments.len(), series, high),
        },
        legend: series.iter().map(|one| one.key).collect(),
        rows: moments
            .iter()
            .enumerate()
            .map(|(at, moment)| Row {
                told: moment.told.clone(),
                x: middle(at),
                values: series
                    .iter()
                    .map(|one| value(one, at).map_or_else(|| "–".to_owned(), |value| tell(value, unit)))
                    .collect(),
            })
            .collect(),
    }
}

fn value(series: &Series, at: usize) -> Option<f64> {
    series.values.get(at).copied().flatten()
}

/// The highest point.
fn most(form: Form, moments: usize, series: &[Series]) -> f64 {
    let at = |at: usize| {
        let values = series.iter().filter_map(|one| value(one, at));
        match form {
            Form::Bars => values.sum(),
            Form::Lines => values.fold(0.0, f64::max),
        }
    };
    (0..moments).map(at).fold(0.0, f64::max)
}

/// How far the lines across are from one another, and how high the plot reaches: both are numbers that people like.
fn scale(most: f64, unit: Unit) -> (f64, f64) {
    let least = match unit {
        Unit::Count => 1.0,
        Unit::Cores | Unit::Seconds => 0.1,
        Unit::Bytes => 1024.0,
    };
    let wanted = (most / MOST_LINES).max(least);
    let step = match unit {
        // Doubled, so that they stay round in KiB, MiB and GiB.
        Unit::Bytes => least * 2_f64.powf((wanted / least).log2().ceil()),
        _ => {
            let whole = 10_f64.powf(wanted.log10().floor());
            let rounds = [1.0, 2.0, 2.5, 5.0, 10.0].map(|factor| factor * whole);
            let fits = |step: &&f64| **step >= wanted - 1e-9 && (unit != Unit::Count || step.fract() == 0.0);
            rounds.iter().find(fits).copied().unwrap_or(whole * 10.0)
        }
    };
    let lines = (most / step - 1e-9).ceil().max(1.0);
    (step, lines * step)
}

fn bars(moments: usize, series: &[Series], high: f64) -> Vec<Bar> {
    /// Of the room for each.
    const FULL: f64 = 0.7;
    let room = 100.0 / moments.max(1) as f64;
    let mut bars = Vec::new();
    for at in 0..moments {
        let mut foot = 0.0;
        for (number, one) in series.iter().enumerate() {
            let value = value(one, at).unwrap_or(0.0);
            if value <= 0.0 {
                continue;
            }
            let height = value / high * HIGH;
            bars.push(Bar {
                series: number + 1,
                x: hundredths(room * (at as f64 + (1.0 - FULL) / 2.0)),
                width: hundredths(room * FULL),
                y: hundredths(TOP + HIGH - foot - height),
                // What is there is seen.
                height: hundredths(height.max(1.0)),
            });
            foot += height;
        }
    }
    bars
}

fn drawn(moments: usize, series: &[Series], high: f64) -> Vec<Line> {
    let across = |at: usize| hundredths((at as f64 + 0.5) / moments.max(1) as f64 * WIDE);
    let draw = |(number, one): (usize, &Series)| {
        let (mut path, mut area) = (String::new(), String::new());
        for piece in pieces(moments, one) {
            let points: Vec<String> = piece
                .iter()
                .map(|(at, value)| format!("{} {}", across(*at), hundredths(HIGH - value / high * HIGH)))
                .collect();
            let (Some((first, _)), Some((last, _))) = (piece.first(), piece.last()) else {
                continue;
            };
            let line = points.join("L");
            // A single point would have no length to be seen by.
            let dot = if points.len() == 1 { "h6" } else { "" };
            path += &format!("M{line}{dot}");
            area += &format!("M{} {HIGH}L{line}L{} {HIGH}Z", across(*first), across(*last));
        }
        Line {
            series: number + 1,
            path,
            area: (series.len() == 1).then_some(area),
        }
    };
    series.iter().enumerate().map(draw).collect()
}

/// Where nobody looked, the line is broken.
fn pieces(moments: usize, series: &Series) -> Vec<Vec<(usize, f64)>> {
    let mut pieces = vec![Vec::new()];
    for at in 0..moments {
        match (value(series, at), pieces.last_mut()) {
            (Some(value), Some(piece)) => piece.push((at, value)),
            _ => pieces.push(Vec::new()),
        }
    }
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

fn hundredths(number: f64) -> f64 {
    (number * 100.0).round() / 100.0
}

/// A number as people read it, with its unit on the same line.
#[must_use]
pub fn tell(value: f64, unit: Unit) -> String {
    let told = match unit {
        Unit::Count => format!("{}", value.round()),
        Unit::Cores => format!("{}", short(value)),
        Unit::Bytes => {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "bytes of a machine"
            )]
            let bytes = value.max(0.0) as u64;
            size(bytes)
        }
        Unit::Seconds if value >= 120.0 => format!("{} min", short(value / 60.0)),
        Unit::Seconds => format!("{} s", short(value)),
    };
    told.replace(' ', "\u{a0}")
}

/// Three digits are enough.
fn short(value: f64) -> f64 {
    match value {
        100.0.. => value.round(),
        10.0.. => (value * 10.0).round() / 10.0,
        _ => hundredths(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moments(count: usize) -> Vec<Moment> {
        let moment = |at: usize| Moment {
            told: format!("day {at}"),
            mark: at.is_multiple_of(2).then(|| at.to_string()),
        };
        (0..count).map(moment).collect()
    }

    fn of(values: &[Option<f64>]) -> Vec<Series> {
        vec![Series {
            key: "some",
            values: values.to_vec(),
        }]
    }

    #[test]
    fn lines_across_are_few_and_round() {
        for (most, unit, step, high) in [
            (0.0, Unit::Count, 1.0, 1.0),
            (3.0, Unit::Count, 1.0, 3.0),
            (7.0, Unit::Count, 2.0, 8.0),
            (9.0, Unit::Count, 5.0, 10.0),
            (97.0, Unit::Count, 25.0, 100.0),
            (1234.0, Unit::Count, 500.0, 1500.0),
            (0.3, Unit::Cores, 0.1, 0.3),
            (5000.0, Unit::Bytes, 2048.0, 6144.0),
        ] {
            let (told_step, told_high) = scale(most, unit);
            assert!((told_step - step).abs() < 1e-6, "{most}: {told_step}");
            assert!((told_high - high).abs() < 1e-6, "{most}: {told_high}");
        }
    }

    #[test]
    fn bars_stand_on_one_another_and_on_the_ground() {
        let mut series = of(&[Some(2.0), None]);
        series.push(Series {
            key: "more",
            values: vec![Some(2.0), Some(1.0)],
        });
        let chart = chart("starts", Form::Bars, Unit::Count, &moments(2), &series);
        let places: Vec<_> = chart
            .bars
            .iter()
            .map(|bar| (bar.series, bar.x, bar.y, bar.height))
            .collect();
        assert_eq!(
            places,
            [(1, 7.5, 95.0, 75.0), (2, 7.5, 20.0, 75.0), (2, 57.5, 132.5, 37.5)]
        );
        assert_eq!(chart.rows[1].values, ["–", "1"]);
        assert_eq!(chart.ticks.len(), 5);
    }

    #[test]
    fn a_line_is_broken_where_nobody_looked() {
        let values = [Some(1.0), Some(2.0), None, Some(1.0)];
        let chart = chart("cpu", Form::Lines, Unit::Cores, &moments(4), &of(&values));
        assert_eq!(chart.lines[0].path, "M125 75L375 0M875 75h6");
        assert_eq!(
            chart.lines[0].area.as_deref(),
            Some("M125 150L125 75L375 0L375 150ZM875 150L875 75L875 150Z")
        );
        assert!(!chart.is_empty && chart.marks.len() == 2);
        let none = super::chart("cpu", Form::Lines, Unit::Cores, &moments(4), &of(&[None; 4]));
        assert!(none.is_empty && none.lines[0].path.is_empty());
    }

    #[test]
    fn numbers_are_told_shortly_and_with_their_unit() {
        assert_eq!(tell(12.0, Unit::Count), "12");
        assert_eq!(tell(1.234, Unit::Cores), "1.23");
        assert_eq!(tell(12.34, Unit::Seconds), "12.3\u{a0}s");
        assert_eq!(tell(150.0, Unit::Seconds), "2.5\u{a0}min");
    }
}
