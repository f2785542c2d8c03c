//! The load of `bench/edge.py`, on one thread: a backend, and clients that reach it through a proxy. What the proxy's
//! processes have used of the CPU meanwhile is read here, so that only the measured time is counted.

mod backend;
mod cost;
mod http;
mod http2;
mod secure;
mod websocket;
mod wire;

use anyhow::Result;
use clap::Parser;
use tokio::task::LocalSet;

#[derive(Parser)]
enum Command {
    /// Answer every request, and echo websocket messages
    Backend { port: u16 },
    /// Ask as fast as the answers come
    Http(http::Load),
    /// Send websocket messages and wait for their echo
    Websocket(websocket::Load),
    /// Ask over HTTP/2, several requests at once on each connection
    Http2(http2::Load),
    /// Write a certificate of localhost and its key to one file each, and to one together
    Certificate { directory: std::path::PathBuf },
    /// Open websockets, say so, and hold them until standard input ends
    Idle(websocket::Idle),
}

fn main() -> Result<()> {
    let command = Command::parse();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    LocalSet::new().block_on(&runtime, async {
        match command {
            Command::Backend { port } => backend::serve(port).await,
            Command::Http(load) => load.run().await,
            Command::Http2(load) => load.run().await,
            Command::Certificate { directory } => secure::make(&directory),
            Command::Websocket(load) => load.run().await,
            Command::Idle(idle) => idle.run().await,
        }
    })
}
