//! The Spawner seam and the process spawner.
