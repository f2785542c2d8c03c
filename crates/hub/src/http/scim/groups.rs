//! `Groups`: groups are made, told of, filled and deleted. A group that a directory has changed once is the directory's:
//! who is in it is not decided at sign-in any more.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::extract::{OriginalUri, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use perijove_model::names::check_group_name;
use perijove_store::scim::{self, Group, Part, Which};
use perijove_store::{Tx, groups};
use serde_json::{Map, Value, json};

use super::documents;
use super::error::ScimError;
use super::filter::{Filter, get as value_of};
use super::{Asked, Directory, Document, Query, Result, name_all, patch, shapes};
use crate::Hub;
use crate::audit::{self, Act};
use crate::http::error::short;

const STEP: i64 = 200;

/// List groups.
#[utoipa::path(
    get,
    path = "/Groups",
    tag = "scim",
    params(shapes::Listing),
    responses((status = 200, description = "A page of them", body = shapes::Groups)),
)]
pub async fn list(
    State(hub): State<Arc<Hub>>,
    directory: Directory,
    OriginalUri(uri): OriginalUri,
) -> Result<Response> {
    let query = Query::read(uri.query().unwrap_or_default())?;
    name_all(&hub).await?;
    // A group may have thousands of members, and most ask without them.
    let filtered = query.filter.as_ref().is_some_and(speaks_of_members);
    let with_members = query.shown.has("members") || filtered;
    let Some(filter) = &query.filter else {
        let part = Part {
            after: 0,
            offset: query.start - 1,
            limit: query.count,
        };
        let found = scim::groups(&hub.store, Which::All, part).await?;
        let total = scim::count_groups(&hub.store).await?;
        let told = told(&hub, &found, with_members, &directory.at).await?.into_iter();
        let told = told.map(|document| query.shown.of(document)).collect();
        return Ok(documents::list(total, query.start, told));
    };
    let which = match (filter.demands("id"), filter.demands("externalId")) {
        (Some(id), _) => Which::Id(id),
        (None, Some(external)) => Which::External(external),
        (None, None) => Which::All,
    };
    let (mut found, mut after) = (Vec::new(), 0);
    loop {
        let part = Part {
            after,
            offset: 0,
            limit: STEP,
        };
        let some = scim::groups(&hub.store, which, part).await?;
        let Some(last) = some.last() else { break };
        after = last.group_id;
        let mut told = told(&hub, &some, with_members, &directory.at).await?;
        told.retain(|document| filter.fits(document));
        found.extend(told);
        if i64::try_from(some.len()).unwrap_or(STEP) < STEP {
            break;
        }
    }
    Ok(query.page(found))
}

fn speaks_of_members(filter: &Filter) -> bool {
    let is = |name: &String| name.eq_ignore_ascii_case("members");
    match filter {
        Filter::And(several) | Filter::Or(several) => several.iter().any(speaks_of_members),
        Filter::Not(one) => speaks_of_members(one),
        Filter::Present(attribute) | Filter::Compare(attribute, ..) | Filter::Within(attribute, _) => {
            attribute.0.first().is_some_and(is)
        }
    }
}

async fn told(hub: &Hub, found: &[Group], with_members: bool, at: &str) -> Result<Vec<Value>> {
    let ids: Vec<i64> = found.iter().map(|group| group.group_id).collect();
    let members = match with_members {
        true => scim::members_of(&hub.store, &ids).await?,
        false => Default::default(),
    };
    let of = |group: &Group| {
        let members = members.get(&group.group_id).map(Vec::as_slice).unwrap_or_default();
        documents::group(group, members, at)
    };
    Ok(found.iter().map(of).collect())
}

async fn find(hub: &Hub, directory: &Directory, id: &str) -> Result<(Group, Value)> {
    let group = scim::group(&hub.store, Which::Id(id)).await?;
    let group = group.ok_or_else(ScimError::not_found)?;
    let document = told(hub, std::slice::from_ref(&group), true, &directory.at)
        .await?
        .pop();
    Ok((group, document.unwrap_or_default()))
}

