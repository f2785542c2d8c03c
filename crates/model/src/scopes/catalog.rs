//! From strings to scopes: which names exist (the tree and the site's own), and what raw scopes come to for an owner.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use super::filter::Filter;
use super::scope::{SELF_SCOPES, Scope};
use super::set::ScopeSet;

/// Who holds the role or token whose scopes are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Owner<'a> {
    User(&'a str),
    Service(&'a str),
    /// A group's role or a share to a group: nothing owner-relative has a meaning.
    Group(&'a str),
}

/// What stands behind the OAuth client that issued a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ClientResource<'a> {
    Server { user: &'a str, server: &'a str },
    Service(&'a str),
}

/// Why a text is not a scope.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScopeError {
    #[error("Draft scope 'all' is now called 'inherit'")]
    RenamedAll,
    #[error("Scope '{0}' does not exist")]
    Unknown(String),
    #[error("Scope '{scope}' for {whose} does not exist")]
    UnknownOf { scope: String, whose: String },
    #[error(
        "Scope filter '!{filter}' in scope '{scope}' does not exist: \
         use !user, !service, !server, !user=NAME, !group=NAME, !service=NAME or !server=USER/SERVER"
    )]
    Filter { scope: String, filter: String },
}

/// The part after the `!` as somebody wrote it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RawFilter {
    /// `!user`: the owner
    OwnUser,
    /// `!service`: the owning service or the one behind the OAuth client
    OwnService,
    /// `!server`: the server behind the OAuth client
    OwnServer,
    Exactly(Filter),
}

/// A scope as roles and tokens store it: a metascope or with sub-scopes, perhaps relative to the owner.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RawScope {
    pub scope: Scope,
    pub filter: Option<RawFilter>,
}

impl From<Scope> for RawScope {
    fn from(scope: Scope) -> Self {
        Self { scope, filter: None }
    }
}

impl fmt::Display for RawScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.scope.name())?;
        match &self.filter {
            None => Ok(()),
            Some(RawFilter::OwnUser) => f.write_str("!user"),
            Some(RawFilter::OwnService) => f.write_str("!service"),
            Some(RawFilter::OwnServer) => f.write_str("!server"),
            Some(RawFilter::Exactly(filter)) => write!(f, "!{filter}"),
        }
    }
}

impl FromStr for RawFilter {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "user" => Ok(Self::OwnUser),
            "service" => Ok(Self::OwnService),
            "server" => Ok(Self::OwnServer),
            exact => Filter::parse(exact).map(Self::Exactly).ok_or(()),
        }
    }
}

/// A site's own scope, as its configuration defines it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomScope {
    pub name: String,
    pub description: String,
    pub subscopes: Vec<String>,
}

/// Why a definition of custom scopes is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CustomScopeError {
    #[error(
        "invalid custom scope '{0}': it is 'custom:' and then a-z, 0-9 and any of - _ : *, \
         begins with a letter or digit, and doesn't end with '-' or ':'"
    )]
    Name(String),
    #[error("custom scope '{0}' needs a description")]
    NoDescription(String),
    #[error("custom scope '{0}' is defined twice, differently")]
    Redefined(String),
    #[error("custom scope '{scope}' contains '{subscope}': a custom scope may only contain custom ones; use a role")]
    NotCustom { scope: String, subscope: String },
    #[error("custom scope '{scope}' contains '{subscope}', which is not defined")]
    NoSuchSubscope { scope: String, subscope: String },
}

#[derive(Debug, Clone)]
struct Definition {
    description: String,
    direct: Vec<Scope>,
}

/// Every scope there is: the tree and the site's own.
#[derive(Debug, Clone, Default)]
pub struct Catalog {
    custom: BTreeMap<&'static str, Definition>,
}

impl Catalog {
    /// The tree and these. Made once, from the configuration: the names stay in memory for good, so that scopes
    /// are as cheap to copy as the built-in ones.
    pub fn with_custom(scopes: &[CustomScope]) -> Result<Self, CustomScopeError> {
        let mut names = BTreeMap::new();
        for scope in scopes {
            check_custom(scope)?;
            if names
                .insert(scope.name.as_str(), scope)
                .is_some_and(|other| other != scope)
            {
                return Err(CustomScopeError::Redefined(scope.name.clone()));
            }
        }
        let interned: BTreeMap<&str, &'static str> = names
            .keys()
            .map(|name| (*name, &*Box::leak(Box::<str>::from(*name))))
            .collect();
        let mut custom = BTreeMap::new();
        for (name, scope) in names {
            let find = |subscope: &String| match interned.get(subscope.as_str()) {
                Some(name) => Ok(Scope::Custom(name)),
                None if Scope::named(subscope).is_some() => Err(CustomScopeError::NotCustom {
                    scope: name.to_owned(),
                    subscope: subscope.clone(),
                }),
                None => Err(CustomScopeError::NoSuchSubscope {
                    scope: name.to_owned(),
                    subscope: subscope.clone(),
                }),
            };
            let definition = Definition {
                description: scope.description.clone(),
                direct: scope.subscopes.iter().map(find).collect::<Result<_, _>>()?,
            };
            custom.insert(interned[name], definition);
        }
        Ok(Self { custom })
    }

