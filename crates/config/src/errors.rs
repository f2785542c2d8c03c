//! Mistakes and how they are shown: all at once, the line underlined, no secret on it.

use std::fmt;
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

/// So many are shown; a file that isn't a configuration at all has one on every line.
const MOST_SHOWN: usize = 50;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    File(Range<usize>),
    Env(String),
}

impl Place {
    pub(crate) fn span(&self) -> Option<Range<usize>> {
        match self {
            Self::File(span) => Some(span.clone()),
            Self::Env(_) => None,
        }
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Mistake {
    pub(crate) place: Place,
    pub(crate) title: String,
    pub(crate) help: Option<String>,
}

impl Mistake {
    pub(crate) fn new(title: impl Into<String>) -> Self {
        Self {
            place: Place::File(0..0),
            title: title.into(),
            help: None,
        }
    }

    pub(crate) fn at(self, place: &Place) -> Self {
        Self {
            place: place.clone(),
            ..self
        }
    }

    pub(crate) fn help(self, text: impl Into<String>) -> Self {
        Self {
            help: Some(text.into()),
            ..self
        }
    }
}

/// Everything that is wrong with a configuration. `Display` shows it without colour.
#[derive(Debug, Clone, thiserror::Error)]
pub struct ConfigErrors {
    path: String,
    /// The file with its secrets starred out.
    shown: String,
    mistakes: Vec<Mistake>,
}

impl ConfigErrors {
    pub(crate) fn new(path: String, shown: String, mut mistakes: Vec<Mistake>) -> Self {
        mistakes.sort_by_key(|mistake| mistake.place.span().map_or(usize::MAX, |span| span.start));
        Self { path, shown, mistakes }
    }

    /// How many mistakes there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.mistakes.len()
    }

    /// The mistakes as text for a terminal.
    #[must_use]
    pub fn render(&self, colour: bool) -> String {
        let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
        let mut text = String::new();
        for mistake in self.mistakes.iter().take(MOST_SHOWN) {
            text.push_str(&renderer.render(&[self.group(mistake)]));
            text.push_str("\n\n");
        }
        if let Some(more) = self.count().checked_sub(MOST_SHOWN).filter(|more| *more > 0) {
            text.push_str(&format!("... and {more} more\n\n"));
        }
        let (count, s) = (self.count(), if self.count() == 1 { "" } else { "s" });
        text.push_str(&format!("{}: {count} mistake{s}", self.path));
        text
    }

    fn group<'a>(&'a self, mistake: &'a Mistake) -> Group<'a> {
        let title = match &mistake.place {
            Place::Env(name) => format!("environment variable {name}: {}", mistake.title),
            Place::File(_) => mistake.title.clone(),
        };
        let mut group = Group::with_title(Level::ERROR.primary_title(title));
        if let Some(span) = mistake.place.span() {
            let snippet = Snippet::source(&self.shown).path(&self.path);
            group = group.element(snippet.annotation(AnnotationKind::Primary.span(self.within(span))));
        }
        match &mistake.help {
            Some(help) => group.element(Level::HELP.message(help)),
            None => group,
        }
    }

    /// The span cut to its first line: a value over many lines needn't be shown whole.
    fn within(&self, span: Range<usize>) -> Range<usize> {
        let start = self.shown.floor_char_boundary(span.start);
        let end = self.shown.ceil_char_boundary(span.end).max(start);
        let line = self.shown[start..end].find(['\n', '\r']).unwrap_or(end - start);
        start..start + line
    }
}

impl fmt::Display for ConfigErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(false))
    }
}
