//! What tells the things that this platform made outside, such as containers, from those of another one.

use crate::error::Result;
use crate::meta;
use crate::sql::{Db, Stmt};

const KEY: &str = "instance";

/// The same for all hubs of this database, for ever: whoever asks first gives it.
pub async fn id(db: &impl Db, fresh: &str) -> Result<String> {
    const PUT: Stmt =
        Stmt::write("INSERT INTO perijove_meta (key, value) VALUES ($1, $2) ON CONFLICT (key) DO NOTHING");
    if let Some(known) = meta::get(db, KEY).await? {
        return Ok(known);
    }
    db.execute(&PUT, &[KEY.into(), fresh.into()]).await?;
    crate::returned(meta::get(db, KEY).await?)
}
