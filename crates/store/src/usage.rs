//! How the platform is used, over time: figures in slots of five minutes, an hour and a day, of everything and of each
//! profile and group. Small slots are kept for days, large ones for years, so that the table never grows beyond that.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::error::{Result, StoreError};
use crate::sql::{Db, Post, Row, Stmt, Tx, lists, numbers};

/// How long one figure is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Slot {
    Minutes,
    Hour,
    Day,
}

impl Slot {
    pub const ALL: [Self; 3] = [Self::Minutes, Self::Hour, Self::Day];

    #[must_use]
    pub const fn seconds(self) -> i64 {
        match self {
            Self::Minutes => 300,
            Self::Hour => 3600,
            Self::Day => 24 * 3600,
        }
    }

    /// How long it is kept.
    #[must_use]
    pub const fn kept(self) -> SignedDuration {
        SignedDuration::from_hours(match self {
            Self::Minutes => 49,
            Self::Hour => 24 * 61,
            Self::Day => 24 * 366 * 3,
        })
    }

    /// The beginning of the slot that a moment is in.
    #[must_use]
    pub fn start(self, at: Timestamp) -> Timestamp {
        begin(at, self.seconds())
    }
}

/// The beginning of the piece of so many seconds that a moment is in, counted in UTC.
#[must_use]
pub fn begin(at: Timestamp, seconds: i64) -> Timestamp {
    let at = at.as_second();
    Timestamp::from_second(at - at.rem_euclid(seconds)).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// What figures are about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    Everything,
    Profile(String),
    Group(String),
}

impl Subject {
    fn kind(&self) -> &'static str {
        match self {
            Self::Everything => "all",
            Self::Profile(_) => "profile",
            Self::Group(_) => "group",
        }
    }

    fn name(&self) -> &str {
        match self {
            Self::Everything => "",
            Self::Profile(name) | Self::Group(name) => name,
        }
    }
}

/// What was seen in a slot. Sums, so that two of them can be added.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Figures {
    /// How often was looked.
    pub samples: u32,
    /// Running servers at each look, added up; and the most at once.
    pub servers: u64,
    pub most_servers: u32,
    /// Time on cores, and of how long a time that is known.
    pub cpu_ms: u64,
    pub cpu_seconds: u64,
    /// Bytes at each look, added up; and the most at once.
    pub memory: u64,
    pub most_memory: u64,
    /// Bytes in homes and in the trash, as last seen.
    pub storage: Option<u64>,
    pub trash: Option<u64>,
    /// People who were active since the slot began.
    pub people: u32,
    pub starts: u32,
    /// By cause.
    pub failures: BTreeMap<String, u32>,
    /// How many starts took how long, by steps of [`STEP`].
    pub took: BTreeMap<u8, u32>,
}

/// The shortest time that is told apart, in seconds, and by how much each step is longer than the last.
const SHORTEST: f64 = 0.1;
const STEP: f64 = 1.15;
const MOST_STEPS: u8 = 80;
/// Causes that are told apart in one slot. A backend may give any text.
const MOST_CAUSES: usize = 20;
const OTHER: &str = "other";

impl Figures {
    /// Adds what was seen later.
    pub fn add(&mut self, later: &Self) {
        self.samples += later.samples;
        self.servers += later.servers;
        self.most_servers = self.most_servers.max(later.most_servers);
        self.cpu_ms += later.cpu_ms;
        self.cpu_seconds += later.cpu_seconds;
        self.memory += later.memory;
        self.most_memory = self.most_memory.max(later.most_memory);
        self.storage = later.storage.or(self.storage);
        self.trash = later.trash.or(self.trash);
        self.people = self.people.max(later.people);
        self.starts += later.starts;
        for (cause, count) in &later.failures {
            self.fail(cause, *count);
        }
        for (step, count) in &later.took {
            *self.took.entry(*step).or_default() += count;
        }
    }

    /// A start has ended: well, or by this cause.
    pub fn started(&mut self, took: std::time::Duration, cause: Option<&str>) {
        self.starts += 1;
        match cause {
            Some(cause) => self.fail(cause, 1),
            None => *self.took.entry(step(took.as_secs_f64())).or_default() += 1,
        }
    }

