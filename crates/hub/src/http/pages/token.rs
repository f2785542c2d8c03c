//! `/hub/token`: one's API tokens, made and revoked by forms.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{OriginalUri, State};
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::Response;
use perijove_model::Secret;
use perijove_model::scopes::{RawFilter, RawScope, Resource, Scope, describe};
use perijove_store::oauth::{self, PLAIN_CLIENT};
use perijove_store::tokens::{self, Token};
use perijove_store::users::User;
use perijove_web::Words;
use perijove_web::pages::{ClientRow, Expiration, Meaning, TokenRow, Tokens};
use serde_json::Value;

use crate::Hub;
use crate::http::api::models::time;
use crate::http::api::tokens::{Wanted, find, make, revoke as revoke_token};
use crate::http::error::{HttpError, Result};
use crate::http::found;
use crate::http::visitor::{Principal, Visitor};
use crate::http::xsrf::query_value;

/// What the page offers, in seconds and in words.
const LIVES: [(u64, &str); 5] = [
    (3600, "1 Hour"),
    (24 * 3600, "1 Day"),
    (7 * 24 * 3600, "1 Week"),
    (30 * 24 * 3600, "1 Month"),
    (365 * 24 * 3600, "1 Year"),
];

/// What the form was sent with.
#[derive(Default)]
struct Form {
    note: String,
    expires_in: String,
    scopes: String,
    /// What was picked by its meaning.
    picked: Vec<String>,
}

/// What a token can be given by its meaning: of one's own, or everywhere where one may.
const OWN: [Scope; 4] = [Scope::AccessServers, Scope::Servers, Scope::Shares, Scope::Tokens];
const EVERYWHERE: [Scope; 5] = [
    Scope::AccessServices,
    Scope::ListUsers,
    Scope::ReadUsersActivity,
    Scope::ReadServers,
    Scope::Servers,
];

pub async fn get(State(hub): State<Arc<Hub>>, OriginalUri(uri): OriginalUri, visitor: Visitor) -> Result<Response> {
    let (principal, user) = match whose(&hub, &visitor, &uri) {
        Ok(who) => who,
        Err(elsewhere) => return Ok(elsewhere),
    };
    show(&hub, &visitor, (principal, user), &Form::default(), None).await
}

