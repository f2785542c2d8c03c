//! `[spawner.docker]`: servers as containers.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use ipnet::Ipv4Net;

use super::seconds;
use crate::section::section;
use crate::types::{ByteSize, EscapeNames, Isolation, Json, PullPolicy, ReachBy};

section! {
    /// Servers as containers of a Docker engine, where `backends` of [spawner] has `docker`. In templates `{username}` and `{servername}` are escaped as DockerSpawner does it; `{raw_username}`, `{raw_servername}`, `{imagename}` and `{prefix}` are filled in, too.
    pub struct DockerSpawner {
        /// Where the engine listens: `unix:///path`, `tcp://host:port` or `https://host:port`.
        host: String = "unix:///var/run/docker.sock".to_owned(), env "DOCKER_HOST", example "\"tcp://10.0.0.7:2376\"";
        /// Directory with `ca.pem`, `cert.pem` and `key.pem`, to speak TLS with an engine elsewhere.
        tls_dir: Option<PathBuf> = None, env "DOCKER_CERT_PATH", unset "no TLS", example "\"/etc/perijove/docker\"";
        /// How long the engine may take for an answer. A longer wait means that nobody can tell now, and never that a server has ended.
        timeout: Duration = seconds(20);
        /// Image of servers whose profile names none.
        image: String = "quay.io/jupyterhub/singleuser:6.1".to_owned(), example "\"quay.io/jupyter/scipy-notebook:latest\"";
        /// Images that the option `image` of a start may name, where there are no profiles; `*` allows all.
        allowed_images: Vec<String> = Vec::new(), example "[\"quay.io/jupyter/scipy-notebook:latest\"]";
        /// When images are fetched: at every start (`always`), if they are not there (`ifnotpresent`), `never`, or by nobody who asks (`skip`).
        pull_policy: PullPolicy = PullPolicy::IfNotPresent;
        /// Images of this section and of all profiles are fetched when the hub starts, and not when somebody wants one.
        prepull: bool = false;
        /// File with names and passwords for registries that want them, as `docker login` writes it (`config.json`). Read again for each image.
        registries: Option<PathBuf> = None, unset "none", example "\"/etc/perijove/docker-config.json\"";
        /// Program that is the server, and its first arguments. `args` of [spawner] follow it; a profile's `cmd` is used alone.
        cmd: Vec<String> = Vec::new(), unset "the image's own", example "[\"jupyterhub-singleuser\"]";
        /// How names of containers begin.
        prefix: String = "jupyter".to_owned();
        /// Template of containers' names.
        name_template: String = String::new(), unset "`{prefix}-{username}`, and `{prefix}-{username}--{servername}` for servers with a name", example "\"lab-{username}\"";
        /// How names get into names of containers and volumes: as DockerSpawner does it, or `legacy`, as it did before its release 12.
        escape: EscapeNames = EscapeNames::Strict;
        /// Template of the name of the volume with somebody's files, or of an absolute directory of the engine's machine. It is filled in once for each person and kept.
        home: String = "jupyterhub-user-{username}".to_owned(), example "\"/srv/homes/{username}\"";
        /// Driver of the engine's that makes these volumes.
        home_driver: String = "local".to_owned();
        /// What the driver is told of them, by its own names. `{storage}` is the limit in bytes, and what has it is left out where there is none: so the driver holds volumes to it, if it can. What a volume was made with, it keeps.
        home_options: BTreeMap<String, String> = BTreeMap::new(), example "{ size = \"{storage}\" }";
        /// Where the container sees it.
        home_target: String = "/home/jovyan/work".to_owned();
        /// Volumes or directories beside the home, by their templates, and where containers see them.
        volumes: BTreeMap<String, String> = BTreeMap::new(), example "{ \"cache-{username}\" = \"/home/jovyan/.cache\" }";
        /// The same, for reading only.
        read_only_volumes: BTreeMap<String, String> = BTreeMap::new(), example "{ \"/srv/data\" = \"/data\" }";
        /// What keeps servers apart: `site` is the network that `network` names, as it is; with `shared` the hub makes one network in which they do not reach each other (for a hub that is not a container); with `person` it makes a network for each person.
        isolation: Isolation = Isolation::Site;
        /// Network of the containers. With `isolation = "site"` it must be there; else the hub's are called so, or begin so.
        network: String = "bridge".to_owned(), example "\"jupyterhub-net\"";
        /// With `isolation = "person"`: where people's networks have their addresses, 32 for each.
        subnets: Option<Ipv4Net> = None, unset "where the engine likes, which is enough for about 30 networks", example "\"10.213.0.0/16\"";
        /// With `isolation = "person"`: the containers that the hub and the edge run in, if they do. They are let into each network.
        hub_containers: Vec<String> = Vec::new(), example "[\"perijove\"]";
        /// Whether servers reach what a cloud tells its machines (169.254.169.254), often with keys to more, from networks that the hub makes.
        cloud_metadata: bool = false;
        /// How the hub and the edge reach servers: at a `port` of the engine's machine, at their `address` or by their `name` in the network.
        connect_by: Option<ReachBy> = None, unset "`port` in the networks `bridge` and `host` of the site, else `address`", example "\"name\"";
        /// With `connect_by = "port"`: the machine's address that ports are open on.
        host_ip: String = "127.0.0.1".to_owned();
        /// Port that servers listen on, in the container.
        port: u16 = 8888;
        /// Most processes and threads of one server, unless its profile says otherwise; 0 is as many as there may be.
        most_processes: u32 = 4096;
        /// Memory that programs of a server may share.
        shm_size: Option<ByteSize> = None, unset "as the engine has it", example "\"1G\"";
        /// The kernel's capabilities that containers keep. Images that begin as root and change to somebody else need some.
        capabilities: Vec<String> = Vec::new(), unset "none", example "[\"CHOWN\", \"DAC_OVERRIDE\", \"FOWNER\", \"SETGID\", \"SETUID\"]";
        /// Programs never get more rights than who runs them, whatever their files say (`sudo`).
        no_new_privileges: bool = true;
        /// Nothing of the image can be changed: only the home, the volumes, `/tmp` and `/run`.
        read_only_root: bool = false;
        /// What else the engine is told of a container, by its own names or by those of docker-py. Texts are templates.
        create_config: Json = Json::new(), example "{ hostname = \"{username}\", labels = { team = \"physics\" } }";
        /// The same for its host configuration.
        host_config: Json = Json::new(), example "{ extra_hosts = { db = \"10.0.0.9\" }, log_config = { type = \"local\" } }";
        /// Command that is run in a container when it has started; what it says goes to the log.
        post_start_cmd: Vec<String> = Vec::new(), example "[\"sh\", \"-c\", \"cp -rn /srv/examples ~\"]";
        /// Each start makes a container. With `false` a stopped server's container goes on at the next start, with all that was written in it, and with the image and the limits that it was made with.
        remove: bool = true;
        /// How long a server may take to stop, before it is killed.
        stop_timeout: Duration = seconds(10);
    }
}
