//! Homes that are volumes of the engine.

use std::fs;
use std::sync::Arc;

use perijove_spawn::Spawner;
use perijove_spawn::homes::Homes;
use perijove_spawn::suite::{self, Subject};

use crate::Engine;

impl suite::homes::Subject for Engine {
    fn homes(&self) -> Arc<dyn Homes> {
        Spawner::homes(&*self.spawner())
    }

    fn place(&self, name: &str) -> String {
        format!("home-of-{name}")
    }

    fn write(&self, place: &str, file: &str, bytes: usize) {
        fs::write(self.0.volume(place).join(file), vec![b'x'; bytes]).unwrap();
    }

    /// One that was moved aside stays in its place, and is nobody's.
    fn length(&self, place: &str, file: &str) -> Option<usize> {
        let names = self
            .0
            .docker(&["volume", "ls", "--quiet", "--filter", "label=perijove.home"]);
        let labelled = |name: &&str| {
            self.0
                .docker(&["volume", "inspect", "-f", "{{index .Labels \"perijove.home\"}}", name])
        };
        let id = names.lines().find(|name| *name == place).map(|name| labelled(&name))?;
        let aside = names
            .lines()
            .filter(|name| name.starts_with("perijove-trash-"))
            .any(|name| labelled(&name) == id);
        if aside {
            return None;
        }
        let length = fs::metadata(self.0.volume(place).join(file)).ok()?.len();
        usize::try_from(length).ok()
    }
}
