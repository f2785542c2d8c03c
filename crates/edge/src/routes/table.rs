//! The routes. Requests read a snapshot without a lock; the API replaces the snapshot.
//!
//! A snapshot shares all but a few nodes with the one before it, so a change costs the same whether there is one route
//! or a hundred thousand, and who reads the old one is not disturbed. Only the API adds routes, and the hash has a seed
//! of its own in each process: nobody who sends requests or picks a name can make look-ups slow.

use std::{
    borrow::Borrow,
    hash::{Hash, Hasher},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicI64, Ordering},
    },
    thread,
    time::Duration,
};

use arc_swap::ArcSwap;
use foldhash::fast::RandomState;
use imbl::{GenericHashMap, shared_ptr::DefaultSharedPtr};
use jiff::Timestamp;
use serde_json::{Map, Value};
use tokio::sync::Notify;

use super::{path, target::Target};

/// Milliseconds in which a server may take to come up after its route.
const NEW: i64 = 120_000;

/// One route: everything below its path goes to its target.
#[derive(Debug)]
pub struct Route {
    /// As in requests, see `path::canonical`.
    pub(crate) key: Box<str>,
    target: Target,
    /// What came along with the target; kept and given back. JSON as text: a tenth of the memory.
    data: Box<str>,
    /// Milliseconds since 1970.
    last_activity: AtomicI64,
    /// Whether a request has been answered by its target.
    used: AtomicBool,
    /// False if it comes from the configuration, which knows better at the next start.
    pub(crate) saved: bool,
    /// Leads to the hub: it is the root's, or says so.
    pub(crate) hub: bool,
}

impl Route {
    /// # Errors
    /// If the path can not be that of a request.
    pub fn new(path: &str, target: Target, data: Map<String, Value>, now: Timestamp) -> Result<Self, path::BadPath> {
        let key = path::canonical(path)?;
        if path::depth(&key) > path::MOST_SEGMENTS {
            return Err(path::BadPath::Deep);
        }
        let hub = path::depth(&key) == 0 || data.get("hub") == Some(&Value::Bool(true));
        let data = if data.is_empty() {
            "".into()
        } else {
            Value::Object(data).to_string().into()
        };
        Ok(Self {
            key: key.into(),
            hub,
            target,
            data,
            last_activity: AtomicI64::new(now.as_millisecond()),
            used: AtomicBool::new(false),
            saved: true,
        })
    }

    /// Not to be written to the routes file.
    pub(crate) fn unsaved(self) -> Self {
        Self {
            saved: false,
            // Nobody has started what it leads to just now.
            used: AtomicBool::new(true),
            ..self
        }
    }

    #[must_use]
    pub fn target(&self) -> &Target {
        &self.target
    }

    /// The same as text; empty if there is nothing.
    pub(crate) fn data_text(&self) -> &str {
        &self.data
    }

    #[must_use]
    pub fn data(&self) -> Map<String, Value> {
        serde_json::from_str(&self.data).unwrap_or_default()
    }

    /// The path decoded, as the REST API shows it.
    #[must_use]
    pub fn path(&self) -> String {
        path::shown(&self.key)
    }

    #[must_use]
    pub fn last_activity(&self) -> Timestamp {
        Timestamp::from_millisecond(self.active_at()).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    pub(crate) fn active_at(&self) -> i64 {
        self.last_activity.load(Ordering::Relaxed)
    }

    /// Whether it was made just now and has not been of use yet.
    pub(crate) fn is_new(&self, now: Timestamp) -> bool {
        !self.used.load(Ordering::Relaxed) && now.as_millisecond() - self.active_at() < NEW
    }

    pub(crate) fn touch(&self, now: Timestamp) {
        self.used.store(true, Ordering::Relaxed);
        self.last_activity.store(now.as_millisecond(), Ordering::Relaxed);
    }

    /// What another edge saw; the newest counts.
    pub(crate) fn touched_elsewhere(&self, millisecond: i64) {
        self.last_activity.fetch_max(millisecond, Ordering::Relaxed);
    }

    pub(crate) fn leads_as(&self, other: &Self) -> bool {
        self.target == other.target && self.data == other.data && self.saved == other.saved
    }
}

/// A route in the map, where it goes by its key.
#[derive(Debug, Clone)]
struct Entry(Arc<Route>);

impl Borrow<str> for Entry {
    fn borrow(&self) -> &str {
        &self.0.key
    }
}

impl Hash for Entry {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.key.hash(state);
    }
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        self.0.key == other.0.key
    }
}

