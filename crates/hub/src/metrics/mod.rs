//! What the hub counts and measures: JupyterHub's metrics by their names and labels, and ours under `perijove_`.
//!
//! To count costs a few atomic additions. What the database knows is asked when somebody reads.

mod kinds;
mod requests;
mod text;
mod used;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use perijove_config::Config;
use perijove_store::counts::{self, Active, Counts};
use perijove_store::homes::{self, Totals};
use perijove_store::plans;
use tokio::time::Instant;

pub use kinds::{Counter, Gauge, Histogram, Outcomes};
pub use perijove_model::process::Process;
pub use requests::Requests;
pub use text::CONTENT_TYPE;

use crate::Hub;
use kinds::USUAL;
use text::{Text, label};

/// How late the runtime is, from 50 ms on: nothing shorter is measured.
const LATENESS: &[f64] = &[
    0.05, 0.055, 0.06, 0.065, 0.07, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0,
];
const NOT_LATE: Duration = Duration::from_millis(50);
const LOOK: Duration = Duration::from_millis(250);
/// Counting the active people walks over all of them.
const ACTIVE_COUNTED: Duration = Duration::from_secs(60);
/// Reasons for a failed start that are told apart. A backend may give any text.
const MOST_REASONS: usize = 32;

const SUCCESS: [&str; 2] = ["success", "failure"];
// As JupyterHub 6.1 really writes them.
const POLL: [&str; 2] = ["ServerPollStatus.running", "ServerPollStatus.stopped"];
const LOGIN: [&str; 2] = ["LoginStatus.success", "LoginStatus.failure"];

/// How a start ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spawned {
    Success,
    /// It was refused.
    Failure,
    /// Something went wrong.
    Error,
}

type ReadProcess = Arc<dyn Fn() -> Option<Process> + Send + Sync>;

pub struct Metrics {
    prefix: String,
    made: Timestamp,
    born: Instant,
    pub requests: Requests,
    pub stop: Outcomes,
    pub poll: Outcomes,
    pub proxy_add: Outcomes,
    pub proxy_delete: Outcomes,
    pub login: Outcomes,
    pub logout: Histogram,
    pub proxy_poll: Histogram,
    pub check_routes: Histogram,
    pub init_spawners: Histogram,
    pub csp_reports: Counter,
    pub audit_entries: Counter,
    pub events_dropped: Counter,
    /// Answers that were found in a cache, and those that were not.
    pub cache_hits: Counter,
    pub cache_misses: Counter,
    pub reconcile: Histogram,
    /// Servers that this hub is driving now.
    pub driven: Gauge,
    store: Histogram,
    startup: Histogram,
    lateness: Histogram,
    spawn_buckets: Vec<f64>,
    spawn: Mutex<BTreeMap<(&'static str, String), Arc<Histogram>>>,
    active: Mutex<Option<(Instant, Active)>>,
    /// Which services were up when this hub last looked.
    services: Mutex<Option<(Instant, BTreeMap<String, bool>)>>,
    services_known: Duration,
    process: OnceLock<ReadProcess>,
}

impl Metrics {
    #[must_use]
    pub fn new(config: &Config, now: Timestamp) -> Self {
        let usual = || Histogram::new(USUAL, now);
        let outcomes = |names| Outcomes::new(names, USUAL, now);
        let metrics = Self {
            prefix: config.metrics.prefix.clone(),
            made: now,
            born: Instant::now(),
            requests: Requests::new(config.hub.base_url.as_str()),
            stop: Outcomes::new(SUCCESS, &config.metrics.stop_buckets, now),
            poll: outcomes(POLL),
            proxy_add: outcomes(SUCCESS),
            proxy_delete: outcomes(SUCCESS),
            login: outcomes(LOGIN),
            logout: usual(),
            proxy_poll: usual(),
            check_routes: usual(),
            init_spawners: usual(),
            csp_reports: Counter::new(now),
            audit_entries: Counter::new(now),
            events_dropped: Counter::new(now),
            cache_hits: Counter::new(now),
            cache_misses: Counter::new(now),
            reconcile: usual(),
            driven: Gauge::default(),
            store: usual(),
            startup: usual(),
            lateness: Histogram::new(LATENESS, now),
            spawn_buckets: config.metrics.spawn_buckets.clone(),
            spawn: Mutex::default(),
            active: Mutex::default(),
            services: Mutex::default(),
            // Of several hubs another may look the next time.
            services_known: config.hub.service_check_interval * 3,
            process: OnceLock::new(),
        };
        // So that they are there before the first of their kind.
        for (status, reason) in [
            ("success", ""),
            ("failure", ""),
            ("error", ""),
            ("failure", "throttled"),
            ("failure", "too-many-users"),
            ("failure", "already-pending"),
        ] {
            let _ = metrics.spawn_histogram(status, reason);
        }
        metrics
    }