/// Tell of a group.
#[utoipa::path(
    get,
    path = "/Groups/{id}",
    tag = "scim",
    params(("id" = String, Path, description = "The `id` that it was told by"), shapes::Part),
    responses((status = 200, description = "What is known", body = shapes::Group), (status = 304, description = "It is what `If-None-Match` names")),
)]
pub async fn get(
    State(hub): State<Arc<Hub>>,
    directory: Directory,
    Path(id): Path<String>,
    asked: Asked,
) -> Result<Response> {
    name_all(&hub).await?;
    let (_, document) = find(&hub, &directory, &id).await?;
    Ok(documents::answer(
        StatusCode::OK,
        &asked.headers,
        &asked.shown,
        document,
    ))
}

/// Make a group.
#[utoipa::path(
    post,
    path = "/Groups",
    tag = "scim",
    params(shapes::Part),
    request_body = shapes::Group,
    responses((status = 201, description = "What was made", body = shapes::Group)),
)]
pub async fn create(
    State(hub): State<Arc<Hub>>,
    directory: Directory,
    asked: Asked,
    Document(document): Document,
) -> Result<Response> {
    let wanted = wanted(&document)?;
    name_all(&hub).await?;
    let scim_id = hub.rng.uuid4_hex();
    let tx = hub.store.begin().await?;
    let name = wanted.name.as_str();
    let taken = || ScimError::taken(format!("There is a group called {} already.", short(name)));
    let group_id = groups::create(&tx, name).await?.ok_or_else(taken)?;
    scim::set_group(&tx, group_id, &scim_id, wanted.external_id.as_deref(), hub.clock.now()).await?;
    fill(&tx, group_id, &BTreeSet::new(), &wanted.members).await?;
    let detail = json!({ "reason": "scim", "members": wanted.members.len() });
    audit::record(
        &hub,
        &tx,
        &directory.by,
        Act::GroupMade,
        &format!("group {name}"),
        detail,
    )
    .await?;
    tx.commit().await?;
    let (_, document) = find(&hub, &directory, &scim_id).await?;
    Ok(documents::answer(
        StatusCode::CREATED,
        &asked.headers,
        &asked.shown,
        document,
    ))
}

/// Change all that is known of a group.
#[utoipa::path(
    put,
    path = "/Groups/{id}",
    tag = "scim",
    params(("id" = String, Path, description = "The `id` that it was told by"), shapes::Part, shapes::Unchanged),
    request_body = shapes::Group,
    responses((status = 200, description = "What is known now", body = shapes::Group)),
)]
pub async fn replace(
    State(hub): State<Arc<Hub>>,
    directory: Directory,
    Path(id): Path<String>,
    asked: Asked,
    Document(document): Document,
) -> Result<Response> {
    name_all(&hub).await?;
    let (group, before) = find(&hub, &directory, &id).await?;
    documents::unchanged(&asked.headers, &before)?;
    keep(&hub, &directory, &group, &before, &wanted(&document)?).await?;
    let (_, document) = find(&hub, &directory, &id).await?;
    Ok(documents::answer(
        StatusCode::OK,
        &asked.headers,
        &asked.shown,
        document,
    ))
}

/// Change some of what is known of a group.
#[utoipa::path(
    patch,
    path = "/Groups/{id}",
    tag = "scim",
    params(("id" = String, Path, description = "The `id` that it was told by"), shapes::Part, shapes::Unchanged),
    request_body = shapes::Patch,
    responses((status = 200, description = "What is known now", body = shapes::Group)),
)]
pub async fn change(
    State(hub): State<Arc<Hub>>,
    directory: Directory,
    Path(id): Path<String>,
    asked: Asked,
    Document(request): Document,
) -> Result<Response> {
    name_all(&hub).await?;
    let (group, before) = find(&hub, &directory, &id).await?;
    documents::unchanged(&asked.headers, &before)?;
    let mut document = before.as_object().cloned().unwrap_or_default();
    patch::apply(&mut document, &Value::Object(request))?;
    keep(&hub, &directory, &group, &before, &wanted(&document)?).await?;
    let (_, document) = find(&hub, &directory, &id).await?;
    Ok(documents::answer(
        StatusCode::OK,
        &asked.headers,
        &asked.shown,
        document,
    ))
}

