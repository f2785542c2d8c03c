//! TLS towards clients, on the API, and towards targets.

use std::{fs, process::Command, sync::Arc, time::Duration};

use perijove_edge::{
    Certificates, ClientCertificates, Edge, EdgeConfig, Hsts, KeyFiles, Redirect, SelfSigned, ServerTls, TargetTls,
    Version,
};
use rustls::{crypto::ring, version};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::{
    certs::{Lab, TlsTarget, TlsWire, client, der, real_clock, skip},
    harness::{OK, TOKEN, Target, TestEdge, Wire, body_of, config, get, header, soon, status},
};

/// A certificate for `localhost`, and an edge with it before a target.
async fn simple(lab: &Lab) -> (TestEdge, Target) {
    let target = Target::new().await;
    let files = lab.issue("edge", &["localhost", "127.0.0.1"]);
    let edge = TestEdge::start(EdgeConfig {
        default_target: Some(target.url()),
        ..lab.edge(&[files])
    });
    (edge, target)
}

fn start(config: EdgeConfig) -> Edge {
    Edge::start(config, real_clock()).unwrap()
}

fn refusal(config: EdgeConfig) -> String {
    let error = Edge::start(config, real_clock()).err();
    error.unwrap_or_else(|| panic!("it started")).to_string()
}

#[tokio::test]
async fn requests_over_tls_reach_the_target_and_are_told_so() {
    let lab = Lab::new();
    let (edge, target) = simple(&lab).await;
    let client = TlsWire::connect(edge.edge.addresses()[0], "localhost", lab.client())
        .await
        .unwrap();
    let request = get("/hub/");
    let (reply, (head, _wire)) = tokio::join!(client.all(&request), target.serve(OK));
    assert_eq!(body_of(&reply.unwrap()), "ok");
    assert_eq!(header(&head, "x-forwarded-proto"), Some("https"));
}

#[tokio::test]
async fn a_large_answer_comes_whole() {
    let lab = Lab::new();
    let (edge, target) = simple(&lab).await;
    let client = TlsWire::connect(edge.edge.addresses()[0], "localhost", lab.client())
        .await
        .unwrap();
    let size = 5_000_000;
    let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {size}\r\n\r\n{}", "x".repeat(size));
    let request = get("/large");
    let (reply, _) = tokio::join!(client.all(&request), target.serve(&answer));
    assert_eq!(body_of(&reply.unwrap()).len(), size);
}

#[tokio::test]
async fn the_certificate_is_chosen_by_name() {
    let lab = Lab::new();
    let first = lab.issue("first", &["first.example.org"]);
    let second = lab.issue("second", &["second.example.org"]);
    let wild = lab.issue("wild", &["*.users.example.org"]);
    let edge = start(lab.edge(&[first.clone(), second.clone(), wild.clone()]));
    let shown = async |name: &str| {
        let config = client(&lab.ca, None);
        TlsWire::connect(edge.addresses()[0], name, config)
            .await
            .map(|wire| wire.certificate())
    };
    assert_eq!(shown("first.example.org").await.unwrap(), der(&first.cert));
    assert_eq!(shown("SECOND.example.org").await.unwrap(), der(&second.cert));
    assert_eq!(shown("ann.users.example.org").await.unwrap(), der(&wild.cert));
    let error = shown("x.ann.users.example.org").await.unwrap_err().to_string();
    assert!(
        error.contains("certificate"),
        "the first is shown, which is for another name: {error}"
    );
}

#[tokio::test]
async fn old_versions_are_refused() {
    let lab = Lab::new();
    let (edge, _target) = simple(&lab).await;
    let mut wire = Wire::connect(edge.edge.addresses()[0]).await;
    // A greeting of TLS 1.0 with the two suites that its last clients had.
    let mut hello = vec![3, 1];
    hello.extend([7; 32]);
    hello.extend([0, 0, 4, 0xc0, 0x13, 0, 0x2f, 1, 0]);
    let length = u8::try_from(hello.len()).unwrap();
    let mut record = vec![22, 3, 1, 0, length + 4, 1, 0, 0, length];
    record.extend(hello);
    wire.send(&record).await;
    let alert = wire.exactly(7).await;
    assert_eq!((alert[0], alert[5]), (21, 2), "an alert that ends it: {alert:?}");
    assert_eq!(wire.rest().await, "");
}

