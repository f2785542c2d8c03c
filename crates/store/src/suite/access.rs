//! Tokens, codes, sessions, links, passwords.

use jiff::Timestamp;
use perijove_model::token;
use perijove_model::{Rng, SeededRng};

use super::together::race;
use super::{count, later, now, open, texts, user, write};
use crate::error::Result;
use crate::links::NewLink;
use crate::oauth::{self, Code, NewClient};
use crate::sessions::{self, NewSession};
use crate::tokens::{self, NewToken, Owner};
use crate::{Store, Value, links, meta, native, users};

/// A token for a user: its text and its id.
async fn give(store: &Store, user_id: i64, seed: u64, edit: impl FnOnce(&mut NewToken<'_>)) -> (String, i64) {
    let (clear, hashed) = token::generate(&SeededRng::new(seed) as &dyn Rng);
    let scopes = texts(&["inherit"]);
    let mut new = NewToken {
        owner: Owner::User(user_id),
        hashed: &hashed,
        client_id: "jupyterhub",
        session_id: None,
        expires_at: None,
        note: "by hand",
        scopes: &scopes,
    };
    edit(&mut new);
    let id = tokens::create(store, &new, now()).await.unwrap();
    (clear.expose().to_owned(), id)
}

/// A token for this session, made as an OAuth client's is.
async fn give_in_session(
    store: &Store,
    user_id: i64,
    session_id: &str,
    seed: u64,
    at: Timestamp,
) -> Result<Option<i64>> {
    let (_, hashed) = token::generate(&SeededRng::new(seed) as &dyn Rng);
    let scopes = texts(&["inherit", "read:homes"]);
    let new = NewToken {
        owner: Owner::User(user_id),
        hashed: &hashed,
        client_id: "jupyterhub",
        session_id: Some(session_id),
        expires_at: None,
        note: "",
        scopes: &scopes,
    };
    let tx = store.begin().await?;
    let id = tokens::create_in_session(&tx, &new, at).await?;
    tx.commit().await?;
    Ok(id)
}

pub(super) async fn a_token_for_a_session_goes_with_it(url: String) {
    let store = open(&url).await;
    let ada = user(&store, "ada").await;
    let bob = user(&store, "bob").await;
    let begin = async |session_id: &str| {
        let new = NewSession {
            user_id: ada.id,
            session_id,
            expires_at: later(100),
            address: "",
            user_agent: "",
            method: None,
            theirs: None,
        };
        sessions::create(&store, session_id, &new, now()).await.unwrap();
    };
    begin("s").await;
    let id = give_in_session(&store, ada.id, "s", 100, now()).await.unwrap().unwrap();
    let token = tokens::get(&store, id).await.unwrap().unwrap();
    assert_eq!(
        (token.session_id.as_deref(), token.scopes),
        (Some("s"), texts(&["inherit", "read:homes"]))
    );
    for (user, session, at) in [(ada.id, "s", later(101)), (ada.id, "t", now()), (bob.id, "s", now())] {
        assert_eq!(give_in_session(&store, user, session, 101, at).await.unwrap(), None);
    }
    // Somebody signs out meanwhile: either the token was there before and is gone, or it is not made.
    for round in 0..4 {
        let session = format!("s{round}");
        begin(&session).await;
        race(&url, 4, |store, n| {
            let (session, ada) = (session.clone(), ada.id);
            async move {
                if n > 0 {
                    return give_in_session(&store, ada, &session, 200 + 8 * round + n as u64, now())
                        .await
                        .map(drop);
                }
                let tx = store.begin().await?;
                tokens::delete_for_session(&tx, ada, &session).await?;
                sessions::delete_by_session_id(&tx, ada, &session).await?;
                tokens::delete_for_session(&tx, ada, &session).await?;
                tx.commit().await
            }
        })
        .await
        .into_iter()
        .for_each(Result::unwrap);
        let left = tokens::of_user(&store, ada.id, now()).await.unwrap();
        assert!(
            left.iter()
                .all(|token| token.session_id.as_deref() != Some(session.as_str()))
        );
    }
}

pub(super) async fn a_token_is_found_by_its_text(url: String) {
    let store = open(&url).await;
    let ada = user(&store, "ada").await;
    let (clear, id) = give(&store, ada.id, 1, |_| ()).await;
    let found = tokens::find(&store, &clear, now()).await.unwrap().unwrap();
    assert_eq!(
        (found.id, found.owner, found.created),
        (id, Owner::User(ada.id), Some(now()))
    );
    assert_eq!(
        (found.scopes.as_slice(), found.note.as_deref()),
        (&texts(&["inherit"])[..], Some("by hand"))
    );
    assert_eq!(tokens::get(&store, id).await.unwrap(), Some(found));
    let almost = format!("{}0", &clear[..clear.len() - 1]);
    for candidate in [
        almost.as_str(),
        &clear[..4],
        "",
        "abc",
        "é'\"--",
        "\0\0\0\0\0",
        &"x".repeat(100),
    ] {
        assert_eq!(
            tokens::find(&store, candidate, now()).await.unwrap(),
            None,
            "{candidate:?}"
        );
    }
    tokens::touch(&store, id, later(5)).await.unwrap();
    tokens::touch(&store, id, later(3)).await.unwrap();
    assert_eq!(
        tokens::get(&store, id).await.unwrap().unwrap().last_activity,
        Some(later(5))
    );
}

pub(super) async fn tokens_end(url: String) {
    let store = open(&url).await;
    let (ada, bob) = (user(&store, "ada").await, user(&store, "bob").await);
    let client = NewClient {
        identifier: "jupyterhub-user-ada",
        description: "Server at /user/ada/",
        secret: "",
        redirect_uri: "/user/ada/oauth_callback",
        allowed_scopes: &[],
    };
    oauth::put_client(&store, &client).await.unwrap();
    let (short, _) = give(&store, ada.id, 1, |new| new.expires_at = Some(later(10))).await;
    assert!(tokens::find(&store, &short, later(9)).await.unwrap().is_some());
    assert!(tokens::find(&store, &short, later(10)).await.unwrap().is_none());
    assert!(tokens::of_user(&store, ada.id, later(10)).await.unwrap().is_empty());

    let server = |new: &mut NewToken<'_>| new.note = "Server at /user/ada/";
    give(&store, ada.id, 2, server).await;
    give(&store, bob.id, 3, server).await;
    assert_eq!(tokens::of_user(&store, ada.id, later(10)).await.unwrap().len(), 1);
    tokens::delete_server_tokens(&store, ada.id, "Server at /user/ada/")
        .await
        .unwrap();
    assert!(tokens::of_user(&store, ada.id, later(10)).await.unwrap().is_empty());
    assert_eq!(tokens::of_user(&store, bob.id, now()).await.unwrap().len(), 1);

    let browser = |new: &mut NewToken<'_>| {
        new.client_id = "jupyterhub-user-ada";
        new.session_id = Some("s1");
    };
    give(&store, ada.id, 4, browser).await;
    assert_eq!(
        tokens::of_client(&store, ada.id, "jupyterhub-user-ada", now())
            .await
            .unwrap()
            .len(),
        1
    );
    assert_eq!(tokens::delete_for_session(&store, bob.id, "s1").await.unwrap(), 0);
    assert_eq!(tokens::delete_for_session(&store, ada.id, "s1").await.unwrap(), 1);
    give(&store, bob.id, 5, browser).await;
    assert_eq!(
        tokens::delete_for_client(&store, bob.id, "jupyterhub-user-ada")
            .await
            .unwrap(),
        1
    );
    let (clear, _) = give(&store, bob.id, 6, browser).await;
    assert!(oauth::delete_client(&store, "jupyterhub-user-ada").await.unwrap());
    assert!(
        tokens::find(&store, &clear, now()).await.unwrap().is_none(),
        "it outlived its client"
    );
    let (clear, id) = give(&store, bob.id, 7, |_| ()).await;
    assert!(tokens::delete(&store, id).await.unwrap() && !tokens::delete(&store, id).await.unwrap());
    assert!(tokens::find(&store, &clear, now()).await.unwrap().is_none());
}

