//! `/hub/account`: in which browsers one is signed in, one's password, one-time codes and passkeys, and other ways to sign in.

use std::sync::Arc;

use axum::extract::{OriginalUri, Path, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::Response;
use perijove_auth::{Offer, totp};
use perijove_model::{Secret, token};
use perijove_store::sessions::Session;
use perijove_store::users::{self, User};
use perijove_store::{identities, languages, native, sessions};
use perijove_web::pages::{Account, Codes, Email, LinkableRow, LinkedRow, Proposed, SessionRow};
use qrcode::QrCode;
use qrcode::render::svg;
use serde_json::json;

use super::passkeys;
use crate::accounts::{address, password_holds};
use crate::audit::{self, Act};
use crate::http::agent;
use crate::http::api::models::time;
use crate::http::api::sessions::{end_one, end_others, is_current};
use crate::http::error::{HttpError, Result};
use crate::http::form::Form;
use crate::http::found;
use crate::http::visitor::{Principal, Visitor};
use crate::mail::{self, reset};
use crate::{Hub, accounts, startup};

pub(super) const WRONG_PASSWORD: &str = "The password is wrong.";

/// What has just happened.
#[derive(Default)]
pub(super) struct News {
    done: Option<&'static str>,
    error: Option<&'static str>,
    /// Shown this once.
    recovery: Vec<String>,
    /// A secret waits for its first code.
    proposes: bool,
}

impl News {
    pub(super) fn done(words: &'static str) -> Self {
        Self {
            done: Some(words),
            ..Self::default()
        }
    }

    pub(super) fn error(words: &'static str) -> Self {
        Self {
            error: Some(words),
            ..Self::default()
        }
    }
}

pub async fn get(State(hub): State<Arc<Hub>>, OriginalUri(uri): OriginalUri, visitor: Visitor) -> Result<Response> {
    match whose(&hub, &visitor, &uri) {
        Ok((principal, user)) => show(&hub, &visitor, principal, user, News::default()).await,
        Err(elsewhere) => Ok(elsewhere),
    }
}

pub async fn post(
    State(hub): State<Arc<Hub>>,
    Path(part): Path<String>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    visitor: Visitor,
    form: Form,
) -> Result<Response> {
    let (principal, user) = match whose(&hub, &visitor, &uri) {
        Ok(who) => who,
        Err(elsewhere) => return Ok(elsewhere),
    };
    visitor.xsrf.check_form(form.text("_xsrf"), &headers, &Method::POST)?;
    principal.in_person()?;
    let news = match (part.as_str(), form.text("what").unwrap_or_default()) {
        ("sessions", "others") => {
            end_others(&hub, principal, user).await?;
            News::done("You are signed out everywhere else.")
        }
        ("sessions", _) => {
            // Ended meanwhile, in another window perhaps: that is what was wanted.
            if let Some(id) = form.text("id").and_then(|id| id.parse::<i32>().ok()) {
                end_one(&hub, principal, user, id.into()).await?;
            }
            News::done("You are signed out there.")
        }
        ("email", _) if has_email(&hub, user).await? => {
            email(&hub, principal, user, &form, visitor.words.tag()).await?
        }
        ("codes", what) if has_codes(&hub, user).await? => codes(&hub, principal, user, what, &form).await?,
        ("passkeys", _) if passkeys::has_passkeys(&hub, user).await? => {
            passkeys::change(&hub, &headers, principal, user, &form).await?
        }
        ("unlink", _) => unlink(&hub, principal, user, &form).await?,
        _ => return Err(HttpError::not_found()),
    };
    show(&hub, &visitor, principal, user, news).await
}

pub(super) fn whose<'a>(
    hub: &Hub,
    visitor: &'a Visitor,
    uri: &Uri,
) -> std::result::Result<(&'a Principal, &'a User), Response> {
    let login = || found(&super::login_url(hub, uri));
    let principal = super::signed_in(hub, visitor, uri)?;
    principal.user().map(|user| (principal, user)).ok_or_else(login)
}

/// Codes are asked for besides a password, so there must be one.
async fn has_codes(hub: &Hub, user: &User) -> Result<bool> {
    let allowed = accounts::section(&hub.config).is_some_and(|native| native.allow_2fa);
    Ok(allowed && native::hash_of(&hub.store, user.id).await?.is_some())
}

/// The hub can write to people, and has something to write to them that have a password here.
async fn has_email(hub: &Hub, user: &User) -> Result<bool> {
    Ok(reset::is_offered(hub) && native::hash_of(&hub.store, user.id).await?.is_some())
}

