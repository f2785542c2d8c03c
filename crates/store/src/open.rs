//! Opening: what is there is looked at before anything is written, and a few look-ups are all it costs.

use std::path::Path;
use std::sync::Arc;

use crate::error::{OpenError, Result, StoreError};
use crate::schema::{self, REVISION, STEPS, VERSION};
use crate::sql::{Db, Postgres, Sqlite, Stmt, Tx, Value};
use crate::target::{self, Target};
use crate::{Database, Store};

/// How a database is opened.
#[derive(Debug, Clone, Copy)]
pub struct OpenOptions {
    /// Whether an SQLite file is made where there is none.
    pub create: bool,
}

impl Default for OpenOptions {
    fn default() -> Self {
        Self { create: true }
    }
}

pub(crate) async fn open(url: &str, options: OpenOptions) -> std::result::Result<Store, OpenError> {
    let shown = target::redact(url);
    let place = match target::parse(url)? {
        Target::File(path) => {
            let shown = path.display().to_string();
            check_place(&path, options).map_err(|why| OpenError::Place {
                place: shown.clone(),
                why,
            })?;
            let sqlite = Sqlite::open(&path).await.map_err(|error| unopened(&shown, error))?;
            Place {
                store: store(Database::Sqlite(Box::new(sqlite))),
                shown,
                url: url.to_owned(),
            }
        }
        Target::Server(server) => {
            let postgres = Postgres::new(*server).map_err(|error| unopened(&shown, error))?;
            Place {
                store: store(Database::Postgres(Box::new(postgres))),
                shown: shown.clone(),
                url: shown,
            }
        }
    };
    place.prepare().await?;
    if let Database::Postgres(postgres) = &*place.store.0 {
        postgres.listen();
    }
    Ok(place.store)
}

fn store(database: Database) -> Store {
    Store(Arc::new(database))
}

/// SQLite says "unable to open database file" to everything: find out what it is.
fn check_place(path: &Path, options: OpenOptions) -> std::result::Result<(), String> {
    let directory = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    if path.is_dir() {
        return Err("it is a directory: name a file in it".to_owned());
    }
    if !directory.is_dir() {
        let directory = directory.display();
        return Err(format!(
            "there is no directory {directory}: make it, or name another file"
        ));
    }
    match path.exists() {
        true => Ok(()),
        false if options.create => make(path).map_err(|error| format!("it can't be made: {error}")),
        false => Err("there is no such file".to_owned()),
    }
}

