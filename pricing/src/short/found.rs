//! Where a buyer's products were found: one that is asked for again is not looked for again.

use super::Asking;
use crate::plain::Hit;
use crate::table::NONE;

/// How many products are kept in mind; of two that share a cell, the one asked for last.
const CELLS: usize = 1024;

/// How many lines a buyer must ask for before any is: for fewer the cells are not worth their making.
const LINES_MIN: u32 = 16;

/// The entries that a buyer's products were found at.
#[derive(Debug, Default)]
pub(crate) struct FoundBefore {
    /// How many lines were asked for, until there are cells.
    lines: u32,
    cells: Option<Box<[Cell; CELLS]>>,
}

#[derive(Debug, Clone, Copy)]
struct Cell {
    /// [`NONE`]: it holds nothing yet.
    sku: u32,
    source: u32,
    place: u32,
}

impl FoundBefore {
    /// The entry that prices a product, as [`crate::plain::PlainWay::find`] finds it.
    #[expect(clippy::inline_always, reason = "the hot path: a call costs a tenth of the look-up")]
    #[inline(always)]
    pub(crate) fn find<'b>(&mut self, asking: &Asking<'b>, sku: u32) -> Option<Hit<'b>> {
        let Some(cells) = &mut self.cells else {
            self.lines = self.lines.saturating_add(1);
            if self.lines == LINES_MIN {
                self.make_cells();
            }
            return asking.way().find(sku);
        };
        let cell = cells.get_mut(sku as usize % CELLS)?;
        if cell.sku == sku { asking.way().at(cell.source, cell.place) } else { find_first(cell, asking, sku) }
    }

    #[cold]
    fn make_cells(&mut self) {
        self.cells = Some(Box::new([Cell { sku: NONE, source: NONE, place: NONE }; CELLS]));
    }
}

#[inline(never)]
fn find_first<'b>(cell: &mut Cell, asking: &Asking<'b>, sku: u32) -> Option<Hit<'b>> {
    let hit = asking.way().find(sku)?;
    *cell = Cell { sku, source: hit.source, place: hit.place };
    Some(hit)
}
