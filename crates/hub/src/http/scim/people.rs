//! `Users`: people are made, told of, changed, suspended and deleted.

use std::sync::Arc;

use axum::extract::{OriginalUri, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use perijove_model::UserName;
use perijove_store::scim::{self, Part, Person, Which};
use perijove_store::{StoreError, Tx, spawners, suspensions, users};
use serde_json::{Value, json};

use super::documents::{self, Wanted};
use super::error::ScimError;
use super::{Asked, Directory, Document, Query, Result, name_all, patch, shapes};
use crate::audit::{self, Act};
use crate::http::api::{user, user_change};
use crate::http::error::short;
use crate::{Hub, homes, servers};

/// How many are looked at at once where all have to be.
const STEP: i64 = 500;

/// List people.
#[utoipa::path(
    get,
    path = "/Users",
    tag = "scim",
    params(shapes::Listing),
    responses((status = 200, description = "A page of them", body = shapes::People)),
)]
pub async fn list(
    State(hub): State<Arc<Hub>>,
    directory: Directory,
    OriginalUri(uri): OriginalUri,
) -> Result<Response> {
    let query = Query::read(uri.query().unwrap_or_default())?;
    name_all(&hub).await?;
    let Some(filter) = &query.filter else {
        let part = Part {
            after: 0,
            offset: query.start - 1,
            limit: query.count,
        };
        let people = scim::people(&hub.store, Which::All, part).await?;
        let total = scim::count_people(&hub.store).await?;
        let told = told(&hub, &people, &directory.at).await?.into_iter();
        let told = told.map(|document| query.shown.of(document)).collect();
        return Ok(documents::list(total, query.start, told));
    };
    let name = filter.demands("userName").map(|typed| hub.policy.name(typed));
    let which = match (&name, filter.demands("externalId"), filter.demands("id")) {
        (Some(Ok(name)), ..) => Which::Name(name.as_str()),
        // It is nobody's.
        (Some(Err(_)), ..) => return Ok(query.page(Vec::new())),
        (None, Some(external), _) => Which::External(external),
        (None, None, Some(id)) => Which::Id(id),
        (None, None, None) => Which::All,
    };
    let by_name = name.is_some();
    let (mut found, mut after) = (Vec::new(), 0);
    loop {
        let part = Part {
            after,
            offset: 0,
            limit: STEP,
        };
        let people = scim::people(&hub.store, which, part).await?;
        let Some(last) = people.last() else { break };
        after = last.user_id;
        let mut told = told(&hub, &people, &directory.at).await?;
        // A name may be another one here than the directory asks for: it was mapped, and found.
        told.retain(|document| by_name && is_only_the_name(filter) || filter.fits(document));
        found.extend(told);
        if i64::try_from(people.len()).unwrap_or(STEP) < STEP {
            break;
        }
    }
    Ok(query.page(found))
}

fn is_only_the_name(filter: &super::Filter) -> bool {
    matches!(filter, super::Filter::Compare(..))
}

/// People as documents, in the same order.
async fn told(hub: &Hub, people: &[Person], at: &str) -> Result<Vec<Value>> {
    let ids: Vec<i64> = people.iter().map(|person| person.user_id).collect();
    let groups = scim::groups_of(&hub.store, &ids).await?;
    let of = |person: &Person| {
        let groups = groups.get(&person.user_id).map(Vec::as_slice).unwrap_or_default();
        documents::person(person, groups, at)
    };
    Ok(people.iter().map(of).collect())
}

async fn find(hub: &Hub, directory: &Directory, id: &str) -> Result<(Person, Value)> {
    let person = scim::person(&hub.store, Which::Id(id)).await?;
    let person = person.ok_or_else(ScimError::not_found)?;
    let document = told(hub, std::slice::from_ref(&person), &directory.at).await?.pop();
    Ok((person, document.unwrap_or_default()))
}

/// Tell of a person.
#[utoipa::path(
    get,
    path = "/Users/{id}",
    tag = "scim",
    params(("id" = String, Path, description = "The `id` that it was told by"), shapes::Part),
    responses((status = 200, description = "What is known", body = shapes::Person), (status = 304, description = "It is what `If-None-Match` names")),
)]
pub async fn get(
    State(hub): State<Arc<Hub>>,
    directory: Directory,
    Path(id): Path<String>,
    asked: Asked,
) -> Result<Response> {
    let (_, document) = find(&hub, &directory, &id).await?;
    Ok(documents::answer(
        StatusCode::OK,
        &asked.headers,
        &asked.shown,
        document,
    ))
}

