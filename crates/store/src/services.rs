//! Services: other programs that use the hub.

use jiff::Timestamp;
use perijove_model::token::Hashed;
use serde_json::Value as Json;

use crate::error::Result;
use crate::oauth::{self, NewClient};
use crate::sql::{Db, Row, Stmt, Tx, Value};
use crate::tokens::{self, NewToken, Owner};

#[derive(Debug, Clone, PartialEq)]
pub struct Service {
    pub id: i64,
    pub name: String,
    pub admin: bool,
    pub url: Option<String>,
    pub oauth_client_id: Option<String>,
    pub oauth_client_allowed_scopes: Vec<String>,
    pub oauth_no_confirm: bool,
    pub display: bool,
    pub info: Json,
    pub command: Vec<String>,
    pub pid: Option<i64>,
    /// Configured, rather than made through the API.
    pub from_config: bool,
}

/// A service as somebody wants it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ServiceSpec {
    pub name: String,
    pub url: Option<String>,
    pub admin: bool,
    pub api_token: Option<Hashed>,
    /// Without one, the service is no OAuth client.
    pub oauth_client_id: Option<String>,
    pub oauth_redirect_uri: Option<String>,
    pub oauth_secret_hash: Option<String>,
    pub oauth_no_confirm: bool,
    pub oauth_client_allowed_scopes: Vec<String>,
    pub info: Json,
    pub display: bool,
    /// Of a managed service; empty if others run it.
    pub command: Vec<String>,
    /// Seconds.
    pub timeout: i64,
}

/// Where a service listens, for JupyterHub's eyes.
#[derive(Debug, Clone)]
pub struct Address<'a> {
    pub proto: &'a str,
    pub ip: String,
    pub port: u16,
    pub prefix: &'a str,
}

/// The note of a token that configuration, or whoever made the service, has chosen.
const CHOSEN: &str = "from config";
/// The note of a token that a managed service is started with.
const GENERATED: &str = "generated at startup";

macro_rules! columns {
    () => {
        "id, name, admin, url, oauth_client_id, oauth_client_allowed_scopes, oauth_no_confirm, display, info, command, \
         pid, from_config FROM services"
    };
}

fn read(mut row: Row) -> Result<Service> {
    Ok(Service {
        id: row.take()?,
        name: row.take()?,
        admin: row.take()?,
        url: row.take::<Option<String>>()?.filter(|url| !url.is_empty()),
        oauth_client_id: row.take()?,
        oauth_client_allowed_scopes: row.take()?,
        oauth_no_confirm: row.take()?,
        display: row.take()?,
        info: row.take()?,
        command: row.take()?,
        pid: row.take::<Option<i64>>()?.filter(|pid| *pid > 0),
        from_config: row.take()?,
    })
}

pub async fn by_id(db: &impl Db, id: i64) -> Result<Option<Service>> {
    const BY_ID: Stmt = Stmt::read(concat!("SELECT ", columns!(), " WHERE id = $1"));
    db.row(&BY_ID, &[id.into()]).await?.map(read).transpose()
}

pub async fn by_name(db: &impl Db, name: &str) -> Result<Option<Service>> {
    const BY_NAME: Stmt = Stmt::read(concat!("SELECT ", columns!(), " WHERE name = $1"));
    db.row(&BY_NAME, &[name.into()]).await?.map(read).transpose()
}

pub async fn by_oauth_client(db: &impl Db, client_id: &str) -> Result<Option<Service>> {
    const BY_CLIENT: Stmt = Stmt::read(concat!("SELECT ", columns!(), " WHERE oauth_client_id = $1"));
    db.row(&BY_CLIENT, &[client_id.into()]).await?.map(read).transpose()
}

pub async fn list(db: &impl Db) -> Result<Vec<Service>> {
    const LIST: Stmt = Stmt::read(concat!("SELECT ", columns!(), " ORDER BY name"));
    db.rows(&LIST, &[]).await?.into_iter().map(read).collect()
}

/// The roles of all services: a service's id and a role's name.
pub async fn roles(db: &impl Db) -> Result<Vec<(i64, String)>> {
    const ROLES: Stmt = Stmt::read(
        "SELECT m.service_id, r.name FROM service_role_map m JOIN roles r ON r.id = m.role_id ORDER BY r.name",
    );
    let pairs = db.rows(&ROLES, &[]).await?.into_iter();
    pairs.map(|mut row| Ok((row.take()?, row.take()?))).collect()
}

/// Brings the configured services in line; those made through the API stay, unless the configuration has one of the
/// same name. Roles come after, see [`roles::sync`](crate::roles::sync).
pub async fn sync(tx: &Tx, specs: &[ServiceSpec], now: Timestamp) -> Result<()> {
    for known in list(tx).await?.iter().filter(|known| known.from_config) {
        if !specs.iter().any(|spec| spec.name == known.name) {
            delete(tx, known).await?;
        }
    }
    for spec in specs {
        let id = put(tx, spec, true).await?;
        match &spec.api_token {
            Some(token) => {
                withdraw(tx, id, GENERATED).await?;
                put_token(tx, id, token, now).await?;
            }
            None => withdraw(tx, id, CHOSEN).await?,
        }
        if spec.command.is_empty() {
            withdraw(tx, id, GENERATED).await?;
        }
    }
    Ok(())
}

