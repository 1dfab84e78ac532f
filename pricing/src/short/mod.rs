//! The short way: the price of one line without an order around it, for what most lines are.
//!
//! INVARIANT (short way): where this gives a price, an order of that one line gives the same, with the same steps; where it
//! is not sure, it gives none. Amounts are in 64 bits, at 10 decimals.

mod acting;
#[cfg(test)]
mod agreement_tests;
mod few;
mod found;
mod guard;
mod rule;
mod rules;
mod steps;

use emptor_core::limits::AMOUNT_DECIMALS;
use emptor_core::scaled::{divide_by_power_narrow, divide_by_power_times, divide_narrow};
use emptor_core::{Amount, Currency, FinalStage, Instant, StepKind};

use crate::book::PriceBook;
use crate::line::Sought;
use crate::offer::Offer;
use crate::plain::{Hit, PlainPrice, PlainWay};
use crate::plan::{Kin, Plan};
use crate::reading::Priced;
use crate::search::Found;
use crate::table::NONE;
use crate::total::Ended;

pub(crate) use few::Few;
pub(crate) use found::FoundBefore;
pub(crate) use rule::region_bit;
pub(crate) use rules::{ShortRules, read_rules, rules_of_buyer};

/// How many changes a line may have.
const CHANGES_MAX: usize = 4;

/// A buyer whose lines are priced one by one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asking<'b> {
    pub(crate) book: &'b PriceBook,
    pub(crate) plan: &'b Plan,
    pub(crate) kin: &'b Kin,
    pub(crate) valid_at: Instant,
    pub(crate) currency: Currency,
}

/// What a line costs, and how that came about.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ShortPrice {
    source: u32,
    entry: u32,
    tier: u32,
    /// What the version asks.
    amount: i64,
    changes: Changes,
    pub(crate) net_minor: i64,
}

/// What changed a line, in turn.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Changes {
    amounts: [i64; CHANGES_MAX],
    steps: [StepKind; CHANGES_MAX],
    count: u8,
}

/// A line under way.
#[derive(Debug)]
struct State {
    base: i64,
    running: i64,
    /// The steps that do not act on it: one bit each.
    excluded: u64,
    changes: Changes,
}

impl<'b> Asking<'b> {
    /// The entry that prices a product, if the short way leads there.
    #[expect(clippy::inline_always, reason = "the hot path: a call costs a tenth of the look-up")]
    #[inline(always)]
    pub(crate) fn find(&self, sku: u32) -> Option<Hit<'b>> {
        let Self { book, plan, valid_at, currency, .. } = *self;
        if !book.short.is_open {
            return None;
        }
        PlainWay::new(book, (&plan.asked, &[]), currency, valid_at).find(sku)
    }

    /// What a line costs that an entry prices, if the short way leads there. `others`: the rules that can act on the buyer's
    /// lines whatever these are of; `None`: they are more than the short way takes, or the book has none.
    #[expect(clippy::inline_always, reason = "the hot path: a call costs a tenth of the look-up")]
    #[inline(always)]
    pub(crate) fn price(&self, sought: Sought, hit: Hit<'b>, others: Option<&Few>) -> Option<ShortPrice> {
        let book = self.book;
        let plain = hit.read(book, sought)?;
        let mut acting = None;
        self.acting(sought, &plain, others, &mut acting)?;
        if acting.is_some() || (book.guards.are_stated && self.may_set_base(&plain)) {
            return self.changed(sought, plain, acting);
        }
        let net_minor = self.end_unchanged(&plain)?;
        Some(ShortPrice::of(&plain, Changes::NONE, net_minor))
    }

    /// What a line costs that rules or guards may change.
    fn changed(&self, sought: Sought, plain: PlainPrice<'_>, acting: Option<Few>) -> Option<ShortPrice> {
        let mut state =
            State { base: plain.amount, running: plain.amount, excluded: plain.shape.excludes, changes: Changes::NONE };
        match acting {
            Some(acting) => self.adjust(acting.all(), sought, &plain, &mut state)?,
            None => self.guard(sought, &plain, &mut state)?,
        }
        let net_minor = match state.changes.count {
            0 => self.end_unchanged(&plain)?,
            _ => self.end(&plain, state.running)?,
        };
        Some(ShortPrice::of(&plain, state.changes, net_minor))
    }

    /// A line at what the version asks, in minor units.
    ///
    /// No order would refuse it: the amount is below 2^63 at 10 decimals, so below 10^13 minor units of any currency, and the
    /// rounding adds at most one minor unit for each of a quantity below 10^12.
    #[expect(clippy::inline_always, reason = "the hot path: a call costs a tenth of the look-up")]
    #[inline(always)]
    fn end_unchanged(&self, plain: &PlainPrice<'_>) -> Option<i64> {
        let rounding = self.book.tenant.rounding;
        let decimals = AMOUNT_DECIMALS.saturating_sub(self.currency.decimals());
        let (quantity, per) = (plain.quantity, plain.shape.per);
        if rounding.at != FinalStage::Unit || quantity == 0 {
            return Some(divide_by_power_narrow(plain.amount, decimals, rounding.mode)?.0);
        }
        if per != 1 {
            return self.end(plain, plain.amount);
        }
        // What is charged is the price per base quantity already.
        let price = plain.charged.checked_mul(plain.shape.to_amount)?;
        divide_by_power_narrow(price, decimals, rounding.mode)?.0.checked_mul(quantity)
    }

    /// A line at a running amount, in minor units.
    fn end(&self, plain: &PlainPrice<'_>, running: i64) -> Option<i64> {
        let rounding = self.book.tenant.rounding;
        let decimals = AMOUNT_DECIMALS.saturating_sub(self.currency.decimals());
        let (quantity, per) = (plain.quantity, plain.shape.per);
        // The only line of a document is the document.
        if rounding.at != FinalStage::Unit || quantity == 0 {
            return Some(divide_by_power_narrow(running, decimals, rounding.mode)?.0);
        }
        let (price_minor, _) = divide_by_power_times(running.checked_mul(per)?, decimals, quantity, rounding.mode)?;
        let whole = price_minor.checked_mul(quantity)?;
        Some(if per == 1 { whole } else { divide_narrow(whole, per, rounding.mode).0 })
    }
}

