//! Wishes and phases: each step is one transaction, and moves a server only from where the caller saw it.
//!
//! Whoever writes a run holds the spawner's row, and takes it before any other. So what was read is still so when it is
//! written: a step can't take back a wish that it has not seen, nor a wish a step. And two that take their rows in the
//! same order never wait for each other.

use jiff::Timestamp;
use perijove_model::server::Phase;
use serde_json::Value as Json;

use super::Failure;
use crate::error::{Result, StoreError};
use crate::sql::{Db, Post, Stmt, Tx};

/// Asks for a start: the new generation. `None` options: those of the last time. A server that is active already is a
/// conflict.
pub async fn wish_run(tx: &Tx, id: i64, options: Option<&Json>, now: Timestamp) -> Result<i64> {
    const WISH: Stmt = Stmt::write(
        "INSERT INTO perijove_runs (spawner_id, wish, phase, generation, since, requested_at, failure, remove, backend) \
         VALUES ($1, 'run', 'requested', 1, $2, $2, NULL, FALSE, '') ON CONFLICT (spawner_id) DO UPDATE SET \
         wish = 'run', phase = 'requested', generation = perijove_runs.generation + 1, since = excluded.since, \
         requested_at = excluded.requested_at, failure = NULL, remove = FALSE RETURNING generation",
    );
    const FORGET: Stmt = Stmt::write("DELETE FROM perijove_events WHERE spawner_id = $1");
    let Some(spawner) = super::lock(tx, id).await? else {
        return Err(StoreError::Other(format!("there is no server with the id {id}")));
    };
    if spawner.run.phase.is_active() {
        return Err(StoreError::Conflict(format!(
            "the server is {} already",
            spawner.run.phase.as_str()
        )));
    }
    let generation = crate::returned(tx.one(&WISH, &[id.into(), now.into()]).await?)?;
    tx.post(&FORGET, &[id.into()]).await?;
    super::set_state(tx, id, &Json::Object(serde_json::Map::new())).await?;
    if let Some(options) = options {
        super::set_user_options(tx, id, options).await?;
    }
    Ok(generation)
}

/// Which backend has this run. Belongs in one transaction with the wish.
pub async fn set_backend(tx: &Tx, id: i64, backend: &str) -> Result<()> {
    const SET: Stmt = Stmt::write("UPDATE perijove_runs SET backend = $2 WHERE spawner_id = $1");
    tx.post(&SET, &[id.into(), backend.into()]).await
}

/// Asks for a stop, and perhaps for the server's removal after it; a removal stays asked for.
pub async fn wish_stop(tx: &Tx, id: i64, remove: bool, now: Timestamp) -> Result<()> {
    const WISH: Stmt =
        Stmt::write("UPDATE perijove_runs SET wish = 'stop', remove = (remove OR $2) WHERE spawner_id = $1");
    super::claim(tx, id).await?;
    settle(tx, id, now).await?;
    tx.post(&WISH, &[id.into(), remove.into()]).await
}

/// Moves a server on; `false` if somebody else moved it first. Once stopped, nothing more is wished of it.
pub async fn set_phase(db: &impl Db, id: i64, generation: i64, from: Phase, to: Phase, now: Timestamp) -> Result<bool> {
    const MOVE: Stmt = Stmt::write(
        "UPDATE perijove_runs SET phase = $4, since = $5, wish = CASE WHEN CAST($4 AS VARCHAR) = 'stopped' THEN 'stop' ELSE wish END \
         WHERE spawner_id = $1 AND generation = $2 AND phase = $3",
    );
    let params = [
        id.into(),
        generation.into(),
        from.as_str().into(),
        to.as_str().into(),
        now.into(),
    ];
    let unit = db.unit().await?;
    super::claim(&unit, id).await?;
    let mut moved = unit.execute(&MOVE, &params).await? > 0;
    // The caller may have seen what JupyterHub's tables say, which ours don't yet.
    if !moved && settle(&unit, id, now).await? {
        moved = unit.execute(&MOVE, &params).await? > 0;
    }
    unit.commit().await?;
    Ok(moved)
}

/// Ends a start, or a run that ended by itself: the failure is kept, the server's row goes. `false` if somebody else
/// moved it first.
pub async fn set_failure(db: &impl Db, id: i64, generation: i64, failure: &Failure, now: Timestamp) -> Result<bool> {
    const FAIL: Stmt = Stmt::write(
        "UPDATE perijove_runs SET phase = 'failed', wish = 'stop', failure = $3, since = $4 \
         WHERE spawner_id = $1 AND generation = $2",
    );
    let unit = db.unit().await?;
    super::claim(&unit, id).await?;
    settle(&unit, id, now).await?;
    let failure = serde_json::to_string(failure).map_err(|error| StoreError::Other(error.to_string()))?;
    let failed = unit
        .execute(&FAIL, &[id.into(), generation.into(), failure.into(), now.into()])
        .await?
        > 0;
    if failed {
        end_server(&unit, id).await?;
    }
    unit.commit().await?;
    Ok(failed)
}

