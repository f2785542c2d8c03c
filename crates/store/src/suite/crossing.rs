//! Wishes that come in the middle of the reconciler's steps, each in a transaction of its own.

use perijove_model::server::{Phase, Wish};
use serde_json::json;
use tokio::task::JoinHandle;

use super::servers::{prepare, run_as_jupyterhub_does, seen, start, wish};
use super::together::under_way;
use super::{later, now, open, user};
use crate::spawners::{self, Failure};
use crate::{Result, Store, Tx, events};

/// A server that was wished, and two hubs.
struct Crossing {
    driver: Store,
    other: Store,
    id: i64,
    generation: i64,
}

impl Crossing {
    async fn at(url: &str, phase: Phase) -> Self {
        let (driver, other) = (open(url).await, open(url).await);
        let ada = user(&driver, "ada").await;
        let id = spawners::ensure(&driver, ada.id, "lab", None).await.unwrap().id;
        let generation = match phase {
            Phase::Requested => wish(&driver, id).await,
            _ => start(&driver, id).await,
        };
        if !matches!(phase, Phase::Requested | Phase::Started) {
            let moved = spawners::set_phase(&driver, id, generation, Phase::Started, phase, now()).await;
            assert!(moved.unwrap());
        }
        Self {
            driver,
            other,
            id,
            generation,
        }
    }

    /// A step as far as its phase: written, and not yet to be seen by anybody.
    async fn step(&self, from: Phase, to: Phase) -> Tx {
        let tx = self.driver.begin().await.unwrap();
        let moved = spawners::set_phase(&tx, self.id, self.generation, from, to, later(2)).await;
        assert!(moved.unwrap());
        tx
    }

    /// Another hub wishes a stop now; comes back when that waits, or is through.
    async fn stop(&self) -> JoinHandle<Result<()>> {
        let (store, id) = (self.other.clone(), self.id);
        let stopping = tokio::spawn(async move {
            let tx = store.begin().await?;
            spawners::lock(&tx, id).await?;
            spawners::wish_stop(&tx, id, true, later(3)).await?;
            tx.commit().await
        });
        under_way(&self.driver, &stopping).await;
        stopping
    }

    async fn stands(&self, phase: Phase, wish: Wish) {
        let run = seen(&self.driver, self.id).await.run;
        assert_eq!(
            (run.phase, run.wish, run.remove, run.generation),
            (phase, wish, true, self.generation)
        );
    }
}

pub(super) async fn a_stop_in_the_middle_of_prepare_is_kept(url: String) {
    let crossing = Crossing::at(&url, Phase::Requested).await;
    let step = crossing.step(Phase::Requested, Phase::Prepared).await;
    let stop = crossing.stop().await;
    prepare(&step, crossing.id).await;
    step.commit().await.unwrap();
    stop.await.unwrap().unwrap();
    crossing.stands(Phase::Prepared, Wish::Stop).await;
}

pub(super) async fn a_stop_in_the_middle_of_a_step_up_is_kept(url: String) {
    let crossing = Crossing::at(&url, Phase::Started).await;
    let step = crossing.step(Phase::Started, Phase::Answering).await;
    let stop = crossing.stop().await;
    step.commit().await.unwrap();
    stop.await.unwrap().unwrap();
    crossing.stands(Phase::Answering, Wish::Stop).await;
    let step = crossing.step(Phase::Answering, Phase::Ready).await;
    let stop = crossing.stop().await;
    events::push(&step, crossing.id, crossing.generation, &[json!({})], now())
        .await
        .unwrap();
    step.commit().await.unwrap();
    stop.await.unwrap().unwrap();
    crossing.stands(Phase::Ready, Wish::Stop).await;
}

pub(super) async fn a_stop_in_the_middle_of_an_end_takes_nothing_back(url: String) {
    let crossing = Crossing::at(&url, Phase::Ready).await;
    let step = crossing.step(Phase::Ready, Phase::Stopping).await;
    let stop = crossing.stop().await;
    step.commit().await.unwrap();
    stop.await.unwrap().unwrap();
    crossing.stands(Phase::Stopping, Wish::Stop).await;
    let step = crossing.step(Phase::Stopping, Phase::Stopped).await;
    let stop = crossing.stop().await;
    spawners::clear_server(&step, crossing.id).await.unwrap();
    step.commit().await.unwrap();
    stop.await.unwrap().unwrap();
    crossing.stands(Phase::Stopped, Wish::Stop).await;
    assert_eq!(seen(&crossing.driver, crossing.id).await.run.since, later(2));
}

pub(super) async fn a_stop_in_the_middle_of_a_failure_keeps_why(url: String) {
    let failure = Failure {
        status: 500,
        reason: String::new(),
        message: "it exited".to_owned(),
        html: None,
        log: vec![],
        cancelled: false,
    };
    let crossing = Crossing::at(&url, Phase::Started).await;
    let step = crossing.step(Phase::Started, Phase::Failed).await;
    let stop = crossing.stop().await;
    spawners::clear_server(&step, crossing.id).await.unwrap();
    let failed = spawners::set_failure(&step, crossing.id, crossing.generation, &failure, now()).await;
    assert!(failed.unwrap());
    step.commit().await.unwrap();
    stop.await.unwrap().unwrap();
    crossing.stands(Phase::Failed, Wish::Stop).await;
    assert_eq!(
        seen(&crossing.driver, crossing.id).await.run.failure,
        Some(failure),
        "for whoever waited"
    );
}

/// The other way round: the wish is written, and not yet to be seen, when the step comes.
pub(super) async fn a_step_in_the_middle_of_a_stop_keeps_the_wish(url: String) {
    let crossing = Crossing::at(&url, Phase::Started).await;
    let wished = crossing.other.begin().await.unwrap();
    spawners::wish_stop(&wished, crossing.id, true, now()).await.unwrap();
    let (store, id, generation) = (crossing.driver.clone(), crossing.id, crossing.generation);
    let step = tokio::spawn(async move {
        spawners::set_phase(&store, id, generation, Phase::Started, Phase::Answering, later(2)).await
    });
    under_way(&crossing.driver, &step).await;
    wished.commit().await.unwrap();
    assert!(step.await.unwrap().unwrap());
    crossing.stands(Phase::Answering, Wish::Stop).await;
}

/// Neither has a row of ours yet: both adopt it.
pub(super) async fn a_stop_and_an_end_adopt_one_server(url: String) {
    let (driver, other) = (open(&url).await, open(&url).await);
    let ada = user(&driver, "ada").await;
    let id = spawners::ensure(&driver, ada.id, "lab", None).await.unwrap().id;
    run_as_jupyterhub_does(&driver, id).await;
    let crossing = Crossing {
        driver,
        other,
        id,
        generation: 0,
    };
    let step = crossing.step(Phase::Ready, Phase::Stopping).await;
    let stop = crossing.stop().await;
    step.commit().await.unwrap();
    stop.await.unwrap().unwrap();
    crossing.stands(Phase::Stopping, Wish::Stop).await;
}
