//! What happens to a server, told to those who wait for that one, and to nobody else.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::timeout;

/// How often each kind of thing was told since somebody began to wait for this server.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct News {
    /// Something may be wished otherwise.
    pub wishes: u32,
    /// A phase was written.
    pub phases: u32,
    /// One that nobody waits behind: it runs, or it does not.
    pub outcomes: u32,
    /// A step of a start was written.
    pub steps: u32,
    /// The server itself has spoken to the hub.
    pub signs: u32,
}

#[derive(Default)]
pub(super) struct Told(Mutex<HashMap<i64, watch::Sender<News>>>);

impl Told {
    pub fn tell(&self, spawner_id: i64, what: impl FnOnce(&mut News)) {
        if let Some(news) = self.listeners().get(&spawner_id) {
            news.send_modify(what);
        }
    }

    pub fn watch(self: &Arc<Self>, spawner_id: i64) -> Watch {
        let mut listeners = self.listeners();
        let news = listeners.entry(spawner_id).or_default().subscribe();
        let seen = *news.borrow();
        Watch {
            told: Arc::clone(self),
            spawner_id,
            news,
            seen,
        }
    }

    fn listeners(&self) -> MutexGuard<'_, HashMap<i64, watch::Sender<News>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Waits for news of one server.
pub(super) struct Watch {
    told: Arc<Told>,
    spawner_id: i64,
    news: watch::Receiver<News>,
    seen: News,
}

impl Watch {
    /// What was told until now is known, or is about to be read.
    pub fn mark(&mut self) {
        self.seen = *self.news.borrow();
    }

    /// Comes back when there is news of this kind since the last mark, or when it is time to look anyway; and marks.
    pub async fn until(&mut self, kind: impl Fn(&News) -> u32, at_most: Duration) {
        let known = kind(&self.seen);
        // The sender stays for as long as there is a watch.
        let _ = timeout(at_most, self.news.wait_for(|news| kind(news) != known)).await;
        self.mark();
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let mut listeners = self.told.listeners();
        if listeners
            .get(&self.spawner_id)
            .is_some_and(|news| news.receiver_count() <= 1)
        {
            listeners.remove(&self.spawner_id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_secs(3600);

    #[tokio::test(start_paused = true)]
    async fn only_news_of_the_kind_and_the_server_wakes() {
        let told = Arc::new(Told::default());
        let mut watch = told.watch(1);
        told.tell(1, |news| news.steps += 1);
        told.tell(2, |news| news.wishes += 1);
        let begun = tokio::time::Instant::now();
        watch.until(|news| news.wishes, LONG).await;
        assert!(begun.elapsed() >= LONG, "woken by what it does not wait for");
        told.tell(1, |news| news.wishes += 1);
        let begun = tokio::time::Instant::now();
        watch.until(|news| news.wishes, LONG).await;
        assert!(begun.elapsed() < LONG, "told between two looks, and not heard");
    }

    #[test]
    fn nothing_is_kept_of_servers_that_nobody_waits_for() {
        let told = Arc::new(Told::default());
        let (one, other) = (told.watch(1), told.watch(1));
        drop(one);
        assert_eq!(told.listeners().len(), 1);
        drop(other);
        told.tell(1, |news| news.steps += 1);
        assert!(told.listeners().is_empty());
    }
}
