//! Tenants' books in memory, for a service that prices many requests (feature `cache`).
//!
//! A [`BookCache`] asks the service's own loader for a book, once however many ask, and keeps it:
//!
//! - fresh for `fresh_for`: it is given at once;
//! - stale for `stale_for` after that: it is given at once, and a fresh one is loaded in the background;
//! - older, or not there: whoever asks waits for the load. An error or a panic of the loader is given to all who wait.
//!
//! [`invalidate`](BookCache::invalidate) is for events, such as that a contract was published. It depends on no runtime: the service
//! says how a future is spawned, and every load is. So a load goes on when those who wait for it give up.

mod key;
mod load;
mod load_error;
mod served;
mod settings;
mod shelf;
mod statistics;

use std::error::Error;
use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use emptor_core::TenantId;
use futures_util::future::{BoxFuture, FutureExt as _};
use futures_util::stream::{self, StreamExt as _};

use self::load::{Load, Running};
use self::served::Held;
use self::shelf::{Found, Shelf};
use self::statistics::Counters;
use crate::book::Book;

pub use self::key::{BookKey, BookVersion};
pub use self::load_error::LoadError;
pub use self::served::{Freshness, Served};
pub use self::settings::CacheSettings;
pub use self::statistics::CacheStatistics;

/// A load, for the spawner to run to its end.
pub type LoadTask = Pin<Box<dyn Future<Output = ()> + Send>>;

type AnyError = Box<dyn Error + Send + Sync>;
type Loader = Box<dyn Fn(BookKey) -> BoxFuture<'static, Result<Book, AnyError>> + Send + Sync>;

/// How often a load that was dropped is begun again for those who wait.
const LOADS_DROPPED_MAX: usize = 3;

/// Tenants' books in memory. Cheap to clone; clones share the books.
#[derive(Clone)]
pub struct BookCache(Arc<Inner>);

struct Inner {
    shelf: Shelf,
    counters: Arc<Counters>,
    load: Loader,
    spawn: Box<dyn Fn(LoadTask) + Send + Sync>,
    clock: Box<dyn Fn() -> Duration + Send + Sync>,
}