    fn fail(&mut self, cause: &str, count: u32) {
        let known = self.failures.contains_key(cause) || self.failures.len() < MOST_CAUSES;
        let cause = if known { cause } else { OTHER };
        *self.failures.entry(cause.to_owned()).or_default() += count;
    }

    #[must_use]
    pub fn failed(&self) -> u32 {
        self.failures.values().sum()
    }

    #[must_use]
    pub fn mean_servers(&self) -> Option<f64> {
        (self.samples > 0).then(|| self.servers as f64 / f64::from(self.samples))
    }

    #[must_use]
    pub fn mean_memory(&self) -> Option<f64> {
        (self.samples > 0).then(|| self.memory as f64 / f64::from(self.samples))
    }

    /// Cores at work, on average.
    #[must_use]
    pub fn cores(&self) -> Option<f64> {
        (self.cpu_seconds > 0).then(|| self.cpu_ms as f64 / 1000.0 / self.cpu_seconds as f64)
    }

    /// In how many seconds this share of the starts that went well was done.
    #[must_use]
    pub fn took_at_most(&self, share: f64) -> Option<f64> {
        let count: u32 = self.took.values().sum();
        let wanted = f64::from(count) * share;
        let mut seen = 0;
        self.took.iter().find_map(|(step, count)| {
            seen += count;
            // In the middle of the step.
            (f64::from(seen) >= wanted).then(|| SHORTEST * STEP.powf(f64::from(*step) - 0.5))
        })
    }
}

fn step(seconds: f64) -> u8 {
    let steps = (seconds / SHORTEST).max(1.0).log(STEP).ceil();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 0 and the most steps"
    )]
    let step = steps.clamp(0.0, f64::from(MOST_STEPS)) as u8;
    step
}

/// Adds to what a slot has.
pub async fn add(tx: &Tx, slot: Slot, at: Timestamp, subject: &Subject, figures: &Figures) -> Result<()> {
    const GET: Stmt =
        Stmt::read("SELECT figures FROM perijove_usage WHERE slot = $1 AND kind = $2 AND name = $3 AND at = $4");
    const SET: Stmt = Stmt::note(
        "INSERT INTO perijove_usage (slot, kind, name, at, figures) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (slot, kind, name, at) DO UPDATE SET figures = excluded.figures",
    );
    let mut params = vec![
        slot.seconds().into(),
        subject.kind().into(),
        subject.name().into(),
        slot.start(at).into(),
    ];
    let known: Option<Json> = tx.one(&GET, &params).await?;
    let mut sum = known.map(read).transpose()?.unwrap_or_default();
    sum.add(figures);
    let text = serde_json::to_string(&sum).map_err(|error| StoreError::Other(error.to_string()))?;
    params.push(text.into());
    tx.post(&SET, &params).await
}

fn read(figures: Json) -> Result<Figures> {
    serde_json::from_value(figures).map_err(|error| StoreError::Corrupt(format!("figures of usage: {error}")))
}

/// The slots from this moment on, the oldest first; none where nobody looked.
pub async fn since(db: &impl Db, slot: Slot, subject: &Subject, from: Timestamp) -> Result<Vec<(Timestamp, Figures)>> {
    const SINCE: Stmt = Stmt::read(
        "SELECT at, figures FROM perijove_usage WHERE slot = $1 AND kind = $2 AND name = $3 AND at >= $4 ORDER BY at",
    );
    let params = [
        slot.seconds().into(),
        subject.kind().into(),
        subject.name().into(),
        from.into(),
    ];
    let rows = db.rows(&SINCE, &params).await?;
    let read = |mut row: Row| Ok((row.take()?, read(row.take()?)?));
    rows.into_iter().map(read).collect()
}

