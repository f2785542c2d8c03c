//! Certificates by ACME, from a real test server (pebble), where it is installed.

use std::{
    fs,
    net::{SocketAddr, TcpListener},
    path::Path,
    process::{Child, Command, Stdio},
    sync::Arc,
};

use jiff::SignedDuration;
use perijove_edge::{Acme, Certificates, Challenge, Edge, EdgeConfig, ExternalAccount, Redirect, ServerTls};
use perijove_model::{MockClock, Secret};
use serde_json::json;

use super::{
    certs::{Lab, TlsWire, client, real_clock, skip},
    harness::{OK, Target, body_of, config, get, soon, status},
};

const EXTERNAL_KEY: &str = "zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W";

/// A certificate authority that believes only in names that it has seen.
struct Pebble {
    programs: Vec<Child>,
    management: u16,
}

impl Drop for Pebble {
    fn drop(&mut self) {
        for program in &mut self.programs {
            let _ = program.kill();
            let _ = program.wait();
        }
    }
}

/// A port that was free just now.
fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

fn program(command: &mut Command) -> Option<Child> {
    match command.stdout(Stdio::null()).stderr(Stdio::null()).spawn() {
        Ok(child) => Some(child),
        Err(error) => {
            skip("certificates by ACME", &format!("pebble does not start: {error}"));
            None
        }
    }
}

impl Pebble {
    /// Looks for names on this machine, at the ports of `edge`.
    fn start(lab: &Lab, listen: u16, edge: &Edge, external: bool) -> Option<Self> {
        let (dns, dns_management, management) = (free_port(), free_port(), free_port());
        let own = lab.issue("pebble", &["localhost", "127.0.0.1"]);
        let settings = json!({"pebble": {
            "listenAddress": format!("127.0.0.1:{listen}"),
            "managementListenAddress": format!("127.0.0.1:{management}"),
            "certificate": own.cert,
            "privateKey": own.key,
            "httpPort": edge.plain_addresses().first().map_or(1, SocketAddr::port),
            "tlsPort": edge.addresses()[0].port(),
            "ocspResponderURL": "",
            "externalAccountBindingRequired": external,
            "externalAccountMACKeys": { "kid-1": EXTERNAL_KEY },
        }});
        let file = lab.path("pebble.json");
        fs::write(&file, settings.to_string()).unwrap();
        let names = program(
            Command::new("pebble-challtestsrv")
                .args(["-defaultIPv6", "", "-http01", "", "-https01", "", "-tlsalpn01", ""])
                .args(["-dns01", &format!("127.0.0.1:{dns}")])
                .args(["-management", &format!("127.0.0.1:{dns_management}")]),
        )?;
        let mut pebble = Self {
            programs: vec![names],
            management,
        };
        pebble.programs.push(program(
            Command::new("pebble")
                .arg("-config")
                .arg(&file)
                .args(["-dnsserver", &format!("127.0.0.1:{dns}")])
                .env("PEBBLE_VA_NOSLEEP", "1"),
        )?);
        Some(pebble)
    }

    /// What browsers would trust it by. It is another one at each start.
    async fn root(&self, lab: &Lab) -> std::path::PathBuf {
        let at = SocketAddr::from(([127, 0, 0, 1], self.management));
        let reply = soon("pebble", async {
            loop {
                if let Ok(wire) = TlsWire::connect(at, "localhost", lab.client()).await {
                    break wire.all(&get("/roots/0")).await.unwrap();
                }
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            }
        })
        .await;
        let file = lab.path("pebble-root.pem");
        fs::write(&file, body_of(&reply)).unwrap();
        file
    }
}

struct Setup {
    lab: Lab,
    clock: Arc<MockClock>,
    edge: Edge,
    pebble: Pebble,
    target: Target,
}

