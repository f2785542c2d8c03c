//! Google's groups: no person's token tells of them. A service account asks the directory in an administrator's name.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use perijove_model::{Clock, Secret};
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::pki_types::pem::PemObject;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use url::Url;

use super::super::preset::{Asks, Person, Preset, Trouble};
use super::mail::Mail;
use crate::AuthError;
use crate::web::{Proof, Web, WebError};

const SCOPE: &str = "https://www.googleapis.com/auth/admin.directory.group.readonly";
const GRANT: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
/// How long what we sign may be used for a token.
const LASTS: SignedDuration = SignedDuration::from_mins(5);
/// Nobody is in more; each is a question where groups are in groups.
const MOST_GROUPS: usize = 500;
const MOST_PAGES: usize = 50;

/// Who asks for the groups of a domain.
#[derive(Debug, Clone)]
pub struct Account {
    /// The service account's key, as Google gives it out.
    pub key_file: PathBuf,
    /// In whose name it asks.
    pub administrator: String,
}

pub struct Google {
    pub mail: Mail,
    /// By domain.
    pub accounts: BTreeMap<String, Account>,
    pub nested: bool,
    pub api: Url,
    clock: Arc<dyn Clock>,
    /// By domain.
    tokens: Mutex<BTreeMap<String, Token>>,
}

#[derive(Clone)]
struct Token {
    secret: Secret,
    until: Timestamp,
}

#[derive(Deserialize)]
struct KeyFile {
    client_email: String,
    private_key: Secret,
    #[serde(default)]
    private_key_id: Option<String>,
    token_uri: String,
}

impl Google {
    #[must_use]
    pub fn new(mail: Mail, accounts: BTreeMap<String, Account>, nested: bool, api: Url, clock: Arc<dyn Clock>) -> Self {
        Self {
            mail,
            accounts,
            nested,
            api,
            clock,
            tokens: Mutex::default(),
        }
    }

