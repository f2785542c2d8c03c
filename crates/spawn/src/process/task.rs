//! Something that is done once as a person, in their home, with what holds for their servers.

use std::io::{self, Read};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};

use super::{ProcessSpawner, blocking, person};
use crate::inside::{self, Entry};
use crate::scope::{Lay, Scope};
use crate::{ServerSpec, SpawnError};

/// What is read of its answer.
const LARGEST_ANSWER: u64 = 1 << 20;

impl ProcessSpawner {
    pub(super) async fn run_task(&self, spec: &ServerSpec, patience: Duration) -> Result<Vec<u8>, SpawnError> {
        let person = person::of(&self.config.jail.accounts, spec).await?;
        let scope = Scope(self.config.run_dir.join("tasks").join(self.rng.uuid4_hex()));
        let (who, home, made) = (person.clone(), spec.home.clone(), scope.clone());
        let most = spec.plan.limits.storage;
        let settled = blocking(move || Ok((person::settle(&who, &home, most), made.create())));
        let (settled, made) = settled.await.map_err(failed)?;
        settled?;
        made.map_err(failed)?;
        let outcome = self.run_in(spec, &scope, &person, patience).await;
        if let Err(error) = blocking(move || std::fs::remove_dir_all(&scope.0)).await {
            tracing::warn!(%error, "what a task of a person's left can't be removed");
        }
        outcome
    }

    async fn run_in(
        &self,
        spec: &ServerSpec,
        scope: &Scope,
        person: &person::Person,
        patience: Duration,
    ) -> Result<Vec<u8>, SpawnError> {
        let order = self.order(spec, scope, person).await?;
        let entry = Entry {
            command: order.command,
            env: order.env,
            jail: order.jail,
        };
        let exe = self.config.scope_exe.clone();
        let born = blocking(move || {
            order.laid.iter().try_for_each(Lay::lay)?;
            let mut command = Command::new(exe);
            command.process_group(0).stdout(Stdio::piped()).stderr(Stdio::null());
            inside::start(&mut command, &entry).map_err(|report| io::Error::other(format!("{report:?}")))
        });
        let child = born.await.map_err(failed)?;
        let group = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
        let mut answered = tokio::spawn(blocking(move || answer(child)));
        let answer = match tokio::time::timeout(patience, &mut answered).await {
            Ok(answer) => answer,
            Err(_) => {
                if let Some(group) = group {
                    let _ = kill_process_group(group, Signal::KILL);
                }
                let _ = answered.await;
                let seconds = patience.as_secs();
                return Err(SpawnError::new(format!("It was not done within {seconds} seconds.")));
            }
        };
        answer
            .unwrap_or_else(|error| Err(io::Error::other(error)))
            .map_err(failed)
    }
}

fn answer(mut child: Child) -> io::Result<Vec<u8>> {
    let mut answer = Vec::new();
    if let Some(out) = child.stdout.take() {
        out.take(LARGEST_ANSWER).read_to_end(&mut answer)?;
    }
    let status = child.wait()?;
    match status.success() {
        true => Ok(answer),
        false => Err(io::Error::other(format!("it ended with {status}"))),
    }
}

fn failed(error: io::Error) -> SpawnError {
    let message = "What is to be done in your home can't be done. An administrator finds the cause in the hub's log.";
    SpawnError::caused(message, error)
}
