//! What has to go together in an `[[auth]]`.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use perijove_model::Secret;
use url::Url;

use crate::errors::Mistake;
use crate::keys::{Auth, GoogleAuth, HeaderAuth, LdapAuth, SharedPasswordAuth};
use crate::offers::Places;
use crate::reader::Reader;

const SHORTEST_SHARED: usize = 8;
const SHORTEST_FOR_ADMINS: usize = 32;
/// Shorter ones can be tried out.
const SHORTEST_SECRET: usize = 32;

pub(crate) fn check(auth: &Auth, places: &Places, reader: &mut Reader<'_>) {
    let mut wrong = |key: &str, what: &str, help: &str| {
        reader.mistake(places.key(key), Mistake::new(what.to_owned()).help(help.to_owned()));
    };
    match auth {
        Auth::Header(header) => check_header(header, &mut wrong),
        Auth::Ldap(ldap) => check_ldap(ldap, &mut wrong),
        Auth::SharedPassword(shared) => check_shared(shared, &mut wrong),
        Auth::Google(google) => check_google(google, &mut wrong),
        Auth::Lti11(lti) if lti.consumers.values().any(Secret::is_empty) => {
            let help = "give every platform a secret of its own: `openssl rand -hex 32`";
            wrong("consumers", "anybody could sign in by an empty secret", help);
        }
        _ => {}
    }
}

type Wrong<'a> = dyn FnMut(&str, &str, &str) + 'a;

fn check_header(header: &HeaderAuth, wrong: &mut Wrong<'_>) {
    let names = [
        ("user_header", Some(&header.user_header)),
        ("groups_header", header.groups_header.as_ref()),
        ("email_header", header.email_header.as_ref()),
    ];
    let fits =
        |name: &String| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    for (key, name) in names {
        if name.is_some_and(|name| !fits(name)) {
            wrong(key, "not the name of a header", "letters, digits and `-`");
        }
    }
    if !header.claims_headers.values().all(fits) {
        wrong("claims_headers", "not the name of a header", "letters, digits and `-`");
    }
    if header.from.is_empty() && header.secret.is_none() && header.certificates.is_empty() {
        let help = "say with `from` where it is, give it a `secret`, or name its certificate in `certificates`";
        wrong(
            "kind",
            "anybody could say who they are: nothing tells the proxy from them",
            help,
        );
    }
    if header
        .secret
        .as_ref()
        .is_some_and(|secret| secret.expose().len() < SHORTEST_SECRET)
    {
        wrong(
            "secret",
            "shorter than 32 characters",
            "make one with `openssl rand -hex 32`",
        );
    }
    let loopback = [IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)];
    let has_loopback = header
        .from
        .iter()
        .any(|net| loopback.iter().any(|address| net.contains(address)));
    if has_loopback && header.secret.is_none() && header.certificates.is_empty() {
        let help = "people's servers may run on this machine, too: set `secret` besides";
        wrong("from", "every program on this machine could say who it is", help);
    }
}

fn check_google(google: &GoogleAuth, wrong: &mut Wrong<'_>) {
    let (keys, administrators) = (&google.google_service_account_keys, &google.gsuite_administrator);
    if !keys.keys().eq(administrators.keys()) {
        let help = "both have one line for each domain";
        wrong(
            "google_service_account_keys",
            "`google_service_account_keys` and `gsuite_administrator` are about different domains",
            help,
        );
    }
}

fn check_ldap(ldap: &LdapAuth, wrong: &mut Wrong<'_>) {
    if ldap.url.is_empty() {
        wrong(
            "url",
            "no server of the directory",
            "write `url = \"ldaps://ldap.example.org\"`",
        );
    }
    let is_directory = |text: &String| {
        let url = Url::parse(text).ok();
        url.is_some_and(|url| {
            matches!(url.scheme(), "ldap" | "ldaps") && url.host_str().is_some_and(|host| !host.is_empty())
        })
    };
    if !ldap.url.iter().all(is_directory) {
        wrong(
            "url",
            "not the address of a directory",
            "`ldap://` or `ldaps://`, and a host",
        );
    }
    if ldap
        .bind_dn_template
        .iter()
        .any(|template| !template.contains("{username}"))
    {
        wrong(
            "bind_dn_template",
            "everybody would be the same",
            "put `{username}` where the name goes",
        );
    }
    if ldap.bind_dn_template.is_empty() && ldap.user_search_base.is_none() {
        let help = "set `bind_dn_template`, or `user_search_base`";
        wrong("kind", "people's entries can't be found", help);
    }
    if ldap.lookup_user.is_some()
        != ldap
            .lookup_password
            .as_ref()
            .is_some_and(|password| !password.is_empty())
    {
        wrong(
            "lookup_user",
            "`lookup_user` and `lookup_password` go together",
            "set both or none",
        );
    }
}

fn check_shared(shared: &SharedPasswordAuth, wrong: &mut Wrong<'_>) {
    let (user, admin) = (shared.user_password.as_ref(), shared.admin_password.as_ref());
    let groups = || shared.password_group.iter().map(|group| &group.password);
    let short = |password: &Secret, fewest| password.expose().chars().count() < fewest;
    if user.is_none() && admin.is_none() && shared.password_group.is_empty() {
        wrong(
            "kind",
            "nobody has a password",
            "set `user_password`, `admin_password`, or both",
        );
    }
    if user.is_some_and(|password| short(password, SHORTEST_SHARED)) {
        wrong("user_password", "shorter than 8 characters", "take a longer one");
    }
    if admin.is_some_and(|password| short(password, SHORTEST_FOR_ADMINS)) {
        wrong(
            "admin_password",
            "shorter than 32 characters",
            "make one with `openssl rand -hex 32`",
        );
    }
    if groups().any(|password| short(password, SHORTEST_SHARED)) {
        wrong(
            "password_group",
            "a password shorter than 8 characters",
            "take a longer one",
        );
    }
    if admin.is_some_and(|admin| user == Some(admin) || groups().any(|password| password == admin)) {
        wrong("admin_password", "others have the same password", "take another one");
    }
}
