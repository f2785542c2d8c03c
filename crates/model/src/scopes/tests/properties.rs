//! The algebra against a model that knows only strings.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

const SCOPES: [&str; 5] = [
    "users",
    "servers",
    "read:users:name",
    "access:services",
    "custom:lab:read",
];
const FILTERS: [&str; 10] = [
    "user=alice",
    "user=bob",
    "user=carol",
    "group=red",
    "group=blue",
    "service=dash",
    "server=alice/",
    "server=alice/gpu",
    "server=bob/",
    "server=carol/x",
];

/// A set of `(scope, filter)`; the empty filter is everything.
type Naive = BTreeSet<(String, String)>;

fn naive() -> impl Strategy<Value = Naive> {
    let filter = prop_oneof![1 => Just(""), 6 => prop::sample::select(&FILTERS[..])];
    let pair = (prop::sample::select(&SCOPES[..]), filter).prop_map(|(s, f)| (s.to_owned(), f.to_owned()));
    prop::collection::btree_set(pair, 0..8)
}

fn real(naive: &Naive) -> ScopeSet {
    let text = |(scope, filter): &(String, String)| match filter.as_str() {
        "" => scope.clone(),
        filter => format!("{scope}!{filter}"),
    };
    catalog()
        .read_expanded(&naive.iter().map(text).collect::<Vec<_>>())
        .unwrap()
}

/// Whether one filter lies within another.
fn inside(inner: &str, outer: &str) -> bool {
    let user = inner
        .strip_prefix("user=")
        .or_else(|| inner.strip_prefix("server=")?.split('/').next());
    outer.is_empty()
        || inner == outer
        || match (user, outer.split_once('=')) {
            (Some(user), Some(("user", name))) => user == name,
            (Some(user), Some(("group", group))) => in_group(user, group),
            _ => false,
        }
}

fn allows(naive: &Naive, scope: &str, filter: &str) -> bool {
    naive.iter().any(|(s, f)| s == scope && inside(filter, f))
}

fn reduced(set: &Naive) -> Naive {
    let needed =
        |(scope, filter): &&(String, String)| filter.is_empty() || !set.contains(&(scope.clone(), String::new()));
    set.iter().filter(needed).cloned().collect()
}

fn meet(a: &Naive, b: &Naive) -> Naive {
    let (a, b) = (&reduced(a), &reduced(b));
    let mut common = Naive::new();
    for (scope, mine) in a {
        for (_, theirs) in b.iter().filter(|(other, _)| other == scope) {
            if inside(mine, theirs) {
                common.insert((scope.clone(), mine.clone()));
            } else if inside(theirs, mine) {
                common.insert((scope.clone(), theirs.clone()));
            }
        }
    }
    common
}

/// Everything that one can ask for: each scope, for everything and for each thing that exists.
fn questions() -> impl Iterator<Item = (&'static str, &'static str)> {
    SCOPES
        .into_iter()
        .flat_map(|scope| FILTERS.into_iter().chain([""]).map(move |filter| (scope, filter)))
}

fn granted(set: &ScopeSet, scope: &str, filter: &str) -> bool {
    let scope = catalog().named(scope).unwrap();
    set.has(scope, resource(filter), &in_group).is_granted()
}

