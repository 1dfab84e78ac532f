//! What a cache gives: a book, how old it is, and whether that is old.

use std::sync::Arc;
use std::time::Duration;

use crate::book::Book;

/// A book out of a cache.
#[derive(Debug, Clone)]
pub struct Served {
    /// The book, shared with everyone who was given it.
    pub book: Arc<Book>,
    /// The time since the load of the book began: nothing that was recorded before is missing from it.
    pub age: Duration,
    /// Whether the age is within what was set.
    pub freshness: Freshness,
}

/// Whether a book is as new as was set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    /// Younger than `fresh_for`.
    Fresh,
    /// Older; a newer one is being loaded, or could not be.
    Stale,
}

/// A book, and since when.
#[derive(Clone)]
pub(super) struct Held {
    pub(super) book: Arc<Book>,
    /// When its load began, by the cache's clock.
    pub(super) as_of: Duration,
}

impl Held {
    pub(super) fn age(&self, now: Duration) -> Duration {
        now.saturating_sub(self.as_of)
    }

    pub(super) fn served(self, now: Duration, fresh_for: Duration) -> Served {
        let age = self.age(now);
        let freshness = if age < fresh_for { Freshness::Fresh } else { Freshness::Stale };
        Served { book: self.book, age, freshness }
    }
}
