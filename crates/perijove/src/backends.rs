//! The ways to run servers that the configuration names.

use std::collections::BTreeSet;
use std::sync::Arc;

use anyhow::Result;
use perijove_config::{Backend, Config, EscapeNames, Isolation as KeptApart, PullPolicy, ReachBy};
use perijove_hub::homes::Keepers;
use perijove_model::Rng;
use perijove_spawn::process::{self, ProcessConfig, ProcessSpawner};
use perijove_spawn::{Capabilities, Spawner, Spawners};
use perijove_spawn_docker::{Address, Connect, DockerConfig, DockerSpawner, Escape, Isolation, Pull};
use perijove_store::{Store, instance};

use crate::problem::Problem;

pub async fn of(config: &Config, store: &Store, processes: ProcessConfig, rng: &Arc<dyn Rng>) -> Result<Spawners> {
    let mut all: Option<Spawners> = None;
    let mut processes = Some(processes);
    for backend in once_each(config) {
        let backend: Arc<dyn Spawner> = match (backend, processes.take()) {
            (Backend::Process, Some(own)) => Arc::new(ProcessSpawner::new(own, rng.clone())),
            (_, left) => {
                processes = left;
                let docker = docker(config, store, &**rng).await?;
                docker.meet().await;
                Arc::new(docker)
            }
        };
        all = Some(match all {
            None => Spawners::new(backend),
            Some(all) => all.and(backend),
        });
    }
    all.ok_or_else(|| {
        Problem::new("`backends` in [spawner] is empty: there is no way to run servers")
            .try_this("name `process` or `docker` there, or leave it out")
            .of_usage()
            .into()
    })
}

/// Who keeps the homes of each backend, for who has no servers to run.
pub async fn keepers(config: &Config, store: &Store, rng: &dyn Rng) -> Result<Keepers> {
    let mut keepers = Keepers::from([("process".to_owned(), process::homes())]);
    if config.spawner.backends.contains(&Backend::Docker) {
        let docker = docker(config, store, rng).await?;
        keepers.insert(docker.name().to_owned(), docker.homes());
    }
    Ok(keepers)
}

/// What the engine can do that servers are to run on, if any are; nothing is done to it.
pub async fn look(config: &Config) -> Result<Option<Capabilities>> {
    if !config.spawner.backends.contains(&Backend::Docker) {
        return Ok(None);
    }
    let made = DockerSpawner::new(docker_config(config, String::new()));
    let docker = made.map_err(|error| Problem::new("the configuration is wrong").because(error).of_usage())?;
    Ok(Some(docker.look().await))
}

fn once_each(config: &Config) -> Vec<Backend> {
    let mut all = Vec::new();
    for backend in &config.spawner.backends {
        if !all.contains(backend) {
            all.push(*backend);
        }
    }
    all
}

async fn docker(config: &Config, store: &Store, rng: &dyn Rng) -> Result<DockerSpawner> {
    let instance = instance::id(store, &rng.uuid4_hex()).await;
    let instance = instance.map_err(|error| Problem::new("the database can't be read").because(error))?;
    let made = DockerSpawner::new(docker_config(config, instance));
    let docker = made.map_err(|error| Problem::new("the configuration is wrong").because(error).of_usage())?;
    let hub = config.hub.connect_url();
    if ["127.0.0.1", "localhost", "[::1]"].contains(&hub.host_str().unwrap_or_default()) {
        tracing::warn!(
            connect_url = %hub,
            "containers can't reach the hub there: set `connect_url` in [hub] to an address that they can reach"
        );
    }
    Ok(docker)
}

/// All that servers in containers may be made from, without what people may write themselves.
fn images(config: &Config) -> Vec<String> {
    let docker = &config.spawner.docker;
    let usual = config.profiles.is_empty().then_some(&docker.image);
    let listed = docker.allowed_images.iter().filter(|image| *image != "*");
    let of_profiles = config.profiles.iter().flat_map(|profile| {
        let options = profile.choice.iter().flat_map(|choice| &choice.option);
        let chosen = options.filter_map(|option| option.values.image.as_ref());
        let own = profile.values.image.as_ref();
        own.into_iter().chain(chosen)
    });
    let all: BTreeSet<_> = usual.into_iter().chain(listed).chain(of_profiles).collect();
    all.into_iter().filter(|image| !image.is_empty()).cloned().collect()
}

fn docker_config(config: &Config, instance: String) -> DockerConfig {
    let (spawner, docker) = (&config.spawner, &config.spawner.docker);
    let isolation = match docker.isolation {
        KeptApart::Site => Isolation::Site,
        KeptApart::Shared => Isolation::Shared,
        KeptApart::Person => Isolation::Person,
    };
    let engines = isolation == Isolation::Site && ["bridge", "host"].contains(&docker.network.as_str());
    let some = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
    DockerConfig {
        address: Address {
            host: docker.host.clone(),
            certificates: docker.tls_dir.clone(),
        },
        patience: docker.timeout,
        instance,
        image: docker.image.clone(),
        allowed_images: docker.allowed_images.clone(),
        pull: match docker.pull_policy {
            PullPolicy::Always => Pull::Always,
            PullPolicy::IfNotPresent => Pull::IfNotPresent,
            PullPolicy::Never => Pull::Never,
            PullPolicy::Skip => Pull::Skip,
        },
        prepull: if docker.prepull { images(config) } else { Vec::new() },
        registries: docker.registries.clone(),
        command: Some(docker.cmd.clone()).filter(|cmd| !cmd.is_empty()),
        args: spawner.args.clone(),
        prefix: docker.prefix.clone(),
        name: some(&docker.name_template),
        escape: match docker.escape {
            EscapeNames::Strict => Escape::Strict,
            EscapeNames::Legacy => Escape::Legacy,
        },
        home: docker.home.clone(),
        home_driver: docker.home_driver.clone(),
        home_options: docker.home_options.clone(),
        home_target: docker.home_target.clone(),
        volumes: docker.volumes.clone(),
        read_only_volumes: docker.read_only_volumes.clone(),
        isolation,
        network: docker.network.clone(),
        subnets: docker.subnets,
        hub_containers: docker.hub_containers.clone(),
        cloud_metadata: docker.cloud_metadata,
        connect: match docker.connect_by {
            Some(ReachBy::Port) => Connect::Port,
            None if engines => Connect::Port,
            Some(ReachBy::Address) | None => Connect::Address,
            Some(ReachBy::Name) => Connect::Name,
        },
        host_ip: docker.host_ip.clone(),
        port: docker.port,
        processes: Some(docker.most_processes).filter(|most| *most > 0),
        shm_size: docker.shm_size.map(|size| size.0),
        capabilities: docker.capabilities.clone(),
        no_new_privileges: docker.no_new_privileges,
        read_only_root: docker.read_only_root,
        create_config: docker.create_config.clone(),
        host_config: docker.host_config.clone(),
        post_start: docker.post_start_cmd.clone(),
        stop_timeout: docker.stop_timeout,
        remove: docker.remove,
    }
}
