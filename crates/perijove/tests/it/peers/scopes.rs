//! Scopes against JupyterHub's own functions, on random questions: `scripts/oracle/scopes.py` asks them.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use perijove_model::scopes::{
    Catalog, ClientResource, CustomScope, Filter, Owner, RawScope, Resource, Scope, ScopeSet, resolve_requested,
};
use perijove_model::{Rng, SeededRng};
use serde_json::{Value, json};

use crate::support;

/// Of each kind.
const QUESTIONS: usize = 1000;
const SEED: u64 = 20_261_121;

const FILTERS: [&str; 11] = [
    "user=alice",
    "user=bob",
    "user=carol",
    "group=red",
    "group=blue",
    "service=dash",
    "service=cull",
    "server=alice/",
    "server=alice/gpu",
    "server=bob/gpu",
    "server=carol/x",
];
const OWNERS: [&str; 5] = ["user=alice", "user=bob", "user=carol", "service=dash", "service=cull"];
const CLIENTS: [&str; 4] = ["server=alice/", "server=bob/gpu", "service=dash", "service=cull"];

/// alice is in red and blue, bob in blue.
fn in_group(user: &str, group: &str) -> bool {
    matches!((user, group), ("alice", "red" | "blue") | ("bob", "blue"))
}

fn catalog() -> Catalog {
    let custom = |name: &str, subscopes: &[&str]| CustomScope {
        name: name.into(),
        description: "of the site".into(),
        subscopes: subscopes.iter().map(ToString::to_string).collect(),
    };
    let scopes = [
        custom("custom:lab:write", &["custom:lab:read"]),
        custom("custom:lab:read", &[]),
    ];
    Catalog::with_custom(&scopes).unwrap()
}

fn resource(text: &str) -> Resource<'_> {
    let (kind, name) = text.split_once('=').unwrap();
    match (kind, name.split_once('/')) {
        ("user", _) => Resource::User(name),
        ("group", _) => Resource::Group(name),
        ("service", _) => Resource::Service(name),
        (_, Some((user, server))) => Resource::Server { user, server },
        _ => panic!("{text} is nothing"),
    }
}

/// Makes questions; the same ones for the same seed.
struct Asking {
    rng: SeededRng,
    names: Vec<String>,
}

impl Asking {
    fn new() -> Self {
        let theirs = Scope::ALL
            .iter()
            .filter(|scope| !scope.is_perijoves() && !scope.is_metascope());
        let custom = ["custom:lab:write", "custom:lab:read"];
        Self {
            rng: SeededRng::new(SEED),
            names: theirs
                .map(|scope| scope.name())
                .chain(custom)
                .map(str::to_owned)
                .collect(),
        }
    }

    fn below(&self, bound: usize) -> usize {
        let dice: &dyn Rng = &self.rng;
        dice.below(u32::try_from(bound).unwrap()) as usize
    }

