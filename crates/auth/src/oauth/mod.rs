//! People who sign in elsewhere by OAuth 2, with OpenID Connect where it is spoken.

pub mod claims;
mod ended;
pub mod preset;
pub mod presets;
pub mod provider;
pub mod settings;
mod tokens;

use std::sync::Arc;

use async_trait::async_trait;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use perijove_model::{Clock, Rng};
use ring::digest;
use serde_json::{Map, Value, json};

use crate::jwt::{self, Claims, JwtError};
use crate::web::Proof;
use crate::{
    Answer, Arrival, AuthError, Authenticator, Begin, Departure, Ended, GivenRole, Identity, Member, Offer, Refreshed,
    Refusal, Rules,
};

use ended::Heard;
use preset::{Asks, Person, Trouble, refused};
use provider::{Endpoints, Provider, bounded};
use settings::Settings;
use tokens::Tokens;

/// What says nothing of a person.
const OF_THE_TOKEN: [&str; 13] = [
    "iss",
    "aud",
    "exp",
    "iat",
    "nbf",
    "nonce",
    "at_hash",
    "c_hash",
    "s_hash",
    "azp",
    "auth_time",
    "jti",
    "sid",
];
/// What nobody may set beside the journey's own.
const OF_THE_JOURNEY: [&str; 8] = [
    "response_type",
    "client_id",
    "redirect_uri",
    "scope",
    "state",
    "nonce",
    "code_challenge",
    "code_challenge_method",
];

pub struct OAuth {
    settings: Settings,
    provider: Provider,
    rng: Arc<dyn Rng>,
    heard: Heard,
}

impl OAuth {
    #[must_use]
    pub fn new(settings: Settings, clock: Arc<dyn Clock>, rng: Arc<dyn Rng>) -> Self {
        Self {
            provider: Provider::new(&settings, clock),
            settings,
            rng,
            heard: Heard::default(),
        }
    }

    fn label(&self) -> &str {
        &self.settings.label
    }

    fn speaks_openid(&self) -> bool {
        self.settings.scope.iter().any(|scope| scope == "openid")
    }

    fn callback<'a>(&'a self, of_request: &'a str) -> &'a str {
        self.settings.callback_url.as_deref().unwrap_or(of_request)
    }

    /// From somebody's tokens to who they are. `id` is what their id_token says, which was checked.
    async fn identify(&self, tokens: &Tokens, id: Option<Claims>) -> Result<Identity, Trouble> {
        let said = self.userdata(tokens, id.as_ref()).await?;
        let session = id.as_ref().and_then(|id| jwt::text(id, "sid")).map(str::to_owned);
        let mut user: Map<String, Value> = id.unwrap_or_default();
        user.retain(|name, _| !OF_THE_TOKEN.contains(&name.as_str()));
        user.extend(said);
        let user = Value::Object(user);
        let claimed = claims::filled(&user, self.relative(&self.settings.username));
        let fields = user.as_object().cloned().unwrap_or_default();
        let name = self.settings.preset.name(&fields, claimed)?.ok_or_else(|| {
            tracing::error!(method = %self.settings.name, claim = %self.settings.username, "the claim with the name is missing");
            let message = format!("{} does not say what you are called here. Tell an administrator.", self.label());
            refused("no name", message)
        })?;
        let groups = self.settings.groups.as_deref();
        let mut person = Person {
            groups: groups.map(|path| claims::names(&user, self.relative(path))),
            user: fields,
            name,
            allowed: false,
            admin: None,
            more: Map::new(),
        };
        self.settings.preset.restrict(&person)?;
        let asks = Asks {
            web: &self.provider.web,
            access_token: tokens.access.expose(),
            scope: &tokens.scope,
            tokens: &tokens.answer,
        };
        self.settings.preset.complete(&mut person, &asks).await?;
        // However it is called, it is for good, as names are not.
        let subject = ["sub", "id", "account_id", "uuid"]
            .iter()
            .find_map(|name| claims::word(&user, name));
        let mut state = tokens.kept();
        state.extend(person.more);
        state.insert(self.settings.user_key.clone(), Value::Object(person.user.clone()));
        Ok(Identity {
            name: person.name,
            subject,
            session,
            admin: person.admin,
            groups: person.groups,
            group_ids: Vec::new(),
            roles: self.roles(&user),
            allowed: person.allowed,
            user_info: Some(claims::public(&person.user)),
            auth_state: Some(Value::Object(state)),
        })
    }

