//! From a claim to a session: ask the methods, find whose account it is, apply the policy, bring the person up to date,
//! begin a session.

pub mod account;
pub mod elsewhere;
mod given;
pub mod methods;
pub mod passkey;
pub mod refresh;
pub mod throttle;

use std::net::IpAddr;
use std::sync::Arc;

use axum::http::HeaderMap;
use perijove_auth::policy::{NameRule, Policy};
use perijove_auth::{Answer, AuthError, Authenticator, Credentials, Offer};
use perijove_config::Config;
use perijove_model::{Secret, token};
use perijove_store::{Batch, sessions, users};
use serde_json::json;

use crate::Hub;
use crate::audit::{self, Act, Actor};
use crate::http::agent;
use crate::http::error::{Result, short};

/// How somebody signs in, as the audit log calls it.
pub const PASSWORD: &str = "password";
pub const LINK: &str = "link";
/// How a session begins in which somebody acts as somebody else. No method is called so.
pub const ACTING: &str = "acting as";

/// Somebody who may come in.
pub struct Came {
    pub user: users::User,
    /// Whether their default server may run, or be on its way.
    pub may_have_server: bool,
    pub by: Way,
}

/// The way in which somebody came.
#[derive(Debug, Clone, Default)]
pub struct Way {
    /// Name of the method; none for one-time links.
    pub method: Option<String>,
    /// The session there.
    pub theirs: Option<String>,
    /// As the audit log calls it.
    pub via: String,
}

impl Way {
    #[must_use]
    pub fn by_link() -> Self {
        Self {
            via: LINK.to_owned(),
            ..Self::default()
        }
    }
}

/// What came of it.
pub enum Outcome {
    In(Box<Came>),
    /// Wrong, or not let in: the page says the same for both. Why is for the log only.
    Nobody,
    CodeWanted,
    /// They have proved who they are, and are told why they may not come in.
    Refused(String),
}

/// A session that has just begun. The secret is known to the browser only.
pub struct Begun {
    pub secret: Secret,
    pub session_id: String,
    pub user: users::User,
}

/// The access policy that a configuration describes.
#[must_use]
pub fn policy(config: &Config) -> Policy {
    let access = &config.access;
    let name_rule = access.username_pattern.clone().map(|pattern| {
        let rule: NameRule = Arc::new(move |name: &str| pattern.is_match(name));
        rule
    });
    Policy {
        allow_all: access.allow_all,
        allow_existing_users: config.allow_existing_users(),
        allowed_users: access.allowed_users.clone(),
        blocked_users: access.blocked_users.clone(),
        admin_users: access.admin_users.clone(),
        username_map: access
            .username_map
            .iter()
            .map(|(from, to)| (from.to_string(), to.clone()))
            .collect(),
        name_rule,
    }
}

/// Whose name and password these are, if that may be asked now.
pub async fn check(hub: &Arc<Hub>, credentials: &Credentials, from: IpAddr) -> Result<Outcome> {
    let Some(attempt) = throttle::begin(hub, &credentials.username, from).await? else {
        // As long as a wrong password takes, so that the time tells nothing either.
        hub.passwords.verify(credentials.password.clone(), None).await?;
        tracing::warn!(user = %short(&credentials.username), %from, "sign-in not checked: too many have failed");
        audit::refused(hub, from, PASSWORD, &credentials.username, "too many failures").await?;
        return Ok(Outcome::Nobody);
    };
    let outcome = ask(hub, credentials, from).await;
    match &outcome {
        Ok(Outcome::In(_)) => attempt.succeeded(hub).await?,
        Ok(Outcome::Nobody) => attempt.failed(hub).await?,
        Ok(Outcome::CodeWanted | Outcome::Refused(_)) | Err(_) => attempt.undecided(hub).await?,
    }
    outcome
}

/// The methods with a form are asked in their order, until one knows them.
async fn ask(hub: &Arc<Hub>, credentials: &Credentials, from: IpAddr) -> Result<Outcome> {
    for method in hub.authenticators.iter().filter(|method| method.offer().is_form()) {
        let answer = match method.check(credentials).await {
            Ok(Answer::Unknown) => continue,
            answer => answer,
        };
        return settle(hub, &**method, answer, &credentials.username, from).await;
    }
    tracing::warn!(user = %short(&credentials.username), %from, "sign-in failed: no such name and password");
    audit::refused(hub, from, PASSWORD, &credentials.username, "credentials").await?;
    Ok(Outcome::Nobody)
}

