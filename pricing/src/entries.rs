//! The entries of a version as a book holds them: found by sku, and read as tables.

use std::sync::Arc;

use crate::directory::{Directory, Whereabouts};
use crate::rows::{Rows, RowsAtOnce};
use crate::table::{Entry, PlainTier, RichTier, Shape, number};

/// The entries of one version of a list or contract, shared by the books that have it.
///
/// What most look-ups read stands here, in one line of the cache: most versions that are asked have nothing for a sku.
#[derive(Debug, Clone, Default)]
#[repr(align(64))]
pub(crate) struct Entries {
    directory: Directory,
    /// First those for skus, then those for categories; each sorted by number, of one thing in the order of units.
    all: Arc<[Entry]>,
    /// After them stand some of no table, so that the last table's are read at once, too.
    plain: Arc<[PlainTier]>,
    /// `None`: all entries are for skus, of plain rows, which charge what is written.
    seldom: Option<Arc<Seldom>>,
}

/// What few versions have.
#[derive(Debug)]
struct Seldom {
    /// How many entries are for skus.
    of_skus: u32,
    /// The prices of the plain rows after the version's rounding at `unit`, in step with them; empty: it has none.
    charged: Box<[i64]>,
    rich: Box<[RichTier]>,
}

/// An entry with what reads it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Table<'b> {
    pub(crate) entry: &'b Entry,
    pub(crate) shape: &'b Shape,
    entries: &'b Entries,
}

impl Entries {
    /// Entries that are in order, of which the first so many are for skus, with their rows; in a book of `skus`.
    pub(crate) fn of(all: Arc<[Entry]>, of_skus: usize, rows: Rows, skus: usize) -> Self {
        let goods: Vec<u32> = all.iter().take(of_skus).map(|entry| entry.goods).collect();
        let directory = Directory::new(&goods, skus);
        let (plain, charged, rich) = rows.into_parts();
        let has_more = of_skus < all.len() || !charged.is_empty() || !rich.is_empty();
        let seldom = || Seldom { of_skus: number(of_skus), charged: charged.into(), rich: rich.into() };
        Self { directory, all, plain: plain.into(), seldom: has_more.then(|| Arc::new(seldom())) }
    }

    /// Whether both are the same in memory.
    #[cfg(test)]
    pub(crate) fn is_shared_with(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.all, &other.all)
    }

    /// All entries in order, each with whether it is for a sku.
    pub(crate) fn all(&self) -> impl ExactSizeIterator<Item = (&Entry, bool)> {
        let of_skus = self.of_skus() as usize;
        self.all.iter().enumerate().map(move |(number, entry)| (entry, number < of_skus))
    }

    /// The entries for one thing, from the first of them on.
    pub(crate) fn run_from(&self, first: u32) -> &[Entry] {
        let rest = self.all.get(first as usize..).unwrap_or(&[]);
        let last = rest.iter().position(|entry| entry.is_last()).unwrap_or(rest.len());
        rest.get(..=last).unwrap_or(rest)
    }

    /// How many entries are for skus.
    fn of_skus(&self) -> u32 {
        self.seldom.as_ref().map_or(number(self.all.len()), |seldom| seldom.of_skus)
    }

    /// Whether some entry is for a category.
    pub(crate) fn has_categories(&self) -> bool {
        number(self.all.len()) > self.of_skus()
    }

    #[inline]
    pub(crate) fn get(&self, entry: u32) -> Option<&Entry> {
        self.all.get(entry as usize)
    }

    /// The first entry for a sku, and its place.
    #[expect(clippy::inline_always, reason = "the hot path: a call costs a tenth of the look-up")]
    #[inline(always)]
    pub(crate) fn of_sku(&self, sku: u32) -> Option<(u32, &Entry)> {
        match self.directory.find(sku)? {
            Whereabouts::At(place) => Some((place, self.get(place)?)),
            Whereabouts::Within(start, end) => self.first(sku, start, end),
        }
    }

    /// The first entry for a category, and its place.
    pub(crate) fn of_category(&self, category: u32) -> Option<(u32, &Entry)> {
        self.first(category, self.of_skus(), number(self.all.len()))
    }

    /// The first entry for goods among those of a run.
    #[inline]
    fn first(&self, goods: u32, start: u32, end: u32) -> Option<(u32, &Entry)> {
        const FEW: usize = 8;
        let run = self.all.get(start as usize..end as usize)?;
        if run.len() > FEW {
            let place = run.partition_point(|entry| entry.goods < goods);
            let entry = run.get(place).filter(|entry| entry.goods == goods)?;
            return Some((start.wrapping_add(number(place)), entry));
        }
        let mut place = start;
        for entry in run {
            if entry.goods == goods {
                return Some((place, entry));
            }
            place = place.wrapping_add(1);
        }
        None
    }

    /// The rows of an entry whose shape is plain.
    #[inline]
    fn plain(&self, entry: &Entry) -> &[PlainTier] {
        rows(&self.plain, entry)
    }

    /// The rows of an entry, and maybe of later ones, if they can be read at once.
    #[inline]
    pub(crate) fn rows_at_once(&self, entry: &Entry) -> Option<&RowsAtOnce> {
        if entry.is_at_once() { self.plain.get(entry.first as usize..)?.first_chunk() } else { None }
    }

    /// The last row of an entry whose shape is plain that begins at a quantity or below it, and what it charges.
    pub(crate) fn reached(&self, entry: &Entry, quantity_micros: i64) -> Option<(u32, i64)> {
        let rows = self.plain(entry);
        let last = number(rows.partition_point(|row| row.start <= quantity_micros)).checked_sub(1)?;
        Some((last, self.charged(entry, last, rows.get(last as usize)?.price)))
    }

    /// The rows of an entry whose shape is rich.
    #[inline]
    fn rich(&self, entry: &Entry) -> &[RichTier] {
        self.seldom.as_ref().map_or(&[], |seldom| rows(&seldom.rich, entry))
    }

    /// What a tier of a plain table charges: its price, after the version's rounding at `unit` if it has one.
    #[inline]
    fn charged(&self, entry: &Entry, tier: u32, price: i64) -> i64 {
        let charged = self.seldom.as_ref().filter(|seldom| !seldom.charged.is_empty());
        let rounded = charged.and_then(|seldom| rows(&seldom.charged, entry).get(tier as usize));
        rounded.copied().unwrap_or(price)
    }
}

