//! Heads of requests as the target gets them: one meaning, one framing, nothing that the client says of itself. Bodies in
//! chunks: the same whatever the pieces in which they come.

#![no_main]

use std::sync::{Arc, OnceLock};

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use perijove_edge::{Edge, EdgeConfig, fuzzing};
use perijove_model::{MockClock, Secret};

#[derive(Arbitrary, Debug)]
enum Input {
    Raw(Vec<u8>),
    Head {
        method: u8,
        path: String,
        headers: Vec<(Name, Vec<u8>)>,
        body: Vec<u8>,
    },
    Chunked(Vec<u8>, u8),
}

#[derive(Arbitrary, Debug)]
enum Name {
    Known(u8),
    Any(Vec<u8>),
}

const NAMES: [&str; 20] = [
    "Host",
    "host",
    "Content-Length",
    "Transfer-Encoding",
    "Connection",
    "Upgrade",
    "TE",
    "Trailer",
    "Keep-Alive",
    "Proxy-Authorization",
    "Proxy",
    "X-Forwarded-For",
    "X_Forwarded_For",
    "Forwarded",
    "Remote-User",
    "X-Real-IP",
    "Cookie",
    "Accept",
    "Expect",
    "X-Other",
];

fn edge() -> &'static Edge {
    static EDGE: OnceLock<Edge> = OnceLock::new();
    EDGE.get_or_init(|| {
        let any = ([127, 0, 0, 1], 0).into();
        let config = EdgeConfig {
            listen: vec![any],
            api_listen: any,
            default_target: Some("http://127.0.0.1:9".into()),
            threads: 1,
            ..EdgeConfig::new(Secret::new("unused"))
        };
        Edge::start(config, Arc::new(MockClock::default())).unwrap()
    })
}

fn written(method: u8, path: &str, headers: &[(Name, Vec<u8>)], body: &[u8]) -> Vec<u8> {
    let method = ["GET", "POST", "HEAD", "CONNECT", "OPTIONS", "PUT"][usize::from(method) % 6];
    let mut bytes = format!("{method} /{path} HTTP/1.1\r\nHost: a\r\n").into_bytes();
    for (name, value) in headers {
        match name {
            Name::Known(number) => bytes.extend(NAMES[usize::from(*number) % NAMES.len()].bytes()),
            Name::Any(name) => bytes.extend(name),
        }
        bytes.extend(b": ");
        bytes.extend(value);
        bytes.extend(b"\r\n");
    }
    bytes.extend(b"\r\n");
    bytes.extend(body);
    bytes
}

fn check(bytes: &[u8]) {
    let Some(head) = fuzzing::passed_on(edge(), bytes) else {
        return;
    };
    let shown = || {
        format!(
            "{:?} from {:?}",
            String::from_utf8_lossy(&head),
            String::from_utf8_lossy(bytes)
        )
    };
    let lines: Vec<&[u8]> = head
        .strip_suffix(b"\r\n\r\n")
        .expect("an end")
        .split(|byte| *byte == b'\n')
        .collect();
    let (mut hosts, mut framings, mut forwarded) = (0, 0, 0);
    for (number, line) in lines.iter().enumerate() {
        let last = number + 1 == lines.len();
        let line = if last {
            line
        } else {
            line.strip_suffix(b"\r").unwrap_or_else(|| panic!("{}", shown()))
        };
        assert!(
            !line.is_empty() && !line.iter().any(|byte| b"\r\n\0".contains(byte)),
            "{}",
            shown()
        );
        if number == 0 {
            assert_eq!(line.iter().filter(|byte| **byte == b' ').count(), 2, "{}", shown());
            assert!(line.ends_with(b" HTTP/1.1"), "{}", shown());
            continue;
        }
        let colon = line
            .iter()
            .position(|byte| *byte == b':')
            .unwrap_or_else(|| panic!("{}", shown()));
        let name = String::from_utf8_lossy(&line[..colon]).to_ascii_lowercase();
        let value = line[colon + 1..].trim_ascii();
        assert!(!name.is_empty() && !name.contains([' ', '\t']), "{}", shown());
        match &*name.replace('_', "-") {
            "host" => hosts += 1,
            "content-length" => {
                framings += 1;
                assert!(!value.is_empty() && value.iter().all(u8::is_ascii_digit), "{}", shown());
            }
            "transfer-encoding" => {
                framings += 1;
                assert_eq!(value, b"chunked", "{}", shown());
            }
            "connection" => assert_eq!(value, b"Upgrade", "{}", shown()),
            "x-forwarded-for" => {
                forwarded += 1;
                assert_eq!(value, b"192.0.2.1", "{}", shown());
            }
            "keep-alive"
            | "proxy"
            | "proxy-connection"
            | "proxy-authorization"
            | "proxy-authenticate"
            | "forwarded"
            | "remote-user"
            | "x-real-ip" => panic!("{}", shown()),
            _ => {}
        }
    }
    assert!(hosts == 1 && framings <= 1 && forwarded == 1, "{}", shown());
}

fuzz_target!(|input: Input| {
    match &input {
        Input::Raw(bytes) => check(bytes),
        Input::Head {
            method,
            path,
            headers,
            body,
        } => check(&written(*method, path, headers, body)),
        Input::Chunked(bytes, piece) => {
            let whole = fuzzing::chunked(bytes, bytes.len());
            for piece in [1, usize::from(*piece)] {
                let pieces = fuzzing::chunked(bytes, piece);
                // In pieces a line may be found too long before its end is seen; never the other way round.
                assert!(pieces == whole, "{piece}: {pieces:?} {whole:?}");
            }
        }
    }
});
