//! Options of a server in the query of a link, and the profiles that they may name as the page shows them.

use axum::http::StatusCode;
use perijove_config::{Choice, Profile};
use perijove_spawn::State as Object;
use perijove_web::pages::{ChoiceField, ChoiceLine, ProfileCard};
use serde_json::Value;

use crate::http::error::{HttpError, Result};
use crate::http::form::lists;
use crate::offers::{self, Card, words};

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

/// The profiles to choose from. What was chosen the last time is chosen again, if it is still there.
pub fn cards(cards: Vec<Card>, last: Option<&Value>) -> Vec<ProfileCard> {
    let last_of = |key: &str| last.and_then(|last| last.get(key)).and_then(Value::as_str);
    let again = last_of("profile").filter(|slug| cards.iter().any(|card| card.profile.slug == *slug));
    let shown = cards.iter().map(|card| {
        let profile = &card.profile;
        let checked = again.map_or(card.default, |slug| slug == profile.slug);
        let choices = profile.choice.iter().map(|choice| {
            let last = if again == Some(profile.slug.as_str()) {
                last_of(&choice.slug)
            } else {
                None
            };
            field(
                profile,
                choice,
                last.filter(|text| choice.takes(text)).unwrap_or(&choice.default),
            )
        });
        ProfileCard {
            choices: choices.collect(),
            slug: profile.slug.clone(),
            name: profile.name.clone(),
            description: profile.description.clone(),
            picture: profile.picture.clone(),
            limits: words::limits(&card.plan.limits),
            checked,
        }
    });
    shown.collect()
}

fn field(profile: &Profile, choice: &Choice, value: &str) -> ChoiceField {
    let names = offers::field_names(profile, choice);
    let options = choice.option.iter().map(|option| ChoiceLine {
        slug: option.slug.clone(),
        name: option.name.clone(),
        selected: option.slug == value,
    });
    let options: Vec<ChoiceLine> = options.collect();
    let listed = options.iter().any(|option| option.selected);
    ChoiceField {
        name: choice.name.clone(),
        select: names.select,
        text: choice.pattern.as_ref().map(|_| names.text).unwrap_or_default(),
        typed: if listed { String::new() } else { value.to_owned() },
        pattern: choice
            .pattern
            .as_ref()
            .map(|pattern| pattern.as_str().to_owned())
            .unwrap_or_default(),
        options,
    }
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
