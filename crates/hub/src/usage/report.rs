//! Usage over a day, a week, a month or a year, as charts and exports have it.

use jiff::{SignedDuration, Timestamp};
use perijove_store::usage::{self as rows, Figures, Slot, Subject};
use perijove_store::{Store, StoreError};

const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;

/// How far back.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Period {
    Day,
    #[default]
    Week,
    Month,
    Year,
}

impl Period {
    pub const ALL: [Self; 4] = [Self::Day, Self::Week, Self::Month, Self::Year];

    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Year => "year",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|period| period.as_str() == text)
    }

    const fn days(self) -> i64 {
        match self {
            Self::Day => 1,
            Self::Week => 7,
            Self::Month => 30,
            // Whole weeks.
            Self::Year => 364,
        }
    }

    /// Its first moment: it ends with this hour, or with this day.
    #[must_use]
    pub fn from(self, now: Timestamp) -> Timestamp {
        let (last, before) = match self {
            Self::Day => (rows::begin(now, HOUR), 23 * HOUR),
            _ => (rows::begin(now, DAY), (self.days() - 1) * DAY),
        };
        last.saturating_sub(SignedDuration::from_secs(before))
            .unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// For what goes up and down all the time: from which slots, and how long one point is.
    #[must_use]
    pub const fn fine(self) -> (Slot, i64) {
        match self {
            Self::Day => (Slot::Minutes, 15 * 60),
            Self::Week => (Slot::Hour, 2 * HOUR),
            Self::Month => (Slot::Hour, 6 * HOUR),
            Self::Year => (Slot::Day, 4 * DAY),
        }
    }

    /// For what is counted.
    #[must_use]
    pub const fn coarse(self) -> (Slot, i64) {
        match self {
            Self::Day => (Slot::Hour, HOUR),
            Self::Week | Self::Month => (Slot::Day, DAY),
            Self::Year => (Slot::Day, 7 * DAY),
        }
    }
}

/// Moments in their order, with what was seen from each to the next.
pub type Points = Vec<(Timestamp, Option<Figures>)>;

pub struct Report {
    pub fine: Points,
    pub coarse: Points,
    /// All of it.
    pub whole: Figures,
}

pub async fn read(store: &Store, subject: &Subject, period: Period, now: Timestamp) -> Result<Report, StoreError> {
    let from = period.from(now);
    let gather = async |(slot, step): (Slot, i64)| {
        let found = rows::since(store, slot, subject, from).await?;
        Ok::<_, StoreError>(pieces(found, from, step, period.days() * DAY / step))
    };
    let fine = gather(period.fine()).await?;
    let coarse = gather(period.coarse()).await?;
    let mut whole = Figures::default();
    for (_, figures) in &coarse {
        whole.add(figures.as_ref().unwrap_or(&Figures::default()));
    }
    Ok(Report { fine, coarse, whole })
}

/// Everything that is kept of the period, slot by slot.
pub async fn slots(
    store: &Store,
    subject: &Subject,
    period: Period,
    now: Timestamp,
) -> Result<Vec<(Timestamp, Figures)>, StoreError> {
    let (slot, _) = period.fine();
    rows::since(store, slot, subject, period.from(now)).await
}

fn pieces(found: Vec<(Timestamp, Figures)>, from: Timestamp, step: i64, count: i64) -> Points {
    let begin = |at: i64| Timestamp::from_second(from.as_second() + at * step).unwrap_or(from);
    let mut points: Points = (0..count).map(|at| (begin(at), None)).collect();
    for (at, figures) in found {
        let at = (at.as_second() - from.as_second()) / step;
        if let Some((_, point)) = usize::try_from(at).ok().and_then(|at| points.get_mut(at)) {
            point.get_or_insert_default().add(&figures);
        }
    }
    points
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_end_now_and_have_a_bearable_number_of_points() {
        let now: Timestamp = "2026-11-22T09:47:00Z".parse().unwrap();
        for (period, from) in [
            (Period::Day, "2026-11-21T10:00:00Z"),
            (Period::Week, "2026-11-16T00:00:00Z"),
            (Period::Month, "2026-10-24T00:00:00Z"),
            (Period::Year, "2025-11-24T00:00:00Z"),
        ] {
            assert_eq!(period.from(now).to_string(), from);
            assert_eq!(Period::parse(period.as_str()), Some(period));
            for (slot, step) in [period.fine(), period.coarse()] {
                assert_eq!((period.days() * DAY % step, step % slot.seconds()), (0, 0));
                assert!(period.days() * DAY / step <= 130);
                // What is shown is still kept.
                assert!(slot.kept().as_secs() > period.days() * DAY);
            }
        }
    }

    #[test]
    fn slots_fall_into_the_pieces_that_they_are_in() {
        let from = Timestamp::UNIX_EPOCH;
        let at = |seconds| Timestamp::from_second(seconds).unwrap();
        let some = |starts| Figures {
            starts,
            ..Figures::default()
        };
        let found = vec![
            (at(0), some(1)),
            (at(300), some(2)),
            (at(1800), some(4)),
            (at(9000), some(8)),
        ];
        let starts: Vec<_> = pieces(found, from, 900, 3)
            .into_iter()
            .map(|(_, figures)| figures.map(|figures| figures.starts))
            .collect();
        assert_eq!(starts, [Some(3), None, Some(4)]);
    }
}
