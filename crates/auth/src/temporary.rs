//! Somebody new with each visit, as on a site that shows something to everybody.

use std::sync::Arc;

use async_trait::async_trait;
use perijove_model::Rng;
use serde_json::json;

use crate::{Answer, Arrival, AuthError, Authenticator, Begin, Departure, Identity, Offer, Rules};

pub struct Temporary {
    name: String,
    label: String,
    rng: Arc<dyn Rng>,
    rules: Rules,
}

impl Temporary {
    #[must_use]
    pub fn new(name: &str, label: &str, rng: Arc<dyn Rng>, rules: Rules) -> Self {
        Self {
            name: name.to_owned(),
            label: label.to_owned(),
            rng,
            rules,
        }
    }
}

#[async_trait]
impl Authenticator for Temporary {
    fn kind(&self) -> &'static str {
        "temporary"
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn offer(&self) -> Offer {
        Offer::Elsewhere {
            label: self.label.clone(),
        }
    }

    fn rules(&self) -> &Rules {
        &self.rules
    }

    /// The way there is the way back: only the note in the browser is needed, so that nobody is made somebody new by
    /// another site.
    async fn depart(&self, begin: &Begin<'_>) -> Result<Departure, AuthError> {
        let mut url = url::Url::parse(begin.callback).map_err(|error| {
            AuthError::because("The address to come back to is not one. Tell an administrator.", error)
        })?;
        url.query_pairs_mut().append_pair("state", begin.state);
        Ok(Departure {
            url: url.into(),
            keep: json!({}),
        })
    }

    async fn arrive(&self, arrival: &Arrival<'_>) -> Result<Answer, AuthError> {
        if arrival.kept.is_none() {
            return Ok(Answer::Unknown);
        }
        Ok(Answer::from(Identity {
            name: uuid(&self.rng.uuid4_hex()),
            ..Identity::default()
        }))
    }
}

/// With its hyphens, as JupyterHub calls such people.
fn uuid(digits: &str) -> String {
    let mut text = digits.to_owned();
    for at in [20, 16, 12, 8].into_iter().filter(|at| *at < digits.len()) {
        text.insert(at, '-');
    }
    text
}

#[cfg(test)]
mod tests {
    use perijove_model::SeededRng;

    use super::*;

    #[tokio::test]
    async fn each_visit_is_somebody_new_and_has_begun_here() {
        let method = Temporary::new("temporary", "Begin", Arc::new(SeededRng::new(1)), Rules::default());
        let callback = "https://hub.example.org/hub/oauth_callback";
        let begin = Begin {
            callback,
            state: "a state",
            fields: &[],
        };
        let departure = method.depart(&begin).await.unwrap();
        assert_eq!(departure.url, format!("{callback}?state=a+state"));
        let arrive = async |kept| {
            let arrival = Arrival {
                callback,
                fields: &[],
                kept,
            };
            match method.arrive(&arrival).await.unwrap() {
                Answer::Known(identity) => Some(identity.name),
                _ => None,
            }
        };
        let (one, other) = (arrive(Some(&departure.keep)).await, arrive(Some(&departure.keep)).await);
        assert_eq!(
            one.as_ref().map(|name| name.split('-').map(str::len).collect()),
            Some(vec![8, 4, 4, 4, 12])
        );
        assert_ne!(one, other);
        assert_eq!(arrive(None).await, None);
    }
}
