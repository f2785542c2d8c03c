//! The reconciler with a real database, a fake backend and routes in a map.

mod chp;
mod crash;
mod limits;
mod setup;
mod start;
mod stop;
