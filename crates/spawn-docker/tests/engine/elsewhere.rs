//! An engine of another machine, which wants to know who asks.

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use perijove_spawn::Poll;
use perijove_spawn::suite::{Behaviour, Server, Steps, spec};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, ExtendedKeyUsagePurpose, IsCa, KeyPair};

use crate::Engine;
use crate::faults::{host, spawner_with};

type Authority = CertifiedIssuer<'static, KeyPair>;

fn authority() -> Authority {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// As `tls_dir` wants it, and as the engine's options do.
fn certificates(dir: &Path, authority: &Authority, purpose: ExtendedKeyUsagePurpose) {
    let mut params = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
    params.extended_key_usages = vec![purpose];
    let key = KeyPair::generate().unwrap();
    let certificate = params.signed_by(&key, authority).unwrap();
    fs::create_dir_all(dir).unwrap();
    fs::write(dir.join("ca.pem"), authority.pem()).unwrap();
    fs::write(dir.join("cert.pem"), certificate.pem()).unwrap();
    fs::write(dir.join("key.pem"), key.serialize_pem()).unwrap();
}

pub async fn an_engine_elsewhere_is_reached_over_tls() {
    let files = tempfile::tempdir().unwrap();
    let dir = |name: &str| files.path().join(name);
    let (ours, strange) = (authority(), authority());
    certificates(&dir("engine"), &ours, ExtendedKeyUsagePurpose::ServerAuth);
    certificates(&dir("hub"), &ours, ExtendedKeyUsagePurpose::ClientAuth);
    certificates(&dir("stranger"), &strange, ExtendedKeyUsagePurpose::ClientAuth);
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let address = format!("tcp://127.0.0.1:{port}");
    let option = |name: &str, file: &str| format!("--{name}={}", dir("engine").join(file).display());
    let options = [
        "--tlsverify".to_owned(),
        option("tlscacert", "ca.pem"),
        option("tlscert", "cert.pem"),
        option("tlskey", "key.pem"),
        format!("--host={address}"),
    ];
    let engine = Engine(Arc::new(host(&options.each_ref().map(String::as_str))));
    let reached_with = |certificates: Option<&str>| {
        spawner_with(&engine.0, |config| {
            config.address.host = address.clone();
            config.address.certificates = certificates.map(dir);
            config.patience = Duration::from_secs(5);
        })
    };

    let server = Server::start_as(reached_with(Some("hub")), spec(&engine, &Behaviour::Serve)).await;
    assert_eq!(server.poll().await, Poll::Running);
    for stranger in [Some("stranger"), None] {
        let spawner = reached_with(stranger);
        let told = spawner.poll(&server.started.state).await.unwrap_err();
        assert!(told.message.contains("container engine"), "{stranger:?}: {told}");
        let mut next = server.spec.clone();
        next.key.generation += 1;
        assert!(spawner.start(&next, &Steps::default()).await.is_err(), "{stranger:?}");
    }
    assert_eq!(server.poll().await, Poll::Running);
    server.end().await;
}
