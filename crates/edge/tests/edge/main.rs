//! The edge over real sockets: tests play the client and the target byte by byte, so that order is theirs to decide.

#![allow(clippy::unwrap_used, reason = "a test that can not go on ends")]

mod acme;
mod api;
mod certs;
mod chaos;
mod chp_api;
mod chp_rewrite;
mod early;
mod errors;
mod forwarding;
mod harness;
mod hostile;
mod http2;
mod life;
mod limits;
mod observe;
mod proxy_protocol;
mod shared_routes;
mod tls;
mod tunnels;
