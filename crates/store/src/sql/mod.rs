//! The seam between one text of SQL and two databases.
//!
//! A [`Stmt`] is written once, with `$N` for its parameters. A [`Value`] is one of six types, a [`Row`] a row of them.
//! [`Db`] is what a query function asks for: the [`Store`](crate::Store), which commits each statement by itself, or a
//! [`Tx`]. Texts keep to what both databases understand: no `$` in a literal, `TRUE` and `FALSE` for booleans,
//! `CAST($1 AS INTEGER)` where PostgreSQL could not infer a parameter's type.

mod batch;
mod epoch;
mod link;
mod listener;
mod postgres;
mod sqlite;
mod value;

use std::borrow::Cow;
use std::future::Future;

pub use batch::Batch;
pub(crate) use postgres::Postgres;
pub(crate) use sqlite::Sqlite;
pub use value::{FromValue, Row, Value};

use crate::error::Result;

/// What a statement does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Read,
    Write,
    /// Writes what nobody decides by.
    Note,
}

/// A statement, and whether it writes.
#[derive(Debug, Clone)]
pub struct Stmt {
    sql: Cow<'static, str>,
    kind: Kind,
    /// Whether it stays prepared.
    kept: bool,
}

impl Stmt {
    #[must_use]
    pub const fn read(sql: &'static str) -> Self {
        Self {
            sql: Cow::Borrowed(sql),
            kind: Kind::Read,
            kept: true,
        }
    }

    #[must_use]
    pub const fn write(sql: &'static str) -> Self {
        Self {
            sql: Cow::Borrowed(sql),
            kind: Kind::Write,
            kept: true,
        }
    }

    /// A write that changes nothing that anybody decides by: who was last seen when, leases, progress, logs, and what
    /// is new and not yet known to anybody. It leaves the [epoch](crate::Store::epoch) as it is.
    #[must_use]
    pub const fn note(sql: &'static str) -> Self {
        Self {
            sql: Cow::Borrowed(sql),
            kind: Kind::Note,
            kept: true,
        }
    }

    /// A reading statement put together for this one call; it is not kept prepared.
    #[must_use]
    pub const fn composed(sql: String) -> Self {
        Self {
            sql: Cow::Owned(sql),
            kind: Kind::Read,
            kept: false,
        }
    }

    /// A reading statement put together from parts of which there are but a few: it stays prepared.
    #[must_use]
    pub const fn assembled(sql: String) -> Self {
        Self {
            sql: Cow::Owned(sql),
            kind: Kind::Read,
            kept: true,
        }
    }

    /// The same text behind another: `EXPLAIN`.
    #[cfg(feature = "suite")]
    pub(crate) fn prefixed(&self, prefix: &str) -> Self {
        Self::composed(format!("{prefix}{}", self.sql))
    }

    fn writes(&self) -> bool {
        self.kind != Kind::Read
    }

    fn is_kept(&self) -> bool {
        self.kept
    }
}

/// Ids in lists of a few lengths only, the last one repeated, so that the statements about them stay prepared.
pub(crate) fn lists(ids: &[i64]) -> impl Iterator<Item = Vec<Value>> {
    const LONGEST: usize = 256;
    ids.chunks(LONGEST).map(|chunk| {
        let length = chunk.len().next_power_of_two();
        let ids = chunk.iter().chain(std::iter::repeat(&chunk[chunk.len() - 1]));
        ids.take(length).map(|id| (*id).into()).collect()
    })
}

/// `$3, $4, $5`: as many as asked for, from this number on.
pub(crate) fn numbers(from: usize, count: usize) -> String {
    let all: Vec<String> = (from..from + count).map(|number| format!("${number}")).collect();
    all.join(", ")
}

/// What takes a write of which nobody wants to know more than that it is done.
pub trait Post: Sync {
    /// Runs a statement that gives no rows and of which nobody asks how many it changed. In a transaction it may be sent
    /// with the next statement or with the commit, and so may its failure.
    fn post(&self, stmt: &Stmt, params: &[Value]) -> impl Future<Output = Result<()>> + Send;
}

/// What can run a statement.
pub trait Db: Post {
    /// The rows that a statement gives, those of `RETURNING` too.
    fn rows(&self, stmt: &Stmt, params: &[Value]) -> impl Future<Output = Result<Vec<Row>>> + Send;

