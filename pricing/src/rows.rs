//! The rows of one version's tables under way, and how small tables are read.

use crate::table::{Entry, PlainTier, RichTier, number};

/// How many rows of a small plain table are read at once.
const ROWS_AT_ONCE: usize = 4;

const OF_NO_TABLE: [PlainTier; ROWS_AT_ONCE - 1] = [PlainTier { start: 0, price: 0 }; ROWS_AT_ONCE - 1];

/// The rows of a small plain table, and maybe of later ones, or of none.
pub(crate) type RowsAtOnce = [PlainTier; ROWS_AT_ONCE];

/// The rows of the tables of one version of a list or contract, while they are laid down.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rows {
    plain: Vec<PlainTier>,
    /// The prices of the plain tiers after the version's rounding at `unit`, in step with them; empty: it has none.
    charged: Vec<i64>,
    rich: Vec<RichTier>,
}

impl Rows {
    /// Plain rows, what they charge, and rich rows. After the plain ones stand some of no table, so that the last table's
    /// are read at once, too.
    pub(crate) fn into_parts(mut self) -> (Vec<PlainTier>, Vec<i64>, Vec<RichTier>) {
        if !self.plain.is_empty() {
            self.plain.extend(OF_NO_TABLE);
        }
        (self.plain, self.charged, self.rich)
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

    /// Marks an entry of plain rows, once they stand here, if they can be read at once.
    pub(crate) fn mark(&self, entry: &mut Entry) {
        if entry.count() as usize <= ROWS_AT_ONCE && self.charged.is_empty() {
            entry.mark_at_once();
        }
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
