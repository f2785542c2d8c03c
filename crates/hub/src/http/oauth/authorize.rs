//! `/hub/api/oauth2/authorize`: a browser asks for a code for a server or a service.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{OriginalUri, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::Response;
use jiff::SignedDuration;
use perijove_model::scopes::{RawScope, Scope, describe_granted, required_scopes};
use perijove_store::Batch;
use perijove_store::oauth::{self, Code};
use perijove_store::users::User;
use perijove_web::pages::{OauthConfirm, ScopeLine};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};

use super::consent::{check_access, grantable, needs_no_question};
use super::params::Params;
use crate::Hub;
use crate::audit::{self, Act};
use crate::http::clients::{self, Client};
use crate::http::error::{HttpError, Kind, Result};
use crate::http::found;
use crate::http::pages;
use crate::http::visitor::{ClientNames, Principal, Via, Visitor};

/// A code is for the moment: the server behind the redirect uses it at once.
const CODE_LIFE: SignedDuration = SignedDuration::from_secs(300);
/// What may come once only.
const SINGLE: [&str; 5] = ["client_id", "response_type", "redirect_uri", "scope", "state"];

/// What the client wrote into the address.
pub(super) struct Asked {
    pub client: Arc<Client>,
    pub names: ClientNames,
    pub redirect_uri: String,
    pub state: Option<String>,
    pub scope: Option<String>,
    pub challenge: Option<(String, String)>,
}

/// A refusal: to people if the client can't be trusted with it, else to the client.
pub(super) enum Refusal {
    Page(HttpError),
    ToClient(Response),
}

type Outcome<T> = std::result::Result<T, Refusal>;

impl<E: Into<HttpError>> From<E> for Refusal {
    fn from(error: E) -> Self {
        Self::Page(error.into())
    }
}

/// What a client sends a browser here with.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it describes; the query is read by hand")]
pub struct AuthorizeParams {
    client_id: String,
    /// `code`
    response_type: String,
    /// The client's; it has one only.
    redirect_uri: Option<String>,
    /// Scopes, separated by spaces; all that the client may ask for if there are none.
    scope: Option<String>,
    /// Comes back as it is.
    state: Option<String>,
    code_challenge: Option<String>,
    /// `S256` or `plain`, which is meant if there is none.
    code_challenge_method: Option<String>,
}

/// What a person agrees to.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes; the form is read by hand")]
pub struct Agreement {
    #[schema(rename = "_xsrf")]
    xsrf: String,
    /// Once for each.
    scopes: Vec<String>,
}

/// Ask for a code, in a person's browser.
#[utoipa::path(
    get,
    path = "/oauth2/authorize",
    tag = "oauth",
    params(AuthorizeParams),
    responses(
        (status = 200, description = "A page that asks the person", content_type = "text/html"),
        (status = 302, description = "To the client with `code` or `error`, or to sign in"),
        (status = 400, description = "A page: such a client can't be answered", content_type = "text/html"),
        (status = 403, description = "A page: not for this person", content_type = "text/html"),
    ),
    security(("session" = [])),
)]
pub async fn get(State(hub): State<Arc<Hub>>, OriginalUri(uri): OriginalUri, visitor: Visitor) -> Result<Response> {
    let outcome = authorize(&hub, &uri, &visitor).await;
    answer(&hub, &visitor, &uri, outcome).await
}

/// Agree, on the page that asks.
#[utoipa::path(
    post,
    path = "/oauth2/authorize",
    tag = "oauth",
    params(AuthorizeParams),
    request_body(content = Agreement, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 302, description = "To the client with `code` or `error`, or to sign in"),
        (status = 400, description = "A page: such a client can't be answered", content_type = "text/html"),
        (status = 403, description = "A page: not for this person", content_type = "text/html"),
    ),
    security(("session" = [])),
)]
pub async fn post(
    State(hub): State<Arc<Hub>>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    visitor: Visitor,
    form: Bytes,
) -> Result<Response> {
    let form = Params::read(&form);
    let query = query(&uri);
    let xsrf = form.get("_xsrf").or_else(|| query.get("_xsrf"));
    visitor.xsrf.check_form(xsrf, &headers, &Method::POST)?;
    let outcome = confirm(&hub, &uri, &visitor, &form).await;
    answer(&hub, &visitor, &uri, outcome).await
}

