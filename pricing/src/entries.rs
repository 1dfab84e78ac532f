//! The entries of a version as a book holds them: found by sku, and read as tables.

use std::ops::Deref;
use std::sync::Arc;

use crate::directory::{Directory, Whereabouts};
use crate::rows::Rows;
use crate::table::{Entry, PlainTier, RichTier, Shape};

/// The entries of one version of a list or contract, shared by the books that have it.
///
/// The directory stands beside what it leads to: most versions that are asked have nothing for a sku.
#[derive(Debug, Clone, Default)]
pub(crate) struct Entries {
    directory: Directory,
    rows: Arc<Rows>,
}

/// An entry with what reads it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Table<'b> {
    pub(crate) entry: &'b Entry,
    pub(crate) shape: &'b Shape,
    rows: &'b Rows,
}

impl Entries {
    /// The entries of rows, in a book of `skus`.
    pub(crate) fn of(rows: Rows, skus: usize) -> Self {
        let of_skus: Vec<u32> = rows.of_skus().iter().map(|entry| entry.goods).collect();
        Self { directory: Directory::new(&of_skus, skus), rows: Arc::new(rows) }
    }

    /// Whether both are the same in memory.
    #[cfg(test)]
    pub(crate) fn is_shared_with(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.rows, &other.rows)
    }

    /// The first entry for a sku, and its place.
    #[expect(clippy::inline_always, reason = "the hot path: a call costs a tenth of the look-up")]
    #[inline(always)]
    pub(crate) fn of_sku(&self, sku: u32) -> Option<(u32, &Entry)> {
        match self.directory.find(sku)? {
            Whereabouts::At(place) => Some((place, self.rows.get(place)?)),
            Whereabouts::Within(start, end) => self.rows.first(sku, start, end),
        }
    }
}

impl Deref for Entries {
    type Target = Rows;

    fn deref(&self) -> &Rows {
        &self.rows
    }
}

impl<'b> Table<'b> {
    #[inline]
    pub(crate) fn of(rows: &'b Rows, entry: u32, shapes: &'b [Shape]) -> Option<Self> {
        Self::read(rows, rows.get(entry)?, shapes)
    }

    /// An entry that may not stand in its place yet.
    #[inline]
    pub(crate) fn read(rows: &'b Rows, entry: &'b Entry, shapes: &'b [Shape]) -> Option<Self> {
        Some(Self { entry, shape: shapes.get(entry.shape as usize)?, rows })
    }

    /// Its rows, where its shape is plain.
    #[inline]
    pub(crate) fn plain(self) -> &'b [PlainTier] {
        self.rows.plain(self.entry)
    }

    /// Its rows, where its shape is rich.
    #[inline]
    pub(crate) fn rich(self) -> &'b [RichTier] {
        self.rows.rich(self.entry)
    }

    /// What a tier charges, where its shape is plain.
    #[inline]
    pub(crate) fn charged(self, tier: u32) -> Option<i64> {
        Some(self.rows.charged(self.entry, tier, self.plain().get(tier as usize)?.price))
    }

    /// The price per unit of the first tier, if it has one.
    pub(crate) fn opening_price(self) -> Option<i64> {
        if self.shape.rich { self.rich().first()?.price } else { Some(self.plain().first()?.price) }
    }
}
