//! Pass 4: shares of graduated tables, conversion of sums, and at the end rounding to minor units (R0, R4, R6).

use std::collections::BTreeMap;

use emptor_core::limits::AMOUNT_DECIMALS;
use emptor_core::scaled::{Fraction, Wide, divide, divide_narrow, power_of_ten};
use emptor_core::{Amount, ApportionMode, ConversionStage, Currency, FinalStage, NoPrice, RoundingMode, apportion};

use crate::adjust::Converted;
use crate::items::{Change, Item};
use crate::line::Line;
use crate::order::Order;
use crate::reading::in_range;
use crate::search::Found;
use crate::table::Scope;

/// A line at the end of the order. Amounts are at 10 decimals.
#[derive(Debug, Clone)]
pub(crate) struct Ended {
    pub(crate) found: Found,
    /// What the conversion of the sum changed.
    pub(crate) conversion: i64,
    /// What the rounding to minor units changed.
    pub(crate) rounding: i128,
    /// On the order's side, without its shares of document steps.
    pub(crate) net_minor: i64,
    /// What most lines do not have, so that a line stays small.
    pub(crate) more: Option<Box<More>>,
}

/// What changed a line, and the tax inside, of which its net is without.
#[derive(Debug, Clone, Default)]
pub(crate) struct More {
    pub(crate) item: Item,
    pub(crate) tax_minor: i64,
}

impl Ended {
    /// What changed the line, in turn.
    pub(crate) fn changes(&self) -> &[Change] {
        self.more.as_ref().map_or(&[], |more| &more.item.changes)
    }

    /// The tax inside, of which the net is without.
    pub(crate) fn tax_minor(&self) -> i64 {
        self.more.as_ref().map_or(0, |more| more.tax_minor)
    }
}

/// What an order's line comes to so far.
pub(crate) type Outcome = Result<Found, NoPrice>;

