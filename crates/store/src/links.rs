//! One-time links: to set up the first administrator, to choose a password, to join by an invitation, to show that a mail
//! address is one's own.

use jiff::Timestamp;

use crate::error::Result;
use crate::sql::{Db, Row, Stmt, Value};

/// Somebody's link to a password, or an invitation for whoever has it: then without a name.
pub const INVITE: &str = "invite";

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    pub id: i64,
    /// `setup`, `invite`, `reset`, `confirm-signup` or `confirm-address`.
    pub purpose: String,
    pub user_name: Option<String>,
    pub admin: bool,
    pub created: Timestamp,
    pub expires_at: Timestamp,
    /// The mail address that it was sent to, or that it is about.
    pub email: Option<String>,
    /// Groups that whoever follows it is put into.
    pub groups: Vec<String>,
    /// How often it can be used, this time included.
    pub uses: i64,
    pub made_by: String,
}

macro_rules! columns {
    () => {
        "id, purpose, user_name, admin, created, expires_at, email, group_names, COALESCE(uses, 1), COALESCE(made_by, '')"
    };
}

fn read(mut row: Row) -> Result<Link> {
    Ok(Link {
        id: row.take()?,
        purpose: row.take()?,
        user_name: row.take()?,
        admin: row.take()?,
        created: row.take()?,
        expires_at: row.take()?,
        email: row.take()?,
        groups: row.take()?,
        uses: row.take()?,
        made_by: row.take()?,
    })
}

/// A link to be kept.
#[derive(Debug, Clone)]
pub struct NewLink<'a> {
    pub purpose: &'a str,
    pub user_name: Option<&'a str>,
    pub admin: bool,
    pub expires_at: Timestamp,
    pub email: Option<&'a str>,
    pub groups: &'a [String],
    pub uses: i64,
    pub made_by: &'a str,
}

impl<'a> NewLink<'a> {
    /// Good once, and for nothing else.
    #[must_use]
    pub fn new(purpose: &'a str, user_name: Option<&'a str>, expires_at: Timestamp) -> Self {
        Self {
            purpose,
            user_name,
            admin: false,
            expires_at,
            email: None,
            groups: &[],
            uses: 1,
            made_by: "",
        }
    }
}

/// Keeps a link by the fingerprint of its secret.
pub async fn create(db: &impl Db, fingerprint: &str, new: &NewLink<'_>, now: Timestamp) -> Result<()> {
    const CREATE: Stmt = Stmt::write(
        "INSERT INTO perijove_links \
         (fingerprint, purpose, user_name, admin, expires_at, created, email, group_names, uses, made_by) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    );
    let params = [
        fingerprint.into(),
        new.purpose.into(),
        new.user_name.into(),
        new.admin.into(),
        new.expires_at.into(),
        now.into(),
        new.email.into(),
        Value::list(new.groups),
        new.uses.into(),
        new.made_by.into(),
    ];
    db.execute(&CREATE, &params).await.map(drop)
}

/// Looks at a link without using it.
pub async fn find(db: &impl Db, fingerprint: &str, now: Timestamp) -> Result<Option<Link>> {
    const FIND: Stmt = Stmt::read(concat!(
        "SELECT ",
        columns!(),
        " FROM perijove_links WHERE fingerprint = $1 AND expires_at > $2"
    ));
    db.row(&FIND, &[fingerprint.into(), now.into()])
        .await?
        .map(read)
        .transpose()
}

/// Uses a link once: of several that try its last use, one gets it.
pub async fn take(db: &impl Db, fingerprint: &str, now: Timestamp) -> Result<Option<Link>> {
    const USE: Stmt = Stmt::write(concat!(
        "UPDATE perijove_links SET uses = uses - 1 WHERE fingerprint = $1 AND expires_at > $2 AND uses > 1 RETURNING ",
        columns!()
    ));
    const TAKE: Stmt = Stmt::write(concat!(
        "DELETE FROM perijove_links WHERE fingerprint = $1 AND expires_at > $2 RETURNING ",
        columns!()
    ));
    let unit = db.unit().await?;
    let params = [fingerprint.into(), now.into()];
    let row = match unit.row(&USE, &params).await? {
        None => unit.row(&TAKE, &params).await?,
        row => row,
    };
    unit.commit().await?;
    row.map(read).transpose()
}

/// Invitations that can still be followed, the oldest first.
pub async fn invitations(db: &impl Db, now: Timestamp) -> Result<Vec<Link>> {
    const LIST: Stmt = Stmt::read(concat!(
        "SELECT ",
        columns!(),
        " FROM perijove_links WHERE purpose = 'invite' AND user_name IS NULL AND expires_at > $1 ORDER BY id"
    ));
    db.rows(&LIST, &[now.into()]).await?.into_iter().map(read).collect()
}

/// Withdraws an invitation; gives what it was.
pub async fn revoke_invitation(db: &impl Db, id: i64, now: Timestamp) -> Result<Option<Link>> {
    const REVOKE: Stmt = Stmt::write(concat!(
        "DELETE FROM perijove_links WHERE id = $1 AND purpose = 'invite' AND user_name IS NULL AND expires_at > $2 \
         RETURNING ",
        columns!()
    ));
    let row = db.row(&REVOKE, &[id.into(), now.into()]).await?;
    row.map(read).transpose()
}

/// Withdraws every link of a purpose.
pub async fn delete_purpose(db: &impl Db, purpose: &str) -> Result<u64> {
    const DELETE: Stmt = Stmt::write("DELETE FROM perijove_links WHERE purpose = $1");
    db.execute(&DELETE, &[purpose.into()]).await
}

/// Withdraws every link of a purpose that one person has.
pub async fn delete_of(db: &impl Db, purpose: &str, user_name: &str) -> Result<u64> {
    const DELETE: Stmt = Stmt::write("DELETE FROM perijove_links WHERE purpose = $1 AND user_name = $2");
    db.execute(&DELETE, &[purpose.into(), user_name.into()]).await
}
