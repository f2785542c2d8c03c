//! How each type of value is read, written and described.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use ipnet::{IpNet, Ipv4Net};
use perijove_model::{Secret, UserName};
use serde_json::json;
use url::Url;

use crate::errors::Mistake;
use crate::key::Kind;
use crate::node::{Node, Raw};
use crate::reader::{Reader, Value};
use crate::types::{
    AccessLog, Accounts, AcmeChallenge, Backend, BaseUrl, Busy, ByteSize, CaptchaService, DatabaseUrl, EscapeNames,
    FolderName, Isolation, Json, LogFormat, LogLevel, MailServer, NestedGroups, OneOrMany, PathTemplate, Pattern,
    PortRange, PullPolicy, Quota, ReachBy, TlsVersion, UidRange, Weekly, Whole, Zone,
};

/// Text as TOML: a JSON string is one.
pub(crate) fn quoted(text: &str) -> String {
    json!(text).to_string()
}

/// Reads text through `parse`, whose error says what is wrong without repeating the text.
fn from_text<T>(
    node: &Node,
    reader: &mut Reader<'_>,
    what: &str,
    parse: impl FnOnce(&str) -> Result<T, String>,
) -> Option<T> {
    let Raw::Text(text) = &node.raw else {
        reader.expected(what, node);
        return None;
    };
    match parse(text) {
        Ok(value) => Some(value),
        Err(why) => {
            reader.mistake(&node.place, Mistake::new(why).help(format!("expected {what}")));
            None
        }
    }
}

/// A type that is written as text, by what it is called, how it is parsed and how it is shown.
macro_rules! text_values {
    ($($type:ty: $what:literal, $parse:expr, $show:expr $(, $based:expr)?;)+) => {$(
        impl Value for $type {
            fn kind() -> Kind {
                Kind::text($what)
            }

            fn show(&self) -> Option<String> {
                let show: fn(&$type) -> String = $show;
                Some(quoted(&show(self)))
            }

            fn read(node: Node, reader: &mut Reader<'_>) -> Option<Self> {
                let parse: fn(&str) -> Result<$type, String> = $parse;
                from_text(&node, reader, $what, parse)
            }

            $(fn based(self, base: &Path) -> Self {
                let based: fn($type, &Path) -> $type = $based;
                based(self, base)
            })?
        }
    )+};
}

text_values! {
    String: "text", |t| Ok(t.to_owned()), Self::clone;
    SocketAddr: "an address such as \"127.0.0.1:8000\" or \"[::]:8000\"", address, Self::to_string;
    Url: "a URL such as \"https://hub.example.org\"", http_url, Self::to_string;
    MailServer: "a mail server such as \"smtp://mail.example.org\"", |t| Self::try_from(t), Self::to_string;
    IpNet: "an address or a network such as \"10.0.0.0/8\"", network, Self::to_string;
    Ipv4Net: "a network such as \"10.213.0.0/16\"", |t| t.parse().map_err(|_| "not an IPv4 network".to_owned()), Self::to_string;
    UserName: "a person's name", |t| Self::normalise(t).map_err(|e| e.to_string()), Self::to_string;
    BaseUrl: "a path such as \"/\" or \"/jupyter/\"", |t| Self::try_from(t), Self::to_string;
    DatabaseUrl: "a database URL such as \"sqlite:///perijove.sqlite\" or \"postgresql://user:password@host/name\"",
        |t| Self::try_from(t), |_| "sqlite:///perijove.sqlite".to_owned();
    Pattern: "a regular expression", |t| Self::try_from(t), |p| p.as_str().to_owned();
    Whole: "a regular expression for the whole text", |t| Self::try_from(t), |p| p.as_str().to_owned();
    PortRange: "a range of ports such as \"20000-32767\"", |t| Self::try_from(t),
        |r| format!("{}-{}", r.0.start(), r.0.end());
    FolderName: "the name of a directory", |t| Self::try_from(t), |f| f.as_str().to_owned();
    Weekly: "a time such as \"22:00\", or with days \"Mon-Fri 22:00\"", |t| Self::try_from(t), |w| w.as_str().to_owned();
    Zone: "a time zone such as \"Europe/Berlin\"", |t| Self::try_from(t), |z| z.name().to_owned();
    UidRange: "a range of account numbers such as \"1900000000-2147483646\"", |t| Self::try_from(t),
        |r| format!("{}-{}", r.0.start(), r.0.end());
    PathBuf: "a path", path, |p| p.display().to_string(), |p, base| base.join(p);
    PathTemplate: "a path with `{username}` in it", |t| Self::try_from(t), |p| p.as_str().to_owned(), Self::in_dir;
}

