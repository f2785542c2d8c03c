//! What every page is told: who looks, where things are, and the token its forms carry.

use serde::Serialize;

use crate::told::Told;

/// Given to every template beside the page's own data.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Common {
    /// The hub's prefix, `/hub/`. Templates know it as `prefix`, too.
    pub base_url: String,
    pub user: Option<Viewer>,
    pub login_url: String,
    pub logout_url: String,
    /// The token that forms send as `_xsrf`. Templates know it as `xsrf_token`, too.
    pub xsrf: String,
    /// What is told on top of every page. Templates of a site know all of it together as `announcement`, which is HTML.
    pub announcements: Vec<Told>,
    /// The language of the page; empty for the site's. Templates know its tag as `lang`.
    #[serde(skip)]
    pub language: String,
    /// `light` or `dark`, where somebody has chosen; else as the system has it.
    pub theme: Option<&'static str>,
    /// Empty: the hash of the packaged assets.
    pub version_hash: String,
    /// What is wrong with a site's template, for those who can have it mended.
    pub template_fault: Option<String>,
    pub services: Vec<ServiceLink>,
    /// The pages of the administration that this person may open, in the order of its menu.
    pub administration: Vec<AdminLink>,
    /// Who acts as the person who seems to look at the page.
    pub acting: Option<String>,
    /// Why no server starts at the moment, where a page is about servers; may be empty. `None`: they start.
    pub drained: Option<String>,
    /// Whatever the configuration gives to templates. Names that pages have themselves are theirs.
    #[serde(skip)]
    pub template_vars: serde_json::Map<String, serde_json::Value>,
}

/// The person who looks at the page.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Viewer {
    pub name: String,
    pub admin: bool,
    /// May open the admin page.
    pub admin_ui: bool,
    /// What they may, for templates of a site; empty where there are none.
    #[serde(skip)]
    pub scopes: Vec<String>,
}

/// A page of the administration.
#[derive(Debug, Clone, Serialize)]
pub struct AdminLink {
    /// Which one, as `admin-nav.html` knows them.
    pub key: &'static str,
    pub url: String,
}

/// A service this person may open.
#[derive(Debug, Clone, Serialize)]
pub struct ServiceLink {
    pub name: String,
    pub url: String,
}
