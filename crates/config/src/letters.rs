//! What has to go together in `[mail]` and `[captcha]`, and in accounts that need them.

use crate::errors::{Mistake, Place};
use crate::keys::{Auth, Captcha, Config, Mail};
use crate::node::{Raw, Table};
use crate::offers::Places;
use crate::reader::Reader;
use crate::types::CaptchaService;

/// Where the sections stand.
pub(crate) struct Sections {
    auth: Place,
    mail: Places,
    captcha: Places,
}

impl Sections {
    pub(crate) fn of(table: &Table) -> Self {
        let entry = |name: &str| table.entries.iter().find(|entry| entry.key == name);
        let places = |name: &str| match entry(name) {
            None => Places::of(&Table::default(), &Place::File(0..0)),
            Some(entry) => match &entry.node.raw {
                Raw::Table(table) => Places::of(table, &entry.key_place),
                _ => Places::of(&Table::default(), &entry.key_place),
            },
        };
        Self {
            auth: entry("auth").map_or(Place::File(0..0), |entry| entry.key_place.clone()),
            mail: places("mail"),
            captcha: places("captcha"),
        }
    }
}

pub(crate) fn check(config: &Config, places: &Sections, reader: &mut Reader<'_>) {
    check_mail(&config.mail, &places.mail, reader);
    check_captcha(&config.captcha, &places.captcha, reader);
    for auth in &config.auth {
        let Auth::Native(native) = auth else { continue };
        let approves = native.allow_self_approval_for.is_some() || !native.domains.is_empty();
        if approves && config.mail.url.is_none() {
            let mistake = Mistake::new("`domains` and `allow_self_approval_for` need mail");
            let help = "name the server with `url` in [mail]: people follow a link that is sent to them";
            reader.mistake(&places.auth, mistake.help(help));
        }
        if approves && native.open_signup {
            let mistake = Mistake::new("`open_signup` lets in everybody, whatever their mail address");
            let help = "leave out either `open_signup`, or `domains` and `allow_self_approval_for`";
            reader.mistake(&places.auth, mistake.help(help));
        }
    }
}

fn check_mail(mail: &Mail, places: &Places, reader: &mut Reader<'_>) {
    let mut wrong = |key: &str, what: &str, help: &str| {
        reader.mistake(places.key(key), Mistake::new(what).help(help));
    };
    if mail.user.is_some() != mail.password.is_some() {
        wrong("user", "`user` and `password` belong together", "set both or none");
    }
    let Some(server) = &mail.url else { return };
    match &mail.from {
        None => {
            let help = "write `from = \"Notebooks <notebooks@example.org>\"`";
            wrong("from", "`from` is missing in [mail]", help);
        }
        Some(from) if !from.contains('@') => wrong("from", "not a mail address", "write `name@example.org`"),
        Some(_) => {}
    }
    let host = &server.host;
    let is_near = host == "localhost" || host.parse().is_ok_and(|ip: std::net::IpAddr| ip.is_loopback());
    if mail.insecure && mail.password.is_some() && !is_near {
        let help = "take a server with TLS, or one that wants no password";
        wrong(
            "insecure",
            "the password would cross the network for everybody to read",
            help,
        );
    }
}

fn check_captcha(captcha: &Captcha, places: &Places, reader: &mut Reader<'_>) {
    let mut wrong = |key: &str, what: &str, help: &str| {
        reader.mistake(places.key(key), Mistake::new(what).help(help));
    };
    let Some(service) = captcha.service else {
        if captcha.key.is_some() || captcha.secret.is_some() {
            wrong(
                "service",
                "`service` is missing in [captcha]",
                "write `service = \"turnstile\"`, or which it is",
            );
        }
        return;
    };
    if captcha.key.is_none() || captcha.secret.is_none() {
        wrong(
            "service",
            "`key` or `secret` is missing in [captcha]",
            "the service gives both to its customers",
        );
    }
    if service == CaptchaService::Custom && (captcha.script_url.is_none() || captcha.verify_url.is_none()) {
        wrong(
            "service",
            "nobody knows where this service is",
            "set `script_url` and `verify_url`",
        );
    }
}
