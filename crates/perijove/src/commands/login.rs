//! `perijove login` and `perijove logout`: a token of a hub's for this account, given by a person in a browser (RFC 8628).

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Result;
use clap::Args;
use jiff::SignedDuration;
use perijove_auth::web::{Proof, Proxy, Reply, Trust, Web, WebError};
use perijove_model::{Clock, Secret};
use serde_json::Value;
use tokio::time::{Instant, sleep};
use url::Url;

use crate::hubs::{Hubs, Kept, is_private};
use crate::problem::Problem;
use crate::system::{Environment, SystemClock};
use crate::{runtime, ui};

/// As hubs know this program, by the default of `device_clients`.
const CLIENT: &str = "perijove-cli";
const GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// Which hub is meant, and whom to believe that it is it.
#[derive(Args)]
pub(super) struct HubArg {
    /// Address of the hub, as in a browser [default: the one of the last `perijove login`]
    #[arg(long, value_name = "URL")]
    pub(super) hub: Option<String>,
    /// Certificates of authorities to believe instead of the system's
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
}

impl HubArg {
    pub(super) fn web(&self, environment: &Environment) -> Web {
        Web::new(Trust {
            authorities: self.ca.clone(),
            proxy: proxy(environment),
            ..Trust::default()
        })
    }
}

/// As `https_proxy` and `no_proxy` in `[access]` have it by default. A hub on this machine is asked directly in any case.
fn proxy(environment: &Environment) -> Proxy {
    let either = |name: &str| {
        let found = [name.to_owned(), name.to_lowercase()];
        found
            .iter()
            .find_map(|name| environment.get(name).filter(|text| !text.is_empty()))
    };
    let without = either("NO_PROXY").unwrap_or_default();
    Proxy {
        url: either("HTTPS_PROXY").map(Secret::new),
        without: format!("{without},localhost,127.0.0.0/8,::1"),
    }
}

/// Sign in to a hub from the command line
///
/// Prints a code and an address. Open the address in any browser, also on another machine, sign in there, and type the
/// code. The token is kept in `perijove/hubs.json` in the folder for settings, for this account alone, and ends by itself
/// as the hub has it (`oauth_token_expires_in`).
#[derive(Args)]
#[command(after_help = "\
Examples:
  perijove login --hub https://hub.example.org
  HTTPS_PROXY=http://proxy.example.org:3128 perijove login --hub https://hub.example.org
  perijove login --scope 'read:users!user servers!user'
  curl -H \"Authorization: token $(perijove login --token)\" https://hub.example.org/hub/api/user")]
pub struct Login {
    #[command(flatten)]
    hub: HubArg,
    /// What the token may do, as scopes separated by spaces [default: all that you may]
    #[arg(long)]
    scope: Option<String>,
    /// Print the token that is kept, for other programs, and do nothing else
    #[arg(long, conflicts_with = "scope")]
    token: bool,
    /// Sign in although others on the way can read the token
    #[arg(long)]
    allow_http: bool,
}

/// Give the token of `perijove login` back
///
/// The hub revokes it, and it is forgotten here. Other tokens stay.
#[derive(Args)]
#[command(after_help = "\
Examples:
  perijove logout
  perijove logout --hub https://hub.example.org")]
pub struct Logout {
    #[command(flatten)]
    hub: HubArg,
}

impl Login {
    pub fn run(self) -> Result<()> {
        let environment = Environment::read();
        let mut hubs = Hubs::read(&environment)?;
        let hub = hubs.meant(self.hub.hub.as_deref())?;
        if self.token {
            ui::say(&kept(&hubs, &hub)?.token);
            return Ok(());
        }
        if !is_private(&hub) && !self.allow_http {
            return Err(
                Problem::new(format!("everybody on the way to {hub} could read the token"))
                    .try_this("use its https address, or --allow-http if the network is yours alone")
                    .of_usage()
                    .into(),
            );
        }
        let web = self.hub.web(&environment);
        let scope = self.scope.as_deref().unwrap_or_default();
        let kept = runtime::small()?.block_on(sign_in(&web, &hub, scope))?;
        ui::note(format_args!("signed in to {hub} as {}", kept.user));
        hubs.hubs.insert(hub.to_string(), kept);
        hubs.current = Some(hub.to_string());
        hubs.write()
    }
}

/// What is kept of this hub, if it holds still.
pub(super) fn kept<'a>(hubs: &'a Hubs, hub: &Url) -> Result<&'a Kept> {
    let kept = hubs.hubs.get(hub.as_str());
    let kept = kept.filter(|kept| kept.expires_at > SystemClock.now());
    let none = || {
        Problem::new(format!("there is no token of {hub} that holds"))
            .try_this(format!("`perijove login --hub {hub}` gets one"))
    };
    Ok(kept.ok_or_else(none)?)
}

