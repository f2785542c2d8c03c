//! Files that grow by lines. Each piece opens the file anew, so that whoever rotates it need tell nobody.

use std::io;
use std::path::Path;

use tokio::fs::OpenOptions;
use tokio::io::AsyncWriteExt;

/// Adds whole lines; a new file is for this account only.
pub async fn append(file: &Path, lines: String) -> io::Result<()> {
    let mut opened = OpenOptions::new()
        .append(true)
        .create(true)
        .mode(0o600)
        .open(file)
        .await?;
    opened.write_all(lines.as_bytes()).await?;
    opened.flush().await
}
