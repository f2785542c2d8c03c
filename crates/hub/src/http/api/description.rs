//! The description of the API as a whole: what the operations have in common is said here, once.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use perijove_model::scopes::{Catalog, Scope};
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, AuthorizationCode, Flow, Http, HttpAuthScheme, OAuth2, Scopes, SecurityRequirement,
    SecurityScheme,
};
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{Components, InfoBuilder, LicenseBuilder, OpenApi, Ref, RefOr, Response, Server};

use super::refusals;
use crate::http::scim;

/// Where the API is with the usual `base_url`.
const SERVER: &str = "/hub/api";

const ABOUT: &str = "\
The REST API of Perijove, which is that of JupyterHub 6.1.1 and some more.

**Who asks.** With `Authorization: token TOKEN` (or `Bearer TOKEN`), or with the cookies of a browser that is signed in; \
then a request needs the header `X-XSRFToken` with the value of the cookie `_xsrf`. Where an operation names several \
scopes, one of them is enough. A scope may be limited (`read:users!group=class`): who has it for something else than \
what is asked for gets a 404 that tells nothing.

**Refusals** are `{\"status\": 403, \"message\": \"…\"}`. Without credentials that hold the answer is 403, not 401. \
A message is in English, for programs compare it; whoever shows it to a person adds `language=de` to the address, or what \
other language there is.

**Times** are ISO 8601 in UTC. A list that comes in pages takes `offset` and `limit`; with \
`Accept: application/jupyterhub-pagination+json` it says how many there are and where the next page is.";

const TAGS: &[(&str, &str)] = &[
    ("hub", "The hub itself: its version, its health, its end."),
    ("users", "People, and what is told of them."),
    (
        "servers",
        "People's notebook servers: make, start, watch, change, stop.",
    ),
    ("homes", "Where people's files are, how much there is, and the trash."),
    ("tokens", "API tokens."),
    ("groups", "Groups of people."),
    ("services", "Programs that work with the hub."),
    ("roles", "Who may do what, while the hub runs."),
    ("shares", "Servers that people let others use."),
    ("share-codes", "Codes with which whoever has one may use a server."),
    ("proxy", "The routes of the proxy."),
    ("oauth", "The OAuth provider behind servers and services."),
    ("environments", "Python environments of the hub's machine."),
    ("audit", "Who did what."),
    ("announcements", "What the hub tells people on top of its pages."),
    (
        "scim",
        "People and groups as a directory keeps them (SCIM 2.0), beside the API.",
    ),
    ("deprecated", "What only old programs ask."),
];

/// The default server has addresses of its own, without a name; they are routed beside those with one.
const DEFAULT_SERVER: [(&str, &str); 2] = [
    ("/users/{user}/servers/{server}", "/users/{user}/server"),
    (
        "/users/{user}/servers/{server}/progress",
        "/users/{user}/server/progress",
    ),
];

/// Says in which way somebody may prove who they are. Operations name `token` and mean any of them.
const WAYS: [&str; 3] = ["token", "oauth2", "session"];

static DOCUMENT: LazyLock<String> = LazyLock::new(|| {
    let mut text = complete(super::openapi()).to_pretty_json().unwrap_or_default();
    text.push('\n');
    text
});

/// The description as it is committed in `docs/reference`, in JSON.
#[must_use]
pub fn document() -> &'static str {
    &DOCUMENT
}

/// The same for a hub that is elsewhere; its address ends with a slash.
pub(super) fn document_at(hub: &str) -> String {
    let server = |url: &str| format!("\"url\": {}", serde_json::Value::from(url));
    let oauth = |api: &str| {
        let begin = serde_json::Value::from(format!("{api}/oauth2/")).to_string();
        format!("Url\": {}", begin.trim_end_matches('"'))
    };
    let api = format!("{hub}api");
    DOCUMENT
        .replacen(&server(SERVER), &server(&api), 1)
        .replace(&oauth(SERVER), &oauth(&api))
        .replace(&server(scim::SERVER), &server(hub.trim_end_matches('/')))
}

fn complete(mut api: OpenApi) -> OpenApi {
    api.info = InfoBuilder::new()
        .title("Perijove")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(ABOUT))
        .license(Some(LicenseBuilder::new().name(env!("CARGO_PKG_LICENSE")).build()))
        .build();
    api.servers = Some(vec![Server::new(SERVER)]);
    let components = api.components.get_or_insert_with(Components::default);
    components.schemas.extend(refusals::schemas());
    components.security_schemes = security_schemes();
    let refusals = Refusals::all();
    components.responses.extend(refusals.named.clone());
    for (named, default) in DEFAULT_SERVER {
        if let Some(item) = api.paths.paths.get(named) {
            api.paths
                .paths
                .insert(default.to_owned(), of_default_server(item.clone()));
        }
    }
    for (path, item) in &mut api.paths.paths {
        for (method, operation) in operations(item) {
            complete_operation(method, path, operation, &refusals);
        }
    }
    api.merge(scim::described());
    let used = tags_of(&api);
    api.tags = Some(
        TAGS.iter()
            .filter(|(name, _)| used.contains(*name))
            .map(|(name, about)| TagBuilder::new().name(*name).description(Some(*about)).build())
            .collect(),
    );
    api
}

