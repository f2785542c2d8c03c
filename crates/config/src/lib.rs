//! perijove.toml: parsed with spans, all mistakes at once.
//!
//! Architecture invariant: no environment, file or clock of its own; the caller passes them in.

mod docs;
mod errors;
mod hints;
mod key;
mod keys;
mod letters;
mod load;
mod mask;
mod node;
mod offers;
mod reader;
mod section;
mod settings;
mod types;
mod values;
mod ways;

pub use docs::{documents, example, reference, schema};
pub use errors::ConfigErrors;
pub use keys::{
    Access, Audit, Auth, Auth0Auth, AuthRules, BitbucketAuth, Captcha, Choice, ChoiceOption, CiLogonAuth, CiLogonIdp,
    Config, Culler, CullerRule, DockerSpawner, DummyAuth, Edge, EdgeAcme, EdgeTls, Entitlement, EntraAuth,
    Environments, Events, GitHubAuth, GitLabAuth, GlobusAuth, GoogleAuth, Group, GroupTotal, HeaderAuth, Hub,
    InternalTls, KeycloakAuth, LdapAuth, Lti11Auth, LtiAuth, Mail, Metrics, NativeAuth, NullAuth, OAuthAuth, OAuthKeys,
    OktaAuth, PamAuth, PasswordGroup, ProcessSpawner, Profile, ProfileMount, ProfileValues, Role, Scope, Service,
    SharedFolder, SharedPasswordAuth, Spawner, Storage, TemporaryAuth,
};
pub use load::load;
pub use settings::{Origin, Setting};
pub use types::{
    AccessLog, Accounts, AcmeChallenge, Backend, BaseUrl, Busy, ByteSize, CaptchaService, Database, DatabaseUrl,
    EscapeNames, FolderName, Isolation, Json, LogFormat, LogLevel, MailServer, NestedGroups, OneOrMany, PathTemplate,
    Pattern, PortRange, PullPolicy, Quota, ReachBy, TlsVersion, UidRange, Weekly, Whole, Zone,
};
pub use values::parsed_size;
