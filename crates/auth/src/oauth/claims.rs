//! What is said of a person, by path or template.

use serde_json::{Map, Value};

/// More groups of one person than that are not believed.
const MOST_GROUPS: usize = 10_000;

/// What stands at a path: names with dots between them. A name may have dots itself, as those of Auth0 do
/// (`https://example.org/groups`); lists are gone through one by one.
#[must_use]
pub fn at<'a>(value: &'a Value, path: &str) -> Vec<&'a Value> {
    if let Value::Array(list) = value {
        return list.iter().flat_map(|one| at(one, path)).collect();
    }
    if let Some(found) = value.get(path) {
        return vec![found];
    }
    let heads = path.match_indices('.').map(|(i, _)| (&path[..i], &path[i + 1..]));
    let mut deeper = heads.filter_map(|(head, rest)| Some(at(value.get(head)?, rest)));
    deeper.find(|found| !found.is_empty()).unwrap_or_default()
}

/// One text or number at a path.
#[must_use]
pub fn word(value: &Value, path: &str) -> Option<String> {
    match at(value, path).as_slice() {
        [one] => plain(one),
        _ => None,
    }
}

fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A path, or a template with paths in braces: `{given_name}.{family_name}`.
#[must_use]
pub fn filled(value: &Value, template: &str) -> Option<String> {
    if !template.contains('{') {
        return word(value, template);
    }
    let mut text = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let (path, after) = after.split_once('}')?;
        text.push_str(before);
        text.push_str(&word(value, path)?);
        rest = after;
    }
    text.push_str(rest);
    Some(text)
}

/// The names at a path: texts, objects with a `name`, or the keys of one object. Commas part the names of one text.
#[must_use]
pub fn names(value: &Value, path: &str) -> Vec<String> {
    let mut names = Vec::new();
    for found in at(value, path) {
        collect(found, &mut names);
    }
    names.retain(|name| !name.trim().is_empty());
    names.truncate(MOST_GROUPS);
    names.sort();
    names.dedup();
    names
}

fn collect(value: &Value, names: &mut Vec<String>) {
    match value {
        Value::Array(list) => list.iter().for_each(|one| match one {
            Value::String(name) => names.push(name.clone()),
            Value::Object(object) => names.extend(object.get("name").and_then(plain)),
            other => names.extend(plain(other)),
        }),
        Value::String(text) => names.extend(text.split(',').map(|name| name.trim().to_owned())),
        Value::Object(object) => names.extend(object.keys().cloned()),
        _ => {}
    }
}

/// What others may see of a person.
#[must_use]
pub fn public(user: &Map<String, Value>) -> Value {
    let shown = [
        "name",
        "given_name",
        "family_name",
        "email",
        "picture",
        "avatar_url",
        "locale",
    ];
    let kept = shown
        .iter()
        .filter_map(|&name| Some((name.to_owned(), user.get(name).filter(|v| v.is_string())?.clone())));
    Value::Object(kept.collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn by_path_and_template() {
        let user = json!({
            "login": "ann", "id": 7, "name": { "first": "Ann", "last": "Lee" },
            "https://example.org/groups": ["a", "b"],
            "resource_access": { "hub": { "roles": ["user"] } },
            "teams": [{ "slug": "x" }, { "slug": "y" }],
            "memberOf": "staff, choir", "flags": { "gpu": true },
        });
        assert_eq!(filled(&user, "login").as_deref(), Some("ann"));
        assert_eq!(filled(&user, "id").as_deref(), Some("7"));
        assert_eq!(filled(&user, "{name.first}.{name.last}").as_deref(), Some("Ann.Lee"));
        assert_eq!(filled(&user, "{name.middle}"), None);
        assert_eq!(filled(&user, "name"), None);
        assert_eq!(names(&user, "https://example.org/groups"), ["a", "b"]);
        assert_eq!(names(&user, "resource_access.hub.roles"), ["user"]);
        assert_eq!(names(&user, "teams.slug"), ["x", "y"]);
        assert_eq!(names(&user, "memberOf"), ["choir", "staff"]);
        assert_eq!(names(&user, "flags"), ["gpu"]);
        assert!(names(&user, "nothing.here").is_empty());
    }
}
