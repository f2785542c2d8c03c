//! Websockets: those that talk, those that are only open, and the backend's side of them.

use std::net::SocketAddr;

use anyhow::{Result, ensure};
use clap::Args;
use tokio::io::AsyncReadExt;

use crate::{
    cost::{Run, Span},
    wire::Wire,
};

/// The key that RFC 6455 has as its example, and what it is answered with.
const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";
const ACCEPT: &str = "s3pPLBMiTxaQ9kYGzzhZRbK+xOo=";
const MASK: [u8; 4] = [1, 2, 3, 4];
const MESSAGE: usize = 64;

#[derive(Args)]
pub struct Load {
    address: SocketAddr,
    path: String,
    #[arg(long, default_value_t = 1)]
    connections: usize,
    #[command(flatten)]
    span: Span,
}

#[derive(Args)]
pub struct Idle {
    address: SocketAddr,
    path: String,
    #[arg(long)]
    connections: usize,
}

impl Load {
    pub async fn run(self) -> Result<()> {
        let mut wires = Vec::new();
        for _ in 0..self.connections {
            let mut wire = open(self.address, &self.path).await?;
            exchange(&mut wire).await?;
            wires.push(wire);
        }
        let run = Run::begin(&self.span)?;
        let clients: Vec<_> = wires
            .into_iter()
            .map(|mut wire| {
                let run = run.clone();
                tokio::task::spawn_local(async move {
                    while run.another() {
                        let outcome = exchange(&mut wire).await;
                        run.count(&outcome);
                        if outcome.is_err() {
                            return;
                        }
                    }
                })
            })
            .collect();
        for client in clients {
            client.await?;
        }
        run.report()
    }
}

impl Idle {
    pub async fn run(self) -> Result<()> {
        let mut wires = Vec::new();
        for _ in 0..self.connections {
            wires.push(open(self.address, &self.path).await?);
        }
        println!("open");
        tokio::io::stdin().read_u8().await.ok();
        Ok(())
    }
}

async fn open(address: SocketAddr, path: &str) -> Result<Wire> {
    let mut wire = Wire::connect(address).await?;
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {KEY}\r\nOrigin: http://{address}\r\n\r\n"
    );
    wire.send(request.as_bytes()).await?;
    let answer = wire.answer().await?;
    ensure!(answer.status == 101, "status {}", answer.status);
    Ok(wire)
}

/// One message and its echo.
async fn exchange(wire: &mut Wire) -> Result<()> {
    let mut frame = vec![0x82, 0x80 | MESSAGE as u8];
    frame.extend(MASK);
    frame.extend([b'x'; MESSAGE]);
    wire.send(&frame).await?;
    while wire.ahead().len() < MESSAGE + 2 {
        ensure!(wire.more().await?, "the websocket ended");
    }
    wire.take(MESSAGE + 2);
    Ok(())
}

/// The backend's side: takes messages of the one size, sends them back unmasked.
pub async fn echo(mut wire: Wire) -> Result<()> {
    let head = format!(
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: {ACCEPT}\r\n\r\n"
    );
    wire.send(head.as_bytes()).await?;
    loop {
        while wire.ahead().len() < MESSAGE + 6 {
            if !wire.more().await? {
                return Ok(());
            }
        }
        let frame = &wire.ahead()[..MESSAGE + 6];
        ensure!(frame[1] == 0x80 | MESSAGE as u8, "a frame of another size");
        let mut reply = vec![0x82, MESSAGE as u8];
        reply.extend(
            frame[6..]
                .iter()
                .zip(frame[2..6].iter().cycle())
                .map(|(byte, mask)| byte ^ mask),
        );
        wire.take(MESSAGE + 6);
        wire.send(&reply).await?;
    }
}
