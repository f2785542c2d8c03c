//! What one client may take: open connections, and requests per second. A client is an IPv4 address, or an IPv6 network
//! of 64 bits: whoever has one address of it has all.
//!
//! What is remembered of clients is bounded, however many come: of those that were not seen for long nothing is known.

use std::{
    collections::{HashMap, hash_map::RandomState},
    hash::BuildHasher,
    net::{IpAddr, Ipv6Addr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use arc_swap::ArcSwap;

use crate::{Network, PerClient};

/// Clients that are looked up at the same time seldom wait for each other.
const SHELVES: usize = 16;
/// Of so many clients the requests are remembered, on each shelf twice.
const MOST_CLIENTS: usize = 4096;

/// Counts clients and what they ask.
pub(crate) struct Clients {
    shelves: [Mutex<Shelf>; SHELVES],
    hasher: RandomState,
    settings: ArcSwap<Settings>,
    begun: Instant,
}

#[derive(Debug)]
struct Settings {
    limits: PerClient,
    /// They speak for many.
    exempt: Vec<Network>,
}

#[derive(Default)]
struct Shelf {
    /// Not more than connections may be open.
    open: HashMap<IpAddr, usize>,
    /// When the next request would be due if the client asked evenly: nanoseconds since the beginning.
    due: HashMap<IpAddr, u64>,
    /// Who was seen before the last time that `due` was full.
    due_before: HashMap<IpAddr, u64>,
}

impl Clients {
    pub(crate) fn new(limits: PerClient, exempt: Vec<Network>) -> Arc<Self> {
        Arc::new(Self {
            shelves: std::array::from_fn(|_| Mutex::default()),
            hasher: RandomState::new(),
            settings: ArcSwap::from_pointee(Settings { limits, exempt }),
            begun: Instant::now(),
        })
    }

    /// From now on.
    pub(crate) fn set(&self, limits: PerClient, exempt: Vec<Network>) {
        self.settings.store(Arc::new(Settings { limits, exempt }));
    }

    /// Lets a client have one more connection, until the result is dropped.
    pub(crate) fn enter(self: &Arc<Self>, address: IpAddr) -> Option<Entered> {
        let settings = self.settings.load();
        let most = settings.limits.connections;
        if most == 0 || settings.exempts(address) {
            return Some(Entered(None));
        }
        let client = client_of(address);
        let mut shelf = self.shelf(client);
        let open = shelf.open.entry(client).or_default();
        if *open >= most {
            return None;
        }
        *open += 1;
        Some(Entered(Some((Arc::clone(self), client))))
    }

    /// Whether the client may ask now. A proxy that speaks for many may; whom it names is asked about by itself.
    pub(crate) fn allow(&self, address: IpAddr) -> bool {
        let settings = self.settings.load();
        let Some(between) = settings.limits.between_requests() else {
            return true;
        };
        if settings.exempts(address) {
            return true;
        }
        let burst = between.saturating_mul(u64::from(settings.limits.burst.max(1)) - 1);
        let now = u64::try_from(self.begun.elapsed().as_nanos()).unwrap_or(u64::MAX);
        let client = client_of(address);
        self.shelf(client).ask(client, now, between, burst)
    }

    fn shelf(&self, client: IpAddr) -> MutexGuard<'_, Shelf> {
        let at = self.hasher.hash_one(client) as usize % SHELVES;
        self.shelves[at].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Settings {
    fn exempts(&self, address: IpAddr) -> bool {
        self.exempt.iter().any(|network| network.contains(address))
    }
}

impl PerClient {
    /// Nanoseconds from one request to the next, if they came evenly.
    fn between_requests(&self) -> Option<u64> {
        let second = Duration::from_secs(1).as_nanos() as u64;
        second.checked_div(u64::from(self.requests_per_second))
    }
}

impl Shelf {
    fn ask(&mut self, client: IpAddr, now: u64, between: u64, burst: u64) -> bool {
        let known = self.due.get(&client).or_else(|| self.due_before.get(&client));
        let due = known.copied().unwrap_or(0).max(now);
        if due - now > burst {
            return false;
        }
        if self.due.len() >= MOST_CLIENTS && !self.due.contains_key(&client) {
            self.due_before = std::mem::take(&mut self.due);
        }
        self.due.insert(client, due.saturating_add(between));
        true
    }
}

/// A connection of a client that is counted.
pub(crate) struct Entered(Option<(Arc<Clients>, IpAddr)>);

impl Drop for Entered {
    fn drop(&mut self) {
        let Some((clients, client)) = &self.0 else { return };
        let mut shelf = clients.shelf(*client);
        if let Some(open) = shelf.open.get_mut(client) {
            *open -= 1;
            if *open == 0 {
                shelf.open.remove(client);
            }
        }
    }
}

/// What is counted as one client.
fn client_of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)),
        address => address,
    }
}

