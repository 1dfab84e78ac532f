//! Offers: the entries that are for a line, in the order in which they are asked (R3).

use crate::book::PriceSource;
use crate::entries::Table;
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
    pub(crate) fn category(self) -> u32 {
        match self {
            Self::Sku => NONE,
            Self::Category(category) => category,
        }
    }
}

impl<'b> Order<'b> {
    /// The sku, then the categories above it, nearest first.
    pub(crate) fn levels(&self, line: &Line<'_>) -> impl Iterator<Item = Level> + '_ {
        std::iter::once(Level::Sku).chain(self.book.categories_up(line.product.category).map(Level::Category))
    }

    /// The first entry of a source for a level.
    #[inline]
    pub(crate) fn first_entry(&self, line: &Line<'_>, asked: &Asked, level: Level) -> Option<u32> {
        let entries = self.book.entries.get(asked.source as usize)?;
        let found = match level {
            Level::Sku => entries.of_sku(line.sku),
            Level::Category(category) => entries.of_category(category),
        };
        found.map(|(place, _)| place)
    }

    /// The offers of a source for a level, in the order of units.
    pub(crate) fn offers(&self, line: &Line<'_>, asked: &Asked, level: Level) -> impl Iterator<Item = Offer> + use<> {
        let first = self.first_entry(line, asked, level);
        let entries = first.map(|first| self.in_unit_order(line, asked.source, first)).into_iter().flatten();
        let source = asked.source;
        entries.map(move |entry| Offer { source, entry, category: level.category() })
    }

    /// Whether an offer's unit converts to the line's.
    #[inline]
    pub(crate) fn converts(&self, line: &Line<'_>, offer: Offer) -> bool {
        let unit = self.table(offer).map_or(NONE, |table| table.shape.unit);
        unit == line.unit || line.units.get(unit).is_some()
    }

    /// Whether an offer's table counts value in another currency than the order's.
    pub(crate) fn counts_foreign_value(&self, source: &PriceSource, offer: Offer) -> bool {
        source.currency != self.currency && self.table(offer).is_some_and(|table| table.shape.base == Base::Value)
    }

    /// An offer's entry, with what reads it.
    #[inline]
    pub(crate) fn table(&self, offer: Offer) -> Option<Table<'b>> {
        self.book.table(offer.source, offer.entry)
    }

    /// Whether an entry holds at the order's date.
    #[inline]
    pub(crate) fn holds(&self, entry: &Entry) -> bool {
        entry.valid.contains(self.valid_at)
    }

    /// Of a version's entries for some goods, the one that counts of each unit: the line's unit, then the product's, then by name.
    fn in_unit_order(&self, line: &Line<'_>, source: u32, first: u32) -> Vec<u32> {
        let mut counting: Vec<(u32, u32)> = Vec::new();
        for entry in first.. {
            let Some(table) = self.book.table(source, entry) else { break };
            // Entries of one unit stand together, the one that starts last first.
            if self.holds(table.entry) && counting.last().is_none_or(|(unit, _)| *unit != table.shape.unit) {
                counting.push((table.shape.unit, entry));
            }
            if table.entry.is_last() {
                break;
            }
        }
        let own = line.units.units.first().map_or(NONE, |own| own.unit);
        counting.sort_by_key(|(unit, _)| (*unit != line.unit, *unit != own)); // stable: the rest stays by name
        counting.into_iter().map(|(_, entry)| entry).collect()
    }
}
