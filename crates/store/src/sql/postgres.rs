//! PostgreSQL: a small pool of connections, statements kept prepared on each.

use std::error::Error as _;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::{BufMut, BytesMut};
use deadpool_postgres::{
    ClientWrapper, Hook, HookError, Manager, ManagerConfig, Object, Pool, PoolError, RecyclingMethod, Runtime,
    TimeoutType,
};
use futures_util::FutureExt;
use jiff::Timestamp;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};
use tokio_postgres::{NoTls, Statement};

use super::epoch::Epoch;
use super::listener::Listener;
use super::{Kind, Row, Stmt, Value};
use crate::error::{Result, StoreError};

const CONNECTIONS: usize = 8;
const PATIENCE: Duration = Duration::from_secs(10);
/// PostgreSQL counts from the year 2000.
const EPOCH_MICROS: i64 = 946_684_800_000_000;

type BoxError = Box<dyn std::error::Error + Sync + Send>;

pub(crate) struct Postgres {
    pool: Pool,
    config: tokio_postgres::Config,
    epoch: Arc<Epoch>,
    listener: OnceLock<Listener>,
}

impl Postgres {
    pub(crate) fn new(config: tokio_postgres::Config) -> Result<Self> {
        // A connection that was lost is noticed when it is taken, and replaced.
        let recycling = ManagerConfig {
            recycling_method: RecyclingMethod::Fast,
        };
        let pool = Pool::builder(Manager::from_config(config.clone(), NoTls, recycling))
            .max_size(CONNECTIONS)
            .wait_timeout(Some(PATIENCE))
            .create_timeout(Some(PATIENCE))
            .runtime(Runtime::Tokio1)
            .post_create(Hook::async_fn(|client, _| Box::pin(settle(client))))
            .build()
            .map_err(|error| StoreError::Other(error.to_string()))?;
        let epoch = Arc::new(Epoch::default());
        epoch.hears(false);
        Ok(Self {
            pool,
            config,
            epoch,
            listener: OnceLock::new(),
        })
    }

    /// Begins to listen for what others change. Until it hears, nothing should be kept in memory.
    pub(crate) fn listen(&self) {
        self.listener
            .get_or_init(|| Listener::start(self.config.clone(), Arc::clone(&self.epoch)));
    }

    pub(crate) fn epoch(&self) -> u64 {
        self.epoch.current()
    }

    fn ran(&self, stmt: &Stmt) {
        if stmt.kind == Kind::Write {
            self.epoch.advance();
        }
    }

    pub(crate) async fn begin(&self) -> Result<PostgresTx> {
        let tx = PostgresTx {
            client: self.client().await?,
            epoch: Arc::clone(&self.epoch),
            open: true,
            changes: AtomicBool::new(false),
        };
        tx.batch("BEGIN").await?;
        Ok(tx)
    }

    pub(crate) async fn rows(&self, stmt: &Stmt, params: &[Value]) -> Result<Vec<Row>> {
        let result = match query(&self.client().await?, stmt, params).await {
            // A read may be asked twice: the connection had died in the pool.
            Err(StoreError::Unavailable(_)) if !stmt.writes() => query(&self.client().await?, stmt, params).await,
            result => result,
        };
        self.ran(stmt);
        result
    }

    pub(crate) async fn execute(&self, stmt: &Stmt, params: &[Value]) -> Result<u64> {
        let result = execute(&self.client().await?, stmt, params).await;
        self.ran(stmt);
        result
    }

    async fn client(&self) -> Result<Object> {
        self.pool.get().await.map_err(|failure| match failure {
            PoolError::Backend(failure) => match error(&failure) {
                StoreError::Other(why) => StoreError::Unavailable(why),
                known => known,
            },
            PoolError::Timeout(TimeoutType::Wait) => StoreError::Busy,
            PoolError::Timeout(_) => StoreError::Unavailable("it did not answer within 10 seconds".to_owned()),
            other => StoreError::Unavailable(other.to_string()),
        })
    }
}

/// Nobody waits for a lock for ever, and a hub that hangs lets go of its locks.
async fn settle(client: &mut ClientWrapper) -> std::result::Result<(), HookError> {
    const LIMITS: &str = "SET lock_timeout = '10s'; SET idle_in_transaction_session_timeout = '60s'";
    client.batch_execute(LIMITS).await.map_err(HookError::Backend)
}

/// An open transaction on a connection of its own.
pub(crate) struct PostgresTx {
    client: Object,
    epoch: Arc<Epoch>,
    open: bool,
    changes: AtomicBool,
}

impl PostgresTx {
    pub(super) async fn rows(&self, stmt: &Stmt, params: &[Value]) -> Result<Vec<Row>> {
        self.remember(stmt);
        query(&self.client, stmt, params).await
    }

    pub(super) async fn execute(&self, stmt: &Stmt, params: &[Value]) -> Result<u64> {
        self.remember(stmt);
        execute(&self.client, stmt, params).await
    }

    fn remember(&self, stmt: &Stmt) {
        if stmt.kind == Kind::Write {
            self.changes.store(true, Ordering::Relaxed);
        }
    }

    pub(super) async fn batch(&self, sql: &str) -> Result<()> {
        self.client.batch_execute(sql).await.map_err(|failure| error(&failure))
    }

    pub(super) async fn commit(mut self: Box<Self>) -> Result<()> {
        let ended = self.batch("COMMIT").await;
        // Also if the answer was lost: it may have come to pass.
        if self.changes.load(Ordering::Relaxed) {
            self.epoch.advance();
        }
        ended?;
        self.open = false;
        Ok(())
    }
}

