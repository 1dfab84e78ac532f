//! Tables to rows: a draft at one scale, laid down where it is read from (R0, R4).

use emptor_core::limits::{
    AMOUNT_DECIMALS, PRICE_DECIMALS_MAX, PRICE_DIGITS_MAX, QUANTITY_DECIMALS, QUANTITY_MICROS_END,
};
use emptor_core::scaled::{Fraction, power_of_ten};
use emptor_core::{AgainstLists, Exact, RoundingStage};

use super::draft::{Draft, DraftTier, Spot, Target, is_price};
use super::{Builder, number};
use crate::book::SourceRounding;
use crate::code::Code;
use crate::table::{self, Base, PlainTier, RichTier, Shape};

impl Builder<'_> {
    /// Lays a draft down in rows, and gives its entry.
    pub(super) fn lay_down(&mut self, draft: &Draft, source: u32, spot: &Spot<'_>) -> Option<table::Entry> {
        let scale = self.scale(draft, spot)?;
        let rounding = self.sources.get(source as usize)?.rounding;
        let by_unit = rounding.filter(|rule| rule.at == RoundingStage::Unit);
        let charges = match by_unit {
            Some(rule) => draft.charges(rule, scale),
            None => Some(Vec::new()),
        };
        let plain = draft.formula == table::NONE
            && charges.is_some()
            && !draft.graduated
            && !draft.up_to
            && draft.tiers.iter().all(DraftTier::is_plain);
        let shape = Shape {
            unit: draft.unit,
            per_micros: draft.per_micros,
            scale,
            to_amount: i64::try_from(power_of_ten(AMOUNT_DECIMALS.saturating_sub(scale))).unwrap_or(1),
            rich: !plain,
            graduated: draft.graduated,
            up_to: draft.up_to,
            base: draft.base,
            scope: draft.scope,
            counts_prior: draft.counts_prior,
            charge_at_zero: draft.charge_at_zero,
            lists: draft.lists.into(),
            guards: draft.guards,
            excludes: draft.excludes,
            formula: draft.formula,
            is_plain: plain && draft.counts_own_quantity() && draft.lists == AgainstLists::Hide,
        };
        let next = number(self.shapes.len());
        let shape = *self.shape_numbers.entry(shape).or_insert_with_key(|shape| {
            self.shapes.push(shape.clone());
            next
        });
        let entries = self.entries.get_mut(source as usize)?;
        let first = if plain {
            let row = |tier: &DraftTier| PlainTier { start: tier.start, price: scaled(tier.price, scale).unwrap_or(0) };
            // INVARIANT (charged): of a version, all plain rows are charged otherwise than written, or none.
            entries.add_plain(draft.tiers.iter().map(row), by_unit.and(charges.as_deref()))
        } else {
            entries.add_rich(rich_rows(draft, scale))
        };
        let goods = match draft.target {
            Target::Sku(goods) | Target::Category(goods) => goods,
        };
        Some(table::Entry::new(goods, (first, number(draft.tiers.len())), shape, draft.valid))
    }

    /// The finest scale of a table's amounts, at which all of them must keep to the limits.
    fn scale(&mut self, draft: &Draft, spot: &Spot<'_>) -> Option<u32> {
        let by_value = draft.graduated && draft.base == Base::Value;
        let amounts = || draft.tiers.iter().flat_map(DraftTier::amounts);
        let rates =
            draft.tiers.iter().filter_map(|tier| tier.percent).map(|percent| percent.decimals().saturating_add(2));
        let scale = amounts().map(Exact::decimals).chain(rates.filter(|_| by_value)).max().unwrap_or(0);
        let fits = |amount: Exact| {
            let scaled = amount.scaled(scale);
            scaled.is_some_and(|scaled| scaled.unsigned_abs() < power_of_ten(PRICE_DIGITS_MAX).unsigned_abs())
        };
        let rates_fit = draft.tiers.iter().filter_map(|tier| tier.percent).all(|percent| {
            is_price(percent)
                && percent.scaled(scale).is_some_and(|scaled| scaled.unsigned_abs() < 10_u128.pow(PRICE_DIGITS_MAX))
        });
        let sizes_fit =
            draft.tiers.iter().filter_map(|tier| tier.package).all(|package| size_micros(package.size).is_some());
        if !sizes_fit {
            let help = "write a number above zero, below 10^12, with at most 6 decimals";
            self.report.error(Code::Limit, &spot().key("tiers"), "the size of a package is out of range", help);
        }
        if scale > PRICE_DECIMALS_MAX || !amounts().all(fits) || !rates_fit {
            let message = format!(
                "an amount of the table has more than {PRICE_DIGITS_MAX} digits, written with the {scale} decimals of the finest, or more than {PRICE_DECIMALS_MAX} decimals"
            );
            self.report.error(Code::Limit, &spot(), message, "round the amounts");
            return None;
        }
        sizes_fit.then_some(scale)
    }
}

