//! One conversation with one of the directory's servers.

use std::collections::HashMap;
use std::time::Duration;

use ldap3::result::{LdapError, LdapResult};
use ldap3::{Ldap, LdapConnAsync, LdapConnSettings, Scope, SearchEntry, SearchOptions};

use super::settings::{Security, Server, Settings};

/// Not the directory's word on anything: it could not be asked.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    #[error("{server}: no answer within {} seconds", .after.as_secs())]
    Silent { server: String, after: Duration },
    #[error("{server}: {cause}")]
    Broken { server: String, cause: LdapError },
    #[error("{server}: {doing}: result {code} {text}")]
    Refused {
        server: String,
        doing: &'static str,
        code: u32,
        text: String,
    },
}

const INVALID_CREDENTIALS: u32 = 49;
/// What a bind says of a name or password that there is not: no such object, a DN that is none, a blank password.
const WRONG: [u32; 5] = [INVALID_CREDENTIALS, 32, 34, 48, 53];
const SIZE_LIMIT: u32 = 4;
const NO_SUCH_OBJECT: u32 = 32;

/// Somebody's or something's entry.
pub type Entry = SearchEntry;

pub struct Connection {
    ldap: Ldap,
    server: String,
    timeout: Duration,
}

impl Connection {
    pub async fn open(server: &Server, settings: &Settings) -> Result<Self, Trouble> {
        let mut how = LdapConnSettings::new()
            .set_conn_timeout(settings.timeout)
            .set_starttls(server.security == Security::StartTls);
        if let Some(tls) = &settings.tls {
            how = how.set_config(tls.clone());
        }
        let name = &server.url;
        // The timeout of the settings does not hold for the handshake.
        let opened = tokio::time::timeout(settings.timeout, LdapConnAsync::with_settings(how, name)).await;
        let (connection, ldap) = match opened {
            Ok(Ok(opened)) => opened,
            Ok(Err(cause)) => return Err(broken(name, cause)),
            Err(_) => return Err(silent(name, settings.timeout)),
        };
        // Ends with the conversation.
        tokio::spawn(async move {
            if let Err(error) = connection.drive().await {
                tracing::debug!(%error, "a connection to the directory has broken");
            }
        });
        Ok(Self {
            ldap,
            server: name.clone(),
            timeout: settings.timeout,
        })
    }

    fn asked(&mut self) -> &mut Ldap {
        self.ldap.with_timeout(self.timeout)
    }

    fn trouble(&self, cause: LdapError) -> Trouble {
        match cause {
            LdapError::Timeout { .. } => silent(&self.server, self.timeout),
            cause => broken(&self.server, cause),
        }
    }

    fn refused(&self, doing: &'static str, result: &LdapResult) -> Trouble {
        Trouble::Refused {
            server: self.server.clone(),
            doing,
            code: result.rc,
            text: result.text.chars().take(200).collect(),
        }
    }

    /// An account of ours that the directory does not know.
    pub fn not_known(&self, doing: &'static str) -> Trouble {
        Trouble::Refused {
            server: self.server.clone(),
            doing,
            code: INVALID_CREDENTIALS,
            text: "name or password is wrong".to_owned(),
        }
    }

    /// Whether this is the password of this entry. A blank one is nobody's: many directories take it for no wish to say
    /// who one is, and agree.
    pub async fn bind(&mut self, dn: &str, password: &str) -> Result<bool, Trouble> {
        if dn.is_empty() || password.is_empty() {
            return Ok(false);
        }
        let result = self.asked().simple_bind(dn, password).await;
        let result = result.map_err(|cause| self.trouble(cause))?;
        match result.rc {
            0 => Ok(true),
            code if WRONG.contains(&code) => Ok(false),
            _ => Err(self.refused("a password can't be tried", &result)),
        }
    }

    /// The entries that fit, `most` at most; more are an answer that is cut off.
    pub async fn search(
        &mut self,
        base: &str,
        scope: Scope,
        filter: &str,
        attributes: &[String],
        most: usize,
    ) -> Result<Vec<Entry>, Trouble> {
        let limit = i32::try_from(most).unwrap_or(i32::MAX);
        self.ldap.with_search_options(SearchOptions::new().sizelimit(limit));
        let found = self.asked().search(base, scope, filter, attributes).await;
        let found = found.map_err(|cause| self.trouble(cause))?;
        match found.1.rc {
            0 | SIZE_LIMIT => {}
            NO_SUCH_OBJECT => return Ok(Vec::new()),
            _ => return Err(self.refused("a search", &found.1)),
        }
        let entries = found
            .0
            .into_iter()
            .filter(|entry| !entry.is_ref() && !entry.is_intermediate());
        Ok(entries.take(most).map(SearchEntry::construct).collect())
    }

    pub async fn close(mut self) {
        // Whoever does not even hear that is gone already.
        drop(self.asked().unbind().await);
    }
}

fn silent(server: &str, after: Duration) -> Trouble {
    Trouble::Silent {
        server: server.to_owned(),
        after,
    }
}

fn broken(server: &str, cause: LdapError) -> Trouble {
    Trouble::Broken {
        server: server.to_owned(),
        cause,
    }
}

/// The only or first value of an attribute, whatever case its name is written in.
pub fn first(entry: &Entry, attribute: &str) -> Option<String> {
    values(&entry.attrs, attribute)?.first().cloned()
}

pub fn values<'e, V>(attributes: &'e HashMap<String, Vec<V>>, name: &str) -> Option<&'e Vec<V>> {
    let mut found = attributes.iter().filter(|(key, _)| key.eq_ignore_ascii_case(name));
    found.next().map(|(_, values)| values)
}
