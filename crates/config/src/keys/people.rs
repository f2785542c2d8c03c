//! `[access]`, `[[role]]`, `[[group]]`: who people are and what they may do.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use perijove_model::{Secret, UserName};

use super::seconds;
use crate::section::section;
use crate::types::{Json, Pattern};

section! {
    /// Who of those who log in is let in.
    pub struct Access {
        /// Everybody who can log in.
        allow_all: bool = false;
        /// Everybody who is in the database already.
        allow_existing_users: Option<bool> = None, unset "true with native accounts, else whether `allowed_users` has names", example "false";
        /// How often in a row signing in to an account may fail before nobody is asked for a while. 0 for as often as anybody likes.
        allowed_failed_logins: u32 = 10;
        /// The same for all that comes from one address. Many people may share one.
        allowed_failed_logins_per_address: u32 = 100;
        /// People let in; they are added to the database at start.
        allowed_users: BTreeSet<UserName> = BTreeSet::new(), example "[\"ada\", \"grace\"]";
        /// People kept out, whatever else is set.
        blocked_users: BTreeSet<UserName> = BTreeSet::new(), example "[\"mallory\"]";
        /// People made administrators at start. Taking a name away takes no right away.
        admin_users: BTreeSet<UserName> = BTreeSet::new(), example "[\"ada\"]";
        /// Whether whoever may change somebody's account may act as them for an hour. It is written down in the audit log.
        act_as: bool = true;
        /// How often it is asked, of who is signed in, whether they may still come in, where their way to sign in can tell. 0 for never.
        auth_refresh_age: Duration = seconds(300);
        /// Where signing in happens elsewhere, and only there, go there without asking; who signs out stays signed out.
        auto_login: bool = false;
        /// Scopes that everybody has besides those of the role `user`. If `[[role]]` gives `user` its scopes, these count for nothing.
        extra_user_scopes: Vec<String> = Vec::new(), example "[\"shares!user\", \"read:users:name\"]";
        /// Whoever signs people in also says which groups they are in. What else is said of it holds until they sign in again.
        manage_groups: bool = false;
        /// Whoever signs people in also says which roles they have, and what these give.
        manage_roles: bool = false;
        /// What is asked of others over the network goes by this proxy: `http://HOST:PORT`, with a name and password before the host where it wants them. Ways to sign in, their keys and their groups are asked so; notebook servers are not.
        https_proxy: Option<Secret> = None, env "HTTPS_PROXY", unset "nobody stands between, unless `HTTPS_PROXY` or `https_proxy` says so", example "\"http://proxy.example.org:3128\"";
        /// Hosts, domains and networks that are asked without the proxy, with commas between them.
        no_proxy: Option<String> = None, env "NO_PROXY", unset "as `NO_PROXY` or `no_proxy` says", example "\"localhost,10.0.0.0/8,.example.org\"";
        /// Before a server starts it is asked whether its person may still come in, and what is kept of them is renewed.
        refresh_pre_spawn: Option<bool> = None, unset "whether `hub.crypt_keys` lets anything be kept", example "true";
        /// The way to sign in, by its name, of those whom a directory provisions (SCIM): whoever it calls by the name of an account that the directory has made has that account.
        scim_method: Option<String> = None, unset "only with `shared_names`, or if there is but one way to sign in", example "\"entra\"";
        /// How long nobody is asked after too many failures. Twice as long with each further failure, up to an hour; who is made to wait is told what everybody is told whose password is wrong.
        seconds_before_next_try: Duration = seconds(30);
        /// New names for people, from the name they log in with.
        username_map: BTreeMap<UserName, UserName> = BTreeMap::new(), example "{ \"ada@example.org\" = \"ada\" }";
        /// Regular expression that names must match, from their beginning.
        username_pattern: Option<Pattern> = None, unset "any name", example "'[a-z][a-z0-9]*$'";
    }

    /// A scope of the site's own, for services and servers to ask about. The hub itself gives it no meaning.
    pub struct Scope {
        /// `custom:` and then `a-z`, `0-9` and any of `- _ : *`; begins with a letter or digit, and doesn't end with `-` or `:`.
        name: String = String::new(), required, example "\"custom:grades:write\"";
        /// What holding it allows, for people who are asked to agree.
        description: String = String::new(), required, example "\"Write grades\"";
        /// Custom scopes that whoever holds this one holds with it.
        subscopes: Vec<String> = Vec::new(), example "[\"custom:grades:read\"]";
    }

    /// A role: scopes, and who has them.
    pub struct Role {
        /// Name of the role; a built-in one's (`user`, `server`, `admin`, `token`) changes that.
        name: String = String::new(), required, example "\"teacher\"";
        /// What the role is for.
        description: Option<String> = None, example "\"May look into the students' servers\"";
        /// Scopes that the role gives.
        scopes: Option<Vec<String>> = None, unset "none; unchanged for a built-in role", example "[\"read:users!group=students\"]";
        /// People who have the role.
        users: BTreeSet<UserName> = BTreeSet::new(), example "[\"ada\"]";
        /// Groups whose members have the role.
        groups: BTreeSet<String> = BTreeSet::new(), example "[\"teachers\"]";
        /// Services that have the role.
        services: BTreeSet<String> = BTreeSet::new(), example "[\"grader\"]";
    }

    /// A group made at start.
    pub struct Group {
        /// Name of the group.
        name: String = String::new(), required, example "\"students\"";
        /// Its members.
        users: BTreeSet<UserName> = BTreeSet::new(), example "[\"grace\"]";
        /// Anything the API should tell about the group.
        properties: Json = Json::new(), example "{ room = \"B12\" }";
    }
}
