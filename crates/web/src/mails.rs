//! Letters: one struct for each, which is what its templates are given.
//!
//! `mail/NAME.txt` begins with the line `Subject: …`; what follows an empty line is the letter. `mail/NAME.html` is the
//! same for readers that show HTML. A site's own template of that name wins, as with pages.

use std::fmt::Debug;

use minijinja::context;
use minijinja::value::{Serde, Value as Data};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::pages::NASTY;
use crate::render::{PageError, Pages};

/// What every letter is given besides its own.
#[derive(Debug, Clone, Serialize)]
pub struct Letterhead {
    /// Where people open the platform: `https://hub.example.org/`.
    pub hub_url: String,
    /// Its name in the address: `hub.example.org`.
    pub hub_name: String,
}

impl Letterhead {
    #[must_use]
    pub fn sample() -> Self {
        Self {
            hub_url: "https://hub.example.org/".into(),
            hub_name: "hub.example.org".into(),
        }
    }
}

/// A letter's own part.
pub trait Mail: Serialize + Debug + Sync {
    /// Of `mail/NAME.txt` and `mail/NAME.html`.
    const NAME: &'static str;

    /// Data of every shape that its templates must cope with.
    fn samples() -> Vec<Self>
    where
        Self: Sized;
}

/// As it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    pub subject: String,
    pub text: String,
    pub html: String,
}

impl Pages {
    /// Writes a letter from what [`Mail`] of this name had, in this language, or in the site's.
    ///
    /// # Errors
    /// A template is wrong.
    pub fn letter(
        &self,
        head: &Letterhead,
        language: Option<&str>,
        name: &str,
        own: &Value,
    ) -> Result<Written, PageError> {
        let given = || context! { ..Data::from(Serde(own)), ..Data::from(Serde(head)) };
        let text = self.text_of(language, &format!("mail/{name}.txt"), given())?;
        let (first, rest) = text.split_once('\n').unwrap_or((&text, ""));
        let subject = first.strip_prefix("Subject:").ok_or_else(|| PageError::Template {
            template: format!("mail/{name}.txt"),
            line: Some(1),
            reason: "it does not begin with `Subject: `".to_owned(),
        })?;
        Ok(Written {
            subject: subject.trim().to_owned(),
            text: rest.trim_start_matches('\n').to_owned(),
            html: self.text_of(language, &format!("mail/{name}.html"), given())?,
        })
    }
}

/// Somebody wants another password. `mail/reset.txt`, `mail/reset.html`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Reset {
    /// One, or several if they share a mail address.
    pub accounts: Vec<ResetLink>,
    /// How long the links hold.
    pub minutes: i64,
    /// From where it was asked for.
    pub address: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ResetLink {
    pub name: String,
    pub url: String,
}

impl Mail for Reset {
    const NAME: &'static str = "reset";

    fn samples() -> Vec<Self> {
        let link = |name: &str| ResetLink {
            name: name.into(),
            url: "https://hub.example.org/hub/setup?token=sample".into(),
        };
        let of = |names: &[&str]| Self {
            accounts: names.iter().map(|name| link(name)).collect(),
            minutes: 30,
            address: "192.0.2.7".into(),
        };
        vec![of(&["galileo"]), of(&["galileo", NASTY])]
    }
}

/// Whoever signed up shows that the mail address is theirs, and has an account with that. `mail/confirm-signup.txt`, `….html`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ConfirmSignUp {
    pub name: String,
    pub url: String,
    pub minutes: i64,
    /// From where it was asked for.
    pub address: String,
}

impl Mail for ConfirmSignUp {
    const NAME: &'static str = "confirm-signup";

    fn samples() -> Vec<Self> {
        let of = |name: &str| Self {
            name: name.into(),
            url: "https://hub.example.org/hub/confirm/sample".into(),
            minutes: 15,
            address: "192.0.2.7".into(),
        };
        vec![of("galileo"), of(NASTY)]
    }
}

/// Somebody wants this to be the mail address of their account. `mail/confirm-address.txt`, `….html`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ConfirmAddress {
    pub name: String,
    pub url: String,
    pub minutes: i64,
}

