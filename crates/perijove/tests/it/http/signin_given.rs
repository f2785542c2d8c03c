//! What whoever signs people in says of their groups and roles, and whether that is taken at its word.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use perijove_auth::{Answer, AuthError, Authenticator, Credentials, GivenRole, Identity, Offer};
use perijove_store::{groups, roles, users};
use perijove_testkit::App;

/// Lets everybody in, and says of them what it was told to.
#[derive(Default)]
struct Says(Mutex<Identity>);

#[async_trait]
impl Authenticator for Says {
    fn kind(&self) -> &'static str {
        "says"
    }

    fn offer(&self) -> Offer {
        Offer::Form { code: false }
    }

    async fn check(&self, credentials: &Credentials) -> Result<Answer, AuthError> {
        let name = credentials.username.clone();
        Ok(Answer::from(Identity {
            name,
            ..self.0.lock().unwrap().clone()
        }))
    }
}

impl Says {
    fn groups(&self, names: &[&str]) {
        self.0.lock().unwrap().groups = Some(names.iter().map(ToString::to_string).collect());
    }

    fn roles(&self, roles: Vec<GivenRole>) {
        self.0.lock().unwrap().roles = Some(roles);
    }
}

fn role(name: &str, scopes: Option<&[&str]>) -> GivenRole {
    GivenRole {
        name: name.into(),
        scopes: scopes.map(|scopes| scopes.iter().map(ToString::to_string).collect()),
        ..GivenRole::default()
    }
}

async fn app(config: &str) -> (App, Arc<Says>) {
    let says = Arc::new(Says::default());
    let builder = App::builder().config(config).authenticators(vec![says.clone()]);
    (builder.start().await, says)
}

async fn ann(app: &App) -> users::User {
    users::by_name(&app.hub.store, "ann").await.unwrap().unwrap()
}

async fn groups_of_ann(app: &App) -> Vec<String> {
    groups::of_user(&app.hub.store, ann(app).await.id).await.unwrap()
}

async fn roles_of_ann(app: &App) -> Vec<String> {
    roles::of_user(&app.hub.store, ann(app).await.id).await.unwrap()
}

#[tokio::test]
async fn nothing_is_taken_at_its_word_unasked() {
    let (app, says) = app("").await;
    says.groups(&["class"]);
    says.roles(vec![role("admin", None)]);
    app.sign_in("ann").await;
    assert!(groups_of_ann(&app).await.is_empty());
    assert_eq!(roles_of_ann(&app).await, ["user"]);
    assert!(!ann(&app).await.admin);
}

#[tokio::test]
async fn groups_are_those_of_the_last_sign_in() {
    let (app, says) =
        app("[access]\nallow_all = true\nmanage_groups = true\n[[group]]\nname = \"old\"\nusers = [\"ann\"]\n").await;
    says.groups(&["class", "choir"]);
    app.sign_in("ann").await;
    assert_eq!(groups_of_ann(&app).await, ["choir", "class"]);
    says.groups(&["choir"]);
    app.sign_in("ann").await;
    assert_eq!(groups_of_ann(&app).await, ["choir"]);
    // Who says nothing changes nothing.
    says.0.lock().unwrap().groups = None;
    app.sign_in("ann").await;
    assert_eq!(groups_of_ann(&app).await, ["choir"]);
}

#[tokio::test]
async fn roles_are_made_given_and_taken_at_sign_in() {
    let (app, says) = app("[access]\nallow_all = true\nmanage_roles = true\n").await;
    let scopes = async |browser: &perijove_testkit::Browser| {
        let model = browser.api(reqwest::Method::GET, "user", None).await.expect(200).json();
        model["scopes"].to_string()
    };
    says.roles(vec![role("user", None), role("reader", Some(&["list:users"]))]);
    let browser = app.sign_in("ann").await;
    assert_eq!(roles_of_ann(&app).await, ["reader", "user"]);
    assert!(scopes(&browser).await.contains("\"list:users\""));
    // Other scopes count for sessions that have begun before, too.
    says.roles(vec![role("reader", Some(&["list:groups"])), role("admin", None)]);
    app.sign_in("ann").await;
    assert!(ann(&app).await.admin);
    says.roles(vec![role("reader", Some(&["list:groups"]))]);
    app.sign_in("ann").await;
    assert_eq!(roles_of_ann(&app).await, ["reader"]);
    assert!(!ann(&app).await.admin);
    let left = scopes(&browser).await;
    assert!(
        left.contains("\"list:groups\"") && !left.contains("\"list:users\""),
        "{left}"
    );
}

#[tokio::test]
async fn a_role_that_can_not_be_is_refused() {
    let (app, says) = app("[access]\nallow_all = true\nmanage_roles = true\n").await;
    for given in [
        role("No Name", None),
        role("reader", Some(&["read:nonsense"])),
        role("admin", Some(&["read:users"])),
    ] {
        says.roles(vec![given.clone()]);
        assert_eq!(app.browser().sign_in_status("ann", "x").await, 409, "{given:?}");
    }
}

#[tokio::test]
async fn where_nobody_can_sign_in_the_page_says_so() {
    let app = App::builder().authenticators(Vec::new()).start().await;
    let page = app.browser().get("hub/login").await.expect(403);
    assert!(page.text().contains("Nobody can sign in here."), "{}", page.body);
}
