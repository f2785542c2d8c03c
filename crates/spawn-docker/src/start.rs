//! Bringing a container up, as often as it takes: whoever began it may have died in its middle.

use std::time::Duration;

use bollard::exec::{StartExecOptions, StartExecResults};
use bollard::models::ExecConfig;
use bollard::query_parameters::{CreateContainerOptions, StartContainerOptions};
use futures_util::StreamExt;
use perijove_model::plan::Mount;
use perijove_spawn::homes::{self, HomeError};
use perijove_spawn::process::make_missing;
use perijove_spawn::{Progress, ServerSpec, SpawnError, Started, Step};
use tokio::time::{Instant, sleep};

use crate::containers::Container;
use crate::create::Order;
use crate::engine::Fault;
use crate::names::Names;
use crate::networks::is_gone;
use crate::remap::Shift;
use crate::volumes::fault_of;
use crate::{DockerSpawner, Isolation};

/// What a command after the start has said, for the log.
const MOST_SAID: usize = 4096;
/// A name can be taken by a container that is only about to be made, perhaps of this very run.
const COMING: Duration = Duration::from_secs(15);
const LOOK: Duration = Duration::from_millis(50);
/// For so many looks its usual name is waited for.
const TURNS: usize = 4;

/// What came of an attempt to make a container.
enum Made {
    Now(Container),
    /// Somebody else who starts the same has made it.
    Before(Container),
    NameTaken,
    /// A directory that was to be mounted.
    NotThere(String),
}

impl DockerSpawner {
    pub(crate) async fn bring_up(&self, spec: &ServerSpec, progress: &dyn Progress) -> Result<Started, SpawnError> {
        let image = self.image(&spec.plan, &spec.options)?;
        let step = |percent, message: &str| {
            progress.step(Step {
                percent,
                message: message.to_owned(),
            });
        };
        let there = match self.config.remove {
            true => self.of_this_start(spec).await?,
            false => self.kept(spec).await?,
        };
        let container = match there {
            Some(container) => container,
            None => {
                step(65, "Making the container");
                let home = self.volumes.make_for(&spec.home, spec.plan.limits.storage).await;
                home.map_err(|error| self.homeless(spec, &image, error))?;
                Box::pin(self.make(spec, &image, progress)).await?
            }
        };
        // What ran and has ended is not started twice.
        if container.runs() || self.config.remove && !container.is_new() {
            return Ok(self.started(&container).await);
        }
        step(75, "Starting the container");
        Box::pin(self.set_off(spec, &image, &container)).await?;
        self.after_start(container.id()).await;
        match self.inspect(container.id()).await? {
            Some(container) => Ok(self.started(&container).await),
            None => Err(removed()),
        }
    }

    async fn set_off(&self, spec: &ServerSpec, image: &str, container: &Container) -> Result<(), SpawnError> {
        let client = self.engine.client().await?;
        let mut turns = 0;
        loop {
            self.close(container).await?;
            let start = client.start_container(container.id(), None::<StartContainerOptions>);
            // The engine makes namespaces and networks now: it takes longer than a question.
            match self.engine.within_longer(spec.start_timeout, start).await {
                Ok(()) => return Ok(()),
                // The person's last server has ended just now, and their network with it; or it was made anew.
                Err(fault) if is_gone(&fault) && turns < TURNS => {
                    turns += 1;
                    let network = self.network_of(spec).await?;
                    if self.config.isolation == Isolation::Site && self.network(&network).await?.is_none() {
                        return Err(self.told(spec, image, fault));
                    }
                    self.close(container).await?;
                    self.enter_anew(container).await?;
                }
                Err(fault) => return Err(self.told(spec, image, fault)),
            }
        }
    }

    /// What another hub has made for the same start. With another token it is of one that has died since: nobody knows that
    /// token any more.
    async fn of_this_start(&self, spec: &ServerSpec) -> Result<Option<Container>, Fault> {
        while let Some(found) = self.of_run(&spec.key).await? {
            if has_token(&found, spec) {
                return Ok(Some(found));
            }
            tracing::info!(
                container = found.id(),
                "what a hub has made that has died since is removed"
            );
            self.remove(found.id()).await?;
        }
        Ok(None)
    }

