//! What an engine holds servers to.

use std::collections::BTreeMap;

use bollard::models::SystemInfo;
use perijove_spawn::Capabilities;

use crate::remap::Shift;
use crate::{DockerConfig, Isolation};

/// What the engine said of itself, or that it has not been asked.
pub(crate) fn of(info: Option<&SystemInfo>, config: &DockerConfig, cut: bool) -> Capabilities {
    let mut reasons = BTreeMap::new();
    let because = |reasons: &mut BTreeMap<String, String>, what: &str, why: &str| {
        reasons.insert(what.to_owned(), why.to_owned());
    };
    let Some(info) = info else {
        because(&mut reasons, "limits", "the container engine has not answered yet");
        return Capabilities {
            image_pull: true,
            mounts: true,
            accounts: "image",
            limits_by: "docker",
            reasons,
            ..Capabilities::default()
        };
    };
    let gpu = info
        .runtimes
        .as_ref()
        .is_some_and(|runtimes| runtimes.contains_key("nvidia"));
    if !gpu {
        because(&mut reasons, "gpu", "the container engine has no runtime `nvidia`");
    }
    because(
        &mut reasons,
        "storage_limit",
        "volumes of the engine have no size: homes are measured, and starts are refused above the limit",
    );
    let site = config.isolation == Isolation::Site;
    if site && !cut {
        because(
            &mut reasons,
            "isolation",
            "servers reach each other in the network that they share: `isolation` in [spawner.docker] keeps them apart",
        );
    }
    if site {
        because(
            &mut reasons,
            "cloud_metadata",
            "nothing here keeps servers from what a cloud tells its machines (169.254.169.254): `isolation` in \
             [spawner.docker] does",
        );
    }
    let shift = Shift::of(info);
    let away = shift
        .filter(|_| config.home.starts_with('/'))
        .and_then(Shift::keeps_homes_away);
    if let Some(why) = away {
        because(&mut reasons, "homes", &why);
    }
    Capabilities {
        memory_limit: info.memory_limit == Some(true),
        cpu_limit: info.cpu_cfs_quota == Some(true),
        process_limit: info.pids_limit == Some(true),
        own_user: false,
        isolation: !site || cut,
        landlock: None,
        gpu,
        storage_limit: false,
        image_pull: true,
        mounts: true,
        accounts: match shift {
            Some(_) => "image-remapped",
            None => "image",
        },
        limits_by: "docker",
        reasons,
    }
}
