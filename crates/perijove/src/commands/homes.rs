//! `perijove homes`: where people's files are, and the trash, beside the database. The hub may run or not.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use clap::{Args, Subcommand};
use perijove_hub::audit::{self, Act, Actor};
use perijove_hub::homes::model::{self, HomeModel};
use perijove_hub::homes::{self as wishes, Keepers, NotPossible, Restore as Wish, Work, room};
use perijove_model::{Clock, Rng};
use perijove_spawn::homes::Homes as Keeper;
use perijove_store::homes::{self, Home, Query};
use perijove_store::{Store, Tx};
use serde_json::{Value, json};

use super::token::account;
use crate::cli::ConfigArg;
use crate::problem::Problem;
use crate::settings::Settings;
use crate::system::{SystemClock, SystemRng};
use crate::{backends, compose, runtime, ui};

const AT_ONCE: i64 = 500;

/// See where people's files are, and bring back those of people who were deleted
#[derive(Args)]
#[command(after_help = "\
Examples:
  perijove homes list                       everything but what is gone
  perijove homes list --state trashed       what can be brought back
  perijove homes restore 12 --to ada        home 12 is ada's now
  perijove homes relink 12 /mnt/new/ada     the files of home 12 were moved there")]
pub struct Homes {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    List(List),
    Show(Show),
    Restore(Restore),
    Purge(Purge),
    Relink(Relink),
    Recreate(Recreate),
}

/// List homes
#[derive(Args)]
struct List {
    /// live, orphan, trashing, trashed, restoring, purging or gone [default: all but gone]
    #[arg(long)]
    state: Option<String>,
    /// Whose they are, or were
    #[arg(long, value_name = "NAME")]
    owner: Option<String>,
    /// One JSON object a line
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    config: ConfigArg,
}

/// Tell all about a home
#[derive(Args)]
struct Show {
    /// Its number, as `perijove homes list` has it
    home: i64,
    /// As JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    config: ConfigArg,
}

/// Bring a home back from the trash, or give one that is nobody's to somebody
#[derive(Args)]
struct Restore {
    /// Its number
    home: i64,
    /// Who gets it [default: whoever has the name of the one whose it was]
    #[arg(long, value_name = "NAME")]
    to: Option<String>,
    /// Move the files that they have already to the trash
    #[arg(long)]
    replace: bool,
    /// As JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    config: ConfigArg,
}

/// Delete a home that is nobody's for good
///
/// Nothing brings it back.
#[derive(Args)]
struct Purge {
    /// Its number
    home: i64,
    /// Really
    #[arg(long)]
    yes: bool,
    /// As JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    config: ConfigArg,
}

/// Say where the files of a home are now, after you have moved them
#[derive(Args)]
struct Relink {
    /// Its number
    home: i64,
    /// The directory
    place: String,
    /// As JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    config: ConfigArg,
}

/// Say that the files of a home are lost: the next start makes an empty one
#[derive(Args)]
struct Recreate {
    /// Its number
    home: i64,
    /// As JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    config: ConfigArg,
}

impl Homes {
    pub fn run(self) -> Result<()> {
        let (config, json) = match &self.action {
            Action::List(of) => (&of.config, of.json),
            Action::Show(of) => (&of.config, of.json),
            Action::Restore(of) => (&of.config, of.json),
            Action::Purge(of) => (&of.config, of.json),
            Action::Relink(of) => (&of.config, of.json),
            Action::Recreate(of) => (&of.config, of.json),
        };
        let settings = Settings::load(config.config.as_deref())?;
        runtime::small()?.block_on(async {
            let store = compose::store(&settings.config, false).await?;
            let desk = Desk {
                keepers: backends::keepers(&settings.config, &store, &SystemRng).await?,
                store,
                limit: settings.config.storage.quota.map(|size| size.0),
                trash_keep: settings.config.storage.trash_keep,
                json,
            };
            match &self.action {
                Action::List(list) => desk.list(list).await,
                Action::Show(show) => desk.show(show.home).await,
                Action::Restore(restore) => desk.restore(restore).await,
                Action::Purge(purge) => desk.purge(purge).await,
                Action::Relink(relink) => desk.relink(relink).await,
                Action::Recreate(recreate) => desk.recreate(recreate.home).await,
            }
        })
    }
}

/// With what each of them works.
struct Desk {
    store: Store,
    keepers: Keepers,
    limit: Option<u64>,
    trash_keep: Duration,
    json: bool,
}

impl Desk {
    async fn list(&self, list: &List) -> Result<()> {
        let (state, only_orphans) = match &list.state {
            None => (None, false),
            Some(text) => model::read_state(text).ok_or_else(|| {
                Problem::new(format!("there is no state '{text}' of a home"))
                    .try_this("live, orphan, trashing, trashed, restoring, purging or gone")
                    .of_usage()
            })?,
        };
        let mut query = Query {
            state,
            only_orphans,
            owner: list.owner.clone(),
            after: 0,
            limit: AT_ONCE,
        };
        if !self.json {
            ui::say(line(["HOME", "OWNER", "STATE", "USED", "PLACE"]));
        }
        loop {
            let found = homes::list(&self.store, &query).await.map_err(unreadable)?;
            let Some(last) = found.last() else { return Ok(()) };
            query.after = last.id;
            for home in &found {
                self.say_line(home);
            }
        }
    }

    fn say_line(&self, home: &Home) {
        if self.json {
            return ui::say(json!(HomeModel::full(home, self.limit)));
        }
        let used = home.usage.used.and_then(|used| u64::try_from(used).ok());
        let used = used.map_or_else(|| "?".to_owned(), room::bytes);
        let mark = if home.problem.is_some() { "!" } else { "" };
        ui::say(line([
            &home.id.to_string(),
            &home.owner,
            &format!("{}{mark}", model::state(home)),
            &used,
            &home.place,
        ]));
    }