fn address(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| {
        let why = match text.rsplit_once(':') {
            Some(("" | "*", _)) => "the address before the port is missing: 0.0.0.0 is all of this machine's",
            Some(("localhost", _)) => "not a number address: localhost is 127.0.0.1",
            None => "not an address and a port",
            Some(_) => "not an IP address and a port",
        };
        why.to_owned()
    })
}

fn http_url(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|e| format!("not a URL: {e}"))?;
    match url.scheme() {
        "http" | "https" if url.has_host() => Ok(url),
        _ => Err("not an http or https URL".to_owned()),
    }
}

fn network(text: &str) -> Result<IpNet, String> {
    let address = || text.parse::<std::net::IpAddr>().map(IpNet::from);
    text.parse::<IpNet>()
        .or_else(|_| address())
        .map_err(|_| "not an IP address or network".to_owned())
}

fn path(text: &str) -> Result<PathBuf, String> {
    match text {
        "" => Err("an empty path".to_owned()),
        text if text.contains('\0') => Err("a path can't contain a zero byte".to_owned()),
        text => Ok(text.into()),
    }
}

impl Value for bool {
    fn kind() -> Kind {
        Kind::new("true or false", json!({ "type": "boolean" }))
    }

    fn show(&self) -> Option<String> {
        Some(self.to_string())
    }

    fn read(node: Node, reader: &mut Reader<'_>) -> Option<Self> {
        match &node.raw {
            Raw::Bool(flag) => Some(*flag),
            Raw::Text(text) if node.from_variable => from_text(&node, reader, "true or false", |_| {
                match text.to_ascii_lowercase().as_str() {
                    "true" | "1" | "yes" | "on" => Ok(true),
                    "false" | "0" | "no" | "off" => Ok(false),
                    _ => Err("neither true nor false".to_owned()),
                }
            }),
            _ => {
                reader.expected("true or false", &node);
                None
            }
        }
    }
}

macro_rules! whole_numbers {
    ($($type:ty),+) => {$(
        impl Value for $type {
            fn kind() -> Kind {
                Kind::new("a whole number", json!({ "type": "integer", "minimum": 0 }))
            }

            fn show(&self) -> Option<String> {
                Some(self.to_string())
            }

            fn read(node: Node, reader: &mut Reader<'_>) -> Option<Self> {
                let number = match &node.raw {
                    Raw::Int(int) => Some(*int),
                    Raw::Text(text) if node.from_variable => text.trim().parse().ok(),
                    _ => None,
                };
                let Some(number) = number else {
                    reader.expected("a whole number", &node);
                    return None;
                };
                let value = <$type>::try_from(number).ok();
                if value.is_none() {
                    let why = if number < 0 { "less than 0" } else { "too large" };
                    reader.mistake(&node.place, Mistake::new(format!("the number is {why}")));
                }
                value
            }
        }
    )+};
}

whole_numbers!(u16, u32, usize);

impl Value for f64 {
    fn kind() -> Kind {
        Kind::new("a number", json!({ "type": "number", "exclusiveMinimum": 0 }))
    }

    fn show(&self) -> Option<String> {
        Some(self.to_string())
    }

    fn read(node: Node, reader: &mut Reader<'_>) -> Option<Self> {
        let number = match &node.raw {
            Raw::Int(int) => Some(*int as f64),
            Raw::Float(float) => Some(*float),
            Raw::Text(text) if node.from_variable => text.trim().parse().ok(),
            _ => None,
        };
        match number {
            Some(number) if number.is_finite() && number > 0.0 => Some(number),
            Some(_) => {
                reader.mistake(&node.place, Mistake::new("the number must be more than 0"));
                None
            }
            None => {
                reader.expected("a number", &node);
                None
            }
        }
    }
}

const DURATION: &str = "a duration such as \"30s\", \"10m\", \"12h\" or \"14d\"";
/// Far beyond any use, and far from overflow when added to a date.
const LONGEST: f64 = 100.0 * 366.0 * 86400.0;

impl Value for Duration {
    fn kind() -> Kind {
        let schema = json!({ "anyOf": [{ "type": "string" }, { "type": "number", "minimum": 0 }] });
        Kind::new(format!("{DURATION}; a bare number is seconds"), schema)
    }

    fn show(&self) -> Option<String> {
        let seconds = self.as_secs();
        let (size, unit) = [(86400, "d"), (3600, "h"), (60, "m")]
            .into_iter()
            .find(|(size, _)| seconds > 0 && seconds.is_multiple_of(*size))
            .unwrap_or((1, "s"));
        Some(format!("\"{}{unit}\"", seconds / size))
    }

