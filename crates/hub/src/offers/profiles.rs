//! Which profiles somebody may have.

use perijove_config::{Config, Profile};

use super::person::Person;
use super::quota::entitled;

/// Those that somebody may start, in the configuration's order.
pub struct Offered<'a> {
    pub all: Vec<&'a Profile>,
}

impl<'a> Offered<'a> {
    pub fn to(config: &'a Config, person: &Person) -> Self {
        let entitled = entitled(config, person);
        let may = |profile: &&Profile| entitled.may(&profile.slug, person.audience(profile));
        Self {
            all: config.profiles.iter().filter(may).collect(),
        }
    }

    pub fn get(&self, slug: &str) -> Option<&'a Profile> {
        self.all.iter().copied().find(|profile| profile.slug == slug)
    }

    /// What is started where nobody chooses.
    pub fn default(&self) -> Option<&'a Profile> {
        let marked = self.all.iter().copied().find(|profile| profile.default);
        marked.or_else(|| self.all.first().copied())
    }

    pub(super) fn slugs(&self) -> Vec<String> {
        self.all.iter().map(|profile| profile.slug.clone()).collect()
    }
}
