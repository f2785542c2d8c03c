//! The page of one's API tokens.

use serde::Serialize;

use super::NASTY;
use crate::render::Page;

/// `token.html`. A form that asks for a token is sent to `action` as `note`, `expires_in` and `scopes`, one that ends a
/// token to `action`/`revoke` as `id`; each with `_xsrf`.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Tokens {
    pub action: String,
    /// The secret of a token that was just made. It is shown this once.
    pub made: Option<String>,
    /// Why none was made.
    pub error: Option<String>,
    /// Filled in again after a refusal.
    pub note: String,
    pub scopes: String,
    /// What a token can be given without knowing scopes by name; each is sent as `pick`.
    pub meanings: Vec<Meaning>,
    pub expirations: Vec<Expiration>,
    pub api_tokens: Vec<TokenRow>,
    pub oauth_clients: Vec<ClientRow>,
}

/// A scope in words.
#[derive(Debug, Clone, Serialize)]
pub struct Meaning {
    pub scope: String,
    pub description: String,
    /// To whose it is limited; empty for everybody's.
    pub filter: String,
    pub chosen: bool,
}

/// How long a token may live.
#[derive(Debug, Clone, Serialize)]
pub struct Expiration {
    /// In seconds; empty for as long as possible.
    pub value: String,
    pub label: String,
    pub chosen: bool,
}

/// A token that somebody asked for, or that a server of theirs has.
#[derive(Debug, Clone, Serialize)]
pub struct TokenRow {
    pub id: String,
    pub note: String,
    pub scopes: Vec<String>,
    /// Times as the API tells them.
    pub last_activity: Option<String>,
    pub created: Option<String>,
    pub expires_at: Option<String>,
}

/// A server or service that may act for somebody.
#[derive(Debug, Clone, Serialize)]
pub struct ClientRow {
    pub description: String,
    /// One of its tokens: to revoke that one is to revoke all.
    pub token_id: String,
    pub token_count: usize,
    pub scopes: Vec<String>,
    pub last_activity: Option<String>,
    pub created: Option<String>,
}

impl Page for Tokens {
    const TEMPLATE: &'static str = "token.html";

    fn samples() -> Vec<Self> {
        let expiration = |value: &str, label: &str, chosen| Expiration {
            value: value.into(),
            label: label.into(),
            chosen,
        };
        let meaning = |scope: &str, description: &str, filter: &str, chosen| Meaning {
            scope: scope.into(),
            description: description.into(),
            filter: filter.into(),
            chosen,
        };
        let time = || Some("2026-11-21T06:03:52.824302Z".to_owned());
        let none = Self {
            action: "/hub/token".into(),
            expirations: vec![expiration("3600", "1 Hour", false), expiration("", "Never", true)],
            meanings: vec![
                meaning("access:servers!user", "Use servers", "only you", false),
                meaning("list:users", "List users", "", true),
            ],
            ..Self::default()
        };
        let token = TokenRow {
            id: "a7".into(),
            note: "For the telescope's notebook".into(),
            scopes: vec!["inherit".into()],
            last_activity: time(),
            created: time(),
            expires_at: None,
        };
        let client = ClientRow {
            description: "Server at /user/galileo/".into(),
            token_id: "a9".into(),
            token_count: 2,
            scopes: vec!["access:servers!server=galileo/".into(), "read:users:name!user".into()],
            last_activity: None,
            created: time(),
        };
        let nasty = TokenRow {
            id: NASTY.into(),
            note: NASTY.into(),
            scopes: vec![NASTY.into()],
            ..token.clone()
        };
        vec![
            none.clone(),
            Self {
                made: Some("0123456789abcdef0123456789abcdef".into()),
                api_tokens: vec![token.clone()],
                ..none.clone()
            },
            Self {
                api_tokens: vec![
                    TokenRow {
                        expires_at: time(),
                        last_activity: None,
                        ..token.clone()
                    },
                    token,
                ],
                oauth_clients: vec![client.clone()],
                ..none.clone()
            },
            Self {
                error: Some("Scope 'telescopes' for token does not exist".into()),
                note: "Telescopes".into(),
                scopes: "telescopes".into(),
                ..none.clone()
            },
            Self {
                made: Some(NASTY.into()),
                error: Some(NASTY.into()),
                note: NASTY.into(),
                scopes: NASTY.into(),
                expirations: vec![expiration(NASTY, NASTY, true)],
                meanings: vec![meaning(NASTY, NASTY, NASTY, false)],
                api_tokens: vec![nasty],
                oauth_clients: vec![ClientRow {
                    description: NASTY.into(),
                    token_id: NASTY.into(),
                    scopes: vec![NASTY.into()],
                    ..client
                }],
                ..none
            },
        ]
    }
}
