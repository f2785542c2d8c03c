//! What people read: errors, descriptions, roles; and tokens from end to end.

use std::collections::BTreeSet;

use super::*;

const ALICE: Owner<'static> = Owner::User("alice");
const HER_SERVER: ClientResource<'static> = ClientResource::Server {
    user: "alice",
    server: "",
};

fn error(text: &str) -> String {
    catalog().parse(text).unwrap_err().to_string()
}

#[test]
fn errors_name_the_scope_and_help() {
    assert_eq!(error("nope"), "Scope 'nope' does not exist");
    assert_eq!(error("nope!user=x"), "Scope 'nope!user=x' does not exist");
    assert_eq!(error("custom:other"), "Scope 'custom:other' does not exist");
    assert_eq!(error("all"), "Draft scope 'all' is now called 'inherit'");
    for bad in [
        "",
        "!",
        "!user",
        "!user=",
        "!group",
        "!host=x",
        "!server=alice",
        "!server=/x",
        "!=",
        "!user=a=",
        "!USER=a",
    ] {
        let read = catalog().parse(&format!("users{bad}"));
        let ok = matches!(bad, "" | "!user" | "!user=a=");
        assert_eq!(read.is_ok(), ok, "{bad}: {read:?}");
    }
    assert!(
        error("users!group").starts_with("Scope filter '!group' in scope 'users!group' does not exist: use !user,")
    );
    let of_role = catalog()
        .check(&["self".into(), "x".into()], "role teacher")
        .unwrap_err();
    assert_eq!(of_role.to_string(), "Scope 'x' for role teacher does not exist");
}

#[test]
fn refusals_carry_the_contracts_text() {
    let held = set("servers!user=alice");
    let ask = [Scope::AdminServers, Scope::Servers];
    let refusal = |about| held.require(&ask, about, &NoGroups).unwrap_err().to_string();
    assert_eq!(
        refusal(Resource::Everything),
        "Action is not authorized with current scopes; requires any of [admin:servers, servers]"
    );
    assert_eq!(
        refusal(Resource::User("bob")),
        "No access to resources or resources not found"
    );
    assert!(held.require(&ask, Resource::User("alice"), &NoGroups).is_ok());
    assert!(held.require_some(Scope::Servers).is_ok());
    assert!(held.require_some(Scope::ListUsers).is_err());
}

#[test]
fn custom_scopes_are_checked() {
    let define = |scopes: &[(&str, &str, &[&str])]| {
        let scopes: Vec<_> = scopes
            .iter()
            .map(|(name, description, subscopes)| CustomScope {
                name: (*name).into(),
                description: (*description).into(),
                subscopes: subscopes.iter().map(ToString::to_string).collect(),
            })
            .collect();
        Catalog::with_custom(&scopes).map_err(|error| error.to_string())
    };
    for name in ["custom:ab*", "custom:a:b_c-d"] {
        assert!(define(&[(name, "d", &[])]).is_ok(), "{name}");
    }
    for name in [
        "users",
        "custom:",
        "custom:a",
        "custom:ab",
        "custom:Abc",
        "custom:abc-",
        "custom:abc:",
        "custom:-abc",
        "custom:é11",
    ] {
        assert!(define(&[(name, "d", &[])]).unwrap_err().contains(name), "{name}");
    }
    assert!(define(&[("custom:abc", "", &[])]).unwrap_err().contains("description"));
    assert!(
        define(&[("custom:abc", "d", &["users"])])
            .unwrap_err()
            .contains("use a role")
    );
    assert!(
        define(&[("custom:abc", "d", &["custom:xyz"])])
            .unwrap_err()
            .contains("not defined")
    );
    assert!(
        define(&[("custom:abc", "d", &[]), ("custom:abc", "e", &[])])
            .unwrap_err()
            .contains("twice")
    );
    assert!(define(&[("custom:abc", "d", &[]), ("custom:abc", "d", &[])]).is_ok());
    // A circle is no reason to hang.
    let circle = define(&[
        ("custom:abc", "d", &["custom:xyz"]),
        ("custom:xyz", "d", &["custom:abc"]),
    ])
    .unwrap();
    assert_eq!(circle.expand(&["custom:abc!user"], &ALICE, None).to_strings().len(), 2);
}

