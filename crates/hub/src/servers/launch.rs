//! Prepared -> Started: the backend brings the server to life.

use std::error::Error;
use std::time::Duration;

use perijove_environments::{Held, Progress as Progressed};
use perijove_model::Secret;
use perijove_model::server::Phase;
use perijove_spawn::{Environment, Progress, ServerSpec, SpawnError, Spawner as Backend, Started, Step};
use perijove_store::spawners::{self, Spawner};
use perijove_store::{events, homes, plans, spans, users};
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::time::timeout;
use url::Url;

use super::drive::{Driver, Halt, Stepped};
use super::prepare::{clear_contract, path};
use super::{env, requests};
use crate::homes::{known, room};
use crate::signin::refresh;
use crate::{environments, offers};

/// Steps that wait to be written down; more are dropped, since they only tell.
const MOST_STEPS: usize = 64;
/// Steps that come so soon after each other are written together, the last of them with the step's own end: nobody reads
/// faster.
const GATHER: Duration = Duration::from_millis(250);
/// What is above belongs to the hub's own steps.
const HIGHEST_PERCENT: u8 = 89;
/// How far an environment brings a start.
const BUILT_PERCENT: u8 = 60;

impl Driver<'_> {
    /// Without the token another hub has died here: go on with what it has left running, or prepare afresh, since
    /// nobody knows the token any more.
    pub(super) async fn launch(&self, spawner: &Spawner, token: Option<Secret>) -> Stepped {
        let (started, steps) = match token {
            Some(token) => self.start(spawner, token).await?,
            None => match self.backend(spawner)?.find(&self.key(spawner)?).await? {
                Some(started) => (started, Vec::new()),
                None => return self.start_over(spawner).await,
            },
        };
        self.note_started(spawner, &started, &steps).await
    }

    /// With the steps that were not yet written down.
    async fn start(&self, spawner: &Spawner, token: Secret) -> Stepped<(Started, Vec<Value>)> {
        let backend = self.backend(spawner)?;
        let mut spec = self.spec(spawner, token).await?;
        // Kept until the server holds it itself.
        let held = self.environment(spawner, &spec, backend.as_ref()).await?;
        spec.environment = held.as_ref().map(|held| Environment {
            dir: held.dir.clone(),
            in_use: held.in_use.clone(),
        });
        let (steps, mut written) = mpsc::channel(MOST_STEPS);
        let start = async {
            let steps = Steps(steps);
            if let Err(error) = backend.make_ready(&spec, &steps).await {
                return Ok(Err(error));
            }
            timeout(spec.start_timeout, backend.start(&spec, &steps)).await
        };
        // A bar does not go back behind what the building of an environment has reached.
        let lowest = if held.is_some() { BUILT_PERCENT } else { 0 };
        let event = |step: Step| {
            let percent = step.percent.clamp(lowest, HIGHEST_PERCENT);
            json!({"progress": percent, "message": step.message})
        };
        let (started, unwritten) = tokio::join!(start, self.write_steps(spawner, &mut written, event));
        if !matches!(started, Ok(Ok(_))) {
            self.tell(spawner, &unwritten).await;
        }
        match started {
            Ok(Ok(started)) => Ok((started, unwritten)),
            Ok(Err(error)) => {
                log_cause(spawner, &error);
                Err(Halt::Failed(error.into()))
            }
            Err(_) => Err(Halt::failed(format!(
                "The server did not start within {} seconds.",
                spec.start_timeout.as_secs_f64()
            ))),
        }
    }

    /// Writes down what is told, a few at a time. The last ones it gives back, to go with what is written next.
    async fn write_steps<T>(
        &self,
        spawner: &Spawner,
        steps: &mut mpsc::Receiver<T>,
        event: impl Fn(T) -> Value,
    ) -> Vec<Value> {
        let mut waiting = Vec::new();
        while let Some(first) = steps.recv().await {
            waiting.push(event(first));
            let gather = async {
                while let Some(next) = steps.recv().await {
                    waiting.push(event(next));
                    if waiting.len() >= MOST_STEPS {
                        return;
                    }
                }
            };
            let _ = timeout(GATHER, gather).await;
            if steps.is_closed() && steps.is_empty() {
                break;
            }
            self.tell(spawner, &waiting).await;
            waiting.clear();
        }
        waiting
    }

    async fn spec(&self, spawner: &Spawner, api_token: Secret) -> Stepped<ServerSpec> {
        let (config, store) = (&self.hub.config, &self.hub.store);
        let plan = plans::of(store, self.id).await?;
        let mut plan = plan.unwrap_or_else(|| offers::configured(self.hub));
        // One home for all servers of a person: the most that any of them may have.
        plan.limits.storage = plan
            .limits
            .storage
            .max(room::limit_of(self.hub, store, spawner.user_id).await?);
        let home = homes::of_user(store, spawner.user_id, self.backend(spawner)?.name()).await?;
        let home =
            home.ok_or_else(|| Halt::failed("The home of this person is not in the database any more. Try again."))?;
        let mut env = env::environment(
            config,
            &plan,
            &spawner.user_name,
            &spawner.name,
            spawner.oauth_client_id.as_deref(),
        );
        if !config.spawner.auth_state_env.is_empty()
            && let Some(user) = users::by_id(store, spawner.user_id).await?
            && let Some(state) = refresh::state(self.hub, &user)
        {
            env.extend(env::of_sign_in(&config.spawner.auth_state_env, &state));
        }
        Ok(ServerSpec {
            key: self.key(spawner)?,
            command: match &plan.command {
                Some(command) => command.clone(),
                None => [config.spawner.cmd.as_slice(), &config.spawner.args].concat(),
            },
            env,
            api_token,
            prefix: path(self.hub, spawner),
            options: spawner.user_options.clone().unwrap_or_else(|| json!({})),
            plan,
            home: known(&home),
            environment: None,
            start_timeout: config.spawner.start_timeout,
        })
    }

    /// The Python environment that it runs in, built first if nobody has used it yet. That has a timeout of its own.
    async fn environment(&self, spawner: &Spawner, spec: &ServerSpec, backend: &dyn Backend) -> Stepped<Option<Held>> {
        let wanted = spec
            .plan
            .environment
            .as_ref()
            .or(self.hub.config.environments.default.as_ref());
        let Some(name) = wanted.filter(|_| backend.uses_environments()) else {
            return Ok(None);
        };
        let (steps, mut written) = mpsc::channel(MOST_STEPS);
        let build = async {
            let steps = steps;
            let told = |progress: Progressed| drop(steps.try_send(progress));
            self.hub.environments.ensure(name, &told).await
        };
        let event = |step: Progressed| json!({"progress": percent(&step), "message": step.message});
        let (built, unwritten) = tokio::join!(build, self.write_steps(spawner, &mut written, event));
        self.tell(spawner, &unwritten).await;
        built.map(Some).map_err(|error| {
            let server = requests::log_name(spawner);
            let cause = error.source().map(ToString::to_string);
            tracing::warn!(server, environment = name, %error, cause, "the environment of a server can't be had");
            Halt::failed(environments::told(name, &error))
        })
    }

    async fn start_over(&self, spawner: &Spawner) -> Stepped {
        let tx = self.hub.store.begin().await?;
        self.phase(&tx, spawner, Phase::Requested).await?;
        clear_contract(self.hub, &tx, spawner).await?;
        tx.commit().await?;
        let server = requests::log_name(spawner);
        tracing::info!(server, "the start was interrupted before anything ran: beginning again");
        Ok(())
    }

    async fn note_started(&self, spawner: &Spawner, started: &Started, steps: &[Value]) -> Stepped {
        let (proto, ip, port) = parts(&started.url)
            .ok_or_else(|| Halt::failed("The backend gave no URL at which the server could be reached.".to_owned()))?;
        let now = self.hub.clock.now();
        let state = Value::Object(started.state.clone());
        let tx = self.hub.store.begin().await?;
        self.phase(&tx, spawner, Phase::Started).await?;
        spawners::set_started(&tx, self.id, &proto, &ip, port, &state, now).await?;
        spans::begin(&tx, spawner, now).await?;
        events::push(&tx, self.id, spawner.run.generation, steps, now).await?;
        users::touch(&tx, spawner.user_id, now).await?;
        homes::set_made_of_user(&tx, spawner.user_id, self.backend(spawner)?.name()).await?;
        tx.commit().await?;
        self.reached(spawner, Phase::Started);
        Ok(())
    }

    /// Events that are worth telling, but not worth failing for.
    pub(super) async fn tell(&self, spawner: &Spawner, steps: &[Value]) {
        if steps.is_empty() {
            return;
        }
        let now = self.hub.clock.now();
        if let Err(error) = events::push(&self.hub.store, self.id, spawner.run.generation, steps, now).await {
            tracing::debug!(%error, "a step of a start was not written down");
        }
        self.hub.wakeup.stepped(self.id);
    }
}

