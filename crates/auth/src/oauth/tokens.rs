//! Tokens: a code is turned into them, they are kept, renewed and given back.

use jiff::Timestamp;
use perijove_model::Secret;
use serde_json::{Map, Value, json};

use crate::AuthError;
use crate::web::{Proof, Reply};

use super::OAuth;
use super::preset::{Trouble, refused};
use super::provider::{Endpoints, bounded};

/// Renewed a little before they run out.
const EARLY: i64 = 30;

pub struct Tokens {
    pub access: Secret,
    pub refresh: Option<Secret>,
    pub id: Option<Secret>,
    /// It came with the others; else it is from earlier.
    pub id_is_new: bool,
    pub scope: Vec<String>,
    /// In seconds since 1970.
    until: Option<i64>,
    /// All that came with them.
    pub answer: Value,
}

fn text(value: &Value, name: &str) -> Option<Secret> {
    let text = value.get(name).and_then(Value::as_str);
    text.filter(|text| !text.is_empty()).map(Secret::new)
}

/// GitHub parts them with commas.
fn scopes(value: &Value) -> Option<Vec<String>> {
    match value {
        Value::String(text) => {
            let parts = text.split([' ', ',']).filter(|part| !part.is_empty());
            Some(parts.map(str::to_owned).collect())
        }
        Value::Array(list) => Some(list.iter().filter_map(Value::as_str).map(str::to_owned).collect()),
        _ => None,
    }
}

impl Tokens {
    /// From an answer. What is not said of scopes is as it was asked for (RFC 6749 5.1).
    fn of(answer: Value, asked: &[String], now: Timestamp) -> Option<Self> {
        let lasts = answer.get("expires_in");
        let lasts = lasts.and_then(|lasts| lasts.as_i64().or_else(|| lasts.as_str()?.parse().ok()));
        Some(Self {
            access: text(&answer, "access_token")?,
            refresh: text(&answer, "refresh_token"),
            id: text(&answer, "id_token"),
            id_is_new: true,
            scope: answer.get("scope").and_then(scopes).unwrap_or_else(|| asked.to_vec()),
            until: lasts.map(|lasts| now.as_second().saturating_add(lasts)),
            answer,
        })
    }

    /// From `auth_state`, which may be oauthenticator's.
    pub fn read(state: &Value) -> Self {
        Self {
            access: text(state, "access_token").unwrap_or_default(),
            refresh: text(state, "refresh_token"),
            id: text(state, "id_token"),
            id_is_new: false,
            scope: state.get("scope").and_then(scopes).unwrap_or_default(),
            until: state.get("expires_at").and_then(Value::as_i64),
            answer: state.get("token_response").cloned().unwrap_or_default(),
        }
    }

    /// As oauthenticator keeps them.
    pub fn kept(&self) -> Map<String, Value> {
        let shown = |token: &Option<Secret>| token.as_ref().map(|token| token.expose().to_owned());
        let kept = json!({
            "access_token": self.access.expose(),
            "refresh_token": shown(&self.refresh),
            "id_token": shown(&self.id),
            "scope": self.scope,
            "expires_at": self.until,
            "token_response": self.answer,
        });
        match kept {
            Value::Object(kept) => kept,
            _ => Map::new(),
        }
    }

    pub fn has_run_out(&self, now: Timestamp) -> bool {
        self.access.is_empty() || self.until.is_some_and(|until| until - EARLY <= now.as_second())
    }

    /// Those that can be given back, the one that makes others first.
    pub fn own(&self) -> Vec<String> {
        let access = (!self.access.is_empty()).then_some(&self.access);
        let all = self.refresh.iter().chain(access);
        all.map(|token| token.expose().to_owned()).collect()
    }
}

impl OAuth {
    pub(super) async fn exchange(
        &self,
        endpoints: &Endpoints,
        code: &str,
        verifier: &str,
        callback: &str,
    ) -> Result<Tokens, Trouble> {
        let mut fields = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", callback),
        ];
        if self.settings.pkce {
            fields.push(("code_verifier", verifier));
        }
        let more = &self.settings.token_params;
        fields.extend(more.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        let reply = self.ask(endpoints, &fields).await?;
        match self.read(&reply)? {
            Ok(tokens) => Ok(tokens),
            Err(_) => Err(refused(
                "code",
                "This sign-in has been used already, or it took too long. Begin again.",
            )),
        }
    }

