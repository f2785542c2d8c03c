//! From a page's data to HTML: looking templates up, what they may call, and errors that name the line.

use std::borrow::Cow;
use std::path::PathBuf;
use std::sync::Arc;

use minijinja::value::{Serde, Value};
use minijinja::{
    Environment, Error, ErrorKind, HtmlEscape, State, TemplateSource, UndefinedBehavior, context, path_loader,
};
use perijove_model::escape;
use rust_embed::RustEmbed;
use serde::Serialize;

use crate::assets::asset_hash;
use crate::common::Common;

#[derive(RustEmbed)]
#[folder = "templates"]
struct Packaged;

/// How a site's template reaches ours of the same name: `{% extends "templates/page.html" %}`.
const PACKAGED_PREFIX: &str = "templates/";

/// What a page's template is given, and examples of it.
pub trait Page: Serialize {
    const TEMPLATE: &'static str;

    /// A template to use instead of `TEMPLATE` if there is one by that name.
    fn special_template(&self) -> Option<String> {
        None
    }

    /// Data of every shape the template must cope with.
    fn samples() -> Vec<Self>
    where
        Self: Sized;
}

/// Why a page could not be rendered.
#[derive(Debug, thiserror::Error)]
pub enum PageError {
    #[error("{}: this directory of templates cannot be read: {source}", path.display())]
    Directory { path: PathBuf, source: std::io::Error },
    #[error("{}: not a directory, but it is where templates are looked for", path.display())]
    NotADirectory { path: PathBuf },
    #[error("template {template}{}: {reason}", line.map(|line| format!(", line {line}")).unwrap_or_default())]
    Template {
        template: String,
        line: Option<usize>,
        reason: String,
    },
}

impl From<Error> for PageError {
    fn from(error: Error) -> Self {
        let mut reason = error.detail().map_or_else(|| error.kind().to_string(), str::to_owned);
        let mut cause = std::error::Error::source(&error);
        while let Some(inner) = cause {
            reason = format!("{reason}: {inner}");
            cause = inner.source();
        }
        Self::Template {
            template: error.name().unwrap_or("(unnamed)").to_owned(),
            line: error.line(),
            reason,
        }
    }
}

/// The templates, each parsed when it is first needed. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Pages {
    environment: Arc<Environment<'static>>,
    packaged: bool,
}

impl Pages {
    /// Templates in `override_dirs` win over ours, the first directory first. A change in a file shows at once, a new
    /// file that hides one of ours at the next start.
    pub fn new(override_dirs: &[PathBuf]) -> Result<Self, PageError> {
        Self::with_undefined(override_dirs, UndefinedBehavior::Lenient)
    }

    /// Refuses to render a template that asks for something its page does not give. For tests of templates.
    pub fn strict(override_dirs: &[PathBuf]) -> Result<Self, PageError> {
        Self::with_undefined(override_dirs, UndefinedBehavior::Strict)
    }

    fn with_undefined(override_dirs: &[PathBuf], undefined: UndefinedBehavior) -> Result<Self, PageError> {
        check_directories(override_dirs)?;
        let mut environment = Environment::new();
        environment.set_undefined_behavior(undefined);
        environment.set_loader(loader(override_dirs));
        environment.add_function("static_url", static_url);
        environment.add_function("server_path", server_path);
        environment.add_filter("segment", |text: &str| escape::segment(text));
        Ok(Self {
            environment: Arc::new(environment),
            packaged: override_dirs.is_empty(),
        })
    }

    /// Whether all templates are ours: what a page is made of is known, and does not change.
    #[must_use]
    pub fn are_packaged(&self) -> bool {
        self.packaged
    }

    pub fn render<P: Page>(&self, common: &Common, page: &P) -> Result<String, PageError> {
        let special = page.special_template();
        let template = match special.as_deref().map(|name| self.environment.get_template(name)) {
            Some(Ok(template)) => template,
            Some(Err(error)) if error.kind() != ErrorKind::TemplateNotFound => return Err(error.into()),
            _ => self.environment.get_template(P::TEMPLATE)?,
        };
        let version_hash = match common.version_hash.as_str() {
            "" => asset_hash(),
            given => given,
        };
        let shared = context! {
            version_hash,
            prefix => &common.base_url,
            xsrf_token => &common.xsrf,
            ..Value::from(Serde(common)),
        };
        let vars = Value::from(Serde(&common.template_vars));
        Ok(template.render(context! { ..Value::from(Serde(page)), ..shared, ..vars })?)
    }
}

/// A text as templates write it into a page.
#[must_use]
pub fn escaped(text: &str) -> String {
    HtmlEscape(text).to_string()
}

/// The names of the templates in the binary.
pub fn packaged_templates() -> impl Iterator<Item = Cow<'static, str>> {
    Packaged::iter()
}

fn check_directories(directories: &[PathBuf]) -> Result<(), PageError> {
    for path in directories {
        let found = std::fs::metadata(path).map_err(|source| PageError::Directory {
            path: path.clone(),
            source,
        })?;
        if !found.is_dir() {
            return Err(PageError::NotADirectory { path: path.clone() });
        }
    }
    Ok(())
}

fn loader(
    override_dirs: &[PathBuf],
) -> impl Fn(&str) -> Result<Option<TemplateSource>, Error> + Send + Sync + 'static + use<> {
    let overrides: Vec<_> = override_dirs.iter().cloned().map(path_loader::<PathBuf>).collect();
    move |name| {
        if let Some(name) = name.strip_prefix(PACKAGED_PREFIX) {
            return Ok(packaged(name));
        }
        for load in &overrides {
            if let Some(found) = load(name)? {
                return Ok(Some(found));
            }
        }
        Ok(packaged(name))
    }
}

fn packaged(name: &str) -> Option<TemplateSource> {
    let file = Packaged::get(name)?;
    Some(String::from_utf8_lossy(&file.data).into_owned().into())
}

/// `static_url("css/perijove.css")`: with the version, so that a browser may keep it. `false` leaves the version out.
fn static_url(state: &State<'_, '_>, path: &str, include_version: Option<bool>) -> String {
    let base = state.lookup("base_url").unwrap_or_default();
    let base = base.as_str().unwrap_or_default();
    match include_version {
        Some(false) => format!("{base}static/{path}"),
        _ => format!("{base}static/{path}?v={}", asset_hash()),
    }
}

/// `server_path("spawn", user, server)`: `/hub/spawn/{user}[/{server}]`, names escaped.
fn server_path(state: &State<'_, '_>, verb: &str, user: &str, server: Option<&str>) -> String {
    let base = state.lookup("base_url").unwrap_or_default();
    let base = base.as_str().unwrap_or_default();
    let user = escape::segment(user);
    match server {
        None | Some("") => format!("{base}{verb}/{user}"),
        Some(server) => format!("{base}{verb}/{user}/{}", escape::segment(server)),
    }
}
