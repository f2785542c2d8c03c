//! The real clock and randomness: sessions, cookies and single-user servers of the tests live in real time.

use jiff::Timestamp;
use perijove_model::{Clock, Rng};

pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "a program of its own, beside real servers")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

pub struct SystemRng;

impl Rng for SystemRng {
    #[expect(clippy::disallowed_methods, reason = "a program of its own, beside real servers")]
    fn fill(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("the system gives random bytes");
    }
}
