//! Where the shared table is: `redis://`, with TLS `rediss://`, or by sentinels
//! `redis+sentinel://[[user]:password@]host[:port],…/[database/]name`.

use std::{fmt, time::Duration};

use redis::{
    AsyncConnectionConfig, Client, ConnectionAddr, ConnectionInfo, IntoConnectionInfo, ProtocolVersion, PushInfo,
    RedisError,
    aio::MultiplexedConnection,
    sentinel::{SentinelClient, SentinelClientBuilder, SentinelServerType},
};
use rustls::crypto::{CryptoProvider, ring};

const CONNECT: Duration = Duration::from_secs(3);
const RESPOND: Duration = Duration::from_secs(5);
const SENTINEL_PORT: u16 = 26379;

/// Why an address can't be used.
#[derive(Debug, thiserror::Error)]
#[error(
    "the address of the routes' Redis is no `redis://host:port/database` or `redis+sentinel://host:port,…/name`: {0}"
)]
pub struct AddressError(String);

impl AddressError {
    fn new(why: impl fmt::Display) -> Self {
        Self(why.to_string())
    }
}

pub(crate) struct Address {
    place: Place,
    pub(super) database: i64,
    /// Without the password.
    shown: String,
}

enum Place {
    One(Box<Client>),
    Sentinels(Box<SentinelClient>),
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

impl Address {
    pub(crate) fn parse(text: &str) -> Result<Self, AddressError> {
        if CryptoProvider::get_default().is_none() {
            // Fails if somebody else was faster, which is as good.
            let _ = ring::default_provider().install_default();
        }
        let sentinels = text
            .strip_prefix("redis+sentinel://")
            .or_else(|| text.strip_prefix("sentinel://"));
        match sentinels {
            Some(rest) => Self::by_sentinels(rest),
            None => Self::direct(text),
        }
    }

    fn direct(text: &str) -> Result<Self, AddressError> {
        let info: ConnectionInfo = text.into_connection_info().map_err(AddressError::new)?;
        let settings = info.redis_settings().clone().set_protocol(ProtocolVersion::RESP3);
        let database = settings.db();
        let shown = format!("{}/{database}", info.addr());
        let client = Client::open(info.set_redis_settings(settings)).map_err(AddressError::new)?;
        Ok(Self {
            place: Place::One(Box::new(client)),
            database,
            shown,
        })
    }

    fn by_sentinels(rest: &str) -> Result<Self, AddressError> {
        let (place, path) = rest
            .split_once('/')
            .ok_or_else(|| AddressError::new("the name of the service is missing"))?;
        let (login, hosts) = place
            .rsplit_once('@')
            .map_or((None, place), |(login, hosts)| (Some(login), hosts));
        let (database, name) = match path.split_once('/') {
            Some((database, name)) => (database.parse().map_err(AddressError::new)?, name),
            None => (0, path),
        };
        let name = name.strip_prefix("service_name:").unwrap_or(name);
        if name.is_empty() {
            return Err(AddressError::new("the name of the service is missing"));
        }
        let sentinels = hosts.split(',').map(sentinel).collect::<Result<Vec<_>, _>>()?;
        let mut builder = SentinelClientBuilder::new(sentinels, name, SentinelServerType::Master)
            .map_err(AddressError::new)?
            .set_client_to_redis_protocol(ProtocolVersion::RESP3)
            .set_client_to_redis_db(database);
        if let Some(login) = login {
            let decoded =
                |text: &str| perijove_model::escape::decode(text).ok_or_else(|| AddressError::new("a broken escape"));
            let (user, password) = login.split_once(':').unwrap_or(("", login));
            builder = builder.set_client_to_redis_password(decoded(password)?);
            if !user.is_empty() {
                builder = builder.set_client_to_redis_username(decoded(user)?);
            }
        }
        Ok(Self {
            place: Place::Sentinels(Box::new(builder.build().map_err(AddressError::new)?)),
            database,
            shown: format!("{hosts}/{database}/{name}"),
        })
    }

    /// A connection to ask on, and one to listen on: what is told goes to `told`, which must not wait. On one connection
    /// Redis would tell in the middle of an answer.
    pub(super) async fn connect(
        &mut self,
        told: impl Fn(PushInfo) -> Result<(), ()> + Send + Sync + 'static,
    ) -> Result<(MultiplexedConnection, MultiplexedConnection), RedisError> {
        let client = match &mut self.place {
            Place::One(client) => Client::clone(client),
            Place::Sentinels(sentinels) => tokio::time::timeout(RESPOND, sentinels.async_get_client())
                .await
                .map_err(std::io::Error::from)??,
        };
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(CONNECT))
            .set_response_timeout(Some(RESPOND));
        let asking = client.get_multiplexed_async_connection_with_config(&config).await?;
        let config = config.set_push_sender(told);
        let listening = client.get_multiplexed_async_connection_with_config(&config).await?;
        Ok((asking, listening))
    }
}

fn sentinel(host: &str) -> Result<ConnectionAddr, AddressError> {
    let (name, port) = match host.rsplit_once(':') {
        Some((name, port)) if !port.ends_with(']') => (name, port.parse().map_err(AddressError::new)?),
        _ => (host, SENTINEL_PORT),
    };
    if name.is_empty() {
        return Err(AddressError::new("a sentinel without a name"));
    }
    Ok(ConnectionAddr::Tcp(name.trim_matches(['[', ']']).to_owned(), port))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_people_write_and_shows_no_password() {
        for (text, expected) in [
            ("redis://localhost", "localhost:6379/0"),
            ("redis://:secret@10.0.0.1:7000/3", "10.0.0.1:7000/3"),
            ("rediss://edge:secret@redis.example.org/1", "redis.example.org:6379/1"),
            ("redis+sentinel://:secret@one,two:7001/main", "one,two:7001/0/main"),
            ("redis+sentinel://edge:se%40cret@one/2/main", "one/2/main"),
            ("sentinel://:secret@one:1/service_name:main", "one:1/0/main"),
        ] {
            assert_eq!(Address::parse(text).unwrap().to_string(), expected, "{text}");
        }
    }

    #[test]
    fn refuses_what_is_no_address_without_telling_it() {
        for text in [
            "",
            "localhost:6379",
            "http://secret@x",
            "redis+sentinel://:secret@one",
            "redis+sentinel://:secret@one/",
            "redis+sentinel://:secret@one:x/main",
            "redis+sentinel://:secret@/main",
            "redis+sentinel://one/x/main",
        ] {
            let error = Address::parse(text).err().unwrap().to_string();
            assert!(!error.contains("secret"), "{error}");
        }
    }
}
