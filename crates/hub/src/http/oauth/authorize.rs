//! `/hub/api/oauth2/authorize`: a browser asks for a code for a server or a service.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{OriginalUri, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::Response;
use jiff::SignedDuration;
use perijove_model::scopes::{
    GroupsOf, Owner, RawScope, Scope, access_scope, describe_granted, inherits, read_requested, required_scopes,
    resolve_requested,
};
use perijove_store::oauth::{self, Client, Code};
use perijove_store::users::User;
use perijove_store::{roles, services, spawners, tokens};
use perijove_web::pages::{OauthConfirm, ScopeLine};

use crate::Hub;
use crate::http::error::{HttpError, Result};
use crate::http::found;
use crate::http::pages;
use crate::http::visitor::{self, ClientNames, Principal, Via, Visitor};
use crate::http::xsrf::query_value;

/// A code is for the moment: the server behind the redirect uses it at once.
const CODE_LIFE: SignedDuration = SignedDuration::from_secs(300);
const NO_RESPONSE_TYPE: [(&str, &str); 2] = [
    ("error", "invalid_request"),
    ("error_description", "Missing response_type parameter."),
];

/// What the client wrote into the address.
struct Asked {
    client: Client,
    names: ClientNames,
    redirect_uri: String,
    state: Option<String>,
    scope: Option<String>,
    challenge: Option<(String, String)>,
}

/// A refusal: to people if the client can't be trusted with it, else to the client.
enum Refusal {
    Page(HttpError),
    ToClient(Response),
}

impl<E: Into<HttpError>> From<E> for Refusal {
    fn from(error: E) -> Self {
        Self::Page(error.into())
    }
}

pub async fn get(State(hub): State<Arc<Hub>>, OriginalUri(uri): OriginalUri, visitor: Visitor) -> Result<Response> {
    answer(authorize(&hub, &uri, &visitor).await)
}

pub async fn post(
    State(hub): State<Arc<Hub>>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    visitor: Visitor,
    form: Bytes,
) -> Result<Response> {
    let form = String::from_utf8_lossy(&form).into_owned();
    let xsrf = query_value(&form, "_xsrf").or_else(|| query_value(uri.query().unwrap_or_default(), "_xsrf"));
    visitor.xsrf.check_form(xsrf.as_deref(), &headers, &Method::POST)?;
    answer(confirm(&hub, &uri, &visitor, &form).await)
}

fn answer(result: std::result::Result<Response, Refusal>) -> Result<Response> {
    match result {
        Ok(response) | Err(Refusal::ToClient(response)) => Ok(response),
        Err(Refusal::Page(error)) => Err(error),
    }
}

