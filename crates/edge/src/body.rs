//! Bodies on their way through: piece by piece, never collected, each side as fast as the other takes.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::Bytes;
use futures_util::task::AtomicWaker;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use perijove_model::Clock;
use tokio::time::Sleep;

use crate::{
    headers,
    pool::{Pool, Sender},
    routes::{table::Route, target::Upstream},
};

pub(crate) type BodyError = Box<dyn std::error::Error + Send + Sync>;

/// Where a client's connection stands. A client may close its sending side and still want its answer; but one that
/// closes in the middle of its request has left. Whether the body was complete when the end of the stream came is known
/// to the `Upload` only, as soon as it has taken all that came before.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    answering: AtomicBool,
    /// The socket has come to its end.
    ended: AtomicBool,
    /// And the request was not complete.
    truncated: AtomicBool,
    /// Some of the request's body was not taken yet.
    unfinished: AtomicBool,
    /// Pieces of request bodies so far.
    uploaded: AtomicUsize,
    socket: AtomicWaker,
    upload: AtomicWaker,
}

impl Progress {
    /// From here until the result is dropped, an answer is owed.
    pub(crate) fn begin(self: &Arc<Self>, body: &Incoming) -> Answering {
        self.unfinished.store(!body.is_end_stream(), Ordering::Relaxed);
        self.ended.store(false, Ordering::Relaxed);
        self.truncated.store(false, Ordering::Relaxed);
        self.answering.store(true, Ordering::Relaxed);
        Answering(Arc::clone(self))
    }

    /// The socket's end has come: whether it is to be held back, because the client waits for its answer.
    pub(crate) fn holds_end(&self, cx: &Context<'_>) -> bool {
        self.socket.register(cx.waker());
        let first = !self.ended.swap(true, Ordering::Relaxed);
        if first {
            self.upload.wake();
        }
        self.answering.load(Ordering::Relaxed) && !self.truncated.load(Ordering::Relaxed)
    }

    /// Whether the client may still be sending, or has sent what nobody took.
    pub(crate) fn is_unfinished(&self) -> bool {
        self.unfinished.load(Ordering::Relaxed)
    }

    pub(crate) fn uploaded(&self) -> usize {
        self.uploaded.load(Ordering::Relaxed)
    }

    /// The upload has nothing to give now; if nothing can come any more, its client has left.
    fn starves(&self, cx: &Context<'_>) {
        self.upload.register(cx.waker());
        if self.ended.load(Ordering::Relaxed) && !self.truncated.swap(true, Ordering::Relaxed) {
            self.socket.wake();
        }
    }
}

/// Lasts as long as the answer to a request.
#[derive(Debug)]
pub(crate) struct Answering(Arc<Progress>);

impl Drop for Answering {
    fn drop(&mut self) {
        self.0.answering.store(false, Ordering::Relaxed);
    }
}

/// Notes that a route is in use.
#[derive(Clone)]
pub(crate) struct Activity {
    pub(crate) route: Arc<Route>,
    pub(crate) clock: Arc<dyn Clock>,
}

impl Activity {
    pub(crate) fn touch(&self) {
        self.route.touch(self.clock.now());
    }
}

/// What a client sends to a target.
pub(crate) enum RequestBody {
    Empty,
    Upload(Box<Upload>),
}

pub(crate) struct Upload {
    pub(crate) incoming: Incoming,
    pub(crate) progress: Arc<Progress>,
    pub(crate) activity: Activity,
    pub(crate) stall: Duration,
    /// Runs while the client sends nothing.
    pub(crate) timer: Option<Pin<Box<Sleep>>>,
}

/// The client stopped sending in the middle of its request.
#[derive(Debug, thiserror::Error)]
#[error("nothing came for {0:?} in the middle of the request's body")]
pub(crate) struct UploadStalled(Duration);

/// The client went away in the middle of its request.
#[derive(Debug, thiserror::Error)]
#[error("the client broke off its request: {0}")]
pub(crate) struct UploadBroken(hyper::Error);

