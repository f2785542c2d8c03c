//! All keys of perijove.toml.

mod auth;
mod culler;
mod docker;
mod edge;
mod edge_tls;
mod environments;
mod hub;
mod mail;
mod offers;
mod people;
mod records;
mod servers;
mod storage;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use ipnet::IpNet;
use url::Url;

use crate::settings::Setting;

pub use auth::{
    Auth, Auth0Auth, AuthRules, BitbucketAuth, CiLogonAuth, CiLogonIdp, DummyAuth, EntraAuth, GitHubAuth, GitLabAuth,
    GlobusAuth, GoogleAuth, HeaderAuth, KeycloakAuth, LdapAuth, Lti11Auth, LtiAuth, NativeAuth, NullAuth, OAuthAuth,
    OAuthKeys, OktaAuth, PamAuth, PasswordGroup, SharedPasswordAuth, TemporaryAuth,
};
pub use culler::{Culler, CullerRule};
pub use docker::DockerSpawner;
pub use edge::Edge;
pub use edge_tls::{EdgeAcme, EdgeTls, InternalTls};
pub use environments::Environments;
pub use hub::Hub;
pub use mail::{Captcha, Mail};
pub use offers::{Choice, ChoiceOption, Entitlement, GroupTotal, Profile, ProfileMount, ProfileValues};
pub use people::{Access, Group, Role, Scope};
pub use records::{Audit, Events, Metrics};
pub use servers::{ProcessSpawner, Service, Spawner};
pub use storage::{SharedFolder, Storage};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Everything perijove.toml says, or would say by default.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    pub hub: Hub,
    pub edge: Edge,
    /// Never empty.
    pub auth: Vec<Auth>,
    pub access: Access,
    pub mail: Mail,
    pub captcha: Captcha,
    pub scopes: Vec<Scope>,
    pub roles: Vec<Role>,
    pub groups: Vec<Group>,
    pub services: Vec<Service>,
    pub spawner: Spawner,
    pub storage: Storage,
    pub shared_folders: Vec<SharedFolder>,
    pub environments: Environments,
    pub profiles: Vec<Profile>,
    pub entitlements: Vec<Entitlement>,
    pub culler: Culler,
    pub audit: Audit,
    pub events: Events,
    pub metrics: Metrics,
    /// All of it for people, with where it is from; empty if it was read from nowhere.
    pub settings: Vec<Setting>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            hub: Hub::default(),
            edge: Edge::default(),
            auth: vec![Auth::Native(NativeAuth::default())],
            access: Access::default(),
            mail: Mail::default(),
            captcha: Captcha::default(),
            scopes: Vec::new(),
            roles: Vec::new(),
            groups: Vec::new(),
            services: Vec::new(),
            spawner: Spawner::default(),
            storage: Storage::default(),
            shared_folders: Vec::new(),
            environments: Environments::default(),
            profiles: Vec::new(),
            entitlements: Vec::new(),
            culler: Culler::default(),
            audit: Audit::default(),
            events: Events::default(),
            metrics: Metrics::default(),
            settings: Vec::new(),
        }
    }
}

impl Config {
    /// Whether people already in the database are let in.
    #[must_use]
    pub fn allow_existing_users(&self) -> bool {
        let native = self.auth.iter().any(|auth| matches!(auth, Auth::Native(_)));
        self.access
            .allow_existing_users
            .unwrap_or(native || !self.access.allowed_users.is_empty())
    }
}

const fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

fn local(port: u16) -> SocketAddr {
    (Ipv4Addr::LOCALHOST, port).into()
}

fn loopback() -> Vec<IpNet> {
    [IpAddr::V4(Ipv4Addr::new(127, 0, 0, 0)), IpAddr::V6(Ipv6Addr::LOCALHOST)]
        .into_iter()
        .zip([8, 128])
        .filter_map(|(address, prefix)| IpNet::new(address, prefix).ok())
        .collect()
}

fn texts(list: &[&str]) -> Vec<String> {
    list.iter().map(|&text| text.to_owned()).collect()
}

/// A URL for whoever connects: "any address" is reached at the loopback one.
fn http(listen: SocketAddr) -> Url {
    let host = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    #[expect(clippy::expect_used, reason = "a socket address after http:// is a URL")]
    Url::parse(&format!("http://{}", SocketAddr::new(host, listen.port()))).expect("a URL")
}
