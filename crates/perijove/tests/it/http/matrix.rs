//! Who may do what: every operation of the API, asked by every kind of caller, has the status that is written down.
//!
//! `matrix/callers.txt` and `matrix/requests.txt` say who asks what, `snapshots/` has the statuses (after a wanted
//! change: `INSTA_UPDATE=always cargo test -p perijove --test it matrix`). `scripts/oracle/matrix.py` asks JupyterHub the
//! same and writes `matrix/jupyterhub.txt`; what differs must stand in `matrix/differences.txt` with the reason.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::sync::Arc;

use futures_util::StreamExt;
use jiff::SignedDuration;
use perijove_testkit::App;
use reqwest::{Client, Method, header};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::described::{described, operations};
use super::token;

const CALLERS: &str = include_str!("matrix/callers.txt");
const REQUESTS: &str = include_str!("matrix/requests.txt");
const JUPYTERHUB: &str = include_str!("matrix/jupyterhub.txt");
const DIFFERENCES: &str = include_str!("matrix/differences.txt");

/// The database that every hub begins with.
const DATABASE: &str = "template.sqlite";
/// Hubs at the same time.
const AT_ONCE: usize = 4;

pub fn lines(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'))
}

#[derive(Clone)]
struct Request {
    /// As it stands in the file.
    line: &'static str,
    method: Method,
    path: &'static str,
    body: Option<Value>,
}

impl Request {
    fn read(line: &'static str) -> Self {
        let mut parts = line.splitn(3, ' ');
        let method = parts.next().unwrap().parse().unwrap();
        let path = parts.next().unwrap();
        let body = parts.next().map(|body| serde_json::from_str(body).unwrap());
        Self {
            line,
            method,
            path,
            body,
        }
    }

    fn changes_something(&self) -> bool {
        self.method != Method::GET
    }
}

fn requests() -> Vec<Request> {
    lines(REQUESTS)
        .filter(|line| !line.starts_with('+'))
        .map(Request::read)
        .collect()
}

fn caller_names() -> Vec<&'static str> {
    lines(CALLERS)
        .map(|line| line.split_whitespace().next().unwrap())
        .collect()
}

