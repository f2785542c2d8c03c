//! What is here, for directories that ask: `ServiceProviderConfig`, `ResourceTypes` and `Schemas`.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};

use super::documents::{GROUP, USER, json_answer, list};
use super::error::ScimError;
use super::filter::ENTERPRISE;
use super::{Directory, LONGEST_PAGE, Result};

/// Tell what can be done here.
#[utoipa::path(
    get,
    path = "/ServiceProviderConfig",
    tag = "scim",
    responses((status = 200, description = "A `ServiceProviderConfig`", body = Object)),
)]
pub async fn provider(directory: Directory) -> Response {
    let no = json!({ "supported": false });
    let body = json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
        "patch": { "supported": true },
        "bulk": { "supported": false, "maxOperations": 0, "maxPayloadSize": 0 },
        "filter": { "supported": true, "maxResults": LONGEST_PAGE },
        "changePassword": no,
        "sort": no,
        "etag": { "supported": true },
        "authenticationSchemes": [{
            "type": "oauthbearertoken",
            "name": "Token",
            "description": "An API token of this hub with the scope `scim`",
            "specUri": "https://www.rfc-editor.org/info/rfc6750",
            "primary": true,
        }],
        "meta": {
            "resourceType": "ServiceProviderConfig",
            "location": format!("{}/ServiceProviderConfig", directory.at),
        },
    });
    json_answer(StatusCode::OK, &body)
}

fn kinds(at: &str) -> [Value; 2] {
    let kind = |name: &str, path: &str, schema: &str, about: &str, more: Value| {
        json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ResourceType"],
            "id": name,
            "name": name,
            "endpoint": path,
            "description": about,
            "schema": schema,
            "schemaExtensions": more,
            "meta": { "resourceType": "ResourceType", "location": format!("{at}/ResourceTypes/{name}") },
        })
    };
    let work = json!([{ "schema": ENTERPRISE, "required": false }]);
    [
        kind("User", "/Users", USER, "People", work),
        kind("Group", "/Groups", GROUP, "Groups of people", json!([])),
    ]
}

fn all(found: impl Into<Vec<Value>>) -> Response {
    let found = found.into();
    list(i64::try_from(found.len()).unwrap_or(0), 1, found)
}

fn one(found: impl IntoIterator<Item = Value>, id: &str) -> Result<Response> {
    let is = |one: &Value| one["id"].as_str().is_some_and(|one| one.eq_ignore_ascii_case(id));
    let found = found.into_iter().find(is).ok_or_else(ScimError::not_found)?;
    Ok(json_answer(StatusCode::OK, &found))
}

/// List the kinds of things that are here: people and groups.
#[utoipa::path(
    get,
    path = "/ResourceTypes",
    tag = "scim",
    responses((status = 200, description = "A list of `ResourceType`", body = Object)),
)]
pub async fn types(directory: Directory) -> Response {
    all(kinds(&directory.at))
}

/// Tell of one kind.
#[utoipa::path(
    get,
    path = "/ResourceTypes/{name}",
    tag = "scim",
    params(("name" = String, Path, description = "`User` or `Group`")),
    responses((status = 200, description = "A `ResourceType`", body = Object)),
)]
pub async fn one_type(directory: Directory, Path(name): Path<String>) -> Result<Response> {
    one(kinds(&directory.at), &name)
}

/// List the schemas: which attributes people and groups have.
#[utoipa::path(
    get,
    path = "/Schemas",
    tag = "scim",
    responses((status = 200, description = "A list of `Schema`", body = Object)),
)]
pub async fn schemas(directory: Directory) -> Response {
    all(documents(&directory.at))
}

/// Tell of one schema.
#[utoipa::path(
    get,
    path = "/Schemas/{id}",
    tag = "scim",
    params(("id" = String, Path, description = "A schema's address, as `urn:ietf:params:scim:schemas:core:2.0:User`")),
    responses((status = 200, description = "A `Schema`", body = Object)),
)]
pub async fn schema(directory: Directory, Path(id): Path<String>) -> Result<Response> {
    one(documents(&directory.at), &id)
}

/// An attribute with one value, as most are.
fn attribute(name: &str, kind: &str, about: &str) -> Value {
    json!({
        "name": name,
        "type": kind,
        "multiValued": false,
        "description": about,
        "required": false,
        "caseExact": false,
        "mutability": "readWrite",
        "returned": "default",
        "uniqueness": "none",
    })
}

fn text(name: &str, about: &str) -> Value {
    attribute(name, "string", about)
}

