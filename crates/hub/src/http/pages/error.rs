//! Errors as people see them: what happened, what to do, and where to go on. And `GET /hub/error/{code}`, where the edge
//! or an external proxy gets its pages from.

use std::sync::Arc;

use axum::extract::{OriginalUri, Path, Request, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{Html, IntoResponse, Response};
use perijove_web::Words;
use perijove_web::pages::{Error, ErrorLink};

use crate::Hub;
use crate::http::cookies;
use crate::http::error::{HttpError, Kind, Result};
use crate::http::visitor::Visitor;
use crate::http::xsrf::query_value;

/// What was asked for, as far as a page about it needs to know.
#[derive(Debug, Clone)]
pub struct Asked {
    uri: Uri,
    /// To ask once more does no harm.
    again: bool,
    /// There is a cookie of somebody's; whether it holds is for pages that need no database to work without.
    signed_in: bool,
    theme: Option<&'static str>,
}

impl Asked {
    #[must_use]
    pub fn of(request: &Request) -> Self {
        Self::new(request.method(), request.uri(), request.headers())
    }

    fn new(method: &Method, uri: &Uri, headers: &HeaderMap) -> Self {
        Self {
            uri: uri.clone(),
            again: matches!(*method, Method::GET | Method::HEAD),
            signed_in: cookies::all(headers, cookies::LOGIN).next().is_some(),
            theme: cookies::theme(headers),
        }
    }
}

/// The page for a refusal. It needs no database and no session: it must work when those don't.
pub fn render(hub: &Hub, words: &Words, error: &HttpError, asked: &Asked, reference: Option<&str>) -> Response {
    let page = page(hub, error, asked, reference);
    let mut common = super::common(hub, words, None, "");
    common.theme = asked.theme;
    let html = super::shown(hub, common, &page).unwrap_or_else(|cause| {
        tracing::error!(%cause, "the error page can't be rendered");
        format!("{} {}", error.status.as_u16(), page.status_message)
    });
    (error.status, Html(html)).into_response()
}

/// The same for somebody whose session is known: it says who they are.
pub async fn shown_to(hub: &Hub, visitor: &Visitor, error: &HttpError, uri: &Uri) -> Result<Response> {
    let asked = Asked {
        uri: uri.clone(),
        theme: visitor.theme,
        again: true,
        signed_in: visitor.in_browser().is_some(),
    };
    super::render(hub, visitor, error.status, &page(hub, error, &asked, None)).await
}

/// The proxy keeps the status it had; this answer is 200, as JupyterHub's is.
pub async fn get(
    State(hub): State<Arc<Hub>>,
    OriginalUri(uri): OriginalUri,
    Path(code): Path<u16>,
    visitor: Visitor,
) -> Result<Response> {
    let status = StatusCode::from_u16(code).map_err(|_| HttpError::not_found())?;
    let given = |key| query_value(uri.query().unwrap_or_default(), key);
    let wanted = given("url").unwrap_or_default();
    // That of the edge's log. Anybody may ask for this page: nothing else is shown in its place.
    let reference =
        given("reference").filter(|text| text.len() == 8 && text.bytes().all(|c| c.is_ascii_alphanumeric()));
    let wanted: Uri = wanted.parse().unwrap_or_default();
    let of_service = below(&hub, &wanted).is_some_and(|rest| rest.starts_with("services/"));
    let mut error = HttpError::bare(status);
    if status == StatusCode::SERVICE_UNAVAILABLE && !of_service {
        error = HttpError::new(status, "Your server appears to be down.").hint("Start it again from the home page.");
    }
    let asked = Asked {
        uri: wanted,
        again: true,
        // The proxy asks for whoever it is, without their cookies.
        signed_in: true,
        theme: None,
    };
    super::render(
        &hub,
        &visitor,
        StatusCode::OK,
        &page(&hub, &error, &asked, reference.as_deref()),
    )
    .await
}

fn page(hub: &Hub, error: &HttpError, asked: &Asked, reference: Option<&str>) -> Error {
    let told = told(error);
    // What programs are told, to the letter, is below for whoever is asked for help.
    let original = error.message.clone().filter(|_| told.instead.is_some());
    let message = told.instead.map(str::to_owned).or_else(|| error.message.clone());
    Error {
        status_code: error.status.as_u16(),
        status_message: error.status.canonical_reason().unwrap_or("Unknown").to_owned(),
        title: told.title.to_owned(),
        message: message.or_else(|| told.message.map(str::to_owned)),
        hint: error.hint.clone().or_else(|| told.hint.map(str::to_owned)),
        detail: original.filter(|_| error.kind != Kind::Fault),
        links: links(hub, error, asked),
        reference: reference.map(str::to_owned),
    }
}

/// What a page says of an error by itself.
#[derive(Default)]
struct Told {
    title: &'static str,
    /// Where the error has no message.
    message: Option<&'static str>,
    /// In place of its message.
    instead: Option<&'static str>,
    /// Where the error has no hint.
    hint: Option<&'static str>,
}

fn told(error: &HttpError) -> Told {
    match error.kind {
        Kind::Form => Told {
            title: "This form has expired",
            instead: Some("It was open for a long time, or you have signed in or out since."),
            ..Told::default()
        },
        Kind::Rights => Told {
            title: "You may not do this",
            instead: Some("Your account lacks the right to do it."),
            hint: Some("Ask an administrator for it, or sign in as somebody who has it."),
            ..Told::default()
        },
        Kind::Hidden => Told {
            title: "Nothing here",
            instead: Some("There is nothing of this name, or you may not see it."),
            hint: Some("Check the address. If somebody has given it to you, ask them whether you have access."),
            ..Told::default()
        },
        Kind::Server => Told {
            title: "No way to this server",
            hint: Some(
                "Its owner or an administrator can give you access. Perhaps you are signed in as somebody else.",
            ),
            ..Told::default()
        },
        Kind::Link => Told {
            title: "This link does not work any more",
            ..Told::default()
        },
        Kind::Client => Told {
            title: "You can't be signed in there",
            instead: Some("What sent you here has not asked as it should."),
            hint: Some(
                "Go back to it, and begin again. If that does not help, tell whoever runs it what stands below.",
            ),
            ..Told::default()
        },
        Kind::Fault => Told {
            title: "Something went wrong here",
            instead: Some("The hub has met a fault of its own. Nothing that you did has caused it."),
            hint: Some("Try again. If it happens again, tell an administrator the number below, and when it was."),
            ..Told::default()
        },
        Kind::Told => of_status(error.status),
    }
}

fn of_status(status: StatusCode) -> Told {
    let told = |title, message, hint| Told {
        title,
        message: Some(message),
        instead: None,
        hint: Some(hint),
    };
    match status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Told {
            title: "No access",
            message: Some("You may not come in here. An administrator can change that."),
            ..Told::default()
        },
        StatusCode::NOT_FOUND => told(
            "Nothing here",
            "There is no page at this address.",
            "Check the address for a typing error, or go on from your home page.",
        ),
        StatusCode::METHOD_NOT_ALLOWED => told(
            "This can't be asked here",
            "There is something at this address, but nothing that takes such a request.",
            "Go on from your home page. If a program has sent the request, it has to be corrected there.",
        ),
        StatusCode::REQUEST_TIMEOUT => told(
            "That took too long",
            "The request did not arrive in time.",
            "Check the network connection, and try again.",
        ),
        StatusCode::CONFLICT => told(
            "That can't be done now",
            "Something else has changed meanwhile.",
            "Go back, reload the page, and see how things are.",
        ),
        StatusCode::PAYLOAD_TOO_LARGE => told(
            "That is too large",
            "The request is larger than anything that is taken here.",
            "Send less at once. Files are uploaded in a running server.",
        ),
        StatusCode::FAILED_DEPENDENCY => told(
            "The server does not run",
            "It was stopped, or it has ended.",
            "Start it again from the home page.",
        ),
        StatusCode::TOO_MANY_REQUESTS => told(
            "Too much at once",
            "More was asked for than can be done at a time.",
            "Wait a moment, and try again.",
        ),
        StatusCode::BAD_GATEWAY | StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT => told(
            "Not available just now",
            "Something that is needed for this does not answer.",
            "Try again in a moment. If it lasts, tell an administrator.",
        ),
        status if status.is_server_error() => told(
            "Something went wrong here",
            "It could not be done.",
            "Try again. If it happens again, tell an administrator.",
        ),
        _ => told(
            "This can't be done",
            "Something in the request is missing, or is not as it should be.",
            "Go back and try again.",
        ),
    }
}

