//! Compiled tables: an entry's shape, and its tiers in flat rows.

use emptor_core::{AgainstLists, Exact, Period, Ratio};

use crate::names::Names;

/// No category, unit or group.
pub(crate) const NONE: u32 = u32::MAX;

/// One entry: a table of tiers and how it is read. 32 bytes, and one for each price in the book.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entry {
    /// The sku or category that it is for.
    pub(crate) goods: u32,
    /// Its first row in the plain or the rich tiers, as its shape says.
    pub(crate) first: u32,
    /// How many rows it has; and in the highest bits, [`LAST`] and [`AT_ONCE`].
    count_and_marks: u32,
    /// How it is read.
    pub(crate) shape: u32,
    /// When it holds.
    pub(crate) valid: Period,
}

/// How tables are read: one for all entries that are read alike.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the document, independent of the others")]
pub(crate) struct Shape {
    /// The unit of quantities and prices.
    pub(crate) unit: u32,
    /// The base quantity of prices, in millionths of the unit; above zero.
    pub(crate) per_micros: i64,
    /// The same in whole units; zero: it is not whole.
    pub(crate) per: i64,
    /// The decimals of the prices.
    pub(crate) scale: u32,
    /// What makes a price at the scale one at 10 decimals.
    pub(crate) to_amount: i64,
    /// Whether the rows are rich.
    pub(crate) rich: bool,
    pub(crate) graduated: bool,
    /// Whether a tier includes its upper bound and not its lower.
    pub(crate) up_to: bool,
    pub(crate) base: Base,
    pub(crate) scope: Scope,
    pub(crate) counts_prior: bool,
    pub(crate) charge_at_zero: bool,
    pub(crate) lists: ListsUse,
    /// The guards of its entries, by their number; [`NONE`]: they have none.
    pub(crate) guards: u32,
    /// The steps that do not act on a line which its entries price: one bit each.
    pub(crate) excludes: u64,
    /// The call of the script that gives the price; [`NONE`]: the rows do.
    pub(crate) formula: u32,
    /// Whether it is plain rows by the line's own quantity, and does nothing to the lists.
    pub(crate) is_plain: bool,
}

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Base {
    Quantity,
    Value,
    Weight(u32),
    /// What a call of a script returns.
    Script(u32),
}

/// Over which lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Scope {
    Line,
    Sku,
    Category(u32),
    Group(u32),
    Order,
}

/// [`AgainstLists`] with an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum ListsUse {
    Hide,
    Merge,
    Lowest,
}

/// A row of a volume table by `from` with nothing but prices.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PlainTier {
    /// Where it starts, in millionths (a value: in minor units).
    pub(crate) start: i64,
    /// The price, at the shape's scale.
    pub(crate) price: i64,
}

/// A row of any other table. Amounts are at the shape's scale, bounds as in [`PlainTier`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct RichTier {
    pub(crate) start: i64,
    /// Where it ends; `i64::MAX`: it does not.
    pub(crate) end: i64,
    pub(crate) price: Option<i64>,
    pub(crate) flat: Option<i64>,
    pub(crate) above: Option<i64>,
    pub(crate) package: Option<Package>,
    /// By value and graduated: the percent of the part, as written, and as a rate at the shape's scale.
    pub(crate) percent: Option<Exact>,
    pub(crate) rate: i64,
    pub(crate) no_price: bool,
    /// Graduated: what the tiers below give per unit, summed: at the scale and in the unit of the bounds.
    pub(crate) below_linear: i128,
    /// Graduated: what the tiers below give once, summed, at the scale.
    pub(crate) below_fixed: i128,
}

/// A price per started package.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Package {
    pub(crate) size_micros: i64,
    pub(crate) price: i64,
}

/// The last entry of its version for its goods.
const LAST: u32 = 1 << 31;

/// Its rows can be read at once: they are plain, few, and charge what is written.
const AT_ONCE: u32 = 1 << 30;

const MARKS: u32 = LAST | AT_ONCE;

impl Entry {
    pub(crate) fn new(goods: u32, (first, count): (u32, u32), shape: u32, valid: Period) -> Self {
        Self { goods, first, count_and_marks: count & !MARKS, shape, valid }
    }

    /// How many rows it has.
    #[inline]
    pub(crate) fn count(self) -> u32 {
        self.count_and_marks & !MARKS
    }

    /// Whether the next entry is for other goods.
    #[inline]
    pub(crate) fn is_last(self) -> bool {
        self.count_and_marks & LAST != 0
    }

    pub(crate) fn mark_last(&mut self) {
        self.count_and_marks |= LAST;
    }

    /// Whether its rows can be read at once.
    #[inline]
    pub(crate) fn is_at_once(self) -> bool {
        self.count_and_marks & AT_ONCE != 0
    }

    pub(crate) fn mark_at_once(&mut self) {
        self.count_and_marks |= AT_ONCE;
    }
}

impl RichTier {
    /// What one unit costs beside the fixed amounts, at the shape's scale; sums of two 18-digit numbers fit.
    pub(crate) fn linear(&self) -> i64 {
        self.price.unwrap_or(0).saturating_add(self.above.unwrap_or(0))
    }
}

impl Shape {
    /// The base quantity as a decimal.
    pub(crate) fn base_quantity(&self) -> Exact {
        Exact::from_scaled(self.per_micros.into(), emptor_core::limits::QUANTITY_DECIMALS).unwrap_or_default()
    }
}

impl From<AgainstLists> for ListsUse {
    fn from(lists: AgainstLists) -> Self {
        match lists {
            AgainstLists::Hide => Self::Hide,
            AgainstLists::Merge => Self::Merge,
            AgainstLists::Lowest => Self::Lowest,
        }
    }
}

/// The units that a product knows, connected to its own.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct UnitTable {
    /// The product's own first, then by name.
    pub(crate) units: Vec<KnownUnit>,
    /// Of a product sold by measured weight: the weight's unit and how far it may be off, in percent.
    pub(crate) measured: Option<(u32, Exact)>,
}

/// A unit that a product knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct KnownUnit {
    pub(crate) unit: u32,
    /// How many of the product's unit one of it is.
    pub(crate) factor: Ratio,
    /// Whether it is connected to the weight's unit without the weight equation.
    pub(crate) is_weight: bool,
}

impl UnitTable {
    pub(crate) fn get(&self, unit: u32) -> Option<&KnownUnit> {
        self.units.iter().find(|known| known.unit == unit)
    }

    /// How many units `to` one unit `from` is.
    pub(crate) fn factor(&self, from: u32, to: u32) -> Option<Ratio> {
        if from == to {
            return self.get(from).map(|_| Ratio::ONE);
        }
        self.get(from)?.factor.times(self.get(to)?.factor.inverse())
    }
}

/// A count as a number of things; the limits of R0 keep every count of a book within 32 bits.
#[inline]
pub(crate) fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// Sorts unit numbers by the units' names.
pub(crate) fn by_name(units: &Names, left: u32, right: u32) -> std::cmp::Ordering {
    units.text(left).cmp(units.text(right))
}
