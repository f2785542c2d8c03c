//! People who sign in elsewhere: whose account they come to, and whether they may stay.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use perijove_auth::dummy::Dummy;
use perijove_auth::{
    Answer, Arrival, AuthError, Authenticator, Begin, Departure, Identity, Member, Offer, Refreshed, Refusal, Rules,
};
use perijove_store::users;
use perijove_testkit::{App, Browser};
use serde_json::json;

/// A provider at which people are `subject=name`, as the test says.
struct Provider {
    name: &'static str,
    rules: Rules,
    says: Mutex<HashMap<String, Identity>>,
    later: Mutex<Option<Result<Refreshed, &'static str>>>,
}

impl Provider {
    fn new(name: &'static str, rules: Rules) -> Arc<Self> {
        Arc::new(Self {
            name,
            rules,
            says: Mutex::default(),
            later: Mutex::new(Some(Ok(Refreshed::Same))),
        })
    }

    /// Who this subject is from now on.
    fn says(&self, subject: &str, name: &str) {
        let identity = Identity {
            name: name.to_owned(),
            subject: Some(subject.to_owned()),
            ..Identity::default()
        };
        self.says.lock().unwrap().insert(subject.to_owned(), identity);
    }

    fn says_later(&self, what: Result<Refreshed, &'static str>) {
        *self.later.lock().unwrap() = Some(what);
    }
}

#[async_trait]
impl Authenticator for Provider {
    fn kind(&self) -> &'static str {
        "provider"
    }

    fn name(&self) -> &str {
        self.name
    }

    fn rules(&self) -> &Rules {
        &self.rules
    }

    fn offer(&self) -> Offer {
        Offer::Elsewhere {
            label: format!("Sign in at {}", self.name),
        }
    }

    async fn depart(&self, begin: &Begin<'_>) -> Result<Departure, AuthError> {
        Ok(Departure {
            url: format!(
                "https://{}.example/?state={}&to={}",
                self.name, begin.state, begin.callback
            ),
            keep: json!({ "at": self.name }),
        })
    }

    async fn arrive(&self, arrival: &Arrival<'_>) -> Result<Answer, AuthError> {
        if arrival.kept.and_then(|kept| kept["at"].as_str()) != Some(self.name) {
            return Ok(Answer::Refused(Refusal {
                why: "not begun here",
                message: "Sign-in was not begun in this browser.".to_owned(),
            }));
        }
        let says = self.says.lock().unwrap();
        let identity = arrival.field("code").and_then(|subject| says.get(subject)).cloned();
        Ok(identity.map_or(Answer::Unknown, Answer::from))
    }

    fn refreshes(&self) -> bool {
        true
    }

    async fn refresh(&self, _: &Member<'_>) -> Result<Refreshed, AuthError> {
        let later = self.later.lock().unwrap().clone().unwrap();
        later.map_err(AuthError::new)
    }
}

fn everybody() -> Rules {
    Rules {
        allow_all: true,
        ..Rules::default()
    }
}

async fn app(methods: Vec<Arc<dyn Authenticator>>) -> App {
    App::builder().authenticators(methods).start().await
}

/// Leaves for the provider; the state that was given along.
async fn leave(browser: &Browser, path: &str) -> String {
    let left = browser.get(path).await.expect(302);
    state_of(left.to())
}

fn state_of(address: &str) -> String {
    let address = url::Url::parse(address).unwrap();
    let state = address.query_pairs().find(|(key, _)| key == "state");
    state.unwrap().1.into_owned()
}

/// Comes back as this subject; the answer of the hub.
async fn come_back(browser: &Browser, path: &str, subject: &str, state: &str) -> perijove_testkit::Answer {
    browser.get(&format!("{path}?code={subject}&state={state}")).await
}

async fn signed_in_as(browser: &Browser) -> Option<String> {
    let me = browser.api(reqwest::Method::GET, "user", None).await;
    (me.status == 200).then(|| me.json()["name"].as_str().unwrap().to_owned())
}

const LOGIN: &str = "hub/oauth_login";
const BACK: &str = "hub/oauth_callback";

#[tokio::test]
async fn there_and_back() {
    let provider = Provider::new("first", everybody());
    provider.says("7", "Ann");
    let app = app(vec![provider]).await;
    let browser = app.browser();
    assert!(
        browser
            .get("hub/login")
            .await
            .expect(200)
            .body
            .contains("Sign in at first")
    );
    let state = leave(&browser, "hub/oauth_login?next=%2Fhub%2Ftoken").await;
    let back = come_back(&browser, BACK, "7", &state).await.expect(302);
    assert_eq!(back.to(), "/hub/token");
    assert_eq!(signed_in_as(&browser).await.as_deref(), Some("ann"));
    // The note is used up with the journey.
    let again = come_back(&browser, BACK, "7", &state).await;
    assert_eq!(again.status, 403, "{}", again.body);
}

