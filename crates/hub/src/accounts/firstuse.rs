//! FirstUseAuthenticator's `passwords.dbm`, as the kinds of `dbm` that Python writes itself, and as lines of text.

use std::path::{Path, PathBuf};

use perijove_store::meta;

use super::import::Importer;
use super::section;
use crate::Hub;
use crate::startup::StartError;

/// Names and hashes.
pub type Hashes = Vec<(String, String)>;

/// What SQLite's files begin with.
const SQLITE: &[u8] = b"SQLite format 3\0";
/// That it was done by configuration.
const DONE: &str = "firstuse_imported";

/// A file that can't be taken over.
#[derive(Debug, thiserror::Error)]
#[error("{} can't be read: {why}; other kinds of dbm are turned into lines of `name:hash`, as docs/how-to/accounts.md tells", path.display())]
pub struct Unreadable {
    path: PathBuf,
    why: String,
}

/// Takes over what the configuration names, if that was not done before.
pub async fn import(hub: &Hub, importer: &Importer<'_>) -> Result<(), StartError> {
    let Some(native) = section(&hub.config).filter(|native| native.import_from_firstuse) else {
        return Ok(());
    };
    if meta::get(&hub.store, DONE).await?.is_some() {
        return Ok(());
    }
    let path = native.firstuse_db_path.clone();
    let file = path.clone();
    let found = tokio::task::spawn_blocking(move || read(&file)).await;
    let found = found.map_err(|error| error.to_string()).and_then(|found| found);
    let hashes = found.map_err(|why| Unreadable { path, why })?;
    importer.hashes("FirstUseAuthenticator", DONE, hashes).await?;
    Ok(())
}

/// Reads a file of any of the kinds that are known. It blocks.
pub fn read(file: &Path) -> Result<Hashes, String> {
    let with = |ending: &str| {
        let mut name = file.as_os_str().to_owned();
        name.push(ending);
        PathBuf::from(name)
    };
    let why = |error: std::io::Error| error.to_string();
    if with(".dir").exists() {
        let directory = std::fs::read(with(".dir")).map_err(why)?;
        let data = std::fs::read(with(".dat")).map_err(why)?;
        // Each character of it is a byte.
        let directory: String = directory.iter().copied().map(char::from).collect();
        return dumb(&directory, &data);
    }
    let bytes = std::fs::read(file).map_err(why)?;
    if bytes.starts_with(SQLITE) {
        return perijove_store::dbm::read(file).map(pairs);
    }
    let text = String::from_utf8(bytes).map_err(|_| "it is neither text nor a file of SQLite's".to_owned())?;
    lines(&text)
}

/// Lines of `name:hash`. What can't be one is told with its number.
pub fn lines(text: &str) -> Result<Hashes, String> {
    let meant = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let pairs = meant.map(|(number, line)| {
        let pair = line.trim().rsplit_once(':');
        let (name, hash) = pair.ok_or_else(|| format!("line {} is not `name:hash`", number + 1))?;
        Ok((name.to_owned(), hash.to_owned()))
    });
    Ok(normalised_first(pairs.collect::<Result<_, String>>()?))
}

/// The two files of `dbm.dumb`: where what lies, and what.
pub fn dumb(directory: &str, data: &[u8]) -> Result<Hashes, String> {
    let meant = directory
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty());
    let pairs = meant.map(|(number, line)| {
        entry(line.trim(), data).ok_or_else(|| format!("line {} of the directory can't be read", number + 1))
    });
    Ok(normalised_first(pairs.collect::<Result<_, String>>()?))
}

/// What another reader has found.
#[must_use]
pub fn pairs(found: Vec<(Vec<u8>, Vec<u8>)>) -> Hashes {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    normalised_first(found.iter().map(|(name, hash)| (text(name), text(hash))).collect())
}

/// Where a name stands there in two spellings, the one counts that its authenticator went by.
fn normalised_first(mut all: Hashes) -> Hashes {
    all.sort_by_key(|(name, _)| *name != name.to_lowercase());
    all
}

/// `'name', (512, 60)`
fn entry(line: &str, data: &[u8]) -> Option<(String, String)> {
    let (name, place) = line.rsplit_once(", (")?;
    let (begin, length) = place.strip_suffix(')')?.split_once(", ")?;
    let begin: usize = begin.parse().ok()?;
    let value = data.get(begin..begin.checked_add(length.parse().ok()?)?)?;
    Some((unquoted(name)?, String::from_utf8(value.to_vec()).ok()?))
}

/// A text as Python shows it; each of its characters is a byte.
fn unquoted(shown: &str) -> Option<String> {
    let quote = shown.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
    let inner = shown.strip_prefix(quote)?.strip_suffix(quote)?;
    let (mut bytes, mut chars) = (Vec::new(), inner.chars());
    while let Some(c) = chars.next() {
        let c = match (c, if c == '\\' { chars.next() } else { None }) {
            ('\\', Some('x')) => {
                let digits: String = chars.by_ref().take(2).collect();
                char::from(u8::from_str_radix(&digits, 16).ok()?)
            }
            ('\\', Some(plain @ ('\\' | '\'' | '"'))) => plain,
            ('\\', _) => return None,
            (other, _) => other,
        };
        bytes.push(u8::try_from(u32::from(c)).ok()?);
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dumb_files_are_read() {
        let data = b"first\0\0\0second";
        let all = dumb(
            "'ada', (0, 5)\n\"o'neil\", (8, 6)\n'j\u{c3}\u{b6}rg', (0, 5)\n'a\\\\b', (0, 5)\n",
            data,
        )
        .unwrap();
        let names: Vec<&str> = all.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["ada", "o'neil", "jörg", "a\\b"]);
        assert_eq!(all[1].1, "second");
        for bad in ["ada", "'ada', (0, 99)", "'ada', (0, 5", "ada, (0, 5)", "'a\\q', (0, 5)"] {
            assert!(dumb(bad, data).is_err(), "{bad}");
        }
    }

    #[test]
    fn lines_are_read() {
        let all = lines("Ada:one\n\nada:two\na:b:three\n").unwrap();
        assert_eq!(
            all[0],
            ("ada".into(), "two".into()),
            "the normalised spelling comes first"
        );
        assert!(all.contains(&("a:b".into(), "three".into())));
        assert!(lines("ada:one\nnonsense").unwrap_err().contains("line 2"));
    }
}
