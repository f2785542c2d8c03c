//! Names, scopes, roles, the server's life, clock and randomness.
//!
//! Architecture invariant: no I/O, no async, no clock of its own. Everything here is a value or a rule about values.

pub mod announcement;
pub mod clock;
pub mod entitlement;
pub mod escape;
pub mod names;
pub mod plan;
pub mod process;
pub mod rng;
pub mod scopes;
pub mod secret;
pub mod server;
pub mod token;

pub use clock::{Clock, MockClock};
pub use names::{NameError, ServerName, UserName};
pub use plan::{Limits, Mount, Plan};
pub use rng::{Rng, SeededRng};
pub use secret::Secret;

/// The JupyterHub release whose contract this is: told in `X-JupyterHub-Version` and `GET /hub/api`.
pub const JUPYTERHUB_VERSION: &str = "6.1.1";
