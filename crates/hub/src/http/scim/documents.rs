//! People and groups as documents: what of them is told, which part of it, and by which mark one notices that it has changed.

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use perijove_model::token;
use perijove_store::scim::{Group, Named, Person};
use serde_json::{Map, Value, json};

use super::error::{ScimError, TYPE};
use super::filter::{ENTERPRISE, get, truth};

pub const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
pub const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
const LIST: &str = "urn:ietf:params:scim:api:messages:2.0:ListResponse";
/// More of one person is not kept.
const LARGEST: usize = 64 << 10;

/// What is kept of a person as the directory says it.
pub const KEPT: [&str; 13] = [
    "name",
    "displayName",
    "nickName",
    "profileUrl",
    "title",
    "userType",
    "preferredLanguage",
    "locale",
    "timezone",
    "emails",
    "phoneNumbers",
    "addresses",
    ENTERPRISE,
];

/// A person as they are told. `at` is where people and groups are.
#[must_use]
pub fn person(person: &Person, groups: &[Named], at: &str) -> Value {
    let mut document = person.attributes.as_object().cloned().unwrap_or_default();
    let mut schemas = vec![USER];
    if document.contains_key(ENTERPRISE) {
        schemas.push(ENTERPRISE);
    }
    document.insert("schemas".into(), json!(schemas));
    document.insert("id".into(), json!(person.scim_id));
    document.insert("userName".into(), json!(person.name));
    document.insert("active".into(), json!(!person.suspended));
    if let Some(external) = &person.external_id {
        document.insert("externalId".into(), json!(external));
    }
    if !groups.is_empty() {
        let groups = groups.iter().map(|group| {
            json!({
                "value": group.scim_id,
                "display": group.name,
                "$ref": format!("{at}/Groups/{}", group.scim_id),
                "type": "direct",
            })
        });
        document.insert("groups".into(), groups.collect());
    }
    let meta = json!({
        "resourceType": "User",
        "created": person.created.unwrap_or(person.changed).to_string(),
        "lastModified": person.changed.to_string(),
        "location": format!("{at}/Users/{}", person.scim_id),
    });
    marked(document, meta)
}

#[must_use]
pub fn group(group: &Group, members: &[Named], at: &str) -> Value {
    let members = members.iter().map(|member| {
        json!({
            "value": member.scim_id,
            "display": member.name,
            "$ref": format!("{at}/Users/{}", member.scim_id),
            "type": "User",
        })
    });
    let mut document = Map::new();
    document.insert("schemas".into(), json!([GROUP]));
    document.insert("id".into(), json!(group.scim_id));
    document.insert("displayName".into(), json!(group.name));
    if let Some(external) = &group.external_id {
        document.insert("externalId".into(), json!(external));
    }
    document.insert("members".into(), members.collect());
    let meta = json!({
        "resourceType": "Group",
        "lastModified": group.changed.to_string(),
        "location": format!("{at}/Groups/{}", group.scim_id),
    });
    marked(document, meta)
}

/// With the mark of all that is told but the mark.
fn marked(mut document: Map<String, Value>, mut meta: Value) -> Value {
    let text = serde_json::to_string(&document).unwrap_or_default();
    let print: String = token::fingerprint(&text)
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .take(24)
        .collect();
    meta["version"] = json!(format!("W/\"{print}\""));
    document.insert("meta".into(), meta);
    Value::Object(document)
}

fn version(document: &Value) -> &str {
    document["meta"]["version"].as_str().unwrap_or_default()
}

fn names_version(headers: &HeaderMap, name: header::HeaderName, version: &str) -> Option<bool> {
    let named = headers.get(name)?.to_str().unwrap_or_default();
    let bare = |mark: &str| mark.trim().trim_start_matches("W/").to_owned();
    Some(
        named
            .split(',')
            .any(|mark| mark.trim() == "*" || bare(mark) == bare(version)),
    )
}

