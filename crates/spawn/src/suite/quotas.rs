//! Homes that their file system holds to a size. Needs root and a file system with project quotas.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use perijove_model::Limits;

use super::isolation::{self, Notebook};
use super::process::Processes;
use crate::homes::quota;
use crate::homes::{Directories, Homes, Pace, Walk};

const MIB: u64 = 1 << 20;
const PACE: Pace = Pace {
    files_per_second: 100_000,
    at_most: Duration::from_secs(60),
};

/// Why the cases can't run in this directory.
#[must_use]
pub fn impossible(dir: &Path) -> Option<String> {
    quota::possible(dir).err()
}

#[must_use]
pub fn held(dir: &Path, scope_exe: PathBuf, scope_args: &[&str]) -> Processes {
    isolation::jailed(dir, scope_exe, scope_args)
}

/// Every case by name.
pub const CASES: &[super::Case<Processes>] = cases![
    nobody_has_more_than_the_plan_says,
    a_home_with_files_is_held_after_a_look,
    a_limit_goes_to_the_trash_and_back,
];

fn limit(bytes: u64) -> Limits {
    Limits {
        storage: Some(bytes),
        ..Limits::default()
    }
}

fn write(file: &str, bytes: u64) -> String {
    // Not as one piece: how much is there is seen when it is written out.
    format!(
        "with open('{file}', 'wb') as file:\n\
         \x20   for _ in range({}): file.write(os.urandom(1 << 16)); file.flush(); os.fsync(file.fileno())",
        bytes >> 16
    )
}

/// ext4 says that the quota is exceeded, xfs that no space is left.
async fn is_full(notebook: &Notebook, bytes: u64) {
    let attempt = format!(
        "try:\n\x20   exec({:?})\nexcept OSError as error: result = error.errno\nos.unlink('too-much')",
        write("too-much", bytes)
    );
    let errno = notebook.result(&attempt).await;
    assert!(errno == 122 || errno == 28, "{errno}");
}

async fn measured(notebook: &Notebook) -> Walk {
    let home = &notebook.server.spec.home;
    Directories.measure(home, Walk::default(), PACE).await.unwrap()
}

async fn nobody_has_more_than_the_plan_says(subject: Arc<Processes>) {
    let ann = Notebook::start(&subject, limit(20 * MIB)).await;
    let bob = Notebook::start(&subject, limit(20 * MIB)).await;
    ann.result(&write("some", 12 * MIB)).await;
    is_full(&ann, 12 * MIB).await;
    bob.result(&write("some", 12 * MIB)).await;
    let walk = measured(&ann).await;
    assert!(walk.done && walk.held && walk.largest.is_empty(), "{walk:?}");
    assert!((12 * MIB..20 * MIB).contains(&walk.bytes), "{walk:?}");
    // Another plan: at once, for servers that run.
    assert!(Directories.limit(&ann.server.spec.home, Some(40 * MIB)).await.unwrap());
    ann.result(&write("more", 12 * MIB)).await;
    assert!(Directories.limit(&ann.server.spec.home, Some(25 * MIB)).await.unwrap());
    let walk = measured(&ann).await;
    assert_eq!(
        walk.largest.len(),
        2,
        "what is large is told where there is little room: {walk:?}"
    );
    assert!(Directories.limit(&ann.server.spec.home, None).await.unwrap());
    ann.result(&write("much", 30 * MIB)).await;
    ann.server.end().await;
    bob.server.end().await;
}

async fn a_home_with_files_is_held_after_a_look(subject: Arc<Processes>) {
    let ann = Notebook::start(&subject, Limits::default()).await;
    ann.result("os.makedirs('a/b'); os.symlink('/etc/passwd', 'a/link'); os.mkfifo('a/pipe')")
        .await;
    ann.result(&write("a/b/some", 12 * MIB)).await;
    assert!(!measured(&ann).await.held);
    ann.server.end().await;
    assert!(Directories.limit(&ann.server.spec.home, Some(20 * MIB)).await.unwrap());
    let walk = measured(&ann).await;
    assert!(walk.held && walk.bytes >= 12 * MIB, "{walk:?}");
    let mut spec = ann.server.spec.clone();
    spec.key.generation += 1;
    spec.plan.limits = limit(20 * MIB);
    let again = Notebook {
        server: super::Server::start_as(super::Subject::spawner(&*subject), spec).await,
    };
    again.server.answer().await;
    is_full(&again, 12 * MIB).await;
    again.result("os.unlink('a/b/some')").await;
    again.result(&write("a/b/new", 12 * MIB)).await;
    again.server.end().await;
}

async fn a_limit_goes_to_the_trash_and_back(subject: Arc<Processes>) {
    let ann = Notebook::start(&subject, limit(20 * MIB)).await;
    ann.result(&write("some", 12 * MIB)).await;
    ann.server.end().await;
    let home = &ann.server.spec.home;
    Directories.trash(home).await.unwrap();
    assert!(measured(&ann).await.held);
    Directories.restore(home).await.unwrap();
    let mut spec = ann.server.spec.clone();
    spec.key.generation += 1;
    let again = Notebook {
        server: super::Server::start_as(super::Subject::spawner(&*subject), spec).await,
    };
    again.server.answer().await;
    is_full(&again, 12 * MIB).await;
    again.server.end().await;
    Directories.purge(home).await.unwrap();
}
