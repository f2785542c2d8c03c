//! PostgreSQL: a small pool of connections, statements kept prepared on each.

use std::error::Error as _;
use std::future::ready;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::{BufMut, BytesMut};
use deadpool::Runtime;
use deadpool::managed::{self, PoolError, TimeoutType};
use futures_util::FutureExt;
use futures_util::future::{OptionFuture, try_join_all, try_join3};
use jiff::Timestamp;
use tokio::sync::Mutex;
use tokio_postgres::Statement;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};

use super::epoch::{Changing, Epoch};
use super::link::{Link, Links};
use super::listener::Listener;
use super::{Kind, Row, Stmt, Value, batch};
use crate::error::{Result, StoreError};
use crate::tls::Server;

const CONNECTIONS: usize = 8;
const PATIENCE: Duration = Duration::from_secs(10);
/// Statements that wait to be sent with the next one.
const MOST_POSTED: usize = 16;
/// PostgreSQL counts from the year 2000.
const EPOCH_MICROS: i64 = 946_684_800_000_000;

type BoxError = Box<dyn std::error::Error + Sync + Send>;
type Pool = managed::Pool<Links>;
type Object = managed::Object<Links>;

pub(crate) struct Postgres {
    pool: Pool,
    server: Server,
    epoch: Arc<Epoch>,
    listener: OnceLock<Listener>,
}

impl Postgres {
    pub(crate) fn new(server: Server) -> Result<Self> {
        let pool = Pool::builder(Links(server.clone()))
            .max_size(CONNECTIONS)
            .wait_timeout(Some(PATIENCE))
            .create_timeout(Some(PATIENCE))
            .runtime(Runtime::Tokio1)
            .build()
            .map_err(|error| StoreError::Other(error.to_string()))?;
        let epoch = Arc::new(Epoch::default());
        epoch.hears(false);
        Ok(Self {
            pool,
            server,
            epoch,
            listener: OnceLock::new(),
        })
    }

    /// Begins to listen for what others change. Until it hears, nothing should be kept in memory.
    pub(crate) fn listen(&self) {
        self.listener
            .get_or_init(|| Listener::start(self.server.clone(), Arc::clone(&self.epoch)));
    }

    pub(crate) fn epoch(&self) -> u64 {
        self.epoch.current()
    }

    fn changing(&self, stmt: &Stmt) -> Option<Changing> {
        (stmt.kind == Kind::Write).then(|| self.epoch.changing())
    }

    pub(crate) async fn begin(&self) -> Result<PostgresTx> {
        Ok(PostgresTx {
            state: Mutex::new(TxState {
                link: self.link().await?,
                stage: Stage::Fresh,
                posted: Vec::new(),
                changes: false,
            }),
            epoch: Arc::clone(&self.epoch),
        })
    }

    pub(crate) async fn rows(&self, stmt: &Stmt, params: &[Value]) -> Result<Vec<Row>> {
        let mut link = self.link().await?;
        let _changing = self.changing(stmt);
        let first = link.rows(stmt, params).await;
        drop(link);
        match first {
            // A read may be asked twice: the connection had died in the pool.
            Err(StoreError::Unavailable(_)) if !stmt.writes() => self.link().await?.rows(stmt, params).await,
            result => result,
        }
    }

    pub(crate) async fn execute(&self, stmt: &Stmt, params: &[Value]) -> Result<u64> {
        let mut link = self.link().await?;
        let _changing = self.changing(stmt);
        link.execute(stmt, params).await
    }

    pub(crate) async fn together(&self, writes: Vec<(Stmt, Vec<Value>)>) -> Result<()> {
        if writes.is_empty() {
            return Ok(());
        }
        let (stmt, params) = batch::as_one(writes);
        self.execute(&stmt, &params).await.map(drop)
    }

