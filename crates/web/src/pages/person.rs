//! The pages of one's own account: sessions, password, one-time codes, ways to sign in.

use serde::Serialize;

use super::{CaptchaBox, NASTY};
use crate::render::Page;

/// `account.html`. Its forms are sent to `action`/`sessions`, `/email`, `/codes`, `/passkeys`, `/unlink`; each with `_xsrf`.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Account {
    pub action: String,
    /// Where a new password is chosen; nothing if there is none to change.
    pub password_url: Option<String>,
    /// What has just happened.
    pub done: Option<String>,
    pub error: Option<String>,
    /// The tag of the language that they have chosen.
    pub language: Option<String>,
    /// Nothing where the hub can't write to people, or where nothing would be written.
    pub email: Option<Email>,
    pub sessions: Vec<SessionRow>,
    /// Nothing where the hub has no codes for this account.
    pub codes: Option<Codes>,
    /// Nothing where the hub has no passkeys for this account.
    pub passkeys: Option<Passkeys>,
    pub linked: Vec<LinkedRow>,
    /// Other ways to sign in that can be linked; each is a form's address.
    pub linkable: Vec<LinkableRow>,
}

/// Where the hub writes to.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Email {
    /// Nothing if there is none yet.
    pub address: Option<String>,
}

/// A browser in which somebody is signed in.
#[derive(Debug, Clone, Serialize)]
pub struct SessionRow {
    pub id: i64,
    /// In a few words; nothing if that can't be told.
    pub agent: String,
    /// As the browser itself says it.
    pub agent_whole: String,
    pub address: String,
    pub created: String,
    pub last_seen: String,
    /// The one that looks at the page.
    pub is_this: bool,
    /// Who acts as them in it.
    pub acted_by: Option<String>,
}

/// Passkeys.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Passkeys {
    /// Where the script asks what to ask the browser.
    pub options_url: String,
    pub rows: Vec<PasskeyRow>,
}

#[derive(Debug, Clone, Serialize)]
pub struct PasskeyRow {
    pub id: i64,
    pub name: String,
    /// The domain at which it can be used.
    pub site: String,
    pub created: String,
    pub last_used: Option<String>,
}

/// One-time codes.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Codes {
    /// Since when they are asked for.
    pub since: Option<String>,
    pub recovery_left: i64,
    /// To be confirmed by a code.
    pub proposed: Option<Proposed>,
    /// Shown this once.
    pub recovery: Vec<String>,
}

/// A secret that an app is to take.
#[derive(Debug, Clone, Serialize)]
pub struct Proposed {
    /// SVG of our own making.
    pub picture: String,
    /// In base32, for typing.
    pub secret: String,
}

/// A way to sign in that leads to this account.
#[derive(Debug, Clone, Serialize)]
pub struct LinkedRow {
    pub method: String,
    pub subject: String,
    pub linked: String,
}

#[derive(Debug, Clone, Serialize)]
pub struct LinkableRow {
    pub label: String,
    pub action: String,
}

impl Page for Account {
    const TEMPLATE: &'static str = "account.html";

    fn samples() -> Vec<Self> {
        let session = |id, agent: &str, is_this| SessionRow {
            id,
            agent: agent.into(),
            agent_whole: format!("Mozilla/5.0 ({agent})"),
            address: "192.0.2.7".into(),
            created: "2026-11-20T08:15:00.000000Z".into(),
            last_seen: "2026-11-21T09:30:00.000000Z".into(),
            is_this,
            acted_by: (!is_this).then(|| "ruth".to_owned()),
        };
        let plain = Self {
            action: "/hub/account".into(),
            password_url: Some("/hub/change-password".into()),
            sessions: vec![
                session(1, "Firefox on Linux", true),
                session(2, "Safari on iPhone", false),
            ],
            codes: Some(Codes::default()),
            passkeys: Some(Passkeys {
                options_url: "/hub/passkey".into(),
                rows: Vec::new(),
            }),
            email: Some(Email::default()),
            ..Self::default()
        };
        let some = |name: &str| {
            let row = |id, last_used: Option<&str>| PasskeyRow {
                id,
                name: name.into(),
                site: "hub.example.org".into(),
                created: "2026-11-20T08:15:00.000000Z".into(),
                last_used: last_used.map(str::to_owned),
            };
            Some(Passkeys {
                options_url: "/hub/passkey".into(),
                rows: vec![row(1, None), row(2, Some("2026-11-21T09:30:00.000000Z"))],
            })
        };
        let proposed = Proposed {
            picture: "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 8 8\"><path d=\"M0 0h4v4H0z\"/></svg>"
                .into(),
            secret: "JBSWY3DPEHPK3PXP".into(),
        };
        vec![
            plain.clone(),
            Self {
                codes: Some(Codes {
                    proposed: Some(proposed),
                    ..Codes::default()
                }),
                error: Some("This code does not hold. Codes change every 30 seconds.".into()),
                ..plain.clone()
            },
            Self {
                done: Some("One-time codes are asked for from now on.".into()),
                language: Some("de".into()),
                codes: Some(Codes {
                    since: Some("2026-11-21T09:30:00.000000Z".into()),
                    recovery_left: 10,
                    recovery: vec!["abcd-efgh-ijkl-mnop".into(); 10],
                    ..Codes::default()
                }),
                passkeys: some("Laptop"),
                ..plain.clone()
            },
            Self {
                action: "/hub/somewhere".into(),
                password_url: None,
                language: None,
                done: Some(NASTY.into()),
                error: Some(NASTY.into()),
                email: Some(Email {
                    address: Some(NASTY.into()),
                }),
                sessions: vec![session(3, NASTY, true)],
                codes: None,
                passkeys: some(NASTY),
                linked: vec![LinkedRow {
                    method: NASTY.into(),
                    subject: NASTY.into(),
                    linked: "2026-11-21T09:30:00.000000Z".into(),
                }],
                linkable: vec![LinkableRow {
                    label: NASTY.into(),
                    action: "/hub/somewhere".into(),
                }],
            },
        ]
    }
}

