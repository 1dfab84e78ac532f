//! How many books a cache holds, and for how long.

use std::time::Duration;

/// How many books a cache holds, and for how long they and failures are good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CacheSettings {
    /// The most books in memory; beyond, those go that were asked for longest ago, give or take a moment. Zero: none is held.
    pub books_max: u64,
    /// How long a book is fresh, from when its load began.
    pub fresh_for: Duration,
    /// How long, after that, a book may be served stale while a fresh one is loaded. Zero: not at all.
    pub stale_for: Duration,
    /// How long a failed load is not tried again, and what it said is given instead. Zero: not at all.
    pub failures_kept_for: Duration,
}

impl Default for CacheSettings {
    /// A thousand books, fresh for a minute, then stale for ten; failures for a second.
    fn default() -> Self {
        Self {
            books_max: 1000,
            fresh_for: Duration::from_mins(1),
            stale_for: Duration::from_mins(10),
            failures_kept_for: Duration::from_secs(1),
        }
    }
}
