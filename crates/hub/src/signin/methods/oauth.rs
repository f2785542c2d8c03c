//! From the `[[auth]]` by which people sign in elsewhere to what the provider needs to be asked.

use std::sync::Arc;

use perijove_auth::oauth::OAuth;
use perijove_auth::oauth::preset::{Plain, Preset};
use perijove_auth::oauth::presets::bitbucket::Bitbucket;
use perijove_auth::oauth::presets::cilogon::{CiLogon, IdentityProvider};
use perijove_auth::oauth::presets::github::GitHub;
use perijove_auth::oauth::presets::gitlab::GitLab;
use perijove_auth::oauth::presets::globus::Globus;
use perijove_auth::oauth::presets::google::{Account, Google};
use perijove_auth::oauth::presets::mail::Mail;
use perijove_auth::oauth::presets::tenants::Tenants;
use perijove_auth::oauth::settings::{Given, Roles, Settings};
use perijove_auth::web::Trust;
use perijove_auth::{Authenticator, Existing, Rules};
use perijove_config::{
    Auth, Auth0Auth, BitbucketAuth, CiLogonAuth, Config, EntraAuth, GitHubAuth, GitLabAuth, GlobusAuth, GoogleAuth,
    KeycloakAuth, OAuthAuth, OAuthKeys, OktaAuth,
};
use perijove_model::Clock;
use url::Url;

use super::Means;

/// What is so with a provider unless the configuration says otherwise.
struct Usual {
    label: &'static str,
    issuer: Option<String>,
    given: Given,
    scope: Vec<&'static str>,
    username: &'static str,
    groups: Option<&'static str>,
    user_key: String,
    from_id_token: bool,
    logout_url: Option<String>,
    preset: Box<dyn Preset>,
}

impl Usual {
    fn openid(label: &'static str, issuer: Option<String>) -> Self {
        Self {
            label,
            issuer,
            given: Given::default(),
            scope: vec!["openid", "profile", "email"],
            username: "preferred_username",
            groups: Some("groups"),
            user_key: "oauth_user".to_owned(),
            from_id_token: false,
            logout_url: None,
            preset: Box::new(Plain),
        }
    }
}

/// The method, if people sign in elsewhere by it.
pub fn method(config: &Config, auth: &Auth, means: &Means<'_>) -> Option<Arc<dyn Authenticator>> {
    let (keys, usual) = usual(auth, means.clock)?;
    let settings = settings(config, auth, keys, usual);
    Some(Arc::new(OAuth::new(
        settings,
        Arc::clone(means.clock),
        Arc::clone(means.rng),
    )))
}

fn usual<'a>(auth: &'a Auth, clock: &Arc<dyn Clock>) -> Option<(&'a OAuthKeys, Usual)> {
    Some(match auth {
        Auth::OAuth(auth) => (&auth.oauth, generic(auth)),
        Auth::GitHub(auth) => (&auth.oauth, github(auth)),
        Auth::GitLab(auth) => (&auth.oauth, gitlab(auth)),
        Auth::Google(auth) => (&auth.oauth, google(auth, clock)),
        Auth::Entra(auth) => (&auth.oauth, entra(auth)),
        Auth::Okta(auth) => (&auth.oauth, okta(auth)),
        Auth::Auth0(auth) => (&auth.oauth, auth0(auth)),
        Auth::Keycloak(auth) => (&auth.oauth, keycloak(auth)),
        Auth::CiLogon(auth) => (&auth.oauth, cilogon(auth)),
        Auth::Globus(auth) => (&auth.oauth, globus(auth)),
        Auth::Bitbucket(auth) => (&auth.oauth, bitbucket(auth)),
        _ => return None,
    })
}

