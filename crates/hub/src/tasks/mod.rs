//! Background work: periodic, repeatable, once per cluster. The reconciler is a loop of its own, see [`crate::servers`].

pub(crate) mod activity;
mod grants;
pub(crate) mod presence;
mod purge;
mod routes;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use jiff::SignedDuration;
use perijove_store::leases;
use tokio::time::sleep;

use crate::signin::refresh;
use crate::{Hub, audit, culler, environments, events, homes, mail, metrics, seen, servers, services, usage};

pub(crate) type Failure = Box<dyn std::error::Error + Send + Sync>;

/// A piece of work that may be repeated, and that one hub of the cluster does for all.
#[async_trait]
pub trait Task: Send + Sync + 'static {
    const NAME: &'static str;
    const EVERY: Duration;

    async fn run(&self, hub: &Hub) -> Result<(), Failure>;
}

/// Begins all background work; it ends with `hub.stop`.
pub fn spawn_all(hub: &Arc<Hub>) {
    hub.tasks.spawn(servers::run(hub.clone()));
    hub.tasks.spawn(routes::keep(hub.clone()));
    hub.tasks.spawn(services::health::watch(hub.clone()));
    for service in hub.config.services.iter().filter(|service| !service.command.is_empty()) {
        hub.tasks.spawn(services::managed::keep(hub.clone(), service.clone()));
    }
    hub.tasks.spawn(audit::keep_refusals(hub.clone()));
    hub.tasks.spawn(presence::keep(hub.clone()));
    hub.tasks.spawn(end_strays(hub.clone()));
    hub.tasks.spawn(seen::keep(hub.clone()));
    hub.tasks.spawn(mail::keep(hub.clone()));
    hub.tasks.spawn(homes::keep(hub.clone()));
    hub.tasks.spawn(environments::keep_tidy(hub.clone()));
    hub.tasks.spawn(homes::keep_measured(hub.clone()));
    hub.tasks.spawn(usage::keep(hub.clone()));
    hub.tasks.spawn(metrics::measure_lateness(hub.clone()));
    events::deliver(hub);
    spawn(hub, activity::Activity);
    spawn(hub, purge::Purge);
    if hub.config.culler.enabled || culler::hours::are_kept(&hub.config) {
        hub.tasks.spawn(culler::keep(hub.clone()));
    }
    if let Some(file) = &hub.config.audit.file {
        spawn(hub, audit::Follow { file: file.clone() });
    }
    hub.metrics.started();
    spawn(hub, grants::Grants);
}

/// Once in the life of each hub, whose configuration may be another than its predecessor's.
async fn end_strays(hub: Arc<Hub>) {
    const AT_LAST: Duration = Duration::from_secs(300);
    let mut streak = Streak::new("end of sessions");
    loop {
        let outcome = tokio::select! {
            () = hub.stop.cancelled() => return,
            outcome = refresh::end_strays(&hub) => outcome,
        };
        let is_done = outcome.is_ok();
        streak.note(outcome);
        if is_done {
            return;
        }
        tokio::select! {
            () = hub.stop.cancelled() => return,
            () = sleep(streak.pause(AT_LAST)) => {}
        }
    }
}

fn spawn<T: Task>(hub: &Arc<Hub>, task: T) {
    let hub = hub.clone();
    hub.tasks.clone().spawn(async move {
        let mut streak = Streak::new(T::NAME);
        loop {
            let work = once_per_cluster(&hub, T::NAME, T::EVERY, task.run(&hub));
            tokio::select! {
                () = hub.stop.cancelled() => return,
                outcome = work => streak.note(outcome),
            }
            let pause = streak.pause(T::EVERY);
            tokio::select! {
                () = hub.stop.cancelled() => return,
                () = sleep(pause) => {}
            }
        }
    });
}

/// Does the work unless another hub is at it, or has done it within this period.
pub(crate) async fn once_per_cluster(
    hub: &Hub,
    name: &str,
    every: Duration,
    work: impl Future<Output = Result<(), Failure>>,
) -> Result<(), Failure> {
    // Held over the work's end, so that it also says "done for now"; a little less than the period, so that whoever
    // comes next on time isn't turned away. A hub that died holds up nothing but this one round.
    let held = SignedDuration::try_from(every.mul_f64(0.8))?;
    match leases::acquire(&hub.store, &format!("task:{name}"), &hub.replica, held, hub.clock.now()).await? {
        Some(_) => work.await,
        None => Ok(()),
    }
}

/// Logs a failure when it begins and when it ends, not at each try.
pub(crate) struct Streak {
    name: &'static str,
    failures: u32,
}

impl Streak {
    pub(crate) fn new(name: &'static str) -> Self {
        Self { name, failures: 0 }
    }

    pub(crate) fn note<E: std::fmt::Display>(&mut self, outcome: Result<(), E>) {
        match outcome {
            Ok(()) => {
                if self.failures > 0 {
                    tracing::info!(task = self.name, "works again");
                }
                self.failures = 0;
            }
            Err(error) => {
                if self.failures == 0 {
                    tracing::warn!(task = self.name, %error, "background work failed; trying again");
                }
                self.failures = self.failures.saturating_add(1);
            }
        }
    }

    /// After a failure it is tried again sooner.
    fn pause(&self, every: Duration) -> Duration {
        match self.failures {
            0 => every,
            n => Duration::from_secs(2u64.pow(n.min(8))).min(every),
        }
    }
}
