//! People's files as the process backend keeps them: directories of the hub's, and homes of system accounts, which are
//! not the hub's to move or to delete.

use async_trait::async_trait;

use super::person::OF_ACCOUNT;
use crate::homes::{Directories, Found, HomeError, Homes, Pace, Walk};
use crate::{Home, accounts};

pub(super) struct Places;

fn of_account(place: &str) -> Option<&str> {
    place.strip_prefix(OF_ACCOUNT)
}

#[async_trait]
impl Homes for Places {
    fn check_place(&self, place: &str) -> Result<(), HomeError> {
        match of_account(place) {
            Some(_) => Ok(()),
            None => Directories.check_place(place),
        }
    }

    async fn lead(&self, place: &str) -> Result<String, HomeError> {
        match of_account(place) {
            Some(_) => Ok(place.to_owned()),
            None => Directories.lead(place).await,
        }
    }

    async fn find(&self, home: &Home) -> Result<Found, HomeError> {
        match of_account(&home.place) {
            Some(_) => Ok(Found::AtPlace),
            None => Directories.find(home).await,
        }
    }

    async fn make(&self, home: &Home) -> Result<(), HomeError> {
        match of_account(&home.place) {
            Some(_) => Ok(()),
            None => Directories.make(home).await,
        }
    }

    async fn trash(&self, home: &Home) -> Result<(), HomeError> {
        match of_account(&home.place) {
            // It stays where it is, whatever becomes of its person here.
            Some(_) => Ok(()),
            None => Directories.trash(home).await,
        }
    }

    async fn restore(&self, home: &Home) -> Result<(), HomeError> {
        match of_account(&home.place) {
            // It stays where it is, whatever becomes of its person here.
            Some(_) => Ok(()),
            None => Directories.restore(home).await,
        }
    }

    async fn purge(&self, home: &Home) -> Result<(), HomeError> {
        match of_account(&home.place) {
            // It stays where it is, whatever becomes of its person here.
            Some(_) => Ok(()),
            None => Directories.purge(home).await,
        }
    }

    async fn limit(&self, home: &Home, bytes: Option<u64>) -> Result<bool, HomeError> {
        match of_account(&home.place) {
            // How much is in it is said by whoever made the account.
            Some(_) => Ok(false),
            None => Directories.limit(home, bytes).await,
        }
    }

    async fn measure(&self, home: &Home, walk: Walk, pace: Pace) -> Result<Walk, HomeError> {
        let Some(name) = of_account(&home.place) else {
            return Directories.measure(home, walk, pace).await;
        };
        let found = accounts::system(name).await.ok().flatten();
        let account = found.ok_or_else(|| HomeError::Missing(home.place.clone()))?;
        let place = Home {
            place: Directories.lead(&account.home).await?,
            ..home.clone()
        };
        Directories.measure(&place, walk, pace).await
    }
}