pub(super) fn log_cause(spawner: &Spawner, error: &SpawnError) {
    let server = requests::log_name(spawner);
    match &error.cause {
        Some(cause) => tracing::warn!(server, %error, %cause, "the backend failed"),
        None => tracing::warn!(server, %error, "the backend failed"),
    }
}

/// Scheme, host without brackets, port.
fn parts(url: &str) -> Option<(String, String, u16)> {
    let url = Url::parse(url).ok()?;
    let host = url.host_str()?.trim_start_matches('[').trim_end_matches(']');
    Some((url.scheme().to_owned(), host.to_owned(), url.port_or_known_default()?))
}

fn percent(progress: &Progressed) -> u8 {
    let done = progress.done.min(progress.total) * usize::from(BUILT_PERCENT);
    u8::try_from(done / progress.total.max(1)).unwrap_or(BUILT_PERCENT)
}

struct Steps(mpsc::Sender<Step>);

impl Progress for Steps {
    fn step(&self, step: Step) {
        // Full: the person misses a line, the server starts all the same.
        let _ = self.0.try_send(step);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_kept_as_jupyterhub_does() {
        let parts = |url| parts(url).map(|(proto, ip, port)| format!("{proto} {ip} {port}"));
        assert_eq!(parts("http://127.0.0.1:20123").as_deref(), Some("http 127.0.0.1 20123"));
        assert_eq!(parts("http://[::1]:8888").as_deref(), Some("http ::1 8888"));
        assert_eq!(parts("http://pod.example").as_deref(), Some("http pod.example 80"));
        assert_eq!(parts("nonsense"), None);
    }
}
