//! `/hub/setup?token=`: a link with which somebody chooses a password: the first admin, who was invited, by a name or
//! without one, or who has forgotten theirs.

use std::net::IpAddr;
use std::sync::Arc;

use axum::Form;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::Response;
use perijove_model::{Secret, UserName, escape};
use perijove_store::{Tx, links, native, users};
use perijove_web::pages::{Setup, SetupPurpose};
use serde::Deserialize;
use serde_json::json;

use super::login;
use crate::accounts::invitations;
use crate::accounts::links::{INVITE, RESET, SETUP, fingerprint};
use crate::accounts::signup::free_name;
use crate::audit::{self, Act, Actor};
use crate::http::error::{HttpError, Kind, Result};
use crate::http::found;
use crate::http::visitor::Visitor;
use crate::signin::{Came, Way, throttle};
use crate::{Hub, accounts, people, signin};

const TAKEN: &str = "This name is taken.";

#[derive(Deserialize)]
pub struct LinkQuery {
    #[serde(default)]
    token: Secret,
}

#[derive(Deserialize)]
pub struct Fields {
    #[serde(default)]
    token: Secret,
    #[serde(default)]
    username: String,
    #[serde(default)]
    password: Secret,
    #[serde(default)]
    password_again: Secret,
    #[serde(rename = "_xsrf")]
    xsrf: Option<String>,
}

pub async fn get(State(hub): State<Arc<Hub>>, Query(query): Query<LinkQuery>, visitor: Visitor) -> Result<Response> {
    let link = find(&hub, &query.token, visitor.remote).await?;
    form(&hub, &visitor, &query.token, &link, StatusCode::OK, None).await
}

pub async fn post(
    State(hub): State<Arc<Hub>>,
    headers: HeaderMap,
    visitor: Visitor,
    Form(fields): Form<Fields>,
) -> Result<Response> {
    visitor
        .xsrf
        .check_form(fields.xsrf.as_deref(), &headers, &Method::POST)?;
    let link = find(&hub, &fields.token, visitor.remote).await?;
    let name = match chosen_name(&hub, &link, &fields).await? {
        Ok(name) => name,
        Err(why) => return form(&hub, &visitor, &fields.token, &link, StatusCode::BAD_REQUEST, Some(why)).await,
    };
    let user = keep(&hub, &fields, name, visitor.remote).await?;
    tracing::info!(user = %user.name, purpose = %link.purpose, "a password was chosen by a one-time link");
    if link.purpose == RESET {
        // Whoever reads somebody's mail has not shown a one-time code of theirs.
        let login = format!("{}login?username={}", hub.prefix(), escape::component(&user.name));
        return Ok(found(&login));
    }
    let home = format!("{}home", hub.prefix());
    let by = Way::by_link();
    login::welcome(
        &hub,
        &visitor,
        &headers,
        Came {
            user,
            may_have_server: true,
            by,
        },
        &home,
    )
    .await
}

async fn find(hub: &Hub, token: &Secret, from: IpAddr) -> Result<links::Link> {
    let found = match fingerprint(token) {
        Some(fingerprint) => links::find(&hub.store, &fingerprint, hub.clock.now()).await?,
        None => None,
    };
    if let Some(link) = found.filter(is_for_a_password) {
        return Ok(link);
    }
    audit::refused(hub, from, signin::LINK, "", "no such link").await?;
    Err(
        HttpError::new(StatusCode::NOT_FOUND, "This link has been used, or it has expired.")
            .of_kind(Kind::Link)
            .hint("Ask an administrator for a new one. The first administrator's link is printed when the hub starts."),
    )
}

fn is_for_a_password(link: &links::Link) -> bool {
    matches!(link.purpose.as_str(), SETUP | INVITE | RESET)
}

/// It is nobody's: whoever has it makes an account.
fn is_open(link: &links::Link) -> bool {
    link.purpose == INVITE && link.user_name.is_none()
}

