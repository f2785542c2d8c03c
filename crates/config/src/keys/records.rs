//! `[audit]`, `[events]`, `[metrics]`: what the hub tells about itself and about what people do.

use std::path::PathBuf;
use std::time::Duration;

use url::Url;

use super::DAY;
use crate::section::section;

section! {
    /// The audit log: who did what, and from where.
    pub struct Audit {
        /// How long entries are kept; 0 is for ever.
        keep: Duration = 400 * DAY;
        /// File to which every entry is also written, one JSON object a line. `/dev/stdout` works, too.
        file: Option<PathBuf> = None, example "\"/var/log/perijove/audit.jsonl\"";
    }

    /// Events of servers, as JupyterHub's `EventLogger` tells them.
    pub struct Events {
        /// File to which every start and stop is written, one JSON object a line. `/dev/stdout` works, too.
        file: Option<PathBuf> = None, example "\"/var/log/perijove/events.jsonl\"";
        /// Address to which every start and stop is posted, as JSON. Without TLS, so keep it on this machine or network.
        url: Option<Url> = None, example "\"http://127.0.0.1:9880/jupyterhub\"";
    }

    /// Numbers for Prometheus, at `/hub/metrics`.
    pub struct Metrics {
        /// Ask for the scope `read:metrics`. Off: whoever reaches the hub can read them.
        authenticate: bool = true;
        /// What the names of the metrics that JupyterHub has, too, begin with.
        prefix: String = "jupyterhub".to_owned(), env "JUPYTERHUB_METRICS_PREFIX";
        /// Limits in seconds by which the times that servers take to start are sorted.
        spawn_buckets: Vec<f64> = vec![0.5, 1.0, 2.5, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 180.0, 300.0, 600.0],
            env "JUPYTERHUB_SERVER_SPAWN_DURATION_SECONDS_BUCKETS";
        /// Limits in seconds by which the times that servers take to stop are sorted.
        stop_buckets: Vec<f64> = vec![0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0],
            env "JUPYTERHUB_SERVER_STOP_DURATION_SECONDS_BUCKETS";
    }
}