    async fn link(&self) -> Result<Object> {
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

impl Link {
    async fn rows(&mut self, stmt: &Stmt, params: &[Value]) -> Result<Vec<Row>> {
        let work = async {
            let (prepared, client) = (self.prepare(stmt).await?, Arc::clone(&self.client));
            self.drive(client.query(&prepared, &borrowed(params))).await
        };
        read_all(work.await)
    }

    async fn execute(&mut self, stmt: &Stmt, params: &[Value]) -> Result<u64> {
        let work = async {
            let (prepared, client) = (self.prepare(stmt).await?, Arc::clone(&self.client));
            self.drive(client.execute(&prepared, &borrowed(params))).await
        };
        work.await.map_err(|failure| error(&failure))
    }
}

/// A transaction on a connection of its own. Its `BEGIN` goes out with the first statement, and what was posted with the
/// next one or with the `COMMIT`.
pub(crate) struct PostgresTx {
    state: Mutex<TxState>,
    epoch: Arc<Epoch>,
}

struct TxState {
    link: Object,
    stage: Stage,
    posted: Vec<(Statement, Vec<Value>)>,
    changes: bool,
}

#[derive(PartialEq, Eq)]
enum Stage {
    /// Nothing was sent.
    Fresh,
    Begun,
    Ended,
}

impl PostgresTx {
    pub(super) async fn rows(&self, stmt: &Stmt, params: &[Value]) -> Result<Vec<Row>> {
        let mut state = self.state.lock().await;
        let prepared = state.prepare(stmt).await?;
        let client = Arc::clone(&state.link.client);
        read_all(state.together(client.query(&prepared, &borrowed(params))).await)
    }

    pub(super) async fn execute(&self, stmt: &Stmt, params: &[Value]) -> Result<u64> {
        let mut state = self.state.lock().await;
        let prepared = state.prepare(stmt).await?;
        let client = Arc::clone(&state.link.client);
        let done = state.together(client.execute(&prepared, &borrowed(params))).await;
        done.map_err(|failure| error(&failure))
    }

    pub(super) async fn post(&self, stmt: &Stmt, params: &[Value]) -> Result<()> {
        let mut state = self.state.lock().await;
        let prepared = state.prepare(stmt).await?;
        state.posted.push((prepared, params.to_vec()));
        match state.posted.len() < MOST_POSTED {
            true => Ok(()),
            false => state.together(ready(Ok(()))).await.map_err(|failure| error(&failure)),
        }
    }

    pub(super) async fn batch(&self, sql: &str) -> Result<()> {
        let mut state = self.state.lock().await;
        let client = Arc::clone(&state.link.client);
        let done = state.together(client.batch_execute(sql)).await;
        done.map_err(|failure| error(&failure))
    }

    pub(super) async fn commit(mut self: Box<Self>) -> Result<()> {
        let state = self.state.get_mut();
        // Also if the answer is lost: it may have come to pass.
        let _changing = state.changes.then(|| self.epoch.changing());
        state.commit().await.map_err(|failure| error(&failure))
    }
}

impl TxState {
    async fn prepare(&mut self, stmt: &Stmt) -> Result<Statement> {
        self.changes |= stmt.kind == Kind::Write;
        self.link.prepare(stmt).await.map_err(|failure| error(&failure))
    }

    /// What waits is sent, and then `work`, without waiting for answers in between. After an error the database refuses
    /// whatever follows in a transaction, so that the first one is the one to tell.
    async fn together<T>(
        &mut self,
        work: impl Future<Output = std::result::Result<T, tokio_postgres::Error>>,
    ) -> std::result::Result<T, tokio_postgres::Error> {
        let client = Arc::clone(&self.link.client);
        let begins = self.stage == Stage::Fresh;
        let begin = OptionFuture::from(begins.then(|| client.batch_execute("BEGIN")));
        self.stage = Stage::Begun;
        let posted = std::mem::take(&mut self.posted);
        let posted = posted.iter().map(|(stmt, params)| client.execute_raw(stmt, params));
        let all = try_join3(begin.map(Option::transpose), try_join_all(posted), work);
        self.link.drive(all).await.map(|(_, _, done)| done)
    }

    async fn commit(&mut self) -> std::result::Result<(), tokio_postgres::Error> {
        if self.stage == Stage::Begun || !self.posted.is_empty() {
            let client = Arc::clone(&self.link.client);
            self.together(client.batch_execute("COMMIT")).await?;
        }
        self.stage = Stage::Ended;
        Ok(())
    }
}

impl Drop for PostgresTx {
    fn drop(&mut self) {
        let state = self.state.get_mut();
        if state.stage == Stage::Begun {
            let client = Arc::clone(&state.link.client);
            // The first poll sends the command; whoever takes the connection next comes after it.
            let _sent = state.link.drive(client.batch_execute("ROLLBACK")).now_or_never();
        }
    }
}

fn borrowed(params: &[Value]) -> Vec<&(dyn ToSql + Sync)> {
    params.iter().map(|value| value as &(dyn ToSql + Sync)).collect()
}

fn read_all(found: std::result::Result<Vec<tokio_postgres::Row>, tokio_postgres::Error>) -> Result<Vec<Row>> {
    found.map_err(|failure| error(&failure))?.iter().map(read).collect()
}

fn read(row: &tokio_postgres::Row) -> Result<Row> {
    let mut values = Vec::with_capacity(row.len());
    for column in 0..row.len() {
        let value = row.try_get::<_, Value>(column);
        values.push(value.map_err(|failure| StoreError::Corrupt(describe(&failure)))?);
    }
    Ok(Row::new(values))
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