/// A service made through the API; `None` if there is one of this name.
pub async fn create(tx: &Tx, spec: &ServiceSpec, address: Option<Address<'_>>, now: Timestamp) -> Result<Option<i64>> {
    const INSERT: Stmt = Stmt::write(
        "INSERT INTO services (name, timeout, from_config) VALUES ($1, 30, FALSE) \
         ON CONFLICT (name) DO NOTHING RETURNING id",
    );
    const GRANT: Stmt = Stmt::write(
        "INSERT INTO service_role_map (service_id, role_id, managed_by_auth) \
         SELECT CAST($1 AS INTEGER), id, FALSE FROM roles WHERE name = 'admin'",
    );
    let inserted: Option<i64> = tx.one(&INSERT, &[(&spec.name).into()]).await?;
    let Some(id) = inserted else { return Ok(None) };
    put(tx, spec, false).await?;
    if spec.admin {
        tx.execute(&GRANT, &[id.into()]).await?;
    }
    if let Some(token) = &spec.api_token {
        put_token(tx, id, token, now).await?;
    }
    if let Some(address) = address {
        put_address(tx, id, &address).await?;
    }
    Ok(Some(id))
}

/// Changes a service that was made through the API. Tokens and secrets stay as they are.
pub async fn change(tx: &Tx, service: &Service, spec: &ServiceSpec, address: Option<Address<'_>>) -> Result<()> {
    const LEAVE: Stmt = Stmt::write("UPDATE services SET _server_id = NULL WHERE id = $1");
    const SERVER: Stmt = Stmt::read("SELECT _server_id FROM services WHERE id = $1");
    const DROP: Stmt = Stmt::write("DELETE FROM servers WHERE id = $1");
    let client = match &service.oauth_client_id {
        Some(client_id) => oauth::client(tx, client_id).await?,
        None => None,
    };
    let spec = ServiceSpec {
        oauth_secret_hash: client.map(|client| client.secret),
        ..spec.clone()
    };
    put(tx, &spec, false).await?;
    let former: Option<i64> = tx.one(&SERVER, &[service.id.into()]).await?.flatten();
    tx.execute(&LEAVE, &[service.id.into()]).await?;
    if let Some(former) = former {
        tx.execute(&DROP, &[former.into()]).await?;
    }
    match address {
        Some(address) => put_address(tx, service.id, &address).await,
        None => Ok(()),
    }
}

async fn put(tx: &Tx, spec: &ServiceSpec, from_config: bool) -> Result<i64> {
    const PUT: Stmt = Stmt::write(
        "INSERT INTO services (name, admin, url, oauth_client_id, oauth_client_allowed_scopes, oauth_no_confirm, \
         display, info, command, timeout, from_config) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) \
         ON CONFLICT (name) DO UPDATE SET admin = excluded.admin, url = excluded.url, \
         oauth_client_id = excluded.oauth_client_id, display = excluded.display, info = excluded.info, \
         oauth_client_allowed_scopes = excluded.oauth_client_allowed_scopes, \
         oauth_no_confirm = excluded.oauth_no_confirm, command = excluded.command, timeout = excluded.timeout, \
         from_config = excluded.from_config RETURNING id",
    );
    const CLIENT_OF: Stmt = Stmt::read("SELECT oauth_client_id FROM services WHERE name = $1");
    let former: Option<String> = tx.one(&CLIENT_OF, &[(&spec.name).into()]).await?.flatten();
    put_client(tx, spec).await?;
    let params = [
        (&spec.name).into(),
        spec.admin.into(),
        spec.url.as_deref().into(),
        spec.oauth_client_id.as_deref().into(),
        Value::list(&spec.oauth_client_allowed_scopes),
        spec.oauth_no_confirm.into(),
        spec.display.into(),
        if spec.info.is_null() {
            "{}".into()
        } else {
            (&spec.info).into()
        },
        Value::list(&spec.command),
        spec.timeout.into(),
        from_config.into(),
    ];
    let id = crate::returned(tx.one(&PUT, &params).await?)?;
    if let Some(former) = former.filter(|former| Some(former) != spec.oauth_client_id.as_ref()) {
        oauth::delete_client(tx, &former).await?;
    }
    Ok(id)
}

async fn put_client(tx: &Tx, spec: &ServiceSpec) -> Result<()> {
    let Some(client_id) = &spec.oauth_client_id else {
        return Ok(());
    };
    let secret = match &spec.oauth_secret_hash {
        Some(hash) => hash.clone(),
        // A managed service that runs now, with whichever hub, has its secret since its start.
        None if !spec.command.is_empty() => {
            let known = oauth::client(tx, client_id).await?;
            known.map(|client| client.secret).unwrap_or_default()
        }
        None => String::new(),
    };
    let mut allowed = spec.oauth_client_allowed_scopes.clone();
    allowed.push(format!("access:services!service={}", spec.name));
    allowed.sort();
    allowed.dedup();
    let client = NewClient {
        identifier: client_id,
        description: &format!("JupyterHub service {}", spec.name),
        secret: &secret,
        redirect_uri: spec.oauth_redirect_uri.as_deref().unwrap_or_default(),
        allowed_scopes: &allowed,
    };
    oauth::put_client(tx, &client).await.map(drop)
}