/// Headers by which each caller shows who it is, and the ids of the tokens that requests name.
struct World {
    dir: TempDir,
    callers: Vec<(&'static str, header::HeaderMap)>,
    ids: BTreeMap<&'static str, String>,
}

fn config() -> String {
    let mut toml = String::from(
        "[hub]\nallow_named_servers = true\n[access]\nallow_all = true\nadmin_users = [\"ruth\"]\n\
         [[group]]\nname = \"class\"\nusers = [\"ann\", \"bob\"]\n",
    );
    for line in lines(CALLERS) {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [name, "service", scopes] = words.as_slice() else {
            continue;
        };
        let _ = write!(
            toml,
            "[[service]]\nname = {name:?}\napi_token = \"the-secret-of-{name}\"\n"
        );
        if *scopes != "-" {
            let scopes: Vec<&str> = scopes.split(',').collect();
            let _ = write!(
                toml,
                "[[role]]\nname = \"role-{name}\"\nscopes = {scopes:?}\nservices = [{name:?}]\n"
            );
        }
    }
    toml
}

fn authorization(token: &str) -> header::HeaderMap {
    let value = format!("token {token}").parse().unwrap();
    header::HeaderMap::from_iter([(header::AUTHORIZATION, value)])
}

impl World {
    async fn new() -> Self {
        let dir = TempDir::new().unwrap();
        let database = dir.path().join("first.sqlite");
        let app = App::builder()
            .config(&config())
            .database(database.to_str().unwrap())
            .start()
            .await;
        let ruth = app.sign_in("ruth").await;
        let ann = app.sign_in("ann").await;
        for line in lines(REQUESTS).filter_map(|line| line.strip_prefix("+ ")) {
            let request = Request::read(line);
            let answer = ruth
                .api(request.method, request.path.trim_start_matches('/'), request.body)
                .await;
            assert!(
                (200..300).contains(&answer.status),
                "{line}: {} {}",
                answer.status,
                answer.body
            );
        }
        let mut ids = BTreeMap::new();
        for name in ["ann", "cyd"] {
            let made = ruth
                .api(Method::POST, &format!("users/{name}/tokens"), Some(json!({})))
                .await;
            let id = made.json()["id"].as_str().map(str::to_owned);
            ids.insert(name, id.unwrap_or_else(|| panic!("{}", made.body)));
        }
        let mut callers = Vec::new();
        for line in lines(CALLERS) {
            let words: Vec<&str> = line.split_whitespace().collect();
            let headers = match words[1..] {
                ["nobody"] => header::HeaderMap::new(),
                ["wrong"] => authorization("not-a-token-of-anybody"),
                ["expired", owner] => authorization(&token(&ann, owner, json!({ "expires_in": 1 })).await),
                ["session", _] => {
                    let cookies = ann.cookies("hub/api/").parse().unwrap();
                    let xsrf = ann.xsrf().parse().unwrap();
                    header::HeaderMap::from_iter([
                        (header::COOKIE, cookies),
                        (header::HeaderName::from_static("x-xsrftoken"), xsrf),
                    ])
                }
                ["token", owner, scopes] => {
                    let scopes: Vec<&str> = scopes.split(',').filter(|scope| *scope != "-").collect();
                    let browser = if owner == "ruth" { &ruth } else { &ann };
                    authorization(&token(browser, owner, json!({ "scopes": scopes })).await)
                }
                ["service", _] => authorization(&format!("the-secret-of-{}", words[0])),
                _ => panic!("not a caller: {line}"),
            };
            callers.push((words[0], headers));
        }
        app.hub.stop().await;
        drop(app);
        // In one piece: what lies beside a database comes and goes with its connections, and those end when they like.
        let whole = rusqlite::Connection::open(&database).unwrap();
        let copy = dir.path().join(DATABASE);
        whole.execute("VACUUM INTO ?1", [copy.to_str().unwrap()]).unwrap();
        Self { dir, callers, ids }
    }

    /// A hub that knows what the template knew, and nothing of what others did.
    async fn fresh(&self) -> (App, TempDir) {
        let dir = TempDir::new().unwrap();
        let database = dir.path().join(DATABASE);
        std::fs::copy(self.dir.path().join(DATABASE), &database).unwrap();
        let app = App::builder()
            .config(&config())
            .database(database.to_str().unwrap())
            .started_before(1)
            .start()
            .await;
        app.clock.advance(SignedDuration::from_secs(10));
        (app, dir)
    }

    fn path(&self, path: &str) -> String {
        let ids = self.ids.iter();
        ids.fold(path.to_owned(), |path, (name, id)| {
            path.replace(&format!("${name}"), id)
        })
    }