/// An edge whose authority comes up after it, as after a power cut.
async fn setup(challenge: Challenge, names: &[&str], external: bool) -> Option<Setup> {
    let lab = Lab::new();
    let port = free_port();
    let target = Target::new().await;
    let acme = Acme {
        directory: format!("https://localhost:{port}/dir"),
        directory_ca: Some(lab.ca.clone()),
        names: names.iter().map(ToString::to_string).collect(),
        email: Some("ann@example.org".into()),
        challenge,
        dir: lab.path("acme"),
        external_account: external.then(|| ExternalAccount {
            id: "kid-1".into(),
            key: Secret::new(EXTERNAL_KEY),
        }),
    };
    let clock = real_clock();
    let plain = match challenge {
        Challenge::Http01 => vec![([127, 0, 0, 1], 0).into()],
        Challenge::TlsAlpn01 => vec![],
    };
    let config = EdgeConfig {
        default_target: Some(target.url()),
        tls: Some(ServerTls::new(Certificates::Acme(Box::new(acme)))),
        redirect: Redirect {
            listen: plain,
            port: None,
        },
        ..config()
    };
    let edge = Edge::start(config, clock.clone()).unwrap();
    let pebble = Pebble::start(&lab, port, &edge, external)?;
    Some(Setup {
        lab,
        clock,
        edge,
        pebble,
        target,
    })
}

impl Setup {
    /// The certificate that is shown for `name`, as soon as there is one that `root` vouches for and `wanted` wants.
    async fn certificate(&self, root: &Path, name: &str, wanted: impl Fn(&[u8]) -> bool) -> Vec<u8> {
        soon("a certificate by ACME", async {
            loop {
                let wire = TlsWire::connect(self.edge.addresses()[0], name, client(root, None)).await;
                if let Some(shown) = wire.ok().map(|wire| wire.certificate()).filter(|shown| wanted(shown)) {
                    break shown;
                }
                // The tries before failed, since nobody was there; the next ones come after a pause.
                self.clock.advance(SignedDuration::from_mins(5));
                self.edge.reload_certificates();
                tokio::time::sleep(std::time::Duration::from_millis(300)).await;
            }
        })
        .await
    }
}

#[tokio::test]
async fn certificates_are_ordered_and_renewed_by_http() {
    let names = ["hub.example.org", "www.example.org"];
    let Some(setup) = setup(Challenge::Http01, &names, false).await else {
        return;
    };
    let root = setup.pebble.root(&setup.lab).await;
    let mut first = Vec::new();
    for name in names {
        first.push(setup.certificate(&root, name, |_| true).await);
    }
    let wire = TlsWire::connect(setup.edge.addresses()[0], names[0], client(&root, None))
        .await
        .unwrap();
    let request = get("/");
    let (reply, _) = tokio::join!(wire.all(&request), setup.target.serve(OK));
    assert_eq!(status(&reply.unwrap()), 200);

    // Pebble's certificates live for five years.
    setup.clock.advance(SignedDuration::from_hours(24 * 365 * 3));
    setup.edge.reload_certificates();
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    let still = setup.certificate(&root, names[0], |_| true).await;
    assert_eq!(still, first[0], "nothing is due after three fifths of its life");
    setup.clock.advance(SignedDuration::from_hours(24 * 130));
    setup.edge.reload_certificates();
    let renewed = setup.certificate(&root, names[0], |shown| shown != first[0]).await;
    assert_ne!(renewed, first[0]);
    let left = fs::read_dir(setup.lab.path("acme"))
        .unwrap()
        .flatten()
        .flat_map(|dir| fs::read_dir(dir.path().join("challenges")).unwrap())
        .count();
    assert!(left <= 1, "proofs are taken away when they have been seen: {left}");
}

#[tokio::test]
async fn certificates_are_ordered_by_tls_with_an_account_of_ones_own() {
    let Some(setup) = setup(Challenge::TlsAlpn01, &["hub.example.org"], true).await else {
        return;
    };
    let root = setup.pebble.root(&setup.lab).await;
    setup.certificate(&root, "hub.example.org", |_| true).await;
}

#[tokio::test]
async fn http_challenges_need_an_address_without_tls() {
    let lab = Lab::new();
    let acme = Acme {
        directory: "https://localhost:1/dir".into(),
        directory_ca: None,
        names: vec!["hub.example.org".into()],
        email: None,
        challenge: Challenge::Http01,
        dir: lab.path("acme"),
        external_account: None,
    };
    let config = EdgeConfig {
        tls: Some(ServerTls::new(Certificates::Acme(Box::new(acme)))),
        ..config()
    };
    let error = Edge::start(config, real_clock()).err().unwrap().to_string();
    assert!(error.contains("http-01 needs an address without TLS"), "{error}");
}
