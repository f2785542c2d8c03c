//! Passkeys of accounts: what is asked of them, and whether an answer holds.
//!
//! A question says itself what it is for and until when it holds, and is signed by the hub. So nothing is kept of it until
//! somebody has answered it well, and then only that they have: a sign-in page that is merely looked at costs no write, and
//! an answer holds once on all hubs.

use std::net::IpAddr;

use axum::http::HeaderMap;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::SignedDuration;
use perijove_auth::passkey::{ALGORITHMS, Assertion, Registration, Site};
use perijove_model::token;
use perijove_store::passkeys::{self, NewPasskey, Passkey};
use perijove_store::users::{self, User};
use serde_json::{Value, json};
use url::Url;

use crate::Hub;
use crate::accounts::section;
use crate::audit::{self, Act, Actor};
use crate::http::error::{HttpError, Result};
use crate::http::pages::next;

/// How long somebody may take to find their device.
const LIFE: SignedDuration = SignedDuration::from_mins(5);
/// Passkeys of one person.
pub const MOST: usize = 20;
/// As the signature of a question has it.
const LABEL: &str = "passkey";

/// What a passkey is asked for. An answer to one question is none to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    SignIn,
    /// The password of this person was right, and something else is asked for besides.
    Second(i64),
    /// A new one, for who is signed in.
    Make(Whose),
    /// Whoever is signed in shows that it is still them.
    Confirm(Whose),
}

/// A person in one of their sessions, by the numbers of both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Whose {
    pub user: i64,
    pub session: i64,
}

impl Purpose {
    fn text(self) -> String {
        match self {
            Self::SignIn => "sign-in".to_owned(),
            Self::Second(user) => format!("second {user}"),
            Self::Make(Whose { user, session }) => format!("make {user} {session}"),
            Self::Confirm(Whose { user, session }) => format!("confirm {user} {session}"),
        }
    }

    fn read(text: &str) -> Option<Self> {
        let mut words = text.split(' ');
        let kind = words.next()?;
        let numbers: Vec<i64> = words.map(str::parse).collect::<std::result::Result<_, _>>().ok()?;
        Some(match (kind, numbers.as_slice()) {
            ("sign-in", []) => Self::SignIn,
            ("second", &[user]) => Self::Second(user),
            ("make", &[user, session]) => Self::Make(Whose { user, session }),
            ("confirm", &[user, session]) => Self::Confirm(Whose { user, session }),
            _ => return None,
        })
    }
}

/// Whether accounts of this hub have passkeys.
#[must_use]
pub fn offered(hub: &Hub) -> bool {
    section(&hub.config).is_some_and(|native| native.allow_passkeys)
}

/// The domain for which passkeys are made at this address of the hub, as the browser has it; nothing if it is none of the
/// hub's, or one at which browsers know no passkeys.
#[must_use]
pub fn site(hub: &Hub, headers: &HeaderMap, origin: &str) -> Option<String> {
    if !next::own_origins(hub, headers).iter().any(|own| own == origin) {
        return None;
    }
    let url = Url::parse(origin).ok()?;
    let host = url.domain()?;
    if url.scheme() != "https" && host != "localhost" && !host.ends_with(".localhost") {
        return None;
    }
    let shared = section(&hub.config)?.passkey_domain.as_deref();
    let is_below = |domain: &&str| host == *domain || host.ends_with(&format!(".{domain}"));
    Some(shared.filter(is_below).unwrap_or(host).to_owned())
}

/// A new question.
#[must_use]
pub fn question(hub: &Hub, purpose: Purpose) -> String {
    signed(hub, purpose, &hub.rng.urlsafe(32))
}

fn signed(hub: &Hub, purpose: Purpose, random: &str) -> String {
    let text = format!("{}|{random}", purpose.text());
    hub.keys.sign(LABEL, &text, hub.clock.now())
}

/// What a question of ours is for, and what is random in it; nothing if it is none, or its time is over.
#[must_use]
pub fn opened(hub: &Hub, question: &str) -> Option<(Purpose, String)> {
    let text = hub.keys.verify(LABEL, question, LIFE, hub.clock.now())?;
    let (purpose, random) = text.rsplit_once('|')?;
    Some((Purpose::read(purpose)?, random.to_owned()))
}

