//! Letters to people: written into the outbox in the transaction of what they tell, and sent from there by one hub.

mod post;
pub mod reset;

use perijove_config::Config;
use perijove_mail::{Courier, Security, Settings, SettingsError};
use perijove_store::{Db, languages, mails};
use perijove_web::mails::{Letterhead, Mail};
use serde::Serialize;
use tokio::sync::Notify;

use crate::Hub;
use crate::http::error::{HttpError, Result};
use crate::startup;

pub use post::keep;

/// Wakes whoever sends.
#[derive(Default)]
pub struct Outbox(Notify);

impl Outbox {
    /// Once what was written is committed.
    pub fn wake(&self) {
        self.0.notify_one();
    }

    async fn woken(&self) {
        self.0.notified().await;
    }
}

/// Who takes letters to the mail server; nobody where none is configured.
///
/// # Errors
/// The configuration can't be used.
pub fn courier(config: &Config) -> std::result::Result<Option<Courier>, SettingsError> {
    let mail = &config.mail;
    let Some(server) = &mail.url else { return Ok(None) };
    let settings = Settings {
        host: server.host.clone(),
        port: server.port,
        security: match server.tls {
            true => Security::Tls,
            false if mail.insecure => Security::None,
            false => Security::StartTls,
        },
        ca_file: mail.ca_file.clone(),
        login: mail.user.clone().zip(mail.password.clone()),
        from: mail.from.clone().unwrap_or_default(),
        own_name: head(config).hub_name,
        timeout: mail.timeout,
    };
    if settings.security == Security::None {
        tracing::warn!("letters go to the mail server without TLS, as `insecure` says");
    }
    Courier::new(settings).map(Some)
}

/// What every letter is given.
#[must_use]
pub fn head(config: &Config) -> Letterhead {
    let origin = startup::public_url(config);
    let url = url::Url::parse(&origin).ok();
    let host = url.as_ref().and_then(|url| url.host_str()).unwrap_or("localhost");
    Letterhead {
        hub_url: format!("{origin}{}", config.hub.base_url),
        hub_name: host.trim_matches(['[', ']']).to_owned(),
    }
}

/// Whether the hub can write to people.
#[must_use]
pub fn is_sent(config: &Config) -> bool {
    config.mail.url.is_some()
}

/// Puts a letter into the outbox; `false` if it is full. Then [`Outbox::wake`]. It is in the language that whoever reads it
/// has chosen, else in the other one, else in the site's.
pub async fn queue<M: Mail>(hub: &Hub, db: &impl Db, to: &str, letter: &M, otherwise: Option<&str>) -> Result<bool> {
    let chosen = languages::of_address(db, to).await?;
    let language = chosen.as_deref().or(otherwise);
    put(hub, db, M::NAME, to, &Sealed { language, letter }).await
}

/// What is kept of a letter until it is sent.
#[derive(Serialize)]
struct Sealed<'a, L> {
    language: Option<&'a str>,
    #[serde(flatten)]
    letter: &'a L,
}

async fn put<L: Serialize + Sync>(
    hub: &Hub,
    db: &impl Db,
    about: &str,
    to: &str,
    facts: &Sealed<'_, L>,
) -> Result<bool> {
    let facts = serde_json::to_string(facts).map_err(|error| HttpError::internal(&error))?;
    let sealed = hub.keys.seal(&facts);
    let sealed = sealed.ok_or_else(|| HttpError::internal(&"a letter can't be sealed"))?;
    let there = mails::add(db, about, to, &sealed, hub.clock.now()).await?;
    if !there {
        tracing::warn!(about, "a letter is not sent: too many wait");
    }
    Ok(there)
}

/// A mail address, as far as that can be told without writing to it.
#[must_use]
pub fn address(typed: &str) -> Option<&str> {
    const LONGEST: usize = 320;
    let typed = typed.trim();
    let (local, domain) = typed.rsplit_once('@')?;
    let plain = |text: &str| {
        !text.is_empty()
            && !text
                .chars()
                .any(|c| c.is_whitespace() || c.is_control() || "<>,;:\"()[]\\@".contains(c))
    };
    let fits = typed.len() <= LONGEST && plain(local) && plain(domain) && domain.contains('.');
    fits.then_some(typed)
}

#[cfg(test)]
mod tests {
    use super::address;

    #[test]
    fn mail_addresses_are_told_from_other_text() {
        for good in ["ada@example.org", " ada.l+x@a.b.example.org "] {
            assert_eq!(address(good), Some(good.trim()));
        }
        for bad in [
            "",
            "ada",
            "ada@",
            "@example.org",
            "ada@localhost",
            "a@b@example.org",
            "ada@example.org\r\nBcc: all@example.org",
            "Ada <ada@example.org>",
            &format!("{}@example.org", "x".repeat(400)),
        ] {
            assert_eq!(address(bad), None, "{bad}");
        }
    }
}
