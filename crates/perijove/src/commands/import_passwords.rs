//! `perijove import-passwords FILE`: people sign in with the passwords that another program kept.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use perijove_hub::accounts::firstuse;
use perijove_hub::accounts::import::Importer;
use perijove_hub::keys::Keys;
use perijove_hub::startup;

use crate::cli::ConfigArg;
use crate::problem::Problem;
use crate::settings::Settings;
use crate::system::{SystemClock, SystemRng};
use crate::{compose, runtime, secrets, ui};

/// Take over passwords that FirstUseAuthenticator kept
///
/// Reads `passwords.dbm` as Python's `dbm.dumb` (two files, `.dir` and `.dat`) or `dbm.sqlite3` wrote it, or lines of
/// `name:hash` with hashes by bcrypt. Who is new gets an account; who has a password here keeps it. The file stays. With a
/// configuration the hub need not have run before: the database is made.
#[derive(Args)]
#[command(after_help = "\
Examples:
  perijove import-passwords /srv/jupyterhub/passwords.dbm
  perijove import-passwords passwords.txt")]
pub struct ImportPasswords {
    /// The file, without `.dir` or `.dat`
    file: PathBuf,
    #[command(flatten)]
    config: ConfigArg,
}

impl ImportPasswords {
    pub fn run(self) -> Result<()> {
        let hashes = firstuse::read(&self.file).map_err(|why| {
            Problem::new(format!("{} can't be read", self.file.display()))
                .because(std::io::Error::other(why))
                .try_this(
                    "other kinds of dbm can be turned into lines of `name:hash`; docs/how-to/accounts.md tells how",
                )
        })?;
        let settings = Settings::load(self.config.config.as_deref())?;
        // Not wherever somebody happens to be.
        let is_place = settings.file.is_some();
        if is_place {
            secrets::make_data_dir(&settings.config)?;
        }
        let taken = runtime::small()?.block_on(async {
            let store = compose::store(&settings.config, is_place).await?;
            let keys = Keys::new(secrets::cookie_secret(&settings.config, &SystemRng)?);
            let ready = startup::usual_roles(&settings.config, &store).await;
            ready.map_err(|error| Problem::new("the passwords can't be taken over").because(error))?;
            let importer = Importer {
                store: &store,
                clock: &SystemClock,
                rng: &SystemRng,
                keys: &keys,
            };
            let taken = importer
                .hashes("FirstUseAuthenticator", "password_hashes_imported", hashes)
                .await;
            taken.map_err(|error| anyhow::Error::from(Problem::new("the passwords can't be taken over").because(error)))
        })?;
        ui::say(format!(
            "{} taken over, {} have a password here already, {} can't be used",
            taken.accounts, taken.there, taken.unusable
        ));
        Ok(())
    }
}
