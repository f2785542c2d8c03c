//! The page that asks whether a server or service may act for somebody.

use serde::Serialize;

use super::NASTY;
use crate::render::Page;

/// `oauth.html`. The form is sent to `action_url` with `_xsrf` and each of `allowed_scopes` as a hidden `scopes`.
#[derive(Debug, Clone, Default, Serialize)]
pub struct OauthConfirm {
    /// What asks, in words.
    pub client_description: String,
    pub client_id: String,
    /// The host that the answer goes to, if it is another one.
    pub redirect_host: Option<String>,
    pub scopes: Vec<ScopeLine>,
    pub allowed_scopes: Vec<String>,
    pub action_url: String,
}

/// One right, as a person reads it.
#[derive(Debug, Clone, Serialize)]
pub struct ScopeLine {
    pub scope: String,
    pub description: String,
    /// Whom or what the right is limited to; empty for everything.
    pub filter: String,
}

impl Page for OauthConfirm {
    const TEMPLATE: &'static str = "oauth.html";

    fn samples() -> Vec<Self> {
        let line = |scope: &str, description: &str, filter: &str| ScopeLine {
            scope: scope.into(),
            description: description.into(),
            filter: filter.into(),
        };
        vec![
            Self {
                client_description: "Server at /user/kepler/".into(),
                client_id: "jupyterhub-user-kepler".into(),
                redirect_host: None,
                scopes: vec![
                    line(
                        "access:servers",
                        "Access user servers via API or browser.",
                        "Server: kepler/",
                    ),
                    line("read:users:name", "Read names of users.", "User: galileo"),
                    line("read:users:groups", "Read users’ group membership.", "User: galileo"),
                ],
                allowed_scopes: vec![
                    "access:servers!server=kepler/".into(),
                    "read:users:name!user".into(),
                    "read:users:groups!user".into(),
                ],
                action_url: "/hub/api/oauth2/authorize?client_id=jupyterhub-user-kepler&response_type=code".into(),
            },
            Self {
                client_description: "Grader".into(),
                client_id: "service-grader".into(),
                redirect_host: Some("grader.example.org".into()),
                scopes: Vec::new(),
                allowed_scopes: Vec::new(),
                action_url: "/hub/api/oauth2/authorize?client_id=service-grader".into(),
            },
            Self {
                client_description: NASTY.into(),
                client_id: NASTY.into(),
                redirect_host: Some(NASTY.into()),
                scopes: vec![line(NASTY, NASTY, NASTY)],
                allowed_scopes: vec![NASTY.into()],
                action_url: format!("/hub/api/oauth2/authorize?{NASTY}"),
            },
        ]
    }
}
