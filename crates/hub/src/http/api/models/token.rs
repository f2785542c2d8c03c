//! The model of an API token.

use std::collections::HashMap;
use std::sync::Arc;

use perijove_model::scopes::{GroupsOf, Owner};
use perijove_store::tokens::Token;
use perijove_store::users::User;
use serde::Serialize;
use utoipa::ToSchema;

use super::Time;
use crate::Hub;
use crate::http::clients::{self, Client, ClientNames};
use crate::http::error::Result;
use crate::http::visitor;

/// An API token of a person. The secret itself is told only when it is made.
#[derive(Debug, Serialize, ToSchema)]
pub struct TokenModel {
    /// Whose it is.
    user: String,
    pub id: String,
    /// `api_token`
    kind: &'static str,
    /// Always empty: tokens have scopes.
    roles: [String; 0],
    /// What it may do at this moment.
    pub scopes: Vec<String>,
    pub created: Option<Time>,
    pub last_activity: Option<Time>,
    pub expires_at: Option<Time>,
    pub note: Option<String>,
    /// The browser's session that it came of and ends with.
    session_id: Option<String>,
    /// What it was issued to: a server, a service, or `JupyterHub` where somebody asked for it.
    pub oauth_client: Option<String>,
    /// The secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
}

/// The models of tokens of one person.
pub async fn tokens(hub: &Hub, user: &User, tokens: &[Token]) -> Result<Vec<TokenModel>> {
    let (_, groups, held) = visitor::user_scopes(hub, user.clone()).await?;
    let membership = GroupsOf {
        user: &user.name,
        groups: &groups,
    };
    let owner = Owner::User(&user.name);
    let mut issuers: HashMap<&str, Arc<Client>> = HashMap::new();
    for client_id in tokens.iter().filter_map(|token| token.client_id.as_deref()) {
        if !issuers.contains_key(client_id)
            && let Some(client) = clients::client(hub, client_id).await?
        {
            issuers.insert(client_id, client);
        }
    }
    let model = |token: &Token| {
        let issuer = token.client_id.as_deref().and_then(|id| issuers.get(id));
        let client = issuer.and_then(|issuer| issuer.names.as_ref());
        let client = client.map(ClientNames::resource);
        let scopes = &token.scopes;
        let scopes = hub
            .catalog
            .token_scopes(scopes, &owner, client.as_ref(), &held, &membership);
        TokenModel {
            user: user.name.clone(),
            id: format!("a{}", token.id),
            kind: "api_token",
            roles: [],
            scopes: scopes.to_strings(),
            created: token.created.map(Time),
            last_activity: token.last_activity.map(Time),
            expires_at: token.expires_at.map(Time),
            note: token.note.clone(),
            session_id: token.session_id.clone(),
            oauth_client: issuer.map(|issuer| issuer.described().to_owned()),
            token: None,
        }
    };
    Ok(tokens.iter().map(model).collect())
}
