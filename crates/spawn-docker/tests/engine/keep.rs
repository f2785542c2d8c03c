//! Containers that stay when their servers stop.

use std::sync::Arc;

use perijove_model::Secret;
use perijove_spawn::suite::{Behaviour, Server, Steps, Subject};
use perijove_spawn::{ServerSpec, Spawner};
use perijove_spawn_docker::{Connect, Isolation};

use crate::Engine;
use crate::cases::{Case, cases, of};
use crate::host::IMAGE;

pub const CASES: &[(&str, Case)] = cases![
    a_kept_container_goes_on,
    what_jupyterhub_has_kept_goes_on,
    nobody_gets_anothers_container,
    what_is_kept_finds_networks_that_were_made_anew,
];

fn keeper(engine: &Engine) -> Arc<dyn Spawner> {
    engine.spawner_with(|config| {
        config.remove = false;
        config.isolation = Isolation::Person;
        config.connect = Connect::Address;
    })
}

fn next(spec: &ServerSpec, token: Option<Secret>) -> ServerSpec {
    let mut next = spec.clone();
    next.key.generation += 1;
    next.home.made = true;
    // A hub has another one for each start, unless it is told.
    next.api_token = token.unwrap_or_else(|| Secret::new("another".repeat(8)));
    next
}

fn id(server: &Server) -> String {
    server.started.state["object_id"].as_str().unwrap().to_owned()
}

async fn a_kept_container_goes_on(engine: Arc<Engine>) {
    let spec = of(&engine, "kim", &Behaviour::Serve);
    let first = Server::start_as(keeper(&engine), spec.clone()).await;
    first.answer().await;
    engine.0.docker(&["exec", &id(&first), "touch", "/outside-of-the-home"]);
    first.end().await;
    // Another hub, another run; its network has gone meanwhile.
    let spawner = keeper(&engine);
    assert_eq!(spawner.find(&spec.key).await.unwrap(), None, "it has stopped");
    let token = spawner.kept_token(&next(&spec, None).key, &spec.home).await.unwrap();
    assert_eq!(token.as_ref(), Some(&spec.api_token));
    let wanted = next(&spec, token);
    spawner.clear_up(&wanted.key).await.unwrap();
    let second = Server::start_as(spawner.clone(), wanted.clone()).await;
    second.answer().await;
    assert_eq!(id(&second), id(&first));
    engine.0.docker(&["exec", &id(&second), "cat", "/outside-of-the-home"]);
    // Repeated, and found again.
    let again = Server::start_as(spawner.clone(), wanted.clone()).await;
    assert_eq!(id(&again), id(&first));
    let found = spawner.find(&wanted.key).await.unwrap().unwrap();
    assert_eq!(found.state, second.started.state);
    second.end().await;
    spawner.forget(&wanted.key).await.unwrap();
    assert_eq!(spawner.kept_token(&wanted.key, &wanted.home).await.unwrap(), None);
    let left = engine.0.docker(&["ps", "-aq", "--filter", "name=jupyter-kim"]);
    assert_eq!(left, "", "a server that is removed leaves no container");
}

async fn what_jupyterhub_has_kept_goes_on(engine: Arc<Engine>) {
    const TOKEN: &str = "0f0e0d0c0b0a09080706050403020100";
    let mut spec = of(&engine, "lou", &Behaviour::Serve);
    spec.env.insert("JUPYTERHUB_SERVER_NAME".into(), String::new());
    let mut env = spec.env.clone();
    env.insert("JUPYTERHUB_API_TOKEN".into(), TOKEN.into());
    let env: Vec<_> = env
        .iter()
        .map(|(name, value)| format!("--env={name}={value}"))
        .collect();
    let volume = format!("{}:{}", spec.home.place, crate::HOME);
    let mut run = vec![
        "run",
        "-d",
        "--name",
        "jupyter-lou",
        "-v",
        &volume,
        "-p",
        "127.0.0.1::8888",
    ];
    run.extend(env.iter().map(String::as_str));
    run.push(IMAGE);
    let left = engine.0.docker(&run);
    engine.0.docker(&["stop", "-t", "0", "jupyter-lou"]);
    let spawner = engine.spawner_with(|config| config.remove = false);
    let token = spawner.kept_token(&spec.key, &spec.home).await.unwrap();
    assert_eq!(token.as_ref().map(Secret::expose), Some(TOKEN));
    spec.api_token = token.unwrap();
    let server = Server::start_as(spawner.clone(), spec.clone()).await;
    assert!(server.answer().await.contains(TOKEN));
    assert_eq!(id(&server), left);
    server.end().await;
    spawner.forget(&spec.key).await.unwrap();
    assert_eq!(engine.0.docker(&["ps", "-aq", "--filter", "name=jupyter-lou"]), "");
}

/// Ids of servers are given again, and so are names: a home never is.
async fn nobody_gets_anothers_container(engine: Arc<Engine>) {
    let spec = of(&engine, "moe", &Behaviour::Serve);
    let spawner = keeper(&engine);
    let first = Server::start_as(spawner.clone(), spec.clone()).await;
    first.end().await;
    let mut other = next(&spec, None);
    other.home = engine.home(spec.key.spawner_id + 500_000, "another-moe");
    assert_eq!(spawner.kept_token(&other.key, &other.home).await.unwrap(), None);
    let second = Server::start_as(spawner.clone(), other.clone()).await;
    second.answer().await;
    assert_ne!(id(&second), id(&first));
    second.end().await;
    let mut renamed = next(&other, None);
    renamed.key.user = perijove_model::UserName::try_from("max").unwrap();
    assert_eq!(spawner.kept_token(&renamed.key, &renamed.home).await.unwrap(), None);
    spawner.forget(&other.key).await.unwrap();
}

/// A container knows its networks by their ids. Ours comes by itself, the site's by whoever has read what is said.
async fn what_is_kept_finds_networks_that_were_made_anew(engine: Arc<Engine>) {
    for (isolation, network) in [
        (Isolation::Shared, "kept-together"),
        (Isolation::Site, "kept-by-the-site"),
    ] {
        if isolation == Isolation::Site {
            engine.0.docker(&["network", "create", network]);
        }
        let spawner = engine.spawner_with(|config| {
            config.remove = false;
            config.isolation = isolation;
            // A hub has one for everybody, and so would the other tests.
            config.instance = network.to_owned();
            config.network = network.to_owned();
            config.connect = Connect::Address;
        });
        let spec = of(&engine, "nell", &Behaviour::Serve);
        let first = Server::start_as(spawner.clone(), spec.clone()).await;
        first.end().await;
        engine.0.docker(&["network", "rm", network]);
        let mut wanted = next(&spec, Some(spec.api_token.clone()));
        if isolation == Isolation::Site {
            let error = spawner.start(&wanted, &Steps::default()).await.unwrap_err();
            assert!(
                error.message.ends_with("`docker network create kept-by-the-site`."),
                "{error}"
            );
            engine.0.docker(&["network", "create", network]);
            wanted.key.generation += 1;
        }
        let second = Server::start_as(spawner.clone(), wanted).await;
        second.answer().await;
        assert_eq!(id(&second), id(&first));
        second.end().await;
        spawner.forget(&second.spec.key).await.unwrap();
    }
}
