//! What went wrong with an environment, for whoever waits for it.

use std::error::Error as Cause;

/// What happened, why, what to do, and the last lines of whatever said so.
#[derive(Debug, thiserror::Error)]
#[error("{what}")]
pub struct Error {
    pub what: String,
    pub hint: Option<String>,
    /// The end of a tool's output.
    pub tail: Vec<String>,
    pub kind: Kind,
    #[source]
    cause: Option<Box<dyn Cause + Send + Sync>>,
}

/// What an answer to a request is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Failed,
    /// There is no such thing.
    Unknown,
    /// The wish is wrong.
    Refused,
    /// Not as long as somebody uses it.
    InUse,
}

impl Error {
    #[must_use]
    pub fn new(what: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            hint: None,
            tail: Vec::new(),
            kind: Kind::Failed,
            cause: None,
        }
    }

    #[must_use]
    pub fn of(self, kind: Kind) -> Self {
        Self { kind, ..self }
    }

    #[must_use]
    pub fn hint(self, hint: impl Into<String>) -> Self {
        Self {
            hint: Some(hint.into()),
            ..self
        }
    }

    #[must_use]
    pub fn because(self, cause: impl Into<Box<dyn Cause + Send + Sync>>) -> Self {
        Self {
            cause: Some(cause.into()),
            ..self
        }
    }

    /// With the end of a tool's output, and what to do about what is seen there.
    #[must_use]
    pub fn with_tail(self, tail: Vec<String>) -> Self {
        let hint = self.hint.clone().or_else(|| advice(&tail).map(str::to_owned));
        Self { tail, hint, ..self }
    }
}

/// What to do about the usual troubles, by the words of `uv`, `pip` and the system.
fn advice(tail: &[String]) -> Option<&'static str> {
    const KNOWN: &[(&[&str], &str)] = &[
        (
            &["No space left on device", "os error 28", "Disk quota exceeded"],
            "free some space on the disk, or remove environments that nobody needs",
        ),
        (
            &["Hash mismatch", "DO NOT MATCH THE HASHES"],
            "the package index gave another file than the one that was locked: ask whoever runs it",
        ),
        (
            &[
                "dns error",
                "error sending request",
                "Failed to fetch",
                "Connection refused",
                "timed out",
                "Temporary failure in name resolution",
                "invalid peer certificate",
            ],
            "the package index can't be reached from here: set HTTPS_PROXY, UV_DEFAULT_INDEX or SSL_CERT_FILE for the hub",
        ),
        (
            &["ensurepip is not", "No module named venv", "No module named pip"],
            "Python's `venv` is missing (Debian: apt-get install python3-venv)",
        ),
        (
            &[
                "No solution found",
                "No matching distribution",
                "has no wheels",
                "ResolutionImpossible",
            ],
            "these packages do not go together, or not with this Python: change what is asked for",
        ),
    ];
    let said = |words: &[&str]| tail.iter().any(|line| words.iter().any(|word| line.contains(word)));
    KNOWN.iter().find(|(words, _)| said(words)).map(|(_, advice)| *advice)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_troubles_come_with_advice() {
        let tail = vec![
            "error: failed to hardlink".to_owned(),
            "caused by: No space left on device (os error 28)".to_owned(),
        ];
        let error = Error::new("it can't be built").with_tail(tail.clone());
        assert!(error.hint.unwrap().contains("free some space"));
        assert_eq!(error.tail, tail);
        assert_eq!(Error::new("x").with_tail(vec!["something new".to_owned()]).hint, None);
    }
}
