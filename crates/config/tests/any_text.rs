//! No text makes it panic, and no text takes it long.

mod common;

use common::read;
use perijove_config::example;
use proptest::prelude::*;

/// Files that are nearly right.
fn broken_example() -> impl Strategy<Value = String> {
    let text: String = example().replace("\n# ", "\n");
    (0..text.len(), 0..40usize, "[\\[\\]{}=\"'\n$#äx0.*\\\\]{0,6}").prop_map(move |(at, length, new)| {
        let start = text.floor_char_boundary(at);
        let end = text.ceil_char_boundary((at + length).min(text.len()));
        format!("{}{new}{}", &text[..start], &text[end..])
    })
}

fn check(text: &str) {
    if let Err(errors) = read(text, &[("A", "b"), ("PERIJOVE_HUB_LISTEN", text)]) {
        assert!(errors.count() > 0);
        assert!(!errors.render(false).is_empty() && !errors.render(true).is_empty());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text(text in any::<String>()) {
        check(&text);
    }

    #[test]
    fn toml_like_text(text in "(\\[{1,2}(hub|edge|auth|role|x)\\]{1,2}\n|(listen|name|kind|auth_token|é) ?= ?(\"[^\"]{0,5}\"|'''|[\\[{]|[0-9]{1,30}|inf|nan|\\$\\{A)[\n,]?){0,12}") {
        check(&text);
    }

    #[test]
    fn nearly_right(text in broken_example()) {
        check(&text);
    }
}

#[test]
fn deep_nesting_is_a_mistake() {
    let text = format!("x = {}", "[".repeat(100_000));
    assert!(read(&text, &[]).is_err());
}
