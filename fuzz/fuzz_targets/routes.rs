//! The route table against a list that is searched from end to end, with an own idea of what a path says.

#![no_main]

use arbitrary::Arbitrary;
use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;
use perijove_edge::{Route, RouteTable, fuzzing};
use serde_json::Map;

#[derive(Arbitrary, Debug)]
enum Step {
    Add(Path, u8),
    Remove(Path),
    Replace(Vec<(Path, u8)>),
    Find(String, Path),
}

/// Few pieces that meet often, or anything at all.
#[derive(Arbitrary, Debug)]
enum Path {
    Pieces(Vec<u8>),
    Any(String),
}

const PIECES: [&str; 24] = [
    "/",
    "a",
    "b",
    "ab",
    "A",
    ".",
    "..",
    ";",
    "%2F",
    "%2f",
    "%41",
    "%61",
    "%25",
    "%2e",
    "%C3%A9",
    "é",
    "%ff",
    "%",
    "\\",
    "//",
    "@",
    "%00",
    "example.org",
    ":80",
];

impl Path {
    fn text(&self) -> String {
        match self {
            Self::Pieces(pieces) => {
                let pieces = pieces.iter().map(|piece| PIECES[usize::from(*piece) % PIECES.len()]);
                std::iter::once("/").chain(pieces).collect()
            }
            Self::Any(text) => text.clone(),
        }
    }
}

const MOST_SEGMENTS: usize = 62;

/// What a path says: its segments, decoded. Nothing if it is to be refused.
fn segments(path: &str) -> Option<Vec<String>> {
    let trimmed = path.strip_prefix('/')?.trim_matches('/');
    if trimmed.is_empty() {
        return Some(Vec::new());
    }
    trimmed.split('/').map(decoded).collect()
}

fn decoded(segment: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = segment.as_bytes();
    while let [first, after @ ..] = rest {
        if *first == b'%' {
            let [high, low, after @ ..] = after else { return None };
            let digit = |byte: &u8| char::from(*byte).to_digit(16);
            bytes.push(u8::try_from(digit(high)? * 16 + digit(low)?).ok()?);
            rest = after;
        } else {
            bytes.push(*first);
            rest = after;
        }
    }
    let text = String::from_utf8(bytes).ok()?;
    let pieces: Vec<&str> = text.split(['/', '\\', ';', '\0']).collect();
    (!pieces.contains(&".") && !pieces.contains(&"..")).then_some(text)
}

/// A host as it is compared.
fn host_of(name: &str) -> String {
    name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase()
}

struct Model {
    hosts: bool,
    routes: Vec<(Vec<String>, u8)>,
}

impl Model {
    fn key(&self, path: &str) -> Option<Vec<String>> {
        let mut segments = segments(path)?;
        if let (true, Some(host)) = (self.hosts, segments.first_mut()) {
            *host = host_of(host);
        }
        Some(segments)
    }

    fn put(&mut self, key: Vec<String>, number: u8) {
        self.routes.retain(|(known, _)| *known != key);
        self.routes.push((key, number));
    }

    fn find(&self, asked: &[String]) -> Option<u8> {
        let below = self.routes.iter().filter(|(known, _)| asked.starts_with(known));
        below.max_by_key(|(known, _)| known.len()).map(|(_, number)| *number)
    }
}

fn route(path: &str, number: u8) -> Option<Route> {
    let target = format!("http://127.0.0.1:{}", u16::from(number) + 1).parse().ok()?;
    Route::new(path, target, Map::new(), Timestamp::UNIX_EPOCH).ok()
}

fn number_of(route: &Route) -> u8 {
    let port = route
        .target()
        .as_str()
        .rsplit(':')
        .next()
        .and_then(|port| port.parse::<u16>().ok());
    u8::try_from(port.unwrap() - 1).unwrap()
}

fuzz_target!(|input: (bool, Vec<Step>)| {
    let (hosts, steps) = input;
    let table: RouteTable = fuzzing::table(hosts);
    let mut model = Model {
        hosts,
        routes: Vec::new(),
    };
    for step in &steps {
        match step {
            Step::Add(path, number) => {
                let path = path.text();
                let key = model.key(&path).filter(|key| key.len() <= MOST_SEGMENTS);
                let made = route(&path, *number);
                assert_eq!(key.is_some(), made.is_some(), "{path:?}");
                if let (Some(key), Some(made)) = (key, made) {
                    table.add(made);
                    model.put(key, *number);
                }
            }
            Step::Remove(path) => {
                let path = path.text();
                let key = model.key(&path);
                let was = key.map(|key| {
                    let before = model.routes.len();
                    model.routes.retain(|(known, _)| *known != key);
                    model.routes.len() < before
                });
                assert_eq!(table.remove(&path).ok(), was, "{path:?}");
            }
            Step::Replace(all) => {
                model.routes.clear();
                let mut made = Vec::new();
                for (path, number) in all {
                    let path = path.text();
                    if let Some(route) = route(&path, *number) {
                        made.push(route);
                        let key = model.key(&path).unwrap();
                        model.put(key, *number);
                    }
                }
                table.replace(made);
            }
            Step::Find(host, path) => {
                let path = path.text();
                let found = fuzzing::find(&table, host, &path);
                let Some(asked) = segments(&path) else {
                    assert!(found.is_err(), "{path:?}");
                    continue;
                };
                let asked = if hosts {
                    // An address in brackets may have colons, a name has none.
                    let name = match host.rfind(']') {
                        Some(end) => &host[..=end],
                        None => host.split(':').next().unwrap_or_default(),
                    };
                    // What is no name of a host leads to the root. An escape is never decoded in a name.
                    match name {
                        name if name.contains('/') => Vec::new(),
                        name if name.contains('%') => continue,
                        name if host_of(name).is_empty() => Vec::new(),
                        name => std::iter::once(host_of(name)).chain(asked).collect(),
                    }
                } else {
                    asked
                };
                let found = found.unwrap().map(|route| number_of(&route));
                assert_eq!(found, model.find(&asked), "{host:?} {path:?}");
            }
        }
        assert_eq!(table.len(), model.routes.len());
    }
    let mut all: Vec<_> = table.all().iter().map(|route| number_of(route)).collect();
    let mut expected: Vec<_> = model.routes.iter().map(|(_, number)| *number).collect();
    all.sort_unstable();
    expected.sort_unstable();
    assert_eq!(all, expected);
});
