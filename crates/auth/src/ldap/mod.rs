//! LDAP and Active Directory: whose password it is, and in which groups they are.
//!
//! Somebody's password is tried by binding as them: at a distinguished name made from what they typed, or at that of the
//! one entry that has their name. Each sign-in has a connection of its own, as a bind changes who is asking.

mod connection;
mod groups;
mod settings;
mod tls;

use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use ldap3::{Scope, dn_escape, ldap_escape};
use serde_json::{Map, Value, json};
use tokio::sync::Semaphore;

use crate::{Answer, AuthError, Authenticator, Credentials, Identity, Member, Offer, Refreshed, Rules};
use connection::{Connection, Entry, Trouble, first, values};
use groups::{Found, canonical};
pub use settings::{Groups, Lookup, Nested, Security, Server, Settings, USERNAME};
pub use tls::{TlsError, client_config};

/// Longer ones are nobody's.
const LONGEST_NAME: usize = 255;
const LONGEST_PASSWORD: usize = 1024;
/// Attributes by which directories call an entry for good.
const FOR_GOOD: [&str; 2] = ["entryUUID", "objectGUID"];

pub struct Ldap {
    name: String,
    settings: Settings,
    rules: Rules,
    /// The server that answered last.
    good: AtomicUsize,
    at_once: Semaphore,
}

/// Somebody whose password was right, or who is still there.
struct Person {
    dn: String,
    name: String,
    entry: Option<Entry>,
}

/// What the directory is asked.
#[derive(Clone, Copy)]
enum Question<'a> {
    /// Whose name and password these are.
    Whose(&'a str, &'a str),
    /// Who is called this for good, or has this name.
    Who(Option<&'a str>, &'a str),
}

impl Ldap {
    #[must_use]
    pub fn new(name: &str, settings: Settings, rules: Rules) -> Self {
        Self {
            name: name.to_owned(),
            at_once: Semaphore::new(settings.at_once.max(1)),
            settings,
            rules,
            good: AtomicUsize::new(0),
        }
    }

    /// Asks the servers one after the other, from the one that answered last.
    async fn ask(&self, question: Question<'_>) -> Result<Option<Identity>, AuthError> {
        let patience = self.settings.timeout;
        let Ok(Ok(_place)) = tokio::time::timeout(patience, self.at_once.acquire()).await else {
            return Err(AuthError::new(
                "Too many people are signing in just now. Try again in a moment.",
            ));
        };
        let servers = &self.settings.servers;
        let begin = self.good.load(Ordering::Relaxed);
        let mut last = None;
        for index in (0..servers.len()).map(|step| (begin + step) % servers.len()) {
            match self.ask_one(&servers[index], question).await {
                Ok(answer) => {
                    self.good.store(index, Ordering::Relaxed);
                    return Ok(answer);
                }
                Err(trouble) => {
                    tracing::warn!(method = %self.name, error = %trouble, "a server of the directory can't be asked");
                    last = Some(trouble);
                }
            }
        }
        let words = "The directory does not answer. Try again later, or tell an administrator.";
        Err(last.map_or_else(|| AuthError::new(words), |trouble| AuthError::because(words, trouble)))
    }

    async fn ask_one(&self, server: &Server, question: Question<'_>) -> Result<Option<Identity>, Trouble> {
        let mut connection = Connection::open(server, &self.settings).await?;
        let answer = self.answer(&mut connection, question).await;
        connection.close().await;
        answer
    }

    async fn answer(&self, connection: &mut Connection, question: Question<'_>) -> Result<Option<Identity>, Trouble> {
        let person = match question {
            Question::Who(subject, name) => {
                self.become_searcher(connection).await?;
                let for_good = subject.and_then(by_what_is_for_good);
                let by = for_good.unwrap_or_else(|| self.named(subject.unwrap_or(name)));
                self.find(connection, &by, name).await?
            }
            Question::Whose(typed, password) if self.settings.bind_dn_templates.is_empty() => {
                self.by_lookup(connection, typed, password).await?
            }
            Question::Whose(typed, password) => self.by_template(connection, typed, password).await?,
        };
        match person {
            Some(person) => Ok(Some(self.identity(connection, person).await?)),
            None => Ok(None),
        }
    }

