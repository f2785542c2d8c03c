//! Requests over HTTP/2 with TLS, several at once on each connection.

use std::{net::SocketAddr, rc::Rc};

use anyhow::{Result, ensure};
use clap::Args;
use h2::client::SendRequest;
use http::Request;

use crate::{
    cost::{Run, Span},
    secure,
};

#[derive(Args, Clone)]
pub struct Load {
    address: SocketAddr,
    path: String,
    #[arg(long, default_value_t = 1)]
    connections: usize,
    /// Requests at once on each
    #[arg(long, default_value_t = 1)]
    streams: usize,
    #[command(flatten)]
    span: Span,
}

type Sender = SendRequest<bytes::Bytes>;

impl Load {
    pub async fn run(self) -> Result<()> {
        let load = Rc::new(self);
        let mut senders = Vec::new();
        for _ in 0..load.connections {
            let stream = secure::connect(load.address, b"h2").await?;
            let (sender, connection) = h2::client::Builder::new()
                .initial_window_size(1 << 20)
                .initial_connection_window_size(1 << 24)
                .handshake(stream)
                .await?;
            tokio::task::spawn_local(connection);
            load.ask(sender.clone()).await?;
            senders.push(sender);
        }
        let run = Run::begin(&load.span)?;
        let mut clients = Vec::new();
        for sender in senders
            .iter()
            .flat_map(|sender| std::iter::repeat_n(sender, load.streams))
        {
            let (load, run, sender) = (load.clone(), run.clone(), sender.clone());
            clients.push(tokio::task::spawn_local(async move {
                while run.another() {
                    run.count(&load.ask(sender.clone()).await);
                }
            }));
        }
        for client in clients {
            client.await?;
        }
        run.report()
    }

    async fn ask(&self, sender: Sender) -> Result<()> {
        let request = Request::get(format!("https://{}{}", self.address, self.path))
            .header("user-agent", "edge-load")
            .header("accept", "*/*")
            .body(())?;
        let (answer, _) = sender.ready().await?.send_request(request, true)?;
        let answer = answer.await?;
        ensure!(answer.status() == 200, "status {}", answer.status());
        let mut body = answer.into_body();
        while let Some(piece) = body.data().await {
            body.flow_control().release_capacity(piece?.len())?;
        }
        Ok(())
    }
}
