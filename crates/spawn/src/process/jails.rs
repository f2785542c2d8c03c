//! What holds for a server, from its plan and from what this machine can do.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Component, Path, PathBuf};

use perijove_model::Plan;

use super::person::Person;
use crate::group::{Place, Systemd};
use crate::jail::{Account, Ceilings, Change, Jail, Opening, Walls};
use crate::scope::{Lay, Scope};
use crate::{Capabilities, gpu};

/// Which system account a server runs as.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Accounts {
    /// The hub's own, for all of them.
    #[default]
    Hub,
    /// That of the person's name. No account with a number below `lowest` is a person's.
    System { create: bool, lowest: u32 },
    /// Numbers for each home, which no other home ever gets.
    Dynamic { first: u32, last: u32 },
}

/// Who holds a server to its limits.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Grouping {
    /// Nobody, beyond what each process can be held to.
    #[default]
    None,
    Own(Place),
    /// systemd gives each supervisor a scope.
    Systemd(Systemd),
}

impl Accounts {
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Hub => "hub",
            Self::System { .. } => "system",
            Self::Dynamic { .. } => "dynamic",
        }
    }
}

/// How servers are kept apart on this machine. The default keeps nothing apart.
#[derive(Debug, Clone)]
pub struct JailConfig {
    pub accounts: Accounts,
    /// Give each server a view of its own: `/tmp`, `/proc`, and nothing of others.
    pub isolate: bool,
    /// Close what is hidden with landlock, too; without accounts of their own with that alone.
    pub landlock: bool,
    /// Directories that no server is to see, but for what is its own.
    pub hidden: Vec<PathBuf>,
    /// What is shown all the same.
    pub visible: Vec<Visible>,
    /// Most processes and threads of a server whose plan says nothing of them.
    pub processes: Option<u32>,
    pub grouping: Grouping,
    /// Where the machine's devices are looked for, but in tests `/`.
    pub devices: PathBuf,
    /// What of all this holds on this machine.
    pub capabilities: Capabilities,
}

impl Default for JailConfig {
    fn default() -> Self {
        Self {
            accounts: Accounts::Hub,
            isolate: false,
            landlock: false,
            hidden: Vec::new(),
            visible: Vec::new(),
            processes: None,
            grouping: Grouping::None,
            devices: "/".into(),
            capabilities: Capabilities::default(),
        }
    }
}

/// A directory that servers see even if it lies in a hidden one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visible {
    pub path: PathBuf,
    pub read_only: bool,
}

const PRIVATE_TMP: [(&str, &str); 2] = [("tmp", "/tmp"), ("var-tmp", "/var/tmp")];

/// The jail of a server, and what is to lie in its scope for it; reads the machine's directories.
pub(super) fn make(
    config: &JailConfig,
    plan: &Plan,
    environment: Option<&Path>,
    person: &Person,
    scope: &Scope,
) -> (Jail, Vec<Lay>) {
    let mut laid = Vec::new();
    let mut visible = config.visible.clone();
    let shown = environment
        .into_iter()
        .flat_map(|dir| [Some(dir.to_owned()), base_python(dir)]);
    visible.extend(shown.flatten().map(|path| Visible { path, read_only: true }));
    visible.retain(|visible| visible.path.exists());
    let (mut view, mut walls) = (None, None);
    match &person.account {
        Some(account) if config.isolate => {
            let covered = covered(config, person, account, &visible);
            walls = config.landlock.then(|| behind(&covered));
            view = Some(self::view(visible, covered, plan, person, account, scope, &mut laid));
        }
        None if config.landlock => walls = Some(alone(visible, config, plan, person, scope, &mut laid)),
        _ => {}
    }
    let mut jail = Jail {
        groups: Vec::new(),
        ceilings: ceilings(config, plan, person),
        view,
        account: person.account.clone().map(|account| in_groups(account, plan)),
        no_new_privileges: person.account.is_some() || walls.is_some(),
        walls,
        directory: Some(person.home.clone()),
    };
    if plan.limits.gpus == 0 {
        jail.without(gpu::devices_below(&config.devices));
    }
    (jail, laid)
}

/// The account with the groups of the plan: what is theirs it may use.
fn in_groups(mut account: Account, plan: &Plan) -> Account {
    account.groups.extend(&plan.groups);
    account.groups.sort_unstable();
    account.groups.dedup();
    account
}

/// The weakest way to hold a server to its limits, for where there is no better one.
fn ceilings(config: &JailConfig, plan: &Plan, person: &Person) -> Ceilings {
    match config.grouping {
        Grouping::None => Ceilings {
            data: plan.limits.memory,
            // Counted for the account as a whole: the hub's has all servers.
            processes: plan
                .limits
                .processes
                .filter(|_| person.account.is_some())
                .map(u64::from),
        },
        Grouping::Own(_) | Grouping::Systemd(_) => Ceilings::default(),
    }
}

