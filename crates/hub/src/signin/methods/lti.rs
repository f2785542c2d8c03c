//! From the `[[auth]]` by which people come from a learning platform to what is asked of it.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use perijove_auth::lti::Nonces;
use perijove_auth::lti::advantage::{self, Platform};
use perijove_auth::lti::basic::{self, Consumers};
use perijove_auth::web::Trust;
use perijove_auth::{AuthError, Authenticator, Rules};
use perijove_config::{Config, Lti11Auth, LtiAuth};
use perijove_model::token;
use perijove_store::{Store, nonces};

use super::Means;

/// What was used up, in the database: a launch counts once, at whichever hub.
struct Spent(Store);

#[async_trait]
impl Nonces for Spent {
    async fn spend(&self, nonce: &str, until: Timestamp) -> Result<bool, AuthError> {
        let spent = nonces::spend(&self.0, &token::fingerprint(nonce), until).await;
        spent
            .map_err(|error| AuthError::because("The hub can't reach its database. Try again in a few seconds.", error))
    }
}

/// `None` if it does not say where the platform is; the configuration has complained of that.
pub fn platform(
    config: &Config,
    written: &LtiAuth,
    (name, rules): (&str, Rules),
    means: &Means<'_>,
) -> Option<Arc<dyn Authenticator>> {
    let settings = advantage::Settings {
        name: name.to_owned(),
        rules,
        issuer: written.issuer.clone(),
        client_ids: written.client_id.to_vec(),
        authorize_url: written.authorize_url.clone()?,
        jwks_endpoint: written.jwks_endpoint.clone()?,
        deployment_ids: written.deployment_id.to_vec(),
        algorithms: written.jwks_algorithms.clone(),
        username_key: written.username_key.clone(),
        groups_key: written.groups_key.clone(),
        trust: Trust {
            authorities: written.ca_file.clone(),
            proxy: super::outgoing(config),
            ..Trust::default()
        },
    };
    let nonces = Arc::new(Spent(means.store.clone()));
    let (clock, rng) = (Arc::clone(means.clock), Arc::clone(means.rng));
    Some(Arc::new(Platform::new(settings, nonces, clock, rng)))
}

pub fn consumers(written: &Lti11Auth, name: &str, rules: Rules, means: &Means<'_>) -> Arc<dyn Authenticator> {
    let settings = basic::Settings {
        name: name.to_owned(),
        rules,
        consumers: written.consumers.clone(),
        username_key: written.username_key.clone(),
        groups_key: written.groups_key.clone(),
    };
    let nonces = Arc::new(Spent(means.store.clone()));
    Arc::new(Consumers::new(settings, nonces, Arc::clone(means.clock)))
}
