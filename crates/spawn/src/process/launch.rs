//! Launching a supervisor: its order goes through a pipe, so that no token is ever on a command line or on the disk.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use perijove_model::Limits;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::process::{Child, ChildStdin, Command};
use tokio::time::timeout;

use super::person::Person;
use super::{Grouping, ProcessSpawner, blocking, jails};
use crate::scope::{Held, Kind, Order, Report, Scope};
use crate::{ServerSpec, SpawnError, gpu};

/// So many random ports are tried before the range is called full.
const PORTS: u32 = 256;
const REPORT: u64 = 64 * 1024;
/// A supervisor that a nursery makes answers within milliseconds; one that has not by then is not waited for.
const WARM: Duration = Duration::from_secs(20);
const PLAIN_PATH: &str = "/usr/local/bin:/usr/bin:/bin";

impl ProcessSpawner {
    /// Hands the order to a new supervisor and takes its answer. It needs nobody from then on.
    pub(super) async fn launch(&self, spec: &ServerSpec, scope: &Scope, person: &Person) -> Result<Report, SpawnError> {
        let order = self.order(spec, scope, person).await?;
        if let Some(report) = self.launch_warm(&order, scope).await? {
            return Ok(report);
        }
        let mut child = supervisor(&self.config.scope_exe, &self.config.scope_args, scope)
            .spawn()
            .map_err(broken)?;
        let (report, _) = converse(&mut child, &order).await.map_err(broken)?;
        match serde_json::from_slice(&report) {
            Ok(report) => Ok(report),
            Err(_) => {
                let status = child.wait().await.map_err(broken)?;
                Err(broken(io::Error::other(format!(
                    "it ended with {status} and said nothing that is understood"
                ))))
            }
        }
    }

    /// The same with a supervisor that a nursery has made; nothing if this server has to start cold.
    async fn launch_warm(&self, order: &Order, scope: &Scope) -> Result<Option<Report>, SpawnError> {
        let Some(nurseries) = &self.nurseries else {
            return Ok(None);
        };
        let answer = match nurseries.supervisor(&order.command, &order.env, &scope.0).await {
            Ok(mut link) => {
                let (mut reader, mut writer) = link.split();
                let told = timeout(WARM, exchange(&mut writer, &mut reader, order)).await;
                match told {
                    Ok(answer) => answer.map_err(broken)?,
                    Err(_) => Vec::new(),
                }
            }
            Err(why) => {
                nurseries.note(order, &why);
                return Ok(None);
            }
        };
        match serde_json::from_slice(&answer) {
            Ok(Report::Cold(why)) => nurseries.note(order, &why),
            Ok(report) => return Ok(Some(report)),
            Err(_) => nurseries.note(order, "its supervisor said nothing"),
        }
        Ok(None)
    }

    pub(super) async fn order(&self, spec: &ServerSpec, scope: &Scope, person: &Person) -> Result<Order, SpawnError> {
        let (config, plan, who, place) = (self.config.clone(), spec.plan.clone(), person.clone(), scope.clone());
        let environment = spec.environment.as_ref().map(|environment| environment.dir.clone());
        let environment = environment.or_else(|| self.config.environment_dir.clone());
        let jail = blocking(move || Ok(jails::make(&config.jail, &plan, environment.as_deref(), &who, &place))).await;
        let (jail, laid) = jail.map_err(|error| no_scope(&self.config.run_dir, error))?;
        Ok(Order {
            command: spec.command.clone(),
            env: self.environment(spec, person, scope),
            log_limit: self.config.log_limit,
            in_use: spec.environment.as_ref().map(|environment| environment.in_use.clone()),
            kind: Kind::Server {
                prefix: spec.prefix.clone(),
                ports: self.ports(),
                ports_dir: self.config.run_dir.join("ports"),
                gpus: self.gpus(spec),
            },
            laid,
            jail,
            limits: Limits {
                processes: spec.plan.limits.processes.or(self.config.jail.processes),
                ..spec.plan.limits
            },
            grouping: match &self.config.jail.grouping {
                Grouping::None => Held::Nobody,
                Grouping::Own(place) => Held::In(place.clone()),
                Grouping::Systemd(systemd) => Held::InScope(systemd.clone()),
            },
        })
    }

    /// As JupyterHub does it: what is kept of the hub's, then the server's own, then what the machine decides.
    fn environment(&self, spec: &ServerSpec, person: &Person, scope: &Scope) -> BTreeMap<String, String> {
        let mut env = self.config.env_keep.clone();
        if self.config.jail.landlock && person.account.is_none() {
            env.insert("TMPDIR".into(), jails::own_tmp(scope).to_string_lossy().into());
        }
        env.extend(spec.env.clone());
        env.insert("HOME".into(), person.home.to_string_lossy().into());
        env.insert("USER".into(), spec.key.user.to_string());
        match &person.shell {
            Some(shell) => drop(env.insert("SHELL".into(), shell.clone())),
            None => drop(env.entry("SHELL".into()).or_insert_with(|| self.shell.into())),
        }
        let path = env.remove("PATH").unwrap_or_else(|| PLAIN_PATH.into());
        let own = spec.environment.as_ref().map(|environment| &environment.dir);
        let path = match own.or(self.config.environment_dir.as_ref()) {
            Some(dir) => {
                env.insert("VIRTUAL_ENV".into(), dir.to_string_lossy().into());
                format!("{}:{path}", dir.join("bin").display())
            }
            None => path,
        };
        env.insert("PATH".into(), path);
        for name in ["JUPYTERHUB_API_TOKEN", "JPY_API_TOKEN"] {
            env.insert(name.into(), spec.api_token.expose().into());
        }
        env
    }