    /// Which roles the provider gives, where it is asked.
    fn roles(&self, user: &Value) -> Option<Vec<GivenRole>> {
        let roles = self.settings.roles.as_ref()?;
        let told = claims::names(user, self.relative(&roles.claim));
        let given = roles.ours.iter().filter(|(theirs, _)| told.contains(theirs));
        let mut names: Vec<String> = given.map(|(_, ours)| ours.clone()).collect();
        names.sort();
        names.dedup();
        let given = names.into_iter().map(|name| GivenRole {
            name,
            ..GivenRole::default()
        });
        Some(given.collect())
    }

    /// oauthenticator's paths begin within `auth_state`, where the person has a name.
    fn relative<'a>(&self, path: &'a str) -> &'a str {
        let inner = path.strip_prefix(self.settings.user_key.as_str());
        inner.and_then(|rest| rest.strip_prefix('.')).unwrap_or(path)
    }

    /// What the provider says of whoever has the token, beside what is in the id_token.
    async fn userdata(&self, tokens: &Tokens, id: Option<&Claims>) -> Result<Map<String, Value>, Trouble> {
        let endpoints = self.provider.endpoints().await?;
        let url = match &endpoints.userdata {
            Some(url) if !self.settings.userdata_from_id_token => url,
            _ if id.is_some() => return Ok(Map::new()),
            _ => {
                let why = "it names no address that tells who somebody is, and its tokens can't be checked: set \
                           `userdata_url`, or `issuer`";
                return Err(Trouble::Away(AuthError::because(self.astray(), why)));
            }
        };
        let mut url = url.clone();
        if !self.settings.userdata_params.is_empty() {
            url.query_pairs_mut().extend_pairs(&self.settings.userdata_params);
        }
        let proof = match self.settings.userdata_token_in_url {
            true => {
                url.query_pairs_mut()
                    .append_pair("access_token", tokens.access.expose());
                Proof::Nothing
            }
            false => Proof::Bearer(tokens.access.expose()),
        };
        let reply = self.provider.web.get(&url, proof).await?;
        if reply.status.is_client_error() {
            tracing::warn!(method = %self.settings.name, status = reply.status.as_u16(), "who somebody is was not told");
            return Err(refused(
                "userdata",
                format!("{} does not tell who you are. Sign in again.", self.label()),
            ));
        }
        let Value::Object(said) = reply.good()? else {
            return Err(Trouble::Web(reply.told()));
        };
        let theirs = said.get("sub").or_else(|| said.get("id"));
        if let Some(id) = id
            && said.contains_key("sub")
            && theirs != id.get("sub")
        {
            // OpenID Connect Core 5.3.2: it could be anybody's.
            return Err(refused("subject", self.astray()));
        }
        Ok(said)
    }

    fn astray(&self) -> String {
        format!(
            "{}'s answer is not as it should be. Tell an administrator.",
            self.label()
        )
    }

    /// What an id_token says, if there has to be one. `nonce` is that of the journey; none for later ones.
    async fn id_claims(&self, tokens: &Tokens, nonce: Option<&str>) -> Result<Option<Claims>, Trouble> {
        let endpoints = self.provider.endpoints().await?;
        let Some(token) = &tokens.id else {
            // Without one an answer could be for somebody else.
            let is_due = nonce.is_some() && endpoints.issuer.is_some() && self.speaks_openid();
            return match is_due {
                true => Err(refused("id_token", self.astray())),
                false => Ok(None),
            };
        };
        if endpoints.keys.is_none() || endpoints.issuer.is_none() {
            return Ok(None);
        }
        let checked = self.provider.verified(token.expose()).await?.and_then(|claims| {
            let fits = nonce.is_none_or(|nonce| jwt::text(&claims, "nonce") == Some(nonce));
            match fits && jwt::text(&claims, "sub").is_some() {
                true => Ok(claims),
                false => Err(JwtError::Claim("nonce")),
            }
        });
        checked.map(Some).map_err(|error| {
            tracing::warn!(method = %self.settings.name, %error, "an id_token does not hold");
            refused("id_token", self.astray())
        })
    }

    /// That it is this provider that sends somebody back (RFC 9207).
    fn check_sender(&self, endpoints: &Endpoints, arrival: &Arrival<'_>) -> Result<(), Trouble> {
        let said = arrival.fields.iter().any(|(name, _)| name == "iss");
        let Some(issuer) = &endpoints.issuer else {
            return Ok(());
        };
        if !said && !endpoints.says_issuer || arrival.field("iss") == Some(issuer) {
            return Ok(());
        }
        Err(refused("issuer", self.astray()))
    }

    async fn arrived(&self, arrival: &Arrival<'_>) -> Result<Identity, Trouble> {
        let kept = |name: &str| arrival.kept.and_then(|kept| kept.get(name)).and_then(Value::as_str);
        let Some(verifier) = kept("verifier") else {
            let message = "This sign-in was begun in another browser, or it took too long. Begin again.";
            return Err(refused("state", message));
        };
        let endpoints = self.provider.endpoints().await?;
        self.check_sender(&endpoints, arrival)?;
        if let Some(error) = arrival.field("error") {
            return Err(self.sent_back(error));
        }
        let Some(code) = arrival.field("code").filter(|code| !code.is_empty()) else {
            return Err(refused("code", self.astray()));
        };
        let tokens = self
            .exchange(&endpoints, code, verifier, self.callback(arrival.callback))
            .await?;
        if let Some(missing) = self
            .settings
            .allowed_scopes
            .iter()
            .find(|scope| !tokens.scope.contains(scope))
        {
            tracing::warn!(method = %self.settings.name, scope = %missing, "a scope of `allowed_scopes` was not granted");
            let message = format!("{} has not granted all that is needed to come in here.", self.label());
            return Err(refused("scopes", message));
        }
        let id = self.id_claims(&tokens, kept("nonce")).await?;
        self.identify(&tokens, id).await
    }

    fn sent_back(&self, error: &str) -> Trouble {
        tracing::warn!(method = %self.settings.name, error = %bounded(error), "sign-in elsewhere was refused");
        match error {
            "access_denied" => refused(
                "denied there",
                format!("Signing in with {} was cancelled or refused there.", self.label()),
            ),
            "temporarily_unavailable" | "server_error" => Trouble::Away(AuthError::new(format!(
                "{} can't sign you in at the moment. Try again in a few minutes.",
                self.label()
            ))),
            _ => refused("error there", self.astray()),
        }
    }

    fn failed(&self, trouble: Trouble) -> Result<Refusal, AuthError> {
        match trouble {
            Trouble::Refused(refusal) => Ok(refusal),
            Trouble::Away(error) => Err(error),
            Trouble::Web(error) => Err(self.provider.away(error)),
        }
    }

    /// Who somebody is now. Tokens that have run out are renewed.
    async fn asked_again(&self, state: &Value, subject: Option<&str>) -> Result<Refreshed, Trouble> {
        let mut tokens = Tokens::read(state);
        let endpoints = self.provider.endpoints().await?;
        let can_ask = endpoints.userdata.is_some() && !self.settings.userdata_from_id_token;
        let mut found = Err(refused("expired", self.astray()));
        if can_ask && !tokens.has_run_out(self.provider.now()) {
            found = self.identify(&tokens, self.kept_claims(&tokens)).await;
        }
        if matches!(
            found,
            Err(Trouble::Refused(Refusal {
                why: "userdata" | "expired",
                ..
            }))
        ) {
            if tokens.refresh.is_none() {
                // Where there is nothing to ask there is nothing new.
                return Ok(if can_ask {
                    Refreshed::Gone("expired")
                } else {
                    Refreshed::Same
                });
            }
            if !self.renew(&endpoints, &mut tokens).await? {
                return Ok(Refreshed::Gone("expired"));
            }
            let id = match tokens.id_is_new {
                true => self.id_claims(&tokens, None).await?,
                false => self.kept_claims(&tokens),
            };
            found = self.identify(&tokens, id).await;
        }
        let identity = found?;
        if subject.is_some() && identity.subject.as_deref() != subject {
            return Ok(Refreshed::Gone("another account"));
        }
        Ok(Refreshed::Changed(Box::new(identity)))
    }

    /// What an id_token says that was checked when it came.
    fn kept_claims(&self, tokens: &Tokens) -> Option<Claims> {
        let body = tokens.id.as_ref()?.expose().split('.').nth(1)?;
        let mut claims: Claims = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(body).ok()?).ok()?;
        claims.remove("sid");
        Some(claims)
    }
}