    /// Runs a statement that gives no rows; tells how many it changed.
    fn execute(&self, stmt: &Stmt, params: &[Value]) -> impl Future<Output = Result<u64>> + Send;

    /// All or nothing: a transaction of its own, or the one that is open already.
    fn unit(&self) -> impl Future<Output = Result<Unit<'_>>> + Send;

    /// The first row, if there is one.
    fn row(&self, stmt: &Stmt, params: &[Value]) -> impl Future<Output = Result<Option<Row>>> + Send {
        async move { Ok(self.rows(stmt, params).await?.into_iter().next()) }
    }

    /// The first column of every row.
    fn column<T: FromValue>(&self, stmt: &Stmt, params: &[Value]) -> impl Future<Output = Result<Vec<T>>> + Send {
        async move {
            self.rows(stmt, params)
                .await?
                .into_iter()
                .map(|mut row| row.take())
                .collect()
        }
    }

    /// The first column of the first row.
    fn one<T: FromValue>(&self, stmt: &Stmt, params: &[Value]) -> impl Future<Output = Result<Option<T>>> + Send {
        async move { self.row(stmt, params).await?.map(|mut row| row.take()).transpose() }
    }
}

/// A write transaction. Dropped without [`commit`](Tx::commit), it is rolled back.
pub struct Tx(pub(crate) TxKind);

pub(crate) enum TxKind {
    Sqlite(sqlite::SqliteTx),
    Postgres(Box<postgres::PostgresTx>),
}

impl Tx {
    pub async fn commit(self) -> Result<()> {
        match self.0 {
            TxKind::Sqlite(tx) => tx.commit().await,
            TxKind::Postgres(tx) => tx.commit().await,
        }
    }

    /// Several statements without parameters, as schemas are made of.
    pub(crate) async fn batch(&self, sql: &str) -> Result<()> {
        match &self.0 {
            TxKind::Sqlite(tx) => tx.batch(sql),
            TxKind::Postgres(tx) => tx.batch(sql).await,
        }
    }
}

impl Post for Tx {
    async fn post(&self, stmt: &Stmt, params: &[Value]) -> Result<()> {
        match &self.0 {
            TxKind::Sqlite(tx) => tx.execute(stmt, params).map(drop),
            TxKind::Postgres(tx) => tx.post(stmt, params).await,
        }
    }
}

impl Db for Tx {
    async fn rows(&self, stmt: &Stmt, params: &[Value]) -> Result<Vec<Row>> {
        match &self.0 {
            TxKind::Sqlite(tx) => tx.rows(stmt, params),
            TxKind::Postgres(tx) => tx.rows(stmt, params).await,
        }
    }

    async fn execute(&self, stmt: &Stmt, params: &[Value]) -> Result<u64> {
        match &self.0 {
            TxKind::Sqlite(tx) => tx.execute(stmt, params),
            TxKind::Postgres(tx) => tx.execute(stmt, params).await,
        }
    }

    async fn unit(&self) -> Result<Unit<'_>> {
        Ok(Unit::Outer(self))
    }
}

/// Several statements that belong together, whoever opened the transaction.
pub enum Unit<'a> {
    Own(Tx),
    Outer(&'a Tx),
}

impl Unit<'_> {
    /// Commits a transaction of its own; leaves that of the caller to the caller.
    pub async fn commit(self) -> Result<()> {
        match self {
            Self::Own(tx) => tx.commit().await,
            Self::Outer(_) => Ok(()),
        }
    }

    fn tx(&self) -> &Tx {
        match self {
            Self::Own(tx) => tx,
            Self::Outer(tx) => tx,
        }
    }
}

impl Post for Unit<'_> {
    async fn post(&self, stmt: &Stmt, params: &[Value]) -> Result<()> {
        self.tx().post(stmt, params).await
    }
}

impl Db for Unit<'_> {
    async fn rows(&self, stmt: &Stmt, params: &[Value]) -> Result<Vec<Row>> {
        self.tx().rows(stmt, params).await
    }

    async fn execute(&self, stmt: &Stmt, params: &[Value]) -> Result<u64> {
        self.tx().execute(stmt, params).await
    }

    async fn unit(&self) -> Result<Unit<'_>> {
        Ok(Unit::Outer(self.tx()))
    }
}
