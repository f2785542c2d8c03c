//! What a target answers, and how it is put to the client.

use bytes::Bytes;
use http::{HeaderValue, Response};
use httparse::Header;

use crate::{
    buffer::Buffer,
    headers::{self, Connection, Kind},
};

use super::{
    ask::number,
    framing::Framing,
    head::{AnswerHead, BadHead},
};

/// Why an answer can not be passed on.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BadAnswer {
    #[error("its head: {0}")]
    Head(#[from] BadHead),
    #[error("its head is longer than {0} bytes")]
    Long(usize),
    #[error("it contradicts itself on how long its body is")]
    Framing,
}

/// An answer's head, understood.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Framing,
    /// The target serves on on this connection.
    pub(crate) keep: bool,
    /// The target says that it wants no more.
    pub(crate) closes: bool,
}

impl Answer {
    /// An answer before the answer, such as 100 Continue.
    pub(crate) fn is_interim(&self) -> bool {
        (100..200).contains(&self.status) && self.status != 101
    }
}

const HSTS: &str = "Strict-Transport-Security";

/// How an answer is written for its client.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Manner<'s> {
    /// Goes with every answer over TLS, instead of the target's.
    pub(crate) hsts: Option<&'s HeaderValue>,
    /// The client speaks HTTP/1.0.
    pub(crate) old: bool,
    /// The connection serves on afterwards.
    pub(crate) keep: bool,
    /// The body goes out in chunks.
    pub(crate) chunked: bool,
}

pub(crate) fn read(head: &AnswerHead<'_, '_>, to_head_request: bool) -> Result<Answer, BadAnswer> {
    let (mut length, mut chunked, mut connection) = (None, false, Connection::default());
    for Header { name, value } in head.headers {
        match headers::kind(name.as_bytes()) {
            Kind::Length => match (length, number(value)) {
                (None, Some(number)) => length = Some(number),
                (Some(known), Some(number)) if known == number => {}
                _ => return Err(BadAnswer::Framing),
            },
            Kind::TransferEncoding if !chunked && value.trim_ascii().eq_ignore_ascii_case(b"chunked") => chunked = true,
            Kind::TransferEncoding => return Err(BadAnswer::Framing),
            Kind::Connection => connection.read(value),
            _ => {}
        }
    }
    let bodiless = to_head_request || matches!(head.status, 100..200 | 204 | 304);
    let body = match (length, chunked) {
        _ if bodiless => Framing::Empty,
        (_, true) => Framing::Chunked,
        (Some(length), false) => Framing::Length(length),
        (None, false) => Framing::UntilEnd,
    };
    // Both at once is no good sign: that connection is not used again.
    let odd = chunked && (length.is_some() || head.old);
    Ok(Answer {
        status: head.status,
        body,
        keep: !connection.close && (!head.old || connection.keep_alive) && body != Framing::UntilEnd && !odd,
        closes: connection.close,
    })
}

/// Writes the head that the client gets.
pub(crate) fn write(
    out: &mut Buffer,
    head: &AnswerHead<'_, '_>,
    answer: &Answer,
    manner: Manner<'_>,
    redirect: impl Fn(&[u8]) -> Option<String>,
) {
    start(out, head.status, head.reason, manner.old);
    let mut connection = Connection::default();
    for header in head
        .headers
        .iter()
        .filter(|header| headers::kind(header.name.as_bytes()) == Kind::Connection)
    {
        connection.read(header.value);
    }
    // With a body its length is said below.
    let mut length = matches!(answer.body, Framing::Empty) && !matches!(answer.status, 100..200 | 204);
    for Header { name, value } in head.headers {
        let name = name.as_bytes();
        let passes = match headers::kind(name) {
            Kind::Length => std::mem::take(&mut length),
            Kind::Upgrade => matches!(answer.status, 101 | 426),
            Kind::Plain | Kind::Accept | Kind::Claim(_) | Kind::Host => !connection.names(name),
            _ => false,
        };
        if !passes || (manner.hsts.is_some() && name.eq_ignore_ascii_case(HSTS.as_bytes())) {
            continue;
        }
        match name
            .eq_ignore_ascii_case(b"location")
            .then(|| redirect(value))
            .flatten()
        {
            Some(elsewhere) => headers::push(out, name, elsewhere.as_bytes()),
            None => headers::push(out, name, value),
        }
    }
    if let Framing::Length(length) = answer.body {
        headers::push_number(out, "Content-Length", length);
    }
    end(out, answer.status, manner);
}

/// Writes an answer of our own, whole.
pub(crate) fn write_own(out: &mut Buffer, response: &Response<Bytes>, bodiless: bool, manner: Manner<'_>) {
    let status = response.status();
    start(
        out,
        status.as_u16(),
        status.canonical_reason().unwrap_or_default(),
        manner.old,
    );
    for (name, value) in response.headers() {
        headers::push(out, name.as_str().as_bytes(), value.as_bytes());
    }
    headers::push_number(out, "Content-Length", response.body().len() as u64);
    end(out, status.as_u16(), manner);
    if !bodiless {
        out.push(response.body());
    }
}

fn start(out: &mut Buffer, status: u16, reason: &str, old: bool) {
    let version = if old { "HTTP/1.0 " } else { "HTTP/1.1 " };
    let mut digits = itoa::Buffer::new();
    let status = digits.format(status);
    out.push_all([version.as_bytes(), status.as_bytes(), b" ", reason.as_bytes(), b"\r\n"]);
}

fn end(out: &mut Buffer, status: u16, manner: Manner<'_>) {
    if let Some(hsts) = manner.hsts {
        headers::push(out, HSTS.as_bytes(), hsts.as_bytes());
    }
    if manner.chunked {
        out.push(b"Transfer-Encoding: chunked\r\n");
    }
    match status {
        101 => out.push(b"Connection: Upgrade\r\n"),
        100..200 => {}
        _ if !manner.keep => out.push(b"Connection: close\r\n"),
        _ if manner.old => out.push(b"Connection: keep-alive\r\n"),
        _ => {}
    }
    out.push(b"\r\n");
}
