//! The order of entries in memory: by version, then goods, so that a look-up reads neighbours.

use std::cmp::Ordering;
use std::sync::Arc;

use emptor_core::Period;

use super::Builder;
use super::draft::Target;
use crate::code::Code;
use crate::entries::Entries;
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
        let slot = (self.source, self.target).cmp(&(other.source, other.target));
        let unit = || if self.unit == other.unit { Ordering::Equal } else { by_name(units, self.unit, other.unit) };
        let start = || other.valid.from.cmp(&self.valid.from);
        slot.then_with(unit).then_with(start).then_with(|| self.valid.to.cmp(&other.valid.to))
    }
}

impl Builder<'_> {
    /// Puts all entries in order, version by version.
    pub(super) fn lay_out(&mut self) {
        let mut indexed = std::mem::take(&mut self.indexed);
        let units = &self.names.units;
        indexed.sort_by(|left, right| left.order(right, units).then(left.origin.cmp(&right.origin)));
        self.report_duplicates(&indexed);
        let skus = self.products.len();
        let mut rest = indexed.as_slice();
        self.laid = (0_u32..)
            .zip(std::mem::take(&mut self.rows))
            .map(|(source, rows)| {
                let (own, later) = rest.split_at(rest.partition_point(|indexed| indexed.source == source));
                rest = later;
                let of_skus = own.partition_point(|indexed| matches!(indexed.target, Target::Sku(_)));
                Entries::of(marked(own), of_skus, rows, skus)
            })
            .collect();
        self.indexed = indexed;
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

/// The entries of a version in order, the last of each run for one thing marked.
fn marked(indexed: &[Indexed]) -> Arc<[table::Entry]> {
    let mark = |(place, own): (usize, &Indexed)| {
        let mut entry = own.entry;
        if indexed.get(place.saturating_add(1)).is_none_or(|next| next.target != own.target) {
            entry.mark_last();
        }
        entry
    };
    // Of known length, so that they are written where they stay.
    indexed.iter().enumerate().map(mark).collect()
}