#[test]
fn scopes_without_meaning_are_told() {
    let raw = ["self", "gone:scope", "servers!server", "users!service", "read:hub"];
    assert_eq!(
        catalog().unheeded(&raw, &ALICE, None),
        ["gone:scope", "servers!server", "users!service"]
    );
    assert_eq!(catalog().unheeded(&["self"], &Owner::Service("cull"), None), ["self"]);
}

#[test]
fn a_share_is_for_its_server_whatever_was_stored() {
    let stored = ["access:servers!server=old-name/", "read:servers", "inherit", "self"];
    let granted = catalog().expand_share(&stored, "bob", "gpu");
    assert_eq!(
        granted.to_strings(),
        ["access:servers!server=bob/gpu", "read:servers!server=bob/gpu"]
    );
}

#[test]
fn a_token_never_outgrows_its_owner() {
    let owner = catalog().expand(&["self"], &ALICE, None);
    let token = |raw: &[&str], client| {
        catalog()
            .token_scopes(raw, &ALICE, client, &owner, &in_group)
            .to_strings()
    };
    assert_eq!(token(&["inherit", "admin:users"], None), owner.to_strings());
    assert_eq!(
        token(&[], None),
        ["read:users:groups!user=alice", "read:users:name!user=alice"]
    );
    assert_eq!(
        token(&["shutdown", "tokens", "users:activity!user=bob"], Some(&HER_SERVER)),
        [
            "access:servers!server=alice/",
            "read:tokens!user=alice",
            "read:users:groups!user=alice",
            "read:users:name!user=alice",
            "tokens!user=alice",
        ]
    );
    let bobs = ClientResource::Server {
        user: "bob",
        server: "",
    };
    assert!(!token(&[], Some(&bobs)).iter().any(|scope| scope.starts_with("access:")));
}

#[test]
fn a_new_token_beyond_its_owner_is_refused() {
    let owner = catalog().expand(&["self"], &ALICE, None);
    let check = |raw: &[&str]| catalog().check_token_scopes(raw, &ALICE, None, &owner, &in_group);
    assert_eq!(check(&["inherit"]), Ok(()));
    assert_eq!(check(&["inherit", "servers!user", "read:users!user=alice"]), Ok(()));
    assert_eq!(
        check(&["inherit", "shutdown", "tokens!user=bob"])
            .unwrap_err()
            .to_string(),
        "Not assigning requested scopes read:tokens!user=bob,shutdown,tokens!user=bob not held by User alice"
    );
    assert!(check(&["servers"]).is_err());
}

#[test]
fn memberships_are_needed_only_for_group_filters() {
    assert!(!set("users servers!user=alice").needs_membership());
    let held = set("users!group=red servers!server=bob/gpu tokens!user=alice");
    assert_eq!(held.named_groups().collect::<Vec<_>>(), ["red"]);
    assert_eq!(
        held.named_users().collect::<BTreeSet<_>>(),
        BTreeSet::from(["alice", "bob"])
    );
    let members: Members = [("alice".to_owned(), "red".to_owned())].into_iter().collect();
    let groups = ["red".to_owned()];
    let alices = GroupsOf {
        user: "alice",
        groups: &groups,
    };
    for membership in [&members as &dyn Membership, &alices] {
        assert_eq!(
            held.has(Scope::Users, Resource::User("alice"), membership),
            Access::Granted
        );
        assert_eq!(
            held.has(Scope::Users, Resource::User("bob"), membership),
            Access::FilteredOut
        );
    }
    assert_eq!(held.has(Scope::Shutdown, Resource::Everything, &NoGroups), Access::None);
}

#[test]
fn lists_are_filtered_by_kind() {
    let held = set("list:users!user=alice list:users!group=red list:users!server=bob/x read:hub");
    let Some(Reach::Only(filters)) = held.filters_for(Scope::ListUsers) else {
        panic!()
    };
    assert_eq!(filters.users().collect::<Vec<_>>(), ["alice"]);
    assert_eq!(filters.groups().collect::<Vec<_>>(), ["red"]);
    assert_eq!(filters.servers().collect::<Vec<_>>(), [("bob", "x")]);
    assert_eq!(filters.services().count(), 0);
    assert_eq!(held.filters_for(Scope::ReadHub), Some(&Reach::All));
}