#[tokio::test]
async fn only_the_versions_and_suites_that_are_set_are_spoken() {
    let lab = Lab::new();
    let mut settings = lab.edge(&[lab.issue("edge", &["localhost"])]);
    let tls = settings.tls.as_mut().unwrap();
    tls.oldest = Version::Tls13;
    let edge = start(settings);
    let of_12 = rustls::ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(&[&version::TLS12])
        .unwrap()
        .with_root_certificates(super::certs::roots(&lab.ca))
        .with_no_client_auth();
    let refused = TlsWire::connect(edge.addresses()[0], "localhost", of_12).await;
    assert!(refused.is_err());
    let of_13 = TlsWire::connect(edge.addresses()[0], "localhost", lab.client()).await;
    assert!(of_13.is_ok());
}

#[tokio::test]
async fn people_without_tls_are_sent_to_it() {
    let lab = Lab::new();
    let files = lab.issue("edge", &["localhost"]);
    let edge = start(EdgeConfig {
        redirect: Redirect {
            listen: vec![([127, 0, 0, 1], 0).into()],
            port: None,
        },
        ..lab.edge(&[files])
    });
    let port = edge.addresses()[0].port();
    let ask = async |at, request: &str| {
        let mut wire = Wire::connect(at).await;
        wire.send(request).await;
        wire.rest().await
    };
    let plain = edge.plain_addresses()[0];
    // On an address of its own, and on the one with TLS.
    for at in [plain, edge.addresses()[0]] {
        let reply = ask(at, &get("/user/ann/lab?x=%2F&y")).await;
        assert_eq!(status(&reply), 301, "{reply}");
        let expected = format!("https://hub.example.org:{port}/user/ann/lab?x=%2F&y");
        assert_eq!(header(&reply, "location"), Some(expected.as_str()));
    }
    let reply = ask(plain, "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n").await;
    assert_eq!(status(&reply), 308, "the method stays");
    assert_eq!(status(&ask(plain, &get("/_chp_healthz")).await), 200);
    assert_eq!(status(&ask(plain, &get("/.well-known/acme-challenge/x")).await), 404);
    assert_eq!(status(&ask(plain, "GET / HTTP/1.0\r\n\r\n").await), 400);
}

#[tokio::test]
async fn browsers_are_told_to_come_with_tls_only() {
    let lab = Lab::new();
    let target = Target::new().await;
    let hsts = Hsts {
        max_age: Duration::from_secs(3600),
        subdomains: true,
        preload: false,
    };
    let edge = start(EdgeConfig {
        default_target: Some(target.url()),
        hsts: Some(hsts),
        ..lab.edge(&[lab.issue("edge", &["localhost"])])
    });
    let wire = TlsWire::connect(edge.addresses()[0], "localhost", lab.client())
        .await
        .unwrap();
    let request = get("/");
    let (reply, _) = tokio::join!(wire.all(&request), target.serve(OK));
    let reply = reply.unwrap();
    assert_eq!(
        header(&reply, "strict-transport-security"),
        Some("max-age=3600; includeSubDomains")
    );
}