/// An empty file that only its owner reads: hashes and sealed secrets go into it.
fn make(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

fn unopened(place: &str, error: StoreError) -> OpenError {
    let why = match error {
        StoreError::Unavailable(why) => format!("{why}. Is it there, and may this account use it?"),
        StoreError::Corrupt(why) => format!("it is not a readable SQLite database ({why})"),
        StoreError::Busy => "another program has held its lock for 10 seconds".to_owned(),
        other => other.to_string(),
    };
    OpenError::Place {
        place: place.to_owned(),
        why,
    }
}

struct Place {
    store: Store,
    shown: String,
    url: String,
}

/// What was found.
enum Found {
    /// All is as it should be.
    Ready,
    /// It is empty, or lacks tables that this program makes.
    Wanting,
}

impl Place {
    /// Looks without locking; makes what is wanting in one transaction.
    async fn prepare(&self) -> std::result::Result<(), OpenError> {
        let found = self.look(&self.store).await?;
        if let Database::Sqlite(sqlite) = &*self.store.0 {
            sqlite.use_wal().await.map_err(|error| unopened(&self.shown, error))?;
        }
        if let Found::Ready = found {
            return Ok(());
        }
        let tx = self.store.begin().await.map_err(|error| self.query(error))?;
        self.lock(&tx).await.map_err(|error| self.query(error))?;
        // Another hub may have made it all meanwhile.
        if let Found::Wanting = self.look(&tx).await? {
            self.make(&tx).await.map_err(|error| self.query(error))?;
        }
        tx.commit().await.map_err(|error| self.query(error))
    }

    async fn look(&self, db: &impl Db) -> std::result::Result<Found, OpenError> {
        let tables = self.tables(db).await.map_err(|error| unopened(&self.shown, error))?;
        let wanted = schema::jupyterhub(false);
        let has = |table: &str| tables.iter().any(|found| found == table);
        if !wanted
            .iter()
            .any(|part| part.table != "alembic_version" && has(&part.table))
        {
            return if tables.is_empty() {
                Ok(Found::Wanting)
            } else {
                let tables = tables.into_iter().take(5).collect::<Vec<_>>().join(", ");
                Err(OpenError::NotJupyterHub {
                    place: self.shown.clone(),
                    tables,
                })
            };
        }
        self.check_revision(db, has("alembic_version")).await?;
        if !has("perijove_meta") || !wanted.iter().all(|part| has(&part.table)) {
            return Ok(Found::Wanting);
        }
        match version(db).await.map_err(|error| self.query(error))? {
            found if found > VERSION => Err(OpenError::Newer {
                place: self.shown.clone(),
                found,
                known: VERSION,
            }),
            found if found < VERSION => Ok(Found::Wanting),
            _ => Ok(Found::Ready),
        }
    }

    async fn check_revision(&self, db: &impl Db, versioned: bool) -> std::result::Result<(), OpenError> {
        const FOUND: Stmt = Stmt::read("SELECT version_num FROM alembic_version");
        let found: Vec<String> = match versioned {
            true => db.column(&FOUND, &[]).await.map_err(|error| self.query(error))?,
            false => Vec::new(),
        };
        if found == [REVISION] {
            return Ok(());
        }
        let found = if found.is_empty() {
            "none (it has no version stamp)".to_owned()
        } else {
            found.join(", ")
        };
        Err(OpenError::WrongRevision {
            place: self.shown.clone(),
            url: self.url_for_jupyterhub(),
            found,
            expected: REVISION,
        })
    }

    /// As `jupyterhub upgrade-db --db` wants it.
    fn url_for_jupyterhub(&self) -> String {
        if self.url.contains("://") {
            self.url.clone()
        } else {
            format!("sqlite:///{}", self.url)
        }
    }

    async fn tables(&self, db: &impl Db) -> Result<Vec<String>> {
        const SQLITE: Stmt = Stmt::read(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!' ORDER BY name",
        );
        const POSTGRES: Stmt = Stmt::read(
            "SELECT CAST(tablename AS TEXT) FROM pg_catalog.pg_tables WHERE schemaname = current_schema() ORDER BY 1",
        );
        let tables = if self.is_postgres() { POSTGRES } else { SQLITE };
        db.column(&tables, &[]).await
    }

    /// Two hubs that start at once take turns. SQLite's transaction is that lock already.
    async fn lock(&self, tx: &Tx) -> Result<()> {
        match self.is_postgres() {
            true => tx.batch("SELECT pg_advisory_xact_lock(6110221)").await,
            false => Ok(()),
        }
    }

    async fn make(&self, tx: &Tx) -> Result<()> {
        let tables = self.tables(tx).await?;
        let wanting = |table: &str| !tables.iter().any(|found| found == table);
        for part in schema::jupyterhub(self.is_postgres())
            .iter()
            .filter(|part| wanting(&part.table))
        {
            tx.batch(&part.sql).await?;
        }
        if wanting("alembic_version") {
            const STAMP: Stmt = Stmt::write("INSERT INTO alembic_version (version_num) VALUES ($1)");
            tx.execute(&STAMP, &[REVISION.into()]).await?;
        }
        const CLIENT: Stmt = Stmt::write(
            "INSERT INTO oauth_clients (identifier, description, secret, redirect_uri, allowed_scopes) \
             VALUES ('jupyterhub', 'JupyterHub', '', '', '[]') ON CONFLICT (identifier) DO NOTHING",
        );
        tx.execute(&CLIENT, &[]).await?;
        let taken = if wanting("perijove_meta") {
            0
        } else {
            version(tx).await?
        };
        for step in STEPS.iter().skip(usize::try_from(taken).unwrap_or(0)) {
            tx.batch(&step.sql(self.is_postgres())).await?;
        }
        crate::meta::set(tx, "schema", &VERSION.to_string()).await
    }

    fn is_postgres(&self) -> bool {
        self.store.kind() == "postgresql"
    }

    fn query(&self, source: StoreError) -> OpenError {
        OpenError::Query {
            place: self.shown.clone(),
            source,
        }
    }
}

async fn version(db: &impl Db) -> Result<i64> {
    const VERSION: Stmt = Stmt::read("SELECT value FROM perijove_meta WHERE key = $1");
    let found: Option<String> = db.one(&VERSION, &[Value::from("schema")]).await?;
    Ok(found.and_then(|text| text.parse().ok()).unwrap_or(0))
}
