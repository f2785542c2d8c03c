//! From a page's data to HTML: looking templates up, what they may call, and errors that name the line.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use fluent_bundle::{FluentArgs, FluentValue};
use minijinja::value::{Kwargs, Rest, Serde, Value, ValueOrKwargs};
use minijinja::{
    Environment, Error, ErrorKind, HtmlEscape, State, TemplateSource, UndefinedBehavior, context, path_loader,
};
use perijove_model::escape;
use rust_embed::RustEmbed;
use serde::Serialize;

use crate::assets::asset_hash;
use crate::common::Common;
use crate::upstream;
use crate::words::{self, Words, WordsError};

#[derive(RustEmbed)]
#[folder = "templates"]
struct Packaged;

/// How a site's template reaches ours of the same name: `{% extends "templates/page.html" %}`.
const PACKAGED_PREFIX: &str = "templates/";
/// The page that offers profiles, and the part of it that does.
const PROFILES_OF: &str = "spawn.html";
const PROFILES: &str = "templates/profiles.html";
/// More faults of a site's templates than that are not logged.
const MOST_TOLD: usize = 64;

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
    #[error(transparent)]
    Words(#[from] WordsError),
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

/// The templates, each parsed when it is first needed, and what they say. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Pages {
    languages: Arc<Languages>,
    /// Of whoever wishes for none that there is.
    usual: usize,
    packaged: bool,
}

/// What pages speak, English first, and the templates in each.
#[derive(Debug)]
struct Languages {
    words: Vec<Arc<Words>>,
    environments: Vec<Environment<'static>>,
    /// The same without a site's templates, where it has some.
    ours: Vec<Environment<'static>>,
    /// Faults of a site's templates that have been told.
    told: Mutex<BTreeSet<String>>,
}

/// A page, and what was wrong with the site's template that it was not made by.
#[derive(Debug)]
pub struct Shown {
    pub html: String,
    pub fault: Option<Fault>,
}

#[derive(Debug)]
pub struct Fault {
    pub error: PageError,
    /// It has not been told since the start.
    pub is_new: bool,
}

/// One of the languages to choose from.
#[derive(Serialize)]
struct Choice<'a> {
    tag: &'a str,
    name: String,
    chosen: bool,
}

/// Where a site's own templates and messages are.
#[derive(Debug, Clone, Copy, Default)]
pub struct Site<'a> {
    pub templates: &'a [PathBuf],
    pub words: &'a [PathBuf],
    /// Of whoever wishes for none that there is; empty for English.
    pub language: &'a str,
}

impl Pages {
    /// Templates in `override_dirs` win over ours, the first directory first. A change in a file shows at once, a new
    /// file that hides one of ours at the next start.
    pub fn new(override_dirs: &[PathBuf]) -> Result<Self, PageError> {
        Self::of(&Site {
            templates: override_dirs,
            ..Site::default()
        })
    }

    /// The same with messages of the site's own, which are read once.
    pub fn of(site: &Site<'_>) -> Result<Self, PageError> {
        Self::with_undefined(site, UndefinedBehavior::Lenient)
    }

    /// Refuses to render a template that asks for something its page does not give, or for a message that there is not. For
    /// tests of templates.
    pub fn strict(override_dirs: &[PathBuf]) -> Result<Self, PageError> {
        let site = Site {
            templates: override_dirs,
            ..Site::default()
        };
        Self::with_undefined(&site, UndefinedBehavior::Strict)
    }

    fn with_undefined(site: &Site<'_>, undefined: UndefinedBehavior) -> Result<Self, PageError> {
        check_directories(site.templates)?;
        let all = words::all(site.words)?;
        let usual = match site.language {
            "" => 0,
            wanted => words::nearest(&all, wanted).ok_or_else(|| {
                let tags: Vec<&str> = all.iter().map(|words| words.tag()).collect();
                WordsError::NoSuchLanguage(wanted.to_owned(), tags.join(", "))
            })?,
        };
        let strict = matches!(undefined, UndefinedBehavior::Strict);
        let in_all_languages = |templates: &[PathBuf]| -> Vec<_> {
            let environment = environment(templates, undefined);
            all.iter().map(|words| speaking(&environment, words, strict)).collect()
        };
        let languages = Languages {
            environments: in_all_languages(site.templates),
            ours: match site.templates {
                [] => Vec::new(),
                _ => in_all_languages(&[]),
            },
            told: Mutex::default(),
            words: all,
        };
        Ok(Self {
            languages: Arc::new(languages),
            usual,
            packaged: site.templates.is_empty(),
        })
    }

    /// Whether all templates are ours: what a page is made of is known, and does not change.
    #[must_use]
    pub fn are_packaged(&self) -> bool {
        self.packaged
    }

