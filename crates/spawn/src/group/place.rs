//! Where the groups of servers can be made: below a directory that is ours, whichever version of control groups there is.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::{Controller, make_dir};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    V1,
    V2,
}

/// A directory for each controller that there is; servers' groups are made in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    pub kind: Kind,
    pub dirs: BTreeMap<Controller, PathBuf>,
}

/// What the kernel tells of this process: `/proc/self/mountinfo` and `/proc/self/cgroup`, and whether systemd looks
/// after the groups of this machine.
#[derive(Debug, Clone, Default)]
pub struct Told {
    pub mounts: String,
    pub groups: String,
    pub systemd: bool,
}

impl Told {
    pub fn now() -> io::Result<Self> {
        Self::of("self")
    }

    pub(super) fn of(process: &str) -> io::Result<Self> {
        Ok(Self {
            mounts: std::fs::read_to_string(format!("/proc/{process}/mountinfo"))?,
            groups: std::fs::read_to_string(format!("/proc/{process}/cgroup"))?,
            systemd: Path::new("/run/systemd/system").is_dir(),
        })
    }

    /// This process's own group of version 2.
    fn unified(&self) -> Option<PathBuf> {
        let path = self.groups.lines().find_map(|line| line.strip_prefix("0::"))?;
        self.mounts
            .lines()
            .find_map(|line| below_mount(line, "cgroup2", "", path))
    }

    /// This process's own group of a controller of version 1.
    fn legacy(&self, controller: Controller) -> Option<PathBuf> {
        let has = |list: &str| list.split(',').any(|name| name == controller.name());
        let path = self.groups.lines().find_map(|line| {
            let (_, rest) = line.split_once(':')?;
            let (controllers, path) = rest.split_once(':')?;
            has(controllers).then_some(path)
        })?;
        self.mounts
            .lines()
            .find_map(|line| below_mount(line, "cgroup", controller.name(), path))
    }
}

/// `ID PARENT MAJOR:MINOR ROOT MOUNTPOINT OPTIONS [FIELDS] - TYPE SOURCE SUPEROPTIONS`: where a group's directory is if
/// this is its mount.
fn below_mount(line: &str, kind: &str, option: &str, path: &str) -> Option<PathBuf> {
    let (mount, system) = line.split_once(" - ")?;
    let mut mount = mount.split(' ').skip(3);
    let (root, point) = (mount.next()?, mount.next()?);
    let mut system = system.split(' ');
    let is_it = system.next()? == kind && (option.is_empty() || system.nth(1)?.split(',').any(|name| name == option));
    // In a container the mount may begin below the root that the path is told from.
    let below = match root {
        "/" => path,
        root => path.strip_prefix(root)?,
    };
    is_it.then(|| Path::new(point).join(below.trim_start_matches('/')))
}

/// Where servers' groups can be made without asking anybody, or why not. `name` is this hub's alone.
pub fn find(name: &str) -> Result<Place, String> {
    let told = Told::now().map_err(|error| format!("the kernel doesn't tell of control groups: {error}"))?;
    find_in(&told, name)
}

/// The same as far as it can be told without making or moving anything.
pub fn look(name: &str) -> Result<Place, String> {
    let told = Told::now().map_err(|error| format!("the kernel doesn't tell of control groups: {error}"))?;
    let writable = |dir: &Path| rustix::fs::access(dir, rustix::fs::Access::WRITE_OK).is_ok();
    if let Some(own) = told.unified().filter(|own| has_controllers(own)) {
        let root = above_hub(&own).unwrap_or(&own);
        if told.systemd && above_hub(&own).is_none() {
            return Err(NOT_LEFT.to_owned());
        }
        let found = controllers(root).map_err(|error| error.to_string())?;
        let dir = root.join(name);
        let dirs = found.into_iter().map(|controller| (controller, dir.clone())).collect();
        return match writable(root) {
            true => Ok(Place { kind: Kind::V2, dirs }),
            false => Err(format!("version 2: {} may not be written to", root.display())),
        };
    }
    let own = Controller::ALL
        .into_iter()
        .filter_map(|controller| Some((controller, told.legacy(controller)?)));
    let own = own.filter(|(_, dir)| writable(dir));
    let dirs: BTreeMap<Controller, PathBuf> = own.map(|(controller, dir)| (controller, dir.join(name))).collect();
    match dirs.is_empty() {
        true => Err("there are no control groups with controllers that may be written to".to_owned()),
        false => Ok(Place { kind: Kind::V1, dirs }),
    }
}

