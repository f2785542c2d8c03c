//! `/hub/signup`: people make an account, or ask for one. `/hub/authorize`: who waits; administrators let them in
//! (`POST /hub/authorize/{user}`) or turn them down (`POST /hub/discard/{user}`).

use std::sync::Arc;

use axum::extract::{OriginalUri, Path, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::Response;
use perijove_model::scopes::{Resource, Scope};
use perijove_model::{Secret, UserName, escape};
use perijove_store::signups;
use perijove_web::pages::{SignUp, Waiting, WaitingRow};

use crate::accounts::signup::{self, Came, Wanted};
use crate::audit::{self, Act, Actor};
use crate::captcha::{Captcha, Verdict};
use crate::http::api::models::time;
use crate::http::error::{HttpError, Result};
use crate::http::form::Form;
use crate::http::found;
use crate::http::visitor::{Principal, Visitor};
use crate::{Hub, accounts};

pub async fn get(State(hub): State<Arc<Hub>>, visitor: Visitor) -> Result<Response> {
    show(&hub, &visitor, StatusCode::OK, &Wanted::default(), None, None).await
}

pub async fn post(State(hub): State<Arc<Hub>>, headers: HeaderMap, visitor: Visitor, sent: Form) -> Result<Response> {
    visitor.xsrf.check_form(sent.text("_xsrf"), &headers, &Method::POST)?;
    let text = |name| sent.text(name).unwrap_or_default();
    let wanted = Wanted {
        name: text("username").to_owned(),
        password: Secret::new(text("signup_password")),
        again: Secret::new(text("signup_password_confirmation")),
        email: text("email").trim().to_owned(),
        agreed: sent.text("tos").is_some(),
        language: Some(visitor.words.tag().to_owned()),
    };
    if let Some(captcha) = hub.captcha.as_ref().filter(|captcha| captcha.on_signup) {
        let verdict = captcha.verdict(&sent).await;
        if let Some(why) = verdict.refusal() {
            let status = match verdict {
                Verdict::Unknown => StatusCode::SERVICE_UNAVAILABLE,
                _ => StatusCode::BAD_REQUEST,
            };
            return show(&hub, &visitor, status, &wanted, Some(why.to_owned()), None).await;
        }
    }
    match signup::sign_up(&hub, &wanted, visitor.remote).await? {
        Ok(came) => {
            let done = match came {
                Came::Made => "Your account is there. Sign in with your new password.",
                Came::Waits => "Your account waits for an administrator. Once they have let you in, you can sign in.",
                Came::Confirms => {
                    "A letter is on its way to your mail address. Follow the link in it within 15 minutes, and you can sign in."
                }
            };
            show(&hub, &visitor, StatusCode::OK, &wanted, None, Some(done)).await
        }
        Err(why) => {
            let refused = audit::turned_away(
                &hub,
                Act::SignUpRefused,
                visitor.remote,
                "sign-up",
                &wanted.name,
                "form",
            );
            refused.await?;
            show(&hub, &visitor, StatusCode::BAD_REQUEST, &wanted, Some(why), None).await
        }
    }
}

async fn show(
    hub: &Hub,
    visitor: &Visitor,
    status: StatusCode,
    wanted: &Wanted,
    error: Option<String>,
    done: Option<&str>,
) -> Result<Response> {
    let native = accounts::section(&hub.config).filter(|_| accounts::may_sign_up(&hub.config));
    let native = native.ok_or_else(HttpError::not_found)?;
    let captcha = hub
        .captcha
        .as_ref()
        .filter(|captcha| captcha.on_signup && done.is_none());
    let page = SignUp {
        action: format!("{}signup", hub.prefix()),
        login_url: format!("{}login", hub.prefix()),
        username: wanted.name.chars().take(255).collect(),
        email: wanted.email.chars().take(320).collect(),
        error,
        done: done.map(str::to_owned),
        asks_for_email: signup::asks_for_email(native) || accounts::has_self_approval(native),
        domains: native.domains.iter().cloned().collect(),
        captcha: captcha.map(Captcha::shown),
        terms: native.tos.clone(),
        password_min_length: native.minimum_password_length,
    };
    super::render_with(hub, visitor, status, &page, captcha.is_some()).await
}

pub async fn waiting(State(hub): State<Arc<Hub>>, OriginalUri(uri): OriginalUri, visitor: Visitor) -> Result<Response> {
    match administrator(&hub, &visitor, &uri, None).await? {
        Ok(_) => list(&hub, &visitor, None).await,
        Err(elsewhere) => Ok(elsewhere),
    }
}

/// Upstream lets in and turns down by GET, which any picture on any page can cause: here a GET shows who waits.
pub async fn one(State(hub): State<Arc<Hub>>, OriginalUri(uri): OriginalUri, visitor: Visitor) -> Result<Response> {
    match administrator(&hub, &visitor, &uri, None).await? {
        Ok(_) => Ok(found(&format!("{}authorize", hub.prefix()))),
        Err(elsewhere) => Ok(elsewhere),
    }
}

/// What there is of a request by which somebody is let in or turned down.
type Asked = (Path<String>, OriginalUri, HeaderMap, Visitor);

#[derive(Clone, Copy)]
enum Word {
    Welcome,
    No,
}

pub async fn authorize(State(hub): State<Arc<Hub>>, asked: Asked, sent: Form) -> Result<Response> {
    decide(&hub, asked, &sent, Word::Welcome).await
}

pub async fn discard(State(hub): State<Arc<Hub>>, asked: Asked, sent: Form) -> Result<Response> {
    decide(&hub, asked, &sent, Word::No).await
}

async fn decide(hub: &Hub, asked: Asked, sent: &Form, word: Word) -> Result<Response> {
    let (Path(name), OriginalUri(uri), headers, visitor) = asked;
    visitor.xsrf.check_form(sent.text("_xsrf"), &headers, &Method::POST)?;
    let by = match administrator(hub, &visitor, &uri, Some(&name)).await? {
        Ok(principal) => Actor::from(principal),
        Err(elsewhere) => return Ok(elsewhere),
    };
    let wanted = UserName::normalise(&name).map_err(|_| HttpError::not_found())?;
    let done = match word {
        Word::Welcome if signup::approve(hub, &wanted, &by).await? => format!("{wanted} has an account now."),
        Word::No if signup::discard(hub, &wanted, &by).await? => format!("{wanted} was turned down."),
        Word::Welcome | Word::No => format!("{wanted} waits no more."),
    };
    list(hub, &visitor, Some(done)).await
}

/// Whoever may make this person an account; without a name, anybody.
async fn administrator<'a>(
    hub: &Hub,
    visitor: &'a Visitor,
    uri: &Uri,
    name: Option<&str>,
) -> Result<std::result::Result<&'a Principal, Response>> {
    let principal = match super::signed_in(hub, visitor, uri) {
        Ok(principal) => principal,
        Err(elsewhere) => return Ok(Err(elsewhere)),
    };
    let resource = name.map_or(Resource::Everything, Resource::User);
    principal.require(&hub.store, &[Scope::AdminUsers], resource).await?;
    Ok(Ok(principal))
}

async fn list(hub: &Hub, visitor: &Visitor, done: Option<String>) -> Result<Response> {
    let waiting = signups::list(&hub.store).await?;
    let people = waiting.into_iter().map(|signup| WaitingRow {
        segment: escape::segment(&signup.name).to_string(),
        name: signup.name,
        email: signup.email,
        created: time(signup.created),
        address: signup.address,
    });
    let page = Waiting {
        prefix: hub.prefix(),
        done,
        people: people.collect(),
    };
    super::render(hub, visitor, StatusCode::OK, &page).await
}