pub async fn post(
    State(hub): State<Arc<Hub>>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    visitor: Visitor,
    sent: Bytes,
) -> Result<Response> {
    let (principal, user) = match whose(&hub, &visitor, &uri) {
        Ok(who) => who,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let sent = checked(&visitor, &headers, &sent)?;
    let field = |key| query_value(&sent, key).unwrap_or_default();
    let form = Form {
        note: field("note"),
        expires_in: field("expires_in"),
        scopes: field("scopes"),
        picked: url::form_urlencoded::parse(sent.as_bytes())
            .filter(|(key, _)| key == "pick")
            .map(|(_, scope)| scope.into_owned())
            .collect(),
    };
    let made = match may(&hub, principal).await {
        Ok(()) => make(&hub, principal, user, &wanted(&form, &visitor.words)).await,
        Err(refused) => Err(refused),
    };
    match made {
        Ok((_, secret)) => show(&hub, &visitor, (principal, user), &Form::default(), Some(Ok(secret))).await,
        Err(error) if error.status.is_client_error() => {
            show(&hub, &visitor, (principal, user), &form, Some(Err(error))).await
        }
        Err(error) => Err(error),
    }
}

pub async fn revoke(
    State(hub): State<Arc<Hub>>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    visitor: Visitor,
    sent: Bytes,
) -> Result<Response> {
    let (principal, user) = match whose(&hub, &visitor, &uri) {
        Ok(who) => who,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let sent = checked(&visitor, &headers, &sent)?;
    may(&hub, principal).await?;
    let id = query_value(&sent, "id").unwrap_or_default();
    match find(&hub, user, &id).await {
        Ok(token) => revoke_token(&hub, principal, user, &token).await?,
        // Revoked meanwhile, in another window perhaps: that is what was wanted.
        Err(error) if error.status == StatusCode::NOT_FOUND => {}
        Err(error) => return Err(error),
    }
    Ok(found(&format!("{}token", hub.prefix())))
}

fn whose<'a>(hub: &Hub, visitor: &'a Visitor, uri: &Uri) -> std::result::Result<(&'a Principal, &'a User), Response> {
    let login = || found(&super::login_url(hub, uri));
    let principal = super::signed_in(hub, visitor, uri)?;
    principal.user().map(|user| (principal, user)).ok_or_else(login)
}

fn checked(visitor: &Visitor, headers: &HeaderMap, sent: &[u8]) -> Result<String> {
    let sent = String::from_utf8_lossy(sent).into_owned();
    let xsrf = query_value(&sent, "_xsrf");
    visitor.xsrf.check_form(xsrf.as_deref(), headers, &Method::POST)?;
    // PostgreSQL keeps no text with it.
    if sent.contains("%00") || sent.contains('\0') {
        return Err(HttpError::bad_request("The form has a NUL character."));
    }
    Ok(sent)
}

async fn may(hub: &Hub, principal: &Principal) -> Result<()> {
    let own = Resource::User(principal.name());
    principal.require(&hub.store, &[Scope::Tokens], own).await
}

fn wanted(form: &Form, words: &Words) -> Wanted {
    let typed = form.scopes.split(|c: char| c.is_whitespace() || c == ',');
    let typed = typed.filter(|scope| !scope.is_empty());
    let scopes: Vec<&str> = typed.chain(form.picked.iter().map(String::as_str)).collect();
    let expires_in = form.expires_in.trim();
    Wanted {
        note: match form.note.trim() {
            "" => words.said("Requested via token page").into(),
            note => note.into(),
        },
        expires_in: match expires_in.parse::<i64>() {
            Ok(seconds) => seconds.into(),
            Err(_) if expires_in.is_empty() => Value::Null,
            Err(_) => expires_in.into(),
        },
        scopes: match scopes.is_empty() {
            true => Value::Null,
            false => scopes.into(),
        },
        ..Wanted::default()
    }
}

async fn show(
    hub: &Hub,
    visitor: &Visitor,
    (principal, user): (&Principal, &User),
    form: &Form,
    outcome: Option<Result<Secret>>,
) -> Result<Response> {
    let mut own = tokens::of_user(&hub.store, user.id, hub.clock.now()).await?;
    own.sort_by_key(|token| std::cmp::Reverse((token.last_activity, token.created)));
    let (made, refused) = match outcome {
        None => (None, None),
        Some(Ok(secret)) => (Some(secret), None),
        Some(Err(error)) => (None, Some(error)),
    };
    let status = refused.as_ref().map_or(StatusCode::OK, |error| error.status);
    let plain = |token: &&Token| token.client_id.as_deref() == Some(PLAIN_CLIENT);
    let page = Tokens {
        action: format!("{}token", hub.prefix()),
        made: made.map(|secret| secret.expose().to_owned()),
        error: refused.and_then(|error: HttpError| error.message),
        note: form.note.clone(),
        scopes: form.scopes.clone(),
        meanings: meanings(hub, principal, &form.picked),
        expirations: expirations(hub.config.hub.token_expires_in_max.as_secs(), &form.expires_in),
        api_tokens: own.iter().filter(plain).map(row).collect(),
        oauth_clients: clients(hub, &own).await?,
    };
    super::render(hub, visitor, status, &page).await
}

/// Those that the person has.
fn meanings(hub: &Hub, principal: &Principal, picked: &[String]) -> Vec<Meaning> {
    let own = OWN.into_iter().map(|scope| {
        let raw = RawScope {
            scope,
            filter: Some(RawFilter::OwnUser),
        };
        (raw, Resource::User(principal.name()))
    });
    let everywhere = EVERYWHERE
        .into_iter()
        .map(|scope| (RawScope::from(scope), Resource::Everything));
    own.chain(everywhere)
        .filter(|(raw, resource)| super::allows(principal, raw.scope, *resource))
        .map(|(raw, _)| {
            let said = describe(&hub.catalog, &raw, principal.name());
            let scope = raw.to_string();
            Meaning {
                chosen: picked.contains(&scope),
                description: said.description,
                filter: said.filter,
                scope,
            }
        })
        .collect()
}

fn row(token: &Token) -> TokenRow {
    TokenRow {
        id: format!("a{}", token.id),
        note: token.note.clone().unwrap_or_default(),
        scopes: token.scopes.clone(),
        last_activity: token.last_activity.map(time),
        created: token.created.map(time),
        expires_at: token.expires_at.map(time),
    }
}

/// By client, the one that was used last first; `own` is in that order.
async fn clients(hub: &Hub, own: &[Token]) -> Result<Vec<ClientRow>> {
    let mut of_client: BTreeMap<&str, Vec<&Token>> = BTreeMap::new();
    let mut order = Vec::new();
    for token in own {
        let Some(client) = token.client_id.as_deref().filter(|client| *client != PLAIN_CLIENT) else {
            continue;
        };
        let tokens = of_client.entry(client).or_default();
        if tokens.is_empty() {
            order.push(client);
        }
        tokens.push(token);
    }
    let mut rows = Vec::new();
    for identifier in order {
        let tokens = of_client.remove(identifier).unwrap_or_default();
        let Some(latest) = tokens.first() else { continue };
        let client = oauth::client(&hub.store, identifier).await?;
        let mut scopes: Vec<String> = tokens.iter().flat_map(|token| token.scopes.clone()).collect();
        scopes.sort();
        scopes.dedup();
        rows.push(ClientRow {
            description: client.map_or_else(|| identifier.to_owned(), |client| client.described().to_owned()),
            token_id: format!("a{}", latest.id),
            token_count: tokens.len(),
            scopes,
            last_activity: latest.last_activity.map(time),
            created: tokens.iter().filter_map(|token| token.created).min().map(time),
        });
    }
    Ok(rows)
}

/// Those within the limit, and the limit itself.
fn expirations(most: u64, chosen: &str) -> Vec<Expiration> {
    let within = LIVES.iter().filter(|(life, _)| most == 0 || *life <= most);
    let mut all: Vec<(String, String)> = within
        .map(|(life, label)| (life.to_string(), (*label).to_owned()))
        .collect();
    match most {
        0 => all.push((String::new(), "Never".to_owned())),
        most if LIVES.iter().any(|(life, _)| *life == most) => {}
        most if most < 3 * 24 * 3600 => all.push((String::new(), format!("Max ({} hours)", most.div_ceil(3600)))),
        most => all.push((String::new(), format!("Max ({} days)", most / (24 * 3600)))),
    }
    // As long as possible, unless somebody has chosen.
    let chosen = match all.iter().rposition(|(value, _)| value == chosen && !chosen.is_empty()) {
        Some(index) => index,
        None => all.len().saturating_sub(1),
    };
    all.into_iter()
        .enumerate()
        .map(|(index, (value, label))| Expiration {
            value,
            label,
            chosen: index == chosen,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offered(most: u64, chosen: &str) -> Vec<String> {
        let all = expirations(most, chosen).into_iter();
        all.map(|one| format!("{}{}", if one.chosen { "*" } else { "" }, one.label))
            .collect()
    }

    #[test]
    fn a_limit_cuts_what_is_offered() {
        assert_eq!(
            offered(0, ""),
            ["1 Hour", "1 Day", "1 Week", "1 Month", "1 Year", "*Never"]
        );
        assert_eq!(offered(0, "3600")[..2], ["*1 Hour", "1 Day"]);
        assert_eq!(offered(86_400, ""), ["1 Hour", "*1 Day"]);
        assert_eq!(offered(90_000, ""), ["1 Hour", "1 Day", "*Max (25 hours)"]);
        assert_eq!(
            offered(10 * 86_400, "60"),
            ["1 Hour", "1 Day", "1 Week", "*Max (10 days)"]
        );
        assert_eq!(offered(60, ""), ["*Max (1 hours)"]);
    }
}
