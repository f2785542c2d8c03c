//! `[[profile]]`, `[[entitlement]]`: what people may start, and how much of it.

use std::collections::{BTreeMap, BTreeSet};

use perijove_model::UserName;

use crate::section::section;
use crate::types::{ByteSize, OneOrMany, Quota, Whole};

section! {
    /// Something that people may start. Where there are profiles, every server is one of them. Without `users`, `groups`, `roles` and `claims` it is for everybody.
    pub struct Profile with values: ProfileValues {
        /// What people read on its card.
        name: String = String::new(), required, example "\"Large\"";
        /// What programs call it: `a-z`, `0-9` and `-`.
        slug: String = String::new(), unset "made from the name", example "\"large\"";
        /// What it is for, in a sentence or two.
        description: String = String::new(), example "\"For models that need room\"";
        /// Its picture: a path on this platform, or a `data:` URL.
        picture: String = String::new(), example "\"/hub/static/logo.svg\"";
        /// It is chosen already when the page opens, and started where nobody chooses. Without it the first one is.
        default: bool = false;
        /// People whom it is for.
        users: BTreeSet<UserName> = BTreeSet::new(), example "[\"ada\"]";
        /// Groups whose members it is for.
        groups: BTreeSet<String> = BTreeSet::new(), example "[\"researchers\"]";
        /// Roles; it is for whoever has one.
        roles: BTreeSet<String> = BTreeSet::new(), example "[\"admin\"]";
        /// What sign-in must have told of somebody: for one of these claims (a dot leads deeper), one of these values.
        claims: BTreeMap<String, OneOrMany<String>> = BTreeMap::new(), example "{ department = [\"physics\", \"biology\"] }";
        /// Choices within the profile.
        choice: Vec<Choice> = Vec::new();
    }

    /// What a server gets.
    pub struct ProfileValues {
        /// Which backend runs it.
        spawner: Option<String> = None, unset "the first one", example "\"process\"";
        /// Name of a Python environment that the hub looks after.
        environment: Option<String> = None, example "\"datascience\"";
        /// A container's image. Processes on the hub's machine need an `environment`, with or without it.
        image: Option<String> = None, example "\"quay.io/jupyter/scipy-notebook:latest\"";
        /// Program that is the server, and its arguments.
        cmd: Option<Vec<String>> = None, unset "`cmd` and `args` of [spawner]", example "[\"jupyterhub-singleuser\"]";
        /// Cores that it may use.
        cpu: Option<f64> = None, unset "`cpu_limit` of [spawner]", example "4";
        /// Cores that are kept for it.
        cpu_guarantee: Option<f64> = None, example "0.5";
        /// Memory that it may use.
        memory: Option<ByteSize> = None, unset "`mem_limit` of [spawner]", example "\"8G\"";
        /// Memory that is kept for it.
        memory_guarantee: Option<ByteSize> = None, example "\"1G\"";
        /// Processes and threads that it may have.
        processes: Option<u32> = None, example "500";
        /// What the person's home may hold.
        storage: Option<ByteSize> = None, example "\"10G\"";
        /// Graphics processors.
        gpu: Option<u32> = None, unset "0", example "1";
        /// Page that it opens with. `{username}`, `{servername}` and `{is_admin}` are filled in here, in `env` and in mounts.
        default_url: Option<String> = None, unset "`default_url` of [spawner]", example "\"/lab\"";
        /// Variables for the server.
        env: BTreeMap<String, String> = BTreeMap::new(), example "{ OMP_NUM_THREADS = \"4\" }";
        /// Directories beside the home.
        mounts: Vec<ProfileMount> = Vec::new();
    }

    /// A directory beside the home, shown to the server.
    pub struct ProfileMount {
        /// Directory of the machine or name of a volume. `{username}`, `{servername}` and `{is_admin}` are filled in; with `{group}` there is one for each of the person's groups.
        source: String = String::new(), required, example "\"/data/shared/{group}\"";
        /// Where the server sees it, relative to the home unless it begins with a slash.
        target: String = String::new(), required, example "\"shared/{group}\"";
        /// Nothing can be changed in it.
        read_only: bool = false;
        /// Administrators may change what is in it all the same.
        writable_by_admins: bool = false;
        /// Only for members of one of these groups; with `{group}`, only these groups.
        groups: BTreeSet<String> = BTreeSet::new(), example "[\"researchers\"]";
    }

    /// A choice: from a list of options, by a text that fits a pattern, or either.
    pub struct Choice {
        /// What people read before it.
        name: String = String::new(), required, example "\"Size\"";
        /// What programs call it.
        slug: String = String::new(), unset "made from the name", example "\"size\"";
        /// The option's slug or the text, where nothing is chosen.
        default: String = String::new(), unset "the first option, or nothing", example "\"small\"";
        /// Regular expression that a text must match from beginning to end. Without it there are only the options.
        pattern: Option<Whole> = None, example "'registry\\.example\\.org/[a-z0-9./:-]+'";
        /// Where the text goes: `image`, `environment`, `default_url`, `cpu`, `memory`, `storage`, `gpu`, or `env.NAME`.
        sets: String = String::new(), unset "nowhere", example "\"image\"";
        /// The options.
        option: Vec<ChoiceOption> = Vec::new();
    }

    /// An option of a choice. What it says of the server counts instead of what the profile says; variables and mounts are added.
    pub struct ChoiceOption with values: ProfileValues {
        /// What people read.
        name: String = String::new(), required, example "\"Small\"";
        /// What programs call it.
        slug: String = String::new(), unset "made from the name", example "\"small\"";
    }

    /// What some people may have. Who is in several has the profiles of all and the largest of each quota; what is denied anywhere is denied. Without `users`, `groups`, `roles` and `claims` it is for everybody.
    pub struct Entitlement {
        /// People whom it is for.
        users: BTreeSet<UserName> = BTreeSet::new(), example "[\"ada\"]";
        /// Groups whose members it is for.
        groups: BTreeSet<String> = BTreeSet::new(), unset "none", example "[\"researchers\"]";
        /// Roles; it is for whoever has one.
        roles: BTreeSet<String> = BTreeSet::new(), example "[\"user\"]";
        /// What sign-in must have told of somebody: for one of these claims (a dot leads deeper), one of these values.
        claims: BTreeMap<String, OneOrMany<String>> = BTreeMap::new(), example "{ department = [\"physics\", \"biology\"] }";
        /// Slugs of profiles that they may start, also of such as are for others. Where none of somebody's entitlements has this key, every profile that is for them.
        allow_profiles: Option<BTreeSet<String>> = None, unset "nothing is said of profiles", example "[\"large\"]";
        /// Slugs of profiles that they may not start, whatever else allows it.
        deny_profiles: BTreeSet<String> = BTreeSet::new(), example "[\"large\"]";
        /// Servers that may run at once.
        max_servers: Option<Quota<u32>> = None, unset "nothing is said of them", example "2";
        /// Cores of all servers that run.
        cpu: Option<Quota<f64>> = None, unset "nothing is said of them", example "8";
        /// Memory of all servers that run.
        memory: Option<Quota<ByteSize>> = None, unset "nothing is said of it", example "\"16G\"";
        /// What the home may hold.
        storage: Option<Quota<ByteSize>> = None, unset "nothing is said of it", example "\"50G\"";
        /// Graphics processors of all servers that run.
        gpu: Option<Quota<u32>> = None, unset "nothing is said of them", example "1";
        /// Hours that servers may run in a calendar month (UTC), each server counted for itself. What runs then is stopped, unless `stop_over_hours` in `[culler]` says otherwise.
        hours: Option<Quota<f64>> = None, unset "nothing is said of them", example "200";
        /// What all members of each of `groups` may have together.
        group_total: GroupTotal = GroupTotal::default();
    }

    /// What all members of each of the entitlement's groups may have together.
    pub struct GroupTotal {
        /// Servers that may run at once.
        servers: Option<u32> = None, unset "no limit", example "20";
        /// Cores of all servers that run.
        cpu: Option<f64> = None, unset "no limit", example "64";
        /// Memory of all servers that run.
        memory: Option<ByteSize> = None, unset "no limit", example "\"256G\"";
        /// Graphics processors of all servers that run.
        gpu: Option<u32> = None, unset "no limit", example "4";
    }
}

impl Choice {
    /// Whether a text goes to this variable of the server.
    #[must_use]
    pub fn sets_variable(&self) -> Option<&str> {
        self.sets.strip_prefix("env.")
    }
}
