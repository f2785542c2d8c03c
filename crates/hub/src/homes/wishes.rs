//! What an administrator may say about homes, through the API or beside the database.

use perijove_spawn::homes::{Found, HomeError, Homes};
use perijove_store::homes::{self, Home, State};
use perijove_store::users::{self, User};
use perijove_store::{StoreError, Tx, spawners};

use jiff::Timestamp;

use super::known;

/// Why it can't be. The texts are for administrators.
#[derive(Debug, thiserror::Error)]
pub enum NotPossible {
    #[error("There is no home {0}.")]
    NoSuchHome(i64),
    #[error("There is nobody named {0}. Name somebody whose home it is to be.")]
    NoSuchUser(String),
    #[error("Home {id} is {state}: there is nothing to restore.")]
    NothingToRestore { id: i64, state: &'static str },
    #[error("Home {id} belongs to {owner}. Delete the person first.")]
    Belongs { id: i64, owner: String },
    #[error("Home {0} was deleted for good.")]
    Gone(i64),
    #[error("{user} has a home with files in it, {id}. Say `replace` to move that one to the trash.")]
    HasHome { user: String, id: i64 },
    #[error("A server of {0} runs. Stop it first.")]
    Running(String),
    #[error("{0} is the place of another home.")]
    PlaceTaken(String),
    #[error("Home {id} is where it should be, at {place}.")]
    NotMissing { id: i64, place: String },
    #[error("{0}")]
    Home(#[from] HomeError),
    #[error("the database can't be used now: {0}")]
    Store(#[from] StoreError),
}

/// Whose a home is to be.
pub struct Restore<'a> {
    pub id: i64,
    /// `None`: whoever has the name of the one whose it was.
    pub to: Option<&'a str>,
    /// What they have now goes to the trash.
    pub replace: bool,
}

/// Wishes that a home is brought back from the trash, or that an orphan gets somebody. Gives it and whose it is now.
pub async fn restore(tx: &Tx, wish: &Restore<'_>, now: Timestamp) -> Result<(Home, User), NotPossible> {
    let home = held(tx, wish.id).await?;
    let name = wish.to.unwrap_or(&home.owner);
    let user = users::by_name(tx, name).await?;
    let user = user.ok_or_else(|| NotPossible::NoSuchUser(name.to_owned()))?;
    users::lock(tx, user.id).await?;
    let state = match home.state {
        State::Live if home.user_id.is_none() => State::Live,
        // Where it is in truth the step finds out.
        State::Trashed | State::Trashing => State::Restoring,
        other => {
            return Err(NotPossible::NothingToRestore {
                id: home.id,
                state: other.name(),
            });
        }
    };
    must_have_stopped(tx, &user).await?;
    if let Some(present) = homes::of_user(tx, user.id, &home.backend).await? {
        if present.made && !wish.replace {
            return Err(NotPossible::HasHome {
                user: user.name,
                id: present.id,
            });
        }
        homes::take(tx, present.id, &user.name, State::Trashing, now).await?;
    }
    homes::give(tx, home.id, user.id, state, now).await?;
    Ok((home, user))
}

/// Wishes that nobody's home is deleted for good.
pub async fn purge(tx: &Tx, id: i64, now: Timestamp) -> Result<Home, NotPossible> {
    let home = held(tx, id).await?;
    if home.user_id.is_some() {
        return Err(NotPossible::Belongs { id, owner: home.owner });
    }
    homes::take(tx, id, &home.owner, State::Purging, now).await?;
    Ok(home)
}

/// The files of this home are at another place now.
pub async fn relink(tx: &Tx, keeper: &dyn Homes, id: i64, place: &str) -> Result<Home, NotPossible> {
    let home = held(tx, id).await?;
    not_on_its_way(&home)?;
    owner_must_have_stopped(tx, &home).await?;
    let moved = Home {
        place: place.to_owned(),
        ..home.clone()
    };
    if keeper.find(&known(&moved)).await? != Found::AtPlace {
        return Err(HomeError::Missing(place.to_owned()).into());
    }
    match homes::relink(tx, id, place).await? {
        true => Ok(home),
        false => Err(NotPossible::PlaceTaken(place.to_owned())),
    }
}

/// What was in this home is lost: the next start makes an empty one.
pub async fn recreate(tx: &Tx, keeper: &dyn Homes, id: i64) -> Result<Home, NotPossible> {
    let home = held(tx, id).await?;
    not_on_its_way(&home)?;
    if keeper.find(&known(&home)).await? != Found::Nowhere {
        return Err(NotPossible::NotMissing { id, place: home.place });
    }
    homes::set_unmade(tx, id).await?;
    Ok(home)
}

async fn held(tx: &Tx, id: i64) -> Result<Home, NotPossible> {
    let home = homes::lock(tx, id).await?.ok_or(NotPossible::NoSuchHome(id))?;
    match home.state {
        State::Gone => Err(NotPossible::Gone(id)),
        _ => Ok(home),
    }
}

fn not_on_its_way(home: &Home) -> Result<(), NotPossible> {
    match home.state {
        State::Live => Ok(()),
        other => Err(NotPossible::NothingToRestore {
            id: home.id,
            state: other.name(),
        }),
    }
}

async fn owner_must_have_stopped(tx: &Tx, home: &Home) -> Result<(), NotPossible> {
    let Some(id) = home.user_id else { return Ok(()) };
    match users::by_id(tx, id).await? {
        Some(user) => must_have_stopped(tx, &user).await,
        None => Ok(()),
    }
}

/// A server that runs has its home open.
async fn must_have_stopped(tx: &Tx, user: &User) -> Result<(), NotPossible> {
    let servers = spawners::of_user(tx, user.id).await?;
    match servers.iter().any(|server| server.run.phase.is_active()) {
        true => Err(NotPossible::Running(user.name.clone())),
        false => Ok(()),
    }
}