#[async_trait]
impl Authenticator for OAuth {
    fn kind(&self) -> &'static str {
        self.settings.kind
    }

    fn name(&self) -> &str {
        &self.settings.name
    }

    fn rules(&self) -> &Rules {
        &self.settings.rules
    }

    fn offer(&self) -> Offer {
        Offer::Elsewhere {
            label: format!("Sign in with {}", self.settings.label),
        }
    }

    async fn depart(&self, begin: &Begin<'_>) -> Result<Departure, AuthError> {
        let endpoints = self.provider.endpoints().await?;
        // Drawn even where it is not sent: a note is known by it.
        let verifier = self.rng.urlsafe(48);
        let nonce = self.speaks_openid().then(|| self.rng.urlsafe(24));
        let mut url = endpoints.authorize.clone();
        {
            let mut query = url.query_pairs_mut();
            query
                .append_pair("response_type", "code")
                .append_pair("client_id", &self.settings.client_id)
                .append_pair("redirect_uri", self.callback(begin.callback))
                .append_pair("scope", &self.settings.scope.join(" "))
                .append_pair("state", begin.state);
            if let Some(nonce) = &nonce {
                query.append_pair("nonce", nonce);
            }
            if self.settings.pkce {
                let challenge = digest::digest(&digest::SHA256, verifier.as_bytes());
                query
                    .append_pair("code_challenge", &URL_SAFE_NO_PAD.encode(challenge))
                    .append_pair("code_challenge_method", "S256");
            }
            let more = &self.settings.authorize_params;
            query.extend_pairs(more.iter().filter(|(name, _)| !OF_THE_JOURNEY.contains(&name.as_str())));
        }
        Ok(Departure {
            url: url.into(),
            keep: json!({ "verifier": verifier, "nonce": nonce }),
        })
    }

    async fn arrive(&self, arrival: &Arrival<'_>) -> Result<Answer, AuthError> {
        match self.arrived(arrival).await {
            Ok(identity) => Ok(Answer::from(identity)),
            Err(trouble) => self.failed(trouble).map(Answer::Refused),
        }
    }

    fn refreshes(&self) -> bool {
        true
    }

    async fn refresh(&self, member: &Member<'_>) -> Result<Refreshed, AuthError> {
        let Some(state) = member.auth_state else {
            // Nothing is kept without `hub.crypt_keys`.
            return Ok(Refreshed::Same);
        };
        match self.asked_again(state, member.subject).await {
            Ok(refreshed) => Ok(refreshed),
            Err(trouble) => self.failed(trouble).map(|refusal| Refreshed::Gone(refusal.why)),
        }
    }

    async fn leave(&self, member: &Member<'_>, back: &str) -> Option<String> {
        let endpoints = self.provider.endpoints().await.ok();
        let tokens = member.auth_state.map(Tokens::read);
        if let (true, Some(tokens), Some(endpoints)) = (self.settings.revoke, &tokens, &endpoints) {
            let mut all = tokens.own();
            all.extend(
                member
                    .auth_state
                    .map(|state| self.settings.preset.tokens(state))
                    .unwrap_or_default(),
            );
            self.revoke(endpoints, &all).await;
        }
        if let Some(url) = &self.settings.logout_url {
            return Some(url.clone());
        }
        let mut url = endpoints.filter(|_| self.settings.logout_there)?.end_session.clone()?;
        {
            let mut query = url.query_pairs_mut();
            if let Some(id) = tokens.as_ref().and_then(|tokens| tokens.id.as_ref()) {
                query.append_pair("id_token_hint", id.expose());
            }
            query
                .append_pair("client_id", &self.settings.client_id)
                .append_pair("post_logout_redirect_uri", back);
        }
        Some(url.into())
    }

    async fn ended(&self, message: &str) -> Result<Option<Ended>, AuthError> {
        let claims = match self.provider.verified(message).await? {
            Ok(claims) => claims,
            Err(error) => {
                tracing::warn!(method = %self.settings.name, %error, "a message about sessions that ended does not hold");
                return Ok(None);
            }
        };
        Ok(self.heard.ended(&claims, self.provider.now()))
    }
}

#[cfg(test)]
pub(crate) mod tests;
