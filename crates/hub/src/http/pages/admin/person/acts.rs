//! What the forms of the page about one person ask for.

use std::sync::Arc;

use axum::http::StatusCode;
use perijove_model::escape;
use perijove_model::scopes::roles::ADMIN;
use perijove_model::scopes::{Resource, Scope};
use perijove_store::users::User;
use perijove_web::pages::Outcome;

use crate::Hub;
use crate::http::api::group::{self, Change};
use crate::http::api::sessions::{end_one, end_others};
use crate::http::api::{tokens, user_change};
use crate::http::error::{HttpError, Result};
use crate::http::form::Form;
use crate::http::pages::admin::acts as of_many;
use crate::http::pages::filters::moment;
use crate::http::role_changes::{self, Kind};
use crate::http::visitor::Principal;

/// What came of it.
pub enum Came {
    /// They are deleted.
    Gone,
    Renamed(String),
    /// Whether they are to be deleted.
    AskAgain,
    Done(&'static str),
    Told(StatusCode, Vec<Outcome>),
}

pub async fn act(hub: &Arc<Hub>, by: &Principal, user: &User, form: Form) -> Result<Came> {
    let text = |key: &str| form.text(key).unwrap_or_default().trim().to_owned();
    for what in ["start", "stop", "remove"] {
        if let Some(tail) = form.text(what) {
            // Only servers of theirs stand on their page.
            let owner = tail.split('/').next().and_then(escape::decode);
            if owner.as_deref() != Some(user.name.as_str()) {
                return Err(HttpError::not_found());
            }
            return many(hub, by, form).await;
        }
    }
    match text("do").as_str() {
        "rename" => Ok(Came::Renamed(
            user_change::rename_to(hub, by, user, &text("name")).await?,
        )),
        "make-admin" => {
            user_change::set_admin(hub, by, user, true).await?;
            Ok(Came::Done("This person is an administrator now."))
        }
        "make-plain" => {
            if by.user().is_some_and(|own| own.id == user.id) {
                return Err(HttpError::bad_request(
                    "Somebody else has to take your own administration away.",
                ));
            }
            user_change::set_admin(hub, by, user, false).await?;
            Ok(Came::Done("This person is no administrator any more."))
        }
        // PostgreSQL can't even look for it.
        "join" | "leave" if text("group").contains('\0') => Err(HttpError::not_found()),
        "join" => {
            group::change_members(hub, by, &text("group"), std::slice::from_ref(&user.name), Change::Add).await?;
            Ok(Came::Done("This person is in the group."))
        }
        "leave" => {
            group::change_members(
                hub,
                by,
                &text("group"),
                std::slice::from_ref(&user.name),
                Change::Remove,
            )
            .await?;
            Ok(Came::Done("This person is not in the group any more."))
        }
        "give-role" => {
            let until = moment(&text("until"))?;
            role_changes::give(hub, by, role(&form)?, (Kind::User, &user.name), until).await?;
            Ok(Came::Done("This person has the role."))
        }
        "take-role" => {
            role_changes::take(hub, by, role(&form)?, (Kind::User, &user.name)).await?;
            Ok(Came::Done("This person does not have the role any more."))
        }
        "end-session" => {
            require(hub, by, user, Scope::Tokens).await?;
            // Ended meanwhile: that is what was wanted.
            if let Ok(id) = text("id").parse::<i32>() {
                end_one(hub, by, user, id.into()).await?;
            }
            Ok(Came::Done("This person is signed out there."))
        }
        "end-sessions" => {
            require(hub, by, user, Scope::Tokens).await?;
            end_others(hub, by, user).await?;
            Ok(Came::Done("This person is signed out everywhere."))
        }
        "revoke" => {
            require(hub, by, user, Scope::Tokens).await?;
            let token = tokens::find(hub, user, &text("id")).await?;
            tokens::revoke(hub, by, user, &token).await?;
            Ok(Came::Done("The token is revoked."))
        }
        "delete" if text("sure") == "yes" => {
            of_many::delete_one(hub, by, &user.name).await?;
            Ok(Came::Gone)
        }
        "delete" => {
            require(hub, by, user, Scope::DeleteUsers).await?;
            Ok(Came::AskAgain)
        }
        _ => Err(HttpError::bad_request("This form is not known here.")),
    }
}

fn role(form: &Form) -> Result<&str> {
    match form.text("role").unwrap_or_default().trim() {
        // Who takes it from themselves could not give it back.
        name if name == ADMIN.name => Err(HttpError::bad_request(
            "Administrators are made and unmade by the button for it.",
        )),
        // PostgreSQL can't even look for it.
        name if name.contains('\0') => Err(HttpError::not_found()),
        name => Ok(name),
    }
}

async fn many(hub: &Arc<Hub>, by: &Principal, form: Form) -> Result<Came> {
    let done = of_many::act(hub, by, form).await?;
    Ok(Came::Told(done.status, done.outcomes))
}

async fn require(hub: &Hub, by: &Principal, user: &User, scope: Scope) -> Result<()> {
    by.require(&hub.store, &[scope], Resource::User(&user.name)).await
}
