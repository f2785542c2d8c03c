//! Where a body ends.

use std::ops::Range;

use super::head::{self, Scan};

/// How a message says how long its body is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Framing {
    /// There is none.
    Empty,
    Length(u64),
    Chunked,
    /// Until the connection ends; answers only.
    UntilEnd,
}

/// Why a body makes no sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BadBody {
    #[error("a chunk's size is not a hexadecimal number on a line of its own")]
    Size,
    #[error("a chunk does not end where its size says")]
    End,
    #[error("the lines after the last chunk are too long or are no headers")]
    Trailers,
}

const LONGEST_SIZE_LINE: usize = 256;
const LONGEST_TRAILERS: usize = 16 * 1024;

/// Reads a body piece by piece.
#[derive(Debug)]
pub(crate) struct BodyReader(State);

#[derive(Debug)]
enum State {
    Length(u64),
    UntilEnd,
    Size,
    Chunk(u64),
    ChunkEnd,
    Trailers,
    Done,
}

/// What the next bytes are.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Nothing can be told before more bytes are there. Those before `consumed` are done with.
    More { consumed: usize },
    /// Here is a part of the body; what is before it is done with.
    Data(Range<usize>),
    /// The body is complete. These lines came after it, with an empty one at their end; none if it has no trailers.
    End { consumed: usize, trailers: Range<usize> },
}

impl BodyReader {
    pub(crate) fn new(framing: Framing) -> Self {
        Self(match framing {
            Framing::Empty | Framing::Length(0) => State::Done,
            Framing::Length(length) => State::Length(length),
            Framing::Chunked => State::Size,
            Framing::UntilEnd => State::UntilEnd,
        })
    }

    pub(crate) fn is_done(&self) -> bool {
        matches!(self.0, State::Done)
    }

    /// Whether the end of the connection is the end of the body.
    pub(crate) fn ends_with_stream(&self) -> bool {
        matches!(self.0, State::UntilEnd)
    }

    pub(crate) fn next(&mut self, bytes: &[u8]) -> Result<Step, BadBody> {
        let mut at = 0;
        loop {
            let rest = &bytes[at..];
            if rest.is_empty() && !self.is_done() {
                return Ok(Step::More { consumed: at });
            }
            match &mut self.0 {
                State::Done => {
                    return Ok(Step::End {
                        consumed: at,
                        trailers: at..at,
                    });
                }
                State::UntilEnd => return Ok(Step::Data(at..bytes.len())),
                State::Length(left) => {
                    let count = take(left, rest.len());
                    if *left == 0 {
                        self.0 = State::Done;
                    }
                    return Ok(Step::Data(at..at + count));
                }
                State::Chunk(left) => {
                    let count = take(left, rest.len());
                    if *left == 0 {
                        self.0 = State::ChunkEnd;
                    }
                    return Ok(Step::Data(at..at + count));
                }
                State::ChunkEnd => {
                    if !b"\r\n".starts_with(&rest[..rest.len().min(2)]) {
                        return Err(BadBody::End);
                    }
                    if rest.len() < 2 {
                        return Ok(Step::More { consumed: at });
                    }
                    at += 2;
                    self.0 = State::Size;
                }
                State::Size => {
                    let Some((size, length)) = size_line(rest)? else {
                        return Ok(Step::More { consumed: at });
                    };
                    at += length;
                    self.0 = if size == 0 { State::Trailers } else { State::Chunk(size) };
                }
                State::Trailers => {
                    let Some(length) = trailers_length(rest)? else {
                        return Ok(Step::More { consumed: at });
                    };
                    self.0 = State::Done;
                    let consumed = at + length;
                    let trailers = if length == 2 { at..at } else { at..consumed };
                    return Ok(Step::End { consumed, trailers });
                }
            }
        }
    }
}

fn take(left: &mut u64, there: usize) -> usize {
    let count = usize::try_from(*left).unwrap_or(usize::MAX).min(there);
    *left -= count as u64;
    count
}

/// The size and the length of its line, once the line is whole. Extensions are read over.
fn size_line(bytes: &[u8]) -> Result<Option<(u64, usize)>, BadBody> {
    let window = &bytes[..bytes.len().min(LONGEST_SIZE_LINE)];
    let Some(end) = memchr::memchr(b'\n', window) else {
        let hopeless = window.len() == LONGEST_SIZE_LINE || !window[0].is_ascii_hexdigit();
        return if hopeless { Err(BadBody::Size) } else { Ok(None) };
    };
    let line = window[..end].strip_suffix(b"\r").ok_or(BadBody::Size)?;
    let digits = line.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
    let (number, extension) = line.split_at(digits);
    if !(1..=15).contains(&digits) || !is_extension(extension) {
        return Err(BadBody::Size);
    }
    let number = std::str::from_utf8(number).map_err(|_| BadBody::Size)?;
    let size = u64::from_str_radix(number, 16).map_err(|_| BadBody::Size)?;
    Ok(Some((size, end + 1)))
}

fn is_extension(bytes: &[u8]) -> bool {
    let readable = |byte: &u8| (b' '..=b'~').contains(byte) || *byte == b'\t';
    bytes.is_empty() || (bytes.trim_ascii_start().starts_with(b";") && bytes.iter().all(readable))
}

