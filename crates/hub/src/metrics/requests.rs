//! How long requests take, by method, handler and status. A handler is called as the class that serves the same address
//! in JupyterHub, so that dashboards made for it go on working.

use std::collections::HashMap;
use std::sync::OnceLock;
use std::time::Duration;

use axum::http::{Method, StatusCode};
use perijove_model::Clock;

use super::kinds::{Histogram, USUAL};
use super::text::{Text, label};

/// Addresses below `/hub`, and who serves them there. Ours are called by what they are about.
const ROUTES: &[(&str, &str)] = &[
    ("", "jupyterhub.handlers.base.AddSlashHandler"),
    ("/", "jupyterhub.handlers.pages.RootHandler"),
    ("/login", "jupyterhub.handlers.login.LoginHandler"),
    ("/oauth_backchannel/{method}", "perijove.pages.ended_elsewhere"),
    ("/lti13/oauth_login", "perijove.pages.lti"),
    ("/lti13/oauth_login/{method}", "perijove.pages.lti"),
    ("/lti13/oauth_callback", "perijove.pages.lti"),
    ("/lti13/oauth_callback/{method}", "perijove.pages.lti"),
    ("/lti13/config", "perijove.pages.lti"),
    ("/lti13/config/{method}", "perijove.pages.lti"),
    ("/lti13/jwks", "perijove.pages.lti"),
    ("/lti/launch", "perijove.pages.lti"),
    ("/lti/launch/{method}", "perijove.pages.lti"),
    ("/lti11/config", "perijove.pages.lti"),
    ("/lti11/config/{method}", "perijove.pages.lti"),
    ("/logout", "jupyterhub.handlers.login.LogoutHandler"),
    ("/home", "jupyterhub.handlers.pages.HomeHandler"),
    ("/admin", "jupyterhub.handlers.pages.AdminHandler"),
    ("/token", "jupyterhub.handlers.pages.TokenPageHandler"),
    ("/accept-share", "jupyterhub.handlers.pages.AcceptShareHandler"),
    ("/spawn", "jupyterhub.handlers.pages.SpawnHandler"),
    ("/spawn/{user}", "jupyterhub.handlers.pages.SpawnHandler"),
    ("/spawn/{user}/{server}", "jupyterhub.handlers.pages.SpawnHandler"),
    ("/spawn-pending/{user}", "jupyterhub.handlers.pages.SpawnPendingHandler"),
    (
        "/spawn-pending/{user}/{server}",
        "jupyterhub.handlers.pages.SpawnPendingHandler",
    ),
    ("/stop/{user}", "perijove.pages.stop"),
    ("/stop/{user}/{server}", "perijove.pages.stop"),
    ("/spawn-log/{user}", "perijove.pages.start"),
    ("/spawn-log/{user}/{server}", "perijove.pages.start"),
    ("/share/{user}", "perijove.pages.share"),
    ("/share/{user}/{server}", "perijove.pages.share"),
    ("/again/{user}", "perijove.pages.start"),
    ("/again/{user}/{server}", "perijove.pages.start"),
    ("/restart/{user}", "perijove.pages.start"),
    ("/restart/{user}/{server}", "perijove.pages.start"),
    ("/setup", "perijove.pages.setup"),
    ("/account", "perijove.pages.account"),
    ("/account/{what}", "perijove.pages.account"),
    ("/language", "perijove.pages.account"),
    ("/theme", "perijove.pages.account"),
    ("/change-password", "perijove.pages.account"),
    ("/change-password/{user}", "perijove.pages.account"),
    ("/passkey", "perijove.pages.passkey"),
    ("/device", "perijove.pages.device"),
    ("/signup", "perijove.pages.signup"),
    ("/forgot-password", "perijove.pages.forgot"),
    ("/confirm/{slug}", "perijove.pages.confirm"),
    ("/admin/invitations", "perijove.pages.invitations"),
    ("/api/invitations", "perijove.invitations"),
    ("/api/invitations/{id}", "perijove.invitations"),
    ("/authorize", "perijove.pages.signup"),
    ("/authorize/{user}", "perijove.pages.signup"),
    ("/discard/{user}", "perijove.pages.signup"),
    ("/api/services/{service}/token", "perijove.services"),
    ("/api/users/{user}/sessions", "perijove.sessions"),
    ("/api/users/{user}/sessions/{id}", "perijove.sessions"),
    ("/api/users/{user}/password-link", "perijove.sessions"),
    ("/scim/v2/ServiceProviderConfig", "perijove.scim"),
    ("/scim/v2/ResourceTypes", "perijove.scim"),
    ("/scim/v2/ResourceTypes/{name}", "perijove.scim"),
    ("/scim/v2/Schemas", "perijove.scim"),
    ("/scim/v2/Schemas/{id}", "perijove.scim"),
    ("/scim/v2/Users", "perijove.scim"),
    ("/scim/v2/Users/{id}", "perijove.scim"),
    ("/scim/v2/Groups", "perijove.scim"),
    ("/scim/v2/Groups/{id}", "perijove.scim"),
    ("/api/signups", "perijove.signups"),
    ("/api/signups/{user}", "perijove.signups"),
    ("/token/revoke", "perijove.pages.token"),
    ("/roles", "perijove.pages.roles"),
    ("/user/{path}", "jupyterhub.handlers.base.UserUrlHandler"),
    ("/user-redirect/{path}", "jupyterhub.handlers.base.UserRedirectHandler"),
    ("/error/{code}", "jupyterhub.handlers.pages.ProxyErrorHandler"),
    ("/health", "jupyterhub.handlers.pages.HealthCheckHandler"),
    ("/metrics", "jupyterhub.handlers.metrics.MetricsHandler"),
    ("/logo", "jupyterhub.handlers.static.LogoHandler"),
    (
        "/static/{path}",
        "jupyterhub.handlers.static.CacheControlStaticFilesHandler",
    ),
    ("/security/csp-report", "jupyterhub.handlers.base.CSPReportHandler"),
    ("/api/", "jupyterhub.apihandlers.hub.RootAPIHandler"),
    ("/api", "jupyterhub.apihandlers.hub.RootAPIHandler"),
    ("/api/info", "jupyterhub.apihandlers.hub.InfoAPIHandler"),
    ("/api/shutdown", "jupyterhub.apihandlers.hub.ShutdownAPIHandler"),
    ("/api/drain", "perijove.drain"),
    ("/api/health", "jupyterhub.handlers.pages.HealthCheckHandler"),
    ("/api/metrics", "jupyterhub.handlers.metrics.MetricsHandler"),
    ("/api/proxy", "jupyterhub.apihandlers.proxy.ProxyAPIHandler"),
    ("/api/user", "jupyterhub.apihandlers.users.SelfAPIHandler"),
    ("/api/users", "jupyterhub.apihandlers.users.UserListAPIHandler"),
    ("/api/users/{user}", "jupyterhub.apihandlers.users.UserAPIHandler"),
    (
        "/api/users/{user}/activity",
        "jupyterhub.apihandlers.users.ActivityAPIHandler",
    ),
    (
        "/api/users/{user}/admin-access",
        "jupyterhub.apihandlers.users.UserAdminAccessAPIHandler",
    ),
    (
        "/api/users/{user}/tokens",
        "jupyterhub.apihandlers.users.UserTokenListAPIHandler",
    ),
    (
        "/api/users/{user}/tokens/{id}",
        "jupyterhub.apihandlers.users.UserTokenAPIHandler",
    ),
    (
        "/api/users/{user}/server",
        "jupyterhub.apihandlers.users.UserServerAPIHandler",
    ),
    (
        "/api/users/{user}/servers/",
        "jupyterhub.apihandlers.users.UserServerAPIHandler",
    ),
    (
        "/api/users/{user}/servers/{server}",
        "jupyterhub.apihandlers.users.UserServerAPIHandler",
    ),
    (
        "/api/users/{user}/server/progress",
        "jupyterhub.apihandlers.users.SpawnProgressAPIHandler",
    ),
    (
        "/api/users/{user}/servers//progress",
        "jupyterhub.apihandlers.users.SpawnProgressAPIHandler",
    ),
    (
        "/api/users/{user}/servers/{server}/progress",
        "jupyterhub.apihandlers.users.SpawnProgressAPIHandler",
    ),
    (
        "/api/users/{user}/shared",
        "jupyterhub.apihandlers.shares.UserShareListAPIHandler",
    ),
    (
        "/api/users/{user}/shared/{owner}/",
        "jupyterhub.apihandlers.shares.UserShareAPIHandler",
    ),
    (
        "/api/users/{user}/shared/{owner}/{server}",
        "jupyterhub.apihandlers.shares.UserShareAPIHandler",
    ),
    ("/api/users/{user}/entitlements", "perijove.profiles"),
    ("/api/users/{user}/environments", "perijove.environments"),
    ("/api/users/{user}/environments/{environment}", "perijove.environments"),
    ("/api/users/{user}/home", "perijove.homes"),
    ("/api/users/{user}/server/notices", "perijove.notices"),
    ("/api/users/{user}/servers//notices", "perijove.notices"),
    ("/api/users/{user}/servers/{server}/notices", "perijove.notices"),
    ("/api/users/{user}/server/here", "perijove.notices"),
    ("/api/users/{user}/servers//here", "perijove.notices"),
    ("/api/users/{user}/servers/{server}/here", "perijove.notices"),
    ("/api/profiles", "perijove.profiles"),
    ("/api/culler", "perijove.culler"),
    ("/api/environments", "perijove.environments"),
    ("/api/environments/{environment}", "perijove.environments"),
    ("/api/environments/{environment}/extensions", "perijove.environments"),
    (
        "/api/environments/{environment}/extensions/{extension}",
        "perijove.environments",
    ),
    ("/admin/users/{user}", "jupyterhub.handlers.pages.AdminHandler"),
    ("/admin/usage", "perijove.pages.usage"),
    ("/api/usage", "perijove.usage"),
    ("/announcements", "perijove.pages.announcements"),
    ("/admin/announcements", "perijove.pages.announcements"),
    ("/api/announcements", "perijove.announcements"),
    ("/api/announcements/{id}", "perijove.announcements"),
    ("/api/homes", "perijove.homes"),
    ("/api/homes/{home}", "perijove.homes"),
    ("/api/homes/{home}/restore", "perijove.homes"),
    ("/api/users/{user}/roles", "perijove.roles"),
    ("/api/users/{user}/roles/{role}", "perijove.roles"),
    ("/api/groups", "jupyterhub.apihandlers.groups.GroupListAPIHandler"),
    ("/api/groups/{group}", "jupyterhub.apihandlers.groups.GroupAPIHandler"),
    (
        "/api/groups/{group}/users",
        "jupyterhub.apihandlers.groups.GroupUsersAPIHandler",
    ),
    (
        "/api/groups/{group}/properties",
        "jupyterhub.apihandlers.groups.GroupPropertiesAPIHandler",
    ),
    (
        "/api/groups/{group}/shared",
        "jupyterhub.apihandlers.shares.GroupShareListAPIHandler",
    ),
    (
        "/api/groups/{group}/shared/{owner}/",
        "jupyterhub.apihandlers.shares.GroupShareAPIHandler",
    ),
    (
        "/api/groups/{group}/shared/{owner}/{server}",
        "jupyterhub.apihandlers.shares.GroupShareAPIHandler",
    ),
    ("/api/services", "jupyterhub.apihandlers.services.ServiceListAPIHandler"),
    (
        "/api/services/{service}",
        "jupyterhub.apihandlers.services.ServiceAPIHandler",
    ),
    (
        "/api/shares/{owner}",
        "jupyterhub.apihandlers.shares.ServerShareAPIHandler",
    ),
    (
        "/api/shares/{owner}/",
        "jupyterhub.apihandlers.shares.ServerShareAPIHandler",
    ),
    (
        "/api/shares/{owner}/{server}",
        "jupyterhub.apihandlers.shares.ServerShareAPIHandler",
    ),
    (
        "/api/share-codes/{owner}",
        "jupyterhub.apihandlers.shares.ServerShareCodeAPIHandler",
    ),
    (
        "/api/share-codes/{owner}/",
        "jupyterhub.apihandlers.shares.ServerShareCodeAPIHandler",
    ),
    (
        "/api/share-codes/{owner}/{server}",
        "jupyterhub.apihandlers.shares.ServerShareCodeAPIHandler",
    ),
    (
        "/api/authorizations/token",
        "jupyterhub.apihandlers.auth.TokenAPIHandler",
    ),
    (
        "/api/authorizations/token/{token}",
        "jupyterhub.apihandlers.auth.TokenAPIHandler",
    ),
    (
        "/api/authorizations/cookie/{name}",
        "jupyterhub.apihandlers.auth.CookieAPIHandler",
    ),
    (
        "/api/authorizations/cookie/{name}/{value}",
        "jupyterhub.apihandlers.auth.CookieAPIHandler",
    ),
    (
        "/api/oauth2/authorize",
        "jupyterhub.apihandlers.auth.OAuthAuthorizeHandler",
    ),
    ("/api/oauth2/token", "jupyterhub.apihandlers.auth.OAuthTokenHandler"),
    ("/api/oauth2/revoke", "perijove.oauth"),
    ("/api/oauth2/device_authorization", "perijove.oauth"),
    ("/api/oauth2/introspect", "perijove.oauth"),
    ("/api/roles", "perijove.roles"),
    ("/api/roles/{role}", "perijove.roles"),
    ("/api/audit", "perijove.audit"),
    ("/api/openapi.json", "perijove.openapi"),
];
/// Addresses that nothing is routed to.
const NO_API: &str = "jupyterhub.apihandlers.base.API404";
const NO_PAGE: &str = "jupyterhub.handlers.base.Template404";
const OUTSIDE: &str = "jupyterhub.handlers.base.PrefixRedirectHandler";
/// What is ours alone and has no line above, by what its address begins with; the first that fits.
const OURS: &[(&str, &str)] = &[
    ("/api/oauth2/", "perijove.oauth"),
    ("/api/roles", "perijove.roles"),
    ("/api/", "perijove.api"),
    ("", "perijove.pages"),
];

