//! Signing in by a directory, against a real one.
#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "tests, which wait for a directory and are told where to say what they skip"
)]

mod directory;

use std::time::Duration;

use directory::{BASE, Directory, ROOT, ROOT_PASSWORD, free_port};
use ldap3::{LdapConnAsync, LdapConnSettings, Mod};
use perijove_auth::ldap::{Groups, Ldap, Lookup, Nested, Security, Server, Settings, client_config};
use perijove_auth::{Answer, Authenticator, Credentials, Identity, Member, Refreshed, Rules};
use perijove_model::Secret;

fn settings(directory: &Directory, security: Security) -> Settings {
    let url = match security {
        Security::Tls => format!("ldaps://127.0.0.1:{}", directory.tls),
        _ => format!("ldap://127.0.0.1:{}", directory.plain),
    };
    Settings {
        servers: vec![Server { url, security }],
        tls: Some(client_config(Some(&directory.authority())).unwrap()),
        timeout: Duration::from_secs(20),
        at_once: 4,
        bind_dn_templates: Vec::new(),
        lookup: Lookup {
            user: Some((format!("cn=searcher,{BASE}"), Secret::new("the searcher's"))),
            base: Some(format!("ou=people,{BASE}")),
            attribute: "uid".to_owned(),
            filter: None,
            username_attribute: None,
        },
        groups: Groups {
            base: Some(format!("ou=groups,{BASE}")),
            filter: "(|(member={userdn})(uniqueMember={userdn})(memberUid={username}))".to_owned(),
            attribute: "cn".to_owned(),
            nested: Nested::No,
        },
        auth_state_attributes: vec!["mail".to_owned(), "employeeType".to_owned()],
    }
}

fn by_template(directory: &Directory) -> Settings {
    Settings {
        bind_dn_templates: vec![
            format!("uid={{username}},ou=former,ou=people,{BASE}"),
            format!("uid={{username}},ou=people,{BASE}"),
        ],
        lookup: Lookup::default(),
        ..settings(directory, Security::StartTls)
    }
}

async fn sign_in(settings: &Settings, username: &str, password: &str) -> Answer {
    let method = Ldap::new("ldap", settings.clone(), Rules::default());
    let credentials = Credentials {
        username: username.to_owned(),
        password: Secret::new(password),
        code: None,
    };
    method.check(&credentials).await.unwrap()
}

fn known(answer: Answer) -> Identity {
    match answer {
        Answer::Known(identity) => *identity,
        other => panic!("{other:?}"),
    }
}

async fn groups(settings: &Settings) -> Vec<String> {
    let mut groups = known(sign_in(settings, "ann", "ann's own").await).groups.unwrap();
    groups.sort();
    groups
}

#[tokio::test]
async fn a_password_is_tried_at_the_entry_of_the_name() {
    let Some(directory) = Directory::start() else { return };
    for security in [Security::StartTls, Security::Tls] {
        let settings = settings(&directory, security);
        let ann = known(sign_in(&settings, "ANN", "ann's own").await);
        // As the directory writes it, not as it was typed.
        assert_eq!(ann.name, "ann");
        assert_eq!(ann.groups, Some(vec!["staff".to_owned()]));
        assert_eq!(ann.subject.map(|subject| subject.len()), Some(36));
        let state = ann.auth_state.unwrap();
        assert_eq!(state["dn"], format!("uid=ann,ou=people,{BASE}"));
        let kept = serde_json::json!({"mail": ["ann@example.org"], "employeeType": ["staff"]});
        assert_eq!(state["user_attributes"], kept);
        for (username, password) in [
            ("ann", "bob's own"),
            ("ann", ""),
            ("", ""),
            ("nobody", "ann's own"),
            ("*", "ann's own"),
            ("a*", "ann's own"),
            ("ann)(uid=*", "ann's own"),
            ("ann\0", "ann's own"),
        ] {
            let answer = sign_in(&settings, username, password).await;
            assert_eq!(answer, Answer::Unknown, "{username:?} {password:?}");
        }
        let weird = known(sign_in(&settings, "we(i)rd,*\\", "weird's own").await);
        assert_eq!(weird.name, "we(i)rd,*\\");
        // Two entries have this name: whose it is can't be said.
        assert_eq!(sign_in(&settings, "twice", "of both").await, Answer::Unknown);
    }
}

#[tokio::test]
async fn a_password_is_tried_at_names_made_from_templates() {
    let Some(directory) = Directory::start() else { return };
    let settings = by_template(&directory);
    let ann = known(sign_in(&settings, "ann", "ann's own").await);
    assert_eq!((ann.name.as_str(), ann.groups), ("ann", Some(vec!["staff".to_owned()])));
    assert_eq!(known(sign_in(&settings, "twice", "of both").await).name, "twice");
    known(sign_in(&settings, "we(i)rd,*\\", "weird's own").await);
    for (username, password) in [
        ("ann", ""),
        ("ann", "bob's own"),
        ("ann,ou=people,dc=example,dc=org", "ann's own"),
        ("nobody", "ann's own"),
    ] {
        let answer = sign_in(&settings, username, password).await;
        assert_eq!(answer, Answer::Unknown, "{username:?} {password:?}");
    }
}

