//! What a book is asked for by: a tenant, and by when its documents were recorded.

use emptor_core::{Instant, TenantId};

/// Names one book: a tenant's, in one version.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BookKey {
    /// Whose book.
    pub tenant: TenantId,
    /// Which of the tenant's books.
    pub version: BookVersion,
}

/// Which of a tenant's books: the one that [`Book::compile`](crate::Book::compile) makes with this instant as `known_at`.
///
/// Every instant is a version of its own, so ask for [`LATEST`](Self::LATEST), or for the instant of a recording, and not for the time
/// of the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BookVersion(Instant);

impl BookVersion {
    /// With everything that is recorded when the book is loaded.
    pub const LATEST: Self = Self(Instant::MAX);

    /// With what was recorded by `known_at`.
    pub fn recorded_by(known_at: Instant) -> Self {
        Self(known_at)
    }

    /// By when what is in the book was recorded.
    pub fn known_at(self) -> Instant {
        self.0
    }
}