    /// The one entry of this name, and its password tried. Where there is none, another bind takes the time that theirs
    /// would.
    async fn by_lookup(
        &self,
        connection: &mut Connection,
        typed: &str,
        password: &str,
    ) -> Result<Option<Person>, Trouble> {
        self.become_searcher(connection).await?;
        let found = self.find(connection, &self.named(typed), typed).await?;
        let lookup = &self.settings.lookup;
        let dn = match &found {
            Some(person) => person.dn.clone(),
            None => {
                let base = lookup.base.as_deref().unwrap_or_default();
                format!("{}={},{base}", lookup.attribute, dn_escape(typed))
            }
        };
        let good = connection.bind(&dn, password).await?;
        Ok(found.filter(|_| good))
    }

    async fn by_template(
        &self,
        connection: &mut Connection,
        typed: &str,
        password: &str,
    ) -> Result<Option<Person>, Trouble> {
        for template in &self.settings.bind_dn_templates {
            let dn = template.replace(USERNAME, &dn_escape(typed));
            if !connection.bind(&dn, password).await? {
                continue;
            }
            if self.settings.lookup.base.is_some() {
                // Who may sign in is also a question of the filter, asked as they themselves.
                let found = self.find(connection, &self.named(typed), typed).await?;
                let is_same = |person: &Person| !dn.contains('=') || canonical(&person.dn) == canonical(&dn);
                return Ok(found.filter(is_same));
            }
            let attributes = self.attributes();
            let own = connection
                .search(&dn, Scope::Base, "(objectClass=*)", &attributes, 1)
                .await;
            return Ok(Some(Person {
                dn,
                name: typed.to_owned(),
                // Not everybody may read even their own entry.
                entry: own.ok().and_then(|mut own| own.pop()),
            }));
        }
        Ok(None)
    }

    async fn become_searcher(&self, connection: &mut Connection) -> Result<(), Trouble> {
        let Some((dn, password)) = &self.settings.lookup.user else {
            return Ok(());
        };
        if !connection.bind(dn, password.expose()).await? {
            tracing::error!(method = %self.name, "the directory does not know lookup_user with this lookup_password");
            return Err(connection.not_known("lookup_user"));
        }
        Ok(())
    }

    /// The only entry of this name. What the directory calls them is their name, not what was typed: it takes much for
    /// the same that is not.
    async fn find(&self, connection: &mut Connection, by: &str, name: &str) -> Result<Option<Person>, Trouble> {
        let lookup = &self.settings.lookup;
        let Some(base) = &lookup.base else { return Ok(None) };
        let filter = match &lookup.filter {
            Some(more) => format!("(&{by}{})", more.replace(USERNAME, &ldap_escape(name))),
            None => by.to_owned(),
        };
        let found = connection
            .search(base, Scope::Subtree, &filter, &self.attributes(), 2)
            .await?;
        let entry = match <[Entry; 1]>::try_from(found) {
            Ok([entry]) => entry,
            Err(found) => {
                if found.len() > 1 {
                    tracing::warn!(method = %self.name, "the directory has several entries of one name: none of them may sign in");
                }
                return Ok(None);
            }
        };
        let named = lookup.username_attribute.as_ref().unwrap_or(&lookup.attribute);
        let Some(name) = first(&entry, named) else {
            tracing::warn!(method = %self.name, attribute = %named, "an entry of the directory has no name");
            return Ok(None);
        };
        Ok(Some(Person {
            dn: entry.dn.clone(),
            name,
            entry: Some(entry),
        }))
    }

    fn named(&self, name: &str) -> String {
        format!("({}={})", self.settings.lookup.attribute, ldap_escape(name))
    }

    fn attributes(&self) -> Vec<String> {
        let Lookup {
            attribute,
            username_attribute,
            ..
        } = &self.settings.lookup;
        let named = [Some(attribute), username_attribute.as_ref()].into_iter().flatten();
        let kept = named
            .chain(&self.settings.auth_state_attributes)
            .filter(|name| !name.is_empty());
        kept.cloned().chain(FOR_GOOD.map(str::to_owned)).collect()
    }

