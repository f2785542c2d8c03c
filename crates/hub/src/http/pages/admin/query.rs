//! Which people the page is asked for: filters, order and place, all of it in the address.

use perijove_model::scopes::{Reach, Resource, Scope};
use perijove_store::users::{ListQuery, Sort, StateFilter};
use perijove_web::pages::{AdminQuery, Column};

use super::menu;
use crate::Hub;
use crate::http::pages::allows;
use crate::http::pages::filters::{Counted, Field, Filters, Takes, column, said};
use crate::http::visitor::Principal;
use crate::http::xsrf::query_value;

/// So many stand on one page at most.
pub const MOST_SHOWN: u32 = 200;

/// What was asked for, as far as it means something and the visitor may know it.
pub struct Asked {
    filters: AdminQuery,
    pub place: Counted,
}

impl Filters for AdminQuery {
    fn fields(&mut self) -> Vec<Field<'_>> {
        vec![
            ("name_filter", Takes::Text, &mut self.name_filter),
            ("state", Takes::OneOf(&["active", "ready", "inactive"]), &mut self.state),
            ("admin", Takes::OneOf(&["yes", "no"]), &mut self.admin),
            ("group", Takes::Text, &mut self.group),
            ("role", Takes::Text, &mut self.role),
            ("sort", Takes::OneOf(&SORTS), &mut self.sort),
        ]
    }
}

impl Asked {
    pub fn read(hub: &Hub, by: &Principal, query: &str) -> Self {
        let mut filters = AdminQuery::read(query);
        if filters.name_filter.is_empty() {
            // As JupyterHub's page calls it.
            filters.name_filter = query_value(query, "user_search").unwrap_or_default().trim().to_owned();
        }
        if !may_filter_admins(by) {
            filters.admin.clear();
        }
        if !may_see_group(by, &filters.group) {
            filters.group.clear();
        }
        if !may_filter_roles(by) {
            filters.role.clear();
        }
        if filters.sort.is_empty() {
            SORTS[0].clone_into(&mut filters.sort);
        }
        let limit = query_value(query, "limit").and_then(|text| text.trim().parse::<i64>().ok());
        let default = i64::from(hub.config.hub.api_page_default_limit);
        filters.limit = limit.unwrap_or(default).clamp(1, i64::from(MOST_SHOWN));
        Self {
            place: Counted::read(query, filters.limit),
            filters,
        }
    }

    /// The people whom this asks for, of those whom the visitor may see.
    pub fn query(&self, reach: &Reach) -> ListQuery {
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
            name_filter: said(&self.filters.name_filter),
            admin: said(&self.filters.admin).map(|admin| admin == "yes"),
            group: said(&self.filters.group),
            role: said(&self.filters.role),
            sort: match column {
                "last_activity" => Sort::LastActivity,
                // Whoever came later has the greater id.
                "created" => Sort::Id,
                _ => Sort::Name,
            },
            descending: self.filters.sort.starts_with('-'),
            offset: self.place.offset,
            limit: self.filters.limit,
            only,
            only_groups,
            ..ListQuery::default()
        }
    }

    /// This very page.
    pub fn url(&self, hub: &Hub) -> String {
        self.address(hub, &self.filters.sort, self.place.offset)
    }

    pub fn columns(&self, hub: &Hub) -> Vec<Column> {
        let column =
            |key, latest_first| column(key, &self.filters.sort, latest_first, |sort| self.address(hub, sort, 0));
        vec![
            column("name", false),
            column("last_activity", true),
            column("created", true),
        ]
    }

    fn address(&self, hub: &Hub, sort: &str, offset: i64) -> String {
        let (sort, filters) = (sort.to_owned(), self.filters.clone());
        let list = AdminQuery { sort, ..filters }.link(&menu::PEOPLE.url(hub));
        list.with("limit", self.filters.limit).with("offset", offset).done()
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