impl Upload {
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        match Pin::new(&mut self.incoming).poll_frame(cx) {
            Poll::Ready(frame) => {
                self.timer = None;
                self.progress.uploaded.fetch_add(1, Ordering::Relaxed);
                if frame.is_none() || self.incoming.is_end_stream() {
                    self.progress.unfinished.store(false, Ordering::Relaxed);
                }
                self.activity.touch();
                Poll::Ready(frame.map(|result| result.map(believable).map_err(|error| UploadBroken(error).into())))
            }
            Poll::Pending => {
                self.progress.starves(cx);
                let stall = self.stall;
                let timer = self.timer.get_or_insert_with(|| Box::pin(tokio::time::sleep(stall)));
                ready!(timer.as_mut().poll(cx));
                Poll::Ready(Some(Err(UploadStalled(stall).into())))
            }
        }
    }
}

/// Who asked is said before the body: a proxy says nothing about it after.
fn believable(mut frame: Frame<Bytes>) -> Frame<Bytes> {
    if let Some(trailers) = frame.trailers_mut() {
        headers::drop_claims(trailers);
    }
    frame
}

impl Body for RequestBody {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        match self.get_mut() {
            Self::Empty => Poll::Ready(None),
            Self::Upload(upload) => upload.poll(cx),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Upload(upload) => upload.incoming.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Empty => SizeHint::with_exact(0),
            Self::Upload(upload) => upload.incoming.size_hint(),
        }
    }
}

/// A connection to a target in use; goes back to the pool when its answer is read to the end.
pub(crate) struct Lease {
    pub(crate) sender: Sender,
    pub(crate) upstream: Arc<Upstream>,
    pub(crate) pool: Arc<Pool>,
}

fn give_back(lease: &mut Option<Lease>) {
    if let Some(Lease { sender, upstream, pool }) = lease.take() {
        pool.put(&upstream, sender);
    }
}

/// What a client gets.
pub(crate) struct ResponseBody {
    source: Source,
    answering: Option<Answering>,
}

enum Source {
    Own(Option<Bytes>),
    Target {
        incoming: Incoming,
        lease: Option<Lease>,
        activity: Option<Activity>,
    },
}

impl ResponseBody {
    /// Something of our own.
    pub(crate) fn own(bytes: impl Into<Bytes>) -> Self {
        let bytes = bytes.into();
        Self {
            source: Source::Own((!bytes.is_empty()).then_some(bytes)),
            answering: None,
        }
    }

    /// A target's answer. With `activity`, its data counts as use of the route.
    pub(crate) fn target(incoming: Incoming, lease: Option<Lease>, activity: Option<Activity>) -> Self {
        Self {
            source: Source::Target {
                incoming,
                lease,
                activity,
            },
            answering: None,
        }
    }

    /// Until this is dropped, the client has not had its answer.
    pub(crate) fn owed(mut self, answering: Answering) -> Self {
        self.answering = Some(answering);
        self
    }
}

impl Body for ResponseBody {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        match &mut self.get_mut().source {
            Source::Own(bytes) => Poll::Ready(bytes.take().map(|bytes| Ok(Frame::data(bytes)))),
            Source::Target {
                incoming,
                lease,
                activity,
            } => {
                let frame = ready!(Pin::new(incoming).poll_frame(cx));
                if let Some(activity) = activity {
                    activity.touch();
                }
                if frame.is_none() {
                    give_back(lease);
                }
                Poll::Ready(frame)
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.source {
            Source::Own(bytes) => bytes.is_none(),
            Source::Target { incoming, .. } => incoming.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.source {
            Source::Own(bytes) => SizeHint::with_exact(bytes.as_ref().map_or(0, Bytes::len) as u64),
            Source::Target { incoming, .. } => incoming.size_hint(),
        }
    }
}

impl Drop for ResponseBody {
    fn drop(&mut self) {
        if let Source::Target { incoming, lease, .. } = &mut self.source
            && incoming.is_end_stream()
        {
            give_back(lease);
        }
    }
}
