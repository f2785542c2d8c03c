//! The documents as the API's description has them. Nobody makes one: they are read and told by hand, since directories
//! write them in many ways. `/Schemas` tells directories all attributes.

#![expect(dead_code, reason = "it describes, nobody makes one")]

use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

/// A person. What else `/Schemas` names is kept and told, too.
#[derive(ToSchema)]
#[schema(as = ScimUser, rename_all = "camelCase")]
pub struct Person {
    schemas: Option<Vec<String>>,
    /// Given by the hub; the same for as long as the account is there.
    #[schema(read_only)]
    id: Option<String>,
    /// What the directory calls the person.
    external_id: Option<String>,
    /// The name of the account.
    user_name: String,
    /// Whether they may come in. Whoever may not is signed out, with tokens and servers.
    active: Option<bool>,
    display_name: Option<String>,
    #[schema(value_type = Option<Object>)]
    name: Value,
    emails: Option<Vec<Contact>>,
    #[schema(read_only)]
    groups: Option<Vec<Reference>>,
    #[schema(read_only)]
    meta: Option<Meta>,
}

/// A group of people.
#[derive(ToSchema)]
#[schema(as = ScimGroup, rename_all = "camelCase")]
pub struct Group {
    schemas: Option<Vec<String>>,
    /// Given by the hub; the same for as long as the group is there.
    #[schema(read_only)]
    id: Option<String>,
    /// What the directory calls the group.
    external_id: Option<String>,
    /// The name of the group.
    display_name: String,
    members: Option<Vec<Reference>>,
    #[schema(read_only)]
    meta: Option<Meta>,
}

#[derive(ToSchema)]
#[schema(as = ScimContact)]
pub struct Contact {
    value: Option<String>,
    /// What it is for: `work`, `home`.
    r#type: Option<String>,
    primary: Option<bool>,
}

/// Somebody in a group, or a group that somebody is in.
#[derive(ToSchema)]
#[schema(as = ScimReference)]
pub struct Reference {
    /// The `id`.
    value: String,
    #[schema(read_only)]
    display: Option<String>,
    #[schema(read_only, rename = "$ref")]
    place: Option<String>,
}

#[derive(ToSchema)]
#[schema(as = ScimMeta, rename_all = "camelCase")]
pub struct Meta {
    resource_type: String,
    #[schema(format = DateTime)]
    created: Option<String>,
    #[schema(format = DateTime)]
    last_modified: Option<String>,
    location: String,
    /// For `If-Match` and `If-None-Match`.
    version: Option<String>,
}

#[derive(ToSchema)]
#[schema(as = ScimUsers, rename_all = "camelCase")]
pub struct People {
    schemas: Vec<String>,
    total_results: i64,
    start_index: i64,
    items_per_page: i64,
    #[schema(rename = "Resources")]
    resources: Vec<Person>,
}

#[derive(ToSchema)]
#[schema(as = ScimGroups, rename_all = "camelCase")]
pub struct Groups {
    schemas: Vec<String>,
    total_results: i64,
    start_index: i64,
    items_per_page: i64,
    #[schema(rename = "Resources")]
    resources: Vec<Group>,
}

/// Changes, one after the other; all of them or none.
#[derive(ToSchema)]
#[schema(as = ScimPatch)]
pub struct Patch {
    schemas: Option<Vec<String>>,
    #[schema(rename = "Operations", max_items = 1000)]
    operations: Vec<Operation>,
}

#[derive(ToSchema)]
#[schema(as = ScimOperation)]
pub struct Operation {
    /// `add`, `replace` or `remove`.
    op: String,
    /// The attribute, as `name.givenName` or `emails[type eq "work"].value`. Without it `value` has attributes.
    path: Option<String>,
    value: Option<Value>,
}

/// Why something is not done.
#[derive(ToSchema)]
#[schema(as = ScimRefusal, rename_all = "camelCase")]
pub struct Refusal {
    schemas: Vec<String>,
    /// The HTTP status, once more, as a text.
    status: String,
    /// A word of RFC 7644 for it, if it has one.
    scim_type: Option<String>,
    detail: String,
}

/// Which of them, and which part of each.
#[derive(IntoParams)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub struct Listing {
    /// As `userName eq "ada"`.
    filter: Option<String>,
    /// The first of the page, counted from 1.
    start_index: Option<i32>,
    /// Most of the page: 200, or 100 if nothing is said.
    count: Option<i32>,
    /// Only these attributes, with commas between them.
    attributes: Option<String>,
    /// All but these.
    excluded_attributes: Option<String>,
}

/// Which part of it.
#[derive(IntoParams)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub struct Part {
    /// Only these attributes, with commas between them.
    attributes: Option<String>,
    /// All but these.
    excluded_attributes: Option<String>,
}

/// Whoever has seen it last.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
pub struct Unchanged {
    /// Only if this is its version still.
    #[param(rename = "If-Match")]
    if_match: Option<String>,
}
