//! Options of a server in the query of a link, and the profiles that they may name as the page shows them.

use axum::http::StatusCode;
use perijove_config::{Choice, Profile};
use perijove_model::entitlement::Quantity;
use perijove_model::{Limits, Plan};
use perijove_spawn::State as Object;
use perijove_store::{spans, spawners};
use perijove_web::pages::{ChoiceField, ChoiceLine, ProfileCard, ProfileCost};
use serde_json::Value;

use super::home_quotas::plain;
use super::whose::Whose;
use crate::Hub;
use crate::http::error::{HttpError, Result};
use crate::http::form::lists;
use crate::offers::{self, Card, Cost, Room, words};

/// In the query: what the others would come to is to be shown, and nothing started.
pub const LOOK: &str = "_look";
/// Keys of the query that are not options.
const NOT_OPTIONS: [&str; 4] = ["next", "display_name", "_xsrf", LOOK];
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

/// The profiles to choose from, the one that was used last first. What is chosen, or else was the last time, is chosen
/// again, if it is still there.
pub async fn profiles(hub: &Hub, whose: &Whose, chosen: Option<Value>) -> Result<Vec<ProfileCard>> {
    let store = &hub.store;
    let (person, mut cards) = offers::to(hub, store, &whose.user).await?;
    let options = match chosen {
        Some(chosen) => Some(chosen),
        None => last_options(hub, whose).await?,
    };
    let chosen = options.and_then(|options| offers::look(hub, &person, &whose.server, &options));
    let recent = spans::profiles(store, whose.user.id).await?;
    let used = |card: &Card| recent.iter().position(|slug| *slug == card.profile.slug);
    cards.sort_by_key(|card| used(card).unwrap_or(usize::MAX));
    let room = Room::read(hub, store, &person).await?;
    let slug = chosen.as_ref().and_then(|(plan, _)| plan.profile.clone());
    let shown = cards.iter().map(|card| {
        let slug_of = &card.profile.slug;
        let again = chosen.as_ref().filter(|_| slug.as_ref() == Some(slug_of));
        ProfileCard {
            checked: slug.as_ref().map_or(card.default, |slug| slug == slug_of),
            last_used: recent.first() == Some(slug_of),
            ..shown(card, again, room.as_ref())
        }
    });
    Ok(shown.collect())
}

/// Those of this server, or of the one that the person has started last.
async fn last_options(hub: &Hub, whose: &Whose) -> Result<Option<Value>> {
    let servers = spawners::of_user(&hub.store, whose.user.id).await?;
    let own = servers.iter().find(|server| server.name == whose.server.as_str());
    if let Some(options) = own.and_then(|own| own.user_options.clone()) {
        return Ok(Some(options));
    }
    let with_profile = servers.into_iter().filter(|server| server.profile.is_some());
    let last = with_profile.max_by_key(|server| server.run.requested_at);
    Ok(last.and_then(|last| last.user_options))
}

fn shown(card: &Card, chosen: Option<&(Plan, Value)>, room: Option<&Room<'_>>) -> ProfileCard {
    let profile = &card.profile;
    let mut plan = chosen.map_or(&card.plan, |(plan, _)| plan).clone();
    let before = plan.limits;
    let refused = room.and_then(|room| room.fit(&mut plan).err());
    if refused.is_some() {
        plan.limits = before;
    }
    let value = |choice: &Choice| {
        let given = chosen.and_then(|(_, options)| options.get(&choice.slug)?.as_str());
        given.unwrap_or(&choice.default).to_owned()
    };
    ProfileCard {
        choices: profile
            .choice
            .iter()
            .map(|choice| field(profile, choice, &value(choice)))
            .collect(),
        slug: profile.slug.clone(),
        name: profile.name.clone(),
        description: profile.description.clone(),
        picture: profile.picture.clone(),
        limits: words::limits(&plan.limits),
        costs: costs(room, &plan.limits),
        refused: refused.map(|why| why.to_string()),
        ..ProfileCard::default()
    }
}

/// That one more server is one more goes without saying.
fn costs(room: Option<&Room<'_>>, limits: &Limits) -> Vec<ProfileCost> {
    let all = room.map(|room| room.costs(limits)).unwrap_or_default();
    let told = all.iter().filter(|cost| cost.quantity != Quantity::Servers);
    told.map(cost).collect()
}

fn cost(cost: &Cost) -> ProfileCost {
    let plain = |amount| plain(cost.quantity, amount);
    ProfileCost {
        kind: words::quantity(cost.quantity),
        takes: plain(cost.takes),
        used: (cost.used > 0).then(|| plain(cost.used)),
        most: plain(cost.allowed),
    }
}

/// An address that starts what is chosen among these.
pub fn link(path: &str, cards: &[ProfileCard]) -> Option<String> {
    let card = cards.iter().find(|card| card.checked)?;
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair("opt-profile", &card.slug);
    for choice in &card.choices {
        let listed = choice
            .options
            .iter()
            .find(|option| option.selected)
            .map(|option| &option.slug);
        let value = listed.unwrap_or(&choice.typed);
        if !value.is_empty() {
            query.append_pair(&format!("{PREFIX}{}", choice.slug), value);
        }
    }
    Some(format!("{path}?{}", query.finish()))
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
        slug: choice.slug.clone(),
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
        assert_eq!(read("next=/x&display_name=y&_xsrf=z&_look=1"), Ok(None));
        assert_eq!(read("a=1&a=2"), is(json!({ "a": ["1", "2"] })));
        assert_eq!(read("opt-a=1&b=2"), is(json!({ "a": ["1"] })));
        assert_eq!(
            read("opt-display_name=a+b&opt-opt-foo=x"),
            is(json!({ "display_name": ["a b"], "opt-foo": ["x"] }))
        );
        assert_eq!(read("opt-=1"), Err(422));
    }
}
