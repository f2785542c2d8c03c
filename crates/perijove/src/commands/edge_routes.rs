//! `perijove edge routes`: what a running edge knows, and a hand on it, over its API.

use anyhow::Result;
use clap::{Args, Subcommand};
use hyper::{Method, StatusCode};
use perijove_model::{Secret, escape};
use serde_json::{Map, Value, json};
use url::Url;

use crate::cli::ConfigArg;
use crate::edge_client::{self, CallError};
use crate::problem::Problem;
use crate::settings::Settings;
use crate::{runtime, secrets, ui};

/// List the routes of a running edge, add or remove one
///
/// The longest path counts. The hub sets the routes and looks at them now and then: a route of one of its servers that was
/// removed comes back, and one that it does not know is taken away.
#[derive(Args)]
#[command(after_help = "\
Examples:
  perijove edge routes
  perijove edge routes --json --api http://10.0.0.4:8001
  perijove edge routes add /status http://127.0.0.1:9000
  perijove edge routes remove /status")]
pub struct Routes {
    #[command(subcommand)]
    action: Option<Action>,
    #[command(flatten)]
    place: Place,
}

#[derive(Args)]
struct Place {
    /// As JSON: what the edge's API tells
    #[arg(long, global = true)]
    json: bool,
    /// The edge's API [default: that of the configuration]
    #[arg(long, value_name = "URL", global = true)]
    api: Option<Url>,
    /// Configuration file [default: perijove.toml, if it is in the working directory]
    #[arg(id = "routes-config", long = "config", value_name = "FILE", global = true)]
    config: Option<std::path::PathBuf>,
}

#[derive(Subcommand)]
enum Action {
    /// Add a route, or lead the one with this path elsewhere
    Add {
        /// As in an address: everything at or below it, such as /status
        path: String,
        /// Where it leads: http://host:port, with a path if that is to be put before
        target: String,
    },
    /// Remove a route
    Remove {
        /// As it is listed
        path: String,
    },
}

impl Routes {
    pub fn run(self) -> Result<()> {
        let Place { json, api, config } = self.place;
        let edge = Running::find(&ConfigArg { config }, api)?;
        runtime::small()?.block_on(async {
            match self.action {
                None => edge.list(json).await,
                Some(Action::Add { path, target }) => edge.add(&path, &target).await,
                Some(Action::Remove { path }) => edge.remove(&path).await,
            }
        })
    }
}

/// For `perijove edge --show-routes`.
pub fn show(config: &ConfigArg) -> Result<()> {
    let edge = Running::find(config, None)?;
    runtime::small()?.block_on(edge.list(false))
}

/// An edge that should be there.
pub struct Running {
    api: Url,
    token: Secret,
}

impl Running {
    pub fn find(config: &ConfigArg, api: Option<Url>) -> Result<Self> {
        let settings = Settings::load(config.config.as_deref())?;
        let config = &settings.config;
        let api = api.unwrap_or_else(|| config.edge.api_url());
        let Some(token) = secrets::known_edge_token(config)? else {
            return Err(Problem::new("the token of the edge's API is not known here")
                .try_this("name the edge's configuration with `--config`, or set CONFIGPROXY_AUTH_TOKEN")
                .of_usage()
                .into());
        };
        Ok(Self { api, token })
    }

    /// A call without a body, whatever the answer.
    pub async fn ask(&self, method: Method, path: &str) -> Result<(StatusCode, Vec<u8>)> {
        let asked = edge_client::call(&self.api, &self.token, method, path, None).await;
        let (status, body) = asked.map_err(|error| self.explained(error))?;
        Ok((status, body.into()))
    }

    async fn list(&self, json: bool) -> Result<()> {
        let body = self.call(Method::GET, "", None, StatusCode::OK).await?;
        let routes: Map<String, Value> = serde_json::from_slice(&body)
            .map_err(|error| Problem::new(format!("{} answers, but not as an edge", self.api)).because(error))?;
        if json {
            ui::say(Value::Object(routes));
        } else {
            ui::say(table(&routes));
        }
        Ok(())
    }

    async fn add(&self, path: &str, target: &str) -> Result<()> {
        let body = json!({ "target": target }).to_string();
        self.call(Method::POST, path, Some(body), StatusCode::CREATED).await?;
        ui::note(format_args!("{} leads to {}", plain(path), plain(target)));
        Ok(())
    }