impl Eq for Entry {}

/// Cloning it copies one pointer.
type Routes = GenericHashMap<Entry, (), RandomState, DefaultSharedPtr>;

/// Segments of the longest key: a route's own, and a host before them.
const DEEPEST: usize = path::MOST_SEGMENTS + 1;

#[derive(Debug, Clone)]
struct Snapshot {
    routes: Routes,
    /// How many routes have so many segments.
    counts: [u32; DEEPEST + 1],
    /// One bit for each number of segments that a route has: nothing else needs to be looked up.
    depths: u64,
}

const _: () = assert!(DEEPEST < 64);

impl Default for Snapshot {
    fn default() -> Self {
        Self {
            routes: Routes::default(),
            counts: [0; DEEPEST + 1],
            depths: 0,
        }
    }
}

impl Snapshot {
    fn get(&self, key: &str) -> Option<&Arc<Route>> {
        self.routes.get_key_value(key).map(|(entry, ())| &entry.0)
    }

    fn insert(&mut self, route: Arc<Route>) {
        let entry = Entry(Arc::clone(&route));
        if self.routes.insert(entry, ()).is_none() {
            self.count(&route.key, 1);
        }
    }

    fn remove(&mut self, key: &str) -> bool {
        let was = self.routes.remove(key).is_some();
        if was {
            self.count(key, -1);
        }
        was
    }

    fn count(&mut self, key: &str, more: i32) {
        let depth = path::depth(key).min(DEEPEST);
        self.counts[depth] = self.counts[depth].saturating_add_signed(more);
        let bit = 1 << depth;
        self.depths = if self.counts[depth] > 0 {
            self.depths | bit
        } else {
            self.depths & !bit
        };
    }

    fn find(&self, path: &str) -> Option<&Arc<Route>> {
        let Some(last) = (self.depths.checked_ilog2()? as usize).checked_sub(1) else {
            return self.get("");
        };
        let cut = path.match_indices('/').nth(last);
        let mut end = cut.map_or(path.len(), |(at, _)| at);
        let mut depth = cut.map_or_else(|| path::depth(path), |_| last + 1);
        loop {
            if end == 0 {
                return self.get("");
            }
            if self.depths >> depth & 1 == 1
                && let Some(route) = self.get(&path[..end])
            {
                return Some(route);
            }
            end = path[..end].rfind('/').unwrap_or(0);
            depth -= 1;
        }
    }
}

/// One change of a table.
#[derive(Debug)]
pub(crate) enum Edit {
    Put(Route),
    /// By key.
    Remove(Box<str>),
}

/// What has changed since somebody took note of it.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    pub(crate) keys: Vec<Box<str>>,
    /// More than was worth noting.
    pub(crate) all: bool,
}

/// More changes at once than that, and all routes are written anew.
const MOST_NOTED: usize = 100_000;

impl Changes {
    fn note(&mut self, key: &str) {
        if self.keys.len() < MOST_NOTED {
            self.keys.push(key.into());
        } else {
            self.note_all();
        }
    }

    fn note_all(&mut self) {
        *self = Self {
            keys: Vec::new(),
            all: true,
        };
    }
}

