//! SQLite: writes on the calling thread through one connection, reads through that or, while somebody writes, from a few
//! others.
//!
//! Another program may write too (JupyterHub's tools, an administrator), so a busy database is waited for, without
//! blocking a thread.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, TryLockError};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ErrorCode, OpenFlags, Statement, ToSql, ffi, params_from_iter};
use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::sync::OwnedMutexGuard;
use tokio::time::Instant;

use super::epoch::Epoch;
use super::value::format_time;
use super::{Kind, Row, Stmt, Value};
use crate::error::{Result, StoreError};

const READERS: usize = 4;
const PATIENCE: Duration = Duration::from_secs(10);
const KEPT_STATEMENTS: usize = 160;

pub(crate) struct Sqlite {
    path: std::path::PathBuf,
    readers: [Mutex<Option<Connection>>; READERS],
    writer: Arc<tokio::sync::Mutex<Writer>>,
    watch: Arc<Watch>,
}

/// The connection that writes, and the version of the data when it last looked: other programs' commits move it.
struct Writer {
    connection: Connection,
    version: Option<i64>,
}

impl std::ops::Deref for Writer {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        &self.connection
    }
}

/// Sees every commit, by a connection of its own.
struct Watch {
    connection: Mutex<(Connection, Option<i64>)>,
    epoch: Epoch,
}

impl Watch {
    /// Any commit that was not accounted for moves the epoch.
    fn epoch(&self) -> u64 {
        let mut watch = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        let version = data_version(&watch.0);
        if version.is_none() || version != watch.1 {
            watch.1 = version;
            self.epoch.advance();
        }
        self.epoch.current()
    }

    /// A commit of ours: it moves the epoch if it `changes` something, or if another program came between.
    fn committed(&self, writer: &mut Writer, changes: bool) {
        let mut watch = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        // In this order: whatever comes after the first look is seen by the next.
        watch.1 = data_version(&watch.0);
        let version = data_version(&writer.connection);
        if changes || version.is_none() || version != writer.version {
            self.epoch.advance();
        }
        writer.version = version;
    }
}

/// `None`: it can't be told now.
fn data_version(connection: &Connection) -> Option<i64> {
    let mut asked = connection.prepare_cached("PRAGMA data_version").ok()?;
    asked.query_row([], |row| row.get(0)).ok()
}

impl Sqlite {
    /// Opens the file, and makes it if it is not there.
    pub(crate) async fn open(path: &Path) -> Result<Self> {
        let connection = patiently(|| connect(path, true)).await?;
        let watch = patiently(|| connect(path, false)).await?;
        Ok(Self {
            path: path.to_owned(),
            readers: std::array::from_fn(|_| Mutex::new(None)),
            writer: Arc::new(tokio::sync::Mutex::new(Writer {
                connection,
                version: None,
            })),
            watch: Arc::new(Watch {
                connection: Mutex::new((watch, None)),
                epoch: Epoch::default(),
            }),
        })
    }

    /// Lets readers go on while somebody writes. It is written into the file, so it waits until the file is known to be
    /// ours to change.
    pub(crate) async fn use_wal(&self) -> Result<()> {
        let writer = in_time(self.writer.lock()).await?;
        patiently(move || writer.execute_batch("PRAGMA journal_mode = WAL").map_err(error)).await
    }

    pub(crate) async fn begin(&self) -> Result<SqliteTx> {
        let writer = in_time(Arc::clone(&self.writer).lock_owned()).await?;
        let mut tx = SqliteTx {
            writer: Mutex::new(writer),
            watch: Arc::clone(&self.watch),
            open: false,
            changes: AtomicBool::new(false),
        };
        patiently(|| run(&tx.connection(), "BEGIN IMMEDIATE")).await?;
        tx.open = true;
        Ok(tx)
    }

    pub(crate) async fn rows(&self, stmt: &Stmt, params: &[Value]) -> Result<Vec<Row>> {
        if stmt.writes() {
            self.write(stmt, |writer| query(writer, stmt, params)).await
        } else if stmt.is_kept() {
            patiently(|| match self.writer.try_lock() {
                // It has in memory what it has written. Another connection reads all anew after each write.
                Ok(writer) => query(&writer, stmt, params),
                Err(_) => self.read(|connection| query(connection, stmt, params)),
            })
            .await
        } else {
            // What somebody asks for once, like a search of the audit log, may take long: nobody is to wait for it.
            patiently(|| aside(|| self.read(|connection| query(connection, stmt, params)))).await
        }
    }

    pub(crate) async fn execute(&self, stmt: &Stmt, params: &[Value]) -> Result<u64> {
        self.write(stmt, |writer| execute(writer, stmt, params)).await
    }

