//! Whether starts are taken: a fact in the database, which all hubs follow from the next start on.

use perijove_model::Clock;
use perijove_store::drain::{self, Drain};
use perijove_store::{Store, StoreError};
use serde_json::json;

use crate::audit::{self, Act, Actor};

/// Longer ones are no messages for people.
pub const LONGEST_MESSAGE: usize = 500;

/// What somebody wants of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Switch {
    /// No server starts any more; people are told this message, too.
    On(String),
    Off,
}

/// Switches it, and writes down who did. A new message takes the place of the one before; to switch off what is off is
/// fine.
pub async fn switch(
    store: &Store,
    clock: &dyn Clock,
    by: &Actor,
    wanted: &Switch,
) -> Result<Option<Drain>, StoreError> {
    let tx = store.begin().await?;
    let before = drain::get(&tx).await?;
    let now = match wanted {
        Switch::Off => None,
        Switch::On(message) => Some(Drain {
            since: before.as_ref().map_or_else(|| clock.now(), |drain| drain.since),
            by: by.name().to_owned(),
            message: message.clone(),
        }),
    };
    match &now {
        Some(drain) => drain::begin(&tx, drain).await?,
        None => drop(drain::end(&tx).await?),
    }
    if before != now {
        let detail = match &now {
            Some(drain) => json!({ "on": true, "message": drain.message }),
            None => json!({ "on": false }),
        };
        audit::write(&tx, clock, by, Act::Drained, "hub", detail).await?;
    }
    tx.commit().await?;
    Ok(now)
}

/// A message for people: one line, and not a long one.
#[must_use]
pub fn message(text: &str) -> Option<String> {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let fits = line.chars().count() <= LONGEST_MESSAGE && !line.chars().any(char::is_control);
    fits.then_some(line)
}