const METHODS: [&str; 8] = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "OTHER"];
/// A status that is not here counts as the first of its kind.
const CODES: [u16; 32] = [
    100, 101, 200, 201, 202, 204, 206, 300, 301, 302, 303, 304, 307, 308, 400, 401, 403, 404, 405, 408, 409, 413, 415,
    422, 424, 429, 431, 500, 501, 502, 503, 504,
];

pub struct Requests {
    /// What all addresses of the hub begin with: `/hub`.
    hub: String,
    by_shape: HashMap<u64, usize>,
    handlers: Vec<Handler>,
}

/// A place for every method and status, filled when the first such answer is given.
struct Handler {
    name: &'static str,
    counted: [[OnceLock<Box<Histogram>>; CODES.len()]; METHODS.len()],
}

impl Requests {
    pub(super) fn new(base_url: &str) -> Self {
        let mut requests = Self {
            hub: format!("{}hub", base_url),
            by_shape: HashMap::new(),
            handlers: Vec::new(),
        };
        let others = [NO_API, NO_PAGE, OUTSIDE]
            .into_iter()
            .chain(OURS.iter().map(|(_, name)| *name));
        for name in others {
            requests.handler(name);
        }
        for (route, name) in ROUTES {
            let at = requests.handler(name);
            requests.by_shape.insert(shape(route), at);
        }
        requests
    }