fn settings(config: &Config, auth: &Auth, keys: &OAuthKeys, usual: Usual) -> Settings {
    let text = |url: &Option<Url>| url.as_ref().map(ToString::to_string);
    let scope = keys.scope.clone();
    let mut authorize_params = keys.extra_authorize_params.clone();
    if let Auth::CiLogon(cilogon) = auth {
        authorize_params.extend(cilogon_params(cilogon));
    }
    let given = Given {
        authorize: keys.authorize_url.clone().or(usual.given.authorize),
        token: keys.token_url.clone().or(usual.given.token),
        userdata: keys.userdata_url.clone().or(usual.given.userdata),
        keys: keys.jwks_url.clone().or(usual.given.keys),
        revocation: keys.revocation_url.clone().or(usual.given.revocation),
        end_session: keys.end_session_url.clone().or(usual.given.end_session),
    };
    let groups = keys.groups_claim.clone().or_else(|| usual.groups.map(str::to_owned));
    Settings {
        kind: auth.kind(),
        name: auth.name().to_owned(),
        label: keys.label.clone().unwrap_or_else(|| usual.label.to_owned()),
        rules: rules(config, auth),
        client_id: keys.client_id.clone(),
        client_secret: keys.client_secret.clone().unwrap_or_default(),
        issuer: keys.issuer.clone().or(usual.issuer),
        given,
        callback_url: text(&keys.callback_url),
        scope: scope.unwrap_or_else(|| usual.scope.iter().map(ToString::to_string).collect()),
        allowed_scopes: keys.allowed_scopes.clone(),
        authorize_params,
        token_params: keys.token_params.clone(),
        userdata_params: keys.userdata_params.clone(),
        userdata_from_id_token: keys.userdata_from_id_token.unwrap_or(usual.from_id_token),
        userdata_token_in_url: keys.userdata_token_method == "url",
        basic_auth: keys.basic_auth,
        pkce: keys.enable_pkce,
        username: keys.username_claim.clone().unwrap_or_else(|| usual.username.to_owned()),
        groups: groups.filter(|groups| !groups.is_empty()),
        roles: keys.roles_claim.clone().map(|claim| roles(config, keys, claim)),
        user_key: usual.user_key,
        logout_url: text(&keys.logout_redirect_url).or(usual.logout_url),
        logout_there: keys.logout_at_provider,
        revoke: keys.revoke_on_logout,
        trust: Trust {
            authorities: keys.ca_file.clone(),
            unchecked: !keys.validate_server_cert,
            proxy: super::outgoing(config),
        },
        preset: usual.preset,
    }
}

/// Which roles a claim gives: those that it is said of, or else those that the configuration has by the same name.
fn roles(config: &Config, keys: &OAuthKeys, claim: String) -> Roles {
    let mapped = keys.roles_map.iter();
    let mapped = mapped.flat_map(|(theirs, ours)| ours.iter().map(|ours| (theirs.clone(), ours.clone())));
    let mut ours: Vec<(String, String)> = mapped.collect();
    if ours.is_empty() {
        let named = config.roles.iter().map(|role| (role.name.clone(), role.name.clone()));
        ours.extend(named);
    }
    Roles { claim, ours }
}

fn generic(auth: &OAuthAuth) -> Usual {
    let is_openid = auth.oauth.issuer.is_some();
    Usual {
        scope: if is_openid {
            vec!["openid", "profile", "email"]
        } else {
            Vec::new()
        },
        // As oauthenticator has it where there is no issuer.
        username: if is_openid { "preferred_username" } else { "username" },
        user_key: auth.user_auth_state_key.clone(),
        ..Usual::openid("single sign-on", None)
    }
}

fn github(auth: &GitHubAuth) -> Usual {
    let home = base(&auth.github_url, "https://github.com");
    let api = match (&auth.github_api, home.host_str()) {
        (Some(api), _) => api.clone(),
        (None, Some("github.com")) => base(&None, "https://api.github.com"),
        (None, _) => below(&home, "api/v3"),
    };
    let asks_for_teams = !auth.allowed_organizations.is_empty() || auth.populate_teams_in_auth_state;
    Usual {
        given: Given {
            authorize: Some(below(&home, "login/oauth/authorize")),
            token: Some(below(&home, "login/oauth/access_token")),
            userdata: Some(below(&api, "user")),
            ..Given::default()
        },
        scope: if asks_for_teams { vec!["read:org"] } else { Vec::new() },
        username: "login",
        groups: None,
        user_key: "github_user".to_owned(),
        preset: Box::new(GitHub {
            api,
            organizations: auth.allowed_organizations.iter().cloned().collect(),
            teams: auth.populate_teams_in_auth_state,
        }),
        ..Usual::openid("GitHub", None)
    }
}

fn gitlab(auth: &GitLabAuth) -> Usual {
    let home = base(&auth.gitlab_url, "https://gitlab.com");
    let api = below(&home, "api/v4");
    let asks_for_members = !auth.allowed_gitlab_groups.is_empty() || !auth.allowed_project_ids.is_empty();
    Usual {
        given: Given {
            authorize: Some(below(&home, "oauth/authorize")),
            token: Some(below(&home, "oauth/token")),
            userdata: Some(below(&api, "user")),
            revocation: Some(below(&home, "oauth/revoke")),
            ..Given::default()
        },
        scope: vec![if asks_for_members { "read_api" } else { "read_user" }],
        username: "username",
        groups: None,
        user_key: "gitlab_user".to_owned(),
        preset: Box::new(GitLab {
            api,
            groups: auth.allowed_gitlab_groups.iter().cloned().collect(),
            projects: auth.allowed_project_ids.iter().cloned().collect(),
        }),
        ..Usual::openid("GitLab", None)
    }
}

