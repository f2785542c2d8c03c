//! HTTP/1: strict reading of heads and bodies, and the life of one client's connection.

pub(crate) mod answer;
pub(crate) mod ask;
pub(crate) mod asked;
pub(crate) mod connection;
pub(crate) mod exchange;
pub(crate) mod framing;
pub(crate) mod head;
pub(crate) mod linger;
pub(crate) mod plan;
pub(crate) mod relay;
