//! Looking for names by a part of them. Every end of every name is a row (`perijove_name_ends`, which triggers keep), so that
//! names with a part in their middle are found as those that begin with it are: by an index.

use crate::error::Result;
use crate::sql::{Db, Stmt, Value};

/// Where more are found than this, a walk along the list comes to a full page soon; where fewer are, nobody else is looked at.
pub(crate) const FEW: i64 = 1000;

/// A part of a name, in whatever case.
pub(crate) struct Part {
    text: String,
    is_rare: bool,
}

/// What a query asks of names, with `{}` for each of its parameters.
pub(crate) struct Asks {
    /// Of the ends of few names: the first and the last of them.
    pub rare: &'static str,
    /// Of all names: a pattern.
    pub common: &'static str,
}

impl Part {
    pub async fn look(db: &impl Db, text: Option<&str>) -> Result<Option<Self>> {
        const SOME: Stmt = Stmt::read(
            "SELECT COUNT(*) FROM (SELECT 1 FROM perijove_name_ends WHERE part >= $1 AND part < $2 LIMIT $3) few",
        );
        let Some(text) = text.map(str::to_lowercase).filter(|text| !text.is_empty()) else {
            return Ok(None);
        };
        let [first, last] = range(&text);
        let found: i64 = crate::returned(db.one(&SOME, &[first, last, (FEW + 1).into()]).await?)?;
        Ok(Some(Self {
            text,
            is_rare: found <= FEW,
        }))
    }

    pub fn term(&self, asks: &Asks, params: &mut Vec<Value>) -> String {
        let first = params.len() + 1;
        if self.is_rare {
            params.extend(range(&self.text));
            return asks
                .rare
                .replace("{first}", &format!("${first}"))
                .replace("{last}", &format!("${}", first + 1));
        }
        let escaped = self.text.replace('!', "!!").replace('%', "!%").replace('_', "!_");
        params.push(Value::Text(format!("%{escaped}%")));
        asks.common.replace("{}", &format!("${first}"))
    }
}

/// All texts that begin with this one; nothing that a name has comes behind the last character.
fn range(text: &str) -> [Value; 2] {
    [Value::Text(text.to_owned()), Value::Text(format!("{text}\u{10ffff}"))]
}
