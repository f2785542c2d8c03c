//! Networks that the hub makes for servers: who is in one with whom, and what is out of reach from there.
//!
//! Nobody can close an address to a container by the engine's API. But an address that lies in a network of the container's
//! own is looked for there, and nowhere else: a second network, which leads to nothing and in which nobody hears anybody,
//! takes in all the addresses at which clouds tell machines who they are. Without capabilities no container changes that.

use std::collections::HashMap;
use std::time::Duration;

use bollard::models::{
    Ipam, IpamConfig, Network, NetworkConnectRequest, NetworkCreateRequest, NetworkDisconnectRequest,
};
use bollard::query_parameters::{EventsOptions, InspectNetworkOptions, ListNetworksOptions};
use futures_util::StreamExt;
use ipnet::Ipv4Net;
use perijove_spawn::{ServerKey, ServerSpec, SpawnError};
use tokio::time::sleep;

use crate::containers::Container;
use crate::create::INSTANCE;
use crate::engine::Fault;
use crate::{DockerConfig, DockerSpawner, Isolation, Mistake};

/// Whose network it is: a home's number, or everybody's.
const NETWORK: &str = "perijove.network";
const EVERYBODYS: &str = "everybody";
/// The same for all hubs of an engine: there can be one network only with these addresses.
pub(crate) const NOWHERE: &str = "perijove-no-metadata";
/// Where Amazon, Azure, Google and others answer their machines (169.254.169.254, 169.254.170.2). Networks of ours have no
/// IPv6, so nothing leads to fd00:ec2::254.
const LINK_LOCAL: &str = "169.254.0.0/16";
const METADATA: &str = "169.254.169.254";
const TALK: &str = "com.docker.network.bridge.enable_icc";
/// The engine's machine gets no address there, and goes on reaching what it has always reached.
const NO_ADDRESS: &str = "com.docker.network.bridge.inhibit_ipv4";
/// Room for a person's servers and the hub.
const PERSONS_PREFIX: u8 = 27;
/// Others take addresses, too.
const TRIES: usize = 8;
/// What is about to change, changes at once, or soon on a busy machine.
const LOOKS: usize = 100;
const LOOK: Duration = Duration::from_millis(50);
const PAUSE: Duration = Duration::from_secs(10);

impl DockerSpawner {
    /// The network of a server, made if it is not there.
    pub(crate) async fn network_of(&self, spec: &ServerSpec) -> Result<String, SpawnError> {
        let config = &self.config;
        let had = match config.isolation {
            Isolation::Site => return Ok(config.network.clone()),
            Isolation::Shared => self.have(EVERYBODYS, &config.shared_network()).await,
            Isolation::Person => {
                let name = self.persons_network(&spec.key);
                self.have(&spec.home.id.to_string(), &name).await
            }
        };
        let name = had.map_err(told)?;
        if config.isolation == Isolation::Person {
            self.let_hub_in(&name).await;
        }
        Ok(name)
    }

    fn persons_network(&self, key: &ServerKey) -> String {
        let person = self.config.escape.of(key.user.as_str());
        format!("{}-{person}", self.config.network_prefix())
    }

    /// What a network is called where its name is somebody else's.
    fn beside(&self, name: &str) -> String {
        let instance = &self.config.instance;
        format!("{name}.{}", instance.get(..8).unwrap_or(instance))
    }

    async fn have(&self, whose: &str, name: &str) -> Result<String, Fault> {
        if let Some(first) = self.of(whose).await?.into_iter().next() {
            return Ok(first.name.unwrap_or_default());
        }
        let name = match self.network(name).await? {
            Some(_) => self.beside(name),
            None => name.to_owned(),
        };
        match self.make_network(&name, whose).await {
            Err(fault) if no_room(&fault) => {
                self.remove_unused().await?;
                self.make_network(&name, whose).await?;
            }
            made => made?,
        }
        // Two who make one at the same time both keep the first.
        let mut all = self.of(whose).await?.into_iter();
        let first = all.next().and_then(|network| network.name);
        for later in all {
            let id = later.id.unwrap_or_default();
            let removed = self.remove_network(&id).await;
            removed.unwrap_or_else(|fault| tracing::debug!(id, %fault, "a network that was made twice stays"));
        }
        first.ok_or(Fault::Refused {
            status: 404,
            message: format!("network {name} not found"),
        })
    }

