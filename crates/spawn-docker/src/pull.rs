//! Images: whether one is there, and how far it has come on its way.

use std::collections::BTreeMap;
use std::time::Duration;

use bollard::auth::DockerCredentials;
use bollard::models::CreateImageInfo;
use bollard::query_parameters::CreateImageOptions;
use futures_util::StreamExt;
use perijove_spawn::{Progress, SpawnError, Step};
use tokio::time::timeout;

use crate::engine::{Engine, Fault};
use crate::images::is_pinned;
use crate::{DockerSpawner, registries};

/// When images are fetched.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Pull {
    Always,
    #[default]
    IfNotPresent,
    /// One that is not there is told.
    Never,
    /// Whether it is there is not even asked.
    Skip,
}

/// A registry that says nothing for so long says nothing any more.
const SILENCE: Duration = Duration::from_secs(300);
/// What engines say of registries that let nobody in, and of those that are away.
const LOCKED: [&str; 4] = [
    "no basic auth",
    "unauthorized",
    "authentication required",
    "denied: requested access",
];
const AWAY: [&str; 6] = [
    "connection refused",
    "connection reset",
    "no such host",
    "i/o timeout",
    "eof",
    "client.timeout",
];
/// Between these the bar moves while an image comes.
const FIRST_PERCENT: u8 = 5;
const LAST_PERCENT: u8 = 60;
/// A layer of which no size is known yet counts as much.
const UNKNOWN_SIZE: u64 = 1 << 20;

/// Sees to it that the image is there. A registry that can't be reached is no reason to refuse an image that is there.
pub(crate) async fn ensure(spawner: &DockerSpawner, image: &str, progress: &dyn Progress) -> Result<(), SpawnError> {
    let (engine, policy) = (&*spawner.engine, spawner.config.pull);
    if policy == Pull::Skip {
        return Ok(());
    }
    let client = engine.client().await?;
    let there = match engine.within(client.inspect_image(image)).await {
        Ok(_) => true,
        Err(fault) if fault.is(404) => false,
        Err(fault) => return Err(fault.into()),
    };
    match (policy, there) {
        (Pull::IfNotPresent | Pull::Never, true) => Ok(()),
        // The registry has no other one of that name.
        (Pull::Always, true) if is_pinned(image) => Ok(()),
        (Pull::Never, false) => Err(SpawnError::new(format!(
            "The image {image} is not on this machine, and nothing is fetched here. An administrator can fetch it."
        ))),
        _ => match fetch(engine, image, credentials(spawner, image).await, progress).await {
            Err(fault) if there => {
                tracing::warn!(image, %fault, "an image can't be fetched anew: the one that is there is used");
                Ok(())
            }
            fetched => fetched.map_err(|fault| told(image, fault)),
        },
    }
}

/// Without any the image may still be for everybody.
async fn credentials(spawner: &DockerSpawner, image: &str) -> Option<DockerCredentials> {
    let path = spawner.config.registries.as_ref()?;
    match registries::read(path).await {
        Ok(mut known) => known.remove(registries::of_image(image)),
        Err(error) => {
            tracing::error!(path = %path.display(), %error, "`registries` in [spawner.docker] can't be used");
            None
        }
    }
}

async fn fetch(
    engine: &Engine,
    image: &str,
    credentials: Option<DockerCredentials>,
    progress: &dyn Progress,
) -> Result<(), Fault> {
    let client = engine.client().await?;
    let named = image.contains('@') || image.rsplit('/').next().is_some_and(|last| last.contains(':'));
    let options = CreateImageOptions {
        from_image: Some(image.to_owned()),
        // Without one the engine fetches all that there are.
        tag: (!named).then(|| "latest".to_owned()),
        ..CreateImageOptions::default()
    };
    let mut news = client.create_image(Some(options), None, credentials).boxed();
    let (mut layers, mut last) = (Layers::default(), None);
    tracing::info!(image, "an image is fetched");
    loop {
        let next = timeout(SILENCE, news.next()).await;
        let Some(info) = next.map_err(|_| Fault::Slow(SILENCE))? else {
            return Ok(());
        };
        layers.note(&info?);
        let percent = layers.percent();
        if last.is_none_or(|last| percent > last) {
            last = Some(percent);
            let bar = u16::from(percent) * u16::from(LAST_PERCENT - FIRST_PERCENT) / 100;
            progress.step(Step {
                percent: FIRST_PERCENT + u8::try_from(bar).unwrap_or_default(),
                message: format!("Fetching the image {image}: {percent} %"),
            });
        }
    }
}