    /// The statuses of these requests for every caller. A hub that was changed is not asked again.
    async fn statuses(&self, requests: &[Request], client: &Client) -> Vec<Vec<u16>> {
        let mut rows = Vec::new();
        let mut hub = self.fresh().await;
        for request in requests {
            let mut row = Vec::new();
            for (_, headers) in &self.callers {
                let address = hub.0.hub_address();
                let url = format!("http://{address}/hub/api{}", self.path(request.path));
                let mut asked = client.request(request.method.clone(), url).headers(headers.clone());
                if let Some(body) = &request.body {
                    asked = asked.json(body);
                }
                let status = asked.send().await.unwrap().status();
                if request.changes_something() && status.is_success() {
                    hub = self.fresh().await;
                }
                row.push(status.as_u16());
            }
            rows.push(row);
        }
        rows
    }
}

fn table(rows: &[(&str, Vec<u16>)]) -> String {
    let callers = caller_names();
    let width = rows.iter().map(|(line, _)| line.len()).max().unwrap_or_default();
    let mut text = format!("{:width$}  {}\n", "", callers.join(" "));
    for (line, statuses) in rows {
        let cells: Vec<String> = callers
            .iter()
            .zip(statuses)
            .map(|(caller, status)| format!("{status:<0$}", caller.len().max(3)))
            .collect();
        let _ = writeln!(text, "{line:width$}  {}", cells.join(" ").trim_end());
    }
    text
}

/// What a table says: request and caller to status.
fn cells(text: &str) -> BTreeMap<(String, String), String> {
    let mut lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let callers: Vec<&str> = lines.next().unwrap_or_default().split_whitespace().collect();
    let mut cells = BTreeMap::new();
    for line in lines {
        let words: Vec<&str> = line.split_whitespace().collect();
        let (request, statuses) = words.split_at(words.len() - callers.len());
        for (caller, status) in callers.iter().zip(statuses) {
            cells.insert((request.join(" "), (*caller).to_owned()), (*status).to_owned());
        }
    }
    cells
}

/// Our table and JupyterHub's, compared: one line for each request and pair of statuses.
fn differences(ours: &str) -> BTreeSet<String> {
    let (ours, theirs) = (cells(ours), cells(JUPYTERHUB));
    let mut found: BTreeMap<(String, String, String), Vec<String>> = BTreeMap::new();
    for ((request, caller), their) in theirs {
        let our = ours
            .get(&(request.clone(), caller.clone()))
            .cloned()
            .unwrap_or_default();
        if our != their {
            found.entry((request, our, their)).or_default().push(caller);
        }
    }
    found
        .into_iter()
        .map(|((request, our, their), callers)| format!("{request} | {our} not {their} | {}", callers.join(" ")))
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_caller_gets_what_the_matrix_says() {
    let world = Arc::new(World::new().await);
    let client = Client::builder().no_proxy().build().unwrap();
    let requests = requests();
    // Reading requests share a hub, the others are spread: they need many.
    let rows: Vec<Vec<Vec<u16>>> = futures_util::stream::iter(requests.chunks(4))
        .map(|chunk| {
            let (world, client, chunk) = (Arc::clone(&world), client.clone(), chunk.to_vec());
            async move {
                tokio::spawn(async move { world.statuses(&chunk, &client).await })
                    .await
                    .unwrap()
            }
        })
        .buffered(AT_ONCE)
        .collect()
        .await;
    let rows: Vec<_> = requests.iter().map(|request| request.line).zip(rows.concat()).collect();
    let ours = table(&rows);
    insta::assert_snapshot!("matrix", ours);

    let explained: BTreeSet<String> = lines(DIFFERENCES)
        .map(|line| line.rsplit_once(" | ").unwrap().0.to_owned())
        .collect();
    let found = differences(&ours);
    let unexplained: Vec<_> = found.difference(&explained).collect();
    let gone: Vec<_> = explained.difference(&found).collect();
    assert!(
        unexplained.is_empty() && gone.is_empty(),
        "matrix/differences.txt: without a reason there: {unexplained:#?}\nno longer so: {gone:#?}"
    );
}

/// `/users/ann/tokens?x=y` is an address of `/users/{user}/tokens`.
fn is_address_of(template: &str, path: &str) -> bool {
    let path = path.split('?').next().unwrap_or_default();
    let (template, path): (Vec<_>, Vec<_>) = (template.split('/').collect(), path.split('/').collect());
    template.len() == path.len()
        && template
            .iter()
            .zip(path)
            .all(|(wanted, got)| wanted.starts_with('{') || *wanted == got)
}

#[test]
fn the_matrix_asks_for_every_operation() {
    // Pages for people, who come with a browser.
    let for_people = ["/oauth2/authorize"];
    let requests = requests();
    let missing: Vec<_> = operations(&described())
        .into_iter()
        .filter(|(_, path)| !for_people.contains(&path.as_str()))
        // It lies beside the API, and `scim.rs` says who may ask there.
        .filter(|(_, path)| !path.starts_with("/scim/"))
        .filter(|(method, path)| {
            let asked = |request: &Request| request.method.as_str() == method && is_address_of(path, request.path);
            !requests.iter().any(asked)
        })
        .collect();
    assert!(missing.is_empty(), "matrix/requests.txt lacks {missing:#?}");
}
