//! `perijove whoami`: whose the token of `perijove login` is, and what it may do.

use anyhow::Result;
use clap::Args;
use hyper::StatusCode;
use perijove_auth::web::Proof;
use serde_json::{Value, json};

use super::login::{HubArg, at, away, kept};
use crate::hubs::Hubs;
use crate::problem::Problem;
use crate::system::Environment;
use crate::{runtime, ui};

/// Tell who you are to a hub, by the token of `perijove login`
///
/// Asks the hub. The token itself is not printed.
#[derive(Args)]
#[command(after_help = "\
Examples:
  perijove whoami
  perijove whoami --hub https://hub.example.org --json | jq -r .name")]
pub struct Whoami {
    #[command(flatten)]
    hub: HubArg,
    /// As JSON, for programs
    #[arg(long)]
    json: bool,
}

impl Whoami {
    pub fn run(self) -> Result<()> {
        let environment = Environment::read();
        let hubs = Hubs::read(&environment)?;
        let hub = hubs.meant(self.hub.hub.as_deref())?;
        let kept = kept(&hubs, &hub)?;
        let web = self.hub.web(&environment);
        let asked = runtime::small()?.block_on(web.get(&at(&hub, "user")?, Proof::Bearer(&kept.token)));
        let reply = asked.map_err(|error| away(&hub, error))?;
        if reply.status == StatusCode::FORBIDDEN {
            return Err(Problem::new(format!("{hub} does not take the token any more"))
                .try_this(format!("`perijove login --hub {hub}` gets another one"))
                .into());
        }
        let who = reply.good().map_err(|error| away(&hub, error))?;
        let name = who.get("name").and_then(Value::as_str).unwrap_or(&kept.user);
        let scopes = who.get("scopes").and_then(Value::as_array);
        let mut scopes: Vec<&str> = scopes.into_iter().flatten().filter_map(Value::as_str).collect();
        scopes.sort_unstable();
        if self.json {
            let told = json!({
                "hub": hub.as_str(),
                "name": name,
                "admin": who.get("admin"),
                "groups": who.get("groups"),
                "scopes": scopes,
                "expires_at": kept.expires_at,
            });
            ui::say(serde_json::to_string_pretty(&told)?);
            return Ok(());
        }
        let expires = kept.expires_at.strftime("%Y-%m-%d %H:%M UTC").to_string();
        let lines = [
            ("hub", hub.to_string()),
            ("scopes", scopes.join(" ")),
            ("expires", expires),
        ];
        ui::banner(name, &lines);
        Ok(())
    }
}
