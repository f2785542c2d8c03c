//! Why a letter was not sent, for whoever has to do something about it.

use std::fmt;

use lettre::address::AddressError;
use lettre::transport::smtp::Error;

use crate::{Security, Settings};

/// What happened, what the server or the system said of it, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub what: String,
    pub cause: String,
    pub hint: Option<&'static str>,
    /// It may go better later.
    pub passes: bool,
    /// It is about this letter; others may be sent.
    pub about_letter: bool,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.cause.as_str() {
            "" => f.write_str(&self.what),
            cause => write!(f, "{}: {cause}", self.what),
        }
    }
}

impl std::error::Error for Fault {}

impl Fault {
    fn new(what: String, cause: impl Into<String>) -> Self {
        Self {
            what,
            cause: short(&cause.into()),
            hint: None,
            passes: true,
            about_letter: false,
        }
    }

    fn hint(self, hint: &'static str) -> Self {
        Self {
            hint: Some(hint),
            ..self
        }
    }

    /// The server has looked at this letter.
    fn of_letter(self, passes: bool) -> Self {
        Self {
            passes,
            about_letter: true,
            ..self
        }
    }
}

pub(crate) fn told(settings: &Settings, error: &Error) -> Fault {
    let server = format!("the mail server {}:{}", settings.host, settings.port);
    let cause = std::error::Error::source(error).map_or_else(|| error.to_string(), deepest);
    if let Some(code) = error.status() {
        return refused(&server, &code.to_string(), &cause, error.is_transient());
    }
    if cause.contains("certificate") {
        return Fault::new(format!("{server} can't show who it is"), cause).hint(
            "name the authority of its certificate with `ca_file` in [mail], and the server as its certificate does",
        );
    }
    if cause.contains("STARTTLS") {
        return Fault::new(format!("{server} has no STARTTLS, so nothing was said to it"), cause).hint(
            "take `smtps://` if it has TLS on another port; for a server without TLS on your own machine or network, set `insecure = true` in [mail]",
        );
    }
    if cause.contains("authentication mechanism") {
        return Fault::new(format!("{server} takes no user and password"), cause)
            .hint("leave out `user` and `password` in [mail], or name the port for sending with them, which is often 587 or 465");
    }
    if error.is_timeout() {
        return late(settings);
    }
    let hint = match settings.security {
        Security::Tls => {
            "check `url` in [mail]: `smtps://` is for servers with TLS from the first byte, often on port 465"
        }
        _ => "check `url` in [mail], and that this machine may connect to that port",
    };
    Fault::new(format!("{server} can't be spoken to"), cause).hint(hint)
}

/// The server has said so, in its own words and with a number.
fn refused(server: &str, code: &str, words: &str, passes: bool) -> Fault {
    let cause = format!("{code} {words}");
    match code {
        "534" | "535" | "538" => Fault::new(format!("{server} does not take this user and password"), cause)
            .hint("check `user` and `password` in [mail]"),
        "530" => Fault::new(format!("{server} wants to know who sends"), cause)
            .hint("set `user` and `password` in [mail]"),
        "421" | "454" => Fault::new(format!("{server} has no time now"), cause),
        _ if passes => Fault::new(format!("{server} does not take this letter now"), cause).of_letter(true),
        _ => Fault::new(format!("{server} does not take this letter"), cause)
            .hint("check the address that it goes to, and `from` in [mail]: many servers take only addresses of their own")
            .of_letter(false),
    }
}

pub(crate) fn late(settings: &Settings) -> Fault {
    let (host, port) = (&settings.host, settings.port);
    Fault::new(
        format!(
            "the mail server {host}:{port} has not taken the letter within {} s",
            settings.timeout.as_secs()
        ),
        "",
    )
    .hint("check `url` in [mail], and that no firewall is between; `smtp://` and `smtps://` are for different ports")
}

pub(crate) fn no_address(to: &str, error: AddressError) -> Fault {
    Fault::new(format!("\"{}\" is no mail address", short(to)), error.to_string()).of_letter(false)
}

pub(crate) fn unwritable(error: &dyn fmt::Display) -> Fault {
    Fault::new("this letter can't be written".to_owned(), error.to_string()).of_letter(false)
}

fn deepest(error: &(dyn std::error::Error + 'static)) -> String {
    let mut last = error;
    while let Some(cause) = last.source() {
        last = cause;
    }
    last.to_string()
}

/// What servers say is one line of a bounded length.
fn short(text: &str) -> String {
    const MOST: usize = 300;
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    words.chars().filter(|c| !c.is_control()).take(MOST).collect()
}