    fn one<'a, T: ?Sized>(&self, of: &[&'a T]) -> &'a T {
        of[self.below(of.len())]
    }

    /// A few names of scopes, so that several filters meet at one.
    fn some_names(&self) -> Vec<String> {
        (0..=self.below(3))
            .map(|_| self.names[self.below(self.names.len())].clone())
            .collect()
    }

    fn expanded_of(&self, names: &[String]) -> Vec<String> {
        let most = self.below(7);
        let scope = |_| {
            let name = &names[self.below(names.len())];
            match self.below(8) {
                0 => name.clone(),
                _ => format!("{name}!{}", self.one(&FILTERS)),
            }
        };
        (0..most).map(scope).collect::<BTreeSet<_>>().into_iter().collect()
    }

    fn raw(&self) -> Vec<String> {
        let scope = |_| {
            let name = &self.names[self.below(self.names.len())];
            match self.below(10) {
                0 => "self".to_owned(),
                1 | 2 => name.clone(),
                3 => format!("{name}!user"),
                4 => format!("{name}!service"),
                5 => format!("{name}!server"),
                _ => format!("{name}!{}", self.one(&FILTERS)),
            }
        };
        (0..self.below(6))
            .map(scope)
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect()
    }

    fn client(&self) -> Option<&'static str> {
        (self.below(4) > 0).then(|| self.one(&CLIENTS))
    }

    fn user(&self) -> &'static str {
        self.one(&OWNERS[..3])
    }

    fn question(&self, kind: &str) -> Value {
        let (names, owner, client) = (self.some_names(), self.one(&OWNERS), self.client());
        match kind {
            "expand" => json!({ "scopes": self.raw(), "owner": owner, "client": client }),
            "intersect" => json!({ "scopes": self.expanded_of(&names), "other": self.expanded_of(&names) }),
            "has" => {
                let (name, scopes) = (&names[0], self.expanded_of(&names));
                let wanted = match self.below(4) {
                    0 => name.clone(),
                    _ => format!("{name}!{}", self.one(&FILTERS)),
                };
                json!({ "scopes": scopes, "wanted": wanted })
            }
            "covers" => {
                let mut scopes = self.expanded_of(&names[..1]);
                scopes.push(format!("{}!{}", names[0], self.one(&FILTERS)));
                json!({ "scopes": scopes, "resource": self.one(&FILTERS) })
            }
            "resolve" => {
                let held: Vec<String> = self.raw().into_iter().chain(self.raw()).collect();
                let mut scopes = self.raw();
                scopes.extend(held.iter().filter(|_| self.below(2) == 0).cloned());
                json!({ "scopes": scopes, "held": held, "owner": self.user(), "client": client })
            }
            "token" => {
                let mut scopes = self.raw();
                if self.below(8) == 0 {
                    scopes.push("inherit".to_owned());
                }
                let role: Vec<String> = self.raw().into_iter().chain(self.raw()).collect();
                json!({ "scopes": scopes, "role": role, "owner": owner, "client": client })
            }
            other => panic!("nobody asks {other}"),
        }
    }
}

fn texts(value: &Value) -> Vec<String> {
    serde_json::from_value(value.clone()).unwrap()
}

fn owner(question: &Value) -> Owner<'_> {
    match resource(question["owner"].as_str().unwrap()) {
        Resource::User(name) => Owner::User(name),
        Resource::Service(name) => Owner::Service(name),
        other => panic!("{other} owns nothing"),
    }
}

fn client(question: &Value) -> Option<ClientResource<'_>> {
    Some(match resource(question["client"].as_str()?) {
        Resource::Server { user, server } => ClientResource::Server { user, server },
        Resource::Service(name) => ClientResource::Service(name),
        other => panic!("{other} is no client"),
    })
}

/// What we say to it, in the form in which JupyterHub says it.
fn answer(catalog: &Catalog, question: &Value) -> Value {
    let scopes = texts(&question["scopes"]);
    let read = |scopes: &[String]| catalog.read_expanded(scopes).unwrap();
    match question["ask"].as_str().unwrap() {
        "expand" => json!(
            catalog
                .expand(&scopes, &owner(question), client(question).as_ref())
                .to_strings()
        ),
        "intersect" => {
            let other = read(&texts(&question["other"]));
            json!(read(&scopes).intersect(&other, &in_group).to_strings())
        }
        "has" => {
            let wanted = question["wanted"].as_str().unwrap();
            let (name, filter) = wanted.split_once('!').unwrap_or((wanted, ""));
            let filter = Filter::parse(filter);
            let resource = filter.as_ref().map_or(Resource::Everything, Filter::resource);
            json!(holds(catalog, &read(&scopes), name, resource))
        }
        "covers" => {
            let name = scopes[0].split('!').next().unwrap();
            let resource = resource(question["resource"].as_str().unwrap());
            json!(holds(catalog, &read(&scopes), name, resource))
        }
        "resolve" => {
            let raw = |scopes: &[String]| -> BTreeSet<RawScope> {
                scopes.iter().map(|scope| catalog.parse(scope).unwrap()).collect()
            };
            let held = raw(&texts(&question["held"]));
            let requested = raw(&scopes);
            let (owner, client) = (owner(question), client(question));
            let resolved = resolve_requested(catalog, &requested, &held, &owner, client.as_ref(), &in_group);
            let sorted = |raw: BTreeSet<RawScope>| raw.iter().map(ToString::to_string).collect::<BTreeSet<_>>();
            json!([sorted(resolved.allowed), sorted(resolved.refused)])
        }
        "token" => {
            let (owner, client) = (owner(question), client(question));
            let held = catalog.expand(&texts(&question["role"]), &owner, None);
            let token = catalog.token_scopes(&scopes, &owner, client.as_ref(), &held, &in_group);
            json!(token.to_strings())
        }
        other => panic!("nobody asks {other}"),
    }
}

