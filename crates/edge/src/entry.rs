//! From a listener to somebody who can be served: who connects, in what way, and whether there is room.

use std::{io, net::IpAddr, sync::Arc, time::Duration};

use tracing::warn;

use crate::{
    connection,
    listener::Listener,
    observe::Event,
    server::{Held, Worker},
    stream::Stream,
    tls::{self, Security},
};

/// A client that may ask.
pub(crate) struct Visit {
    pub(crate) stream: Stream,
    pub(crate) address: IpAddr,
    /// Nobody on the way can read what is said.
    pub(crate) secure: bool,
    /// HTTP/2 has been agreed on.
    pub(crate) http2: bool,
    pub(crate) held: Held,
}

pub(crate) async fn accept(worker: Arc<Worker>, listener: Listener) {
    let shared = &worker.shared;
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = shared.stop.cancelled() => return,
        };
        let (stream, address) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                wait_after(&error).await;
                continue;
            }
        };
        match Arc::clone(&shared.room).try_acquire_owned() {
            Ok(permit) => {
                let visiting = visit(Arc::clone(&worker), stream, address, Arc::new(permit));
                tokio::spawn(shared.tasks.track_future(visiting));
            }
            Err(_) => {
                shared.observer.count(Event::RefusedCrowd);
                connection::refuse_crowd(&stream);
            }
        }
    }
}

async fn visit(worker: Arc<Worker>, stream: Stream, address: IpAddr, held: Held) {
    let shared = Arc::clone(&worker.shared);
    let _counted = shared.observer.during(Event::ClientCame, Event::ClientLeft);
    let Some((stream, security)) = tls::welcome(&worker.shared, stream).await else {
        return;
    };
    let visit = Visit {
        stream,
        address,
        secure: security != Security::None,
        http2: security == Security::Http2,
        held,
    };
    connection::serve(worker, visit).await;
}

/// Out of files or memory, the next try would fail as well; a client that left again is no trouble.
pub(crate) async fn wait_after(error: &io::Error) {
    if !matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset
    ) {
        warn!(%error, "can not accept a client");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}
