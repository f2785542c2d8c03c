//! Invitations for whoever has the link: they choose a name and a password, and are put into groups.

use jiff::{SignedDuration, Timestamp};
use perijove_config::Config;
use perijove_model::{Clock, Rng, UserName};
use perijove_store::links::{self, Link, NewLink};
use perijove_store::{Db, Store, Tx, groups, native, users};
use perijove_web::mails::InvitationMail;
use serde_json::json;

use super::links::{self as secrets, INVITE};
use super::section;
use crate::audit::{self, Act, Actor};
use crate::http::error::{HttpError, Result, short};
use crate::{Hub, mail, people};

/// In seconds, and how it is said.
pub const USUAL_LIFE: i64 = 7 * 24 * 3600;
pub const SHORTEST_LIFE: i64 = 60;
pub const LONGEST_LIFE: i64 = 90 * 24 * 3600;
pub const MOST_USES: i64 = 1000;
/// That can be followed at the same time.
const MOST: usize = 1000;
const MOST_GROUPS: usize = 50;

/// What is wanted of an invitation.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// In seconds.
    pub life: i64,
    pub uses: i64,
    pub groups: Vec<String>,
    /// Where it is sent.
    pub email: Option<String>,
    /// In which it is written to somebody who is not known here.
    pub language: Option<String>,
}

impl Default for Wanted {
    fn default() -> Self {
        Self {
            life: USUAL_LIFE,
            uses: 1,
            groups: Vec::new(),
            email: None,
            language: None,
        }
    }
}

/// A new invitation and its link, which is told this once.
#[derive(Debug)]
pub struct Made {
    pub link: Link,
    pub url: String,
}

/// What making one needs: a hub, or the command line beside it.
pub struct Maker<'a> {
    pub store: &'a Store,
    pub clock: &'a dyn Clock,
    pub rng: &'a dyn Rng,
    pub config: &'a Config,
}

impl<'a> Maker<'a> {
    #[must_use]
    pub fn of(hub: &'a Hub) -> Self {
        Self {
            store: &hub.store,
            clock: &*hub.clock,
            rng: &*hub.rng,
            config: &hub.config,
        }
    }

    /// Makes one that is sent to nobody. Whoever asks may give those groups: that is looked at before.
    pub async fn make(&self, wanted: &Wanted, by: &Actor) -> Result<Made> {
        let tx = self.store.begin().await?;
        let made = self.write(&tx, wanted, by).await?;
        tx.commit().await?;
        Ok(made)
    }

    async fn write(&self, tx: &Tx, wanted: &Wanted, by: &Actor) -> Result<Made> {
        check(self.config, tx, wanted).await?;
        let now = self.clock.now();
        if links::invitations(tx, now).await?.len() >= MOST {
            return Err(HttpError::conflict("There are 1000 invitations already. Revoke some."));
        }
        let until = now
            .saturating_add(SignedDuration::from_secs(wanted.life))
            .unwrap_or(Timestamp::MAX);
        let new = NewLink {
            email: wanted.email.as_deref(),
            groups: &wanted.groups,
            uses: wanted.uses,
            made_by: by.name(),
            ..NewLink::new(INVITE, None, until)
        };
        let secret = secrets::make(tx, self.clock, self.rng, &new).await?;
        let found = links::find(tx, &perijove_model::token::fingerprint(secret.expose()), now).await?;
        let link = found.ok_or_else(|| HttpError::internal(&"a link is gone at once"))?;
        let detail =
            json!({ "uses": wanted.uses, "groups": wanted.groups, "email": wanted.email, "until": until.to_string() });
        audit::write(tx, self.clock, by, Act::InvitationMade, &target(link.id), detail).await?;
        Ok(Made {
            link,
            url: secrets::setup_url(self.config, &secret),
        })
    }
}

/// Makes an invitation and sends it where that is wanted.
pub async fn make(hub: &Hub, wanted: &Wanted, by: &Actor) -> Result<Made> {
    let tx = hub.store.begin().await?;
    let made = Maker::of(hub).write(&tx, wanted, by).await?;
    if let Some(email) = &wanted.email {
        let letter = InvitationMail {
            by: by.name().to_owned(),
            url: made.url.clone(),
            until: made.link.expires_at.strftime("%Y-%m-%d %H:%M UTC").to_string(),
        };
        if !mail::queue(hub, &tx, email, &letter, wanted.language.as_deref()).await? {
            return Err(super::signup::too_many_letters());
        }
    }
    tx.commit().await?;
    hub.outbox.wake();
    Ok(made)
}

async fn check(config: &Config, db: &impl Db, wanted: &Wanted) -> Result<()> {
    let wrong = |words: &str| Err(HttpError::bad_request(words));
    if section(config).is_none() {
        return wrong("Nobody has a password here: there is nothing to invite people to.");
    }
    if !(SHORTEST_LIFE..=LONGEST_LIFE).contains(&wanted.life) {
        return wrong("An invitation holds for a minute to 90 days.");
    }
    if !(1..=MOST_USES).contains(&wanted.uses) {
        return wrong("An invitation can be used 1 to 1000 times.");
    }
    if let Some(email) = &wanted.email {
        if mail::address(email).is_none() {
            return wrong("This is no mail address.");
        }
        if !mail::is_sent(config) {
            return wrong("The hub sends no mail: [mail] has no `url`.");
        }
        if wanted.uses != 1 {
            return wrong("An invitation that is sent to somebody can be used once.");
        }
    }
    if wanted.groups.len() > MOST_GROUPS {
        return wrong("An invitation puts people into 50 groups at most.");
    }
    for group in &wanted.groups {
        if groups::id_of(db, group).await?.is_none() {
            return wrong(&format!("No such group: {}", short(group)));
        }
    }
    Ok(())
}

/// Withdraws one; `false` if there is none.
pub async fn revoke(hub: &Hub, id: i64, by: &Actor) -> Result<bool> {
    let tx = hub.store.begin().await?;
    let Some(link) = links::revoke_invitation(&tx, id, hub.clock.now()).await? else {
        return Ok(false);
    };
    let detail = json!({ "uses_left": link.uses, "email": link.email });
    audit::record_as(hub, &tx, by, Act::InvitationRevoked, &target(id), detail).await?;
    tx.commit().await?;
    Ok(true)
}

/// The account of whoever has followed one.
pub(crate) async fn join(hub: &Hub, tx: &Tx, link: &Link, name: &UserName, hash: &str) -> Result<users::User> {
    let taken = || HttpError::conflict(super::signup::TAKEN);
    if users::by_name(tx, name.as_str()).await?.is_some() {
        return Err(taken());
    }
    let user = people::ensure(tx, &*hub.clock, &*hub.rng, name, false).await?;
    // Looked at once more: somebody else may have chosen the same name a moment ago.
    users::lock(tx, user.id).await?;
    if user.admin || native::hash_of(tx, user.id).await?.is_some() {
        return Err(taken());
    }
    native::set(tx, user.id, hash, hub.clock.now()).await?;
    native::describe(tx, user.id, true, link.email.as_deref()).await?;
    for group in &link.groups {
        // One that was deleted meanwhile is not made anew.
        if let Some(id) = groups::id_of(tx, group).await? {
            groups::join(tx, id, user.id).await?;
        }
    }
    Ok(user)
}

fn target(id: i64) -> String {
    format!("invitation {id}")
}
