//! The threads that a process needs, and no more: each costs memory.

use std::time::Duration;

use anyhow::{Context, Result};
use tokio::runtime::{Builder, Runtime};

/// Workers of a hub: one that computes must not keep the others waiting.
const WORKERS: usize = 2;
/// Threads for what blocks: files, password checks, PostgreSQL has none.
const MOST_BLOCKING: usize = 32;
const IDLE: Duration = Duration::from_secs(5);

pub fn for_hub() -> Result<Runtime> {
    built(Builder::new_multi_thread().worker_threads(WORKERS).thread_name("hub"))
}

pub fn small() -> Result<Runtime> {
    built(&mut Builder::new_current_thread())
}

fn built(builder: &mut Builder) -> Result<Runtime> {
    let builder = builder
        .max_blocking_threads(MOST_BLOCKING)
        .thread_keep_alive(IDLE)
        .enable_all();
    builder.build().context("the program can't start its threads")
}
