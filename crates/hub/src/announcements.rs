//! What the hub tells people on top of its pages: what may be told, and who sees what.

use jiff::Timestamp;
use perijove_model::Clock;
use perijove_model::announcement::{Audience, Level};
use perijove_store::announcements::{self as rows, Announcement, MOST, Wanted};
use perijove_store::{Store, Tx};
use serde_json::{Value, json};

use crate::audit::{self, Act, Actor};
use crate::http::error::{HttpError, Result};

/// It is to be read in passing.
const LONGEST: usize = 1000;
const MOST_GROUPS: usize = 50;

/// Whoever changes what is told, by a request or on the command line.
pub struct Desk<'a> {
    pub store: &'a Store,
    pub clock: &'a dyn Clock,
    pub by: Actor,
}

impl Desk<'_> {
    pub async fn make(&self, wanted: &Wanted) -> Result<Announcement> {
        let now = self.clock.now();
        if wanted.ends.is_some_and(|end| end <= now) {
            return Err(HttpError::bad_request("An announcement must end in the future."));
        }
        check(wanted)?;
        let tx = self.store.begin().await?;
        let id = rows::make(&tx, wanted, self.by.name(), now).await?;
        let id = id.ok_or_else(|| HttpError::conflict(format!("There are {MOST} announcements. End one of them.")))?;
        self.note(&tx, Act::AnnouncementMade, id, detail(wanted)).await?;
        self.done(tx, id).await
    }

    pub async fn change(&self, id: i64, wanted: &Wanted) -> Result<Announcement> {
        check(wanted)?;
        let tx = self.store.begin().await?;
        if !rows::change(&tx, id, wanted, self.clock.now()).await? {
            return Err(HttpError::not_found());
        }
        self.note(&tx, Act::AnnouncementChanged, id, detail(wanted)).await?;
        self.done(tx, id).await
    }

    /// Nobody sees it from now on. One that has not begun yet never will.
    pub async fn end(&self, id: i64) -> Result<Announcement> {
        let now = self.clock.now();
        let found = rows::by_id(self.store, id).await?.ok_or_else(HttpError::not_found)?;
        if found.is_over(now) {
            return Ok(found);
        }
        let wanted = Wanted {
            starts: found.wanted.starts.min(now),
            ends: Some(now),
            ..found.wanted
        };
        let tx = self.store.begin().await?;
        if !rows::change(&tx, id, &wanted, now).await? {
            return Err(HttpError::not_found());
        }
        self.note(&tx, Act::AnnouncementChanged, id, json!({ "ended": true }))
            .await?;
        self.done(tx, id).await
    }

    pub async fn remove(&self, id: i64) -> Result<()> {
        let tx = self.store.begin().await?;
        if !rows::remove(&tx, id).await? {
            return Err(HttpError::not_found());
        }
        self.note(&tx, Act::AnnouncementRemoved, id, json!({})).await?;
        tx.commit().await?;
        Ok(())
    }

    async fn note(&self, tx: &Tx, act: Act, id: i64, detail: Value) -> Result<()> {
        Ok(audit::write(tx, self.clock, &self.by, act, &format!("announcement {id}"), detail).await?)
    }

    async fn done(&self, tx: Tx, id: i64) -> Result<Announcement> {
        let made = rows::by_id(&tx, id).await?.ok_or_else(HttpError::not_found)?;
        tx.commit().await?;
        Ok(made)
    }
}

fn detail(wanted: &Wanted) -> Value {
    json!({
        "text": wanted.text,
        "level": wanted.level,
        "audience": wanted.audience,
        "groups": wanted.groups,
        "starts": wanted.starts.to_string(),
        "ends": wanted.ends.map(|end| end.to_string()),
    })
}

fn check(wanted: &Wanted) -> Result<()> {
    let refuse = |words: String| Err(HttpError::bad_request(words));
    if wanted.text.trim().is_empty() {
        return refuse("An announcement says something.".to_owned());
    }
    if wanted.text.chars().count() > LONGEST {
        return refuse(format!("An announcement has at most {LONGEST} characters."));
    }
    if wanted.text.contains('\0') || wanted.groups.iter().any(|group| group.contains('\0')) {
        return refuse("The announcement has a NUL character.".to_owned());
    }
    if wanted.ends.is_some_and(|end| end <= wanted.starts) {
        return refuse("An announcement ends after it begins.".to_owned());
    }
    match (wanted.audience, wanted.groups.len()) {
        (Audience::Groups, 0) => refuse("An announcement for groups names at least one.".to_owned()),
        (_, 0) => Ok(()),
        (Audience::Groups, ..=MOST_GROUPS) => Ok(()),
        (Audience::Groups, _) => refuse(format!("An announcement is for at most {MOST_GROUPS} groups.")),
        _ => refuse("Groups are named only where an announcement is for groups.".to_owned()),
    }
}

/// Who looks at which page.
#[derive(Debug, Clone, Copy)]
pub struct Looker<'a> {
    /// `None`: nobody is signed in.
    pub groups: Option<&'a [String]>,
    pub signs_in: bool,
    /// What was put aside in this browser, see [`key`].
    pub aside: &'a str,
}