/// `change-password.html`. The form sends `old_password`, `new_password`, `new_password_confirmation` and `_xsrf`.
#[derive(Debug, Clone, Default, Serialize)]
pub struct ChangePassword {
    pub action: String,
    pub username: String,
    pub error: Option<String>,
    pub password_min_length: usize,
}

impl Page for ChangePassword {
    const TEMPLATE: &'static str = "change-password.html";

    fn samples() -> Vec<Self> {
        let plain = Self {
            action: "/hub/change-password".into(),
            username: "galileo".into(),
            error: None,
            password_min_length: 10,
        };
        vec![
            plain.clone(),
            Self {
                error: Some("The old password is wrong.".into()),
                ..plain
            },
            Self {
                action: "/hub/somewhere".into(),
                username: NASTY.into(),
                error: Some(NASTY.into()),
                password_min_length: 0,
            },
        ]
    }
}

/// `signup.html`. The form sends `username`, `signup_password`, `signup_password_confirmation`, perhaps `email` and
/// `tos`, and `_xsrf`.
#[derive(Debug, Clone, Default, Serialize)]
pub struct SignUp {
    pub action: String,
    pub login_url: String,
    pub username: String,
    pub email: String,
    pub error: Option<String>,
    /// What has come of it, instead of the form.
    pub done: Option<String>,
    pub asks_for_email: bool,
    /// Mail addresses with which nobody has to wait.
    pub domains: Vec<String>,
    pub captcha: Option<CaptchaBox>,
    /// Terms of service: HTML of the configuration.
    pub terms: Option<String>,
    pub password_min_length: usize,
}

impl Page for SignUp {
    const TEMPLATE: &'static str = "signup.html";

    fn samples() -> Vec<Self> {
        let plain = Self {
            action: "/hub/signup".into(),
            login_url: "/hub/login".into(),
            password_min_length: 10,
            ..Self::default()
        };
        vec![
            plain.clone(),
            Self {
                asks_for_email: true,
                domains: vec!["example.org".into(), "cs.example.org".into()],
                captcha: Some(CaptchaBox::sample()),
                terms: Some("I agree to the <a href=\"/terms\">terms</a>.".into()),
                error: Some("This password is easy to guess.".into()),
                username: "galileo".into(),
                ..plain.clone()
            },
            Self {
                done: Some("Your account waits for an administrator.".into()),
                ..plain.clone()
            },
            Self {
                action: "/hub/somewhere".into(),
                login_url: NASTY.into(),
                username: NASTY.into(),
                email: NASTY.into(),
                error: Some(NASTY.into()),
                asks_for_email: true,
                ..plain
            },
        ]
    }
}

/// `authorize.html`: who waits for an account. Its forms are sent to `authorize`/NAME and `discard`/NAME, with `_xsrf`.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Waiting {
    pub prefix: String,
    pub done: Option<String>,
    pub people: Vec<WaitingRow>,
}

#[derive(Debug, Clone, Serialize)]
pub struct WaitingRow {
    pub name: String,
    /// The same for an address.
    pub segment: String,
    pub email: Option<String>,
    pub created: String,
    pub address: String,
}

impl Page for Waiting {
    const TEMPLATE: &'static str = "authorize.html";

    fn samples() -> Vec<Self> {
        let row = |name: &str, segment: &str| WaitingRow {
            name: name.into(),
            segment: segment.into(),
            email: Some(format!("{name}@example.org")),
            created: "2026-11-21T09:30:00.000000Z".into(),
            address: "192.0.2.7".into(),
        };
        vec![
            Self {
                prefix: "/hub/".into(),
                ..Self::default()
            },
            Self {
                prefix: "/hub/".into(),
                done: Some("ada has an account now.".into()),
                people: vec![row("galileo", "galileo"), row(NASTY, "%3Cscript")],
            },
        ]
    }
}