    /// The container has DockerSpawner's name, or one beside it if that is somebody else's.
    async fn make(&self, spec: &ServerSpec, image: &str, progress: &dyn Progress) -> Result<Container, SpawnError> {
        let names = self.names(&spec.key, image);
        let usual = names.container(self.config.name.as_deref());
        let beside = format!("{usual}.{}-{}", spec.key.spawner_id, spec.key.generation);
        let network = self.network_of(spec).await?;
        let mut mounts = spec.plan.mounts.clone();
        make_folders(&mounts, self.engine.shift()).await;
        let (mut name, mut turns) = (&usual, 0);
        let deadline = Instant::now() + COMING;
        while Instant::now() < deadline {
            match Box::pin(self.try_make(spec, &names, name, &mounts, &network)).await? {
                Made::Now(container) => return Ok(self.only_one(spec, container).await?),
                Made::Before(container) => return Ok(container),
                Made::NotThere(source) => {
                    // A folder that is away must not keep anybody from their own files.
                    let Some(at) = mounts.iter().position(|mount| mount.source == source) else {
                        return Err(SpawnError::new(
                            "A directory that every server is to see is not there. An administrator finds it in `home`, \
                             `volumes` and `host_config` in [spawner.docker].",
                        ));
                    };
                    progress.step(Step {
                        percent: 66,
                        message: format!("{} can't be reached now", mounts.remove(at).target),
                    });
                }
                Made::NameTaken => {
                    let has_left = self.has_left(spec, name).await?;
                    turns += 1;
                    if name == &usual && (!has_left || turns > TURNS) {
                        tracing::warn!(name, "the name of a server's container is taken by another container");
                        name = &beside;
                    } else if !has_left {
                        break;
                    } else {
                        sleep(LOOK).await;
                    }
                }
            }
        }
        Err(SpawnError::new(format!(
            "The name {usual} of this server's container is taken by another container. An administrator can remove that one."
        )))
    }

    async fn try_make(
        &self,
        spec: &ServerSpec,
        names: &Names<'_>,
        name: &str,
        mounts: &[Mount],
        network: &str,
    ) -> Result<Made, SpawnError> {
        let order = Order {
            config: &self.config,
            spec,
            names,
            command: self.command(spec, names.image).await?,
            mounts,
            network,
        };
        let options = CreateContainerOptions {
            name: Some(name.to_owned()),
            ..CreateContainerOptions::default()
        };
        let client = self.engine.client().await?;
        let create = client.create_container(Some(options), order.body()?);
        match self.engine.within_longer(spec.start_timeout, create).await {
            Ok(created) => {
                let made = self.inspect(&created.id).await?;
                made.map(Made::Now).ok_or_else(removed)
            }
            // Podman has another number for it.
            Err(fault) if fault.is(409) || fault.says("is already in use") => match self.inspect(name).await? {
                Some(found) if found.is_of(&self.config.instance, &spec.key) && has_token(&found, spec) => {
                    Ok(Made::Before(found))
                }
                _ => Ok(Made::NameTaken),
            },
            Err(fault) => match not_there(&fault) {
                Some(source) => Ok(Made::NotThere(source)),
                None => Err(self.told(spec, names.image, fault)),
            },
        }
    }

    /// Program and arguments: the profile's, or what is configured, or the image's own with the hub's arguments after it.
    async fn command(&self, spec: &ServerSpec, image: &str) -> Result<Option<Vec<String>>, SpawnError> {
        if let Some(command) = &spec.plan.command {
            return Ok(Some(command.clone()));
        }
        let args = &self.config.args;
        if let Some(command) = &self.config.command {
            return Ok(Some([command.as_slice(), args].concat()));
        }
        if args.is_empty() {
            return Ok(None);
        }
        let client = self.engine.client().await?;
        let inspected = self.engine.within(client.inspect_image(image)).await;
        let inspected = inspected.map_err(|fault| self.told(spec, image, fault))?;
        let own = inspected.config.and_then(|config| config.cmd).unwrap_or_default();
        Ok(Some([own.as_slice(), args].concat()))
    }

    /// Where two hubs that start the same have each made one, all but one of them go again.
    async fn only_one(&self, spec: &ServerSpec, made: Container) -> Result<Container, Fault> {
        match self.of_this_start(spec).await? {
            Some(stays) if stays.id() != made.id() => {
                self.remove(made.id()).await?;
                Ok(stays)
            }
            _ => Ok(made),
        }
    }

    /// Whoever has the name does not have it any more: nobody has, or it was what JupyterHub left of this very server.
    async fn has_left(&self, spec: &ServerSpec, name: &str) -> Result<bool, SpawnError> {
        let Some(holder) = self.inspect(name).await? else {
            return Ok(true);
        };
        let same = |variable: &str| match spec.env.get(variable) {
            Some(ours) => holder.variable(variable) == Some(ours),
            None => false,
        };
        if holder.is_of(&self.config.instance, &spec.key) && !has_token(&holder, spec) {
            self.of_this_start(spec).await?;
            return Ok(true);
        }
        let of_jupyterhub = holder.label(crate::create::INSTANCE).is_none()
            && ["JUPYTERHUB_USER", "JUPYTERHUB_API_URL", "JUPYTERHUB_SERVICE_PREFIX"]
                .into_iter()
                .all(same)
            && holder.variable("JUPYTERHUB_API_TOKEN").is_some();
        if of_jupyterhub {
            tracing::info!(
                name,
                "what JupyterHub has left of a server is removed: it is started anew"
            );
            self.remove(holder.id()).await?;
        }
        Ok(of_jupyterhub)
    }

