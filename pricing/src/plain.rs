//! The price of a line as most lines are: one version with one plain table, in the line's own unit and currency.
//!
//! A shorter way to what `search` finds, which prices everything else. INVARIANT (plain way): where this gives a price,
//! the search gives the same; where it is not sure, it gives none.

use emptor_core::scaled::divide_narrow;
use emptor_core::{Choose, Currency, Instant, RoundingMode};

use crate::book::PriceBook;
use crate::line::Sought;
use crate::offer::Offer;
use crate::plan::Asked;
use crate::reading::Priced;
use crate::table::{NONE, Shape};

/// Up to how many tiers it is faster to look at all than to halve them.
const FEW_TIERS: usize = 8;

/// Whose contracts and lists are asked, when and in which currency.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PlainWay<'o> {
    pub(crate) book: &'o PriceBook,
    pub(crate) contracts: &'o [Asked],
    pub(crate) lists: &'o [Asked],
    pub(crate) currency: Currency,
    pub(crate) valid_at: Instant,
}

/// A price that was found on the plain way.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PlainPrice<'o> {
    pub(crate) offer: Offer,
    pub(crate) tier: u32,
    pub(crate) shape: &'o Shape,
    /// At 10 decimals.
    pub(crate) amount: i64,
    /// What is charged per base quantity, at the shape's scale.
    pub(crate) charged: i64,
    /// The quantity over the base quantity, as whole numbers; the second is above zero.
    pub(crate) times: (i64, i64),
}

/// What one source says to the plain way.
enum Step<'o> {
    Price(PlainPrice<'o>),
    /// It has no offer for the line.
    Next,
    /// It is not plain: the search must look.
    Search,
}

impl<'o> PlainWay<'o> {
    /// The line's price, if the way to it is plain.
    #[expect(clippy::inline_always, reason = "the hot path: a call costs a tenth of the look-up")]
    #[inline(always)]
    pub(crate) fn price(&self, sought: Sought) -> Option<PlainPrice<'o>> {
        if self.book.prices_categories {
            return None;
        }
        let in_order = matches!(self.book.tenant.policy.choose, Choose::Priority | Choose::MostSpecific);
        let lists: &[Asked] = if in_order { self.lists } else { &[] };
        for asked in self.contracts.iter().chain(lists) {
            match self.step(sought, asked) {
                Step::Price(priced) => return Some(priced),
                Step::Next => {}
                Step::Search => return None,
            }
        }
        None
    }

    #[expect(clippy::inline_always, reason = "the hot path: a call costs a tenth of the look-up")]
    #[inline(always)]
    fn step(&self, sought: Sought, asked: &Asked) -> Step<'o> {
        if asked.currency != self.currency || !asked.period.contains(self.valid_at) {
            return Step::Next;
        }
        let Some(entries) = self.book.entries.get(asked.source as usize) else { return Step::Search };
        let Some(row) = entries.of_sku(sought.sku) else { return Step::Next };
        let Some(entry) = entries.get(row) else { return Step::Search };
        if !entry.is_last() || !asked.is_plain {
            return Step::Search;
        }
        if !entry.valid.contains(self.valid_at) {
            return Step::Next;
        }
        let Some(shape) = self.book.shapes.get(entry.shape as usize) else { return Step::Search };
        if !shape.is_plain || shape.unit != sought.unit {
            return Step::Search;
        }
        let tiers = entries.plain(entry);
        let begun = if tiers.len() <= FEW_TIERS {
            // Without a branch: where a quantity falls cannot be foreseen.
            tiers.iter().map(|tier| usize::from(tier.start <= sought.quantity_micros)).sum()
        } else {
            tiers.partition_point(|tier| tier.start <= sought.quantity_micros)
        };
        let reached =
            begun.checked_sub(1).and_then(|index| Some((index, u32::try_from(index).ok()?, tiers.get(index)?)));
        let Some((index, tier, of_tier)) = reached else { return Step::Search };
        let charged = entries.charged(entry, index, of_tier.price);
        match amount(charged, sought.quantity_micros, shape) {
            Some((amount, times)) => {
                let offer = Offer { source: asked.source, entry: row, category: NONE };
                Step::Price(PlainPrice { offer, tier, shape, amount, charged, times })
            }
            None => Step::Search,
        }
    }
}

impl PlainPrice<'_> {
    /// The price as the search has it.
    pub(crate) fn priced(&self) -> Priced {
        Priced { offer: self.offer, tier: self.tier, amount: self.amount.into(), special: None }
    }
}

/// `round10(price x quantity / per)`, and how many times the base quantity it is. `None`: not whole units, or beyond 64 bits; the search
/// looks into that.
#[inline]
fn amount(charged: i64, quantity_micros: i64, shape: &Shape) -> Option<(i64, (i64, i64))> {
    const ONE: i64 = 1_000_000;
    let price = charged.checked_mul(shape.to_amount)?;
    // Divided by a constant where it can be, which costs a tenth.
    if quantity_micros % ONE != 0 {
        return None;
    }
    let quantity = quantity_micros / ONE;
    if shape.per_micros == ONE {
        return Some((price.checked_mul(quantity)?, (quantity, 1)));
    }
    let per = if shape.per_micros % ONE == 0 { shape.per_micros / ONE } else { return None };
    let (amount, _) = divide_narrow(price.checked_mul(quantity)?, per, RoundingMode::HalfEven);
    Some((amount, (quantity, per)))
}
