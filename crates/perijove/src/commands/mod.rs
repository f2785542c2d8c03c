//! One file per command.

pub mod audit;
pub mod chp;
pub mod completions;
pub mod config;
pub mod cull;
pub mod drain;
pub mod edge;
pub mod edge_life;
pub mod edge_routes;
pub mod environments;
mod environments_own;
pub mod extensions;
pub mod homes;
pub mod hub;
pub mod import_passwords;
pub mod info;
pub mod invite;
pub mod login;
pub mod mail;
pub mod openapi;
pub mod own_environment;
pub mod scope;
pub mod serve;
pub mod stop;
pub mod token;
pub mod web;
pub mod whoami;