/// Of what is requested in part, JupyterHub also names what something else that is allowed contains: there it is the
/// meaning that must be the same.
fn same(catalog: &Catalog, question: &Value, ours: &Value, theirs: &Value) -> bool {
    if question["ask"] != "resolve" {
        return ours == theirs;
    }
    let (owner, client) = (owner(question), client(question));
    let meaning = |answer: &Value| catalog.expand(&texts(&answer[0]), &owner, client.as_ref());
    let (mine, others) = (meaning(ours), meaning(theirs));
    ours[1] == theirs[1] && mine.is_subset(&others, &in_group) && others.is_subset(&mine, &in_group)
}

fn holds(catalog: &Catalog, scopes: &ScopeSet, name: &str, resource: Resource<'_>) -> bool {
    scopes
        .has(catalog.named(name).unwrap(), resource, &in_group)
        .is_granted()
}

#[test]
fn scopes_are_what_jupyterhub_makes_of_them() {
    let Some(environment) = support::environment("test", "scopes beside JupyterHub's functions") else {
        return;
    };
    let asking = Asking::new();
    let kinds = ["expand", "intersect", "has", "covers", "resolve", "token"];
    let questions: Vec<Value> = (0..QUESTIONS * kinds.len())
        .map(|number| {
            let kind = kinds[number % kinds.len()];
            let mut question = asking.question(kind);
            question["ask"] = json!(kind);
            question
        })
        .collect();
    let answers = ask(&environment, &questions);
    assert_eq!(answers.len(), questions.len());
    let catalog = catalog();
    let mut wrong = Vec::new();
    for (number, (question, theirs)) in questions.iter().zip(&answers).enumerate() {
        let ours = answer(&catalog, question);
        if !same(&catalog, question, &ours, theirs) {
            wrong.push(format!(
                "question {number}: {question}\n  JupyterHub: {theirs}\n  Perijove:   {ours}"
            ));
        }
    }
    let shown = wrong.iter().take(10).map(String::as_str).collect::<Vec<_>>().join("\n");
    assert!(
        wrong.is_empty(),
        "seed {SEED}: {} of {} answers differ\n{shown}",
        wrong.len(),
        questions.len()
    );
}

fn ask(environment: &Path, questions: &[Value]) -> Vec<Value> {
    let mut oracle = Command::new(environment.join("bin/python"))
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/../../scripts/oracle/scopes.py"))
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let text: String = questions.iter().map(|question| format!("{question}\n")).collect();
    let mut stdin = oracle.stdin.take().unwrap();
    // It answers while it is asked: neither must wait for the other.
    let asking = std::thread::spawn(move || stdin.write_all(text.as_bytes()));
    let output = oracle.wait_with_output().unwrap();
    asking.join().unwrap().unwrap();
    assert!(output.status.success(), "the oracle failed");
    let answers = String::from_utf8(output.stdout).unwrap();
    answers
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}
