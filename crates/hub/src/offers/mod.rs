//! What is offered: what a server gets is decided here, once for each start, before its wish is written.
//!
//! `person` finds out whom the rules are about, `profiles` which of them somebody may have, `choose` reads what was
//! chosen, `making` makes the plan of it, `quota` says whether there is room, `words` says it to people.

mod choose;
pub mod folders;
mod making;
mod person;
mod profiles;
mod quota;
pub mod words;

use std::sync::Arc;

use perijove_config::Profile;
use perijove_model::{Limits, Plan, ServerName};
use perijove_spawn::{SpawnError, Spawner};
use perijove_store::users::User;
use perijove_store::{Db, StoreError, Tx};
use serde_json::Value;

pub use choose::{Chosen, FormField, field_names};
pub use person::Person;
pub use profiles::Offered;
pub use quota::{Cost, Exceeded, GroupUse, Room, Standing, Use, entitled, hours_used_up, standing};

use crate::Hub;
use crate::servers::Refused;

/// A start that somebody wants.
pub struct Wanted<'a> {
    pub user: &'a User,
    pub server: &'a ServerName,
    /// What was chosen, now or for the last start.
    pub options: Option<&'a Value>,
    /// It was chosen now, so that what can't be understood is told rather than passed over.
    pub fresh: bool,
}

/// Why what was chosen can't be had.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Unavailable {
    #[error("No profile is offered to {user}. An administrator can change that.")]
    Nothing { user: String },
    #[error("There is no profile “{slug}” for {user}{}", or_these(.offered))]
    Profile {
        slug: String,
        user: String,
        offered: Vec<String>,
    },
    #[error(
        "The profile “{slug}”, with which this server was last started, is not offered any more. Choose another one.{}",
        there_are(.offered)
    )]
    Gone { slug: String, offered: Vec<String> },
    #[error("The profile “{profile}” has no choice “{choice}”.{}", there_are(.offered))]
    Choice {
        profile: String,
        choice: String,
        offered: Vec<String>,
    },
    #[error("“{value}” can't be chosen for “{choice}” of the profile “{profile}”.{}", there_are(.offered))]
    Value {
        profile: String,
        choice: String,
        value: String,
        offered: Vec<String>,
    },
    #[error("The option “{0}” must be a text.")]
    NotText(String),
}

fn there_are(list: &[String]) -> String {
    match list {
        [] => String::new(),
        list => format!(" There are: {}.", list.join(", ")),
    }
}

/// The same behind a sentence that ends with a name: catalogues know where that ends by what follows.
fn or_these(list: &[String]) -> String {
    match list {
        [] => ".".to_owned(),
        list => format!(". There are: {}.", list.join(", ")),
    }
}

/// The plan, and the options in their plain form where they were chosen now.
pub async fn plan(hub: &Hub, tx: &Tx, wanted: &Wanted<'_>) -> Result<(Plan, Option<Value>), Refused> {
    let config = &hub.config;
    if config.profiles.is_empty() && config.entitlements.is_empty() {
        return Ok((configured(hub), None));
    }
    let person = Person::read(hub, tx, wanted.user).await?;
    let (mut plan, options) = match config.profiles.is_empty() {
        true => (configured(hub), None),
        false => chosen_plan(hub, &person, wanted)?,
    };
    quota::fit(hub, tx, &person, &mut plan).await?;
    let backend = hub.spawners.of(&plan.spawner)?;
    backend.check(&plan)?;
    Ok((plan, options))
}

/// The backend that these choices lead to; the first one where they lead to nothing that is offered.
pub async fn backend<'h>(
    hub: &'h Hub,
    db: &impl Db,
    (user, server): (&User, &ServerName),
    options: &Value,
) -> Result<&'h Arc<dyn Spawner>, StoreError> {
    let first = hub.spawners.first();
    if hub.config.profiles.is_empty() {
        return Ok(first);
    }
    let person = Person::read(hub, db, user).await?;
    let wanted = Wanted {
        user,
        server,
        options: Some(options),
        fresh: false,
    };
    let chosen = chosen_plan(hub, &person, &wanted);
    Ok(chosen
        .ok()
        .and_then(|(plan, _)| hub.spawners.get(&plan.spawner))
        .unwrap_or(first))
}

fn chosen_plan(hub: &Hub, person: &Person, wanted: &Wanted<'_>) -> Result<(Plan, Option<Value>), Refused> {
    let offered = Offered::to(&hub.config, person);
    let chosen = choose::read(hub, &offered, wanted)?;
    let plan = making::plan(hub, person, wanted.server, &chosen);
    let options = wanted.fresh.then(|| chosen.options(wanted.options));
    Ok((plan, options))
}

/// Where there are no profiles: as `[spawner]` says.
#[must_use]
pub fn configured(hub: &Hub) -> Plan {
    Plan {
        limits: configured_limits(hub),
        ..Plan::default()
    }
}

fn configured_limits(hub: &Hub) -> Limits {
    let spawner = &hub.config.spawner;
    Limits {
        memory: spawner.mem_limit.map(|size| size.0),
        cpu_milli: spawner.cpu_limit.map(milli),
        ..Limits::default()
    }
}

/// Thousandths of a core; at least one.
fn milli(cores: f64) -> u32 {
    (cores * 1000.0).round().clamp(1.0, f64::from(u32::MAX)) as u32
}

/// What somebody may start, for whoever shows it.
pub async fn to(hub: &Hub, db: &impl Db, user: &User) -> Result<(Person, Vec<Card>), StoreError> {
    let person = Person::read(hub, db, user).await?;
    let offered = Offered::to(&hub.config, &person);
    let default = offered.default().map(|default| default.slug.clone());
    let cards = offered.all.iter().map(|profile| Card {
        default: default.as_ref() == Some(&profile.slug),
        plan: making::plan(hub, &person, &ServerName::default(), &Chosen::defaults(profile)),
        profile: (*profile).clone(),
    });
    let cards = cards.collect();
    Ok((person, cards))
}

/// What these options would start: its plan, and the options in their plain form. `None` if they lead to nothing that is
/// offered any more.
#[must_use]
pub fn look(hub: &Hub, person: &Person, server: &ServerName, options: &Value) -> Option<(Plan, Value)> {
    let wanted = Wanted {
        user: &person.user,
        server,
        options: Some(options),
        fresh: false,
    };
    let offered = Offered::to(&hub.config, person);
    let chosen = choose::read(hub, &offered, &wanted).ok()?;
    let plan = making::plan(hub, person, server, &chosen);
    Some((plan, chosen.options(Some(options))))
}

/// A profile as somebody gets it.
pub struct Card {
    pub profile: Profile,
    /// It is started where nobody chooses.
    pub default: bool,
    /// Where nothing is chosen.
    pub plan: Plan,
}

impl From<SpawnError> for Refused {
    fn from(error: SpawnError) -> Self {
        Self::Backend(error)
    }
}

impl From<Unavailable> for Refused {
    fn from(why: Unavailable) -> Self {
        Self::Unavailable(Box::new(why))
    }
}
