//! The control plane: sign-in, OAuth provider, REST, pages, and the reconciler of servers.
//!
//! Architecture invariants: no handler starts or stops a server itself (it writes a wish, see [`servers`]); nothing is
//! true in memory only; this crate knows neither the edge nor a concrete backend.

pub mod accounts;
pub mod announcements;
pub mod audit;
pub mod auth_state;
pub mod captcha;
pub mod culler;
pub mod drain;
pub mod environments;
pub mod events;
pub mod homes;
pub mod http;
pub mod keys;
mod lines;
pub mod mail;
pub mod metrics;
pub mod offers;
pub mod people;
pub mod routes;
pub mod seen;
pub mod servers;
pub mod services;
pub mod signin;
pub mod startup;
pub mod tasks;
pub mod usage;

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use perijove_auth::Authenticator;
use perijove_auth::password::Passwords;
use perijove_auth::policy::Policy;
use perijove_config::Config;
use perijove_environments::Environments;
use perijove_mail::Courier;
use perijove_model::scopes::Catalog;
use perijove_model::{Clock, Rng};
use perijove_spawn::Spawners;
use perijove_spawn::services::ServiceRunner;
use perijove_store::Store;
use perijove_web::Pages;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::audit::Refusals;
use crate::auth_state::AuthStates;
use crate::captcha::Captcha;
use crate::events::Events;
use crate::http::api::lists::Lists;
use crate::http::clients::Clients;
use crate::http::standing::Standings;
use crate::keys::Keys;
use crate::mail::Outbox;
use crate::metrics::Metrics;
use crate::routes::Routes;
use crate::seen::Seen;
use crate::servers::Wakeup;

/// What the hub is made of. The binary puts it together from the real parts, tests from others.
pub struct Parts {
    pub config: Arc<Config>,
    pub store: Store,
    pub clock: Arc<dyn Clock>,
    pub rng: Arc<dyn Rng>,
    pub keys: Keys,
    pub auth_states: AuthStates,
    pub authenticators: Vec<Arc<dyn Authenticator>>,
    pub policy: Policy,
    pub passwords: Passwords,
    /// Takes letters to the mail server, where one is configured.
    pub courier: Option<Courier>,
    pub spawners: Spawners,
    pub services: Arc<dyn ServiceRunner>,
    pub environments: Environments,
    pub routes: Arc<dyn Routes>,
    pub pages: Pages,
    /// Every scope there is.
    pub catalog: Catalog,
    /// Which replica this is: the holder's name in leases. New with each process.
    pub replica: String,
}

/// Everything a handler or a task works with. Cheap to share, holds no truth of its own.
pub struct Hub {
    pub parts: Parts,
    /// Credentials that were looked up lately.
    pub standings: Standings,
    pub clients: Clients,
    /// What is told on top of pages.
    pub announcements: http::announcements::Open,
    /// Where pages of lists end.
    pub lists: Lists,
    /// The sign-in page before anybody has typed anything, by language.
    pub sign_in_pages: BTreeMap<String, OnceLock<String>>,
    /// Who was seen, on the way to the database.
    pub seen: Seen,
    /// Wakes the reconciler, and tells waiting requests that something has moved.
    pub wakeup: Wakeup,
    /// What servers were seen to use.
    pub looks: servers::Looks,
    /// Wakes whoever works on people's homes.
    pub homes: homes::Wakeup,
    /// Wakes whoever sends letters.
    pub outbox: Outbox,
    /// Tells people from programs, where that is configured.
    pub captcha: Option<Captcha>,
    pub metrics: Metrics,
    pub events: Events,
    /// Starts that failed since the last one that succeeded, as this hub saw it.
    pub failed_starts: std::sync::atomic::AtomicU32,
    /// Sign-ins refused in this minute.
    pub refusals: Refusals,
    /// Who follows how many starts.
    pub streams: http::streams::Streams,
    /// People's own environments that are being made.
    pub own_builds: tokio::sync::Semaphore,
    pub tasks: TaskTracker,
    pub stop: CancellationToken,
    /// Somebody asked for the end through the API (`POST /shutdown`); the binary acts on it.
    pub shutdown: tokio::sync::watch::Sender<Option<Shutdown>>,
}

/// What is to end with the hub.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shutdown {
    pub servers: bool,
    pub edge: bool,
    /// Something is so wrong that a new hub should try.
    pub failed: bool,
}

impl std::ops::Deref for Hub {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.parts
    }
}

impl Hub {
    #[must_use]
    pub fn new(parts: Parts) -> Arc<Self> {
        Arc::new(Self {
            metrics: Metrics::new(&parts.config, parts.clock.now()),
            events: Events::new(&parts.config.events),
            sign_in_pages: parts
                .pages
                .languages()
                .map(|tag| (tag.to_owned(), OnceLock::new()))
                .collect(),
            outbox: Outbox::default(),
            captcha: Captcha::of(&parts.config.captcha),
            parts,
            standings: Standings::default(),
            clients: Clients::default(),
            announcements: http::announcements::Open::default(),
            lists: Lists::default(),
            seen: Seen::default(),
            wakeup: Wakeup::default(),
            looks: servers::Looks::default(),
            homes: homes::Wakeup::default(),
            refusals: Refusals::default(),
            failed_starts: std::sync::atomic::AtomicU32::new(0),
            streams: http::streams::Streams::default(),
            own_builds: tokio::sync::Semaphore::new(environments::own::AT_ONCE),
            tasks: TaskTracker::new(),
            stop: CancellationToken::new(),
            shutdown: tokio::sync::watch::channel(None).0,
        })
    }

    /// Brings the database in line with the configuration and begins the background work. The caller serves
    /// [`http::router`].
    pub async fn start(self: &Arc<Self>) -> Result<(), startup::StartError> {
        startup::prepare(self).await?;
        tasks::spawn_all(self);
        Ok(())
    }

    /// Ends the background work at its next resting point. Servers go on running.
    pub async fn stop(&self) {
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }

    /// Whether this peer is a proxy of ours, whose word about the client counts.
    #[must_use]
    pub fn trusts(&self, peer: std::net::IpAddr) -> bool {
        self.config.hub.trusted_proxies.iter().any(|net| net.contains(&peer))
    }

    /// `/hub/` below the base URL.
    #[must_use]
    pub fn prefix(&self) -> String {
        format!("{}hub/", self.config.hub.base_url)
    }
}
