//! The price of a line as most lines are: one version with one plain table, in the line's own unit and currency.
//!
//! A shorter way to what `search` finds, which prices everything else. INVARIANT (plain way): where this gives a price,
//! the search gives the same; where it is not sure, it gives none.

use emptor_core::Choose;
use emptor_core::limits::AMOUNT_DECIMALS;
use emptor_core::scaled::power_of_ten;

use crate::book::{Slot, slot_of};
use crate::line::Line;
use crate::offer::Offer;
use crate::order::Order;
use crate::plan::Asked;
use crate::reading::{Priced, in_range};
use crate::table::{ListsUse, NONE, Shape};

/// What one source says to the plain way.
enum Step {
    Price(Priced),
    /// It has no offer for the line.
    Next,
    /// It is not plain: the search must look.
    Search,
}

impl Order<'_> {
    /// The line's price, if the way to it is plain.
    #[inline]
    pub(crate) fn plain_price(&self, line: &Line<'_>) -> Option<Priced> {
        if !self.book.slots.category_slots.is_empty() {
            return None;
        }
        let in_order = matches!(self.book.tenant.policy.choose, Choose::Priority | Choose::MostSpecific);
        let lists: &[Asked] = if in_order { &self.chain.lists } else { &[] };
        let slots = self.book.slots.of_sku(line.sku);
        for asked in self.plan.contracts.iter().chain(lists) {
            match self.plain_step(line, slots, asked) {
                Step::Price(priced) => return Some(priced),
                Step::Next => {}
                Step::Search => return None,
            }
        }
        None
    }

    #[inline]
    fn plain_step(&self, line: &Line<'_>, slots: &[Slot], asked: &Asked) -> Step {
        if asked.currency != self.currency || !asked.period.contains(self.valid_at) {
            return Step::Next;
        }
        let Some(row) = slot_of(slots, asked.source) else { return Step::Next };
        let Some(entry) = self.entry(row).filter(|entry| entry.is_last() && asked.is_plain) else {
            return Step::Search;
        };
        if !entry.valid.contains(self.valid_at) {
            return Step::Next;
        }
        let Some(shape) = self.book.tables.shape(entry).filter(|shape| shape.is_plain(line.unit)) else {
            return Step::Search;
        };
        let tiers = self.book.tables.plain(entry);
        let reached = if let [only] = tiers {
            usize::from(only.start <= line.quantity_micros)
        } else {
            tiers.partition_point(|tier| tier.start <= line.quantity_micros)
        };
        let priced = reached.checked_sub(1).and_then(|index| {
            let amount = in_range(amount(tiers.get(index)?.charged, line.quantity_micros, shape)?)?;
            let offer = Offer { source: asked.source, entry: row, category: NONE };
            Some(Priced { offer, tier: u32::try_from(index).ok()?, amount, special: None })
        });
        priced.map_or(Step::Search, Step::Price)
    }
}

/// What a quantity costs at a price, at 10 decimals. `None`: not whole base quantities, or beyond 64 bits; the search
/// looks into that.
#[inline]
#[expect(clippy::arithmetic_side_effects, reason = "the constant is not zero; below 2^63 x 10^10")]
fn amount(charged: i64, quantity_micros: i64, shape: &Shape) -> Option<i128> {
    const ONE: i64 = 1_000_000;
    // Divided by a constant where it can be, which costs a tenth.
    let bases = match shape.per_micros {
        ONE if quantity_micros % ONE == 0 => quantity_micros / ONE,
        ONE => return None,
        per if quantity_micros.checked_rem(per)? == 0 => quantity_micros.checked_div(per)?,
        _ => return None,
    };
    Some(i128::from(charged.checked_mul(bases)?) * power_of_ten(AMOUNT_DECIMALS.checked_sub(shape.scale)?))
}

impl Shape {
    /// Whether a table is plain for a line in some unit.
    #[inline]
    fn is_plain(&self, unit: u32) -> bool {
        !self.rich && self.unit == unit && self.counts_own_quantity() && self.lists == ListsUse::Hide
    }
}
