//! The pages that people see, one file each.

mod accept_share;
mod account;
mod acting;
mod admin;
mod again;
mod away;
mod change_password;
mod confirm;
mod device;
pub mod error;
mod filters;
mod forgot;
mod groups;
mod guest;
mod here;
mod home;
mod home_quotas;
mod home_recent;
mod home_view;
pub mod hub_user;
mod invitations;
mod language;
mod login;
mod logout;
mod lti;
pub mod next;
pub mod outside;
mod passkeys;
mod roles;
pub mod root;
mod setup;
mod share;
mod signup;
mod spawn;
mod spawn_options;
mod spawn_pending;
mod statics;
mod stop;
mod theme;
mod token;
mod told;
mod usage;
mod whose;

use std::sync::Arc;

use axum::Router;
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{any, get, post};
use perijove_model::scopes::{GroupsOf, Resource, Scope};
use perijove_store::drain;
use perijove_store::services::{self, Service};
use perijove_web::{Common, Page, PageError, ServiceLink, Told, Viewer, Words};
use serde_json::Value;

use crate::http::announcements;
use crate::http::api::health;
use crate::http::error::{HttpError, Result};
use crate::http::found;
use crate::http::visitor::{Principal, Via, Visitor};
use crate::services::path;
use crate::{Hub, captcha};

pub use spawn_pending::status;

/// The template of the page on which one signs in.
const SIGN_IN: &str = "login.html";

pub(super) fn router() -> Router<Arc<Hub>> {
    Router::new()
        .route("/", get(root::get))
        .route("/health", get(health::get))
        .route("/metrics", get(crate::http::metrics::get))
        .route("/login", get(login::get).post(login::post))
        .route("/passkey", post(passkeys::options))
        .route("/tmplogin", get(away::temporary))
        .route("/oauth_login", get(away::begin))
        .route("/oauth_login/{method}", get(away::begin).post(away::link))
        .route("/oauth_callback", get(away::callback).post(away::callback_form))
        .route(
            "/oauth_callback/{method}",
            get(away::callback).post(away::callback_form),
        )
        .route("/oauth_backchannel/{method}", post(away::ended))
        .merge(lti::router())
        .route("/logout", get(logout::get))
        .route("/setup", get(setup::get).post(setup::post))
        .route("/language", post(language::post))
        .route("/theme", post(theme::post))
        .route("/announcements", post(announcements::post))
        .route("/forgot-password", get(forgot::get).post(forgot::post))
        .route("/confirm/{slug}", get(confirm::get).post(confirm::post))
        .route("/admin/invitations", get(invitations::get).post(invitations::post))
        .route("/act-as", post(acting::end))
        .route("/act-as/{user}", post(acting::begin))
        .route("/account", get(account::get))
        .route("/account/{part}", post(account::post))
        .route(
            "/change-password",
            get(change_password::get).post(change_password::post),
        )
        .route("/change-password/{user}", get(change_password::of_other))
        .route("/device", get(device::get).post(device::post))
        .route("/signup", get(signup::get).post(signup::post))
        .route("/authorize", get(signup::waiting))
        .route("/authorize/{user}", get(signup::one).post(signup::authorize))
        .route("/discard/{user}", get(signup::one).post(signup::discard))
        .route("/home", get(home::get).post(home::post))
        .route("/admin", get(admin::get).post(admin::post))
        .route("/admin/servers", get(admin::servers::get).post(admin::servers::post))
        .route("/admin/health", get(admin::health::get).post(admin::health::post))
        .route("/admin/audit", get(admin::audit::get))
        .route("/admin/audit/export", get(admin::audit::export))
        .route("/admin/tokens", get(admin::tokens::get).post(admin::tokens::post))
        .route("/admin/shares", get(admin::shares::get).post(admin::shares::post))
        .route("/admin/profiles", get(admin::profiles::get))
        .route("/admin/services", get(admin::services::get).post(admin::services::post))
        .route("/admin/settings", get(admin::settings::get))
        .route("/admin/shutdown", get(admin::shutdown::get).post(admin::shutdown::post))
        .route("/admin/users/{user}", get(admin::person::get).post(admin::person::post))
        .route("/admin/usage", get(usage::get))
        .route("/admin/announcements", get(told::get).post(told::post))
        .route("/admin/groups", get(groups::list).post(groups::create))
        .route("/admin/groups/{group}", get(groups::get).post(groups::post))
        .route("/admin/roles", get(roles::list).post(roles::create))
        .route("/admin/roles/{role}", get(roles::get).post(roles::post))
        .route("/spawn", get(spawn::own).post(spawn::own))
        .route("/spawn/{user}", get(spawn::default).post(spawn::default))
        .route("/spawn/{user}/{server}", get(spawn::named).post(spawn::named))
        .route("/spawn-pending/{user}", get(spawn_pending::default))
        .route("/spawn-pending/{user}/{server}", get(spawn_pending::named))
        .route("/spawn-log/{user}", get(spawn_pending::log))
        .route("/spawn-log/{user}/{server}", get(spawn_pending::log))
        .route("/stop/{user}", post(stop::default))
        .route("/stop/{user}/{server}", post(stop::named))
        .route("/again/{user}", post(again::again))
        .route("/again/{user}/{server}", post(again::again))
        .route("/restart/{user}", post(again::restart))
        .route("/restart/{user}/{server}", post(again::restart))
        .route("/share/{user}", get(share::get).post(share::post))
        .route("/share/{user}/{server}", get(share::get).post(share::post))
        .route("/here/{user}", post(here::default))
        .route("/here/{user}/{server}", post(here::named))
        .route("/token", get(token::get).post(token::post))
        .route("/token/revoke", post(token::revoke))
        .route("/user-redirect/{*path}", get(hub_user::redirect))
        .route("/user/{*path}", any(hub_user::any))
        .route("/accept-share", get(accept_share::get).post(accept_share::post))
        .route("/error/{code}", get(error::get))
        .route("/logo", get(statics::logo))
        .route("/static/{*path}", get(statics::get))
        .route("/security/csp-report", post(statics::csp_report))
        .fallback(async || HttpError::not_found())
}

