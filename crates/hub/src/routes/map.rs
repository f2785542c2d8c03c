//! Routes in a map: for tests, and for a hub that has nothing in front of it.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use jiff::Timestamp;
use perijove_model::Secret;

use super::{KnownRoute, Proxy, Route, RouteActivity, RouteError, RouteSet, Routes};

/// A proxy that is there only in name.
#[derive(Default)]
pub struct MapRoutes {
    routes: Mutex<BTreeMap<String, Route>>,
    activity: Mutex<BTreeMap<String, Timestamp>>,
    away: AtomicBool,
    refused: AtomicUsize,
}

impl MapRoutes {
    /// Where each path leads now.
    #[must_use]
    pub fn targets(&self) -> BTreeMap<String, String> {
        let routes = locked(&self.routes);
        routes
            .values()
            .map(|route| (route.path.clone(), route.target.clone()))
            .collect()
    }

    /// From now on every call fails, or works again.
    pub fn set_away(&self, away: bool) {
        self.away.store(away, Ordering::SeqCst);
    }

    /// How many calls have failed.
    #[must_use]
    pub fn refused(&self) -> usize {
        self.refused.load(Ordering::SeqCst)
    }

    /// Forgets everything, as a proxy does that starts anew.
    pub fn clear(&self) {
        locked(&self.routes).clear();
    }

    /// Somebody uses a route.
    pub fn use_route(&self, path: &str, at: Timestamp) {
        locked(&self.activity).insert(path.to_owned(), at);
    }

    fn there(&self) -> Result<(), RouteError> {
        match self.away.load(Ordering::SeqCst) {
            false => Ok(()),
            true => {
                self.refused.fetch_add(1, Ordering::SeqCst);
                Err(RouteError::Unreachable {
                    url: "map:".to_owned(),
                    cause: "it was told to be away".to_owned(),
                })
            }
        }
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[async_trait]
impl Routes for MapRoutes {
    async fn apply(&self, wanted: &RouteSet) -> Result<(), RouteError> {
        self.there()?;
        let wanted = wanted.0.iter().map(|route| (route.path.clone(), route.clone()));
        *locked(&self.routes) = wanted.collect();
        Ok(())
    }

    async fn add(&self, route: &Route) -> Result<(), RouteError> {
        self.there()?;
        locked(&self.routes).insert(route.path.clone(), route.clone());
        Ok(())
    }

    async fn remove(&self, path: &str) -> Result<(), RouteError> {
        self.there()?;
        locked(&self.routes).remove(path);
        Ok(())
    }

    async fn all(&self) -> Result<Vec<KnownRoute>, RouteError> {
        self.there()?;
        let routes = locked(&self.routes);
        let known = routes.values().map(|route| KnownRoute {
            path: route.path.clone(),
            target: route.target.clone(),
            data: route.data.as_object().cloned().unwrap_or_default(),
        });
        Ok(known.collect())
    }

    async fn activity(&self) -> Result<Vec<RouteActivity>, RouteError> {
        self.there()?;
        let activity = locked(&self.activity);
        let seen = activity.iter().map(|(path, at)| RouteActivity {
            path: path.clone(),
            last_activity: *at,
        });
        Ok(seen.collect())
    }

    async fn healthy(&self) -> bool {
        self.there().is_ok()
    }

    fn proxy(&self) -> Proxy {
        Proxy {
            api_url: "map:".to_owned(),
            auth_token: Secret::new(""),
        }
    }

    async fn point(&self, _proxy: &Proxy) -> Result<(), RouteError> {
        self.there()
    }
}
