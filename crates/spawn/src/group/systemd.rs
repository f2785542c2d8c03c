//! Scopes of systemd's, where it looks after the control groups of the machine: a supervisor asks for one and is moved into
//! it, and makes its server's group there.
//!
//! systemd is asked over its bus, by its own `busctl`. `systemd-run --scope` would do the same for a program that it starts,
//! but a supervisor may be the fork of a nursery already.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::place::Told;

const MANAGER: [&str; 4] = [
    "org.freedesktop.systemd1",
    "/org/freedesktop/systemd1",
    "org.freedesktop.systemd1.Manager",
    "StartTransientUnit",
];
/// A busy systemd takes its time, a broken one for ever.
const PATIENCE: Duration = Duration::from_secs(20);

/// How this machine's systemd is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Systemd {
    /// Of the scopes of one hub, which no other on this machine has.
    pub hub: String,
    /// It knows what to do with a scope in which something ran out of memory (version 253): nothing.
    pub spares_scopes: bool,
}

/// What it takes to be given scopes; nothing to say where there is no systemd.
pub(crate) fn find(hub: &str) -> Result<Systemd, Option<String>> {
    if !Path::new("/run/systemd/system").is_dir() {
        return Err(None);
    }
    if !rustix::process::geteuid().is_root() {
        return Err(Some("systemd gives scopes to root alone".to_owned()));
    }
    let mut why = String::new();
    for spares_scopes in [true, false] {
        let systemd = Systemd {
            hub: hub.to_owned(),
            spares_scopes,
        };
        match systemd.try_out() {
            Ok(()) => return Ok(systemd),
            Err(error) => why = error,
        }
    }
    Err(Some(format!("systemd: {why}")))
}

impl Systemd {
    fn try_out(&self) -> Result<(), String> {
        let mut child = Command::new("sleep")
            .arg(PATIENCE.as_secs().to_string())
            .stdin(Stdio::null())
            .spawn()
            .map_err(|error| error.to_string())?;
        let moved = self.adopt(child.id(), "trial", "Perijove tries whether servers can have scopes");
        let _ = child.kill();
        let _ = child.wait();
        moved
    }

    /// Comes back when the process is in a scope of its own, in which groups may be made.
    pub(crate) fn adopt(&self, pid: u32, name: &str, description: &str) -> Result<(), String> {
        let unit = format!("{}-{name}-{pid}.scope", self.hub);
        let asked = Command::new("busctl")
            .args(["--quiet", "call"])
            .args(MANAGER)
            .args(["ssa(sv)a(sa(sv))", &unit, "fail"])
            .args(self.properties(pid, description))
            .arg("0")
            .env_clear()
            .env("PATH", "/usr/local/bin:/usr/bin:/bin")
            .stdin(Stdio::null())
            .output()
            .map_err(|error| format!("busctl: {error}"))?;
        if !asked.status.success() {
            return Err(format!("busctl: {}", String::from_utf8_lossy(&asked.stderr).trim()));
        }
        let deadline = Instant::now() + PATIENCE;
        while !is_in(pid, &unit)? {
            if Instant::now() >= deadline {
                return Err(format!(
                    "systemd did not begin {unit} within {} seconds",
                    PATIENCE.as_secs()
                ));
            }
            crate::scope::pause();
        }
        Ok(())
    }

    /// How many, then name, type and value of each.
    fn properties(&self, pid: u32, description: &str) -> Vec<String> {
        let pid = pid.to_string();
        let mut properties = vec![
            vec!["Description", "s", description],
            vec!["Slice", "s", "perijove.slice"],
            vec!["Delegate", "b", "true"],
            vec!["CollectMode", "s", "inactive-or-failed"],
            vec!["PIDs", "au", "1", &pid],
        ];
        if self.spares_scopes {
            properties.push(vec!["OOMPolicy", "s", "continue"]);
        }
        let words = properties.iter().flatten().map(|word| (*word).to_owned());
        std::iter::once(properties.len().to_string()).chain(words).collect()
    }
}

fn is_in(pid: u32, unit: &str) -> Result<bool, String> {
    let told = Told::of(&pid.to_string()).map_err(|error| error.to_string())?;
    Ok(told.groups.lines().any(|line| line.ends_with(&format!("/{unit}"))))
}
