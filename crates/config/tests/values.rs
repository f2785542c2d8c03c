//! What a right file means.

mod common;

use std::path::{Path, PathBuf};
use std::time::Duration;

use common::read;
use perijove_config::{Auth, ByteSize, Config, Database, Quota, load};
use perijove_model::UserName;

#[test]
fn nothing_is_the_defaults() {
    let mut config = load(None, &|_| None, &|_| Ok(String::new())).unwrap();
    assert!(!config.settings.is_empty());
    // Where values come from is told by what was read only.
    config.settings.clear();
    assert_eq!(config, Config::default());
    assert_eq!(
        config.hub.database(),
        Database::Sqlite(".perijove/perijove.sqlite".into())
    );
    assert_eq!(config.hub.connect_url().as_str(), "http://127.0.0.1:8081/");
    assert_eq!(config.edge.api_url().as_str(), "http://127.0.0.1:8001/");
    assert_eq!(config.hub.oauth_token_expires_in(), Duration::from_secs(14 * 86400));
    assert!(config.allow_existing_users());
    assert!(matches!(config.auth[..], [Auth::Native(_)]));
}

#[test]
fn paths_are_relative_to_the_file() {
    let config = read(
        "[hub]\ndata_dir = \"data\"\ntemplate_paths = [\"a\", \"/b\"]\n[spawner.process]\nhome = \"h/{username}\"",
        &[],
    )
    .unwrap();
    assert_eq!(config.hub.data_dir, Path::new("/etc/perijove/data"));
    assert_eq!(
        config.hub.template_paths,
        [PathBuf::from("/etc/perijove/a"), "/b".into()]
    );
    assert_eq!(
        config.hub.database(),
        Database::Sqlite("/etc/perijove/data/perijove.sqlite".into())
    );
    assert_eq!(
        config.hub.cookie_secret_file(),
        Path::new("/etc/perijove/data/jupyterhub_cookie_secret")
    );
    assert_eq!(
        config.edge.routes_file(&config.hub.data_dir),
        Path::new("/etc/perijove/data/edge-routes.json")
    );
    let home = &config.spawner.process.home;
    assert_eq!(home.fill(Path::new("/d"), "a{b}"), Path::new("/etc/perijove/h/a{b}"));
    assert_eq!(
        Config::default().spawner.process.home.fill(Path::new("/d"), "ada"),
        Path::new("/d/homes/ada")
    );
}

#[test]
fn a_full_file() {
    let text = r#"
[hub]
base_url = "jupyter"
cookie_max_age = "1h30m"
activity_resolution = 5
[edge]
listen = ["127.0.0.1:1", "[::1]:2"]
max_header_bytes = "16K"
[[auth]]
kind = "dummy"
password = "file:token"
[access]
admin_users = ["Ada"]
username_map = { "ada@example.org" = "ada" }
username_pattern = "a"
[[role]]
name = "teacher"
users = ["ada"]
[[group]]
name = "students"
properties = { room = "B12", seats = 3 }
[[service]]
name = "grader"
api_token = "${GRADER:-fallback}"
[spawner]
mem_limit = "1.5G"
environment = { PRICE = "$$5 $x" }
[spawner.process]
port_range = "1000-2000"
"#;
    let config = read(text, &[]).unwrap();
    assert_eq!(config.hub.base_url.as_str(), "/jupyter/");
    assert_eq!(config.hub.cookie_max_age, Duration::from_secs(5400));
    assert_eq!(config.hub.activity_resolution, Duration::from_secs(5));
    assert_eq!(config.edge.listen.len(), 2);
    assert_eq!(config.edge.max_header_bytes, ByteSize(16384));
    let [Auth::Dummy(dummy)] = &config.auth[..] else {
        panic!("{:?}", config.auth)
    };
    assert_eq!(dummy.password.as_ref().unwrap().expose(), "from-a-file");
    assert!(
        config.access.admin_users.contains(&UserName::try_from("ada").unwrap()),
        "names are lower-cased"
    );
    let pattern = config.access.username_pattern.as_ref().unwrap();
    assert!(
        pattern.is_match("ada") && !pattern.is_match("grace"),
        "anchored at the beginning"
    );
    assert_eq!(config.roles[0].scopes, None);
    assert_eq!(config.groups[0].properties["seats"], 3);
    assert_eq!(config.services[0].api_token.as_ref().unwrap().expose(), "fallback");
    assert_eq!(config.spawner.mem_limit, Some(ByteSize(3 << 29)));
    assert_eq!(config.spawner.environment["PRICE"], "$5 $x");
    assert_eq!(config.spawner.process.port_range.0, 1000..=2000);
    assert!(!format!("{config:?}").contains("from-a-file"));
    assert!(
        !config.allow_existing_users(),
        "only native accounts let in whom the database knows"
    );
}

