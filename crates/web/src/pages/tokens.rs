//! The tokens of everybody, and what is shared with whom, for whoever looks after them.

use serde::Serialize;

use super::NASTY;
use crate::render::Page;

/// `admin-tokens.html`: tokens, the newest first. A form is sent to `action_url` with `revoke`, the id of a token.
#[derive(Debug, Clone, Default, Serialize)]
pub struct AllTokens {
    pub asked: TokensQuery,
    pub tokens: Vec<AnyToken>,
    pub list_url: String,
    pub action_url: String,
    pub first_url: Option<String>,
    pub next_url: Option<String>,
    /// Whose token was just revoked.
    pub revoked: Option<String>,
    pub problem: Option<String>,
}

/// Which tokens were asked for; empty texts are no filters.
#[derive(Debug, Clone, Default, Serialize)]
pub struct TokensQuery {
    pub owner: String,
    /// `own` or `issued`
    pub kind: String,
    /// `endless`
    pub expiry: String,
    /// For so many days nobody has used them.
    pub unused: String,
}

/// A token, without its secret, which nobody knows.
#[derive(Debug, Clone, Default, Serialize)]
pub struct AnyToken {
    /// `a12`
    pub id: String,
    pub owner: String,
    pub owner_url: String,
    /// Whether it is a service's.
    pub of_service: bool,
    pub note: String,
    pub scopes: Vec<String>,
    /// The application that it was issued to.
    pub client: Option<String>,
    /// In ISO 8601.
    pub created: Option<String>,
    pub last_used: Option<String>,
    pub expires_at: Option<String>,
    pub may_revoke: bool,
}

/// `admin-shares.html`: what is shared, the newest first. A form is sent to `action_url` with `end`, the id of a share or a
/// code.
#[derive(Debug, Clone, Default, Serialize)]
pub struct AllShares {
    pub owner: String,
    pub shares: Vec<AnyShare>,
    pub codes: Vec<AnyCode>,
    pub list_url: String,
    pub action_url: String,
    pub first_url: Option<String>,
    pub next_url: Option<String>,
    /// What was just ended: the server that it was about.
    pub ended: Option<String>,
    pub problem: Option<String>,
}

#[derive(Debug, Clone, Default, Serialize)]
pub struct AnyShare {
    /// `share-12`
    pub id: String,
    /// `USER` or `USER/SERVER`
    pub server: String,
    pub with: String,
    pub with_group: bool,
    pub scopes: Vec<String>,
    /// In ISO 8601.
    pub created: String,
    pub may_end: bool,
}

#[derive(Debug, Clone, Default, Serialize)]
pub struct AnyCode {
    /// `code-12`
    pub id: String,
    pub server: String,
    pub scopes: Vec<String>,
    /// In ISO 8601.
    pub created: String,
    pub expires_at: Option<String>,
    /// How often somebody has used it.
    pub used: i64,
    pub may_end: bool,
}

impl Page for AllTokens {
    const TEMPLATE: &'static str = "admin-tokens.html";

    fn samples() -> Vec<Self> {
        let token = |owner: &str, of_service| AnyToken {
            id: "a12".into(),
            owner: owner.into(),
            owner_url: "/hub/admin/tokens?owner=ada".into(),
            of_service,
            note: format!("backup {owner}"),
            scopes: vec!["inherit".into()],
            client: of_service.then(|| owner.into()),
            created: Some("2026-11-21T08:15:30Z".into()),
            last_used: (!of_service).then(|| "2026-11-21T08:15:30Z".into()),
            expires_at: of_service.then(|| "2026-12-21T08:15:30Z".into()),
            may_revoke: true,
        };
        let empty = Self {
            list_url: "/hub/admin/tokens".into(),
            action_url: "/hub/admin/tokens?owner=ada".into(),
            ..Self::default()
        };
        vec![
            Self {
                tokens: vec![
                    token("ada", false),
                    AnyToken {
                        id: "a11".into(),
                        may_revoke: false,
                        ..token("announcer", true)
                    },
                ],
                first_url: Some("/hub/admin/tokens".into()),
                next_url: Some("/hub/admin/tokens?after=7".into()),
                ..empty.clone()
            },
            empty.clone(),
            Self {
                asked: TokensQuery {
                    owner: NASTY.into(),
                    kind: "own".into(),
                    expiry: "endless".into(),
                    unused: "90".into(),
                },
                tokens: vec![AnyToken {
                    scopes: vec![NASTY.into()],
                    ..token(NASTY, true)
                }],
                revoked: Some(NASTY.into()),
                problem: Some(NASTY.into()),
                ..empty
            },
        ]
    }
}

impl Page for AllShares {
    const TEMPLATE: &'static str = "admin-shares.html";

    fn samples() -> Vec<Self> {
        let share = |text: &str| AnyShare {
            id: "share-12".into(),
            server: format!("{text}/moons"),
            with: text.into(),
            with_group: false,
            scopes: vec!["access:servers".into()],
            created: "2026-11-21T08:15:30Z".into(),
            may_end: true,
        };
        let code = |text: &str| AnyCode {
            id: "code-3".into(),
            server: text.into(),
            scopes: vec!["access:servers".into()],
            created: "2026-11-21T08:15:30Z".into(),
            expires_at: Some("2026-11-22T08:15:30Z".into()),
            used: 2,
            may_end: true,
        };
        let empty = Self {
            list_url: "/hub/admin/shares".into(),
            action_url: "/hub/admin/shares".into(),
            ..Self::default()
        };
        vec![
            Self {
                shares: vec![
                    share("kepler"),
                    AnyShare {
                        id: "share-11".into(),
                        with_group: true,
                        may_end: false,
                        ..share("galileo")
                    },
                ],
                codes: vec![code("kepler")],
                first_url: Some("/hub/admin/shares".into()),
                next_url: Some("/hub/admin/shares?after=7".into()),
                ..empty.clone()
            },
            empty.clone(),
            Self {
                owner: NASTY.into(),
                shares: vec![share(NASTY)],
                codes: vec![AnyCode {
                    scopes: vec![NASTY.into()],
                    ..code(NASTY)
                }],
                ended: Some(NASTY.into()),
                problem: Some(NASTY.into()),
                ..empty
            },
        ]
    }
}
