//! Signing in with a passkey: instead of name and password, or after them in the place of a one-time code.

use std::net::IpAddr;
use std::sync::Arc;

use axum::http::HeaderMap;
use perijove_auth::{Authenticator, Identity};
use perijove_store::native;

use super::{Came, Outcome, Way, account, throttle};
use crate::Hub;
use crate::accounts::passkeys::{self, Claim, Purpose};
use crate::audit;
use crate::http::error::{HttpError, Result, short};

/// As the audit log calls it.
pub const PASSKEY: &str = "passkey";
const SECOND: &str = "password and passkey";

/// Whose passkey it is, if that may be asked now. Guessing is as slow as with passwords, and counted with them.
pub async fn check(hub: &Arc<Hub>, headers: &HeaderMap, text: &str, from: IpAddr) -> Result<Outcome> {
    let method = hub.authenticators.iter().find(|method| method.kind() == "native");
    let method = method
        .filter(|_| passkeys::offered(hub))
        .ok_or_else(HttpError::not_found)?;
    let Some(claim) = passkeys::read(hub, text).await? else {
        let why = "The passkey's answer came too late, or was not meant for this page. Try again.";
        return Ok(Outcome::Refused(why.to_owned()));
    };
    let Some(attempt) = throttle::begin(hub, claim.who(), from).await? else {
        return refuse(hub, &claim, from, "too many failures").await;
    };
    let outcome = ask(hub, &**method, headers, &claim, from).await;
    match &outcome {
        Ok(Outcome::In(_)) => attempt.succeeded(hub).await?,
        Ok(Outcome::Nobody) => attempt.failed(hub).await?,
        Ok(Outcome::CodeWanted | Outcome::Refused(_)) | Err(_) => attempt.undecided(hub).await?,
    }
    outcome
}

async fn ask(
    hub: &Arc<Hub>,
    method: &dyn Authenticator,
    headers: &HeaderMap,
    claim: &Claim,
    from: IpAddr,
) -> Result<Outcome> {
    let owner = claim.from.as_ref().map(|(_, user)| user.id);
    let via = match claim.purpose {
        Purpose::SignIn => PASSKEY,
        Purpose::Second(user) if owner == Some(user) => SECOND,
        _ => return refuse(hub, claim, from, "answer to another question").await,
    };
    let user = match passkeys::holds(hub, headers, claim, from).await? {
        Ok(user) => user,
        Err(why) => return refuse(hub, claim, from, &why).await,
    };
    // Without a password the account is not one of ours any more.
    let Some(kept) = native::find(&hub.store, &user.name).await? else {
        return refuse(hub, claim, from, "no account").await;
    };
    // The name is that of the account already, and leads nowhere else.
    if hub.policy.maps(&user.name) {
        return refuse(hub, claim, from, "name").await;
    }
    let identity = Identity {
        name: user.name.clone(),
        allowed: kept.approved,
        ..Identity::default()
    };
    match account::admit(hub, method, &identity, from).await? {
        Ok(arrival) if arrival.user.id == user.id => Ok(Outcome::In(Box::new(Came {
            user: arrival.user,
            may_have_server: arrival.may_have_server,
            by: Way {
                method: Some(method.name().to_owned()),
                theirs: None,
                via: via.to_owned(),
            },
        }))),
        Ok(_) => refuse(hub, claim, from, "name").await,
        Err(denied) => {
            audit::refused(hub, from, PASSKEY, &user.name, denied.why).await?;
            Ok(denied.message.map_or(Outcome::Nobody, Outcome::Refused))
        }
    }
}

/// The page says the same whatever was wrong.
async fn refuse(hub: &Hub, claim: &Claim, from: IpAddr, why: &str) -> Result<Outcome> {
    tracing::warn!(user = %short(claim.who()), %from, why, "sign-in with a passkey refused");
    audit::refused(hub, from, PASSKEY, claim.who(), why).await?;
    Ok(Outcome::Nobody)
}
