//! Places that can't be opened, and databases that go away or are busy.

use jiff::Timestamp;
use perijove_store::suite::Databases;
use perijove_store::{Db, OpenError, OpenOptions, Stmt, Store, StoreError, meta, users};

use crate::places::{Files, Server};

async fn refusal(url: &str) -> String {
    match Store::open(url, OpenOptions::default()).await {
        Ok(_) => panic!("{url} was opened"),
        Err(error) => error.to_string(),
    }
}

#[tokio::test]
async fn a_place_that_cannot_be_opened_is_named_with_the_reason() {
    let files = Files::new();
    let directory = files.directory.path();
    let missing = directory.join("none/hub.sqlite");
    let text = refusal(&format!("sqlite:///{}", missing.display())).await;
    assert!(
        text.contains("there is no directory") && text.contains(directory.to_str().unwrap()),
        "{text}"
    );
    let text = refusal(directory.to_str().unwrap()).await;
    assert!(text.contains("it is a directory"), "{text}");
    let notes = directory.join("notes.txt");
    std::fs::write(&notes, "a text of more than sixteen bytes, which is no database").unwrap();
    let text = refusal(notes.to_str().unwrap()).await;
    assert!(text.contains("not a readable SQLite database"), "{text}");
    assert_eq!(std::fs::read_to_string(&notes).unwrap().len(), 55, "it was written to");
    let absent = directory.join("absent.sqlite");
    let refused = Store::open(absent.to_str().unwrap(), OpenOptions { create: false }).await;
    assert!(matches!(refused, Err(OpenError::Place { .. })) && !absent.exists());
}

#[tokio::test]
async fn a_server_that_is_not_there_is_named_without_the_password() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let text = refusal(&format!("postgresql://hub:hunter2@127.0.0.1:{port}/hub")).await;
    assert!(
        text.contains(&format!("hub:***@127.0.0.1:{port}/hub")) && !text.contains("hunter2"),
        "{text}"
    );
}

#[tokio::test]
async fn the_upgrade_command_of_a_file_can_be_pasted() {
    let files = Files::new();
    let path = files.directory.path().join("hub.sqlite");
    let store = Store::open(path.to_str().unwrap(), OpenOptions::default())
        .await
        .unwrap();
    store
        .execute(&Stmt::write("UPDATE alembic_version SET version_num = 'old'"), &[])
        .await
        .unwrap();
    let text = refusal(path.to_str().unwrap()).await;
    assert!(
        text.ends_with(&format!("jupyterhub upgrade-db --db 'sqlite:///{}'", path.display())),
        "{text}"
    );
}

#[tokio::test]
async fn another_programs_lock_is_waited_for_and_reads_go_on() {
    let files = Files::new();
    let url = files.fresh().await;
    let store = Store::open(&url, OpenOptions::default()).await.unwrap();
    let other = rusqlite::Connection::open(url.strip_prefix("sqlite:///").unwrap()).unwrap();
    other
        .execute_batch("BEGIN IMMEDIATE; INSERT INTO perijove_meta VALUES ('theirs', '1')")
        .unwrap();
    let writing = tokio::spawn({
        let store = store.clone();
        async move { meta::set(&store, "ours", "2").await }
    });
    tokio::task::yield_now().await;
    assert_eq!(
        meta::get(&store, "theirs").await.unwrap(),
        None,
        "a read does not wait for the lock"
    );
    assert!(!writing.is_finished());
    other.execute_batch("COMMIT").unwrap();
    writing.await.unwrap().unwrap();
    assert_eq!(meta::get(&store, "theirs").await.unwrap().as_deref(), Some("1"));
    assert_eq!(meta::get(&store, "ours").await.unwrap().as_deref(), Some("2"));
}

#[tokio::test(start_paused = true)]
async fn a_lock_that_is_never_released_is_told() {
    let files = Files::new();
    let url = files.fresh().await;
    let store = Store::open(&url, OpenOptions::default()).await.unwrap();
    let other = rusqlite::Connection::open(url.strip_prefix("sqlite:///").unwrap()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    assert!(matches!(meta::set(&store, "ours", "2").await, Err(StoreError::Busy)));
    assert!(matches!(store.begin().await, Err(StoreError::Busy)));
    other.execute_batch("ROLLBACK").unwrap();
    // Nor does a write beside one's own open transaction wait for ever.
    let tx = store.begin().await.unwrap();
    assert!(matches!(meta::set(&store, "ours", "2").await, Err(StoreError::Busy)));
    drop(tx);
    meta::set(&store, "ours", "2").await.unwrap();
}

#[cfg(unix)]
#[tokio::test]
async fn a_new_file_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let files = Files::new();
    let url = files.fresh().await;
    let _store = Store::open(&url, OpenOptions::default()).await.unwrap();
    for made in std::fs::read_dir(files.directory.path()).unwrap() {
        let made = made.unwrap();
        assert_eq!(
            made.metadata().unwrap().permissions().mode() & 0o777,
            0o600,
            "{:?}",
            made.path()
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_connection_is_told_and_replaced() {
    let Some(server) = Server::given() else { return };
    let url = server.fresh().await;
    let store = Store::open(&url, OpenOptions::default()).await.unwrap();
    let tx = store.begin().await.unwrap();
    users::create(&tx, "ada", false, "c", Timestamp::UNIX_EPOCH)
        .await
        .unwrap();
    cut(&url).await;
    let lost = users::create(&tx, "bob", false, "d", Timestamp::UNIX_EPOCH).await;
    assert!(matches!(lost, Err(StoreError::Unavailable(_))), "{lost:?}");
    drop(tx);
    store.ping().await.unwrap();
    assert!(
        users::by_name(&store, "ada").await.unwrap().is_none(),
        "half a transaction was kept"
    );
    // Connections that died in the pool: a read does not notice.
    let (one, two) = tokio::join!(store.ping(), store.ping());
    one.and(two).unwrap();
    cut(&url).await;
    store.ping().await.unwrap();
    users::create(&store, "ada", false, "c", Timestamp::UNIX_EPOCH)
        .await
        .unwrap();
    server.discard(&url).await;
    let gone = store.ping().await;
    assert!(gone.is_err(), "the database is gone");
}

/// Ends every connection to the database but one's own, as a server's restart does, and waits until they have ended.
async fn cut(url: &str) {
    const CUT: &str = "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity \
                       WHERE datname = current_database() AND pid <> pg_backend_pid()";
    Server::connect(url).await.batch_execute(CUT).await.unwrap();
}