fn trailers_length(bytes: &[u8]) -> Result<Option<usize>, BadBody> {
    if bytes.starts_with(b"\r\n") {
        return Ok(Some(2));
    }
    if bytes == b"\r" {
        return Ok(None);
    }
    match Scan::default().end(bytes) {
        Ok(Some(length)) if head::trailers(&bytes[..length], |_| ()).is_ok() => Ok(Some(length)),
        Ok(None) if bytes.len() < LONGEST_TRAILERS => Ok(None),
        _ => Err(BadBody::Trailers),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Reads `bytes` as they come in pieces: the body, and whether it came to its end with how much left over.
    fn read(framing: Framing, bytes: &[u8], pieces: &[usize]) -> Result<(Vec<u8>, Option<usize>), BadBody> {
        let mut reader = BodyReader::new(framing);
        let (mut held, mut body, mut rest) = (Vec::new(), Vec::new(), bytes);
        let mut sizes = pieces.iter().copied().cycle();
        loop {
            match reader.next(&held)? {
                Step::Data(range) => {
                    body.extend_from_slice(&held[range.clone()]);
                    held.drain(..range.end);
                }
                Step::End { consumed, .. } => return Ok((body, Some(held.len() - consumed + rest.len()))),
                Step::More { consumed } => {
                    held.drain(..consumed);
                    if rest.is_empty() {
                        return Ok((body, None));
                    }
                    let (now, later) = rest.split_at(sizes.next().unwrap_or(1).clamp(1, rest.len()));
                    held.extend_from_slice(now);
                    rest = later;
                }
            }
        }
    }

    #[test]
    fn reads_each_kind() {
        let all = |framing, bytes: &str| read(framing, bytes.as_bytes(), &[1000]);
        assert_eq!(all(Framing::Length(3), "abcd"), Ok((b"abc".to_vec(), Some(1))));
        assert_eq!(all(Framing::Length(3), "ab"), Ok((b"ab".to_vec(), None)));
        assert_eq!(all(Framing::Empty, "next"), Ok((Vec::new(), Some(4))));
        assert_eq!(all(Framing::UntilEnd, "abc"), Ok((b"abc".to_vec(), None)));
        let chunks = "3\r\nabc\r\n0A;x=\"y\"\r\n0123456789\r\n0\r\nX-Sum: 7\r\n\r\nGET";
        assert_eq!(all(Framing::Chunked, chunks), Ok((b"abc0123456789".to_vec(), Some(3))));
    }

    #[test]
    fn refuses_what_can_be_read_in_two_ways() {
        for (chunks, error) in [
            ("zz\r\n", BadBody::Size),
            ("\r\n", BadBody::Size),
            ("-5\r\nhello\r\n", BadBody::Size),
            ("+5\r\nhello\r\n", BadBody::Size),
            ("0x5\r\nhello\r\n", BadBody::Size),
            (" 5\r\nhello\r\n", BadBody::Size),
            ("5 5\r\nhello\r\n", BadBody::Size),
            ("5 \r\nhello\r\n", BadBody::Size),
            ("5\nhello\r\n", BadBody::Size),
            ("5;a\rb\r\nhello\r\n", BadBody::Size),
            ("5;a\0\r\nhello\r\n", BadBody::Size),
            ("fffffffffffffffff\r\n", BadBody::Size),
            ("3\r\nhello\r\n", BadBody::End),
            ("3\r\nabc\n", BadBody::End),
            ("0\r\nX: y\n\r\n", BadBody::Trailers),
            ("0\r\nno header\r\n\r\n", BadBody::Trailers),
            ("0\r\n folded: x\r\n\r\n", BadBody::Trailers),
        ] {
            assert_eq!(
                read(Framing::Chunked, chunks.as_bytes(), &[1000]),
                Err(error),
                "{chunks:?}"
            );
            assert_eq!(
                read(Framing::Chunked, chunks.as_bytes(), &[1]),
                Err(error),
                "{chunks:?} byte by byte"
            );
        }
        assert!(read(Framing::Chunked, "1;".repeat(500).as_bytes(), &[1000]).is_err());
    }

    proptest! {
        #[test]
        fn how_it_comes_does_not_matter(
            chunks in prop::collection::vec(prop::collection::vec(any::<u8>(), 1..40), 0..6),
            pieces in prop::collection::vec(1..50usize, 1..6),
            trailers in any::<bool>(),
        ) {
            let mut bytes = Vec::new();
            for chunk in &chunks {
                bytes.extend_from_slice(format!("{:X}\r\n", chunk.len()).as_bytes());
                bytes.extend_from_slice(chunk);
                bytes.extend_from_slice(b"\r\n");
            }
            bytes.extend_from_slice(if trailers { b"0\r\nA: b\r\n\r\nnext" } else { b"0\r\n\r\nnext" });
            prop_assert_eq!(read(Framing::Chunked, &bytes, &pieces), Ok((chunks.concat(), Some(4))));
        }

        #[test]
        fn nothing_makes_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), pieces in prop::collection::vec(1..50usize, 1..6)) {
            let _ = read(Framing::Chunked, &bytes, &pieces);
        }
    }
}
