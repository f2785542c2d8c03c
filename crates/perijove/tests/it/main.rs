//! The integration tests: one program for all.

mod arrows;
mod cli;