fn told(image: &str, fault: Fault) -> SpawnError {
    let message = match &fault {
        _ if fault.is_full() => format!(
            "The image {image} can't be fetched: the disk of the container engine is full. An administrator can make room."
        ),
        _ if LOCKED.iter().any(|words| fault.says(words)) => format!(
            "The image {image} can't be fetched: its registry wants a name and a password, or other ones. An administrator can \
             correct them in the file that `registries` in [spawner.docker] names."
        ),
        _ if AWAY.iter().any(|words| fault.says(words)) => {
            format!("The image {image} can't be fetched: its registry can't be reached. Try again in a few minutes.")
        }
        _ if fault.says("not found") || fault.says("does not exist") || fault.says("manifest unknown") => {
            format!("The image {image} can't be fetched: the registry does not have it, or not for everybody.")
        }
        Fault::Refused { .. } => {
            format!("The image {image} can't be fetched. An administrator finds the cause in the hub's log.")
        }
        Fault::Slow(_) => format!(
            "The image {image} can't be fetched: the registry did not answer any more. Try again in a few minutes."
        ),
        Fault::Away(_) => return fault.into(),
    };
    SpawnError::caused(message, fault)
}

/// What is known of an image's layers.
#[derive(Default)]
struct Layers(BTreeMap<String, Layer>);

#[derive(Default)]
struct Layer {
    size: Option<u64>,
    /// Thousandths of it.
    fetched: u64,
    unpacked: u64,
}

impl Layers {
    fn note(&mut self, info: &CreateImageInfo) {
        let (Some(id), Some(status)) = (&info.id, info.status.as_deref()) else {
            return;
        };
        // Of the whole image, not of a layer.
        if status.starts_with("Pulling from") {
            return;
        }
        let layer = self.0.entry(id.clone()).or_default();
        let size = |key: Option<i64>| key.and_then(|n| u64::try_from(n).ok()).filter(|n| *n > 0);
        let detail = info.progress_detail.as_ref();
        let (done, total) = (
            detail.and_then(|detail| size(detail.current)),
            detail.and_then(|detail| size(detail.total)),
        );
        let share = |done: Option<u64>, total: Option<u64>| match (done, total) {
            (Some(done), Some(total)) => done.min(total).saturating_mul(1000) / total,
            _ => 0,
        };
        match status {
            "Downloading" => {
                layer.size = total.or(layer.size);
                layer.fetched = layer.fetched.max(share(done, total));
            }
            "Download complete" | "Verifying Checksum" => layer.fetched = 1000,
            "Extracting" => {
                layer.size = layer.size.or(total);
                layer.fetched = 1000;
                layer.unpacked = layer.unpacked.max(share(done, total));
            }
            "Pull complete" | "Already exists" => (layer.fetched, layer.unpacked) = (1000, 1000),
            _ => {}
        }
    }

    /// To fetch is half of it, to unpack the other half.
    fn percent(&self) -> u8 {
        let weight = |layer: &Layer| u128::from(layer.size.unwrap_or(UNKNOWN_SIZE));
        let all: u128 = self.0.values().map(weight).sum();
        let done: u128 = self
            .0
            .values()
            .map(|layer| weight(layer) * u128::from(layer.fetched + layer.unpacked) / 2000)
            .sum();
        u8::try_from(done * 100 / all.max(1)).unwrap_or(100).min(100)
    }
}

#[cfg(test)]
mod tests {
    use bollard::models::ProgressDetail;

    use super::*;

    fn news(layers: &mut Layers, id: &str, status: &str, of: Option<(i64, i64)>) -> u8 {
        layers.note(&CreateImageInfo {
            id: Some(id.to_owned()),
            status: Some(status.to_owned()),
            progress_detail: of.map(|(current, total)| ProgressDetail {
                current: Some(current),
                total: Some(total),
            }),
            ..CreateImageInfo::default()
        });
        layers.percent()
    }

    #[test]
    fn layers_count_by_their_size() {
        let mut layers = Layers::default();
        assert_eq!(news(&mut layers, "latest", "Pulling from jupyter/base", None), 0);
        assert!(layers.0.is_empty());
        news(&mut layers, "small", "Already exists", None);
        assert_eq!(news(&mut layers, "large", "Pulling fs layer", None), 50);
        let half = Some((500 << 20, 1000 << 20));
        assert_eq!(news(&mut layers, "large", "Downloading", half), 25);
        assert_eq!(news(&mut layers, "large", "Download complete", None), 50);
        assert_eq!(news(&mut layers, "large", "Extracting", half), 75);
        assert_eq!(news(&mut layers, "large", "Pull complete", None), 100);
    }

    #[test]
    fn nonsense_of_a_registry_is_no_harm() {
        let mut layers = Layers::default();
        for of in [(-1, -1), (5, 0), (i64::MAX, i64::MAX), (9, 3)] {
            assert!(news(&mut layers, "a", "Downloading", Some(of)) <= 100);
        }
    }
}
