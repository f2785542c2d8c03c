//! The behaviour suite of homes on directories and in memory, and what only directories can get wrong.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use perijove_spawn::Home;
use perijove_spawn::fake_homes::FakeHomes;
use perijove_spawn::homes::{Directories, HomeError, Homes, Pace, Walk};
use perijove_spawn::suite::homes::Subject;

pub struct OnDisk(pub PathBuf);

impl Subject for OnDisk {
    fn homes(&self) -> Arc<dyn Homes> {
        Arc::new(Directories)
    }

    fn place(&self, name: &str) -> String {
        self.0.join(name).display().to_string()
    }

    fn write(&self, place: &str, file: &str, bytes: usize) {
        fs::create_dir_all(place).unwrap();
        fs::write(Path::new(place).join(file), vec![b'x'; bytes]).unwrap();
    }

    fn length(&self, place: &str, file: &str) -> Option<usize> {
        fs::read(Path::new(place).join(file)).ok().map(|bytes| bytes.len())
    }
}

#[derive(Default)]
pub struct InMemory(FakeHomes);

impl Subject for InMemory {
    fn homes(&self) -> Arc<dyn Homes> {
        Arc::new(self.0.clone())
    }

    fn place(&self, name: &str) -> String {
        format!("/homes/{name}")
    }

    fn write(&self, place: &str, file: &str, bytes: usize) {
        self.0.write(place, file, bytes as u64);
    }

    fn length(&self, place: &str, file: &str) -> Option<usize> {
        let files = self.0.files(place)?;
        files.get(file).map(|bytes| usize::try_from(*bytes).unwrap())
    }
}

type Test = fn(PathBuf) -> Pin<Box<dyn Future<Output = ()>>>;

pub const TESTS: &[(&str, Test)] = &[
    ("nothing_is_reached_through_a_link", |dir| {
        Box::pin(nothing_is_reached_through_a_link(dir))
    }),
    ("a_link_of_the_machine_s_is_followed_once", |dir| {
        Box::pin(a_link_of_the_machine_s_is_followed_once(dir))
    }),
    ("what_is_closed_is_purged", |dir| {
        Box::pin(what_is_closed_is_purged(dir))
    }),
    ("a_walk_goes_on_where_it_was", |dir| {
        Box::pin(a_walk_goes_on_where_it_was(dir))
    }),
    ("nobody_else_looks_into_a_home", |dir| {
        Box::pin(nobody_else_looks_into_a_home(dir))
    }),
];

fn home(dir: &Path, made: bool) -> Home {
    Home {
        id: 1,
        place: dir.join("homes/ada").display().to_string(),
        mark: "1-abc".into(),
        made,
    }
}

async fn nothing_is_reached_through_a_link(dir: PathBuf) {
    let other = dir.join("other");
    fs::create_dir_all(other.join("sub")).unwrap();
    fs::write(other.join("sub/precious"), vec![0; 100_000]).unwrap();
    fs::create_dir_all(dir.join("homes")).unwrap();
    symlink(&other, dir.join("homes/ada")).unwrap();
    let linked = home(&dir, false);
    for refused in [
        Directories.make(&linked).await,
        Directories.trash(&linked).await,
        Directories.purge(&linked).await,
    ] {
        assert!(matches!(refused, Err(HomeError::BadPlace { .. })), "{refused:?}");
    }
    fs::remove_file(dir.join("homes/ada")).unwrap();

    let home = home(&dir, false);
    Directories.make(&home).await.unwrap();
    symlink(&other, Path::new(&home.place).join("shared")).unwrap();
    let pace = Pace {
        files_per_second: 1_000_000,
        at_most: Duration::from_secs(60),
    };
    let found = Directories.measure(&home, Walk::default(), pace).await.unwrap();
    assert_eq!(found.files, 1, "the link itself");
    Directories.purge(&home).await.unwrap();
    assert!(other.join("sub/precious").exists());
}