fn google(auth: &GoogleAuth, clock: &Arc<dyn Clock>) -> Usual {
    // The variable has several with semicolons.
    let domains = auth.hosted_domain.iter().flat_map(|domains| domains.split(';'));
    let domains: Vec<String> = domains.map(|domain| domain.trim().to_lowercase()).collect();
    let mail = Mail {
        strip_domain: auth.strip_domain.unwrap_or(domains.len() == 1),
        hosted_domains: domains,
        unverified: false,
    };
    let accounts = auth
        .google_service_account_keys
        .iter()
        .filter_map(|(domain, key_file)| {
            let administrator = auth.gsuite_administrator.get(domain)?;
            let account = Account {
                key_file: key_file.clone(),
                administrator: match administrator.contains('@') {
                    true => administrator.clone(),
                    false => format!("{administrator}@{domain}"),
                },
            };
            Some((domain.to_lowercase(), account))
        });
    let api = base(
        &auth.google_directory_url,
        "https://admin.googleapis.com/admin/directory/v1",
    );
    let clock = Arc::clone(clock);
    let google = Google::new(mail, accounts.collect(), auth.include_nested_groups, api, clock);
    Usual {
        username: "email",
        groups: None,
        user_key: "google_user".to_owned(),
        preset: Box::new(google),
        ..Usual::openid("Google", Some("https://accounts.google.com".to_owned()))
    }
}

fn entra(auth: &EntraAuth) -> Usual {
    let home = base(&auth.graph_url, "https://login.microsoftonline.com");
    let issuer = below(&home, &format!("{}/v2.0", auth.tenant_id)).to_string();
    let many = ["common", "organizations", "consumers"].contains(&auth.tenant_id.as_str());
    Usual {
        from_id_token: true,
        user_key: "user".to_owned(),
        // A domain stands for an id, which is the issuer then.
        preset: Box::new(Tenants {
            many: many || auth.tenant_id.contains('.'),
        }),
        ..Usual::openid("Microsoft", Some(issuer))
    }
}

fn okta(auth: &OktaAuth) -> Usual {
    let issuer = auth.okta_domain.as_ref().map(|domain| format!("https://{domain}"));
    Usual {
        scope: vec!["openid", "profile", "email", "groups"],
        ..Usual::openid("Okta", issuer)
    }
}

fn auth0(auth: &Auth0Auth) -> Usual {
    let by_name = || Some(format!("{}.auth0.com", auth.auth0_subdomain.as_ref()?));
    let domain = auth.auth0_domain.clone().or_else(by_name);
    Usual {
        username: "email",
        user_key: "auth0_user".to_owned(),
        logout_url: domain.as_ref().map(|domain| format!("https://{domain}/v2/logout")),
        preset: Box::new(Mail {
            hosted_domains: Vec::new(),
            strip_domain: false,
            unverified: auth.allow_unverified_email,
        }),
        ..Usual::openid("Auth0", domain.map(|domain| format!("https://{domain}/")))
    }
}

fn keycloak(auth: &KeycloakAuth) -> Usual {
    let realm = auth.realm_url.as_ref();
    Usual::openid(
        "Keycloak",
        realm.map(|url| url.as_str().trim_end_matches('/').to_owned()),
    )
}

fn cilogon(auth: &CiLogonAuth) -> Usual {
    let provider = |idp: &perijove_config::CiLogonIdp| IdentityProvider {
        entity: idp.entity_id.clone(),
        username_claim: idp.username_claim.clone(),
        strip_domain: idp.strip_domain.clone(),
        prefix: idp.prefix.clone(),
        allow_all: idp.allow_all,
        allowed_domains: idp.allowed_domains.iter().cloned().collect(),
        allowed_domains_claim: idp.allowed_domains_claim.clone(),
    };
    Usual {
        scope: vec!["openid", "email", "profile", "org.cilogon.userinfo"],
        user_key: "cilogon_user".to_owned(),
        preset: Box::new(CiLogon {
            providers: auth.idp.iter().map(provider).collect(),
        }),
        ..Usual::openid("CILogon", Some("https://cilogon.org".to_owned()))
    }
}

