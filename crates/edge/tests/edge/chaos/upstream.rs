//! A target that misbehaves as it is asked to, by the header `X-Mischief`.

use std::{io, os::fd::AsFd, time::Duration};

use tokio::net::TcpListener;

use super::wire::{BLOCK, Loose, POISON, blocks, hex, value};

/// What a target may do. The first ones are as they should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mischief {
    Length,
    Chunks,
    UntilClose,
    Slow,
    Interim,
    /// Answers before the request's body is there.
    Early,
    /// Closes the kept connection right after the answer.
    Closes,
    /// The same, without a goodbye.
    ResetsAfter,
    /// Promises more than it sends.
    Cut,
    CutChunks,
    /// Ends without a goodbye within the body.
    Reset,
    ResetInHead,
    NoAnswer,
    ResetBefore,
    /// A second answer that nobody has asked for, behind the first.
    Unasked,
    UnaskedChunks,
    /// A body where there may be none.
    EmptyWithBody,
    NotModifiedWithBody,
    /// Never answers.
    Silent,
    /// Agrees to another protocol, then does as the next ones say.
    Echo,
    TunnelReset,
    TunnelHalfClosed,
}

pub(crate) use Mischief::*;

/// All that an answer may suffer.
pub(crate) const ANSWERS: [Mischief; 18] = [
    Length,
    Chunks,
    UntilClose,
    Slow,
    Interim,
    Early,
    Closes,
    ResetsAfter,
    Cut,
    CutChunks,
    Reset,
    ResetInHead,
    NoAnswer,
    ResetBefore,
    Unasked,
    UnaskedChunks,
    EmptyWithBody,
    NotModifiedWithBody,
];
const TUNNELS: [Mischief; 4] = [Silent, Echo, TunnelReset, TunnelHalfClosed];

/// Serves the listener that is this process's standard input.
pub(crate) async fn serve_standard_input() {
    let listener = std::io::stdin().as_fd().try_clone_to_owned().unwrap();
    let listener = std::net::TcpListener::from(listener);
    listener.set_nonblocking(true).unwrap();
    serve(TcpListener::from_std(listener).unwrap()).await;
}

pub(crate) async fn serve(listener: TcpListener) {
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        tokio::spawn(async move {
            if let Ok(wire) = Loose::new(stream) {
                let _ = connection(wire).await;
            }
        });
    }
}

struct Asked {
    mark: u64,
    count: usize,
    mischief: Mischief,
    has_no_body: bool,
}

fn asked(head: &str) -> Asked {
    let name = value(head, "x-mischief").unwrap_or("Length");
    let all = ANSWERS.iter().chain(&TUNNELS);
    Asked {
        mark: value(head, "x-mark").map_or(POISON, hex),
        count: value(head, "x-blocks")
            .and_then(|count| count.parse().ok())
            .unwrap_or(1),
        mischief: *all.clone().find(|one| format!("{one:?}") == name).unwrap_or(&Length),
        has_no_body: head.starts_with("HEAD"),
    }
}

async fn connection(mut wire: Loose) -> io::Result<()> {
    loop {
        let head = wire.head().await?;
        let asked = asked(&head);
        if asked.mischief == Early {
            wire.send(with_length(&asked)).await?;
        }
        let body = wire.body(&head).await;
        if !body.whole {
            return Ok(());
        }
        if body.bytes != blocks(asked.mark, body.bytes.len() / BLOCK) {
            // The client takes it for what it is.
            let answer = format!("HTTP/1.1 299 Mixed\r\nX-Mark: {POISON:x}\r\nContent-Length: 0\r\n\r\n");
            return wire.send(answer).await;
        }
        match answer(&mut wire, &asked).await? {
            Then::Goes => {}
            Then::Ends => return Ok(()),
            Then::Breaks => {
                wire.reset();
                return Ok(());
            }
        }
    }
}

/// What becomes of the connection.
enum Then {
    Goes,
    Ends,
    Breaks,
}