#[tokio::test]
async fn a_new_certificate_is_taken_while_connections_go_on() {
    let lab = Lab::new();
    let (edge, target) = simple(&lab).await;
    let at = edge.edge.addresses()[0];
    let mut old = TlsWire::connect(at, "localhost", lab.client()).await.unwrap();
    let before = old.certificate();
    let keep = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
    let (reply, (_, mut upstream)) = tokio::join!(old.ask(keep, "ok"), target.serve(OK));
    assert_eq!(status(&reply), 200);

    lab.issue("edge", &["localhost"]);
    let shown = async || {
        TlsWire::connect(at, "localhost", lab.client())
            .await
            .unwrap()
            .certificate()
    };
    soon("the new certificate", async {
        while shown().await == before {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    })
    .await;
    let after = shown().await;

    let again = async {
        upstream.head().await;
        upstream.send(OK).await;
    };
    let (reply, ()) = tokio::join!(old.ask(keep, "ok"), again);
    assert_eq!(status(&reply), 200, "the connection from before goes on");

    fs::write(lab.path("edge.key"), "-----BEGIN PRIVATE KEY-----\nAAAA\n").unwrap();
    edge.edge.reload_certificates();
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(shown().await, after, "a broken file changes nothing");
}

#[tokio::test]
async fn mistakes_in_files_are_named() {
    let lab = Lab::new();
    let good = lab.issue("good", &["localhost"]);
    let other = lab.issue("other", &["localhost"]);
    let with = |cert: &std::path::Path, key: &std::path::Path| {
        refusal(lab.edge(&[KeyFiles {
            cert: cert.to_owned(),
            key: key.to_owned(),
        }]))
    };
    let missing = with(&lab.path("none.pem"), &good.key);
    assert!(missing.contains("none.pem: there is no such file"), "{missing}");
    let mixed = with(&good.cert, &other.key);
    assert!(
        mixed.contains("other.key: the key does not belong to the certificate"),
        "{mixed}"
    );
    let swapped = with(&good.key, &good.cert);
    assert!(swapped.contains("good.key: there is no certificate in it"), "{swapped}");
    let keyless = with(&good.cert, &good.cert);
    assert!(keyless.contains("good.pem: there is no key in it"), "{keyless}");

    let locked = lab.path("locked.key");
    fs::write(
        &locked,
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n",
    )
    .unwrap();
    let locked = with(&good.cert, &locked);
    assert!(locked.contains("locked.key: the key has a password"), "{locked}");
}

/// What an edge with `targets` gives of a target that only speaks to clients of the lab.
async fn through(lab: &Lab, host: &str, names: &[&str], targets: TargetTls) -> String {
    let server = TlsTarget::new(&lab.issue("server", names), Some(&lab.ca)).await;
    let url = format!("https://{host}:{}", server.port());
    let serving = tokio::spawn(server.serve("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecret"));
    let edge = TestEdge::start(EdgeConfig {
        default_target: Some(url),
        target_tls: targets,
        ..config()
    });
    let reply = edge.ask(&get("/")).await;
    serving.abort();
    reply
}

#[tokio::test]
async fn targets_with_tls_are_reached_by_who_may() {
    let lab = Lab::new();
    let ours = TargetTls {
        identity: Some(lab.issue("proxy", &["proxy"])),
        ca: Some(lab.ca.clone()),
        verify: true,
    };
    let by_name = through(&lab, "localhost", &["localhost"], ours.clone()).await;
    assert_eq!(body_of(&by_name), "secret");
    let by_address = through(&lab, "127.0.0.1", &["127.0.0.1"], ours.clone()).await;
    assert_eq!(body_of(&by_address), "secret");

    let nameless = TargetTls {
        identity: None,
        ..ours.clone()
    };
    assert_eq!(status(&through(&lab, "localhost", &["localhost"], nameless).await), 503);
    let of_another = through(&lab, "localhost", &["hub.example.org"], ours.clone()).await;
    assert_eq!(status(&of_another), 503, "a certificate for another name");
    let stranger = Lab::new();
    let untrusting = TargetTls {
        ca: Some(stranger.ca.clone()),
        ..ours.clone()
    };
    assert_eq!(
        status(&through(&lab, "localhost", &["localhost"], untrusting).await),
        503
    );
    let unchecked = TargetTls {
        ca: None,
        verify: false,
        ..ours
    };
    let anybody = through(&lab, "localhost", &["hub.example.org"], unchecked).await;
    assert_eq!(body_of(&anybody), "secret");
}

#[tokio::test]
async fn the_api_speaks_tls_and_asks_who_calls() {
    let lab = Lab::new();
    let hub = lab.issue("hub", &["hub"]);
    let api = ServerTls {
        clients: ClientCertificates::Required(lab.ca.clone()),
        ..ServerTls::new(Certificates::Files(vec![lab.issue("api", &["localhost"])]))
    };
    let edge = start(EdgeConfig {
        api_tls: Some(api),
        ..config()
    });
    let request =
        format!("GET /api/routes HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAuthorization: token {TOKEN}\r\n\r\n");
    let with = async |config| {
        let wire = TlsWire::connect(edge.api_address(), "localhost", config).await?;
        wire.all(&request).await
    };
    let known = with(client(&lab.ca, Some(&hub))).await.unwrap();
    assert_eq!(status(&known), 200);
    assert!(
        with(client(&lab.ca, None)).await.is_err(),
        "nobody without a certificate"
    );
    let stranger = Lab::new();
    let stranger = stranger.issue("hub", &["hub"]);
    assert!(with(client(&lab.ca, Some(&stranger))).await.is_err());
}

#[tokio::test]
async fn the_hub_and_nobody_else_is_told_whose_certificate_it_was() {
    let lab = Lab::new();
    let (hub, alice) = (Target::new().await, Target::new().await);
    let tls = ServerTls {
        clients: ClientCertificates::Asked(lab.ca.clone()),
        ..ServerTls::new(Certificates::Files(vec![lab.issue("edge", &["localhost"])]))
    };
    let edge = TestEdge::start(EdgeConfig {
        default_target: Some(hub.url()),
        hub_proof: Some(perijove_model::Secret::new("by the edge")),
        trusted: Vec::new(),
        tls: Some(tls),
        ..config()
    });
    edge.route("/user/alice", &alice).await;
    let proxy = lab.issue("proxy", &["proxy.example.org"]);
    let request = |path: &str| {
        format!(
            "GET {path} HTTP/1.1\r\nHost: hub\r\nX-Perijove-Client: forged.example.org\r\nx_perijove_client: forged\r\n\
             X-Auth-Request-User: ann\r\nX-Forwarded-For: 6.6.6.6\r\nConnection: close\r\n\r\n"
        )
    };
    let ask = async |path: &str, identity, target: &Target| {
        let config = client(&lab.ca, identity);
        let wire = TlsWire::connect(edge.edge.addresses()[0], "localhost", config)
            .await
            .unwrap();
        let request = request(path);
        let (_, (head, _wire)) = tokio::join!(wire.all(&request), target.serve(OK));
        head
    };
    let head = ask("/hub/login", Some(&proxy), &hub).await;
    let names = header(&head, "x-perijove-client").unwrap_or_default();
    assert!(names.split(", ").any(|name| name == "proxy.example.org"), "{head}");
    assert_eq!(header(&head, "x-auth-request-user"), Some("ann"));
    assert_eq!(
        header(&head, "x-forwarded-for"),
        Some("127.0.0.1"),
        "what it says of addresses is not believed"
    );
    assert!(!head.contains("forged"), "{head}");
    let head = ask("/hub/login", None, &hub).await;
    assert_eq!(header(&head, "x-perijove-client"), None);
    assert_eq!(header(&head, "x-auth-request-user"), None);
    let head = ask("/user/alice/lab", Some(&proxy), &alice).await;
    assert!(!head.to_lowercase().contains("perijove"), "{head}");
    assert_eq!(header(&head, "x-auth-request-user"), None);
}

fn self_signed(lab: &Lab) -> EdgeConfig {
    EdgeConfig {
        tls: Some(ServerTls::new(Certificates::SelfSigned(SelfSigned {
            dir: lab.path("own"),
            names: vec!["localhost".into(), "127.0.0.1".into()],
        }))),
        redirect: Redirect {
            listen: vec![([127, 0, 0, 1], 0).into()],
            port: None,
        },
        hsts: Some(Hsts {
            max_age: Duration::from_secs(3600),
            subdomains: false,
            preload: false,
        }),
        ..config()
    }
}

#[tokio::test]
async fn an_own_authority_is_made_and_can_be_trusted() {
    let lab = Lab::new();
    let target = Target::new().await;
    let edge = start(EdgeConfig {
        default_target: Some(target.url()),
        ..self_signed(&lab)
    });
    let mut wire = Wire::connect(edge.plain_addresses()[0]).await;
    wire.send(get("/_perijove/ca.pem")).await;
    let ca = body_of(&wire.rest().await).to_owned();
    fs::write(lab.path("trusted.pem"), &ca).unwrap();

    let trusting = || client(&lab.path("trusted.pem"), None);
    for name in ["localhost", "127.0.0.1"] {
        let wire = TlsWire::connect(edge.addresses()[0], name, trusting()).await.unwrap();
        let request = get("/");
        let (reply, _) = tokio::join!(wire.all(&request), target.serve(OK));
        let reply = reply.unwrap();
        assert_eq!(status(&reply), 200);
        assert_eq!(
            header(&reply, "strict-transport-security"),
            None,
            "nobody is locked out"
        );
    }
    let wire = TlsWire::connect(edge.addresses()[0], "localhost", trusting())
        .await
        .unwrap();
    let page = wire.all(&get("/_perijove/ca")).await.unwrap();
    assert_eq!(status(&page), 200);
    assert!(page.contains("SHA-256") && page.contains("/_perijove/ca.pem"), "{page}");

    drop(edge);
    let edge = start(self_signed(&lab));
    let again = TlsWire::connect(edge.addresses()[0], "localhost", trusting()).await;
    assert!(again.is_ok(), "the authority is the same after a new start");
}

#[tokio::test(flavor = "multi_thread")]
async fn curl_and_chromium_trust_the_authority_once_they_are_told() {
    let lab = Lab::new();
    let target = TlsTarget::new(&lab.issue("server", &["localhost"]), None).await;
    let url = format!("https://localhost:{}", target.port());
    tokio::spawn(target.serve("HTTP/1.1 200 OK\r\nContent-Length: 12\r\nContent-Type: text/html\r\n\r\n<p>jupiter</p"));
    let edge = start(EdgeConfig {
        default_target: Some(url),
        target_tls: TargetTls {
            ca: Some(lab.ca.clone()),
            ..TargetTls::default()
        },
        ..self_signed(&lab)
    });
    let url = format!("https://localhost:{}/", edge.addresses()[0].port());
    let run = async |program: &'static str, arguments: Vec<String>| {
        let ran = tokio::task::spawn_blocking(move || Command::new(program).args(arguments).output());
        match ran.await.unwrap() {
            Ok(output) => Some(String::from_utf8_lossy(&output.stdout).into_owned()),
            Err(error) => {
                skip(&format!("TLS as {program} speaks it"), &error.to_string());
                None
            }
        }
    };
    let ca = lab.path("own/ca.pem").display().to_string();
    let trusting = ["-sS", "--cacert", &ca, &url].map(str::to_owned).to_vec();
    if let Some(said) = run("curl", trusting).await {
        assert!(said.contains("jupiter"), "{said}");
    }
    let doubting = ["-sS", &url].map(str::to_owned).to_vec();
    if let Some(said) = run("curl", doubting).await {
        assert_eq!(said, "", "nobody trusts it unasked");
    }
    // Chromium reads the authorities of the system only: the certificate's own key is named instead.
    let profile = format!("--user-data-dir={}", lab.path("profile").display());
    let browsing = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--ignore-certificate-errors",
        &profile,
        "--dump-dom",
        &url,
    ];
    if let Some(said) = run("chromium", browsing.map(str::to_owned).to_vec()).await {
        assert!(said.contains("jupiter"), "{said}");
    }
}

