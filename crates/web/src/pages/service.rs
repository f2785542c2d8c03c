//! Services, profiles and settings, for whoever looks after them.

use serde::Serialize;

use super::NASTY;
use crate::render::Page;

/// `admin-services.html`: a form is sent to `action_url` with `do` of `add`, and the fields of [`ServiceDraft`], or of
/// `delete` (then with `sure`) or `token`, and a `name`.
#[derive(Debug, Clone, Default, Serialize)]
pub struct AdminServices {
    pub services: Vec<ServiceLine>,
    pub may_add: bool,
    pub action_url: String,
    pub draft: ServiceDraft,
    /// The form changes the service of the draft, instead of making it: `do` is `change`.
    pub changes: bool,
    /// Which one is deleted once the visitor has said so again.
    pub doomed: Option<String>,
    /// What was just done: `add`, `change` or `delete`, and to which one.
    pub done: Option<(&'static str, String)>,
    /// A service, and its new token, which is shown this once.
    pub made: Option<(String, String)>,
    pub problem: Option<String>,
}

#[derive(Debug, Clone, Default, Serialize)]
pub struct ServiceLine {
    pub name: String,
    /// Where people find it, and where it listens; absent for whom nobody visits, or of which the visitor may not know.
    pub path: Option<String>,
    pub url: Option<String>,
    /// Whether it answers now; `None` for one that can't be asked.
    pub answers: Option<bool>,
    /// The hub runs it, as this process if it runs.
    pub managed: bool,
    pub pid: Option<i64>,
    pub from_config: bool,
    pub admin: bool,
    pub client_id: Option<String>,
    pub roles: Vec<String>,
    pub may_delete: bool,
    /// The page with a form to change it, for whoever may.
    pub change_url: Option<String>,
}

/// What was typed.
#[derive(Debug, Clone, Default, Serialize)]
pub struct ServiceDraft {
    pub name: String,
    pub url: String,
    pub oauth_redirect_uri: String,
    pub oauth_client_allowed_scopes: String,
    pub display: bool,
    pub oauth_no_confirm: bool,
}

/// `admin-profiles.html`: what servers can be started as, who may have it, and how many run now.
#[derive(Debug, Clone, Default, Serialize)]
pub struct AdminProfiles {
    pub profiles: Vec<ProfileLine>,
    /// Servers that run or are on their way without a profile of the configuration.
    pub others: i64,
}

#[derive(Debug, Clone, Default, Serialize)]
pub struct ProfileLine {
    pub slug: String,
    pub title: String,
    pub description: String,
    pub default: bool,
    /// For whom the profile itself says that it is; all of them empty: for everybody.
    pub users: Vec<String>,
    pub groups: Vec<String>,
    pub roles: Vec<String>,
    pub claims: Vec<String>,
    /// Whether entitlements say more about who may have it.
    pub entitled: bool,
    /// By their names in the configuration, as it writes them: `memory` and `8 GiB`.
    pub limits: Vec<(&'static str, String)>,
    pub environment: Option<String>,
    pub running: i64,
    /// The list of those servers, for whoever may see it.
    pub running_url: Option<String>,
}

/// `admin-settings.html`: what the configuration comes to, and where each value is from.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Settings {
    pub sections: Vec<SettingsSection>,
    /// Whether what nobody has set is there, too.
    pub all: bool,
    pub list_url: String,
}

#[derive(Debug, Clone, Default, Serialize)]
pub struct SettingsSection {
    /// `[hub]`, `[[profile]]`
    pub heading: String,
    pub settings: Vec<SettingLine>,
}

#[derive(Debug, Clone, Default, Serialize)]
pub struct SettingLine {
    pub key: String,
    /// As it would be written in the file; `None` if it is a secret, or may be one.
    pub value: Option<String>,
    /// `default`, `file` or `environment`
    pub origin: &'static str,
    /// Of the environment.
    pub variable: Option<String>,
}

impl Page for AdminServices {
    const TEMPLATE: &'static str = "admin-services.html";

