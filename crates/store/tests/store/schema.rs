//! Our schema beside the one that the real JupyterHub makes.

use perijove_store::suite::Databases;
use perijove_store::{OpenOptions, Store};
use serde_json::Value as Json;

use crate::places::{Files, Server};
use crate::takeover::JupyterHub;

#[tokio::test]
async fn sqlite_tables_are_jupyterhubs_to_the_byte() {
    let Some(jupyterhub) = JupyterHub::given() else { return };
    let files = Files::new();
    let (ours, theirs) = (files.fresh().await, files.fresh().await);
    drop(Store::open(&ours, OpenOptions::default()).await.unwrap());
    jupyterhub.run("make", &theirs, &Json::Null).await;
    let (ours, theirs) = (sqlite_texts(&ours), sqlite_texts(&theirs));
    assert!(theirs.len() > 15);
    assert_eq!(ours, theirs);
}

fn sqlite_texts(url: &str) -> Vec<String> {
    let path = url.strip_prefix("sqlite:///").unwrap();
    let connection = rusqlite::Connection::open(path).unwrap();
    let sql = "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE '%perijove%' ORDER BY name";
    let mut found = connection.prepare(sql).unwrap();
    found
        .query_map([], |row| row.get(0))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap()
}

#[tokio::test]
async fn postgresql_tables_are_jupyterhubs() {
    let (Some(jupyterhub), Some(server)) = (JupyterHub::given(), Server::given()) else {
        return;
    };
    let (ours, theirs) = (server.fresh().await, server.fresh().await);
    drop(Store::open(&ours, OpenOptions::default()).await.unwrap());
    jupyterhub.run("make", &theirs, &Json::Null).await;
    let (found, expected) = (postgres_catalog(&ours).await, postgres_catalog(&theirs).await);
    assert!(expected.len() > 150, "{}", expected.len());
    assert_eq!(found, expected);
    server.discard(&ours).await;
    server.discard(&theirs).await;
}

/// Columns in their order, constraints, indexes and sequences, as PostgreSQL describes them.
async fn postgres_catalog(url: &str) -> Vec<String> {
    const SQL: &str = "
        SELECT 'column ' || c.relname || ' ' || a.attnum || ' ' || a.attname || ' '
            || format_type(a.atttypid, a.atttypmod) || CASE WHEN a.attnotnull THEN ' not null ' ELSE ' ' END
            || COALESCE(pg_get_expr(d.adbin, d.adrelid), '')
        FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
        LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'S') AND c.relname NOT LIKE '%perijove%'
        UNION ALL
        SELECT 'constraint ' || conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid)
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND conrelid::regclass::text NOT LIKE '%perijove%'
        UNION ALL
        SELECT 'index ' || indexdef FROM pg_indexes WHERE schemaname = 'public' AND indexname NOT LIKE '%perijove%'
        ORDER BY 1";
    let client = Server::connect(url).await;
    client
        .query(SQL, &[])
        .await
        .unwrap()
        .iter()
        .map(|row| row.get(0))
        .collect()
}
