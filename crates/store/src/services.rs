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

/// A service as configuration describes it.
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
}

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

/// Brings the configured services in line; those made through the API stay. Roles come after, see
/// [`roles::sync`](crate::roles::sync).
pub async fn sync(tx: &Tx, specs: &[ServiceSpec], now: Timestamp) -> Result<()> {
    for known in list(tx).await?.iter().filter(|known| known.from_config) {
        if !specs.iter().any(|spec| spec.name == known.name) {
            delete(tx, known).await?;
        }
    }
    for spec in specs {
        let id = put(tx, spec).await?;
        if let Some(token) = &spec.api_token {
            put_token(tx, id, token, now).await?;
        }
    }
    Ok(())
}

async fn put(tx: &Tx, spec: &ServiceSpec) -> Result<i64> {
    const PUT: Stmt = Stmt::write(
        "INSERT INTO services (name, admin, url, oauth_client_id, oauth_client_allowed_scopes, oauth_no_confirm, \
         display, info, timeout, from_config) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 30, TRUE) \
         ON CONFLICT (name) DO UPDATE SET admin = excluded.admin, url = excluded.url, \
         oauth_client_id = excluded.oauth_client_id, display = excluded.display, info = excluded.info, \
         oauth_client_allowed_scopes = excluded.oauth_client_allowed_scopes, \
         oauth_no_confirm = excluded.oauth_no_confirm, from_config = TRUE RETURNING id",
    );
    const CLIENT_OF: Stmt = Stmt::read("SELECT oauth_client_id FROM services WHERE name = $1");
    let former: Option<String> = tx.one(&CLIENT_OF, &[(&spec.name).into()]).await?.flatten();
    if let Some(client_id) = &spec.oauth_client_id {
        let client = NewClient {
            identifier: client_id,
            description: &format!("JupyterHub service {}", spec.name),
            secret: spec.oauth_secret_hash.as_deref().unwrap_or_default(),
            redirect_uri: spec.oauth_redirect_uri.as_deref().unwrap_or_default(),
            allowed_scopes: &spec.oauth_client_allowed_scopes,
        };
        oauth::put_client(tx, &client).await?;
    }
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
    ];
    let id = crate::returned(tx.one(&PUT, &params).await?)?;
    if let Some(former) = former.filter(|former| Some(former) != spec.oauth_client_id.as_ref()) {
        oauth::delete_client(tx, &former).await?;
    }
    Ok(id)
}

/// One token from configuration; what was configured before is void.
async fn put_token(tx: &Tx, service_id: i64, token: &Hashed, now: Timestamp) -> Result<()> {
    const NOTE: &str = "from config";
    const CURRENT: Stmt = Stmt::read("SELECT id FROM api_tokens WHERE service_id = $1 AND hashed = $2");
    const FORMER: Stmt = Stmt::write("DELETE FROM api_tokens WHERE service_id = $1 AND note = $2 AND hashed <> $3");
    tx.execute(&FORMER, &[service_id.into(), NOTE.into(), (&token.hashed).into()])
        .await?;
    if tx
        .row(&CURRENT, &[service_id.into(), (&token.hashed).into()])
        .await?
        .is_some()
    {
        return Ok(());
    }
    let new = NewToken {
        owner: Owner::Service(service_id),
        hashed: token,
        client_id: "jupyterhub",
        session_id: None,
        expires_at: None,
        note: NOTE,
        scopes: &["inherit".to_owned()],
    };
    tokens::create(tx, &new, now).await.map(drop)
}

async fn delete(tx: &Tx, service: &Service) -> Result<()> {
    const SERVER: Stmt = Stmt::write("DELETE FROM servers WHERE id IN (SELECT _server_id FROM services WHERE id = $1)");
    const DELETE: Stmt = Stmt::write("DELETE FROM services WHERE id = $1");
    tx.execute(&SERVER, &[service.id.into()]).await?;
    tx.execute(&DELETE, &[service.id.into()]).await?;
    if let Some(client) = &service.oauth_client_id {
        oauth::delete_client(tx, client).await?;
    }
    Ok(())
}
