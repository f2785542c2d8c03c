//! Services that are made at run time, and those that the hub runs.

use perijove_model::{Secret, SeededRng, token};

use super::{count, now, open, sync_roles, texts};
use crate::services::{self, ServiceSpec};
use crate::{Store, tokens};

async fn sync_services(store: &Store, specs: &[ServiceSpec]) {
    let tx = store.begin().await.unwrap();
    services::sync(&tx, specs, now()).await.unwrap();
    tx.commit().await.unwrap();
}

pub(super) async fn services_are_made_and_deleted(url: String) {
    let store = open(&url).await;
    sync_roles(&store, &[]).await.unwrap();
    let spec = ServiceSpec {
        name: "fresh".to_owned(),
        url: Some("http://127.0.0.1:9100".to_owned()),
        admin: true,
        api_token: Some(token::hash_chosen(&Secret::new("fresh-token"), &SeededRng::new(1))),
        oauth_client_id: Some("service-fresh".to_owned()),
        oauth_redirect_uri: Some("/services/fresh/oauth_callback".to_owned()),
        oauth_client_allowed_scopes: texts(&["read:users"]),
        timeout: 30,
        ..ServiceSpec::default()
    };
    let address = services::Address {
        proto: "http",
        ip: "127.0.0.1".to_owned(),
        port: 9100,
        prefix: "/services/fresh/",
    };
    let make = async || {
        let tx = store.begin().await.unwrap();
        let made = services::create(&tx, &spec, Some(address.clone()), now())
            .await
            .unwrap();
        tx.commit().await.unwrap();
        made
    };
    let id = make().await.unwrap();
    assert_eq!(make().await, None, "there is one of this name");
    let found = services::by_name(&store, "fresh").await.unwrap().unwrap();
    assert_eq!((found.id, found.from_config, found.pid), (id, false, None));
    assert_eq!(services::roles(&store).await.unwrap(), [(id, "admin".to_owned())]);
    assert!(tokens::find(&store, "fresh-token", now()).await.unwrap().is_some());
    let client = crate::oauth::client(&store, "service-fresh").await.unwrap().unwrap();
    assert_eq!(client.allowed_scopes, ["access:services!service=fresh", "read:users"]);
    assert_eq!(
        count(&store, "SELECT COUNT(*) FROM servers WHERE cookie_name IS NOT NULL").await,
        1
    );
    sync_services(&store, &[]).await;
    assert!(services::by_name(&store, "fresh").await.unwrap().is_some());

    let tx = store.begin().await.unwrap();
    services::delete(&tx, &found).await.unwrap();
    tx.commit().await.unwrap();
    assert!(tokens::find(&store, "fresh-token", now()).await.unwrap().is_none());
    for table in [
        "SELECT COUNT(*) FROM services",
        "SELECT COUNT(*) FROM servers",
        "SELECT COUNT(*) FROM oauth_clients WHERE identifier = 'service-fresh'",
    ] {
        assert_eq!(count(&store, table).await, 0, "{table}");
    }
}

pub(super) async fn a_managed_service_has_one_token_a_run(url: String) {
    let store = open(&url).await;
    let spec = ServiceSpec {
        name: "run".to_owned(),
        url: Some("http://127.0.0.1:9".to_owned()),
        oauth_client_id: Some("service-run".to_owned()),
        command: texts(&["run"]),
        timeout: 30,
        ..ServiceSpec::default()
    };
    sync_services(&store, std::slice::from_ref(&spec)).await;
    let service = services::by_name(&store, "run").await.unwrap().unwrap();
    assert_eq!(service.command, ["run"]);
    for seed in [1, 2] {
        let (clear, hashed) = token::generate(&SeededRng::new(seed));
        let tx = store.begin().await.unwrap();
        services::renew_token(&tx, &service, &hashed, "sha512:1:a:b", now())
            .await
            .unwrap();
        tx.commit().await.unwrap();
        assert!(tokens::find(&store, clear.expose(), now()).await.unwrap().is_some());
        assert_eq!(count(&store, "SELECT COUNT(*) FROM api_tokens").await, 1);
    }
    services::set_pid(&store, "run", Some(4711)).await.unwrap();
    // Another hub starts beside the one that runs it: token, secret and process stay as they are.
    sync_services(&store, std::slice::from_ref(&spec)).await;
    let client = crate::oauth::client(&store, "service-run").await.unwrap().unwrap();
    assert_eq!(client.secret, "sha512:1:a:b");
    assert_eq!(count(&store, "SELECT COUNT(*) FROM api_tokens").await, 1);
    let found = services::by_name(&store, "run").await.unwrap().unwrap();
    assert_eq!(found.pid, Some(4711));
    // The configuration gives it a token of its own, and later nobody runs it any more.
    let chosen = ServiceSpec {
        api_token: Some(token::hash_chosen(&Secret::new("chosen-token"), &SeededRng::new(3))),
        ..spec.clone()
    };
    sync_services(&store, &[chosen]).await;
    assert!(tokens::find(&store, "chosen-token", now()).await.unwrap().is_some());
    assert_eq!(count(&store, "SELECT COUNT(*) FROM api_tokens").await, 1);
    let external = ServiceSpec {
        command: Vec::new(),
        ..spec
    };
    sync_services(&store, &[external]).await;
    assert_eq!(count(&store, "SELECT COUNT(*) FROM api_tokens").await, 0);
}
