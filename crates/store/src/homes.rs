//! Where people's files are. A row is made when a home is first needed and never computed again, so no change of a name
//! or a template ever loses one. Rows stay when the person goes: an id is never given to anybody else.

use jiff::Timestamp;
use perijove_model::UserName;

use crate::error::Result;
use crate::sql::{Db, Row, Stmt, Tx};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Home {
    pub id: i64,
    /// `None`: the person is gone.
    pub user_id: Option<i64>,
    /// What the person was called when it was made.
    pub owner: String,
    pub backend: String,
    /// A directory, or the name of a volume.
    pub place: String,
    pub made_at: Timestamp,
}

macro_rules! columns {
    () => {
        "id, user_id, owner, backend, place, made_at FROM perijove_homes"
    };
}

fn read(mut row: Row) -> Result<Home> {
    Ok(Home {
        id: row.take()?,
        user_id: row.take()?,
        owner: row.take()?,
        backend: row.take()?,
        place: row.take()?,
        made_at: row.take()?,
    })
}

pub async fn of_user(db: &impl Db, user_id: i64, backend: &str) -> Result<Option<Home>> {
    const GET: Stmt = Stmt::read(concat!("SELECT ", columns!(), " WHERE user_id = $1 AND backend = $2"));
    let row = db.row(&GET, &[user_id.into(), backend.into()]).await?;
    row.map(read).transpose()
}

/// The person's home with this backend. If there is none yet it is the wanted place, or, if that is somebody else's, one
/// beside it. Call it with the spawner's row held.
pub async fn ensure(
    tx: &Tx,
    user_id: i64,
    owner: &UserName,
    backend: &str,
    wanted: &str,
    now: Timestamp,
) -> Result<Home> {
    const TAKEN: Stmt = Stmt::read("SELECT id FROM perijove_homes WHERE backend = $1 AND place = $2");
    const INSERT: Stmt = Stmt::write(
        "INSERT INTO perijove_homes (user_id, owner, backend, place, made_at) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT DO NOTHING",
    );
    let mut place = wanted.to_owned();
    let mut next = 2;
    loop {
        if let Some(home) = of_user(tx, user_id, backend).await? {
            return Ok(home);
        }
        if tx
            .row(&TAKEN, &[backend.into(), place.as_str().into()])
            .await?
            .is_some()
        {
            place = format!("{wanted}-{next}");
            next += 1;
            continue;
        }
        let owner = owner.as_str();
        let params = [
            user_id.into(),
            owner.into(),
            backend.into(),
            place.as_str().into(),
            now.into(),
        ];
        tx.execute(&INSERT, &params).await?;
    }
}