    /// Networks of this hub, the oldest first.
    async fn of(&self, whose: &str) -> Result<Vec<Network>, Fault> {
        let mut found = self.ours(Some(format!("{NETWORK}={whose}"))).await?;
        found.sort_by_key(|network| (network.created.clone(), network.id.clone()));
        Ok(found)
    }

    async fn ours(&self, label: Option<String>) -> Result<Vec<Network>, Fault> {
        let mut labels = vec![format!("{INSTANCE}={}", self.config.instance)];
        labels.extend(label);
        self.networks(HashMap::from([("label".to_owned(), labels)])).await
    }

    async fn networks(&self, filters: HashMap<String, Vec<String>>) -> Result<Vec<Network>, Fault> {
        let client = self.engine.client().await?;
        let options = ListNetworksOptions { filters: Some(filters) };
        self.engine.within(client.list_networks(Some(options))).await
    }

    pub(crate) async fn network(&self, name: &str) -> Result<Option<bollard::models::NetworkInspect>, Fault> {
        let client = self.engine.client().await?;
        let inspect = client.inspect_network(name, None::<InspectNetworkOptions>);
        match self.engine.within(inspect).await {
            Ok(network) => Ok(Some(network)),
            Err(fault) if fault.is(404) => Ok(None),
            Err(fault) => Err(fault),
        }
    }

    async fn make_network(&self, name: &str, whose: &str) -> Result<(), Fault> {
        let shared = whose == EVERYBODYS;
        let labels = [(INSTANCE, self.config.instance.as_str()), (NETWORK, whose)];
        let request = |subnet: Option<Ipv4Net>| NetworkCreateRequest {
            name: name.to_owned(),
            driver: Some("bridge".to_owned()),
            enable_ipv6: Some(false),
            options: shared.then(|| table([(TALK, "false")])),
            labels: Some(table(labels)),
            ipam: subnet.map(|subnet| addresses(&subnet.to_string(), None)),
            ..NetworkCreateRequest::default()
        };
        let subnets = match self.config.subnets.filter(|_| !shared) {
            Some(all) => self.free(all).await?.into_iter().map(Some).collect(),
            None => vec![None],
        };
        let mut last = Fault::Refused {
            status: 403,
            message: "no subnets left".to_owned(),
        };
        for subnet in subnets {
            match self.create_network(request(subnet)).await {
                Err(fault) if fault.says("overlaps") => last = fault,
                made => return made,
            }
        }
        Err(last)
    }

    async fn create_network(&self, request: NetworkCreateRequest) -> Result<(), Fault> {
        let client = self.engine.client().await?;
        let name = request.name.clone();
        match self.engine.within(client.create_network(request)).await {
            Ok(_) => tracing::info!(network = name, "a network is made"),
            // Somebody else was faster.
            Err(fault) if fault.is(409) => {}
            Err(fault) => return Err(fault),
        }
        Ok(())
    }

    /// Pieces of it in which no network is.
    async fn free(&self, all: Ipv4Net) -> Result<Vec<Ipv4Net>, Fault> {
        let networks = self.networks(HashMap::new()).await?;
        let configs = networks.into_iter().filter_map(|network| network.ipam?.config);
        let taken: Vec<Ipv4Net> = configs
            .flatten()
            .filter_map(|config| config.subnet?.parse().ok())
            .collect();
        let overlap = |one: &Ipv4Net, other: &Ipv4Net| one.contains(other) || other.contains(one);
        let pieces = all.subnets(PERSONS_PREFIX.max(all.prefix_len()));
        let free = pieces
            .into_iter()
            .flatten()
            .filter(|piece| !taken.iter().any(|other| overlap(piece, other)));
        Ok(free.take(TRIES).collect())
    }

    /// Before a container starts: what it must not reach is out of its reach.
    pub(crate) async fn close(&self, container: &Container) -> Result<(), SpawnError> {
        let ours = self.config.isolation != Isolation::Site;
        if !ours || self.config.cloud_metadata {
            return Ok(());
        }
        // Engines let containers into a network that is not there, and refuse to start them.
        if self.network(NOWHERE).await.map_err(told)?.is_none() {
            self.make_nowhere().await.map_err(told)?;
        }
        match container.is_in(NOWHERE) {
            true => Ok(()),
            false => self.connect(NOWHERE, container.id()).await.map_err(told),
        }
    }

