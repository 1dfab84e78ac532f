//! A cache whose loads do what a test says, when it says so, by a clock that the test turns.

use std::collections::BTreeSet;
use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use emptor::Book;
use emptor::cache::{BookCache, BookKey, BookVersion, CacheSettings, Served};
use emptor::core::{Instant, TenantId};
use tokio::sync::watch;
use tokio::task::AbortHandle;

/// Fresh for 60 seconds, stale for 600, failures kept for one.
pub(crate) const SETTINGS: CacheSettings = CacheSettings {
    books_max: 100,
    fresh_for: Duration::from_mins(1),
    stale_for: Duration::from_mins(10),
    failures_kept_for: Duration::from_secs(1),
};

/// A cache, and the strings of what it loads with.
pub(crate) struct Rig {
    pub(crate) cache: BookCache,
    loads: Arc<Loads>,
    tasks: Arc<Mutex<Vec<AbortHandle>>>,
}

/// What a load gives.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Answer {
    /// The book of the load's own number.
    Book,
    Error,
    Panic,
}

struct Loads {
    /// Of the first loads; those after them give books.
    answers: Vec<Answer>,
    begun: AtomicU64,
    running: AtomicU64,
    running_max: AtomicU64,
    released: watch::Sender<BTreeSet<u64>>,
    clock_millis: AtomicU64,
}

impl Rig {
    pub(crate) fn new(settings: CacheSettings, answers: &[Answer]) -> Self {
        let loads = Arc::new(Loads {
            answers: answers.to_vec(),
            begun: AtomicU64::new(0),
            running: AtomicU64::new(0),
            running_max: AtomicU64::new(0),
            released: watch::Sender::default(),
            clock_millis: AtomicU64::new(5000),
        });
        let tasks: Arc<Mutex<Vec<AbortHandle>>> = Arc::default();
        let (of_load, of_clock, of_spawn) = (Arc::clone(&loads), Arc::clone(&loads), Arc::clone(&tasks));
        let cache = BookCache::with_clock(
            settings,
            move |_| Arc::clone(&of_load).load(),
            move |task| of_spawn.lock().unwrap().push(tokio::spawn(task).abort_handle()),
            move || Duration::from_millis(of_clock.clock_millis.load(SeqCst)),
        );
        Self { cache, loads, tasks }
    }

    /// As [`new`](Self::new), with loads that do not wait to be released.
    pub(crate) fn released(settings: CacheSettings, answers: &[Answer]) -> Self {
        let rig = Self::new(settings, answers);
        rig.release(1..=1000);
        rig
    }

    /// Lets the loads of these numbers end. Numbers are in the order of beginning, from 1.
    pub(crate) fn release(&self, numbers: impl IntoIterator<Item = u64>) {
        self.loads.released.send_modify(|released| released.extend(numbers));
    }

    /// Turns the clock forward.
    pub(crate) fn pass(&self, time: Duration) {
        self.loads.clock_millis.fetch_add(u64::try_from(time.as_millis()).unwrap(), SeqCst);
    }

    /// Drops the task of a load, as a runtime does that shuts down.
    pub(crate) fn abort_load(&self, number: usize) {
        self.tasks.lock().unwrap()[number - 1].abort();
    }

    /// Loads that reached the loader.
    pub(crate) fn begun(&self) -> u64 {
        self.loads.begun.load(SeqCst)
    }

    /// The most loads that ran at once.
    pub(crate) fn running_max(&self) -> u64 {
        self.loads.running_max.load(SeqCst)
    }

    /// Asks in a task of its own.
    pub(crate) fn ask(&self, key: &BookKey) -> tokio::task::JoinHandle<Result<Served, emptor::cache::LoadError>> {
        let (cache, key) = (self.cache.clone(), key.clone());
        tokio::spawn(async move { cache.get(&key).await })
    }

    /// Asks and is given a book.
    pub(crate) async fn get(&self, key: &BookKey) -> Served {
        in_time(self.cache.get(key)).await.unwrap()
    }

    /// Asks and is given an error.
    pub(crate) async fn get_code(&self, key: &BookKey) -> &'static str {
        in_time(self.cache.get(key)).await.unwrap_err().code()
    }

    /// Waits until `misses` have asked for what is not there.
    pub(crate) async fn until_misses(&self, misses: u64) {
        until(async || self.cache.statistics().await.misses == misses).await;
    }

    /// Waits until `begun` loads have reached the loader.
    pub(crate) async fn until_begun(&self, begun: u64) {
        until(async || self.begun() == begun).await;
    }

    /// Waits until `failures` loads have failed.
    pub(crate) async fn until_failures(&self, failures: u64) {
        until(async || self.cache.statistics().await.failures == failures).await;
    }
}

impl Loads {
    async fn load(self: Arc<Self>) -> Result<Book, String> {
        let number = self.begun.fetch_add(1, SeqCst) + 1;
        self.running_max.fetch_max(self.running.fetch_add(1, SeqCst) + 1, SeqCst);
        self.released.subscribe().wait_for(|released| released.contains(&number)).await.unwrap();
        self.running.fetch_sub(1, SeqCst);
        let index = usize::try_from(number).unwrap() - 1;
        match self.answers.get(index).unwrap_or(&Answer::Book) {
            Answer::Book => Ok(book(number)),
            Answer::Error => Err(format!("no answer to load {number}")),
            Answer::Panic => panic!("load {number} went wrong"),
        }
    }
}

/// A book that has only its number.
pub(crate) fn book(number: u64) -> Book {
    let text = format!(
        r#"{{ "tenant": {{ "tenant": "acme", "currency": "EUR", "time_zone": "UTC" }},
              "organizations": [ {{ "organization": "buyer-{number}" }} ] }}"#
    );
    Book::from_json(&text, Instant::MAX).unwrap()
}

pub(crate) fn is_book(served: &Served, number: u64) -> bool {
    served.book.fingerprint() == book(number).fingerprint()
}

/// The latest book of a tenant.
pub(crate) fn key(tenant: &str) -> BookKey {
    BookKey { tenant: TenantId::new(tenant).unwrap(), version: BookVersion::LATEST }
}

/// What the future gives; that it hangs is a failure, not the end of the tests.
pub(crate) async fn in_time<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_mins(1), future).await.expect("it hangs")
}

/// Waits until something holds that other tasks bring about.
pub(crate) async fn until(holds: impl AsyncFn() -> bool) {
    in_time(async {
        while !holds().await {
            tokio::task::yield_now().await;
        }
    })
    .await;
}