    /// How the numbers of this process are read. Only the first call counts.
    pub fn read_process(&self, read: impl Fn() -> Option<Process> + Send + Sync + 'static) {
        let _ = self.process.set(Arc::new(read));
    }

    /// The hub is ready to serve.
    pub fn started(&self) {
        self.startup.observe(self.born.elapsed());
    }

    /// A start has ended, so long after it was asked for; `reason` says why it did not come about.
    pub fn spawned(&self, how: Spawned, reason: &str, took: Duration) {
        let status = match how {
            Spawned::Success => "success",
            Spawned::Failure => "failure",
            Spawned::Error => "error",
        };
        self.spawn_histogram(status, reason).observe(took);
    }

    /// Which services are up, all of them.
    pub fn services(&self, up: BTreeMap<String, bool>) {
        *self.services.lock().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), up));
    }

    fn spawn_histogram(&self, status: &'static str, reason: &str) -> Arc<Histogram> {
        let mut all = self.spawn.lock().unwrap_or_else(PoisonError::into_inner);
        let mut key = (status, crate::http::error::short(reason));
        if !all.contains_key(&key) && all.len() >= MOST_REASONS {
            key.1 = "other".to_owned();
        }
        let made = self.made;
        let new = || Arc::new(Histogram::new(&self.spawn_buckets, made));
        Arc::clone(all.entry(key).or_insert_with(new))
    }
}

/// How long ago something was, by the hub's clock.
#[must_use]
pub fn since(hub: &Hub, then: Timestamp) -> Duration {
    hub.clock
        .now()
        .duration_since(then)
        .max(SignedDuration::ZERO)
        .unsigned_abs()
}

/// Measures how late the runtime wakes whoever sleeps, until the hub stops.
pub async fn measure_lateness(hub: Arc<Hub>) {
    loop {
        let begun = Instant::now();
        tokio::select! {
            () = hub.stop.cancelled() => return,
            () = tokio::time::sleep(LOOK) => {}
        }
        let late = begun.elapsed().saturating_sub(LOOK);
        hub.metrics.lateness.observe(late.max(NOT_LATE));
    }
}

/// All metrics, as Prometheus reads them. Without a database, those that need none.
pub async fn page(hub: &Hub) -> String {
    let metrics = &hub.metrics;
    let mut text = Text::new(&metrics.prefix);
    theirs(metrics, &mut text);
    let begun = Instant::now();
    match asked(hub).await {
        Ok((counts, active, homes)) => {
            metrics.store.observe(begun.elapsed());
            of_the_database(&mut text, &counts, active);
            text.prefix("perijove");
            text.gauge(
                "sessions",
                "Sessions of people who are signed in",
                counts.sessions as f64,
            );
            text.gauge("leases", "Leases that this hub holds", counts.leases as f64);
            of_homes(&mut text, homes);
            of_profiles(hub, &mut text).await;
            if let Err(error) = used::write(hub, &mut text).await {
                tracing::debug!(%error, "metrics without what was used");
            }
        }
        Err(error) => tracing::debug!(%error, "metrics without what the database knows"),
    }
    text.prefix("perijove");
    ours(metrics, &mut text);
    text.prefix("");
    if let Some(process) = read_process(metrics).await {
        of_the_process(&mut text, &process);
    }
    text.end()
}

