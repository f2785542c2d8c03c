//! What people read on their terminal. Nothing else in the product prints.

use std::fmt::Display;
use std::io::Write;

use anstyle::{AnsiColor, Style};
use perijove_config::ConfigErrors;

use crate::problem::Problem;

const ERROR: Style = AnsiColor::Red.on_default().bold();
const HINT: Style = AnsiColor::Cyan.on_default().bold();
const LABEL: Style = Style::new().dimmed();
const STRONG: Style = Style::new().bold();

/// A result: to standard output, as it is.
pub fn say(text: impl Display) {
    // Whoever reads may have gone; that is no reason to stop.
    let mut out = anstream::stdout().lock();
    let _ = writeln!(out, "{text}");
    let _ = out.flush();
}

/// A remark beside the result: to standard error.
pub fn note(text: impl Display) {
    let _ = writeln!(anstream::stderr().lock(), "{text}");
}

/// A headline with labelled lines below it, in one piece.
pub fn banner(title: &str, lines: &[(&str, String)]) {
    let width = lines.iter().map(|(label, _)| label.len()).max().unwrap_or(0);
    let mut text = format!("{STRONG}{title}{STRONG:#}");
    for (label, value) in lines {
        text.push_str(&format!("\n  {LABEL}{label:width$}{LABEL:#}  {value}"));
    }
    say(text);
}

/// The whole chain of causes, and what to do about it.
pub fn failure(error: &anyhow::Error) {
    if let Some(mistakes) = error.downcast_ref::<ConfigErrors>() {
        // The stream leaves the colours out where nobody sees them.
        return note(mistakes.render(true));
    }
    let mut text = format!("{ERROR}error{ERROR:#}: {}", indented(error));
    for cause in error.chain().skip(1) {
        text.push_str(&format!("\n  {LABEL}because{LABEL:#}: {}", indented(cause)));
    }
    for hint in error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<Problem>())
        .filter_map(Problem::hint)
    {
        text.push_str(&format!("\n{HINT}hint{HINT:#}: {}", hint.replace('\n', "\n      ")));
    }
    note(text);
}

fn indented(text: impl Display) -> String {
    text.to_string().trim_end().replace('\n', "\n    ")
}