/// Whether this one is for them, now.
#[must_use]
pub fn is_for(one: &Announcement, looker: &Looker<'_>, now: Timestamp) -> bool {
    let wanted = &one.wanted;
    let meant = match wanted.audience {
        Audience::Everybody => true,
        Audience::SignedIn => looker.groups.is_some(),
        Audience::SignInPage => looker.signs_in,
        Audience::Groups => looker
            .groups
            .is_some_and(|theirs| theirs.iter().any(|group| wanted.groups.contains(group))),
    };
    meant && one.stands(now) && !is_aside(one, looker.aside)
}

/// By what a browser remembers that it was put aside; nothing if that can't be.
#[must_use]
pub fn key(one: &Announcement) -> Option<String> {
    (one.wanted.level != Level::Urgent).then(|| format!("{}.{}", one.id, one.revision))
}

fn is_aside(one: &Announcement, aside: &str) -> bool {
    key(one).is_some_and(|key| aside.split('-').any(|kept| kept == key))
}

/// The same with one more put aside; the oldest are forgotten. `None` if it is no key.
#[must_use]
pub fn put_aside(aside: &str, key: &str) -> Option<String> {
    const MOST_KEPT: usize = 20;
    let is_key = |text: &&str| {
        let (id, revision) = text.split_once('.').unwrap_or_default();
        id.parse::<u32>().is_ok() && revision.parse::<u32>().is_ok()
    };
    let key = Some(key).filter(is_key)?;
    let mut kept: Vec<&str> = aside.split('-').filter(is_key).filter(|kept| *kept != key).collect();
    kept.push(key);
    let from = kept.len().saturating_sub(MOST_KEPT);
    Some(kept[from..].join("-"))
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    fn one(audience: Audience, groups: &[&str]) -> Announcement {
        Announcement {
            id: 7,
            revision: 2,
            wanted: Wanted {
                text: "Nothing on Sunday.".into(),
                level: Level::Info,
                audience,
                groups: groups.iter().map(ToString::to_string).collect(),
                starts: Timestamp::UNIX_EPOCH,
                ends: Some(Timestamp::UNIX_EPOCH + SignedDuration::from_hours(1)),
            },
            made_by: "ada".into(),
            changed: Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn each_sees_what_is_for_them_while_it_stands() {
        let now = Timestamp::UNIX_EPOCH + SignedDuration::from_mins(5);
        let class = ["class".to_owned()];
        let visitor = Looker {
            groups: None,
            signs_in: false,
            aside: "",
        };
        let member = Looker {
            groups: Some(&class),
            ..visitor
        };
        let sees = |audience, groups: &[&str], looker: &Looker<'_>| is_for(&one(audience, groups), looker, now);
        assert!(sees(Audience::Everybody, &[], &visitor) && sees(Audience::Everybody, &[], &member));
        assert!(!sees(Audience::SignedIn, &[], &visitor) && sees(Audience::SignedIn, &[], &member));
        assert!(sees(Audience::Groups, &["class"], &member) && !sees(Audience::Groups, &["staff"], &member));
        assert!(!sees(Audience::Groups, &["class"], &visitor));
        let signs_in = Looker {
            signs_in: true,
            ..visitor
        };
        assert!(sees(Audience::SignInPage, &[], &signs_in) && !sees(Audience::SignInPage, &[], &visitor));
        let later = now + SignedDuration::from_hours(1);
        assert!(!is_for(&one(Audience::Everybody, &[]), &visitor, later));
        assert!(!is_for(
            &one(Audience::Everybody, &[]),
            &visitor,
            Timestamp::UNIX_EPOCH - SignedDuration::from_secs(1)
        ));
    }

    #[test]
    fn what_was_put_aside_stays_aside_until_it_says_something_else() {
        let now = Timestamp::UNIX_EPOCH;
        let aside = put_aside("3.1", "7.2").unwrap();
        assert_eq!(aside, "3.1-7.2");
        let looker = Looker {
            groups: None,
            signs_in: false,
            aside: &aside,
        };
        let mut told = one(Audience::Everybody, &[]);
        assert!(!is_for(&told, &looker, now));
        told.revision = 3;
        assert!(is_for(&told, &looker, now));
        told.revision = 2;
        told.wanted.level = Level::Urgent;
        assert!(is_for(&told, &looker, now), "nobody puts that aside");
        assert_eq!(put_aside("", "7"), None);
        assert_eq!(put_aside("", "7.2; Path=/"), None);
        let many = (0..30).fold(String::new(), |aside, id| {
            put_aside(&aside, &format!("{id}.1")).unwrap()
        });
        assert!(many.starts_with("10.1-") && many.ends_with("-29.1"), "{many}");
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        let good = one(Audience::Everybody, &[]).wanted;
        assert!(check(&good).is_ok());
        let refused = |wanted: Wanted| check(&wanted).unwrap_err().message.unwrap();
        assert!(
            refused(Wanted {
                text: " ".into(),
                ..good.clone()
            })
            .contains("says something")
        );
        assert!(
            refused(Wanted {
                text: "é".repeat(1001),
                ..good.clone()
            })
            .contains("1000")
        );
        assert!(
            refused(Wanted {
                ends: Some(good.starts),
                ..good.clone()
            })
            .contains("ends after")
        );
        assert!(
            refused(Wanted {
                audience: Audience::Groups,
                ..good.clone()
            })
            .contains("at least one")
        );
        assert!(
            refused(Wanted {
                groups: vec!["class".into()],
                ..good
            })
            .contains("only where")
        );
    }
}