async fn authorize(hub: &Arc<Hub>, uri: &Uri, visitor: &Visitor) -> std::result::Result<Response, Refusal> {
    let (principal, user) = match browser(hub, visitor, uri) {
        Ok(who) => who,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let asked = read(hub, uri).await?;
    let granted = grantable(hub, user, &asked).await?;
    check_access(principal, &asked)?;
    if needs_no_question(hub, user, &asked, &granted).await? {
        return Ok(give_code(hub, principal, user, &asked, &granted).await?);
    }
    let required = required_scopes(&asked.names.resource());
    let lines = describe_granted(&hub.catalog, &granted, &required, &user.name);
    let page = OauthConfirm {
        client_description: described(&asked.client),
        client_id: asked.client.identifier.clone(),
        redirect_host: url::Url::parse(&asked.redirect_uri)
            .ok()
            .and_then(|url| url.host_str().map(str::to_owned)),
        scopes: lines
            .into_iter()
            .map(|line| ScopeLine {
                scope: line.scope,
                description: line.description,
                filter: line.filter,
            })
            .collect(),
        allowed_scopes: texts(&granted),
        action_url: uri.path_and_query().map(ToString::to_string).unwrap_or_default(),
    };
    Ok(pages::render(hub, visitor, StatusCode::OK, &page)?)
}

/// The person has agreed. What the form says is not believed beyond what could be granted.
async fn confirm(hub: &Arc<Hub>, uri: &Uri, visitor: &Visitor, form: &str) -> std::result::Result<Response, Refusal> {
    let (principal, user) = match browser(hub, visitor, uri) {
        Ok(who) => who,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let asked = read(hub, uri).await?;
    let granted = grantable(hub, user, &asked).await?;
    check_access(principal, &asked)?;
    let agreed: BTreeSet<String> = url::form_urlencoded::parse(form.as_bytes())
        .filter(|(key, _)| key == "scopes")
        .map(|(_, value)| value.into_owned())
        .collect();
    let required = required_scopes(&asked.names.resource());
    let granted = granted
        .into_iter()
        .filter(|raw| required.contains(raw) || agreed.contains(&raw.to_string()))
        .collect();
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

async fn read(hub: &Hub, uri: &Uri) -> std::result::Result<Asked, Refusal> {
    let query = uri.query().unwrap_or_default();
    let get = |key| query_value(query, key).filter(|value| !value.is_empty());
    let client_id = get("client_id").ok_or_else(|| HttpError::bad_request("Missing client_id parameter."))?;
    let unknown = || HttpError::bad_request("Invalid client_id parameter value.");
    let client = match oauth::client(&hub.store, &client_id).await? {
        Some(client) if client.identifier != oauth::PLAIN_CLIENT => client,
        _ => return Err(unknown().into()),
    };
    let names = visitor::client_resource(&hub.store, Some(&client.identifier))
        .await?
        .ok_or_else(unknown)?;
    let redirect_uri = get("redirect_uri").unwrap_or_else(|| client.redirect_uri.clone());
    if redirect_uri != client.redirect_uri {
        return Err(HttpError::bad_request("Mismatching redirect URI.").into());
    }
    let method = get("code_challenge_method").unwrap_or_else(|| "plain".into());
    let challenge = get("code_challenge").map(|challenge| (challenge, method));
    let asked = Asked {
        client,
        names,
        redirect_uri,
        state: get("state"),
        scope: get("scope"),
        challenge,
    };
    match get("response_type").as_deref() {
        Some("code") => {}
        Some(_) => return Err(refuse(&asked, &[("error", "unsupported_response_type")])),
        None => return Err(refuse(&asked, &NO_RESPONSE_TYPE)),
    }
    match &asked.challenge {
        None if hub.config.hub.oauth_require_pkce => Err(refuse(&asked, &[("error", "invalid_request")])),
        Some((challenge, method))
            if !matches!(method.as_str(), "S256" | "plain") || !(43..=128).contains(&challenge.len()) =>
        {
            Err(refuse(&asked, &[("error", "invalid_request")]))
        }
        _ => Ok(asked),
    }
}

fn refuse(asked: &Asked, why: &[(&str, &str)]) -> Refusal {
    Refusal::ToClient(found(&with_query(&asked.redirect_uri, why, asked.state.as_deref())))
}

fn with_query(uri: &str, pairs: &[(&str, &str)], state: Option<&str>) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(pairs);
    if let Some(state) = state {
        query.append_pair("state", state);
    }
    format!("{uri}{}{}", if uri.contains('?') { '&' } else { '?' }, query.finish())
}

/// What this visitor can give this client, of what it asks for: the rest is dropped quietly, as JupyterHub does.
async fn grantable(hub: &Hub, user: &User, asked: &Asked) -> std::result::Result<BTreeSet<RawScope>, Refusal> {
    let resource = asked.names.resource();
    let required = required_scopes(&resource);
    let owner = Owner::User(&user.name);
    let groups = perijove_store::groups::of_user(&hub.store, user.id).await?;
    let membership = GroupsOf {
        user: &user.name,
        groups: &groups,
    };
    let mut allowed: BTreeSet<RawScope> = asked
        .client
        .allowed_scopes
        .iter()
        .filter_map(|text| hub.catalog.parse(text).ok())
        .collect();
    allowed.extend(required.iter().cloned());
    let mut requested = match &asked.scope {
        None => allowed.clone(),
        Some(scope) => requested(hub, scope)
            .await?
            .ok_or_else(|| refuse(asked, &[("error", "invalid_scope")]))?,
    };
    requested.extend(required.iter().cloned());
    let by_client = resolve_requested(&hub.catalog, &requested, &allowed, &owner, Some(&resource), &membership);
    if !by_client.refused.is_empty() {
        return Err(refuse(asked, &[("error", "invalid_scope")]));
    }
    let mut held: BTreeSet<RawScope> = roles::scopes_of_user(&hub.store, user.id, hub.clock.now())
        .await?
        .scopes
        .iter()
        .filter_map(|text| hub.catalog.parse(text).ok())
        .collect();
    held.insert(RawScope::from(Scope::Inherit));
    held.extend(required);
    let granted = resolve_requested(&hub.catalog, &requested, &held, &owner, Some(&resource), &membership).allowed;
    let inherit = RawScope::from(Scope::Inherit);
    Ok(if granted.contains(&inherit) {
        BTreeSet::from([inherit])
    } else {
        granted
    })
}

/// Scopes or, from older clients, names of roles.
async fn requested(hub: &Hub, parameter: &str) -> std::result::Result<Option<BTreeSet<RawScope>>, Refusal> {
    if let Ok(scopes) = read_requested(&hub.catalog, parameter) {
        return Ok(Some(scopes));
    }
    let mut scopes = BTreeSet::new();
    for name in parameter.split_whitespace() {
        if let Ok(scope) = hub.catalog.parse(name) {
            scopes.insert(scope);
        } else if let Some(of_role) = roles::scopes_of_role(&hub.store, name).await? {
            scopes.extend(of_role.iter().filter_map(|text| hub.catalog.parse(text).ok()));
        } else if name != "identify" {
            return Ok(None);
        }
    }
    Ok(Some(scopes))
}

fn check_access(principal: &Principal, asked: &Asked) -> Result<()> {
    let resource = asked.names.resource();
    let (scope, filter) = access_scope(&resource);
    let membership = GroupsOf {
        user: principal.name(),
        groups: &principal.groups,
    };
    if principal.scopes.has(scope, filter.resource(), &membership).is_granted() {
        return Ok(());
    }
    Err(HttpError::forbidden(format!(
        "You do not have permission to access {}",
        described(&asked.client)
    ))
    .hint("Its owner or an administrator can give you access."))
}

/// One's own running server, a service that the configuration trusts, or something agreed to before.
async fn needs_no_question(hub: &Hub, user: &User, asked: &Asked, granted: &BTreeSet<RawScope>) -> Result<bool> {
    match &asked.names {
        ClientNames::Server { user: owner, server } if *owner == user.name => {
            let spawner = spawners::get(&hub.store, user.id, server).await?;
            if spawner.is_some_and(|spawner| spawner.run.phase.is_active()) {
                return Ok(true);
            }
        }
        ClientNames::Service(name) => {
            if services::by_name(&hub.store, name)
                .await?
                .is_some_and(|service| service.oauth_no_confirm)
            {
                return Ok(true);
            }
        }
        ClientNames::Server { .. } => {}
    }
    let earlier = tokens::of_client(&hub.store, user.id, &asked.client.identifier, hub.clock.now()).await?;
    let agreed: BTreeSet<String> = earlier.into_iter().flat_map(|token| token.scopes).collect();
    Ok(!agreed.is_empty() && texts(granted).iter().all(|scope| agreed.contains(scope)))
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
    let (code_challenge, code_challenge_method) = asked.challenge.clone().unzip();
    let scopes = texts(granted);
    debug_assert!(!inherits(&scopes) || scopes.len() == 1);
    let code = Code {
        client_id: asked.client.identifier.clone(),
        code: hub.rng.alphanumeric(30),
        expires_at: (hub.clock.now() + CODE_LIFE).as_second(),
        redirect_uri: asked.redirect_uri.clone(),
        session_id: session.session_id.clone(),
        user_id: user.id,
        scopes,
        code_challenge,
        code_challenge_method,
    };
    oauth::put_code(&hub.store, &code).await?;
    Ok(found(&with_query(
        &asked.redirect_uri,
        &[("code", &code.code)],
        asked.state.as_deref(),
    )))
}

fn texts(scopes: &BTreeSet<RawScope>) -> Vec<String> {
    let mut texts: Vec<String> = scopes.iter().map(ToString::to_string).collect();
    texts.sort();
    texts
}

fn described(client: &Client) -> String {
    if client.description.is_empty() {
        client.identifier.clone()
    } else {
        client.description.clone()
    }
}