impl Order<'_> {
    /// Shares the totals of graduated tables among the lines that they price (R4).
    pub(crate) fn share(&self, lines: &[Option<Line<'_>>], outcomes: &mut [Outcome]) {
        // A table that counts over the sku has a total for each.
        let mut tables: BTreeMap<(u32, u32, Option<u32>), Vec<usize>> = BTreeMap::new();
        for (index, outcome) in outcomes.iter().enumerate() {
            if let Ok(Found::Offered(priced)) = outcome
                && priced.graduated().is_some_and(|share| share.shared)
            {
                let by_sku = self.table(priced.offer).is_some_and(|table| table.shape.scope == Scope::Sku);
                let sku = lines.get(index).and_then(Option::as_ref).map(|line| line.sku);
                tables
                    .entry((priced.offer.source, priced.offer.entry, sku.filter(|_| by_sku)))
                    .or_default()
                    .push(index);
            }
        }
        for indexes in tables.values() {
            let shares = shares(outcomes, indexes);
            for (place, index) in indexes.iter().enumerate() {
                let (Some(Ok(Found::Offered(priced))), Some(Some(line))) = (outcomes.get(*index), lines.get(*index))
                else {
                    continue;
                };
                let share = shares.as_ref().and_then(|shares| shares.get(place)).copied();
                let settled = share.and_then(|share| self.settle_share(line, priced, share));
                let settled = settled.map(Found::Offered).ok_or(NoPrice::OutOfRange);
                if let Some(outcome) = outcomes.get_mut(*index) {
                    *outcome = settled;
                }
            }
        }
    }

    /// Converts sums, where the tenant does (R6).
    pub(crate) fn converted(&self, outcomes: Vec<Outcome>) -> Vec<Converted> {
        let mut converted: Vec<Converted> =
            outcomes.into_iter().map(|outcome| outcome.map(|found| (found, 0))).collect();
        if self.book.tenant.conversion == Some(ConversionStage::Document) {
            self.convert_sums(&mut converted);
            for line in &mut converted {
                let beyond = |(found, moved): &(Found, i128)| in_range(found.amount().saturating_add(*moved)).is_none();
                if line.as_ref().is_ok_and(beyond) {
                    *line = Err(NoPrice::OutOfRange);
                }
            }
        }
        converted
    }

    /// Rounds, so that every line is money; `items` are the lines as the procedure left them.
    pub(crate) fn end(
        &self,
        lines: &[Option<Line<'_>>],
        converted: Vec<Converted>,
        items: Vec<Item>,
    ) -> Vec<Result<Ended, NoPrice>> {
        let amounts: Vec<i128> =
            items.iter().take(converted.len()).map(|item| item.running.saturating_sub(item.shared())).collect();
        let nets = match self.book.tenant.rounding.at {
            FinalStage::Line => amounts.iter().map(|&amount| Some(self.minor(amount))).collect(),
            FinalStage::Unit => self.by_unit(lines, &converted, &amounts),
            FinalStage::Document => {
                let priced: Vec<usize> =
                    (0..converted.len()).filter(|&index| converted.get(index).is_some_and(Result::is_ok)).collect();
                self.round_document(&amounts, &priced).into_iter().map(Some).collect::<Vec<_>>()
            }
        };
        let ended = converted.into_iter().zip(items).zip(amounts.into_iter().zip(nets));
        let ended = ended.map(|((line, item), (amount, net))| {
            let (found, conversion) = line?;
            let mut ended = self.ended(found, conversion, amount, net.ok_or(NoPrice::OutOfRange)?)?;
            ended.more = (!item.changes.is_empty()).then(|| Box::new(More { item, tax_minor: 0 }));
            Ok(ended)
        });
        ended.collect()
    }

    /// Charges in minor units, each by itself.
    pub(crate) fn end_charges(&self, charges: &[Item]) -> Option<Vec<i64>> {
        let minor = |charge: &Item| {
            let minor = self.minor(charge.running);
            in_range(Amount::from_minor(i64::try_from(minor).ok()?, self.currency).0)?;
            i64::try_from(minor).ok()
        };
        charges.iter().map(minor).collect()
    }

    /// The end of an order of one line.
    #[inline]
    pub(crate) fn end_one(&self, line: Line<'_>, found: Found) -> Result<Ended, NoPrice> {
        let by_unit = self.book.tenant.rounding.at == FinalStage::Unit;
        if by_unit || self.book.tenant.conversion == Some(ConversionStage::Document) {
            return self.end_converted(line, found);
        }
        let amount = found.amount();
        let unit = power_of_ten(AMOUNT_DECIMALS.saturating_sub(self.currency.decimals()));
        // In 64 bits, where it fits: most lines are below 900 million of the currency.
        if let (Ok(narrow), Ok(unit)) = (i64::try_from(amount), i64::try_from(unit)) {
            let (net_minor, rounding) = divide_narrow(narrow, unit, self.book.tenant.rounding.mode);
            return Ok(Ended { found, conversion: 0, rounding: rounding.into(), net_minor, more: None });
        }
        self.ended(found, 0, amount, self.minor(amount))
    }

    /// The end of an order of one line, which may be converted.
    #[cold]
    fn end_converted(&self, line: Line<'_>, found: Found) -> Result<Ended, NoPrice> {
        let converted = self.converted(vec![Ok(found)]);
        let amount = |(found, moved): &(Found, i128)| found.amount().saturating_add(*moved);
        let items = converted.iter().map(|line| line.as_ref().map_or(0, amount)).map(|amount| Item::at(amount, amount));
        let items = items.collect();
        self.end(&[Some(line)], converted, items).into_iter().next().unwrap_or(Err(NoPrice::OutOfRange))
    }

    #[inline]
    fn ended(&self, found: Found, conversion: i128, amount: i128, net: i128) -> Result<Ended, NoPrice> {
        let net_minor = i64::try_from(net).map_err(|_| NoPrice::OutOfRange)?;
        let net = in_range(Amount::from_minor(net_minor, self.currency).0).ok_or(NoPrice::OutOfRange)?;
        // At most one minor unit for each line of an order, which fits 64 bits.
        let conversion = i64::try_from(conversion).map_err(|_| NoPrice::OutOfRange)?;
        Ok(Ended { found, conversion, rounding: net.saturating_sub(amount), net_minor, more: None })
    }

    /// An amount in minor units, by the tenant's mode.
    #[inline]
    pub(crate) fn minor(&self, amount: i128) -> i128 {
        let unit = power_of_ten(AMOUNT_DECIMALS.saturating_sub(self.currency.decimals()));
        divide(amount, unit, self.book.tenant.rounding.mode)
    }

    fn round_document(&self, amounts: &[i128], priced: &[usize]) -> Vec<i128> {
        let of_priced: Vec<i128> = priced.iter().filter_map(|&index| amounts.get(index).copied()).collect();
        let sum = of_priced.iter().fold(0_i128, |sum, amount| sum.saturating_add(*amount));
        let settled = settle(&of_priced, self.minor(sum), self.currency);
        let mut nets = vec![0; amounts.len()];
        for (index, net) in priced.iter().zip(settled) {
            if let Some(slot) = nets.get_mut(*index) {
                *slot = net;
            }
        }
        nets
    }

    /// Converts the sum of the lines in each other currency, and settles those lines on it.
    fn convert_sums(&self, lines: &mut [Converted]) {
        let mut by_currency: BTreeMap<Currency, Vec<usize>> = BTreeMap::new();
        for (index, line) in lines.iter().enumerate() {
            if let Ok((Found::Offered(priced), _)) = line
                && priced.original().is_some()
                && let Some(source) = self.book.source(priced.offer.source)
            {
                by_currency.entry(source.currency).or_default().push(index);
            }
        }
        let unit = power_of_ten(AMOUNT_DECIMALS.saturating_sub(self.currency.decimals()));
        for (currency, indexes) in by_currency {
            let of_currency = || indexes.iter().filter_map(|&index| lines.get(index)?.as_ref().ok());
            let originals = of_currency().filter_map(|(found, _)| match found {
                Found::Offered(priced) => priced.original(),
                Found::Manual(_) | Found::Returned(_) => None,
            });
            let sum = originals.fold(0_i128, i128::saturating_add);
            let total = self.conversion(currency).and_then(|conversion| conversion.convert(sum));
            let total = total.and_then(|total| total.round_to(unit, 0, self.book.tenant.rounding.mode));
            let total = total.and_then(|total| total.checked_div(unit));
            let amounts: Vec<i128> = of_currency().map(|(found, _)| found.amount()).collect();
            let settled = total.map(|total| settle(&amounts, total, self.currency));
            for (place, index) in indexes.iter().enumerate() {
                let net = settled.as_ref().and_then(|settled| settled.get(place)).and_then(|net| net.checked_mul(unit));
                let Some(slot) = lines.get_mut(*index) else { continue };
                if let (Ok((_, moved)), Some(net), Some(amount)) = (slot.as_mut(), net, amounts.get(place)) {
                    *moved = net.saturating_sub(*amount);
                } else {
                    *slot = Err(NoPrice::OutOfRange);
                }
            }
        }
    }
}

/// The shares of the lines that one table prices, in their order. `None`: beyond 127 bits.
fn shares(outcomes: &[Outcome], indexes: &[usize]) -> Option<Vec<i128>> {
    let of_line = |index: &usize| match outcomes.get(*index) {
        Some(Ok(Found::Offered(priced))) => priced.graduated(),
        _ => None,
    };
    let parts: Vec<_> = indexes.iter().filter_map(of_line).collect();
    let share = parts.first()?;
    let weights: Vec<u128> = parts.iter().map(|share| u128::try_from(share.part).unwrap_or(0)).collect();
    let sum = i128::try_from(weights.iter().sum::<u128>()).ok()?;
    if share.whole == 0 || sum == 0 {
        // Nothing to share by: where nothing was counted at all, the first line takes it.
        let first = if share.whole == 0 { share.total } else { 0 };
        return Some(std::iter::once(first).chain(std::iter::repeat(0)).take(parts.len()).collect());
    }
    let total = if sum == share.whole {
        share.total
    } else {
        let whole = u128::try_from(share.whole).ok().filter(|&whole| whole > 0)?;
        Fraction::new(Wide::product(share.total, sum), whole, 0)?.round(RoundingMode::HalfEven)
    };
    apportion(total, &weights, ApportionMode::LargestRemainder).ok()
}

/// Settles amounts at 10 decimals on a total in minor units (R0): the lines in minor units, which sum to it.
pub(crate) fn settle(amounts: &[i128], total: i128, currency: Currency) -> Vec<i128> {
    let sum = amounts.iter().fold(0_i128, |sum, amount| sum.saturating_add(*amount));
    if total < 0 || (total == 0 && sum < 0) {
        let turned: Vec<i128> = amounts.iter().map(|amount| amount.saturating_neg()).collect();
        let settled = settle_positive(&turned, total.saturating_neg(), currency);
        return settled.into_iter().map(i128::saturating_neg).collect();
    }
    settle_positive(amounts, total, currency)
}

fn settle_positive(amounts: &[i128], total: i128, currency: Currency) -> Vec<i128> {
    let unit = power_of_ten(AMOUNT_DECIMALS.saturating_sub(currency.decimals()));
    let floor = |amount: &i128| amount.checked_div_euclid(unit).unwrap_or(0);
    let rest = |amount: i128| amount.checked_rem_euclid(unit).unwrap_or(0);
    let mut nets: Vec<i128> = amounts.iter().map(floor).collect();
    let missing = nets.iter().fold(total, |missing, net| missing.saturating_sub(*net));
    let Some(count) = i128::try_from(nets.len()).ok().filter(|&count| count > 0) else { return nets };
    let mut order: Vec<usize> = (0..nets.len()).collect();
    let rest_of = |index: &usize| amounts.get(*index).copied().map_or(0, rest);
    // Largest remainders first, ties to the lower index; what is to be taken away starts from the other end.
    order.sort_by_key(|index| (std::cmp::Reverse(rest_of(index)), *index));
    if missing < 0 {
        order.reverse();
    }
    let (rounds, odd) = (missing.checked_div(count).unwrap_or(0), missing.checked_rem(count).unwrap_or(0));
    for (place, index) in (0_i128..).zip(order) {
        let one_more = if place < odd.saturating_abs() { missing.signum() } else { 0 };
        if let Some(net) = nets.get_mut(index) {
            *net = net.saturating_add(rounds).saturating_add(one_more);
        }
    }
    nets
}

#[cfg(test)]
mod tests {
    use super::settle;

    #[test]
    fn lines_settle_on_the_total() {
        let check = |cents_at_10: &[i128], total, expected: &[i128]| {
            assert_eq!(settle(cents_at_10, total, "EUR".parse().unwrap()), expected);
        };
        // 0.333.., 0.333.., 0.333.. on 1.00; its mirror; two units more than the floors; one unit less than them.
        check(&[3_333_333_333; 3], 100, &[34, 33, 33]);
        check(&[-3_333_333_333; 3], -100, &[-34, -33, -33]);
        check(&[150_000_000, 190_000_000, 250_000_000], 6, &[2, 2, 2]);
        check(&[100_000_000, 100_000_000], 1, &[1, 0]);
        check(&[], 0, &[]);
    }
}
