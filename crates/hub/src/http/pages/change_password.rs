//! `/hub/change-password`: another password, by whoever knows the old one. `/hub/change-password/{user}` leads
//! administrators to a link for that person.

use std::sync::Arc;

use axum::extract::{OriginalUri, Path, State};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::Response;
use perijove_model::Secret;
use perijove_store::users::{self, User};
use perijove_store::{links, native};
use perijove_web::pages::ChangePassword;
use serde_json::json;

use super::account::whose;
use crate::Hub;
use crate::accounts::links::RESET;
use crate::accounts::{self, password_holds};
use crate::audit::{self, Act};
use crate::http::error::{HttpError, Result};
use crate::http::form::Form;
use crate::http::found;
use crate::http::visitor::{Principal, Via, Visitor};

pub async fn get(State(hub): State<Arc<Hub>>, OriginalUri(uri): OriginalUri, visitor: Visitor) -> Result<Response> {
    let user = match whose(&hub, &visitor, &uri) {
        Ok((_, user)) => user,
        Err(elsewhere) => return Ok(elsewhere),
    };
    has_password(&hub, user).await?;
    form(&hub, &visitor, user, StatusCode::OK, None).await
}

pub async fn post(
    State(hub): State<Arc<Hub>>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    visitor: Visitor,
    sent: Form,
) -> Result<Response> {
    let (principal, user) = match whose(&hub, &visitor, &uri) {
        Ok(who) => who,
        Err(elsewhere) => return Ok(elsewhere),
    };
    visitor.xsrf.check_form(sent.text("_xsrf"), &headers, &Method::POST)?;
    principal.in_person()?;
    has_password(&hub, user).await?;
    let field = |name| Secret::new(sent.text(name).unwrap_or_default());
    let (old, new, again) = (
        field("old_password"),
        field("new_password"),
        field("new_password_confirmation"),
    );
    let refused = async |why: String| form(&hub, &visitor, user, StatusCode::BAD_REQUEST, Some(why)).await;
    if !password_holds(&hub, user, &old, principal.remote).await? {
        return refused("The old password is wrong.".into()).await;
    }
    if let Some(fault) = accounts::fault(&hub, &new, &again, &[user.name.as_str()]).await? {
        return refused(fault).await;
    }
    keep(&hub, principal, user, &new).await?;
    Ok(found(&format!("{}account", hub.prefix())))
}

/// Upstream's address for an administrator who sets somebody's password: nobody has to know it here.
pub async fn of_other(
    State(hub): State<Arc<Hub>>,
    Path(name): Path<String>,
    OriginalUri(uri): OriginalUri,
    visitor: Visitor,
) -> Result<Response> {
    let (principal, user) = match whose(&hub, &visitor, &uri) {
        Ok(who) => who,
        Err(elsewhere) => return Ok(elsewhere),
    };
    if user.name == name {
        return Ok(found(&format!("{}change-password", hub.prefix())));
    }
    if !principal.is_admin() || users::by_name(&hub.store, &name).await?.is_none() {
        return Err(HttpError::not_found());
    }
    Err(
        HttpError::new(StatusCode::CONFLICT, "Nobody sets somebody else's password here.").hint(format!(
            "Make a link with which they choose one: `perijove invite {name}`, or POST /hub/api/users/{name}/password-link."
        )),
    )
}

/// The new password, and the end of all other sessions, both or neither.
async fn keep(hub: &Hub, principal: &Principal, user: &User, new: &Secret) -> Result<()> {
    let hash = accounts::hash(hub, new).await?;
    let Via::Session(session) = &principal.via else {
        return Err(HttpError::missing_credentials());
    };
    let tx = hub.store.begin().await?;
    users::lock(&tx, user.id).await?;
    native::set(&tx, user.id, &hash, hub.clock.now()).await?;
    accounts::end_sessions(&tx, user.id, Some(session)).await?;
    links::delete_of(&tx, RESET, &user.name).await?;
    let (target, detail) = (
        format!("user {}", user.name),
        json!({ "password": "changed", "sessions": "others ended" }),
    );
    audit::record(hub, &tx, principal, Act::UserChanged, &target, detail).await?;
    tx.commit().await?;
    tracing::info!(user = %user.name, "changed the password");
    Ok(())
}

async fn has_password(hub: &Hub, user: &User) -> Result<()> {
    match native::hash_of(&hub.store, user.id).await? {
        Some(_) => Ok(()),
        None => Err(HttpError::new(StatusCode::NOT_FOUND, "You have no password here.")
            .hint("You sign in elsewhere; change your password there.")),
    }
}

async fn form(
    hub: &Hub,
    visitor: &Visitor,
    user: &User,
    status: StatusCode,
    error: Option<String>,
) -> Result<Response> {
    let page = ChangePassword {
        action: format!("{}change-password", hub.prefix()),
        username: user.name.clone(),
        error,
        password_min_length: accounts::rules(&hub.config).min_length,
    };
    super::render(hub, visitor, status, &page).await
}
