//! `PATCH` (RFC 7644, 3.5.2), as directories really send it: words in any case, truth as a word, values to remove named
//! beside the path, several attributes in one value, names with dots as keys.

use serde_json::{Map, Value};

use super::error::ScimError;
use super::filter::{Filter, Target, get};

/// More are not one change.
const MOST: usize = 1000;
/// Attributes that have several values.
const SEVERAL: [&str; 8] = [
    "emails",
    "members",
    "phoneNumbers",
    "ims",
    "photos",
    "addresses",
    "roles",
    "entitlements",
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    Add,
    Replace,
    Remove,
}

/// Changes a document as a request says.
///
/// # Errors
/// It can't be done; the document may have been changed in part.
pub fn apply(document: &mut Map<String, Value>, request: &Value) -> Result<(), ScimError> {
    let operations = request.as_object().and_then(|request| get(request, "Operations"));
    let operations = operations
        .and_then(Value::as_array)
        .ok_or_else(|| ScimError::syntax("`Operations` is missing, or no list."))?;
    if operations.len() > MOST {
        return Err(ScimError::syntax(format!("More than {MOST} operations at once.")));
    }
    for operation in operations {
        let operation = operation
            .as_object()
            .ok_or_else(|| ScimError::syntax("An operation is no object."))?;
        one(document, operation)?;
    }
    Ok(())
}

fn one(document: &mut Map<String, Value>, operation: &Map<String, Value>) -> Result<(), ScimError> {
    let word = get(operation, "op").and_then(Value::as_str).unwrap_or_default();
    let act = match word.to_ascii_lowercase().as_str() {
        "add" => Act::Add,
        "replace" => Act::Replace,
        "remove" => Act::Remove,
        _ => return Err(ScimError::syntax("`op` is `add`, `replace` or `remove`.")),
    };
    let value = get(operation, "value");
    match get(operation, "path") {
        None | Some(Value::Null) => several(document, act, value),
        Some(Value::String(path)) if path.trim().is_empty() => several(document, act, value),
        Some(Value::String(path)) => {
            let target = Target::read(path)?;
            let missing = || ScimError::value("`value` is missing.");
            let value = match act {
                Act::Remove => value,
                _ => Some(value.ok_or_else(missing)?),
            };
            change(document, act, &target, value)
        }
        Some(_) => Err(ScimError::syntax("`path` is no text.")),
    }
}

/// Without a path, the value has attributes by their names.
fn several(document: &mut Map<String, Value>, act: Act, value: Option<&Value>) -> Result<(), ScimError> {
    let Some(Value::Object(values)) = value else {
        return match act {
            Act::Remove => Err(ScimError::no_target("`path` is missing.")),
            _ => Err(ScimError::syntax("Without `path`, `value` is an object.")),
        };
    };
    for (name, value) in values {
        if name == "schemas" {
            continue;
        }
        change(document, act, &Target::read(name)?, Some(value))?;
    }
    Ok(())
}

fn change(
    document: &mut Map<String, Value>,
    act: Act,
    target: &Target,
    value: Option<&Value>,
) -> Result<(), ScimError> {
    let Some((last, outer)) = target.attribute.0.split_last() else {
        return Ok(());
    };
    let mut inner = document;
    for name in outer {
        if act == Act::Remove && get(inner, name).is_none() {
            return Ok(());
        }
        let place = slot(inner, name);
        if !place.is_object() {
            *place = Value::Object(Map::new());
        }
        inner = match place {
            Value::Object(object) => object,
            _ => return Ok(()),
        };
    }
    match &target.only {
        Some(only) => within(inner, last, act, (only, target.part.as_deref()), value),
        None => plainly(inner, last, act, value),
    }
}

/// The value of a name, in whatever case it stands there.
fn slot<'a>(object: &'a mut Map<String, Value>, name: &str) -> &'a mut Value {
    let there = object.keys().find(|key| key.eq_ignore_ascii_case(name)).cloned();
    object
        .entry(there.unwrap_or_else(|| name.to_owned()))
        .or_insert(Value::Null)
}

