//! `[mail]`, `[captcha]`: letters to people, and whether somebody is a person.

use std::path::PathBuf;
use std::time::Duration;

use perijove_model::Secret;
use url::Url;

use super::seconds;
use crate::section::section;
use crate::types::{CaptchaService, MailServer};

section! {
    /// The mail server that the hub sends by. Without `url` it sends no mail, and has no page that would need it.
    pub struct Mail {
        /// The server: `smtp://HOST` with STARTTLS, on port 587 if it names none, or `smtps://HOST`, on port 465.
        url: Option<MailServer> = None, unset "no mail is sent", example "\"smtp://mail.example.org\"";
        /// Let `smtp://` be without TLS: everybody on the way can read links with which people sign in.
        insecure: bool = false;
        /// File with the authorities that the server is trusted by, PEM.
        ca_file: Option<PathBuf> = None, unset "the machine's", example "\"mail-ca.pem\"";
        /// Whom the mail is from.
        from: Option<String> = None, example "\"Notebooks <notebooks@example.org>\"";
        /// As whom the hub signs in to the server.
        user: Option<String> = None, unset "it does not sign in there", example "\"notebooks\"";
        /// Password of `user`.
        password: Option<Secret> = None, example "\"a password\"";
        /// How long sending one letter may take.
        timeout: Duration = seconds(30);
        /// Who is told of people that wait for an account.
        admins: Vec<String> = Vec::new(), unset "administrators whose address is known", example "[\"operators@example.org\"]";
        /// Whether administrators are told of people that wait for an account.
        notify_admins: bool = true;
        /// Whether people are told that they have been let in.
        notify_approved: bool = true;
    }

    /// A service that tells people from programs, asked about whoever signs up.
    pub struct Captcha {
        /// The service. With `custom`, another one that speaks as these do, at `script_url` and `verify_url`.
        service: Option<CaptchaService> = None, unset "nobody is asked", example "\"turnstile\"";
        /// The key that pages show.
        key: Option<String> = None, example "\"0x4AAAAAAAB\"";
        /// The key that only the hub and the service know.
        secret: Option<Secret> = None, example "\"the secret key of the service\"";
        /// The script that shows it. Pages may load from its origin, and from no other than the service's.
        script_url: Option<Url> = None, unset "the service's", example "\"https://www.recaptcha.net/recaptcha/api.js\"";
        /// Where the hub asks whether an answer holds.
        verify_url: Option<Url> = None, unset "the service's", example "\"https://www.recaptcha.net/recaptcha/api/siteverify\"";
        /// Whether who signs up is asked.
        on_signup: bool = true;
        /// After how many failures, of the account or from the address, who signs in is asked, too. 0 for never.
        after_failures: u32 = 0;
    }
}