    pub(crate) async fn together(&self, writes: Vec<(Stmt, Vec<Value>)>) -> Result<()> {
        let tx = self.begin().await?;
        for (stmt, params) in &writes {
            tx.execute(stmt, params)?;
        }
        tx.commit().await
    }

    async fn write<T>(&self, stmt: &Stmt, work: impl Fn(&Connection) -> Result<T>) -> Result<T> {
        let mut writer = in_time(self.writer.lock()).await?;
        patiently(move || {
            let done = work(&writer)?;
            self.watch.committed(&mut writer, stmt.kind == Kind::Write);
            Ok(done)
        })
        .await
    }

    pub(crate) fn epoch(&self) -> u64 {
        self.watch.epoch()
    }

    /// The first reader that is free; one that is warm if possible.
    fn read<T>(&self, work: impl Fn(&Connection) -> Result<T>) -> Result<T> {
        for reader in &self.readers {
            match reader.try_lock() {
                Ok(mut reader) => return work(self.connected(&mut reader)?),
                Err(TryLockError::Poisoned(reader)) => return work(self.connected(&mut reader.into_inner())?),
                Err(TryLockError::WouldBlock) => {}
            }
        }
        let mut reader = self.readers[0].lock().unwrap_or_else(PoisonError::into_inner);
        work(self.connected(&mut reader)?)
    }

    fn connected<'a>(&self, reader: &'a mut Option<Connection>) -> Result<&'a Connection> {
        if reader.is_none() {
            *reader = Some(connect(&self.path, false)?);
        }
        reader.as_ref().ok_or(StoreError::Busy)
    }
}

/// An open transaction: it holds the writer.
pub(crate) struct SqliteTx {
    // The standard lock makes the guard shareable between threads; it is never contended.
    writer: Mutex<OwnedMutexGuard<Writer>>,
    watch: Arc<Watch>,
    open: bool,
    changes: AtomicBool,
}

impl SqliteTx {
    pub(super) fn rows(&self, stmt: &Stmt, params: &[Value]) -> Result<Vec<Row>> {
        self.remember(stmt);
        query(&self.connection(), stmt, params)
    }

    pub(super) fn execute(&self, stmt: &Stmt, params: &[Value]) -> Result<u64> {
        self.remember(stmt);
        execute(&self.connection(), stmt, params)
    }

    fn remember(&self, stmt: &Stmt) {
        if stmt.kind == Kind::Write {
            self.changes.store(true, Ordering::Relaxed);
        }
    }

    pub(super) fn batch(&self, sql: &str) -> Result<()> {
        self.connection().execute_batch(sql).map_err(error)
    }

    pub(super) async fn commit(mut self) -> Result<()> {
        patiently(|| run(&self.connection(), "COMMIT")).await?;
        self.open = false;
        let changes = self.changes.load(Ordering::Relaxed);
        self.watch.committed(&mut self.connection(), changes);
        Ok(())
    }

    fn connection(&self) -> std::sync::MutexGuard<'_, OwnedMutexGuard<Writer>> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for SqliteTx {
    fn drop(&mut self) {
        if self.open
            && let Err(why) = self.connection().execute_batch("ROLLBACK")
        {
            // An error inside the transaction may have ended it already.
            tracing::debug!(%why, "a transaction was gone before it was rolled back");
        }
    }
}

/// The writer is one: who waits for it behind a transaction that does not end is told so.
async fn in_time<T>(lock: impl Future<Output = T>) -> Result<T> {
    tokio::time::timeout(PATIENCE, lock).await.map_err(|_| StoreError::Busy)
}

/// Other tasks of this thread go on elsewhere meanwhile, where there is more than one thread.
fn aside<T>(work: impl FnOnce() -> T) -> T {
    match Handle::try_current().map(|runtime| runtime.runtime_flavor()) {
        Ok(RuntimeFlavor::MultiThread) => tokio::task::block_in_place(work),
        _ => work(),
    }
}

/// Tries again while another program has the database locked, for as long as a person would wait.
async fn patiently<T>(mut attempt: impl FnMut() -> Result<T>) -> Result<T> {
    let deadline = Instant::now() + PATIENCE;
    let mut pause = Duration::from_millis(1);
    loop {
        match attempt() {
            Err(StoreError::Busy) if Instant::now() < deadline => tokio::time::sleep(pause).await,
            result => return result,
        }
        pause = (pause * 2).min(Duration::from_millis(50));
    }
}

