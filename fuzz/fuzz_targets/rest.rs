//! Bytes on a connection to the REST API of an edge: every answer is one, none is 500, and without the token nothing
//! changes.

#![no_main]

use std::{
    io::{Read, Write},
    os::unix::net::UnixStream,
    path::PathBuf,
    sync::{Arc, OnceLock},
    time::Duration,
};

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use perijove_edge::{Edge, EdgeConfig};
use perijove_model::{MockClock, Secret};

const TOKEN: &str = "edge-token-of-the-fuzzer";

#[derive(Arbitrary, Debug)]
enum Input {
    Raw(Vec<u8>),
    Call {
        method: u8,
        path: String,
        query: Option<String>,
        header: Option<(String, Vec<u8>)>,
        body: Body,
        allowed: bool,
    },
}

#[derive(Arbitrary, Debug)]
enum Body {
    None,
    Bytes(Vec<u8>),
    Route { target: String, user: String },
    Routes(Vec<(String, String)>),
}

impl Body {
    fn bytes(&self) -> Vec<u8> {
        let json = match self {
            Self::None => return Vec::new(),
            Self::Bytes(bytes) => return bytes.clone(),
            Self::Route { target, user } => serde_json::json!({"target": target, "user": user}),
            Self::Routes(routes) => {
                let one = |(path, target): &(String, String)| {
                    (
                        path.clone(),
                        serde_json::json!({"target": format!("http://x:1/{target}")}),
                    )
                };
                serde_json::Value::Object(routes.iter().map(one).collect())
            }
        };
        json.to_string().into_bytes()
    }
}

struct Place {
    edge: Edge,
    socket: PathBuf,
}

/// One edge for whoever has the token, another for all others: a change may come after its caller has gone, and is not to
/// be taken for that of the next one.
fn place(allowed: bool) -> &'static Place {
    static PLACES: [OnceLock<Place>; 2] = [OnceLock::new(), OnceLock::new()];
    PLACES[usize::from(allowed)].get_or_init(|| {
        let name = format!("perijove-fuzz-{}-{allowed}.sock", std::process::id());
        let socket = std::env::temp_dir().join(name);
        let config = EdgeConfig {
            listen: vec![([127, 0, 0, 1], 0).into()],
            api_socket: Some(socket.clone()),
            threads: 1,
            ..EdgeConfig::new(Secret::new(TOKEN))
        };
        let edge = Edge::start(config, Arc::new(MockClock::default())).unwrap();
        Place { edge, socket }
    })
}

fn written(input: &Input) -> Vec<u8> {
    let Input::Call {
        method,
        path,
        query,
        header,
        body,
        allowed,
    } = input
    else {
        let Input::Raw(bytes) = input else { unreachable!() };
        return bytes.clone();
    };
    let method = ["GET", "POST", "DELETE", "PUT", "PATCH", "HEAD", "OPTIONS"][usize::from(*method) % 7];
    let query = query.as_ref().map(|query| format!("?{query}")).unwrap_or_default();
    let body = body.bytes();
    let mut bytes = format!(
        "{method} /api/routes{path}{query} HTTP/1.1\r\nHost: edge\r\nContent-Length: {}\r\n",
        body.len()
    )
    .into_bytes();
    if *allowed {
        bytes.extend(format!("Authorization: token {TOKEN}\r\n").bytes());
    }
    if let Some((name, value)) = header {
        bytes.extend(name.bytes().chain(*b": ").chain(value.iter().copied()).chain(*b"\r\n"));
    }
    bytes.extend(b"\r\n");
    bytes.extend(body);
    bytes
}

fuzz_target!(|input: Input| {
    let bytes = written(&input);
    let allowed = bytes.windows(TOKEN.len()).any(|window| window == TOKEN.as_bytes());
    let place = place(allowed);
    let mut stream = UnixStream::connect(&place.socket).expect("the edge accepts");
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    // It may have heard enough before the end.
    let _ = stream.write_all(&bytes);
    let _ = stream.shutdown(std::net::Shutdown::Write);
    let mut answer = Vec::new();
    match stream.read_to_end(&mut answer) {
        Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {
            panic!("no answer to {:?}", String::from_utf8_lossy(&bytes))
        }
        _ => {}
    }
    if !answer.is_empty() {
        let head = String::from_utf8_lossy(&answer[..answer.len().min(12)]).into_owned();
        assert!(head.starts_with("HTTP/1."), "{head}");
        assert!(!head.contains(" 5"), "{head} to {:?}", String::from_utf8_lossy(&bytes));
    }
    assert!(allowed || place.edge.routes().is_empty(), "changed without the token");
    if place.edge.routes().len() > 200 {
        place.edge.routes().replace(Vec::new());
    }
});
