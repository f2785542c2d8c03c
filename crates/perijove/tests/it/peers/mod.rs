//! The real programs that people have, as they are on PyPI, beside the real binary: nobody may notice that it is not
//! JupyterHub.

mod culler;
mod database;
mod docker;
mod managed;
mod own_environments;
mod proxy;
mod records;
mod scopes;
mod service;
mod singleuser;

use std::net::SocketAddr;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use perijove_testkit::{Answer, Browser};
use reqwest::Method;
use rustix::process::{Pid, Signal, kill_process};

use crate::support::{self, Ground, eventually};

/// A Python program of an environment, run in the ground's directory, with its output in `LOG`. It ends with the ground.
fn python(ground: &Ground, environment: &Path, arguments: &[&str], variables: &[(&str, &str)], log: &str) -> Child {
    let log = std::fs::File::create(ground.path().join(log)).unwrap();
    command(ground, environment, arguments)
        .envs(variables.iter().copied())
        .stdout(log.try_clone().unwrap())
        .stderr(log)
        .spawn()
        .unwrap()
}

fn command(ground: &Ground, environment: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(environment.join("bin/python"));
    command
        .args(arguments)
        .current_dir(ground.path())
        .env_clear()
        .env(
            "PATH",
            format!("{}:/usr/local/bin:/usr/bin:/bin", environment.join("bin").display()),
        )
        // Also by this the ground finds it at the end.
        .env("HOME", ground.path())
        .stdin(Stdio::null());
    command
}

/// Our binary by the name of the other.
fn our_proxy(ground: &Ground) -> PathBuf {
    let proxy = ground.path().join("configurable-http-proxy");
    if !proxy.exists() {
        symlink(env!("CARGO_BIN_EXE_perijove"), &proxy).unwrap();
    }
    proxy
}

/// The real JupyterHub, with our edge as its proxy, the quickest servers, and nobody's password.
struct JupyterHub<'a> {
    ground: &'a Ground,
    process: Child,
    browser: Browser,
}

impl<'a> JupyterHub<'a> {
    /// Comes back when people reach it. Its servers outlive it.
    async fn start(ground: &'a Ground, environment: &Path, edge: SocketAddr, hub: SocketAddr) -> Self {
        Self::start_with(ground, environment, edge, hub, "").await
    }

    /// `more` comes last in its configuration.
    async fn start_with(ground: &'a Ground, environment: &Path, edge: SocketAddr, hub: SocketAddr, more: &str) -> Self {
        let proxy = our_proxy(ground);
        let config = ground.path().join("jupyterhub_config.py");
        let text = format!(
            "c.JupyterHub.bind_url = 'http://{edge}'\n\
             c.JupyterHub.hub_bind_url = 'http://{hub}'\n\
             c.JupyterHub.db_url = 'sqlite:///jupyterhub.sqlite'\n\
             c.JupyterHub.cleanup_servers = False\n\
             c.ConfigurableHTTPProxy.api_url = 'http://127.0.0.1:{api}'\n\
             c.ConfigurableHTTPProxy.command = ['{proxy}']\n\
             c.JupyterHub.authenticator_class = 'dummy'\n\
             c.Authenticator.allow_all = True\n\
             c.JupyterHub.spawner_class = 'simple'\n\
             c.SimpleLocalProcessSpawner.home_dir_template = '{home}/{{username}}'\n\
             c.Spawner.cmd = ['{python}', '{server}']\n\
             c.JupyterHub.services = [{{'name': 'the-test', 'api_token': '{token}', 'admin': True}}]\n\
             {more}",
            api = support::free_port(),
            proxy = proxy.display(),
            home = ground.path().display(),
            python = environment.join("bin/python").display(),
            server = support::program("lone_server.py"),
            token = support::ADMIN_TOKEN,
        );
        std::fs::write(&config, text).unwrap();
        let arguments = ["-m", "jupyterhub", "--config", config.to_str().unwrap()];
        let mut jupyterhub = Self {
            process: python(ground, environment, &arguments, &[], "jupyterhub.log"),
            browser: Browser::new(&format!("http://{edge}"), "/"),
            ground,
        };
        eventually("JupyterHub answers through our edge", async || {
            let ended = jupyterhub.process.try_wait().unwrap();
            assert_eq!(ended, None, "{}", jupyterhub.log());
            let browser = &jupyterhub.browser;
            let answer = browser.client().get(browser.url("hub/health")).send().await.ok()?;
            (answer.status() == 200).then_some(())
        })
        .await;
        jupyterhub
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.ground.path().join("jupyterhub.log")).unwrap()
    }

    async fn api(&self, method: Method, path: &str) -> Answer {
        self.browser
            .api_with_token(support::ADMIN_TOKEN, method, path, None)
            .await
    }

    /// Ends it as a service manager does.
    async fn stop(mut self) {
        kill_process(Pid::from_child(&self.process), Signal::TERM).unwrap();
        eventually("JupyterHub ends", async || self.process.try_wait().unwrap()).await;
        assert!(!self.log().contains("Traceback"), "{}", self.log());
    }
}