/// What the last look since then has seen, of everything and of each profile; `None` if nobody has looked.
pub async fn latest(db: &impl Db, from: Timestamp) -> Result<Option<BTreeMap<Subject, Figures>>> {
    const LATEST: Stmt = Stmt::read(
        "SELECT at, kind, name, figures FROM perijove_usage WHERE slot = $1 AND kind IN ('all', 'profile') AND at >= $2 \
         ORDER BY kind, at DESC",
    );
    let rows = db.rows(&LATEST, &[Slot::Minutes.seconds().into(), from.into()]).await?;
    // That of everything comes first, and tells which slot is the last.
    let mut found: Option<(Timestamp, BTreeMap<Subject, Figures>)> = None;
    for mut row in rows {
        let at: Timestamp = row.take()?;
        let kind: String = row.take()?;
        let name: String = row.take()?;
        let figures = read(row.take()?)?;
        let subject = if kind == "profile" {
            Subject::Profile(name)
        } else {
            Subject::Everything
        };
        match &mut found {
            // Starts may be noted in a slot before anybody has looked.
            None if subject == Subject::Everything && figures.samples > 0 => {
                found = Some((at, BTreeMap::from([(subject, figures)])));
            }
            Some((last, all)) if at == *last => drop(all.insert(subject, figures)),
            _ => {}
        }
    }
    Ok(found.map(|(_, all)| all))
}

/// Which profiles and groups there are figures of since then.
pub async fn subjects(db: &impl Db, from: Timestamp) -> Result<Vec<Subject>> {
    const NAMES: Stmt = Stmt::read(
        "SELECT DISTINCT kind, name FROM perijove_usage WHERE slot = $1 AND at >= $2 AND kind <> 'all' \
         ORDER BY kind, name LIMIT 1000",
    );
    let rows = db.rows(&NAMES, &[Slot::Day.seconds().into(), from.into()]).await?;
    let read = |mut row: Row| {
        let kind: String = row.take()?;
        let name = row.take()?;
        Ok(match kind.as_str() {
            "group" => Subject::Group(name),
            _ => Subject::Profile(name),
        })
    };
    rows.into_iter().map(read).collect()
}

/// Forgets what is older than its kind is kept.
pub async fn purge(db: &impl Db, now: Timestamp) -> Result<()> {
    const PURGE: Stmt = Stmt::note("DELETE FROM perijove_usage WHERE slot = $1 AND at < $2");
    for slot in Slot::ALL {
        let before = now.saturating_sub(slot.kept()).unwrap_or(Timestamp::UNIX_EPOCH);
        db.execute(&PURGE, &[slot.seconds().into(), before.into()]).await?;
    }
    Ok(())
}

/// A start that has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    pub at: Timestamp,
    pub user_id: i64,
    pub profile: Option<String>,
    pub took: std::time::Duration,
    /// Why it did not come about, in a word.
    pub cause: Option<String>,
}

/// Notes it, in the transaction in which it ends.
pub async fn note_start(db: &impl Post, ended: &Ended) -> Result<()> {
    const NOTE: Stmt = Stmt::note(
        "INSERT INTO perijove_ended_starts (at, user_id, profile, took_ms, cause) VALUES ($1, $2, $3, $4, $5)",
    );
    let cause = ended
        .cause
        .as_ref()
        .map(|cause| cause.chars().take(64).collect::<String>());
    let params = [
        ended.at.into(),
        ended.user_id.into(),
        ended.profile.as_deref().into(),
        i64::try_from(ended.took.as_millis()).unwrap_or(i64::MAX).into(),
        cause.into(),
    ];
    db.post(&NOTE, &params).await
}

/// Takes some of those that were noted; they are to be counted in the same transaction.
pub async fn take_starts(tx: &Tx) -> Result<Vec<Ended>> {
    const TAKE: Stmt = Stmt::note(
        "DELETE FROM perijove_ended_starts WHERE id IN (SELECT id FROM perijove_ended_starts ORDER BY id LIMIT 5000) \
         RETURNING at, user_id, profile, took_ms, cause",
    );
    let read = |mut row: Row| {
        Ok(Ended {
            at: row.take()?,
            user_id: row.take()?,
            profile: row.take()?,
            took: std::time::Duration::from_millis(u64::try_from(row.take::<i64>()?).unwrap_or(0)),
            cause: row.take()?,
        })
    };
    tx.rows(&TAKE, &[]).await?.into_iter().map(read).collect()
}

/// A server that runs.
#[derive(Debug, Clone, PartialEq)]
pub struct Running {
    pub spawner_id: i64,
    pub user_id: i64,
    pub generation: i64,
    pub backend: String,
    pub state: Option<Json>,
    pub started: Option<Timestamp>,
    pub profile: Option<String>,
}

