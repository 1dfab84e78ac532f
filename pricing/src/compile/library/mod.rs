//! Documents with the book of them, so that the next book shares what did not change.

mod again;
mod changes;
mod ground;
mod kept;
mod next_book;
mod recorded;
mod sources;
mod stated;
mod take_over;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use emptor_core::{Diagnostic, Digest, Documents, Instant, ScriptLimits};

use super::compile_written;
use crate::book::PriceBook;

pub use changes::Changes;
use ground::Ground;
use kept::Kept;

/// A tenant's documents with the book of them: what the book after a change is made from.
///
/// A [`PriceBook`] alone is smaller; keep a library where books follow each other. A library does not change, and what two of
/// them have in common they share.
#[derive(Debug, Clone)]
pub struct Library {
    kept: Kept,
    ground: Ground,
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

    /// The library after some changes, as recorded by `known_at`: what [`Self::compile`] makes of the documents so changed,
    /// where what is replaced stays in its place and what is new comes last.
    ///
    /// Where price lists and contracts change that state prices and nothing else, what did not change is shared, and it takes
    /// as long as the lists and contracts that change, and the plans of all buyers. It takes a full compile where documents of
    /// another kind change; where a list or contract that changes has discounts, order rules, commitments, scripts or derived
    /// prices, or other lists follow from it; where it is the first or last to state a guard, a category, a count over lines,
    /// a side of tax or a unit of its own; where `known_at` goes back, or more becomes known by it of other documents; and
    /// where something is wrong.
    ///
    /// Handles end with their book: ask the next one for its own.
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
        let is_of_prices = changes.are_of_prices();
        let mut kept = self.kept.clone();
        changes.make(&mut kept);
        let again = if is_of_prices { self.again(&kept, known_at) } else { None };
        again.map_or_else(|| Self::of(kept, known_at), Ok)
    }

    fn of(mut kept: Kept, known_at: Instant) -> Result<Self, Vec<Diagnostic>> {
        let written = kept.written();
        let compiled = compile_written(&written, known_at, ScriptLimits::DEFAULT)?;
        let ground = Ground::of(&compiled, &kept, known_at);
        let digests: Vec<Digest> = compiled.lines.iter().map(|line| line.digest).collect();
        let book = Arc::new(compiled.book);
        kept.file_all(&digests);
        Ok(Self { kept, ground, book })
    }
}