/// Where to go on from here, the most useful first.
fn links(hub: &Hub, error: &HttpError, asked: &Asked) -> Vec<ErrorLink> {
    let prefix = hub.prefix();
    let link = |label: &str, url: String| ErrorLink {
        label: label.to_owned(),
        url,
    };
    let is_late = matches!(
        error.status,
        StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS
    );
    let may_be_others = matches!(error.kind, Kind::Rights | Kind::Hidden | Kind::Server)
        || matches!(error.status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) && error.kind == Kind::Told;
    let mut links = Vec::new();
    if asked.again && (is_late || error.status.is_server_error()) {
        // Where a proxy shows the page, its address is that of the server: no other page must be loaded.
        links.push(link("Try again", String::new()));
    }
    if let Some(server) = server_path(hub, asked).filter(|_| error.status == StatusCode::SERVICE_UNAVAILABLE) {
        links.push(link("Start the server", server));
    }
    if may_be_others && !asked.signed_in {
        let page = asked.uri.path().strip_prefix(prefix.as_str()).unwrap_or_default();
        let is_way_in = page.starts_with("login") || page.starts_with("oauth_");
        let login = match asked.again && !is_way_in {
            true => super::login_url(hub, &asked.uri),
            false => format!("{prefix}login"),
        };
        links.push(link("Sign in", login));
    }
    links.push(link("To your home page", format!("{prefix}home")));
    if may_be_others && asked.signed_in {
        links.push(link("Sign in as somebody else", format!("{prefix}logout")));
    }
    links
}