fn of_default_server(mut item: PathItem) -> PathItem {
    for (_, operation) in operations(&mut item) {
        operation.summary = operation
            .summary
            .as_ref()
            .map(|summary| format!("{} (the default server)", summary.trim_end_matches('.')));
        if let Some(parameters) = &mut operation.parameters {
            parameters.retain(|parameter| !matches!(parameter, RefOr::T(parameter) if parameter.name == "server"));
        }
    }
    item
}

/// The operations of a path, with their methods.
pub(in crate::http) fn operations(item: &mut PathItem) -> impl Iterator<Item = (&'static str, &mut Operation)> {
    [
        ("get", &mut item.get),
        ("post", &mut item.post),
        ("put", &mut item.put),
        ("patch", &mut item.patch),
        ("delete", &mut item.delete),
    ]
    .into_iter()
    .filter_map(|(method, operation)| Some((method, operation.as_mut()?)))
}

fn tags_of(api: &OpenApi) -> std::collections::BTreeSet<String> {
    let mut paths = api.paths.paths.clone();
    let items = paths.values_mut().flat_map(operations);
    items
        .flat_map(|(_, operation)| operation.tags.clone().unwrap_or_default())
        .collect()
}

fn complete_operation(method: &str, path: &str, operation: &mut Operation, refusals: &Refusals) {
    operation.operation_id = Some(operation_id(method, path));
    let asks_who = operation.security.as_ref().is_some_and(|needed| !needed.is_empty());
    let needed = operation.security.take().unwrap_or_default();
    operation.security = Some(needed.iter().flat_map(every_way).collect());
    refusals.complete(&mut operation.responses.responses, refusals::common(asks_who));
}

type Responses = BTreeMap<String, RefOr<Response>>;

/// The refusals, written down once and referred to.
struct Refusals {
    named: Responses,
    of_status: BTreeMap<String, String>,
}

impl Refusals {
    fn all() -> Self {
        let (mut named, mut of_status) = (BTreeMap::new(), BTreeMap::new());
        for (name, responses) in refusals::all() {
            for (status, response) in responses {
                named.insert(name.to_owned(), response);
                of_status.insert(status, name.to_owned());
            }
        }
        Self { named, of_status }
    }

    /// Refers to what an operation says in the usual words, and adds what is common to all.
    fn complete(&self, responses: &mut Responses, common: &[&str]) {
        for (status, name) in &self.of_status {
            let usual = responses.get(status).map(|said| self.named.get(name) == Some(said));
            let wanted = usual.unwrap_or_else(|| common.contains(&status.as_str()));
            if wanted {
                responses.insert(status.clone(), Ref::from_response_name(name).into());
            }
        }
    }
}

/// `GET /users/{user}/tokens` is `get_users_user_tokens`.
pub(in crate::http) fn operation_id(method: &str, path: &str) -> String {
    let words = path
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty());
    std::iter::once(method).chain(words).collect::<Vec<_>>().join("_")
}

/// `("token" = ["a", "b"])`, either of which is enough, as OpenAPI says it: one requirement for each scope and way.
fn every_way(needed: &SecurityRequirement) -> Vec<SecurityRequirement> {
    let named: BTreeMap<String, Vec<String>> = serde_json::to_value(needed)
        .and_then(serde_json::from_value)
        .unwrap_or_default();
    let Some(scopes) = named.get("token") else {
        return vec![needed.clone()];
    };
    let mut ways = Vec::new();
    for way in WAYS {
        match scopes.as_slice() {
            [] => ways.push(SecurityRequirement::new(way, Vec::<String>::new())),
            scopes => ways.extend(scopes.iter().map(|scope| SecurityRequirement::new(way, [scope]))),
        }
    }
    ways
}