#[test]
fn variables_are_filled_into_keys_that_are_anybodys() {
    let text = r#"
[spawner.docker]
volumes = { "${ROOT}/shared/{username}" = "/shared", "${CACHE:-cache}-{username}" = "/cache", "${NOWHERE:-}" = "/x" }
read_only_volumes = { "price-$$5-$x" = "/data" }
[spawner.docker.host_config.extra_hosts]
"${DATABASE}" = "10.0.0.9"
[spawner.environment]
"${TEAM}_ROOT" = "${ROOT}"
"#;
    let env = [
        ("ROOT", "/srv/team"),
        ("DATABASE", "db"),
        ("TEAM", "PHYSICS"),
        ("PERIJOVE_SPAWNER_AUTH_STATE_ENV", "{ \"${ROOT}\" = \"as it is\" }"),
    ];
    let config = read(text, &env).unwrap();
    let docker = &config.spawner.docker;
    let volumes: Vec<_> = docker
        .volumes
        .iter()
        .map(|(from, to)| (from.as_str(), to.as_str()))
        .collect();
    assert_eq!(
        volumes,
        [
            ("/srv/team/shared/{username}", "/shared"),
            ("cache-{username}", "/cache")
        ]
    );
    assert_eq!(docker.read_only_volumes["price-$5-$x"], "/data");
    assert_eq!(docker.host_config["extra_hosts"]["db"], "10.0.0.9");
    assert_eq!(config.spawner.environment["PHYSICS_ROOT"], "/srv/team");
    assert_eq!(
        config.spawner.auth_state_env["${ROOT}"], "as it is",
        "what a variable holds is taken as it is, keys as values"
    );
}

#[test]
fn the_environment_beats_the_file() {
    let text = "[hub]\nlisten = \"127.0.0.1:1\"\nallow_named_servers = false\ncookie_secret = \"old\"";
    let env = [
        ("PERIJOVE_HUB_LISTEN", "0.0.0.0:2"),
        ("PERIJOVE_HUB_ALLOW_NAMED_SERVERS", "true"),
        ("PERIJOVE_HUB_DATA_DIR", "/data"),
        ("PERIJOVE_ACCESS_ADMIN_USERS", "ada, grace"),
        ("PERIJOVE_SPAWNER_ENVIRONMENT", "{ A = \"b\" }"),
        ("PERIJOVE_SPAWNER_CMD", "[\"a, b\", \"c\"]"),
        ("PERIJOVE_SPAWNER_PROCESS_KILL_TIMEOUT", "7"),
        ("PERIJOVE_EDGE_LISTEN", "127.0.0.1:3,127.0.0.1:4"),
        ("PERIJOVE_HUB_LOG_LEVEL", ""),
        ("JUPYTERHUB_CRYPT_KEY", "one;two"),
        ("CONFIGPROXY_AUTH_TOKEN", "proxy"),
        ("JPY_COOKIE_SECRET", "new"),
    ];
    let config = read(text, &env).unwrap();
    assert_eq!(config.hub.connect_url().as_str(), "http://127.0.0.1:2/");
    assert!(config.hub.allow_named_servers);
    assert_eq!(config.hub.data_dir, Path::new("/data"));
    assert_eq!(config.access.admin_users.len(), 2);
    assert_eq!(config.spawner.environment["A"], "b");
    assert_eq!(config.spawner.cmd, ["a, b", "c"]);
    assert_eq!(config.spawner.process.kill_timeout, Duration::from_secs(7));
    assert_eq!(config.edge.listen.len(), 2);
    assert_eq!(
        config.hub.crypt_keys.iter().map(|key| key.expose()).collect::<Vec<_>>(),
        ["one", "two"]
    );
    assert_eq!(config.edge.auth_token.unwrap().expose(), "proxy");
    assert_eq!(config.hub.cookie_secret.unwrap().expose(), "new");
}