    fn samples() -> Vec<Self> {
        let line = |text: &str, from_config| ServiceLine {
            name: text.into(),
            path: Some("/services/announcer/".into()),
            url: Some(format!("http://127.0.0.1:9000/{text}")),
            answers: Some(from_config),
            managed: false,
            pid: None,
            from_config,
            admin: from_config,
            client_id: Some(format!("service-{text}")),
            roles: vec![text.into()],
            may_delete: !from_config,
            change_url: (!from_config).then(|| "/hub/admin/services?change=grader".into()),
        };
        let page = Self {
            may_add: true,
            action_url: "/hub/admin/services".into(),
            draft: ServiceDraft {
                display: true,
                ..ServiceDraft::default()
            },
            ..Self::default()
        };
        vec![
            Self {
                services: vec![
                    line("announcer", true),
                    line("grader", false),
                    ServiceLine {
                        name: "culler".into(),
                        managed: true,
                        pid: Some(4321),
                        from_config: true,
                        ..ServiceLine::default()
                    },
                ],
                done: Some(("add", "grader".into())),
                ..page.clone()
            },
            Self {
                may_add: false,
                ..page.clone()
            },
            Self {
                changes: true,
                made: Some(("grader".into(), "7f3c0b9a52de4f1e8b6d0a94c1e27f35".into())),
                draft: ServiceDraft {
                    name: "grader".into(),
                    ..page.draft.clone()
                },
                ..page.clone()
            },
            Self {
                services: vec![line(NASTY, false)],
                doomed: Some(NASTY.into()),
                done: Some(("delete", NASTY.into())),
                made: Some((NASTY.into(), NASTY.into())),
                problem: Some(NASTY.into()),
                draft: ServiceDraft {
                    name: NASTY.into(),
                    url: NASTY.into(),
                    oauth_redirect_uri: NASTY.into(),
                    oauth_client_allowed_scopes: NASTY.into(),
                    display: false,
                    oauth_no_confirm: true,
                },
                ..page
            },
        ]
    }
}

impl Page for AdminProfiles {
    const TEMPLATE: &'static str = "admin-profiles.html";

    fn samples() -> Vec<Self> {
        let line = |text: &str| ProfileLine {
            slug: text.into(),
            title: text.into(),
            description: format!("For {text}"),
            users: vec![text.into()],
            groups: vec![text.into()],
            roles: vec![text.into()],
            claims: vec![text.into()],
            limits: vec![("cpu", "4".into()), ("memory", "8 GiB".into())],
            environment: Some(text.into()),
            running: 3,
            running_url: Some("/hub/admin/servers?profile=large".into()),
            ..ProfileLine::default()
        };
        vec![
            Self {
                profiles: vec![
                    ProfileLine {
                        slug: "small".into(),
                        title: "Small".into(),
                        default: true,
                        ..ProfileLine::default()
                    },
                    ProfileLine {
                        entitled: true,
                        ..line("large")
                    },
                ],
                others: 2,
            },
            Self::default(),
            Self {
                profiles: vec![line(NASTY)],
                others: 0,
            },
        ]
    }
}

impl Page for Settings {
    const TEMPLATE: &'static str = "admin-settings.html";

    fn samples() -> Vec<Self> {
        let line = |key: &str, value: Option<&str>, origin| SettingLine {
            key: key.into(),
            value: value.map(Into::into),
            origin,
            variable: (origin == "environment").then(|| key.to_uppercase()),
        };
        let section = |heading: &str, settings| SettingsSection {
            heading: heading.into(),
            settings,
        };
        let set = vec![
            line("base_url", Some("\"/lab/\""), "file"),
            line("cookie_secret", None, "environment"),
        ];
        vec![
            Self {
                sections: vec![section("[hub]", set.clone()), section("[[auth]] 1", set)],
                all: false,
                list_url: "/hub/admin/settings".into(),
            },
            Self {
                sections: vec![section(
                    "[hub]",
                    vec![line("listen", Some("\"127.0.0.1:8081\""), "default")],
                )],
                all: true,
                list_url: "/hub/admin/settings".into(),
            },
            Self {
                sections: vec![section("[hub]", vec![line("base_url", Some(NASTY), "file")])],
                ..Self::default_url()
            },
            Self::default_url(),
        ]
    }
}

impl Settings {
    fn default_url() -> Self {
        Self {
            list_url: "/hub/admin/settings".into(),
            ..Self::default()
        }
    }
}
