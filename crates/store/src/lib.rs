//! One set of SQL for SQLite and PostgreSQL: JupyterHub's schema and our own tables.
