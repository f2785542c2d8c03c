//! `POST /hub/passkey`: what the pages' script asks a browser's passkeys. And the passkeys on the page of one's account.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Method, header};
use axum::response::{IntoResponse, Response};
use perijove_model::Secret;
use perijove_store::users::User;
use perijove_store::{native, passkeys};
use perijove_web::pages::{PasskeyRow, Passkeys};
use serde_json::{Value, json};

use super::account::{News, WRONG_PASSWORD};
use crate::Hub;
use crate::accounts::passkeys::{self as kept, Purpose, Whose};
use crate::accounts::password_holds;
use crate::audit::{self, Act};
use crate::http::api::models::time;
use crate::http::error::{HttpError, Result};
use crate::http::form::Form;
use crate::http::visitor::{Principal, Via, Visitor};
use crate::signin::throttle;

const LONGEST_NAME: usize = 80;

/// Where the script asks.
#[must_use]
pub fn address(hub: &Hub) -> Option<String> {
    kept::offered(hub).then(|| format!("{}passkey", hub.prefix()))
}

/// Options for `navigator.credentials`, with a question of ours. The page shows people what is refused.
pub async fn options(
    State(hub): State<Arc<Hub>>,
    headers: HeaderMap,
    visitor: Visitor,
    form: Form,
) -> Result<Response> {
    options_for(&hub, &headers, &visitor, &form)
        .await
        .map_err(|error| error.said_in(&visitor.words))
}

async fn options_for(hub: &Arc<Hub>, headers: &HeaderMap, visitor: &Visitor, form: &Form) -> Result<Response> {
    if !kept::offered(hub) {
        return Err(HttpError::not_found());
    }
    visitor.xsrf.check_form(form.text("_xsrf"), headers, &Method::POST)?;
    let origin = form.text("origin").unwrap_or_default();
    let Some(site) = kept::site(hub, headers, origin) else {
        return Err(HttpError::conflict(
            "Passkeys can't be used at this address. They need a name of the hub, and https.",
        ));
    };
    let options = match form.text("for").unwrap_or_default() {
        "sign-in" => kept::to_use(&kept::question(hub, Purpose::SignIn), Purpose::SignIn, &site, &[]),
        "second" => second(hub, form.text("ticket").unwrap_or_default(), &site).await?,
        what => {
            let signed_in = visitor.in_browser().and_then(|who| Some((who, who.user()?)));
            let (principal, user) = signed_in.ok_or_else(|| HttpError::forbidden("You are not signed in."))?;
            own(hub, principal, user, what, &site).await?
        }
    };
    let never = (header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(([never], Json(options)).into_response())
}

/// The ticket is a question that was put to whoever has typed the right password.
async fn second(hub: &Hub, ticket: &str, site: &str) -> Result<Value> {
    let Some((purpose @ Purpose::Second(user), _)) = kept::opened(hub, ticket) else {
        return Err(HttpError::conflict(
            "This took too long. Reload the page, and begin again.",
        ));
    };
    let among = passkeys::of_user(&hub.store, user).await?;
    Ok(kept::to_use(ticket, purpose, site, &among))
}

async fn own(hub: &Hub, principal: &Principal, user: &User, what: &str, site: &str) -> Result<Value> {
    principal.in_person()?;
    let whose = whose(principal, user)?;
    let among = passkeys::of_user(&hub.store, user.id).await?;
    match what {
        "make" => Ok(kept::to_make(hub, user, whose, site, &among)),
        "confirm" => {
            let purpose = Purpose::Confirm(whose);
            Ok(kept::to_use(&kept::question(hub, purpose), purpose, site, &among))
        }
        _ => Err(HttpError::bad_request("There is nothing of that kind to ask.")),
    }
}

fn whose(principal: &Principal, user: &User) -> Result<Whose> {
    match &principal.via {
        Via::Session(session) => Ok(Whose {
            user: user.id,
            session: session.id,
        }),
        _ => Err(HttpError::missing_credentials()),
    }
}

/// Whether somebody has passkeys here: they come with accounts that have a password.
pub(super) async fn has_passkeys(hub: &Hub, user: &User) -> Result<bool> {
    Ok(kept::offered(hub) && native::hash_of(&hub.store, user.id).await?.is_some())
}

/// What the page shows of them.
pub(super) async fn of(hub: &Hub, user: &User) -> Result<Option<Passkeys>> {
    let Some(options_url) = address(hub) else {
        return Ok(None);
    };
    if !has_passkeys(hub, user).await? {
        return Ok(None);
    }
    let row = |passkey: passkeys::Passkey| PasskeyRow {
        id: passkey.id,
        name: passkey.name,
        site: passkey.site,
        created: time(passkey.created),
        last_used: passkey.last_used.map(time),
    };
    let rows = passkeys::of_user(&hub.store, user.id).await?;
    Ok(Some(Passkeys {
        options_url,
        rows: rows.into_iter().map(row).collect(),
    }))
}

pub(super) async fn change(
    hub: &Hub,
    headers: &HeaderMap,
    principal: &Principal,
    user: &User,
    form: &Form,
) -> Result<News> {
    if let Some(why) = not_confirmed(hub, headers, principal, user, form).await? {
        return Ok(News::error(why));
    }
    match form.text("what").unwrap_or_default() {
        "add" => add(hub, headers, principal, user, form).await,
        "rename" => rename(hub, principal, user, form).await,
        "remove" => remove(hub, principal, user, form).await,
        _ => Err(HttpError::not_found()),
    }
}

/// Whoever has come by an open browser has neither the password nor the device. Why it does not hold, if it doesn't.
async fn not_confirmed(
    hub: &Hub,
    headers: &HeaderMap,
    principal: &Principal,
    user: &User,
    form: &Form,
) -> Result<Option<&'static str>> {
    const WRONG: &str = "This passkey does not confirm who you are. Try again, or type your password.";
    let answer = form.text("confirmation").unwrap_or_default();
    if answer.is_empty() {
        let password = Secret::new(form.text("password").unwrap_or_default());
        let holds = password_holds(hub, user, &password, principal.remote).await?;
        return Ok((!holds).then_some(WRONG_PASSWORD));
    }
    let asked = Purpose::Confirm(whose(principal, user)?);
    let Some(claim) = kept::read(hub, answer).await?.filter(|claim| claim.purpose == asked) else {
        return Ok(Some(WRONG));
    };
    let Some(attempt) = throttle::begin(hub, &user.name, principal.remote).await? else {
        return Ok(Some(WRONG));
    };
    let shown = kept::holds(hub, headers, &claim, principal.remote).await?;
    match shown.is_ok_and(|shown| shown.id == user.id) {
        true => {
            attempt.succeeded(hub).await?;
            Ok(None)
        }
        false => {
            attempt.failed(hub).await?;
            Ok(Some(WRONG))
        }
    }
}

