//! What one version prices: its entries sorted by goods, and the tiers of their tables.

use crate::table::{Entry, PlainTier, RichTier, Shape};

/// The entries of one version of a list or contract, shared by the books that have it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Entries {
    /// First those for skus, then those for categories; each sorted by number, of one thing in the order of units.
    entries: Vec<Entry>,
    /// How many are for skus.
    of_skus: u32,
    /// Where the entries of the skus with the same highest bits begin; one more at the end.
    begins: Vec<u32>,
    /// How many bits of a sku are not among these.
    shift: u32,
    plain: Vec<PlainTier>,
    /// The prices of the plain tiers after the version's rounding at `unit`, in step with them; empty: it has none.
    charged: Vec<i64>,
    rich: Vec<RichTier>,
}

/// An entry with what reads it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Table<'b> {
    pub(crate) entry: &'b Entry,
    pub(crate) shape: &'b Shape,
    entries: &'b Entries,
}

impl Entries {
    /// Entries that are in order, of which the first so many are for skus, in a book of `skus`.
    pub(crate) fn lay_out(&mut self, entries: Vec<Entry>, of_skus: usize, skus: usize) {
        self.entries = entries;
        self.of_skus = number(of_skus);
        // About as many runs as entries: a look-up meets one or two.
        let runs = of_skus.max(1).next_power_of_two();
        self.shift = skus.max(1).next_power_of_two().ilog2().saturating_sub(runs.ilog2()).min(31);
        let of_skus = self.entries.get(..of_skus).unwrap_or(&[]);
        let mut begins = Vec::with_capacity(runs.saturating_add(1));
        let mut place = 0_usize;
        for run in 0..=number(runs) {
            let before = |entry: &&Entry| entry.goods.wrapping_shr(self.shift) < run;
            place = place.saturating_add(of_skus.get(place..).unwrap_or(&[]).iter().take_while(before).count());
            begins.push(number(place));
        }
        self.begins = begins;
        self.plain.shrink_to_fit();
        self.charged.shrink_to_fit();
        self.rich.shrink_to_fit();
    }

    /// Makes room for the rows of so many tables, at least.
    pub(crate) fn reserve(&mut self, tables: usize) {
        self.plain.reserve(tables);
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

    /// The first entry for a sku, and its place.
    #[expect(clippy::inline_always, reason = "the hot path: a call costs a tenth of the look-up")]
    #[inline(always)]
    pub(crate) fn of_sku(&self, sku: u32) -> Option<(u32, &Entry)> {
        let run = sku.wrapping_shr(self.shift) as usize;
        let &[start, end] = self.begins.get(run..)?.first_chunk::<2>()?;
        self.first(sku, start, end)
    }

    /// The first entry for a category, and its place.
    pub(crate) fn of_category(&self, category: u32) -> Option<(u32, &Entry)> {
        self.first(category, self.of_skus, number(self.entries.len()))
    }

    /// The first entry for goods among those of a run.
    #[inline(always)]
    fn first(&self, goods: u32, start: u32, end: u32) -> Option<(u32, &Entry)> {
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

    /// The rows of an entry whose shape is rich.
    #[inline]
    pub(crate) fn rich(&self, entry: &Entry) -> &[RichTier] {
        rows(&self.rich, entry)
    }

    /// What a tier of a plain table charges: its price, after the version's rounding at `unit` if it has one.
    #[inline]
    pub(crate) fn charged(&self, entry: &Entry, tier: usize, price: i64) -> i64 {
        if self.charged.is_empty() {
            return price;
        }
        rows(&self.charged, entry).get(tier).copied().unwrap_or(price)
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
    pub(crate) fn charged(self, tier: usize) -> Option<i64> {
        Some(self.entries.charged(self.entry, tier, self.plain().get(tier)?.price))
    }

    /// The price per unit of the first tier, if it has one.
    pub(crate) fn opening_price(self) -> Option<i64> {
        if self.shape.rich { self.rich().first()?.price } else { Some(self.plain().first()?.price) }
    }
}

#[inline]
fn rows<'e, T>(rows: &'e [T], entry: &Entry) -> &'e [T] {
    let first = entry.first as usize;
    rows.get(first..first.saturating_add(entry.count() as usize)).unwrap_or(&[])
}

/// The limits of R0 keep every count of a book within 32 bits.
fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
