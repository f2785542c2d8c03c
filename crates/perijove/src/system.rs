//! The real clock, the real randomness and the real environment: nothing else in the product touches them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use perijove_model::{Clock, Rng};

#[derive(Debug, Clone, Copy)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place where the system's clock is read"
    )]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

#[derive(Debug, Clone, Copy)]
pub struct SystemRng;

impl Rng for SystemRng {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place where the system's randomness is read"
    )]
    #[expect(
        clippy::expect_used,
        reason = "without randomness no secret can be made, and nothing may go on"
    )]
    fn fill(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("the system gives random bytes");
    }
}

/// The process's environment as it was at start. Variables that are not UTF-8 are left out: no key of ours is among
/// them.
#[derive(Clone, Default)]
pub struct Environment(BTreeMap<String, String>);

impl Environment {
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "the one place where the environment is read")]
    pub fn read() -> Self {
        let readable = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        };
        Self(std::env::vars_os().filter_map(readable).collect())
    }

    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    #[must_use]
    pub fn matching(&self, wanted: fn(&str) -> bool) -> BTreeMap<String, String> {
        let wanted = self.0.iter().filter(|(name, _)| wanted(name));
        wanted.map(|(name, value)| (name.clone(), value.clone())).collect()
    }

    /// Those of these variables that are set.
    #[must_use]
    pub fn only(&self, names: &[String]) -> BTreeMap<String, String> {
        names
            .iter()
            .filter_map(|name| Some((name.clone(), self.0.get(name)?.clone())))
            .collect()
    }
}
