//! The page for everything that went wrong.

use serde::Serialize;

use super::NASTY;
use crate::render::Page;

/// `error.html`, or `<status>.html` where there is one.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Error {
    pub status_code: u16,
    /// `Not Found`, `Service Unavailable`: the status as programs call it.
    pub status_message: String,
    /// In a few words, for people.
    pub title: String,
    /// What happened, for the person who reads it.
    pub message: Option<String>,
    /// What to do about it.
    pub hint: Option<String>,
    /// What programs are told instead of the message, for whoever is asked for help.
    pub detail: Option<String>,
    /// Where to go on, the best first.
    pub links: Vec<ErrorLink>,
    /// Under this number the log has the cause.
    pub reference: Option<String>,
}

/// A way on. Without an address it is the same page once more.
#[derive(Debug, Clone, Serialize)]
pub struct ErrorLink {
    pub label: String,
    pub url: String,
}

impl Page for Error {
    const TEMPLATE: &'static str = "error.html";

    fn special_template(&self) -> Option<String> {
        Some(format!("{}.html", self.status_code))
    }

    fn samples() -> Vec<Self> {
        let link = |label: &str, url: &str| ErrorLink {
            label: label.into(),
            url: url.into(),
        };
        let error = |status_code, status_message: &str, title: &str, message: &str, hint: Option<&str>| Self {
            status_code,
            status_message: status_message.into(),
            title: title.into(),
            message: Some(message.into()),
            hint: hint.map(Into::into),
            links: vec![link("To your home page", "/hub/home")],
            ..Self::default()
        };
        let nothing = "There is no page at this address.";
        vec![
            error(
                404,
                "Not Found",
                "Nothing here",
                nothing,
                Some("Check the address for a typing error, or go on from your home page."),
            ),
            Self {
                detail: Some("Action is not authorized with current scopes; requires any of [admin-ui]".into()),
                links: vec![
                    link("To your home page", "/hub/home"),
                    link("Sign in as somebody else", "/hub/logout"),
                ],
                ..error(
                    403,
                    "Forbidden",
                    "You may not do this",
                    "Your account lacks the right to do it.",
                    Some("Ask an administrator for it, or sign in as somebody who has it."),
                )
            },
            Self {
                links: vec![
                    link("Try again", ""),
                    link("Start the server", "/hub/user/galileo/"),
                    link("To your home page", "/hub/home"),
                ],
                ..error(
                    503,
                    "Service Unavailable",
                    "Not available just now",
                    "Your server appears to be down.",
                    Some("Start it again from the home page."),
                )
            },
            Self {
                reference: Some("n4Xr7qTb".into()),
                links: vec![link("Try again", ""), link("To your home page", "/hub/home")],
                ..error(
                    500,
                    "Internal Server Error",
                    "Something went wrong here",
                    "The hub has met a fault of its own. Nothing that you did has caused it.",
                    Some("Try again. If it happens again, tell an administrator the number below, and when it was."),
                )
            },
            Self {
                links: Vec::new(),
                ..error(
                    400,
                    "Bad Request",
                    "This can't be done",
                    "Missing client_id parameter.",
                    None,
                )
            },
            Self {
                detail: Some(NASTY.into()),
                reference: Some(NASTY.into()),
                links: vec![link(NASTY, "/hub/home")],
                ..error(500, NASTY, NASTY, NASTY, Some(NASTY))
            },
        ]
    }
}
