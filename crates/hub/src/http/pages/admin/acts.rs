//! What the forms ask for, done to one after the other: what fails for one does not keep the others from it.

use std::sync::Arc;

use axum::http::StatusCode;
use perijove_model::scopes::{Resource, Scope};
use perijove_model::server::Pending;
use perijove_model::{ServerName, escape};
use perijove_store::spawners::{self, Spawner};
use perijove_store::users::{self, User};
use perijove_web::pages::Outcome;
use tokio::time::Instant;

use crate::Hub;
use crate::http::api::servers::start;
use crate::http::api::{user, user_change, users as api_users};
use crate::http::error::{HttpError, Result, short};
use crate::http::form::Form;
use crate::http::pages::guest;
use crate::http::visitor::Principal;
use crate::servers::{self, Start};

/// So many can be chosen at once: as many as stand on one page.
const MOST_CHOSEN: usize = super::query::MOST_SHOWN as usize;
/// So many names can be typed at once.
const MOST_ADDED: usize = 500;

/// What came of it.
pub struct Done {
    pub status: StatusCode,
    pub outcomes: Vec<Outcome>,
    /// Who would be deleted, if it is said again.
    pub doomed: Vec<String>,
}

impl Done {
    pub fn nothing(status: StatusCode) -> Self {
        Self {
            status,
            outcomes: Vec::new(),
            doomed: Vec::new(),
        }
    }
}

/// What the forms say.
#[derive(Default)]
struct Wish {
    act: String,
    chosen: Vec<String>,
    /// All who stood on the page.
    shown: Vec<String>,
    /// Servers that were ticked, as buttons name them.
    servers: Vec<String>,
    /// The server that a button stands beside, and what the button does.
    server: Option<(&'static str, String)>,
    sure: bool,
    names: Vec<String>,
    as_admins: bool,
}

impl Wish {
    fn read(form: Form) -> Self {
        let mut wish = Self::default();
        for (key, text) in form.into_texts() {
            match key.as_str() {
                "do" => wish.act = text,
                "user" => wish.chosen.push(text),
                "shown" => wish.shown.push(text),
                "server" => wish.servers.push(text),
                "start" => wish.server = Some(("start", text)),
                "stop" => wish.server = Some(("stop", text)),
                "remove" => wish.server = Some(("remove", text)),
                "sure" => wish.sure = text == "yes",
                "as_admin" => wish.as_admins = text == "yes",
                "usernames" => {
                    let names = text.lines().map(str::trim).filter(|name| !name.is_empty());
                    wish.names = names.map(str::to_owned).collect();
                }
                _ => {}
            }
        }
        wish
    }

    /// Whom it is done to.
    fn whom(&self, all: bool) -> Result<&[String]> {
        let names = if all { &self.shown } else { &self.chosen };
        if names.is_empty() {
            return Err(HttpError::bad_request("Nobody was chosen."));
        }
        if names.len() > MOST_CHOSEN {
            return Err(too_many(MOST_CHOSEN));
        }
        Ok(names)
    }
}

fn too_many(most: usize) -> HttpError {
    HttpError::bad_request(format!("At most {most} people at once."))
}

pub async fn act(hub: &Arc<Hub>, by: &Principal, form: Form) -> Result<Done> {
    let wish = Wish::read(form);
    if let Some((what, tail)) = &wish.server {
        return one_server(hub, by, what, tail).await;
    }
    match wish.act.as_str() {
        "start" => start_all(hub, by, wish.whom(false)?).await,
        "start-all" => start_all(hub, by, wish.whom(true)?).await,
        "stop" => stop_all(hub, by, wish.whom(false)?).await,
        "stop-all" => stop_all(hub, by, wish.whom(true)?).await,
        "make-admin" => set_admins(hub, by, wish.whom(false)?, true).await,
        "make-plain" => set_admins(hub, by, wish.whom(false)?, false).await,
        "delete" if wish.sure => delete(hub, by, wish.whom(false)?).await,
        "delete" => ask_again(hub, by, wish.whom(false)?).await,
        "add" => add(hub, by, &wish).await,
        _ => Err(HttpError::bad_request(
            "The form asks for nothing that can be done here.",
        )),
    }
}

/// The same on the list of servers: of those that were ticked, or of the one that a button stands beside.
pub async fn act_on_servers(hub: &Arc<Hub>, by: &Principal, form: Form) -> Result<Done> {
    let wish = Wish::read(form);
    if let Some((what, tail)) = &wish.server {
        return one_server(hub, by, what, tail).await;
    }
    if wish.servers.is_empty() {
        return Err(HttpError::bad_request("No server was chosen."));
    }
    if wish.servers.len() > MOST_CHOSEN {
        return Err(HttpError::bad_request(format!(
            "At most {MOST_CHOSEN} servers at once."
        )));
    }
    match wish.act.as_str() {
        "start" => on_servers(hub, by, "start", &wish.servers).await,
        "stop" => on_servers(hub, by, "stop", &wish.servers).await,
        "remove" if wish.sure => on_servers(hub, by, "remove", &wish.servers).await,
        "remove" => Ok(Done {
            status: StatusCode::OK,
            outcomes: Vec::new(),
            doomed: wish.servers,
        }),
        _ => Err(HttpError::bad_request(
            "The form asks for nothing that can be done here.",
        )),
    }
}

/// All are begun before the first is waited for.
async fn on_servers(hub: &Arc<Hub>, by: &Principal, what: &'static str, tails: &[String]) -> Result<Done> {
    let mut begun = Vec::with_capacity(tails.len());
    for tail in tails {
        let (name, server) = read_tail(tail)?;
        let result = match what {
            "start" => start(hub, by, &name, &server).await,
            _ => stop(hub, by, &name, Some(&server), what == "remove").await,
        };
        begun.push((called(&name, &server), result));
    }
    let (mut tally, deadline) = (Tally::default(), deadline(hub));
    for (who, result) in begun {
        let result = match result {
            Ok(ids) if what == "start" => up(hub, &ids, deadline).await,
            Ok(ids) => down(hub, &ids, what == "remove", deadline).await,
            Err(error) => Err(error),
        };
        tally.note(&who, what, result);
    }
    Ok(tally.told())
}

fn called(name: &str, server: &str) -> String {
    match server {
        "" => name.to_owned(),
        server => format!("{name}/{server}"),
    }
}

/// Outcomes so far, and how it went in whole: where nothing was done, the first refusal is the answer's status.
#[derive(Default)]
struct Tally {
    outcomes: Vec<Outcome>,
    refused: Option<StatusCode>,
    done: bool,
}

impl Tally {
    fn note(&mut self, who: &str, what: &'static str, result: Result<()>) {
        if let Err(error) = &result
            && error.status.is_client_error()
        {
            self.refused.get_or_insert(error.status);
        }
        self.done |= result.is_ok();
        self.outcomes.push(Outcome {
            who: who.to_owned(),
            what,
            problem: result.err().map(|error| guest::problem(&error)),
        });
    }