/// The installation that an environment's Python was made from, wherever that lies.
fn base_python(environment: &Path) -> Option<PathBuf> {
    let python = fs::canonicalize(environment.join("bin/python")).ok()?;
    let base = python.parent()?.parent()?;
    (base.components().count() > 2).then(|| base.to_owned())
}

/// Behind a view: what was covered has an empty directory in its place and can't be come to in any other way, such as by
/// another process's view or a directory that was opened before.
fn behind(covered: &[PathBuf]) -> Walls {
    let own = PRIVATE_TMP.iter().map(|(_, target)| Path::new(target));
    let open = covered.iter().map(PathBuf::as_path).chain(own);
    Walls {
        closed: covered.to_owned(),
        open: open.map(|path| opening(path, false)).collect(),
        listed: true,
    }
}

/// The only walls there are: everything is in its place, and others' homes and the hub's files are closed.
fn alone(
    visible: Vec<Visible>,
    config: &JailConfig,
    plan: &Plan,
    person: &Person,
    scope: &Scope,
    laid: &mut Vec<Lay>,
) -> Walls {
    let tmp = own_tmp(scope);
    laid.push(Lay::Tmp(tmp.clone()));
    let mut closed = config.hidden.clone();
    let homes = person.home.parent().filter(|homes| homes.parent().is_some());
    closed.extend(homes.map(Path::to_owned));
    // What may only be read is closed first, or what is allowed around it would count.
    let kept = plan.mounts.iter().filter(|mount| mount.read_only);
    closed.extend(kept.map(|mount| PathBuf::from(&mount.source)));
    let mut open = vec![opening(&person.home, false), opening(&tmp, false)];
    open.extend(visible.iter().map(|each| opening(&each.path, each.read_only)));
    let mounts = plan.mounts.iter();
    open.extend(mounts.map(|mount| opening(Path::new(&mount.source), mount.read_only)));
    Walls {
        closed,
        open,
        listed: false,
    }
}

/// For what a server keeps for the moment, where `/tmp` is everybody's.
pub(super) fn own_tmp(scope: &Scope) -> PathBuf {
    scope.0.join("tmp")
}

fn opening(path: &Path, read_only: bool) -> Opening {
    Opening {
        path: path.to_owned(),
        read_only,
    }
}

fn view(
    mut visible: Vec<Visible>,
    covered: Vec<PathBuf>,
    plan: &Plan,
    person: &Person,
    account: &Account,
    scope: &Scope,
    laid: &mut Vec<Lay>,
) -> Vec<Change> {
    let mut view = Vec::new();
    for (name, target) in PRIVATE_TMP {
        let source = scope.0.join(name);
        laid.push(Lay::Tmp(source.clone()));
        view.push(show(source, target, false));
    }
    view.push(Change::Empty {
        target: "/dev/shm".into(),
        mode: 0o1777,
    });
    view.push(Change::OwnProcesses);
    if let Some(name) = &person.unlisted {
        view.extend(name_service(name, person, account, scope, laid));
    }
    visible.sort_by(|one, other| one.path.cmp(&other.path));
    visible.dedup_by(|later, earlier| later.path == earlier.path);
    view.extend(covered.iter().map(|target| Change::Empty {
        target: target.clone(),
        mode: 0o755,
    }));
    let is_covered = |path: &Path| covered.iter().any(|cover| path.starts_with(cover)) || path.starts_with("/tmp");
    if is_covered(&person.home) {
        view.push(show(person.home.clone(), &person.home, false));
    }
    for each in visible
        .iter()
        .filter(|each| is_covered(&each.path) && !each.path.starts_with(&person.home))
    {
        view.push(show(each.path.clone(), &each.path, each.read_only));
    }
    view.extend(mounts(plan, person, account));
    view
}

fn show(source: PathBuf, target: impl AsRef<Path>, read_only: bool) -> Change {
    Change::Show {
        source,
        target: target.as_ref().to_owned(),
        read_only,
    }
}

/// The machine's accounts and this one: a program that asks for its own name gets an answer.
fn name_service(
    name: &str,
    person: &Person,
    account: &Account,
    scope: &Scope,
    laid: &mut Vec<Lay>,
) -> impl Iterator<Item = Change> {
    let Account { uid, gid, .. } = account;
    let shell = person.shell.as_deref().unwrap_or("/bin/sh");
    // A line has fields between colons.
    let home = person.home.to_string_lossy().replace([':', '\n'], "_");
    let lists = [
        ("passwd", format!("{name}:x:{uid}:{gid}::{home}:{shell}\n")),
        ("group", format!("{name}:x:{gid}:\n")),
    ];
    let lists = lists.map(|(file, line)| (Path::new("/etc").join(file), scope.0.join(file), line));
    let there = lists.into_iter().filter(|(list, ..)| list.is_file());
    there.map(|(list, copy, line)| {
        let change = show(copy.clone(), &list, true);
        laid.push(Lay::Copy { list, line, copy });
        change
    })
}