    async fn show(&self, id: i64) -> Result<()> {
        let found = homes::by_id(&self.store, id).await.map_err(unreadable)?;
        let home = found.ok_or_else(|| refused(NotPossible::NoSuchHome(id)))?;
        let model = HomeModel::full(&home, self.limit);
        if self.json {
            ui::say(json!(model));
            return Ok(());
        }
        let amount = |bytes: Option<u64>| bytes.map_or_else(|| "unknown".to_owned(), room::bytes);
        let mut lines = vec![
            ("owner", home.owner.clone()),
            ("state", format!("{} since {}", model.state, model.since)),
            ("place", home.place.clone()),
            ("backend", home.backend.clone()),
            (
                "used",
                amount(home.usage.used.and_then(|used| u64::try_from(used).ok())),
            ),
            ("measured", model.measured_at.unwrap_or_else(|| "never".to_owned())),
        ];
        for large in &model.largest {
            lines.push(("", format!("{} {}", room::bytes(large.bytes), large.name)));
        }
        if let Some(problem) = home.problem {
            lines.push(("problem", problem));
        }
        ui::banner(&format!("Home {id}"), &lines);
        Ok(())
    }

    async fn restore(&self, restore: &Restore) -> Result<()> {
        let wish = Wish {
            id: restore.home,
            to: restore.to.as_deref(),
            replace: restore.replace,
        };
        let tx = self.begin().await?;
        let (home, user) = wishes::restore(&tx, &wish, SystemClock.now()).await.map_err(refused)?;
        let detail = json!({ "owner": home.owner, "to": user.name, "replace": restore.replace });
        self.finish(tx, Act::HomeRestored, restore.home, detail).await
    }

    async fn purge(&self, purge: &Purge) -> Result<()> {
        if !purge.yes {
            return Err(Problem::new(format!("home {} would be deleted for good", purge.home))
                .try_this("say --yes if that is what you want")
                .of_usage()
                .into());
        }
        let tx = self.begin().await?;
        let home = wishes::purge(&tx, purge.home, SystemClock.now())
            .await
            .map_err(refused)?;
        let detail = json!({ "owner": home.owner, "place": home.place });
        self.finish(tx, Act::HomePurged, purge.home, detail).await
    }

    async fn relink(&self, relink: &Relink) -> Result<()> {
        let keeper = self.keeper(relink.home).await?;
        let tx = self.begin().await?;
        let home = wishes::relink(&tx, keeper.as_ref(), relink.home, &relink.place)
            .await
            .map_err(refused)?;
        let detail = json!({ "from": home.place, "to": relink.place });
        self.finish(tx, Act::HomeChanged, relink.home, detail).await
    }

    async fn recreate(&self, id: i64) -> Result<()> {
        let keeper = self.keeper(id).await?;
        let tx = self.begin().await?;
        let home = wishes::recreate(&tx, keeper.as_ref(), id).await.map_err(refused)?;
        let detail = json!({ "place": home.place, "lost": true });
        self.finish(tx, Act::HomeChanged, id, detail).await
    }

    /// Of the backend that has this home.
    async fn keeper(&self, id: i64) -> Result<Arc<dyn Keeper>> {
        let found = homes::by_id(&self.store, id).await.map_err(unreadable)?;
        let home = found.ok_or_else(|| refused(NotPossible::NoSuchHome(id)))?;
        let keeper = self.keepers.get(&home.backend).cloned();
        keeper.ok_or_else(|| {
            Problem::new(format!(
                "home {id} is of the backend `{}`, which is not configured",
                home.backend
            ))
            .try_this("name it in `backends` of [spawner]")
            .of_usage()
            .into()
        })
    }

    async fn begin(&self) -> Result<Tx> {
        Ok(self.store.begin().await.map_err(unreadable)?)
    }

    /// Writes down who said so, does what can be done at once, and tells how it is now. What a hub is at, that hub does.
    async fn finish(&self, tx: Tx, act: Act, id: i64, detail: Value) -> Result<()> {
        let by = Actor::command(account().as_deref());
        let target = format!("home {id}");
        let written = async {
            audit::write(&tx, &SystemClock, &by, act, &target, detail).await?;
            tx.commit().await
        };
        written.await.map_err(unreadable)?;
        let rng: &dyn Rng = &SystemRng;
        let holder = rng.uuid4_hex();
        let work = Work {
            store: &self.store,
            clock: &SystemClock,
            keepers: &self.keepers,
            holder: &holder,
        };
        wishes::work_off(&work, self.trash_keep).await;
        self.show(id).await
    }
}

fn line(columns: [&str; 5]) -> String {
    let [id, owner, state, used, place] = columns;
    format!("{id:<6} {owner:<20} {state:<11} {used:<11} {place}")
}

fn unreadable(error: perijove_store::StoreError) -> Problem {
    Problem::new("what is known of homes can't be read or written").because(error)
}

fn refused(why: NotPossible) -> Problem {
    let hint = match &why {
        NotPossible::NoSuchHome(_) => "`perijove homes list` has all numbers",
        NotPossible::HasHome { .. } => "--replace moves what they have to the trash",
        NotPossible::NoSuchUser(_) => "--to NAME says who gets it",
        NotPossible::Belongs { .. } => "delete the person first: their files go to the trash then",
        NotPossible::Running(_) => "stop their servers first",
        _ => "`perijove homes show NUMBER` tells how it is now",
    };
    let text = why.to_string();
    Problem::new(text.trim_end_matches('.').to_owned()).try_this(hint)
}
