//! NativeAuthenticator's table, where a JupyterHub has left it in the same database. It is only read.

use crate::Store;
use crate::error::Result;
use crate::sql::{Db, Row, Stmt};

/// Somebody there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Info {
    pub id: i64,
    pub name: String,
    /// As bcrypt writes it.
    pub hash: String,
    pub is_authorized: bool,
    pub email: Option<String>,
    /// In base32 and in clear; there for everybody, and asked for only where `has_2fa`.
    pub otp_secret: Option<String>,
    pub has_2fa: bool,
}

fn read(mut row: Row) -> Result<Info> {
    Ok(Info {
        id: row.take()?,
        name: row.take()?,
        hash: String::from_utf8_lossy(&row.take::<Vec<u8>>()?).into_owned(),
        is_authorized: row.take()?,
        email: row.take()?,
        otp_secret: row.take()?,
        has_2fa: row.take()?,
    })
}

/// Whether a JupyterHub has left one.
pub async fn is_there(store: &Store, db: &impl Db) -> Result<bool> {
    const SQLITE: Stmt = Stmt::read("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'users_info'");
    const POSTGRES: Stmt = Stmt::read(
        "SELECT 1 FROM pg_catalog.pg_tables WHERE schemaname = current_schema() AND tablename = 'users_info'",
    );
    let there = match store.kind() {
        "postgresql" => POSTGRES,
        _ => SQLITE,
    };
    Ok(db.one::<i64>(&there, &[]).await?.is_some())
}

/// The next ones after this id, in the order of their ids.
pub async fn page(db: &impl Db, after: i64) -> Result<Vec<Info>> {
    const PAGE: Stmt = Stmt::read(
        "SELECT id, username, password, is_authorized, email, otp_secret, has_2fa FROM users_info WHERE id > $1 \
         ORDER BY id LIMIT 500",
    );
    db.rows(&PAGE, &[after.into()]).await?.into_iter().map(read).collect()
}