fn cilogon_params(auth: &CiLogonAuth) -> Vec<(String, String)> {
    let shown: Vec<&str> = match auth.shown_idps.is_empty() {
        true => auth.idp.iter().map(|idp| idp.entity_id.as_str()).collect(),
        false => auth.shown_idps.iter().map(String::as_str).collect(),
    };
    let mut params = vec![("selected_idp".to_owned(), shown.join(","))];
    params.extend(auth.cilogon_skin.clone().map(|skin| ("skin".to_owned(), skin)));
    params
}

fn globus(auth: &GlobusAuth) -> Usual {
    let claim = if auth.username_from_email {
        "email"
    } else {
        "preferred_username"
    };
    let rules = &auth.oauth.rules;
    let by_groups = [&rules.allowed_groups, &rules.admin_groups, &rules.blocked_groups];
    let mut scope = vec!["openid", "profile", "urn:globus:auth:scope:transfer.api.globus.org:all"];
    if by_groups.iter().any(|groups| !groups.is_empty()) {
        scope.push("urn:globus:auth:scope:groups.api.globus.org:view_my_groups_and_memberships");
    }
    if auth.username_from_email {
        scope.push("email");
    }
    Usual {
        scope,
        username: claim,
        groups: None,
        user_key: "globus_user".to_owned(),
        preset: Box::new(Globus {
            identity_provider: auth.identity_provider.clone(),
            username_claim: claim.to_owned(),
            groups_url: base(
                &auth.globus_groups_url,
                "https://groups.api.globus.org/v2/groups/my_groups",
            ),
            exclude_tokens: auth.exclude_tokens.clone(),
        }),
        ..Usual::openid("Globus", Some("https://auth.globus.org".to_owned()))
    }
}

fn bitbucket(auth: &BitbucketAuth) -> Usual {
    let home = base(&None, "https://bitbucket.org");
    let api = base(&auth.bitbucket_api, "https://api.bitbucket.org/2.0");
    Usual {
        given: Given {
            authorize: Some(below(&home, "site/oauth2/authorize")),
            token: Some(below(&home, "site/oauth2/access_token")),
            userdata: Some(below(&api, "user")),
            ..Given::default()
        },
        scope: vec!["account"],
        username: "username",
        groups: None,
        user_key: "bitbucket_user".to_owned(),
        preset: Box::new(Bitbucket {
            api,
            workspaces: auth.allowed_teams.iter().cloned().collect(),
        }),
        ..Usual::openid("Bitbucket", None)
    }
}

#[expect(clippy::expect_used, reason = "the usual addresses are URLs")]
fn base(written: &Option<Url>, usual: &str) -> Url {
    written.clone().unwrap_or_else(|| Url::parse(usual).expect("a URL"))
}

fn below(base: &Url, path: &str) -> Url {
    let mut url = base.clone();
    let whole = format!("{}/{path}", base.path().trim_end_matches('/'));
    url.set_path(&whole);
    url
}

/// Elsewhere an account that is here already says nothing of who may come in, if nobody has said that it does: whoever was
/// taken from a list there is out. Whoever has a password here comes in anyhow, so what they have linked lets them in, too.
fn rules(config: &Config, auth: &Auth) -> Rules {
    let mut rules = super::rules(auth.rules());
    if rules.existing == Existing::AsAccess && config.access.allow_existing_users.is_none() {
        let native = config.auth.iter().any(|auth| matches!(auth, Auth::Native(_)));
        rules.existing = if native {
            Existing::WithPassword
        } else {
            Existing::CountsNot
        };
    }
    rules
}

#[cfg(test)]
mod tests {
    use perijove_model::MockClock;

    use super::*;

    fn settings_of(toml: &str, variables: &[(&str, &str)]) -> Settings {
        let text = format!("[[auth]]\nclient_id = \"hub\"\n{toml}");
        let path = std::path::Path::new("perijove.toml");
        let none = |_: &std::path::Path| Err(std::io::ErrorKind::NotFound.into());
        let variable = |name: &str| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        let config = perijove_config::load(Some((path, &text)), &variable, &none).unwrap();
        let clock: Arc<dyn Clock> = Arc::new(MockClock::default());
        let (keys, usual) = usual(&config.auth[0], &clock).unwrap();
        settings(&config, &config.auth[0], keys, usual)
    }

    /// Label, issuer or else where people are sent, where their data is, the claim of the name, and what is asked for.
    fn told(settings: &Settings) -> [String; 5] {
        let url = |url: &Option<Url>| url.as_ref().map(ToString::to_string).unwrap_or_default();
        let issuer = settings.issuer.clone();
        [
            settings.label.clone(),
            issuer.unwrap_or_else(|| url(&settings.given.authorize)),
            url(&settings.given.userdata),
            settings.username.clone(),
            settings.scope.join(" "),
        ]
    }