    #[must_use]
    pub fn named(&self, name: &str) -> Option<Scope> {
        Scope::named(name).or_else(|| self.custom.get_key_value(name).map(|(name, _)| Scope::Custom(name)))
    }

    /// Reads `read:users!user=alice`.
    pub fn parse(&self, text: &str) -> Result<RawScope, ScopeError> {
        let (name, filter) = match text.split_once('!') {
            Some((name, filter)) => (name, Some(filter)),
            None => (text, None),
        };
        let scope = self.named(name).ok_or_else(|| match name {
            "all" => ScopeError::RenamedAll,
            _ => ScopeError::Unknown(text.to_owned()),
        })?;
        let filter = match filter {
            None => None,
            Some(filter) => Some(filter.parse().map_err(|()| ScopeError::Filter {
                scope: text.to_owned(),
                filter: filter.to_owned(),
            })?),
        };
        Ok(RawScope { scope, filter })
    }

    /// Refuses the first text that is not a scope; `whose` is for the error, such as `role teacher`.
    pub fn check(&self, scopes: &[String], whose: &str) -> Result<(), ScopeError> {
        for scope in scopes {
            self.parse(scope).map_err(|error| match error {
                ScopeError::Unknown(scope) => ScopeError::UnknownOf {
                    scope,
                    whose: whose.to_owned(),
                },
                other => other,
            })?;
        }
        Ok(())
    }

    /// The scope and all below it.
    #[must_use]
    pub fn with_subscopes(&self, scope: Scope) -> BTreeSet<Scope> {
        let mut found = BTreeSet::new();
        let mut pending = vec![scope];
        while let Some(scope) = pending.pop() {
            if found.insert(scope) {
                pending.extend_from_slice(self.direct(scope));
            }
        }
        found
    }

    fn direct(&self, scope: Scope) -> &[Scope] {
        match scope {
            Scope::Custom(name) => self.custom.get(name).map_or(&[], |definition| &definition.direct),
            builtin => builtin.direct(),
        }
    }

    /// What holding the scope allows, for people.
    #[must_use]
    pub fn description(&self, scope: Scope) -> &str {
        match scope {
            Scope::Custom(name) => self.custom.get(name).map_or(name, |definition| &definition.description),
            builtin => builtin.description(),
        }
    }

    /// What raw scopes come to for their owner: sub-scopes added, `self` and owner-relative filters resolved, reduced.
    ///
    /// What has no meaning for this owner is left out, and so are strings that are no scopes (any more): rows of a
    /// database outlive the configuration that their scopes came from. `unheeded` tells which.
    #[must_use]
    pub fn expand<S: AsRef<str>>(&self, raw: &[S], owner: &Owner<'_>, client: Option<&ClientResource<'_>>) -> ScopeSet {
        let mut set = ScopeSet::new();
        for text in raw {
            if let Ok(scope) = self.parse(text.as_ref()) {
                self.expand_one(&mut set, &scope, owner, client);
            }
        }
        set
    }

