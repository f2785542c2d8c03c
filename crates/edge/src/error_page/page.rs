//! How our own answers look: a page for people, JSON for programs. All words are our own: nothing of the request goes in.

use std::borrow::Cow;

use bytes::Bytes;
use http::{
    HeaderValue, Response, StatusCode,
    header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFRESH, RETRY_AFTER},
};

use super::texts::Texts;

const PAGE: &str = include_str!("page.html");
const STYLE: &str = include_str!("page.css");
/// Nothing but the style, which is told by its fingerprint.
const POLICY: &str = "default-src 'none'; style-src 'sha256-rmBuyqHR/1DqOJVOVu66LjvWV7x7tiYOmGIB4kt4wg8='; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Who reads the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reader {
    Program,
    /// `again`: asking for the same once more does no harm.
    Person {
        again: bool,
    },
}

impl Reader {
    /// Whoever names JSON and not HTML is a program, and so is whoever wants another protocol.
    pub(crate) fn of(method: &str, accept: &[u8], other_protocol: bool) -> Self {
        let names = |word: &str| accept.windows(word.len()).any(|window| window == word.as_bytes());
        if other_protocol || names("json") && !names("text/html") {
            return Self::Program;
        }
        Self::Person {
            again: matches!(method, "GET" | "HEAD"),
        }
    }
}

/// What is said.
pub(crate) struct Words {
    pub(crate) title: &'static str,
    pub(crate) what: Cow<'static, str>,
    pub(crate) todo: &'static str,
    pub(crate) again: Again,
}

/// Whether trying again helps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Again {
    No,
    /// A person decides when.
    Later,
    /// The page does it after so many seconds; programs are told the same.
    After(u32),
    /// As `After`, and there is something to look forward to.
    Soon(u32),
}

impl Words {
    pub(crate) fn response(
        &self,
        status: StatusCode,
        reader: Reader,
        texts: &Texts,
        reference: Option<&str>,
    ) -> Response<Bytes> {
        let (kind, text, again) = match reader {
            Reader::Program => ("application/json", self.json(status), false),
            Reader::Person { again } => {
                let page = self.html(status, again, texts, reference);
                ("text/html; charset=utf-8", page, again)
            }
        };
        let mut response = Response::new(Bytes::from(text));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
        if let Again::After(seconds) | Again::Soon(seconds) = self.again {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
            if again {
                headers.insert(REFRESH, HeaderValue::from(seconds));
            }
        }
        response
    }

    /// Somebody else's page instead: it may do what it likes.
    pub(crate) fn wrap(&self, status: StatusCode, page: Bytes) -> Response<Bytes> {
        let mut response = Response::new(page);
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html"));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Again::After(seconds) | Again::Soon(seconds) = self.again {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }

    fn json(&self, status: StatusCode) -> String {
        let message = format!("{}. {} {}", self.title, self.what, self.todo);
        serde_json::json!({ "status": status.as_u16(), "message": message }).to_string()
    }

    fn html(&self, status: StatusCode, again: bool, texts: &Texts, reference: Option<&str>) -> String {
        let progress = match self.again {
            Again::Soon(_) => "<div class=\"progress\"><span></span></div>\n",
            _ => "",
        };
        let reload = match self.again {
            Again::No => String::new(),
            _ if again => format!("<a class=\"button primary\" href=\"\">{}</a>", texts.again),
            _ => String::new(),
        };
        let [before, behind] = texts.logged;
        let logged = reference.map_or_else(String::new, |reference| {
            format!("<p>{before}<code id=\"error-reference\">{reference}</code>{behind}</p>\n")
        });
        let code = status.as_u16().to_string();
        [
            ("{lang}", texts.tag),
            ("{start}", texts.start),
            ("{title}", self.title),
            ("{code}", &code),
            ("{what}", &self.what),
            ("{todo}", self.todo),
            ("{logged}", &logged),
            ("{progress}", progress),
            ("{reload}", &reload),
            ("{style}", STYLE),
        ]
        .into_iter()
        .fold(PAGE.to_owned(), |page, (place, text)| page.replace(place, text))
    }
}

#[cfg(test)]
mod tests {
    use base64::prelude::*;
    use sha2::{Digest, Sha256};

    use super::*;

    #[test]
    fn browsers_let_the_style_through() {
        let fingerprint = BASE64_STANDARD.encode(Sha256::digest(STYLE));
        assert!(POLICY.contains(&format!("'sha256-{fingerprint}'")), "{fingerprint}");
    }

    #[test]
    fn tells_people_from_programs() {
        let person = Reader::Person { again: true };
        assert_eq!(Reader::of("GET", b"", false), person);
        assert_eq!(Reader::of("GET", b"text/html,application/json", false), person);
        assert_eq!(Reader::of("POST", b"*/*", false), Reader::Person { again: false });
        assert_eq!(Reader::of("GET", b"application/problem+json", false), Reader::Program);
        assert_eq!(Reader::of("GET", b"", true), Reader::Program);
    }

    #[test]
    fn nothing_is_left_of_the_template() {
        let words = Words {
            title: "Title",
            what: "What.".into(),
            todo: "Todo.",
            again: Again::Soon(3),
        };
        let page = words.html(
            StatusCode::SERVICE_UNAVAILABLE,
            true,
            &super::super::texts::ALL[0],
            Some("a1b2c3d4"),
        );
        let body = page.split("</style>").nth(1).unwrap();
        assert!(!body.contains('{') && body.contains("class=\"progress\""), "{page}");
        assert!(
            body.contains("in the log under <code id=\"error-reference\">a1b2c3d4</code>."),
            "{page}"
        );
    }
}