/// What the browser is given to have a passkey used.
#[must_use]
pub fn to_use(question: &str, purpose: Purpose, site: &str, among: &[Passkey]) -> Value {
    // A person who has typed the password need not show twice who they are.
    let verification = match purpose {
        Purpose::Second(_) => "preferred",
        _ => "required",
    };
    json!({
        "challenge": URL_SAFE_NO_PAD.encode(question),
        "rpId": site,
        "allowCredentials": named(among, site),
        "userVerification": verification,
        "timeout": LIFE.as_secs() * 1000,
    })
}

/// What the browser is given to have a passkey made.
#[must_use]
pub fn to_make(hub: &Hub, user: &User, whose: Whose, site: &str, kept: &[Passkey]) -> Value {
    let random = hub.rng.urlsafe(32);
    let question = signed(hub, Purpose::Make(whose), &random);
    let algorithms = ALGORITHMS.map(|number| json!({ "type": "public-key", "alg": number }));
    json!({
        "challenge": URL_SAFE_NO_PAD.encode(&question),
        "rp": { "id": site, "name": "Perijove" },
        "user": { "id": handle(kept, random), "name": user.name, "displayName": user.name },
        "pubKeyCredParams": algorithms,
        "excludeCredentials": named(kept, site),
        "authenticatorSelection": { "residentKey": "preferred", "userVerification": "preferred" },
        "attestation": "none",
        "timeout": LIFE.as_secs() * 1000,
    })
}

/// What authenticators call somebody: as they do already, else by what was random in the first question. It says nothing
/// of who they are.
fn handle(kept: &[Passkey], random: String) -> String {
    kept.first().map_or(random, |passkey| passkey.handle.clone())
}

fn named(passkeys: &[Passkey], site: &str) -> Vec<Value> {
    let here = passkeys.iter().filter(|passkey| passkey.site == site);
    here.map(|passkey| json!({ "type": "public-key", "id": passkey.credential }))
        .collect()
}

/// Keeps a passkey that was made for somebody; else what is wrong with it.
pub async fn keep(
    hub: &Hub,
    tx: &perijove_store::Tx,
    headers: &HeaderMap,
    (user, whose): (&User, Whose),
    name: &str,
    made: &str,
) -> Result<std::result::Result<(), &'static str>> {
    const AGAIN: &str = "The new passkey was not taken. Try again; it has to be made within 5 minutes.";
    let now = hub.clock.now();
    let read = Registration::read(made).and_then(|made| Ok((made.client_data()?, made)));
    let Ok((client, made)) = read else {
        return Ok(Err(AGAIN));
    };
    let Ok(question) = client.challenge() else {
        return Ok(Err(AGAIN));
    };
    let random = match opened(hub, question) {
        Some((Purpose::Make(asked), random)) if asked == whose => random,
        _ => return Ok(Err(AGAIN)),
    };
    let Some(site) = site(hub, headers, &client.origin) else {
        return Ok(Err(AGAIN));
    };
    let here = Site {
        domain: &site,
        origin: &client.origin,
    };
    let made = match made.check(here) {
        Ok(made) => made,
        Err(error) => {
            tracing::warn!(user = %user.name, %error, "a new passkey was not taken");
            return Ok(Err(AGAIN));
        }
    };
    let kept = passkeys::of_user(tx, user.id).await?;
    if kept.len() >= MOST {
        return Ok(Err("You have 20 passkeys. Remove one that you don't use."));
    }
    let new = NewPasskey {
        credential: &made.id,
        user_id: user.id,
        site: &site,
        handle: &handle(&kept, random),
        name,
        public_key: &made.key,
        counter: made.counter.into(),
    };
    if !passkeys::spend(tx, &token::fingerprint(question), now + LIFE).await? || !passkeys::add(tx, &new, now).await? {
        return Ok(Err(AGAIN));
    }
    Ok(Ok(()))
}

/// An answer to a question of ours, and the passkey that it says it is from.
pub struct Claim {
    pub purpose: Purpose,
    /// Nothing if nobody has it.
    pub from: Option<(Passkey, User)>,
    question: String,
    origin: String,
    assertion: Assertion,
}

impl Claim {
    /// Whose failures are counted.
    #[must_use]
    pub fn who(&self) -> &str {
        match &self.from {
            Some((_, user)) => &user.name,
            None => &self.assertion.id,
        }
    }
}