/// Whoever changes what has changed meanwhile is told so.
///
/// # Errors
/// It has.
pub fn unchanged(headers: &HeaderMap, document: &Value) -> Result<(), ScimError> {
    match names_version(headers, header::IF_MATCH, version(document)) {
        Some(false) => Err(ScimError::new(
            StatusCode::PRECONDITION_FAILED,
            None,
            "It has changed meanwhile.",
        )),
        _ => Ok(()),
    }
}

/// Which attributes are told.
#[derive(Debug, Default)]
pub struct Shown {
    only: Vec<String>,
    without: Vec<String>,
}

impl Shown {
    #[must_use]
    pub fn read(only: Option<&str>, without: Option<&str>) -> Self {
        let names = |text: Option<&str>| {
            let names = text
                .unwrap_or_default()
                .split(',')
                .map(str::trim)
                .filter(|name| !name.is_empty());
            let bare = names.map(|name| name.strip_prefix(USER).or(name.strip_prefix(GROUP)).unwrap_or(name));
            bare.map(|name| name.trim_start_matches(':').to_ascii_lowercase())
                .collect()
        };
        Self {
            only: names(only),
            without: names(without),
        }
    }

    /// Whether this attribute is told at all.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        let name = name.to_ascii_lowercase();
        let below = |list: &[String]| {
            list.iter()
                .any(|one| *one == name || one.starts_with(&format!("{name}.")))
        };
        match self.only.is_empty() {
            true => !self.without.contains(&name),
            false => below(&self.only),
        }
    }

    /// `schemas` and `id` are always told, and with a part of a value all of it.
    #[must_use]
    pub fn of(&self, document: Value) -> Value {
        match document {
            Value::Object(mut document) => {
                let always = |name: &str| matches!(name, "schemas" | "id");
                document.retain(|name, _| always(name) || self.has(name));
                Value::Object(document)
            }
            other => other,
        }
    }
}

/// An answer with one document.
#[must_use]
pub fn answer(status: StatusCode, headers: &HeaderMap, shown: &Shown, document: Value) -> Response {
    let version = version(&document).to_owned();
    let location = document["meta"]["location"].as_str().unwrap_or_default().to_owned();
    if status == StatusCode::OK && names_version(headers, header::IF_NONE_MATCH, &version) == Some(true) {
        return tagged(StatusCode::NOT_MODIFIED.into_response(), &version, None);
    }
    let location = (status == StatusCode::CREATED).then_some(location.as_str());
    tagged(json_answer(status, &shown.of(document)), &version, location)
}

fn tagged(mut response: Response, version: &str, location: Option<&str>) -> Response {
    if let Ok(version) = HeaderValue::try_from(version) {
        response.headers_mut().insert(header::ETAG, version);
    }
    if let Some(Ok(location)) = location.map(HeaderValue::try_from) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    response
}

#[must_use]
pub fn json_answer(status: StatusCode, body: &Value) -> Response {
    (status, [(header::CONTENT_TYPE, TYPE)], body.to_string()).into_response()
}

/// A page of a list.
#[must_use]
pub fn list(total: i64, start: i64, documents: Vec<Value>) -> Response {
    let body = json!({
        "schemas": [LIST],
        "totalResults": total,
        "startIndex": start,
        "itemsPerPage": documents.len(),
        "Resources": documents,
    });
    json_answer(StatusCode::OK, &body)
}

/// What a directory wants a person to be.
#[derive(Debug, Clone, PartialEq)]
pub struct Wanted {
    pub user_name: String,
    pub external_id: Option<String>,
    pub active: bool,
    pub attributes: Value,
}

/// What a document says of a person. What nobody knows here is left out.
///
/// # Errors
/// It can't be so.
pub fn wanted(document: &Map<String, Value>) -> Result<Wanted, ScimError> {
    let mut attributes = Map::new();
    for name in KEPT {
        let Some(value) = get(document, name).filter(|value| !value.is_null()) else {
            continue;
        };
        let value = fitting(name, value)?;
        if value.as_array().is_none_or(|list| !list.is_empty()) {
            attributes.insert(name.to_owned(), value);
        }
    }
    let attributes = Value::Object(attributes);
    if attributes.to_string().len() > LARGEST {
        return Err(ScimError::value(format!(
            "More than {} KiB about one person.",
            LARGEST >> 10
        )));
    }
    let active = match get(document, "active") {
        None | Some(Value::Null) => true,
        Some(value) => truth(value).ok_or_else(|| ScimError::value("`active` is true or false."))?,
    };
    Ok(Wanted {
        user_name: text(document, "userName")?.ok_or_else(|| ScimError::value("`userName` is missing."))?,
        external_id: text(document, "externalId")?,
        active,
        attributes,
    })
}

