//! `perijove inside`: the moment between a supervisor and its server. It takes an order from standard input, enters the
//! jail, and becomes the server's program. What goes wrong it writes back; nothing written means that all went well.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};

use serde::{Deserialize, Serialize};

use crate::jail::Jail;
use crate::scope::{MARKER, Report};

/// The argument of the program that is both supervisor and this.
pub const COMMAND: &str = "inside";

/// What is to run. Has the token, so it is never printed. The environment comes this way, and not as this process's own:
/// a person may have a say in it, and this is still root.
#[derive(Serialize, Deserialize)]
pub(crate) struct Entry {
    pub(crate) command: Vec<String>,
    pub(crate) env: BTreeMap<String, String>,
    pub(crate) jail: Jail,
}

/// Comes back only if the program could not be started; with the exit status.
#[must_use]
pub fn main() -> i32 {
    let Ok((entry, mut answer)) = read_entry() else {
        return 64;
    };
    let report = become_server(&entry);
    let _ = serde_json::to_writer(&mut answer, &report)
        .map_err(io::Error::from)
        .and_then(|()| answer.flush());
    1
}

fn read_entry() -> io::Result<(Entry, File)> {
    let stdin = rustix::stdio::stdin();
    let answer = File::from(rustix::io::fcntl_dupfd_cloexec(stdin, 3)?);
    let mut line = String::new();
    BufReader::new(answer.try_clone()?).read_line(&mut line)?;
    let null = OpenOptions::new().read(true).open("/dev/null")?;
    rustix::stdio::dup2_stdin(&null)?;
    Ok((serde_json::from_str(&line)?, answer))
}

fn become_server(entry: &Entry) -> Report {
    let Some((program, arguments)) = entry.command.split_first() else {
        return Report::NotFound;
    };
    if let Err(error) = entry.jail.enter() {
        return Report::Jail(error.to_string());
    }
    Report::of_start(
        Command::new(program)
            .args(arguments)
            .env_clear()
            .envs(&entry.env)
            .exec(),
    )
}

/// Starts a server by way of this: comes back when it is the server, or with what went wrong.
pub(crate) fn start(command: &mut Command, entry: &Entry) -> Result<Child, Report> {
    let (mut ours, theirs) = UnixStream::pair()?;
    command.arg(COMMAND).env_clear();
    // So that it is found whatever happens in between.
    if let Some(scope) = entry.env.get(MARKER) {
        command.env(MARKER, scope);
    }
    let mut child = command.stdin(Stdio::from(std::os::fd::OwnedFd::from(theirs))).spawn()?;
    // The command keeps its end open until it is given another.
    command.stdin(Stdio::null());
    let mut order = serde_json::to_vec(entry).map_err(io::Error::from)?;
    order.push(b'\n');
    let mut report = Vec::new();
    let told = ours.write_all(&order).and_then(|()| ours.read_to_end(&mut report));
    let failure = match told {
        Ok(0) => return Ok(child),
        Ok(_) => serde_json::from_slice(&report).unwrap_or_else(|error| Report::Failed(error.to_string())),
        Err(error) => error.into(),
    };
    let _ = child.kill();
    let _ = child.wait();
    Err(failure)
}
