//! Types of values that the standard library doesn't have.

use std::fmt;
use std::ops::{Deref, RangeInclusive};
use std::path::{Path, PathBuf};

use jiff::civil::{Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use perijove_model::Secret;

/// A table of anything, as the API's JSON.
pub type Json = serde_json::Map<String, serde_json::Value>;

/// A number of bytes, written "64K", "8M", "2G", "1T" (powers of 1024).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ByteSize(pub u64);

/// A list that may be written as its only element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OneOrMany<T>(pub Vec<T>);

impl<T> Deref for OneOrMany<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.0
    }
}

/// What shows that a server is used although nobody has touched it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Busy {
    /// A kernel runs a cell.
    Kernels,
    /// A browser has a notebook open.
    Connections,
    /// Somebody types in a terminal, or something writes there.
    Terminals,
    /// It computes.
    Cpu,
}

/// A moment of certain days of every week: `Mon-Fri 22:00`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Weekly {
    text: String,
    days: Vec<Weekday>,
    time: Time,
}

const DAYS: [(&str, Weekday); 7] = [
    ("mon", Weekday::Monday),
    ("tue", Weekday::Tuesday),
    ("wed", Weekday::Wednesday),
    ("thu", Weekday::Thursday),
    ("fri", Weekday::Friday),
    ("sat", Weekday::Saturday),
    ("sun", Weekday::Sunday),
];

impl Weekly {
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The last such moment until then, and the next one after it.
    #[must_use]
    pub fn around(&self, now: Timestamp, zone: &Zone) -> (Option<Timestamp>, Option<Timestamp>) {
        let today = now.to_zoned(zone.0.clone()).date();
        let moments: Vec<Timestamp> = (-8..=8)
            .filter_map(|days| today.checked_add(days.days()).ok())
            .filter(|date| self.days.contains(&date.weekday()))
            .filter_map(|date| date.to_datetime(self.time).to_zoned(zone.0.clone()).ok())
            .map(|moment| moment.timestamp())
            .collect();
        let last = moments.iter().rev().find(|moment| **moment <= now).copied();
        let next = moments.iter().find(|moment| **moment > now).copied();
        (last, next)
    }
}

impl TryFrom<&str> for Weekly {
    type Error = String;

    fn try_from(text: &str) -> Result<Self, String> {
        let words: Vec<&str> = text.split_whitespace().collect();
        let (days, time) = match words.as_slice() {
            [time] => ("mon-sun", *time),
            [days, time] => (*days, *time),
            _ => return Err("neither a time nor days and a time".to_owned()),
        };
        let mut list = Vec::new();
        for part in days.split(',') {
            let (first, last) = part.split_once('-').unwrap_or((part, part));
            let (first, last) = (day(first)?, day(last)?);
            // A week goes round: `Sat-Mon` is three days.
            let length = (last + 7 - first) % 7;
            list.extend((first..=first + length).map(|day| DAYS[day % 7].1));
        }
        let time = time.parse().map_err(|_| "not a time of day such as 22:00".to_owned())?;
        Ok(Self {
            text: words.join(" "),
            days: list,
            time,
        })
    }
}

fn day(text: &str) -> Result<usize, String> {
    let text = text.trim().to_ascii_lowercase();
    let known = DAYS.iter().position(|(name, _)| text.get(..3) == Some(name));
    known.ok_or_else(|| "not a day of the week such as Mon".to_owned())
}

/// A time zone by its name, `Europe/Berlin`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone(pub TimeZone);

impl Default for Zone {
    fn default() -> Self {
        Self(TimeZone::UTC)
    }
}

impl Zone {
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }
}

impl TryFrom<&str> for Zone {
    type Error = String;

    fn try_from(text: &str) -> Result<Self, String> {
        let zone = TimeZone::get(text).map_err(|_| "this machine knows no time zone of this name".to_owned())?;
        Ok(Self(zone))
    }
}

/// A path of a URL that begins and ends with a slash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseUrl(String);

