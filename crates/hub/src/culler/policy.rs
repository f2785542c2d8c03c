//! When a server's time is over, by the rules alone.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use perijove_config::{Culler, Weekly};
use perijove_model::entitlement::Quantity;
use perijove_store::culls::Candidate;

use crate::offers::words::amount;

/// What holds for one server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy<'a> {
    /// Zero: it may go unused for ever.
    pub timeout: Duration,
    /// Zero: it may run for ever.
    pub max_age: Duration,
    pub schedule: &'a [Weekly],
}

/// When a server is to be stopped, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct End {
    pub at: Timestamp,
    pub why: Why,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// It was not used for so long.
    Idle(Duration),
    /// It ran for so long.
    Age(Duration),
    /// As it stands in the schedule.
    Schedule(String),
    /// Its person has used up these seconds of the month.
    Hours(u64),
}

impl Why {
    const AGE: &'static str = "max_age";
    const HOURS: &'static str = "hours";

    /// Whether nobody can put it off, by the one word for it.
    #[must_use]
    pub fn is_final(name: &str) -> bool {
        [Self::AGE, Self::HOURS].contains(&name)
    }

    /// One word, as it is kept and as programs read it.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Idle(_) => "idle",
            Self::Age(_) => Self::AGE,
            Self::Schedule(_) => "schedule",
            Self::Hours(_) => Self::HOURS,
        }
    }

    /// Behind "stopped because".
    #[must_use]
    pub fn because(&self) -> String {
        match self {
            Self::Idle(length) => format!("it was not used for {}", words(*length)),
            Self::Age(length) => format!("no server runs longer than {}", words(*length)),
            Self::Schedule(when) => format!("servers are stopped at set hours ({when})"),
            Self::Hours(seconds) => format!("the {} of this month are used up", hours(*seconds)),
        }
    }

    /// For the log and the audit log.
    #[must_use]
    pub fn short(&self) -> String {
        match self {
            Self::Idle(length) => format!("idle for {}", words(*length)),
            Self::Age(length) => format!("ran for {}", words(*length)),
            Self::Schedule(when) => format!("scheduled for {when}"),
            Self::Hours(seconds) => format!("{} of the month used up", hours(*seconds)),
        }
    }
}

fn hours(seconds: u64) -> String {
    amount(Quantity::Time, seconds)
}

/// What holds for a server of somebody in these groups; `None` if it is never stopped.
#[must_use]
pub fn of<'a>(config: &'a Culler, server: &Candidate, groups: &[String]) -> Option<Policy<'a>> {
    let wanted = match server.server.is_empty() {
        true => config.cull_default_servers,
        false => config.cull_named_servers,
    };
    let rule = config.rule.iter().find(|rule| {
        let profile = server.profile.as_ref();
        let of_profile = rule.profiles.is_empty() || profile.is_some_and(|name| rule.profiles.contains(name));
        let of_group = rule.groups.is_empty() || groups.iter().any(|name| rule.groups.contains(name));
        of_profile && of_group
    });
    if !wanted || rule.is_some_and(|rule| rule.never) {
        return None;
    }
    Some(Policy {
        timeout: rule.and_then(|rule| rule.timeout).unwrap_or(config.timeout),
        max_age: rule.and_then(|rule| rule.max_age).unwrap_or(config.max_age),
        schedule: rule.and_then(|rule| rule.schedule.as_ref()).unwrap_or(&config.schedule),
    })
}

impl Policy<'_> {
    /// When the server is to be stopped if nothing more happens to it. That nobody used it and that it is night can be
    /// put off; its age can not.
    #[must_use]
    pub fn end(&self, config: &Culler, server: &Candidate, now: Timestamp) -> Option<End> {
        let began = server.started.or(server.last_activity)?;
        let kept = |at: Timestamp| server.cull.kept_until.map_or(at, |kept| at.max(kept));
        let idle = (!self.timeout.is_zero()).then(|| End {
            at: kept(later(server.last_activity.unwrap_or(began).max(began), self.timeout)),
            why: Why::Idle(self.timeout),
        });
        let age = (!self.max_age.is_zero()).then(|| End {
            at: later(began, self.max_age),
            why: Why::Age(self.max_age),
        });
        let scheduled = self.schedule.iter().filter_map(|weekly| {
            let (last, next) = weekly.around(now, &config.time_zone);
            let at = last.filter(|last| *last > began).or(next)?;
            let when = format!("{} {}", weekly.as_str(), config.time_zone.name());
            Some(End {
                at: kept(at),
                why: Why::Schedule(when),
            })
        });
        idle.into_iter().chain(age).chain(scheduled).min_by_key(|end| end.at)
    }
}

/// So much later, or never.
#[must_use]
pub fn later(at: Timestamp, by: Duration) -> Timestamp {
    let by = SignedDuration::try_from(by).unwrap_or(SignedDuration::MAX);
    at.checked_add(by).unwrap_or(Timestamp::MAX)
}