async fn answer(wire: &mut Loose, asked: &Asked) -> io::Result<Then> {
    let whole = with_length(asked);
    let half = whole.len() / 2;
    match asked.mischief {
        Length => wire.send(whole).await?,
        Chunks => wire.send(in_chunks(asked, true)).await?,
        UntilClose => {
            let head = format!("HTTP/1.1 200 OK\r\nX-Mark: {:x}\r\n\r\n", asked.mark);
            let body = if asked.has_no_body {
                Vec::new()
            } else {
                blocks(asked.mark, asked.count)
            };
            wire.send([head.into_bytes(), body].concat()).await?;
            return Ok(Then::Ends);
        }
        Slow => {
            for piece in whole.chunks(whole.len().div_ceil(5)) {
                wire.send(piece).await?;
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        }
        Interim => {
            wire.send("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n").await?;
            wire.send(whole).await?;
        }
        Early => {}
        Closes => {
            wire.send(whole).await?;
            return Ok(Then::Ends);
        }
        ResetsAfter => {
            wire.send(whole).await?;
            return Ok(Then::Breaks);
        }
        Cut => {
            wire.send(&whole[..whole.len() - BLOCK / 2]).await?;
            return Ok(Then::Ends);
        }
        CutChunks => {
            wire.send(in_chunks(asked, false)).await?;
            return Ok(Then::Ends);
        }
        Reset => {
            wire.send(&whole[..half]).await?;
            tokio::time::sleep(Duration::from_millis(1)).await;
            return Ok(Then::Breaks);
        }
        ResetInHead => {
            wire.send("HTTP/1.1 200 OK\r\nX-Ma").await?;
            return Ok(Then::Breaks);
        }
        NoAnswer => return Ok(Then::Ends),
        ResetBefore => return Ok(Then::Breaks),
        Unasked => wire.send([whole, unasked()].concat()).await?,
        UnaskedChunks => wire.send([in_chunks(asked, true), unasked()].concat()).await?,
        EmptyWithBody => wire.send(bodiless("204 No Content", asked)).await?,
        NotModifiedWithBody => wire.send(bodiless("304 Not Modified", asked)).await?,
        Silent => {
            let _ = wire.more().await;
            return Ok(Then::Ends);
        }
        Echo | TunnelReset | TunnelHalfClosed => return tunnel(wire, asked.mischief).await,
    }
    Ok(Then::Goes)
}

async fn tunnel(wire: &mut Loose, mischief: Mischief) -> io::Result<Then> {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    wire.send("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
        .await?;
    if mischief == TunnelHalfClosed {
        wire.stream.shutdown().await?;
    }
    let mut piece = [0; 4096];
    loop {
        let read = wire.stream.read(&mut piece).await?;
        if read == 0 {
            return Ok(Then::Ends);
        }
        match mischief {
            TunnelReset => return Ok(Then::Breaks),
            TunnelHalfClosed => {}
            _ => wire.send(&piece[..read]).await?,
        }
    }
}

/// A right answer. To HEAD, too, it sends the body that it must not.
fn with_length(asked: &Asked) -> Vec<u8> {
    let body = blocks(if asked.has_no_body { POISON } else { asked.mark }, asked.count);
    let head = format!(
        "HTTP/1.1 200 OK\r\nX-Mark: {:x}\r\nContent-Length: {}\r\n\r\n",
        asked.mark,
        body.len()
    );
    [head.into_bytes(), body].concat()
}

fn in_chunks(asked: &Asked, whole: bool) -> Vec<u8> {
    let mut answer = format!(
        "HTTP/1.1 200 OK\r\nX-Mark: {:x}\r\nTransfer-Encoding: chunked\r\n\r\n",
        asked.mark
    )
    .into_bytes();
    if asked.has_no_body {
        return answer;
    }
    for chunk in blocks(asked.mark, asked.count).chunks(1500) {
        answer.extend(format!("{:x}\r\n", chunk.len()).bytes());
        answer.extend(chunk);
        answer.extend(b"\r\n");
    }
    if whole {
        answer.extend(b"0\r\n\r\n");
    }
    answer
}

fn unasked() -> Vec<u8> {
    let nobody = Asked {
        mark: POISON,
        count: 3,
        mischief: Length,
        has_no_body: false,
    };
    with_length(&nobody)
}

fn bodiless(status: &str, asked: &Asked) -> Vec<u8> {
    let head = format!("HTTP/1.1 {status}\r\nX-Mark: {:x}\r\n\r\n", asked.mark);
    [head.into_bytes(), unasked()].concat()
}