/// Make somebody an account.
#[utoipa::path(
    post,
    path = "/Users",
    tag = "scim",
    params(shapes::Part),
    request_body = shapes::Person,
    responses((status = 201, description = "What was made", body = shapes::Person)),
)]
pub async fn create(
    State(hub): State<Arc<Hub>>,
    directory: Directory,
    asked: Asked,
    Document(document): Document,
) -> Result<Response> {
    let wanted = documents::wanted(&document)?;
    let name = name(&hub, &wanted.user_name)?;
    let (now, scim_id) = (hub.clock.now(), hub.rng.uuid4_hex());
    let tx = hub.store.begin().await?;
    let user = match users::create(&tx, name.as_str(), false, &hub.rng.uuid4_hex(), now).await {
        Err(StoreError::Conflict(_)) => return Err(taken(&name)),
        made => made?,
    };
    let told = (wanted.external_id.as_deref(), &wanted.attributes);
    scim::set_person(&tx, user.id, &scim_id, told, true, now).await?;
    if !wanted.active {
        suspensions::suspend(&tx, user.id, now).await?;
    }
    let detail = json!({ "reason": "scim", "active": wanted.active });
    audit::record(&hub, &tx, &directory.by, Act::UserMade, &format!("user {name}"), detail).await?;
    tx.commit().await?;
    tracing::info!(user = %name, "a directory has made an account");
    let (_, document) = find(&hub, &directory, &scim_id).await?;
    Ok(documents::answer(
        StatusCode::CREATED,
        &asked.headers,
        &asked.shown,
        document,
    ))
}

/// Change all that is known of a person.
#[utoipa::path(
    put,
    path = "/Users/{id}",
    tag = "scim",
    params(("id" = String, Path, description = "The `id` that it was told by"), shapes::Part, shapes::Unchanged),
    request_body = shapes::Person,
    responses((status = 200, description = "What is known now", body = shapes::Person)),
)]
pub async fn replace(
    State(hub): State<Arc<Hub>>,
    directory: Directory,
    Path(id): Path<String>,
    asked: Asked,
    Document(document): Document,
) -> Result<Response> {
    let (person, before) = find(&hub, &directory, &id).await?;
    documents::unchanged(&asked.headers, &before)?;
    let mut wanted = documents::wanted(&document)?;
    // Who does not speak of it does not mean that somebody comes back.
    if super::filter::get(&document, "active").is_none() {
        wanted.active = !person.suspended;
    }
    keep(&hub, &directory, &person, &wanted).await?;
    let (_, document) = find(&hub, &directory, &id).await?;
    Ok(documents::answer(
        StatusCode::OK,
        &asked.headers,
        &asked.shown,
        document,
    ))
}

/// Change some of what is known of a person.
#[utoipa::path(
    patch,
    path = "/Users/{id}",
    tag = "scim",
    params(("id" = String, Path, description = "The `id` that it was told by"), shapes::Part, shapes::Unchanged),
    request_body = shapes::Patch,
    responses((status = 200, description = "What is known now", body = shapes::Person)),
)]
pub async fn change(
    State(hub): State<Arc<Hub>>,
    directory: Directory,
    Path(id): Path<String>,
    asked: Asked,
    Document(request): Document,
) -> Result<Response> {
    let (person, before) = find(&hub, &directory, &id).await?;
    documents::unchanged(&asked.headers, &before)?;
    let Value::Object(mut document) = before else {
        return Err(ScimError::not_found());
    };
    patch::apply(&mut document, &Value::Object(request))?;
    keep(&hub, &directory, &person, &documents::wanted(&document)?).await?;
    let (_, document) = find(&hub, &directory, &id).await?;
    Ok(documents::answer(
        StatusCode::OK,
        &asked.headers,
        &asked.shown,
        document,
    ))
}