    fn read(node: Node, reader: &mut Reader<'_>) -> Option<Self> {
        let seconds = match &node.raw {
            Raw::Int(int) => *int as f64,
            Raw::Float(float) => *float,
            Raw::Text(text) if node.from_variable && text.trim().parse::<f64>().is_ok() => text.trim().parse().ok()?,
            _ => from_text(&node, reader, DURATION, duration)?,
        };
        if !(0.0..=LONGEST).contains(&seconds) {
            let why = if seconds < 0.0 {
                "less than nothing"
            } else {
                "more than a hundred years"
            };
            reader.mistake(
                &node.place,
                Mistake::new(format!("the duration is {why}")).help(format!("expected {DURATION}")),
            );
            return None;
        }
        Some(Self::from_secs_f64(seconds))
    }
}

fn duration(text: &str) -> Result<f64, String> {
    let wrong = |_| "not a duration".to_owned();
    let span: jiff::Span = text.trim().parse().map_err(wrong)?;
    let days = jiff::SpanRelativeTo::days_are_24_hours();
    span.to_duration(days)
        .map(|length| length.as_secs_f64())
        .map_err(|_| "not a duration in days or less".to_owned())
}

const SIZE: &str = "a size such as \"512M\" or \"2G\"";

impl Value for ByteSize {
    fn kind() -> Kind {
        let schema = json!({ "anyOf": [{ "type": "string", "pattern": "^[0-9.]+ ?[KMGTkmgt]?i?[Bb]?$" }, { "type": "integer", "minimum": 0 }] });
        Kind::new(format!("{SIZE}, powers of 1024; a bare number is bytes"), schema)
    }

    fn show(&self) -> Option<String> {
        let (shift, unit) = [(40, "T"), (30, "G"), (20, "M"), (10, "K")]
            .into_iter()
            .find(|(shift, _)| self.0 > 0 && self.0.trailing_zeros() >= *shift)
            .unwrap_or((0, ""));
        Some(format!("\"{}{unit}\"", self.0 >> shift))
    }

    fn read(node: Node, reader: &mut Reader<'_>) -> Option<Self> {
        match &node.raw {
            Raw::Int(int) => {
                let size = u64::try_from(*int).ok().map(Self);
                if size.is_none() {
                    reader.mistake(
                        &node.place,
                        Mistake::new("not a size in bytes").help(format!("expected {SIZE}")),
                    );
                }
                size
            }
            _ => from_text(&node, reader, SIZE, |text| {
                parsed_size(text).ok_or_else(|| "not a size".to_owned())
            }),
        }
    }
}

/// As written in the file: "512M".
#[must_use]
pub fn parsed_size(text: &str) -> Option<ByteSize> {
    let upper = text.trim().to_ascii_uppercase();
    let digits = upper.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let shift = match upper[digits.len()..].trim_end_matches('B').trim_end_matches('I') {
        "" => 0,
        "K" => 10,
        "M" => 20,
        "G" => 30,
        "T" => 40,
        _ => return None,
    };
    let number: f64 = digits.trim_end().parse().ok()?;
    let bytes = number * f64::from(1 << (shift / 2)) * f64::from(1 << (shift / 2));
    (0.0..9e18).contains(&bytes).then_some(ByteSize(bytes as u64))
}

impl Value for Secret {
    const SEPARATOR: char = ';';
    const IS_SECRET: bool = true;

    fn kind() -> Kind {
        Kind::text("a secret: the text, \"${VARIABLE}\" or \"file:PATH\"")
    }

    fn show(&self) -> Option<String> {
        None
    }

    fn read(node: Node, reader: &mut Reader<'_>) -> Option<Self> {
        reader.hide(&node);
        let Raw::Text(text) = &node.raw else {
            reader.expected("a secret as text", &node);
            return None;
        };
        let secret = match text.strip_prefix("file:") {
            None => text.clone(),
            Some(file) => match (reader.files)(&reader.base.join(file)) {
                Ok(content) => content.trim_end_matches(['\n', '\r']).to_owned(),
                Err(error) => {
                    let mistake = Mistake::new(format!("can't read the secret's file `{file}`: {error}"));
                    reader.mistake(
                        &node.place,
                        mistake.help("the path after `file:` is relative to perijove.toml"),
                    );
                    return None;
                }
            },
        };
        if secret.is_empty() {
            reader.mistake(
                &node.place,
                Mistake::new("the secret is empty").help("leave the key out if there is none"),
            );
            return None;
        }
        Some(Self::new(secret))
    }
}

