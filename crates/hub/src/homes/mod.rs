//! People's files: whose they are, and what becomes of them when the person goes. As with servers, what is wished stands
//! in the database first, and [`steps`] makes it so, again and again until it is; a home that is missing is never
//! replaced by an empty one without somebody saying so.

mod measure;
pub mod model;
pub mod room;
mod steps;
mod survey;
mod wishes;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use perijove_model::{Rng, UserName};
use perijove_spawn::Spawner;
use perijove_spawn::homes::{Found, HomeError, Homes};
use perijove_store::StoreError;
use perijove_store::homes::{self, Home, Places};
use perijove_store::users::User;
use tokio::sync::Notify;

use crate::Hub;

pub use measure::keep as keep_measured;
pub use steps::{Work, work_off};
pub use wishes::{NotPossible, Restore, purge, recreate, relink, restore};

/// How often is looked for what is to be done, should nobody have said so.
const LOOK: Duration = Duration::from_secs(60);

/// Who keeps the homes of each backend.
pub type Keepers = BTreeMap<String, Arc<dyn Homes>>;

/// Something was wished: nothing depends on its being heard.
#[derive(Default)]
pub struct Wakeup {
    steps: Notify,
    measure: Notify,
}

impl Wakeup {
    /// Something is to be moved or deleted.
    pub fn wake(&self) {
        self.steps.notify_one();
    }

    /// A home is to be looked into before its turn.
    pub fn measure(&self) {
        self.measure.notify_one();
    }

    async fn measuring(&self) {
        self.measure.notified().await;
    }
}

#[must_use]
pub fn keepers(hub: &Hub) -> Keepers {
    let backends = hub.spawners.all();
    backends
        .map(|backend| (backend.name().to_owned(), backend.homes()))
        .collect()
}

/// As the backend knows it.
#[must_use]
pub fn known(home: &Home) -> perijove_spawn::Home {
    perijove_spawn::Home {
        id: home.id,
        place: home.place.clone(),
        mark: home.mark(),
        made: home.made,
    }
}

/// Why somebody gets no home.
#[derive(Debug, thiserror::Error)]
pub enum NoHome {
    #[error("{0}")]
    Place(#[from] HomeError),
    #[error("the database can't be used now: {0}")]
    Store(#[from] StoreError),
}

/// The home that this person has with this backend, or gets now.
pub async fn ensure(hub: &Hub, backend: &dyn Spawner, user_id: i64, name: &UserName) -> Result<Home, NoHome> {
    if let Some(home) = homes::of_user(&hub.store, user_id, backend.name()).await? {
        return Ok(home);
    }
    let place = backend.home_place(name);
    let wanted = backend.homes().lead(&place).await?;
    let beside = beside(&place, hub.rng.as_ref());
    let places = Places {
        wanted: &wanted,
        beside: &beside,
    };
    let now = hub.clock.now();
    Ok(homes::ensure(&hub.store, user_id, name, backend.name(), places, now).await?)
}

/// A place that is nobody's, and that nobody's name leads to.
fn beside(wanted: &str, rng: &dyn Rng) -> String {
    let random = rng.uuid4_hex();
    format!("{wanted}.{}", random.get(..12).unwrap_or(&random))
}

/// Writes down where a person's files are if nobody has yet and there are some: after this neither another name nor
/// their end loses them.
pub async fn settle(hub: &Hub, user: &User) -> Result<(), StoreError> {
    let Ok(name) = UserName::try_from(user.name.as_str()) else {
        return Ok(());
    };
    for backend in hub.spawners.all() {
        settle_in(hub, backend.as_ref(), user.id, &name).await?;
    }
    Ok(())
}

async fn settle_in(hub: &Hub, backend: &dyn Spawner, user_id: i64, name: &UserName) -> Result<(), StoreError> {
    if homes::of_user(&hub.store, user_id, backend.name()).await?.is_some() {
        return Ok(());
    }
    match try_settle_in(hub, backend, user_id, name).await {
        Err(NoHome::Store(error)) => Err(error),
        Err(NoHome::Place(error)) => {
            tracing::warn!(user = name.as_str(), %error, "whether somebody has files can't be told");
            Ok(())
        }
        Ok(()) => Ok(()),
    }
}

async fn try_settle_in(hub: &Hub, backend: &dyn Spawner, user_id: i64, name: &UserName) -> Result<(), NoHome> {
    if let Some(place) = files_of(backend, name).await? {
        let home = ensure(hub, backend, user_id, name).await?;
        if home.place == place {
            homes::set_made(&hub.store, home.id).await?;
        }
    }
    Ok(())
}

/// Where the files of somebody of this name are, if there are any.
async fn files_of(backend: &dyn Spawner, name: &UserName) -> Result<Option<String>, HomeError> {
    let place = backend.homes().lead(&backend.home_place(name)).await?;
    let looked_for = perijove_spawn::Home {
        id: 0,
        place,
        mark: String::new(),
        made: false,
    };
    let found = backend.homes().find(&looked_for).await?;
    Ok((found == Found::AtPlace).then_some(looked_for.place))
}

/// Does what is to be done about homes until the hub stops.
pub async fn keep(hub: Arc<Hub>) {
    let keepers = keepers(&hub);
    let look = async {
        survey::settle_everybody(&hub).await;
        loop {
            let work = Work {
                store: &hub.store,
                clock: hub.clock.as_ref(),
                keepers: &keepers,
                holder: &hub.replica,
            };
            work_off(&work, hub.config.storage.trash_keep).await;
            tokio::select! {
                () = hub.homes.steps.notified() => {}
                () = tokio::time::sleep(LOOK) => {}
            }
        }
    };
    // A step that is cut off is done again by whoever comes next.
    tokio::select! {
        () = hub.stop.cancelled() => {}
        () = look => {}
    }
}