/// A text that is there and not empty.
///
/// # Errors
/// It is no text, or too long.
pub fn text(document: &Map<String, Value>, name: &str) -> Result<Option<String>, ScimError> {
    const LONGEST: usize = 512;
    match get(document, name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if text.trim().is_empty() => Ok(None),
        Some(Value::String(text)) if text.len() <= LONGEST => Ok(Some(text.clone())),
        Some(Value::String(_)) => Err(ScimError::value(format!("`{name}` is longer than {LONGEST} bytes."))),
        Some(_) => Err(ScimError::value(format!("`{name}` is no text."))),
    }
}

/// A value of the type that its attribute has.
fn fitting(name: &str, value: &Value) -> Result<Value, ScimError> {
    let wrong = |what: &str| ScimError::value(format!("`{name}` is no {what}."));
    match name {
        "emails" | "phoneNumbers" | "addresses" => {
            let list = match value {
                Value::Array(list) => list.clone(),
                one => vec![one.clone()],
            };
            list.into_iter().map(|one| part(name, one)).collect()
        }
        "name" | ENTERPRISE => value.is_object().then(|| value.clone()).ok_or_else(|| wrong("object")),
        _ => value.is_string().then(|| value.clone()).ok_or_else(|| wrong("text")),
    }
}

/// One of several values: an object, in which truth is no word.
fn part(name: &str, one: Value) -> Result<Value, ScimError> {
    match one {
        Value::Object(mut parts) => {
            if let Some(primary) = parts.get_mut("primary") {
                let is = truth(primary).ok_or_else(|| ScimError::value("`primary` is true or false."))?;
                *primary = Value::Bool(is);
            }
            Ok(Value::Object(parts))
        }
        Value::String(text) => Ok(json!({ "value": text })),
        _ => Err(ScimError::value(format!("A value of `{name}` is no object."))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_known_is_kept() {
        let document = json!({
            "schemas": [USER], "id": "x", "userName": "Ada", "password": "t1meMa$heen", "active": "True",
            "externalId": "7", "groups": [], "emails": { "value": "a@b", "primary": "True" }, "phoneNumbers": [],
            "favouriteColour": "green", "title": null, "NickName": "A",
        });
        let wanted = wanted(document.as_object().unwrap()).unwrap();
        assert_eq!(wanted.user_name, "Ada");
        assert!(wanted.active);
        let kept = json!({ "emails": [{ "value": "a@b", "primary": true }], "nickName": "A" });
        assert_eq!(wanted.attributes, kept);
    }

    #[test]
    fn what_is_of_another_type_is_refused() {
        for bad in [
            json!({}),
            json!({ "userName": "" }),
            json!({ "userName": 7 }),
            json!({ "userName": "a", "active": "maybe" }),
            json!({ "userName": "a", "emails": [7] }),
            json!({ "userName": "a", "name": "Ada" }),
            json!({ "userName": "a", "title": {} }),
            json!({ "userName": "a", "title": "x".repeat(70_000) }),
        ] {
            assert!(wanted(bad.as_object().unwrap()).is_err(), "{bad}");
        }
    }

    #[test]
    fn parts_are_shown() {
        let document = || json!({ "schemas": [], "id": "1", "userName": "a", "members": [1], "name": { "x": 1 } });
        let without = Shown::read(None, Some("members")).of(document());
        assert!(without.get("members").is_none() && without.get("name").is_some());
        let only = Shown::read(Some("userName,name.x"), None).of(document());
        assert_eq!(
            only,
            json!({ "schemas": [], "id": "1", "userName": "a", "name": { "x": 1 } })
        );
    }
}