/// All routes of an edge.
#[derive(Debug, Default)]
pub struct RouteTable {
    snapshot: ArcSwap<Snapshot>,
    /// Held while a new snapshot is made, so that none is lost.
    writing: Mutex<Changes>,
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
        self.snapshot.load().find(path).cloned()
    }

    /// As `find`, for a request: with host routing the host is the first segment.
    pub(crate) fn find_for(&self, host: &str, path: &str) -> Option<Arc<Route>> {
        if !self.host_routing {
            return self.find(path);
        }
        // A name with a slash would be taken for a part of the path.
        let host = Some(host_name(host))
            .filter(|name| !name.contains('/'))
            .unwrap_or_default();
        let mut whole = String::with_capacity(host.len() + 1 + path.len());
        whole.push_str(host);
        whole.make_ascii_lowercase();
        whole.push('/');
        whole.push_str(path);
        self.find(&whole)
    }

    /// The route with exactly this path.
    ///
    /// # Errors
    /// If the path can not be that of a request.
    pub fn get(&self, path: &str) -> Result<Option<Arc<Route>>, path::BadPath> {
        let key = self.key(&path::canonical(path)?);
        Ok(self.snapshot.load().get(&key).cloned())
    }

    /// All routes, in no order.
    #[must_use]
    pub fn all(&self) -> Vec<Arc<Route>> {
        let snapshot = self.snapshot.load_full();
        snapshot.routes.keys().map(|entry| Arc::clone(&entry.0)).collect()
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.snapshot.load().routes.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Calls `look` for each route, in no order.
    pub(crate) fn each(&self, mut look: impl FnMut(&Arc<Route>)) {
        let snapshot = self.snapshot.load_full();
        snapshot.routes.keys().for_each(|entry| look(&entry.0));
    }

    /// The route with this key as it stands in a route.
    pub(crate) fn by_key(&self, key: &str) -> Option<Arc<Route>> {
        self.snapshot.load().get(key).cloned()
    }

    /// Adds a route, or replaces the one with its path.
    pub fn add(&self, route: Route) {
        self.apply([Edit::Put(route)]);
    }

    /// Takes a route away; tells whether there was one.
    ///
    /// # Errors
    /// If the path can not be that of a request.
    pub fn remove(&self, path: &str) -> Result<bool, path::BadPath> {
        let key = self.key(&path::canonical(path)?);
        Ok(self.by_key(&key).is_some() && self.apply([Edit::Remove(key)]) > 0)
    }

    /// Makes several changes at once; tells how many routes came or went.
    pub(crate) fn apply(&self, edits: impl IntoIterator<Item = Edit>) -> usize {
        let mut done = 0;
        self.change(|snapshot, changes| {
            for edit in edits {
                match edit {
                    Edit::Put(route) => {
                        let route = Arc::new(self.own(route));
                        changes.note(&route.key);
                        snapshot.insert(route);
                        done += 1;
                    }
                    Edit::Remove(key) if snapshot.remove(&key) => {
                        changes.note(&key);
                        done += 1;
                    }
                    Edit::Remove(_) => {}
                }
            }
        });
        done
    }

    /// Makes these the only routes, all at once. A route that stays as it was keeps its last activity. With very many it
    /// takes a while: not for a thread that serves.
    pub fn replace(&self, wanted: Vec<Route>) {
        let wanted: Vec<_> = wanted.into_iter().map(|route| Arc::new(self.own(route))).collect();
        let old = self.change(|snapshot, changes| {
            changes.note_all();
            let old = std::mem::take(snapshot);
            for route in wanted {
                let same = old.get(&route.key).filter(|old| old.leads_as(&route));
                let route = same.cloned().unwrap_or(route);
                snapshot.insert(route);
            }
        });
        // To free very many routes takes a while, too: a request that still reads them is not to be the last one.
        for _ in 0..1000 {
            if Arc::strong_count(&old) == 1 {
                return;
            }
            thread::park_timeout(Duration::from_millis(1));
        }
    }

    fn change(&self, edit: impl FnOnce(&mut Snapshot, &mut Changes)) -> Arc<Snapshot> {
        let mut changes = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut snapshot = Snapshot::clone(&self.snapshot.load());
        edit(&mut snapshot, &mut changes);
        let old = self.snapshot.swap(Arc::new(snapshot));
        self.changed.notify_one();
        old
    }

    /// For whoever writes the changes down.
    pub(crate) fn take_changes(&self) -> Changes {
        std::mem::take(&mut *self.writing.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Whoever could not write them down comes again.
    pub(crate) fn all_changed(&self) {
        self.writing.lock().unwrap_or_else(PoisonError::into_inner).note_all();
        self.changed.notify_one();
    }

    /// A path as it stands in a route.
    pub(crate) fn key_of(&self, path: &str) -> Result<Box<str>, path::BadPath> {
        Ok(self.key(&path::canonical(path)?))
    }

    /// The route with its key as this table has them.
    pub(crate) fn own(&self, mut route: Route) -> Route {
        if self.host_routing {
            route.key = self.key(&route.key);
        }
        route
    }

    /// Host names have no case, and a dot at their end says nothing new.
    fn key(&self, canonical: &str) -> Box<str> {
        if !self.host_routing {
            return canonical.into();
        }
        let (host, rest) = canonical.split_at(canonical.find('/').unwrap_or(canonical.len()));
        let host = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
        format!("{host}{rest}").into()
    }
}

/// A `Host` header without its port and without a dot at its end.
fn host_name(host: &str) -> &str {
    let name = match host.rfind(']') {
        Some(end) => &host[..=end],
        None => host.split_once(':').map_or(host, |(name, _)| name),
    };
    name.strip_suffix('.').unwrap_or(name)
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
        assert_eq!(
            found("alice.example.org.", "user/alice"),
            "/alice.example.org/user/alice"
        );
        assert_eq!(
            found("alice.example.org.:80", "user/alice"),
            "/alice.example.org/user/alice"
        );
        assert_eq!(found("alice.example.org", "user/bob"), "/");
        assert_eq!(found("", "user/alice"), "/");
        assert_eq!(found("alice.example.org/user", "alice"), "/");
        for path in ["/ALICE.example.org/user/alice", "/alice.example.org./user/alice/"] {
            assert!(table.get(path).unwrap().is_some(), "{path}");
        }
        assert!(table.remove("/Alice.Example.org./user/alice").unwrap());
        assert_eq!(found("alice.example.org", "user/alice"), "/");
    }

    #[test]
    fn a_host_alone_is_a_route_too() {
        let table = RouteTable::new(true);
        table.add(route("/alice.example.org"));
        let found = |host: &str, path: &str| table.find_for(host, path).map(|route| route.path());
        for path in ["", "user", "user/alice/lab"] {
            assert_eq!(
                found("alice.example.org", path).as_deref(),
                Some("/alice.example.org"),
                "{path}"
            );
        }
        assert_eq!(found("example.org", "alice.example.org"), None);
    }

    #[test]
    fn a_hundred_thousand_routes_are_all_found_and_all_leave() {
        let table = RouteTable::new(false);
        table.replace(
            (0..100_000)
                .map(|number| route(&format!("/user/person{number}")))
                .collect(),
        );
        table.add(route("/"));
        assert_eq!(table.len(), 100_001);
        for number in (0..100_000).step_by(997) {
            let path = format!("/user/person{number}");
            assert_eq!(found(&table, &format!("{path}/lab")), Some(path.clone()));
            assert!(table.remove(&path).unwrap());
            assert_eq!(found(&table, &path).as_deref(), Some("/"));
        }
        table.replace(Vec::new());
        assert!(table.is_empty());
        assert_eq!(found(&table, "/user/person1"), None);
    }

    #[test]
    fn who_reads_sees_all_of_the_old_routes_or_all_of_the_new_ones() {
        let table = table(&["/"]);
        let number = |route: &Route| route.data().get("number").and_then(Value::as_u64).unwrap();
        let set = |value: u64| {
            let one = |path: &str| {
                let data = Map::from_iter([("number".to_owned(), value.into())]);
                Route::new(path, "http://x:1".parse().unwrap(), data, Timestamp::UNIX_EPOCH).unwrap()
            };
            table.replace(["/", "/a", "/a/b"].map(one).into());
        };
        set(0);
        thread::scope(|scope| {
            scope.spawn(|| (1..300).for_each(set));
            scope.spawn(|| {
                let mut last = 0;
                while last < 299 {
                    let all = table.all();
                    let seen: Vec<_> = all.iter().map(|route| number(route)).collect();
                    assert!(seen.len() == 3 && seen.iter().all(|one| *one == seen[0]), "{seen:?}");
                    assert!(seen[0] >= last);
                    last = seen[0];
                }
            });
        });
    }

    #[test]
    fn a_path_of_very_many_segments_is_no_route() {
        let deep = |count: usize| {
            let target = "http://127.0.0.1:1".parse().unwrap();
            Route::new(&"/a".repeat(count), target, Map::new(), Timestamp::UNIX_EPOCH).map(|route| route.path())
        };
        assert!(deep(path::MOST_SEGMENTS).is_ok());
        assert_eq!(deep(path::MOST_SEGMENTS + 1), Err(path::BadPath::Deep));
        let table = table(&["/", &"/a".repeat(path::MOST_SEGMENTS)]);
        assert_eq!(
            found(&table, &"/a".repeat(1000)),
            Some("/a".repeat(path::MOST_SEGMENTS))
        );
        assert_eq!(found(&table, &"/b".repeat(1000)).as_deref(), Some("/"));
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

    #[derive(Debug, Clone)]
    enum Edit {
        Add(Vec<&'static str>, u8),
        Remove(Vec<&'static str>),
        Replace(Vec<(Vec<&'static str>, u8)>),
    }

    fn any_edit() -> impl Strategy<Value = Edit> {
        prop_oneof![
            6 => (any_path(), 0..4_u8).prop_map(|(path, number)| Edit::Add(path, number)),
            3 => any_path().prop_map(Edit::Remove),
            1 => prop::collection::vec((any_path(), 0..4_u8), 0..6).prop_map(Edit::Replace),
        ]
    }

    fn numbered(segments: &[&str], number: u8) -> Route {
        let path = if number.is_multiple_of(2) {
            heavy(segments)
        } else {
            light(segments)
        };
        let data = Map::from_iter([("number".to_owned(), number.into())]);
        let target = format!("http://127.0.0.1:{}", 1 + u16::from(number)).parse().unwrap();
        Route::new(&path, target, data, Timestamp::UNIX_EPOCH).unwrap()
    }

    proptest! {
        /// The naive one: a list that is searched from end to end.
        #[test]
        fn agrees_with_a_naive_model(
            hosts in any::<bool>(),
            edits in prop::collection::vec(any_edit(), 0..30),
            asked in any_path(),
        ) {
            let table = RouteTable::new(hosts);
            let mut model: Vec<(Vec<&str>, u8)> = Vec::new();
            for edit in edits {
                match edit {
                    Edit::Add(path, number) => {
                        table.add(numbered(&path, number));
                        model.retain(|(known, _)| *known != path);
                        model.push((path, number));
                    }
                    Edit::Remove(path) => {
                        let before = model.len();
                        model.retain(|(known, _)| *known != path);
                        prop_assert_eq!(table.remove(&light(&path)).unwrap(), model.len() < before);
                    }
                    Edit::Replace(all) => {
                        table.replace(all.iter().map(|(path, number)| numbered(path, *number)).collect());
                        model.clear();
                        for (path, number) in all {
                            model.retain(|(known, _)| *known != path);
                            model.push((path, number));
                        }
                    }
                }
                prop_assert_eq!(table.len(), model.len());
            }
            let expected = model.iter().filter(|(known, _)| asked.starts_with(known)).max_by_key(|(known, _)| known.len());
            let expected = expected.map(|(segments, number)| {
                let route = numbered(segments, *number);
                (route.path(), route.target().as_str().to_owned(), Value::from(*number))
            });
            for path in [light(&asked), heavy(&asked)] {
                let canonical = path::canonical(&path).unwrap();
                let found = match canonical.split_once('/') {
                    _ if !hosts => table.find(&canonical),
                    // A name with a colon, a percent sign or a slash is no host.
                    _ if asked.first().is_some_and(|host| *host == "%" || *host == "a/b") => continue,
                    Some((host, rest)) => table.find_for(host, rest),
                    None => table.find_for(&canonical, ""),
                };
                let found = found.map(|route| (route.path(), route.target().as_str().to_owned(), route.data()["number"].clone()));
                prop_assert_eq!(found, expected.clone());
            }
        }
    }
}
