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
use crate::table::{Entry, NONE, Shape};

/// Up to how many tiers it is faster to look at all than to halve them.
const FEW_TIERS: usize = 8;

/// How many versions are asked at most.
const SOURCES_MAX: usize = 6;

/// The versions that are asked for a buyer at a date, in order.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PlainWay<'b> {
    pub(crate) book: &'b PriceBook,
    pub(crate) currency: Currency,
    pub(crate) valid_at: Instant,
    /// Those that count then and are in the currency, one after the other; after them nothing is plain.
    sources: [Option<Source<'b>>; SOURCES_MAX],
}

/// A version that is asked.
#[derive(Debug, Clone, Copy)]
struct Source<'b> {
    entries: &'b Entries,
    number: u32,
    is_plain: bool,
}

/// A price that was found on the plain way.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PlainPrice<'b> {
    pub(crate) offer: Offer,
    pub(crate) tier: u32,
    pub(crate) shape: &'b Shape,
    /// At 10 decimals.
    pub(crate) amount: i64,
    /// What is charged per base quantity, at the shape's scale.
    pub(crate) charged: i64,
    /// The quantity over the base quantity, as whole numbers; the second is above zero.
    pub(crate) times: (i64, i64),
}

impl<'b> PlainWay<'b> {
    /// The way over these contracts and lists.
    #[expect(clippy::inline_always, reason = "the hot path: a buyer may be new in every call")]
    #[inline(always)]
    pub(crate) fn new(
        book: &'b PriceBook,
        (contracts, lists): (&[Asked], &[Asked]),
        currency: Currency,
        valid_at: Instant,
    ) -> Self {
        let mut way = Self { book, currency, valid_at, sources: [None; SOURCES_MAX] };
        if !book.prices_categories {
            let place = way.add(contracts, 0);
            if matches!(book.tenant.policy.choose, Choose::Priority | Choose::MostSpecific) {
                way.add(lists, place);
            }
        }
        way
    }

    /// Adds the versions that count, from a place on, as far as there is room; the next place.
    #[expect(clippy::inline_always, reason = "the hot path: a buyer may be new in every call")]
    #[inline(always)]
    fn add(&mut self, asked: &[Asked], mut place: usize) -> usize {
        for asked in asked {
            if asked.currency == self.currency
                && asked.period.contains(self.valid_at)
                && let Some(entries) = self.book.entries.get(asked.source as usize)
                && let Some(free) = self.sources.get_mut(place)
            {
                *free = Some(Source { entries, number: asked.source, is_plain: asked.is_plain });
                place = place.wrapping_add(1);
            }
        }
        place
    }

    /// The price, if the way to it is plain.
    #[expect(clippy::inline_always, reason = "the hot path: a call costs a tenth of the look-up")]
    #[inline(always)]
    pub(crate) fn price(&self, sought: Sought) -> Option<PlainPrice<'b>> {
        for source in &self.sources {
            let source = source.as_ref()?;
            let Some((place, entry)) = source.entries.of_sku(sought.sku) else { continue };
            if !entry.is_last() || !source.is_plain {
                return None;
            }
            if entry.valid.contains(self.valid_at) {
                return self.read(source, place, entry, sought);
            }
        }
        None
    }

    #[expect(clippy::inline_always, reason = "the hot path: a call costs a tenth of the look-up")]
    #[inline(always)]
    fn read(&self, source: &Source<'b>, place: u32, entry: &'b Entry, sought: Sought) -> Option<PlainPrice<'b>> {
        let shape = self.book.shapes.get(entry.shape as usize)?;
        if !shape.is_plain || shape.unit != sought.unit {
            return None;
        }
        let tiers = source.entries.plain(entry);
        let begun = if tiers.len() <= FEW_TIERS {
            // Without a branch: where a quantity falls cannot be foreseen.
            tiers.iter().map(|tier| usize::from(tier.start <= sought.quantity_micros)).sum()
        } else {
            tiers.partition_point(|tier| tier.start <= sought.quantity_micros)
        };
        let index = begun.checked_sub(1)?;
        let charged = source.entries.charged(entry, index, tiers.get(index)?.price);
        let (amount, times) = amount(charged, sought.whole?, shape)?;
        let offer = Offer { source: source.number, entry: place, category: NONE };
        Some(PlainPrice { offer, tier: u32::try_from(index).ok()?, shape, amount, charged, times })
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
fn amount(charged: i64, quantity: i64, shape: &Shape) -> Option<(i64, (i64, i64))> {
    let whole = charged.checked_mul(shape.to_amount)?.checked_mul(quantity)?;
    if shape.per == 1 {
        return Some((whole, (quantity, 1)));
    }
    // A base quantity that is not whole is none here.
    let (amount, _) = divide_narrow(whole, Some(shape.per).filter(|&per| per > 0)?, RoundingMode::HalfEven);
    Some((amount, (quantity, shape.per)))
}
