//! To whom or what a scope is limited, and which filter covers which resource.

use std::fmt;

/// What somebody wants to act on; names are borrowed, so that asking allocates nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Resource<'a> {
    /// Nothing in particular: only a scope without filter will do.
    Everything,
    User(&'a str),
    Group(&'a str),
    Service(&'a str),
    /// The default server has the empty name.
    Server {
        user: &'a str,
        server: &'a str,
    },
}

impl Resource<'_> {
    /// The user it is or belongs to.
    #[must_use]
    pub fn user(&self) -> Option<&str> {
        match self {
            Self::User(user) | Self::Server { user, .. } => Some(user),
            Self::Everything | Self::Group(_) | Self::Service(_) => None,
        }
    }
}

impl fmt::Display for Resource<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Everything => f.write_str("*"),
            Self::User(user) => write!(f, "user={user}"),
            Self::Group(group) => write!(f, "group={group}"),
            Self::Service(service) => write!(f, "service={service}"),
            Self::Server { user, server } => write!(f, "server={user}/{server}"),
        }
    }
}

/// The part after the `!`, owner-relative forms resolved. Prints as `user=alice`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Filter {
    User(Box<str>),
    Group(Box<str>),
    Service(Box<str>),
    Server { user: Box<str>, server: Box<str> },
}

impl Filter {
    #[must_use]
    pub fn user(name: &str) -> Self {
        Self::User(name.into())
    }

    #[must_use]
    pub fn group(name: &str) -> Self {
        Self::Group(name.into())
    }

    #[must_use]
    pub fn service(name: &str) -> Self {
        Self::Service(name.into())
    }

    #[must_use]
    pub fn server(user: &str, server: &str) -> Self {
        Self::Server {
            user: user.into(),
            server: server.into(),
        }
    }

    /// Reads `user=alice`; none if the kind is unknown, the value is empty, or a server lacks its `/`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (kind, value) = text.split_once('=')?;
        if value.is_empty() {
            return None;
        }
        match kind {
            "user" => Some(Self::user(value)),
            "group" => Some(Self::group(value)),
            "service" => Some(Self::service(value)),
            "server" => match value.split_once('/')? {
                ("", _) => None,
                (user, server) => Some(Self::server(user, server)),
            },
            _ => None,
        }
    }

    #[must_use]
    pub fn resource(&self) -> Resource<'_> {
        match self {
            Self::User(user) => Resource::User(user),
            Self::Group(group) => Resource::Group(group),
            Self::Service(service) => Resource::Service(service),
            Self::Server { user, server } => Resource::Server { user, server },
        }
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.resource().fmt(f)
    }
}

/// Who is in which group, as far as a question needs it.
pub trait Membership {
    fn is_member(&self, user: &str, group: &str) -> bool;
}

impl<F: Fn(&str, &str) -> bool> Membership for F {
    fn is_member(&self, user: &str, group: &str) -> bool {
        self(user, group)
    }
}

/// For questions in which no group filter can occur.
#[derive(Debug, Clone, Copy)]
pub struct NoGroups;

impl Membership for NoGroups {
    fn is_member(&self, _user: &str, _group: &str) -> bool {
        false
    }
}

/// The groups of one user, as a request loads them for the user it is about.
#[derive(Debug, Clone, Copy)]
pub struct GroupsOf<'a> {
    pub user: &'a str,
    pub groups: &'a [String],
}

impl Membership for GroupsOf<'_> {
    fn is_member(&self, user: &str, group: &str) -> bool {
        user == self.user && self.groups.iter().any(|own| own == group)
    }
}

/// `(user, group)` pairs: what a query over [`super::ScopeSet::named_groups`] returns.
#[derive(Debug, Clone, Default)]
pub struct Members(std::collections::BTreeMap<String, std::collections::BTreeSet<String>>);

impl FromIterator<(String, String)> for Members {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(pairs: I) -> Self {
        let mut members = Self::default();
        for (user, group) in pairs {
            members.0.entry(user).or_default().insert(group);
        }
        members
    }
}

impl Membership for Members {
    fn is_member(&self, user: &str, group: &str) -> bool {
        self.0.get(user).is_some_and(|groups| groups.contains(group))
    }
}

/// Several filters on one scope, any of which will do. Sorted, without doubles, never empty in a `ScopeSet`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Filters(Vec<Filter>);

impl Filters {
    pub fn insert(&mut self, filter: Filter) {
        if let Err(place) = self.0.binary_search(&filter) {
            self.0.insert(place, filter);
        }
    }

    #[must_use]
    pub fn as_slice(&self) -> &[Filter] {
        &self.0
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn iter(&self) -> std::slice::Iter<'_, Filter> {
        self.0.iter()
    }

    pub fn users(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|filter| match filter {
            Filter::User(name) => Some(&**name),
            _ => None,
        })
    }

    pub fn groups(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|filter| match filter {
            Filter::Group(name) => Some(&**name),
            _ => None,
        })
    }

    pub fn services(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|filter| match filter {
            Filter::Service(name) => Some(&**name),
            _ => None,
        })
    }

    /// Pairs of user and server name.
    pub fn servers(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().filter_map(|filter| match filter {
            Filter::Server { user, server } => Some((&**user, &**server)),
            _ => None,
        })
    }

    /// Whether one of them covers the resource: names it, its user, or a group of that user.
    pub fn cover(&self, resource: Resource<'_>, membership: &dyn Membership) -> bool {
        self.names(resource)
            || match resource {
                Resource::User(user) => self.groups().any(|group| membership.is_member(user, group)),
                Resource::Server { user, .. } => self.cover(Resource::User(user), membership),
                Resource::Everything | Resource::Group(_) | Resource::Service(_) => false,
            }
    }

    fn names(&self, resource: Resource<'_>) -> bool {
        self.0
            .binary_search_by(|filter| filter.resource().cmp(&resource))
            .is_ok()
    }
}

impl FromIterator<Filter> for Filters {
    fn from_iter<I: IntoIterator<Item = Filter>>(filters: I) -> Self {
        let mut filters: Vec<Filter> = filters.into_iter().collect();
        filters.sort_unstable();
        filters.dedup();
        Self(filters)
    }
}

impl<'a> IntoIterator for &'a Filters {
    type Item = &'a Filter;
    type IntoIter = std::slice::Iter<'a, Filter>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}