pub(super) async fn what_has_expired_is_purged(url: String) {
    let store = open(&url).await;
    let ada = user(&store, "ada").await;
    give(&store, ada.id, 1, |new| new.expires_at = Some(later(10))).await;
    let (kept, _) = give(&store, ada.id, 2, |_| ()).await;
    oauth::put_code(&store, &code(ada.id, later(10).as_second()))
        .await
        .unwrap();
    open_session(&store, "f", ada.id, later(10).as_second()).await;
    links::create(&store, "f", &NewLink::new("setup", None, later(10)), now())
        .await
        .unwrap();
    let spawner = crate::spawners::ensure(&store, ada.id, "", None).await.unwrap();
    for table in [
        "INSERT INTO shares (created_at, expires_at, owner_id, spawner_id) VALUES ($1, $2, $3, $4)",
        "INSERT INTO share_codes (created_at, expires_at, owner_id, spawner_id) VALUES ($1, $2, $3, $4)",
    ] {
        write(
            &store,
            table,
            &[now().into(), later(10).into(), ada.id.into(), spawner.id.into()],
        )
        .await;
    }
    assert_eq!(tokens::purge_expired(&store, later(9)).await.unwrap(), 0);
    assert_eq!(tokens::purge_expired(&store, later(20)).await.unwrap(), 6);
    assert!(tokens::find(&store, &kept, later(20)).await.unwrap().is_some());
}