fn security_schemes() -> BTreeMap<String, RefOr<SecurityScheme>> {
    let catalog = Catalog::default();
    let scopes = Scope::ALL
        .iter()
        .map(|scope| (scope.name().to_owned(), catalog.description(*scope).to_owned()));
    let flow = AuthorizationCode::new(
        format!("{SERVER}/oauth2/authorize"),
        format!("{SERVER}/oauth2/token"),
        Scopes::from_iter(scopes),
    );
    let mut token = Http::new(HttpAuthScheme::Bearer);
    token.description = Some("An API token, as `Authorization: Bearer TOKEN` or `Authorization: token TOKEN`.".into());
    let session = ApiKeyValue::with_description(
        "jupyterhub-hub-login",
        "A browser that is signed in. It must repeat the cookie `_xsrf` in the header `X-XSRFToken`.",
    );
    let oauth2 = OAuth2::with_description(
        [Flow::AuthorizationCode(flow)],
        "A token that a server or service got for somebody.",
    );
    let mut client = Http::new(HttpAuthScheme::Basic);
    client.description =
        Some("A server or service, by its OAuth client id and its API token. The form may have them instead.".into());
    BTreeMap::from([
        ("client".to_owned(), SecurityScheme::Http(client).into()),
        ("token".to_owned(), SecurityScheme::Http(token).into()),
        ("oauth2".to_owned(), SecurityScheme::OAuth2(oauth2).into()),
        (
            "session".to_owned(),
            SecurityScheme::ApiKey(ApiKey::Cookie(session)).into(),
        ),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Further spellings of described paths; the empty name of the default server, for one.
    const SPELLINGS: &[&str] = &[
        "/groups/{group}/shared/{owner}/",
        "/share-codes/{owner}/",
        "/shares/{owner}/",
        "/users/{user}/servers/",
        "/users/{user}/servers//here",
        "/users/{user}/servers//notices",
        "/users/{user}/servers//progress",
        "/users/{user}/shared/{owner}/",
    ];

    fn described() -> OpenApi {
        complete(super::super::openapi())
    }

    #[test]
    fn every_operation_says_what_it_is() {
        let mut api = described();
        let tags: Vec<_> = TAGS.iter().map(|(name, _)| (*name).to_owned()).collect();
        let mut ids = std::collections::BTreeSet::new();
        for (path, item) in &mut api.paths.paths {
            for (method, operation) in operations(item) {
                let what = format!("{method} {path}");
                assert!(operation.summary.is_some(), "{what} has no summary");
                assert!(
                    ids.insert(operation.operation_id.clone()),
                    "{what} has the id of another"
                );
                let of = operation.tags.clone().unwrap_or_default();
                assert_eq!(of.len(), 1, "{what} has no tag, or more than one: {of:?}");
                assert!(tags.contains(&of[0]), "{what} has the tag {of:?}, which TAGS lacks");
                for parameter in operation.parameters.iter().flatten() {
                    let RefOr::T(parameter) = parameter else { continue };
                    assert!(parameter.schema.is_some(), "{what}: {} is of no type", parameter.name);
                }
                let good = operation
                    .responses
                    .responses
                    .keys()
                    .any(|status| status.starts_with(['2', '3']));
                let refused = of == ["deprecated"] || path.ends_with("/admin-access");
                assert!(good || refused, "{what} never succeeds");
            }
        }
    }

    /// What is added with `route` instead of `routes!` is not described.
    #[test]
    fn nothing_is_routed_without_a_description() {
        let src = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/http");
        let mut folders = vec![src.join("api"), src.join("oauth"), src.join("scim")];
        let mut routed = Vec::new();
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else if !path.ends_with("description.rs") {
                    routed.extend(routes_in(&std::fs::read_to_string(path).unwrap()));
                }
            }
        }
        let api = described();
        routed.retain(|path| !api.paths.paths.contains_key(path) && !SPELLINGS.contains(&path.as_str()));
        assert!(routed.is_empty(), "not with routes!(...), nor in SPELLINGS: {routed:?}");
    }

    /// The paths that are routed without `routes!`.
    fn routes_in(source: &str) -> Vec<String> {
        let routes = source.split(".route(").skip(1);
        let paths = routes.filter_map(|text| text.trim_start().strip_prefix('"')?.split('"').next());
        paths.map(str::to_owned).collect()
    }

    #[test]
    fn every_scope_that_an_operation_names_exists() {
        let mut api = described();
        for (path, item) in &mut api.paths.paths {
            for (method, operation) in operations(item) {
                let needed = serde_json::to_value(operation.security.take()).unwrap();
                for way in needed.as_array().into_iter().flatten() {
                    for (scheme, scopes) in way.as_object().into_iter().flatten() {
                        let known = WAYS.contains(&scheme.as_str()) || scheme == "client";
                        assert!(known, "{method} {path}: {scheme}");
                        for scope in scopes.as_array().into_iter().flatten() {
                            let scope = scope.as_str().unwrap_or_default();
                            assert!(Scope::named(scope).is_some(), "{method} {path}: no scope {scope:?}");
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn a_hub_elsewhere_says_where() {
        let text = document_at("/a/b/hub/");
        let api: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(api["servers"][0]["url"], "/a/b/hub/api");
        assert_eq!(api["paths"]["/scim/v2/Users"]["servers"][0]["url"], "/a/b/hub");
    }
}
