//! OAuth clients (servers and services), and the codes they exchange for tokens.

use crate::error::Result;
use crate::sql::{Db, Post, Row, Stmt, Value};

/// The client of tokens that no server or service issued. It can't be used for OAuth.
pub const PLAIN_CLIENT: &str = "jupyterhub";

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    pub id: i64,
    pub identifier: String,
    pub description: String,
    /// The hash of its secret; empty for the hub's own client.
    pub secret: String,
    pub redirect_uri: String,
    pub allowed_scopes: Vec<String>,
}

impl Client {
    /// What people call it.
    #[must_use]
    pub fn described(&self) -> &str {
        if self.description.is_empty() {
            &self.identifier
        } else {
            &self.description
        }
    }
}

/// What is written of a client.
#[derive(Debug, Clone, Copy)]
pub struct NewClient<'a> {
    pub identifier: &'a str,
    pub description: &'a str,
    pub secret: &'a str,
    pub redirect_uri: &'a str,
    pub allowed_scopes: &'a [String],
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    pub client_id: String,
    pub code: String,
    /// Seconds since 1970.
    pub expires_at: i64,
    pub redirect_uri: String,
    pub session_id: String,
    pub user_id: i64,
    pub scopes: Vec<String>,
    pub code_challenge: Option<String>,
    pub code_challenge_method: Option<String>,
}

pub async fn client(db: &impl Db, identifier: &str) -> Result<Option<Client>> {
    const GET: Stmt = Stmt::read(
        "SELECT id, identifier, COALESCE(description, ''), COALESCE(secret, ''), COALESCE(redirect_uri, ''), \
         allowed_scopes FROM oauth_clients WHERE identifier = $1",
    );
    let read = |mut row: Row| {
        Ok(Client {
            id: row.take()?,
            identifier: row.take()?,
            description: row.take()?,
            secret: row.take()?,
            redirect_uri: row.take()?,
            allowed_scopes: row.take()?,
        })
    };
    db.row(&GET, &[identifier.into()]).await?.map(read).transpose()
}

/// Writes a client, over the one of the same identifier. Its id.
pub async fn put_client(db: &impl Db, client: &NewClient<'_>) -> Result<i64> {
    const PUT: Stmt = Stmt::write(
        "INSERT INTO oauth_clients (identifier, description, secret, redirect_uri, allowed_scopes) \
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT (identifier) DO UPDATE SET description = excluded.description, \
         secret = excluded.secret, redirect_uri = excluded.redirect_uri, allowed_scopes = excluded.allowed_scopes \
         RETURNING id",
    );
    let params = [
        client.identifier.into(),
        client.description.into(),
        client.secret.into(),
        client.redirect_uri.into(),
        Value::list(client.allowed_scopes),
    ];
    crate::returned(db.one(&PUT, &params).await?)
}

/// Deletes a client, its codes and the tokens that it issued.
pub async fn delete_client(db: &impl Db, identifier: &str) -> Result<bool> {
    const DELETE: Stmt = Stmt::write("DELETE FROM oauth_clients WHERE identifier = $1");
    Ok(db.execute(&DELETE, &[identifier.into()]).await? > 0)
}

/// The same for the client of a server, unless it has become another server's.
pub async fn delete_client_of_server(db: &impl Db, identifier: &str, spawner_id: i64) -> Result<()> {
    const DELETE: Stmt = Stmt::write(
        "DELETE FROM oauth_clients WHERE identifier = $1 \
         AND NOT EXISTS (SELECT 1 FROM spawners WHERE oauth_client_id = $1 AND id <> $2)",
    );
    db.post(&DELETE, &[identifier.into(), spawner_id.into()]).await
}

pub async fn put_code(db: &impl Post, code: &Code) -> Result<()> {
    const PUT: Stmt = Stmt::note(
        "INSERT INTO oauth_codes (client_id, code, expires_at, redirect_uri, session_id, user_id, scopes, \
         code_challenge, code_challenge_method) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    );
    let params = [
        (&code.client_id).into(),
        (&code.code).into(),
        code.expires_at.into(),
        (&code.redirect_uri).into(),
        (&code.session_id).into(),
        code.user_id.into(),
        Value::list(&code.scopes),
        code.code_challenge.as_deref().into(),
        code.code_challenge_method.as_deref().into(),
    ];
    db.post(&PUT, &params).await
}

/// Takes a code out: of several that present it, one gets it. The caller looks at `expires_at`.
pub async fn take_code(db: &impl Db, code: &str) -> Result<Option<Code>> {
    const TAKE: Stmt = Stmt::note(
        "DELETE FROM oauth_codes WHERE code = $1 RETURNING client_id, code, expires_at, COALESCE(redirect_uri, ''), \
         COALESCE(session_id, ''), user_id, scopes, code_challenge, code_challenge_method",
    );
    let read = |mut row: Row| {
        Ok(Code {
            client_id: row.take()?,
            code: row.take()?,
            expires_at: row.take()?,
            redirect_uri: row.take()?,
            session_id: row.take()?,
            user_id: row.take()?,
            scopes: row.take()?,
            code_challenge: row.take()?,
            code_challenge_method: row.take()?,
        })
    };
    db.row(&TAKE, &[code.into()]).await?.map(read).transpose()
}