fn code(user_id: i64, expires_at: i64) -> Code {
    Code {
        client_id: "jupyterhub".to_owned(),
        code: "c0de".to_owned(),
        expires_at,
        redirect_uri: "/back".to_owned(),
        session_id: "s1".to_owned(),
        user_id,
        scopes: texts(&["access:servers!server=ada/"]),
        code_challenge: Some("challenge".to_owned()),
        code_challenge_method: None,
    }
}

pub(super) async fn a_code_is_used_once(url: String) {
    let (store, other) = (open(&url).await, open(&url).await);
    let ada = user(&store, "ada").await;
    let written = code(ada.id, now().as_second());
    oauth::put_code(&store, &written).await.unwrap();
    let (one, two) = tokio::join!(oauth::take_code(&store, "c0de"), oauth::take_code(&other, "c0de"));
    let taken: Vec<Code> = [one.unwrap(), two.unwrap()].into_iter().flatten().collect();
    assert_eq!(taken, [written]);
    let client = oauth::client(&store, "jupyterhub").await.unwrap().unwrap();
    assert_eq!(
        (client.description.as_str(), client.secret.as_str()),
        ("JupyterHub", "")
    );
    let new = NewClient {
        identifier: "x",
        description: "d",
        secret: "one",
        redirect_uri: "/a",
        allowed_scopes: &texts(&["self"]),
    };
    let id = oauth::put_client(&store, &new).await.unwrap();
    assert_eq!(
        oauth::put_client(&store, &NewClient { secret: "two", ..new })
            .await
            .unwrap(),
        id
    );
    let kept = oauth::client(&store, "x").await.unwrap().unwrap();
    assert_eq!((kept.secret.as_str(), kept.allowed_scopes), ("two", texts(&["self"])));
}

async fn open_session(store: &Store, fingerprint: &str, user_id: i64, expires: i64) -> i64 {
    let new = NewSession {
        user_id,
        session_id: &format!("session-{fingerprint}"),
        expires_at: jiff::Timestamp::from_second(expires).unwrap(),
        address: "127.0.0.1",
        user_agent: "a browser",
        method: None,
        theirs: None,
    };
    sessions::create(store, fingerprint, &new, now()).await.unwrap();
    let begun = sessions::find(store, fingerprint, jiff::Timestamp::UNIX_EPOCH)
        .await
        .unwrap();
    begun.unwrap().id
}

pub(super) async fn a_session_is_listed_and_ended(url: String) {
    let store = open(&url).await;
    let ada = user(&store, "ada").await;
    let end = later(1000).as_second();
    let one = open_session(&store, "one", ada.id, end).await;
    let found = sessions::find(&store, "one", now()).await.unwrap().unwrap();
    assert_eq!(
        (found.id, found.user_id, found.session_id.as_str()),
        (one, ada.id, "session-one")
    );
    assert!(sessions::find(&store, "one", later(1001)).await.unwrap().is_none());
    assert!(sessions::find(&store, "two", now()).await.unwrap().is_none());
    sessions::touch(&store, one, later(500), later(1500)).await.unwrap();
    let found = sessions::find(&store, "one", later(1001)).await.unwrap().unwrap();
    assert_eq!(found.last_seen, later(500));
    open_session(&store, "two", ada.id, end).await;
    open_session(&store, "three", ada.id, end).await;
    assert_eq!(sessions::of_user(&store, ada.id, now()).await.unwrap().len(), 3);
    assert_eq!(
        sessions::delete_by_session_id(&store, ada.id, "session-two")
            .await
            .unwrap(),
        1
    );
    assert_eq!(sessions::delete_of_user(&store, ada.id, Some(one)).await.unwrap(), 1);
    assert!(sessions::find(&store, "one", now()).await.unwrap().is_some());
    assert!(sessions::delete(&store, one).await.unwrap());
    open_session(&store, "four", ada.id, end).await;
    assert_eq!(sessions::delete_of_user(&store, ada.id, None).await.unwrap(), 1);
}

