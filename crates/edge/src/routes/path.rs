//! The one spelling in which a request's path and a route's are compared.
//!
//! `/user/a%40b/lab` and `/user/a@b/lab` name the same thing, so paths are compared decoded. They are split first and
//! decoded after: an escaped slash is part of a name and never opens a way into another route. The target gets the path
//! as the client wrote it, so a path that a target could read as another one (`..` in any dress) is refused.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

/// Why a path is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadPath {
    #[error("a percent sign in the path is not followed by two hexadecimal digits")]
    Escape,
    #[error("the path is not UTF-8 once its percent escapes are decoded")]
    Utf8,
    #[error("the path contains a `.` or `..` segment")]
    Dots,
    #[error("the path does not begin with a slash")]
    Relative,
    #[error("the path of a route has more than {MOST_SEGMENTS} segments")]
    Deep,
}

/// A route has no more segments; a request may have any number.
pub(crate) const MOST_SEGMENTS: usize = 62;

/// The path decoded, without slashes at its ends; the root is empty. A slash or percent sign that was escaped within a
/// segment stays escaped, so two different paths never become the same.
pub(crate) fn canonical(raw: &str) -> Result<Cow<'_, str>, BadPath> {
    if !raw.starts_with('/') {
        return Err(BadPath::Relative);
    }
    let trimmed = raw.trim_matches('/');
    if !trimmed.contains('%') {
        return if has_dots(trimmed) {
            Err(BadPath::Dots)
        } else {
            Ok(Cow::Borrowed(trimmed))
        };
    }
    let mut whole = String::with_capacity(trimmed.len());
    for (index, segment) in trimmed.split('/').enumerate() {
        if index > 0 {
            whole.push('/');
        }
        push_decoded(segment, &mut whole)?;
    }
    Ok(Cow::Owned(whole))
}

fn push_decoded(segment: &str, whole: &mut String) -> Result<(), BadPath> {
    check_escapes(segment)?;
    let decoded = percent_decode_str(segment).decode_utf8().map_err(|_| BadPath::Utf8)?;
    if has_dots(&decoded) {
        return Err(BadPath::Dots);
    }
    for letter in decoded.chars() {
        match letter {
            '/' => whole.push_str("%2F"),
            '%' => whole.push_str("%25"),
            other => whole.push(other),
        }
    }
    Ok(())
}

fn check_escapes(segment: &str) -> Result<(), BadPath> {
    let mut rest = segment.as_bytes();
    while let Some(at) = rest.iter().position(|byte| *byte == b'%') {
        match rest.get(at + 1..at + 3) {
            Some(digits) if digits.iter().all(u8::is_ascii_hexdigit) => rest = &rest[at + 3..],
            _ => return Err(BadPath::Escape),
        }
    }
    Ok(())
}

/// Servers differ in what ends a segment: some take a backslash for a slash, some cut parameters off at a semicolon, some
/// read no further than a zero byte.
fn has_dots(decoded: &str) -> bool {
    decoded.contains('.')
        && decoded
            .split(['/', '\\', ';', '\0'])
            .any(|piece| piece == "." || piece == "..")
}

/// A canonical path as the REST API shows it: with its leading slash, percent signs plain.
pub(crate) fn shown(canonical: &str) -> String {
    format!("/{}", canonical.replace("%25", "%"))
}

/// Path and query of an address.
pub(crate) fn split(address: &str) -> (&str, Option<&str>) {
    match memchr::memchr(b'?', address.as_bytes()) {
        Some(at) => (&address[..at], Some(&address[at + 1..])),
        None => (address, None),
    }
}

/// How many segments a canonical path has.
pub(crate) fn depth(canonical: &str) -> usize {
    if canonical.is_empty() {
        0
    } else {
        1 + canonical.bytes().filter(|byte| *byte == b'/').count()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn one_spelling_for_all() {
        for (raw, expected) in [
            ("/", ""),
            ("//", ""),
            ("/user/a@b/", "user/a@b"),
            ("/user/a%40b", "user/a@b"),
            ("/user/%61%40b", "user/a@b"),
            ("/user/a%2Fb", "user/a%2Fb"),
            ("/user/a%2fb", "user/a%2Fb"),
            ("/user/a%252Fb", "user/a%252Fb"),
            ("/user/50%25", "user/50%25"),
            ("/user/%C3%A9", "user/é"),
            ("/user//a", "user//a"),
            ("/user/e%CC%81", "user/e\u{301}"),
            ("/User/A", "User/A"),
            ("/user/a;x=1/b", "user/a;x=1/b"),
            ("/user/a%3Bx=1", "user/a;x=1"),
            ("/user/a+b", "user/a+b"),
            ("/user/a%20b", "user/a b"),
            ("/user/%2e%2e%2e", "user/..."),
            ("/user/%252e%252e/b", "user/%252e%252e/b"),
            ("/%2F/a", "%2F/a"),
            ("///user///a///", "user///a"),
            ("/files/.hidden/..x/a..b/...", "files/.hidden/..x/a..b/..."),
        ] {
            assert_eq!(canonical(raw).as_deref(), Ok(expected), "{raw}");
        }
    }

    #[test]
    fn refuses_what_targets_read_differently() {
        for raw in [
            "/user/a/../b",
            "/user/a/..",
            "/./user",
            "/user/a/%2e%2e/b",
            "/user/a/%2E./b",
            "/user/a/..%2fb",
            "/user/a/%2f..%2fb",
            "/user/a/..;/b",
            "/user/a/;../b",
            "/user/a/..;x=1/b",
            "/user/a/..\\b",
            "/user/a/..%5cb",
            "/user/a/%3b../b",
            "/user/a/..%00/b",
            "/..%00",
            "/user/a//../b",
            "//..//",
            "/%2e",
            "/user/%2e%2E%2f",
        ] {
            assert_eq!(canonical(raw), Err(BadPath::Dots), "{raw}");
        }
        for raw in ["/%", "/a%2", "/a%zz", "/a%%20", "/%u0041"] {
            assert_eq!(canonical(raw), Err(BadPath::Escape), "{raw}");
        }
        for raw in ["/%ff", "/%c3", "/%ed%a0%80"] {
            assert_eq!(canonical(raw), Err(BadPath::Utf8), "{raw}");
        }
        assert_eq!(canonical("*"), Err(BadPath::Relative));
    }

    proptest! {
        #[test]
        fn escaping_does_not_change_the_path(segments in prop::collection::vec("[^/.\\\\;]{0,6}", 0..5)) {
            let escaped: Vec<_> = segments
                .iter()
                .map(|segment| segment.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>())
                .collect();
            let light: Vec<_> = segments.iter().map(|segment| perijove_model::escape::segment(segment)).collect();
            let (heavy, light) = (format!("/{}", escaped.join("/")), format!("/{}", light.join("/")));
            prop_assert_eq!(canonical(&heavy).unwrap(), canonical(&light).unwrap());
        }

        #[test]
        fn never_panics(raw in "\\PC{0,40}") {
            let _ = canonical(&raw);
        }
    }
}