    async fn remove(&self, path: &str) -> Result<()> {
        self.call(Method::DELETE, path, None, StatusCode::NO_CONTENT).await?;
        ui::note(format_args!("{} is removed", plain(path)));
        Ok(())
    }

    async fn call(&self, method: Method, path: &str, body: Option<String>, expected: StatusCode) -> Result<Vec<u8>> {
        if !(path.is_empty() || path.starts_with('/')) {
            return Err(
                Problem::new(format!("the path '{}' does not begin with a slash", plain(path)))
                    .of_usage()
                    .into(),
            );
        }
        let asked = format!("/api/routes{}", escaped(path));
        let (status, body) = edge_client::call(&self.api, &self.token, method, &asked, body)
            .await
            .map_err(|error| self.explained(error))?;
        let words = || {
            plain(
                String::from_utf8_lossy(&body)
                    .chars()
                    .take(300)
                    .collect::<String>()
                    .trim(),
            )
        };
        let problem = match status {
            status if status == expected => return Ok(body.into()),
            StatusCode::FORBIDDEN | StatusCode::UNAUTHORIZED => {
                Problem::new(format!("the edge at {} does not take this token", self.api)).try_this(
                    "it was started with another one: name its configuration with `--config`, or set CONFIGPROXY_AUTH_TOKEN",
                )
            }
            StatusCode::NOT_FOUND if !path.is_empty() && path != "/" => {
                Problem::new(format!("the edge has no route {}", plain(path)))
                    .try_this("`perijove edge routes` lists those it has")
            }
            StatusCode::BAD_REQUEST | StatusCode::SERVICE_UNAVAILABLE => {
                Problem::new(format!("the edge refuses: {}", words()))
            }
            status => Problem::new(format!("{} answers {status}: is it an edge's API?", self.api)),
        };
        Err(problem.into())
    }

    fn explained(&self, error: CallError) -> Problem {
        match error {
            CallError::Nobody(cause) => Problem::new(format!("no edge answers at {}", self.api))
                .because(cause)
                .try_this("start it with `perijove edge`, or name its API with `--api http://HOST:PORT`"),
            CallError::Unspoken => Problem::new(format!("{} can't be asked: only http:// can", self.api))
                .try_this("ask it with `curl -H \"Authorization: token …\"` and its certificates")
                .of_usage(),
            CallError::Broken(cause) => {
                Problem::new(format!("{} answers, but not as an edge", self.api)).because(cause)
            }
        }
    }
}

/// As somebody types it; what has escapes already is taken as it is.
fn escaped(path: &str) -> String {
    if path.contains('%') {
        return path.to_owned();
    }
    escape::path(path)
}

fn table(routes: &Map<String, Value>) -> String {
    if routes.is_empty() {
        return "The edge has no routes.".to_owned();
    }
    let text = |route: &Value, key: &str| plain(route[key].as_str().unwrap_or("?"));
    let mut rows = vec![["PATH", "TARGET", "LAST ACTIVITY"].map(str::to_owned)];
    rows.extend(routes.iter().map(|(path, route)| {
        let active = text(route, "last_activity");
        let active = active
            .split_once('.')
            .map_or(active.clone(), |(seconds, _)| format!("{seconds}Z"));
        [plain(path), text(route, "target"), active]
    }));
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let (first, second) = (width(0), width(1));
    let lines = rows
        .iter()
        .map(|[path, target, active]| format!("{path:first$}  {target:second$}  {active}"));
    lines.collect::<Vec<_>>().join("\n")
}

/// A path may hold anything, also what a terminal would obey.
fn plain(text: &str) -> String {
    text.chars()
        .flat_map(|letter| {
            if letter.is_control() {
                letter.escape_default().collect()
            } else {
                vec![letter]
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_for_people() {
        let route = |target: &str| json!({"target": target, "last_activity": "2026-11-21T10:00:00.123Z"});
        let routes = json!({"/": route("http://127.0.0.1:8081"), "/user/\u{1b}[31mé": route("http://x:1")});
        assert_eq!(
            table(routes.as_object().unwrap()),
            "PATH               TARGET                 LAST ACTIVITY\n\
             /                  http://127.0.0.1:8081  2026-11-21T10:00:00Z\n\
             /user/\\u{1b}[31mé  http://x:1             2026-11-21T10:00:00Z"
        );
        assert_eq!(table(&Map::new()), "The edge has no routes.");
    }
}