/// Delete a group. Who was in it stays.
#[utoipa::path(
    delete,
    path = "/Groups/{id}",
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
    let (group, document) = find(&hub, &directory, &id).await?;
    documents::unchanged(&asked.headers, &document)?;
    let tx = hub.store.begin().await?;
    if !groups::delete(&tx, group.group_id).await? {
        return Err(ScimError::not_found());
    }
    let target = format!("group {}", group.name);
    audit::record(
        &hub,
        &tx,
        &directory.by,
        Act::GroupRemoved,
        &target,
        json!({ "reason": "scim" }),
    )
    .await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// What a directory wants a group to be.
struct Wanted {
    name: String,
    external_id: Option<String>,
    /// By the ids that people have in the directory's eyes.
    members: BTreeSet<String>,
}

fn wanted(document: &Map<String, Value>) -> Result<Wanted> {
    let name = documents::text(document, "displayName")?;
    let name = name.ok_or_else(|| ScimError::value("`displayName` is missing."))?;
    check_group_name(&name).map_err(|error| ScimError::value(format!("`displayName`: {error}.")))?;
    Ok(Wanted {
        name,
        external_id: documents::text(document, "externalId")?,
        members: members(document)?,
    })
}

fn members(document: &Map<String, Value>) -> Result<BTreeSet<String>> {
    let list = match value_of(document, "members") {
        None | Some(Value::Null) => return Ok(BTreeSet::new()),
        Some(Value::Array(list)) => list,
        Some(_) => return Err(ScimError::value("`members` is no list.")),
    };
    let id = |member: &Value| {
        let named = match member {
            Value::Object(member) => value_of(member, "value").and_then(Value::as_str),
            member => member.as_str(),
        };
        named
            .map(str::to_owned)
            .ok_or_else(|| ScimError::value("A member has no `value`."))
    };
    list.iter().map(id).collect()
}

/// Makes a group what the directory wants it to be. Only what is to change is changed: another request may have put in
/// others meanwhile.
async fn keep(hub: &Hub, directory: &Directory, group: &Group, before: &Value, wanted: &Wanted) -> Result<()> {
    let known = before.as_object().map(members).transpose()?.unwrap_or_default();
    let tx = hub.store.begin().await?;
    let renamed = (wanted.name != group.name).then_some(wanted.name.as_str());
    if let Some(name) = renamed {
        if groups::id_of(&tx, name).await?.is_some() {
            return Err(ScimError::taken(format!(
                "There is a group called {} already.",
                short(name)
            )));
        }
        scim::rename_group(&tx, group.group_id, name).await?;
    }
    let now = hub.clock.now();
    scim::set_group(&tx, group.group_id, &group.scim_id, wanted.external_id.as_deref(), now).await?;
    let (joined, left) = fill(&tx, group.group_id, &known, &wanted.members).await?;
    if renamed.is_some() || !joined.is_empty() || !left.is_empty() {
        let detail = json!({ "reason": "scim", "name": renamed, "added": joined, "removed": left });
        let target = format!("group {}", group.name);
        audit::record(hub, &tx, &directory.by, Act::GroupChanged, &target, detail).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Who came, and who went.
async fn fill(
    tx: &Tx,
    group_id: i64,
    known: &BTreeSet<String>,
    wanted: &BTreeSet<String>,
) -> Result<(Vec<String>, Vec<String>)> {
    let (mut joined, mut left) = (Vec::new(), Vec::new());
    for id in wanted.difference(known) {
        let person = scim::person(tx, Which::Id(id)).await?;
        let person = person.ok_or_else(|| ScimError::value(format!("There is nobody with the id {}.", short(id))))?;
        groups::join(tx, group_id, person.user_id).await?;
        joined.push(person.name);
    }
    for id in known.difference(wanted) {
        if let Some(person) = scim::person(tx, Which::Id(id)).await? {
            groups::leave(tx, group_id, person.user_id).await?;
            left.push(person.name);
        }
    }
    Ok((joined, left))
}
