//! Letters to people, by SMTP: one at a time, to one mail server, and in plain words what went wrong.

mod fault;

use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use lettre::address::AddressError;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, CertificateStore, Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use perijove_model::Secret;

pub use fault::Fault;

/// How a connection is kept from others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// TLS from the first byte.
    Tls,
    /// TLS before anything is said; a server that has none gets nothing.
    StartTls,
    /// None at all.
    None,
}

/// The mail server, and how we come to it.
#[derive(Debug, Clone)]
pub struct Settings {
    pub host: String,
    pub port: u16,
    pub security: Security,
    /// Authorities that the server is trusted by, instead of the machine's.
    pub ca_file: Option<PathBuf>,
    pub login: Option<(String, Secret)>,
    /// `Notebooks <hub@example.org>`
    pub from: String,
    /// What we call ourselves.
    pub own_name: String,
    /// For all of one letter.
    pub timeout: Duration,
}

/// What somebody is to read.
#[derive(Debug, Clone)]
pub struct Letter {
    pub to: String,
    pub subject: String,
    pub text: String,
    pub html: String,
    /// The same whenever this letter is sent: who gets it twice can tell.
    pub id: String,
}

/// Settings that can't be used.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    #[error("[mail] from: not a mail address: {0}")]
    From(AddressError),
    #[error("[mail] ca_file: {} can't be read: {source}", path.display())]
    Unreadable { path: PathBuf, source: std::io::Error },
    #[error("[mail] ca_file: there is no certificate in {}", .0.display())]
    NoCertificate(PathBuf),
    #[error("[mail] url: TLS can't be set up: {0}")]
    Tls(lettre::transport::smtp::Error),
}

/// Takes letters to the server.
pub struct Courier {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    settings: Settings,
}

impl Courier {
    /// # Errors
    /// The settings can't be used.
    pub fn new(settings: Settings) -> Result<Self, SettingsError> {
        let builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&settings.host)
            .port(settings.port)
            .timeout(Some(settings.timeout))
            .hello_name(own_name(&settings.own_name))
            .tls(match settings.security {
                Security::Tls => Tls::Wrapper(trust(&settings)?),
                Security::StartTls => Tls::Required(trust(&settings)?),
                Security::None => Tls::None,
            });
        let builder = match &settings.login {
            Some((user, password)) => builder.credentials(Credentials::new(user.clone(), password.expose().to_owned())),
            None => builder,
        };
        Ok(Self {
            transport: builder.build(),
            from: settings.from.parse().map_err(SettingsError::From)?,
            settings,
        })
    }

    /// Sends it once.
    ///
    /// # Errors
    /// The server has not taken it, as far as can be told.
    pub async fn send(&self, letter: &Letter) -> Result<(), Fault> {
        let message = self.message(letter)?;
        match tokio::time::timeout(self.settings.timeout, self.transport.send(message)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(fault::told(&self.settings, &error)),
            Err(_) => Err(fault::late(&self.settings)),
        }
    }

    fn message(&self, letter: &Letter) -> Result<Message, Fault> {
        // Never to be answered by another machine.
        let automatic = HeaderValue::new(
            HeaderName::new_from_ascii_str("Auto-Submitted"),
            "auto-generated".to_owned(),
        );
        let to: Address = letter
            .to
            .parse()
            .map_err(|error| fault::no_address(&letter.to, error))?;
        Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(one_line(&letter.subject))
            .message_id(Some(format!("<{}@{}>", letter.id, self.settings.own_name)))
            .raw_header(automatic)
            .multipart(MultiPart::alternative_plain_html(
                letter.text.clone(),
                letter.html.clone(),
            ))
            .map_err(|error| fault::unwritable(&error))
    }
}

fn own_name(name: &str) -> ClientId {
    match name.parse() {
        Ok(IpAddr::V4(address)) => ClientId::Ipv4(address),
        Ok(IpAddr::V6(address)) => ClientId::Ipv6(address),
        Err(_) => ClientId::Domain(name.to_owned()),
    }
}

/// A line break in a subject would begin another header.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

fn trust(settings: &Settings) -> Result<TlsParameters, SettingsError> {
    let builder = TlsParameters::builder(settings.host.clone());
    let builder = match &settings.ca_file {
        None => builder,
        Some(file) => builder
            .certificate_store(CertificateStore::None)
            .add_root_certificate(authorities(file)?),
    };
    builder.build().map_err(SettingsError::Tls)
}

fn authorities(file: &Path) -> Result<Certificate, SettingsError> {
    let pem = std::fs::read(file).map_err(|source| SettingsError::Unreadable {
        path: file.to_owned(),
        source,
    })?;
    let none = || SettingsError::NoCertificate(file.to_owned());
    if !pem.windows(10).any(|window| window == b"-----BEGIN") {
        return Err(none());
    }
    Certificate::from_pem(&pem).map_err(|_| none())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(from: &str) -> Settings {
        Settings {
            host: "127.0.0.1".into(),
            port: 1,
            security: Security::None,
            ca_file: None,
            login: None,
            from: from.into(),
            own_name: "hub.example.org".into(),
            timeout: Duration::from_secs(5),
        }
    }

    fn letter(to: &str, subject: &str) -> Letter {
        Letter {
            to: to.into(),
            subject: subject.into(),
            text: "Good morning".into(),
            html: "<p>Good morning</p>".into(),
            id: "7".into(),
        }
    }

    #[test]
    fn a_letter_has_what_it_needs_and_nothing_that_somebody_smuggled_in() {
        let courier = Courier::new(settings("Notebooks <hub@example.org>")).unwrap();
        let message = courier
            .message(&letter("ada@example.org", "Hello\r\nBcc: all@example.org"))
            .unwrap();
        let text = String::from_utf8(message.formatted()).unwrap();
        assert!(text.contains("From: Notebooks <hub@example.org>"), "{text}");
        assert!(text.contains("To: ada@example.org"), "{text}");
        assert!(text.contains("Auto-Submitted: auto-generated"), "{text}");
        assert!(text.contains("Message-ID: <7@hub.example.org>"), "{text}");
        assert!(!text.contains("\r\nBcc:"), "{text}");
        for bad in [
            "",
            "ada",
            "ada@example.org\r\nBcc: b@example.org",
            "Ada <ada@example.org>",
        ] {
            assert!(courier.message(&letter(bad, "Hello")).is_err(), "{bad}");
        }
    }

    #[test]
    fn settings_that_can_not_be_used_are_told() {
        assert!(matches!(Courier::new(settings("nobody")), Err(SettingsError::From(_))));
        let with = |file: &Path| Settings {
            security: Security::Tls,
            ca_file: Some(file.to_owned()),
            ..settings("hub@example.org")
        };
        let missing = Courier::new(with(Path::new("/nowhere/ca.pem"))).err().unwrap();
        assert!(
            missing.to_string().contains("/nowhere/ca.pem can't be read"),
            "{missing}"
        );
        let empty = tempfile::NamedTempFile::new().unwrap();
        let empty = Courier::new(with(empty.path())).err().unwrap();
        assert!(empty.to_string().contains("there is no certificate"), "{empty}");
    }
}