impl BookCache {
    /// Makes an empty cache that loads with `load` and runs loads with `spawn`.
    ///
    /// A load that never ends is waited for, so give `load` a time limit. Compiling a large book takes a while; where
    /// that matters, `load` should do it on a thread that may block.
    ///
    /// # Example
    /// ```
    /// use emptor::cache::{BookCache, BookKey, BookVersion, CacheSettings};
    /// use emptor::core::{Instant, TenantId};
    /// use emptor::{Book, Problem};
    ///
    /// async fn load(key: BookKey) -> Result<Book, String> {
    ///     # let folders = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples");
    ///     let folder = std::path::Path::new(folders).join(key.tenant.as_str());
    ///     let compiled = emptor::read_folder(&folder).and_then(|read| Book::compile(&read, key.version.known_at()));
    ///     compiled.map_err(|problems| problems.first().map_or_else(String::new, Problem::to_string))
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let cache = BookCache::new(CacheSettings::default(), load, |task| {
    ///     tokio::spawn(task);
    /// });
    /// let key = BookKey { tenant: TenantId::new("wholesale").unwrap(), version: BookVersion::LATEST };
    /// let first = cache.get(&key).await.unwrap();
    /// let second = cache.get(&key).await.unwrap();
    /// assert_eq!(first.book.fingerprint(), second.book.fingerprint());
    /// assert_eq!(cache.statistics().await.loads, 1);
    /// # }
    /// ```
    pub fn new<F, E>(
        settings: CacheSettings,
        load: impl Fn(BookKey) -> F + Send + Sync + 'static,
        spawn: impl Fn(LoadTask) + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = Result<Book, E>> + Send + 'static,
        E: Into<Box<dyn Error + Send + Sync>>,
    {
        let start = std::time::Instant::now();
        Self::with_clock(settings, load, spawn, move || start.elapsed())
    }

    /// As [`new`](Self::new), with a clock: the time since some moment, which never goes back.
    pub fn with_clock<F, E>(
        settings: CacheSettings,
        load: impl Fn(BookKey) -> F + Send + Sync + 'static,
        spawn: impl Fn(LoadTask) + Send + Sync + 'static,
        clock: impl Fn() -> Duration + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = Result<Book, E>> + Send + 'static,
        E: Into<Box<dyn Error + Send + Sync>>,
    {
        let counters = Arc::new(Counters::default());
        Self(Arc::new(Inner {
            shelf: Shelf::new(settings, Arc::clone(&counters)),
            counters,
            load: Box::new(move |key| load(key).map(|result| result.map_err(Into::into)).boxed()),
            spawn: Box::new(spawn),
            clock: Box::new(clock),
        }))
    }

    /// The book of `key`: from memory, if it is there and not too old, or else from the loader.
    ///
    /// # Errors
    /// `book.load_failed`, `book.load_panicked` or `book.load_dropped`, if there is no book in memory that may be served.
    pub async fn get(&self, key: &BookKey) -> Result<Served, LoadError> {
        let Some(served) = self.0.shelf.look(key, self.now()).await else {
            self.0.counters.missed();
            return self.fresh(key).await;
        };
        match served.freshness {
            Freshness::Fresh => self.0.counters.hit(),
            Freshness::Stale => {
                self.0.counters.stale_hit();
                if let Found::Begun(running) = self.0.shelf.find(key, self.now()).await {
                    self.start(running);
                }
            }
        }
        Ok(served)
    }

    /// Loads those of `keys` that are not in memory and fresh, at most `loads_at_once_max` at once, and says what became of each, in
    /// the order of `keys`.
    pub async fn warm(
        &self,
        keys: Vec<BookKey>,
        loads_at_once_max: NonZeroUsize,
    ) -> Vec<(BookKey, Result<Served, LoadError>)> {
        let loads = keys.into_iter().enumerate().map(|(index, key)| async move {
            let result = self.fresh(&key).await;
            (index, (key, result))
        });
        let mut ended: Vec<_> = stream::iter(loads).buffer_unordered(loads_at_once_max.get()).collect().await;
        ended.sort_unstable_by_key(|&(index, _)| index);
        ended.into_iter().map(|(_, told)| told).collect()
    }

    /// Takes all books of a tenant out of memory. Once this has returned, who asks is given a book whose load began after the call.
    ///
    /// Those who wait for a load already are given its book, which is not kept.
    pub async fn invalidate(&self, tenant: &TenantId) {
        self.0.shelf.take_off(|key| key.tenant == *tenant).await;
    }

    /// As [`invalidate`](Self::invalidate), of one version.
    pub async fn invalidate_version(&self, key: &BookKey) {
        self.0.shelf.take_off(|other| other == key).await;
    }

    /// What the cache has done and holds. Takes time in proportion to the books held.
    pub async fn statistics(&self) -> CacheStatistics {
        self.0.shelf.statistics(self.now()).await
    }

    async fn fresh(&self, key: &BookKey) -> Result<Served, LoadError> {
        let mut outcome = self.loaded(key).await;
        for _ in 0..LOADS_DROPPED_MAX {
            if !matches!(outcome, Err(LoadError::Dropped { .. })) {
                break;
            }
            outcome = self.loaded(key).await;
        }
        outcome
    }

    /// A fresh book, or what the one load gives that is under way or begun now.
    async fn loaded(&self, key: &BookKey) -> Result<Served, LoadError> {
        let load = match self.0.shelf.find(key, self.now()).await {
            Found::Fresh(served) => return Ok(served),
            Found::Failed(error) => return Err(error),
            Found::UnderWay(load) => load,
            Found::Begun(running) => self.start(running),
        };
        let held = load.ended().await?;
        Ok(self.0.shelf.serve(held, self.now()))
    }

    fn start(&self, running: Running) -> Arc<Load> {
        let load = Arc::clone(&running.load);
        let task = Box::pin(Arc::clone(&self.0).run(running));
        // A spawner that panics has dropped the task, and so ended the load; whoever waits is told that.
        let _ = catch_unwind(AssertUnwindSafe(|| (self.0.spawn)(task)));
        load
    }

    fn now(&self) -> Duration {
        (self.0.clock)()
    }
}

impl Inner {
    async fn run(self: Arc<Self>, running: Running) {
        let tenant = running.key.tenant.clone();
        // The loader is called inside, for it may panic before it has made its future.
        let loading = async { (self.load)(running.key.clone()).await };
        let outcome = match AssertUnwindSafe(loading).catch_unwind().await {
            Ok(Ok(book)) => Ok(Held { book: Arc::new(book), as_of: running.load.began }),
            Ok(Err(cause)) => Err(LoadError::Failed { tenant, cause: cause.into() }),
            Err(payload) => Err(LoadError::panicked(tenant, &*payload)),
        };
        let now = (self.clock)();
        self.shelf.settle(&running, &outcome, now).await;
        running.end(outcome, now);
    }
}