    /// A container knows its networks by their ids: what was made again by the same name is another one for it.
    pub(crate) async fn enter_anew(&self, container: &Container) -> Result<(), Fault> {
        let nowhere = container.is_in(NOWHERE).then_some(NOWHERE);
        for network in [container.network()].into_iter().chain(nowhere) {
            let request = NetworkDisconnectRequest {
                container: container.id().to_owned(),
                force: Some(true),
            };
            let client = self.engine.client().await?;
            let left = self.engine.within(client.disconnect_network(network, request)).await;
            if let Err(fault) = left {
                tracing::debug!(network, %fault, "a container was not in its network");
            }
            self.connect(network, container.id()).await?;
        }
        Ok(())
    }

    async fn make_nowhere(&self) -> Result<(), Fault> {
        let request = NetworkCreateRequest {
            name: NOWHERE.to_owned(),
            driver: Some("bridge".to_owned()),
            internal: Some(true),
            enable_ipv6: Some(false),
            options: Some(table([(TALK, "false"), (NO_ADDRESS, "true")])),
            ipam: Some(addresses(LINK_LOCAL, Some(METADATA))),
            ..NetworkCreateRequest::default()
        };
        let mut looks = 0;
        loop {
            match self.create_network(request.clone()).await {
                // Another start's, of this moment: its addresses are taken before it can be seen. Or the site's.
                Err(fault) if fault.says("overlaps") && looks < LOOKS => {
                    if self.network(NOWHERE).await?.is_some() {
                        return Ok(());
                    }
                    looks += 1;
                    sleep(LOOK).await;
                }
                made => return made,
            }
        }
    }

    async fn connect(&self, network: &str, container: &str) -> Result<(), Fault> {
        let client = self.engine.client().await?;
        let request = NetworkConnectRequest {
            container: container.to_owned(),
            ..NetworkConnectRequest::default()
        };
        match self.engine.within(client.connect_network(network, request)).await {
            Err(fault) if fault.says("already exists in network") => Ok(()),
            connected => connected,
        }
    }

    /// The hub and the edge are in every person's network, where they are containers themselves.
    async fn let_hub_in(&self, network: &str) {
        for container in &self.config.hub_containers {
            if let Err(fault) = self.connect(network, container).await {
                tracing::warn!(container, network, %fault, "a container of the hub can't be let into a person's network");
            }
        }
    }

    async fn let_hub_in_everywhere(&self) -> Result<(), Fault> {
        for network in self.ours(None).await? {
            self.let_hub_in(&network.name.unwrap_or_default()).await;
        }
        Ok(())
    }

    /// Whoever makes the hub's containers anew takes them out of all networks that they were in.
    pub(crate) async fn follow_hub(&self) {
        if self.config.isolation != Isolation::Person || self.config.hub_containers.is_empty() {
            return;
        }
        loop {
            let followed = async {
                let client = self.engine.client().await?;
                let filters = HashMap::from([
                    ("type".to_owned(), vec!["container".to_owned()]),
                    ("event".to_owned(), vec!["start".to_owned()]),
                    ("container".to_owned(), self.config.hub_containers.clone()),
                ]);
                let options = EventsOptions {
                    filters: Some(filters),
                    ..EventsOptions::default()
                };
                let mut events = client.events(Some(options)).boxed();
                self.let_hub_in_everywhere().await?;
                while let Some(event) = events.next().await {
                    event?;
                    self.let_hub_in_everywhere().await?;
                }
                Ok::<_, Fault>(())
            };
            if let Err(fault) = followed.await {
                tracing::debug!(%fault, "the containers of the hub can't be followed now");
            }
            sleep(PAUSE).await;
        }
    }

    /// After a server has stopped: a network in which nobody is any more goes.
    pub(crate) async fn leave(&self, container: &Container) {
        if self.config.isolation != Isolation::Person {
            return;
        }
        let name = container.network();
        for _ in 0..LOOKS {
            match self.remove_if_unused(name, container.id()).await {
                Ok(true) => return,
                Ok(false) => sleep(LOOK).await,
                Err(fault) => return tracing::debug!(network = name, %fault, "the network of a person stays"),
            }
        }
    }

    /// After a start that came to nothing: the network that was made for it goes, unless somebody is in it. Who is about to come
    /// makes it again.
    pub(crate) async fn leave_empty(&self, key: &ServerKey) {
        if self.config.isolation != Isolation::Person {
            return;
        }
        let usual = self.persons_network(key);
        for name in [&self.beside(&usual), &usual] {
            if let Err(fault) = self.remove_if_unused(name, "").await {
                tracing::debug!(network = name, %fault, "the network of a person stays");
            }
        }
    }

