//! What the hub writes to people, through a real mail server.

mod address;
mod languages;
mod notices;
mod outbox;
mod reset;
mod self_approval;

use perijove_hub::mail;
use perijove_store::{Db, Stmt};
use perijove_testkit::{Answer, App, Browser};
use perijove_web::mails::Test;

use super::accounts::GOOD;
use crate::postbox::{Letter, Postbox, Way};

struct Office {
    app: App,
    postbox: Postbox,
}

impl Office {
    /// `auth` are keys of the native accounts, `more` further lines of the file.
    async fn open(auth: &str, more: &str) -> Option<Self> {
        Self::with(&[], auth, more).await
    }

    /// With arguments of the mail server's.
    async fn with(server: &[&str], auth: &str, more: &str) -> Option<Self> {
        let postbox = Postbox::open(Way::Plain, server)?;
        let (mail, access) = (
            postbox.section(),
            "[access]\nadmin_users = [\"ruth\"]\nblocked_users = [\"eve\"]\n",
        );
        let toml = format!("[[auth]]\nkind = \"native\"\n{auth}\n{mail}{more}\n{access}");
        let app = App::builder().config(&toml).start().await;
        Some(Self { app, postbox })
    }

    /// All that was written so far has been taken out: the next letter is one that the test sends now.
    async fn nothing_more(&self) {
        let (hub, store) = (&self.app.hub, &self.app.hub.store);
        mail::queue(hub, store, "sentinel@example.org", &Test {}, None)
            .await
            .unwrap();
        hub.outbox.wake();
        self.postbox.letter_to("sentinel@example.org").await;
    }

    async fn sign_up(&self, name: &str, email: &str) -> Answer {
        let browser = self.app.browser();
        browser.get("hub/signup").await.expect(200);
        let fields = [
            ("username", name),
            ("email", email),
            ("signup_password", GOOD),
            ("signup_password_confirmation", GOOD),
        ];
        browser.post_form("hub/signup", &fields).await
    }

    async fn status(&self, name: &str, password: &str) -> u16 {
        self.app.browser().sign_in_status(name, password).await
    }

    /// What the audit log has of an act, as text.
    async fn audited(&self, act: &'static str) -> Vec<String> {
        const OF: Stmt = Stmt::read("SELECT target || ' ' || detail FROM perijove_audit WHERE act = $1 ORDER BY id");
        self.app.hub.store.column(&OF, &[act.into()]).await.unwrap()
    }

    /// An account with a mail address.
    async fn reachable(&self, name: &str, email: &str) -> Browser {
        let browser = super::setup::account(&self.app, name, GOOD).await;
        let store = &self.app.hub.store;
        let user = perijove_store::users::by_name(store, name).await.unwrap().unwrap();
        perijove_store::native::set_email(store, user.id, email).await.unwrap();
        browser
    }
}

/// Follows a link, and presses the button on its page.
async fn confirm(browser: &Browser, letter: &Letter) -> Answer {
    let link = letter.link();
    let page = browser.get(&link).await;
    if page.status != 200 {
        return page;
    }
    browser.post_form(&link, &[]).await
}
