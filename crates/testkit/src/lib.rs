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
//!
//! Where a test's configuration names no `[access]`, everybody is let in ([`OPEN`]): a test that is about who comes in has
//! to name its own, or it proves nothing.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "for tests: a failure here is a failed test"
)]

mod app;
mod browser;

pub use app::{ANYBODY, App, Builder, OPEN, Replica};
pub use browser::{Answer, Browser};