/// Nothing if it can't be read, answers no question of ours, or comes too late.
pub async fn read(hub: &Hub, text: &str) -> Result<Option<Claim>> {
    let answer = || {
        let assertion = Assertion::read(text).ok()?;
        let client = assertion.client_data().ok()?;
        let question = client.challenge().ok()?.to_owned();
        let (purpose, _) = opened(hub, &question)?;
        URL_SAFE_NO_PAD.decode(&assertion.id).ok()?;
        Some(Claim {
            purpose,
            from: None,
            question,
            origin: client.origin,
            assertion,
        })
    };
    let Some(mut claim) = answer() else { return Ok(None) };
    if let Some(passkey) = passkeys::find(&hub.store, &claim.assertion.id).await?
        && let Some(user) = users::by_id(&hub.store, passkey.user_id).await?
    {
        claim.from = Some((passkey, user));
    }
    Ok(Some(claim))
}

/// Whose passkey has given this answer; else why it does not hold, in a few words for the audit log. It holds once.
pub async fn holds(
    hub: &Hub,
    headers: &HeaderMap,
    claim: &Claim,
    address: IpAddr,
) -> Result<std::result::Result<User, String>> {
    let why = |why: &str| Ok(Err(why.to_owned()));
    let Some((passkey, user)) = &claim.from else {
        return why("unknown passkey");
    };
    let Some(site) = site(hub, headers, &claim.origin).filter(|site| *site == passkey.site) else {
        return why("passkey of another site");
    };
    if claim
        .assertion
        .handle
        .as_ref()
        .is_some_and(|handle| *handle != passkey.handle)
    {
        return why("passkey of somebody else");
    }
    let here = Site {
        domain: &site,
        origin: &claim.origin,
    };
    let used = match claim.assertion.check(here, &passkey.public_key) {
        Ok(used) => used,
        Err(error) => return Ok(Err(error.to_string())),
    };
    if !used.verified && !matches!(claim.purpose, Purpose::Second(_)) {
        return why("person not verified");
    }
    let now = hub.clock.now();
    if !passkeys::spend(&hub.store, &token::fingerprint(&claim.question), now + LIFE).await? {
        return why("answered before");
    }
    match passkeys::used(&hub.store, passkey.id, used.counter.into(), now).await? {
        true => Ok(Ok(user.clone())),
        false => {
            copied(hub, passkey, user, address).await?;
            why("copied passkey")
        }
    }
}

/// A passkey has counted less than before: somebody has a copy of it, and nobody can tell which is the copy.
async fn copied(hub: &Hub, passkey: &Passkey, user: &User, address: IpAddr) -> Result<()> {
    tracing::error!(user = %user.name, passkey = passkey.id, from = %address, "a passkey was copied; it should be removed");
    let target = format!("user {}", user.name);
    let detail = json!({ "passkey": passkey.name, "counter": passkey.counter });
    let actor = Actor::nobody(address);
    let recorded = audit::record_as(hub, &hub.store, &actor, Act::PasskeyCopied, &target, detail).await;
    recorded.map_err(HttpError::from)
}

/// What a person's passkey is asked for after their password, if they have one.
pub async fn second(hub: &Hub, typed: &str) -> Result<Option<String>> {
    let Ok(name) = perijove_model::UserName::normalise(typed) else {
        return Ok(None);
    };
    let Some(user) = users::by_name(&hub.store, name.as_str()).await? else {
        return Ok(None);
    };
    let has_some = offered(hub) && !passkeys::of_user(&hub.store, user.id).await?.is_empty();
    Ok(has_some.then(|| question(hub, Purpose::Second(user.id))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn purposes_are_read_as_they_are_written() {
        let whose = Whose { user: 7, session: 12 };
        let all = [
            Purpose::SignIn,
            Purpose::Second(7),
            Purpose::Make(whose),
            Purpose::Confirm(whose),
        ];
        for purpose in all {
            assert_eq!(Purpose::read(&purpose.text()), Some(purpose));
        }
        for odd in [
            "",
            "sign-in 7",
            "second",
            "second x",
            "make 7",
            "confirm 7 12 3",
            "second 7|x",
        ] {
            assert_eq!(Purpose::read(odd), None, "{odd}");
        }
    }
}