    /// Nothing where the plan has none: the jail is without any, then.
    fn gpus(&self, spec: &ServerSpec) -> Option<gpu::Wish> {
        let count = usize::try_from(spec.plan.limits.gpus).ok().filter(|count| *count > 0)?;
        Some(gpu::Wish {
            count,
            gpus: gpu::find_below(&self.config.jail.devices).devices,
            dir: self.config.run_dir.join("gpus"),
        })
    }

    /// Ports to try: from a random place on, so that hubs on one machine seldom meet.
    fn ports(&self) -> Vec<u16> {
        let (first, last) = (
            u32::from(*self.config.port_range.start()),
            u32::from(*self.config.port_range.end()),
        );
        let size = (last + 1).saturating_sub(first);
        let offset = self.rng.below(size);
        let port = |n| u16::try_from(first + (offset + n) % size).ok();
        (0..size.min(PORTS)).filter_map(port).collect()
    }

    /// What went wrong, for the person who started it and for whoever looks after the hub.
    pub(super) fn explain(&self, spec: &ServerSpec, report: Report) -> SpawnError {
        let program = spec.command.first().map_or("", String::as_str);
        let range = &self.config.port_range;
        SpawnError::new(match report {
            Report::NotFound => format!(
                "The program '{program}' of this server was not found. An administrator can install it into the \
                 environment of the servers, or correct the server's command in the configuration."
            ),
            Report::Denied => format!(
                "The program '{program}' of this server may not be run. An administrator can make it executable for \
                 the account that the hub runs as."
            ),
            Report::NoPort => format!(
                "No port is free for this server between {} and {}. Try again when others have stopped theirs; an \
                 administrator can widen the range of ports.",
                range.start(),
                range.end()
            ),
            Report::NoGpu(free) => format!(
                "This server is to have {} of this machine's GPUs, and {free} of them are free. Start it again when others \
                 have stopped theirs.",
                spec.plan.limits.gpus
            ),
            Report::Busy | Report::Started(_) => {
                "An earlier start of this server has not come to an end. Try again in a minute.".to_owned()
            }
            Report::Jail(why) => {
                let message = "The server can't be kept apart from others as it must be, so it was not started. An \
                               administrator finds the cause in the hub's log.";
                return SpawnError::caused(message, why);
            }
            Report::Cold(why) | Report::Failed(why) => {
                let message = format!(
                    "The program '{program}' of this server can't be started. Try again; an administrator finds the \
                     cause in the hub's log."
                );
                return SpawnError::caused(message, why);
            }
        })
    }
}

/// A supervisor, for whatever it will be ordered to run.
pub(crate) fn supervisor(exe: &Path, arguments: &[String], scope: &Scope) -> Command {
    let mut command = Command::new(exe);
    command
        .args(arguments)
        .arg(&scope.0)
        .env_clear()
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(false);
    command
}

/// Gives a supervisor its order and takes its answer; what is left open is what a service is tied to.
pub(crate) async fn converse(child: &mut Child, order: &Order) -> io::Result<(Vec<u8>, Option<ChildStdin>)> {
    let (Some(mut stdin), Some(mut stdout)) = (child.stdin.take(), child.stdout.take()) else {
        return Err(io::Error::other("it has no standard input and output"));
    };
    let report = exchange(&mut stdin, &mut stdout, order).await?;
    Ok((report, Some(stdin)))
}

async fn exchange(
    writer: &mut (impl AsyncWrite + Unpin),
    reader: &mut (impl AsyncRead + Unpin),
    order: &Order,
) -> io::Result<Vec<u8>> {
    let mut order = serde_json::to_vec(order)?;
    order.push(b'\n');
    match writer.write_all(&order).await {
        // It may end before it has read all: its answer says why.
        Err(error) if !matches!(error.kind(), io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionReset) => {
            return Err(error);
        }
        _ => {}
    }
    let mut report = Vec::new();
    match reader.take(REPORT).read_to_end(&mut report).await {
        Err(error) if error.kind() != io::ErrorKind::ConnectionReset => Err(error),
        _ => Ok(report),
    }
}

fn broken(error: io::Error) -> SpawnError {
    let message = "The supervisor of this server can't be started. Try again; an administrator finds the cause in the \
                   hub's log.";
    SpawnError::caused(message, error)
}

pub(super) fn no_scope(run_dir: &Path, error: io::Error) -> SpawnError {
    let message = "The hub can't write to its state directory, so no server can start. An administrator finds the \
                   directory in the hub's log.";
    SpawnError::caused(
        message,
        io::Error::new(error.kind(), format!("{}: {error}", run_dir.display())),
    )
}