fn connect(path: &Path, writes: bool) -> Result<Connection> {
    let mut flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    if writes {
        flags |= OpenFlags::SQLITE_OPEN_CREATE;
    }
    let connection = Connection::open_with_flags(path, flags).map_err(error)?;
    connection.set_prepared_statement_cache_capacity(KEPT_STATEMENTS);
    connection.busy_timeout(Duration::ZERO).map_err(error)?;
    // Without it, plans depend on the values bound, and statements about tables with partial indexes are prepared anew
    // at every use.
    connection
        .set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)
        .map_err(error)?;
    // The log is taken over into the file every 16 MB: a page that many writes go through is copied once then. The caches
    // hold what sign-ins of ten thousand people go through again and again.
    let pragmas = if writes {
        "PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON; PRAGMA cache_size = -8192; \
         PRAGMA journal_size_limit = 16777216; PRAGMA wal_autocheckpoint = 4000;"
    } else {
        "PRAGMA query_only = ON; PRAGMA cache_size = -4096;"
    };
    connection.execute_batch(pragmas).map_err(error)?;
    Ok(connection)
}

fn query(connection: &Connection, stmt: &Stmt, params: &[Value]) -> Result<Vec<Row>> {
    if stmt.is_kept() {
        rows(&mut *connection.prepare_cached(&text(stmt)).map_err(error)?, params)
    } else {
        rows(&mut connection.prepare(&text(stmt)).map_err(error)?, params)
    }
}

fn rows(prepared: &mut Statement<'_>, params: &[Value]) -> Result<Vec<Row>> {
    let columns = prepared.column_count();
    let mut found = prepared.query(params_from_iter(params)).map_err(error)?;
    let mut rows = Vec::new();
    while let Some(row) = found.next().map_err(error)? {
        let mut values = Vec::with_capacity(columns);
        for column in 0..columns {
            values.push(row.get_ref(column).map_err(error).and_then(read)?);
        }
        rows.push(Row::new(values));
    }
    Ok(rows)
}

fn execute(connection: &Connection, stmt: &Stmt, params: &[Value]) -> Result<u64> {
    let mut prepared = connection.prepare_cached(&text(stmt)).map_err(error)?;
    let changed = prepared.execute(params_from_iter(params)).map_err(error)?;
    Ok(changed as u64)
}

/// A statement without parameters that is wanted again and again.
fn run(connection: &Connection, sql: &str) -> Result<()> {
    let mut prepared = connection.prepare_cached(sql).map_err(error)?;
    prepared.execute([]).map(drop).map_err(error)
}

/// SQLite would take `$1` for a name.
fn text(stmt: &Stmt) -> String {
    stmt.sql.replace('$', "?")
}

fn read(value: ValueRef<'_>) -> Result<Value> {
    match value {
        ValueRef::Null => Ok(Value::Null),
        ValueRef::Integer(number) => Ok(Value::Int(number)),
        ValueRef::Text(text) => match std::str::from_utf8(text) {
            Ok(text) => Ok(Value::Text(text.to_owned())),
            Err(_) => Err(StoreError::Corrupt("a text is not UTF-8".to_owned())),
        },
        ValueRef::Blob(bytes) => Ok(Value::Bytes(bytes.to_owned())),
        ValueRef::Real(_) => Err(StoreError::Corrupt("a fraction where none can be".to_owned())),
    }
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Self::Null => ToSqlOutput::Borrowed(ValueRef::Null),
            Self::Bool(flag) => ToSqlOutput::Borrowed(ValueRef::Integer(i64::from(*flag))),
            Self::Int(number) => ToSqlOutput::Borrowed(ValueRef::Integer(*number)),
            Self::Text(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
            Self::Bytes(bytes) => ToSqlOutput::Borrowed(ValueRef::Blob(bytes)),
            Self::Time(time) => ToSqlOutput::Owned(format_time(*time).into()),
        })
    }
}

fn error(error: rusqlite::Error) -> StoreError {
    let text = error.to_string();
    let Some(failure) = error.sqlite_error() else {
        return StoreError::Other(text);
    };
    match failure.code {
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => StoreError::Busy,
        ErrorCode::ConstraintViolation if is_unique(failure.extended_code) => StoreError::Conflict(text),
        ErrorCode::CannotOpen
        | ErrorCode::SystemIoFailure
        | ErrorCode::ReadOnly
        | ErrorCode::DiskFull
        | ErrorCode::PermissionDenied => StoreError::Unavailable(text),
        ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => StoreError::Corrupt(text),
        _ => StoreError::Other(text),
    }
}

fn is_unique(extended: i32) -> bool {
    [
        ffi::SQLITE_CONSTRAINT_UNIQUE,
        ffi::SQLITE_CONSTRAINT_PRIMARYKEY,
        ffi::SQLITE_CONSTRAINT_ROWID,
    ]
    .contains(&extended)
}
