//! An engine whose containers have accounts of their own.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use perijove_model::plan::Mount;
use perijove_spawn::suite::{Behaviour, Server, spec};
use perijove_spawn_docker::DockerConfig;
use serde_json::json;
use tempfile::TempDir;

use crate::faults::{host, spawner_with};
use crate::host::{Host, skip};
use crate::{Engine, HOME};

/// Whoever the machine takes for root in a container.
const ROOT: u32 = 300_000;
const GROUP: u32 = 5_000;

/// In the mounts of the tests' own it is said who that is. An engine tells containers only by paths that they may walk.
fn remapping() -> Option<(Host, TempDir)> {
    let beside = tempfile::tempdir().unwrap();
    let lines = beside.path().join("sub");
    fs::write(&lines, format!("daemon:{ROOT}:65536\n")).unwrap();
    for file in ["/etc/subuid", "/etc/subgid"] {
        let mounted = Path::new(file).exists()
            && Command::new("mount")
                .arg("--bind")
                .args([lines.as_path(), Path::new(file)])
                .status()
                .unwrap()
                .success();
        if !mounted {
            skip(&format!(
                "accounts of their own: there is no {file} to put another one over"
            ));
            return None;
        }
    }
    for dir in beside
        .path()
        .ancestors()
        .take_while(|dir| dir.metadata().unwrap().mode() & 0o001 == 0)
    {
        fs::set_permissions(dir, fs::Permissions::from_mode(0o711)).unwrap();
    }
    Some((host(&["--userns-remap=daemon"]), beside))
}

pub async fn containers_have_accounts_of_their_own() {
    let Some((host, beside)) = remapping() else { return };
    let engine = Engine(Arc::new(host));
    let plain = |_: &mut DockerConfig| {};
    let spawner = spawner_with(&engine.0, plain);
    let map = |server: &Server| {
        let id = server.started.state["object_id"].as_str().unwrap();
        let map = engine.0.docker(&["exec", id, "cat", "/proc/self/uid_map"]);
        map.split_whitespace().nth(1).unwrap().parse::<u32>().unwrap()
    };
    let write = |server: &Server, file: &str| {
        let id = server.started.state["object_id"].as_str().unwrap();
        engine.0.docker(&["exec", id, "touch", file]);
    };
    // A volume.
    let server = Server::start_as(spawner.clone(), spec(&engine, &Behaviour::Serve)).await;
    assert_eq!(map(&server), ROOT);
    write(&server, &format!("{HOME}/thesis.ipynb"));
    let volumes = engine.0.data(&format!("{ROOT}.{ROOT}/volumes"));
    let file = volumes.join(&server.spec.home.place).join("_data/thesis.ipynb");
    assert_eq!(file.metadata().unwrap().uid(), ROOT, "root there is nobody here");
    server.end().await;
    assert_eq!(spawner.capabilities().accounts, "image-remapped");
    // A directory for the home, and one for a group: the hub makes both.
    let dir = |name: &str| beside.path().join(name);
    let mut person = spec(&engine, &Behaviour::Serve);
    person.home.place = dir("home").display().to_string();
    person.plan.groups = vec![GROUP];
    person.plan.mounts = vec![Mount {
        source: dir("shared").display().to_string(),
        target: "/shared".to_owned(),
        read_only: false,
        make: Some(GROUP),
    }];
    let server = Server::start_as(spawner.clone(), person.clone()).await;
    write(&server, &format!("{HOME}/thesis.ipynb"));
    write(&server, "/shared/together");
    let owner = |path: &Path| (path.metadata().unwrap().uid(), path.metadata().unwrap().gid());
    assert_eq!(owner(&dir("home")), (ROOT, ROOT));
    assert_eq!(owner(&dir("shared")).1, ROOT + GROUP);
    assert_eq!(owner(&dir("shared/together")), (ROOT, ROOT + GROUP));
    server.end().await;
    // One that is somebody's is left to them.
    std::os::unix::fs::chown(dir("home"), Some(ROOT + 1000), Some(ROOT + 100)).unwrap();
    person.key.generation += 1;
    person.home.made = true;
    let server = Server::start_as(spawner, person).await;
    assert_eq!(owner(&dir("home")), (ROOT + 1000, ROOT + 100));
    server.end().await;
    // Whoever wants the machine's, says so.
    let machines = spawner_with(&engine.0, |config| {
        config.host_config = json!({ "userns_mode": "host" }).as_object().unwrap().clone();
    });
    let server = Server::start_as(machines, spec(&engine, &Behaviour::Serve)).await;
    assert_eq!(map(&server), 0);
    server.end().await;
}
