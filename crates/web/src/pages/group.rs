//! The pages of groups: which there are, who is in one, and what it carries.

use serde::Serialize;

use super::NASTY;
use crate::render::Page;

/// `groups.html`: a page of the groups, and the form for a new one, sent to `action_url` with `name` and `users`.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Groups {
    pub groups: Vec<GroupLine>,
    pub total: i64,
    pub may_make: bool,
    pub action_url: String,
    /// What was typed, if that came to nothing.
    pub draft: GroupDraft,
    pub problem: Option<String>,
    pub previous_url: Option<String>,
    pub next_url: Option<String>,
}

/// A group in the list; `None` is what the visitor may not see.
#[derive(Debug, Clone, Default, Serialize)]
pub struct GroupLine {
    pub name: String,
    pub members: Option<i64>,
    pub roles: Vec<String>,
    pub url: String,
}

#[derive(Debug, Clone, Default, Serialize)]
pub struct GroupDraft {
    pub name: String,
    /// One on each line.
    pub users: String,
}

/// `group.html`: one group. Its forms are sent to `action_url` with `do`: `add`, `take`, `properties` or `delete`.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Group {
    pub name: String,
    /// Absent if the visitor may not see who is in it.
    pub members: Option<Vec<String>>,
    /// How many there are besides those shown.
    pub more_members: i64,
    /// As JSON, in lines.
    pub properties: Option<String>,
    pub may_change: bool,
    pub may_delete: bool,
    pub action_url: String,
    pub list_url: String,
    pub draft: String,
    pub problem: Option<String>,
}

impl Page for Groups {
    const TEMPLATE: &'static str = "groups.html";

    fn samples() -> Vec<Self> {
        let line = |name: &str, members, roles: &[&str]| GroupLine {
            name: name.into(),
            members,
            roles: roles.iter().map(ToString::to_string).collect(),
            url: format!("/hub/admin/groups/{}", perijove_model::escape::segment(name)),
        };
        let list = Self {
            groups: vec![
                line("observers", Some(3), &["night-watch"]),
                line("pisa", Some(1), &[]),
                line("secret", None, &[]),
            ],
            total: 53,
            action_url: "/hub/admin/groups".into(),
            ..Self::default()
        };
        vec![
            Self {
                may_make: true,
                next_url: Some("/hub/admin/groups?offset=50".into()),
                ..list.clone()
            },
            Self {
                groups: Vec::new(),
                total: 0,
                previous_url: Some("/hub/admin/groups?offset=0".into()),
                ..list.clone()
            },
            Self {
                groups: vec![line(NASTY, Some(0), &[NASTY])],
                may_make: true,
                draft: GroupDraft {
                    name: NASTY.into(),
                    users: NASTY.into(),
                },
                problem: Some(NASTY.into()),
                ..list
            },
        ]
    }
}

impl Page for Group {
    const TEMPLATE: &'static str = "group.html";

    fn samples() -> Vec<Self> {
        let group = Self {
            name: "observers".into(),
            action_url: "/hub/admin/groups/observers".into(),
            list_url: "/hub/admin/groups".into(),
            ..Self::default()
        };
        vec![
            Self {
                members: Some(vec!["galileo".into(), "kepler".into()]),
                more_members: 12,
                properties: Some("{\n  \"room\": \"tower\"\n}".into()),
                may_change: true,
                may_delete: true,
                ..group.clone()
            },
            Self {
                members: Some(Vec::new()),
                properties: Some("{}".into()),
                ..group.clone()
            },
            Self {
                name: NASTY.into(),
                members: Some(vec![NASTY.into()]),
                properties: Some(NASTY.into()),
                may_change: true,
                may_delete: true,
                draft: NASTY.into(),
                problem: Some(NASTY.into()),
                ..group
            },
        ]
    }
}