pub(super) async fn a_link_is_used_once(url: String) {
    let (store, other) = (open(&url).await, open(&url).await);
    links::create(&store, "f", &NewLink::new("invite", Some("ada"), later(10)), now())
        .await
        .unwrap();
    let seen = links::find(&store, "f", now()).await.unwrap().unwrap();
    assert_eq!(
        (seen.purpose.as_str(), seen.user_name.as_deref(), seen.admin),
        ("invite", Some("ada"), false)
    );
    assert!(links::find(&store, "f", later(10)).await.unwrap().is_none());
    assert!(links::take(&store, "f", later(10)).await.unwrap().is_none());
    let (one, two) = tokio::join!(links::take(&store, "f", now()), links::take(&other, "f", now()));
    assert_eq!(
        [one.unwrap(), two.unwrap()].into_iter().flatten().collect::<Vec<_>>(),
        [seen]
    );
    links::create(&store, "g", &NewLink::new("setup", None, later(10)), now())
        .await
        .unwrap();
    assert_eq!(links::delete_purpose(&store, "setup").await.unwrap(), 1);
}

pub(super) async fn links_are_their_persons(url: String) {
    let store = open(&url).await;
    let ada = user(&store, "ada").await;
    for (fingerprint, name) in [("hers", "ada"), ("another's", "lovelace"), ("anybody's", "bob")] {
        let new = NewLink::new("reset", Some(name), later(10));
        links::create(&store, fingerprint, &new, now()).await.unwrap();
    }
    let of = async |fingerprint: &str| {
        let found = links::find(&store, fingerprint, now()).await.unwrap();
        found.map(|link| link.user_name.unwrap())
    };
    users::rename(&store, ada.id, "lovelace").await.unwrap();
    assert_eq!(of("hers").await.as_deref(), Some("lovelace"));
    assert_eq!(of("another's").await, None, "it would lead into her account");
    assert!(users::delete(&store, ada.id).await.unwrap());
    assert_eq!(of("hers").await, None, "the next one of this name is somebody else");
    assert_eq!(of("anybody's").await.as_deref(), Some("bob"));
}

pub(super) async fn sessions_are_found_by_their_method(url: String) {
    let store = open(&url).await;
    let ada = user(&store, "ada").await;
    for (n, method) in [None, Some("ldap"), Some("native"), Some("ldap")]
        .into_iter()
        .enumerate()
    {
        let name = n.to_string();
        let new = NewSession {
            user_id: ada.id,
            session_id: &name,
            expires_at: later(10),
            address: "",
            user_agent: "",
            method,
            theirs: None,
        };
        sessions::create(&store, &name, &new, now()).await.unwrap();
    }
    let next = async |after: &str| sessions::next_method(&store, after).await.unwrap();
    assert_eq!(next("").await.as_deref(), Some("ldap"));
    assert_eq!(next("ldap").await.as_deref(), Some("native"));
    assert_eq!(next("native").await, None);
    let first = sessions::of_method(&store, "ldap", 0, 1).await.unwrap();
    let rest = sessions::of_method(&store, "ldap", first[0].id, 9).await.unwrap();
    assert_eq!((first[0].session_id.as_str(), rest[0].session_id.as_str()), ("1", "3"));
    assert_eq!(rest.len(), 1);
}