async fn put_address(tx: &Tx, id: i64, address: &Address<'_>) -> Result<()> {
    // JupyterHub does not start where the cookie has no name.
    const SERVER: Stmt = Stmt::write(
        "INSERT INTO servers (proto, ip, port, base_url, cookie_name) VALUES ($1, $2, $3, $4, 'cookie') RETURNING id",
    );
    const SET: Stmt = Stmt::write("UPDATE services SET _server_id = $2 WHERE id = $1");
    let params = [
        address.proto.into(),
        (&address.ip).into(),
        i64::from(address.port).into(),
        address.prefix.into(),
    ];
    let server: i64 = crate::returned(tx.one(&SERVER, &params).await?)?;
    tx.execute(&SET, &[id.into(), server.into()]).await.map(drop)
}

/// One token that somebody has chosen; the one before is void.
async fn put_token(tx: &Tx, service_id: i64, token: &Hashed, now: Timestamp) -> Result<()> {
    const CURRENT: Stmt = Stmt::read("SELECT id FROM api_tokens WHERE service_id = $1 AND hashed = $2");
    const FORMER: Stmt = Stmt::write("DELETE FROM api_tokens WHERE service_id = $1 AND note = $2 AND hashed <> $3");
    let hashed: Value = (&token.hashed).into();
    tx.execute(&FORMER, &[service_id.into(), CHOSEN.into(), hashed.clone()])
        .await?;
    if tx.row(&CURRENT, &[service_id.into(), hashed]).await?.is_some() {
        return Ok(());
    }
    give_token(tx, service_id, token, CHOSEN, now).await
}

/// The token of the run of a managed service that is about to begin: `secret_hash` is the same for its OAuth client.
/// Those of earlier runs are void.
pub async fn renew_token(tx: &Tx, service: &Service, token: &Hashed, secret_hash: &str, now: Timestamp) -> Result<()> {
    withdraw(tx, service.id, GENERATED).await?;
    give_token(tx, service.id, token, GENERATED, now).await?;
    set_secret(tx, service, secret_hash).await
}

/// The token of a service that was made through the API, in the place of all that it had.
pub async fn replace_tokens(
    tx: &Tx,
    service: &Service,
    token: &Hashed,
    secret_hash: &str,
    now: Timestamp,
) -> Result<()> {
    const FORMER: Stmt = Stmt::write("DELETE FROM api_tokens WHERE service_id = $1");
    tx.execute(&FORMER, &[service.id.into()]).await?;
    give_token(tx, service.id, token, CHOSEN, now).await?;
    set_secret(tx, service, secret_hash).await
}

async fn set_secret(tx: &Tx, service: &Service, secret_hash: &str) -> Result<()> {
    const SECRET: Stmt = Stmt::write("UPDATE oauth_clients SET secret = $2 WHERE identifier = $1");
    if let Some(client_id) = &service.oauth_client_id {
        tx.execute(&SECRET, &[client_id.into(), secret_hash.into()]).await?;
    }
    Ok(())
}

async fn give_token(tx: &Tx, service_id: i64, token: &Hashed, note: &str, now: Timestamp) -> Result<()> {
    let new = NewToken {
        owner: Owner::Service(service_id),
        hashed: token,
        client_id: oauth::PLAIN_CLIENT,
        session_id: None,
        expires_at: None,
        note,
        scopes: &["inherit".to_owned()],
    };
    tokens::create(tx, &new, now).await.map(drop)
}

async fn withdraw(tx: &Tx, service_id: i64, note: &str) -> Result<()> {
    const WITHDRAW: Stmt = Stmt::write("DELETE FROM api_tokens WHERE service_id = $1 AND note = $2");
    tx.execute(&WITHDRAW, &[service_id.into(), note.into()]).await.map(drop)
}

/// The process of a managed service, on whichever machine; `None` while it does not run.
pub async fn set_pid(db: &impl Db, name: &str, pid: Option<i64>) -> Result<()> {
    const SET: Stmt = Stmt::write("UPDATE services SET pid = $2 WHERE name = $1 AND from_config");
    db.execute(&SET, &[name.into(), pid.into()]).await.map(drop)
}

/// Deletes a service, its tokens and its OAuth client.
pub async fn delete(tx: &Tx, service: &Service) -> Result<()> {
    const SERVER: Stmt = Stmt::write("DELETE FROM servers WHERE id IN (SELECT _server_id FROM services WHERE id = $1)");
    const DELETE: Stmt = Stmt::write("DELETE FROM services WHERE id = $1");
    tx.execute(&SERVER, &[service.id.into()]).await?;
    tx.execute(&DELETE, &[service.id.into()]).await?;
    if let Some(client) = &service.oauth_client_id {
        oauth::delete_client(tx, client).await?;
    }
    Ok(())
}
