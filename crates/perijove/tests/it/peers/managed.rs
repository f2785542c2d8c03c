//! Services that the hub runs itself: a real program made with `jupyterhub.services.auth`, its ends and those of its
//! hub, and what a program finds where it runs.

use std::fs;
use std::path::Path;

use perijove_testkit::Browser;
use rustix::process::{Pid, Signal, geteuid, kill_process};

use crate::support::{self, Site, eventually};

const ACCESS: &str = "[[auth]]\nkind = \"dummy\"\n[access]\nallow_all = true\n";

#[tokio::test]
async fn the_hub_runs_a_service() {
    let Some(environment) = support::environment("test", "a service that the hub runs") else {
        return;
    };
    let mut site = Site::new(&whoami(&environment, support::free_port()));
    site.serve().await;
    let ann = site.sign_in("ann").await;
    knows(&ann).await;
    let first = only_process(&site).await;

    kill_process(first, Signal::KILL).unwrap();
    eventually("it is started again", async || {
        (!processes(&site).is_empty() && !processes(&site).contains(&first)).then_some(())
    })
    .await;
    // With another token, so people are asked for again, and it knows them.
    knows(&site.sign_in("ann").await).await;

    let second = only_process(&site).await;
    site.kill9();
    eventually("it ends with its hub", async || {
        processes(&site).is_empty().then_some(())
    })
    .await;
    site.serve().await;
    knows(&site.sign_in("ann").await).await;
    let third = only_process(&site).await;
    assert!(third != second);

    // Its supervisor and its hub die without a word: the next hub clears up before it starts another.
    for supervisor in site.ground.processes("run/services/") {
        if supervisor != third {
            kill_process(supervisor, Signal::KILL).unwrap();
        }
    }
    site.kill9();
    site.serve().await;
    eventually("the lost one is gone", async || {
        (!processes(&site).contains(&third)).then_some(())
    })
    .await;
    knows(&site.sign_in("ann").await).await;
    only_process(&site).await;
    site.stop().await;
}

#[tokio::test]
async fn a_program_finds_only_what_is_meant_for_it() {
    let script = "id -un; pwd; env; exec sleep 1000";
    let toml = format!(
        "{ACCESS}[spawner]\nenv_keep = [\"PATH\", \"KEPT\"]\n\
         [[service]]\nname = \"own\"\ncommand = [\"/bin/sh\", \"-c\", \"{script}\"]\nenvironment = {{ A = \"b c\" }}\n\
         [[service]]\nname = \"other\"\ncommand = [\"/bin/sh\", \"-c\", \"{script}\"]\ncwd = \"/\"\nuser = \"nobody\"\n\
         [[service]]\nname = \"missing\"\ncommand = [\"/no/such/program\"]\n"
    );
    let mut site = Site::new(&toml).with("KEPT", "yes").with("THE_HUBS_OWN", "secret");
    site.serve().await;
    let said = said_by(&site, "own").await;
    let here = site.ground.path().canonicalize().unwrap();
    assert_eq!(said[1], here.to_str().unwrap());
    for line in ["A=b c", "KEPT=yes", "JUPYTERHUB_SERVICE_NAME=own", "JUPYTERHUB_USER="] {
        assert!(said.iter().any(|said| said == line), "{line}: {said:#?}");
    }
    assert!(!said.iter().any(|line| line.contains("THE_HUBS_OWN")), "{said:#?}");

    if geteuid().is_root() {
        let said = said_by(&site, "other").await;
        assert_eq!((said[0].as_str(), said[1].as_str()), ("nobody", "/"));
        assert!(said.iter().any(|line| line == "USER=nobody"), "{said:#?}");
    } else {
        told(&site, "the hub must run as root").await;
    }
    told(&site, "/no/such/program").await;
    site.stop().await;
}

/// What the program of a service has written.
async fn said_by(site: &Site, name: &str) -> Vec<String> {
    let wanted = format!("JUPYTERHUB_SERVICE_NAME={name}");
    eventually("the program has said all", async || {
        let dirs = fs::read_dir(site.data("run/services")).ok()?;
        let logs = dirs.filter_map(|dir| fs::read_to_string(dir.ok()?.path().join("log")).ok());
        let mut said = logs.map(|log| log.lines().map(str::to_owned).collect::<Vec<_>>());
        said.find(|lines| lines.contains(&wanted))
    })
    .await
}

async fn told(site: &Site, words: &str) {
    eventually("the hub's log tells why", async || {
        site.log().contains(words).then_some(())
    })
    .await;
}

/// The service tells ann who she is.
async fn knows(ann: &Browser) {
    eventually("the service answers", async || {
        (ann.get("/services/whoami/").await.status == 302).then_some(())
    })
    .await;
    let told = ann.visit("/services/whoami/").await.expect(200).json();
    assert_eq!(told["name"], "ann");
}

fn processes(site: &Site) -> Vec<Pid> {
    site.ground.processes("whoami.py")
}

async fn only_process(site: &Site) -> Pid {
    let found = processes(site);
    let [one] = found.as_slice() else {
        panic!("{found:?}\n{}", site.log())
    };
    *one
}

fn whoami(environment: &Path, port: u16) -> String {
    format!(
        "{ACCESS}[[service]]\nname = \"whoami\"\ncommand = [\"{python}\", \"{program}\"]\n\
         url = \"http://127.0.0.1:{port}\"\noauth_no_confirm = true\n\
         [[role]]\nname = \"visitors\"\nscopes = [\"access:services!service=whoami\"]\nusers = [\"ann\"]\n",
        python = environment.join("bin/python").display(),
        program = support::program("whoami.py"),
    )
}
