//! The price of a line as most lines are: one version with one plain table, in the line's own unit and currency.
//!
//! A shorter way to what `search` finds, which prices everything else. INVARIANT (plain way): where this gives a price,
//! the search gives the same; where it is not sure, it gives none.

use emptor_core::scaled::divide_narrow;
use emptor_core::{Choose, Currency, Instant, RoundingMode};

use crate::book::PriceBook;
use crate::entries::Entries;
use crate::line::Sought;
use crate::offer::Offer;
use crate::plan::Asked;
use crate::reading::Priced;
use crate::table::{Entry, NONE, PlainTier, Shape};

/// The versions that are asked for a buyer, when and in which currency.
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

/// What versions say to the plain way.
enum Step<'o> {
    Price(PlainPrice<'o>),
    /// They have no offer.
    Next,
    /// They are not plain: the search must look.
    Search,
}

impl<'o> PlainWay<'o> {
    /// The price, if the way to it is plain.
    #[expect(clippy::inline_always, reason = "the hot path: a call costs a tenth of the look-up")]
    #[inline(always)]
    pub(crate) fn price(&self, sought: Sought) -> Option<PlainPrice<'o>> {
        if self.book.prices_categories {
            return None;
        }
        match self.ask(self.contracts, sought) {
            Step::Price(price) => return Some(price),
            Step::Search => return None,
            Step::Next => {}
        }
        let in_order = matches!(self.book.tenant.policy.choose, Choose::Priority | Choose::MostSpecific);
        match self.ask(self.lists, sought) {
            Step::Price(price) if in_order => Some(price),
            _ => None,
        }
    }

    /// Asks versions one after the other.
    #[expect(clippy::inline_always, reason = "the hot path: a call costs a tenth of the look-up")]
    #[inline(always)]
    fn ask(&self, versions: &'o [Asked], sought: Sought) -> Step<'o> {
        for asked in versions {
            if asked.currency != self.currency || !asked.period.contains(self.valid_at) {
                continue;
            }
            let Some(entries) = self.book.entries.get(asked.source as usize) else { return Step::Search };
            let Some((place, entry)) = entries.of_sku(sought.sku) else { continue };
            if !entry.is_last() || !asked.is_plain {
                return Step::Search;
            }
            if entry.valid.contains(self.valid_at) {
                let offer = Offer { source: asked.source, entry: place, category: NONE };
                return self.read(entries, entry, offer, sought).map_or(Step::Search, Step::Price);
            }
        }
        Step::Next
    }

    #[expect(clippy::inline_always, reason = "the hot path: a call costs a tenth of the look-up")]
    #[inline(always)]
    fn read(&self, entries: &Entries, entry: &Entry, offer: Offer, sought: Sought) -> Option<PlainPrice<'o>> {
        let shape = self.book.shapes.get(entry.shape as usize)?;
        if !shape.is_plain || shape.unit != sought.unit {
            return None;
        }
        let tiers = entries.plain(entry);
        let index = begun(tiers, sought.quantity_micros).checked_sub(1)?;
        let charged = entries.charged(entry, index, tiers.get(index)?.price);
        let (amount, times) = amount(charged, sought.whole?, shape)?;
        Some(PlainPrice { offer, tier: u32::try_from(index).ok()?, shape, amount, charged, times })
    }
}

impl PlainPrice<'_> {
    /// The price as the search has it.
    pub(crate) fn priced(&self) -> Priced {
        Priced { offer: self.offer, tier: self.tier, amount: self.amount.into(), special: None }
    }
}

/// How many tiers begin at a quantity or below it.
#[inline]
fn begun(tiers: &[PlainTier], quantity_micros: i64) -> usize {
    match tiers.len() {
        0 => 0,
        1..=4 => begun_of::<4>(tiers, quantity_micros),
        5..=8 => begun_of::<8>(tiers, quantity_micros),
        _ => tiers.partition_point(|tier| tier.start <= quantity_micros),
    }
}

/// Of up to `MOST` tiers: without a branch, for where a quantity falls cannot be foreseen.
#[inline]
fn begun_of<const MOST: usize>(tiers: &[PlainTier], quantity_micros: i64) -> usize {
    let last = tiers.len().wrapping_sub(1);
    let of_place = |place: usize| {
        let has_begun = tiers.get(place.min(last)).is_some_and(|tier| tier.start <= quantity_micros);
        usize::from(has_begun) & usize::from(place <= last)
    };
    (0..MOST).map(of_place).fold(0, usize::wrapping_add)
}

/// `round10(price x quantity / per)`, and how many times the base quantity it is. `None`: not whole units, or beyond 64 bits; the search
/// looks into that.
#[inline]
fn amount(charged: i64, quantity: i64, shape: &Shape) -> Option<(i64, (i64, i64))> {
    let whole = charged.checked_mul(shape.to_amount)?.checked_mul(quantity)?;
    if shape.per == 1 {
        return Some((whole, (quantity, 1)));
    }
    // A base quantity that is not whole is none here.
    let (amount, _) = divide_narrow(whole, Some(shape.per).filter(|&per| per > 0)?, RoundingMode::HalfEven);
    Some((amount, (quantity, shape.per)))
}