proptest! {
    #[test]
    fn reducing_keeps_the_meaning(a in naive()) {
        for (scope, filter) in questions() {
            prop_assert_eq!(granted(&real(&a), scope, filter), allows(&a, scope, filter), "{} {}", scope, filter);
        }
        let strings = real(&a).to_strings();
        for pair in &strings {
            let (scope, filter) = pair.split_once('!').unwrap_or((pair, ""));
            prop_assert!(a.contains(&(scope.to_owned(), filter.to_owned())));
            prop_assert!(filter.is_empty() || !strings.contains(&scope.to_owned()), "{} is covered already", pair);
        }
    }

    #[test]
    fn intersection_is_what_the_model_says(a in naive(), b in naive()) {
        let common = real(&a).intersect(&real(&b), &in_group);
        prop_assert_eq!(&common, &real(&meet(&a, &b)));
        prop_assert_eq!(&common, &real(&b).intersect(&real(&a), &in_group));
    }

    #[test]
    fn intersection_never_grants_what_one_side_lacks(a in naive(), b in naive()) {
        let common = real(&a).intersect(&real(&b), &in_group);
        for (scope, filter) in questions() {
            let both = allows(&a, scope, filter) && allows(&b, scope, filter);
            prop_assert!(both || !granted(&common, scope, filter), "{} {}", scope, filter);
            // Two different groups are the one thing whose common part has no name.
            if !a.iter().chain(&b).any(|(_, f)| f.starts_with("group=")) {
                prop_assert_eq!(both, granted(&common, scope, filter), "{} {}", scope, filter);
            }
        }
        prop_assert!(common.is_subset(&real(&a), &in_group));
        prop_assert!(common.is_subset(&real(&b), &in_group));
    }

    #[test]
    fn intersection_with_itself_changes_nothing(a in naive()) {
        prop_assert_eq!(real(&a).intersect(&real(&a), &in_group), real(&a));
    }

    #[test]
    fn holding_less_never_grants_more(a in naive(), b in naive(), keep in prop::collection::vec(any::<bool>(), 8)) {
        let less: Naive = a.iter().zip(keep).filter(|(_, keep)| *keep).map(|(pair, _)| pair.clone()).collect();
        prop_assert!(real(&less).is_subset(&real(&a), &in_group));
        let less = real(&less).intersect(&real(&b), &in_group);
        prop_assert!(less.is_subset(&real(&a).intersect(&real(&b), &in_group), &in_group));
    }

    #[test]
    fn extending_is_the_union(a in naive(), b in naive()) {
        let mut both = real(&a);
        both.extend(real(&b));
        prop_assert_eq!(both, real(&a.union(&b).cloned().collect()));
    }

    #[test]
    fn what_is_in_excess_is_what_the_other_lacks(a in naive(), b in naive()) {
        let excess = real(&a).excess(&real(&b), &in_group);
        for (scope, filter) in &a {
            let reduced_away = !filter.is_empty() && a.contains(&(scope.clone(), String::new()));
            let named = excess.iter().any(|(s, reach)| s.name() == scope && match reach {
                Reach::All => filter.is_empty(),
                Reach::Only(filters) => filters.iter().any(|f| f.to_string() == *filter),
            });
            prop_assert_eq!(named, !reduced_away && !allows(&b, scope, filter), "{} {}", scope, filter);
        }
    }

    #[test]
    fn expanded_scopes_expand_to_themselves(
        picks in prop::collection::vec((0..Scope::ALL.len(), prop::option::of(prop::sample::select(&FILTERS[..]))), 0..6)
    ) {
        let raw: Vec<String> = picks
            .into_iter()
            .map(|(scope, filter)| match filter {
                Some(filter) => format!("{}!{filter}", Scope::ALL[scope]),
                None => Scope::ALL[scope].to_string(),
            })
            .collect();
        let expanded = catalog().expand(&raw, &Owner::User("alice"), None);
        let strings = expanded.to_strings();
        prop_assert!(strings.is_sorted());
        prop_assert_eq!(&catalog().expand(&strings, &Owner::Service("x"), None), &expanded);
        prop_assert_eq!(&catalog().read_expanded(&strings).unwrap(), &expanded);
    }

    #[test]
    fn any_text_is_read_back_or_refused(text in "(users|self|custom:lab:read|all|x)?(!(user|group|server|service)?=?[a/!= é]{0,6})?") {
        if let Ok(raw) = catalog().parse(&text) {
            prop_assert_eq!(raw.to_string(), text);
        }
    }
}
