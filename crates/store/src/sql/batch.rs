//! Writes that are done together, in one way to the database.

use std::fmt::Write as _;
use std::sync::{Mutex, PoisonError};

use super::{Kind, Post, Stmt, Value};
use crate::error::Result;

/// Writes that know nothing of each other: none reads or changes a row that another one does. All of them are done, or
/// none ([`Store::together`](crate::Store::together)). A transaction would do the same for more: on PostgreSQL this is one
/// statement, which is sent once and answered once.
#[derive(Debug, Default)]
pub struct Batch(Mutex<Vec<(Stmt, Vec<Value>)>>);

impl Batch {
    pub(crate) fn into_writes(self) -> Vec<(Stmt, Vec<Value>)> {
        self.0.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Post for Batch {
    async fn post(&self, stmt: &Stmt, params: &[Value]) -> Result<()> {
        let mut writes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        writes.push((stmt.clone(), params.to_vec()));
        Ok(())
    }
}

/// One statement that does what all of these do: `WITH w1 AS (…), w2 AS (…) …`.
pub(super) fn as_one(writes: Vec<(Stmt, Vec<Value>)>) -> (Stmt, Vec<Value>) {
    let mut writes = writes;
    if writes.len() == 1
        && let Some(only) = writes.pop()
    {
        return only;
    }
    let last = writes.len().saturating_sub(1);
    let (mut sql, mut all) = (String::new(), Vec::new());
    let mut kind = Kind::Note;
    for (number, (stmt, params)) in writes.into_iter().enumerate() {
        let text = renumbered(&stmt.sql, all.len());
        let _ = match number {
            0 if last > 0 => write!(sql, "WITH w0 AS ({text})"),
            _ if number < last => write!(sql, ", w{number} AS ({text})"),
            _ => write!(sql, " {text}"),
        };
        if stmt.kind == Kind::Write {
            kind = Kind::Write;
        }
        all.extend(params);
    }
    let one = Stmt {
        sql: sql.into(),
        kind,
        kept: true,
    };
    (one, all)
}

/// `$1` as `$4`, if three come before.
fn renumbered(sql: &str, before: usize) -> String {
    let mut parts = sql.split('$');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let digits = part.bytes().take_while(u8::is_ascii_digit).count();
        let (number, rest) = part.split_at(digits);
        let number = number.parse::<usize>().unwrap_or_default() + before;
        let _ = write!(text, "${number}{rest}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_writes_become_one_statement() {
        let first = Stmt::note("INSERT INTO a (x, y) VALUES ($1, $2)");
        let second = Stmt::write("UPDATE b SET z = $2 WHERE id = $1 AND z < $2");
        let third = Stmt::note("INSERT INTO c (x) VALUES ($1)");
        let writes = vec![
            (first, vec![1.into(), 2.into()]),
            (second, vec![3.into(), 4.into()]),
            (third, vec![5.into()]),
        ];
        let (one, params) = as_one(writes);
        assert_eq!(
            one.sql,
            "WITH w0 AS (INSERT INTO a (x, y) VALUES ($1, $2)), w1 AS (UPDATE b SET z = $4 WHERE id = $3 AND z < $4) \
             INSERT INTO c (x) VALUES ($5)"
        );
        assert_eq!(params, [1.into(), 2.into(), 3.into(), 4.into(), 5.into()]);
        assert_eq!(one.kind, Kind::Write);
    }
}