async fn a_link_of_the_machine_s_is_followed_once(dir: PathBuf) {
    let dir = fs::canonicalize(dir).unwrap();
    let mode = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    let lead = async |place: PathBuf| Directories.lead(place.to_str().unwrap()).await;
    let (homes, data) = (dir.join("homes"), dir.join("data"));
    fs::create_dir_all(&homes).unwrap();
    fs::create_dir_all(data.join("ada")).unwrap();
    for dir in [&dir, &homes, &data] {
        mode(dir, 0o755);
    }
    let real = data.join("ada").display().to_string();

    // Straight, over another link, and by a relative one; what is no link is where it is, also if it is not there yet.
    symlink(data.join("ada"), data.join("second")).unwrap();
    symlink("../data/second", homes.join("ada")).unwrap();
    assert_eq!(lead(homes.join("ada")).await.unwrap(), real);
    assert_eq!(lead(data.join("ada")).await.unwrap(), real);
    let new = data.join("new").display().to_string();
    assert_eq!(lead(data.join("new")).await.unwrap(), new);

    // Nobody else must have been able to make any of them.
    let refused = async |place: PathBuf, why: &str| {
        let error = lead(place).await.unwrap_err();
        assert!(
            matches!(error, HomeError::BadPlace { .. }) && error.to_string().contains(why),
            "{error}"
        );
    };
    for others in [0o775, 0o757, 0o1777] {
        mode(&homes, others);
        refused(homes.join("ada"), "can make links there").await;
        mode(&homes, 0o755);
        mode(&data, others);
        refused(homes.join("ada"), "can make links there").await;
        mode(&data, 0o755);
    }
    mode(&dir, 0o777);
    refused(homes.join("ada"), "can make links there").await;
    mode(&dir, 0o755);
    symlink("bob", homes.join("bob")).unwrap();
    refused(homes.join("bob"), "leads to itself").await;
    symlink(data.join("nowhere"), homes.join("eve")).unwrap();
    refused(homes.join("eve"), "leads to nothing").await;
    symlink("/", homes.join("root")).unwrap();
    refused(homes.join("root"), "too near").await;
}

async fn what_is_closed_is_purged(dir: PathBuf) {
    let home = home(&dir, false);
    Directories.make(&home).await.unwrap();
    let closed = Path::new(&home.place).join("a/b");
    fs::create_dir_all(&closed).unwrap();
    fs::write(closed.join("file"), "x").unwrap();
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o000)).unwrap();
    Directories.trash(&home).await.unwrap();
    Directories.purge(&home).await.unwrap();
    assert_eq!(
        fs::read_dir(dir.join("homes")).unwrap().count(),
        0,
        "no trash is left behind"
    );
}

async fn a_walk_goes_on_where_it_was(dir: PathBuf) {
    let home = home(&dir, false);
    Directories.make(&home).await.unwrap();
    for sub in ["a/x", "a/y/z", "b", "c/d/e"] {
        let sub = Path::new(&home.place).join(sub);
        fs::create_dir_all(&sub).unwrap();
        for n in 0..130 {
            fs::write(sub.join(format!("f{n}")), vec![1; 5000]).unwrap();
        }
    }
    let first = Path::new(&home.place).join("b/f0");
    fs::hard_link(&first, Path::new(&home.place).join("b/f0-same")).unwrap();
    let pace = |at_most| Pace {
        files_per_second: 1_000_000,
        at_most,
    };
    let whole = Directories
        .measure(&home, Walk::default(), pace(Duration::from_secs(60)))
        .await
        .unwrap();
    // 4 * 130 files and 8 directories; the file with two names is one.
    assert_eq!((whole.files, whole.done), (528, true));
    assert_eq!(whole.largest[0].0, "a");
    let mut walk = Walk::default();
    let mut pieces = 0;
    while !walk.done {
        walk = Directories.measure(&home, walk, pace(Duration::ZERO)).await.unwrap();
        pieces += 1;
    }
    assert!(pieces > 2, "{pieces}");
    assert_eq!(
        (walk.files, walk.bytes, &walk.largest),
        (whole.files, whole.bytes, &whole.largest)
    );
    // What goes away meanwhile is passed over.
    let begun = Directories
        .measure(&home, Walk::default(), pace(Duration::ZERO))
        .await
        .unwrap();
    assert!(!begun.done);
    fs::remove_dir_all(Path::new(&home.place).join("a")).unwrap();
    let rest = Directories
        .measure(&home, begun, pace(Duration::from_secs(60)))
        .await
        .unwrap();
    assert!(rest.done);
}

async fn nobody_else_looks_into_a_home(dir: PathBuf) {
    let home = home(&dir, false);
    Directories.make(&home).await.unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(Path::new(&home.place)), 0o700);
    Directories.trash(&home).await.unwrap();
    assert_eq!(mode(&dir.join("homes/.perijove-trash")), 0o700);
}