    fn told(self) -> Done {
        let status = self.refused.filter(|_| !self.done).unwrap_or(StatusCode::OK);
        Done {
            status,
            outcomes: self.outcomes,
            doomed: Vec::new(),
        }
    }
}

/// `USER` or `USER/SERVER`, as the page has it.
fn read_tail(tail: &str) -> Result<(String, String)> {
    let (user, server) = tail.split_once('/').unwrap_or((tail, ""));
    match (escape::decode(user), escape::decode(server)) {
        (Some(user), Some(server)) if !user.contains('\0') && !server.contains('\0') => Ok((user, server)),
        _ => Err(HttpError::not_found()),
    }
}

async fn somebody(hub: &Hub, name: &str) -> Result<User> {
    if name.contains('\0') {
        return Err(HttpError::not_found());
    }
    let user = users::by_name(&hub.store, name).await?;
    let unknown = || format!("There is nobody called {} here.", short(name));
    user.ok_or_else(|| HttpError::new(StatusCode::NOT_FOUND, unknown()))
}

async fn one_server(hub: &Arc<Hub>, by: &Principal, what: &'static str, tail: &str) -> Result<Done> {
    on_servers(hub, by, what, &[tail.to_owned()]).await
}

/// The default servers of all of them; those that run are passed over.
async fn start_all(hub: &Arc<Hub>, by: &Principal, names: &[String]) -> Result<Done> {
    let mut begun = Vec::new();
    for name in names {
        let result = start(hub, by, name, "").await;
        if !matches!(&result, Ok(ids) if ids.is_empty()) {
            begun.push((name, result));
        }
    }
    let (mut tally, deadline) = (Tally::default(), deadline(hub));
    for (name, result) in begun {
        let result = match result {
            Ok(ids) => up(hub, &ids, deadline).await,
            Err(error) => Err(error),
        };
        tally.note(name, "start", result);
    }
    Ok(tally.told())
}

async fn stop_all(hub: &Arc<Hub>, by: &Principal, names: &[String]) -> Result<Done> {
    let mut ending = Vec::new();
    for name in names {
        let result = stop(hub, by, name, None, false).await;
        if !matches!(&result, Ok(ids) if ids.is_empty()) {
            ending.push((name, result));
        }
    }
    let (mut tally, deadline) = (Tally::default(), deadline(hub));
    for (name, result) in ending {
        let result = match result {
            Ok(ids) => down(hub, &ids, false, deadline).await,
            Err(error) => Err(error),
        };
        tally.note(name, "stop", result);
    }
    Ok(tally.told())
}

/// Begins a start; gives the server, or nothing if it runs or is on its way.
async fn start(hub: &Arc<Hub>, by: &Principal, name: &str, server: &str) -> Result<Vec<i64>> {
    let resource = Resource::Server { user: name, server };
    by.require(&hub.store, &[Scope::StartServers], resource).await?;
    let user = somebody(hub, name).await?;
    let found = spawners::get(&hub.store, user.id, server).await?;
    if found.is_some_and(|spawner| spawner.run.phase.is_active()) {
        return Ok(Vec::new());
    }
    let start = Start {
        by: Some(by),
        user: &user,
        server: &ServerName::existing(server)?,
        options: None,
        display_name: None,
    };
    Ok(vec![servers::request_start(hub, start).await?.spawner_id])
}

/// Ends one server, or all that run; gives those that were asked to end.
async fn stop(hub: &Arc<Hub>, by: &Principal, name: &str, server: Option<&str>, remove: bool) -> Result<Vec<i64>> {
    let resource = match server {
        Some(server) => Resource::Server { user: name, server },
        None => Resource::User(name),
    };
    by.require(&hub.store, &[Scope::DeleteServers], resource).await?;
    let user = somebody(hub, name).await?;
    let mut found = spawners::of_user(&hub.store, user.id).await?;
    found.retain(|spawner| match server {
        Some(server) => spawner.name == server,
        None => spawner.run.phase.is_active(),
    });
    for spawner in &found {
        servers::request_stop(hub, Some(by), spawner, remove).await?;
    }
    Ok(found.iter().map(|spawner| spawner.id).collect())
}

/// All of them together are waited for as long as the API waits for one: what is not done by then goes on without us.
fn deadline(hub: &Hub) -> Instant {
    Instant::now() + hub.config.hub.slow_spawn_timeout
}

async fn up(hub: &Hub, ids: &[i64], deadline: Instant) -> Result<()> {
    let on_its_way = |server: &Spawner| server.run.phase.pending() == Some(Pending::Spawn);
    for id in ids {
        let left = deadline.saturating_duration_since(Instant::now());
        let server = servers::wait(hub, *id, left, |server| !on_its_way(server)).await?;
        if let Some(server) = server.filter(|server| !server.run.phase.is_active()) {
            return Err(start::failed(server.run.failure.as_ref()));
        }
    }
    Ok(())
}

async fn down(hub: &Hub, ids: &[i64], gone: bool, deadline: Instant) -> Result<()> {
    for id in ids {
        let left = deadline.saturating_duration_since(Instant::now());
        servers::wait(hub, *id, left, |server| !gone && !server.run.phase.is_active()).await?;
    }
    Ok(())
}

async fn set_admins(hub: &Hub, by: &Principal, names: &[String], admin: bool) -> Result<Done> {
    let what = if admin { "make-admin" } else { "make-plain" };
    let mut tally = Tally::default();
    for name in names {
        let result = set_admin(hub, by, name, admin).await;
        tally.note(name, what, result);
    }
    Ok(tally.told())
}

async fn set_admin(hub: &Hub, by: &Principal, name: &str, admin: bool) -> Result<()> {
    by.require(&hub.store, &[Scope::AdminUsers], Resource::User(name))
        .await?;
    let user = somebody(hub, name).await?;
    if !admin && by.user().is_some_and(|own| own.id == user.id) {
        return Err(HttpError::bad_request(
            "Somebody else has to take your own administration away.",
        ));
    }
    user_change::set_admin(hub, by, &user, admin).await
}

/// Nobody is deleted by one click: first the page asks whether these are meant.
async fn ask_again(hub: &Hub, by: &Principal, names: &[String]) -> Result<Done> {
    for name in names {
        by.require(&hub.store, &[Scope::DeleteUsers], Resource::User(name))
            .await?;
    }
    Ok(Done {
        doomed: names.to_vec(),
        ..Tally::default().told()
    })
}

async fn delete(hub: &Arc<Hub>, by: &Principal, names: &[String]) -> Result<Done> {
    let mut tally = Tally::default();
    for name in names {
        let result = delete_one(hub, by, name).await;
        tally.note(name, "delete", result);
    }
    Ok(tally.told())
}

pub async fn delete_one(hub: &Arc<Hub>, by: &Principal, name: &str) -> Result<()> {
    by.require(&hub.store, &[Scope::DeleteUsers], Resource::User(name))
        .await?;
    let user = somebody(hub, name).await?;
    if by.user().is_some_and(|own| own.id == user.id) {
        return Err(HttpError::bad_request("Cannot delete yourself!"));
    }
    user::delete_with_servers(hub, by, &user).await
}

async fn add(hub: &Hub, by: &Principal, wish: &Wish) -> Result<Done> {
    if wish.names.len() > MOST_ADDED {
        return Err(too_many(MOST_ADDED));
    }
    let made = api_users::make(hub, by, &wish.names, wish.as_admins).await?;
    let mut tally = Tally::default();
    for user in &made {
        tally.note(&user.name, "add", Ok(()));
    }
    Ok(tally.told())
}
