//! Being told by the engine that containers have ended, so that nobody waits for the next look at them.

use std::collections::HashMap;
use std::time::Duration;

use bollard::query_parameters::EventsOptions;
use futures_util::StreamExt;
use tokio::time::sleep;

use crate::create::{INSTANCE, SERVER};
use crate::engine::{Engine, Fault};

const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// For as long as it is listened to. What happens while the engine is away is found by looking.
pub(crate) async fn follow(engine: &Engine, instance: &str, changed: &(dyn Fn(i64) + Send + Sync)) {
    let mut pause = FIRST_PAUSE;
    let mut away = false;
    loop {
        let mut told = |id| {
            pause = FIRST_PAUSE;
            away = false;
            changed(id);
        };
        let ended = listen(engine, instance, &mut told).await;
        if !std::mem::replace(&mut away, true) {
            let why = ended.err().map(|fault| fault.to_string());
            tracing::warn!(
                why,
                "the container engine tells nothing: servers are looked at from time to time only"
            );
        }
        sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

async fn listen(engine: &Engine, instance: &str, told: &mut (dyn FnMut(i64) + Send)) -> Result<(), Fault> {
    let client = engine.client().await?;
    let filter = |name: &str, values: &[String]| (name.to_owned(), values.to_vec());
    let filters = HashMap::from([
        filter("type", &["container".to_owned()]),
        filter("event", &["die".to_owned(), "oom".to_owned()]),
        filter("label", &[format!("{INSTANCE}={instance}")]),
    ]);
    let options = EventsOptions {
        filters: Some(filters),
        ..EventsOptions::default()
    };
    let mut events = client.events(Some(options)).boxed();
    while let Some(event) = events.next().await {
        let attributes = event?.actor.and_then(|actor| actor.attributes);
        let server = attributes.and_then(|attributes| attributes.get(SERVER)?.parse().ok());
        if let Some(server) = server {
            told(server);
        }
    }
    Ok(())
}
