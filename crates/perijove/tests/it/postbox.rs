//! A real mail server (`environments/mail`) that tells what letters it takes.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use serde_json::Value;
use tempfile::TempDir;

use crate::support::{PATIENCE, environment, free_port};

/// How a server is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    Plain,
    StartTls,
    Tls,
}

pub(crate) struct Postbox {
    process: Child,
    pub(crate) port: u16,
    way: Way,
    dir: TempDir,
    said: Receiver<Value>,
}

impl Drop for Postbox {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A letter as it arrived.
#[derive(Debug)]
pub(crate) struct Letter(pub(crate) Value);

impl Letter {
    pub(crate) fn to(&self) -> &str {
        self.0["to"][0].as_str().unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.0["headers"][name].as_str().unwrap_or_default()
    }

    pub(crate) fn subject(&self) -> &str {
        self.header("subject")
    }

    pub(crate) fn text(&self) -> &str {
        self.0["text"].as_str().unwrap()
    }

    /// Where the link in it leads, without the origin.
    pub(crate) fn link(&self) -> String {
        let part = self.text().split_whitespace().find(|word| word.starts_with("http"));
        let url = url::Url::parse(part.unwrap_or_else(|| panic!("no link: {self:?}"))).unwrap();
        assert!(self.0["html"].as_str().unwrap().contains("href=\""), "{self:?}");
        match url.query() {
            Some(query) => format!("{}?{query}", url.path()),
            None => url.path().to_owned(),
        }
    }
}

impl Postbox {
    /// `more` are arguments of `postbox.py`. Nothing where there is no Python with what it needs.
    pub(crate) fn open(way: Way, more: &[&str]) -> Option<Self> {
        let python = environment("mail", "mail through a real server")?.join("bin/python");
        let (port, dir) = (free_port(), TempDir::new().unwrap());
        let certificate = certificate(&dir);
        let program = format!("{}/../../environments/mail/postbox.py", env!("CARGO_MANIFEST_DIR"));
        let mut command = Command::new(python);
        command.arg(program).arg(port.to_string()).args(more);
        if way != Way::Plain {
            command.args(["--tls", if way == Way::Tls { "tls" } else { "starttls" }]);
            command
                .arg("--cert")
                .arg(&certificate.0)
                .arg("--key")
                .arg(&certificate.1);
        }
        let mut process = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let output = BufReader::new(process.stdout.take().unwrap());
        let (told, said) = channel();
        let (ready, is_ready) = channel();
        std::thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                let done = match line.as_str() {
                    "ready" => ready.send(()).is_err(),
                    line => told.send(serde_json::from_str(line).unwrap()).is_err(),
                };
                if done {
                    return;
                }
            }
        });
        is_ready.recv_timeout(PATIENCE).unwrap();
        Some(Self {
            process,
            port,
            way,
            dir,
            said,
        })
    }

    /// The file with the authority that its certificate is from.
    pub(crate) fn authority(&self) -> PathBuf {
        self.dir.path().join("ca.pem")
    }

    /// `[mail]` for it.
    pub(crate) fn section(&self) -> String {
        let (port, file) = (self.port, self.authority());
        let how = match self.way {
            Way::Plain => format!("url = \"smtp://localhost:{port}\"\ninsecure = true\n"),
            Way::StartTls => format!("url = \"smtp://localhost:{port}\"\nca_file = \"{}\"\n", file.display()),
            Way::Tls => format!("url = \"smtps://localhost:{port}\"\nca_file = \"{}\"\n", file.display()),
        };
        format!("[mail]\n{how}from = \"Notebooks <hub@example.org>\"\n")
    }

    /// The next letter.
    pub(crate) async fn letter(&self) -> Letter {
        let begun = std::time::Instant::now();
        loop {
            if let Ok(letter) = self.said.try_recv() {
                return Letter(letter);
            }
            assert!(begun.elapsed() < PATIENCE, "no letter comes");
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    }

    /// The next one, which must be for this address.
    pub(crate) async fn letter_to(&self, address: &str) -> Letter {
        let letter = self.letter().await;
        assert_eq!(letter.to(), address, "{letter:?}");
        letter
    }
}

/// A certificate for `localhost` and its key, as files, and the authority beside them.
fn certificate(dir: &TempDir) -> (PathBuf, PathBuf) {
    let file = |name: &str, text: &str| {
        let path = dir.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let mut authority = CertificateParams::new(Vec::<String>::new()).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority_key = KeyPair::generate().unwrap();
    let signed = authority.self_signed(&authority_key).unwrap();
    file("ca.pem", &signed.pem());
    let issuer = Issuer::new(authority, authority_key);
    let key = KeyPair::generate().unwrap();
    let own = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    let own = own.signed_by(&key, &issuer).unwrap();
    (file("cert.pem", &own.pem()), file("key.pem", &key.serialize_pem()))
}
