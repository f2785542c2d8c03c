//! In which groups somebody is.

use std::collections::BTreeSet;

use ldap3::{Scope, ldap_escape};

use super::connection::{Connection, Entry, Trouble, first};
use super::settings::{Groups, Nested, USERNAME};

/// Nobody is in more, and a directory whose groups contain each other has an end here.
const MOST: usize = 1_000;
const DEEPEST: usize = 10;
/// Names of groups in one question: a filter has its limits, too.
const AT_A_TIME: usize = 50;

const USER_DN: &str = "{userdn}";
/// Follows memberships of memberships (LDAP_MATCHING_RULE_IN_CHAIN).
const IN_CHAIN: &str = "1.2.840.113556.1.4.1941";

/// What somebody's groups are called, and their distinguished names.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Found {
    pub names: Vec<String>,
    pub dns: Vec<String>,
}

impl Found {
    /// Takes the groups that were not there yet, and gives their distinguished names back.
    fn add(&mut self, entries: Vec<Entry>, attribute: &str, seen: &mut BTreeSet<String>) -> Vec<String> {
        let mut new = Vec::new();
        for entry in entries {
            if seen.len() >= MOST || !seen.insert(canonical(&entry.dn)) {
                continue;
            }
            if let Some(name) = first(&entry, attribute)
                && !self.names.contains(&name)
            {
                self.names.push(name);
            }
            new.push(entry.dn.clone());
            self.dns.push(entry.dn);
        }
        new
    }
}

/// A distinguished name as it is compared: without case, and without spaces around what separates.
pub fn canonical(dn: &str) -> String {
    let parts = dn.split(',').map(|part| match part.split_once('=') {
        Some((attribute, value)) => format!("{}={}", attribute.trim(), value.trim()),
        None => part.trim().to_owned(),
    });
    parts.collect::<Vec<_>>().join(",").to_lowercase()
}

/// Of whom: the entry's distinguished name, and what they are called there.
pub async fn of(connection: &mut Connection, groups: &Groups, dn: &str, name: &str) -> Result<Option<Found>, Trouble> {
    let Some(base) = &groups.base else { return Ok(None) };
    let wanted = [groups.attribute.clone()];
    let (mut found, mut seen) = (Found::default(), BTreeSet::new());
    let direct = match groups.nested {
        Nested::Chain => format!("(member:{IN_CHAIN}:={})", ldap_escape(dn)),
        _ => filled(&groups.filter, dn, name),
    };
    let mut new = found.add(
        connection.search(base, Scope::Subtree, &direct, &wanted, MOST).await?,
        &groups.attribute,
        &mut seen,
    );
    if groups.nested != Nested::Search {
        return Ok(Some(found));
    }
    for _ in 0..DEEPEST {
        let mut next = Vec::new();
        for some in new.chunks(AT_A_TIME) {
            let around = connection
                .search(base, Scope::Subtree, &containing(some), &wanted, MOST)
                .await?;
            next.extend(found.add(around, &groups.attribute, &mut seen));
        }
        if next.is_empty() {
            break;
        }
        new = next;
    }
    Ok(Some(found))
}

fn filled(filter: &str, dn: &str, name: &str) -> String {
    let filter = filter.replace(USER_DN, &ldap_escape(dn));
    filter.replace(USERNAME, &ldap_escape(name))
}

/// Which groups have any of these as a member.
fn containing(dns: &[String]) -> String {
    let each = dns.iter().map(|dn| {
        let dn = ldap_escape(dn.as_str());
        format!("(member={dn})(uniqueMember={dn})")
    });
    format!("(|{})", each.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distinguished_names_are_compared_as_the_directory_does() {
        assert_eq!(
            canonical("CN=Staff, OU = Groups,dc=Example,dc=ORG"),
            "cn=staff,ou=groups,dc=example,dc=org"
        );
    }

    #[test]
    fn what_is_filled_in_stays_a_value() {
        let filter = filled(
            "(&(member={userdn})(memberUid={username}))",
            "cn=a*)(b,dc=x",
            "*)(uid=*",
        );
        assert_eq!(
            filter,
            "(&(member=cn=a\\2a\\29\\28b,dc=x)(memberUid=\\2a\\29\\28uid=\\2a))"
        );
    }
}
