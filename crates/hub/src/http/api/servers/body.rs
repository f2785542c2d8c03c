//! The bodies that say what a server is to be.

use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::http::error::{HttpError, Result};

type Object = Map<String, Value>;

/// What a server is called, and what it is started with. A body with neither key is the options themselves, as before
/// JupyterHub 6.
#[derive(Debug, Default, PartialEq, ToSchema)]
pub struct ServerWish {
    /// What people call the server.
    pub display_name: Option<String>,
    /// What it is started with; those of the last start if there are none.
    #[schema(value_type = Option<Object>)]
    pub user_options: Option<Value>,
}

/// What is to change.
#[derive(Debug, Default, PartialEq, ToSchema)]
pub struct ServerChange {
    /// The new name.
    pub name: Option<String>,
    /// What people call the server.
    pub display_name: Option<String>,
    /// What it is started with from now on.
    #[schema(value_type = Option<Object>)]
    pub user_options: Option<Value>,
}

impl ServerWish {
    pub fn read(body: Option<Object>) -> Result<Self> {
        let Some(mut body) = body.filter(|body| !body.is_empty()) else {
            return Ok(Self::default());
        };
        if !body.contains_key("user_options") && !body.contains_key("display_name") {
            return Ok(Self {
                display_name: None,
                user_options: Some(Value::Object(body)),
            });
        }
        let display_name = match body.remove("display_name") {
            None => None,
            Some(name) => Some(text(name, "display_name")?),
        };
        let user_options = match body.remove("user_options") {
            None | Some(Value::Null) => None,
            Some(options @ Value::Object(_)) => Some(options),
            Some(_) => return Err(HttpError::bad_request("user_options must be an object or null")),
        };
        Ok(Self {
            display_name,
            user_options,
        })
    }
}

impl ServerChange {
    pub fn read(body: Option<Object>) -> Result<Self> {
        const KEYS: [&str; 3] = ["name", "display_name", "user_options"];
        let mut body = body.unwrap_or_default();
        if body.is_empty() {
            return Err(HttpError::bad_request("Must specify at least one field to modify."));
        }
        if body.keys().any(|key| !KEYS.contains(&key.as_str())) {
            let known = KEYS.join(", ");
            return Err(HttpError::bad_request(format!(
                "Unexpected fields, supported fields: {known}"
            )));
        }
        let mut optional = |key: &str| match body.remove(key) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => text(value, key).map(Some),
        };
        let (name, display_name) = (optional("name")?, optional("display_name")?);
        let user_options = match body.remove("user_options") {
            None => None,
            Some(options @ Value::Object(_)) => Some(options),
            Some(_) => return Err(HttpError::bad_request("user_options must be a dict")),
        };
        Ok(Self {
            name,
            display_name,
            user_options,
        })
    }
}

fn text(value: Value, key: &str) -> Result<String> {
    match value {
        Value::String(text) => Ok(text),
        _ => Err(HttpError::bad_request(format!("{key} must be a string"))),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn both_forms_of_a_wish_are_read() {
        let read = |body: Value| {
            let wish = ServerWish::read(body.as_object().cloned()).map_err(|e| e.message.unwrap_or_default())?;
            Ok::<_, String>((wish.user_options, wish.display_name))
        };
        assert_eq!(read(json!({})), Ok((None, None)));
        assert_eq!(read(json!({ "size": "L" })), Ok((Some(json!({ "size": "L" })), None)));
        assert_eq!(
            read(json!({ "user_options": { "a": 1 }, "display_name": "My" })),
            Ok((Some(json!({ "a": 1 })), Some("My".into())))
        );
        assert_eq!(read(json!({ "user_options": null })), Ok((None, None)));
        // JupyterHub passes over what else there is.
        assert_eq!(
            read(json!({ "user_options": {}, "extra": 1 })),
            Ok((Some(json!({})), None))
        );
        assert_eq!(
            read(json!({ "user_options": 1 })),
            Err("user_options must be an object or null".into())
        );
        assert_eq!(
            read(json!({ "display_name": null })),
            Err("display_name must be a string".into())
        );
    }

    #[test]
    fn a_change_names_what_is_to_change() {
        let read = |body: Value| ServerChange::read(body.as_object().cloned()).map_err(|e| e.message.unwrap());
        assert_eq!(
            read(json!({ "name": "new", "display_name": null }))
                .unwrap()
                .name
                .as_deref(),
            Some("new")
        );
        for (body, part) in [
            (json!({}), "at least one field"),
            (json!({ "image": "x" }), "Unexpected fields"),
            (json!({ "name": 5 }), "name must be a string"),
            (json!({ "user_options": null }), "user_options must be a dict"),
        ] {
            assert!(read(body.clone()).unwrap_err().contains(part), "{body}");
        }
    }
}