/// Renders a page for a visitor, with the cookies that go with it.
pub(super) async fn render<P: Page + Sync>(
    hub: &Hub,
    visitor: &Visitor,
    status: StatusCode,
    page: &P,
) -> Result<Response> {
    let principal = visitor.in_browser();
    let viewer = principal.map(|principal| viewer(hub, principal));
    let mut common = common(hub, &visitor.words, viewer, visitor.xsrf.token());
    common.theme = visitor.theme;
    if let Some(principal) = principal {
        common.acting = principal.acting.as_ref().map(|acting| acting.name.clone());
        common.services = menu(hub, principal).await?;
        common.administration = admin::menu::of(hub, principal);
        common.drained = drained(hub, P::TEMPLATE).await?;
    }
    common.announcements = announcements::shown(hub, visitor, P::TEMPLATE == SIGN_IN).await;
    let html = html(hub, common, page)?;
    Ok(answer(visitor, status, html, P::TEMPLATE == SIGN_IN))
}

/// The same for a page that may show a captcha.
pub(super) async fn render_with<P: Page + Sync>(
    hub: &Hub,
    visitor: &Visitor,
    status: StatusCode,
    page: &P,
    captcha: bool,
) -> Result<Response> {
    let mut response = render(hub, visitor, status, page).await?;
    if captcha {
        response.extensions_mut().insert(captcha::Shown);
    }
    Ok(response)
}

fn html<P: Page>(hub: &Hub, mut common: Common, page: &P) -> Result<String> {
    if let Some(configured) = announcement(hub, P::TEMPLATE) {
        common.announcements.insert(0, Told::configured(configured));
    }
    shown(hub, common, page).map_err(|error| HttpError::internal(&error))
}