fn forget(object: &mut Map<String, Value>, name: &str) {
    object.retain(|key, _| !key.eq_ignore_ascii_case(name));
}

fn has_several(name: &str) -> bool {
    SEVERAL.iter().any(|known| known.eq_ignore_ascii_case(name))
}

fn plainly(object: &mut Map<String, Value>, name: &str, act: Act, value: Option<&Value>) -> Result<(), ScimError> {
    let value = match (act, value) {
        (Act::Remove, Some(value)) if has_several(name) => {
            let gone = listed(value);
            if let Value::Array(list) = slot(object, name) {
                list.retain(|one| !gone.iter().any(|gone| same(one, gone)));
            }
            return Ok(());
        }
        (Act::Remove, _) | (_, None | Some(Value::Null)) => {
            forget(object, name);
            return Ok(());
        }
        (_, Some(value)) => value,
    };
    let place = slot(object, name);
    match (act, place) {
        (Act::Add, Value::Array(list)) => {
            for new in listed(value) {
                match list.iter_mut().find(|old| same(old, new)) {
                    Some(old) => *old = new.clone(),
                    None => list.push(new.clone()),
                }
            }
        }
        (_, place) if has_several(name) => *place = Value::Array(listed(value).into_iter().cloned().collect()),
        (_, Value::Object(old)) if value.is_object() => {
            for (name, value) in value.as_object().into_iter().flatten() {
                plainly(old, name, act, Some(value))?;
            }
        }
        // What is sent for the boss is at times a list of one.
        (_, place) => {
            *place = match value {
                Value::Array(list) if list.len() == 1 && name.eq_ignore_ascii_case("manager") => list[0].clone(),
                value => value.clone(),
            };
        }
    }
    Ok(())
}

/// Some of several values.
fn within(
    object: &mut Map<String, Value>,
    name: &str,
    act: Act,
    (only, part): (&Filter, Option<&str>),
    value: Option<&Value>,
) -> Result<(), ScimError> {
    let place = slot(object, name);
    if place.is_null() {
        *place = Value::Array(Vec::new());
    }
    let Value::Array(list) = place else {
        return Err(ScimError::no_target(format!("`{name}` has no values to choose from.")));
    };
    if act == Act::Remove && part.is_none() {
        list.retain(|one| !only.fits(&whole(one)));
        return Ok(());
    }
    let mut found = false;
    for one in list.iter_mut().filter(|one| only.fits(&whole(one))) {
        found = true;
        if let Value::Object(one) = one {
            set_in(one, act, part, value)?;
        }
    }
    if found || act == Act::Remove {
        return Ok(());
    }
    // Directories say so before there is one, and mean that there shall be.
    let Some(mut new) = only.described() else {
        return Err(ScimError::no_target(format!("No value of `{name}` is like that.")));
    };
    set_in(&mut new, act, part, value)?;
    list.push(Value::Object(new));
    Ok(())
}

fn set_in(one: &mut Map<String, Value>, act: Act, part: Option<&str>, value: Option<&Value>) -> Result<(), ScimError> {
    match (part, value) {
        (Some(part), value) => plainly(one, part, act, value),
        (None, Some(Value::Object(parts))) => {
            for (name, value) in parts {
                plainly(one, name, act, Some(value))?;
            }
            Ok(())
        }
        (None, _) => Err(ScimError::value("`value` is no object.")),
    }
}

/// A value that is a text only, as filters see it.
fn whole(one: &Value) -> Value {
    match one {
        Value::Object(_) => one.clone(),
        text => Value::Object(Map::from_iter([("value".to_owned(), text.clone())])),
    }
}

fn listed(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(list) => list.iter().collect(),
        Value::Null => Vec::new(),
        one => vec![one],
    }
}

