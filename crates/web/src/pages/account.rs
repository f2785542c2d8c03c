//! Pages of signing in and out, and of the first password.

use serde::Serialize;

use super::{CaptchaBox, NASTY};
use crate::render::Page;

/// `login.html`: a form, other ways to sign in, or both.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Login {
    /// Where to go afterwards, as the browser sent it.
    pub next: String,
    /// Filled in again after a failure.
    pub username: String,
    pub login_error: Option<String>,
    /// Where the form is sent; carries `next`.
    pub authenticator_login_url: String,
    /// Ask for name and password here.
    pub form: bool,
    pub redirects: Vec<LoginLink>,
    pub request_otp: bool,
    /// Where people make an account themselves.
    pub sign_up_url: Option<String>,
    /// Where people ask for another password.
    pub reset_url: Option<String>,
    /// Too many have failed: programs are to be kept out.
    pub captcha: Option<CaptchaBox>,
}

/// Another way to sign in, on another site.
#[derive(Debug, Clone, Serialize)]
pub struct LoginLink {
    pub label: String,
    pub url: String,
}

impl Page for Login {
    const TEMPLATE: &'static str = "login.html";

    fn samples() -> Vec<Self> {
        let form = Self {
            next: "/hub/home".into(),
            authenticator_login_url: "/hub/login?next=%2Fhub%2Fhome".into(),
            form: true,
            ..Self::default()
        };
        let university = LoginLink {
            label: "Sign in with Example University".into(),
            url: "/hub/oauth_login".into(),
        };
        vec![
            form.clone(),
            Self {
                username: "galileo".into(),
                login_error: Some("The name or the password is wrong. Please try again.".into()),
                request_otp: true,
                ..form.clone()
            },
            Self {
                redirects: vec![university.clone()],
                sign_up_url: Some("/hub/signup".into()),
                reset_url: Some("/hub/forgot-password".into()),
                captcha: Some(CaptchaBox::sample()),
                ..form.clone()
            },
            Self {
                form: false,
                redirects: vec![university],
                ..form.clone()
            },
            Self {
                next: format!("/hub/home?{NASTY}"),
                username: NASTY.into(),
                login_error: Some(NASTY.into()),
                authenticator_login_url: format!("/hub/login?next={NASTY}"),
                redirects: vec![LoginLink {
                    label: NASTY.into(),
                    url: format!("/hub/{NASTY}"),
                }],
                ..form
            },
        ]
    }
}

/// `setup.html`: a one-time link makes the first admin, takes an invitation up, or chooses another password.
///
/// The form sends `username`, `password`, `password_again`, `token` and `_xsrf`.
#[derive(Debug, Clone, Serialize)]
pub struct Setup {
    pub token: String,
    /// Where the form is sent.
    pub action: String,
    /// The name that an invitation is for: it cannot be changed.
    pub username: Option<String>,
    pub purpose: SetupPurpose,
    pub error: Option<String>,
    pub password_min_length: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SetupPurpose {
    /// The first admin of a fresh hub.
    Setup,
    /// Somebody an admin has invited, or who needs a new password.
    Invite,
    /// Whoever has the link makes an account by a name of their choice.
    Join,
    /// Somebody who has forgotten their password.
    Reset,
}

impl Page for Setup {
    const TEMPLATE: &'static str = "setup.html";

    fn samples() -> Vec<Self> {
        let setup = Self {
            token: "one-time".into(),
            action: "/hub/setup".into(),
            username: None,
            purpose: SetupPurpose::Setup,
            error: None,
            password_min_length: 10,
        };
        vec![
            setup.clone(),
            Self {
                error: Some("The two passwords differ. Please type the same one twice.".into()),
                ..setup.clone()
            },
            Self {
                username: Some("marius".into()),
                action: "/hub/invite".into(),
                purpose: SetupPurpose::Invite,
                ..setup.clone()
            },
            Self {
                purpose: SetupPurpose::Join,
                ..setup.clone()
            },
            Self {
                username: Some("marius".into()),
                purpose: SetupPurpose::Reset,
                ..setup
            },
            Self {
                token: NASTY.into(),
                action: format!("/hub/setup?{NASTY}"),
                username: Some(NASTY.into()),
                purpose: SetupPurpose::Invite,
                error: Some(NASTY.into()),
                password_min_length: 0,
            },
        ]
    }
}

/// `logout.html`: signed out, for sites where the sign-in page would sign in again at once.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Logout {}

impl Page for Logout {
    const TEMPLATE: &'static str = "logout.html";

    fn samples() -> Vec<Self> {
        vec![Self {}]
    }
}
