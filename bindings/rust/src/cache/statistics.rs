//! What a cache has done so far.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

/// What a cache has done since it was made, and what it holds now.
///
/// A book that is asked for is a hit, a stale hit or a miss. Warming is neither; its loads are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CacheStatistics {
    /// Fresh books given at once.
    pub hits: u64,
    /// Stale books given at once.
    pub stale_hits: u64,
    /// Those who waited for a load, or were told why a recent one failed.
    pub misses: u64,
    /// Loads that were begun, in the background and for warming too.
    pub loads: u64,
    /// Loads that gave no book: error, panic or dropped.
    pub failures: u64,
    /// Books that made room for others.
    pub evictions: u64,
    /// The time of all loads that ended, together; of those that failed too.
    pub load_time_total: Duration,
    /// The time of the load that ended last.
    pub load_time_last: Duration,
    /// Books in memory, also those too old to be served.
    pub books_held: u64,
    /// The age of the oldest book in memory; absent: there is none.
    pub oldest_age: Option<Duration>,
}

/// Counts, each correct by itself; what is read while others count may be one apart.
#[derive(Default)]
pub(super) struct Counters {
    hits: AtomicU64,
    stale_hits: AtomicU64,
    misses: AtomicU64,
    loads: AtomicU64,
    failures: AtomicU64,
    evictions: AtomicU64,
    load_nanos_total: AtomicU64,
    load_nanos_last: AtomicU64,
}

impl Counters {
    pub(super) fn hit(&self) {
        self.hits.fetch_add(1, Relaxed);
    }

    pub(super) fn stale_hit(&self) {
        self.stale_hits.fetch_add(1, Relaxed);
    }

    pub(super) fn missed(&self) {
        self.misses.fetch_add(1, Relaxed);
    }

    pub(super) fn load_began(&self) {
        self.loads.fetch_add(1, Relaxed);
    }

    pub(super) fn load_failed(&self) {
        self.failures.fetch_add(1, Relaxed);
    }

    pub(super) fn load_ended(&self, time: Duration) {
        let nanos = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        self.load_nanos_total.fetch_add(nanos, Relaxed);
        self.load_nanos_last.store(nanos, Relaxed);
    }

    pub(super) fn evicted(&self) {
        self.evictions.fetch_add(1, Relaxed);
    }

    pub(super) fn read(&self, books_held: u64, oldest_age: Option<Duration>) -> CacheStatistics {
        CacheStatistics {
            hits: self.hits.load(Relaxed),
            stale_hits: self.stale_hits.load(Relaxed),
            misses: self.misses.load(Relaxed),
            loads: self.loads.load(Relaxed),
            failures: self.failures.load(Relaxed),
            evictions: self.evictions.load(Relaxed),
            load_time_total: Duration::from_nanos(self.load_nanos_total.load(Relaxed)),
            load_time_last: Duration::from_nanos(self.load_nanos_last.load(Relaxed)),
            books_held,
            oldest_age,
        }
    }
}