async fn asked(hub: &Hub) -> Result<(Counts, Active, Totals), perijove_store::StoreError> {
    let now = hub.clock.now();
    let counts = counts::now(&hub.store, &hub.replica, now).await?;
    let homes = homes::totals(&hub.store).await?;
    let known = *hub.metrics.active.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, active)) = known.filter(|(at, _)| at.elapsed() < ACTIVE_COUNTED) {
        return Ok((counts, active, homes));
    }
    let active = counts::active(&hub.store, now).await?;
    *hub.metrics.active.lock().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), active));
    Ok((counts, active, homes))
}

/// As many as there are profiles, and those that ran before a change of them.
async fn of_profiles(hub: &Hub, text: &mut Text) {
    match plans::by_profile(&hub.store).await {
        Ok(profiles) if !profiles.is_empty() => text.gauges(
            "servers_by_profile",
            "Servers that were started and not stopped, by their profile",
            profiles
                .iter()
                .map(|(profile, count)| (label("profile", profile), *count as f64)),
        ),
        Ok(_) => {}
        Err(error) => tracing::debug!(%error, "metrics without what runs of each profile"),
    }
}

fn of_homes(text: &mut Text, homes: Totals) {
    let state = |name| label("state", name);
    text.gauges(
        "homes",
        "Homes of people, of those who are gone without a word, and in the trash",
        [
            (state("owned"), (homes.live - homes.orphans) as f64),
            (state("orphan"), homes.orphans as f64),
            (state("trash"), homes.trash as f64),
        ],
    );
    text.gauges(
        "home_bytes",
        "Bytes on the disk of all homes together, as last measured",
        [
            (state("live"), homes.live_bytes as f64),
            (state("trash"), homes.trash_bytes as f64),
        ],
    );
    text.gauge(
        "home_problems",
        "Homes that are missing, or can't be moved or measured",
        homes.problems as f64,
    );
}

fn theirs(metrics: &Metrics, text: &mut Text) {
    metrics.requests.write(text);
    let spawn: Vec<(String, Arc<Histogram>)> = {
        let all = metrics.spawn.lock().unwrap_or_else(PoisonError::into_inner);
        let labels =
            |(status, reason): &(&str, String)| format!("{},{}", label("reason", reason), label("status", status));
        all.iter()
            .map(|(key, histogram)| (labels(key), Arc::clone(histogram)))
            .collect()
    };
    let spawn: Vec<_> = spawn
        .iter()
        .map(|(labels, histogram)| (labels.clone(), &**histogram))
        .collect();
    text.histograms(
        "server_spawn_duration_seconds",
        "Time taken for server spawning operation",
        &spawn,
    );
    text.histogram(
        "check_routes_duration_seconds",
        "Time taken to validate all routes in proxy",
        &metrics.check_routes,
    );
    text.histogram(
        "hub_startup_duration_seconds",
        "Time taken for Hub to start",
        &metrics.startup,
    );
    text.histogram(
        "init_spawners_duration_seconds",
        "Time taken for spawners to initialize",
        &metrics.init_spawners,
    );
    text.histogram(
        "proxy_poll_duration_seconds",
        "Duration for polling all routes from proxy",
        &metrics.proxy_poll,
    );
    text.outcomes(
        "login_duration_seconds",
        "duration for all authentication attempts",
        &metrics.login,
    );
    text.histogram(
        "logout_duration_seconds",
        "duration for all logout requests",
        &metrics.logout,
    );
    text.counter(
        "csp_reports",
        "content security policy violation reports",
        &metrics.csp_reports,
    );
    text.outcomes(
        "proxy_add_duration_seconds",
        "Duration for adding user routes to proxy",
        &metrics.proxy_add,
    );
    text.outcomes(
        "server_poll_duration_seconds",
        "Time taken to poll if server is running",
        &metrics.poll,
    );
    text.outcomes(
        "server_stop_seconds",
        "Time taken for server stopping operation",
        &metrics.stop,
    );
    text.outcomes(
        "proxy_delete_duration_seconds",
        "Duration for deleting user routes from proxy",
        &metrics.proxy_delete,
    );
    text.histogram(
        "event_loop_interval_seconds",
        "Distribution of measured event loop intervals",
        &metrics.lateness,
    );
}