impl Mail for ConfirmAddress {
    const NAME: &'static str = "confirm-address";

    fn samples() -> Vec<Self> {
        let of = |name: &str| Self {
            name: name.into(),
            url: "https://hub.example.org/hub/confirm/sample".into(),
            minutes: 15,
        };
        vec![of("galileo"), of(NASTY)]
    }
}

/// To the address that was that of an account. `mail/address-changed.txt`, `….html`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AddressChanged {
    pub name: String,
}

impl Mail for AddressChanged {
    const NAME: &'static str = "address-changed";

    fn samples() -> Vec<Self> {
        let of = |name: &str| Self { name: name.into() };
        vec![of("galileo"), of(NASTY)]
    }
}

/// To administrators: somebody waits for an account. `mail/waits.txt`, `….html`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Waits {
    pub name: String,
    /// As it was typed.
    pub email: Option<String>,
    /// From where.
    pub address: String,
    /// Where they are let in or turned down.
    pub url: String,
}

impl Mail for Waits {
    const NAME: &'static str = "waits";

    fn samples() -> Vec<Self> {
        let of = |name: &str, email: Option<&str>| Self {
            name: name.into(),
            email: email.map(str::to_owned),
            address: "192.0.2.7".into(),
            url: "https://hub.example.org/hub/authorize".into(),
        };
        vec![
            of("galileo", Some("galileo@example.org")),
            of(NASTY, Some(NASTY)),
            of("kepler", None),
        ]
    }
}

/// Somebody was let in. `mail/approved.txt`, `….html`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Approved {
    pub name: String,
    /// Where they sign in.
    pub url: String,
}

impl Mail for Approved {
    const NAME: &'static str = "approved";

    fn samples() -> Vec<Self> {
        let of = |name: &str| Self {
            name: name.into(),
            url: "https://hub.example.org/hub/login".into(),
        };
        vec![of("galileo"), of(NASTY)]
    }
}

/// Somebody is invited to make an account. `mail/invitation.txt`, `….html`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct InvitationMail {
    /// Who invites.
    pub by: String,
    pub url: String,
    /// Until when, as `2026-12-24 18:00 UTC`.
    pub until: String,
}

impl Mail for InvitationMail {
    const NAME: &'static str = "invitation";

    fn samples() -> Vec<Self> {
        let of = |by: &str| Self {
            by: by.into(),
            url: "https://hub.example.org/hub/setup?token=sample".into(),
            until: "2026-12-24 18:00 UTC".into(),
        };
        vec![of("galileo"), of(NASTY), of("")]
    }
}

/// To see whether mail arrives. `mail/test.txt`, `….html`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Test {}

impl Mail for Test {
    const NAME: &'static str = "test";

    fn samples() -> Vec<Self> {
        vec![Self {}]
    }
}

/// Writes every letter from every sample in this language, or says which template fails and where.
///
/// # Errors
/// A template is wrong.
pub fn letter_samples(pages: &Pages, language: &str) -> Result<Vec<(&'static str, Written)>, PageError> {
    let mut all = Vec::new();
    add::<Reset>(pages, language, &mut all)?;
    add::<ConfirmSignUp>(pages, language, &mut all)?;
    add::<ConfirmAddress>(pages, language, &mut all)?;
    add::<AddressChanged>(pages, language, &mut all)?;
    add::<Waits>(pages, language, &mut all)?;
    add::<Approved>(pages, language, &mut all)?;
    add::<InvitationMail>(pages, language, &mut all)?;
    add::<Test>(pages, language, &mut all)?;
    Ok(all)
}

fn add<M: Mail>(pages: &Pages, language: &str, all: &mut Vec<(&'static str, Written)>) -> Result<(), PageError> {
    for sample in M::samples() {
        let own = serde_json::to_value(sample).unwrap_or_default();
        all.push((
            M::NAME,
            pages.letter(&Letterhead::sample(), Some(language), M::NAME, &own)?,
        ));
    }
    Ok(())
}