/// Keeps why a server is about to stop, without moving it. `false` if there has been another start. Belongs in one
/// transaction with the phase.
pub async fn keep_failure(tx: &Tx, id: i64, generation: i64, failure: &Failure) -> Result<bool> {
    const KEEP: Stmt = Stmt::write("UPDATE perijove_runs SET failure = $3 WHERE spawner_id = $1 AND generation = $2");
    let failure = serde_json::to_string(failure).map_err(|error| StoreError::Other(error.to_string()))?;
    let params = [id.into(), generation.into(), failure.into()];
    Ok(tx.execute(&KEEP, &params).await? > 0)
}

/// Gives a server its row (no address yet) and its OAuth client. Belongs in one transaction with the phase.
pub async fn set_prepared(tx: &Tx, id: i64, base_url: &str, oauth_client_id: &str, now: Timestamp) -> Result<()> {
    const SERVER: Stmt = Stmt::write(
        "INSERT INTO servers (proto, ip, port, base_url, cookie_name) VALUES ('http', '', 0, $1, 'cookie') RETURNING id",
    );
    const SET: Stmt = Stmt::write(
        "UPDATE spawners SET server_id = $2, oauth_client_id = $3, started = $4, last_activity = $4 WHERE id = $1",
    );
    drop_server(tx, id).await?;
    let server: i64 = crate::returned(tx.one(&SERVER, &[base_url.into()]).await?)?;
    let params = [id.into(), server.into(), oauth_client_id.into(), now.into()];
    tx.post(&SET, &params).await
}

/// In which backends servers run or are on their way, and how many.
pub async fn by_backend(db: &impl Db) -> Result<Vec<(String, i64)>> {
    const COUNT: Stmt = Stmt::read(
        "SELECT backend, COUNT(*) FROM perijove_runs WHERE phase NOT IN ('stopped', 'failed') \
         GROUP BY backend ORDER BY backend LIMIT 100",
    );
    let rows = db.rows(&COUNT, &[]).await?;
    rows.into_iter().map(|mut row| Ok((row.take()?, row.take()?))).collect()
}

/// Writes down where a started server listens, and how the backend finds it again.
pub async fn set_started(
    db: &impl Db,
    id: i64,
    proto: &str,
    ip: &str,
    port: u16,
    state: &Json,
    now: Timestamp,
) -> Result<()> {
    const SERVER: Stmt = Stmt::write(
        "UPDATE servers SET proto = $2, ip = $3, port = $4 WHERE id = (SELECT server_id FROM spawners WHERE id = $1)",
    );
    const SPAWNER: Stmt = Stmt::write("UPDATE spawners SET state = $2, started = $3 WHERE id = $1");
    let unit = db.unit().await?;
    unit.post(&SPAWNER, &[id.into(), state.into(), now.into()]).await?;
    unit.post(&SERVER, &[id.into(), proto.into(), ip.into(), i64::from(port).into()])
        .await?;
    unit.commit().await
}

/// Forgets where a server was: it runs no more. Belongs in one transaction with the phase.
pub async fn clear_server(tx: &Tx, id: i64) -> Result<()> {
    end_server(tx, id).await
}

async fn end_server(db: &impl Db, id: i64) -> Result<()> {
    const CLEAR: Stmt = Stmt::write("UPDATE spawners SET server_id = NULL, started = NULL, state = '{}' WHERE id = $1");
    drop_server(db, id).await?;
    db.post(&CLEAR, &[id.into()]).await
}

pub(super) async fn drop_server(db: &impl Db, id: i64) -> Result<()> {
    const DROP: Stmt = Stmt::write("DELETE FROM servers WHERE id = (SELECT server_id FROM spawners WHERE id = $1)");
    db.post(&DROP, &[id.into()]).await
}

/// Makes our row say what JupyterHub's tables say, see [`super::Run::seen`]. `true` if something was changed. The
/// caller holds the spawner's row.
async fn settle(db: &impl Db, id: i64, now: Timestamp) -> Result<bool> {
    const SETTLE: Stmt = Stmt::write(
        "INSERT INTO perijove_runs (spawner_id, wish, phase, generation, since, requested_at, failure, remove, backend) \
         VALUES ($1, $2, $3, 0, $4, $5, NULL, FALSE, '') ON CONFLICT (spawner_id) DO UPDATE SET \
         wish = excluded.wish, phase = excluded.phase, since = excluded.since, requested_at = excluded.requested_at, \
         failure = NULL, remove = FALSE WHERE perijove_runs.phase <> excluded.phase",
    );
    let Some(spawner) = super::by_id(db, id).await? else {
        return Ok(false);
    };
    let run = spawner.run;
    // Never looked at before: it is what it is from now on.
    let never = run.since == Timestamp::UNIX_EPOCH;
    let since = if never { now } else { run.since };
    let requested_at = if never { now } else { run.requested_at };
    let params = [
        id.into(),
        run.wish.as_str().into(),
        run.phase.as_str().into(),
        since.into(),
        requested_at.into(),
    ];
    Ok(db.execute(&SETTLE, &params).await? > 0)
}
