//! The price of a line as most lines are: one version with one plain table, in the line's own unit and currency.
//!
//! A shorter way to what `search` finds, which prices everything else. INVARIANT (plain way): where this gives a price,
//! the search gives the same; where it is not sure, it gives none.

use emptor_core::scaled::divide_narrow;
use emptor_core::{Currency, Instant, RoundingMode};

use crate::book::PriceBook;
use crate::line::Sought;
use crate::offer::Offer;
use crate::plan::Asked;
use crate::reading::Priced;
use crate::rows::{RowsAtOnce, reached_at_once};
use crate::table::{NONE, Shape};

/// The versions that are asked for a buyer, when and in which currency.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PlainWay<'o> {
    book: &'o PriceBook,
    asked: &'o [Asked],
    /// What is asked after these.
    later: &'o [Asked],
    /// `None`: the book's versions are all in the currency.
    currency: Option<Currency>,
    valid_at: Instant,
}

/// A price that was found on the plain way.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PlainPrice<'o> {
    pub(crate) source: u32,
    pub(crate) entry: u32,
    pub(crate) tier: u32,
    pub(crate) shape: &'o Shape,
    /// At 10 decimals.
    pub(crate) amount: i64,
    /// What is charged per base quantity, at the shape's scale.
    pub(crate) charged: i64,
    /// The quantity; the shape's base quantity is whole, too.
    pub(crate) quantity: i64,
}

/// What versions that are asked one after the other have for a sku.
enum First<'o> {
    Entry(Hit<'o>),
    Nothing,
    /// What they have is not plain.
    Unclear,
}

/// The entry that prices a sku.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Hit<'o> {
    pub(crate) sku: u32,
    source: u32,
    place: u32,
    count: u32,
    shape: &'o Shape,
    /// Its rows, so that the entry is not read again; `None`: they are more than four, or the version rounds.
    at_once: Option<&'o RowsAtOnce>,
}

impl<'o> PlainWay<'o> {
    #[inline]
    pub(crate) fn new(
        book: &'o PriceBook,
        (asked, later): (&'o [Asked], &'o [Asked]),
        currency: Currency,
        valid_at: Instant,
    ) -> Self {
        let currency = Some(currency).filter(|_| book.only_currency != Some(currency));
        Self { book, asked, later, currency, valid_at }
    }

    /// The price, if the way to it is plain.
    #[expect(clippy::inline_always, reason = "the hot path: a call costs a tenth of the look-up")]
    #[inline(always)]
    pub(crate) fn price(&self, sought: Sought) -> Option<PlainPrice<'o>> {
        self.find(sought.sku)?.read(self.book, sought)
    }

    /// The entry that prices a sku, if the way to it is plain.
    #[expect(clippy::inline_always, reason = "the hot path: a call costs a tenth of the look-up")]
    #[inline(always)]
    pub(crate) fn find(&self, sku: u32) -> Option<Hit<'o>> {
        if self.book.prices_categories {
            return None;
        }
        match self.first(self.asked, sku) {
            First::Entry(hit) => Some(hit),
            First::Nothing if let First::Entry(hit) = self.first(self.later, sku) => Some(hit),
            _ => None,
        }
    }

    /// The entry of the first version that has one for a sku.
    #[expect(clippy::inline_always, reason = "the hot path: a call costs a tenth of the look-up")]
    #[inline(always)]
    fn first(&self, versions: &'o [Asked], sku: u32) -> First<'o> {
        for asked in versions {
            if self.currency.is_some_and(|currency| currency != asked.currency) || !asked.period.contains(self.valid_at)
            {
                continue;
            }
            let Some(entries) = self.book.entries.get(asked.source as usize) else { return First::Unclear };
            let Some((place, entry)) = entries.of_sku(sku) else { continue };
            if !entry.is_last() || !asked.is_plain {
                return First::Unclear;
            }
            if entry.valid.contains(self.valid_at) {
                let Some(shape) = self.book.shapes.get(entry.shape as usize).filter(|shape| shape.is_plain) else {
                    return First::Unclear;
                };
                let (count, at_once) = (entry.count(), entries.rows_at_once(entry));
                return First::Entry(Hit { sku, source: asked.source, place, count, shape, at_once });
            }
        }
        First::Nothing
    }
}

impl<'o> Hit<'o> {
    /// What the entry asks for a quantity, if that is plain.
    #[expect(clippy::inline_always, reason = "the hot path: a call costs a tenth of the look-up")]
    #[inline(always)]
    pub(crate) fn read(self, book: &PriceBook, sought: Sought) -> Option<PlainPrice<'o>> {
        let Self { source, place, count, shape, at_once, .. } = self;
        if shape.unit != sought.unit {
            return None;
        }
        let (tier, charged) = match at_once {
            Some(rows) => reached_at_once(rows, count, sought.quantity_micros)?,
            None => reached(book, source, place, sought.quantity_micros)?,
        };
        let quantity = sought.whole?;
        let amount = amount(charged, quantity, shape)?;
        Some(PlainPrice { source, entry: place, tier, shape, amount, charged, quantity })
    }
}

/// The tier that a quantity reaches, and what it charges, by the entry.
fn reached(book: &PriceBook, source: u32, place: u32, quantity_micros: i64) -> Option<(u32, i64)> {
    let entries = book.entries.get(source as usize)?;
    entries.reached(entries.get(place)?, quantity_micros)
}

impl PlainPrice<'_> {
    /// The price as the search has it.
    pub(crate) fn priced(&self) -> Priced {
        let offer = Offer { source: self.source, entry: self.entry, category: NONE };
        Priced { offer, tier: self.tier, amount: self.amount.into(), special: None }
    }
}

/// `round10(price x quantity / per)`. `None`: the base quantity is not whole, or it is beyond 64 bits; the search looks into that.
#[inline]
fn amount(charged: i64, quantity: i64, shape: &Shape) -> Option<i64> {
    let whole = charged.checked_mul(shape.to_amount)?.checked_mul(quantity)?;
    if shape.per == 1 {
        return Some(whole);
    }
    // A base quantity that is not whole is zero here.
    Some(divide_narrow(whole, Some(shape.per).filter(|&per| per > 0)?, RoundingMode::HalfEven).0)
}
