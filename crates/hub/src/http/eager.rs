//! A task that wakes itself while it runs goes on at once.
//!
//! The parts of a connection wake each other: its reader wakes the handler that waits for a body. The runtime takes that
//! for more work than its thread can do and wakes another thread, which finds nothing.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use futures_util::task::AtomicWaker;

/// In a row. Whoever still has something to do then lets others have their turn.
const MOST: usize = 4;

const IDLE: u8 = 0;
const RUNNING: u8 = 1;
const WOKEN: u8 = 2;

pub(super) struct Eager<F> {
    work: Pin<Box<F>>,
    signal: Arc<Signal>,
    waker: Waker,
}

/// What the parts of the work wake.
#[derive(Default)]
struct Signal {
    state: AtomicU8,
    task: AtomicWaker,
}

impl Wake for Signal {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if self.state.swap(WOKEN, Ordering::AcqRel) == IDLE {
            self.task.wake();
        }
    }
}

impl<F> Eager<F> {
    pub(super) fn new(work: F) -> Self {
        let signal = Arc::new(Signal::default());
        Self {
            work: Box::pin(work),
            waker: Waker::from(Arc::clone(&signal)),
            signal,
        }
    }
}

impl<F: Future> Future for Eager<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = &mut *self;
        this.signal.task.register(cx.waker());
        for _ in 0..MOST {
            this.signal.state.store(RUNNING, Ordering::Release);
            if let done @ Poll::Ready(_) = this.work.as_mut().poll(&mut Context::from_waker(&this.waker)) {
                return done;
            }
            let state = &this.signal.state;
            let unwoken = state.compare_exchange(RUNNING, IDLE, Ordering::AcqRel, Ordering::Acquire);
            if unwoken.is_ok() {
                return Poll::Pending;
            }
        }
        this.signal.state.store(IDLE, Ordering::Release);
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;
    use std::sync::atomic::AtomicUsize;
    use std::time::Duration;

    use super::*;

    #[derive(Default)]
    struct Count(AtomicUsize);

    impl Wake for Count {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }

    /// Wakes itself so often, then is done.
    fn wakes_itself(mut times: usize) -> impl Future<Output = ()> {
        poll_fn(move |cx| {
            if times == 0 {
                return Poll::Ready(());
            }
            times -= 1;
            cx.waker().wake_by_ref();
            Poll::Pending
        })
    }

    #[test]
    fn who_wakes_itself_goes_on_and_not_for_ever() {
        let count = Arc::new(Count::default());
        let waker = Waker::from(Arc::clone(&count));
        let mut cx = Context::from_waker(&waker);
        let mut few = Eager::new(wakes_itself(MOST - 1));
        assert!(Pin::new(&mut few).poll(&mut cx).is_ready());
        assert_eq!(count.0.load(Ordering::SeqCst), 0);
        let mut many = Eager::new(wakes_itself(MOST));
        assert!(Pin::new(&mut many).poll(&mut cx).is_pending());
        assert_eq!(count.0.load(Ordering::SeqCst), 1);
        assert!(Pin::new(&mut many).poll(&mut cx).is_ready());
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn no_wake_from_elsewhere_is_lost() {
        let (send, mut receive) = tokio::sync::mpsc::channel::<u32>(1);
        let all = tokio::spawn(Eager::new(async move {
            let mut sum = 0;
            while let Some(number) = receive.recv().await {
                sum += number;
                wakes_itself(1).await;
            }
            sum
        }));
        for number in 0..20_000 {
            send.send(number).await.unwrap();
        }
        drop(send);
        let sum = tokio::time::timeout(Duration::from_secs(60), all)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(sum, (0..20_000).sum::<u32>());
    }
}
