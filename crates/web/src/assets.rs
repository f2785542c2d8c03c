//! Styles, scripts and pictures, embedded; what `hub/static/` serves.
//!
//! A build for development reads them from the source tree, so that a change shows on reload.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::sync::{LazyLock, Mutex, PoisonError};

use flate2::Compression;
use flate2::write::GzEncoder;
use rust_embed::{EmbeddedFile, RustEmbed};
use sha2::{Digest, Sha256};

#[derive(RustEmbed)]
#[folder = "assets"]
struct Assets;

/// One file below `static/`.
#[derive(Debug, Clone)]
pub struct Asset {
    pub bytes: Cow<'static, [u8]>,
    pub mime: String,
    /// With its quotes, as the header wants it.
    pub etag: String,
}

/// The file at this path below `static/`; `None` if there is none.
#[must_use]
pub fn asset(path: &str) -> Option<Asset> {
    let EmbeddedFile { data, metadata } = Assets::get(path)?;
    let etag = format!("\"{}\"", hex(&metadata.sha256_hash()[..16]));
    Some(Asset {
        bytes: data,
        mime: mime_of(path),
        etag,
    })
}

/// The same file packed by gzip, where that makes it smaller. Each is packed once: there are as many as are embedded.
#[must_use]
pub fn asset_packed(path: &str) -> Option<Asset> {
    static PACKED: Mutex<BTreeMap<String, Asset>> = Mutex::new(BTreeMap::new());
    let plain = asset(path)?;
    let known = |packed: &Asset| packed.etag.strip_suffix("-gz\"") == plain.etag.strip_suffix('"');
    let mut all = PACKED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(packed) = all.get(path).filter(|packed| known(packed)) {
        return Some(packed.clone());
    }
    let packed = Asset {
        bytes: Cow::Owned(gzip(&plain.bytes)?),
        etag: format!("{}-gz\"", plain.etag.strip_suffix('"')?),
        mime: plain.mime,
    };
    if packed.bytes.len() >= plain.bytes.len() {
        return None;
    }
    all.insert(path.to_owned(), packed.clone());
    Some(packed)
}

fn gzip(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).ok()?;
    encoder.finish().ok()
}

/// Every path that [`asset`] answers.
pub fn asset_paths() -> impl Iterator<Item = Cow<'static, str>> {
    Assets::iter()
}

/// Changes when any asset does: the `?v=` that lets a browser keep a file for good.
#[must_use]
pub fn asset_hash() -> &'static str {
    static HASH: LazyLock<String> = LazyLock::new(|| {
        let mut paths: Vec<_> = Assets::iter().collect();
        paths.sort_unstable();
        let mut sum = Sha256::new();
        for (path, file) in paths.iter().filter_map(|path| Some((path, Assets::get(path)?))) {
            sum.update(path.as_bytes());
            sum.update(file.metadata.sha256_hash());
        }
        hex(&sum.finalize()[..8])
    });
    &HASH
}

/// What kind of file has such a name.
#[must_use]
pub fn mime_of(path: &str) -> String {
    let guess = mime_guess::from_path(path).first_or_octet_stream();
    match (guess.type_(), guess.essence_str()) {
        (_, "text/javascript" | "application/javascript") => "text/javascript; charset=utf-8".into(),
        (kind, essence) if kind == mime_guess::mime::TEXT => format!("{essence}; charset=utf-8"),
        (_, essence) => essence.to_owned(),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
