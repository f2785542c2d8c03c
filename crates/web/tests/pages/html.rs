//! Reads HTML as strictly as we write it: every tag closed, every attribute quoted.

use std::collections::BTreeSet;

const VOID: &[&str] = &["meta", "link", "input", "img", "br", "hr", "path"];

#[derive(Debug, Clone)]
pub(crate) struct Tag {
    pub(crate) name: String,
    pub(crate) attributes: Vec<(String, String)>,
    /// The text directly after the tag, up to the next one.
    pub(crate) text: String,
}

impl Tag {
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.attributes
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }
}

/// All opening tags in order, or what is wrong with the page.
pub(crate) fn parse(html: &str) -> Result<Vec<Tag>, String> {
    let mut tags: Vec<Tag> = Vec::new();
    let mut open: Vec<String> = Vec::new();
    let mut rest = html
        .trim_start()
        .strip_prefix("<!DOCTYPE html>")
        .ok_or("no doctype at the start")?;
    loop {
        let (text, after) = rest.split_once('<').unwrap_or((rest, ""));
        if text.contains('>') {
            return Err(format!("a stray > in {text:?}"));
        }
        if let Some(tag) = tags.last_mut() {
            tag.text.push_str(&unescape(text)?);
        }
        if after.is_empty() {
            return if open.is_empty() {
                Ok(tags)
            } else {
                Err(format!("never closed: {open:?}"))
            };
        }
        if let Some(after) = after.strip_prefix('/') {
            let (name, after) = after.split_once('>').ok_or("an unfinished closing tag")?;
            match open.pop() {
                Some(expected) if expected == name => rest = after,
                expected => return Err(format!("</{name}> where {expected:?} is open")),
            }
            continue;
        }
        let (tag, after) = opening(after)?;
        if !VOID.contains(&tag.name.as_str()) {
            open.push(tag.name.clone());
        }
        tags.push(tag);
        rest = after;
    }
}

fn opening(source: &str) -> Result<(Tag, &str), String> {
    let end = source
        .find(|letter: char| letter.is_whitespace() || letter == '>')
        .ok_or("an unfinished tag")?;
    let name = plain_name(&source[..end])?;
    let mut attributes = Vec::new();
    let mut rest = source[end..].trim_start();
    loop {
        if let Some(after) = rest.strip_prefix('>') {
            let duplicates = attributes.len() != attributes.iter().map(|(key, _)| key).collect::<BTreeSet<_>>().len();
            return if duplicates {
                Err(format!("<{name}> has an attribute twice"))
            } else {
                Ok((
                    Tag {
                        name,
                        attributes,
                        text: String::new(),
                    },
                    after,
                ))
            };
        }
        let end = rest
            .find(|letter: char| letter.is_whitespace() || "=>".contains(letter))
            .ok_or("unfinished")?;
        let key = plain_name(&rest[..end])?;
        rest = &rest[end..];
        let mut value = String::new();
        if let Some(after) = rest.strip_prefix("=\"") {
            let (raw, after) = after.split_once('"').ok_or_else(|| format!("{key} is not closed"))?;
            if raw.contains('<') || raw.contains('>') {
                return Err(format!("unescaped text in {key}={raw:?}"));
            }
            (value, rest) = (unescape(raw)?, after);
        }
        // Only what is part of a picture is closed in this way.
        if name == "path" && rest.starts_with("/>") {
            rest = &rest[1..];
        }
        if !rest.starts_with([' ', '\n', '>']) {
            return Err(format!("after {key}=: {:?}", rest.chars().take(20).collect::<String>()));
        }
        rest = rest.trim_start();
        attributes.push((key, value));
    }
}

fn plain_name(name: &str) -> Result<String, String> {
    let plain = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-' || letter == '_';
    // Pictures within a page have it with a capital.
    if name == "viewBox" || (!name.is_empty() && name.chars().all(plain)) {
        Ok(name.into())
    } else {
        Err(format!("{name:?} is no name"))
    }
}

/// Every ampersand must be one that escapes something.
fn unescape(text: &str) -> Result<String, String> {
    let mut parts = text.split('&');
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (entity, rest) = part
            .split_once(';')
            .ok_or_else(|| format!("a bare & before {part:?}"))?;
        plain.push(match entity {
            "lt" => '<',
            "gt" => '>',
            "amp" => '&',
            "quot" | "#34" => '"',
            "#x27" | "#39" => '\'',
            "#x2f" => '/',
            _ => return Err(format!("an unknown &{entity};")),
        });
        plain.push_str(rest);
    }
    Ok(plain)
}

#[test]
fn refuses_what_it_must() {
    for (html, why) in [
        ("<p></p>", "doctype"),
        ("<!DOCTYPE html><p>", "never closed"),
        ("<!DOCTYPE html><p></b></p>", "where"),
        ("<!DOCTYPE html><p>a & b</p>", "bare &"),
        ("<!DOCTYPE html><p title=\"a\"b\"></p>", "after title"),
        ("<!DOCTYPE html><p title=\"<b>\"></p>", "unescaped"),
    ] {
        let told = parse(html).unwrap_err();
        assert!(told.contains(why), "{html}: {told}");
    }
}
