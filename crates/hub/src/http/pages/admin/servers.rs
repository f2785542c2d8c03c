//! `/hub/admin/servers`: all servers, page by page, and what may be done about them.

use axum::response::Response;
use jiff::Timestamp;
use perijove_model::plan::size;
use perijove_model::scopes::Scope;
use perijove_store::spawners::Spawner;
use perijove_store::spawners::list::{self, ListQuery, Only, Place, Sort, StateFilter};
use perijove_store::users;
use perijove_web::pages::{Column, ProfileName, ServerRow, Servers, ServersMay, ServersQuery};

use super::acts::{self, Done};
use super::people::Viewed;
use super::{menu, only, query};
use crate::Hub;
use crate::http::api::models;
use crate::http::error::Result;
use crate::http::pages::filters::{Field, Filters, Link, Takes, column, has_more, said};
use crate::http::pages::guest::{Guest, Sent, came};
use crate::http::visitor::Principal;
use crate::http::xsrf::query_value;
use crate::servers;

/// On one page.
const SHOWN: i64 = 50;
/// So many are asked at once what they use.
const LOOKED_AT: usize = 24;

pub async fn get(guest: Guest) -> Result<Response> {
    let (hub, by) = guest.at(&menu::SERVERS).await?;
    guest.show(&page(hub, by, guest.query()).await?).await
}

/// The same page, and what came of the wishes above it.
pub async fn post(Sent { guest, form }: Sent) -> Result<Response> {
    let (hub, by) = guest.at(&menu::SERVERS).await?;
    let came = came(acts::act_on_servers(hub, by, form).await)?;
    let done = came.done.unwrap_or_else(|| Done::nothing(came.status));
    let page = Servers {
        outcomes: done.outcomes,
        doomed: done.doomed,
        problem: came.problem,
        ..page(hub, by, guest.query()).await?
    };
    guest.answer(done.status, &page).await
}

/// What was asked for, as far as it means something and the visitor may know it.
struct Asked {
    filters: ServersQuery,
    from: Option<Place>,
    backwards: bool,
}

const SORTS: [&str; 4] = ["-last_activity", "last_activity", "-started", "started"];

fn state(word: &str) -> Option<StateFilter> {
    Some(match word {
        "active" => StateFilter::Active,
        "ready" => StateFilter::Ready,
        "starting" => StateFilter::Starting,
        "stopping" => StateFilter::Stopping,
        "failed" => StateFilter::Failed,
        "stopped" => StateFilter::Stopped,
        _ => return None,
    })
}

impl Filters for ServersQuery {
    fn fields(&mut self) -> Vec<Field<'_>> {
        const STATES: [&str; 6] = ["active", "ready", "starting", "stopping", "failed", "stopped"];
        vec![
            ("sort", Takes::OneOf(&SORTS), &mut self.sort),
            ("search", Takes::Text, &mut self.search),
            ("state", Takes::OneOf(&STATES), &mut self.state),
            ("profile", Takes::Text, &mut self.profile),
            ("user", Takes::Text, &mut self.user),
            ("group", Takes::Text, &mut self.group),
        ]
    }
}

impl Asked {
    fn read(by: &Principal, query: &str) -> Self {
        let mut filters = ServersQuery::read(query);
        if filters.sort.is_empty() {
            SORTS[0].clone_into(&mut filters.sort);
        }
        if !query::may_see_group(by, &filters.group) {
            filters.group.clear();
        }
        let place = |key| place(&query_value(query, key)?);
        let (after, before) = (place("after"), place("before"));
        Self {
            filters,
            backwards: after.is_none() && before.is_some(),
            from: after.or(before),
        }
    }

    fn sort(&self) -> Sort {
        match self.filters.sort.trim_start_matches('-') {
            "started" => Sort::Started,
            _ => Sort::LastActivity,
        }
    }

    fn query(&self, only: Option<Only>) -> ListQuery {
        let filters = &self.filters;
        ListQuery {
            state: state(&filters.state),
            profile: said(&filters.profile),
            user: said(&filters.user),
            group: said(&filters.group),
            search: said(&filters.search),
            sort: self.sort(),
            descending: filters.sort.starts_with('-'),
            from: self.from,
            backwards: self.backwards,
            // One more tells whether there is another page.
            limit: SHOWN + 1,
            only,
        }
    }

    fn address(&self, hub: &Hub, from: Option<(&str, Place)>) -> String {
        let link = self.filters.link(&menu::SERVERS.url(hub));
        let Some((key, place)) = from else {
            return link.done();
        };
        let at = place
            .at
            .map_or_else(|| "-".to_owned(), |at| at.as_microsecond().to_string());
        link.with(key, format!("{at}.{}", place.id)).done()
    }