impl<'b> Table<'b> {
    #[inline]
    pub(crate) fn of(entries: &'b Entries, entry: u32, shapes: &'b [Shape]) -> Option<Self> {
        Self::read(entries, entries.get(entry)?, shapes)
    }

    /// An entry that may not stand in its place yet.
    #[inline]
    pub(crate) fn read(entries: &'b Entries, entry: &'b Entry, shapes: &'b [Shape]) -> Option<Self> {
        Some(Self { entry, shape: shapes.get(entry.shape as usize)?, entries })
    }

    /// Its rows, where its shape is plain.
    #[inline]
    pub(crate) fn plain(self) -> &'b [PlainTier] {
        self.entries.plain(self.entry)
    }

    /// Its rows, where its shape is rich.
    #[inline]
    pub(crate) fn rich(self) -> &'b [RichTier] {
        self.entries.rich(self.entry)
    }

    /// What a tier charges, where its shape is plain.
    #[inline]
    pub(crate) fn charged(self, tier: u32) -> Option<i64> {
        Some(self.entries.charged(self.entry, tier, self.plain().get(tier as usize)?.price))
    }

    /// The price per unit of the first tier, if it has one.
    pub(crate) fn opening_price(self) -> Option<i64> {
        if self.shape.rich { self.rich().first()?.price } else { Some(self.plain().first()?.price) }
    }
}

/// The rows of an entry among those of its version.
#[inline]
fn rows<'e, T>(rows: &'e [T], entry: &Entry) -> &'e [T] {
    let first = entry.first as usize;
    rows.get(first..first.saturating_add(entry.count() as usize)).unwrap_or(&[])
}

#[cfg(test)]
mod tests {
    use emptor_core::Instant;
    use serde_json::json;

    use super::Entries;

    #[test]
    fn what_is_read_of_most_versions_is_one_line_of_the_cache() {
        assert_eq!(size_of::<Entries>(), 64);
    }

    #[test]
    fn the_rows_of_a_table_of_up_to_four_are_read_at_once_where_they_charge_what_is_written() {
        for (count, rounding, expected) in [(1, false, true), (4, false, true), (5, false, false), (4, true, false)] {
            let tiers: Vec<[String; 2]> = (0..count).map(|tier| [tier.to_string(), "9.80".to_owned()]).collect();
            let mut list = json!({ "price_list": "list", "currency": "EUR",
                "entries": [{ "sku": "NUT", "price": "1" }, { "sku": "BOLT", "tiers": tiers }] });
            if rounding {
                list["rounding"] = json!({ "at": "unit", "increment": "0.05" });
            }
            let documents = json!({ "tenant": { "tenant": "acme", "currency": "EUR", "time_zone": "UTC" },
                "catalogs": [{ "catalog": "main", "products": [{ "sku": "NUT", "unit": "pc" }, { "sku": "BOLT", "unit": "pc" }] }],
                "price_lists": [list] });
            let book = crate::compile(&serde_json::from_value(documents).unwrap(), Instant::MAX).unwrap();
            let entries = &book.entries[0];
            let (_, entry) = entries.of_sku(book.names.skus.find("BOLT").unwrap()).unwrap();
            let rows = entries.rows_at_once(entry);
            assert_eq!(rows.is_some(), expected, "{count} rows, rounding: {rounding}");
            assert!(rows.is_none_or(|rows| rows[..count].iter().all(|row| row.price == 98)), "{rows:?}");
            assert_eq!(entry.count(), u32::try_from(count).unwrap());
        }
    }
}
