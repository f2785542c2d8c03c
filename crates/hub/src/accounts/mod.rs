//! Accounts that are kept here: what a new password must be, what signing in is told of one, and those that others left.

pub mod address;
pub mod firstuse;
pub mod import;
pub mod invitations;
pub mod links;
pub mod passkeys;
pub mod signup;

use std::net::IpAddr;
use std::sync::Arc;

use async_trait::async_trait;
use perijove_auth::AuthError;
use perijove_auth::native::{Account, Accounts};
use perijove_auth::strength::PasswordRules;
use perijove_config::{Auth, Config, NativeAuth};
use perijove_model::{Secret, UserName, token};
use perijove_store::users::User;
use perijove_store::{Store, StoreError, meta, native, sessions, tokens};

use crate::http::error::Result;
use crate::keys::Keys;
use crate::signin::throttle;
use crate::{Hub, audit, startup};

/// Whether accounts were taken over whose hashes others made.
const OLD_HASHES: &str = "old_password_hashes";

/// The accounts with passwords that a configuration has, if any.
#[must_use]
pub fn section(config: &Config) -> Option<&NativeAuth> {
    config.auth.iter().find_map(|auth| match auth {
        Auth::Native(native) => Some(native),
        _ => None,
    })
}

/// Whether people may make an account themselves, or ask for one.
#[must_use]
pub fn may_sign_up(config: &Config) -> bool {
    section(config).is_some_and(|native| native.enable_signup || native.open_signup || has_self_approval(native))
}

/// Whether some people need nobody to let them in: their mail address does.
#[must_use]
pub fn has_self_approval(native: &NativeAuth) -> bool {
    native.allow_self_approval_for.is_some() || !native.domains.is_empty()
}

/// What is asked of a new password.
#[must_use]
pub fn rules(config: &Config) -> PasswordRules {
    let rules = PasswordRules::default();
    let Some(native) = section(config) else { return rules };
    let host = url::Url::parse(&startup::public_url(config)).ok();
    let host = host.as_ref().and_then(|url| url.domain());
    PasswordRules {
        min_length: native.minimum_password_length,
        min_score: u8::try_from(native.minimum_password_score).unwrap_or(4),
        refuse_common: native.check_common_password,
        known_words: rules.known_words.into_iter().chain(host.map(str::to_owned)).collect(),
    }
}

/// What is wrong with a new password, typed twice; `about` is what others know of the person.
pub async fn fault(hub: &Hub, password: &Secret, again: &Secret, about: &[&str]) -> Result<Option<String>> {
    if password != again {
        return Ok(Some("The two passwords are not the same.".into()));
    }
    let (rules, password) = (rules(&hub.config), password.clone());
    let about: Vec<String> = about.iter().map(|&word| word.to_owned()).collect();
    let check = move || {
        let about: Vec<&str> = about.iter().map(String::as_str).collect();
        rules.check(&password, &about).err()
    };
    Ok(hub.passwords.aside(check).await?)
}

pub async fn hash(hub: &Hub, password: &Secret) -> Result<String> {
    Ok(hub.passwords.hash(password.clone()).await?)
}

/// Whether it is somebody's password. Guessing is as slow as at the sign-in.
pub async fn password_holds(hub: &Hub, user: &User, password: &Secret, from: IpAddr) -> Result<bool> {
    let attempt = throttle::begin(hub, &user.name, from).await?;
    let hash = match attempt {
        Some(_) => native::hash_of(&hub.store, user.id).await?,
        None => None,
    };
    let holds = hub.passwords.verify(password.clone(), hash).await?;
    if !holds {
        let why = if attempt.is_some() {
            "old password"
        } else {
            "too many failures"
        };
        audit::refused(hub, from, "account page", &user.name, why).await?;
    }
    match attempt {
        Some(attempt) if holds => attempt.succeeded(hub).await?,
        Some(attempt) => attempt.failed(hub).await?,
        None => {}
    }
    Ok(holds)
}

/// Whoever was signed in is not any more, except perhaps in one browser; nor are the servers that they opened told so.
pub async fn end_sessions(tx: &perijove_store::Tx, user_id: i64, except: Option<&sessions::Session>) -> Result<()> {
    tokens::delete_acted(tx, user_id).await?;
    sessions::delete_of_user(tx, user_id, except.map(|session| session.id)).await?;
    tokens::delete_for_sessions(tx, user_id, except.map(|session| session.session_id.as_str())).await?;
    Ok(())
}

/// Native accounts, from the database.
pub struct StoreAccounts {
    pub store: Store,
    pub keys: Keys,
}

#[async_trait]
impl Accounts for StoreAccounts {
    async fn find(&self, name: &UserName) -> std::result::Result<Option<Account>, AuthError> {
        let Some(kept) = native::find(&self.store, name.as_str()).await.map_err(away)? else {
            return Ok(None);
        };
        let totp = match &kept.otp_secret {
            None => None,
            Some(sealed) => Some(Secret::new(self.keys.unseal(sealed).ok_or_else(unreadable)?)),
        };
        Ok(Some(Account {
            id: kept.user_id,
            hash: kept.hash,
            approved: kept.approved,
            totp,
        }))
    }

    /// As long as there may be hashes of the old kind, half of all unknown names cost as much as those, and always the same
    /// half: so the time that one takes tells nothing.
    async fn decoy(&self, name: &str) -> std::result::Result<Option<String>, AuthError> {
        let Some(hash) = meta::get(&self.store, OLD_HASHES).await.map_err(away)? else {
            return Ok(None);
        };
        Ok(self.keys.coin("decoy", name).then_some(hash))
    }

    async fn rehash(&self, id: i64, old: &str, new: &str) -> std::result::Result<(), AuthError> {
        let replaced = native::replace(&self.store, id, old, new).await;
        replaced.map(drop).map_err(away)
    }

    async fn use_step(&self, id: i64, step: i64) -> std::result::Result<bool, AuthError> {
        native::use_step(&self.store, id, step).await.map_err(away)
    }

    async fn use_recovery_code(&self, id: i64, code: &str) -> std::result::Result<bool, AuthError> {
        let fingerprint = token::fingerprint(code);
        native::use_recovery_code(&self.store, id, &fingerprint)
            .await
            .map_err(away)
    }
}

fn away(cause: StoreError) -> AuthError {
    AuthError::because("The hub can't reach its database. Try again in a few seconds.", cause)
}

fn unreadable() -> AuthError {
    AuthError::because(
        "Your one-time codes can't be checked. Ask an administrator for a link with which you sign in without them.",
        "the secret was sealed with another cookie secret",
    )
}

/// What methods of signing in are given of the accounts.
#[must_use]
pub fn of(store: &Store, keys: &Keys) -> Arc<dyn Accounts> {
    Arc::new(StoreAccounts {
        store: store.clone(),
        keys: keys.clone(),
    })
}
