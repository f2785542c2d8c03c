//! One timer for all the limits that a connection meets in turn.

use std::{
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use tokio::time::{Instant, Sleep};

/// Putting a timer off costs more than letting it ring too early: it is only looked at when it rings, or when something
/// is due before that.
#[derive(Debug)]
pub(crate) struct Alarm {
    timer: Option<Pin<Box<Sleep>>>,
    rings: Instant,
    due: Option<Instant>,
    /// The timer wakes the task that polls this.
    armed: bool,
    reason: (Duration, u64),
}

impl Alarm {
    pub(crate) fn new() -> Self {
        Self {
            timer: None,
            rings: Instant::now(),
            due: None,
            armed: false,
            reason: (Duration::ZERO, 0),
        }
    }

    /// Rings after `limit` from now.
    pub(crate) fn set(&mut self, limit: Duration) {
        self.due = Instant::now().checked_add(limit);
        self.reason = (Duration::ZERO, 0);
    }

    /// Rings when `moved` has not changed for as long as `limit`; without a limit never.
    pub(crate) fn set_while_still(&mut self, limit: Option<Duration>, moved: u64) {
        match limit {
            None => self.due = None,
            Some(limit) if self.due.is_some() && self.reason == (limit, moved) => {}
            Some(limit) => {
                self.set(limit);
                self.reason = (limit, moved);
            }
        }
    }

    /// From now on another task polls it, about something else.
    pub(crate) fn comes_to_another(&mut self) {
        (self.due, self.armed) = (None, false);
    }

    pub(crate) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let Some(due) = self.due else {
            return Poll::Pending;
        };
        let timer = self.timer.get_or_insert_with(|| {
            self.rings = due;
            Box::pin(tokio::time::sleep_until(due))
        });
        if due < self.rings {
            timer.as_mut().reset(due);
            (self.rings, self.armed) = (due, false);
        }
        if self.armed && !timer.is_elapsed() {
            return Poll::Pending;
        }
        loop {
            if timer.as_mut().poll(cx).is_pending() {
                self.armed = true;
                return Poll::Pending;
            }
            self.armed = false;
            if Instant::now() >= due {
                return Poll::Ready(());
            }
            timer.as_mut().reset(due);
            self.rings = due;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn rings_when_due_however_often_it_was_put_off() {
        let start = Instant::now();
        let mut alarm = Alarm::new();
        for _ in 0..5 {
            alarm.set(Duration::from_secs(10));
            let slept = async { tokio::time::sleep(Duration::from_secs(4)).await };
            tokio::select! {
                () = poll_fn(|cx| alarm.poll(cx)) => panic!("too early"),
                () = slept => {}
            }
        }
        alarm.set(Duration::from_secs(3));
        poll_fn(|cx| alarm.poll(cx)).await;
        assert_eq!(start.elapsed().as_secs(), 23);
        alarm.set(Duration::from_secs(7));
        poll_fn(|cx| alarm.poll(cx)).await;
        assert_eq!(start.elapsed().as_secs(), 30);
    }

    #[tokio::test(start_paused = true)]
    async fn rings_for_whoever_has_it_now() {
        let start = Instant::now();
        let mut alarm = Alarm::new();
        for _ in 0..3 {
            alarm = tokio::spawn(async move {
                alarm.comes_to_another();
                alarm.set_while_still(Some(Duration::from_secs(10)), 0);
                tokio::select! {
                    () = poll_fn(|cx| alarm.poll(cx)) => panic!("too early"),
                    () = tokio::time::sleep(Duration::from_secs(4)) => alarm,
                }
            })
            .await
            .unwrap();
        }
        let waiting = tokio::spawn(async move {
            alarm.comes_to_another();
            alarm.set_while_still(Some(Duration::from_secs(10)), 0);
            poll_fn(|cx| alarm.poll(cx)).await;
        });
        waiting.await.unwrap();
        assert_eq!(start.elapsed().as_secs(), 22);
    }

    #[tokio::test(start_paused = true)]
    async fn movement_puts_it_off() {
        let start = Instant::now();
        let mut alarm = Alarm::new();
        let limit = Some(Duration::from_secs(10));
        for moved in 0..3 {
            for _ in 0..2 {
                alarm.set_while_still(limit, moved);
                let slept = async { tokio::time::sleep(Duration::from_secs(4)).await };
                tokio::select! {
                    () = poll_fn(|cx| alarm.poll(cx)) => panic!("too early"),
                    () = slept => {}
                }
            }
        }
        alarm.set_while_still(limit, 2);
        poll_fn(|cx| alarm.poll(cx)).await;
        assert_eq!(start.elapsed().as_secs(), 26);
    }
}