    async fn identity(&self, connection: &mut Connection, person: Person) -> Result<Identity, Trouble> {
        if self.settings.groups.base.is_some() && self.settings.lookup.user.is_some() {
            self.become_searcher(connection).await?;
        }
        let found = groups::of(connection, &self.settings.groups, &person.dn, &person.name).await?;
        let kept = person.entry.as_ref().map(|entry| self.kept(entry)).unwrap_or_default();
        Ok(Identity {
            subject: person.entry.as_ref().and_then(for_good),
            group_ids: found
                .as_ref()
                .map(|found| self.named_by_rules(found))
                .unwrap_or_default(),
            auth_state: Some(json!({
                "dn": person.dn,
                "ldap_groups": found.as_ref().map(|found| &found.dns),
                "user_attributes": kept,
            })),
            groups: found.map(|found| found.names),
            name: person.name,
            ..Identity::default()
        })
    }

    fn kept(&self, entry: &Entry) -> Map<String, Value> {
        let wanted = self.settings.auth_state_attributes.iter();
        wanted
            .filter_map(|name| Some((name.clone(), json!(values(&entry.attrs, name)?))))
            .collect()
    }

    /// Rules may call a group by its distinguished name, as they have written it.
    fn named_by_rules(&self, found: &Found) -> Vec<String> {
        let dns: Vec<String> = found.dns.iter().map(|dn| canonical(dn)).collect();
        let Rules {
            allowed_groups,
            admin_groups,
            blocked_groups,
            ..
        } = &self.rules;
        let written = allowed_groups.iter().chain(admin_groups).chain(blocked_groups);
        written
            .filter(|name| name.contains('=') && dns.contains(&canonical(name)))
            .cloned()
            .collect()
    }
}

/// What the directory calls an entry for good, as text.
fn for_good(entry: &Entry) -> Option<String> {
    FOR_GOOD.iter().find_map(|name| {
        let binary = values(&entry.bin_attrs, name).and_then(|values| values.first());
        let hex = binary.map(|bytes| bytes.iter().map(|byte| format!("{byte:02x}")).collect());
        first(entry, name).or(hex)
    })
}

/// The filter for what `for_good` gave.
fn by_what_is_for_good(subject: &str) -> Option<String> {
    let is_hex = |text: &str| text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_uuid = || subject.split('-').map(str::len).eq([8, 4, 4, 4, 12]) && subject.split('-').all(is_hex);
    match subject.len() {
        36 if is_uuid() => Some(format!("(entryUUID={subject})")),
        32 if is_hex(subject) => {
            let bytes = subject
                .as_bytes()
                .chunks(2)
                .flat_map(|pair| [b'\\'].into_iter().chain(pair.iter().copied()));
            Some(format!(
                "(objectGUID={})",
                String::from_utf8_lossy(&bytes.collect::<Vec<u8>>())
            ))
        }
        _ => None,
    }
}

#[async_trait]
impl Authenticator for Ldap {
    fn kind(&self) -> &'static str {
        "ldap"
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn rules(&self) -> &Rules {
        &self.rules
    }

    fn offer(&self) -> Offer {
        Offer::Form { code: false }
    }

    async fn check(&self, credentials: &Credentials) -> Result<Answer, AuthError> {
        let (typed, password) = (credentials.username.as_str(), credentials.password.expose());
        let is_long = typed.len() > LONGEST_NAME || password.len() > LONGEST_PASSWORD;
        if is_long || typed.is_empty() || password.is_empty() || typed.contains('\0') {
            return Ok(Answer::Unknown);
        }
        let found = self.ask(Question::Whose(typed, password)).await?;
        Ok(found.map_or(Answer::Unknown, Answer::from))
    }

    fn refreshes(&self) -> bool {
        self.settings.lookup.user.is_some() && self.settings.lookup.base.is_some()
    }

    async fn refresh(&self, member: &Member<'_>) -> Result<Refreshed, AuthError> {
        Ok(match self.ask(Question::Who(member.subject, member.name)).await? {
            Some(identity) => Refreshed::Changed(Box::new(identity)),
            None => Refreshed::Gone("no longer in the directory"),
        })
    }
}