async fn email(hub: &Hub, principal: &Principal, user: &User, form: &Form, language: &str) -> Result<News> {
    let Some(wanted) = mail::address(form.text("email").unwrap_or_default()) else {
        return Ok(News::error("This is no mail address."));
    };
    let password = Secret::new(form.text("password").unwrap_or_default());
    if !password_holds(hub, user, &password, principal.remote).await? {
        return Ok(News::error(WRONG_PASSWORD));
    }
    Ok(match address::ask(hub, user, wanted, language).await? {
        true => News::done("A letter is on its way to your new mail address. Follow the link in it within 15 minutes."),
        false => News::error("Many letters were sent for you already. Try again in an hour."),
    })
}

async fn codes(hub: &Hub, principal: &Principal, user: &User, what: &str, form: &Form) -> Result<News> {
    if what == "confirm" {
        return confirm(hub, principal, user, form.text("code").unwrap_or_default().trim()).await;
    }
    let password = Secret::new(form.text("password").unwrap_or_default());
    if !password_holds(hub, user, &password, principal.remote).await? {
        return Ok(News::error(WRONG_PASSWORD));
    }
    let tx = hub.store.begin().await?;
    let (news, detail) = match what {
        "propose" => {
            let sealed = hub.keys.seal(totp::new_secret(&*hub.rng).expose());
            let sealed = sealed.ok_or_else(|| HttpError::bare(StatusCode::INTERNAL_SERVER_ERROR))?;
            native::propose_otp(&tx, user.id, &sealed).await?;
            tx.commit().await?;
            return Ok(News {
                proposes: true,
                ..News::default()
            });
        }
        "remove" => {
            native::remove_otp(&tx, user.id).await?;
            (News::done("No codes are asked for any more."), "removed")
        }
        "recovery" => {
            let news = News {
                recovery: new_recovery_codes(hub, &tx, user).await?,
                ..News::done("The old recovery codes hold no more.")
            };
            (news, "new recovery codes")
        }
        _ => return Err(HttpError::not_found()),
    };
    note(hub, &tx, principal, user, detail).await?;
    tx.commit().await?;
    Ok(news)
}

/// Whoever shows a code has taken the secret: only now are codes asked for.
async fn confirm(hub: &Hub, principal: &Principal, user: &User, code: &str) -> Result<News> {
    let account = native::account(&hub.store, user.id).await?;
    let (Some(sealed), None) = (account.otp_secret, account.otp_since) else {
        return Ok(News::error("There is nothing to confirm. Begin again."));
    };
    let now = hub.clock.now();
    let secret = hub.keys.unseal(&sealed).map(Secret::new);
    let Some(step) = secret.and_then(|secret| totp::step_of(&secret, code, now)) else {
        return Ok(News {
            proposes: true,
            ..News::error("This code does not hold. Codes change every 30 seconds.")
        });
    };
    let tx = hub.store.begin().await?;
    if !native::confirm_otp(&tx, user.id, &sealed, step, now).await? {
        return Ok(News::error("There is nothing to confirm. Begin again."));
    }
    let news = News {
        recovery: new_recovery_codes(hub, &tx, user).await?,
        ..News::done("One-time codes are asked for from now on.")
    };
    note(hub, &tx, principal, user, "set up").await?;
    tx.commit().await?;
    Ok(news)
}

async fn new_recovery_codes(hub: &Hub, tx: &perijove_store::Tx, user: &User) -> Result<Vec<String>> {
    let codes = totp::recovery_codes(&*hub.rng);
    let spelled = codes.iter().filter_map(|code| totp::as_recovery_code(code.expose()));
    let fingerprints: Vec<String> = spelled.map(|code| token::fingerprint(&code)).collect();
    native::set_recovery_codes(tx, user.id, &fingerprints).await?;
    Ok(codes.iter().map(|code| code.expose().to_owned()).collect())
}

async fn note(hub: &Hub, tx: &perijove_store::Tx, principal: &Principal, user: &User, what: &str) -> Result<()> {
    let target = format!("user {}", user.name);
    audit::record(
        hub,
        tx,
        principal,
        Act::UserChanged,
        &target,
        json!({ "one_time_codes": what }),
    )
    .await
}

