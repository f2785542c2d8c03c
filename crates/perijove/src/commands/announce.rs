//! `perijove announce`: tells people something on top of the hub's pages, beside the database. The hub may run or not.

use anyhow::{Result, anyhow};
use clap::Args;
use jiff::Timestamp;
use perijove_hub::announcements::Desk;
use perijove_hub::audit::Actor;
use perijove_hub::http::error::HttpError;
use perijove_model::Clock;
use perijove_model::announcement::{Audience, Level};
use perijove_store::announcements::{self, Announcement, Wanted};

use super::token::account;
use crate::cli::ConfigArg;
use crate::problem::Problem;
use crate::settings::Settings;
use crate::system::SystemClock;
use crate::{compose, runtime, ui};

/// Tell people something on top of all pages
///
/// It is shown at once by every hub on the same database, until its end or until it is ended. Without a text, what is told
/// and what is to be told is listed.
#[derive(Args)]
#[command(after_help = "\
Examples:
  perijove announce 'On **Sunday** from 8 to 9 all servers stop.' --level warning --until 2026-11-29T09:00Z
  perijove announce 'The exam begins at noon.' --group class
  perijove announce                         what is told, with numbers
  perijove announce --end 7                 nobody sees number 7 any more")]
pub struct Announce {
    /// Short, in Markdown
    text: Option<String>,
    /// info, warning, or urgent: nobody can dismiss that
    #[arg(long, default_value = "info")]
    level: String,
    /// everybody, signed-in, or sign-in-page: whoever looks at the page on which one signs in
    #[arg(long, default_value = "everybody", conflicts_with = "group")]
    audience: String,
    /// Only for members of this group; may be given several times
    #[arg(long, value_name = "NAME")]
    group: Vec<String>,
    /// From this moment on [default: now]
    #[arg(long, value_name = "TIME")]
    from: Option<Timestamp>,
    /// Until this moment [default: until it is ended]
    #[arg(long, value_name = "TIME")]
    until: Option<Timestamp>,
    /// End the announcement of this number
    #[arg(long, value_name = "NUMBER", conflicts_with = "text")]
    end: Option<i64>,
    #[command(flatten)]
    config: ConfigArg,
}

impl Announce {
    pub fn run(self) -> Result<()> {
        let settings = Settings::load(self.config.config.as_deref())?;
        runtime::small()?.block_on(async {
            let store = compose::store(&settings.config, false).await?;
            let desk = Desk {
                store: &store,
                clock: &SystemClock,
                by: Actor::command(account().as_deref()),
            };
            if let Some(id) = self.end {
                desk.end(id)
                    .await
                    .map_err(|error| refused("it can't be ended", error))?;
                return Ok(());
            }
            match self.wanted()? {
                Some(wanted) => {
                    let made = desk.make(&wanted).await;
                    let made = made.map_err(|error| refused("this can't be announced", error))?;
                    ui::say(made.id);
                }
                None => {
                    let now = SystemClock.now();
                    for one in announcements::open(&store, now).await? {
                        ui::say(line(&one, now));
                    }
                }
            }
            Ok(())
        })
    }

    fn wanted(&self) -> Result<Option<Wanted>> {
        let Some(text) = &self.text else { return Ok(None) };
        let unknown = |what: &str, given: &str, all: &str| {
            Problem::new(format!("there is no {what} \"{given}\""))
                .try_this(format!("one of {all}"))
                .of_usage()
        };
        let level = Level::parse(&self.level).ok_or_else(|| unknown("level", &self.level, "info, warning, urgent"))?;
        let audience = match self.group.as_slice() {
            [] => Audience::parse(&self.audience).filter(|audience| *audience != Audience::Groups),
            _ => Some(Audience::Groups),
        };
        let audience =
            audience.ok_or_else(|| unknown("audience", &self.audience, "everybody, signed-in, sign-in-page"))?;
        Ok(Some(Wanted {
            text: text.trim().to_owned(),
            level,
            audience,
            groups: self.group.clone(),
            starts: self.from.unwrap_or_else(|| SystemClock.now()),
            ends: self.until,
        }))
    }
}

fn refused(what: &str, error: HttpError) -> anyhow::Error {
    let why = error
        .message
        .unwrap_or_else(|| "there is no such announcement".to_owned());
    Problem::new(what).because(anyhow!(why)).into()
}

/// Number, state, level, whom it is for, until when, and the text in one line.
fn line(one: &Announcement, now: Timestamp) -> String {
    let wanted = &one.wanted;
    let state = if one.stands(now) { "now" } else { "to come" };
    let whom = match wanted.groups.as_slice() {
        [] => wanted.audience.as_str().to_owned(),
        groups => groups.join(","),
    };
    let until = wanted
        .ends
        .map_or_else(|| "no end".to_owned(), |end| format!("until {end}"));
    let text = wanted.text.split_whitespace().collect::<Vec<_>>().join(" ");
    format!(
        "{}  {state}  {}  {whom}  {until}  {text}",
        one.id,
        wanted.level.as_str()
    )
}
