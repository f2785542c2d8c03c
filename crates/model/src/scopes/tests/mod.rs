//! Scopes against what JupyterHub answered, and the algebra against a naive model.

mod measured;
mod properties;
mod words;

use super::*;

fn catalog() -> Catalog {
    let custom = |name: &str, subscopes: &[&str]| CustomScope {
        name: name.into(),
        description: format!("about {name}"),
        subscopes: subscopes.iter().map(ToString::to_string).collect(),
    };
    Catalog::with_custom(&[
        custom("custom:lab:write", &["custom:lab:read"]),
        custom("custom:lab:read", &[]),
    ])
    .unwrap()
}

/// alice is in red and blue, bob in blue.
fn in_group(user: &str, group: &str) -> bool {
    matches!((user, group), ("alice", "red" | "blue") | ("bob", "blue"))
}

fn set(text: &str) -> ScopeSet {
    catalog().read_expanded(&words_of(text)).unwrap()
}

fn words_of(text: &str) -> Vec<&str> {
    text.split_whitespace().collect()
}

fn resource(text: &str) -> Resource<'_> {
    match text.split_once('=') {
        None => Resource::Everything,
        Some(("user", name)) => Resource::User(name),
        Some(("group", name)) => Resource::Group(name),
        Some(("service", name)) => Resource::Service(name),
        Some((_, server)) => {
            let (user, server) = server.split_once('/').unwrap();
            Resource::Server { user, server }
        }
    }
}
