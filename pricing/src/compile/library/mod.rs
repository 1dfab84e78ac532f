//! Documents with the book of them, so that the next book shares what did not change.

mod changes;
mod kept;

use std::sync::Arc;

use emptor_core::{Diagnostic, Documents, Instant, ScriptLimits};

use super::compile_written;
use crate::book::PriceBook;

pub use changes::Changes;
use kept::Kept;

/// A tenant's documents with the book of them: what the book after a change is made from.
///
/// A [`PriceBook`] alone is smaller; keep a library where books follow each other. A library does not change, and what two of
/// them have in common they share.
#[derive(Debug, Clone)]
pub struct Library {
    kept: Kept,
    book: Arc<PriceBook>,
}

impl Library {
    /// Compiles documents, as [`crate::compile`] does, and keeps them.
    ///
    /// # Errors
    /// As [`crate::compile`].
    pub fn compile(documents: Documents, known_at: Instant) -> Result<Self, Vec<Diagnostic>> {
        Self::of(Kept::new(documents), known_at)
    }

    /// The book of the documents.
    pub fn book(&self) -> &Arc<PriceBook> {
        &self.book
    }

    /// The library after some changes, as recorded by `known_at`. Its book equals the one that [`crate::compile`] makes of
    /// all documents.
    ///
    /// # Errors
    /// As [`crate::compile`].
    ///
    /// # Example
    /// ```
    /// use emptor_core::Instant;
    /// use emptor_pricing::{Changes, Library};
    /// let json = r#"{ "tenant": { "tenant": "acme", "currency": "EUR", "time_zone": "Europe/Berlin" },
    ///     "catalogs": [{ "catalog": "main", "products": [{ "sku": "BOLT", "unit": "pc" }] }],
    ///     "price_lists": [{ "price_list": "list", "currency": "EUR", "entries": [{ "sku": "BOLT", "price": "9.80" }] }] }"#;
    /// let before = Library::compile(serde_json::from_str(json).unwrap(), Instant::MAX).unwrap();
    /// let list = r#"{ "price_list": "list", "currency": "EUR", "entries": [{ "sku": "BOLT", "price": "9.90" }] }"#;
    /// let changes = Changes { price_lists: vec![serde_json::from_str(list).unwrap()], ..Changes::default() };
    /// let after = before.with(changes, Instant::MAX).unwrap();
    /// assert_ne!(before.book().fingerprint(), after.book().fingerprint());
    /// ```
    pub fn with(&self, changes: Changes, known_at: Instant) -> Result<Self, Vec<Diagnostic>> {
        let mut kept = self.kept.clone();
        changes.make(&mut kept);
        Self::of(kept, known_at)
    }

    fn of(kept: Kept, known_at: Instant) -> Result<Self, Vec<Diagnostic>> {
        let compiled = compile_written(&kept.written(), known_at, ScriptLimits::DEFAULT)?;
        let book = Arc::new(compiled.book);
        Ok(Self { kept, book })
    }
}
