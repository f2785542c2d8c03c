//! The loop that makes wishes come true: signalled and periodic, it takes no input but the database.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::SignedDuration;
use perijove_model::server::Wish;
use perijove_spawn::Spawner;
use perijove_store::spawners::{self, Due};
use perijove_store::{StoreError, leases};
use tokio::sync::Semaphore;
use tokio::time::Instant;

use super::drive::{Driver, Halt};
use super::watch;
use crate::Hub;

/// How often the database is read without a signal: another replica may have taken the wish, or died over it.
const TICK: Duration = Duration::from_secs(2);
/// The least time between two readings.
const REST: Duration = Duration::from_millis(5);
/// Servers driven at the same time by one replica.
const MOST_DRIVEN: usize = 256;
/// Servers looked at at the same time by one replica.
const MOST_POLLED: usize = 16;
/// A replica that died holds its servers no longer than this.
const LEASE: SignedDuration = SignedDuration::from_secs(15);
const RENEW: Duration = Duration::from_secs(4);
/// Another replica holds the lease: look again after this.
const HELD: Duration = Duration::from_secs(1);
/// Enough for interrupt, terminate and kill, one after the other.
const STOP_ALL: Duration = Duration::from_secs(120);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// Reconciles until the hub stops.
pub async fn run(hub: Arc<Hub>) {
    for backend in hub.spawners.all() {
        hub.tasks.spawn(follow(hub.clone(), backend.clone()));
    }
    let mut reconciler = Reconciler::new(hub.clone());
    let mut failing = false;
    let mut first = true;
    if let Err(error) = tell_of_lost_backends(&hub).await {
        tracing::warn!(%error, "in which backends servers run can't be told now");
    }
    loop {
        let mut pause = TICK;
        let begun = Instant::now();
        let passed = reconciler.pass().await;
        hub.metrics.reconcile.observe(begun.elapsed());
        if std::mem::take(&mut first) {
            hub.metrics.init_spawners.observe(begun.elapsed());
        }
        match passed {
            Ok(next) => {
                failing = false;
                pause = pause.min(next.saturating_duration_since(Instant::now()));
            }
            Err(error) if !failing => {
                failing = true;
                tracing::error!(%error, "can't read which servers are wished for; trying again");
            }
            Err(_) => {}
        }
        // Whoever wakes it again and again gets one pass out of many.
        tokio::time::sleep(REST).await;
        tokio::select! {
            () = hub.stop.cancelled() => return,
            () = hub.wakeup.woken() => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// Looks at a server as soon as its backend says that it may have ended.
async fn follow(hub: Arc<Hub>, backend: Arc<dyn Spawner>) {
    let look = |spawner_id| hub.wakeup.look_at(spawner_id);
    tokio::select! {
        () = hub.stop.cancelled() => {}
        () = backend.follow(&look) => {}
    }
}

/// Servers whose backend was taken out of the configuration: nobody can look after them.
async fn tell_of_lost_backends(hub: &Hub) -> Result<(), StoreError> {
    for (backend, servers) in spawners::by_backend(&hub.store).await? {
        if hub.spawners.get(&backend).is_none() {
            tracing::error!(
                backend,
                servers,
                "servers run in a backend that is not configured any more: configure it again, or stop them, which takes \
                 away their route and their token but may leave their programs running"
            );
        }
    }
    Ok(())
}

/// Stops every server and waits for it, but not for ever: for a hub that is not to leave any behind. Call it before
/// [`Hub::stop`].
pub async fn stop_all(hub: &Arc<Hub>) -> Result<(), StoreError> {
    let deadline = Instant::now() + STOP_ALL;
    loop {
        let mut active = false;
        for id in spawners::to_reconcile(&hub.store).await? {
            let Some(spawner) = spawners::by_id(&hub.store, id).await? else {
                continue;
            };
            active |= spawner.run.phase.is_active();
            if spawner.run.wish == Wish::Run {
                let tx = hub.store.begin().await?;
                spawners::wish_stop(&tx, id, false, hub.clock.now()).await?;
                tx.commit().await?;
            }
        }
        if !active {
            return Ok(());
        }
        if deadline < Instant::now() {
            tracing::warn!("some servers have not stopped; the next hub goes on stopping them");
            return Ok(());
        }
        hub.wakeup.wake();
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// What this replica is about: it may be forgotten at any moment.
struct Reconciler {
    hub: Arc<Hub>,
    driven: Driven,
    drivers: Arc<Semaphore>,
    lookout: Lookout,
    /// When a running server is next looked at.
    polls: BTreeMap<i64, Instant>,
}

/// Looks at running servers: a few at the same time, each only once.
#[derive(Clone)]
struct Lookout {
    turns: Arc<Semaphore>,
    waiting: Arc<Mutex<BTreeSet<i64>>>,
}

/// Which servers are in hand, and which are left alone for a while.
#[derive(Clone, Default)]
struct Driven(Arc<Mutex<Busy>>);

#[derive(Default)]
struct Busy {
    now: BTreeSet<i64>,
    /// Some of these were asked for again, or others could not be taken because there are so many.
    again: bool,
    pauses: BTreeMap<i64, Pause>,
}

struct Pause {
    until: Instant,
    length: Duration,
}

impl Reconciler {
    fn new(hub: Arc<Hub>) -> Self {
        Self {
            hub,
            driven: Driven::default(),
            drivers: Arc::new(Semaphore::new(MOST_DRIVEN)),
            lookout: Lookout {
                turns: Arc::new(Semaphore::new(MOST_POLLED)),
                waiting: Arc::default(),
            },
            polls: BTreeMap::new(),
        }
    }

    /// Reads what is to be done and begins it. Gives the time at which something that was left alone is due.
    async fn pass(&mut self) -> Result<Instant, StoreError> {
        let suspects = self.hub.wakeup.take_suspects();
        let list = spawners::due(&self.hub.store).await?;
        let mut running = BTreeMap::new();
        let mut next = Instant::now() + TICK;
        for Due { id, calm } in list {
            if calm {
                let next = self.next_poll(id, suspects.contains(&id));
                running.insert(id, next);
            } else {
                match self.driven.paused_until(id) {
                    Some(until) => next = next.min(until),
                    None => self.drive(id),
                }
            }
        }
        self.polls = running;
        self.driven.forget_old_pauses();
        Ok(next)
    }

    /// Looks at a running server if it is time, and says when it is next.
    fn next_poll(&mut self, id: i64, suspect: bool) -> Instant {
        let now = Instant::now();
        let interval = self.hub.config.spawner.poll_interval;
        let due = self.polls.get(&id).copied();
        let off = interval.is_zero() && due.is_some();
        // The first look comes soon: a hub that starts doesn't know what has ended in the meantime.
        let due = due.unwrap_or_else(|| now + self.share_of(interval.min(Duration::from_secs(5))));
        if !suspect && (off || now < due) {
            return due;
        }
        let (hub, driven, lookout) = (self.hub.clone(), self.driven.clone(), self.lookout.clone());
        // One that still waits for its turn gets it: there are never more of them than servers.
        if lookout.begins(id) {
            self.hub.tasks.spawn(async move {
                let ended = lookout.look(&hub, id).await;
                lookout.waiting().remove(&id);
                match ended {
                    true if driven.take(id) => drive(&hub, &driven, id, true).await,
                    // Whoever has it in hand may not look: once more, when it is put back.
                    true => hub.wakeup.suspect(id),
                    false => {}
                }
            });
        }
        now + interval.mul_f64(0.9) + self.share_of(interval.mul_f64(0.2))
    }

    fn share_of(&self, span: Duration) -> Duration {
        span.mul_f64(f64::from(self.hub.rng.below(1000)) / 1000.0)
    }

    fn drive(&self, id: i64) {
        let Ok(permit) = self.drivers.clone().try_acquire_owned() else {
            return self.driven.pass_again();
        };
        if !self.driven.take(id) {
            return;
        }
        let (hub, driven) = (self.hub.clone(), self.driven.clone());
        self.hub.tasks.spawn(async move {
            let _permit = permit;
            drive(&hub, &driven, id, false).await;
        });
    }
}

impl Lookout {
    fn waiting(&self) -> MutexGuard<'_, BTreeSet<i64>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// False if somebody is about to look at it already.
    fn begins(&self, id: i64) -> bool {
        self.waiting().insert(id)
    }

    /// Whether it has ended. A hub that stops does not wait for it.
    async fn look(&self, hub: &Hub, id: i64) -> bool {
        let look = async {
            let _turn = self.turns.acquire().await;
            watch::has_ended(hub, id).await
        };
        tokio::select! {
            () = hub.stop.cancelled() => false,
            ended = look => ended,
        }
    }
}

impl Driven {
    /// False if the server is in hand already.
    fn take(&self, id: i64) -> bool {
        let mut busy = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let taken = busy.now.insert(id);
        busy.again |= !taken;
        taken
    }

    fn pass_again(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).again = true;
    }

    fn paused_until(&self, id: i64) -> Option<Instant> {
        let busy = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        busy.pauses
            .get(&id)
            .map(|pause| pause.until)
            .filter(|until| Instant::now() < *until)
    }

    /// True if somebody should look what is to be done now.
    fn put_back(&self, id: i64, pause: Option<Duration>) -> bool {
        let mut busy = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        busy.now.remove(&id);
        let again = std::mem::take(&mut busy.again) || pause.is_some();
        match pause {
            None => drop(busy.pauses.remove(&id)),
            Some(length) => {
                let until = Instant::now() + length;
                busy.pauses.insert(id, Pause { until, length });
            }
        }
        again
    }

    fn forget_old_pauses(&self) {
        let mut busy = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        busy.pauses.retain(|_, pause| pause.until.elapsed() < 2 * LONGEST_PAUSE);
    }

    /// The pause after another failure: twice the last one.
    fn longer(&self, id: i64) -> Duration {
        let busy = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let last = busy.pauses.get(&id).map_or(Duration::ZERO, |pause| pause.length);
        (last * 2).clamp(HELD, LONGEST_PAUSE)
    }
}

/// Puts the server back however the work ends.
struct InHand<'a> {
    driven: &'a Driven,
    hub: &'a Hub,
    id: i64,
    pause: Option<Duration>,
}

impl Drop for InHand<'_> {
    fn drop(&mut self) {
        self.hub.metrics.driven.add(-1);
        // A wish that came at the last moment would else wait for the next tick.
        if self.driven.put_back(self.id, self.pause) {
            self.hub.wakeup.wake();
        }
    }
}

/// Takes the lease, drives the server as far as it goes, gives the lease back.
async fn drive(hub: &Arc<Hub>, driven: &Driven, id: i64, ended: bool) {
    hub.metrics.driven.add(1);
    let mut hand = InHand {
        driven,
        hub,
        id,
        pause: None,
    };
    let name = format!("server:{id}");
    let lease = match leases::acquire(&hub.store, &name, &hub.replica, LEASE, hub.clock.now()).await {
        Ok(Some(lease)) => lease,
        Ok(None) | Err(_) => {
            hand.pause = Some(HELD);
            if ended {
                hub.wakeup.suspect(id);
            }
            return;
        }
    };
    let driver = Driver { hub, id };
    let outcome = tokio::select! {
        biased;
        () = hub.stop.cancelled() => Ok(true),
        () = lose(hub, &lease) => {
            hand.pause = Some(HELD);
            tracing::warn!(server = id, "the lease was lost: another hub goes on with this server");
            return;
        }
        outcome = driver.run(ended) => outcome,
    };
    match outcome {
        Ok(true) => {}
        Ok(false) => hand.pause = Some(HELD),
        Err(halt) => {
            let pause = driven.longer(id);
            hand.pause = Some(pause);
            report(id, &halt, pause);
        }
    }
    // Whoever comes next need not wait for its end.
    let _ = leases::release(&hub.store, &lease).await;
}

fn report(id: i64, halt: &Halt, pause: Duration) {
    // Once per streak, not at each try.
    if pause == HELD {
        tracing::warn!(server = id, error = %halt, "can't go on with this server now; trying again");
    } else {
        tracing::debug!(server = id, error = %halt, "still can't go on with this server");
    }
}

/// Renews the lease; comes back when it is not ours any more.
async fn lose(hub: &Hub, lease: &leases::Lease) {
    let mut renewed = Instant::now();
    loop {
        tokio::time::sleep(RENEW).await;
        match leases::renew(&hub.store, lease, LEASE, hub.clock.now()).await {
            Ok(true) => renewed = Instant::now(),
            Ok(false) => return,
            // The database may come back before anybody else can take over.
            Err(_) if renewed.elapsed() + RENEW < LEASE.unsigned_abs() => {}
            Err(_) => return,
        }
    }
}
