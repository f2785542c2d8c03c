//! The machine's own accounts, by PAM.
//!
//! PAM blocks, and its modules are other people's code, so a program of its own asks it (`perijove-pam`), once for each
//! sign-in: one that waits, as PAM does after a wrong password, or crashes, is no harm to the hub.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use async_trait::async_trait;
use perijove_model::UserName;
use serde::Deserialize;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::Command;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::{Answer, AuthError, Authenticator, Credentials, Identity, Member, Offer, Refreshed, Refusal, Rules};

const LONGEST_NAME: usize = 255;
const LONGEST_PASSWORD: usize = 1024;
/// Longer answers are none.
const LONGEST_ANSWER: u64 = 64 << 10;
/// Tells groups, as the system's databases have them.
const ID: &str = "id";

#[derive(Debug, Clone)]
pub struct Settings {
    pub helper: PathBuf,
    /// As in `/etc/pam.d`.
    pub service: String,
    /// Also ask whether the account may be used.
    pub check_account: bool,
    /// Take the name that PAM's modules have made of what was typed.
    pub normalize_username: bool,
    /// For one question.
    pub timeout: Duration,
    /// Questions at the same time.
    pub at_once: usize,
}

pub struct Pam {
    name: String,
    settings: Settings,
    rules: Rules,
    at_once: Semaphore,
}

/// What the helper says.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Said {
    Known(String),
    Unknown,
    Refused(String),
    Error(String),
}

impl Pam {
    #[must_use]
    pub fn new(name: &str, settings: Settings, rules: Rules) -> Self {
        Self {
            name: name.to_owned(),
            at_once: Semaphore::new(settings.at_once.max(1)),
            settings,
            rules,
        }
    }

    async fn ask(&self, credentials: &Credentials) -> Result<Said, AuthError> {
        let question = json!({
            "service": self.settings.service,
            "username": credentials.username,
            "password": credentials.password.expose(),
            "check_account": self.settings.check_account,
        });
        let helper = Command::new(&self.settings.helper);
        let said = self.run(helper, question.to_string().as_bytes()).await?;
        serde_json::from_slice(&said).map_err(|error| trouble("the helper says nothing that can be read", error))
    }

    /// In which groups somebody is on this machine. `id` takes a number for one of an account: no name is one.
    async fn groups(&self, name: &str) -> Result<Vec<String>, AuthError> {
        let is_number = name.trim_start_matches('+').bytes().all(|byte| byte.is_ascii_digit());
        if is_number || name.starts_with('+') {
            return Ok(Vec::new());
        }
        let mut id = Command::new(ID);
        id.args(["-Gnz", "--", name]);
        // Who has no account on this machine is in no group.
        let said = self.run(id, b"").await?;
        let names = said.split(|byte| *byte == 0).filter(|name| !name.is_empty());
        Ok(names.map(|name| String::from_utf8_lossy(name).into_owned()).collect())
    }

    /// What a program says to this.
    async fn run(&self, mut program: Command, input: &[u8]) -> Result<Vec<u8>, AuthError> {
        program
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true);
        let conversation = async {
            let mut child = program.spawn()?;
            if let Some(mut stdin) = child.stdin.take() {
                stdin.write_all(input).await?;
            }
            let mut said = Vec::new();
            if let Some(stdout) = child.stdout.take() {
                stdout.take(LONGEST_ANSWER).read_to_end(&mut said).await?;
            }
            child.wait().await?;
            std::io::Result::Ok(said)
        };
        match timeout(self.settings.timeout, conversation).await {
            Ok(Ok(said)) => Ok(said),
            Ok(Err(error)) => Err(trouble("the helper can't be asked", error)),
            Err(after) => Err(trouble("no answer in time", after)),
        }
    }

    async fn identity(&self, name: String) -> Result<Identity, AuthError> {
        Ok(Identity {
            groups: Some(self.groups(&name).await?),
            name,
            ..Identity::default()
        })
    }
}

fn trouble(what: &'static str, cause: impl std::error::Error + Send + Sync + 'static) -> AuthError {
    tracing::error!(error = %cause, what, "PAM can't be asked");
    AuthError::because(
        "Passwords can't be checked just now. Try again later, or tell an administrator.",
        cause,
    )
}

#[async_trait]
impl Authenticator for Pam {
    fn kind(&self) -> &'static str {
        "pam"
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn rules(&self) -> &Rules {
        &self.rules
    }

    fn offer(&self) -> Offer {
        Offer::Form { code: false }
    }

    async fn check(&self, credentials: &Credentials) -> Result<Answer, AuthError> {
        let (typed, password) = (credentials.username.as_str(), credentials.password.expose());
        let is_long = typed.len() > LONGEST_NAME || password.len() > LONGEST_PASSWORD;
        let has_zero = typed.contains('\0') || password.contains('\0');
        if is_long || has_zero || typed.is_empty() || password.is_empty() || UserName::normalise(typed).is_err() {
            return Ok(Answer::Unknown);
        }
        let Ok(Ok(_place)) = timeout(self.settings.timeout, self.at_once.acquire()).await else {
            return Err(AuthError::new(
                "Too many people are signing in just now. Try again in a moment.",
            ));
        };
        match self.ask(credentials).await? {
            Said::Known(name) if self.settings.normalize_username => Ok(self.identity(name).await?.into()),
            Said::Known(_) => Ok(self.identity(typed.to_owned()).await?.into()),
            Said::Unknown => Ok(Answer::Unknown),
            Said::Refused(why) => Ok(Answer::Refused(Refusal {
                why: "account can't be used",
                message: format!("Your account on this machine can't be used: {why}. Ask an administrator."),
            })),
            Said::Error(why) => Err(trouble("PAM failed", std::io::Error::other(why))),
        }
    }

    fn refreshes(&self) -> bool {
        true
    }

    /// Groups change; whether an account is still open only a password tells.
    async fn refresh(&self, member: &Member<'_>) -> Result<Refreshed, AuthError> {
        Ok(Refreshed::Changed(Box::new(
            self.identity(member.name.to_owned()).await?,
        )))
    }
}
