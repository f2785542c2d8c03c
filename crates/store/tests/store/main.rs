//! The behaviour suite on each database, and the real JupyterHub before and after us.

#![allow(clippy::unwrap_used, reason = "a test ends where it fails")]

mod places;
mod schema;
mod takeover;
mod trouble;

use perijove_store::suite;
use places::{Files, Server};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sqlite_does_what_the_suite_says() {
    suite::run_all(&Files::new()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn postgresql_does_what_the_suite_says() {
    let Some(server) = Server::given() else { return };
    suite::run_all(&server).await;
}