    /// Whether new tokens were given for the old ones.
    pub(super) async fn renew(&self, endpoints: &Endpoints, tokens: &mut Tokens) -> Result<bool, Trouble> {
        let Some(refresh) = tokens.refresh.clone() else {
            return Ok(false);
        };
        let fields = [("grant_type", "refresh_token"), ("refresh_token", refresh.expose())];
        let reply = self.ask(endpoints, &fields).await?;
        let Ok(mut new) = self.read(&reply)? else {
            return Ok(false);
        };
        if new.answer.get("scope").is_none() {
            new.scope.clone_from(&tokens.scope);
        }
        // Who gives no new one means that the old one goes on.
        new.refresh = new.refresh.or(Some(refresh));
        new.id_is_new = new.id.is_some();
        new.id = new.id.or_else(|| tokens.id.clone());
        *tokens = new;
        Ok(true)
    }

    /// Gives tokens back. Nobody is kept from leaving by a provider that does not take them.
    pub(super) async fn revoke(&self, endpoints: &Endpoints, tokens: &[String]) {
        let Some(url) = &endpoints.revocation else {
            return;
        };
        for token in tokens {
            let (mut fields, proof) = self.signed(endpoints, &[("token", token)]);
            fields.retain(|(name, _)| *name != "grant_type");
            match self.provider.web.post(url, &fields, proof).await {
                Ok(reply) if reply.status.is_success() => {}
                Ok(reply) => {
                    tracing::warn!(method = %self.settings.name, error = %reply.told(), "a token was not taken back")
                }
                Err(error) => tracing::warn!(method = %self.settings.name, %error, "a token was not taken back"),
            }
        }
    }

    async fn ask(&self, endpoints: &Endpoints, fields: &[(&str, &str)]) -> Result<Reply, Trouble> {
        let (fields, proof) = self.signed(endpoints, fields);
        Ok(self.provider.web.post(&endpoints.token, &fields, proof).await?)
    }

    /// With what shows who we are.
    fn signed<'a>(
        &'a self,
        endpoints: &Endpoints,
        fields: &[(&'a str, &'a str)],
    ) -> (Vec<(&'a str, &'a str)>, Proof<'a>) {
        let (id, secret) = (&self.settings.client_id, &self.settings.client_secret);
        let mut fields = fields.to_vec();
        if !secret.is_empty() && (self.settings.basic_auth || endpoints.basic_only) {
            return (fields, Proof::Basic(id, secret));
        }
        fields.push(("client_id", id));
        if !secret.is_empty() {
            fields.push(("client_secret", secret.expose()));
        }
        (fields, Proof::Nothing)
    }

    /// The tokens of an answer, or what it says is wrong with the code or token that it was asked with.
    fn read(&self, reply: &Reply) -> Result<Result<Tokens, String>, Trouble> {
        if reply.status.is_server_error() || reply.status.as_u16() == 429 {
            return Err(Trouble::Web(reply.told()));
        }
        let answer = reply.json()?;
        // GitHub says so with status 200.
        if let Some(error) = answer.get("error").and_then(Value::as_str) {
            let error = bounded(error);
            tracing::warn!(method = %self.settings.name, %error, "tokens were refused");
            return match error.as_str() {
                "invalid_client"
                | "unauthorized_client"
                | "unsupported_grant_type"
                | "incorrect_client_credentials"
                | "redirect_uri_mismatch" => Err(Trouble::Away(AuthError::because(self.astray(), error))),
                _ => Ok(Err(error)),
            };
        }
        if !reply.status.is_success() {
            return Ok(Err(reply.status.to_string()));
        }
        let tokens = Tokens::of(answer, &self.settings.scope, self.provider.now());
        Ok(Ok(tokens.ok_or_else(|| refused("tokens", self.astray()))?))
    }
}