fn of_the_database(text: &mut Text, counts: &Counts, active: Active) {
    text.gauge(
        "running_servers",
        "The number of user servers currently running",
        counts.running as f64,
    );
    text.gauge("total_users", "Total number of users", counts.users as f64);
    let periods = [("24h", active.day), ("7d", active.week), ("30d", active.month)];
    text.gauges(
        "active_users",
        "Number of users who were active in the given time period",
        periods.map(|(period, count)| (label("period", period), count as f64)),
    );
}

fn ours(metrics: &Metrics, text: &mut Text) {
    text.histogram(
        "store_duration_seconds",
        "How long the database takes to count, at each reading of the metrics",
        &metrics.store,
    );
    text.histogram(
        "reconcile_duration_seconds",
        "How long it takes to read what is to be done about servers",
        &metrics.reconcile,
    );
    text.gauge(
        "servers_driven",
        "Servers that this hub is bringing up or down",
        metrics.driven.value() as f64,
    );
    text.counter(
        "audit_entries",
        "Entries that this hub wrote into the audit log",
        &metrics.audit_entries,
    );
    text.counter(
        "events_dropped",
        "Events that no sink took in time",
        &metrics.events_dropped,
    );
    text.counter(
        "cache_hits",
        "Credentials whose standing was known",
        &metrics.cache_hits,
    );
    text.counter(
        "cache_misses",
        "Credentials whose standing was read from the database",
        &metrics.cache_misses,
    );
    let services = metrics.services.lock().unwrap_or_else(PoisonError::into_inner);
    let known = services
        .as_ref()
        .filter(|(at, _)| at.elapsed() < metrics.services_known);
    text.gauges(
        "service_up",
        "Whether a service answers; of a managed one without an address, whether it runs",
        known
            .into_iter()
            .flat_map(|(_, up)| up)
            .map(|(name, up)| (label("service", name), f64::from(*up))),
    );
    drop(services);
    text.gauges(
        "build_info",
        "Which Perijove this is, and whose contract it keeps",
        [(
            [
                label("jupyterhub", perijove_model::JUPYTERHUB_VERSION),
                label("version", env!("CARGO_PKG_VERSION")),
            ]
            .join(","),
            1.0,
        )],
    );
}

async fn read_process(metrics: &Metrics) -> Option<Process> {
    let read = Arc::clone(metrics.process.get()?);
    tokio::task::spawn_blocking(move || read()).await.ok().flatten()
}

fn of_the_process(text: &mut Text, process: &Process) {
    text.gauge(
        "process_virtual_memory_bytes",
        "Virtual memory size in bytes.",
        process.virtual_bytes,
    );
    text.gauge(
        "process_resident_memory_bytes",
        "Resident memory size in bytes.",
        process.resident_bytes,
    );
    text.gauge(
        "process_start_time_seconds",
        "Start time of the process since unix epoch in seconds.",
        process.started,
    );
    text.total(
        "process_cpu_seconds",
        "Total user and system CPU time spent in seconds.",
        process.cpu_seconds,
    );
    text.gauge(
        "process_open_fds",
        "Number of open file descriptors.",
        process.open_files,
    );
    text.gauge(
        "process_max_fds",
        "Maximum number of open file descriptors.",
        process.most_files,
    );
}
