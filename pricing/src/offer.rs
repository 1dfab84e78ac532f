//! Offers: the entries that are for a line, in the order in which they are asked (R3).

use crate::book::{PriceSource, Slot, SourceKind, slot_of};
use crate::line::Line;
use crate::order::Order;
use crate::plan::Asked;
use crate::table::{Base, Entry, NONE};

/// An entry of a version that may be asked for a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Offer {
    pub(crate) source: u32,
    pub(crate) entry: u32,
    /// The category it names; [`NONE`]: the sku.
    pub(crate) category: u32,
}

/// What an entry may name to be for a line: its sku, or one of the categories above it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Level {
    Sku,
    Category(u32),
}

impl Level {
    fn category(self) -> u32 {
        match self {
            Self::Sku => NONE,
            Self::Category(category) => category,
        }
    }
}

impl Order<'_> {
    /// The sku, then the categories above it, nearest first.
    pub(crate) fn levels(&self, line: &Line<'_>) -> impl Iterator<Item = Level> + '_ {
        std::iter::once(Level::Sku).chain(self.book.categories_up(line.product.category).map(Level::Category))
    }

    /// The slots of the lists for a level.
    #[inline]
    pub(crate) fn list_slots(&self, line: &Line<'_>, level: Level) -> &[Slot] {
        match level {
            Level::Sku => self.book.lists.of_sku(line.sku),
            Level::Category(category) => self.book.lists.of_category(category),
        }
    }

    /// The first entry of a source for a level.
    #[inline]
    pub(crate) fn first_entry(&self, line: &Line<'_>, asked: Asked, source: &PriceSource, level: Level) -> Option<u32> {
        match (&source.kind, level) {
            (SourceKind::List { .. }, level) => slot_of(self.list_slots(line, level), asked.source),
            (SourceKind::Contract { skus, .. }, Level::Sku) => self.book.contracts.of_sku(*skus, line.sku),
            (SourceKind::Contract { categories, .. }, Level::Category(category)) => {
                self.book.contracts.of_category(*categories, category)
            }
        }
    }

    /// The offers of a source for a level, in the order of units; those whose unit does not convert last of all.
    pub(crate) fn offers(
        &self,
        line: &Line<'_>,
        asked: Asked,
        source: &PriceSource,
        level: Level,
    ) -> impl Iterator<Item = Offer> + '_ {
        let first = self.first_entry(line, asked, source, level);
        let single = first.filter(|&first| self.entry(first).is_some_and(Entry::is_last));
        let several = first.filter(|_| single.is_none()).map(|first| self.in_unit_order(line, first));
        let single = single.filter(|&entry| self.holds(entry));
        let entries = single.into_iter().chain(several.into_iter().flatten());
        entries.map(move |entry| Offer { source: asked.source, entry, category: level.category() })
    }

    /// Whether an offer's unit converts to the line's.
    #[inline]
    pub(crate) fn converts(&self, line: &Line<'_>, offer: Offer) -> bool {
        let unit =
            self.entry(offer.entry).and_then(|entry| self.book.tables.shape(entry)).map_or(NONE, |shape| shape.unit);
        unit == line.unit || line.units.get(unit).is_some()
    }

    /// Whether an offer's table counts value in another currency than the order's.
    pub(crate) fn counts_foreign_value(&self, source: &PriceSource, offer: Offer) -> bool {
        let shape = self.entry(offer.entry).and_then(|entry| self.book.tables.shape(entry));
        source.currency != self.currency && shape.is_some_and(|shape| shape.base == Base::Value)
    }

    #[inline]
    pub(crate) fn entry(&self, entry: u32) -> Option<Entry> {
        self.book.tables.entries.get(entry as usize).copied()
    }

    /// Whether an entry holds at the order's date.
    #[inline]
    fn holds(&self, entry: u32) -> bool {
        let period = self.entry(entry).map_or(0, Entry::period);
        period == 0 || self.book.periods.get(period as usize).is_some_and(|period| period.contains(self.valid_at))
    }

    /// Of a slot's entries, the one that counts of each unit: the line's unit, then the product's, then by name.
    fn in_unit_order(&self, line: &Line<'_>, first: u32) -> Vec<u32> {
        let unit_of =
            |entry: u32| self.entry(entry).and_then(|entry| self.book.tables.shape(entry)).map_or(NONE, |of| of.unit);
        let mut counting: Vec<(u32, u32)> = Vec::new();
        for entry in first.. {
            // Entries of one unit stand together, the one that starts last first.
            if self.holds(entry) && counting.last().is_none_or(|(unit, _)| *unit != unit_of(entry)) {
                counting.push((unit_of(entry), entry));
            }
            if self.entry(entry).is_none_or(Entry::is_last) {
                break;
            }
        }
        let own = line.units.units.first().map_or(NONE, |own| own.unit);
        counting.sort_by_key(|(unit, _)| (*unit != line.unit, *unit != own)); // stable: the rest stays by name
        counting.into_iter().map(|(_, entry)| entry).collect()
    }
}
