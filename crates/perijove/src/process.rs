//! What the system knows of this process, from `/proc`. Elsewhere nothing is known.

use std::fs;

use perijove_model::process::Process;

/// The unit of times in `/proc`; Linux shows it so on every machine.
const TICKS: f64 = 100.0;

pub fn read() -> Option<Process> {
    let fields = stat()?;
    let status = fs::read_to_string("/proc/self/status").ok()?;
    Some(Process {
        cpu_seconds: cpu(&fields)?,
        started: booted()? + fields.get(19)? / TICKS,
        resident_bytes: number(&status, "VmRSS:")? * 1024.0,
        virtual_bytes: number(&status, "VmSize:")? * 1024.0,
        open_files: fs::read_dir("/proc/self/fd").ok()?.count() as f64,
        most_files: number(&fs::read_to_string("/proc/self/limits").ok()?, "Max open files")?,
    })
}

/// Seconds that this process has been on a processor, in steps of 10 ms.
pub fn cpu_seconds() -> Option<f64> {
    cpu(&stat()?)
}

/// The numbers of `/proc/self/stat` that follow the program's name.
fn stat() -> Option<Vec<f64>> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    // The name may hold anything, also brackets and spaces.
    let fields = stat.rsplit_once(") ")?.1.split_whitespace();
    Some(fields.map(|field| field.parse().unwrap_or_default()).collect())
}

fn cpu(fields: &[f64]) -> Option<f64> {
    Some((fields.get(11)? + fields.get(12)?) / TICKS)
}

fn booted() -> Option<f64> {
    number(&fs::read_to_string("/proc/stat").ok()?, "btime")
}

/// The number behind a word at the beginning of a line.
fn number(text: &str, word: &str) -> Option<f64> {
    let rest = text.lines().find_map(|line| line.strip_prefix(word))?;
    rest.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_is_known() {
        let process = read().unwrap();
        assert!(process.resident_bytes > 1e6 && process.virtual_bytes >= process.resident_bytes);
        assert!(process.open_files >= 3.0 && process.most_files >= process.open_files);
        assert!(process.started > 1.6e9, "{process:?}");
    }
}
