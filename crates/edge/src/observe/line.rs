//! One line of the access log. What comes from outside is bounded, and can't pretend to be two lines.

use std::{fmt::Write, net::IpAddr, time::Duration};

use http::Version;
use jiff::Timestamp;
use serde::Serialize;

use super::{AccessFormat, Finished, trace};
use crate::log;

const LONGEST_ADDRESS: usize = 1024;
const LONGEST_HEADER: usize = 256;

/// What is kept of a request until its line is written.
pub(super) struct Record {
    time: Timestamp,
    client: IpAddr,
    method: String,
    path: String,
    query: Option<String>,
    version: Version,
    status: u16,
    sent: u64,
    took: Duration,
    route: Option<String>,
    host: Option<String>,
    user_agent: Option<String>,
    referrer: Option<String>,
    trace: Option<String>,
}

impl Record {
    pub(super) fn new(request: &Finished<'_>, time: Timestamp) -> Self {
        Self {
            time,
            client: request.client,
            method: bounded(request.method.as_bytes(), LONGEST_HEADER),
            path: bounded(request.path.as_bytes(), LONGEST_ADDRESS),
            query: request.query.map(|query| bounded(query.as_bytes(), LONGEST_ADDRESS)),
            version: request.version,
            status: request.status,
            sent: request.sent,
            took: request.took,
            route: request.route.map(|route| bounded(route.as_bytes(), LONGEST_ADDRESS)),
            host: request.host.map(|value| bounded(value, LONGEST_HEADER)),
            user_agent: request.user_agent.map(|value| bounded(value, LONGEST_HEADER)),
            referrer: request.referrer.map(|value| bounded(value, LONGEST_ADDRESS)),
            trace: request.trace.and_then(trace::id).map(str::to_owned),
        }
    }

    pub(super) fn push_to(&self, out: &mut String, format: AccessFormat) {
        match format {
            AccessFormat::Json => self.push_json(out),
            AccessFormat::Common => self.push_common(out),
            AccessFormat::Combined => {
                self.push_common(out);
                let referrer = self.referrer();
                let _ = write!(
                    out,
                    " \"{}\" \"{}\"",
                    quoted(referrer.as_deref()),
                    quoted(self.user_agent.as_deref())
                );
            }
        }
        out.push('\n');
    }

    fn push_json(&self, out: &mut String) {
        let line = Json {
            time: self.time.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string(),
            client: self.client,
            method: &self.method,
            uri: self.uri(),
            protocol: protocol(self.version),
            status: self.status,
            sent: self.sent,
            seconds: (self.took.as_secs_f64() * 1e6).round() / 1e6,
            route: self.route.as_deref(),
            host: self.host.as_deref(),
            user_agent: self.user_agent.as_deref(),
            referrer: self.referrer(),
            trace: self.trace.as_deref(),
        };
        // Into text, of text and numbers: it does not fail.
        out.push_str(&serde_json::to_string(&line).unwrap_or_default());
    }

    fn push_common(&self, out: &mut String) {
        let time = self.time.strftime("%d/%b/%Y:%H:%M:%S +0000");
        let (method, uri) = (quoted(Some(&self.method)), quoted(Some(&self.uri())));
        let (client, protocol, status, sent) = (self.client, protocol(self.version), self.status, self.sent);
        let _ = write!(
            out,
            "{client} - - [{time}] \"{method} {uri} {protocol}\" {status} {sent}"
        );
    }

    fn uri(&self) -> String {
        log::shown_parts(&self.path, self.query.as_deref(), LONGEST_ADDRESS)
    }

    /// It may have secrets as well.
    fn referrer(&self) -> Option<String> {
        let referrer = self.referrer.as_deref()?;
        let (path, query) = match referrer.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (referrer, None),
        };
        Some(log::shown_parts(path, query, LONGEST_ADDRESS))
    }
}

#[derive(Serialize)]
struct Json<'a> {
    time: String,
    client: IpAddr,
    method: &'a str,
    uri: String,
    protocol: &'a str,
    status: u16,
    sent: u64,
    seconds: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    route: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    host: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_agent: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    referrer: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    trace: Option<&'a str>,
}

fn protocol(version: Version) -> &'static str {
    match version {
        Version::HTTP_10 => "HTTP/1.0",
        Version::HTTP_2 => "HTTP/2.0",
        Version::HTTP_3 => "HTTP/3.0",
        _ => "HTTP/1.1",
    }
}

fn bounded(bytes: &[u8], longest: usize) -> String {
    String::from_utf8_lossy(&bytes[..bytes.len().min(longest)]).into_owned()
}

/// Between quotes, as Apache writes it.
fn quoted(text: Option<&str>) -> String {
    let Some(text) = text.filter(|text| !text.is_empty()) else {
        return "-".to_owned();
    };
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '"' | '\\' => safe.extend(['\\', letter]),
            letter if letter.is_control() => {
                let _ = write!(safe, "\\x{:02x}", letter as u32);
            }
            letter => safe.push(letter),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::{super::Kind, *};

    fn line(format: AccessFormat) -> String {
        let request = Finished {
            kind: Kind::Web,
            method: "GET",
            path: "/user/ann/lab",
            query: Some("token=abc&x=1"),
            version: Version::HTTP_11,
            status: 200,
            sent: 12,
            took: Duration::from_micros(1500),
            client: IpAddr::from([192, 0, 2, 7]),
            route: Some("/user/ann"),
            host: Some(b"hub.example.org"),
            user_agent: Some(b"a \"browser\"\nof \xff mine"),
            referrer: Some(b"https://hub.example.org/hub/?code=abc"),
            trace: Some(b"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),
        };
        let mut out = String::new();
        Record::new(&request, Timestamp::constant(1_795_219_200, 0)).push_to(&mut out, format);
        assert!(!out.contains("abc"), "{out}");
        assert_eq!(out.matches('\n').count(), 1);
        out
    }

    #[test]
    fn a_line_has_what_is_asked_for() {
        let json: serde_json::Value = serde_json::from_str(&line(AccessFormat::Json)).unwrap();
        assert_eq!(
            json,
            serde_json::json!({
                "time": "2026-11-21T00:00:00.000Z", "client": "192.0.2.7", "method": "GET",
                "uri": "/user/ann/lab?token=[secret]&x=1", "protocol": "HTTP/1.1", "status": 200, "sent": 12,
                "seconds": 0.0015, "route": "/user/ann", "host": "hub.example.org",
                "user_agent": "a \"browser\"\nof \u{fffd} mine", "referrer": "https://hub.example.org/hub/?code=[secret]",
                "trace": "4bf92f3577b34da6a3ce929d0e0e4736"
            })
        );
        let common =
            "192.0.2.7 - - [21/Nov/2026:00:00:00 +0000] \"GET /user/ann/lab?token=[secret]&x=1 HTTP/1.1\" 200 12";
        assert_eq!(line(AccessFormat::Common), format!("{common}\n"));
        assert_eq!(
            line(AccessFormat::Combined),
            format!(
                "{common} \"https://hub.example.org/hub/?code=[secret]\" \"a \\\"browser\\\"\\x0aof \u{fffd} mine\"\n"
            )
        );
    }
}