fn find_in(told: &Told, name: &str) -> Result<Place, String> {
    let unified = told.unified();
    if let Some(own) = unified.as_ref().filter(|own| has_controllers(own)) {
        return if told.systemd && above_hub(own).is_none() {
            Err(NOT_LEFT.to_owned())
        } else {
            below_unified(own, name).map_err(|error| format!("version 2: {error}"))
        };
    }
    let mut dirs = BTreeMap::new();
    let mut why = None;
    for controller in Controller::ALL {
        let Some(own) = told.legacy(controller) else { continue };
        let dir = own.join(name);
        match try_out(&dir) {
            Ok(()) => drop(dirs.insert(controller, dir)),
            Err(error) => why = Some(error.to_string()),
        }
    }
    match (dirs.is_empty(), why) {
        (true, Some(why)) => Err(format!("version 1: {why}")),
        (true, None) => Err("there are no control groups with controllers".to_owned()),
        (false, _) => Ok(Place { kind: Kind::V1, dirs }),
    }
}

/// The group that the hub itself moves into. A unit of systemd can have that done: `DelegateSubgroup=hub`.
const HUB: &str = "hub";
const WANTED: [Controller; 3] = [Controller::Memory, Controller::Cpu, Controller::Pids];

const NOT_LEFT: &str = "systemd looks after this hub's control group and has not left it to the hub";

/// The group above, if this is the one that the hub moves into.
fn above_hub(own: &Path) -> Option<&Path> {
    own.parent().filter(|_| own.file_name().is_some_and(|name| name == HUB))
}

fn has_controllers(own: &Path) -> bool {
    controllers(own).is_ok_and(|found| WANTED.iter().any(|wanted| found.contains(wanted)))
        || above_hub(own).is_some_and(|above| controllers(above).is_ok_and(|found| !found.is_empty()))
}

fn controllers(dir: &Path) -> io::Result<Vec<Controller>> {
    let text = std::fs::read_to_string(dir.join("cgroup.controllers"))?;
    let found = |controller: &Controller| text.split_whitespace().any(|name| name == controller.name());
    Ok(WANTED.into_iter().filter(found).collect())
}

/// A group with controllers for those below it has no processes of its own: what is in ours moves aside first.
fn below_unified(own: &Path, name: &str) -> io::Result<Place> {
    let root = above_hub(own).unwrap_or(own);
    // Only the machine's own root may have both.
    if root.join("cgroup.type").exists() {
        move_aside(root, HUB)?;
    }
    let dir = root.join(name);
    let found = controllers(root)?;
    enable(root, &found)?;
    try_out(&dir)?;
    Ok(Place {
        kind: Kind::V2,
        dirs: found.into_iter().map(|controller| (controller, dir.clone())).collect(),
    })
}

/// Servers make it when they need it, and the last one takes it away.
fn try_out(dir: &Path) -> io::Result<()> {
    make_dir(dir)?;
    let _ = std::fs::remove_dir(dir);
    Ok(())
}

fn move_aside(root: &Path, to: &str) -> io::Result<()> {
    let aside = root.join(to);
    make_dir(&aside)?;
    for pid in std::fs::read_to_string(root.join("cgroup.procs"))?.lines() {
        match std::fs::write(aside.join("cgroup.procs"), pid) {
            // It has ended.
            Err(error) if error.raw_os_error() == Some(rustix::io::Errno::SRCH.raw_os_error()) => {}
            moved => moved?,
        }
    }
    Ok(())
}

pub(super) fn enable(dir: &Path, controllers: &[Controller]) -> io::Result<()> {
    let file = dir.join("cgroup.subtree_control");
    for controller in controllers {
        std::fs::write(&file, format!("+{}", controller.name()))
            .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", file.display())))?;
    }
    Ok(())
}

