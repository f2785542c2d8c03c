//! The end of a connection whose client is still sending.

use std::{
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use tokio::time::{Instant, Sleep};

use crate::stream::Stream;

/// A client that is still sending when its connection ends is read on for so long, and at most so long without a byte.
const LINGER: Duration = Duration::from_secs(30);
const SILENCE: Duration = Duration::from_secs(3);

/// Closing a socket with unread bytes in it resets the connection, and the client would lose the end of its answer.
struct Linger {
    until: Instant,
    timer: Pin<Box<Sleep>>,
    /// More is on its way.
    expected: bool,
}

/// Ends a connection so that the client gets all that was written. `expected` if it has more to say.
pub(crate) async fn finish(stream: &mut Stream, expected: bool) {
    // Closing says the same where nothing is unread, and costs two calls less.
    if !expected && stream.is_plain_and_quiet() {
        return;
    }
    if std::future::poll_fn(|cx| stream.poll_finish(cx)).await.is_err() {
        return;
    }
    let mut linger = Linger {
        until: Instant::now() + LINGER,
        timer: Box::pin(tokio::time::sleep(SILENCE)),
        expected,
    };
    std::future::poll_fn(|cx| linger.poll(stream, cx)).await;
}

impl Linger {
    /// Reads and forgets, until the client has finished or its time is over.
    fn poll(&mut self, stream: &mut Stream, cx: &mut Context<'_>) -> Poll<()> {
        let mut scratch = [0; 8 * 1024];
        loop {
            match stream.poll_read(cx, &mut scratch) {
                Poll::Ready(Ok(1..)) => {
                    self.expected = true;
                    let silence = Instant::now() + SILENCE;
                    self.timer.as_mut().reset(silence.min(self.until));
                    if Instant::now() >= self.until {
                        return Poll::Ready(());
                    }
                }
                Poll::Pending if self.expected => return self.timer.as_mut().poll(cx),
                _ => return Poll::Ready(()),
            }
        }
    }
}
