//! One load of one book, and everyone who waits for it.

use std::sync::Arc;
use std::time::Duration;

use async_lock::OnceCell;

use super::key::BookKey;
use super::load_error::LoadError;
use super::served::Held;
use super::statistics::Counters;

/// How a load ended.
pub(super) type Outcome = Result<Held, LoadError>;

/// One load of one book.
pub(super) struct Load {
    /// When it began, by the cache's clock.
    pub(super) began: Duration,
    outcome: OnceCell<Outcome>,
}

/// The right to end a load.
///
/// INVARIANT (no hang): whoever drops it without [`end`](Self::end) ends the load, as dropped. So a load that its runtime forgets leaves nobody waiting.
pub(super) struct Running {
    pub(super) key: BookKey,
    pub(super) load: Arc<Load>,
    counters: Arc<Counters>,
}

impl Load {
    pub(super) fn is_ended(&self) -> bool {
        self.outcome.is_initialized()
    }

    /// Waits for the end. What waits may be dropped at any time; the load goes on.
    pub(super) async fn ended(&self) -> Outcome {
        self.outcome.wait().await.clone()
    }
}

impl Running {
    /// Begins a load at `began`.
    pub(super) fn new(key: BookKey, began: Duration, counters: Arc<Counters>) -> Self {
        counters.load_began();
        Self { key, load: Arc::new(Load { began, outcome: OnceCell::new() }), counters }
    }

    /// Ends the load at `now` and tells everyone who waits.
    pub(super) fn end(self, outcome: Outcome, now: Duration) {
        self.counters.load_ended(now.saturating_sub(self.load.began));
        self.tell(outcome);
    }

    fn tell(&self, outcome: Outcome) {
        if outcome.is_err() {
            self.counters.load_failed();
        }
        // Cannot be refused: only the one `Running` of a load tells, and it tells once.
        let _ = self.load.outcome.try_set(outcome);
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if !self.load.is_ended() {
            self.tell(Err(LoadError::Dropped { tenant: self.key.tenant.clone() }));
        }
    }
}
