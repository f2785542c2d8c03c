//! Making, opening and refusing databases.

use super::{count, open, write};
use crate::{OpenError, OpenOptions, Store, VERSION, meta};

async fn refusal(url: &str) -> OpenError {
    match Store::open(url, OpenOptions::default()).await {
        Ok(_) => panic!("it was opened"),
        Err(error) => error,
    }
}

pub(super) async fn an_empty_database_is_made_and_opened_again(url: String) {
    let store = open(&url).await;
    store.ping().await.unwrap();
    assert_eq!(
        count(
            &store,
            "SELECT COUNT(*) FROM alembic_version WHERE version_num = 'f460b0348206'"
        )
        .await,
        1
    );
    assert_eq!(
        count(
            &store,
            "SELECT COUNT(*) FROM oauth_clients WHERE identifier = 'jupyterhub'"
        )
        .await,
        1
    );
    meta::set(&store, "fact", "kept").await.unwrap();
    drop(store);
    let store = open(&url).await;
    assert_eq!(meta::get(&store, "fact").await.unwrap().as_deref(), Some("kept"));
    assert_eq!(meta::get(&store, "schema").await.unwrap(), Some(VERSION.to_string()));
    assert_eq!(count(&store, "SELECT COUNT(*) FROM alembic_version").await, 1);
    // A table that JupyterHub only makes at its next start.
    write(&store, "DROP TABLE share_codes", &[]).await;
    let store = open(&url).await;
    assert_eq!(count(&store, "SELECT COUNT(*) FROM share_codes").await, 0);
}

pub(super) async fn another_revision_is_refused_with_the_command(url: String) {
    let store = open(&url).await;
    write(&store, "UPDATE alembic_version SET version_num = '4621fec11365'", &[]).await;
    let error = refusal(&url).await.to_string();
    assert!(
        error.contains("4621fec11365") && error.contains("Nothing was changed"),
        "{error}"
    );
    assert!(error.contains("jupyterhub upgrade-db --db '"), "{error}");
    write(&store, "DELETE FROM alembic_version", &[]).await;
    assert!(matches!(refusal(&url).await, OpenError::WrongRevision { .. }));
    write(&store, "DROP TABLE alembic_version", &[]).await;
    assert!(matches!(refusal(&url).await, OpenError::WrongRevision { .. }));
}

pub(super) async fn a_stranger_is_refused(url: String) {
    let store = open(&url).await;
    let jupyterhubs = [
        "api_tokens",
        "share_codes",
        "shares",
        "service_role_map",
        "oauth_codes",
        "services",
        "spawners",
        "user_group_map",
        "group_role_map",
        "user_role_map",
        "oauth_clients",
        "users",
        "groups",
        "roles",
        "servers",
        "alembic_version",
    ];
    let ours = crate::schema::own_tables();
    for table in ours.iter().rev().map(String::as_str).chain(jupyterhubs) {
        let drop = crate::Stmt::composed(format!("DROP TABLE {table}"));
        let tx = store.begin().await.unwrap();
        crate::Db::execute(&tx, &drop, &[]).await.unwrap();
        tx.commit().await.unwrap();
    }
    write(&store, "CREATE TABLE recipes (name VARCHAR(20))", &[]).await;
    let error = refusal(&url).await;
    assert!(
        matches!(&error, OpenError::NotJupyterHub { tables, .. } if tables == "recipes"),
        "{error}"
    );
    assert_eq!(count(&store, "SELECT COUNT(*) FROM recipes").await, 0);
    write(&store, "DROP TABLE recipes", &[]).await;
    open(&url).await.ping().await.unwrap();
}

pub(super) async fn a_newer_release_is_refused(url: String) {
    let store = open(&url).await;
    meta::set(&store, "schema", &(VERSION + 1).to_string()).await.unwrap();
    assert!(matches!(refusal(&url).await, OpenError::Newer { .. }));
}

pub(super) async fn two_hubs_make_one_database(url: String) {
    let (one, two) = tokio::join!(open(&url), open(&url));
    one.ping().await.unwrap();
    assert_eq!(count(&two, "SELECT COUNT(*) FROM oauth_clients").await, 1);
}

pub(super) async fn an_older_database_is_brought_up_to_date(url: String) {
    const OLD: [&str; 3] = [
        "CREATE INDEX ix_perijove_audit_act ON perijove_audit (act, id)",
        "CREATE INDEX ix_perijove_audit_address ON perijove_audit (address, id)",
        "CREATE INDEX ix_perijove_sessions_expiry ON perijove_sessions (expires_at)",
    ];
    // What later steps have made.
    const LATER: [&str; 36] = [
        "DROP TABLE perijove_acting",
        "DROP TABLE perijove_visits",
        "DROP TABLE perijove_starts",
        "DROP TABLE perijove_hubs",
        "DROP INDEX ix_perijove_spawners_activity",
        "DROP INDEX ix_perijove_spawners_running",
        "DROP INDEX ix_perijove_spawners_started",
        "DROP INDEX ix_perijove_runs_moving",
        "DROP INDEX ix_perijove_runs_failed",
        "DROP INDEX ix_perijove_users_activity",
        "DROP TABLE perijove_announcements",
        "DROP TABLE perijove_usage",
        "DROP TABLE perijove_ended_starts",
        "DROP TABLE perijove_mails",
        "ALTER TABLE perijove_links DROP COLUMN email",
        "ALTER TABLE perijove_links DROP COLUMN group_names",
        "ALTER TABLE perijove_links DROP COLUMN uses",
        "ALTER TABLE perijove_links DROP COLUMN made_by",
        "DROP TABLE perijove_languages",
        "DROP TABLE perijove_scim_users",
        "DROP TABLE perijove_scim_groups",
        "DROP TABLE perijove_suspensions",
        "DROP TABLE perijove_nonces",
        "DROP TABLE perijove_passkeys",
        "DROP TABLE perijove_spent",
        "DROP TABLE perijove_devices",
        "DROP TABLE perijove_identities",
        "DROP TABLE perijove_accounts",
        "DROP TABLE perijove_recovery_codes",
        "DROP TABLE perijove_signups",
        "DROP TABLE perijove_attempts",
        "DROP INDEX ix_perijove_sessions_theirs",
        "DROP INDEX ix_perijove_sessions_method",
        "ALTER TABLE perijove_sessions DROP COLUMN method",
        "ALTER TABLE perijove_sessions DROP COLUMN theirs",
        "ALTER TABLE perijove_sessions DROP COLUMN checked",
    ];
    let store = open(&url).await;
    for change in LATER.into_iter().chain(OLD) {
        write(&store, change, &[]).await;
    }
    meta::set(&store, "schema", "3").await.unwrap();
    drop(store);
    let store = open(&url).await;
    assert_eq!(meta::get(&store, "schema").await.unwrap(), Some(VERSION.to_string()));
    // They were taken away, or this would fail.
    for index in OLD {
        write(&store, index, &[]).await;
    }
}
