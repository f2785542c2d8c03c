//! Names in URLs, escaped as Python's `quote(name, safe='@~')` does: routes, clients and pages must agree to the byte.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'@')
    .remove(b'~')
    .remove(b'_')
    .remove(b'-')
    .remove(b'.');
const STRICT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'~').remove(b'_').remove(b'-').remove(b'.');
const PATH: &AsciiSet = &SEGMENT.remove(b'/');

/// One segment of a URL's path.
#[must_use]
pub fn segment(name: &str) -> String {
    utf8_percent_encode(name, SEGMENT).to_string()
}

/// A path: as `segment`, slashes kept.
#[must_use]
pub fn path(path: &str) -> String {
    utf8_percent_encode(path, PATH).to_string()
}

/// A query value, and the user's part of an OAuth client id: nothing but letters, digits and `_.-~` stays.
#[must_use]
pub fn component(text: &str) -> String {
    utf8_percent_encode(text, STRICT).to_string()
}

/// Decodes once; `None` if the result is not UTF-8.
#[must_use]
pub fn decode(text: &str) -> Option<String> {
    percent_decode_str(text)
        .decode_utf8()
        .ok()
        .map(std::borrow::Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_as_python_quote_does() {
        assert_eq!(segment("a b/c@d~é%"), "a%20b%2Fc@d~%C3%A9%25");
        assert_eq!(path("/user/a b/"), "/user/a%20b/");
        assert_eq!(component("a@b"), "a%40b");
        assert_eq!(decode("%C3%A9").as_deref(), Some("é"));
        assert_eq!(decode("%ff"), None);
    }
}