/// "1 hour 30 minutes".
#[must_use]
pub fn words(length: Duration) -> String {
    let seconds = length.as_secs();
    let hours = seconds / 3600;
    let parts = [
        (hours, "hour"),
        (seconds / 60 % 60, "minute"),
        // Nobody wants to know the seconds of hours.
        (if hours == 0 { seconds % 60 } else { 0 }, "second"),
    ];
    let parts = parts.into_iter().filter(|(count, _)| *count > 0);
    let parts = parts.map(|(count, unit)| format!("{count} {unit}{}", if count == 1 { "" } else { "s" }));
    match parts.collect::<Vec<_>>().as_slice() {
        [] => "0 seconds".to_owned(),
        parts => parts.join(" "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use perijove_store::culls::Cull;

    fn config(toml: &str) -> Culler {
        let text = format!("[culler]\n{toml}");
        let path = std::path::Path::new("perijove.toml");
        let none = |_: &std::path::Path| Err(std::io::ErrorKind::NotFound.into());
        perijove_config::load(Some((path, &text)), &|_| None, &none)
            .unwrap()
            .culler
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn server(profile: Option<&str>) -> Candidate {
        Candidate {
            spawner_id: 1,
            user_id: 1,
            user_name: "ada".into(),
            server: String::new(),
            profile: profile.map(str::to_owned),
            generation: 1,
            started: Some(at("2026-11-20T08:00:00Z")),
            last_activity: Some(at("2026-11-20T09:30:00Z")),
            cull: Cull::default(),
        }
    }

    fn end(toml: &str, server: &Candidate, groups: &[&str], now: &str) -> Option<(String, &'static str)> {
        let config = config(toml);
        let groups: Vec<String> = groups.iter().map(|&name| name.to_owned()).collect();
        let end = of(&config, server, &groups)?.end(&config, server, at(now))?;
        Some((end.at.to_string(), end.why.name()))
    }

    #[test]
    fn the_first_of_its_ends_counts() {
        let (server, now) = (server(None), "2026-11-20T10:00:00Z");
        let found = |toml: &str| end(toml, &server, &[], now).map(|(at, why)| format!("{why} {at}"));
        assert_eq!(found("").unwrap(), "idle 2026-11-20T10:30:00Z");
        assert_eq!(found("timeout = 0"), None);
        assert_eq!(found("max_age = \"2h\"").unwrap(), "max_age 2026-11-20T10:00:00Z");
        assert_eq!(
            found("timeout = 0\nmax_age = \"9h\"").unwrap(),
            "max_age 2026-11-20T17:00:00Z"
        );
        assert_eq!(found("cull_default_servers = false"), None);
    }

    #[test]
    fn who_wanted_it_to_go_on_puts_off_all_but_its_age() {
        let mut server = server(None);
        server.cull.kept_until = Some(at("2026-11-20T12:00:00Z"));
        let found = |toml: &str| end(toml, &server, &[], "2026-11-20T10:00:00Z").unwrap();
        assert_eq!(found(""), ("2026-11-20T12:00:00Z".into(), "idle"));
        assert_eq!(found("timeout = 0\nschedule = [\"09:15\"]").0, "2026-11-20T12:00:00Z");
        assert_eq!(found("max_age = \"3h\""), ("2026-11-20T11:00:00Z".into(), "max_age"));
    }

    #[test]
    fn a_schedule_has_days_and_a_time_zone_and_spares_what_was_started_later() {
        // A Friday; Berlin is an hour ahead of UTC in winter.
        let server = server(None);
        let toml = "timeout = 0\ntime_zone = \"Europe/Berlin\"\nschedule = [\"Mon-Fri 22:00\"]";
        let found = |now: &str| end(toml, &server, &[], now).unwrap().0;
        assert_eq!(found("2026-11-20T10:00:00Z"), "2026-11-20T21:00:00Z");
        assert_eq!(found("2026-11-20T21:05:00Z"), "2026-11-20T21:00:00Z");
        let late = Candidate {
            started: Some(at("2026-11-20T21:01:00Z")),
            ..server.clone()
        };
        let next = end(toml, &late, &[], "2026-11-20T21:05:00Z").unwrap().0;
        assert_eq!(next, "2026-11-23T21:00:00Z", "not on Saturday, nor on Sunday");
    }

    #[test]
    fn the_first_rule_that_fits_says_what_it_says_and_leaves_the_rest() {
        let toml = "max_age = \"1d\"\n\
            [[culler.rule]]\nprofiles = [\"gpu\"]\ngroups = [\"staff\"]\nnever = true\n\
            [[culler.rule]]\nprofiles = [\"gpu\"]\ntimeout = \"20m\"\n\
            [[culler.rule]]\ngroups = [\"staff\"]\ntimeout = 0\n";
        let found = |profile, groups: &[&str]| end(toml, &server(profile), groups, "2026-11-20T10:00:00Z");
        assert_eq!(found(Some("gpu"), &["staff"]), None);
        assert_eq!(found(Some("gpu"), &[]).unwrap().0, "2026-11-20T09:50:00Z");
        assert_eq!(
            found(None, &["staff"]).unwrap(),
            ("2026-11-21T08:00:00Z".into(), "max_age")
        );
        assert_eq!(
            found(None, &["other"]).unwrap(),
            ("2026-11-20T10:30:00Z".into(), "idle")
        );
    }

    #[test]
    fn lengths_are_words() {
        let text = |seconds| words(Duration::from_secs(seconds));
        assert_eq!(
            [text(0), text(1), text(3600), text(5400)],
            ["0 seconds", "1 second", "1 hour", "1 hour 30 minutes"]
        );
        assert_eq!(text(3661), "1 hour 1 minute");
        assert_eq!([text(3605), text(61)], ["1 hour", "1 minute 1 second"]);
    }

    #[test]
    fn lengths_are_words_in_every_language() {
        let pages = perijove_web::Pages::strict(&[]).unwrap();
        let german = pages.words(["de"]);
        for (seconds, told) in [(1, "1 Sekunde"), (3600, "1 Stunde"), (5400, "1 Stunde 30 Minuten")] {
            assert_eq!(german.said(&words(Duration::from_secs(seconds))), told);
        }
        for seconds in [0, 2, 60, 61, 62, 120, 121, 122, 3660, 3720, 7200, 7260, 7320] {
            let length = words(Duration::from_secs(seconds));
            assert_ne!(german.said(&length), length);
        }
    }
}
