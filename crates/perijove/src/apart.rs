//! How people's servers are kept apart here: from the configuration, and from what this machine can do.

use std::path::Path;

use anyhow::Result;
use perijove_config::ProcessSpawner;
use perijove_spawn::Capabilities;
use perijove_spawn::process::machine::{self, Mode, Wanted};
use perijove_spawn::process::{Accounts, JailConfig, Visible};
use sha2::{Digest, Sha256};

use crate::keeper::SELF;
use crate::problem::Problem;
use crate::settings::Settings;

/// Environments that the hub looks after, below its data directory.
const ENVIRONMENTS: &str = "environments";

pub fn settle(settings: &Settings, mode: Mode) -> Result<JailConfig> {
    let process = &settings.config.spawner.process;
    let data_dir = &settings.config.hub.data_dir;
    let wanted = Wanted {
        accounts: accounts(process)?,
        isolate: process.isolate,
        landlock: process.landlock,
        hidden: vec![data_dir.clone()],
        visible: visible(process, data_dir),
        homes: process
            .home
            .fill(data_dir, "person")
            .parent()
            .unwrap_or(Path::new("/"))
            .to_owned(),
        processes: Some(process.most_processes).filter(|most| *most > 0),
        group: group(data_dir),
    };
    Ok(machine::settle(wanted, Path::new(SELF), mode))
}

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

fn accounts(process: &ProcessSpawner) -> Result<Accounts> {
    use perijove_config::Accounts as Wished;
    let default = if is_root() { Wished::Dynamic } else { Wished::Hub };
    let accounts = match process.accounts.unwrap_or(default) {
        Wished::Hub => return Ok(Accounts::Hub),
        Wished::System => Accounts::System {
            create: process.create_accounts,
            lowest: process.lowest_uid,
        },
        Wished::Dynamic => Accounts::Dynamic {
            first: *process.uid_range.0.start(),
            last: *process.uid_range.0.end(),
        },
    };
    if !is_root() {
        return Err(
            Problem::new("servers can't run as accounts of their own: the hub does not run as root")
                .try_this("start the hub as root, or leave `accounts` in [spawner.process] out")
                .of_usage()
                .into(),
        );
    }
    if let Accounts::Dynamic { first, last } = accounts
        && !machine::numbers_are_ours(first, last)
    {
        return Err(Problem::new(format!(
            "there are no accounts {first}-{last} here, as in many containers"
        ))
        .try_this(
            "set `uid_range` in [spawner.process] to numbers that /proc/self/uid_map has, such as \"20000-60000\"",
        )
        .of_usage()
        .into());
    }
    Ok(accounts)
}

fn visible(process: &ProcessSpawner, data_dir: &Path) -> Vec<Visible> {
    let mut visible = vec![Visible {
        path: data_dir.join(ENVIRONMENTS),
        read_only: true,
    }];
    visible.extend(
        process
            .visible
            .iter()
            .cloned()
            .map(|path| Visible { path, read_only: false }),
    );
    visible
}

fn group(data_dir: &Path) -> String {
    let hash = Sha256::digest(data_dir.as_os_str().as_encoded_bytes());
    format!("perijove-{}", &hex::encode(hash)[..8])
}

/// What whoever runs the hub has to know.
pub fn warn(settings: &Settings, told: &Capabilities) {
    let chosen = settings.config.spawner.process.accounts.is_some();
    match (told.accounts, is_root()) {
        ("hub", true) => tracing::warn!(
            "servers run as root: whoever has one owns this machine; set `accounts` in [spawner.process]"
        ),
        ("hub", false) if told.landlock.is_some() => tracing::warn!(
            "servers run as the hub's own account, and landlock alone keeps them from each other's files and the hub's; to \
             keep people apart for good start the hub as root, see docs/how-to/isolation.md"
        ),
        ("hub", false) => tracing::warn!(
            "servers run as the hub's own account: people can read each other's files and the hub's; to change that start \
             the hub as root, see docs/how-to/isolation.md"
        ),
        ("dynamic", _) if !chosen => tracing::warn!(
            "servers run as accounts of their own, with homes that the hub makes; if people have system accounts with \
             homes, as with JupyterHub's LocalProcessSpawner, set `accounts = \"system\"` in [spawner.process]; set \
             \"dynamic\" if this is right"
        ),
        (accounts, _) => tracing::info!(accounts, "servers run as accounts of their own"),
    }
    if told.own_user && !told.isolation {
        let why = told.reasons.get("isolation");
        tracing::warn!(why, "servers see the files and processes of this machine");
    }
    match told.reasons.get("limits") {
        Some(why) => tracing::warn!(
            why,
            "servers can't be held to their limits: only each process alone is held to the memory limit"
        ),
        None => tracing::info!(by = told.limits_by, "servers are held to their limits"),
    }
}