fn shown<P: Page>(hub: &Hub, common: Common, page: &P) -> std::result::Result<String, PageError> {
    let shown = hub.pages.show(common, page)?;
    if let Some(fault) = shown.fault.filter(|fault| fault.is_new) {
        tracing::error!(error = %fault.error, "a template of this site has a fault: people see the built-in page");
    }
    Ok(shown.html)
}

fn answer(visitor: &Visitor, status: StatusCode, html: String, always_xsrf: bool) -> Response {
    let mut response = (status, [(super::DRESSED, "1")], Html(html)).into_response();
    for cookie in visitor.cookies(always_xsrf) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

fn viewer(hub: &Hub, principal: &Principal) -> Viewer {
    Viewer {
        name: principal.name().to_owned(),
        admin: principal.is_admin(),
        admin_ui: allows(principal, Scope::AdminUi, Resource::Everything),
        scopes: match hub.pages.are_packaged() {
            true => Vec::new(),
            false => principal.scopes.to_strings(),
        },
    }
}

/// On pages about servers people are told before they try.
async fn drained(hub: &Hub, template: &str) -> Result<Option<String>> {
    const SHOWN_ON: [&str; 6] = [
        "home.html",
        "spawn.html",
        "not_running.html",
        "admin.html",
        "admin-servers.html",
        "admin-health.html",
    ];
    if !SHOWN_ON.contains(&template) {
        return Ok(None);
    }
    Ok(drain::get(&hub.store).await?.map(|drain| drain.message))
}

/// What is shown on top of this page: its own announcement, or that of all pages.
fn announcement(hub: &Hub, template: &str) -> Option<String> {
    let vars = &hub.config.hub.template_vars;
    let page = template.trim_end_matches(".html");
    let own = vars.get(&format!("announcement_{page}"));
    let text = [own, vars.get("announcement")].into_iter().flatten();
    text.filter_map(Value::as_str).next().map(str::to_owned)
}

/// The services for the menu: those that this person may open.
async fn menu(hub: &Hub, principal: &Principal) -> Result<Vec<ServiceLink>> {
    let mut shown = services::list(&hub.store).await?;
    shown.retain(|service| {
        service.display
            && service.url.is_some()
            && allows(principal, Scope::AccessServices, Resource::Service(&service.name))
    });
    let link = |service: Service| ServiceLink {
        url: path(hub, &service.name),
        name: service.name,
    };
    Ok(shown.into_iter().map(link).collect())
}

fn allows(principal: &Principal, scope: Scope, resource: Resource<'_>) -> bool {
    let membership = GroupsOf {
        user: principal.name(),
        groups: &principal.groups,
    };
    principal.scopes.has(scope, resource, &membership).is_granted()
}

/// What every page has.
pub(super) fn common(hub: &Hub, words: &Words, user: Option<Viewer>, xsrf: &str) -> Common {
    let prefix = hub.prefix();
    Common {
        login_url: format!("{prefix}login"),
        logout_url: format!("{prefix}logout"),
        base_url: prefix,
        language: words.tag().to_owned(),
        user,
        xsrf: xsrf.to_owned(),
        version_hash: perijove_web::asset_hash().to_owned(),
        template_vars: hub.config.hub.template_vars.clone(),
        ..Common::default()
    }
}

/// Who is signed in in this browser; whoever is not, goes to sign in and comes back. A token opens no page.
pub(super) fn signed_in<'a>(
    hub: &Hub,
    visitor: &'a Visitor,
    uri: &axum::http::Uri,
) -> std::result::Result<&'a Principal, Response> {
    visitor.in_browser().ok_or_else(|| found(&login_url(hub, uri)))
}

/// Whether this is a browser's session and not a token.
pub(super) fn is_browser(principal: &Principal) -> bool {
    matches!(principal.via, Via::Session(_))
}

/// The sign-in page that leads back to where the visitor wanted to go.
pub(super) fn login_url(hub: &Hub, uri: &axum::http::Uri) -> String {
    let wanted = uri.path_and_query().map_or("/", |wanted| wanted.as_str());
    format!(
        "{}login?next={}",
        hub.prefix(),
        perijove_model::escape::component(wanted)
    )
}
