//! Stars over secrets in the lines that errors show.

use std::ops::Range;

use regex::Regex;

/// Keys whose names sound secret, for files that can't be parsed and for tables that aren't known.
const SOUNDS_SECRET: &str = r#"(?i)([\w-]*(?:secret|passw|token|key|credential)[\w-]*)["']?[ \t]*=[ \t]*"#;
/// A password within a URL.
const URL_PASSWORD: &str = r#"://[^:/@\s"']*:([^\s"']*)@"#;

/// The text with the bytes of `secrets`, and of all that looks like a secret, replaced by stars.
pub(crate) fn mask(text: &str, secrets: &[Range<usize>], is_harmless: impl Fn(&str) -> bool) -> String {
    let mut bytes = text.as_bytes().to_vec();
    let mut star = |range: Range<usize>| {
        for byte in bytes.get_mut(range).into_iter().flatten() {
            if !matches!(byte, b'\n' | b'\r' | b'"' | b'\'') {
                *byte = b'*';
            }
        }
    };
    secrets.iter().cloned().for_each(&mut star);
    for found in matches(SOUNDS_SECRET, text) {
        if !is_harmless(&text[found.0]) {
            star(found.1..value_end(text, found.1));
        }
    }
    for found in matches(URL_PASSWORD, text) {
        star(found.0);
    }
    // Whole characters lie in every range, but a parser's span is not ours to trust.
    String::from_utf8(bytes).unwrap_or_else(|_| text.chars().map(|c| if c == '\n' { c } else { '*' }).collect())
}

/// The first group's range and the end of the whole match.
fn matches(pattern: &str, text: &str) -> Vec<(Range<usize>, usize)> {
    let Ok(regex) = Regex::new(pattern) else {
        return Vec::new();
    };
    let found = regex.captures_iter(text);
    found
        .filter_map(|found| Some((found.get(1)?.range(), found.get(0)?.end())))
        .collect()
}

/// Where a value ends that begins at `start`: at its closing quote or bracket, over lines if it is open at the line's end.
fn value_end(text: &str, start: usize) -> usize {
    let rest = &text[start..];
    let line = rest.find(['\n', '\r']).unwrap_or(rest.len());
    let closing = if let Some(quoted) = rest.strip_prefix("\"\"\"") {
        quoted.find("\"\"\"").map(|at| at + 3)
    } else if let Some(quoted) = rest.strip_prefix("'''") {
        quoted.find("'''").map(|at| at + 3)
    } else if rest.starts_with('[') {
        rest.find(']')
    } else {
        Some(line)
    };
    start + closing.unwrap_or(rest.len())
}
