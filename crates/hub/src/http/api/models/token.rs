//! The model of an API token.

use perijove_store::tokens::Token;
use serde_json::{Value, json};

use super::Time;

/// A token without its secret.
#[must_use]
pub fn token(owner: (&str, &str), token: &Token, scopes: &[String], client: Option<&str>) -> Value {
    let mut model = json!({
        "id": format!("a{}", token.id),
        "kind": "api_token",
        "roles": [],
        "scopes": scopes,
        "created": token.created.map(Time),
        "last_activity": token.last_activity.map(Time),
        "expires_at": token.expires_at.map(Time),
        "note": token.note,
        "session_id": token.session_id,
        "oauth_client": client,
    });
    model[owner.0] = owner.1.into();
    model
}
