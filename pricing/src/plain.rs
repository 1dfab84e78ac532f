//! The price of a line as most lines are: one version with one plain table, in the line's own unit and currency.
//!
//! A shorter way to what `search` finds, which prices everything else. INVARIANT (plain way): where this gives a price,
//! the search gives the same; where it is not sure, it gives none.

use emptor_core::Choose;

use crate::line::Line;
use crate::offer::Offer;
use crate::order::Order;
use crate::plan::Asked;
use crate::reading::{Priced, in_range};
use crate::table::{NONE, Shape};

/// Up to how many tiers it is faster to look at all than to halve them.
const FEW_TIERS: usize = 8;

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
    #[expect(clippy::inline_always, reason = "the hot path: a call costs a tenth of the look-up")]
    #[inline(always)]
    pub(crate) fn plain_price(&self, line: &Line<'_>) -> Option<Priced> {
        if self.book.prices_categories {
            return None;
        }
        let in_order = matches!(self.book.tenant.policy.choose, Choose::Priority | Choose::MostSpecific);
        let lists: &[Asked] = if in_order { &self.chain.lists } else { &[] };
        for asked in self.contracts.iter().chain(lists) {
            match self.plain_step(line, asked) {
                Step::Price(priced) => return Some(priced),
                Step::Next => {}
                Step::Search => return None,
            }
        }
        None
    }

    #[expect(clippy::inline_always, reason = "the hot path: a call costs a tenth of the look-up")]
    #[inline(always)]
    fn plain_step(&self, line: &Line<'_>, asked: &Asked) -> Step {
        if asked.currency != self.currency || !asked.period.contains(self.valid_at) {
            return Step::Next;
        }
        let Some(entries) = self.book.entries.get(asked.source as usize) else { return Step::Search };
        let Some(row) = entries.of_sku(line.sku) else { return Step::Next };
        let Some(entry) = entries.get(row) else { return Step::Search };
        if !entry.is_last() || !asked.is_plain {
            return Step::Search;
        }
        if !entry.valid.contains(self.valid_at) {
            return Step::Next;
        }
        let Some(shape) = self.book.shapes.get(entry.shape as usize) else { return Step::Search };
        if !shape.is_plain || shape.unit != line.unit {
            return Step::Search;
        }
        let tiers = entries.plain(entry);
        let begun = if tiers.len() <= FEW_TIERS {
            // Without a branch: where a quantity falls cannot be foreseen.
            tiers.iter().map(|tier| usize::from(tier.start <= line.quantity_micros)).sum()
        } else {
            tiers.partition_point(|tier| tier.start <= line.quantity_micros)
        };
        let reached =
            begun.checked_sub(1).and_then(|index| Some((index, u32::try_from(index).ok()?, tiers.get(index)?)));
        let Some((index, tier, of_tier)) = reached else { return Step::Search };
        match amount(entries.charged(entry, index, of_tier.price), line.quantity_micros, shape).and_then(in_range) {
            Some(amount) => {
                let offer = Offer { source: asked.source, entry: row, category: NONE };
                Step::Price(Priced { offer, tier, amount, special: None })
            }
            None => Step::Search,
        }
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
    Some(i128::from(charged.checked_mul(bases)?) * i128::from(shape.to_amount))
}
