//! Options of a server in the query of a link.

use axum::http::StatusCode;
use perijove_spawn::State as Object;
use serde_json::Value;

use crate::http::error::{HttpError, Result};
use crate::http::form::lists;

/// Keys of the query that are not options.
const NOT_OPTIONS: [&str; 3] = ["next", "display_name", "_xsrf"];
const PREFIX: &str = "opt-";

/// Those with the prefix `opt-`; where there is none, all, as links from before JupyterHub 6 have them.
pub fn in_query(query: &str) -> Result<Option<Object>> {
    let pairs = || url::form_urlencoded::parse(query.as_bytes()).into_owned();
    let prefixed = pairs().any(|(key, _)| key.starts_with(PREFIX));
    if pairs().any(|(key, _)| key == PREFIX) {
        let words = format!("Invalid user-option name {PREFIX}");
        return Err(HttpError::new(StatusCode::UNPROCESSABLE_ENTITY, words));
    }
    let options = pairs().filter_map(|(key, text)| {
        let key = match key.strip_prefix(PREFIX) {
            Some(key) => key.to_owned(),
            None if prefixed || NOT_OPTIONS.contains(&key.as_str()) => return None,
            None => key,
        };
        Some((key, Value::String(text)))
    });
    let options = lists(options);
    Ok((!options.is_empty()).then_some(options))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::in_query;

    #[test]
    fn options_are_read_from_links() {
        let read = |query| in_query(query).map_err(|error| error.status.as_u16());
        let is = |options: serde_json::Value| Ok(options.as_object().cloned());
        assert_eq!(read("next=/x&display_name=y&_xsrf=z"), Ok(None));
        assert_eq!(read("a=1&a=2"), is(json!({ "a": ["1", "2"] })));
        assert_eq!(read("opt-a=1&b=2"), is(json!({ "a": ["1"] })));
        assert_eq!(
            read("opt-display_name=a+b&opt-opt-foo=x"),
            is(json!({ "display_name": ["a b"], "opt-foo": ["x"] }))
        );
        assert_eq!(read("opt-=1"), Err(422));
    }
}
