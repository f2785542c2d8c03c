//! What of a request may stand in a log line: bounded, one line, no secret.

const LONGEST: usize = 240;
const SECRET: [&str; 7] = ["token", "auth", "key", "code", "state", "_xsrf", "password"];

/// The path and query, with the values of secret-looking parameters hidden.
pub(crate) fn shown(address: &str) -> String {
    let (path, query) = address
        .split_once('?')
        .map_or((address, None), |(path, query)| (path, Some(query)));
    shown_parts(path, query, LONGEST)
}

/// The same of an address in two parts, up to so many characters.
pub(crate) fn shown_parts(path: &str, query: Option<&str>, longest: usize) -> String {
    // A link that is sent by mail has its secret in the path.
    let mut text = match path.split_once("/hub/confirm/") {
        Some((place, _)) => cut_to(&format!("{place}/hub/confirm/[secret]"), longest),
        None => cut_to(path, longest),
    };
    if let Some(query) = query {
        let parameters: Vec<String> = query.split('&').take(20).map(parameter).collect();
        text.push('?');
        text.push_str(&parameters.join("&"));
    }
    cut_to(&text, longest)
}

fn parameter(text: &str) -> String {
    match text.split_once('=') {
        Some((name, _)) if is_secret(name) => format!("{}=[secret]", cut(name)),
        Some((name, value)) if holds_parameters(value) => format!("{}=[address]", cut(name)),
        _ => cut(text),
    }
}

fn is_secret(name: &str) -> bool {
    let name = perijove_model::escape::decode(name)
        .unwrap_or_else(|| name.to_owned())
        .to_ascii_lowercase();
    SECRET.iter().any(|word| name.contains(word))
}

/// An address within the address, as `next` has it, may have secrets of its own.
fn holds_parameters(value: &str) -> bool {
    let value = value.to_ascii_lowercase();
    ["?", "=", "%3f", "%3d", "%25"].iter().any(|sign| value.contains(sign))
}

/// At most so many characters, none that would break the line.
pub(crate) fn cut(text: &str) -> String {
    cut_to(text, LONGEST)
}

fn cut_to(text: &str, longest: usize) -> String {
    let mut short: String = text
        .chars()
        .take(longest)
        .map(|letter| if letter.is_control() { '?' } else { letter })
        .collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hides_secrets_and_keeps_the_rest() {
        let uri = "/user/a/lab?token=abc&x=1&Access%5FToken=abc&next=%2F&oauth_state=abc&code=abc&b=%2Flab%3Ftoken%3Dabc&c=%252Flab%253Fkey%253Dabc&flag";
        let text = shown(uri);
        assert!(!text.contains("abc"), "{text}");
        assert!(text.starts_with("/user/a/lab?token=[secret]&x=1&"), "{text}");
        assert!(text.contains("next=%2F") && text.ends_with("&flag"), "{text}");
    }

    #[test]
    fn is_bounded() {
        let uri = format!("/{}?{}", "a".repeat(9000), "b=1&".repeat(9000));
        assert!(shown(&uri).chars().count() <= LONGEST + 1);
        assert_eq!(cut("a\nb\u{1b}"), "a?b?");
    }
}