#[tokio::test]
async fn only_who_fits_the_filter_may_sign_in() {
    let Some(directory) = Directory::start() else { return };
    let mut lookup = settings(&directory, Security::StartTls);
    lookup.lookup.filter = Some("(&(employeeType=staff)(uid={username}))".to_owned());
    let mut template = by_template(&directory);
    template.lookup = lookup.lookup.clone();
    for settings in [lookup, template] {
        known(sign_in(&settings, "ann", "ann's own").await);
        assert_eq!(sign_in(&settings, "bob", "bob's own").await, Answer::Unknown);
    }
}

#[tokio::test]
async fn groups_in_groups_count_where_that_is_asked_for_even_in_a_circle() {
    let Some(directory) = Directory::start() else { return };
    let mut settings = settings(&directory, Security::StartTls);
    assert_eq!(groups(&settings).await, ["staff"]);
    settings.groups.nested = Nested::Search;
    assert_eq!(groups(&settings).await, ["employees", "everybody", "staff"]);
    settings.groups.base = None;
    assert_eq!(known(sign_in(&settings, "ann", "ann's own").await).groups, None);
}

#[tokio::test]
async fn rules_may_call_groups_by_their_distinguished_names() {
    let Some(directory) = Directory::start() else { return };
    let written = format!("CN=Staff, ou=groups,{BASE}");
    let rules = Rules {
        allowed_groups: [written.clone(), format!("cn=others,ou=groups,{BASE}")].into(),
        ..Rules::default()
    };
    let method = Ldap::new("ldap", settings(&directory, Security::StartTls), rules);
    let credentials = Credentials {
        username: "ann".to_owned(),
        password: Secret::new("ann's own"),
        code: None,
    };
    let ann = known(method.check(&credentials).await.unwrap());
    assert_eq!(ann.group_ids, [written]);
    assert_eq!(ann.groups, Some(vec!["staff".to_owned()]));
}

#[tokio::test]
async fn a_server_that_can_not_be_asked_is_no_wrong_password() {
    let Some(directory) = Directory::start() else { return };
    let good = settings(&directory, Security::StartTls);
    let strange = Settings {
        tls: Some(client_config(Some(&directory.other_authority())).unwrap()),
        ..good.clone()
    };
    // The directory takes no password in clear text.
    let plain = settings(&directory, Security::None);
    let closed = Settings {
        servers: vec![Server {
            url: format!("ldap://127.0.0.1:{}", free_port()),
            security: Security::StartTls,
        }],
        ..good.clone()
    };
    let mut wrong = good.clone();
    wrong.lookup.user = Some((format!("cn=searcher,{BASE}"), Secret::new("not the searcher's")));
    for settings in [strange, plain, closed, wrong] {
        let method = Ldap::new("ldap", settings, Rules::default());
        let credentials = Credentials {
            username: "ann".to_owned(),
            password: Secret::new("ann's own"),
            code: None,
        };
        let error = method.check(&credentials).await.unwrap_err();
        assert!(error.message.contains("directory does not answer"), "{error:?}");
        assert!(!format!("{error:?}").contains("ann's own"));
    }
}

#[tokio::test]
async fn another_server_is_asked_where_one_is_away_or_silent() {
    let Some(directory) = Directory::start() else { return };
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = |port: u16| Server {
        url: format!("ldap://127.0.0.1:{port}"),
        security: Security::StartTls,
    };
    let mut settings = settings(&directory, Security::StartTls);
    let mut servers = vec![url(free_port()), url(silent.local_addr().unwrap().port())];
    servers.append(&mut settings.servers);
    settings.servers = servers;
    settings.timeout = Duration::from_secs(3);
    assert_eq!(known(sign_in(&settings, "ann", "ann's own").await).name, "ann");
    assert_eq!(sign_in(&settings, "ann", "bob's own").await, Answer::Unknown);
}

#[tokio::test]
async fn who_has_come_in_is_looked_for_again() {
    let Some(directory) = Directory::start() else { return };
    let method = Ldap::new("ldap", settings(&directory, Security::Tls), Rules::default());
    assert!(method.refreshes());
    let bob = known(sign_in(&settings(&directory, Security::Tls), "bob", "bob's own").await);
    let ask = async |name: &str| {
        let member = Member {
            name,
            subject: bob.subject.as_deref(),
            auth_state: None,
        };
        method.refresh(&member).await.unwrap()
    };
    let Refreshed::Changed(same) = ask("bob").await else {
        panic!("bob is there")
    };
    assert_eq!(same.groups, Some(vec!["others".to_owned()]));

    let tls = client_config(Some(&directory.authority())).unwrap();
    let url = format!("ldaps://127.0.0.1:{}", directory.tls);
    let (connection, mut root) = LdapConnAsync::with_settings(LdapConnSettings::new().set_config(tls), &url)
        .await
        .unwrap();
    tokio::spawn(connection.drive());
    root.simple_bind(ROOT, ROOT_PASSWORD).await.unwrap().success().unwrap();
    let dn = format!("uid=bob,ou=people,{BASE}");
    let staff = Mod::Add("member", [dn.as_str()].into());
    let group = format!("cn=staff,ou=groups,{BASE}");
    root.modify(&group, vec![staff]).await.unwrap().success().unwrap();
    root.modifydn(&dn, "uid=robert", true, None)
        .await
        .unwrap()
        .success()
        .unwrap();
    let Refreshed::Changed(renamed) = ask("bob").await else {
        panic!("bob is called robert")
    };
    assert_eq!(renamed.name, "robert");
    root.delete(&format!("uid=robert,ou=people,{BASE}"))
        .await
        .unwrap()
        .success()
        .unwrap();
    assert_eq!(ask("bob").await, Refreshed::Gone("no longer in the directory"));
}
