//! The books in memory, the loads under way and the failures of a moment ago, and how one becomes another.
//!
//! INVARIANT (one lock): a load is begun, a load's book is put onto the shelf, and loads are forgotten, only under the lock of
//! `loads`. Therefore a key has one load under way, and a book whose load was under way when its key was taken off does not come back: its load is
//! no longer among `loads`. Only `settle` awaits while it has the lock, and it runs in a task of its own; a caller that stops polling
//! stops nobody else.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::time::Duration;

use async_lock::Mutex;
use moka::future::Cache;
use moka::policy::EvictionPolicy;

use super::key::BookKey;
use super::load::{Load, Outcome, Running};
use super::load_error::LoadError;
use super::served::{Freshness, Held, Served};
use super::settings::CacheSettings;
use super::statistics::{CacheStatistics, Counters};

/// The most failures that are kept; beyond, the older are forgotten and their loads tried again.
const FAILURES_KEPT_MAX: u64 = 10_000;

/// The books of a cache.
pub(super) struct Shelf {
    settings: CacheSettings,
    held: Cache<BookKey, Held>,
    failures: Cache<BookKey, Failure>,
    loads: Mutex<BTreeMap<BookKey, Arc<Load>>>,
    /// How many loads have settled; counted under the lock.
    settled: AtomicU64,
    counters: Arc<Counters>,
}

/// What there is for who needs a fresh book.
pub(super) enum Found {
    Fresh(Served),
    /// A load failed a moment ago.
    Failed(LoadError),
    UnderWay(Arc<Load>),
    /// None of these, so a load has begun, which the finder must run.
    Begun(Running),
}

#[derive(Clone)]
struct Failure {
    error: LoadError,
    at: Duration,
}

impl Shelf {
    pub(super) fn new(settings: CacheSettings, counters: Arc<Counters>) -> Self {
        let evictions = Arc::clone(&counters);
        // A book that was just loaded is about to be used; the default policy might not admit it.
        let held = Cache::builder()
            .max_capacity(settings.books_max)
            .eviction_policy(EvictionPolicy::lru())
            .eviction_listener(move |_, _, cause| {
                if cause.was_evicted() {
                    evictions.evicted();
                }
            })
            .build();
        let failures = Cache::builder().max_capacity(FAILURES_KEPT_MAX).eviction_policy(EvictionPolicy::lru()).build();
        Self { settings, held, failures, loads: Mutex::default(), settled: AtomicU64::new(0), counters }
    }

    /// A book that may be served, fresh or stale.
    pub(super) async fn look(&self, key: &BookKey, now: Duration) -> Option<Served> {
        let held = self.held.get(key).await?;
        let servable_for = self.settings.fresh_for.saturating_add(self.settings.stale_for);
        (held.age(now) < servable_for).then(|| self.serve(held, now))
    }

    /// A fresh book, or else the load that will give one.
    pub(super) async fn find(&self, key: &BookKey, now: Duration) -> Found {
        loop {
            let settled = self.settled.load(SeqCst);
            if let Some(found) = self.recall(key, now).await {
                return found;
            }
            let mut loads = self.loads.lock().await;
            // One that was dropped ended without leaving `loads`.
            if let Some(load) = loads.get(key).filter(|load| !load.is_ended()) {
                return Found::UnderWay(Arc::clone(load));
            }
            // Otherwise this key's load may have settled between the look and the lock.
            if settled == self.settled.load(SeqCst) {
                let running = Running::new(key.clone(), now, Arc::clone(&self.counters));
                loads.insert(key.clone(), Arc::clone(&running.load));
                return Found::Begun(running);
            }
        }
    }

    /// What a load has given, if it is still good.
    async fn recall(&self, key: &BookKey, now: Duration) -> Option<Found> {
        let served = self.held.get(key).await.map(|held| self.serve(held, now));
        if let Some(served) = served.filter(|served| served.freshness == Freshness::Fresh) {
            return Some(Found::Fresh(served));
        }
        let failure = self.failures.get(key).await?;
        let is_kept = now.saturating_sub(failure.at) < self.settings.failures_kept_for;
        is_kept.then_some(Found::Failed(failure.error))
    }

    /// Takes what a load gave, unless its key was taken off in the meantime.
    pub(super) async fn settle(&self, running: &Running, outcome: &Outcome, now: Duration) {
        let Running { key, load, .. } = running;
        let mut loads = self.loads.lock().await;
        if !loads.get(key).is_some_and(|current| Arc::ptr_eq(current, load)) {
            return;
        }
        match outcome {
            Ok(held) => self.held.insert(key.clone(), held.clone()).await,
            Err(error) => self.failures.insert(key.clone(), Failure { error: error.clone(), at: now }).await,
        }
        loads.remove(key);
        self.settled.fetch_add(1, SeqCst);
    }

    /// Takes off every key that `is_meant`: books, failures, and what loads under way will give.
    pub(super) async fn take_off(&self, is_meant: impl Fn(&BookKey) -> bool) {
        self.loads.lock().await.retain(|key, _| !is_meant(key));
        let meant: Vec<_> = self.held.iter().map(|(key, _)| key).filter(|key| is_meant(key)).collect();
        for key in meant {
            self.held.invalidate(&*key).await;
        }
        let meant: Vec<_> = self.failures.iter().map(|(key, _)| key).filter(|key| is_meant(key)).collect();
        for key in meant {
            self.failures.invalidate(&*key).await;
        }
    }

    pub(super) fn serve(&self, held: Held, now: Duration) -> Served {
        held.served(now, self.settings.fresh_for)
    }

    pub(super) async fn statistics(&self, now: Duration) -> CacheStatistics {
        // Moka evicts in its own time; only then are the counts true.
        self.held.run_pending_tasks().await;
        let oldest_age = self.held.iter().map(|(_, held)| held.age(now)).max();
        self.counters.read(self.held.entry_count(), oldest_age)
    }
}
