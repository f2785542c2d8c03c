//! OpenID Connect Back-Channel Logout: a provider says that sessions have ended there.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use serde_json::Value;

use crate::Ended;
use crate::jwt::{Claims, text};

const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";
/// Messages are sent at once.
const OLDEST: i64 = 5 * 60;
/// A message that was forgotten here ends sessions once more, if it is not too old by then.
const MOST: usize = 10_000;

/// Messages that have been heard, so that nobody ends anything with them again.
#[derive(Default)]
pub struct Heard(Mutex<VecDeque<String>>);

impl Heard {
    /// Whose sessions it ends; its signature, issuer, audience and times have been checked.
    pub fn ended(&self, claims: &Claims, now: Timestamp) -> Option<Ended> {
        let is_logout = claims
            .get("events")
            .and_then(|events| events.get(EVENT))
            .is_some_and(Value::is_object);
        // An id_token has a nonce, and is no such message.
        if !is_logout || claims.contains_key("nonce") {
            return None;
        }
        let sent = claims.get("iat").and_then(Value::as_i64)?;
        if now.as_second().saturating_sub(sent) > OLDEST || !self.is_new(text(claims, "jti")?) {
            return None;
        }
        let session = text(claims, "sid").map(|sid| Ended::Session(sid.to_owned()));
        session.or_else(|| Some(Ended::Subject(text(claims, "sub")?.to_owned())))
    }

    fn is_new(&self, id: &str) -> bool {
        let mut heard = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if id.len() > 512 || heard.iter().any(|one| one == id) {
            return false;
        }
        if heard.len() >= MOST {
            heard.pop_front();
        }
        heard.push_back(id.to_owned());
        true
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_message_counts_once_and_only_while_it_is_new() {
        let now = Timestamp::from_second(1000).unwrap();
        let heard = Heard::default();
        let message = |changes: Value| {
            let mut claims = json!({ "iat": 990, "jti": "1", "sub": "ann", "events": { EVENT: {} } });
            claims
                .as_object_mut()
                .unwrap()
                .extend(changes.as_object().unwrap().clone());
            heard.ended(claims.as_object().unwrap(), now)
        };
        assert_eq!(message(json!({ "nonce": "n" })), None);
        assert_eq!(message(json!({ "events": {} })), None);
        assert_eq!(message(json!({ "iat": 1 })), None);
        assert_eq!(message(json!({})), Some(Ended::Subject("ann".into())));
        assert_eq!(message(json!({})), None);
        assert_eq!(
            message(json!({ "jti": "2", "sid": "s" })),
            Some(Ended::Session("s".into()))
        );
    }
}
