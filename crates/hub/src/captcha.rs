//! Services that tell people from programs: reCAPTCHA, hCaptcha, Turnstile, and whatever else is asked as these are.

use std::sync::atomic::{AtomicBool, Ordering};

use perijove_auth::web::{Proof, Trust, Web, WebError};
use perijove_config::{self as config, CaptchaService};
use perijove_model::Secret;
use perijove_web::pages::CaptchaBox;
use url::Url;

use crate::http::form::Form;

/// Longer answers are none.
const LONGEST: usize = 8192;
pub const ROBOT: &str = "Show that you are no robot.";
pub const UNKNOWN: &str = "Nobody can tell now whether you are a robot. Try again in a few minutes.";

/// What is known of a service.
struct Service {
    script: &'static str,
    verify: &'static str,
    /// What its script looks for in a page.
    class: &'static str,
    /// The field that it adds to the form.
    field: &'static str,
    /// Where else pages load from with it.
    origins: &'static [&'static str],
}

const RECAPTCHA: Service = Service {
    script: "https://www.google.com/recaptcha/api.js",
    verify: "https://www.google.com/recaptcha/api/siteverify",
    class: "g-recaptcha",
    field: "g-recaptcha-response",
    origins: &["https://www.gstatic.com"],
};
const HCAPTCHA: Service = Service {
    script: "https://js.hcaptcha.com/1/api.js",
    verify: "https://api.hcaptcha.com/siteverify",
    class: "h-captcha",
    field: "h-captcha-response",
    origins: &["https://hcaptcha.com", "https://*.hcaptcha.com"],
};
const TURNSTILE: Service = Service {
    script: "https://challenges.cloudflare.com/turnstile/v0/api.js",
    verify: "https://challenges.cloudflare.com/turnstile/v0/siteverify",
    class: "cf-turnstile",
    field: "cf-turnstile-response",
    origins: &[],
};
/// Its addresses are the configuration's.
const CUSTOM: Service = Service {
    script: "",
    verify: "",
    class: "captcha",
    field: "captcha-response",
    origins: &[],
};

/// What the service says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Person,
    Robot,
    /// It does not answer.
    Unknown,
}

impl Verdict {
    /// What is said to whoever is not known to be a person.
    #[must_use]
    pub fn refusal(self) -> Option<&'static str> {
        match self {
            Self::Person => None,
            Self::Robot => Some(ROBOT),
            Self::Unknown => Some(UNKNOWN),
        }
    }
}

/// Marks an answer whose page loads from the service.
#[derive(Debug, Clone, Copy)]
pub struct Shown;

/// One service, as it is configured.
pub struct Captcha {
    service: &'static Service,
    key: String,
    secret: Secret,
    script: Url,
    verify: Url,
    web: Web,
    pub on_signup: bool,
    /// How many failures make whoever signs in show it; 0 for never.
    pub after_failures: u32,
    /// It did not answer the last time.
    silent: AtomicBool,
}

impl Captcha {
    #[must_use]
    pub fn of(written: &config::Captcha) -> Option<Self> {
        let service = match written.service? {
            CaptchaService::Recaptcha => &RECAPTCHA,
            CaptchaService::Hcaptcha => &HCAPTCHA,
            CaptchaService::Turnstile => &TURNSTILE,
            CaptchaService::Custom => &CUSTOM,
        };
        let address = |written: &Option<Url>, usual: &str| written.clone().or_else(|| Url::parse(usual).ok());
        Some(Self {
            service,
            key: written.key.clone()?,
            secret: written.secret.clone()?,
            script: address(&written.script_url, service.script)?,
            verify: address(&written.verify_url, service.verify)?,
            web: Web::new(Trust::default()),
            on_signup: written.on_signup,
            after_failures: written.after_failures,
            silent: AtomicBool::new(false),
        })
    }

    /// What a page shows.
    #[must_use]
    pub fn shown(&self) -> CaptchaBox {
        CaptchaBox {
            script_url: self.script.to_string(),
            class: self.service.class.to_owned(),
            key: self.key.clone(),
        }
    }

    /// Where a page with it may load from, besides the hub.
    #[must_use]
    pub fn origins(&self) -> String {
        let own = self.script.origin().ascii_serialization();
        let more = self.service.origins.iter().map(|origin| format!(" {origin}"));
        more.fold(own, |all, one| all + &one)
    }

    /// Asks about what a form has brought.
    pub async fn verdict(&self, form: &Form) -> Verdict {
        let answer = form.text(self.service.field).unwrap_or_default();
        if answer.is_empty() || answer.len() > LONGEST {
            return Verdict::Robot;
        }
        let verdict = self.ask(answer).await;
        let was_silent = self.silent.swap(verdict.is_err(), Ordering::Relaxed);
        match verdict {
            Ok(is_person) => {
                if was_silent {
                    tracing::info!("the captcha service answers again");
                }
                if is_person { Verdict::Person } else { Verdict::Robot }
            }
            Err(error) => {
                if !was_silent {
                    tracing::error!(%error, "the captcha service can't be asked: nobody signs up");
                }
                Verdict::Unknown
            }
        }
    }

    async fn ask(&self, answer: &str) -> Result<bool, WebError> {
        let fields = [("secret", self.secret.expose()), ("response", answer)];
        let reply = self.web.post(&self.verify, &fields, Proof::Nothing).await?;
        let said = reply.good()?;
        // A wrong secret is not the visitor's doing.
        let codes = said["error-codes"].as_array().into_iter().flatten();
        let is_ours = codes
            .filter_map(|code| code.as_str())
            .any(|code| code.contains("secret") || code == "sitekey-secret-mismatch");
        match (said["success"].as_bool(), is_ours) {
            (Some(true), _) => Ok(true),
            (Some(false), false) => Ok(false),
            _ => Err(reply.told()),
        }
    }
}
