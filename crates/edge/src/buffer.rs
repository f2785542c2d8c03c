//! Bytes on their way. A thread lends its buffers out while something moves; who waits holds none.

use std::{
    cell::RefCell,
    io,
    task::{Context, Poll, ready},
};

use crate::stream::Stream;

const SMALL: usize = 8 * 1024;
/// For those who have much to say: fewer calls of the system.
const LARGE: usize = 256 * 1024;
/// So many of each size are kept for the next.
const SPARE_SMALL: usize = 256;
const SPARE_LARGE: usize = 4;

#[derive(Default)]
struct Spare {
    small: Vec<Vec<u8>>,
    large: Vec<Vec<u8>>,
}

thread_local! {
    static SPARE: RefCell<Spare> = RefCell::default();
}

fn borrow(size: usize) -> Vec<u8> {
    let spare = SPARE.try_with(|spare| {
        let mut spare = spare.borrow_mut();
        match size {
            SMALL => spare.small.pop(),
            LARGE => spare.large.pop(),
            _ => None,
        }
    });
    spare.ok().flatten().unwrap_or_else(|| vec![0; size])
}

fn give_back(bytes: Vec<u8>) {
    // While a thread ends there is nobody to give it to.
    let _ = SPARE.try_with(|spare| {
        let mut spare = spare.borrow_mut();
        match bytes.len() {
            SMALL if spare.small.len() < SPARE_SMALL => spare.small.push(bytes),
            LARGE if spare.large.len() < SPARE_LARGE => spare.large.push(bytes),
            _ => {}
        }
    });
}

/// Bytes that came and were not taken yet. Empty and at rest it holds no memory.
#[derive(Debug, Default)]
pub(crate) struct Buffer {
    bytes: Vec<u8>,
    start: usize,
    end: usize,
    /// The last read filled it: more is waiting.
    hungry: bool,
}

impl Buffer {
    pub(crate) fn filled(&self) -> &[u8] {
        &self.bytes[self.start..self.end]
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.start == self.end
    }

    pub(crate) fn len(&self) -> usize {
        self.end - self.start
    }

    pub(crate) fn consume(&mut self, count: usize) {
        self.start = (self.start + count).min(self.end);
    }

    /// Gives the memory back if there is nothing in it.
    pub(crate) fn rest(&mut self) {
        if self.is_empty() {
            self.clear();
        }
    }

    pub(crate) fn clear(&mut self) {
        (self.start, self.end) = (0, 0);
        if !self.bytes.is_empty() {
            give_back(std::mem::take(&mut self.bytes));
        }
    }

    /// Makes what was consumed unconsumed; for one that was only pushed to and consumed from.
    pub(crate) fn rewind(&mut self) {
        self.start = 0;
    }

    pub(crate) fn push(&mut self, bytes: &[u8]) {
        self.push_all([bytes]);
    }

    /// Pushes several pieces at the price of one.
    pub(crate) fn push_all<const N: usize>(&mut self, pieces: [&[u8]; N]) {
        let total = pieces.iter().map(|piece| piece.len()).sum();
        self.make_room(total);
        let mut room = &mut self.bytes[self.end..self.end + total];
        for piece in pieces {
            let (here, rest) = room.split_at_mut(piece.len());
            here.copy_from_slice(piece);
            room = rest;
        }
        self.end += total;
    }

    fn make_room(&mut self, count: usize) {
        if self.bytes.is_empty() {
            self.bytes = borrow(SMALL);
            (self.start, self.end) = (0, 0);
        }
        if self.bytes.len() - self.end >= count {
            return;
        }
        if self.start > 0 {
            self.bytes.copy_within(self.start..self.end, 0);
            (self.start, self.end) = (0, self.len());
        }
        let wanted = (self.end + count).next_power_of_two().max(self.bytes.len());
        self.bytes.resize(wanted, 0);
    }

    /// Reads what there is, at most so that `most` bytes are held: the count, 0 at the end of the stream. Must not be
    /// called while full.
    pub(crate) fn poll_fill(
        &mut self,
        stream: &mut Stream,
        cx: &mut Context<'_>,
        most: usize,
    ) -> Poll<io::Result<usize>> {
        if self.is_empty() {
            if stream.poll_readable(cx).is_pending() {
                self.hungry = false;
                self.clear();
                return Poll::Pending;
            }
            (self.start, self.end) = (0, 0);
            let size = if self.hungry && most >= LARGE { LARGE } else { SMALL };
            if self.bytes.len() < size {
                self.clear();
                self.bytes = borrow(size);
            }
        } else {
            self.make_space(most);
        }
        let end = self.bytes.len().min(self.start + most.max(SMALL));
        let room = &mut self.bytes[self.end..end];
        let size = room.len();
        match stream.poll_read(cx, room) {
            Poll::Pending => {
                self.rest();
                Poll::Pending
            }
            Poll::Ready(result) => {
                let count = result?;
                self.hungry = count == size;
                self.end += count;
                Poll::Ready(Ok(count))
            }
        }
    }

    fn make_space(&mut self, most: usize) {
        if self.end < self.bytes.len() {
            return;
        }
        if self.start > 0 {
            self.bytes.copy_within(self.start..self.end, 0);
            (self.start, self.end) = (0, self.len());
        } else {
            let size = (self.bytes.len() * 2).min(most.max(SMALL));
            self.bytes.resize(size.max(self.bytes.len()), 0);
        }
    }

    /// Writes all of it.
    pub(crate) fn poll_write_to(&mut self, stream: &mut Stream, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.is_empty() {
            let count = ready!(stream.poll_write(cx, self.filled()))?;
            if count == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.consume(count);
        }
        Poll::Ready(Ok(()))
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        self.clear();
    }
}

impl io::Write for Buffer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.push(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
