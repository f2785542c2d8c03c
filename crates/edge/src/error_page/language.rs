//! In which language an error is told: what the browser asks for. Read only once there is something to tell.

use super::texts::{ALL, Texts};

/// More of the header than that is not kept. Browsers ask for a few languages.
pub(crate) const LONGEST: usize = 128;
const HEADER: &[u8] = b"accept-language:";

/// The beginning of what `Accept-Language` asks for.
pub(crate) fn kept(header: &[u8]) -> &str {
    let header = header.get(..LONGEST).unwrap_or(header).trim_ascii();
    let is_plain = header.iter().all(|byte| matches!(byte, b' '..=b'~'));
    let header = is_plain.then(|| std::str::from_utf8(header).ok());
    header.flatten().unwrap_or_default()
}

/// The same of a head that was not read to its end.
pub(crate) fn found(head: &[u8]) -> &str {
    let mut lines = head.split(|byte| *byte == b'\n');
    let header = lines.find_map(|line| {
        let (name, value) = line.split_at_checked(HEADER.len())?;
        name.eq_ignore_ascii_case(HEADER).then_some(value)
    });
    kept(header.unwrap_or_default())
}

/// The dearest language that there is, else English.
pub(crate) fn texts(asked: &str) -> &'static Texts {
    let mut best: Option<(f32, &Texts)> = None;
    for wish in asked.split(',') {
        let mut parts = wish.split(';').map(str::trim);
        let Some(found) = parts.next().and_then(named) else {
            continue;
        };
        let weight = parts.find_map(|part| part.strip_prefix("q="));
        let weight = weight.map_or(1.0, |weight| weight.parse().unwrap_or(0.0));
        if weight > best.map_or(0.0, |(weight, _)| weight) {
            best = Some((weight, found));
        }
    }
    best.map_or(&ALL[0], |(_, texts)| texts)
}

/// By the language alone: `de-CH` is German here, and all of Chinese is simplified.
fn named(tag: &str) -> Option<&'static Texts> {
    let language = |tag: &str| tag.split('-').next().unwrap_or_default().to_ascii_lowercase();
    let wanted = language(tag);
    ALL.iter().find(|texts| language(texts.tag) == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_dearest_language_that_is_there_is_taken() {
        for (asked, tag) in [
            ("", "en"),
            ("de-AT,en;q=0.5", "de"),
            ("tlh, fr;q=0.3, es;q=0.7", "es"),
            ("zh-CN", "zh-Hans"),
            ("EN-gb, de;q=0.9", "en"),
            ("ja;q=0, pt-BR;q=0.1", "pt"),
            ("fr;q=x, *;q=0.5, ;;,,", "en"),
        ] {
            assert_eq!(texts(asked).tag, tag, "{asked}");
        }
    }

    #[test]
    fn little_of_it_is_kept() {
        let long = format!("de,{}", "x".repeat(100_000));
        assert_eq!(kept(long.as_bytes()).len(), LONGEST);
        assert_eq!(texts(kept(long.as_bytes())).tag, "de");
        for odd in [&b"\xff"[..], b"de\rX: y", b"de\0"] {
            assert_eq!(kept(odd), "");
        }
        let head = b"GET / HTTP/1.1\r\nACCEPT-Language: ja\r\nCookie: a";
        assert_eq!(texts(found(head)).tag, "ja");
        assert_eq!(found(b"GET / HTTP/1.1\r\naccept: *"), "");
    }

    #[test]
    fn nothing_is_left_unsaid() {
        for texts in &ALL {
            let shown = format!("{texts:?}");
            // What is wrong with a request is told by its error.
            assert_eq!(shown.matches("\"\"").count(), 1, "{}", texts.tag);
        }
    }
}
