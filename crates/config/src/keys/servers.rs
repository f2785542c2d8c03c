//! `[spawner]`, `[spawner.process]`, `[[service]]`: what runs behind the hub.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use perijove_model::Secret;
use url::Url;

use super::docker::DockerSpawner;
use super::{seconds, texts};
use crate::section::section;
use crate::types::{Accounts, Backend, ByteSize, Json, PathTemplate, PortRange, UidRange};

section! {
    /// How people's servers are started.
    pub struct Spawner {
        /// Ways to run servers. What a profile does not say otherwise of runs the first of them.
        backends: Vec<Backend> = vec![Backend::Process], example "[\"docker\", \"process\"]";
        /// How long starting may take until the server's process or container runs.
        start_timeout: Duration = seconds(60);
        /// How long a started server may take to its first answer.
        http_timeout: Duration = seconds(30);
        /// Time between two looks whether a server still runs; 0 turns them off.
        poll_interval: Duration = seconds(30);
        /// So many starts in a row that failed, of whomever, end the hub with status 1, for a service manager to start it
        /// afresh; 0 never does.
        consecutive_failure_limit: u32 = 0;
        /// Page that a server opens with, such as `/lab` or `/tree`.
        default_url: String = String::new(), example "\"/lab\"";
        /// Directory that the server shows, `~` being the home.
        notebook_dir: String = String::new(), example "\"~/notebooks\"";
        /// Variables for the servers.
        environment: BTreeMap<String, String> = BTreeMap::new(), example "{ EDITOR = \"nano\" }";
        /// Variables that come from what sign-in keeps of a server's person, by the path in it. Who has none of it has no such variable. Programs of the server can read them.
        auth_state_env: BTreeMap<String, String> = BTreeMap::new(), example "{ ACCESS_TOKEN = \"access_token\", EMAIL = \"oauth_user.email\" }";
        /// Program that is the server, and its first arguments.
        cmd: Vec<String> = texts(&["jupyterhub-singleuser"]);
        /// Further arguments of the server.
        args: Vec<String> = Vec::new(), example "[\"--ServerApp.terminals_enabled=False\"]";
        /// Variables of the hub that servers get too.
        env_keep: Vec<String> = texts(&[
            "CONDA_DEFAULT_ENV", "CONDA_ROOT", "JUPYTERHUB_SINGLEUSER_APP", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "PATH", "PYTHONPATH", "VIRTUAL_ENV",
        ]);
        /// Scopes of a server's own token.
        server_token_scopes: Vec<String> = Vec::new(), unset "those of the role `server`", example "[\"users:activity!user\"]";
        /// Scopes that a server may ask of those who visit it, besides access to it.
        oauth_client_allowed_scopes: Vec<String> = Vec::new(), example "[\"read:users!user\"]";
        /// Fields to ask people before a start, as HTML; empty asks nothing. Pages run no script of theirs.
        options_form: String = String::new(), example "'<label for=\"size\">Size</label> <input id=\"size\" name=\"size\">'";
        /// File with the fields, instead.
        options_form_file: Option<PathBuf> = None, example "\"options.html\"";
        /// Memory for one server. Told to the server as `MEM_LIMIT`; what takes more is ended.
        mem_limit: Option<ByteSize> = None, unset "no limit", example "\"2G\"";
        /// Cores for one server. Told to the server as `CPU_LIMIT`; what wants more waits.
        cpu_limit: Option<f64> = None, unset "no limit", example "1.5";
        /// Servers as processes on the hub's own machine.
        process: ProcessSpawner = ProcessSpawner::default();
        /// Servers as containers of a Docker engine, where `backends` has `docker`.
        docker: DockerSpawner = DockerSpawner::default();
    }

    /// Servers as processes on the hub's own machine.
    pub struct ProcessSpawner {
        /// Home directory of a server: `{data_dir}` and `{username}` are filled in.
        home: PathTemplate = PathTemplate::default();
        /// Python environment whose `bin` comes first on the servers' `PATH`.
        environment_dir: Option<PathBuf> = None, unset "only `PATH`", example "\"/opt/jupyter\"";
        /// Ports for servers.
        port_range: PortRange = PortRange::default();
        /// How long a server may take to stop after SIGINT.
        interrupt_timeout: Duration = seconds(30);
        /// How long a server may take to stop after SIGTERM.
        term_timeout: Duration = seconds(30);
        /// How long to wait for a server's end after SIGKILL.
        kill_timeout: Duration = seconds(5);
        /// Most that is kept of one server's output.
        log_limit: ByteSize = ByteSize(8 << 20);
        /// Fork servers from a process that has imported what they need, which takes a tenth of the time. Where that
        /// can't be done the log says why, and they are started afresh.
        warm: bool = true;
        /// Which system accounts servers run as: `hub` is the hub's own for all of them, `system` the one of the person's
        /// name, `dynamic` a number of its own for each home, which no other ever gets. All but `hub` need root.
        accounts: Option<Accounts> = None, unset "`dynamic` where the hub runs as root, else `hub`", example "\"system\"";
        /// With `accounts = "system"`: make accounts that are missing.
        create_accounts: bool = false;
        /// With `accounts = "system"`: accounts with smaller numbers belong to the machine, and no server runs as them.
        lowest_uid: u32 = 1000;
        /// With `accounts = "dynamic"`: numbers of accounts. Keep the first one: homes belong to numbers.
        uid_range: UidRange = UidRange::default();
        /// Give each server its own `/tmp`, `/dev/shm` and `/proc`, and show it neither other homes nor the hub's files.
        /// Where servers run as the hub's account only the latter, by landlock. `false` turns both off.
        isolate: bool = true;
        /// Close other homes and the hub's files with the kernel's landlock, too, where it has it. Programs in a server
        /// then can't mount anything, which containers that people start by themselves need.
        landlock: bool = true;
        /// Directories that servers see even so, such as one beside the homes. Who may write there is said by its permissions.
        visible: Vec<PathBuf> = Vec::new(), example "[\"/home/shared\"]";
        /// Most processes and threads of one server, unless its profile says otherwise; 0 is as many as there may be.
        most_processes: u32 = 4096;
    }

    /// A program that uses the hub's API or its login. With `command` the hub runs it, else someone else does.
    pub struct Service {
        /// Name of the service.
        name: String = String::new(), required, example "\"grader\"";
        /// Where the service listens; the edge sends `/services/NAME/` there.
        url: Option<Url> = None, example "\"http://127.0.0.1:9000\"";
        /// The service's token for the API.
        api_token: Option<Secret> = None, example "\"${GRADER_TOKEN}\"";
        /// The service may do everything.
        admin: bool = false;
        /// Id of the service's OAuth client.
        oauth_client_id: Option<String> = None, unset "`service-NAME`", example "\"service-grader\"";
        /// Where OAuth sends people back to.
        oauth_redirect_uri: Option<String> = None, unset "`/services/NAME/oauth_callback`";
        /// Don't ask people whether the service may use their account.
        oauth_no_confirm: bool = false;
        /// Scopes that the service may ask of those who visit it.
        oauth_client_allowed_scopes: Vec<String> = Vec::new(), example "[\"read:users!user\"]";
        /// Anything the API should tell about the service.
        info: Json = Json::new(), example "{ contact = \"it@example.org\" }";
        /// List the service in the pages' menu.
        display: bool = true;
        /// The program and its arguments, for the hub to run. With several hubs one of them runs it.
        command: Vec<String> = Vec::new(), example "[\"python3\", \"/opt/grader/main.py\"]";
        /// Directory in which the program runs.
        cwd: Option<PathBuf> = None, unset "that in which the hub was started", example "\"/opt/grader\"";
        /// Variables for the program.
        environment: BTreeMap<String, String> = BTreeMap::new(), example "{ GRADER_DEBUG = \"1\" }";
        /// System account that the program runs as; the hub must run as root for it.
        user: Option<String> = None, unset "the hub's own", example "\"grader\"";
        /// How long the program may take to answer at its `url` after a start.
        timeout: Duration = seconds(30);
    }
}
