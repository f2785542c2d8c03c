//! What people see when the file is wrong.

mod common;

use common::read;

fn shown(text: &str, env: &[(&str, &str)]) -> String {
    match read(text, env) {
        Ok(_) => "no mistake".to_owned(),
        Err(errors) => errors.to_string(),
    }
}

#[test]
fn ten_mistakes_at_once() {
    let text = r#"[hub]
lisen = "127.0.0.1:8081"
cookie_max_age = "two weeks"
allow_named_servers = "yes"
concurrent_spawn_limit = -1
public_url = "${PUBLIC_URL}"
database = "mysql://root:hunter2@db/hub"
admin_users = ["ada"]

[edge]
listen = ["127.0.0.1:8000", "localhost:80"]
auth_token = "file:nothing-here"

[[role]]
scopes = ["admin:users"]

[spawnr]
cmd = ["x"]
"#;
    let errors = read(text, &[]).unwrap_err();
    assert_eq!(errors.count(), 11);
    insta::assert_snapshot!(errors.to_string());
}

#[test]
fn not_toml() {
    insta::assert_snapshot!(shown(
        "[hub\nlisten = \n\n[edge]\nthreads = \"many\"\napi_token = \"hunter2\n",
        &[]
    ));
}

#[test]
fn variables() {
    let text = "[hub]\npublic_url = \"https://${HOST}/\"\ndefault_url = \"${NOT CLOSED\"\nlog_level = \"${1}\"\n";
    insta::assert_snapshot!(shown(text, &[]));
}

#[test]
fn variables_in_keys() {
    let text = r#"
[hub]
"${LISTEN}" = "127.0.0.1:1"
[spawner.docker]
volumes = { "${NOWHERE}/data" = "/data", "${NOT CLOSED" = "/x" }
[spawner.docker.host_config.sysctls]
"${ONE}" = "1"
"${TWO}" = "2"
"#;
    let env = [("LISTEN", "hunter2"), ("ONE", "hunter2"), ("TWO", "hunter2")];
    let shown = shown(text, &env);
    assert!(!shown.contains("hunter2"), "{shown}");
    insta::assert_snapshot!(shown);
}

#[test]
fn the_environment() {
    insta::assert_snapshot!(shown(
        "",
        &[
            ("PERIJOVE_HUB_LISTEN", ":80"),
            ("PERIJOVE_EDGE_THREADS", "many"),
            ("PERIJOVE_SPAWNER_PROCESS_LOG_LIMIT", "8 cows")
        ]
    ));
}

#[test]
fn sections_of_the_wrong_shape() {
    let text = "edge = 1\n[[hub]]\n[role]\nname = \"x\"\n[[service]]\nname = \"a\"\ncommand = 1\n\
                [[service]]\nname = \"a\"\n[[auth]]\nkind = \"magic\"\nclient_secret = \"hunter2\"\n[[auth]]\nkind = \"nativ\"\n[[auth]]\n";
    insta::assert_snapshot!(shown(text, &[]));
}

#[test]
fn wrong_values() {
    let text = r#"[hub]
base_url = "http://example.org/"
trusted_proxies = ["10.0.0.0/8", "10.0.0.0/33"]
log_level = "loud"
data_dir = ""
token_expires_in_max = "-3d"
db_url = "sqlite:///x"

[access]
admin_users = ["ada", "a/b"]
username_pattern = "[a-z"
username_map = { ada = 1 }

[spawner]
cpu_limit = 0
mem_limit = "2X"
environment = { A = 1, B = "hunter2" }

[spawner.process]
home = "/home/{name}"
port_range = "9-1"
"#;
    insta::assert_snapshot!(shown(text, &[]));
}

