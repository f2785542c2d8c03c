//! Six types of values, and how Rust's types are made of them.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::error::{Result, StoreError};

/// What a column or a parameter holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    Null,
    Bool(bool),
    Int(i64),
    Text(String),
    Bytes(Vec<u8>),
    Time(Timestamp),
}

impl Value {
    /// A list of names or scopes, as JSON text.
    #[must_use]
    pub fn list(items: &[String]) -> Self {
        Self::Text(serde_json::Value::from(items).to_string())
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<&String> for Value {
    fn from(value: &String) -> Self {
        Self::Text(value.clone())
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

impl From<&[u8]> for Value {
    fn from(value: &[u8]) -> Self {
        Self::Bytes(value.to_owned())
    }
}

impl From<Timestamp> for Value {
    /// Cut to microseconds, which is what both databases keep.
    fn from(value: Timestamp) -> Self {
        let micros = value.as_microsecond();
        Self::Time(Timestamp::from_microsecond(micros).unwrap_or(value))
    }
}

impl From<&serde_json::Value> for Value {
    fn from(value: &serde_json::Value) -> Self {
        Self::Text(value.to_string())
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// A row, read from left to right.
#[derive(Debug)]
pub struct Row {
    columns: std::vec::IntoIter<Value>,
    taken: usize,
}

impl Row {
    pub(crate) fn new(columns: Vec<Value>) -> Self {
        Self {
            columns: columns.into_iter(),
            taken: 0,
        }
    }

    /// The next column.
    pub fn take<T: FromValue>(&mut self) -> Result<T> {
        self.taken += 1;
        let column = self.taken;
        let value = self.columns.next().unwrap_or(Value::Null);
        T::from_value(value).map_err(|why| StoreError::Corrupt(format!("column {column}: {why}")))
    }
}

/// What a column can be read as.
pub trait FromValue: Sized + Send {
    /// Whether it is read from JSON text, where `null` means that there is none.
    const IS_JSON: bool = false;

    fn from_value(value: Value) -> std::result::Result<Self, String>;
}

impl FromValue for bool {
    /// A flag that was never set is not set.
    fn from_value(value: Value) -> std::result::Result<Self, String> {
        match value {
            Value::Bool(flag) => Ok(flag),
            Value::Int(number) => Ok(number != 0),
            Value::Null => Ok(false),
            other => Err(unexpected("true or false", &other)),
        }
    }
}

impl FromValue for i64 {
    fn from_value(value: Value) -> std::result::Result<Self, String> {
        match value {
            Value::Int(number) => Ok(number),
            Value::Bool(flag) => Ok(i64::from(flag)),
            other => Err(unexpected("a number", &other)),
        }
    }
}

impl FromValue for String {
    fn from_value(value: Value) -> std::result::Result<Self, String> {
        match value {
            Value::Text(text) => Ok(text),
            Value::Int(number) => Ok(number.to_string()),
            other => Err(unexpected("text", &other)),
        }
    }
}

impl FromValue for Vec<u8> {
    fn from_value(value: Value) -> std::result::Result<Self, String> {
        match value {
            Value::Bytes(bytes) => Ok(bytes),
            Value::Text(text) => Ok(text.into_bytes()),
            other => Err(unexpected("bytes", &other)),
        }
    }
}

impl FromValue for Timestamp {
    fn from_value(value: Value) -> std::result::Result<Self, String> {
        match value {
            Value::Time(time) => Ok(time),
            Value::Text(text) => parse_time(&text).ok_or_else(|| "expected a time, found other text".to_owned()),
            other => Err(unexpected("a time", &other)),
        }
    }
}

impl FromValue for serde_json::Value {
    const IS_JSON: bool = true;

    fn from_value(value: Value) -> std::result::Result<Self, String> {
        match value {
            Value::Text(text) => serde_json::from_str(&text).map_err(|error| format!("not JSON: {error}")),
            Value::Null => Ok(Self::Null),
            other => Err(unexpected("JSON text", &other)),
        }
    }
}

impl FromValue for Vec<String> {
    /// A JSON list; one that was never written is empty.
    fn from_value(value: Value) -> std::result::Result<Self, String> {
        match value {
            Value::Null => Ok(Self::new()),
            Value::Text(text) => serde_json::from_str::<Option<Self>>(&text)
                .map(Option::unwrap_or_default)
                .map_err(|error| format!("not a JSON list of texts: {error}")),
            other => Err(unexpected("a JSON list", &other)),
        }
    }
}

impl<T: FromValue> FromValue for Option<T> {
    fn from_value(value: Value) -> std::result::Result<Self, String> {
        match value {
            Value::Null => Ok(None),
            // JSON's own null is what SQLAlchemy writes for an absent document.
            Value::Text(text) if text == "null" && T::IS_JSON => Ok(None),
            value => T::from_value(value).map(Some),
        }
    }
}

/// Names the type, not the value: values may be secret.
fn unexpected(wanted: &str, found: &Value) -> String {
    let found = match found {
        Value::Null => "nothing",
        Value::Bool(_) => "true or false",
        Value::Int(_) => "a number",
        Value::Text(_) => "text",
        Value::Bytes(_) => "bytes",
        Value::Time(_) => "a time",
    };
    format!("expected {wanted}, found {found}")
}

/// SQLite keeps times as SQLAlchemy writes them: UTC, without a zone, six digits after the point.
pub(super) fn format_time(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d %H:%M:%S%.6f").to_string()
}

fn parse_time(text: &str) -> Option<Timestamp> {
    let time: DateTime = text.parse().ok()?;
    time.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_as_sqlalchemy_does() {
        let time: Timestamp = "2026-11-21T08:00:00.5Z".parse().unwrap();
        assert_eq!(format_time(time), "2026-11-21 08:00:00.500000");
        assert_eq!(parse_time("2026-11-21 08:00:00.500000"), Some(time));
        assert_eq!(format_time(Timestamp::UNIX_EPOCH), "1970-01-01 00:00:00.000000");
        assert!(parse_time("2026-11-21 08:00:00").is_some());
        assert_eq!(parse_time("yesterday"), None);
    }

    #[test]
    fn an_error_names_no_value() {
        let error = i64::from_value(Value::Text("hunter2".to_owned())).unwrap_err();
        assert_eq!(error, "expected a number, found text");
    }
}
