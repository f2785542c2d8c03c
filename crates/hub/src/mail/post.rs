//! Sends what is in the outbox. A letter is taken by one hub, for longer than sending it may take; what fails is tried
//! again, ever less often, for a day.

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use perijove_mail::{Courier, Fault, Letter};
use perijove_store::languages;
use perijove_store::mails::{self, Mail};
use perijove_web::mails::{Mail as _, Reset};
use serde_json::{Value, json};
use tokio::time::{sleep, timeout};

use super::{head, reset};
use crate::Hub;
use crate::audit::{self, Act, Actor};
use crate::tasks::{Failure, Streak};

/// Who comes to look although nobody called.
const EVERY: Duration = Duration::from_secs(10);
/// How long a letter is somebody's, beyond the time that sending it may take.
const MARGIN: SignedDuration = SignedDuration::from_mins(2);
const FIRST_PAUSE: i64 = 30;
const LONGEST_PAUSE: i64 = 3600;
/// What could not be sent for so long is given up.
const GIVEN_UP: SignedDuration = SignedDuration::from_hours(24);
/// A letter that is on its way when the hub is to end.
const GRACE: Duration = Duration::from_secs(5);

pub async fn keep(hub: Arc<Hub>) {
    let Some(courier) = &hub.courier else { return };
    let mut streak = Streak::new("mail");
    while !hub.stop.is_cancelled() {
        let work = deliver(&hub, courier);
        tokio::pin!(work);
        tokio::select! {
            outcome = &mut work => streak.note(outcome),
            () = hub.stop.cancelled() => {
                // Else the next hub could not know that it was sent.
                let _ = timeout(GRACE, work).await;
                return;
            }
        }
        tokio::select! {
            () = hub.stop.cancelled() => return,
            () = hub.outbox.woken() => {}
            () = sleep(EVERY) => {}
        }
    }
}

/// Sends what is due. A fault that is the server's ends the round: the next letter would meet it, too.
async fn deliver(hub: &Hub, courier: &Courier) -> Result<(), Failure> {
    let held = SignedDuration::try_from(hub.config.mail.timeout)? + MARGIN;
    while !hub.stop.is_cancelled() {
        let now = hub.clock.now();
        let Some(mail) = mails::take(&hub.store, now, now.saturating_add(held)?).await? else {
            return Ok(());
        };
        if let Err(fault) = send(hub, courier, &mail).await? {
            failed(hub, &mail, &fault).await?;
            if !fault.about_letter {
                return Err(fault.into());
            }
        }
    }
    Ok(())
}

async fn send(hub: &Hub, courier: &Courier, mail: &Mail) -> Result<Result<(), Fault>, Failure> {
    let letter = match written(hub, mail).await? {
        Ok(Some(letter)) => letter,
        Ok(None) => {
            mails::remove(&hub.store, mail).await?;
            return Ok(Ok(()));
        }
        Err(fault) => return Ok(Err(fault)),
    };
    if let Err(fault) = courier.send(&letter).await {
        return Ok(Err(fault));
    }
    mails::remove(&hub.store, mail).await?;
    tracing::info!(about = mail.about, id = mail.id, "sent a letter");
    Ok(Ok(()))
}

/// The letter; nothing if there is nobody to write to.
async fn written(hub: &Hub, mail: &Mail) -> Result<Result<Option<Letter>, Fault>, Failure> {
    let facts = hub.keys.unseal(&mail.sealed);
    let facts: Option<Value> = facts.and_then(|facts| serde_json::from_str(&facts).ok());
    let Some(facts) = facts else {
        return Ok(Err(unwritable("it was sealed with another cookie secret", false)));
    };
    let language = facts.get("language").and_then(Value::as_str).map(str::to_owned);
    let (about, to, language, facts) = match mail.about.as_str() {
        reset::ASKED => match reset::letter(hub, facts, mail.tries == 1).await? {
            Some((to, letter)) => {
                let chosen = languages::of_address(&hub.store, &to).await?;
                (Reset::NAME, to, chosen.or(language), json!(letter))
            }
            None => return Ok(Ok(None)),
        },
        about => (about, mail.recipient.clone(), language, facts),
    };
    let head = head(&hub.config);
    Ok(match hub.pages.letter(&head, language.as_deref(), about, &facts) {
        Ok(written) => Ok(Some(Letter {
            to,
            subject: written.subject,
            text: written.text,
            html: written.html,
            id: format!("{}.{}", mail.id, mail.created.as_millisecond()),
        })),
        // Whoever runs the site may mend its template.
        Err(error) => {
            tracing::error!(%error, "a letter can't be written");
            Err(unwritable(&error.to_string(), true))
        }
    })
}

fn unwritable(cause: &str, passes: bool) -> Fault {
    Fault {
        what: "the letter can't be written".to_owned(),
        cause: cause.to_owned(),
        hint: None,
        passes,
        about_letter: true,
    }
}

async fn failed(hub: &Hub, mail: &Mail, fault: &Fault) -> Result<(), Failure> {
    let now = hub.clock.now();
    if fault.passes && now.duration_since(mail.created) < GIVEN_UP {
        mails::put_back(&hub.store, mail, now.saturating_add(pause(mail.tries))?).await?;
        return Ok(());
    }
    let tx = hub.store.begin().await?;
    if mails::remove(&tx, mail).await? {
        tracing::warn!(about = mail.about, id = mail.id, %fault, "a letter is given up");
        let (target, reason) = (format!("mail {}", mail.recipient), fault.to_string());
        let detail = json!({ "about": mail.about, "tries": mail.tries, "reason": reason });
        audit::record_as(hub, &tx, &Actor::hub(), Act::MailDropped, &target, detail).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// Twice as long after each try.
fn pause(tries: i64) -> SignedDuration {
    let doubled = u32::try_from(tries - 1).map_or(0, |tries| tries.min(16));
    SignedDuration::from_secs((FIRST_PAUSE << doubled).min(LONGEST_PAUSE))
}

#[cfg(test)]
mod tests {
    use super::pause;

    #[test]
    fn pauses_grow_to_an_hour() {
        let seconds: Vec<i64> = [1, 2, 3, 7, 8, 100].map(|tries| pause(tries).as_secs()).to_vec();
        assert_eq!(seconds, [30, 60, 120, 1920, 3600, 3600]);
    }
}