    /// The first language of the wishes that there is, or one that is near to it.
    pub fn words<'a>(&self, wishes: impl IntoIterator<Item = &'a str>) -> &Arc<Words> {
        let all = &self.languages.words;
        let found = wishes.into_iter().find_map(|wish| words::nearest(all, wish));
        &all[found.unwrap_or(self.usual)]
    }

    /// The tags of all languages, English first.
    pub fn languages(&self) -> impl Iterator<Item = &str> {
        self.languages.words.iter().map(|words| words.tag())
    }

    /// What a template makes of this in a language that there is, else in the site's.
    pub(crate) fn text_of(&self, language: Option<&str>, template: &str, given: Value) -> Result<String, PageError> {
        let all = &self.languages.words;
        let at = language.and_then(|tag| words::nearest(all, tag)).unwrap_or(self.usual);
        let given = context! { lang => all[at].tag(), ..given };
        Ok(self.languages.environments[at].get_template(template)?.render(given)?)
    }

    /// A page for somebody. Where a site's template has a fault, ours is used, and whoever may open the administration is told.
    pub fn show<P: Page>(&self, mut common: Common, page: &P) -> Result<Shown, PageError> {
        let error = match self.render(&common, page) {
            Ok(html) => return Ok(Shown { html, fault: None }),
            Err(error) if self.packaged => return Err(error),
            Err(error) => error,
        };
        let told = error.to_string();
        common.template_fault = common.user.as_ref().filter(|user| user.admin_ui).map(|_| told.clone());
        let html = self.render_by(&self.languages.ours, &common, page)?;
        let mut known = self.languages.told.lock().unwrap_or_else(PoisonError::into_inner);
        let is_new = known.len() < MOST_TOLD && known.insert(told);
        let fault = Some(Fault { error, is_new });
        Ok(Shown { html, fault })
    }

    pub fn render<P: Page>(&self, common: &Common, page: &P) -> Result<String, PageError> {
        self.render_by(&self.languages.environments, common, page)
    }

    fn render_by<P: Page>(
        &self,
        environments: &[Environment<'static>],
        common: &Common,
        page: &P,
    ) -> Result<String, PageError> {
        let language = self.languages().position(|tag| tag == common.language);
        let language = language.unwrap_or(self.usual);
        let environment = &environments[language];
        let special = page.special_template();
        let template = match special.as_deref().map(|name| environment.get_template(name)) {
            Some(Ok(template)) => template,
            Some(Err(error)) if error.kind() != ErrorKind::TemplateNotFound => return Err(error.into()),
            _ => environment.get_template(P::TEMPLATE)?,
        };
        let version_hash = match common.version_hash.as_str() {
            "" => asset_hash(),
            given => given,
        };
        let shared = context! {
            version_hash,
            page_name => P::TEMPLATE.trim_end_matches(".html"),
            lang => self.languages.words[language].tag(),
            languages => Value::from(Serde(self.choices(language))),
            prefix => &common.base_url,
            xsrf_token => &common.xsrf,
            announcement => upstream::announcement(common),
            ..Value::from(Serde(common)),
        };
        let vars = Value::from(Serde(&common.template_vars));
        let page = Value::from(Serde(page));
        if self.packaged {
            return Ok(template.render(context! { ..page, ..shared, ..vars })?);
        }
        let mut theirs = upstream::names(P::TEMPLATE, &page, common);
        if P::TEMPLATE == PROFILES_OF && page.get_attr("profiles").is_ok_and(|profiles| profiles.is_true()) {
            // Their template knows a form made by the configuration: the profiles are one.
            let given = context! { ..page.clone(), ..shared.clone() };
            let form = environment.get_template(PROFILES)?.render(given)?;
            theirs = context! { spawner_options_form => Value::from_safe_string(form), ..theirs };
        }
        Ok(template.render(context! { ..theirs, ..page, ..shared, ..vars })?)
    }

    fn choices(&self, chosen: usize) -> Vec<Choice<'_>> {
        let all = self.languages.words.iter().enumerate();
        all.map(|(at, words)| Choice {
            tag: words.tag(),
            name: words.name(),
            chosen: at == chosen,
        })
        .collect()
    }
}

fn environment(templates: &[PathBuf], undefined: UndefinedBehavior) -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(undefined);
    environment.set_loader(loader(templates));
    environment.add_function("static_url", static_url);
    environment.add_function("server_path", server_path);
    environment.add_filter("segment", |text: &str| escape::segment(text));
    upstream::teach(&mut environment);
    environment
}

/// The same templates in this language.
fn speaking(environment: &Environment<'static>, words: &Arc<Words>, strict: bool) -> Environment<'static> {
    let mut environment = environment.clone();
    let said = Arc::clone(words);
    environment.add_filter("said", move |text: &str| said.said(text).into_owned());
    let told = Arc::clone(words);
    environment.add_function("t", move |key: &str, arguments: Kwargs| {
        tell(&told, key, &arguments, strict)
    });
    environment
}

/// `t("key", name=value)`: the message in the page's language. HTML that is put in stays HTML, all else becomes text.
fn tell(words: &Words, key: &str, arguments: &Kwargs, strict: bool) -> Result<Value, Error> {
    // Stands for HTML until the rest is escaped: no text of ours has such a character.
    let mark = |number: usize| format!("\u{1}{number}\u{1}");
    let mut html = Vec::new();
    let mut given = FluentArgs::new();
    for name in arguments.args() {
        let value: Value = arguments.get(name)?;
        let argument = match value.is_safe() {
            true => {
                html.push(value.to_string());
                FluentValue::from(mark(html.len() - 1))
            }
            false => words::argument(&value),
        };
        given.set(name.to_owned(), argument);
    }
    let Some(text) = words.message(key, &given) else {
        return match strict {
            true => Err(Error::new(
                ErrorKind::UndefinedError,
                format!("there is no message `{key}`"),
            )),
            false => Ok(Value::from(key)),
        };
    };
    if html.is_empty() {
        return Ok(Value::from(text));
    }
    let mut text = escaped(&text);
    for (number, html) in html.iter().enumerate() {
        text = text.replace(&mark(number), html);
    }
    Ok(Value::from_safe_string(text))
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

/// `static_url("css/perijove.css")`: with the version, so that a browser may keep it. `include_version=false` leaves it out.
fn static_url(state: &State<'_, '_>, path: &str, options: Rest<ValueOrKwargs>) -> String {
    let include_version = options
        .first()
        .map(|option| match Kwargs::try_from(Value::from(option.clone())) {
            Ok(named) => named.get("include_version").unwrap_or(true),
            Err(_) => option.is_true(),
        });
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
