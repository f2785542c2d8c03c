//! One-time links: secrets that only their holder knows, kept by their fingerprints.

use perijove_config::Config;
use perijove_model::{Clock, Rng, Secret, token};
use perijove_store::links::{self, NewLink};
use perijove_store::{Db, StoreError};

use crate::startup::public_url;

/// The first administrator.
pub const SETUP: &str = "setup";
/// For a name: they choose a password. Without one: whoever has it chooses a name, too.
pub const INVITE: &str = links::INVITE;
/// Somebody has forgotten their password.
pub const RESET: &str = "reset";
/// Whoever signed up has this mail address.
pub const CONFIRM_SIGN_UP: &str = "confirm-signup";
/// Somebody wants this mail address to be theirs.
pub const CONFIRM_ADDRESS: &str = "confirm-address";

/// Longer ones are none of ours.
const LONGEST: usize = 128;

/// Keeps a new link and gives its secret.
pub async fn make(db: &impl Db, clock: &dyn Clock, rng: &dyn Rng, new: &NewLink<'_>) -> Result<Secret, StoreError> {
    let secret = Secret::new(rng.urlsafe(32));
    links::create(db, &token::fingerprint(secret.expose()), new, clock.now()).await?;
    Ok(secret)
}

/// By what a secret is kept; nothing if it is none.
#[must_use]
pub fn fingerprint(secret: &Secret) -> Option<String> {
    let secret = secret.expose();
    (!secret.is_empty() && secret.len() <= LONGEST).then(|| token::fingerprint(secret))
}

/// Where a password is chosen.
#[must_use]
pub fn setup_url(config: &Config, secret: &Secret) -> String {
    let (origin, base) = (public_url(config), &config.hub.base_url);
    format!("{origin}{base}hub/setup?token={}", secret.expose())
}

/// Where a mail address is confirmed.
#[must_use]
pub fn confirm_url(config: &Config, secret: &Secret) -> String {
    let (origin, base) = (public_url(config), &config.hub.base_url);
    format!("{origin}{base}hub/confirm/{}", secret.expose())
}
