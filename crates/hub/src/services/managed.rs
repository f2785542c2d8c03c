//! Managed services: programs that the hub runs itself. Of a cluster one hub runs each, by a lease; a program ends with
//! its hub, so that there are never two when another hub takes over.

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use perijove_config::Service as Configured;
use perijove_model::{Secret, token};
use perijove_spawn::services::{RunningService, ServiceSpec};
use perijove_spawn::{SpawnError, Stop};
use perijove_store::StoreError;
use perijove_store::leases::{self, Lease};
use perijove_store::services::{self, Service};
use tokio::time::{sleep, timeout};

use super::{env, health};
use crate::Hub;
use crate::http::error::short;

/// For so long a program may not be started elsewhere after its hub was last heard of. Longer than a program takes to
/// end when its hub has died, see `perijove_spawn::scope`.
const LEASE: SignedDuration = SignedDuration::from_secs(15);
const RENEW: Duration = Duration::from_secs(3);
/// A hub that can't renew its lease ends the program this long before the lease does.
const MARGIN: SignedDuration = SignedDuration::from_secs(4);
/// How often the other hubs look whether a lease is free.
const LOOK: Duration = Duration::from_secs(2);
/// A program that has run for this long is not in trouble.
const STEADY: Duration = Duration::from_secs(60);
/// Before the next try, the more often it ended the longer.
const PAUSES: [Duration; 7] = [
    Duration::from_millis(200),
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(5),
    Duration::from_secs(10),
    Duration::from_secs(30),
    Duration::from_secs(60),
];
/// Lines of its output that are logged when a program has ended.
const TAIL: usize = 10;

/// Runs a service whenever it is this hub's turn, until the hub stops.
pub(crate) async fn keep(hub: Arc<Hub>, wanted: Configured) {
    loop {
        let name = format!("service:{}", wanted.name);
        let taken = leases::acquire(&hub.store, &name, &hub.replica, LEASE, hub.clock.now()).await;
        if let Ok(Some(lease)) = taken {
            Turn::new(&hub, &wanted).take(lease).await;
        }
        tokio::select! {
            () = hub.stop.cancelled() => return,
            () = sleep(LOOK) => {}
        }
    }
}

/// What one hub does while it holds the lease.
struct Turn<'a> {
    hub: &'a Hub,
    wanted: &'a Configured,
    running: Option<Box<dyn RunningService>>,
    /// A program may be on its way up of which nobody knows yet.
    starting: bool,
    failures: usize,
}

/// Why a program can't be started.
enum Trouble {
    Store(StoreError),
    Spawn(SpawnError),
    /// Another hub, with another configuration, has deleted the service.
    Gone,
}

impl<'a> Turn<'a> {
    fn new(hub: &'a Hub, wanted: &'a Configured) -> Self {
        Self {
            hub,
            wanted,
            running: None,
            starting: false,
            failures: 0,
        }
    }

    async fn take(mut self, lease: Lease) {
        let hub = self.hub;
        // The last one who ran it may have had no time to say that it ended.
        self.note_pid(None).await;
        let how = tokio::select! {
            () = hub.stop.cancelled() => Stop::Gently,
            () = held(hub, &lease) => {
                tracing::warn!(service = self.wanted.name, "another hub may run this service by now: it is ended here");
                Stop::Now
            }
            () = self.run() => Stop::Gently,
        };
        let began = self.starting;
        if let Some(mut running) = self.running.take() {
            running.stop(how).await;
            self.note_pid(None).await;
        }
        // One that was on its way up ends by itself, within the lease.
        if !began
            && how == Stop::Gently
            && let Err(error) = leases::release(&hub.store, &lease).await
        {
            tracing::debug!(%error, "the lease of a service runs out by itself");
        }
    }

    /// Starts the program again and again. Comes back only if there is no such service any more.
    async fn run(&mut self) {
        loop {
            match self.start().await {
                Ok(()) => self.until_its_end().await,
                Err(Trouble::Gone) => return,
                Err(Trouble::Store(error)) => self.complain("the service can't be started now", &error.to_string()),
                Err(Trouble::Spawn(error)) => {
                    let cause = error.cause.map_or_else(String::new, |cause| format!(": {cause}"));
                    self.complain("the service can't be started", &format!("{}{cause}", error.message));
                }
            }
            let pause = PAUSES[self.failures.min(PAUSES.len() - 1)];
            self.failures += 1;
            sleep(pause).await;
        }
    }

