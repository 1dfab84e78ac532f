//! Conversion: from the currency of a price to that of the order (R6).

use emptor_core::limits::AMOUNT_END;
use emptor_core::scaled::{Fraction, Wide, power_of_ten};
use emptor_core::{Currency, Exact, Instant, RateId, RoundingMode};

use crate::book::{PriceBook, Rate};

/// The way from one currency to another.
#[derive(Debug, Clone)]
pub(crate) struct Conversion<'b> {
    pub(crate) from: Currency,
    first: Leg<'b>,
    /// The rounding in the middle, and the second leg.
    second: Option<(i128, RoundingMode, Leg<'b>)>,
}

#[derive(Debug, Clone, Copy)]
struct Leg<'b> {
    rate: &'b Rate,
    /// From base to quote; else the amount is divided.
    multiplies: bool,
}

impl PriceBook {
    /// The way from `from` to `to` at a date, if the tenant converts and the table has one.
    pub(crate) fn conversion(
        &self,
        from: Currency,
        to: Currency,
        valid_at: Instant,
        pinned: &[RateId],
    ) -> Option<Conversion<'_>> {
        self.tenant.conversion?;
        let leg = |from: Currency, to: Currency| {
            let of_pair = |rate: &&Rate| (rate.base, rate.quote) == (from, to) || (rate.base, rate.quote) == (to, from);
            let mut rates = self.rates.iter().filter(of_pair);
            let pinned = rates.clone().find(|rate| pinned.contains(&rate.id));
            // Rates are sorted: the first that holds starts last.
            let rate = pinned.or_else(|| rates.find(|rate| rate.period.contains(valid_at)))?;
            Some(Leg { rate, multiplies: rate.base == from })
        };
        if let Some(first) = leg(from, to) {
            return Some(Conversion { from, first, second: None });
        }
        let chain = self.rate_chains.iter().find(|chain| chain.between == (from, to) || chain.between == (to, from))?;
        let (first, second) = (leg(from, chain.through)?, leg(chain.through, to)?);
        Some(Conversion { from, first, second: Some((chain.increment, chain.mode, second)) })
    }
}

impl Conversion<'_> {
    /// An amount at 10 decimals in the other currency, exactly. `None`: the middle or the result is beyond R0.
    pub(crate) fn convert(&self, amount: i128) -> Option<Fraction> {
        let first = self.first.convert(amount)?;
        let Some((increment, mode, second)) = &self.second else { return Some(first) };
        let middle =
            first.round_to(*increment, 0, *mode).filter(|middle| middle.unsigned_abs() < AMOUNT_END.unsigned_abs())?;
        second.convert(middle)
    }

    /// The rates, in turn.
    pub(crate) fn rates(&self) -> Vec<RateId> {
        let second = self.second.iter().map(|(.., leg)| leg.rate.id.clone());
        std::iter::once(self.first.rate.id.clone()).chain(second).collect()
    }
}

impl Leg<'_> {
    fn convert(self, amount: i128) -> Option<Fraction> {
        let rate: Exact = self.rate.rate;
        let (mantissa, power) = (rate.scaled(rate.decimals())?, power_of_ten(rate.decimals()));
        let (factor, divisor) = if self.multiplies { (mantissa, power) } else { (power, mantissa) };
        Fraction::new(Wide::product(amount, factor), divisor.unsigned_abs(), 0)
    }
}
