//! The edge over real sockets: tests play the client and the target byte by byte, so that order is theirs to decide.

mod api;
mod errors;
mod forwarding;
mod harness;
mod hostile;
mod life;
mod tunnels;