async fn answer(hub: &Hub, visitor: &Visitor, uri: &Uri, outcome: Outcome<Response>) -> Result<Response> {
    match outcome {
        Ok(response) | Err(Refusal::ToClient(response)) => Ok(response),
        // Who is refused should see as whom: people have more than one account.
        Err(Refusal::Page(error)) if error.status.is_client_error() => {
            pages::error::shown_to(hub, visitor, &error, uri).await
        }
        Err(Refusal::Page(error)) => Err(error),
    }
}

async fn authorize(hub: &Arc<Hub>, uri: &Uri, visitor: &Visitor) -> Outcome<Response> {
    let (principal, user) = match browser(hub, visitor, uri) {
        Ok(who) => who,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let asked = read(hub, uri).await?;
    let granted = grantable(hub, user, &asked).await?;
    check_access(hub, principal, &asked).await?;
    if needs_no_question(hub, user, &asked, &granted).await? {
        return Ok(give_code(hub, principal, user, &asked, &granted).await?);
    }
    Ok(pages::render(
        hub,
        visitor,
        StatusCode::OK,
        &question(hub, user, &asked, &granted, uri),
    )
    .await?)
}

fn question(hub: &Hub, user: &User, asked: &Asked, granted: &BTreeSet<RawScope>, uri: &Uri) -> OauthConfirm {
    let required = required_scopes(&asked.names.resource());
    let lines = describe_granted(&hub.catalog, granted, &required, &user.name);
    let inherit = RawScope::from(Scope::Inherit);
    let host = url::Url::parse(&asked.redirect_uri).ok();
    OauthConfirm {
        client_description: asked.client.described().to_owned(),
        client_id: asked.client.identifier.clone(),
        redirect_host: host.and_then(|url| url.host_str().map(str::to_owned)),
        scopes: lines
            .into_iter()
            .map(|line| ScopeLine {
                scope: line.scope,
                description: line.description,
                filter: line.filter,
            })
            .collect(),
        // Beside everything, nothing else is worth asking for.
        allowed_scopes: match granted.contains(&inherit) {
            true => vec![inherit.to_string()],
            false => texts(granted),
        },
        action_url: uri.path_and_query().map(ToString::to_string).unwrap_or_default(),
    }
}

/// The person has agreed, to what the form says: it is held against what the client may ask for as if it had.
async fn confirm(hub: &Arc<Hub>, uri: &Uri, visitor: &Visitor, form: &Params) -> Outcome<Response> {
    let (principal, user) = match browser(hub, visitor, uri) {
        Ok(who) => who,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let mut asked = read(hub, uri).await?;
    let agreed: Vec<&str> = form.all("scopes").collect();
    asked.scope = Some(match agreed.is_empty() {
        true => "identify".to_owned(),
        false => agreed.join(" "),
    });
    let granted = grantable(hub, user, &asked).await?;
    check_access(hub, principal, &asked).await?;
    Ok(give_code(hub, principal, user, &asked, &granted).await?)
}

/// Only a person in a browser can agree; a token can't.
fn browser<'a>(hub: &Hub, visitor: &'a Visitor, uri: &Uri) -> std::result::Result<(&'a Principal, &'a User), Response> {
    match &visitor.principal {
        Some(principal) if matches!(principal.via, Via::Session(_)) => principal
            .user()
            .map(|user| (principal, user))
            .ok_or_else(|| found(&pages::login_url(hub, uri))),
        _ => Err(found(&pages::login_url(hub, uri))),
    }
}

fn query(uri: &Uri) -> Params {
    Params::read(uri.query().unwrap_or_default().as_bytes())
}

async fn read(hub: &Hub, uri: &Uri) -> Outcome<Asked> {
    let query = query(uri);
    if let Some(key) = query.duplicate(&SINGLE) {
        return Err(wrong(format!("Duplicate {key} parameter.")).into());
    }
    let given = |key| query.get(key).filter(|value| !value.is_empty()).map(str::to_owned);
    let client_id = given("client_id").ok_or_else(|| wrong("Missing client_id parameter."))?;
    let unknown = || wrong("Invalid client_id parameter value.");
    let client = clients::client(hub, &client_id).await?;
    // Without a secret it can't exchange a code, or is the hub's own.
    let client = client.filter(|client| !client.secret.is_empty()).ok_or_else(unknown)?;
    let names = client.names.clone().ok_or_else(unknown)?;
    let redirect_uri = query.get("redirect_uri").unwrap_or(&client.redirect_uri).to_owned();
    if redirect_uri != client.redirect_uri {
        return Err(wrong("Mismatching redirect URI.").into());
    }
    let method = query.get("code_challenge_method").unwrap_or("plain").to_owned();
    let asked = Asked {
        client,
        names,
        redirect_uri,
        state: given("state"),
        scope: query.get("scope").map(str::to_owned),
        challenge: query
            .get("code_challenge")
            .map(|challenge| (challenge.to_owned(), method)),
    };
    match query.get("response_type") {
        Some("code") => {}
        Some(_) => return Err(refuse(&asked, "unsupported_response_type", None)),
        None => {
            let why = "Missing response_type parameter.";
            return Err(refuse(&asked, "invalid_request", Some(why)));
        }
    }
    match wrong_challenge(hub, asked.challenge.as_ref()) {
        Some(why) => Err(refuse(&asked, "invalid_request", Some(why))),
        None => Ok(asked),
    }
}

/// Such a client can't be answered: only the person is told.
fn wrong(what: impl Into<String>) -> HttpError {
    HttpError::bad_request(what).of_kind(Kind::Client)
}

fn wrong_challenge(hub: &Hub, challenge: Option<&(String, String)>) -> Option<&'static str> {
    match challenge {
        None => hub.config.hub.oauth_require_pkce.then_some("Code challenge required."),
        Some((_, method)) if !matches!(method.as_str(), "S256" | "plain") => Some("Transform algorithm not supported."),
        // RFC 7636 section 4.2. A shorter one could be guessed.
        Some((challenge, _)) if !(43..=128).contains(&challenge.len()) => {
            Some("The code challenge must have 43 to 128 characters.")
        }
        Some(_) => None,
    }
}

