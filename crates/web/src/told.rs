//! What the hub tells on top of pages, and how its Markdown becomes HTML that can do nothing.

use pulldown_cmark::{Event, LinkType, Options, Parser, Tag, TagEnd, html};
use serde::Serialize;

/// Something told on top of a page.
#[derive(Debug, Clone, Serialize)]
pub struct Told {
    /// HTML of [`markdown`], or of the configuration.
    pub html: String,
    /// `info`, `warning` or `urgent`
    pub level: &'static str,
    /// What the form says that puts it aside; nothing where that can't be.
    pub key: Option<String>,
}

impl Told {
    /// What the configuration has told for ever is HTML of the site's own.
    #[must_use]
    pub fn configured(html: String) -> Self {
        Self {
            html,
            level: "info",
            key: None,
        }
    }
}

/// Paragraphs, emphasis, code, lists and links. HTML in it is text, pictures are their words, and links lead to the web,
/// to a letter, or to a path of this site.
#[must_use]
pub fn markdown(text: &str) -> String {
    let mut in_link = false;
    let events = Parser::new_ext(text, Options::empty()).filter_map(|event| harmless(event, &mut in_link));
    let mut out = String::with_capacity(text.len() * 2);
    html::push_html(&mut out, events);
    out.trim_end().to_owned()
}

/// Links hold no links, so one note is enough of whether this one is kept.
fn harmless<'a>(event: Event<'a>, in_link: &mut bool) -> Option<Event<'a>> {
    Some(match event {
        Event::Start(tag) => Event::Start(match tag {
            // A title would be one more thing to read.
            Tag::Link {
                link_type,
                dest_url,
                id,
                ..
            } if link_type == LinkType::Email || leads_somewhere(&dest_url) => {
                *in_link = true;
                Tag::Link {
                    link_type,
                    dest_url,
                    title: "".into(),
                    id,
                }
            }
            Tag::Heading { .. } | Tag::BlockQuote(_) | Tag::CodeBlock(_) | Tag::HtmlBlock => Tag::Paragraph,
            Tag::Image { .. } => return None,
            tag @ (Tag::Paragraph | Tag::List(_) | Tag::Item | Tag::Emphasis | Tag::Strong) => tag,
            _ => return None,
        }),
        Event::End(tag) => Event::End(match tag {
            TagEnd::Heading(_) | TagEnd::BlockQuote(_) | TagEnd::CodeBlock | TagEnd::HtmlBlock => TagEnd::Paragraph,
            TagEnd::Link if std::mem::take(in_link) => TagEnd::Link,
            tag @ (TagEnd::Paragraph | TagEnd::List(_) | TagEnd::Item | TagEnd::Emphasis | TagEnd::Strong) => tag,
            _ => return None,
        }),
        Event::Html(text) | Event::InlineHtml(text) => Event::Text(text.trim_end().to_owned().into()),
        Event::SoftBreak => Event::HardBreak,
        event @ (Event::Text(_) | Event::Code(_) | Event::HardBreak) => event,
        _ => return None,
    })
}

fn leads_somewhere(url: &str) -> bool {
    let lower = url.to_ascii_lowercase();
    let is_web = ["https://", "http://", "mailto:"]
        .iter()
        .any(|scheme| lower.starts_with(scheme));
    // Two slashes, or a backslash, would be another host.
    let is_ours = url.starts_with('/') && !url.starts_with("//") && !url.contains('\\');
    is_web || is_ours
}

#[cfg(test)]
mod tests {
    use super::markdown;

    #[test]
    fn markdown_says_what_it_says() {
        assert_eq!(
            markdown("On **Sunday** from 8 to 9, see [news](https://example.org/?a=1&b=2).\nThen all is well."),
            "<p>On <strong>Sunday</strong> from 8 to 9, see <a href=\"https://example.org/?a=1&amp;b=2\">news</a>.<br />\n\
             Then all is well.</p>"
        );
        assert_eq!(
            markdown("- `a`\n- *b*"),
            "<ul>\n<li><code>a</code></li>\n<li><em>b</em></li>\n</ul>"
        );
        assert_eq!(markdown("# Loud"), "<p>Loud</p>");
        assert_eq!(markdown("[own](/hub/token)"), "<p><a href=\"/hub/token\">own</a></p>");
    }

    #[test]
    fn nothing_in_it_can_do_anything() {
        for (bad, harmless) in [
            (
                "<script>alert(1)</script>",
                "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>",
            ),
            ("a <b onclick=x>b</b>", "<p>a &lt;b onclick=x&gt;b&lt;/b&gt;</p>"),
            ("[a](javascript:alert(1))", "<p>a</p>"),
            ("[a](//evil.example)", "<p>a</p>"),
            ("[a](data:text/html,x)", "<p>a</p>"),
            ("![a](https://evil.example/x.png)", "<p>a</p>"),
        ] {
            assert_eq!(markdown(bad), harmless);
        }
    }
}
