//! The page for everything that went wrong.

use serde::Serialize;

use super::NASTY;
use crate::render::Page;

/// `error.html`, or `<status>.html` where there is one.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Error {
    pub status_code: u16,
    /// `Not Found`, `Service Unavailable`: the status in words.
    pub status_message: String,
    /// What happened, for the person who reads it.
    pub message: Option<String>,
    /// What to do about it.
    pub hint: Option<String>,
    /// Offer a link to the home page.
    pub home: bool,
}

impl Page for Error {
    const TEMPLATE: &'static str = "error.html";

    fn special_template(&self) -> Option<String> {
        Some(format!("{}.html", self.status_code))
    }

    fn samples() -> Vec<Self> {
        let error = |status_code, status_message: &str, message: Option<&str>, hint: Option<&str>| Self {
            status_code,
            status_message: status_message.into(),
            message: message.map(Into::into),
            hint: hint.map(Into::into),
            home: true,
        };
        vec![
            error(404, "Not Found", None, None),
            error(
                404,
                "Not Found",
                Some("There is no server called “lab” for galileo."),
                None,
            ),
            error(
                403,
                "Forbidden",
                Some("You may not open the server of another person."),
                Some("Ask its owner to share it with you, or ask an admin."),
            ),
            error(
                503,
                "Service Unavailable",
                Some("Your server does not answer."),
                Some("It may have been stopped. Start it again from your home page."),
            ),
            Self {
                home: false,
                ..error(
                    400,
                    "Bad Request",
                    Some("The sign-in request names an unknown client."),
                    None,
                )
            },
            error(500, NASTY, Some(NASTY), Some(NASTY)),
        ]
    }
}
