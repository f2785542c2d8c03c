//! One set of SQL for SQLite and PostgreSQL: JupyterHub's schema and our own tables.
//!
//! [`Store::open`] makes or checks a database; after that, each module holds the queries on one noun, as free functions
//! that take a [`Db`]: the [`Store`] itself (each call commits) or a [`Tx`] (all or nothing, see [`Store::begin`]).
//! Functions that need several statements are all-or-nothing in both cases.
//!
//! What wants to be known by who calls it:
//! - `services::sync` comes before `roles::sync`, and takes `now`; users that a role lists must exist by then.
//! - `spawners::wish_run` refuses (`Conflict`) what is active; `spawners::lock` holds a server's row in a transaction.
//! - `spawners::set_prepared` and `clear_server` belong in one transaction with their `set_phase`: a server row without
//!   a phase means a server to adopt. `set_failure` clears the server by itself.
//! - `to_reconcile` gives what is pressing first, and what merely runs last.
//! - What only says when somebody was last seen is a `Stmt::note`; every other write moves [`Store::epoch`].
//! - While a `Tx` is open, write through it: SQLite has one writer, and a write beside it ends as `Busy`.
//!
//! Architecture invariant: no SQL outside this crate, and no clock inside it: `now` is a parameter.

mod error;
mod open;
mod schema;
mod sql;
mod target;
mod tls;

pub mod announcements;
pub mod attempts;
pub mod audit;
pub mod counts;
pub mod culls;
pub mod dbm;
pub mod devices;
pub mod drain;
pub mod events;
pub mod gates;
pub mod groups;
pub mod homes;
pub mod hubs;
pub mod identities;
pub mod instance;
pub mod languages;
pub mod leases;
pub mod links;
pub mod mails;
pub mod meta;
pub mod native;
pub mod nonces;
pub mod notices;
pub mod oauth;
pub mod only;
pub mod passkeys;
pub mod plans;
pub mod roles;
pub mod scim;
pub mod services;
pub mod sessions;
pub mod share_codes;
pub mod shares;
pub mod signups;
pub mod spans;
pub mod spawners;
pub mod starts;
#[cfg(feature = "suite")]
pub mod suite;
pub mod suspensions;
pub mod tokens;
pub mod usage;
pub mod users;
pub mod users_info;
pub mod visits;

use std::sync::Arc;

pub use error::{OpenError, Result, StoreError};
pub use open::OpenOptions;
pub use schema::{REVISION, VERSION};
pub use sql::{Batch, Db, FromValue, Post, Row, Stmt, Tx, Unit, Value};
pub use target::redact;

use sql::{Postgres, Sqlite, TxKind};

/// A database that was opened and checked. Cloning it is cheap.
#[derive(Clone)]
pub struct Store(Arc<Database>);

enum Database {
    Sqlite(Box<Sqlite>),
    Postgres(Box<Postgres>),
}

impl Store {
    /// Opens a database, making JupyterHub's tables and ours where it is empty.
    ///
    /// `url` is a path, or a URL as JupyterHub's `db_url` has it.
    pub async fn open(url: &str, options: OpenOptions) -> std::result::Result<Self, OpenError> {
        open::open(url, options).await
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<()> {
        const PING: Stmt = Stmt::read("SELECT value FROM perijove_meta WHERE key = 'schema'");
        self.rows(&PING, &[]).await.map(drop)
    }

    #[must_use]
    pub fn kind(&self) -> &'static str {
        match &*self.0 {
            Database::Sqlite(_) => "sqlite",
            Database::Postgres(_) => "postgresql",
        }
    }

    /// A number that moves whenever something may have changed that somebody decides by, here, in another hub or in
    /// another program. Ask before reading: what was read is good as long as the number stays.
    #[must_use]
    pub fn epoch(&self) -> u64 {
        match &*self.0 {
            Database::Sqlite(sqlite) => sqlite.epoch(),
            Database::Postgres(postgres) => postgres.epoch(),
        }
    }

    /// Begins a write transaction; dropped without commit, it is rolled back. Keep it short: on SQLite nobody else
    /// can write meanwhile.
    pub async fn begin(&self) -> Result<Tx> {
        Ok(Tx(match &*self.0 {
            Database::Sqlite(sqlite) => TxKind::Sqlite(sqlite.begin().await?),
            Database::Postgres(postgres) => TxKind::Postgres(Box::new(postgres.begin().await?)),
        }))
    }
}

impl Store {
    /// Does what a batch holds: all of it, or nothing.
    pub async fn together(&self, batch: Batch) -> Result<()> {
        let writes = batch.into_writes();
        match &*self.0 {
            Database::Sqlite(sqlite) => sqlite.together(writes).await,
            Database::Postgres(postgres) => postgres.together(writes).await,
        }
    }
}

impl Post for Store {
    async fn post(&self, stmt: &Stmt, params: &[Value]) -> Result<()> {
        self.execute(stmt, params).await.map(drop)
    }
}

impl Db for Store {
    async fn rows(&self, stmt: &Stmt, params: &[Value]) -> Result<Vec<Row>> {
        match &*self.0 {
            Database::Sqlite(sqlite) => sqlite.rows(stmt, params).await,
            Database::Postgres(postgres) => postgres.rows(stmt, params).await,
        }
    }

    async fn execute(&self, stmt: &Stmt, params: &[Value]) -> Result<u64> {
        match &*self.0 {
            Database::Sqlite(sqlite) => sqlite.execute(stmt, params).await,
            Database::Postgres(postgres) => postgres.execute(stmt, params).await,
        }
    }

    async fn unit(&self) -> Result<Unit<'_>> {
        self.begin().await.map(Unit::Own)
    }
}

/// What a statement with `RETURNING` must have given.
fn returned<T>(value: Option<T>) -> Result<T> {
    value.ok_or_else(|| StoreError::Other("a statement gave no row".to_owned()))
}
