//! One connection to the shared table: reads it once, and follows it until the connection ends.

use std::{
    collections::{HashMap, HashSet},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use jiff::Timestamp;
use redis::{Cmd, FromRedisValue, Pipeline, PushInfo, PushKind, RedisError, aio::MultiplexedConnection};
use serde_json::{Map, Value as Json};
use tokio::{
    sync::{mpsc, oneshot},
    time::{MissedTickBehavior, interval},
};
use tokio_util::sync::CancellationToken;
use tracing::warn;

use super::{ACTIVITY, Address, Ask, CHANGES, Change, ID, TABLE};
use crate::{
    log,
    routes::{
        store::StoreError,
        table::{Edit, Route, RouteTable},
    },
};

/// Told changes that wait to be read; with more, all is read.
const MOST_TOLD: usize = 4096;
/// Changes written, or read, at once.
const AT_ONCE: usize = 500;
/// Routes a scan takes at once: Redis serves nobody else meanwhile.
const SCANNED: usize = 1000;
/// Is Redis still there, and does it still have its memory?
const HEARTBEAT: Duration = Duration::from_secs(2);
/// Last activities are exchanged so often.
const EXCHANGE: Duration = Duration::from_secs(10);
/// Clocks of edges differ by less.
const CLOCKS: i64 = 60_000;
/// All is read so often, for the sake of those who write without telling.
const ALL: Duration = Duration::from_secs(300);

enum Told {
    /// Somebody changed the route with this field.
    Changed(String),
    Disconnected,
}

pub(super) struct Session {
    connection: MultiplexedConnection,
    /// What is told comes here and ends with it.
    _listener: MultiplexedConnection,
    table: Arc<RouteTable>,
    channel: String,
    /// Tells our own notices from others'.
    me: String,
    told: mpsc::Receiver<Told>,
    missed: Arc<AtomicBool>,
    /// What the table calls itself.
    id: Option<String>,
    /// Fields that are no routes.
    strange: usize,
    /// As many routes in Redis as here, the last time we looked.
    even: bool,
    /// The newest last activity that was written.
    written: i64,
}

impl Session {
    /// Connects and makes the table the shared one.
    pub(super) async fn begin(
        address: &mut Address,
        table: Arc<RouteTable>,
        followed: Option<String>,
    ) -> Result<Self, RedisError> {
        let (teller, told) = mpsc::channel(MOST_TOLD);
        let missed = Arc::new(AtomicBool::new(false));
        let me = random();
        let (mine, missing) = (me.clone(), Arc::clone(&missed));
        let (connection, mut listener) = address
            .connect(move |info| {
                if let Some(note) = understood(info, &mine)
                    && teller.try_send(note).is_err()
                {
                    missing.store(true, Ordering::Relaxed);
                }
                Ok(())
            })
            .await?;
        let channel = format!("{CHANGES}:{}", address.database);
        listener.subscribe(&channel).await?;
        let mut session = Self {
            connection,
            _listener: listener,
            table,
            channel,
            me,
            told,
            missed,
            id: followed,
            strange: 0,
            even: true,
            written: i64::MIN,
        };
        session.read_all().await?;
        Ok(session)
    }

    pub(super) fn into_id(self) -> Option<String> {
        self.id
    }

    /// Until the connection or the edge ends.
    pub(super) async fn follow(
        &mut self,
        asks: &mut mpsc::Receiver<Ask>,
        stop: &CancellationToken,
    ) -> Result<(), RedisError> {
        let [mut heartbeat, mut exchange, mut all] = [HEARTBEAT, EXCHANGE, ALL].map(|period| {
            let mut ticks = interval(period);
            ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            ticks.reset();
            ticks
        });
        loop {
            tokio::select! {
                told = self.told.recv() => self.catch_up(told).await?,
                ask = asks.recv() => match ask {
                    Some(ask) => self.change(ask, asks).await?,
                    None => return Ok(()),
                },
                _ = heartbeat.tick() => self.check().await?,
                _ = exchange.tick() => self.exchange().await?,
                _ = all.tick() => self.read_all().await?,
                () = stop.cancelled() => return self.exchange().await,
            }
            if self.missed.swap(false, Ordering::Relaxed) {
                self.read_all().await?;
            }
        }
    }

    async fn query<T: FromRedisValue>(&mut self, command: &Cmd) -> Result<T, RedisError> {
        command.query_async(&mut self.connection).await
    }

    /// Reads what others changed.
    async fn catch_up(&mut self, first: Option<Told>) -> Result<(), RedisError> {
        let mut fields = Vec::new();
        let mut next = first.or(Some(Told::Disconnected));
        while let Some(told) = next {
            match told {
                Told::Changed(field) => fields.push(field),
                Told::Disconnected => return Err(RedisError::from(std::io::Error::other("the connection was closed"))),
            }
            next = if fields.len() < AT_ONCE {
                self.told.try_recv().ok()
            } else {
                None
            };
        }
        self.read(&fields).await
    }

    /// Writes what is asked for, and whatever else has been asked for by now.
    async fn change(&mut self, first: Ask, asks: &mut mpsc::Receiver<Ask>) -> Result<(), RedisError> {
        let mut edits = Vec::new();
        let mut waiting = Vec::new();
        let mut next = Some(first);
        while let Some(Ask { change, done }) = next {
            match change {
                Change::One(edit) => {
                    edits.push(edit);
                    waiting.push(done);
                }
                Change::All(wanted) => {
                    self.write_for(std::mem::take(&mut edits), std::mem::take(&mut waiting))
                        .await?;
                    let result = self.replace(wanted).await;
                    let answer = result.as_ref().map(|()| true).map_err(|_| StoreError::Away);
                    let _ = done.send(answer);
                    self.survive(result)?;
                }
            }
            next = if edits.len() < AT_ONCE {
                asks.try_recv().ok()
            } else {
                None
            };
        }
        self.write_for(edits, waiting).await
    }

    async fn write_for(
        &mut self,
        edits: Vec<Edit>,
        waiting: Vec<oneshot::Sender<Result<bool, StoreError>>>,
    ) -> Result<(), RedisError> {
        if edits.is_empty() {
            return Ok(());
        }
        match self.write(edits).await {
            Ok(done) => {
                waiting
                    .into_iter()
                    .zip(done)
                    .for_each(|(waiting, done)| drop(waiting.send(Ok(done))));
                Ok(())
            }
            Err(error) => {
                waiting
                    .into_iter()
                    .for_each(|waiting| drop(waiting.send(Err(StoreError::Away))));
                self.survive(Err(error))
            }
        }
    }

    /// What Redis says no to (it may be read-only or full for now) is no reason to leave.
    fn survive(&self, result: Result<(), RedisError>) -> Result<(), RedisError> {
        match result {
            Err(error) if !error.is_io_error() && !error.is_unrecoverable_error() => {
                warn!(%error, "Redis refuses to change the routes");
                Ok(())
            }
            other => other,
        }
    }

    /// Writes changes and tells of them; then makes the table what Redis has. Tells which routes came or went.
    async fn write(&mut self, edits: Vec<Edit>) -> Result<Vec<bool>, RedisError> {
        let mut pipe = Pipeline::new();
        pipe.atomic().set_nx(ID, &self.me).ignore();
        let mut fields = Vec::with_capacity(edits.len());
        let mut comes = Vec::with_capacity(edits.len());
        for edit in edits {
            comes.push(matches!(edit, Edit::Put(_)));
            let field = match edit {
                Edit::Put(route) => {
                    let route = self.table.own(route);
                    let field = field_of(&route.key);
                    pipe.hset(TABLE, &field, value_of(&route)).ignore();
                    field
                }
                Edit::Remove(key) => {
                    let field = field_of(&key);
                    pipe.zrem(ACTIVITY, &field).ignore().hdel(TABLE, &field);
                    field
                }
            };
            pipe.publish(&self.channel, format!("{} {field}", self.me)).ignore();
            fields.push(field);
        }
        let removed: Vec<i64> = pipe.query_async(&mut self.connection).await?;
        let mut removed = removed.into_iter();
        if self.id.is_none() {
            self.id = self.query(&Cmd::get(ID)).await?;
        }
        self.read(&fields).await?;
        Ok(comes
            .into_iter()
            .map(|comes| comes || removed.next().is_some_and(|count| count > 0))
            .collect())
    }

    /// Makes these the only routes.
    async fn replace(&mut self, wanted: Vec<Route>) -> Result<(), RedisError> {
        let mut there = self.scan().await?;
        let mut edits = Vec::new();
        for route in wanted {
            let route = self.table.own(route);
            let known = there.remove(&field_of(&route.key));
            let known = known.and_then(|value| route_of(&field_of(&route.key), &value));
            if known.is_none_or(|known| !known.leads_as(&route)) {
                edits.push(Edit::Put(route));
            }
        }
        edits.extend(
            there
                .keys()
                .filter_map(|field| Some(Edit::Remove(self.table.key_of(field).ok()?))),
        );
        while !edits.is_empty() {
            let rest = edits.split_off(edits.len().min(AT_ONCE));
            self.write(std::mem::replace(&mut edits, rest)).await?;
        }
        Ok(())
    }

    /// Makes these routes in the table what they are in Redis.
    async fn read(&mut self, fields: &[String]) -> Result<(), RedisError> {
        if fields.is_empty() {
            return Ok(());
        }
        let mut command = redis::cmd("HMGET");
        command.arg(TABLE).arg(fields);
        let values: Vec<Option<String>> = self.query(&command).await?;
        let edits: Vec<_> = fields
            .iter()
            .zip(values)
            .filter_map(|(field, value)| match value {
                Some(value) => self.put(route_of(field, &value)?),
                None => self.removed(&self.table.key_of(field).ok()?),
            })
            .collect();
        if !edits.is_empty() {
            self.table.apply(edits);
        }
        Ok(())
    }

    fn put(&self, route: Route) -> Option<Edit> {
        let route = self.table.own(route);
        match self.table.by_key(&route.key) {
            Some(known) if known.leads_as(&route) => {
                known.touched_elsewhere(route.active_at());
                None
            }
            _ => Some(Edit::Put(route)),
        }
    }

    /// What comes from the configuration is not in Redis.
    fn removed(&self, key: &str) -> Option<Edit> {
        let known = self.table.by_key(key)?;
        known.saved.then(|| Edit::Remove(key.into()))
    }

    /// Makes the table what Redis has, after giving it back what it has lost.
    async fn read_all(&mut self) -> Result<(), RedisError> {
        let id: Option<String> = self.query(&Cmd::get(ID)).await?;
        if id.is_none() || self.id.is_some() && self.id != id {
            self.restore().await?;
        }
        if id.is_none() && !self.table.is_empty() {
            let _: bool = self.query(&Cmd::set_nx(ID, &self.me)).await?;
        }
        self.id = self.query(&Cmd::get(ID)).await?;
        self.missed.store(false, Ordering::Relaxed);
        let there = self.scan().await?;
        let mut edits = Vec::new();
        let mut keys = HashSet::with_capacity(there.len());
        self.strange = 0;
        for (field, value) in &there {
            match route_of(field, value).map(|route| self.table.own(route)) {
                Some(route) => {
                    keys.insert(route.key.clone());
                    edits.extend(self.put(route));
                }
                None => self.strange += 1,
            }
        }
        if self.strange > 0 {
            warn!(
                count = self.strange,
                "there is something in the shared routes that is no route"
            );
        }
        self.table.each(|route| {
            if route.saved && !keys.contains(&route.key) {
                edits.push(Edit::Remove(route.key.clone()));
            }
        });
        if !edits.is_empty() {
            let table = Arc::clone(&self.table);
            let applied = tokio::task::spawn_blocking(move || table.apply(edits)).await;
            applied.map_err(|error| RedisError::from(std::io::Error::other(error)))?;
        }
        self.read_activity(i64::MIN).await
    }

    /// Redis has lost its memory: each edge puts back what it knows, and nobody overwrites anybody.
    async fn restore(&mut self) -> Result<(), RedisError> {
        let mut routes = self.table.all();
        routes.retain(|route| route.saved);
        if !routes.is_empty() {
            warn!(
                count = routes.len(),
                "the routes that are shared are put (back) into Redis"
            );
        }
        for some in routes.chunks(AT_ONCE) {
            let mut pipe = Pipeline::new();
            for route in some {
                let field = field_of(&route.key);
                pipe.hset_nx(TABLE, &field, value_of(route)).ignore();
                pipe.publish(&self.channel, format!("{} {field}", self.me)).ignore();
            }
            let () = pipe.query_async(&mut self.connection).await?;
        }
        Ok(())
    }

    async fn scan(&mut self) -> Result<HashMap<String, String>, RedisError> {
        let mut all = HashMap::new();
        let mut cursor = 0_u64;
        loop {
            let mut command = redis::cmd("HSCAN");
            command.arg(TABLE).arg(cursor).arg("COUNT").arg(SCANNED);
            let (next, some): (u64, Vec<(String, String)>) = self.query(&command).await?;
            all.extend(some);
            cursor = next;
            if cursor == 0 {
                return Ok(all);
            }
        }
    }

    async fn check(&mut self) -> Result<(), RedisError> {
        let mut pipe = Pipeline::new();
        pipe.get(ID).hlen(TABLE);
        let (id, there): (Option<String>, usize) = pipe.query_async(&mut self.connection).await?;
        let own = usize::from(self.table.by_key("").is_some_and(|root| !root.saved));
        let even = there == self.table.len() - own + self.strange;
        if id != self.id || id.is_none() && there > 0 || !(even || self.even) {
            self.read_all().await?;
        }
        // Once may be a change on its way.
        self.even = even;
        Ok(())
    }

    /// Tells the others what was used here, and takes over what was used there: the newest counts.
    async fn exchange(&mut self) -> Result<(), RedisError> {
        let since = self.written;
        let mut used = Vec::new();
        self.table.each(|route| {
            let at = route.active_at();
            if at > since && route.saved {
                used.push((at, field_of(&route.key)));
                self.written = self.written.max(at);
            }
        });
        for some in used.chunks(AT_ONCE) {
            let mut command = redis::cmd("ZADD");
            command.arg(ACTIVITY).arg("GT");
            some.iter().for_each(|(at, field)| {
                command.arg(at).arg(field);
            });
            let _: i64 = self.query(&command).await?;
        }
        self.read_activity(since.saturating_sub(CLOCKS)).await
    }

    async fn read_activity(&mut self, since: i64) -> Result<(), RedisError> {
        let mut command = redis::cmd("ZRANGEBYSCORE");
        let from = if since == i64::MIN {
            "-inf".to_owned()
        } else {
            since.to_string()
        };
        command.arg(ACTIVITY).arg(from).arg("+inf").arg("WITHSCORES");
        let used: Vec<(String, f64)> = self.query(&command).await?;
        let mut gone = redis::cmd("ZREM");
        gone.arg(ACTIVITY);
        let mut count = 0;
        for (field, at) in used {
            let known = self.table.key_of(&field).ok().and_then(|key| self.table.by_key(&key));
            match known {
                #[allow(
                    clippy::cast_possible_truncation,
                    reason = "milliseconds of a century fit into 52 bits"
                )]
                Some(route) => route.touched_elsewhere(at as i64),
                None if count < AT_ONCE => {
                    gone.arg(field);
                    count += 1;
                }
                None => {}
            }
        }
        if count > 0 {
            let _: i64 = self.query(&gone).await?;
        }
        Ok(())
    }
}

