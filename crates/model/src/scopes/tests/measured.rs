//! Each line of `measured.txt` is one answer of JupyterHub's.

use std::collections::BTreeSet;

use super::*;

fn cases(kind: &str) -> impl Iterator<Item = (&'static str, &'static str)> {
    let lines = include_str!("measured.txt").lines();
    let cases: Vec<_> = lines
        .filter_map(|line| line.strip_prefix(kind)?.split_once("=>"))
        .map(|(question, answer)| (question.trim(), answer.trim()))
        .collect();
    assert!(cases.len() >= 10, "{kind}: too few cases were read");
    cases.into_iter()
}

/// Splits `user=alice server=alice/: QUESTION`.
fn for_whom(question: &str) -> (Owner<'_>, Option<ClientResource<'_>>, &str) {
    let (whose, question) = question.split_once(": ").unwrap();
    let (owner, client) = whose.split_once(' ').unwrap();
    let owner = match resource(owner) {
        Resource::User(name) => Owner::User(name),
        Resource::Service(name) => Owner::Service(name),
        other => panic!("{other:?} owns nothing"),
    };
    let client = match resource(client) {
        Resource::Server { user, server } => Some(ClientResource::Server { user, server }),
        Resource::Service(name) => Some(ClientResource::Service(name)),
        _ => None,
    };
    (owner, client, question)
}

fn raw(text: &str) -> BTreeSet<RawScope> {
    words_of(text)
        .into_iter()
        .map(|scope| catalog().parse(scope).unwrap())
        .collect()
}

fn printed(raw: &BTreeSet<RawScope>) -> String {
    raw.iter()
        .map(ToString::to_string)
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect::<Vec<_>>()
        .join(" ")
}

#[test]
fn the_tree_is_the_same() {
    let mut told = BTreeSet::new();
    for (name, subscopes) in cases("tree: ") {
        let scope = Scope::named(name).unwrap_or_else(|| panic!("{name} is missing"));
        let names = |scopes: &[Scope]| scopes.iter().map(|s| s.name()).collect::<BTreeSet<_>>();
        assert_eq!(
            names(scope.direct()),
            words_of(subscopes).into_iter().collect(),
            "{name}"
        );
        told.insert(scope);
    }
    let theirs = Scope::ALL.iter().copied().filter(|scope| !scope.is_perijoves());
    assert_eq!(told, theirs.collect());
}

#[test]
fn expansion_is_the_same() {
    for (question, answer) in cases("expand ") {
        let (owner, client, scopes) = for_whom(question);
        let expanded = catalog().expand(&words_of(scopes), &owner, client.as_ref());
        assert_eq!(expanded.to_strings(), words_of(answer), "{question}");
    }
}

#[test]
fn intersection_is_the_same() {
    for (question, answer) in cases("intersect: ") {
        let (a, b) = question.split_once(" & ").unwrap();
        assert_eq!(
            set(a).intersect(&set(b), &in_group).to_strings(),
            words_of(answer),
            "{question}"
        );
    }
}

#[test]
fn decisions_and_refusals_are_the_same() {
    for (question, answer) in cases("has: ") {
        let (asked, held) = question.split_once(" | ").unwrap();
        let (scope, about) = asked.split_once(' ').unwrap();
        let scope = catalog().named(scope).unwrap();
        let answered = match set(held).require(&[scope], resource(about), &in_group) {
            Ok(()) => "granted",
            Err(Denied::Forbidden(_)) => "403",
            Err(Denied::NotFound) => "404",
        };
        assert_eq!(answered, answer, "{question}");
    }
}

#[test]
fn requests_for_scopes_come_to_the_same() {
    for (question, answer) in cases("resolve ") {
        let (owner, client, scopes) = for_whom(question);
        let (requested, held) = scopes.split_once(" | ").unwrap();
        let answer = answer.split('|').map(str::trim).collect::<Vec<_>>();
        let resolved = resolve_requested(
            &catalog(),
            &raw(requested),
            &raw(held),
            &owner,
            client.as_ref(),
            &in_group,
        );
        assert_eq!(printed(&resolved.allowed), answer[0], "{question}: allowed");
        assert_eq!(printed(&resolved.refused), answer[1], "{question}: refused");
    }
}