    fn tokens(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Token>> {
        self.tokens.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn token(&self, web: &Web, domain: &str, account: &Account) -> Result<Secret, Trouble> {
        let now = self.clock.now();
        let kept = self.tokens().get(domain).cloned();
        if let Some(kept) = kept.filter(|kept| now < kept.until) {
            return Ok(kept.secret);
        }
        let key = read(account.key_file.clone()).await?;
        let assertion = assertion(&key, &account.administrator, now).map_err(|why| unusable(account, why))?;
        let fields = [("grant_type", GRANT), ("assertion", assertion.expose())];
        let url = Url::parse(&key.token_uri).map_err(|_| unusable(account, "its `token_uri` is no address"))?;
        let reply = web.post(&url, &fields, Proof::Nothing).await?;
        if reply.status.is_client_error() {
            return Err(unusable(
                account,
                format!("Google gives it no token (status {})", reply.status.as_u16()),
            ));
        }
        let said = reply.good()?;
        let secret = said.get("access_token").and_then(Value::as_str).unwrap_or_default();
        let lasts = said
            .get("expires_in")
            .and_then(Value::as_i64)
            .unwrap_or(0)
            .clamp(0, 3600);
        // A little before it runs out.
        let until = now.saturating_add(SignedDuration::from_secs(lasts - 60)).unwrap_or(now);
        let secret = Secret::new(secret);
        let token = Token {
            secret: secret.clone(),
            until,
        };
        self.tokens().insert(domain.to_owned(), token);
        Ok(secret)
    }

    /// The groups of a person, or of a group, by their addresses.
    async fn groups_of(&self, web: &Web, token: &Secret, who: &str) -> Result<Vec<String>, Trouble> {
        let mut found = Vec::new();
        let mut page: Option<String> = None;
        for _ in 0..MOST_PAGES {
            let mut url = super::super::preset::below(&self.api, &["groups"]);
            url.query_pairs_mut()
                .append_pair("userKey", who)
                .append_pair("maxResults", "200");
            if let Some(page) = &page {
                url.query_pairs_mut().append_pair("pageToken", page);
            }
            let said = web.get(&url, Proof::Bearer(token.expose())).await?.good()?;
            let groups = said.get("groups").and_then(Value::as_array).into_iter().flatten();
            let addresses = groups.filter_map(|group| group.get("email")?.as_str());
            found.extend(addresses.map(str::to_lowercase));
            page = said.get("nextPageToken").and_then(Value::as_str).map(str::to_owned);
            if page.is_none() || found.len() > MOST_GROUPS {
                break;
            }
        }
        Ok(found)
    }

    /// The same with the groups that those are in.
    async fn all_groups(&self, web: &Web, token: &Secret, who: &str) -> Result<BTreeSet<String>, Trouble> {
        let mut all = BTreeSet::new();
        let mut pending = self.groups_of(web, token, who).await?;
        while let Some(group) = pending.pop() {
            if all.len() >= MOST_GROUPS || !all.insert(group.clone()) || !self.nested {
                continue;
            }
            pending.extend(self.groups_of(web, token, &group).await?);
        }
        Ok(all)
    }
}

/// What whoever signs in can't help.
fn unusable(account: &Account, why: impl Into<String>) -> Trouble {
    let why = format!("{}: {}", account.key_file.display(), why.into());
    tracing::error!(%why, "the service account that asks for Google's groups can't be used");
    Trouble::Away(AuthError::because(
        "It can't be found out in which groups you are. Tell an administrator.",
        why,
    ))
}

async fn read(file: PathBuf) -> Result<KeyFile, Trouble> {
    let account = Account {
        key_file: file.clone(),
        administrator: String::new(),
    };
    let text = tokio::task::spawn_blocking(move || std::fs::read(file)).await;
    let text = text.map_err(|error| unusable(&account, error.to_string()))?;
    let text = text.map_err(|error| unusable(&account, error.to_string()))?;
    // What can't be read is a key: nothing of it is repeated.
    serde_json::from_slice(&text).map_err(|_| unusable(&account, "it is not the key of a service account"))
}

/// Says, signed, in whose name the account wants to ask (RFC 7523).
fn assertion(key: &KeyFile, administrator: &str, now: Timestamp) -> Result<Secret, &'static str> {
    const NO_KEY: &str = "its private key can't be used";
    let pem = PrivatePkcs8KeyDer::from_pem_slice(key.private_key.expose().as_bytes()).map_err(|_| NO_KEY)?;
    let pair = RsaKeyPair::from_pkcs8(pem.secret_pkcs8_der()).map_err(|_| NO_KEY)?;
    let head = json!({ "alg": "RS256", "typ": "JWT", "kid": key.private_key_id });
    let claims = json!({
        "iss": key.client_email,
        "sub": administrator,
        "scope": SCOPE,
        "aud": key.token_uri,
        "iat": now.as_second(),
        "exp": now.as_second() + LASTS.as_secs(),
    });
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let text = format!("{}.{}", part(&head), part(&claims));
    let mut signature = vec![0; pair.public().modulus_len()];
    pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), text.as_bytes(), &mut signature)
        .map_err(|_| NO_KEY)?;
    Ok(Secret::new(format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature))))
}

#[async_trait]
impl Preset for Google {
    fn restrict(&self, person: &Person) -> Result<(), Trouble> {
        self.mail.restrict(person)
    }

    fn name(&self, user: &Map<String, Value>, claimed: Option<String>) -> Result<Option<String>, Trouble> {
        self.mail.name(user, claimed)
    }

    async fn complete(&self, person: &mut Person, asks: &Asks<'_>) -> Result<(), Trouble> {
        let domain = person.text("hd").unwrap_or_default().to_lowercase();
        let (Some(account), Some(address)) = (self.accounts.get(&domain), person.text("email")) else {
            return Ok(());
        };
        let token = self.token(asks.web, &domain, account).await?;
        let found = self.all_groups(asks.web, &token, address).await;
        if matches!(&found, Err(Trouble::Web(WebError::Odd(..)))) {
            // It may have been taken back: the next one who comes gets a new one.
            self.tokens().remove(&domain);
        }
        // A group of the person's own domain is called by what stands before the `@`.
        let own = format!("@{domain}");
        let called = |address: String| address.strip_suffix(&own).map(str::to_owned).unwrap_or(address);
        let names: Vec<String> = found?.into_iter().map(called).collect();
        person.more.insert("google_groups".to_owned(), json!(names));
        person.groups = Some(names);
        Ok(())
    }
}
