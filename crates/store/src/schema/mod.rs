//! The tables: JupyterHub's, as SQLAlchemy writes them, and ours beside them.

/// The alembic revision of JupyterHub 6.0 and 6.1.
pub const REVISION: &str = "f460b0348206";

/// The version of our own tables: how many of [`STEPS`] were taken.
pub const VERSION: i64 = STEPS.len() as i64;

const JUPYTERHUB: &str = include_str!("jupyterhub.sql");

/// Our own tables, step by step; steps are only ever added.
pub(crate) const STEPS: &[Step] = &[
    Step {
        both: include_str!("step_1.sql"),
        sqlite: "",
        postgres: "",
    },
    Step {
        both: include_str!("step_2.sql"),
        sqlite: include_str!("step_2.sqlite.sql"),
        postgres: include_str!("step_2.postgres.sql"),
    },
    Step {
        both: include_str!("step_3.sql"),
        sqlite: "",
        postgres: "",
    },
    // Each sign-in paid for indexes by which little was looked for.
    Step {
        both: include_str!("step_4.sql"),
        sqlite: "",
        postgres: "",
    },
    // Which way people came in, accounts of our own, and letters on their way with what links are for besides.
    Step {
        both: include_str!("step_5.sql"),
        sqlite: include_str!("step_5.sqlite.sql"),
        postgres: include_str!("step_5.postgres.sql"),
    },
    // Which servers of others people have opened.
    Step {
        both: include_str!("step_6.sql"),
        sqlite: "",
        postgres: "",
    },
    // Sessions in which somebody acts as somebody else; and the log names whom, however long that name is.
    Step {
        both: include_str!("step_7.sql"),
        sqlite: "",
        postgres: include_str!("step_7.postgres.sql"),
    },
];

/// What a step does on both databases, and then on either: what they have no common words for. In `both`, `{id}` is a
/// number that counts itself up.
pub(crate) struct Step {
    both: &'static str,
    sqlite: &'static str,
    postgres: &'static str,
}

/// A statement that makes one of JupyterHub's tables or indexes, and the table's name.
pub(crate) struct Part {
    pub(crate) table: String,
    pub(crate) sql: String,
}

/// JupyterHub's tables in the order of their references.
pub(crate) fn jupyterhub(postgres: bool) -> Vec<Part> {
    let statements = JUPYTERHUB.split(";\n").filter(|sql| !sql.trim().is_empty());
    statements
        .map(|sql| {
            let mut words = sql.split_whitespace();
            let is_index = words.nth(1) == Some("INDEX");
            let table = if is_index { words.nth(2) } else { words.next() };
            Part {
                table: table.unwrap_or_default().to_owned(),
                sql: if postgres { for_postgres(sql) } else { sql.to_owned() },
            }
        })
        .collect()
}

/// Our own tables in the order of their references.
#[cfg(any(test, feature = "suite"))]
pub(crate) fn own_tables() -> Vec<String> {
    let statements = STEPS.iter().flat_map(|step| step.both.split("CREATE TABLE ").skip(1));
    statements
        .filter_map(|sql| sql.split_whitespace().next())
        .map(str::to_owned)
        .collect()
}

/// The same table in PostgreSQL's words.
fn for_postgres(sql: &str) -> String {
    sql.replace("\tid INTEGER NOT NULL", "\tid SERIAL NOT NULL")
        .replace(" DATETIME", " TIMESTAMP WITHOUT TIME ZONE")
        .replace(" BLOB", " BYTEA")
        .replace("\tuser VARCHAR", "\t\"user\" VARCHAR")
}

impl Step {
    pub(crate) fn sql(&self, postgres: bool) -> String {
        let (id, own) = match postgres {
            true => ("SERIAL PRIMARY KEY", self.postgres),
            false => ("INTEGER PRIMARY KEY", self.sqlite),
        };
        self.both.replace("{id}", id) + own
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_names_its_table() {
        let parts = jupyterhub(true);
        let tables: Vec<_> = parts.iter().map(|part| part.table.as_str()).collect();
        assert_eq!(tables.len(), 18);
        assert_eq!(tables.iter().filter(|table| **table == "api_tokens").count(), 2);
        assert!(
            parts
                .iter()
                .all(|part| !part.sql.contains("DATETIME") && !part.sql.contains("BLOB"))
        );
    }
}
