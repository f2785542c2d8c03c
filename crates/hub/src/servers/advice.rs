//! What somebody can do about a start that failed, as far as its cause tells.

use perijove_store::spawners::Failure;

/// What the last lines or the cause have in them, and what helps then; the first that fits.
const CAUSES: [(&[&str], &str); 4] = [
    (
        &[
            "No space left on device",
            "Disk quota exceeded",
            "database or disk is full",
        ],
        "There is no room left for files. Delete what you don't need, or ask an administrator for more room.",
    ),
    (
        &["memory limit", "MemoryError", "Cannot allocate memory"],
        "Its memory was not enough. Choose other options with more memory.",
    ),
    (
        &["ModuleNotFoundError", "ImportError"],
        "A Python package is missing or does not fit. Packages that you have installed yourself may be in the way: move the \
         folder ~/.local aside, then try again.",
    ),
    (
        &["did not answer", "did not start within"],
        "The machine may be busy. Try again in a minute. If it fails again, tell an administrator.",
    ),
];
const OTHERWISE: &str = "Try again. If it fails again, show this page to an administrator.";

/// `None` where nothing has to be done, or what has to be done stands in the message.
#[must_use]
pub fn advice(failure: &Failure) -> Option<&'static str> {
    if failure.cancelled {
        return None;
    }
    let says = |sign: &&str| failure.message.contains(*sign) || failure.log.iter().any(|line| line.contains(*sign));
    let known = CAUSES.iter().find(|(signs, _)| signs.iter().any(says));
    match known {
        Some((_, what)) => Some(what),
        None => (failure.status >= 500).then_some(OTHERWISE),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failed(status: u16, message: &str, log: &[&str]) -> Failure {
        Failure {
            status,
            reason: String::new(),
            message: message.into(),
            html: None,
            log: log.iter().map(ToString::to_string).collect(),
            cancelled: false,
        }
    }

    #[test]
    fn what_helps_depends_on_the_cause() {
        let told = |status, message, log: &[&str]| advice(&failed(status, message, log)).unwrap_or_default();
        let full = "OSError: [Errno 28] No space left on device: '/home/ann/.local'";
        assert!(told(500, "It ended.", &["one", full]).contains("room left for files"));
        let killed = "The server ended before it answered. Its memory limit of 96 MiB was reached.";
        assert!(told(500, killed, &[]).contains("more memory"));
        let missing = "ModuleNotFoundError: No module named 'jupyterlab'";
        assert!(told(500, "It ended.", &[missing]).contains("~/.local"));
        assert!(told(500, "The server did not start within 60 seconds.", &[]).contains("busy"));
        assert_eq!(told(500, "It ended.", &[]), OTHERWISE);
        assert_eq!(
            told(400, "There is no such image.", &[]),
            "",
            "the message says what to do"
        );
        let cancelled = Failure {
            cancelled: true,
            ..failed(400, "Spawn cancelled", &[])
        };
        assert_eq!(advice(&cancelled), None);
    }
}