    /// What it says goes to the log; the server goes on whatever becomes of it.
    async fn after_start(&self, id: &str) {
        if self.config.post_start.is_empty() {
            return;
        }
        match self.run_inside(id).await {
            Ok((Some(0) | None, said)) => {
                tracing::debug!(container = id, said, "the command after the start has ended")
            }
            Ok((Some(status), said)) => {
                tracing::warn!(container = id, status, said, "the command after the start has failed");
            }
            Err(fault) => tracing::warn!(container = id, %fault, "the command after the start can't be run"),
        }
    }

    async fn run_inside(&self, id: &str) -> Result<(Option<i64>, String), Fault> {
        let client = self.engine.client().await?;
        let exec = ExecConfig {
            cmd: Some(self.config.post_start.clone()),
            attach_stdout: Some(true),
            attach_stderr: Some(true),
            ..ExecConfig::default()
        };
        let made = self.engine.within(client.create_exec(id, exec)).await?;
        let run = client.start_exec(&made.id, None::<StartExecOptions>);
        let mut said = Vec::new();
        if let StartExecResults::Attached { mut output, .. } = self.engine.within(run).await? {
            let read = async {
                while let Some(piece) = output.next().await {
                    let piece = piece?.into_bytes();
                    let room = MOST_SAID.saturating_sub(said.len());
                    said.extend(piece.into_iter().take(room));
                }
                Ok(())
            };
            self.engine.within(read).await?;
        }
        let status = self.engine.within(client.inspect_exec(&made.id)).await?.exit_code;
        Ok((status, String::from_utf8_lossy(&said).trim().to_owned()))
    }

    /// Why somebody's files can't be had: in the engine's words, where it has any.
    fn homeless(&self, spec: &ServerSpec, image: &str, error: HomeError) -> SpawnError {
        match fault_of(error) {
            Ok(fault) => self.told(spec, image, fault),
            Err(error) => homes::refusal(spec.home.id, error),
        }
    }

    /// What the engine has refused, in words for the person who waits.
    fn told(&self, spec: &ServerSpec, image: &str, fault: Fault) -> SpawnError {
        let network = &self.config.network;
        let message = match &fault {
            _ if fault.says("no such image") => {
                format!("The image {image} is not on this machine any more. Start the server again, and it is fetched.")
            }
            _ if self.config.isolation == Isolation::Site && fault.says("network") && fault.says("not found") => format!(
                "The network {network} of this platform's servers is gone. An administrator can make it again with `docker \
                 network create {network}`."
            ),
            _ if is_gone(&fault) => "The network of this server went while it started. Start it again.".to_owned(),
            _ if fault.is_full() => {
                "The disk of the container engine is full. An administrator can make room.".to_owned()
            }
            _ if fault.says("could not select device driver") || fault.says("gpu") => format!(
                "This server is to have {} GPUs, and the container engine has no driver for them. An administrator can install \
                 one.",
                spec.plan.limits.gpus
            ),
            _ if fault.says("executable file not found") || fault.says("no command specified") => format!(
                "The image {image} has no such program to run. An administrator can correct the server's command in the profile."
            ),
            _ if fault.says("minimum memory") => {
                "The profile gives this server less memory than the container engine allows. An administrator can give it more."
                    .to_owned()
            }
            _ => return fault.into(),
        };
        SpawnError::caused(message, fault)
    }
}

fn has_token(container: &Container, spec: &ServerSpec) -> bool {
    container.variable("JUPYTERHUB_API_TOKEN") == Some(spec.api_token.expose())
}

fn removed() -> SpawnError {
    SpawnError::new("The server's container was removed while it started. Start it again.")
}

/// Shared folders are made as for servers that are processes, where the hub sees the engine's directories.
async fn make_folders(mounts: &[Mount], shift: Option<Shift>) {
    let mut mounts = mounts.to_vec();
    if let Some(shift) = shift {
        let groups = mounts.iter_mut().filter_map(|mount| mount.make.as_mut());
        groups.for_each(|group| *group = shift.group(*group));
    }
    let made = tokio::task::spawn_blocking(move || mounts.iter().for_each(make_missing));
    if let Err(error) = made.await {
        tracing::warn!(%error, "shared folders were not made");
    }
}

/// The directory that the engine was to mount and does not have.
fn not_there(fault: &Fault) -> Option<String> {
    let Fault::Refused { status: 400, message } = fault else {
        return None;
    };
    let (_, source) = message.split_once("bind source path does not exist: ")?;
    Some(source.trim().to_owned())
}
