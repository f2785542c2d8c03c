//! Messages whose every part says whose they are, on connections that may break at any time.

use std::{io, net::SocketAddr};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// Of one block of a body.
pub(crate) const BLOCK: usize = 26 * 36;
/// In what nobody has asked for: it must not reach anybody.
pub(crate) const POISON: u64 = u64::MAX;

/// A body of `count` blocks, each with the mark of its request and its place.
pub(crate) fn blocks(mark: u64, count: usize) -> Vec<u8> {
    let mut body = Vec::with_capacity(count * BLOCK);
    for place in 0..count {
        body.extend_from_slice(format!("[{mark:016x}{place:08x}]").repeat(BLOCK / 26).as_bytes());
    }
    body
}

pub(crate) fn hex(text: &str) -> u64 {
    u64::from_str_radix(text, 16).unwrap_or(0)
}

/// A message's body, and whether it came to its end.
#[derive(Debug, Default)]
pub(crate) struct Body {
    pub(crate) bytes: Vec<u8>,
    pub(crate) whole: bool,
}

pub(crate) struct Loose {
    pub(crate) stream: TcpStream,
    ahead: Vec<u8>,
}

impl Loose {
    pub(crate) fn new(stream: TcpStream) -> io::Result<Self> {
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            ahead: Vec::new(),
        })
    }

    pub(crate) async fn connect(address: SocketAddr) -> io::Result<Self> {
        Self::new(TcpStream::connect(address).await?)
    }

    pub(crate) async fn send(&mut self, bytes: impl AsRef<[u8]>) -> io::Result<()> {
        self.stream.write_all(bytes.as_ref()).await
    }

    /// Gone without a goodbye.
    pub(crate) fn reset(self) {
        let _ = self.stream.set_zero_linger();
    }

    pub(crate) async fn more(&mut self) -> io::Result<()> {
        match self.stream.read_buf(&mut self.ahead).await? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(()),
        }
    }

    async fn until(&mut self, end: &[u8]) -> io::Result<String> {
        loop {
            if let Some(at) = self.ahead.windows(end.len()).position(|window| window == end) {
                let taken = self.first(at + end.len());
                return String::from_utf8(taken).map_err(io::Error::other);
            }
            self.more().await?;
        }
    }

    fn first(&mut self, count: usize) -> Vec<u8> {
        let rest = self.ahead.split_off(count);
        std::mem::replace(&mut self.ahead, rest)
    }

    pub(crate) async fn head(&mut self) -> io::Result<String> {
        self.until(b"\r\n\r\n").await
    }

    /// At most `count` bytes: fewer if the connection breaks.
    async fn take(&mut self, count: usize) -> Body {
        while self.ahead.len() < count && self.more().await.is_ok() {}
        let there = count.min(self.ahead.len());
        Body {
            bytes: self.first(there),
            whole: there == count,
        }
    }

    /// The body that belongs to this head.
    pub(crate) async fn body(&mut self, head: &str) -> Body {
        if let Some(length) = value(head, "content-length") {
            return self.take(length.parse().unwrap_or(0)).await;
        }
        if value(head, "transfer-encoding").is_some() {
            return self.chunks().await;
        }
        if head.starts_with("HTTP/") {
            while self.more().await.is_ok() {}
            let bytes = std::mem::take(&mut self.ahead);
            return Body { bytes, whole: true };
        }
        Body {
            bytes: Vec::new(),
            whole: true,
        }
    }

    async fn chunks(&mut self) -> Body {
        let mut body = Body::default();
        while let Ok(size) = self.until(b"\r\n").await {
            let size = usize::try_from(hex(size.trim_end())).unwrap_or(0);
            let chunk = self.take(size + 2).await;
            let text = chunk.bytes.len().min(size);
            body.bytes.extend(&chunk.bytes[..text]);
            if !chunk.whole {
                break;
            }
            if size == 0 {
                body.whole = true;
                break;
            }
        }
        body
    }
}

/// A header's value; its name in any case.
pub(crate) fn value<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines()
        .skip(1)
        .filter_map(|line| line.split_once(": "))
        .find(|(key, _)| key.eq_ignore_ascii_case(name))
        .map(|(_, value)| value)
}
