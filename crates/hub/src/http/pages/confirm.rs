//! `/hub/confirm/{slug}`: a mail address is somebody's own. Opening the link does nothing: programs that look through mail
//! open all of them. What is posted from there counts.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::Response;
use perijove_model::Secret;
use perijove_store::links::{self, Link};
use perijove_web::pages::Confirm;

use crate::Hub;
use crate::accounts::links::{CONFIRM_ADDRESS, CONFIRM_SIGN_UP, fingerprint};
use crate::accounts::{address, signup};
use crate::http::error::{HttpError, Kind, Result};
use crate::http::form::Form;
use crate::http::visitor::Visitor;

pub async fn get(State(hub): State<Arc<Hub>>, Path(slug): Path<Secret>, visitor: Visitor) -> Result<Response> {
    let found = match fingerprint(&slug) {
        Some(fingerprint) => links::find(&hub.store, &fingerprint, hub.clock.now()).await?,
        None => None,
    };
    let link = found.filter(is_ours).ok_or_else(gone)?;
    super::render(&hub, &visitor, StatusCode::OK, &page(&hub, &slug, &link)).await
}

pub async fn post(
    State(hub): State<Arc<Hub>>,
    Path(slug): Path<Secret>,
    headers: HeaderMap,
    visitor: Visitor,
    sent: Form,
) -> Result<Response> {
    visitor.xsrf.check_form(sent.text("_xsrf"), &headers, &Method::POST)?;
    let fingerprint = fingerprint(&slug).ok_or_else(gone)?;
    let tx = hub.store.begin().await?;
    let link = links::take(&tx, &fingerprint, hub.clock.now()).await?;
    // Dropped, the transaction leaves a link of another kind as it was.
    let link = link.filter(is_ours).ok_or_else(gone)?;
    let (done, words) = match link.purpose.as_str() {
        CONFIRM_SIGN_UP => {
            let done = signup::confirm(&hub, &tx, &link, visitor.remote).await?;
            (done, "Your account is there. Sign in with the password that you chose.")
        }
        _ => {
            let done = address::confirm(&hub, &tx, &link, visitor.remote, visitor.words.tag()).await?;
            (done, "This is the mail address of your account now.")
        }
    };
    if !done {
        return Err(gone());
    }
    tx.commit().await?;
    hub.outbox.wake();
    let page = Confirm {
        done: Some(words.to_owned()),
        ..page(&hub, &slug, &link)
    };
    super::render(&hub, &visitor, StatusCode::OK, &page).await
}

fn is_ours(link: &Link) -> bool {
    matches!(link.purpose.as_str(), CONFIRM_SIGN_UP | CONFIRM_ADDRESS)
}

fn gone() -> HttpError {
    HttpError::new(StatusCode::NOT_FOUND, "This link has been used, or it has expired.")
        .of_kind(Kind::Link)
        .hint("Links to confirm a mail address hold for 15 minutes. Ask for another where you asked for this one.")
}

fn page(hub: &Hub, slug: &Secret, link: &Link) -> Confirm {
    Confirm {
        action: format!(
            "{}confirm/{}",
            hub.prefix(),
            perijove_model::escape::segment(slug.expose())
        ),
        login_url: format!("{}login", hub.prefix()),
        name: link.user_name.clone().unwrap_or_default(),
        email: link.email.clone().unwrap_or_default(),
        makes_account: link.purpose == CONFIRM_SIGN_UP,
        done: None,
    }
}
