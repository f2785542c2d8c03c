//! Heads of messages: where one ends, and what it says, byte for byte.
//!
//! A head that two readers could take for two things is refused: that is what request smuggling lives on. `httparse`
//! reads the grammar; what it forgives is refused here.

use std::mem::MaybeUninit;

use httparse::Header;

/// Why a head is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BadHead {
    #[error("a line ends without a carriage return")]
    BareLineFeed,
    #[error("it is not HTTP/1")]
    Version,
    #[error("it is another protocol")]
    Foreign,
    #[error("there are too many headers")]
    TooMany,
    #[error("it is not HTTP: {0}")]
    Grammar(#[from] httparse::Error),
}

/// How far the end of a head has been looked for.
#[derive(Debug, Default)]
pub(crate) struct Scan {
    at: usize,
    line: usize,
    begun: bool,
    forgiving: bool,
}

impl Scan {
    /// Takes a bare line feed for the end of a line, as targets of all ages have it.
    pub(crate) fn forgiving() -> Self {
        Self {
            forgiving: true,
            ..Self::default()
        }
    }

    /// The head's length once all of it is there. `bytes` begin where they began the last time.
    pub(crate) fn end(&mut self, bytes: &[u8]) -> Result<Option<usize>, BadHead> {
        for found in memchr::memchr_iter(b'\n', &bytes[self.at..]) {
            let at = self.at + found;
            let full = at > 0 && bytes[at - 1] == b'\r';
            if !full && !self.forgiving {
                return Err(BadHead::BareLineFeed);
            }
            let empty = at == self.line || (full && at == self.line + 1);
            self.line = at + 1;
            // Empty lines before a message are left over from the one before it.
            if empty && self.begun {
                return Ok(Some(at + 1));
            }
            self.begun |= !empty;
        }
        self.at = bytes.len();
        Ok(None)
    }
}

/// A request's head as its client wrote it.
pub(crate) struct RequestHead<'b, 'h> {
    pub(crate) method: &'b str,
    pub(crate) target: &'b str,
    /// HTTP/1.0 or older.
    pub(crate) old: bool,
    pub(crate) headers: &'h [Header<'b>],
}

/// An answer's head as its target wrote it.
pub(crate) struct AnswerHead<'b, 'h> {
    pub(crate) status: u16,
    pub(crate) reason: &'b str,
    pub(crate) old: bool,
    pub(crate) headers: &'h [Header<'b>],
}

type Room<'b> = MaybeUninit<Header<'b>>;
/// As many headers fit without asking for memory.
const USUAL: usize = 100;

/// Reads a whole head with at most so many headers.
pub(crate) fn request<R>(bytes: &[u8], most: usize, then: impl FnOnce(RequestHead<'_, '_>) -> R) -> Result<R, BadHead> {
    let mut usual = [const { MaybeUninit::uninit() }; USUAL];
    let mut many = Vec::new();
    let room = room(&mut usual, &mut many, most);
    let mut parsed = httparse::Request::new(&mut []);
    let status = parsed.parse_with_uninit_headers(bytes, room).map_err(refused)?;
    match (status, parsed.method, parsed.path, parsed.version) {
        (httparse::Status::Complete(_), Some(method), Some(target), Some(minor)) => Ok(then(RequestHead {
            method,
            target,
            old: minor == 0,
            headers: parsed.headers,
        })),
        _ => Err(httparse::Error::Status.into()),
    }
}

/// Reads a whole head of an answer.
pub(crate) fn answer<R>(bytes: &[u8], then: impl FnOnce(AnswerHead<'_, '_>) -> R) -> Result<R, BadHead> {
    let mut usual = [const { MaybeUninit::uninit() }; USUAL];
    let mut parsed = httparse::Response::new(&mut []);
    let status = httparse::ParserConfig::default()
        .parse_response_with_uninit_headers(&mut parsed, bytes, &mut usual)
        .map_err(refused)?;
    match (status, parsed.code, parsed.version) {
        (httparse::Status::Complete(_), Some(status), Some(minor)) => Ok(then(AnswerHead {
            status,
            reason: parsed.reason.unwrap_or_default(),
            old: minor == 0,
            headers: parsed.headers,
        })),
        _ => Err(httparse::Error::Status.into()),
    }
}

/// Reads the lines after a body, with the empty one that ends them.
pub(crate) fn trailers<R>(bytes: &[u8], then: impl FnOnce(&[Header<'_>]) -> R) -> Result<R, BadHead> {
    let mut usual = [httparse::EMPTY_HEADER; USUAL];
    match httparse::parse_headers(bytes, &mut usual).map_err(refused)? {
        httparse::Status::Complete((_, headers)) => Ok(then(headers)),
        httparse::Status::Partial => Err(httparse::Error::HeaderName.into()),
    }
}

fn room<'r, 'b>(usual: &'r mut [Room<'b>; USUAL], many: &'r mut Vec<Room<'b>>, most: usize) -> &'r mut [Room<'b>] {
    if most <= USUAL {
        return &mut usual[..most];
    }
    many.resize(most, MaybeUninit::uninit());
    many
}

fn refused(error: httparse::Error) -> BadHead {
    match error {
        httparse::Error::TooManyHeaders => BadHead::TooMany,
        httparse::Error::Version => BadHead::Version,
        other => BadHead::Grammar(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_end_however_it_comes() {
        let head = b"\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n";
        let more = [&head[..], b"body"].concat();
        assert_eq!(Scan::default().end(&more), Ok(Some(head.len())));
        let mut scan = Scan::default();
        for length in 0..head.len() {
            assert_eq!(scan.end(&head[..length]), Ok(None), "{length}");
        }
        assert_eq!(scan.end(head), Ok(Some(head.len())));
    }

    #[test]
    fn a_bare_line_feed_is_refused_at_once_but_from_targets() {
        for head in [
            "GET / HTTP/1.1\nHost: a\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\n\n",
            "\nGET",
        ] {
            assert_eq!(
                Scan::default().end(head.as_bytes()),
                Err(BadHead::BareLineFeed),
                "{head:?}"
            );
        }
        let answer = b"HTTP/1.0 200 OK\nA: b\n\nbody";
        assert_eq!(Scan::forgiving().end(answer), Ok(Some(answer.len() - 4)));
    }
}