async fn sign_in(web: &Web, hub: &Url, scope: &str) -> Result<Kept> {
    let mut fields = vec![("client_id", CLIENT)];
    if !scope.is_empty() {
        fields.push(("scope", scope));
    }
    let asked = web
        .post(&at(hub, "oauth2/device_authorization")?, &fields, Proof::Nothing)
        .await;
    let asked = asked.map_err(|error| away(hub, error))?;
    let begun = asked.json().map_err(|_| no_hub(hub, &asked))?;
    let text = |key: &str| begun.get(key).and_then(Value::as_str);
    let (Some(secret), Some(code), Some(page)) = (text("device_code"), text("user_code"), text("verification_uri"))
    else {
        return Err(refused(hub, &asked, &begun));
    };
    ui::note(format_args!("Open {page} in a browser, and type the code {code}"));
    if let Some(whole) = text("verification_uri_complete") {
        ui::note(format_args!("or open {whole}"));
    }
    let seconds = |key: &str, usual| begun.get(key).and_then(Value::as_u64).unwrap_or(usual);
    let end = Instant::now() + Duration::from_secs(seconds("expires_in", 600));
    let token = wait(web, hub, secret, Duration::from_secs(seconds("interval", 5)), end).await?;
    let text = |key: &str| token.get(key).and_then(Value::as_str).unwrap_or_default();
    let life = token.get("expires_in").and_then(Value::as_i64).unwrap_or_default();
    let who = web.get(&at(hub, "user")?, Proof::Bearer(text("access_token"))).await;
    let who = who.and_then(|reply| reply.good()).map_err(|error| away(hub, error))?;
    let expires_at = SystemClock.now().saturating_add(SignedDuration::from_secs(life));
    Ok(Kept {
        user: who.get("name").and_then(Value::as_str).unwrap_or_default().to_owned(),
        token: text("access_token").to_owned(),
        expires_at: expires_at.unwrap_or(jiff::Timestamp::MAX),
    })
}

/// Asks now and then whether somebody has typed the code.
async fn wait(web: &Web, hub: &Url, secret: &str, mut pause: Duration, end: Instant) -> Result<Value> {
    let fields = [("grant_type", GRANT), ("client_id", CLIENT), ("device_code", secret)];
    let place = at(hub, "oauth2/token")?;
    loop {
        if Instant::now() + pause >= end {
            return Err(too_late());
        }
        sleep(pause).await;
        let reply = match web.post(&place, &fields, Proof::Nothing).await {
            Ok(reply) => reply,
            // A hub that restarts, or a network that is away for a moment: the code holds on.
            Err(WebError::Late(_) | WebError::Unreachable { .. }) => continue,
            Err(error) => return Err(away(hub, error)),
        };
        if reply.status.is_server_error() {
            continue;
        }
        let told = reply.json().map_err(|_| no_hub(hub, &reply))?;
        match told.get("error").and_then(Value::as_str) {
            None if reply.status.is_success() => return Ok(told),
            Some("authorization_pending") => {}
            Some("slow_down") => pause += Duration::from_secs(5),
            Some("access_denied") => return Err(Problem::new("it was turned down in the browser").into()),
            Some("expired_token") => return Err(too_late()),
            _ => return Err(refused(hub, &reply, &told)),
        }
    }
}

impl Logout {
    pub fn run(self) -> Result<()> {
        let environment = Environment::read();
        let mut hubs = Hubs::read(&environment)?;
        let hub = hubs.meant(self.hub.hub.as_deref())?;
        let Some(kept) = hubs.hubs.remove(hub.as_str()) else {
            ui::note(format_args!("nobody is signed in to {hub} here"));
            return Ok(());
        };
        if hubs.current.as_deref() == Some(hub.as_str()) {
            hubs.current = hubs.hubs.keys().next().cloned();
        }
        let web = self.hub.web(&environment);
        let revoked = runtime::small()?.block_on(async {
            let fields = [("client_id", CLIENT), ("token", kept.token.as_str())];
            let reply = web.post(&at(&hub, "oauth2/revoke")?, &fields, Proof::Nothing).await;
            let reply = reply.map_err(|error| away(&hub, error))?;
            match reply.status.is_success() {
                true => Ok(()),
                false => Err(away(&hub, reply.told())),
            }
        });
        // Forgotten in any case: whoever signs out does not want it here.
        hubs.write()?;
        revoked.map_err(|error| {
            Problem::new(format!("the token was forgotten here, but {hub} has not revoked it"))
                .because(error)
                .try_this(format!("revoke it at {hub}hub/token"))
        })?;
        ui::note(format_args!("signed out of {hub}"));
        Ok(())
    }
}

pub(super) fn at(hub: &Url, path: &str) -> Result<Url> {
    Ok(hub.join(&format!("hub/api/{path}"))?)
}

fn too_late() -> anyhow::Error {
    Problem::new("nobody has typed the code in time")
        .try_this("begin again with `perijove login`")
        .into()
}

pub(super) fn away(hub: &Url, error: WebError) -> anyhow::Error {
    Problem::new(format!("{hub} can't be asked")).because(error).into()
}

fn no_hub(hub: &Url, reply: &Reply) -> anyhow::Error {
    Problem::new(format!("{hub} does not answer as a hub does"))
        .because(reply.told())
        .try_this("the address is that of the hub's pages, without `/hub/…`")
        .into()
}

fn refused(hub: &Url, reply: &Reply, told: &Value) -> anyhow::Error {
    let said = ["message", "error_description", "error"]
        .iter()
        .find_map(|key| told.get(*key).and_then(Value::as_str));
    let said: String = said
        .unwrap_or_default()
        .chars()
        .filter(|letter| !letter.is_control())
        .take(200)
        .collect();
    let problem = Problem::new(format!("{hub} refuses: {said}")).because(reply.told());
    match said.as_str() {
        "invalid_client" => problem
            .try_this("its `device_clients` in [hub] does not name `perijove-cli`")
            .into(),
        "invalid_scope" => problem.try_this("a scope looks like `read:users!user`").into(),
        _ => problem.into(),
    }
}
