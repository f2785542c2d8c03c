//! What a system knows of a process, for metrics.

/// Seconds of CPU, the time of the start in seconds since 1970, bytes of memory, numbers of files.
#[derive(Debug, Clone, Copy, Default)]
pub struct Process {
    pub cpu_seconds: f64,
    pub started: f64,
    pub resident_bytes: f64,
    pub virtual_bytes: f64,
    pub open_files: f64,
    pub most_files: f64,
}
