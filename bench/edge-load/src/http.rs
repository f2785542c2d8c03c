//! Requests over kept connections, or over a new one each.

use std::{net::SocketAddr, rc::Rc};

use anyhow::{Result, ensure};
use clap::Args;

use crate::{
    cost::{Run, Span},
    secure,
    wire::Wire,
};

#[derive(Args, Clone)]
pub struct Load {
    address: SocketAddr,
    path: String,
    #[arg(long, default_value_t = 1)]
    connections: usize,
    /// A new connection for each request
    #[arg(long)]
    new: bool,
    #[arg(long)]
    tls: bool,
    /// Ask for a body of so many bytes
    #[arg(long)]
    download: Option<u64>,
    /// Send a body of so many bytes with each
    #[arg(long)]
    upload: Option<u64>,
    #[command(flatten)]
    span: Span,
}

impl Load {
    pub async fn run(self) -> Result<()> {
        let load = Rc::new(self);
        let mut wires = Vec::new();
        for _ in 0..load.connections {
            let mut wire = None;
            // The first one on each connection is not counted.
            load.ask(&mut wire, load.upload.map(|_| 1)).await?;
            wires.push(wire);
        }
        let run = Run::begin(&load.span)?;
        let clients: Vec<_> = wires
            .into_iter()
            .map(|mut wire| {
                let (load, run) = (load.clone(), run.clone());
                tokio::task::spawn_local(async move {
                    while run.another() {
                        let outcome = load.ask(&mut wire, load.upload).await;
                        run.count(&outcome);
                        if outcome.is_err() {
                            wire = None;
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

    async fn ask(&self, kept: &mut Option<Wire>, upload: Option<u64>) -> Result<()> {
        let mut wire = match kept.take() {
            Some(wire) => wire,
            None if self.tls => Wire::over(secure::connect(self.address, b"http/1.1").await?),
            None => Wire::connect(self.address).await?,
        };
        wire.send(self.head(upload).as_bytes()).await?;
        if let Some(mut left) = upload {
            let piece = [b'x'; 1 << 16];
            while left > 0 {
                let now = left.min(piece.len() as u64);
                wire.send(&piece[..now as usize]).await?;
                left -= now;
            }
        }
        let answer = wire.answer().await?;
        ensure!(answer.status == 200, "status {}", answer.status);
        wire.skip(answer.length).await?;
        if self.new {
            ensure!(!wire.more().await?, "more than the answer");
        } else if !answer.closes {
            *kept = Some(wire);
        }
        Ok(())
    }

    /// What a browser sends, in short.
    fn head(&self, upload: Option<u64>) -> String {
        let method = if upload.is_some() { "POST" } else { "GET" };
        let size = self.download.map_or(String::new(), |size| format!("?size={size}"));
        let mut head = format!(
            "{method} {}{size} HTTP/1.1\r\nHost: {}\r\nUser-Agent: edge-load\r\nAccept: */*\r\n",
            self.path, self.address
        );
        if let Some(length) = upload {
            head.push_str(&format!("Content-Length: {length}\r\n"));
        }
        if self.new {
            head.push_str("Connection: close\r\n");
        }
        head + "\r\n"
    }
}
