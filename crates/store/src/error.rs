//! What can go wrong, written for the person who reads it. The database's password is in none of it.

/// The result of every query.
pub type Result<T> = std::result::Result<T, StoreError>;

/// Why a query failed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Nothing was reached: try again later.
    #[error("the database can't be reached: {0}")]
    Unavailable(String),
    /// Something that must be unique exists already.
    #[error("this exists already: {0}")]
    Conflict(String),
    /// Another program held the database for too long, or won a race: the same call may succeed at once.
    #[error("the database is busy: another program holds its write lock")]
    Busy,
    /// A row that can't be read. Nothing of it was changed.
    #[error("the database holds something that can't be read: {0}")]
    Corrupt(String),
    #[error("the database refused a query: {0}")]
    Other(String),
}

/// Why a database was not opened. In every case nothing in it was changed.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("the database URL {url} is not understood: {why}")]
    Url { url: String, why: String },
    #[error("the database {place} can't be opened: {why}")]
    Place { place: String, why: String },
    #[error(
        "the database {place} is at JupyterHub's schema revision {found}, and this program reads revision {expected} \
         (JupyterHub 6.0 and 6.1) only. Nothing was changed. Back the database up, then bring it to that revision \
         with JupyterHub 6.1.1: jupyterhub upgrade-db --db '{url}'"
    )]
    WrongRevision {
        place: String,
        url: String,
        found: String,
        expected: &'static str,
    },
    #[error(
        "the database {place} has other tables ({tables}) but not JupyterHub's. Nothing was changed. \
         Name an empty database, or one of JupyterHub's"
    )]
    NotJupyterHub { place: String, tables: String },
    #[error(
        "the database {place} was used by a newer release of this program (its own tables are at version {found}, \
         this release knows {known}). Nothing was changed. Start the newer release"
    )]
    Newer { place: String, found: i64, known: i64 },
    #[error("the database {place}: {source}")]
    Query { place: String, source: StoreError },
}