/// Whom the request itself names, where a method goes by that.
pub async fn recognise(hub: &Arc<Hub>, headers: &HeaderMap, peer: IpAddr, from: IpAddr) -> Result<Outcome> {
    for method in hub
        .authenticators
        .iter()
        .filter(|method| method.offer() == Offer::Unasked)
    {
        let answer = match method.recognise(headers, peer).await {
            Ok(Answer::Unknown) => continue,
            answer => answer,
        };
        return settle(hub, &**method, answer, "", from).await;
    }
    Ok(Outcome::Nobody)
}

/// How a way in is called in the audit log.
fn via(method: &dyn Authenticator) -> &str {
    match method.offer().is_form() {
        true => PASSWORD,
        false => method.name(),
    }
}

/// From what a method says to what comes of it.
async fn settle(
    hub: &Arc<Hub>,
    method: &dyn Authenticator,
    answer: std::result::Result<Answer, AuthError>,
    typed: &str,
    from: IpAddr,
) -> Result<Outcome> {
    let refused = async |who: &str, why| audit::refused(hub, from, via(method), who, why).await;
    let identity = match answer {
        Ok(Answer::Known(identity)) => identity,
        Ok(Answer::CodeWanted) => {
            refused(typed, "code missing").await?;
            return Ok(Outcome::CodeWanted);
        }
        Ok(Answer::CodeRefused) => {
            tracing::warn!(user = %short(typed), %from, "sign-in refused: the one-time code does not hold");
            refused(typed, "code").await?;
            return Ok(Outcome::Nobody);
        }
        Ok(Answer::Unknown) => {
            refused(typed, "credentials").await?;
            return Ok(Outcome::Nobody);
        }
        Ok(Answer::Refused(refusal)) => {
            tracing::warn!(user = %short(typed), %from, why = refusal.why, "sign-in refused");
            refused(typed, refusal.why).await?;
            return Ok(Outcome::Refused(refusal.message));
        }
        Err(error) => {
            tracing::error!(method = method.name(), cause = ?error.cause, "sign-in can't be checked");
            refused(typed, "can't be checked").await?;
            return Err(error.into());
        }
    };
    match account::admit(hub, method, &identity, from).await? {
        Ok(arrival) => Ok(Outcome::In(Box::new(Came {
            user: arrival.user,
            may_have_server: arrival.may_have_server,
            by: Way {
                method: Some(method.name().to_owned()),
                theirs: identity.session.clone(),
                via: via(method).to_owned(),
            },
        }))),
        Err(denied) => {
            refused(&identity.name, denied.why).await?;
            Ok(denied.message.map_or(Outcome::Nobody, Outcome::Refused))
        }
    }
}

/// Begins a session: always a new id, so that nobody can prepare one for somebody else.
pub async fn begin(hub: &Arc<Hub>, user: users::User, from: IpAddr, agent: &str, by: &Way) -> Result<Begun> {
    let now = hub.clock.now();
    let secret = Secret::new(hub.rng.urlsafe(32));
    let session_id = hub.rng.uuid4_hex();
    let agent = agent::kept(agent);
    let new = sessions::NewSession {
        user_id: user.id,
        session_id: &session_id,
        expires_at: now + hub.config.hub.cookie_max_age,
        address: &from.to_string(),
        user_agent: &agent,
        method: by.method.as_deref(),
        theirs: by.theirs.as_deref(),
    };
    let batch = Batch::default();
    sessions::create(&batch, &token::fingerprint(secret.expose()), &new, now).await?;
    let (actor, target) = (Actor::user(&user.name, &by.via, from), format!("user {}", user.name));
    let detail = json!({ "method": by.via, "agent": agent });
    audit::record_as(hub, &batch, &actor, Act::SignedIn, &target, detail).await?;
    hub.store.together(batch).await?;
    hub.seen.user(user.id, now);
    tracing::info!(user = %user.name, %from, "signed in");
    Ok(Begun {
        secret,
        session_id,
        user,
    })
}