/// Whom trusted proxies name as the client: the last in `X-Forwarded-For` that is not one of them.
pub(crate) fn named_client(peer: IpAddr, forwarded_for: &str, trusted: &[Network]) -> IpAddr {
    let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.contains(address));
    let mut client = peer;
    for named in forwarded_for.rsplit(',') {
        if !is_trusted(client) {
            break;
        }
        match named.trim().parse() {
            Ok(address) => client = address,
            Err(_) => break,
        }
    }
    client
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clients(connections: usize, requests_per_second: u32, burst: u32) -> Arc<Clients> {
        let limits = PerClient {
            connections,
            requests_per_second,
            burst,
        };
        Clients::new(limits, vec!["10.0.0.0/8".parse().unwrap()])
    }

    fn at(address: &str) -> IpAddr {
        address.parse().unwrap()
    }

    #[test]
    fn each_client_has_so_many_connections() {
        let clients = clients(2, 0, 0);
        let one = clients.enter(at("192.0.2.1")).unwrap();
        let _two = clients.enter(at("::ffff:192.0.2.1")).unwrap();
        assert!(clients.enter(at("192.0.2.1")).is_none());
        assert!(clients.enter(at("192.0.2.2")).is_some());
        drop(one);
        assert!(clients.enter(at("192.0.2.1")).is_some());
        let _six = (
            clients.enter(at("2001:db8::1")).unwrap(),
            clients.enter(at("2001:db8::2")).unwrap(),
        );
        assert!(
            clients.enter(at("2001:db8::3")).is_none(),
            "one network of 64 bits is one client"
        );
        assert!(clients.enter(at("2001:db8:0:1::3")).is_some());
        for _ in 0..9 {
            std::mem::forget(clients.enter(at("10.1.1.1")).unwrap());
        }
    }

    #[test]
    fn nothing_is_kept_of_who_has_left() {
        let clients = clients(2, 0, 0);
        for count in 0..50_000_u32 {
            drop(clients.enter(IpAddr::from(count.to_be_bytes())));
        }
        assert!(
            clients
                .shelves
                .iter()
                .all(|shelf| shelf.lock().unwrap().open.is_empty())
        );
    }

    #[test]
    fn requests_come_evenly_after_a_burst() {
        let mut shelf = Shelf::default();
        let client = at("192.0.2.1");
        let mut ask = |now| shelf.ask(client, now, 100, 200);
        assert_eq!([ask(0), ask(0), ask(0), ask(0)], [true, true, true, false]);
        assert_eq!(
            [ask(99), ask(100), ask(101), ask(250), ask(250)],
            [false, true, false, true, false]
        );
        assert_eq!([ask(5000), ask(5000), ask(5000), ask(5000)], [true, true, true, false]);
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let mut shelf = Shelf::default();
        for count in 0..5 * MOST_CLIENTS as u32 {
            assert!(shelf.ask(IpAddr::from(count.to_be_bytes()), 7, 100, 0));
        }
        assert!(shelf.due.len() <= MOST_CLIENTS && shelf.due_before.len() <= MOST_CLIENTS);
        let last = IpAddr::from((5 * MOST_CLIENTS as u32 - 1).to_be_bytes());
        assert!(!shelf.ask(last, 8, 100, 0), "who was seen just now is remembered");
    }

    #[test]
    fn off_means_off() {
        let clients = clients(0, 0, 0);
        assert!((0..10_000).all(|_| clients.allow(at("192.0.2.1")) && clients.enter(at("192.0.2.1")).is_some()));
        assert!(clients.shelves.iter().all(|shelf| shelf.lock().unwrap().due.is_empty()));
    }

    #[test]
    fn only_trusted_proxies_name_the_client() {
        let trusted = ["10.0.0.0/8".parse().unwrap(), "192.0.2.9".parse().unwrap()];
        let named = |peer, header| named_client(at(peer), header, &trusted);
        assert_eq!(named("198.51.100.1", "203.0.113.7"), at("198.51.100.1"));
        assert_eq!(named("10.0.0.1", "203.0.113.7"), at("203.0.113.7"));
        assert_eq!(named("10.0.0.1", "1.1.1.1, 203.0.113.7, 192.0.2.9"), at("203.0.113.7"));
        assert_eq!(named("10.0.0.1", "203.0.113.7, unknown"), at("10.0.0.1"));
        assert_eq!(named("10.0.0.1", ""), at("10.0.0.1"));
    }
}
