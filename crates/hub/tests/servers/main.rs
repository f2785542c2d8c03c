//! The reconciler with a real database, a fake backend and routes in a map.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that can't go on says so")]

mod chp;
mod clock;
mod crash;
mod limits;
mod setup;
mod start;
mod stop;
mod tasks;
