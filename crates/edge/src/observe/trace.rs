//! W3C trace context: what comes is passed on as any header; here a new trace begins, and its id is read for the log.

use std::{cell::Cell, fmt::Write};

use perijove_model::Rng;

pub(crate) const TRACEPARENT: &str = "traceparent";

/// `00-` trace `-` parent `-` flags.
const LENGTH: usize = 55;

/// The trace's id, 32 hexadecimal digits, if the header is one.
pub(crate) fn id(traceparent: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(traceparent).ok()?;
    let whole =
        text.len() == LENGTH || (text.len() > LENGTH && !text.starts_with("00") && text.as_bytes()[LENGTH] == b'-');
    if !whole || text.starts_with("ff") {
        return None;
    }
    let mut parts = text.split('-');
    let (version, trace, parent, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let hex = |part: &str, length: usize| {
        part.len() == length && part.bytes().all(|c| matches!(c, b'0'..=b'9' | b'a'..=b'f'))
    };
    let zero = |part: &str| part.bytes().all(|c| c == b'0');
    let good = hex(version, 2) && hex(trace, 32) && hex(parent, 16) && hex(flags, 2);
    (good && !zero(trace) && !zero(parent)).then_some(trace)
}

/// Makes the ids of new traces: they have to be different, not secret.
#[derive(Debug)]
pub(crate) struct Traces {
    seed: [u64; 2],
}

thread_local! {
    /// How many traces this thread has begun, with a start of its own.
    static COUNT: Cell<u64> = const { Cell::new(0) };
}

impl Traces {
    pub(crate) fn new(rng: &dyn Rng) -> Self {
        let mut bytes = [0; 16];
        rng.fill(&mut bytes);
        let (one, two) = bytes.split_at(8);
        let number = |bytes: &[u8]| bytes.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte));
        Self {
            seed: [number(one), number(two)],
        }
    }

    /// A `traceparent` of a trace that begins here. `thread` tells the edge's threads apart.
    pub(crate) fn begin(&self, thread: usize) -> String {
        let count = COUNT.replace(COUNT.get().wrapping_add(1)) | (thread as u64) << 48;
        let (one, two) = (mixed(self.seed[0] ^ count), mixed(self.seed[1].wrapping_add(count)));
        let mut text = String::with_capacity(LENGTH);
        // Not sampled: who records traces decides that.
        let _ = write!(text, "00-{one:016x}{two:016x}-{:016x}-00", mixed(one ^ two).max(1));
        text
    }
}

/// Spreads a counter over all numbers, each once.
fn mixed(number: u64) -> u64 {
    let number = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use perijove_model::SeededRng;

    use super::*;

    #[test]
    fn reads_ids_of_traces_and_nothing_else() {
        let good = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        assert_eq!(id(good.as_bytes()), Some("4bf92f3577b34da6a3ce929d0e0e4736"));
        assert!(id(format!("cc{}-what-else", &good[2..]).as_bytes()).is_some());
        for bad in [
            "",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "00-4bf92f3577b34da6a3ce929d0e0e473\n-00f067aa0ba902b7-01",
        ] {
            assert_eq!(id(bad.as_bytes()), None, "{bad}");
        }
    }

    #[test]
    fn begins_traces_that_differ() {
        let traces = Traces::new(&SeededRng::new(1));
        let all: HashSet<String> = (0..1000).map(|count| traces.begin(count % 2)).collect();
        assert_eq!(all.len(), 1000);
        assert!(all.iter().all(|text| id(text.as_bytes()).is_some()));
    }
}