/// The hub's own page about the server that was asked for: it starts it, or says what is the matter.
fn server_path(hub: &Hub, asked: &Asked) -> Option<String> {
    let rest = below(hub, &asked.uri).filter(|rest| rest.starts_with("user/"));
    rest.map(|rest| format!("{}{rest}", hub.prefix()))
}

/// What stands behind the base URL.
fn below<'a>(hub: &Hub, uri: &'a Uri) -> Option<&'a str> {
    uri.path().strip_prefix(hub.config.hub.base_url.as_str())
}

#[cfg(test)]
mod tests {
    use perijove_web::Pages;

    use super::*;

    /// Of every kind and status there is something to read, in another language too.
    #[test]
    fn every_error_has_a_heading_and_something_to_do_in_every_language() {
        let pages = Pages::strict(&[]).unwrap();
        let german = pages.words(["de"]);
        let is_known = |text: &str| assert_ne!(german.said(text), text, "in no catalogue");
        let kinds = [
            Kind::Form,
            Kind::Rights,
            Kind::Hidden,
            Kind::Server,
            Kind::Link,
            Kind::Client,
            Kind::Fault,
        ];
        let of_kind = kinds.map(|kind| HttpError::forbidden("Why.").of_kind(kind));
        let of_status = (400..=431).chain(500..=511);
        let of_status = of_status
            .filter_map(|code| StatusCode::from_u16(code).ok())
            .map(HttpError::bare);
        for error in of_kind.into_iter().chain(of_status) {
            let told = told(&error);
            is_known(told.title);
            for text in [told.message, told.instead, told.hint].into_iter().flatten() {
                is_known(text);
            }
            let message = told.instead.or(told.message).or(error.message.as_deref());
            assert!(message.is_some(), "{error:?}");
        }
    }
}