#[test]
fn variables_may_be_numbers_or_nothing() {
    let text = "[edge]\nthreads = \"${N}\"\nauth_token = \"${TOKEN:-}\"";
    let config = read(text, &[("N", "4")]).unwrap();
    assert_eq!((config.edge.threads, config.edge.auth_token), (4, None));
    assert!(
        read("[edge]\nthreads = \"4\"", &[]).is_err(),
        "written out, a number is a number"
    );
}

#[test]
fn databases() {
    let database =
        |text: &str| read(&format!("[hub]\ndata_dir = \"/d\"\ndatabase = '{text}'"), &[]).map(|c| c.hub.database());
    for (text, path) in [
        ("sqlite:///x.sqlite", "/d/x.sqlite"),
        ("sqlite:////abs/x.sqlite", "/abs/x.sqlite"),
        ("sqlite+pysqlite:///x.sqlite?timeout=5", "/d/x.sqlite"),
        ("x.sqlite", "/d/x.sqlite"),
        ("/abs/x", "/abs/x"),
    ] {
        assert_eq!(database(text).unwrap(), Database::Sqlite(path.into()), "{text}");
    }
    assert_eq!(database("sqlite://").unwrap(), Database::SqliteMemory);
    assert_eq!(database("sqlite:///:memory:").unwrap(), Database::SqliteMemory);
    for scheme in ["postgresql", "postgresql+psycopg2", "postgres", "postgresql+asyncpg"] {
        let Ok(Database::Postgres(url)) = database(&format!("{scheme}://u:p%40@h:1/db?sslmode=require")) else {
            panic!("{scheme}")
        };
        assert_eq!(url.expose(), "postgresql://u:p%40@h:1/db?sslmode=require");
    }
    assert!(database("mysql://h/db").is_err());
}

#[test]
fn profiles_have_slugs_and_defaults() {
    let text = r#"
[[profile]]
name = "uv Lab - 2 CPU / 4GB"
cpu = 2
memory = "4G"
claims = { department = "physics" }
[[profile.choice]]
name = "Size"
[[profile.choice.option]]
name = "Small"
[[profile.choice.option]]
name = "Large"
memory = "8G"
env = { SIZE = "large" }
[[profile.choice]]
name = "Image"
pattern = "registry/[a-z]+"
sets = "image"
[[profile.mounts]]
source = "/data"
target = "data"
read_only = true
[[entitlement]]
memory = "unlimited"
gpu = 0
group_total = { memory = "64G" }
groups = ["class"]
"#;
    let config =
        read(text, &[("PERIJOVE_ENTITLEMENT_GROUP_TOTAL_SERVERS", "3")]).unwrap_or_else(|errors| panic!("{errors}"));
    let profile = &config.profiles[0];
    assert_eq!(profile.slug, "uv-lab-2-cpu-4gb");
    assert_eq!(profile.values.memory, Some(ByteSize(4 << 30)));
    assert_eq!(&*profile.claims["department"], ["physics".to_owned()]);
    assert!(profile.values.mounts[0].read_only);
    let [size, image] = profile.choice.as_slice() else {
        panic!()
    };
    assert_eq!((size.slug.as_str(), size.default.as_str()), ("size", "small"));
    assert_eq!(size.option[1].values.env["SIZE"], "large");
    assert!(size.takes("large") && !size.takes("Large") && image.takes("registry/lab"));
    assert!(
        !image.takes("registry/lab\n") && !image.takes("x/registry/lab"),
        "from end to end"
    );
    let entitlement = &config.entitlements[0];
    assert_eq!(
        (entitlement.memory, entitlement.gpu),
        (Some(Quota::Unlimited), Some(Quota::At(0)))
    );
    assert_eq!(entitlement.group_total.memory, Some(ByteSize(64 << 30)));
    assert_eq!(
        entitlement.group_total.servers, None,
        "what has no name has no variable"
    );
}