pub(super) async fn nothing_is_left_of_who_is_deleted(url: String) {
    const KEPT: [&str; 10] = [
        "perijove_identities (user_id, linked, method, subject) VALUES ($1, $2, 'm', 's')",
        "perijove_accounts (user_id, otp_since, approved, otp_step) VALUES ($1, $2, TRUE, 0)",
        "perijove_passwords (user_id, changed, hash) VALUES ($1, $2, 'h')",
        "perijove_recovery_codes (user_id, fingerprint) VALUES ($1, 'f')",
        "perijove_languages (user_id, language) VALUES ($1, 'de')",
        "perijove_scim_users (user_id, changed, scim_id, provisioned, attributes) VALUES ($1, $2, 'i', TRUE, '{}')",
        "perijove_suspensions (user_id, since) VALUES ($1, $2)",
        "perijove_passkeys (user_id, created, credential, site, handle, name, public_key, counter) \
         VALUES ($1, $2, 'c', 's', 'h', 'n', 'k', 0)",
        "perijove_devices (user_id, created, fingerprint, user_code, client_id, scopes, address, agent, expires_at, \
         pause, asked, answer) VALUES ($1, $2, 'f', 'c', 'i', '[]', '', '', $2, 5, $2, 'allowed')",
        "perijove_sessions (user_id, created, fingerprint, session_id, last_seen, expires_at, address, user_agent) \
         VALUES ($1, $2, 'f', 's', $2, $2, '', '')",
    ];
    let store = open(&url).await;
    let ada = user(&store, "ada").await;
    let rows = KEPT.map(|kept| &*format!("SELECT COUNT(*) FROM {}", kept.split(' ').next().unwrap()).leak());
    for (kept, rows) in KEPT.into_iter().zip(rows) {
        let params: [Value; 2] = [ada.id.into(), now().into()];
        let needed = if kept.contains("$2") { 2 } else { 1 };
        write(&store, format!("INSERT INTO {kept}").leak(), &params[..needed]).await;
        assert_eq!(count(&store, rows).await, 1, "{kept}");
    }
    users::delete(&store, ada.id).await.unwrap();
    for rows in rows {
        assert_eq!(count(&store, rows).await, 0, "{rows}");
    }
}

/// Sign-up, mail, guesses, questions: nobody deletes these by themselves.
pub(super) async fn what_is_kept_for_a_while_is_purged(url: String) {
    const KEPT: [&str; 6] = [
        "perijove_signups (created, name, hash, address) VALUES ($1, 'ada', 'h', '')",
        "perijove_mails (created, due, about, recipient, sealed, tries) VALUES ($1, $1, 'a', 'r', 's', 0)",
        "perijove_attempts (last, until, who, failures) VALUES ($1, $1, 'ada', 1)",
        "perijove_spent (until, fingerprint) VALUES ($1, 'f')",
        "perijove_nonces (until, fingerprint) VALUES ($1, 'f')",
        "perijove_devices (created, expires_at, asked, fingerprint, user_code, client_id, scopes, address, agent, pause, \
         answer) VALUES ($1, $1, $1, 'f', 'c', 'i', '[]', '', '', 5, 'awaited')",
    ];
    const MONTH: i64 = 31 * 24 * 3600;
    let store = open(&url).await;
    for kept in KEPT {
        write(&store, format!("INSERT INTO {kept}").leak(), &[now().into()]).await;
    }
    assert_eq!(tokens::purge_expired(&store, later(-1)).await.unwrap(), 0);
    assert_eq!(tokens::purge_expired(&store, later(MONTH)).await.unwrap(), 6);
}

pub(super) async fn passwords_and_facts_are_kept(url: String) {
    let store = open(&url).await;
    let ada = user(&store, "ada").await;
    assert_eq!(native::hash_of(&store, ada.id).await.unwrap(), None);
    native::set(&store, ada.id, "one", now()).await.unwrap();
    native::set(&store, ada.id, "two", later(1)).await.unwrap();
    assert_eq!(native::hash_of(&store, ada.id).await.unwrap().as_deref(), Some("two"));
    // JupyterHub deletes its row only.
    write(&store, "DELETE FROM users WHERE id = $1", &[ada.id.into()]).await;
    assert_eq!(count(&store, "SELECT COUNT(*) FROM perijove_passwords").await, 0);
    assert_eq!(meta::get(&store, "x").await.unwrap(), None);
    meta::set(&store, "x", "é'\"").await.unwrap();
    meta::set(&store, "x", "2").await.unwrap();
    assert_eq!(meta::get(&store, "x").await.unwrap().as_deref(), Some("2"));
}
