//! The integration tests: one program for all.

mod cli;