pub(super) fn refuse(asked: &Asked, error: &str, why: Option<&str>) -> Refusal {
    let mut pairs = vec![("error", error)];
    pairs.extend(why.map(|why| ("error_description", why)));
    Refusal::ToClient(found(&with_query(&asked.redirect_uri, &pairs, asked.state.as_deref())))
}

fn with_query(uri: &str, pairs: &[(&str, &str)], state: Option<&str>) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(pairs);
    if let Some(state) = state {
        query.append_pair("state", state);
    }
    format!("{uri}{}{}", if uri.contains('?') { '&' } else { '?' }, query.finish())
}

async fn give_code(
    hub: &Hub,
    principal: &Principal,
    user: &User,
    asked: &Asked,
    granted: &BTreeSet<RawScope>,
) -> Result<Response> {
    let Via::Session(session) = &principal.via else {
        return Err(HttpError::missing_credentials());
    };
    if !matches!(asked.names, ClientNames::Server { .. }) {
        principal.in_person()?;
    }
    let (code_challenge, code_challenge_method) = asked.challenge.clone().unzip();
    let code = Code {
        client_id: asked.client.identifier.clone(),
        code: hub.rng.alphanumeric(30),
        expires_at: (hub.clock.now() + CODE_LIFE).as_second(),
        redirect_uri: asked.redirect_uri.clone(),
        session_id: session.session_id.clone(),
        user_id: user.id,
        scopes: texts(granted),
        code_challenge,
        code_challenge_method,
    };
    let batch = Batch::default();
    oauth::put_code(&batch, &code).await?;
    if let ClientNames::Server { user: owner, server } = &asked.names
        && *owner != user.name
    {
        let detail = json!({ "client": code.client_id, "scopes": code.scopes, "redirect_uri": code.redirect_uri });
        let target = format!("server {owner}/{server}");
        audit::record(hub, &batch, principal, Act::ServerEntered, &target, detail).await?;
    }
    hub.store.together(batch).await?;
    Ok(found(&with_query(
        &asked.redirect_uri,
        &[("code", &code.code)],
        asked.state.as_deref(),
    )))
}

pub(super) fn texts(scopes: &BTreeSet<RawScope>) -> Vec<String> {
    let mut texts: Vec<String> = scopes.iter().map(ToString::to_string).collect();
    texts.sort();
    texts
}