impl Drop for PostgresTx {
    fn drop(&mut self) {
        if self.open {
            // The first poll queues the command; whoever takes the connection next comes after it.
            let _sent = self.client.batch_execute("ROLLBACK").now_or_never();
        }
    }
}

async fn prepare(client: &Object, stmt: &Stmt) -> Result<Statement> {
    let prepared = if stmt.is_kept() {
        client.prepare_cached(&stmt.sql).await
    } else {
        client.prepare(&stmt.sql).await
    };
    prepared.map_err(|failure| error(&failure))
}

async fn query(client: &Object, stmt: &Stmt, params: &[Value]) -> Result<Vec<Row>> {
    let prepared = prepare(client, stmt).await?;
    let found = client
        .query(&prepared, &borrowed(params))
        .await
        .map_err(|failure| error(&failure))?;
    found.iter().map(read).collect()
}

async fn execute(client: &Object, stmt: &Stmt, params: &[Value]) -> Result<u64> {
    let prepared = prepare(client, stmt).await?;
    client
        .execute(&prepared, &borrowed(params))
        .await
        .map_err(|failure| error(&failure))
}

fn borrowed(params: &[Value]) -> Vec<&(dyn ToSql + Sync)> {
    params.iter().map(|value| value as &(dyn ToSql + Sync)).collect()
}

fn read(row: &tokio_postgres::Row) -> Result<Row> {
    let values = (0..row.len()).map(|column| {
        row.try_get::<_, Value>(column)
            .map_err(|failure| StoreError::Corrupt(describe(&failure)))
    });
    Ok(Row::new(values.collect::<Result<_>>()?))
}

impl<'a> FromSql<'a> for Value {
    fn from_sql(ty: &Type, raw: &'a [u8]) -> std::result::Result<Self, BoxError> {
        Ok(match *ty {
            Type::BOOL => Self::Bool(bool::from_sql(ty, raw)?),
            Type::INT2 => Self::Int(i16::from_sql(ty, raw)?.into()),
            Type::INT4 => Self::Int(i32::from_sql(ty, raw)?.into()),
            Type::INT8 => Self::Int(i64::from_sql(ty, raw)?),
            Type::BYTEA => Self::Bytes(raw.to_owned()),
            Type::TIMESTAMP => {
                let micros = i64::from_be_bytes(raw.try_into()?);
                Self::Time(Timestamp::from_microsecond(micros.saturating_add(EPOCH_MICROS))?)
            }
            _ => Self::Text(String::from_utf8(raw.to_owned())?),
        })
    }

    fn from_sql_null(_: &Type) -> std::result::Result<Self, BoxError> {
        Ok(Self::Null)
    }

    fn accepts(ty: &Type) -> bool {
        matches!(
            *ty,
            Type::BOOL | Type::INT2 | Type::INT4 | Type::INT8 | Type::BYTEA | Type::TIMESTAMP
        ) || <&str as FromSql>::accepts(ty)
    }
}

impl ToSql for Value {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> std::result::Result<IsNull, BoxError> {
        match (self, ty) {
            (Self::Null, _) => return Ok(IsNull::Yes),
            (Self::Bool(flag), &Type::BOOL) => flag.to_sql(ty, out)?,
            (Self::Int(number), &Type::INT4) => i32::try_from(*number)?.to_sql(ty, out)?,
            (Self::Int(number), &Type::INT8) => number.to_sql(ty, out)?,
            (Self::Bytes(bytes), &Type::BYTEA) => bytes.to_sql(ty, out)?,
            (Self::Time(time), &Type::TIMESTAMP) => {
                out.put_i64(time.as_microsecond() - EPOCH_MICROS);
                IsNull::No
            }
            (Self::Text(text), ty) if <&str as ToSql>::accepts(ty) => text.to_sql(ty, out)?,
            (_, ty) => return Err(format!("a parameter does not fit the type {ty}").into()),
        };
        Ok(IsNull::No)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

fn error(failure: &tokio_postgres::Error) -> StoreError {
    let text = describe(failure);
    let Some(code) = failure.code() else {
        let is_io = failure.source().is_some_and(|source| source.is::<std::io::Error>());
        return if failure.is_closed() || is_io {
            StoreError::Unavailable(text)
        } else {
            StoreError::Other(text)
        };
    };
    match *code {
        SqlState::UNIQUE_VIOLATION => StoreError::Conflict(text),
        SqlState::T_R_SERIALIZATION_FAILURE | SqlState::T_R_DEADLOCK_DETECTED | SqlState::LOCK_NOT_AVAILABLE => {
            StoreError::Busy
        }
        SqlState::ADMIN_SHUTDOWN
        | SqlState::CRASH_SHUTDOWN
        | SqlState::CANNOT_CONNECT_NOW
        | SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT
        | SqlState::TOO_MANY_CONNECTIONS => StoreError::Unavailable(text),
        _ if code.code().starts_with("08") => StoreError::Unavailable(text),
        _ => StoreError::Other(text),
    }
}

/// The server's own sentence if it gave one. Details are left out: they hold values.
fn describe(failure: &tokio_postgres::Error) -> String {
    match (failure.as_db_error(), failure.source()) {
        (Some(server), _) => server.message().to_owned(),
        (None, Some(source)) => format!("{failure}: {source}"),
        (None, None) => failure.to_string(),
    }
}
