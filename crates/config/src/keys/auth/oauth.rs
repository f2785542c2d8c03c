//! `[[auth]]` by which people sign in elsewhere: OAuth 2 and OpenID Connect, and the providers that people have.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use perijove_model::Secret;
use url::Url;

use super::AuthRules;
use crate::section::section;
use crate::types::OneOrMany;

section! {
    /// What every way to sign in elsewhere has.
    pub struct OAuthKeys with rules: AuthRules {
        /// What the provider calls this hub.
        client_id: String = String::new(), required, env "OAUTH_CLIENT_ID", example "\"perijove\"";
        /// What proves to the provider that it is this hub.
        client_secret: Option<Secret> = None, env "OAUTH_CLIENT_SECRET", unset "none: PKCE alone protects";
        /// What the provider is called on the button.
        label: Option<String> = None, alias "login_service", env "LOGIN_SERVICE", unset "the provider's own name", example "\"Campus login\"";
        /// Whoever vouches for people, as it calls itself. Its addresses and keys are asked for at `/.well-known/openid-configuration` below it.
        issuer: Option<String> = None, env "OAUTH2_ISSUER", unset "as the provider has it; with `kind = \"oauth\"` the addresses below are needed then", example "\"https://id.example.org\"";
        /// Where people are sent to sign in.
        authorize_url: Option<Url> = None, env "OAUTH2_AUTHORIZE_URL", unset "as the issuer says", example "\"https://id.example.org/authorize\"";
        /// Where a code is turned into tokens.
        token_url: Option<Url> = None, env "OAUTH2_TOKEN_URL", unset "as the issuer says", example "\"https://id.example.org/token\"";
        /// Where it is asked who somebody is.
        userdata_url: Option<Url> = None, env "OAUTH2_USERDATA_URL", unset "as the issuer says", example "\"https://id.example.org/userinfo\"";
        /// Where the keys are that tokens are checked with.
        jwks_url: Option<Url> = None, unset "as the issuer says", example "\"https://id.example.org/keys\"";
        /// Where tokens are given back.
        revocation_url: Option<Url> = None, unset "as the issuer says", example "\"https://id.example.org/revoke\"";
        /// Where people sign out of the provider itself.
        end_session_url: Option<Url> = None, unset "as the issuer says", example "\"https://id.example.org/logout\"";
        /// Who somebody is stands in the id_token; `userdata_url` is not asked.
        userdata_from_id_token: Option<bool> = None, unset "as the provider needs it", example "true";
        /// What is added to the question who somebody is.
        userdata_params: BTreeMap<String, String> = BTreeMap::new(), example "{ schema = \"openid\" }";
        /// How the token is sent to `userdata_url`: `header` or `url`.
        userdata_token_method: String = "header".to_owned(), env "OAUTH2_USERDATA_REQUEST_TYPE";
        /// The claim with the name of the account, by its path (`profile.login`), or several in a template (`{given_name}.{family_name}`).
        username_claim: Option<String> = None, alias "username_key", env "OAUTH2_USERNAME_KEY", unset "as the provider has it", example "\"preferred_username\"";
        /// The claim with somebody's groups, by its path. Empty for none.
        groups_claim: Option<String> = None, alias "auth_state_groups_key", env "OAUTH2_GROUPS_KEY", unset "as the provider has it", example "\"resource_access.hub.roles\"";
        /// The claim with somebody's roles, by its path. They have those roles, and no others that were given so, as long as `manage_roles` in [access] takes it at its word.
        roles_claim: Option<String> = None, unset "it tells of no roles", example "\"resource_access.hub.roles\"";
        /// What the roles of `roles_claim` are called here. Others mean nothing.
        roles_map: BTreeMap<String, OneOrMany<String>> = BTreeMap::new(), unset "the same names as in [[role]]", example "{ \"Hub Teachers\" = \"teacher\" }";
        /// What is asked for.
        scope: Option<Vec<String>> = None, alias "scopes", env "OAUTH2_SCOPE", unset "what is needed", example "[\"openid\", \"profile\", \"email\"]";
        /// Only those come in to whom all of this was granted.
        allowed_scopes: Vec<String> = Vec::new(), example "[\"openid\"]";
        /// What is added when people are sent away.
        extra_authorize_params: BTreeMap<String, String> = BTreeMap::new(), example "{ prompt = \"login\" }";
        /// What is added when a code is turned into tokens.
        token_params: BTreeMap<String, String> = BTreeMap::new(), example "{ audience = \"hub\" }";
        /// Sends `client_secret` in a header instead of the form. Providers that take nothing else get it so anyway.
        basic_auth: bool = false, env "OAUTH2_BASIC_AUTH";
        /// Proves that whoever began to sign in comes back (PKCE, S256).
        enable_pkce: bool = true;
        /// Where people come back to; the provider has to know it.
        callback_url: Option<Url> = None, alias "oauth_callback_url", env "OAUTH_CALLBACK_URL", unset "`/hub/oauth_callback` of the address that people use, and `/hub/oauth_callback/NAME` for further ways to sign in", example "\"https://hub.example.org/hub/oauth_callback\"";
        /// Where people go when they have signed out here.
        logout_redirect_url: Option<Url> = None, env "OAUTH_LOGOUT_REDIRECT_URL", unset "the sign-in page", example "\"https://www.example.org\"";
        /// Who signs out here signs out of the provider, too, where it can be asked for that.
        logout_at_provider: bool = false;
        /// Who signs out here gives back their tokens. Their servers can't use them any more either.
        revoke_on_logout: bool = false, alias "revoke_tokens_on_logout";
        /// A file with the certificates of authorities that the provider's is checked with, instead of the system's.
        ca_file: Option<PathBuf> = None, unset "the system's authorities", example "\"/etc/perijove/campus-ca.pem\"";
        /// Checks the provider's certificate. Without, anybody on the way may say who somebody is.
        validate_server_cert: bool = true, env "OAUTH_TLS_VERIFY";
    }

    /// Any provider that speaks OpenID Connect, or OAuth 2 with an address that tells who somebody is.
    pub struct OAuthAuth with oauth: OAuthKeys {
        /// What the person is called in `auth_state`.
        user_auth_state_key: String = "oauth_user".to_owned();
    }

    /// GitHub, and GitHub Enterprise.
    pub struct GitHubAuth with oauth: OAuthKeys {
        /// Where it is.
        github_url: Option<Url> = None, env "GITHUB_URL", unset "https://github.com", example "\"https://github.example.org\"";
        /// Where its interfaces are.
        github_api: Option<Url> = None, unset "by `github_url`", example "\"https://github.example.org/api/v3\"";
        /// Members of these organisations, or of these teams (`organisation:team`), are let in.
        allowed_organizations: BTreeSet<String> = BTreeSet::new(), example "[\"lab\", \"campus:staff\"]";
        /// Asks which teams somebody is in: they are their groups, `organisation:team`.
        populate_teams_in_auth_state: bool = false;
    }

    /// GitLab, the public one or one's own.
    pub struct GitLabAuth with oauth: OAuthKeys {
        /// Where it is.
        gitlab_url: Option<Url> = None, env "GITLAB_URL", unset "https://gitlab.com", example "\"https://gitlab.example.org\"";
        /// Members of these groups, by their path, are let in.
        allowed_gitlab_groups: BTreeSet<String> = BTreeSet::new(), example "[\"physics/lab\"]";
        /// Who develops one of these projects, by their numbers or paths, is let in.
        allowed_project_ids: BTreeSet<String> = BTreeSet::new(), example "[\"1234\"]";
    }

    /// Google.
    pub struct GoogleAuth with oauth: OAuthKeys {
        /// Only people of these organisations, by their domains, as Google itself says it.
        hosted_domain: BTreeSet<String> = BTreeSet::new(), env "HOSTED_DOMAIN", example "[\"example.org\"]";
        /// Names are what stands before the `@`.
        strip_domain: Option<bool> = None, unset "true with one `hosted_domain`", example "true";
        /// Key files of the service accounts that ask for the groups of each domain. They need domain-wide delegation for `admin.directory.group.readonly`.
        google_service_account_keys: BTreeMap<String, PathBuf> = BTreeMap::new(), unset "nobody asks for groups", example "{ \"example.org\" = \"/etc/perijove/google.json\" }";
        /// In whose name it is asked in each domain: an administrator, with or without the domain.
        gsuite_administrator: BTreeMap<String, String> = BTreeMap::new(), unset "nobody", example "{ \"example.org\" = \"admin\" }";
        /// Groups in groups count, too.
        include_nested_groups: bool = false;
        /// Where Google's directory is asked.
        google_directory_url: Option<Url> = None, unset "https://admin.googleapis.com/admin/directory/v1", example "\"https://admin.example.org/admin/directory/v1\"";
    }

    /// Microsoft Entra ID, once Azure AD.
    pub struct EntraAuth with oauth: OAuthKeys {
        /// The directory, by its id or domain. `organizations` and `common` let in people of any.
        tenant_id: String = String::new(), required, env "AAD_TENANT_ID", example "\"11111111-2222-3333-4444-555555555555\"";
        /// Where it signs people in.
        graph_url: Option<Url> = None, unset "https://login.microsoftonline.com", example "\"https://login.microsoftonline.us\"";
    }

    /// Okta.
    pub struct OktaAuth with oauth: OAuthKeys {
        /// The organisation's address. A server of its own is named by `issuer`.
        okta_domain: Option<String> = None, env "OKTA_DOMAIN", unset "as `issuer` says", example "\"example.okta.com\"";
    }

    /// Auth0.
    pub struct Auth0Auth with oauth: OAuthKeys {
        /// Its address.
        auth0_domain: Option<String> = None, env "AUTH0_DOMAIN", unset "by `auth0_subdomain`", example "\"example.eu.auth0.com\"";
        /// What stands before `.auth0.com` in it.
        auth0_subdomain: Option<String> = None, env "AUTH0_SUBDOMAIN", example "\"example\"";
        /// Also people whose mail address nobody has checked. For trials only.
        allow_unverified_email: bool = false;
    }

    /// Keycloak.
    pub struct KeycloakAuth with oauth: OAuthKeys {
        /// Address of the realm.
        realm_url: Option<Url> = None, env "KEYCLOAK_REALM_URL", unset "as `issuer` says", example "\"https://id.example.org/realms/campus\"";
    }

    /// CILogon. Only people of the identity providers below come in.
    pub struct CiLogonAuth with oauth: OAuthKeys {
        /// What CILogon's page looks like.
        cilogon_skin: Option<String> = None, alias "skin", example "\"campus\"";
        /// The identity providers that it offers, by their entity ids.
        shown_idps: Vec<String> = Vec::new(), unset "those below", example "[\"https://idp.example.org/shibboleth\"]";
        /// What holds for people of each.
        idp: Vec<CiLogonIdp> = Vec::new();
    }

    /// One identity provider of CILogon's.
    pub struct CiLogonIdp {
        /// Its entity id.
        entity_id: String = String::new(), required, example "\"https://idp.example.org/shibboleth\"";
        /// The claim with the name.
        username_claim: String = "eppn".to_owned();
        /// The domain that is cut off from names.
        strip_domain: Option<String> = None, example "\"example.org\"";
        /// What is put before names, with a colon: so that those of two providers differ.
        prefix: Option<String> = None, example "\"campus\"";
        /// Everybody of it is let in.
        allow_all: bool = false;
        /// People of these domains are let in; `*` and `?` stand for any letters and for one.
        allowed_domains: BTreeSet<String> = BTreeSet::new(), example "[\"*.example.org\"]";
        /// The claim with the domain.
        allowed_domains_claim: Option<String> = None, unset "`username_claim`", example "\"email\"";
    }

    /// Globus.
    pub struct GlobusAuth with oauth: OAuthKeys {
        /// Only people of this domain, whatever else lets people in.
        identity_provider: Option<String> = None, env "IDENTITY_PROVIDER", unset "any", example "\"example.org\"";
        /// The name is that of the mail address.
        username_from_email: bool = false;
        /// Services whose tokens are not kept.
        exclude_tokens: Vec<String> = crate::keys::texts(&["auth.globus.org", "groups.api.globus.org"]);
        /// Where it is asked which groups somebody is in.
        globus_groups_url: Option<Url> = None, unset "https://groups.api.globus.org/v2/groups/my_groups", example "\"https://groups.api.globus.org/v2/groups/my_groups\"";
    }

    /// Bitbucket.
    pub struct BitbucketAuth with oauth: OAuthKeys {
        /// Where its interfaces are.
        bitbucket_api: Option<Url> = None, unset "https://api.bitbucket.org/2.0", example "\"https://api.bitbucket.org/2.0\"";
        /// Members of these workspaces are let in.
        allowed_teams: BTreeSet<String> = BTreeSet::new(), example "[\"lab\"]";
    }
}