impl Draft {
    /// The prices after a version's rounding at `unit`. `None`: one does not fit the table's scale or the limit of R0, so
    /// that it is rounded when it is asked.
    fn charges(&self, rule: SourceRounding, scale: u32) -> Option<Vec<i64>> {
        let prices = self.tiers.iter().map(|tier| scaled(tier.price, scale).unwrap_or(0));
        let unit = power_of_ten(AMOUNT_DECIMALS.checked_sub(scale)?);
        let charge = |price: i64| {
            let price = Fraction::whole(i128::from(price).checked_mul(unit)?);
            let charged = price.round_to(rule.increment, rule.offset, rule.mode)?;
            let in_limits = charged.unsigned_abs() < power_of_ten(28).unsigned_abs() && charged.checked_rem(unit)? == 0;
            i64::try_from(charged.checked_div(unit)?).ok().filter(|_| in_limits)
        };
        prices.map(charge).collect()
    }
}

fn scaled(amount: Option<Exact>, scale: u32) -> Option<i64> {
    amount.and_then(|amount| amount.scaled(scale)).and_then(|scaled| i64::try_from(scaled).ok())
}

fn size_micros(size: Exact) -> Option<i64> {
    let micros = size.scaled(QUANTITY_DECIMALS).and_then(|micros| i64::try_from(micros).ok());
    micros.filter(|micros| (1..QUANTITY_MICROS_END).contains(micros))
}

/// The rows of a table that is not plain, with the sums of the tiers below each.
#[expect(
    clippy::arithmetic_side_effects,
    reason = "two prices below 10^18 times bounds that sum to below 10^18, and 10^6 tiers of at most 10^18 packages of \
              10^18 each, stay below 2^127"
)]
fn rich_rows(draft: &Draft, scale: u32) -> Vec<RichTier> {
    let by_value = draft.graduated && draft.base == Base::Value;
    let (mut below_linear, mut below_fixed) = (0_i128, 0_i128);
    let mut rows = Vec::with_capacity(draft.tiers.len());
    for tier in &draft.tiers {
        let package = tier.package.and_then(|package| {
            let (size_micros, price) = (size_micros(package.size)?, scaled(Some(package.price), scale)?);
            Some(table::Package { size_micros, price })
        });
        // The opening price stands for 100 percent of its part.
        let percent = if by_value && tier.price.is_some() { Some(Exact::from(100)) } else { tier.percent };
        let rate = percent.filter(|_| by_value).and_then(|percent| percent.scaled(scale));
        let row = RichTier {
            start: tier.start,
            end: tier.end,
            price: scaled(tier.price, scale),
            flat: scaled(tier.flat, scale),
            above: scaled(tier.above, scale),
            package,
            percent: tier.percent,
            rate: rate.and_then(|rate| i64::try_from(rate / 100).ok()).unwrap_or(0),
            no_price: tier.no_price,
            below_linear,
            below_fixed,
        };
        if draft.graduated && tier.end < i64::MAX {
            let extent = i128::from(tier.end - tier.start);
            below_linear += i128::from(if by_value { row.rate } else { row.linear() }) * extent;
            let packages = package.map_or(0, |package| {
                let size = i128::from(package.size_micros);
                (extent + size - 1) / size * i128::from(package.price)
            });
            below_fixed += i128::from(row.flat.unwrap_or(0)) + packages;
        }
        rows.push(row);
    }
    rows
}