#[tokio::test]
async fn a_client_that_says_nothing_holds_up_nobody() {
    let lab = Lab::new();
    let (edge, target) = simple(&lab).await;
    let _silent = Wire::connect(edge.edge.addresses()[0]).await;
    let mut rude = Wire::connect(edge.edge.addresses()[0]).await;
    rude.stream.write_all(&[22, 3, 1, 0xff]).await.unwrap();
    let wire = TlsWire::connect(edge.edge.addresses()[0], "localhost", lab.client())
        .await
        .unwrap();
    let request = get("/");
    let (reply, _) = tokio::join!(wire.all(&request), target.serve(OK));
    assert_eq!(status(&reply.unwrap()), 200);
}

const WEBSOCKET: &str = "GET /user/a/api/kernels/1/channels HTTP/1.1\r\nHost: hub\r\nConnection: Upgrade\r\n\
                         Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: x\r\n\r\n";
const SWITCHED: &[u8] = b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";

/// The client comes with TLS, and so does the edge to the target.
#[tokio::test]
async fn a_websocket_passes_with_tls_on_both_sides() {
    let lab = Lab::new();
    let target = TlsTarget::new(&lab.issue("server", &["localhost"]), Some(&lab.ca)).await;
    let edge = start(EdgeConfig {
        default_target: Some(format!("https://localhost:{}", target.port())),
        target_tls: TargetTls {
            identity: Some(lab.issue("proxy", &["proxy"])),
            ca: Some(lab.ca.clone()),
            verify: true,
        },
        ..lab.edge(&[lab.issue("edge", &["localhost"])])
    });
    let mut client = TlsWire::connect(edge.addresses()[0], "localhost", lab.client())
        .await
        .unwrap();
    let answering = async {
        let mut server = target.accept().await.unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            server.read_buf(&mut head).await.unwrap();
        }
        server.write_all(SWITCHED).await.unwrap();
        server.flush().await.unwrap();
        server
    };
    let (head, mut server) = tokio::join!(client.ask(WEBSOCKET, "\r\n\r\n"), answering);
    assert_eq!(status(&head), 101);
    let mut heard = vec![0; 5];
    for word in [b"hello", b"again"] {
        client.0.write_all(word).await.unwrap();
        soon("a word at the target", server.read_exact(&mut heard))
            .await
            .unwrap();
        assert_eq!(heard, word);
        server.write_all(&word.to_ascii_uppercase()).await.unwrap();
        server.flush().await.unwrap();
        soon("a word at the client", client.0.read_exact(&mut heard))
            .await
            .unwrap();
        assert_eq!(heard, word.to_ascii_uppercase());
    }
    // Far more than any buffer holds, while nobody reads yet.
    let much = vec![7; 3_000_000];
    let (sent, got) = tokio::join!(server.write_all(&much), async {
        let mut got = vec![0; much.len()];
        soon("much at the client", client.0.read_exact(&mut got))
            .await
            .map(|_| got)
    });
    sent.unwrap();
    assert!(got.unwrap() == much);
    client.0.shutdown().await.unwrap();
    let ended = soon("the end at the target", server.read(&mut heard)).await;
    assert!(matches!(ended, Ok(0) | Err(_)));
}

#[tokio::test]
async fn a_client_that_closes_its_side_still_gets_its_answer() {
    let lab = Lab::new();
    let (edge, target) = simple(&lab).await;
    let mut client = TlsWire::connect(edge.edge.addresses()[0], "localhost", lab.client())
        .await
        .unwrap();
    let request = get("/");
    client.0.write_all(request.as_bytes()).await.unwrap();
    client.0.shutdown().await.unwrap();
    let (reply, _) = tokio::join!(client.all(""), target.serve(OK));
    assert_eq!(body_of(&reply.unwrap()), "ok");
}