pub async fn running(db: &impl Db) -> Result<Vec<Running>> {
    const RUNNING: Stmt = Stmt::read(
        "SELECT s.id, s.user_id, COALESCE(r.generation, 0), COALESCE(r.backend, ''), s.state, s.started, p.profile \
         FROM servers v JOIN spawners s ON s.server_id = v.id LEFT JOIN perijove_runs r ON r.spawner_id = s.id \
         LEFT JOIN perijove_plans p ON p.spawner_id = s.id WHERE COALESCE(r.phase, 'ready') = 'ready' ORDER BY s.id",
    );
    let read = |mut row: Row| {
        Ok(Running {
            spawner_id: row.take()?,
            user_id: row.take()?,
            generation: row.take()?,
            backend: row.take()?,
            state: row.take()?,
            started: row.take()?,
            profile: row.take()?,
        })
    };
    db.rows(&RUNNING, &[]).await?.into_iter().map(read).collect()
}

/// In which groups these people are.
pub async fn groups_of(db: &impl Db, users: &[i64]) -> Result<Vec<(i64, String)>> {
    let mut found = Vec::new();
    for params in lists(users) {
        let sql = format!(
            "SELECT m.user_id, g.name FROM user_group_map m JOIN groups g ON g.id = m.group_id WHERE m.user_id IN ({})",
            numbers(1, params.len())
        );
        for mut row in db.rows(&Stmt::assembled(sql), &params).await? {
            found.push((row.take()?, row.take()?));
        }
    }
    Ok(found)
}

/// How many people were active since each of these moments. Walks over those who were since the first of them.
pub async fn people(db: &impl Db, since: [Timestamp; 3]) -> Result<[u32; 3]> {
    const COUNT: Stmt = Stmt::read(
        "SELECT COALESCE(SUM(CASE WHEN last_activity >= $1 THEN 1 ELSE 0 END), 0), \
         COALESCE(SUM(CASE WHEN last_activity >= $2 THEN 1 ELSE 0 END), 0), \
         COALESCE(SUM(CASE WHEN last_activity >= $3 THEN 1 ELSE 0 END), 0) \
         FROM users WHERE last_activity >= $4",
    );
    let first = since.iter().min().copied().unwrap_or(Timestamp::MAX);
    let params = [since[0].into(), since[1].into(), since[2].into(), first.into()];
    let mut row = crate::returned(db.row(&COUNT, &params).await?)?;
    let mut count = || Ok::<_, StoreError>(u32::try_from(row.take::<i64>()?).unwrap_or(u32::MAX));
    Ok([count()?, count()?, count()?])
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn times_are_told_to_a_tenth() {
        let mut figures = Figures::default();
        for tenths in 1..=100_u64 {
            figures.started(Duration::from_millis(tenths * 100), None);
        }
        figures.started(Duration::from_secs(3), Some("exited"));
        let near = |share, wanted: f64| {
            let told = figures.took_at_most(share).unwrap();
            assert!((told / wanted - 1.0).abs() < 0.1, "{told} for {wanted}");
        };
        near(0.5, 5.0);
        near(0.95, 9.5);
        assert_eq!((figures.starts, figures.failed()), (101, 1));
        assert_eq!(Figures::default().took_at_most(0.5), None);
        assert_eq!((step(0.0), step(1e9)), (0, MOST_STEPS));
    }

    #[test]
    fn slots_begin_where_clocks_say() {
        let at: Timestamp = "2026-11-22T09:47:31Z".parse().unwrap();
        let start = |slot: Slot| slot.start(at).to_string();
        assert_eq!(start(Slot::Minutes), "2026-11-22T09:45:00Z");
        assert_eq!(start(Slot::Hour), "2026-11-22T09:00:00Z");
        assert_eq!(start(Slot::Day), "2026-11-22T00:00:00Z");
    }

    #[test]
    fn no_more_causes_are_told_apart_than_fit() {
        let mut figures = Figures::default();
        for cause in 0..50 {
            figures.started(Duration::ZERO, Some(&format!("cause-{cause}")));
        }
        assert_eq!(figures.failures.len(), MOST_CAUSES + 1);
        assert_eq!(figures.failures[OTHER], 30);
    }
}