async fn unlink(hub: &Hub, principal: &Principal, user: &User, form: &Form) -> Result<News> {
    let (method, subject) = (
        form.text("method").unwrap_or_default(),
        form.text("subject").unwrap_or_default(),
    );
    let linked = identities::of_user(&hub.store, user.id).await?;
    if linked.len() < 2 && native::hash_of(&hub.store, user.id).await?.is_none() {
        return Ok(News::error("This is the only way in which you can sign in."));
    }
    let tx = hub.store.begin().await?;
    if identities::unlink(&tx, user.id, method, subject).await? {
        let target = format!("user {}", user.name);
        audit::record(
            hub,
            &tx,
            principal,
            Act::UserChanged,
            &target,
            json!({ "unlinked": method }),
        )
        .await?;
    }
    tx.commit().await?;
    Ok(News::done("That way to sign in leads to this account no more."))
}

/// What is shown of where somebody is signed in.
pub(super) async fn session_rows(hub: &Hub, by: &Principal, found: Vec<Session>) -> Result<Vec<SessionRow>> {
    let mut rows = Vec::new();
    for session in found {
        let acted_by = match session.acted_by {
            Some(id) => users::by_id(&hub.store, id).await?.map(|user| user.name),
            None => None,
        };
        rows.push(SessionRow {
            is_this: is_current(by, &session),
            id: session.id,
            agent: agent::told(&session.user_agent),
            agent_whole: session.user_agent,
            address: session.address,
            created: time(session.created),
            last_seen: time(session.last_seen),
            acted_by,
        });
    }
    Ok(rows)
}

async fn show(hub: &Hub, visitor: &Visitor, principal: &Principal, user: &User, news: News) -> Result<Response> {
    hub.seen.flush(&hub.store).await;
    let found = sessions::of_user(&hub.store, user.id, hub.clock.now()).await?;
    let mut rows = session_rows(hub, principal, found).await?;
    rows.sort_by_key(|row| !row.is_this);
    let linked = identities::of_user(&hub.store, user.id).await?;
    let linkable = hub.authenticators.iter().filter_map(|method| match method.offer() {
        Offer::Elsewhere { label } if linked.iter().all(|one| one.method != method.name()) => Some(LinkableRow {
            label,
            action: format!("{}oauth_login/{}", hub.prefix(), method.name()),
        }),
        _ => None,
    });
    let has_password = native::hash_of(&hub.store, user.id).await?.is_some();
    let refused = news.error.is_some();
    let page = Account {
        language: languages::of(&hub.store, user.id).await?,
        action: format!("{}account", hub.prefix()),
        password_url: has_password.then(|| format!("{}change-password", hub.prefix())),
        done: news.done.map(str::to_owned),
        error: news.error.map(str::to_owned),
        email: match has_email(hub, user).await? {
            true => Some(Email {
                address: native::account(&hub.store, user.id).await?.email,
            }),
            false => None,
        },
        codes: match has_codes(hub, user).await? {
            true => Some(of_codes(hub, user, news).await?),
            false => None,
        },
        passkeys: passkeys::of(hub, user).await?,
        sessions: rows,
        linkable: linkable.collect(),
        linked: linked
            .iter()
            .map(|one| LinkedRow {
                method: one.method.clone(),
                subject: one.subject.clone(),
                linked: time(one.linked),
            })
            .collect(),
    };
    let status = if refused {
        StatusCode::BAD_REQUEST
    } else {
        StatusCode::OK
    };
    super::render(hub, visitor, status, &page).await
}

async fn of_codes(hub: &Hub, user: &User, news: News) -> Result<Codes> {
    let account = native::account(&hub.store, user.id).await?;
    let proposed = match (&account.otp_secret, account.otp_since) {
        (Some(sealed), None) if news.proposes => hub.keys.unseal(sealed).map(Secret::new),
        _ => None,
    };
    Ok(Codes {
        since: account.otp_since.map(time),
        recovery_left: native::recovery_codes_left(&hub.store, user.id).await?,
        proposed: proposed.map(|secret| proposal(hub, user, &secret)).transpose()?,
        recovery: news.recovery,
    })
}

fn proposal(hub: &Hub, user: &User, secret: &Secret) -> Result<Proposed> {
    let url = url::Url::parse(&startup::public_url(&hub.config)).ok();
    let host = url.as_ref().and_then(|url| url.host_str()).unwrap_or("Perijove");
    let address = totp::address(secret, host, &user.name);
    let code = QrCode::new(address.expose()).map_err(|error| HttpError::internal(&error))?;
    let svg = code.render::<svg::Color<'_>>().min_dimensions(220, 220).build();
    // Within a page it has no declaration of its own.
    let picture = svg.find("<svg").map_or("", |at| &svg[at..]).to_owned();
    Ok(Proposed {
        picture,
        secret: secret.expose().to_owned(),
    })
}