#[test]
fn secrets_are_never_shown() {
    for text in [
        "[edge]\nauth_token = [\"hunter2\"]",
        "[edge]\nauth_tokn = \"hunter2\"",
        "[edge]\nauth_token = \"hunter2",
        "[edge]\nauth_token = \"hunter2\" x",
        "[edge]\n\"auth_token\" = hunter2",
        "[hub]\ncrypt_keys = [\n\"hunter2\",\n3, \"hunter2\"]",
        "[hub]\ncrypt_keys = [\n\"hunter2\",\n 3 \"hunter2\"]",
        "[hub]\ncookie_secret = \"\"\"\nhunter2\n",
        "[hub]\ndatabase = \"postgresql://u:hunter2@host:port/db\"",
        "[hub]\ndatabase = \"postgresql://u:hunter2@host:5432/db",
        "[[auth]]\nkind = \"ldap\"\nbind = { pw = \"hunter2\" }\nx = \"hunter2\"",
        "[[service]]\nname = \"a\"\napi_token = \"hunter2\"\ncommand = 1\n[[service]]\nname=1\ninfo = { password = \"hunter2\", d = 1979-05-27 }",
        "service = [{ name = 1, api_token = \"hunter2\" }]",
        "[spawner]\nenvironment = { A = 1, B = \"hunter2\" }",
        "service = \"hunter2\"",
        "[x]\ny = \"hunter2\"",
        "[hub]\ncookie_secret = \"${SECRET}hunter2\"",
        "hunter = { secret = 'hunter2' } hunter",
    ] {
        let errors = read(text, &[]).expect_err(text);
        for shown in [errors.render(false), errors.render(true), format!("{errors:?}")] {
            assert!(!shown.contains("hunter2"), "{text}\n{shown}");
        }
    }
    for (name, value) in [
        ("PERIJOVE_HUB_DATABASE", "x://u:hunter2@h"),
        ("PERIJOVE_EDGE_AUTH_TOKEN", "[\"hunter2\"]"),
    ] {
        let shown = shown("", &[(name, value)]);
        assert!(shown.contains(name) && !shown.contains("hunter2"), "{shown}");
    }
}

#[test]
fn colour_is_a_choice() {
    let errors = read("x = 1", &[]).unwrap_err();
    assert!(errors.render(true).contains('\u{1b}'));
    assert!(!errors.render(false).contains('\u{1b}'));
}

#[test]
fn profiles_and_entitlements() {
    let text = r#"[[profile]]
name = "Small"
cpu = 1
cpu_guarantee = 2
picture = "https://elsewhere.example.org/x.png"

[[profile]]
slug = "small"
name = "Another"
default = true
default_url = "/lab/tree/{user}"

[[profile]]
name = "漢字"
default = true

[[profile.choice]]
name = "Size"
default = "larg"
[[profile.choice.option]]
name = "Large"
memory = "4G"
memory_guarantee = "5G"
[[profile.choice.option]]
name = "Large"

[[profile.choice]]
name = "Image"
pattern = "a.*"
[[profile.choice]]
name = "Nothing"
[[profile.choice]]
name = "Where"
pattern = "a.*"
sets = "cmd"

[[profile.mounts]]
source = "/shared/{group}"
target = "../shared"

[[entitlement]]
allow_profiles = ["smal"]
memory = "much"
group_total = { servers = 2 }
"#;
    insta::assert_snapshot!(shown(text, &[]));
}

/// An option of old that nobody read any more let everybody in.
#[test]
fn cve_2020_26250() {
    for old in ["whitelist", "github_organization_whitelist", "allowed_organisations"] {
        let text = format!("[[auth]]\nkind = \"github\"\nclient_id = \"x\"\n{old} = [\"lab\"]\n");
        let told = shown(&text, &[]);
        assert!(told.contains(&format!("unknown key `{old}`")), "{told}");
    }
}

#[test]
fn mail_and_captchas() {
    let text = "[[auth]]\nkind = \"native\"\nopen_signup = true\ndomains = [\"example.org\"]\nself_approval_server = {}\n\
                recaptcha_key = \"k\"\nsecret_key = \"hunter2hunter2\"\n\
                [mail]\nuser = \"hub\"\n[captcha]\nservice = \"custom\"\nkey = \"k\"\n";
    insta::assert_snapshot!("mail_and_captchas", shown(text, &[]));
    for (url, words) in [
        ("http://mail.example.org", "neither `smtp://` nor `smtps://`"),
        ("smtp://hub:hunter2@mail.example.org", "keys of their own"),
        ("smtp://mail.example.org/x", "not a server and perhaps a port"),
        ("smtps://", "not a server and perhaps a port"),
    ] {
        let told = shown(&format!("[mail]\nurl = \"{url}\"\nfrom = \"hub@example.org\"\n"), &[]);
        assert!(told.contains(words), "{url}: {told}");
    }
    let far = "[mail]\nurl = \"smtp://mail.example.org\"\nfrom = \"x\"\ninsecure = true\nuser = \"hub\"\npassword = \"hunter2\"\n";
    let told = shown(far, &[]);
    assert!(
        told.contains("for everybody to read") && told.contains("not a mail address"),
        "{told}"
    );
    assert!(!told.contains("hunter2"), "{told}");
    assert_eq!(
        shown(
            &far.replace("mail.example.org", "localhost")
                .replace("\"x\"", "\"hub@example.org\""),
            &[]
        ),
        "no mistake"
    );
}