#[test]
fn sign_in_includes_who_and_access() {
    let required: Vec<String> = required_scopes(&HER_SERVER).iter().map(ToString::to_string).collect();
    assert_eq!(
        required,
        [
            "read:users:name!user",
            "read:users:groups!user",
            "access:servers!server=alice/"
        ]
    );
    let dash = ClientResource::Service("dash");
    assert!(
        required_scopes(&dash)
            .iter()
            .any(|raw| raw.to_string() == "access:services!service=dash")
    );
    let requested = read_requested(&catalog(), "identify  self access:servers!server").unwrap();
    assert_eq!(requested.len(), 2);
    assert!(read_requested(&catalog(), "teacher").is_err());
}

#[test]
fn the_page_says_what_is_granted_and_to_whom_it_is_limited() {
    let required = required_scopes(&HER_SERVER);
    let lines = |granted: &[&str]| {
        let granted = granted
            .iter()
            .map(|raw| catalog().parse(raw).unwrap())
            .chain(required.clone())
            .collect();
        let lines = describe_granted(&catalog(), &granted, &required, "alice");
        lines
            .into_iter()
            .map(|line| format!("{}|{}|{}", line.scope, line.description, line.filter))
            .collect::<Vec<_>>()
    };
    assert_eq!(lines(&[]), ["(no_scope)|Know who you are|"]);
    assert_eq!(lines(&["inherit", "servers"]), ["inherit|Everything that you may do|"]);
    assert_eq!(
        lines(&[
            "servers!user",
            "servers!user=alice",
            "servers!user=bob",
            "servers!group=red",
            "servers!server=alice/",
            "servers!server=bob/gpu",
            "read:services!service=dash",
            "custom:lab:read",
        ]),
        [
            "servers|Start and stop servers|only you",
            "servers|Start and stop servers|only you",
            "servers|Start and stop servers|only user bob",
            "servers|Start and stop servers|only users in group red",
            "servers|Start and stop servers|only your default server",
            "servers|Start and stop servers|only bob's server gpu",
            "read:services|Read services|only service dash",
            "custom:lab:read|about custom:lab:read|",
        ]
    );
}

#[test]
fn the_most_that_scopes_come_to_has_no_owner() {
    let most = |raw: &[&str]| catalog().expand_at_most(raw);
    assert_eq!(most(&["servers!user", "tokens!server"]), most(&["servers", "tokens"]));
    assert!(most(&["self"]).holds_all(Scope::AccessServers));
    assert_eq!(
        most(&["list:users!group=red"]),
        set("list:users!group=red read:users:name!group=red")
    );
    for owner in [ALICE, Owner::Service("dash"), Owner::Group("red")] {
        let raw = ["self", "servers!user", "read:services!service", "users!group=red"];
        assert!(catalog().expand(&raw, &owner, None).is_subset(&most(&raw), &in_group));
    }
}

#[test]
fn names_of_roles_follow_the_contract() {
    let long = format!("a{}z", "b".repeat(253));
    for good in ["abc", "a-_~.9", long.as_str()] {
        assert_eq!(roles::check_role_name(good), Ok(()), "{good}");
    }
    let too_long = format!("{long}z");
    for bad in [
        "",
        "a",
        "ab",
        "1ab",
        "ab-",
        "Abc",
        "a b",
        "é11",
        "abc\n",
        too_long.as_str(),
    ] {
        assert!(
            roles::check_role_name(bad).unwrap_err().to_string().contains(bad),
            "{bad}"
        );
    }
}

#[test]
fn default_roles_consist_of_scopes() {
    for role in roles::DEFAULT_ROLES {
        assert_eq!(roles::check_role_name(role.name), Ok(()));
        for scope in role.scopes {
            assert!(Catalog::default().parse(scope).is_ok(), "{scope} of {}", role.name);
        }
    }
    let whole = [roles::ADMIN.scopes, roles::ADMIN_BESIDES].concat();
    let admin = Catalog::default().expand(&whole, &ALICE, None);
    let missing: Vec<&str> = Scope::ALL
        .iter()
        .filter(|scope| !admin.holds_all(**scope))
        .map(|scope| scope.name())
        .collect();
    assert_eq!(missing, ["(no_scope)", "self", "inherit"]);
}