#[tokio::test]
async fn an_answer_counts_only_in_the_browser_that_asked_for_it() {
    let (one, two) = (Provider::new("one", everybody()), Provider::new("two", everybody()));
    one.says("7", "mallory");
    two.says("7", "ann");
    let app = app(vec![one, two]).await;
    let (theirs, mine) = (app.browser(), app.browser());
    let state = leave(&theirs, LOGIN).await;
    for (path, state) in [(BACK, state.as_str()), (BACK, ""), (BACK, "x")] {
        let came = come_back(&mine, path, "7", state).await;
        assert_eq!(came.status, 403, "{}", came.body);
        assert!(came.body.contains("not begun in this browser"), "{}", came.body);
        assert_eq!(signed_in_as(&mine).await, None);
    }
    // Nor does one provider's journey end at another's address.
    let mixed_up = come_back(&theirs, "hub/oauth_callback/two", "7", &state).await;
    assert_eq!(mixed_up.status, 403);
    assert_eq!(signed_in_as(&theirs).await, None);
    // Nor one of which somebody thought too long.
    app.clock.advance(jiff::SignedDuration::from_mins(16));
    assert_eq!(come_back(&theirs, BACK, "7", &state).await.status, 403);
}

#[tokio::test]
async fn nobody_gets_an_account_by_being_called_like_its_person() {
    let provider = Provider::new("social", everybody());
    provider.says("7", "ann");
    let campus = Arc::new(Dummy::new(
        None,
        Rules {
            shared_names: Some(true),
            ..everybody()
        },
    ));
    let app = app(vec![campus, provider.clone()]).await;
    let ann = app.browser();
    ann.sign_in("ann", "password").await.expect(302);

    let stranger = app.browser();
    let state = leave(&stranger, LOGIN).await;
    let refused = come_back(&stranger, BACK, "7", &state).await.expect(403);
    assert!(
        refused.text().contains("belongs to another account"),
        "{}",
        refused.body
    );
    assert_eq!(signed_in_as(&stranger).await, None);

    // Ann shows that she is both.
    let left = ann.post_form("hub/oauth_login/social", &[]).await.expect(302);
    come_back(&ann, BACK, "7", &state_of(left.to())).await.expect(302);
    let elsewhere = app.browser();
    provider.says("7", "ann-by-another-name");
    let state = leave(&elsewhere, LOGIN).await;
    come_back(&elsewhere, BACK, "7", &state).await.expect(302);
    assert_eq!(signed_in_as(&elsewhere).await.as_deref(), Some("ann"));
}

#[tokio::test]
async fn nobody_is_made_to_link_what_a_stranger_began() {
    let provider = Provider::new("social", everybody());
    provider.says("666", "mallory");
    let app = app(vec![Arc::new(Dummy::new(None, everybody())), provider]).await;
    let ann = app.browser();
    ann.sign_in("ann", "password").await.expect(302);
    let forged = ann.request(reqwest::Method::POST, "hub/oauth_login/social");
    ann.send(forged.form(&[("_xsrf", "forged")])).await.expect(403);
    // A link that was begun ends for whom it was begun only.
    let left = ann.post_form("hub/oauth_login/social", &[]).await.expect(302);
    ann.get("hub/logout").await;
    ann.sign_in("bob", "password").await.expect(302);
    come_back(&ann, BACK, "666", &state_of(left.to())).await.expect(403);
    let bob = users::by_name(&app.hub.store, "bob").await.unwrap().unwrap();
    let linked = perijove_store::identities::of_user(&app.hub.store, bob.id)
        .await
        .unwrap();
    assert!(linked.iter().all(|linked| linked.method != "social"), "{linked:?}");
}

#[tokio::test]
async fn a_name_that_passes_to_somebody_else_takes_no_account_along() {
    let provider = Provider::new("only", everybody());
    provider.says("7", "ann");
    let app = app(vec![provider.clone()]).await;
    let ann = app.browser();
    let state = leave(&ann, LOGIN).await;
    come_back(&ann, BACK, "7", &state).await.expect(302);
    // Ann changes her name there, and somebody else takes the old one.
    provider.says("7", "annette");
    provider.says("8", "ann");
    let other = app.browser();
    let state = leave(&other, LOGIN).await;
    come_back(&other, BACK, "8", &state).await.expect(403);
    let again = app.browser();
    let state = leave(&again, LOGIN).await;
    come_back(&again, BACK, "7", &state).await.expect(302);
    assert_eq!(signed_in_as(&again).await.as_deref(), Some("ann"));
}

#[tokio::test]
async fn who_may_not_come_in_any_more_does_not_stay() {
    let provider = Provider::new("only", everybody());
    provider.says("7", "ann");
    let app = app(vec![provider.clone()]).await;
    let come = async || {
        let browser = app.browser();
        let state = leave(&browser, LOGIN).await;
        come_back(&browser, BACK, "7", &state).await.expect(302);
        browser
    };
    let later = || app.clock.advance(jiff::SignedDuration::from_secs(301));

    let ann = come().await;
    provider.says_later(Err("The provider does not answer."));
    later();
    assert_eq!(
        signed_in_as(&ann).await.as_deref(),
        Some("ann"),
        "nobody is thrown out for a provider's fault"
    );
    provider.says_later(Ok(Refreshed::Gone("disabled")));
    assert!(signed_in_as(&ann).await.is_some(), "it is asked now and then only");
    later();
    assert_eq!(signed_in_as(&ann).await, None);
    provider.says_later(Ok(Refreshed::Same));
    assert_eq!(signed_in_as(&ann).await, None, "the session is over");

    // The whole policy is applied again.
    let ann = come().await;
    provider.says_later(Ok(Refreshed::Changed(Box::new(Identity {
        name: "ann".into(),
        subject: Some("7".into()),
        admin: Some(true),
        ..Identity::default()
    }))));
    later();
    let me = ann.api(reqwest::Method::GET, "user", None).await.expect(200);
    assert_eq!(me.json()["name"], "ann");
    assert!(users::by_name(&app.hub.store, "ann").await.unwrap().unwrap().admin);
}
