//! How a start goes on, told to whoever waits: read from the database, so that any replica can tell it, also one that
//! was not there when the start began.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use futures_util::Stream;
use jiff::Timestamp;
use perijove_model::names::server_path;
use perijove_model::server::{Pending, Phase};
use perijove_store::StoreError;
use perijove_store::events::{self, Event};
use perijove_store::spawners::{self, Failure, Run, Spawner};
use serde_json::{Value, json};

use super::Watch;
use super::advice::advice;
use crate::Hub;

const LOOK: Duration = Duration::from_millis(500);
/// How long the database may be away before the stream gives up.
const PATIENCE: u32 = 60;

/// Whether there is anything to tell: a start that is under way, has succeeded or has failed. If not, the contract
/// wants a 400 with `... is not starting...`.
#[must_use]
pub fn has_progress(spawner: &Spawner) -> bool {
    let cancelled = spawner.run.failure.as_ref().is_some_and(|failure| failure.cancelled);
    let phase = spawner.run.phase;
    // One that ran and ended by itself has a failure too, but no start that failed.
    matches!(phase, Phase::Ready | Phase::Failed) || phase.pending() == Some(Pending::Spawn) || cancelled
}

/// For whom events are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum For {
    /// As the contract has them.
    Programs,
    /// With the seconds since the start was wished for, and what to do when it has failed.
    Pages,
}

/// The events of the server's start, ending with the final one.
pub fn progress(hub: &Arc<Hub>, spawner_id: i64, whom: For) -> impl Stream<Item = Value> + Send + 'static + use<> {
    let teller = Teller {
        watch: hub.wakeup.watch(spawner_id),
        hub: hub.clone(),
        id: spawner_id,
        whom,
        generation: None,
        phase: None,
        seen: 0,
        waiting: VecDeque::new(),
        ended: false,
        misses: 0,
    };
    futures_util::stream::unfold(teller, |mut teller| async move {
        let event = teller.next().await?;
        Some((event, teller))
    })
}

/// What tells a browser that the server can be opened.
#[must_use]
pub fn ready_event(hub: &Hub, spawner: &Spawner) -> Value {
    let url = server_path(hub.config.hub.base_url.as_str(), &spawner.user_name, &spawner.name);
    json!({
        "progress": 100,
        "ready": true,
        "message": format!("Server ready at {url}"),
        // Escaped for URLs, the path holds nothing that HTML would mind.
        "html_message": format!("Server ready at <a href=\"{url}\">{url}</a>"),
        "url": url,
    })
}

/// What tells a browser why there is no server.
pub(super) fn failed_event(failure: &Failure) -> Value {
    let message = match failure.cancelled {
        true => "Spawn cancelled".to_owned(),
        false => format!("Spawn failed: {}", failure.message),
    };
    let mut event = json!({
        "progress": 100,
        "failed": true,
        "message": message,
    });
    if !failure.log.is_empty() {
        event["log"] = json!(failure.log);
    }
    if let Some(html) = &failure.html {
        event["html_message"] = json!(html);
    }
    event
}

/// Seconds since the start was wished for.
pub fn elapsed(run: &Run, at: Timestamp) -> f64 {
    at.duration_since(run.requested_at).as_secs_f64().max(0.0)
}

pub(super) fn is_final(event: &Value) -> bool {
    ["ready", "failed"].iter().any(|key| event[*key] == true)
}

struct Teller {
    hub: Arc<Hub>,
    watch: Watch,
    id: i64,
    whom: For,
    generation: Option<i64>,
    /// The last one that was told.
    phase: Option<Phase>,
    seen: i64,
    waiting: VecDeque<Value>,
    ended: bool,
    misses: u32,
}

impl Teller {
    async fn next(&mut self) -> Option<Value> {
        loop {
            if let Some(event) = self.waiting.pop_front() {
                self.ended |= is_final(&event);
                if self.ended {
                    self.waiting.clear();
                }
                return Some(event);
            }
            if self.ended || self.hub.stop.is_cancelled() {
                return None;
            }
            match self.read().await {
                Ok(()) => self.misses = 0,
                Err(_) if self.misses < PATIENCE => self.misses += 1,
                Err(_) => return None,
            }
            if self.waiting.is_empty() && !self.ended {
                let stop = self.hub.stop.clone();
                tokio::select! {
                    () = self.watch.until(|news| news.steps + news.phases + news.wishes, LOOK) => {}
                    () = stop.cancelled() => {}
                }
            }
        }
    }

    /// Gathers what is new. The row is read before the events: a final phase is written together with its event.
    async fn read(&mut self) -> Result<(), StoreError> {
        let Some(spawner) = spawners::by_id(&self.hub.store, self.id).await? else {
            self.ended = true;
            return Ok(());
        };
        let run = &spawner.run;
        let first = self.generation.is_none();
        if self.generation != Some(run.generation) {
            self.generation = Some(run.generation);
            self.seen = 0;
            if run.phase.pending() == Some(Pending::Spawn) {
                self.waiting
                    .push_back(json!({"progress": 0, "message": "Server requested"}));
            }
        }
        if first && run.phase == Phase::Ready {
            self.waiting.push_back(ready_event(&self.hub, &spawner));
            return Ok(());
        }
        // Whoever comes when it is over is told the end, not the whole story.
        if let (true, None, Some(failure)) = (first, run.phase.pending(), &run.failure) {
            self.waiting.push_back(self.failed(failure));
            return Ok(());
        }
        self.tell_phase(run);
        for event in events::since(&self.hub.store, self.id, run.generation, self.seen).await? {
            self.seen = event.seq;
            self.waiting.push_back(self.told(event, run));
        }
        if self.waiting.iter().any(is_final) || run.phase.pending().is_some() {
            return Ok(());
        }
        // The final event has been pushed out, or there was none: adopted, or stopped by wish.
        match &run.failure {
            _ if run.phase == Phase::Ready => self.waiting.push_back(ready_event(&self.hub, &spawner)),
            Some(failure) => self.waiting.push_back(self.failed(failure)),
            None => self.ended = true,
        }
        Ok(())
    }

    /// Pages show how far it is, also where a step tells nothing for long.
    fn tell_phase(&mut self, run: &Run) {
        if self.whom == For::Pages && self.phase != Some(run.phase) && run.phase.pending() == Some(Pending::Spawn) {
            self.phase = Some(run.phase);
            self.waiting
                .push_back(json!({ "phase": run.phase.as_str(), "elapsed": elapsed(run, run.since) }));
        }
    }

    fn told(&self, event: Event, run: &Run) -> Value {
        let mut body = event.body;
        if self.whom == For::Pages {
            body["elapsed"] = json!(elapsed(run, event.at));
            if let (true, Some(failure)) = (body["failed"] == true, &run.failure) {
                body["advice"] = json!(advice(failure));
            }
        }
        body
    }

    fn failed(&self, failure: &Failure) -> Value {
        let mut event = failed_event(failure);
        if self.whom == For::Pages {
            event["advice"] = json!(advice(failure));
        }
        event
    }
}
