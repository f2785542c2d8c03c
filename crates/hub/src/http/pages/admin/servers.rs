//! `/hub/admin/servers`: all servers, page by page, and what may be done about them.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::extract::{OriginalUri, State};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::Response;
use jiff::Timestamp;
use perijove_model::escape;
use perijove_model::plan::size;
use perijove_model::scopes::Scope;
use perijove_store::spawners::Spawner;
use perijove_store::spawners::list::{self, ListQuery, Only, Place, Sort, StateFilter};
use perijove_store::users;
use perijove_web::pages::{Column, ProfileName, ServerRow, Servers, ServersMay, ServersQuery};

use super::people::Viewed;
use super::{acts, menu, only, problem, query};
use crate::Hub;
use crate::http::api::models;
use crate::http::error::Result;
use crate::http::form::Form;
use crate::http::pages::{render, signed_in};
use crate::http::visitor::{Principal, Visitor};
use crate::http::xsrf::query_value;
use crate::servers;

/// On one page.
const SHOWN: i64 = 50;
/// So many are asked at once what they use.
const LOOKED_AT: usize = 24;

pub async fn get(State(hub): State<Arc<Hub>>, OriginalUri(uri): OriginalUri, visitor: Visitor) -> Result<Response> {
    let principal = match signed_in(&hub, &visitor, &uri) {
        Ok(principal) => principal,
        Err(elsewhere) => return Ok(elsewhere),
    };
    menu::SERVERS.require(&hub, principal).await?;
    let page = page(&hub, principal, uri.query()).await?;
    render(&hub, &visitor, StatusCode::OK, &page).await
}

/// The same page, and what came of the wishes above it.
pub async fn post(
    State(hub): State<Arc<Hub>>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    visitor: Visitor,
    form: Form,
) -> Result<Response> {
    let principal = match signed_in(&hub, &visitor, &uri) {
        Ok(principal) => principal,
        Err(elsewhere) => return Ok(elsewhere),
    };
    visitor.xsrf.check_form(form.text("_xsrf"), &headers, &Method::POST)?;
    menu::SERVERS.require(&hub, principal).await?;
    let done = acts::act_on_servers(&hub, principal, form).await;
    let mut page = page(&hub, principal, uri.query()).await?;
    let status = match done {
        Ok(done) => {
            page.outcomes = done.outcomes;
            page.doomed = done.doomed;
            done.status
        }
        Err(error) if error.status.is_client_error() => {
            page.problem = Some(problem(&error));
            error.status
        }
        Err(error) => return Err(error),
    };
    render(&hub, &visitor, status, &page).await
}

/// What was asked for, as far as it means something and the visitor may know it.
struct Asked {
    filters: ServersQuery,
    from: Option<Place>,
    backwards: bool,
}

const STATES: [(&str, StateFilter); 6] = [
    ("active", StateFilter::Active),
    ("ready", StateFilter::Ready),
    ("starting", StateFilter::Starting),
    ("stopping", StateFilter::Stopping),
    ("failed", StateFilter::Failed),
    ("stopped", StateFilter::Stopped),
];

const SORTS: [&str; 4] = ["-last_activity", "last_activity", "-started", "started"];

impl Asked {
    fn read(by: &Principal, query: &str) -> Self {
        // PostgreSQL can't even look for it.
        let text = |key: &str| {
            query_value(query, key)
                .map(|text| text.trim().to_owned())
                .filter(|text| !text.contains('\0'))
                .unwrap_or_default()
        };
        let one_of = |key: &str, known: &[&str]| {
            let text = text(key);
            known
                .iter()
                .find(|known| **known == text)
                .map(|known| (*known).to_owned())
        };
        let (after, before) = (place(&text("after")), place(&text("before")));
        Self {
            filters: ServersQuery {
                search: text("search"),
                state: one_of("state", &STATES.map(|(word, _)| word)).unwrap_or_default(),
                profile: text("profile"),
                user: text("user"),
                group: Some(text("group"))
                    .filter(|group| query::may_see_group(by, group))
                    .unwrap_or_default(),
                sort: one_of("sort", &SORTS).unwrap_or_else(|| SORTS[0].to_owned()),
            },
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
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let state = STATES.iter().find(|(word, _)| *word == filters.state);
        ListQuery {
            state: state.map(|(_, state)| *state),
            profile: some(&filters.profile),
            user: some(&filters.user),
            group: some(&filters.group),
            search: some(&filters.search),
            sort: self.sort(),
            descending: filters.sort.starts_with('-'),
            from: self.from,
            backwards: self.backwards,
            // One more tells whether there is another page.
            limit: SHOWN + 1,
            only,
        }
    }

    fn address(&self, hub: &Hub, sort: &str, from: Option<(&str, Place)>) -> String {
        let filters = &self.filters;
        let pairs = [
            ("search", filters.search.as_str()),
            ("state", filters.state.as_str()),
            ("profile", filters.profile.as_str()),
            ("user", filters.user.as_str()),
            ("group", filters.group.as_str()),
        ];
        let mut url = format!("{}?sort={sort}", menu::SERVERS.url(hub));
        for (key, value) in pairs.into_iter().filter(|(_, value)| !value.is_empty()) {
            let _ = write!(url, "&{key}={}", escape::component(value));
        }
        if let Some((key, place)) = from {
            let at = place
                .at
                .map_or_else(|| "-".to_owned(), |at| at.as_microsecond().to_string());
            let _ = write!(url, "&{key}={at}.{}", place.id);
        }
        url
    }

    fn columns(&self, hub: &Hub) -> Vec<Column> {
        let column = |key: &'static str| {
            let sort = self.filters.sort.as_str();
            let direction = match sort.strip_prefix('-') {
                Some(sort) if sort == key => "descending",
                None if sort == key => "ascending",
                _ => "",
            };
            let next = match direction {
                "descending" => key.to_owned(),
                _ => format!("-{key}"),
            };
            Column {
                key,
                url: self.address(hub, &next, None),
                direction,
            }
        };
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

async fn page(hub: &Hub, by: &Principal, query: Option<&str>) -> Result<Servers> {
    let asked = Asked::read(by, query.unwrap_or_default());
    let here = asked
        .from
        .map(|place| (if asked.backwards { "before" } else { "after" }, place));
    let mut page = Servers {
        columns: asked.columns(hub),
        profiles: hub.config.profiles.iter().map(profile).collect(),
        list_url: menu::SERVERS.url(hub),
        action_url: asked.address(hub, &asked.filters.sort, here),
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
    let more = i64::try_from(found.len()).is_ok_and(|count| count > SHOWN);
    if more && asked.backwards {
        found.remove(0);
    } else if more {
        found.pop();
    }
    let (first, last) = (found.first(), found.last());
    let sort = asked.filters.sort.as_str();
    let link = |key, server: Option<&Spawner>| {
        server.map(|server| asked.address(hub, sort, Some((key, asked.sort().place(server)))))
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
            user_url: format!(
                "{}?user={}",
                menu::SERVERS.url(hub),
                escape::component(&server.user_name)
            ),
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
