//! The whole application in the test process: edge, hub, database and a scripted backend, with a clock that tests turn.
//!
//! ```no_run
//! # async fn example() {
//! let app = perijove_testkit::App::start().await;
//! let ann = app.sign_in("ann").await;
//! ann.api(reqwest::Method::POST, "users/ann/server", None).await;
//! let app = app.restart().await;
//! # }
//! ```

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "for tests: a failure here is a failed test"
)]

mod app;
mod browser;

pub use app::{App, Builder, Replica};
pub use browser::{Answer, Browser};
