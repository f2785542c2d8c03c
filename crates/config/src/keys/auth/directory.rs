//! Ways to sign in that somebody else answers for: a directory, a proxy, the machine; and those that nobody does.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use ipnet::IpNet;
use perijove_model::Secret;
use url::Url;

use super::AuthRules;
use crate::keys::seconds;
use crate::section::section;
use crate::types::{NestedGroups, OneOrMany};

section! {
    /// A proxy in front has signed people in and says in a header who they are. Anybody else's word is refused: say with `from`, `secret`, `certificates` or several of them whose counts.
    pub struct HeaderAuth with rules: AuthRules {
        /// The header that has the name.
        user_header: String = "X-Auth-Request-User".to_owned();
        /// The header that has the groups, with commas between them.
        groups_header: Option<String> = None, unset "it tells of no groups", example "\"X-Auth-Request-Groups\"";
        /// The header that has the mail address.
        email_header: Option<String> = None, unset "it tells of none", example "\"X-Auth-Request-Email\"";
        /// Headers with more that is kept of somebody, encrypted: for `claims` of profiles and entitlements, and for servers.
        claims_headers: BTreeMap<String, String> = BTreeMap::new(), example "{ department = \"X-Auth-Request-Department\" }";
        /// Addresses and networks of the proxies. Nobody else may be there, people's servers least of all.
        from: Vec<IpNet> = Vec::new(), example "[\"10.0.0.5\"]";
        /// What the proxies send in the header `X-Perijove-Proxy-Secret`.
        secret: Option<Secret> = None, unset "their addresses suffice", example "\"at least 32 characters, all of them random\"";
        /// Names in the certificates that the proxies show to the edge; `*` for every certificate. [edge.tls] says with `client_ca` which authorities' count.
        certificates: Vec<String> = Vec::new(), example "[\"proxy.example.org\"]";
        /// Where people go on to sign out there.
        logout_url: Option<Url> = None, unset "they sign out here only", example "\"https://hub.example.org/oauth2/sign_out\"";
    }

    /// LDAP or Active Directory.
    pub struct LdapAuth with rules: AuthRules {
        /// The directory's servers, asked in their order until one answers: `ldap://` with StartTLS, or `ldaps://`.
        url: OneOrMany<String> = OneOrMany(Vec::new()), required, example "[\"ldaps://ldap1.example.org\", \"ldaps://ldap2.example.org\"]";
        /// Let `ldap://` be without TLS: everybody on the way can read passwords.
        insecure: bool = false;
        /// File with the authorities that the servers are trusted by, PEM.
        ca_file: Option<PathBuf> = None, unset "the machine's", example "\"ldap-ca.pem\"";
        /// How long a server may take to answer.
        timeout: Duration = seconds(10);
        /// Most sign-ins that ask the directory at the same time.
        max_connections: usize = 16;
        /// As whom people's passwords are tried, with `{username}`: one, or several that are tried in turn.
        bind_dn_template: OneOrMany<String> = OneOrMany(Vec::new()), unset "people's entries are looked up", example "\"uid={username},ou=people,dc=example,dc=org\"";
        /// Below which people's entries are.
        user_search_base: Option<String> = None, unset "they are not looked up", example "\"ou=people,dc=example,dc=org\"";
        /// The attribute that has the name: `sAMAccountName` in Active Directory.
        user_attribute: String = "uid".to_owned();
        /// Who else must fit, as a filter, with `{username}`.
        search_filter: Option<String> = None, unset "everybody", example "\"(objectClass=person)\"";
        /// The attribute that has the name here.
        username_attribute: Option<String> = None, unset "`user_attribute`", example "\"cn\"";
        /// Who looks up. With it, everybody who is signed in is looked up now and then.
        lookup_user: Option<String> = None, unset "nobody in particular", example "\"cn=perijove,ou=services,dc=example,dc=org\"";
        /// Password of `lookup_user`.
        lookup_password: Option<Secret> = None, example "\"a password\"";
        /// Below which groups are.
        group_search_base: Option<String> = None, unset "it tells of no groups", example "\"ou=groups,dc=example,dc=org\"";
        /// Which groups somebody is in, with `{userdn}` and `{username}`.
        group_search_filter: String = "(|(member={userdn})(uniqueMember={userdn})(memberUid={username}))".to_owned();
        /// What groups are called.
        group_attribute: String = "cn".to_owned();
        /// Groups in groups: "no", "search" for them one after the other, or "chain" where the directory follows them itself, as Active Directory does.
        nested_groups: NestedGroups = NestedGroups::No;
        /// Attributes that are kept with the person, encrypted, for servers and services.
        auth_state_attributes: Vec<String> = Vec::new(), example "[\"mail\", \"employeeType\"]";
    }

    /// The accounts of this machine, by PAM. A program of its own asks it: `perijove-pam`, built with the feature `link`.
    pub struct PamAuth with rules: AuthRules {
        /// The service that PAM is asked for: a file in `/etc/pam.d`.
        service: String = "login".to_owned();
        /// Also ask whether the account may be used: not expired, not closed.
        check_account: bool = true;
        /// Take the name that PAM has made of what was typed.
        pam_normalize_username: bool = false;
        /// The program that asks PAM.
        helper: Option<PathBuf> = None, unset "`perijove-pam` beside `perijove`", example "\"/usr/lib/perijove/perijove-pam\"";
        /// How long PAM may take to answer.
        timeout: Duration = seconds(60);
        /// Most questions to PAM at the same time. A wrong password takes some seconds.
        max_processes: usize = 16;
    }

    /// One password that everybody has, for a course or a workshop. Whoever knows it can be anybody but an administrator.
    pub struct SharedPasswordAuth with rules: AuthRules {
        /// For everybody who is no administrator; at least 8 characters.
        user_password: Option<Secret> = None, unset "only administrators sign in", example "\"a password for the course\"";
        /// For those in `admin_users`, and nobody else; at least 32 characters, and another one.
        admin_password: Option<Secret> = None, unset "no administrator signs in", example "\"another one, of 32 characters or more\"";
        /// More passwords, with groups.
        password_group: Vec<PasswordGroup> = Vec::new();
    }

    /// A shared password that puts people into groups.
    pub struct PasswordGroup {
        /// The password; at least 8 characters.
        password: Secret = Secret::default(), required, example "\"a password for teachers\"";
        /// The groups of who comes with it.
        groups: Vec<String> = Vec::new(), required, example "[\"teachers\"]";
    }

    /// Somebody new with each visit, at `/hub/tmplogin`. Their servers and files are nobody's afterwards: have them culled.
    pub struct TemporaryAuth with rules: AuthRules {
        /// What is on the button, where there are other ways to sign in.
        label: String = "Begin without an account".to_owned();
        /// How many may begin within an hour from one address; 0 is any number. A course behind one router has one address.
        new_accounts_per_hour_and_address: u32 = 100;
        /// How many within an hour in all; 0 is any number.
        new_accounts_per_hour: u32 = 1000;
    }

    /// Nobody signs in; for hubs that only programs talk to.
    pub struct NullAuth with rules: AuthRules {}
}
