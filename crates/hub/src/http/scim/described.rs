//! What stands of this in the API's description. It lies beside the API, under an address and with a media type of its own,
//! and it refuses in the words of SCIM.

use std::mem;

use perijove_model::scopes::Scope;
use utoipa::openapi::path::Operation;
use utoipa::openapi::security::SecurityRequirement;
use utoipa::openapi::{Components, ContentBuilder, OpenApi, Ref, RefOr, ResponseBuilder, Server};
use utoipa::{PartialSchema, ToSchema};

use super::error::TYPE;
use super::shapes::Refusal;
use super::{PLACE, operations};
use crate::http::api::description;

/// Where the hub is with the usual `base_url`.
pub const SERVER: &str = "/hub";

/// Of each refusal: its status, its name in the description, and what it means.
const REFUSALS: [(&str, &str, &str); 8] = [
    (
        "400",
        "ScimBadRequest",
        "The request is not understood: its body, its filter, or a path in it.",
    ),
    (
        "401",
        "ScimNobody",
        "There is no token that holds. A cookie is worth nothing here.",
    ),
    ("403", "ScimForbidden", "The token may not do it."),
    ("404", "ScimNotFound", "There is nothing of this id."),
    ("409", "ScimTaken", "Something of this name is there already."),
    ("412", "ScimChanged", "It has changed meanwhile."),
    ("413", "ScimTooLarge", "The body of the request is too large."),
    (
        "503",
        "ScimUnavailable",
        "The hub can't do it at this moment, or it takes longer. Try again.",
    ),
];

/// The whole of it, complete.
pub fn described() -> OpenApi {
    let (_, mut api) = operations().split_for_parts();
    for (path, mut item) in mem::take(&mut api.paths.paths) {
        let path = format!("/{PLACE}{path}");
        item.servers = Some(vec![Server::new(SERVER)]);
        for (method, operation) in description::operations(&mut item) {
            operation.operation_id = Some(description::operation_id(method, &path));
            complete(operation, |status| answers(status, method, &path));
        }
        api.paths.paths.insert(path, item);
    }
    let components = api.components.get_or_insert_with(Components::default);
    components
        .schemas
        .insert(Refusal::name().into_owned(), Refusal::schema());
    for (_, name, about) in REFUSALS {
        let body = ContentBuilder::new().schema(Some(Ref::from_schema_name(Refusal::name())));
        let refusal = ResponseBuilder::new().description(about).content(TYPE, body.build());
        components.responses.insert(name.to_owned(), refusal.build().into());
    }
    api
}

fn answers(status: &str, method: &str, path: &str) -> bool {
    let of_one = path.ends_with('}');
    match status {
        "404" => of_one,
        "409" | "413" => matches!(method, "post" | "put" | "patch"),
        "412" => of_one && method != "get",
        _ => true,
    }
}

fn complete(operation: &mut Operation, answers: impl Fn(&str) -> bool) {
    let ways = ["token", "oauth2"].map(|way| SecurityRequirement::new(way, [Scope::Scim.name()]));
    operation.security = Some(ways.to_vec());
    if let Some(RefOr::T(body)) = &mut operation.request_body {
        body.content = in_scim(mem::take(&mut body.content));
    }
    let responses = &mut operation.responses.responses;
    for response in responses.values_mut() {
        if let RefOr::T(response) = response {
            response.content = in_scim(mem::take(&mut response.content));
        }
    }
    for (status, name, _) in REFUSALS.into_iter().filter(|(status, ..)| answers(status)) {
        responses.insert(status.to_owned(), Ref::from_response_name(name).into());
    }
}

/// What is in a body, under SCIM's own media type.
fn in_scim<T, C: IntoIterator<Item = (String, T)> + FromIterator<(String, T)>>(content: C) -> C {
    content.into_iter().map(|(_, what)| (TYPE.to_owned(), what)).collect()
}
