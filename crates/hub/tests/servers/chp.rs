//! Routes over the REST API of configurable-http-proxy, against a stand-in with its habits: it wants a token, shows
//! paths decoded, and keeps routes of others.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use perijove_hub::routes::chp::ChpRoutes;
use perijove_hub::routes::{Route, RouteError, RouteSet, Routes};
use perijove_model::Secret;
use serde_json::{Value, json};

use crate::setup::eventually;

#[derive(Clone, Default)]
struct Chp {
    routes: Arc<Mutex<BTreeMap<String, Value>>>,
    /// The next calls are answered by 500.
    hiccups: Arc<Mutex<usize>>,
}

impl Chp {
    async fn serve(&self) -> url::Url {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let app = Router::new().fallback(handle).with_state(self.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        url.parse().unwrap()
    }

    fn shown(&self) -> BTreeMap<String, Value> {
        self.routes.lock().unwrap().clone()
    }
}

async fn handle(State(chp): State<Chp>, request: Request) -> Response {
    if request
        .headers()
        .get("authorization")
        .is_none_or(|value| value != "token sesame")
    {
        return StatusCode::FORBIDDEN.into_response();
    }
    if let Some(left) = {
        let mut hiccups = chp.hiccups.lock().unwrap();
        let left = hiccups.checked_sub(1);
        *hiccups = left.unwrap_or(0);
        left
    } {
        let _ = left;
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    }
    let path = request.uri().path().strip_prefix("/api/routes").unwrap().to_owned();
    let path = perijove_model::escape::decode(&path).unwrap();
    match *request.method() {
        Method::GET if path.is_empty() => axum::Json(chp.shown()).into_response(),
        Method::GET => StatusCode::NOT_FOUND.into_response(),
        Method::POST => {
            let body = axum::body::to_bytes(request.into_body(), 1 << 20).await.unwrap();
            let mut route: Value = serde_json::from_slice(&body).unwrap();
            route["last_activity"] = json!("2026-11-21T08:00:00.000Z");
            chp.routes.lock().unwrap().insert(path, route);
            StatusCode::CREATED.into_response()
        }
        Method::DELETE => match chp.routes.lock().unwrap().remove(&path) {
            Some(_) => StatusCode::NO_CONTENT.into_response(),
            None => StatusCode::NOT_FOUND.into_response(),
        },
        _ => StatusCode::METHOD_NOT_ALLOWED.into_response(),
    }
}

fn route(path: &str, target: &str) -> Route {
    Route {
        path: path.to_owned(),
        target: target.to_owned(),
        data: json!({"user": "x", "server_name": ""}),
    }
}

#[tokio::test]
async fn the_proxy_gets_what_is_wanted_and_others_keep_theirs() {
    let chp = Chp::default();
    let routes = ChpRoutes::new(&chp.serve().await, Secret::new("sesame"));
    let others = json!({"target": "http://127.0.0.1:1", "last_activity": "2026-11-21T08:00:00.000Z"});
    let stale = json!({"target": "http://127.0.0.1:2", "jupyterhub": true});
    let moved = json!({"target": "http://127.0.0.1:3", "jupyterhub": true});
    chp.routes.lock().unwrap().extend([
        ("/others".to_owned(), others.clone()),
        ("/user/gone".to_owned(), stale),
        ("/user/moved".to_owned(), moved),
    ]);
    let wanted = RouteSet(vec![
        route("/", "http://127.0.0.1:8081"),
        route("/user/moved/", "http://127.0.0.1:30"),
        route("/user/a%20b@x/", "http://127.0.0.1:40"),
    ]);
    routes.apply(&wanted).await.unwrap();
    let shown = chp.shown();
    assert_eq!(
        shown.keys().collect::<Vec<_>>(),
        ["/", "/others", "/user/a b@x", "/user/moved"]
    );
    assert_eq!(shown["/others"], others);
    assert_eq!(shown["/user/moved"]["target"], "http://127.0.0.1:30");
    assert_eq!(shown["/user/a b@x"]["jupyterhub"], true);
    assert_eq!(shown["/user/a b@x"]["user"], "x");

    // Told again, nothing changes hands: the marks put here survive.
    for route in chp.routes.lock().unwrap().values_mut() {
        route["mark"] = json!(true);
    }
    routes.apply(&wanted).await.unwrap();
    assert!(chp.shown().values().all(|route| route["mark"] == true));

    let activity = routes.activity().await.unwrap();
    let seen = activity
        .iter()
        .find(|activity| activity.path == "/user/a%20b@x/")
        .unwrap();
    assert_eq!(seen.last_activity.to_string(), "2026-11-21T08:00:00Z");
    routes.remove("/user/a%20b@x/").await.unwrap();
    routes.remove("/user/a%20b@x/").await.unwrap();
    assert!(!chp.shown().contains_key("/user/a b@x"));
    assert!(routes.healthy().await);
}

#[tokio::test]
async fn what_goes_wrong_is_tried_again_or_told() {
    let chp = Chp::default();
    let url = chp.serve().await;
    let routes = ChpRoutes::new(&url, Secret::new("sesame"));
    *chp.hiccups.lock().unwrap() = 2;
    routes.add(&route("/user/ann/", "http://127.0.0.1:5")).await.unwrap();
    assert!(chp.shown().contains_key("/user/ann"));

    let thief = ChpRoutes::new(&url, Secret::new("guess"));
    let refused = thief.add(&route("/user/eve/", "http://127.0.0.1:6")).await.unwrap_err();
    assert!(matches!(refused, RouteError::Forbidden { .. }), "{refused}");
    assert!(!refused.to_string().contains("guess"));

    let free = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let away = ChpRoutes::new(&format!("http://{free}").parse().unwrap(), Secret::new("sesame"));
    assert!(!away.healthy().await);
    let error = away.apply(&RouteSet::default()).await.unwrap_err();
    assert!(matches!(error, RouteError::Unreachable { .. }), "{error}");
}

/// The real one, where `PERIJOVE_TEST_CHP` says where `configurable-http-proxy` is.
#[tokio::test]
async fn the_real_proxy_takes_our_routes() {
    #[expect(
        clippy::disallowed_methods,
        reason = "tests are told by the environment what is there"
    )]
    let Ok(program) = std::env::var("PERIJOVE_TEST_CHP") else {
        crate::setup::skip(
            "routes in the real configurable-http-proxy",
            "PERIJOVE_TEST_CHP is not set",
        );
        return;
    };
    let (port, api_port) = (free_port(), free_port());
    let _proxy = tokio::process::Command::new(program)
        .args(["--ip", "127.0.0.1", "--api-ip", "127.0.0.1"])
        .args(["--port", &port.to_string(), "--api-port", &api_port.to_string()])
        .env("CONFIGPROXY_AUTH_TOKEN", "sesame")
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let url = format!("http://127.0.0.1:{api_port}").parse().unwrap();
    let routes = ChpRoutes::new(&url, Secret::new("sesame"));
    eventually("the proxy", async || routes.healthy().await).await;

    let names = ["ann", "a b", "j\u{fc}rgen", "ann@x.org", "50%", "a+b", "%41"];
    let path = |name: &str| perijove_model::names::server_path("/", name, "gpu");
    let mut wanted = RouteSet(vec![route("/", "http://127.0.0.1:8081")]);
    wanted
        .0
        .extend(names.map(|name| route(&path(name), "http://127.0.0.1:20000")));
    routes.apply(&wanted).await.unwrap();
    let mut shown: Vec<String> = routes
        .activity()
        .await
        .unwrap()
        .into_iter()
        .map(|seen| seen.path)
        .collect();
    let mut expected: Vec<String> = wanted.0.iter().map(|route| route.path.clone()).collect();
    shown.sort();
    expected.sort();
    assert_eq!(shown, expected);

    for name in names {
        routes.remove(&path(name)).await.unwrap();
    }
    routes.remove("/user/nobody/").await.unwrap();
    assert_eq!(routes.activity().await.unwrap().len(), 1);
    let thief = ChpRoutes::new(&url, Secret::new("guess"));
    let refused = thief.activity().await.unwrap_err();
    assert!(matches!(refused, RouteError::Forbidden { .. }), "{refused}");
}

fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}