fn with(mut attribute: Value, more: &[(&str, Value)]) -> Value {
    for (name, value) in more {
        attribute[*name] = value.clone();
    }
    attribute
}

fn parts(name: &str, about: &str, parts: Vec<Value>) -> Value {
    with(attribute(name, "complex", about), &[("subAttributes", parts.into())])
}

fn several(name: &str, about: &str, of: Vec<Value>) -> Value {
    with(parts(name, about, of), &[("multiValued", true.into())])
}

fn reference(name: &str, about: &str, to: &[&str]) -> Value {
    with(
        attribute(name, "reference", about),
        &[("referenceTypes", json!(to)), ("caseExact", true.into())],
    )
}

fn read_only(attribute: Value) -> Value {
    with(attribute, &[("mutability", "readOnly".into())])
}

fn of_contact(name: &str, about: &str) -> Value {
    let of = vec![
        text("value", "The address or number"),
        text("display", "How it is shown"),
        text("type", "What it is for: `work`, `home`"),
        attribute("primary", "boolean", "The one to take"),
    ];
    several(name, about, of)
}

fn documents(at: &str) -> [Value; 3] {
    let schema = |id: &str, name: &str, about: &str, attributes: Vec<Value>| {
        json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Schema"],
            "id": id,
            "name": name,
            "description": about,
            "attributes": attributes,
            "meta": { "resourceType": "Schema", "location": format!("{at}/Schemas/{id}") },
        })
    };
    [
        schema(USER, "User", "A person", of_person()),
        schema(GROUP, "Group", "A group of people", of_group()),
        schema(ENTERPRISE, "EnterpriseUser", "A person at work", of_work()),
    ]
}

fn of_person() -> Vec<Value> {
    let name = vec![
        text("formatted", "All of it"),
        text("familyName", "The family's"),
        text("givenName", "The person's own"),
        text("middleName", "In between"),
        text("honorificPrefix", "Before it"),
        text("honorificSuffix", "Behind it"),
    ];
    let address = [
        "formatted",
        "streetAddress",
        "locality",
        "region",
        "postalCode",
        "country",
        "type",
    ];
    let mut address: Vec<Value> = address.iter().map(|name| text(name, "Of the address")).collect();
    address.push(attribute("primary", "boolean", "The one to take"));
    let group = vec![
        read_only(with(text("value", "Its id"), &[("caseExact", true.into())])),
        read_only(reference("$ref", "Where it is", &["Group"])),
        read_only(text("display", "Its name")),
        read_only(text("type", "Always `direct`")),
    ];
    let unique = [("required", true.into()), ("uniqueness", "server".into())];
    vec![
        with(text("userName", "The name here, in small letters"), &unique),
        parts("name", "The name", name),
        text("displayName", "The name as it is shown"),
        text("nickName", "What friends say"),
        reference("profileUrl", "A page about the person", &["external"]),
        text("title", "What the person is there"),
        text("userType", "In which way they belong there"),
        text("preferredLanguage", "The language that they like best"),
        text("locale", "How they write numbers and days"),
        text("timezone", "Where their clock is"),
        attribute("active", "boolean", "Whether they may come in"),
        of_contact("emails", "Mail addresses"),
        of_contact("phoneNumbers", "Telephones"),
        several("addresses", "Where they are", address),
        read_only(several("groups", "The groups that they are in", group)),
    ]
}

fn of_group() -> Vec<Value> {
    let fixed = |attribute: Value| with(attribute, &[("mutability", "immutable".into())]);
    let member = vec![
        fixed(with(text("value", "Their id"), &[("caseExact", true.into())])),
        fixed(reference("$ref", "Where they are", &["User"])),
        fixed(text("type", "Always `User`")),
        read_only(text("display", "Their name")),
    ];
    let unique = [
        ("required", true.into()),
        ("uniqueness", "server".into()),
        ("caseExact", true.into()),
    ];
    vec![
        with(text("displayName", "Its name"), &unique),
        several("members", "Who is in it", member),
    ]
}

fn of_work() -> Vec<Value> {
    let manager = vec![
        text("value", "Their id"),
        reference("$ref", "Where they are", &["User"]),
        text("displayName", "Their name"),
    ];
    vec![
        text("employeeNumber", "Their number there"),
        text("costCenter", "Who pays"),
        text("organization", "For whom they work"),
        text("division", "In which part of it"),
        text("department", "In which part of that"),
        parts("manager", "To whom they report", manager),
    ]
}