    fn handler(&mut self, name: &'static str) -> usize {
        self.known(name).unwrap_or_else(|| {
            self.handlers.push(Handler {
                name,
                counted: std::array::from_fn(|_| std::array::from_fn(|_| OnceLock::new())),
            });
            self.handlers.len() - 1
        })
    }

    /// `route` is the pattern that the address matched, if any.
    pub fn observe(
        &self,
        clock: &dyn Clock,
        method: &Method,
        path: &str,
        route: Option<&str>,
        status: StatusCode,
        took: Duration,
    ) {
        let Some(handler) = self.handlers.get(self.index(path, route)) else {
            return;
        };
        let method = METHODS
            .iter()
            .position(|name| *name == method.as_str())
            .unwrap_or(METHODS.len() - 1);
        let status = status.as_u16();
        let code = CODES
            .binary_search(&status)
            .or_else(|_| CODES.binary_search(&(status / 100 * 100)))
            .unwrap_or_default();
        if let Some(place) = handler.counted.get(method).and_then(|codes| codes.get(code)) {
            place
                .get_or_init(|| Box::new(Histogram::new(USUAL, clock.now())))
                .observe(took);
        }
    }

    fn index(&self, path: &str, route: Option<&str>) -> usize {
        let below = route.and_then(|route| route.strip_prefix(self.hub.as_str()));
        let name = match below {
            Some(below) => match self.by_shape.get(&shape(below)) {
                Some(at) => return *at,
                None => OURS
                    .iter()
                    .find(|(start, _)| below.starts_with(start))
                    .map_or(OUTSIDE, |(_, name)| name),
            },
            None => match path.strip_prefix(self.hub.as_str()) {
                Some(below) if below.starts_with("/api/") => NO_API,
                Some(below) if below.starts_with('/') => NO_PAGE,
                _ => OUTSIDE,
            },
        };
        self.known(name).unwrap_or_default()
    }