    /// Whether there is nothing more to do; not yet, as long as this container is still on its way out.
    async fn remove_if_unused(&self, name: &str, leaving: &str) -> Result<bool, Fault> {
        let Some(network) = self.network(name).await? else {
            return Ok(true);
        };
        let label = |key: &str| network.labels.as_ref().and_then(|labels| labels.get(key));
        if label(INSTANCE) != Some(&self.config.instance) || label(NETWORK).is_none_or(|whose| whose == EVERYBODYS) {
            return Ok(true);
        }
        let inside = network.containers.unwrap_or_default();
        if inside.contains_key(leaving) {
            return Ok(false);
        }
        let hubs = &self.config.hub_containers;
        let is_hub = |name: Option<&String>| name.is_some_and(|name| hubs.contains(name));
        if inside.values().any(|one| !is_hub(one.name.as_ref())) {
            return Ok(true);
        }
        let client = self.engine.client().await?;
        for id in inside.keys() {
            let request = NetworkDisconnectRequest {
                container: id.clone(),
                force: Some(true),
            };
            self.engine.within(client.disconnect_network(name, request)).await?;
        }
        let removed = self.remove_network(name).await;
        if removed.is_err() {
            // Somebody has come in the meantime.
            self.let_hub_in(name).await;
        }
        removed.map(|()| true)
    }

    async fn remove_network(&self, name: &str) -> Result<(), Fault> {
        let client = self.engine.client().await?;
        match self.engine.within(client.remove_network(name)).await {
            Err(fault) if fault.is(404) => Ok(()),
            removed => removed,
        }
    }

    /// What was left over by servers that ended while no hub looked.
    pub(crate) async fn remove_unused(&self) -> Result<(), Fault> {
        if self.config.isolation != Isolation::Person {
            return Ok(());
        }
        for network in self.ours(None).await? {
            let name = network.name.unwrap_or_default();
            if let Err(fault) = self.remove_if_unused(&name, "").await {
                tracing::debug!(network = name, %fault, "the network of a person stays");
            }
        }
        Ok(())
    }

    /// Whether servers reach each other in the network that the site has made.
    pub(crate) async fn sites_network_is_cut(&self) -> Result<bool, Fault> {
        let network = self.network(&self.config.network).await?;
        let options = network.and_then(|network| network.options).unwrap_or_default();
        Ok(options.get(TALK).is_some_and(|talk| talk == "false"))
    }
}

/// What can't be had together.
pub(crate) fn check(config: &DockerConfig) -> Result<(), Mistake> {
    let mistake = |key, why: &str| {
        Err(Mistake {
            key,
            why: why.to_owned(),
        })
    };
    let person = config.isolation == Isolation::Person;
    match config {
        _ if !person && !config.hub_containers.is_empty() => mistake(
            "hub_containers",
            "with `isolation = \"person\"` only are they let into networks of people",
        ),
        _ if !person && config.subnets.is_some() => mistake("subnets", "only `isolation = \"person\"` needs it"),
        _ if config
            .subnets
            .is_some_and(|subnets| subnets.prefix_len() > PERSONS_PREFIX) =>
        {
            mistake(
                "subnets",
                "it is too small: each person's network takes 32 addresses of it",
            )
        }
        _ => Ok(()),
    }
}

/// The network went after it was seen.
pub(crate) fn is_gone(fault: &Fault) -> bool {
    fault.says("network") && (fault.says("not found") || fault.says("ambiguous"))
}

fn no_room(fault: &Fault) -> bool {
    let words = ["available, non-overlapping", "fully subnetted", "no subnets left"];
    words.iter().any(|words| fault.says(words))
}

fn told(fault: Fault) -> SpawnError {
    let message = match &fault {
        _ if no_room(&fault) => {
            "There are no addresses left for another person's network. An administrator can set `subnets` in \
             [spawner.docker], or make it larger."
        }
        Fault::Refused { .. } => {
            "The network of this server can't be made. An administrator finds the cause in the hub's log."
        }
        Fault::Slow(_) | Fault::Away(_) => return fault.into(),
    };
    SpawnError::caused(message, fault)
}

fn addresses(subnet: &str, kept_free: Option<&str>) -> Ipam {
    Ipam {
        config: Some(vec![IpamConfig {
            subnet: Some(subnet.to_owned()),
            auxiliary_addresses: kept_free.map(|address| table([("metadata", address)])),
            ..IpamConfig::default()
        }]),
        ..Ipam::default()
    }
}

fn table<const N: usize>(entries: [(&str, &str); N]) -> HashMap<String, String> {
    entries.map(|(key, value)| (key.to_owned(), value.to_owned())).into()
}
