//! People who come from a learning platform (an LMS): by LTI 1.3, and by the older LTI 1.1.
//!
//! A launch counts once. That it was used up is noted only after its signature holds, so that nobody fills the notes with
//! launches that nobody signed (CVE-2026-34052).

pub mod advantage;
pub mod basic;
#[cfg(test)]
mod tests;

use async_trait::async_trait;
use jiff::Timestamp;
use serde_json::Value;

use crate::oauth::claims;
use crate::{Answer, AuthError, Refusal};

/// Notes what was used up, for all hubs.
#[async_trait]
pub trait Nonces: Send + Sync + 'static {
    /// `false` if it was before. It may be forgotten after `until`.
    async fn spend(&self, nonce: &str, until: Timestamp) -> Result<bool, AuthError>;
}

/// Nobody is called longer.
const LONGEST: usize = 255;

fn refused(why: &'static str, message: impl Into<String>) -> Answer {
    Answer::Refused(Refusal {
        why,
        message: message.into(),
    })
}

fn begin_again(why: &'static str) -> Answer {
    refused(
        why,
        "What your learning platform sent does not hold. Open the link there again, or tell whoever runs this hub.",
    )
}

/// Names of groups as platforms write them, without the addresses before them: `…/membership#Instructor`,
/// `urn:lti:role:ims/lis/Instructor`.
fn groups(user: &Value, path: &str) -> Vec<String> {
    let short = |name: String| {
        let plain = name.rsplit(['#', '/']).next().unwrap_or_default();
        match name.starts_with("http") || name.starts_with("urn:") {
            true => plain.to_owned(),
            false => name,
        }
    };
    let mut names: Vec<String> = claims::names(user, path).into_iter().map(short).collect();
    names.retain(|name| !name.is_empty() && name.len() <= LONGEST);
    names.sort();
    names.dedup();
    names
}
