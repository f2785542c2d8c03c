//! A message on its way: its head, then its body piece by piece, as fast as the receiver takes it.

use std::{
    io::{self, IoSlice, Write},
    task::{Context, Poll, ready},
};

use crate::{buffer::Buffer, headers, stream::Stream};

use super::{
    framing::{BadBody, BodyReader, Framing, Step},
    head,
};

/// What is held of a body at most.
const MOST: usize = 256 * 1024;
/// Pieces up to this length are gathered, so that many small ones go out in one call.
const GATHERED: usize = 2 * 1024;
const GATHER_UNTIL: usize = 8 * 1024;

/// Why a message did not come through.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Broken {
    #[error("its sender failed: {0}")]
    Source(io::Error),
    #[error("its sender went away in the middle of it")]
    SourceEnded,
    #[error(transparent)]
    Body(#[from] BadBody),
    #[error("its receiver failed: {0}")]
    Sink(io::Error),
}

/// Whom a relay waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Waits {
    Source,
    Sink,
}

#[derive(Debug)]
pub(crate) struct Relay {
    reader: BodyReader,
    /// The receiver gets chunks.
    pub(crate) chunked: bool,
    /// Goes out before the body's next piece: the head, a chunk's size, gathered pieces.
    pub(crate) ahead: Buffer,
    /// So many bytes of the input go out as they are.
    raw: usize,
    /// What is left of the end of a chunk.
    tail: &'static [u8],
    done: bool,
    /// Written once more if it has to be, see `again`.
    keep: bool,
    /// What comes is dropped.
    void: bool,
    /// The receiver's connection ends with the message.
    closes: bool,
    /// The end of the sender's stream may be a broken connection.
    pub(crate) distrust_end: bool,
    pub(crate) waits: Waits,
    /// Bytes written.
    pub(crate) moved: u64,
    /// Bytes of the body.
    pub(crate) carried: u64,
}

impl Relay {
    /// `ahead` holds the head.
    pub(crate) fn new(ahead: Buffer, body: Framing, chunked: bool) -> Self {
        Self {
            reader: BodyReader::new(body),
            chunked,
            ahead,
            raw: 0,
            tail: b"",
            done: false,
            keep: false,
            void: false,
            closes: false,
            distrust_end: false,
            waits: Waits::Source,
            moved: 0,
            carried: 0,
        }
    }

    /// Of a message without a body: so that it can be sent again.
    pub(crate) fn repeatable(self) -> Self {
        Self { keep: true, ..self }
    }

    /// Of the last message on a connection, which is closed as soon as it is written.
    pub(crate) fn closing(self, closes: bool) -> Self {
        Self { closes, ..self }
    }

    /// Begins again with a message that was made `repeatable`, or of which nothing was written.
    pub(crate) fn again(&mut self) {
        self.void = false;
        self.moved = 0;
        if self.keep {
            self.ahead.rewind();
        }
    }

    /// It will not be sent again.
    pub(crate) fn forget(&mut self) {
        self.keep = false;
        self.ahead.rest();
    }

    /// The receiver takes no more, and the sender does not know yet: drops what is still to come.
    pub(crate) fn drop_rest(&mut self) {
        self.void = true;
    }

    pub(crate) fn poll(
        &mut self,
        from: &mut Stream,
        input: &mut Buffer,
        to: &mut Stream,
        cx: &mut Context<'_>,
    ) -> Poll<Result<(), Broken>> {
        loop {
            let more_wanted = self.gather(input)?;
            self.waits = Waits::Sink;
            ready!(self.poll_write(input, to, cx)).map_err(Broken::Sink)?;
            if self.done {
                return Poll::Ready(Ok(()));
            }
            if more_wanted {
                self.waits = Waits::Source;
                match ready!(input.poll_fill(from, cx, MOST)).map_err(Broken::Source)? {
                    0 if self.reader.ends_with_stream() && !self.distrust_end => self.end(&[])?,
                    0 => return Poll::Ready(Err(Broken::SourceEnded)),
                    _ => {}
                }
            }
        }
    }

    /// Makes ready what can be written now; whether more input is wanted before there is anything else.
    fn gather(&mut self, input: &mut Buffer) -> Result<bool, Broken> {
        while !self.done && self.raw == 0 && self.ahead.len() < GATHER_UNTIL {
            match self.reader.next(input.filled())? {
                Step::More { consumed } => {
                    input.consume(consumed);
                    return Ok(true);
                }
                Step::Data(range) => {
                    input.consume(range.start);
                    self.piece(range.len(), input);
                }
                Step::End { consumed, trailers } => {
                    self.end(&input.filled()[trailers])?;
                    input.consume(consumed);
                }
            }
        }
        Ok(false)
    }

    fn piece(&mut self, length: usize, input: &mut Buffer) {
        self.carried += length as u64;
        if self.chunked {
            // A buffer in memory takes everything.
            let _ = write!(self.ahead, "{length:x}\r\n");
        }
        if length > GATHERED {
            self.raw = length;
            self.tail = if self.chunked { b"\r\n" } else { b"" };
            return;
        }
        self.ahead.push(&input.filled()[..length]);
        input.consume(length);
        if self.chunked {
            self.ahead.push(b"\r\n");
        }
    }

    fn end(&mut self, trailers: &[u8]) -> Result<(), Broken> {
        self.done = true;
        if !self.chunked {
            return Ok(());
        }
        self.ahead.push(b"0\r\n");
        if !trailers.is_empty() {
            let pass = |lines: &[httparse::Header<'_>]| {
                for line in lines.iter().filter(|line| headers::may_trail(line.name.as_bytes())) {
                    headers::push(&mut self.ahead, line.name.as_bytes(), line.value);
                }
            };
            head::trailers(trailers, pass).map_err(|_| BadBody::Trailers)?;
        }
        self.ahead.push(b"\r\n");
        Ok(())
    }

    fn poll_write(&mut self, input: &mut Buffer, to: &mut Stream, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.ahead.is_empty() || self.raw > 0 || !self.tail.is_empty() {
            let (ahead, raw) = (self.ahead.filled(), &input.filled()[..self.raw]);
            let count = if self.void {
                ahead.len() + raw.len() + self.tail.len()
            } else if raw.is_empty() && self.tail.is_empty() {
                let last = self.closes && self.done;
                ready!(match last {
                    true => to.poll_write_last(cx, ahead),
                    false => to.poll_write(cx, ahead),
                })?
            } else {
                let pieces = [IoSlice::new(ahead), IoSlice::new(raw), IoSlice::new(self.tail)];
                let first = usize::from(ahead.is_empty());
                ready!(to.poll_write_vectored(cx, &pieces[first..]))?
            };
            if count == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.wrote(count, input);
        }
        if !self.keep {
            self.ahead.rest();
        }
        if self.void {
            Poll::Ready(Ok(()))
        } else {
            to.poll_flush(cx)
        }
    }

    fn wrote(&mut self, count: usize, input: &mut Buffer) {
        self.moved += count as u64;
        let ahead = count.min(self.ahead.len());
        self.ahead.consume(ahead);
        let raw = (count - ahead).min(self.raw);
        input.consume(raw);
        self.raw -= raw;
        self.tail = &self.tail[(count - ahead - raw).min(self.tail.len())..];
    }
}
