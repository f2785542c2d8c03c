//! Which people the page is asked for: filters, order and place, all of it in the address.

use std::fmt::Write as _;

use perijove_model::escape;
use perijove_model::scopes::{Reach, Resource, Scope};
use perijove_store::users::{ListQuery, Sort, StateFilter};
use perijove_web::pages::{AdminQuery, Column};

use crate::Hub;
use crate::http::pages::allows;
use crate::http::visitor::Principal;
use crate::http::xsrf::query_value;

/// So many stand on one page at most.
pub const MOST_SHOWN: u32 = 200;

/// What was asked for, as far as it means something and the visitor may know it.
pub struct Asked {
    filters: AdminQuery,
    pub offset: i64,
}

impl Asked {
    /// What can't be read is as if it were not there: addresses are typed, too.
    pub fn read(hub: &Hub, by: &Principal, query: &str) -> Self {
        let text = |key: &str| query_value(query, key).map(|text| text.trim().to_owned());
        let one_of = |key: &str, known: &[&str]| text(key).filter(|text| known.contains(&text.as_str()));
        let whole = |key: &str| text(key).and_then(|text| text.parse::<i64>().ok());
        // PostgreSQL can't even look for it.
        let part = |key: &str| text(key).filter(|text| !text.contains('\0'));
        let default = i64::from(hub.config.hub.api_page_default_limit);
        let filters = AdminQuery {
            name_filter: part("name_filter").or_else(|| part("user_search")).unwrap_or_default(),
            state: one_of("state", &["active", "ready", "inactive"]).unwrap_or_default(),
            admin: one_of("admin", &["yes", "no"])
                .filter(|_| may_filter_admins(by))
                .unwrap_or_default(),
            group: part("group")
                .filter(|group| may_see_group(by, group))
                .unwrap_or_default(),
            role: part("role").filter(|_| may_filter_roles(by)).unwrap_or_default(),
            sort: one_of("sort", &SORTS).unwrap_or_else(|| "name".to_owned()),
            limit: whole("limit").unwrap_or(default).clamp(1, i64::from(MOST_SHOWN)),
        };
        Self {
            filters,
            offset: whole("offset").unwrap_or(0).clamp(0, i64::MAX - i64::from(MOST_SHOWN)),
        }
    }

    pub fn limit(&self) -> i64 {
        self.filters.limit
    }

    /// The people whom this asks for, of those whom the visitor may see.
    pub fn query(&self, reach: &Reach) -> ListQuery {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let column = self.filters.sort.trim_start_matches('-');
        let (only, only_groups) = match reach {
            Reach::All => (None, None),
            Reach::Only(filters) => (
                Some(filters.users().map(str::to_owned).collect()),
                Some(filters.groups().map(str::to_owned).collect()),
            ),
        };
        ListQuery {
            state: match self.filters.state.as_str() {
                "active" => Some(StateFilter::Active),
                "ready" => Some(StateFilter::Ready),
                "inactive" => Some(StateFilter::Inactive),
                _ => None,
            },
            name_filter: some(&self.filters.name_filter),
            admin: some(&self.filters.admin).map(|admin| admin == "yes"),
            group: some(&self.filters.group),
            role: some(&self.filters.role),
            sort: match column {
                "last_activity" => Sort::LastActivity,
                // Whoever came later has the greater id.
                "created" => Sort::Id,
                _ => Sort::Name,
            },
            descending: self.filters.sort.starts_with('-'),
            offset: self.offset,
            limit: self.filters.limit,
            only,
            only_groups,
            ..ListQuery::default()
        }
    }

    /// This very page.
    pub fn url(&self, hub: &Hub) -> String {
        self.address(hub, &self.filters.sort, self.offset)
    }

    /// The heads of columns: a click sorts by one, another click the other way round. Whoever looks for what happened
    /// last wants that first.
    pub fn columns(&self, hub: &Hub) -> Vec<Column> {
        let column = |key: &'static str, first: String, second: String| {
            let sort = self.filters.sort.as_str();
            let next = if sort == first { &second } else { &first };
            let direction = match sort {
                _ if sort == key => "ascending",
                _ if sort.strip_prefix('-') == Some(key) => "descending",
                _ => "",
            };
            Column {
                key,
                url: self.address(hub, next, 0),
                direction,
            }
        };
        vec![
            column("name", "name".into(), "-name".into()),
            column("last_activity", "-last_activity".into(), "last_activity".into()),
            column("created", "-created".into(), "created".into()),
        ]
    }

    fn address(&self, hub: &Hub, sort: &str, offset: i64) -> String {
        let filters = &self.filters;
        let pairs = [
            ("name_filter", filters.name_filter.as_str()),
            ("state", filters.state.as_str()),
            ("admin", filters.admin.as_str()),
            ("group", filters.group.as_str()),
            ("role", filters.role.as_str()),
            ("sort", sort),
        ];
        let mut url = format!("{}admin?limit={}&offset={offset}", hub.prefix(), filters.limit);
        for (key, value) in pairs.into_iter().filter(|(_, value)| !value.is_empty()) {
            let _ = write!(url, "&{key}={}", escape::component(value));
        }
        url
    }

    pub fn into_page(self) -> AdminQuery {
        self.filters
    }
}

const SORTS: [&str; 6] = [
    "name",
    "-name",
    "last_activity",
    "-last_activity",
    "created",
    "-created",
];

/// A filter must tell nobody what their scopes keep from them.
pub fn may_filter_admins(by: &Principal) -> bool {
    by.scopes.holds_all(Scope::ReadUsersName)
}

pub fn may_filter_roles(by: &Principal) -> bool {
    by.scopes.holds_all(Scope::ReadRolesUsers)
}

/// Whether there is any group that they may ask for.
pub fn may_filter_groups(by: &Principal) -> bool {
    by.scopes.holds_all(Scope::ReadUsersGroups) || by.scopes.holds(Scope::ReadGroups)
}

pub fn may_see_group(by: &Principal, group: &str) -> bool {
    by.scopes.holds_all(Scope::ReadUsersGroups) || allows(by, Scope::ReadGroups, Resource::Group(group))
}
