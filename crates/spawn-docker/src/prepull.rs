//! Images that are fetched when the hub starts, so that nobody waits for them.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use perijove_spawn::{Progress, Step};

use crate::{DockerSpawner, pull};

/// What has not come yet, and why.
#[derive(Default)]
pub(crate) struct Coming(Mutex<BTreeMap<String, String>>);

impl Coming {
    fn note(&self, image: &str, how: Option<String>) {
        let mut images = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match how {
            Some(how) => drop(images.insert(image.to_owned(), how)),
            None => drop(images.remove(image)),
        }
    }

    /// In words for people, one after the other.
    pub fn told(&self) -> Option<String> {
        let images = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let told: Vec<_> = images.values().cloned().collect();
        (!told.is_empty()).then(|| told.join("; "))
    }
}

struct Noted<'a> {
    coming: &'a Coming,
    image: &'a str,
}

impl Progress for Noted<'_> {
    fn step(&self, step: Step) {
        tracing::debug!(image = self.image, how = step.message, "an image comes");
        self.coming.note(self.image, Some(step.message));
    }
}

impl DockerSpawner {
    /// One after the other: people who want one now go before.
    pub(crate) async fn prepull(&self) {
        for image in &self.config.prepull {
            let noted = Noted {
                coming: &self.coming,
                image,
            };
            match pull::ensure(self, image, &noted).await {
                Ok(()) => {
                    tracing::info!(image, "an image is ready for whoever wants it");
                    self.coming.note(image, None);
                }
                Err(error) => {
                    let cause = error.cause.as_ref().map(ToString::to_string);
                    tracing::warn!(image, %error, cause, "an image can't be fetched before somebody wants it");
                    self.coming.note(image, Some(error.message));
                }
            }
        }
    }
}
