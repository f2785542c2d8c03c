//! Asks PAM about one name and password, which come as JSON on standard input, and says as JSON on standard output what
//! it said. One process for each question: a module that waits, leaks or crashes does so here and not in the hub.

use std::ffi::{OsStr, OsString};
use std::io::{self, Read, Write};
use std::process::ExitCode;

use nonstick::items::Items;
use nonstick::{
    AuthnFlags, ConversationAdapter, ErrorCode, PamShared, Result as PamResult, Transaction, TransactionBuilder,
};
use serde::{Deserialize, Serialize};

/// Nobody asks more.
const LONGEST: u64 = 16 << 10;

#[derive(Deserialize)]
struct Question {
    service: String,
    username: String,
    password: String,
    check_account: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum Answer {
    Known(String),
    Unknown,
    Refused(&'static str),
    Error(String),
}

/// Gives the same answers to all that is asked.
struct Fixed<'a>(&'a Question);

impl ConversationAdapter for Fixed<'_> {
    fn prompt(&self, _: impl AsRef<OsStr>) -> PamResult<OsString> {
        Ok(OsString::from(&self.0.username))
    }

    fn masked_prompt(&self, _: impl AsRef<OsStr>) -> PamResult<OsString> {
        Ok(OsString::from(&self.0.password))
    }

    fn error_msg(&self, _: impl AsRef<OsStr>) {}

    fn info_msg(&self, _: impl AsRef<OsStr>) {}
}

fn answer(question: &Question) -> Answer {
    let built = TransactionBuilder::new_with_service(&question.service)
        .username(&question.username)
        .build(Fixed(question).into_conversation());
    let mut pam = match built {
        Ok(pam) => pam,
        Err(error) => return Answer::Error(error.to_string()),
    };
    let flags = AuthnFlags::SILENT | AuthnFlags::DISALLOW_NULL_AUTHTOK;
    match pam.authenticate(flags) {
        Ok(()) => {}
        Err(
            ErrorCode::AuthenticationError
            | ErrorCode::UserUnknown
            | ErrorCode::MaxTries
            | ErrorCode::CredentialsInsufficient
            | ErrorCode::PermissionDenied,
        ) => return Answer::Unknown,
        Err(error) => return Answer::Error(error.to_string()),
    }
    if question.check_account
        && let Err(error) = pam.account_management(AuthnFlags::SILENT)
    {
        return match error {
            ErrorCode::NewAuthTokRequired | ErrorCode::AuthTokExpired => Answer::Refused("password expired"),
            ErrorCode::AccountExpired => Answer::Refused("account expired"),
            ErrorCode::UserUnknown => Answer::Unknown,
            ErrorCode::PermissionDenied | ErrorCode::AuthenticationError => Answer::Refused("account closed"),
            error => Answer::Error(error.to_string()),
        };
    }
    // Modules may have found another name for them.
    let name = pam
        .items()
        .user()
        .ok()
        .flatten()
        .and_then(|name| name.into_string().ok());
    Answer::Known(name.unwrap_or_else(|| question.username.clone()))
}

fn main() -> ExitCode {
    let mut text = String::new();
    let read = io::stdin().take(LONGEST).read_to_string(&mut text);
    let answer = match read.map(|_| serde_json::from_str(&text)) {
        Ok(Ok(question)) => answer(&question),
        // What can't be read may hold a password: nothing of it is repeated.
        _ => Answer::Error("the question can't be read".to_owned()),
    };
    let said = serde_json::to_vec(&answer).map(|said| io::stdout().write_all(&said));
    match said {
        Ok(Ok(())) => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}
