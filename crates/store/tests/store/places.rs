//! Where the tests' databases are: files in a directory that goes away, and a PostgreSQL server that was named.

use std::io::Write;
use std::sync::atomic::{AtomicU32, Ordering};

use perijove_store::suite::Databases;

/// SQLite files in a temporary directory.
pub(crate) struct Files {
    pub(crate) directory: tempfile::TempDir,
    made: AtomicU32,
}

impl Files {
    pub(crate) fn new() -> Self {
        Self {
            directory: tempfile::tempdir().unwrap(),
            made: AtomicU32::new(0),
        }
    }
}

impl Databases for Files {
    async fn fresh(&self) -> String {
        let number = self.made.fetch_add(1, Ordering::Relaxed);
        format!("sqlite:///{}/{number}.sqlite", self.directory.path().display())
    }

    async fn discard(&self, _url: &str) {}
}

/// Databases of a PostgreSQL server on which we may make some.
pub(crate) struct Server {
    url: String,
}

impl Server {
    /// The server named in `PERIJOVE_TEST_POSTGRES`; without it the test is skipped, aloud.
    pub(crate) fn given() -> Option<Self> {
        let url = given("PERIJOVE_TEST_POSTGRES", "the store on PostgreSQL")?;
        Some(Self { url })
    }

    /// A connection of the test's own.
    pub(crate) async fn connect(url: &str) -> tokio_postgres::Client {
        let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await.unwrap();
        tokio::spawn(connection);
        client
    }
}

impl Databases for Server {
    async fn fresh(&self) -> String {
        static MADE: AtomicU32 = AtomicU32::new(0);
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        let name = format!("perijove_test_{}_{number}", std::process::id());
        Self::connect(&self.url)
            .await
            .batch_execute(&format!("CREATE DATABASE {name}"))
            .await
            .unwrap();
        let (server, _) = self.url.rsplit_once('/').unwrap();
        format!("{server}/{name}")
    }

    async fn discard(&self, url: &str) {
        let (_, name) = url.rsplit_once('/').unwrap();
        let drop = format!("DROP DATABASE {name} WITH (FORCE)");
        Self::connect(&self.url).await.batch_execute(&drop).await.unwrap();
    }
}

/// What a variable of the environment names; if nothing, what could not be tested is told.
#[expect(
    clippy::disallowed_methods,
    reason = "tests are told by the environment what is there"
)]
pub(crate) fn given(variable: &str, what: &str) -> Option<String> {
    if let Ok(value) = std::env::var(variable) {
        return Some(value);
    }
    let line = format!("SKIPPED: {what}: {variable} is not set");
    eprintln!("{line}");
    if let Ok(path) = std::env::var("PERIJOVE_SKIPPED") {
        let mut file = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(path)
            .unwrap();
        writeln!(file, "{line}").unwrap();
    }
    None
}