/// Delete a person, with their servers and tokens.
#[utoipa::path(
    delete,
    path = "/Users/{id}",
    tag = "scim",
    params(("id" = String, Path, description = "The `id` that it was told by"), shapes::Unchanged),
    responses((status = 204, description = "It is gone")),
)]
pub async fn remove(
    State(hub): State<Arc<Hub>>,
    directory: Directory,
    Path(id): Path<String>,
    asked: Asked,
) -> Result<Response> {
    let (person, document) = find(&hub, &directory, &id).await?;
    documents::unchanged(&asked.headers, &document)?;
    let user = users::by_id(&hub.store, person.user_id).await?;
    let user = user.ok_or_else(ScimError::not_found)?;
    let removed = user::delete_with_servers(&hub, &directory.by, &user).await;
    removed.map_err(|error| match error.status {
        // Only that it takes longer: they may ask again.
        StatusCode::BAD_REQUEST => {
            let detail = error.message.unwrap_or_default();
            ScimError::new(StatusCode::SERVICE_UNAVAILABLE, None, detail)
        }
        _ => error.into(),
    })?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// A name as it is here.
fn name(hub: &Hub, typed: &str) -> Result<UserName> {
    let name = hub.policy.new_name(typed);
    name.map_err(|_| ScimError::value(format!("Nobody can be called {} here.", short(typed))))
}

fn taken(name: &UserName) -> ScimError {
    ScimError::taken(format!("There is somebody called {name} already."))
}

/// Makes a person what the directory wants them to be.
async fn keep(hub: &Arc<Hub>, directory: &Directory, person: &Person, wanted: &Wanted) -> Result<()> {
    let new_name = new_name(hub, directory, person, &wanted.user_name)?;
    let user = users::by_id(&hub.store, person.user_id).await?;
    let user = user.ok_or_else(ScimError::not_found)?;
    if new_name.is_some() {
        homes::settle(hub, &user).await?;
    }
    let now = hub.clock.now();
    let tx = hub.store.begin().await?;
    if !users::lock(&tx, user.id).await? {
        return Err(ScimError::not_found());
    }
    if let Some(name) = &new_name {
        if users::by_name(&tx, name.as_str()).await?.is_some() {
            return Err(taken(name));
        }
        user_change::rename(&tx, &user, name).await?;
    }
    let told = (wanted.external_id.as_deref(), &wanted.attributes);
    scim::set_person(&tx, user.id, &person.scim_id, told, false, now).await?;
    let turned = turn(&tx, person, wanted, now).await?;
    let renamed = new_name.as_ref().map(UserName::as_str);
    if turned || renamed.is_some() {
        let detail = json!({ "reason": "scim", "active": wanted.active, "name": renamed });
        let target = format!("user {}", user.name);
        audit::record(hub, &tx, &directory.by, Act::UserChanged, &target, detail).await?;
    }
    tx.commit().await?;
    match (wanted.active, turned) {
        (false, _) => stop_all(hub, directory, &user).await,
        (true, true) => tracing::info!(user = %user.name, "a directory lets somebody in again"),
        (true, false) => {}
    }
    Ok(())
}

/// Shuts somebody out or lets them in again; whether that is news.
async fn turn(tx: &Tx, person: &Person, wanted: &Wanted, now: jiff::Timestamp) -> Result<bool> {
    Ok(match wanted.active {
        true => suspensions::resume(tx, person.user_id).await?,
        false => suspensions::suspend(tx, person.user_id, now).await?,
    })
}

/// Another name, if they are to have one.
fn new_name(hub: &Hub, directory: &Directory, person: &Person, typed: &str) -> Result<Option<UserName>> {
    if typed == person.name {
        return Ok(None);
    }
    let name = name(hub, typed)?;
    if name.as_str() == person.name {
        return Ok(None);
    }
    // By another name somebody may become an administrator, and an administrator somebody else.
    let is_admins = person.admin || hub.config.access.admin_users.contains(&name);
    match is_admins && !directory.by.is_admin() {
        true => Err(ScimError::new(
            StatusCode::FORBIDDEN,
            None,
            "Only administrators give an administrator another name, or somebody an administrator's.",
        )),
        false => Ok(Some(name)),
    }
}

/// Ends what runs for somebody who is shut out. What can't be ended now is said in the log, and ended when the directory
/// says so again.
async fn stop_all(hub: &Arc<Hub>, directory: &Directory, user: &users::User) {
    let running = match spawners::of_user(&hub.store, user.id).await {
        Ok(running) => running,
        Err(error) => {
            tracing::error!(user = %user.name, %error, "servers of somebody who was suspended can't be found");
            return;
        }
    };
    tracing::info!(user = %user.name, "a directory has suspended somebody");
    for server in running {
        if let Err(error) = servers::request_stop(hub, Some(&directory.by), &server, false).await {
            tracing::error!(user = %user.name, server = %server.name, %error, "a server of somebody who was suspended is not stopped");
        }
    }
}