macro_rules! choices {
    ($($type:ident: $($text:literal => $variant:ident),+;)+) => {$(
        impl $type {
            #[must_use]
            pub fn as_str(&self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)+
                }
            }
        }

        impl Value for $type {
            fn kind() -> Kind {
                let texts = [$($text),+];
                Kind::new(format!("one of \"{}\"", texts.join("\", \"")), json!({ "enum": texts }))
            }

            fn show(&self) -> Option<String> {
                Some(quoted(self.as_str()))
            }

            fn read(node: Node, reader: &mut Reader<'_>) -> Option<Self> {
                from_text(&node, reader, &Self::kind().text, |text| match text.to_ascii_lowercase().as_str() {
                    $($text => Ok(Self::$variant),)+
                    _ => Err("not one of the choices".to_owned()),
                })
            }
        }
    )+};
}

choices! {
    LogLevel: "error" => Error, "warn" => Warn, "info" => Info, "debug" => Debug, "trace" => Trace;
    Backend: "process" => Process, "docker" => Docker;
    PullPolicy: "always" => Always, "ifnotpresent" => IfNotPresent, "never" => Never, "skip" => Skip;
    EscapeNames: "strict" => Strict, "legacy" => Legacy;
    Isolation: "site" => Site, "shared" => Shared, "person" => Person;
    ReachBy: "port" => Port, "address" => Address, "name" => Name;
    Accounts: "hub" => Hub, "system" => System, "dynamic" => Dynamic;
    LogFormat: "text" => Text, "json" => Json;
    AccessLog: "off" => Off, "json" => Json, "common" => Common, "combined" => Combined;
    NestedGroups: "no" => No, "search" => Search, "chain" => Chain;
    TlsVersion: "1.2" => V12, "1.3" => V13;
    Busy: "kernels" => Kernels, "connections" => Connections, "terminals" => Terminals, "cpu" => Cpu;
    CaptchaService: "recaptcha" => Recaptcha, "hcaptcha" => Hcaptcha, "turnstile" => Turnstile, "custom" => Custom;
    AcmeChallenge: "http-01" => Http01, "tls-alpn-01" => TlsAlpn01;
}

impl<T: Value> Value for Option<T> {
    const SEPARATOR: char = T::SEPARATOR;
    const IS_SECRET: bool = T::IS_SECRET;

    fn kind() -> Kind {
        T::kind()
    }

    fn show(&self) -> Option<String> {
        self.as_ref().and_then(T::show)
    }

    fn read(node: Node, reader: &mut Reader<'_>) -> Option<Self> {
        T::read(node, reader).map(Some)
    }

    fn based(self, base: &Path) -> Self {
        self.map(|value| value.based(base))
    }
}

impl<T: Value> Value for Quota<T> {
    fn kind() -> Kind {
        let kind = T::kind();
        Kind::new(
            format!("{}, or \"unlimited\"", kind.text),
            json!({ "anyOf": [kind.schema, { "const": "unlimited" }] }),
        )
    }

    fn show(&self) -> Option<String> {
        match self {
            Self::At(amount) => amount.show(),
            Self::Unlimited => Some(quoted("unlimited")),
        }
    }

    fn read(node: Node, reader: &mut Reader<'_>) -> Option<Self> {
        match &node.raw {
            Raw::Text(text) if text == "unlimited" => Some(Self::Unlimited),
            _ => T::read(node, reader).map(Self::At),
        }
    }
}

fn list_kind<T: Value>() -> Kind {
    let kind = T::kind();
    Kind::new(
        format!("a list, each {}", kind.text),
        json!({ "type": "array", "items": kind.schema }),
    )
}

fn show_list<'a, T: Value + 'a>(list: impl Iterator<Item = &'a T>) -> Option<String> {
    let list: Option<Vec<_>> = list.map(T::show).collect();
    Some(format!("[{}]", list?.join(", ")))
}

impl<T: Value> Value for Vec<T> {
    const IS_SECRET: bool = T::IS_SECRET;

    fn kind() -> Kind {
        list_kind::<T>()
    }

    fn show(&self) -> Option<String> {
        show_list(self.iter())
    }

    fn read(node: Node, reader: &mut Reader<'_>) -> Option<Self> {
        let list = match node.raw {
            Raw::List(list) => list,
            Raw::Text(text) if node.from_variable => {
                let parts = text.split(T::SEPARATOR).map(str::trim).filter(|part| !part.is_empty());
                parts
                    .map(|part| Node {
                        from_variable: true,
                        ..Node::text(part, node.place.clone())
                    })
                    .collect()
            }
            _ => {
                reader.expected("a list in brackets", &node);
                return None;
            }
        };
        let count = list.len();
        let values: Vec<_> = list.into_iter().filter_map(|node| T::read(node, reader)).collect();
        (values.len() == count).then_some(values)
    }

