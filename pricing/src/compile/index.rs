//! The order of entries in memory: by goods, then version, so that a look-up reads neighbours.

use std::cmp::Ordering;

use emptor_core::Period;

use super::draft::Target;
use super::{Builder, number};
use crate::book::{Slot, SlotIndex};
use crate::code::Code;
use crate::table::{self, by_name};

/// An entry with what it is found by.
#[derive(Debug, Clone, Copy)]
pub(super) struct Indexed {
    pub(super) target: Target,
    pub(super) source: u32,
    pub(super) unit: u32,
    pub(super) valid: Period,
    pub(super) entry: table::Entry,
    /// Its place among the entries of its version.
    pub(super) origin: u32,
}

impl Indexed {
    /// Of one slot, the line's unit is looked for first; then units by name. Of one unit, the entry that starts last
    /// comes first, of these the one that ends first.
    fn order(&self, other: &Self, units: &crate::names::Names) -> Ordering {
        let slot = (self.target, self.source).cmp(&(other.target, other.source));
        let unit = || if self.unit == other.unit { Ordering::Equal } else { by_name(units, self.unit, other.unit) };
        let start = || other.valid.from.cmp(&self.valid.from);
        slot.then_with(unit).then_with(start).then_with(|| self.valid.to.cmp(&other.valid.to))
    }
}

impl Builder<'_> {
    /// Puts all entries in order and makes the index over them.
    pub(super) fn lay_out(&mut self) -> SlotIndex {
        let mut indexed = std::mem::take(&mut self.indexed);
        let units = &self.names.units;
        indexed.sort_by(|left, right| left.order(right, units).then(left.origin.cmp(&right.origin)));
        self.report_duplicates(&indexed);
        self.indexed = indexed;
        let mut index = SlotIndex {
            sku_ends: vec![0; self.products.len()],
            category_ends: vec![0; self.category_parents.len()],
            ..SlotIndex::default()
        };
        for (slot, target) in self.slots() {
            let (ends, run, thing) = match target {
                Target::Sku(sku) => (&mut index.sku_ends, &mut index.sku_slots, sku),
                Target::Category(category) => (&mut index.category_ends, &mut index.category_slots, category),
            };
            run.push(slot);
            if let Some(end) = ends.get_mut(thing as usize) {
                *end = number(run.len());
            }
        }
        for ends in [&mut index.sku_ends, &mut index.category_ends] {
            let mut before = 0;
            for end in ends {
                before = before.max(*end);
                *end = before;
            }
        }
        index.sku_slots.shrink_to_fit();
        index
    }

    /// Moves the entries into the tables, in order, and gives the first of each run of one version for one thing.
    fn slots(&mut self) -> Vec<(Slot, Target)> {
        let mut slots = Vec::new();
        self.tables.entries = Vec::with_capacity(self.indexed.len());
        for run in self.indexed.chunk_by(|left, right| (left.target, left.source) == (right.target, right.source)) {
            if let Some(first) = run.first() {
                let slot = Slot { source: first.source, entry: number(self.tables.entries.len()) };
                slots.push((slot, first.target));
            }
            self.tables.entries.extend(run.iter().map(|indexed| indexed.entry));
            if let Some(last) = self.tables.entries.last_mut() {
                last.mark_last();
            }
        }
        self.tables.plain.shrink_to_fit();
        self.tables.rich.shrink_to_fit();
        slots
    }

    fn report_duplicates(&mut self, indexed: &[Indexed]) {
        for (earlier, later) in indexed.iter().zip(indexed.iter().skip(1)) {
            if earlier.order(later, &self.names.units) != Ordering::Equal {
                continue;
            }
            if let Some(entries) = self.entry_places.get(later.source as usize) {
                let place = entries.index(later.origin as usize);
                let message = format!(
                    "the entry {} prices the same goods in the same unit and time",
                    entries.index(earlier.origin as usize)
                );
                self.report.error(Code::EntryDuplicate, &place, message, "drop one of them, or give it other dates");
            }
        }
    }
}