/// What somebody calls a passkey; nothing if that is no name.
fn name_in(form: &Form) -> Option<&str> {
    let name = form.text("name").unwrap_or_default().trim();
    let is_name = !name.is_empty() && name.chars().count() <= LONGEST_NAME && !name.chars().any(char::is_control);
    is_name.then_some(name)
}

fn id_in(form: &Form) -> i64 {
    let id = form.text("id").and_then(|id| id.parse::<i32>().ok());
    id.unwrap_or_default().into()
}

async fn add(hub: &Hub, headers: &HeaderMap, principal: &Principal, user: &User, form: &Form) -> Result<News> {
    let name = name_in(form).unwrap_or("Passkey");
    let made = form.text("made").unwrap_or_default();
    let whose = (user, whose(principal, user)?);
    let tx = hub.store.begin().await?;
    if let Err(why) = kept::keep(hub, &tx, headers, whose, name, made).await? {
        return Ok(News::error(why));
    }
    note(hub, &tx, principal, user, json!({ "passkey": "added", "name": name })).await?;
    tx.commit().await?;
    Ok(News::done("You can sign in with the new passkey."))
}

async fn rename(hub: &Hub, principal: &Principal, user: &User, form: &Form) -> Result<News> {
    let Some(name) = name_in(form) else {
        return Ok(News::error("The name of a passkey has 1 to 80 characters."));
    };
    let id = id_in(form);
    let tx = hub.store.begin().await?;
    let kept = passkeys::of_user(&tx, user.id).await?;
    let kept = kept.iter().find(|passkey| passkey.id == id);
    let before = kept.ok_or_else(HttpError::not_found)?;
    if before.name != name && passkeys::rename(&tx, user.id, id, name).await? {
        let detail = json!({ "passkey": "renamed", "name": name, "before": before.name });
        note(hub, &tx, principal, user, detail).await?;
    }
    tx.commit().await?;
    Ok(News::done("The passkey has its new name."))
}

async fn remove(hub: &Hub, principal: &Principal, user: &User, form: &Form) -> Result<News> {
    let tx = hub.store.begin().await?;
    if let Some(name) = passkeys::remove(&tx, user.id, id_in(form)).await? {
        note(hub, &tx, principal, user, json!({ "passkey": "removed", "name": name })).await?;
    }
    let is_last = passkeys::of_user(&tx, user.id).await?.is_empty();
    let has_codes = native::account(&tx, user.id).await?.otp_since.is_some();
    tx.commit().await?;
    Ok(News::done(match (is_last, has_codes) {
        (false, _) => "That passkey signs nobody in any more.",
        (true, true) => "That was your last passkey. You sign in with your password and a one-time code.",
        (true, false) => "That was your last passkey. Your password alone signs you in now, whoever knows it.",
    }))
}

async fn note(hub: &Hub, tx: &perijove_store::Tx, principal: &Principal, user: &User, detail: Value) -> Result<()> {
    let target = format!("user {}", user.name);
    audit::record(hub, tx, principal, Act::UserChanged, &target, detail).await
}