impl BaseUrl {
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for BaseUrl {
    fn default() -> Self {
        Self("/".to_owned())
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<&str> for BaseUrl {
    type Error = String;

    fn try_from(text: &str) -> Result<Self, String> {
        if text.contains(['?', '#', ':', ' ']) || text.contains("//") {
            return Err("not a path such as \"/\" or \"/jupyter/\"".to_owned());
        }
        let middle = text.trim_matches('/');
        Ok(Self(if middle.is_empty() {
            "/".to_owned()
        } else {
            format!("/{middle}/")
        }))
    }
}

/// A database as written in the file; [`crate::Hub::database`] says where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatabaseUrl(Database);

/// A database to open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Database {
    /// An SQLite file.
    Sqlite(PathBuf),
    /// An SQLite database that is gone with the process.
    SqliteMemory,
    /// `postgresql://...`, which may hold a password.
    Postgres(Secret),
}

impl DatabaseUrl {
    /// The database, a relative file placed in `dir`.
    #[must_use]
    pub fn in_dir(&self, dir: &Path) -> Database {
        match &self.0 {
            Database::Sqlite(file) => Database::Sqlite(dir.join(file)),
            other => other.clone(),
        }
    }
}

impl Default for DatabaseUrl {
    fn default() -> Self {
        Self(Database::Sqlite("perijove.sqlite".into()))
    }
}

impl TryFrom<&str> for DatabaseUrl {
    type Error = String;

    fn try_from(text: &str) -> Result<Self, String> {
        let Some((scheme, rest)) = text.split_once("://") else {
            return match text {
                "" => Err("no database is named".to_owned()),
                path => Ok(Self(Database::Sqlite(path.into()))),
            };
        };
        // SQLAlchemy names a driver after a plus; which one is used is our affair.
        match scheme.split('+').next() {
            Some("sqlite") => match rest.strip_prefix('/') {
                None if rest.is_empty() => Ok(Self(Database::SqliteMemory)),
                None => {
                    Err("an SQLite URL has three slashes before a relative path, four before an absolute".to_owned())
                }
                Some("" | ":memory:") => Ok(Self(Database::SqliteMemory)),
                Some(path) => Ok(Self(Database::Sqlite(path.split('?').next().unwrap_or(path).into()))),
            },
            Some("postgresql" | "postgres") => {
                let plain = format!("postgresql://{rest}");
                url::Url::parse(&plain).map_err(|e| format!("not a PostgreSQL URL: {e}"))?;
                Ok(Self(Database::Postgres(Secret::new(plain))))
            }
            _ => Err(format!(
                "`{scheme}` databases aren't supported: SQLite and PostgreSQL are"
            )),
        }
    }
}

/// A mail server: `smtp://HOST[:PORT]` or `smtps://HOST[:PORT]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailServer {
    /// From its first byte on.
    pub tls: bool,
    pub host: String,
    pub port: u16,
}

impl fmt::Display for MailServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.tls { "smtps" } else { "smtp" };
        write!(f, "{scheme}://{}:{}", self.host, self.port)
    }
}

impl TryFrom<&str> for MailServer {
    type Error = String;

    fn try_from(text: &str) -> Result<Self, String> {
        let url = url::Url::parse(text).map_err(|why| format!("not a URL: {why}"))?;
        let tls = match url.scheme() {
            "smtp" => false,
            "smtps" => true,
            _ => return Err("neither `smtp://` nor `smtps://`".to_owned()),
        };
        if !url.username().is_empty() || url.password().is_some() {
            return Err("`user` and `password` are keys of their own".to_owned());
        }
        let host = url.host_str().filter(|host| !host.is_empty());
        let has_more = !matches!(url.path(), "" | "/") || url.query().is_some();
        match host {
            Some(host) if !has_more => Ok(Self {
                tls,
                host: host.trim_matches(['[', ']']).to_owned(),
                port: url.port().unwrap_or(if tls { 465 } else { 587 }),
            }),
            _ => Err("not a server and perhaps a port".to_owned()),
        }
    }
}

/// Who tells people from programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CaptchaService {
    Recaptcha,
    Hcaptcha,
    Turnstile,
    Custom,
}

/// How much is logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LogLevel {
    Error,
    Warn,
    Info,
    Debug,
    Trace,
}

/// How it is logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    Text,
    Json,
}

/// How each request is written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccessLog {
    Off,
    Json,
    Common,
    Combined,
}

/// Regular expression that names must match from their beginning.
#[derive(Debug, Clone)]
pub struct Pattern {
    written: String,
    anchored: regex::Regex,
}

impl Pattern {
    #[must_use]
    pub fn is_match(&self, text: &str) -> bool {
        self.anchored.is_match(text)
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.written
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.written == other.written
    }
}

impl TryFrom<&str> for Pattern {
    type Error = String;

    fn try_from(text: &str) -> Result<Self, String> {
        let why = |error: regex::Error| format!("not a regular expression: {}", last_line(&error.to_string()));
        // Alone first, so that an error is about what was written.
        regex::Regex::new(text).map_err(why)?;
        let anchored = regex::Regex::new(&format!("^(?:{text})")).map_err(why)?;
        Ok(Self {
            written: text.to_owned(),
            anchored,
        })
    }
}

fn last_line(text: &str) -> &str {
    text.lines().last().unwrap_or(text).trim_start_matches("error: ")
}

/// Regular expression that a whole text must match.
#[derive(Debug, Clone)]
pub struct Whole {
    written: String,
    anchored: regex::Regex,
}

impl Whole {
    #[must_use]
    pub fn is_match(&self, text: &str) -> bool {
        self.anchored.is_match(text)
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.written
    }
}

impl PartialEq for Whole {
    fn eq(&self, other: &Self) -> bool {
        self.written == other.written
    }
}

impl TryFrom<&str> for Whole {
    type Error = String;

    fn try_from(text: &str) -> Result<Self, String> {
        let why = |error: regex::Error| format!("not a regular expression: {}", last_line(&error.to_string()));
        regex::Regex::new(text).map_err(why)?;
        let anchored = regex::Regex::new(&format!("\\A(?:{text})\\z")).map_err(why)?;
        Ok(Self {
            written: text.to_owned(),
            anchored,
        })
    }
}

