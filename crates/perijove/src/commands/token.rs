//! `perijove token`: an API token, written into the database as `jupyterhub token` does.

use anyhow::Result;
use clap::Args;
use perijove_hub::audit::{self, Act, Actor};
use perijove_model::token;
use perijove_store::tokens::{NewToken, Owner};
use perijove_store::{tokens, users};
use serde_json::json;

use crate::cli::ConfigArg;
use crate::problem::Problem;
use crate::settings::Settings;
use crate::system::{SystemClock, SystemRng};
use crate::{compose, runtime, ui};

/// Print a new API token of a person
///
/// The token may do all that the person may, and does not expire. The hub need not run.
#[derive(Args)]
#[command(after_help = "\
Examples:
  perijove token ada
  curl -H \"Authorization: token $(perijove token ada)\" http://127.0.0.1:8000/hub/api/user")]
pub struct Token {
    /// Whose [default: the name of this account on the machine]
    user: Option<String>,
    #[command(flatten)]
    config: ConfigArg,
}

impl Token {
    pub fn run(self) -> Result<()> {
        let settings = Settings::load(self.config.config.as_deref())?;
        let name = match self.user {
            Some(name) => name,
            None => account().ok_or_else(|| {
                Problem::new("the name of this account can't be told").try_this("name a person: `perijove token NAME`")
            })?,
        };
        ui::say(runtime::small()?.block_on(create(&settings, &name))?);
        Ok(())
    }
}

async fn create(settings: &Settings, name: &str) -> Result<String> {
    use perijove_model::Clock;

    let store = compose::store(&settings.config, false).await?;
    let cannot = |error| Problem::new("the token can't be made").because(anyhow::Error::from(error));
    let Some(user) = users::by_name(&store, name).await.map_err(cannot)? else {
        let shown: String = name.chars().take(80).collect();
        return Err(Problem::new(format!("there is nobody named '{shown}' in the database"))
            .try_this("names are those that people sign in with; `perijove invite NAME` adds somebody")
            .into());
    };
    let (token, hashed) = token::generate(&SystemRng);
    let new = NewToken {
        owner: Owner::User(user.id),
        hashed: &hashed,
        client_id: "jupyterhub",
        session_id: None,
        expires_at: None,
        note: "command-line generated",
        scopes: &["inherit".to_owned()],
    };
    let made = async {
        let tx = store.begin().await?;
        let id = tokens::create(&tx, &new, SystemClock.now()).await?;
        let by = Actor::command(account().as_deref());
        let detail = json!({ "id": format!("a{id}"), "note": new.note, "scopes": new.scopes });
        audit::write(
            &tx,
            &SystemClock,
            &by,
            Act::TokenMade,
            &format!("user {}", user.name),
            detail,
        )
        .await?;
        tx.commit().await
    };
    made.await.map_err(cannot)?;
    Ok(token.expose().to_owned())
}

/// As the system's list of accounts has it.
pub fn account() -> Option<String> {
    let uid = rustix::process::getuid().as_raw().to_string();
    let accounts = std::fs::read_to_string("/etc/passwd").ok()?;
    accounts.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)? == uid).then(|| name.to_owned())
    })
}