/// Whether two values are the same one, whatever else is said of them.
fn same(one: &Value, other: &Value) -> bool {
    let key = |value: &Value| match value {
        Value::Object(object) => (get(object, "value").cloned(), get(object, "type").cloned()),
        text => (Some(text.clone()), None),
    };
    let ((one, first), (other, second)) = (key(one), key(other));
    one.is_some() && one == other && (first == second || first.is_none() || second.is_none())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::http::scim::filter::ENTERPRISE;

    #[track_caller]
    fn patched(document: Value, operations: Value) -> Value {
        let mut document = document.as_object().unwrap().clone();
        apply(&mut document, &json!({ "Operations": operations })).unwrap();
        Value::Object(document)
    }

    /// As Microsoft Entra ID sends them.
    #[test]
    fn entra() {
        let made = patched(
            json!({ "userName": "ada", "active": true }),
            json!([
                { "op": "Add", "path": "emails[type eq \"work\"].value", "value": "ada@example.org" },
                { "op": "Add", "path": "name.givenName", "value": "Ada" },
                { "op": "Replace", "path": "active", "value": "False" },
                { "op": "Add", "path": "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department", "value": "Engines" },
            ]),
        );
        let wanted = json!({
            "userName": "ada", "active": "False", "name": { "givenName": "Ada" },
            "emails": [{ "type": "work", "value": "ada@example.org" }],
            ENTERPRISE: { "department": "Engines" },
        });
        assert_eq!(made, wanted);
        let changed = patched(
            wanted,
            json!([
                { "op": "replace", "value": { "name.familyName": "Lovelace", "displayName": "Ada L." } },
                { "op": "Replace", "path": "emails[type eq \"work\"].value", "value": "a@example.org" },
            ]),
        );
        assert_eq!(changed["name"], json!({ "givenName": "Ada", "familyName": "Lovelace" }));
        assert_eq!(changed["emails"], json!([{ "type": "work", "value": "a@example.org" }]));
        let group = json!({ "members": [{ "value": "1" }, { "value": "2" }, { "value": "3" }] });
        let group = patched(
            group,
            json!([
                { "op": "Remove", "path": "members", "value": [{ "$ref": null, "value": "1" }] },
                { "op": "Remove", "path": "members[value eq \"2\"]" },
                { "op": "Add", "path": "members", "value": [{ "$ref": null, "value": "4" }, { "value": "3" }] },
            ]),
        );
        let members: Vec<_> = group["members"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| &one["value"])
            .collect();
        assert_eq!(members, ["3", "4"]);
    }

    /// As Okta sends them.
    #[test]
    fn okta() {
        let user = patched(
            json!({ "active": true }),
            json!([{ "op": "replace", "value": { "active": false } }]),
        );
        assert_eq!(user["active"], false);
        let group = patched(
            json!({ "displayName": "old", "members": [{ "value": "1" }] }),
            json!([
                { "op": "replace", "value": { "id": "7", "displayName": "new" } },
                { "op": "replace", "path": "members", "value": [{ "value": "2" }] },
            ]),
        );
        assert_eq!(group["displayName"], "new");
        assert_eq!(group["members"], json!([{ "value": "2" }]));
        assert_eq!(
            patched(group, json!([{ "op": "remove", "path": "members" }])).get("members"),
            None
        );
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        let mut document = Map::new();
        for request in [
            json!({}),
            json!({ "Operations": {} }),
            json!({ "Operations": ["add"] }),
            json!({ "Operations": [{ "op": "move", "path": "a", "value": 1 }] }),
            json!({ "Operations": [{ "op": "remove" }] }),
            json!({ "Operations": [{ "op": "add", "value": 1 }] }),
            json!({ "Operations": [{ "op": "add", "path": "userName" }] }),
            json!({ "Operations": [{ "op": "add", "path": 7, "value": 1 }] }),
            json!({ "Operations": [{ "op": "add", "path": "emails[", "value": 1 }] }),
            json!({ "Operations": [{ "op": "replace", "path": "emails[type co \"x\"].value", "value": 1 }] }),
        ] {
            assert!(apply(&mut document, &request).is_err(), "{request}");
        }
    }
}