    /// The same for scopes that are parsed already.
    #[must_use]
    pub fn expand_parsed<'r>(
        &self,
        raw: impl IntoIterator<Item = &'r RawScope>,
        owner: &Owner<'_>,
        client: Option<&ClientResource<'_>>,
    ) -> ScopeSet {
        let mut set = ScopeSet::new();
        for scope in raw {
            self.expand_one(&mut set, scope, owner, client);
        }
        set
    }

    /// The most that raw scopes can come to, whoever gets them: what is relative to an owner counts as unlimited.
    #[must_use]
    pub fn expand_at_most<S: AsRef<str>>(&self, raw: &[S]) -> ScopeSet {
        let mut set = ScopeSet::new();
        for raw in raw.iter().filter_map(|text| self.parse(text.as_ref()).ok()) {
            let scopes = match raw.scope {
                Scope::Myself => SELF_SCOPES,
                ref one => std::slice::from_ref(one),
            };
            let filter = match &raw.filter {
                Some(RawFilter::Exactly(filter)) => Some(filter),
                _ => None,
            };
            scopes.iter().for_each(|scope| self.grant(&mut set, *scope, filter));
        }
        set
    }

    /// The raw scopes that `expand` leaves out, to be warned of once.
    #[must_use]
    pub fn unheeded<'r, S: AsRef<str>>(
        &self,
        raw: &'r [S],
        owner: &Owner<'_>,
        client: Option<&ClientResource<'_>>,
    ) -> Vec<&'r str> {
        raw.iter()
            .map(AsRef::as_ref)
            .filter(|text| self.expand(&[text], owner, client).is_empty())
            .collect()
    }

    /// What a share grants: its scopes, whatever their stored filters, for this one server.
    #[must_use]
    pub fn expand_share<S: AsRef<str>>(&self, scopes: &[S], user: &str, server: &str) -> ScopeSet {
        let mut set = ScopeSet::new();
        for scope in scopes.iter().filter_map(|text| self.parse(text.as_ref()).ok()) {
            if !matches!(scope.scope, Scope::Myself | Scope::Inherit) {
                self.grant(&mut set, scope.scope, Some(&Filter::server(user, server)));
            }
        }
        set
    }

    fn expand_one(&self, set: &mut ScopeSet, raw: &RawScope, owner: &Owner<'_>, client: Option<&ClientResource<'_>>) {
        if raw.scope == Scope::Myself {
            // Only as it is: a filter on it would have no meaning.
            if let (Owner::User(user), None) = (owner, &raw.filter) {
                let filter = Filter::user(user);
                SELF_SCOPES
                    .iter()
                    .for_each(|scope| self.grant(set, *scope, Some(&filter)));
            }
            return;
        }
        let filter = match &raw.filter {
            None => return self.grant(set, raw.scope, None),
            Some(RawFilter::Exactly(filter)) => Some(filter.clone()),
            Some(RawFilter::OwnUser) => match owner {
                Owner::User(user) => Some(Filter::user(user)),
                Owner::Service(_) | Owner::Group(_) => None,
            },
            Some(RawFilter::OwnService) => match (client, owner) {
                (Some(ClientResource::Service(service)), _) | (_, Owner::Service(service)) => {
                    Some(Filter::service(service))
                }
                _ => None,
            },
            Some(RawFilter::OwnServer) => match client {
                Some(ClientResource::Server { user, server }) => Some(Filter::server(user, server)),
                Some(ClientResource::Service(_)) | None => None,
            },
        };
        if let Some(filter) = filter {
            self.grant(set, raw.scope, Some(&filter));
        }
    }

    fn grant(&self, set: &mut ScopeSet, scope: Scope, filter: Option<&Filter>) {
        let for_a_server = matches!(filter, Some(Filter::Server { .. }));
        for scope in self.with_subscopes(scope) {
            if !(for_a_server && scope.is_about_people()) {
                set.insert(scope, filter.cloned());
            }
        }
    }

    /// Reads what `ScopeSet::to_strings` wrote: expanded scopes, taken as they are.
    pub fn read_expanded<S: AsRef<str>>(&self, strings: &[S]) -> Result<ScopeSet, ScopeError> {
        let mut set = ScopeSet::new();
        for text in strings {
            let raw = self.parse(text.as_ref())?;
            match raw.filter {
                None => set.insert(raw.scope, None),
                Some(RawFilter::Exactly(filter)) => set.insert(raw.scope, Some(filter)),
                Some(_) => {
                    return Err(ScopeError::Filter {
                        scope: text.as_ref().to_owned(),
                        filter: text
                            .as_ref()
                            .split_once('!')
                            .map_or("", |(_, filter)| filter)
                            .to_owned(),
                    });
                }
            }
        }
        Ok(set)
    }
}

fn check_custom(scope: &CustomScope) -> Result<(), CustomScopeError> {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '-' | '*' | ':');
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let good = scope.name.strip_prefix("custom:").is_some_and(|name| {
        name.len() >= 3 && name.chars().all(allowed) && name.starts_with(plain) && !name.ends_with(['-', ':'])
    });
    if !good {
        return Err(CustomScopeError::Name(scope.name.clone()));
    }
    if scope.description.is_empty() {
        return Err(CustomScopeError::NoDescription(scope.name.clone()));
    }
    Ok(())
}
