//! The routes. Requests read a snapshot without a lock; the API replaces the snapshot.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
};

use arc_swap::ArcSwap;
use jiff::Timestamp;
use serde_json::{Map, Value};
use tokio::sync::Notify;

use super::{path, target::Target};

/// One route: everything below its path goes to its target.
#[derive(Debug)]
pub struct Route {
    /// As in requests, see `path::canonical`.
    pub(crate) key: Box<str>,
    target: Target,
    /// What came along with the target; kept and given back.
    data: Map<String, Value>,
    /// Milliseconds since 1970.
    last_activity: AtomicI64,
    /// False if it comes from the configuration, which knows better at the next start.
    pub(crate) saved: bool,
}

impl Route {
    /// # Errors
    /// If the path can not be that of a request.
    pub fn new(path: &str, target: Target, data: Map<String, Value>, now: Timestamp) -> Result<Self, path::BadPath> {
        Ok(Self {
            key: path::canonical(path)?.into(),
            target,
            data,
            last_activity: AtomicI64::new(now.as_millisecond()),
            saved: true,
        })
    }

    /// Not to be written to the routes file.
    pub(crate) fn unsaved(self) -> Self {
        Self { saved: false, ..self }
    }

    #[must_use]
    pub fn target(&self) -> &Target {
        &self.target
    }

    #[must_use]
    pub fn data(&self) -> &Map<String, Value> {
        &self.data
    }

    /// The path decoded, as the REST API shows it.
    #[must_use]
    pub fn path(&self) -> String {
        path::shown(&self.key)
    }

    #[must_use]
    pub fn last_activity(&self) -> Timestamp {
        Timestamp::from_millisecond(self.last_activity.load(Ordering::Relaxed)).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    pub(crate) fn touch(&self, now: Timestamp) {
        self.last_activity.store(now.as_millisecond(), Ordering::Relaxed);
    }
}

#[derive(Debug, Default)]
struct Snapshot {
    routes: HashMap<Box<str>, Arc<Route>>,
    /// Segments of the deepest route: nothing longer needs to be looked up.
    depth: usize,
}

/// All routes of an edge.
#[derive(Debug, Default)]
pub struct RouteTable {
    snapshot: ArcSwap<Snapshot>,
    /// Held while a new snapshot is made, so that none is lost.
    writing: Mutex<()>,
    pub(crate) host_routing: bool,
    pub(crate) changed: Notify,
}

impl RouteTable {
    pub(crate) fn new(host_routing: bool) -> Self {
        Self {
            host_routing,
            ..Self::default()
        }
    }

    /// The route with the longest path that `path` (canonical) is at or below, on whole segments.
    pub(crate) fn find(&self, path: &str) -> Option<Arc<Route>> {
        let snapshot = self.snapshot.load();
        let mut end = path
            .match_indices('/')
            .nth(snapshot.depth.saturating_sub(1))
            .map_or(path.len(), |(at, _)| at);
        loop {
            if let Some(route) = snapshot.routes.get(&path[..end]) {
                return Some(Arc::clone(route));
            }
            if end == 0 {
                return None;
            }
            end = path[..end].rfind('/').unwrap_or(0);
        }
    }

    /// As `find`, for a request: with host routing the host is the first segment.
    pub(crate) fn find_for(&self, host: &str, path: &str) -> Option<Arc<Route>> {
        if !self.host_routing {
            return self.find(path);
        }
        let host = host_name(host).to_ascii_lowercase();
        self.find(&format!("{host}/{path}"))
    }

    /// The route with exactly this path.
    ///
    /// # Errors
    /// If the path can not be that of a request.
    pub fn get(&self, path: &str) -> Result<Option<Arc<Route>>, path::BadPath> {
        let key = self.key(&path::canonical(path)?);
        Ok(self.snapshot.load().routes.get(&*key).cloned())
    }