    #[test]
    fn each_provider_is_asked_where_it_is() {
        for (toml, wanted) in [
            (
                "kind = \"github\"\nallowed_organizations = [\"lab\"]",
                [
                    "GitHub",
                    "https://github.com/login/oauth/authorize",
                    "https://api.github.com/user",
                    "login",
                    "read:org",
                ],
            ),
            (
                "kind = \"github\"\ngithub_url = \"https://git.example.org\"",
                [
                    "GitHub",
                    "https://git.example.org/login/oauth/authorize",
                    "https://git.example.org/api/v3/user",
                    "login",
                    "",
                ],
            ),
            (
                "kind = \"gitlab\"\ngitlab_url = \"https://example.org/git\"\nallowed_gitlab_groups = [\"lab\"]",
                [
                    "GitLab",
                    "https://example.org/git/oauth/authorize",
                    "https://example.org/git/api/v4/user",
                    "username",
                    "read_api",
                ],
            ),
            (
                "kind = \"google\"\nhosted_domain = [\"example.org\"]",
                [
                    "Google",
                    "https://accounts.google.com",
                    "",
                    "email",
                    "openid profile email",
                ],
            ),
            (
                "kind = \"entra\"\ntenant_id = \"1111\"",
                [
                    "Microsoft",
                    "https://login.microsoftonline.com/1111/v2.0",
                    "",
                    "preferred_username",
                    "openid profile email",
                ],
            ),
            (
                "kind = \"okta\"\nokta_domain = \"example.okta.com\"",
                [
                    "Okta",
                    "https://example.okta.com",
                    "",
                    "preferred_username",
                    "openid profile email groups",
                ],
            ),
            (
                "kind = \"auth0\"\nauth0_subdomain = \"example\"",
                [
                    "Auth0",
                    "https://example.auth0.com/",
                    "",
                    "email",
                    "openid profile email",
                ],
            ),
            (
                "kind = \"keycloak\"\nrealm_url = \"https://id.example.org/realms/campus/\"",
                [
                    "Keycloak",
                    "https://id.example.org/realms/campus",
                    "",
                    "preferred_username",
                    "openid profile email",
                ],
            ),
            (
                "kind = \"cilogon\"\n[[auth.idp]]\nentity_id = \"https://idp.example.org/shibboleth\"",
                [
                    "CILogon",
                    "https://cilogon.org",
                    "",
                    "preferred_username",
                    "openid email profile org.cilogon.userinfo",
                ],
            ),
            (
                "kind = \"globus\"\nusername_from_email = true",
                [
                    "Globus",
                    "https://auth.globus.org",
                    "",
                    "email",
                    "openid profile urn:globus:auth:scope:transfer.api.globus.org:all email",
                ],
            ),
            (
                "kind = \"bitbucket\"",
                [
                    "Bitbucket",
                    "https://bitbucket.org/site/oauth2/authorize",
                    "https://api.bitbucket.org/2.0/user",
                    "username",
                    "account",
                ],
            ),
        ] {
            assert_eq!(told(&settings_of(toml, &[])), wanted, "{toml}");
        }
    }

    /// As oauthenticator's sites have them.
    #[test]
    fn variables_say_what_the_file_does_not() {
        let variables = [
            ("OAUTH_CLIENT_SECRET", "s3cret"),
            ("OAUTH_CALLBACK_URL", "https://hub.example.org/hub/oauth_callback"),
            ("OAUTH2_AUTHORIZE_URL", "https://id.example.org/authorize"),
            ("OAUTH2_TOKEN_URL", "https://id.example.org/token"),
            ("OAUTH2_USERDATA_URL", "https://id.example.org/me"),
            ("OAUTH2_USERNAME_KEY", "profile.login"),
            ("OAUTH_TLS_VERIFY", "0"),
        ];
        let settings = settings_of("kind = \"oauth\"", &variables);
        assert_eq!(
            told(&settings),
            [
                "single sign-on",
                "https://id.example.org/authorize",
                "https://id.example.org/me",
                "profile.login",
                ""
            ]
        );
        assert_eq!(settings.client_secret.expose(), "s3cret");
        assert_eq!(
            settings.callback_url.as_deref(),
            Some("https://hub.example.org/hub/oauth_callback")
        );
        assert!(settings.trust.unchecked);
        let tenant = settings_of("kind = \"entra\"", &[("AAD_TENANT_ID", "2222")]);
        assert!(tenant.issuer.unwrap().contains("/2222/"));
    }
}
