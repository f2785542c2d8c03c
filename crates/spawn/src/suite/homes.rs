//! What every keeper of homes must do: `homes::CASES`, run against directories, the fake, and volumes to come.

use std::sync::Arc;
use std::time::Duration;

use crate::Home;
use crate::homes::{Found, HomeError, Homes, Pace, Walk};

/// The keeper under test, and how to look past it.
pub trait Subject: Send + Sync + 'static {
    fn homes(&self) -> Arc<dyn Homes>;

    /// A place of this name.
    fn place(&self, name: &str) -> String;

    /// Writes a file of so many bytes, as its owner would.
    fn write(&self, place: &str, file: &str, bytes: usize);

    /// How long a file is; `None` if there is none.
    fn length(&self, place: &str, file: &str) -> Option<usize>;
}

pub const CASES: &[super::Case<dyn Subject>] = cases![
    a_home_is_made_once,
    what_is_missing_is_never_made_anew,
    it_goes_to_the_trash_and_comes_back,
    each_step_may_be_repeated,
    what_is_purged_is_gone_and_nothing_else,
    it_is_measured,
    no_odd_place_is_taken,
];

/// For keepers that move homes: their places can be taken meanwhile.
pub const MOVING: &[super::Case<dyn Subject>] = cases![nothing_is_overwritten, no_relative_place_is_taken];

fn home(subject: &dyn Subject, id: i64, name: &str) -> Home {
    Home {
        id,
        place: subject.place(name),
        mark: format!("{id}-mark"),
        made: false,
    }
}

async fn made(subject: &dyn Subject, id: i64, name: &str) -> Home {
    let mut home = home(subject, id, name);
    subject.homes().make(&home).await.unwrap();
    home.made = true;
    subject.write(&home.place, "thesis.ipynb", 1000 + usize::try_from(id).unwrap());
    home
}

const PACE: Pace = Pace {
    files_per_second: 1_000_000,
    at_most: Duration::from_secs(60),
};

async fn a_home_is_made_once(subject: Arc<dyn Subject>) {
    let homes = subject.homes();
    let new = home(&*subject, 1, "ada");
    assert_eq!(homes.find(&new).await.unwrap(), Found::Nowhere);
    homes.make(&new).await.unwrap();
    assert_eq!(homes.find(&new).await.unwrap(), Found::AtPlace);
    subject.write(&new.place, "thesis.ipynb", 10);
    // Whoever made it died before that was written down.
    homes.make(&new).await.unwrap();
    assert_eq!(subject.length(&new.place, "thesis.ipynb"), Some(10));
}

async fn what_is_missing_is_never_made_anew(subject: Arc<dyn Subject>) {
    let homes = subject.homes();
    let lost = Home {
        made: true,
        ..home(&*subject, 2, "bob")
    };
    assert!(matches!(homes.make(&lost).await, Err(HomeError::Missing(_))));
    assert_eq!(homes.find(&lost).await.unwrap(), Found::Nowhere);
    assert!(matches!(homes.trash(&lost).await, Err(HomeError::Missing(_))));
    assert!(matches!(homes.restore(&lost).await, Err(HomeError::Missing(_))));
    assert!(homes.measure(&lost, Walk::default(), PACE).await.is_err());
}

async fn it_goes_to_the_trash_and_comes_back(subject: Arc<dyn Subject>) {
    let homes = subject.homes();
    let old = made(&*subject, 3, "cyd").await;
    homes.trash(&old).await.unwrap();
    assert_eq!(homes.find(&old).await.unwrap(), Found::InTrash);
    assert_eq!(subject.length(&old.place, "thesis.ipynb"), None);
    homes.restore(&old).await.unwrap();
    assert_eq!(homes.find(&old).await.unwrap(), Found::AtPlace);
    assert_eq!(subject.length(&old.place, "thesis.ipynb"), Some(1003));
}

/// As it is after the death of whoever did a step and could not write it down.
async fn each_step_may_be_repeated(subject: Arc<dyn Subject>) {
    let homes = subject.homes();
    let old = made(&*subject, 4, "dan").await;
    for _ in 0..2 {
        homes.trash(&old).await.unwrap();
    }
    for _ in 0..2 {
        homes.restore(&old).await.unwrap();
    }
    assert_eq!(subject.length(&old.place, "thesis.ipynb"), Some(1004));
    homes.trash(&old).await.unwrap();
    for _ in 0..2 {
        homes.purge(&old).await.unwrap();
    }
    assert_eq!(homes.find(&old).await.unwrap(), Found::Nowhere);
}

async fn nothing_is_overwritten(subject: Arc<dyn Subject>) {
    let homes = subject.homes();
    let old = made(&*subject, 5, "eve").await;
    homes.trash(&old).await.unwrap();
    subject.write(&old.place, "of-another.txt", 7);
    assert!(matches!(homes.restore(&old).await, Err(HomeError::InTheWay(_))));
    assert_eq!(subject.length(&old.place, "of-another.txt"), Some(7));
    assert_eq!(subject.length(&old.place, "thesis.ipynb"), None);
}

async fn what_is_purged_is_gone_and_nothing_else(subject: Arc<dyn Subject>) {
    let homes = subject.homes();
    let (one, two) = (made(&*subject, 6, "fay").await, made(&*subject, 7, "gus").await);
    homes.trash(&one).await.unwrap();
    homes.trash(&two).await.unwrap();
    homes.purge(&one).await.unwrap();
    assert_eq!(homes.find(&one).await.unwrap(), Found::Nowhere);
    homes.restore(&two).await.unwrap();
    assert_eq!(subject.length(&two.place, "thesis.ipynb"), Some(1007));
    // From its place, too.
    homes.purge(&two).await.unwrap();
    assert_eq!(homes.find(&two).await.unwrap(), Found::Nowhere);
}

async fn it_is_measured(subject: Arc<dyn Subject>) {
    let homes = subject.homes();
    let home = made(&*subject, 8, "hal").await;
    for n in 0..50 {
        subject.write(&home.place, &format!("small-{n}"), 100);
    }
    subject.write(&home.place, "large", 5_000_000);
    let whole = homes.measure(&home, Walk::default(), PACE).await.unwrap();
    assert!(whole.done && whole.bytes >= 5_000_000, "{whole:?}");
    assert_eq!(whole.files, 52);
    assert_eq!(whole.largest[0].0, "large");
    // In pieces, each by another hub.
    let mut walk = Walk::default();
    let hurried = Pace {
        at_most: Duration::ZERO,
        ..PACE
    };
    for _ in 0..100 {
        walk = homes.measure(&home, walk, hurried).await.unwrap();
        if walk.done {
            break;
        }
        let text = serde_json::to_string(&walk).unwrap();
        walk = serde_json::from_str(&text).unwrap();
    }
    assert_eq!(walk, whole);
    homes.trash(&home).await.unwrap();
    let aside = homes.measure(&home, Walk::default(), PACE).await.unwrap();
    assert_eq!(aside.files, 52);
}

async fn no_odd_place_is_taken(subject: Arc<dyn Subject>) {
    let homes = subject.homes();
    for odd in ["", "/", "/srv/../etc", "/srv//homes/ada"] {
        assert!(homes.check_place(odd).is_err(), "{odd:?}");
    }
    assert!(homes.check_place(&subject.place("ida")).is_ok());
}

async fn no_relative_place_is_taken(subject: Arc<dyn Subject>) {
    assert!(subject.homes().check_place("relative").is_err());
}