impl ShortPrice {
    #[inline]
    fn of(plain: &PlainPrice<'_>, changes: Changes, net_minor: i64) -> Self {
        let PlainPrice { source, entry, tier, amount, .. } = *plain;
        Self { source, entry, tier, amount, changes, net_minor }
    }

    /// One of the steps, whose amounts sum to the net: the price, then the changes, then the rounding if it changed
    /// something. In a currency.
    #[inline]
    pub(crate) fn step(&self, place: usize, currency: Currency) -> Option<(StepKind, i128)> {
        let Some(change) = place.checked_sub(1) else { return Some((StepKind::Price, self.amount.into())) };
        let count = usize::from(self.changes.count);
        if change < count {
            return Some((*self.changes.steps.get(change)?, (*self.changes.amounts.get(change)?).into()));
        }
        let rounding = if change == count { self.rounding(currency) } else { 0 };
        (rounding != 0).then_some((StepKind::Rounding, rounding))
    }

    /// What the rounding to minor units changed.
    #[inline]
    fn rounding(&self, currency: Currency) -> i128 {
        // The sum fits: it was run through when the line was priced.
        let before = self.changes.all().fold(self.amount, |sum, (_, amount)| sum.saturating_add(amount));
        Amount::from_minor(self.net_minor, currency).0.saturating_sub(before.into())
    }

    /// The price as an order of the line has it, in a currency; one whose line nothing changed.
    pub(crate) fn ended(&self, currency: Currency) -> Ended {
        let Self { source, entry, tier, .. } = *self;
        let offer = Offer { source, entry, category: NONE };
        let priced = Priced { offer, tier, amount: self.amount.into(), special: None };
        let (rounding, net_minor) = (self.rounding(currency), self.net_minor);
        Ended { found: Found::Offered(priced), conversion: 0, rounding, net_minor, more: None }
    }
}

impl Changes {
    const NONE: Self = Self { amounts: [0; CHANGES_MAX], steps: [StepKind::Price; CHANGES_MAX], count: 0 };

    /// All of them.
    pub(crate) fn all(&self) -> impl Iterator<Item = (StepKind, i64)> + '_ {
        self.steps.iter().copied().zip(self.amounts).take(self.count.into())
    }

    /// Adds one. `None`: there are too many.
    fn push(&mut self, step: StepKind, amount: i64) -> Option<()> {
        let place = usize::from(self.count);
        (*self.steps.get_mut(place)?, *self.amounts.get_mut(place)?) = (step, amount);
        self.count = self.count.checked_add(1)?;
        Some(())
    }
}

impl State {
    /// Changes the line. `None`: beyond 64 bits, or too often.
    fn change(&mut self, step: StepKind, amount: i64) -> Option<()> {
        self.running = self.running.checked_add(amount)?;
        self.changes.push(step, amount)
    }
}
