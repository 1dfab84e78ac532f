//! What one version prices: its entries sorted by goods, and the tiers of their tables.

use crate::table::{Entry, PlainTier, RichTier, number};

/// How many rows of a small plain table are read at once.
const AT_ONCE: usize = 4;

const OF_NO_TABLE: [PlainTier; AT_ONCE - 1] = [PlainTier { start: 0, price: 0 }; AT_ONCE - 1];

/// The rows of a small plain table, and maybe of later ones, or of none.
pub(crate) type RowsAtOnce = [PlainTier; AT_ONCE];

/// The entries of one version of a list or contract.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rows {
    /// First those for skus, then those for categories; each sorted by number, of one thing in the order of units.
    entries: Vec<Entry>,
    /// How many are for skus.
    of_skus: u32,
    /// After them stand some of no table, so that the last table's are read at once, too.
    plain: Vec<PlainTier>,
    /// The prices of the plain tiers after the version's rounding at `unit`, in step with them; empty: it has none.
    charged: Vec<i64>,
    rich: Vec<RichTier>,
}

impl Rows {
    /// Takes entries that are in order, of which the first so many are for skus.
    pub(crate) fn take(&mut self, entries: Vec<Entry>, of_skus: usize) {
        self.entries = entries;
        self.of_skus = number(of_skus);
        if !self.plain.is_empty() {
            self.plain.extend(OF_NO_TABLE);
        }
        self.plain.shrink_to_fit();
        self.charged.shrink_to_fit();
        self.rich.shrink_to_fit();
    }

    /// Makes room for so many rows of plain tables.
    pub(crate) fn reserve(&mut self, rows: usize) {
        self.plain.reserve_exact(rows.saturating_add(OF_NO_TABLE.len()));
    }

    /// Adds a row of a plain table, and what it charges where that is otherwise than written.
    pub(crate) fn add_plain(&mut self, tier: PlainTier, charged: Option<i64>) {
        self.plain.push(tier);
        self.charged.extend(charged);
    }

    /// How many rows of plain tables there are.
    pub(crate) fn plain_rows(&self) -> u32 {
        number(self.plain.len())
    }

    /// Drops the rows of plain tables that were added since there were so many.
    pub(crate) fn drop_plain(&mut self, rows: u32) {
        self.plain.truncate(rows as usize);
        self.charged.truncate(rows as usize);
    }

    /// Adds the rows of any other table, and gives the first.
    pub(crate) fn add_rich(&mut self, tiers: Vec<RichTier>) -> u32 {
        let first = number(self.rich.len());
        self.rich.extend(tiers);
        first
    }

    /// All entries in order, each with whether it is for a sku.
    pub(crate) fn all(&self) -> impl ExactSizeIterator<Item = (&Entry, bool)> {
        self.entries.iter().enumerate().map(|(number, entry)| (entry, number < self.of_skus as usize))
    }

    /// The entries for one thing, from the first of them on.
    pub(crate) fn run_from(&self, first: u32) -> &[Entry] {
        let rest = self.entries.get(first as usize..).unwrap_or(&[]);
        let last = rest.iter().position(|entry| entry.is_last()).unwrap_or(rest.len());
        rest.get(..=last).unwrap_or(rest)
    }

    /// Whether some entry is for a category.
    pub(crate) fn has_categories(&self) -> bool {
        self.entries.len() > self.of_skus as usize
    }

    #[inline]
    pub(crate) fn get(&self, entry: u32) -> Option<&Entry> {
        self.entries.get(entry as usize)
    }

    /// Those for skus.
    pub(crate) fn of_skus(&self) -> &[Entry] {
        self.entries.get(..self.of_skus as usize).unwrap_or(&[])
    }

    /// The first entry for a category, and its place.
    pub(crate) fn of_category(&self, category: u32) -> Option<(u32, &Entry)> {
        self.first(category, self.of_skus, number(self.entries.len()))
    }

    /// The first entry for goods among those of a run.
    #[inline]
    pub(crate) fn first(&self, goods: u32, start: u32, end: u32) -> Option<(u32, &Entry)> {
        const FEW: usize = 8;
        let run = self.entries.get(start as usize..end as usize)?;
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
    pub(crate) fn plain(&self, entry: &Entry) -> &[PlainTier] {
        rows(&self.plain, entry)
    }

    /// Marks an entry of plain rows, once they stand here, if they can be read at once.
    pub(crate) fn mark(&self, entry: &mut Entry) {
        if entry.count() as usize <= AT_ONCE && self.charged.is_empty() {
            entry.mark_at_once();
        }
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
    pub(crate) fn rich(&self, entry: &Entry) -> &[RichTier] {
        rows(&self.rich, entry)
    }

    /// What a tier of a plain table charges: its price, after the version's rounding at `unit` if it has one.
    #[inline]
    pub(crate) fn charged(&self, entry: &Entry, tier: u32, price: i64) -> i64 {
        if self.charged.is_empty() {
            return price;
        }
        rows(&self.charged, entry).get(tier as usize).copied().unwrap_or(price)
    }
}

/// The last of the first `count` rows that begins at a quantity or below it, and what it charges.
#[expect(clippy::inline_always, reason = "the hot path: a call costs a tenth of the look-up")]
#[inline(always)]
pub(crate) fn reached_at_once(rows: &RowsAtOnce, count: u32, quantity_micros: i64) -> Option<(u32, i64)> {
    let [first, second, third, fourth] = rows;
    // Without a branch, for where a quantity falls cannot be foreseen. Rows of one table ascend, so that behind one that has
    // not begun only a later table's can have.
    let begun = |row: &PlainTier| u32::from(row.start <= quantity_micros);
    let one = begun(first);
    let two = one & begun(second);
    let three = two & begun(third);
    let four = three & begun(fourth);
    let last = [two, three, four].into_iter().fold(one, u32::wrapping_add).min(count).checked_sub(1)?;
    Some((last, rows.get(last as usize)?.price))
}

#[inline]
fn rows<'e, T>(rows: &'e [T], entry: &Entry) -> &'e [T] {
    let first = entry.first as usize;
    rows.get(first..first.saturating_add(entry.count() as usize)).unwrap_or(&[])
}