fn understood(info: PushInfo, me: &str) -> Option<Told> {
    match info.kind {
        PushKind::Disconnection => Some(Told::Disconnected),
        PushKind::Message => {
            let text: String = FromRedisValue::from_redis_value(info.data.into_iter().nth(1)?).ok()?;
            let (who, field) = text.split_once(' ')?;
            (who != me).then(|| Told::Changed(field.to_owned()))
        }
        _ => None,
    }
}

fn field_of(key: &str) -> String {
    format!("/{key}")
}

/// As configurable-http-proxy keeps a route: one object of target, last activity and what came along.
fn value_of(route: &Route) -> String {
    let mut all = route.data();
    all.insert("target".into(), route.target().as_str().into());
    all.insert("last_activity".into(), route.last_activity().to_string().into());
    Json::Object(all).to_string()
}

fn route_of(field: &str, value: &str) -> Option<Route> {
    let mut data: Map<String, Json> = serde_json::from_str(value).ok()?;
    let target = data.remove("target")?.as_str()?.parse();
    let active = data
        .remove("last_activity")
        .and_then(|time| time.as_str()?.parse().ok());
    let route = target
        .ok()
        .and_then(|target| Route::new(field, target, data, active.unwrap_or(Timestamp::UNIX_EPOCH)).ok());
    if route.is_none() {
        warn!(path = log::cut(field), "a route of the shared table leads nowhere");
    }
    route
}

/// Unlike any other's.
fn random() -> String {
    use std::hash::BuildHasher;
    format!("{:016x}", std::hash::RandomState::new().hash_one(std::process::id()))
}
