//! perijove.toml: parsed with spans, all mistakes at once.

mod keys;
mod section;
mod types;

pub use keys::{Access, Auth, Config, DummyAuth, Edge, Group, Hub, NativeAuth, ProcessSpawner, Role, Service, Spawner};
pub use types::{
    BaseUrl, ByteSize, Database, DatabaseUrl, Json, LogFormat, LogLevel, OneOrMany, PathTemplate, Pattern, PortRange,
};
