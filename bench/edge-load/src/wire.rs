//! One connection, and the messages of HTTP/1.1 on it.

use std::net::SocketAddr;

use anyhow::{Context, Result, bail, ensure};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::TcpStream,
};

pub trait Stream: AsyncRead + AsyncWrite + Unpin {}
impl<T: AsyncRead + AsyncWrite + Unpin> Stream for T {}

/// What a message's head says of its body and of the connection.
pub struct Head {
    /// The status, or 0 for a request.
    pub status: u16,
    pub target: String,
    pub length: u64,
    pub closes: bool,
    pub upgrade: bool,
}

pub struct Wire {
    stream: Box<dyn Stream>,
    buffer: Vec<u8>,
    /// What has been read and not been used lies here.
    used: usize,
    filled: usize,
}

impl Wire {
    pub fn new(stream: TcpStream) -> Result<Self> {
        stream.set_nodelay(true)?;
        Ok(Self::over(stream))
    }

    pub fn over(stream: impl Stream + 'static) -> Self {
        Self {
            stream: Box::new(stream),
            buffer: vec![0; 4096],
            used: 0,
            filled: 0,
        }
    }

    pub async fn connect(address: SocketAddr) -> Result<Self> {
        Self::new(TcpStream::connect(address).await.context("can't connect")?)
    }

    pub async fn send(&mut self, bytes: &[u8]) -> Result<()> {
        self.stream.write_all(bytes).await.context("can't send")
    }

    pub fn ahead(&mut self) -> &mut [u8] {
        &mut self.buffer[self.used..self.filled]
    }

    pub fn take(&mut self, bytes: usize) {
        self.used += bytes;
    }

    /// Reads on; false at the end of the stream.
    pub async fn more(&mut self) -> Result<bool> {
        if self.used == self.filled {
            (self.used, self.filled) = (0, 0);
        } else if self.filled == self.buffer.len() {
            self.buffer.copy_within(self.used..self.filled, 0);
            (self.used, self.filled) = (0, self.filled - self.used);
            ensure!(
                self.filled < self.buffer.len(),
                "more than {} bytes without an end",
                self.filled
            );
        }
        let read = self
            .stream
            .read(&mut self.buffer[self.filled..])
            .await
            .context("can't read")?;
        self.filled += read;
        Ok(read > 0)
    }

    /// The next request's head, or none after the last.
    pub async fn request(&mut self) -> Result<Option<Head>> {
        loop {
            let mut headers = [httparse::EMPTY_HEADER; 64];
            let mut request = httparse::Request::new(&mut headers);
            let parsed = request.parse(&self.buffer[self.used..self.filled])?;
            if let httparse::Status::Complete(bytes) = parsed {
                let target = request.path.unwrap_or("/").to_owned();
                let head = head(0, target, request.headers)?;
                self.take(bytes);
                return Ok(Some(head));
            }
            if !self.more().await? {
                ensure!(self.used == self.filled, "the request broke off");
                return Ok(None);
            }
        }
    }

    pub async fn answer(&mut self) -> Result<Head> {
        loop {
            let mut headers = [httparse::EMPTY_HEADER; 64];
            let mut answer = httparse::Response::new(&mut headers);
            let parsed = answer.parse(&self.buffer[self.used..self.filled])?;
            if let httparse::Status::Complete(bytes) = parsed {
                let head = head(answer.code.unwrap_or(0), String::new(), answer.headers)?;
                self.take(bytes);
                return Ok(head);
            }
            if !self.more().await? {
                bail!("ended before the answer");
            }
        }
    }

    /// Takes a body and forgets it.
    pub async fn skip(&mut self, mut length: u64) -> Result<()> {
        if length > 1 << 20 && self.buffer.len() < 1 << 18 {
            self.buffer.resize(1 << 18, 0);
        }
        loop {
            let here = length.min((self.filled - self.used) as u64);
            self.take(here as usize);
            length -= here;
            if length == 0 {
                return Ok(());
            }
            ensure!(self.more().await?, "the body broke off, {length} bytes before its end");
        }
    }
}

fn head(status: u16, target: String, headers: &[httparse::Header]) -> Result<Head> {
    let mut head = Head {
        status,
        target,
        length: 0,
        closes: false,
        upgrade: false,
    };
    for header in headers {
        let value = std::str::from_utf8(header.value)?;
        if header.name.eq_ignore_ascii_case("content-length") {
            head.length = value.parse()?;
        } else if header.name.eq_ignore_ascii_case("transfer-encoding") {
            // No backend of ours sends that: an error of the proxy's own, whose status tells.
            head.closes = true;
        } else if header.name.eq_ignore_ascii_case("connection") {
            head.closes = value.eq_ignore_ascii_case("close");
        } else if header.name.eq_ignore_ascii_case("upgrade") {
            head.upgrade = true;
        }
    }
    Ok(head)
}
