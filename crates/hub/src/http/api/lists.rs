//! Pages of people at a cost that doesn't grow with their number. A database counts every row before an offset, and all
//! of them for the total; both are remembered while nothing changes: where a page ended, the next begins.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use perijove_store::users::{self, After, ListQuery, Sort, StateFilter, User};

use crate::Hub;
use crate::http::error::Result;

/// Pages of a hundred thousand people, fifty at a time.
const MOST: usize = 2000;
/// A name has no more bytes; what is longer finds nobody, and is not worth remembering.
const LONGEST: usize = 255;

#[derive(Default)]
pub struct Lists(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    epoch: u64,
    totals: HashMap<Filter, i64>,
    /// By the offset at which the next page begins.
    ends: HashMap<(Filter, Sort, bool, i64), After>,
}

#[derive(Clone, PartialEq, Eq, Hash)]
struct Filter {
    state: Option<StateFilter>,
    admin: Option<bool>,
    /// Of the name, of a group's and of a role's.
    texts: [Option<String>; 3],
}

impl Filter {
    fn of(query: &ListQuery) -> Self {
        Self {
            state: query.state,
            admin: query.admin,
            texts: [query.name_filter.clone(), query.group.clone(), query.role.clone()],
        }
    }

    fn is_long(&self) -> bool {
        self.texts.iter().flatten().any(|text| text.len() > LONGEST)
    }
}

impl Lists {
    /// What is known under this epoch.
    fn kept(&self, epoch: u64) -> MutexGuard<'_, Kept> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.epoch != epoch || kept.totals.len() + kept.ends.len() > MOST {
            *kept = Kept {
                epoch,
                ..Kept::default()
            };
        }
        kept
    }
}

/// A page, and how many there are on all pages.
pub(in crate::http) async fn page(hub: &Hub, mut query: ListQuery) -> Result<(Vec<User>, i64)> {
    let epoch = hub.store.epoch();
    let filter = Filter::of(&query);
    if filter.is_long() || query.only.is_some() || query.only_groups.is_some() {
        let total = users::count(&hub.store, &query).await?;
        return Ok((users::list(&hub.store, &query).await?, total));
    }
    let place = |offset| (filter.clone(), query.sort, query.descending, offset);
    let (total, after) = {
        let kept = hub.lists.kept(epoch);
        (
            kept.totals.get(&filter).copied(),
            kept.ends.get(&place(query.offset)).cloned(),
        )
    };
    query.after = after;
    let total = match total {
        Some(total) => total,
        None => users::count(&hub.store, &query).await?,
    };
    let found = users::list(&hub.store, &query).await?;
    let next = query
        .offset
        .saturating_add(i64::try_from(found.len()).unwrap_or(i64::MAX));
    let end = found.last().and_then(|last| query.end(last));
    let mut kept = hub.lists.kept(epoch);
    if let Some(end) = end {
        kept.ends.insert(place(next), end);
    }
    kept.totals.insert(filter, total);
    drop(kept);
    Ok((found, total))
}