/// Directories in whose place there is an empty one: what is to be hidden, where others' homes are, and the first on the
/// way to something of the person's own that the person may not enter. None of them lies in another.
fn covered(config: &JailConfig, person: &Person, account: &Account, visible: &[Visible]) -> Vec<PathBuf> {
    let mut covered = config.hidden.clone();
    covered.extend(person.home.parent().map(Path::to_owned));
    let own = visible.iter().map(|visible| &visible.path).chain([&person.home]);
    covered.extend(own.filter_map(|path| closed(path, account)));
    covered.retain(|path| path.is_dir() && path.parent().is_some());
    covered.sort();
    covered.dedup();
    let all = covered.clone();
    covered.retain(|path| !all.iter().any(|other| other != path && path.starts_with(other)));
    covered
}

/// The first directory above that the account may not pass.
fn closed(path: &Path, account: &Account) -> Option<PathBuf> {
    let mut above: Vec<&Path> = path.ancestors().skip(1).collect();
    above.reverse();
    let passes = |dir: &&&Path| {
        fs::metadata(dir).is_ok_and(|found| {
            let bit = match found.uid() == account.uid {
                true => 0o100,
                false if found.gid() == account.gid || account.groups.contains(&found.gid()) => 0o010,
                false => 0o001,
            };
            found.mode() & bit != 0
        })
    };
    above.iter().find(|dir| !passes(dir)).map(|dir| dir.to_path_buf())
}

/// The directories of the plan.
fn mounts(plan: &Plan, person: &Person, account: &Account) -> Vec<Change> {
    let change = |mount: &perijove_model::plan::Mount| {
        let target = Path::new(&mount.target);
        let below = target
            .strip_prefix(&person.home)
            .ok()
            .or(target.is_relative().then_some(target));
        match below {
            Some(below) => Change::ShowBelow {
                source: mount.source.clone().into(),
                below: person.home.clone(),
                target: below.components().filter(|part| *part != Component::CurDir).collect(),
                read_only: mount.read_only,
                uid: account.uid,
                gid: account.gid,
            },
            None => show(mount.source.clone().into(), target, mount.read_only),
        }
    };
    plan.mounts.iter().map(change).collect()
}

#[cfg(test)]
mod tests {
    use std::fs::Permissions;
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn person(home: &Path) -> (Person, Account) {
        let account = Account {
            uid: 4001,
            gid: 4001,
            groups: Vec::new(),
        };
        let person = Person {
            home: home.to_owned(),
            account: Some(account.clone()),
            shell: None,
            unlisted: None,
        };
        (person, account)
    }

    #[test]
    fn what_is_not_ones_own_is_covered_once() {
        let root = tempfile::tempdir().unwrap();
        fs::set_permissions(root.path(), Permissions::from_mode(0o755)).unwrap();
        let data = root.path().join("data");
        let home = data.join("homes/ann");
        fs::create_dir_all(&home).unwrap();
        let config = JailConfig {
            hidden: vec![data.clone(), root.path().join("missing")],
            ..JailConfig::default()
        };
        let (person, account) = person(&home);
        assert_eq!(covered(&config, &person, &account, &[]), [data.as_path()]);
        let closed_dir = root.path().join("closed");
        let python = closed_dir.join("python");
        fs::create_dir_all(&python).unwrap();
        fs::set_permissions(&closed_dir, Permissions::from_mode(0o700)).unwrap();
        let visible = [Visible {
            path: python,
            read_only: true,
        }];
        assert_eq!(covered(&config, &person, &account, &visible), [closed_dir, data]);
    }

    #[test]
    fn the_directories_of_a_plan_in_a_home_are_reached_without_its_links() {
        let mount = |target: &str| perijove_model::plan::Mount {
            source: "/srv/shared".into(),
            target: target.into(),
            read_only: true,
            make: None,
        };
        let plan = Plan {
            mounts: ["shared/./x", "/homes/ann/data", "/data"].map(mount).to_vec(),
            ..Plan::default()
        };
        let (person, account) = person(Path::new("/homes/ann"));
        let targets = mounts(&plan, &person, &account).into_iter().map(|change| match change {
            Change::ShowBelow { target, .. } => format!("below {}", target.display()),
            Change::Show { target, .. } => target.display().to_string(),
            other => panic!("{other:?}"),
        });
        assert_eq!(targets.collect::<Vec<_>>(), ["below shared/x", "below data", "/data"]);
    }
}