/// The name and password that were chosen, or what is wrong with them.
async fn chosen_name(hub: &Hub, link: &links::Link, fields: &Fields) -> Result<std::result::Result<UserName, String>> {
    let typed = link.user_name.as_deref().unwrap_or(fields.username.trim());
    let name = match UserName::normalise(typed) {
        Ok(name) => name,
        Err(why) => return Ok(Err(format!("This name can't be used: {why}."))),
    };
    if is_open(link) && free_name(hub, typed).await?.as_ref() != Some(&name) {
        return Ok(Err(TAKEN.into()));
    }
    // The set-up link makes somebody new: it must not be a way into an account that exists.
    if link.user_name.is_none()
        && let Some(user) = users::by_name(&hub.store, name.as_str()).await?
        && native::hash_of(&hub.store, user.id).await?.is_some()
    {
        return Ok(Err(TAKEN.into()));
    }
    let fault = accounts::fault(hub, &fields.password, &fields.password_again, &[name.as_str()]).await?;
    Ok(fault.map_or(Ok(name), Err))
}

/// Uses the link up and keeps the password, both or neither; whoever was signed in with an old one is not any more.
async fn keep(hub: &Arc<Hub>, fields: &Fields, name: UserName, from: IpAddr) -> Result<users::User> {
    let hash = accounts::hash(hub, &fields.password).await?;
    let now = hub.clock.now();
    let tx = hub.store.begin().await?;
    let link = match fingerprint(&fields.token) {
        Some(fingerprint) => links::take(&tx, &fingerprint, now).await?,
        None => None,
    };
    let Some(link) = link.filter(is_for_a_password) else {
        return Err(HttpError::conflict("This link was used a moment ago."));
    };
    if link.purpose == SETUP && users::any_admin(&tx).await? {
        return Err(HttpError::conflict(
            "There is an administrator already, who can invite you.",
        ));
    }
    let is_new = users::by_name(&tx, name.as_str()).await?.is_none();
    if link.purpose == RESET && is_new {
        return Err(HttpError::conflict("This account is gone."));
    }
    let user = match is_open(&link) {
        true => invitations::join(hub, &tx, &link, &name, &hash).await?,
        false => set(hub, &tx, &link, &name, &hash).await?,
    };
    accounts::end_sessions(&tx, user.id, None).await?;
    links::delete_of(&tx, RESET, &user.name).await?;
    throttle::forget(&tx, &user.name).await?;
    let (by, target) = (
        Actor::user(&user.name, signin::LINK, from),
        format!("user {}", user.name),
    );
    let detail =
        json!({ "purpose": link.purpose, "admin": link.admin, "groups": link.groups, "made_by": link.made_by });
    audit::record_as(hub, &tx, &by, Act::LinkUsed, &target, detail).await?;
    let act = if is_new { Act::UserMade } else { Act::UserChanged };
    let detail = json!({ "password": "chosen", "admin": user.admin, "sessions": "ended" });
    audit::record_as(hub, &tx, &by, act, &target, detail).await?;
    tx.commit().await?;
    Ok(user)
}

/// The account of a link's own name, or that of the first administrator, with this password.
async fn set(hub: &Hub, tx: &Tx, link: &links::Link, name: &UserName, hash: &str) -> Result<users::User> {
    let mut user = people::ensure(tx, &*hub.clock, &*hub.rng, name, link.admin).await?;
    // Looked at once more: somebody else may have chosen the same name a moment ago.
    users::lock(tx, user.id).await?;
    if link.user_name.is_none() && native::hash_of(tx, user.id).await?.is_some() {
        return Err(HttpError::conflict(TAKEN));
    }
    if link.admin && !user.admin {
        users::set_admin(tx, user.id, true).await?;
        user.admin = true;
    }
    native::set(tx, user.id, hash, hub.clock.now()).await?;
    Ok(user)
}

async fn form(
    hub: &Hub,
    visitor: &Visitor,
    token: &Secret,
    link: &links::Link,
    status: StatusCode,
    error: Option<String>,
) -> Result<Response> {
    let page = Setup {
        token: token.expose().to_owned(),
        action: format!("{}setup", hub.prefix()),
        username: link.user_name.clone(),
        purpose: match link.purpose.as_str() {
            SETUP => SetupPurpose::Setup,
            RESET => SetupPurpose::Reset,
            _ if is_open(link) => SetupPurpose::Join,
            _ => SetupPurpose::Invite,
        },
        error,
        password_min_length: accounts::rules(&hub.config).min_length,
    };
    super::render(hub, visitor, status, &page).await
}