/// How much of something, or all there is: written as the amount, or "unlimited".
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Quota<T> {
    At(T),
    Unlimited,
}

/// A path with `{data_dir}` and `{username}` to be filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathTemplate(String);

impl PathTemplate {
    const NAMES: [&str; 2] = ["data_dir", "username"];

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A relative one is below `dir`.
    pub(crate) fn in_dir(self, dir: &Path) -> Self {
        if self.0.starts_with("{data_dir}") {
            self
        } else {
            Self(dir.join(self.0).to_string_lossy().into_owned())
        }
    }

    /// The path for one person.
    #[must_use]
    pub fn fill(&self, data_dir: &Path, username: &str) -> PathBuf {
        let mut filled = String::new();
        let mut rest = self.0.as_str();
        // One pass, so that a name with braces in it is left alone.
        while let Some((before, after)) = rest.split_once('{') {
            filled.push_str(before);
            let Some((name, after)) = after.split_once('}') else {
                break;
            };
            match name {
                "data_dir" => filled.push_str(&data_dir.to_string_lossy()),
                _ => filled.push_str(username),
            }
            rest = after;
        }
        filled.push_str(rest);
        filled.into()
    }
}

impl Default for PathTemplate {
    fn default() -> Self {
        Self("{data_dir}/homes/{username}".to_owned())
    }
}

impl TryFrom<&str> for PathTemplate {
    type Error = String;

    fn try_from(text: &str) -> Result<Self, String> {
        let mut rest = text;
        while let Some((_, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}').ok_or("a `{` without its `}`")?;
            if !Self::NAMES.contains(&name) {
                return Err(format!(
                    "`{{{name}}}` isn't known: `{{data_dir}}` and `{{username}}` are"
                ));
            }
            rest = after;
        }
        if !text.contains("{username}") {
            return Err("without `{username}` all people would share one home".to_owned());
        }
        Ok(Self(text.to_owned()))
    }
}

/// The name of a directory: one component of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FolderName(String);

impl FolderName {
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for FolderName {
    fn default() -> Self {
        Self("shared".to_owned())
    }
}

impl TryFrom<&str> for FolderName {
    type Error = String;

    fn try_from(text: &str) -> Result<Self, String> {
        let is_name = !text.is_empty() && !text.contains(['/', '\0']) && text.chars().any(|c| c != '.');
        match is_name {
            true => Ok(Self(text.to_owned())),
            false => Err("not the name of one directory, such as \"data\"".to_owned()),
        }
    }
}

/// Ports, written "20000-32767".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PortRange(pub RangeInclusive<u16>);

impl Default for PortRange {
    fn default() -> Self {
        Self(20000..=32767)
    }
}

impl TryFrom<&str> for PortRange {
    type Error = String;

    fn try_from(text: &str) -> Result<Self, String> {
        let ends = text
            .split_once('-')
            .and_then(|(a, b)| Some((a.trim().parse().ok()?, b.trim().parse().ok()?)));
        match ends {
            Some((first, last)) if 0 < first && first <= last => Ok(Self(first..=last)),
            _ => Err("not a range of ports such as \"20000-32767\"".to_owned()),
        }
    }
}

/// Which system accounts people's servers run as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Accounts {
    Hub,
    System,
    Dynamic,
}

/// A way to run servers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    Process,
    Docker,
}

/// When the images of containers are fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PullPolicy {
    Always,
    IfNotPresent,
    Never,
    Skip,
}

/// How names of people get into names of containers and volumes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EscapeNames {
    Strict,
    Legacy,
}

/// What keeps servers in containers apart from each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Isolation {
    Site,
    Shared,
    Person,
}

/// How the hub reaches a server in a container.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReachBy {
    Port,
    Address,
    Name,
}

/// Numbers of accounts, written "1900000000-2147483646".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UidRange(pub RangeInclusive<u32>);

impl Default for UidRange {
    /// Nobody else gives these to anything, see systemd's list of uids.
    fn default() -> Self {
        Self(1_900_000_000..=2_147_483_646)
    }
}

impl TryFrom<&str> for UidRange {
    type Error = String;

    fn try_from(text: &str) -> Result<Self, String> {
        let ends = text
            .split_once('-')
            .and_then(|(a, b)| Some((a.trim().parse().ok()?, b.trim().parse().ok()?)));
        match ends {
            Some((first, last)) if 1000 <= first && first <= last && last < u32::MAX => Ok(Self(first..=last)),
            _ => Err("not a range of account numbers from 1000 on, such as \"1900000000-2147483646\"".to_owned()),
        }
    }
}

/// Whether who is in a group is also in the groups that have that group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NestedGroups {
    No,
    /// Asked for group by group.
    Search,
    /// The directory follows them itself.
    Chain,
}

/// A version of TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TlsVersion {
    V12,
    V13,
}

/// How a name is shown to an ACME authority to be ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AcmeChallenge {
    Http01,
    TlsAlpn01,
}