    fn based(self, base: &Path) -> Self {
        self.into_iter().map(|value| value.based(base)).collect()
    }
}

impl<T: Value + Ord> Value for BTreeSet<T> {
    fn kind() -> Kind {
        list_kind::<T>()
    }

    fn show(&self) -> Option<String> {
        show_list(self.iter())
    }

    fn read(node: Node, reader: &mut Reader<'_>) -> Option<Self> {
        Vec::read(node, reader).map(|list| list.into_iter().collect())
    }
}

impl<T: Value> Value for OneOrMany<T> {
    fn kind() -> Kind {
        let (one, many) = (T::kind(), list_kind::<T>());
        Kind::new(
            format!("{}, or a list of them", one.text),
            json!({ "anyOf": [one.schema, many.schema] }),
        )
    }

    fn show(&self) -> Option<String> {
        match self.0.as_slice() {
            [one] => one.show(),
            many => show_list(many.iter()),
        }
    }

    fn read(node: Node, reader: &mut Reader<'_>) -> Option<Self> {
        let place = node.place.clone();
        let list = match node.raw {
            Raw::Text(_) if !node.from_variable => vec![T::read(node, reader)?],
            _ => Vec::read(node, reader)?,
        };
        if list.is_empty() {
            reader.mistake(
                &place,
                Mistake::new("the list is empty").help(format!("expected {}", T::kind().text)),
            );
            return None;
        }
        Some(Self(list))
    }
}

impl<K: Value + Ord, V: Value> Value for BTreeMap<K, V> {
    fn kind() -> Kind {
        let value = V::kind();
        let schema = json!({ "type": "object", "additionalProperties": value.schema });
        Kind::new(format!("a table, each value {}", value.text), schema)
    }

    fn show(&self) -> Option<String> {
        self.is_empty().then(|| "{}".to_owned())
    }

    fn read(node: Node, reader: &mut Reader<'_>) -> Option<Self> {
        // Values of variables for servers are nobody else's business.
        reader.hide(&node);
        let Raw::Table(table) = node.raw else {
            reader.expected("a table such as { name = \"value\" }", &node);
            return None;
        };
        let table = table.filled(reader.env, &mut reader.mistakes)?;
        let count = table.entries.len();
        let mut map = Self::new();
        let mut good = 0;
        for entry in table.entries {
            let key = K::read(Node::text(&entry.key, entry.key_place), reader);
            if let (Some(key), Some(value)) = (key, V::read(entry.node, reader)) {
                good += 1;
                map.insert(key, value);
            }
        }
        (good == count).then_some(map)
    }
}

impl Value for Json {
    fn kind() -> Kind {
        Kind::new("a table of anything", json!({ "type": "object" }))
    }

    fn show(&self) -> Option<String> {
        self.is_empty().then(|| "{}".to_owned())
    }

    fn read(node: Node, reader: &mut Reader<'_>) -> Option<Self> {
        let Raw::Table(_) = node.raw else {
            reader.expected("a table such as { name = \"value\" }", &node);
            return None;
        };
        match json_value(node, reader)? {
            serde_json::Value::Object(map) => Some(map),
            _ => None,
        }
    }
}

fn json_value(node: Node, reader: &mut Reader<'_>) -> Option<serde_json::Value> {
    match node.raw {
        Raw::Text(text) => Some(text.into()),
        Raw::Bool(flag) => Some(flag.into()),
        Raw::Float(float) => Some(float.into()),
        Raw::Int(int) => match i64::try_from(int) {
            Ok(int) => Some(int.into()),
            Err(_) => {
                reader.mistake(&node.place, Mistake::new("the number is too large"));
                None
            }
        },
        Raw::List(list) => list.into_iter().map(|node| json_value(node, reader)).collect(),
        Raw::Table(table) => {
            let entries = table.filled(reader.env, &mut reader.mistakes)?.entries.into_iter();
            let map: Option<Json> = entries
                .map(|entry| Some((entry.key, json_value(entry.node, reader)?)))
                .collect();
            map.map(Into::into)
        }
        Raw::Date => {
            reader.mistake(
                &node.place,
                Mistake::new("a date can't stand here").help("write it as text, in quotes"),
            );
            None
        }
        Raw::Broken => None,
    }
}
