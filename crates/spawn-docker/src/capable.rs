//! What an engine holds servers to.

use std::collections::BTreeMap;

use bollard::models::SystemInfo;
use perijove_spawn::Capabilities;

use crate::remap::Shift;
use crate::volumes::sized;
use crate::{DockerConfig, Isolation};

/// What the engine said of itself, or that it has not been asked.
pub(crate) fn of(info: Option<&SystemInfo>, config: &DockerConfig, cut: bool, podman: bool) -> Capabilities {
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
    let sized = sized(&config.home_options);
    if !sized {
        because(
            &mut reasons,
            "storage_limit",
            "no driver is told how large volumes may become (`home_options` in [spawner.docker]): homes are measured, and \
             starts are refused above the limit",
        );
    }
    let (apart, missing) = apart(config.isolation, cut, podman);
    for (what, why) in missing {
        because(&mut reasons, what, why);
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
        isolation: apart,
        landlock: None,
        gpu,
        storage_limit: sized,
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

/// Whether servers are kept from each other, and what is missing.
fn apart(isolation: Isolation, cut: bool, podman: bool) -> (bool, Vec<(&'static str, &'static str)>) {
    let open =
        "servers reach each other in the network that they share: `isolation` in [spawner.docker] keeps them apart";
    let metadata = "nothing here keeps servers from what a cloud tells its machines (169.254.169.254): `isolation` in \
                    [spawner.docker] does";
    let ignored = "Podman makes the networks that `isolation` in [spawner.docker] wants, and ignores what closes them";
    match isolation {
        Isolation::Site if cut => (true, vec![("cloud_metadata", metadata)]),
        Isolation::Site => (false, vec![("isolation", open), ("cloud_metadata", metadata)]),
        Isolation::Shared | Isolation::Person if podman => {
            (false, vec![("isolation", ignored), ("cloud_metadata", ignored)])
        }
        Isolation::Shared | Isolation::Person => (true, Vec::new()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn podman_is_not_believed_to_keep_servers_apart() {
        for isolation in [Isolation::Shared, Isolation::Person] {
            assert_eq!(apart(isolation, false, false), (true, Vec::new()));
            let (apart, missing) = apart(isolation, false, true);
            assert!(!apart);
            assert_eq!(
                missing.iter().map(|(what, _)| *what).collect::<Vec<_>>(),
                ["isolation", "cloud_metadata"]
            );
        }
        assert!(apart(Isolation::Site, true, true).0, "the site has seen to it");
    }
}
