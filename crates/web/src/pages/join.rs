//! Ways to an account of one's own: invitations, a forgotten password, a mail address that is confirmed.

use serde::Serialize;

use super::NASTY;
use crate::render::Page;

/// What a page shows of a service that tells people from programs.
#[derive(Debug, Clone, Default, Serialize)]
pub struct CaptchaBox {
    pub script_url: String,
    /// By which the script finds its place.
    pub class: String,
    pub key: String,
}

impl CaptchaBox {
    pub(crate) fn sample() -> Self {
        Self {
            script_url: "https://captcha.example.org/api.js".into(),
            class: "captcha".into(),
            key: "public-key".into(),
        }
    }
}

/// `forgot-password.html`. The form sends `who` (a name or a mail address) and `_xsrf`.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Forgot {
    pub action: String,
    pub login_url: String,
    /// How long the link holds.
    pub minutes: i64,
    pub error: Option<String>,
    /// It was asked for.
    pub done: bool,
}

impl Page for Forgot {
    const TEMPLATE: &'static str = "forgot-password.html";

    fn samples() -> Vec<Self> {
        let plain = Self {
            action: "/hub/forgot-password".into(),
            login_url: "/hub/login".into(),
            minutes: 30,
            ..Self::default()
        };
        vec![
            plain.clone(),
            Self {
                error: Some(NASTY.into()),
                ..plain.clone()
            },
            Self { done: true, ..plain },
        ]
    }
}

/// `confirm.html`: a mail address is somebody's own. The form sends `_xsrf`: programs that look through mail follow links.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Confirm {
    pub action: String,
    pub login_url: String,
    pub name: String,
    pub email: String,
    /// With it they have an account.
    pub makes_account: bool,
    /// What has come of it, instead of the form.
    pub done: Option<String>,
}

impl Page for Confirm {
    const TEMPLATE: &'static str = "confirm.html";

    fn samples() -> Vec<Self> {
        let plain = Self {
            action: "/hub/confirm/sample".into(),
            login_url: "/hub/login".into(),
            name: "galileo".into(),
            email: "galileo@example.org".into(),
            ..Self::default()
        };
        vec![
            plain.clone(),
            Self {
                makes_account: true,
                name: NASTY.into(),
                email: NASTY.into(),
                ..plain.clone()
            },
            Self {
                done: Some("Your account is there. Sign in with your password.".into()),
                ..plain
            },
        ]
    }
}

/// `invitations.html`: invitations for whoever has the link. The forms are sent to `action`, with `do` (`make` or
/// `revoke`), and `_xsrf`; the first with `email`, `groups`, `uses` and `days`, the second with `id`.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Invitations {
    pub action: String,
    pub invitations: Vec<InvitationRow>,
    /// Can be sent by mail.
    pub mails: bool,
    pub draft: InvitationDraft,
    /// Just made, shown this once.
    pub made: Option<String>,
    /// What else has just happened.
    pub done: Option<String>,
    pub error: Option<String>,
}

#[derive(Debug, Clone, Default, Serialize)]
pub struct InvitationRow {
    pub id: i64,
    pub by: String,
    pub email: Option<String>,
    pub groups: Vec<String>,
    pub uses_left: i64,
    /// In ISO 8601.
    pub expires_at: String,
}

/// What was typed.
#[derive(Debug, Clone, Serialize)]
pub struct InvitationDraft {
    pub email: String,
    pub groups: String,
    pub uses: String,
    pub days: String,
}

impl Default for InvitationDraft {
    fn default() -> Self {
        Self {
            email: String::new(),
            groups: String::new(),
            uses: "1".to_owned(),
            days: "7".to_owned(),
        }
    }
}

impl Page for Invitations {
    const TEMPLATE: &'static str = "invitations.html";

    fn samples() -> Vec<Self> {
        let row = |email: Option<&str>, group: &str| InvitationRow {
            id: 7,
            by: group.into(),
            email: email.map(str::to_owned),
            groups: vec![group.into(), "students".into()],
            uses_left: 30,
            expires_at: "2026-12-24T18:00:00.000000Z".into(),
        };
        let plain = Self {
            action: "/hub/admin/invitations".into(),
            ..Self::default()
        };
        vec![
            plain.clone(),
            Self {
                invitations: vec![row(None, "class"), row(Some("galileo@example.org"), "class")],
                mails: true,
                made: Some("https://hub.example.org/hub/setup?token=sample".into()),
                done: Some("The invitation is made.".into()),
                ..plain.clone()
            },
            Self {
                invitations: vec![row(Some(NASTY), NASTY)],
                mails: true,
                draft: InvitationDraft {
                    email: NASTY.into(),
                    groups: NASTY.into(),
                    uses: NASTY.into(),
                    days: NASTY.into(),
                },
                error: Some(NASTY.into()),
                ..plain
            },
        ]
    }
}