    fn columns(&self, hub: &Hub) -> Vec<Column> {
        let sorted = |sort: &str| {
            let sort = sort.to_owned();
            let filters = self.filters.clone();
            ServersQuery { sort, ..filters }.link(&menu::SERVERS.url(hub)).done()
        };
        let column = |key| column(key, &self.filters.sort, true, sorted);
        vec![column("last_activity"), column("started")]
    }
}

/// Microseconds or `-`, a dot, and a number: as addresses of pages have it.
fn place(text: &str) -> Option<Place> {
    let (at, id) = text.split_once('.')?;
    let id: i32 = id.parse().ok()?;
    let at = match at {
        "-" => None,
        at => Some(Timestamp::from_microsecond(at.parse().ok()?).ok()?).filter(|at| *at >= Timestamp::UNIX_EPOCH),
    };
    Some(Place { at, id: id.into() })
}

async fn page(hub: &Hub, by: &Principal, query: &str) -> Result<Servers> {
    let asked = Asked::read(by, query);
    let here = asked
        .from
        .map(|place| (if asked.backwards { "before" } else { "after" }, place));
    let mut page = Servers {
        columns: asked.columns(hub),
        profiles: hub.config.profiles.iter().map(profile).collect(),
        list_url: menu::SERVERS.url(hub),
        action_url: asked.address(hub, here),
        may: ServersMay {
            filter_groups: query::may_filter_groups(by),
            ..ServersMay::default()
        },
        ..Servers::default()
    };
    // To stop what one may not see, one names it.
    if by.scopes.holds(Scope::ReadServers) {
        fill(hub, by, &asked, &mut page).await?;
    }
    page.asked = asked.filters;
    Ok(page)
}

fn profile(profile: &perijove_config::Profile) -> ProfileName {
    ProfileName {
        slug: profile.slug.clone(),
        title: profile.name.clone(),
    }
}

async fn fill(hub: &Hub, by: &Principal, asked: &Asked, page: &mut Servers) -> Result<()> {
    let only = only(by.scopes.require_some(Scope::ReadServers)?);
    let mut found = list::list(&hub.store, &asked.query(only)).await?;
    let more = has_more(&found, SHOWN);
    if more && asked.backwards {
        found.remove(0);
    } else if more {
        found.pop();
    }
    let (first, last) = (found.first(), found.last());
    let link = |key, server: Option<&Spawner>| {
        server.map(|server| asked.address(hub, Some((key, asked.sort().place(server)))))
    };
    let (is_behind, is_before) = match asked.backwards {
        true => (true, more),
        false => (more, asked.from.is_some()),
    };
    page.next_url = link("after", last.filter(|_| is_behind));
    page.previous_url = link("before", first.filter(|_| is_before));
    page.servers = Some(rows(hub, by, &found, &mut page.may).await?);
    Ok(())
}

async fn rows(hub: &Hub, by: &Principal, found: &[Spawner], may: &mut ServersMay) -> Result<Vec<ServerRow>> {
    let owners: Vec<i64> = found.iter().map(|server| server.user_id).collect();
    let belongings = users::belongings(&hub.store, &owners, hub.clock.now()).await?;
    let mut used = Vec::with_capacity(found.len());
    for some in found.chunks(LOOKED_AT) {
        used.extend(servers::using(hub, some).await);
    }
    let mut rows = Vec::with_capacity(found.len());
    for (server, used) in found.iter().zip(used) {
        let viewed = Viewed {
            hub,
            by,
            user: &server.user_name,
            groups: belongings.get(&server.user_id).map_or(&[], |of| &of.groups),
        };
        let Some(shown) = viewed.server(&server.name, Some(server)) else {
            continue;
        };
        may.start |= shown.may_start;
        may.stop |= shown.may_stop || shown.may_remove;
        rows.push(ServerRow {
            user: server.user_name.clone(),
            user_url: Link::to(&menu::SERVERS.url(hub)).with("user", &server.user_name).done(),
            last_activity: server.last_activity.map(models::time),
            memory: used.and_then(|used| used.memory).map(size),
            cores: used.and_then(|used| used.cpu_milli).map(cores),
            server: shown,
        });
    }
    Ok(rows)
}

/// Thousandths as people write them: `0.25`.
fn cores(thousandths: u64) -> String {
    format!("{}.{:02}", thousandths / 1000, thousandths % 1000 / 10)
}
