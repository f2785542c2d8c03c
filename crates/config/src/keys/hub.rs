//! `[hub]`: the hub itself.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

use ipnet::IpNet;
use perijove_model::Secret;
use url::Url;

use super::{DAY, local, loopback, seconds};
use crate::section::section;
use crate::types::{BaseUrl, Database, DatabaseUrl, Json, LogFormat, LogLevel};
use std::net::SocketAddr;

section! {
    /// The hub: where it listens, where it keeps its data, what it allows.
    pub struct Hub {
        /// Address on which the hub waits for the edge, for servers and for services.
        listen: SocketAddr = local(8081);
        /// URL at which the edge, servers and services reach the hub, without the base URL.
        connect_url: Option<Url> = None, unset "`http://` and `listen`", example "\"http://10.0.0.5:8081\"";
        /// URL at which people reach the platform. Turns on secure cookies and full URLs in API answers.
        public_url: Option<Url> = None, example "\"https://hub.example.org\"";
        /// Path below which everything lies. A missing slash at either end is added.
        base_url: BaseUrl = BaseUrl::default();
        /// Database: `sqlite:///FILE` (relative to `data_dir`), `sqlite:////ABSOLUTE/FILE`, a bare path, or
        /// `postgresql://USER:PASSWORD@HOST:PORT/NAME`. SQLAlchemy's forms with a driver (`postgresql+psycopg2://`) work too. `?sslmode=verify-full&sslrootcert=FILE` encrypts the connection and checks the server.
        database: DatabaseUrl = DatabaseUrl::default();
        /// Directory for everything the hub keeps: database, secrets, homes.
        data_dir: PathBuf = PathBuf::from(".perijove");
        /// Key that signs cookies, as hexadecimal digits or any text.
        cookie_secret: Option<Secret> = None, unset "read from `cookie_secret_file`", env "JPY_COOKIE_SECRET";
        /// File that keeps the key that signs cookies; made at the first start.
        cookie_secret_file: Option<PathBuf> = None, unset "`jupyterhub_cookie_secret` in `data_dir`";
        /// How long a login lasts.
        cookie_max_age: Duration = 14 * DAY;
        /// Keys that encrypt what logins leave behind: the first one encrypts, all of them decrypt.
        /// In the environment they are separated by `;`.
        crypt_keys: Vec<Secret> = Vec::new(), env "JUPYTERHUB_CRYPT_KEY";
        /// Life of tokens given out through OAuth.
        oauth_token_expires_in: Option<Duration> = None, unset "`cookie_max_age`", example "\"1h\"";
        /// Refuse OAuth clients that don't use PKCE.
        oauth_require_pkce: bool = false;
        /// Programs without a browser and without a secret that may ask people for a token, by their client ids (RFC 8628: people type a code at `/hub/device`). Empty turns that off. `perijove login` is `perijove-cli`.
        device_clients: BTreeSet<String> = BTreeSet::from(["perijove-cli".to_owned()]);
        /// Go to the own server after login, instead of to the home page.
        redirect_to_server: bool = true;
        /// Page to go to after login, when no other was asked for.
        default_url: String = String::new();
        /// People may have servers besides the default one.
        allow_named_servers: bool = false;
        /// How many named servers one person may have; 0 is no limit.
        named_server_limit_per_user: u32 = 0;
        /// The same for administrators; 0 is no limit.
        named_server_limit_for_admins: Option<u32> = None, unset "`named_server_limit_per_user`", example "0";
        /// Named server that links for everybody (`/hub/user-redirect/...`) lead to; empty is the default server.
        default_server_name: String = String::new();
        /// Servers whose names are from before the rule for names may still be started.
        allow_invalid_named_server_start: bool = true;
        /// How many servers may be starting at the same time; 0 is no limit.
        concurrent_spawn_limit: u32 = 100;
        /// How many servers may be running, over all people; 0 is no limit.
        active_server_limit: u32 = 0;
        /// Page size of API lists when the client asks for pages without a size.
        api_page_default_limit: u32 = 50;
        /// Largest page size of API lists.
        api_page_max_limit: u32 = 200;
        /// Longest life of an API token; 0 is no limit.
        token_expires_in_max: Duration = Duration::ZERO;
        /// Last activity isn't written more often than this.
        activity_resolution: Duration = seconds(30);
        /// How long a request waits for a server to start before it answers that it is pending.
        slow_spawn_timeout: Duration = seconds(10);
        /// How long a request waits for a server to stop before it answers that it is pending.
        slow_stop_timeout: Duration = seconds(10);
        /// Time between two looks whether services answer; 0 turns them off.
        service_check_interval: Duration = seconds(60);
        /// Stop all servers when the hub stops. Off by default: servers outlive a restart of the hub.
        cleanup_servers: bool = false;
        /// Start a stopped server that somebody visits by itself, after this time; 0 waits for the person.
        implicit_spawn_seconds: Duration = Duration::ZERO;
        /// Stop people's servers when they sign out.
        shutdown_on_logout: bool = false;
        /// Answer 503 instead of 424 for servers that don't run, as JupyterLab before 3 expects.
        use_legacy_stopped_server_status_code: bool = false;
        /// Anything for templates. `announcement` is shown on every page, `announcement_login`, `announcement_home`,
        /// `announcement_spawn` and `announcement_logout` on theirs instead.
        template_vars: Json = Json::new(), example "{ announcement = \"Maintenance on Friday, 18:00\" }";
        /// Directories with templates that replace or extend the built-in ones.
        template_paths: Vec<PathBuf> = Vec::new(), example "[\"templates\"]";
        /// Directories with files that `static_url` finds where there is no built-in file of that name.
        static_paths: Vec<PathBuf> = Vec::new(), example "[\"static\"]";
        /// What pages may load (`Content-Security-Policy`), instead of only what is the hub's own. Needed where templates of a
        /// site have scripts or styles within them, or from elsewhere.
        page_policy: Option<String> = None, unset "what the hub itself serves, and nothing within pages", example "\"default-src 'self' 'unsafe-inline'; img-src 'self' data:\"";
        /// Language of pages for whoever has chosen none, and whose browser asks for none that there is.
        language: String = "en".to_owned(), example "\"de\"";
        /// Directories with messages (`de.ftl`, `it.ftl`) that replace or add to the built-in ones, or add a language.
        word_paths: Vec<PathBuf> = Vec::new(), example "[\"words\"]";
        /// How much is logged: "error", "warn", "info", "debug" or "trace".
        log_level: LogLevel = LogLevel::Info;
        /// How it is logged: "text" for people, "json" for log collectors.
        log_format: LogFormat = LogFormat::Text;
        /// Addresses and networks of proxies whose `X-Forwarded-*` headers are believed.
        trusted_proxies: Vec<IpNet> = loopback(), example "[\"10.0.0.0/8\"]";
    }
}

impl Hub {
    /// The database, its file placed in `data_dir`.
    #[must_use]
    pub fn database(&self) -> Database {
        self.database.in_dir(&self.data_dir)
    }

    /// Where others reach the hub, without a path.
    #[must_use]
    pub fn connect_url(&self) -> Url {
        self.connect_url.clone().unwrap_or_else(|| super::http(self.listen))
    }

    #[must_use]
    pub fn cookie_secret_file(&self) -> PathBuf {
        self.cookie_secret_file
            .clone()
            .unwrap_or_else(|| self.data_dir.join("jupyterhub_cookie_secret"))
    }

    /// How many named servers one person may have, by who asks; 0 is no limit.
    #[must_use]
    pub fn named_server_limit(&self, admin: bool) -> u32 {
        match self.named_server_limit_for_admins {
            Some(limit) if admin => limit,
            _ => self.named_server_limit_per_user,
        }
    }

    #[must_use]
    pub fn oauth_token_expires_in(&self) -> Duration {
        self.oauth_token_expires_in.unwrap_or(self.cookie_max_age)
    }
}