    async fn start(&mut self) -> Result<(), Trouble> {
        let (service, api_token) = self.prepare().await?;
        let spec = ServiceSpec {
            id: service.id,
            name: self.wanted.name.clone(),
            command: self.wanted.command.clone(),
            env: env::environment(&self.hub.config, self.wanted, service.oauth_client_id.as_deref()),
            api_token,
            cwd: self.wanted.cwd.clone(),
            user: self.wanted.user.clone(),
        };
        self.starting = true;
        let started = self.hub.services.start(&spec).await;
        self.starting = false;
        let running = started.map_err(Trouble::Spawn)?;
        let pid = running.pid();
        self.running = Some(running);
        self.note_pid(Some(pid)).await;
        tracing::info!(service = self.wanted.name, pid, "the service was started");
        Ok(())
    }

    /// The service's row, and a token for the program: its own, or a new one that makes those of earlier runs void.
    async fn prepare(&self) -> Result<(Service, Secret), Trouble> {
        let hub = self.hub;
        let tx = hub.store.begin().await?;
        let found = services::by_name(&tx, &self.wanted.name).await?;
        let service = found.filter(|service| service.from_config).ok_or(Trouble::Gone)?;
        if let Some(token) = &self.wanted.api_token {
            return Ok((service, token.clone()));
        }
        let (token, hashed) = token::generate(&*hub.rng);
        let secret = token::hash_random(&token, &*hub.rng);
        services::renew_token(&tx, &service, &hashed, &secret.hashed, hub.clock.now()).await?;
        tx.commit().await?;
        Ok((service, token))
    }

    async fn until_its_end(&mut self) {
        let wanted = self.wanted;
        let Some(running) = &mut self.running else { return };
        let up = up_in_time(self.hub, wanted);
        let status = tokio::select! {
            status = running.ended() => status,
            up = up => {
                if !up {
                    let log = last_words(running.as_ref()).await;
                    let waited = wanted.timeout.as_secs_f64();
                    tracing::error!(service = wanted.name, waited, log, "the service runs, but does not answer");
                }
                tokio::select! {
                    status = running.ended() => status,
                    () = sleep(STEADY) => {
                        if self.failures > 0 {
                            tracing::info!(service = wanted.name, "the service works again");
                        }
                        self.failures = 0;
                        running.ended().await
                    }
                }
            }
        };
        let log = last_words(running.as_ref()).await;
        self.running = None;
        self.note_pid(None).await;
        let status = status.map_or_else(|| "unknown".to_owned(), |status| status.to_string());
        self.complain(
            "the service has ended and is started again",
            &format!("status {status}; {log}"),
        );
    }

    /// For whoever asks the API.
    async fn note_pid(&self, pid: Option<i64>) {
        if let Err(error) = services::set_pid(&self.hub.store, &self.wanted.name, pid).await {
            tracing::debug!(service = self.wanted.name, %error, "the process of a service was not written down");
        }
    }

    /// A failure that repeats is told once.
    fn complain(&self, what: &str, why: &str) {
        match self.failures {
            0 => tracing::error!(service = self.wanted.name, why, "{what}"),
            _ => tracing::debug!(service = self.wanted.name, why, "{what}"),
        }
    }
}

/// Comes back when the lease has changed hands, or is about to because it can't be renewed.
async fn held(hub: &Hub, lease: &Lease) {
    let mut until = lease.expires_at;
    loop {
        sleep(RENEW).await;
        let now = hub.clock.now();
        match timeout(RENEW, leases::renew(&hub.store, lease, LEASE, now)).await {
            Ok(Ok(true)) => until = now.saturating_add(LEASE).unwrap_or(until),
            Ok(Ok(false)) => return,
            _ if hub.clock.now().duration_since(until) >= -MARGIN => return,
            _ => {}
        }
    }
}

/// Whether it answers within the time that it is given; one without a URL is not asked.
async fn up_in_time(hub: &Hub, wanted: &Configured) -> bool {
    let Some(url) = &wanted.url else { return true };
    let path = super::path(hub, &wanted.name);
    timeout(wanted.timeout, health::until_up(url, &path)).await.is_ok()
}

/// What it wrote last, in one line.
async fn last_words(running: &dyn RunningService) -> String {
    let lines = running.log_tail(TAIL).await;
    lines.iter().map(|line| short(line)).collect::<Vec<_>>().join(" | ")
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}
