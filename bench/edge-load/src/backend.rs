//! What the proxies forward to.

use anyhow::Result;
use tokio::net::{TcpSocket, TcpStream};

use crate::{websocket, wire::Wire};

const USUAL: usize = 1024;

pub async fn serve(port: u16) -> Result<()> {
    let socket = TcpSocket::new_v4()?;
    socket.set_reuseaddr(true)?;
    socket.bind(([127, 0, 0, 1], port).into())?;
    let listener = socket.listen(4096)?;
    loop {
        let (stream, _) = listener.accept().await?;
        tokio::task::spawn_local(async move {
            // A client that goes away is no news.
            let _ = connection(stream).await;
        });
    }
}

async fn connection(stream: TcpStream) -> Result<()> {
    let mut wire = Wire::new(stream)?;
    let usual = [head(USUAL as u64).as_bytes(), &[b'x'; USUAL]].concat();
    while let Some(request) = wire.request().await? {
        if request.upgrade {
            return websocket::echo(wire).await;
        }
        wire.skip(request.length).await?;
        let size = request
            .target
            .split_once("?size=")
            .map(|(_, size)| size.parse::<u64>())
            .transpose()?;
        match size {
            None => wire.send(&usual).await?,
            Some(size) => large(&mut wire, size).await?,
        }
        if request.closes {
            break;
        }
    }
    Ok(())
}

fn head(length: u64) -> String {
    format!("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: {length}\r\n\r\n")
}

async fn large(wire: &mut Wire, size: u64) -> Result<()> {
    wire.send(head(size).as_bytes()).await?;
    let piece = vec![b'x'; 1 << 18];
    let mut left = size;
    while left > 0 {
        let now = left.min(piece.len() as u64);
        wire.send(&piece[..now as usize]).await?;
        left -= now;
    }
    Ok(())
}
