//! An error that knows what to do about itself.

use std::process::ExitCode;

use perijove_config::ConfigErrors;

/// The configuration is at fault (`EX_USAGE`).
pub const USAGE: u8 = 64;

/// What happened, why, and what to do.
#[derive(Debug)]
pub struct Problem {
    what: String,
    hint: Option<String>,
    code: u8,
    cause: Option<anyhow::Error>,
}

impl Problem {
    #[must_use]
    pub fn new(what: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            hint: None,
            code: 1,
            cause: None,
        }
    }

    /// What to do about it.
    #[must_use]
    pub fn try_this(self, hint: impl Into<String>) -> Self {
        Self {
            hint: Some(hint.into()),
            ..self
        }
    }

    #[must_use]
    pub fn because(self, cause: impl Into<anyhow::Error>) -> Self {
        Self {
            cause: Some(cause.into()),
            ..self
        }
    }

    /// Something in the configuration or on the command line must be changed.
    #[must_use]
    pub fn of_usage(self) -> Self {
        Self { code: USAGE, ..self }
    }

    #[must_use]
    pub fn hint(&self) -> Option<&str> {
        self.hint.as_deref()
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.what)
    }
}

impl std::error::Error for Problem {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.cause.as_ref().map(AsRef::as_ref)
    }
}

/// The status that the program ends with.
#[must_use]
pub fn exit_code(error: &anyhow::Error) -> ExitCode {
    if error.is::<ConfigErrors>() {
        return ExitCode::from(USAGE);
    }
    let code = error
        .chain()
        .find_map(|cause| cause.downcast_ref::<Problem>())
        .map(|problem| problem.code);
    ExitCode::from(code.unwrap_or(1))
}
