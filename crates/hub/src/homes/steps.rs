//! What is wished of homes, done: each step outside first, then the row. Whoever dies in between does it again.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use perijove_model::Clock;
use perijove_spawn::homes::HomeError;
use perijove_store::homes::{self, Home, State};
use perijove_store::{Store, StoreError, leases};
use serde_json::json;

use super::{Keepers, known};
use crate::audit::{self, Act, Actor};

/// As many as are read at once.
const BATCH: i64 = 100;
/// How long a step is one hub's own; held for longer while it lasts.
const LEASE: SignedDuration = SignedDuration::from_secs(30);
const RENEW: Duration = Duration::from_secs(10);

/// With what it is done: by a hub or by the command line.
pub struct Work<'a> {
    pub store: &'a Store,
    pub clock: &'a dyn Clock,
    pub keepers: &'a Keepers,
    /// Who does it, in leases.
    pub holder: &'a str,
}

/// Does everything that is to be done. What does not work stays wished, with the reason beside it.
pub async fn work_off(work: &Work<'_>, trash_keep: Duration) {
    if let Err(error) = try_work_off(work, trash_keep).await {
        tracing::warn!(%error, "what is to be done about homes can't be read");
    }
}

async fn try_work_off(work: &Work<'_>, trash_keep: Duration) -> Result<(), StoreError> {
    let keep = SignedDuration::try_from(trash_keep).unwrap_or(SignedDuration::MAX);
    let now = work.clock.now();
    let before = match keep.is_zero() {
        // For ever.
        true => Timestamp::UNIX_EPOCH,
        false => now
            .saturating_sub(keep)
            .unwrap_or(Timestamp::MIN)
            .max(Timestamp::UNIX_EPOCH),
    };
    // To the end of the list: homes that are stuck stay at its front.
    let mut after = (Timestamp::UNIX_EPOCH, 0);
    loop {
        let batch = homes::due(work.store, before, after, BATCH).await?;
        let Some(last) = batch.last() else { return Ok(()) };
        after = (last.since, last.id);
        for home in &batch {
            take_step(work, home.id).await?;
        }
    }
}

/// Takes a home as far as it goes, unless another hub is at it.
pub(super) async fn take_step(work: &Work<'_>, id: i64) -> Result<(), StoreError> {
    let name = format!("home:{id}");
    let Some(lease) = leases::acquire(work.store, &name, work.holder, LEASE, work.clock.now()).await? else {
        return Ok(());
    };
    let renewed = async {
        loop {
            tokio::time::sleep(RENEW).await;
            let renewed = leases::renew(work.store, &lease, LEASE, work.clock.now()).await;
            if matches!(renewed, Ok(false)) {
                return;
            }
        }
    };
    // Whoever has lost the lease stops where it stands.
    let outcome = tokio::select! {
        outcome = drive(work, id) => outcome,
        () = renewed => Ok(()),
    };
    leases::release(work.store, &lease).await?;
    outcome
}

async fn drive(work: &Work<'_>, id: i64) -> Result<(), StoreError> {
    // Read again: another hub may have done it.
    while let Some(home) = homes::by_id(work.store, id).await? {
        if !step(work, &home).await? {
            return Ok(());
        }
    }
    Ok(())
}

/// One step; false if there is no further one now.
async fn step(work: &Work<'_>, home: &Home) -> Result<bool, StoreError> {
    let Some(keeper) = work.keepers.get(&home.backend) else {
        return Ok(false);
    };
    let known = known(home);
    let (done, next) = match home.state {
        State::Live | State::Gone => return Ok(false),
        State::Trashing => (keeper.trash(&known).await, State::Trashed),
        State::Restoring => (keeper.restore(&known).await, State::Live),
        // It was read as one whose time is over.
        State::Trashed => (Ok(()), State::Purging),
        State::Purging => (keeper.purge(&known).await, State::Gone),
    };
    match done {
        Ok(()) => finish(work, home, next).await,
        // There never was anything.
        Err(HomeError::Missing(_)) if !home.made && home.state == State::Trashing => {
            finish(work, home, State::Gone).await
        }
        Err(error) => {
            let problem = error.to_string();
            if home.problem.as_ref() != Some(&problem) {
                tracing::warn!(home = home.id, owner = home.owner, wished = home.state.name(), %error,
                    "a home is not where it is wished; trying again");
                homes::set_problem(work.store, home.id, Some(&problem)).await?;
            }
            Ok(false)
        }
    }
}

async fn finish(work: &Work<'_>, home: &Home, next: State) -> Result<bool, StoreError> {
    let tx = work.store.begin().await?;
    if !homes::step(&tx, home.id, home.state, next, work.clock.now()).await? {
        return Ok(true);
    }
    // Nobody has asked for it: its time was over.
    if home.state == State::Trashed {
        let target = format!("home {}", home.id);
        let detail = json!({ "owner": home.owner, "place": home.place, "trashed_at": home.since.to_string() });
        audit::write(&tx, work.clock, &Actor::hub(), Act::HomePurged, &target, detail).await?;
    }
    tx.commit().await?;
    tracing::info!(
        home = home.id,
        owner = home.owner,
        state = next.name(),
        "a home was moved on"
    );
    // What has just come into the trash stays there.
    Ok(next == State::Purging)
}
