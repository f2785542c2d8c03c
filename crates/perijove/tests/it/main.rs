//! The integration tests: one program for all.

#![allow(clippy::unwrap_used, reason = "a test")]

mod arrows;
mod cli;
mod crash;
mod deploy;
mod edge_life;
mod edge_routes;
mod homes;
mod http;
mod mail_command;
mod peers;
mod postbox;
mod support;