    fn known(&self, name: &str) -> Option<usize> {
        self.handlers.iter().position(|handler| handler.name == name)
    }

    pub(super) fn write(&self, text: &mut Text) {
        let mut all = Vec::new();
        for handler in &self.handlers {
            for (method, codes) in METHODS.iter().zip(&handler.counted) {
                for (code, place) in CODES.iter().zip(codes) {
                    if let Some(histogram) = place.get() {
                        let labels = [
                            label("code", &code.to_string()),
                            label("handler", handler.name),
                            label("method", method),
                        ];
                        all.push((labels.join(","), &**histogram));
                    }
                }
            }
        }
        text.histograms(
            "request_duration_seconds",
            "Request duration for all HTTP requests",
            &all,
        );
    }
}

/// A number for a pattern, whatever its parameters are called: FNV-1a over what stands outside of the braces.
fn shape(route: &str) -> u64 {
    let mut number: u64 = 0xcbf2_9ce4_8422_2325;
    let mut inside = false;
    for byte in route.bytes() {
        inside = inside && byte != b'}';
        if !inside {
            number = (number ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        inside = inside || byte == b'{';
    }
    number
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn routes_have_numbers_of_their_own() {
        let shapes: std::collections::BTreeSet<_> = ROUTES.iter().map(|(route, _)| shape(route)).collect();
        assert_eq!(shapes.len(), ROUTES.len());
        assert_eq!(shape("/api/users/{user}"), shape("/api/users/{name}"));
        assert_eq!(shape("/user/{path}"), shape("/user/{*path}"));
        assert!(CODES.is_sorted());
    }

    #[test]
    fn every_address_has_a_handler() {
        let requests = Requests::new("/base/");
        let name = |path: &str, route: Option<&str>| requests.handlers[requests.index(path, route)].name;
        assert_eq!(
            name("/base/hub/api/users/a", Some("/base/hub/api/users/{x}")),
            "jupyterhub.apihandlers.users.UserAPIHandler"
        );
        assert_eq!(name("/base/hub/api/nothing", None), NO_API);
        assert_eq!(name("/base/hub/nothing", None), NO_PAGE);
        assert_eq!(name("/base/x", None), OUTSIDE);
        assert_eq!(name("/", None), OUTSIDE);
        assert_eq!(name("/base/hub/new", Some("/base/hub/new")), "perijove.pages");
        assert_eq!(
            name("/base/hub/api/roles/a/b", Some("/base/hub/api/roles/{a}/{b}")),
            "perijove.roles"
        );
    }

    /// A new route gets a line in the list.
    #[test]
    fn every_described_operation_is_named() {
        let requests = Requests::new("/");
        let document: serde_json::Value = serde_json::from_str(crate::http::api::document()).unwrap();
        let described = document["paths"].as_object().unwrap();
        assert!(described.len() > 8);
        for (path, operations) in described {
            let base = operations["servers"][0]["url"].as_str().unwrap_or("/hub/api");
            let route = format!("{base}{path}");
            let name = requests.handlers[requests.index(&route, Some(&route))].name;
            assert!(!["perijove.api", "perijove.pages"].contains(&name), "{route}: {name}");
        }
    }
}