    /// All routes, in no order.
    #[must_use]
    pub fn all(&self) -> Vec<Arc<Route>> {
        self.snapshot.load().routes.values().cloned().collect()
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.snapshot.load().routes.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Adds a route, or replaces the one with its path.
    pub fn add(&self, route: Route) {
        self.change(|routes| {
            let route = self.own(route);
            routes.insert(route.key.clone(), Arc::new(route));
        });
    }

    /// Takes a route away; tells whether there was one.
    ///
    /// # Errors
    /// If the path can not be that of a request.
    pub fn remove(&self, path: &str) -> Result<bool, path::BadPath> {
        let key = self.key(&path::canonical(path)?);
        if !self.snapshot.load().routes.contains_key(&*key) {
            return Ok(false);
        }
        let mut removed = false;
        self.change(|routes| removed = routes.remove(&*key).is_some());
        Ok(removed)
    }

    /// Makes these the only routes, all at once. A route that stays as it was keeps its last activity.
    pub fn replace(&self, wanted: Vec<Route>) {
        self.change(|routes| {
            let old = std::mem::take(routes);
            for route in wanted.into_iter().map(|route| self.own(route)) {
                let same = old
                    .get(&route.key)
                    .filter(|old| old.target == route.target && old.data == route.data);
                let route = same.cloned().unwrap_or_else(|| Arc::new(route));
                routes.insert(route.key.clone(), route);
            }
        });
    }

    fn change(&self, edit: impl FnOnce(&mut HashMap<Box<str>, Arc<Route>>)) {
        let _writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut routes = self.snapshot.load().routes.clone();
        edit(&mut routes);
        let depth = routes.keys().map(|key| path::depth(key)).max().unwrap_or(0);
        self.snapshot.store(Arc::new(Snapshot { routes, depth }));
        self.changed.notify_one();
    }

    fn own(&self, mut route: Route) -> Route {
        if self.host_routing {
            route.key = self.key(&route.key);
        }
        route
    }

    /// Host names have no case.
    fn key(&self, canonical: &str) -> Box<str> {
        match canonical.split_once('/') {
            _ if !self.host_routing => canonical.into(),
            Some((host, rest)) => format!("{}/{rest}", host.to_ascii_lowercase()).into(),
            None => canonical.to_ascii_lowercase().into(),
        }
    }
}

/// A `Host` header without its port.
fn host_name(host: &str) -> &str {
    match host.rfind(']') {
        Some(end) => &host[..=end],
        None => host.split_once(':').map_or(host, |(name, _)| name),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn route(path: &str) -> Route {
        let target = "http://127.0.0.1:1".parse().unwrap();
        Route::new(path, target, Map::new(), Timestamp::UNIX_EPOCH).unwrap()
    }

    fn table(paths: &[&str]) -> RouteTable {
        let table = RouteTable::new(false);
        paths.iter().for_each(|path| table.add(route(path)));
        table
    }

    fn found(table: &RouteTable, asked: &str) -> Option<String> {
        table.find(&path::canonical(asked).unwrap()).map(|route| route.path())
    }

    #[test]
    fn takes_the_longest_route_on_whole_segments() {
        let table = table(&["/", "/user/a", "/user/a/lab", "/user/a@b/"]);
        for (asked, expected) in [
            ("/", "/"),
            ("/user", "/"),
            ("/user/a", "/user/a"),
            ("/user/a/", "/user/a"),
            ("/user/ab", "/"),
            ("/user/a/la", "/user/a"),
            ("/user/a/lab/tree", "/user/a/lab"),
            ("/user/a%40b/x", "/user/a@b"),
            ("/user/%61/lab", "/user/a/lab"),
            ("/user/a%2Flab", "/"),
            ("//user/a", "/user/a"),
            ("/user//a", "/"),
        ] {
            assert_eq!(found(&table, asked).as_deref(), Some(expected), "{asked}");
        }
    }

    #[test]
    fn without_a_root_there_may_be_none() {
        let table = table(&["/user/a"]);
        assert_eq!(found(&table, "/user/b"), None);
        assert!(table.remove("/user/%61/").unwrap());
        assert!(!table.remove("/user/a").unwrap());
        assert_eq!(found(&table, "/user/a"), None);
    }

    #[test]
    fn replacing_keeps_the_activity_of_what_stays() {
        let table = table(&["/user/a", "/user/b"]);
        let later = Timestamp::from_second(1_000).unwrap();
        table.get("/user/a").unwrap().unwrap().touch(later);
        table.replace(vec![route("/user/a"), route("/user/c")]);
        assert_eq!(table.get("/user/a").unwrap().unwrap().last_activity(), later);
        assert!(table.get("/user/b").unwrap().is_none());
        assert!(table.get("/user/c").unwrap().is_some());
    }

    #[test]
    fn routes_by_host_whatever_its_case_and_port() {
        let table = RouteTable::new(true);
        ["/", "/Alice.Example.org/user/alice", "/[::1]/user/x"]
            .into_iter()
            .for_each(|path| table.add(route(path)));
        let found = |host: &str, path: &str| table.find_for(host, path).unwrap().path();
        assert_eq!(
            found("alice.example.ORG:8000", "user/alice/lab"),
            "/alice.example.org/user/alice"
        );
        assert_eq!(found("bob.example.org", "user/alice/lab"), "/");
        assert_eq!(found("[::1]:8000", "user/x"), "/[::1]/user/x");
        assert!(table.get("/ALICE.example.org/user/alice").unwrap().is_some());
    }

    /// Few names, so that routes and requests meet often.
    fn any_path() -> impl Strategy<Value = Vec<&'static str>> {
        prop::collection::vec(
            prop::sample::select(vec!["a", "ab", "b", "a@b", "é", "%", "a/b", " "]),
            0..5,
        )
    }

    fn light(segments: &[&str]) -> String {
        let escaped: Vec<_> = segments
            .iter()
            .map(|segment| perijove_model::escape::segment(segment))
            .collect();
        format!("/{}", escaped.join("/"))
    }

    fn heavy(segments: &[&str]) -> String {
        let hex = |segment: &&str| segment.bytes().map(|byte| format!("%{byte:02x}")).collect::<String>();
        format!("/{}/", segments.iter().map(hex).collect::<Vec<_>>().join("/"))
    }

    proptest! {
        #[test]
        fn agrees_with_a_naive_model(
            edits in prop::collection::vec((any_path(), any::<bool>(), any::<bool>()), 0..12),
            asked in any_path(),
        ) {
            let table = RouteTable::new(false);
            let mut model: Vec<Vec<&str>> = Vec::new();
            for (segments, add, escape) in edits {
                let path = if escape { heavy(&segments) } else { light(&segments) };
                model.retain(|known| *known != segments);
                if add {
                    table.add(route(&path));
                    model.push(segments);
                } else {
                    table.remove(&path).unwrap();
                }
            }
            let expected = model.iter().filter(|known| asked.starts_with(known)).max_by_key(|known| known.len());
            let expected = expected.map(|segments| route(&light(segments)).path());
            prop_assert_eq!(found(&table, &light(&asked)), expected.clone());
            prop_assert_eq!(found(&table, &heavy(&asked)), expected);
        }
    }
}
