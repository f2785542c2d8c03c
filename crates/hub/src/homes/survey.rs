//! Writes down once where the files of those people are who came with the database. After that their names, templates and
//! rows may change: nothing is lost.

use perijove_model::UserName;
use perijove_spawn::Spawner;
use perijove_store::{StoreError, homes, users};

use super::{files_of, settle};
use crate::Hub;

/// People that are read at once.
const BATCH: i64 = 200;

/// Walks over everybody who has no home yet, a few at a time, beside all else. A hub that dies in it does it again.
pub(super) async fn settle_everybody(hub: &Hub) {
    if let Err(error) = try_settle(hub).await {
        tracing::warn!(%error, "where people's files are was not written down; the next start of the hub tries again");
    }
}

async fn try_settle(hub: &Hub) -> Result<(), StoreError> {
    for backend in hub.spawners.all() {
        settle_in_backend(hub, backend.as_ref()).await?;
    }
    Ok(())
}

async fn settle_in_backend(hub: &Hub, backend: &dyn Spawner) -> Result<(), StoreError> {
    let mut after = 0;
    loop {
        let batch = homes::homeless(&hub.store, backend.name(), after, BATCH).await?;
        for (id, name) in &batch {
            // Most have nothing, and nobody has to ask the database about them.
            if has_files(backend, name).await
                && let Some(user) = users::by_id(&hub.store, *id).await?
            {
                settle(hub, &user).await?;
            }
        }
        match batch.last() {
            Some((last, _)) => after = *last,
            None => return Ok(()),
        }
    }
}

/// Whether something is, or may be, where somebody's files would be: who settles it says what is wrong.
async fn has_files(backend: &dyn Spawner, name: &str) -> bool {
    match UserName::try_from(name) {
        Ok(name) => !matches!(files_of(backend, &name).await, Ok(None)),
        Err(_) => false,
    }
}