/// For a supervisor that systemd has given a scope of its own, with the right to make groups in it.
pub fn in_scope() -> Result<Place, String> {
    let told = Told::now().map_err(|error| error.to_string())?;
    let own = told.unified().ok_or("control groups of version 2 are not mounted")?;
    let made = || {
        move_aside(&own, "supervisor")?;
        let found = controllers(&own)?;
        enable(&own, &found)?;
        Ok(Place {
            kind: Kind::V2,
            dirs: found.into_iter().map(|controller| (controller, own.clone())).collect(),
        })
    };
    made().map_err(|error: io::Error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A tree that looks as the kernel's would.
    fn tree(root: &Path, dirs: &[&str], files: &[(&str, &str)]) {
        for dir in dirs {
            std::fs::create_dir_all(root.join(dir)).unwrap();
        }
        for (file, text) in files {
            std::fs::write(root.join(file), text).unwrap();
        }
    }

    fn told(root: &Path, mounts: &[(&str, &str, &str)], groups: &str) -> Told {
        let line = |(point, kind, options): &(&str, &str, &str)| {
            format!(
                "30 20 0:5 / {} rw - {kind} {kind} rw,{options}",
                root.join(point).display()
            )
        };
        Told {
            mounts: mounts.iter().map(line).collect::<Vec<_>>().join("\n"),
            groups: groups.to_owned(),
            systemd: false,
        }
    }

    #[test]
    fn version_1_gives_a_place_for_each_controller() {
        let root = tempfile::tempdir().unwrap();
        tree(
            root.path(),
            &["memory/own", "cpu,cpuacct", "pids", "unified"],
            &[("unified/cgroup.controllers", "\n")],
        );
        let mounts = [
            ("memory", "cgroup", "memory"),
            ("cpu,cpuacct", "cgroup", "cpu,cpuacct"),
            ("pids", "cgroup", "pids"),
            ("unified", "cgroup2", ""),
        ];
        let told = told(
            root.path(),
            &mounts,
            "4:memory:/own\n3:cpu,cpuacct:/\n2:pids:/\n1:name=systemd:/\n0::/\n",
        );
        let place = find_in(&told, "perijove-x").unwrap();
        assert_eq!(place.kind, Kind::V1);
        let expected = [
            (Controller::Memory, "memory/own/perijove-x"),
            (Controller::Cpu, "cpu,cpuacct/perijove-x"),
            (Controller::CpuAcct, "cpu,cpuacct/perijove-x"),
            (Controller::Pids, "pids/perijove-x"),
        ];
        assert_eq!(place.dirs, expected.map(|(c, dir)| (c, root.path().join(dir))).into());
    }

    #[test]
    fn version_2_moves_the_hub_aside() {
        let root = tempfile::tempdir().unwrap();
        let files = [
            ("own/cgroup.controllers", "cpuset cpu io memory pids\n"),
            ("own/cgroup.type", "domain\n"),
            ("own/cgroup.procs", "41\n42\n"),
        ];
        tree(root.path(), &["own"], &files);
        let mut told = told(root.path(), &[("", "cgroup2", "nsdelegate")], "0::/own\n");
        let place = find_in(&told, "perijove-x").unwrap();
        let dir = root.path().join("own/perijove-x");
        assert_eq!(place.kind, Kind::V2);
        assert_eq!(place.dirs, WANTED.map(|controller| (controller, dir.clone())).into());
        let read = |file: &str| std::fs::read_to_string(root.path().join(file)).unwrap();
        assert_eq!(read("own/hub/cgroup.procs"), "42", "the kernel takes one at a time");
        assert_eq!(read("own/cgroup.subtree_control"), "+pids", "one controller at a time");

        // After that, and in a unit that systemd has left to the hub in this way, it is there already.
        told.groups = "0::/own/hub\n".to_owned();
        told.systemd = true;
        tree(
            root.path(),
            &[],
            &[("own/hub/cgroup.controllers", "\n"), ("own/cgroup.procs", "")],
        );
        assert_eq!(find_in(&told, "perijove-x").unwrap(), place);
        // What systemd looks after is left alone.
        told.groups = "0::/own\n".to_owned();
        assert!(find_in(&told, "perijove-x").unwrap_err().contains("systemd"));
    }

    #[test]
    fn a_container_s_mount_may_begin_further_down() {
        let line = "30 20 0:5 /docker/abc /sys/fs/cgroup ro - cgroup2 cgroup rw";
        let found = below_mount(line, "cgroup2", "", "/docker/abc/x");
        assert_eq!(found.as_deref(), Some(Path::new("/sys/fs/cgroup/x")));
        assert_eq!(below_mount(line, "cgroup", "memory", "/docker/abc"), None);
    }

    #[test]
    fn nothing_there_is_said() {
        assert!(
            find_in(&Told::default(), "x")
                .unwrap_err()
                .contains("no control groups")
        );
    }
}
