//! Where a buyer's products were found: one that is asked for again is not looked for again.

use super::Asking;
use crate::plain::Hit;

/// How many products are kept in mind; of two that share a cell, the one asked for last.
const CELLS: usize = 1024;

/// How many lines a buyer must ask for before any is: for fewer the cells are not worth their making.
const LINES_MIN: u32 = 32;

/// The entries that a buyer's products were found at.
#[derive(Debug, Default)]
pub(crate) struct FoundBefore<'b> {
    /// How many lines were asked for, until there are cells.
    lines: u32,
    cells: Option<Box<[Option<Hit<'b>>; CELLS]>>,
}

impl<'b> FoundBefore<'b> {
    /// The entry that prices a product, as [`Asking::find`] finds it.
    #[expect(clippy::inline_always, reason = "the hot path: a call costs a tenth of the look-up")]
    #[inline(always)]
    pub(crate) fn find(&mut self, asking: &Asking<'b>, sku: u32) -> Option<Hit<'b>> {
        let Some(cells) = &mut self.cells else {
            self.lines = self.lines.saturating_add(1);
            // Where the short way is closed, nothing is found.
            if self.lines == LINES_MIN && asking.book.short.is_open {
                self.make_cells();
            }
            return asking.find(sku);
        };
        let cell = cells.get_mut(sku as usize % CELLS)?;
        match cell {
            Some(hit) if hit.sku == sku => Some(*hit),
            _ => find_first(cell, asking, sku),
        }
    }

    /// Whether some are kept in mind.
    #[cfg(test)]
    pub(crate) fn has_cells(&self) -> bool {
        self.cells.is_some()
    }

    #[cold]
    fn make_cells(&mut self) {
        self.cells = vec![None; CELLS].try_into().ok();
    }
}

#[inline(never)]
fn find_first<'b>(cell: &mut Option<Hit<'b>>, asking: &Asking<'b>, sku: u32) -> Option<Hit<'b>> {
    let hit = asking.find(sku)?;
    *cell = Some(hit);
    Some(hit)
}
