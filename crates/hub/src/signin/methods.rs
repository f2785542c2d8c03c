//! From `[[auth]]` to the methods of signing in.

use std::sync::Arc;

use perijove_auth::dummy::Dummy;
use perijove_auth::native::Native;
use perijove_auth::password::Passwords;
use perijove_auth::{Authenticator, Rules};
use perijove_config::{Auth, AuthRules, Config};
use perijove_model::Clock;
use perijove_store::Store;

use crate::accounts;
use crate::keys::Keys;

/// What methods are made of besides their configuration.
pub struct Means<'a> {
    pub store: &'a Store,
    pub passwords: &'a Passwords,
    pub keys: &'a Keys,
    pub clock: Arc<dyn Clock>,
}

/// The methods of a configuration, in their order.
#[must_use]
pub fn of(config: &Config, means: &Means<'_>) -> Vec<Arc<dyn Authenticator>> {
    config.auth.iter().map(|auth| method(auth, means)).collect()
}

fn method(auth: &Auth, means: &Means<'_>) -> Arc<dyn Authenticator> {
    let rules = rules(auth.rules());
    match auth {
        Auth::Native(native) => {
            let accounts = accounts::of(means.store, means.keys);
            let method = Native::new(accounts, means.passwords.clone(), Arc::clone(&means.clock), rules);
            Arc::new(method.asking_for_code(native.request_otp))
        }
        Auth::Dummy(dummy) => Arc::new(Dummy::new(dummy.password.clone(), rules)),
    }
}

fn rules(written: &AuthRules) -> Rules {
    Rules {
        allow_all: written.allow_all,
        allow_existing_users: written.allow_existing_users,
        allowed_users: written.allowed_users.clone(),
        blocked_users: written.blocked_users.clone(),
        admin_users: written.admin_users.clone(),
        allowed_groups: written.allowed_groups.clone(),
        admin_groups: written.admin_groups.clone(),
        blocked_groups: written.blocked_groups.clone(),
        shared_names: written.shared_names,
    }
}
