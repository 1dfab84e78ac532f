//! Tables to rows: a draft at one scale, laid down where it is read from (R0, R4).

use emptor_core::limits::{
    AMOUNT_DECIMALS, PRICE_DECIMALS_MAX, PRICE_DIGITS_MAX, QUANTITY_DECIMALS, QUANTITY_MICROS_END,
};
use emptor_core::scaled::{Fraction, divide_narrow, power_of_ten};
use emptor_core::{AgainstLists, Exact, RoundingMode, RoundingStage};

use super::draft::{Draft, DraftTier, Spot, Target, is_price};
use super::{Builder, number};
use crate::book::SourceRounding;
use crate::code::Code;
use crate::rows::Rows;
use crate::table::{self, Base, PlainTier, RichTier, Shape};

/// The digits that a price after a version's rounding has at most, at 10 decimals.
const CHARGE_DIGITS_MAX: u32 = 28;

impl Builder<'_> {
    /// Lays a draft down in rows, and gives its entry.
    pub(super) fn lay_down(&mut self, draft: &Draft, source: u32, spot: &Spot<'_>) -> Option<table::Entry> {
        let scale = self.scale(draft, spot)?;
        let rounding = self.sources.get(source as usize)?.rounding;
        let entries = self.rows.get_mut(source as usize)?;
        let first_plain = entries.plain_rows();
        let plain = draft.formula == table::NONE
            && !draft.graduated
            && !draft.up_to
            && draft.tiers.iter().all(DraftTier::is_plain)
            && draft.add_plain_rows(entries, rounding, scale);
        let shape = Shape {
            unit: draft.unit,
            per_micros: draft.per_micros,
            per: if draft.per_micros % 1_000_000 == 0 { draft.per_micros / 1_000_000 } else { 0 },
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
        let first = if plain { first_plain } else { entries.add_rich(rich_rows(draft, scale)) };
        let goods = match draft.target {
            Target::Sku(goods) | Target::Category(goods) => goods,
        };
        let mut entry = table::Entry::new(goods, (first, number(draft.tiers.len())), shape, draft.valid);
        if plain {
            self.rows.get(source as usize)?.mark(&mut entry);
        }
        Some(entry)
    }

    /// The finest scale of a table's amounts, at which all of them must keep to the limits.
    fn scale(&mut self, draft: &Draft, spot: &Spot<'_>) -> Option<u32> {
        if let Some(scale) = plain_scale(&draft.tiers) {
            return Some(scale);
        }
        let by_value = draft.graduated && draft.base == Base::Value;
        let amounts = || draft.tiers.iter().flat_map(DraftTier::amounts);
        let rates = draft.percents().map(|percent| percent.decimals().saturating_add(2));
        let scale = amounts().map(Exact::decimals).chain(rates.filter(|_| by_value)).max().unwrap_or(0);
        let fits = |amount: Exact| amount.scaled(scale).is_some_and(is_in_limits);
        let rates_fit = draft.percents().all(|percent| {
            is_price(percent)
                && percent.scaled(scale).is_some_and(|scaled| scaled.unsigned_abs() < 10_u128.pow(PRICE_DIGITS_MAX))
        });
        let sizes_fit = draft
            .tiers
            .iter()
            .filter_map(|tier| tier.beside().package)
            .all(|package| size_micros(package.size).is_some());
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
    /// Adds the rows of a table of prices alone; none, where a price after the rounding does not fit the table's scale or
    /// the limit of R0, so that it is rounded when it is asked.
    fn add_plain_rows(&self, entries: &mut Rows, rounding: Option<SourceRounding>, scale: u32) -> bool {
        let before = entries.plain_rows();
        let rule = rounding.filter(|rule| rule.at == RoundingStage::Unit);
        let charge = match rule.map(|rule| Charge::of(rule, scale)) {
            None => None,
            Some(Some(charge)) => Some(charge),
            Some(None) => return false,
        };
        for tier in &self.tiers {
            let price = scaled(tier.price, scale).unwrap_or(0);
            let row = PlainTier { start: tier.start, price };
            // INVARIANT (charged): of a version, all plain rows are charged by its rule, or all as written.
            match charge.as_ref().map(|charge| charge.of_price(price)) {
                None => entries.add_plain(row, None),
                Some(Some(charged)) => entries.add_plain(row, Some(charged)),
                Some(None) => {
                    entries.drop_plain(before);
                    return false;
                }
            }
        }
        true
    }
}

/// What a version's rounding at `unit` makes of the prices of a table.
enum Charge {
    /// The rule keeps to whole units of the table's scale, as most do: it can be divided, and prices need not be multiplied.
    AtScale { increment: i64, offset: i64, mode: RoundingMode, end: u64 },
    /// The rule is finer; `unit` makes a price one at its decimals.
    Finer { rule: SourceRounding, unit: i128 },
}

impl Charge {
    fn of(rule: SourceRounding, scale: u32) -> Option<Self> {
        let decimals = AMOUNT_DECIMALS.checked_sub(scale)?;
        let unit = power_of_ten(decimals);
        let narrow = |value: i128| {
            let quotient = value.checked_div(unit).filter(|_| value.checked_rem(unit) == Some(0))?;
            i64::try_from(quotient).ok().filter(|&quotient| is_in_limits(quotient.into()))
        };
        let end = power_of_ten(CHARGE_DIGITS_MAX.saturating_sub(decimals));
        Some(match (narrow(rule.increment), narrow(rule.offset)) {
            (Some(increment), Some(offset)) => {
                Self::AtScale { increment, offset, mode: rule.mode, end: u64::try_from(end).unwrap_or(u64::MAX) }
            }
            _ => Self::Finer { rule, unit },
        })
    }

    fn of_price(&self, price: i64) -> Option<i64> {
        match *self {
            Self::AtScale { increment, offset, mode, end } => {
                // All three are below 10^18, and so is what is added by rounding.
                let (times, _) = divide_narrow(price.checked_sub(offset)?, increment, mode);
                let charged = times.checked_mul(increment)?.checked_add(offset)?;
                Some(charged).filter(|charged| charged.unsigned_abs() < end)
            }
            Self::Finer { rule, unit } => {
                let price = Fraction::whole(i128::from(price).checked_mul(unit)?);
                let charged = price.round_to(rule.increment, rule.offset, rule.mode)?;
                let in_limits = charged.unsigned_abs() < power_of_ten(CHARGE_DIGITS_MAX).unsigned_abs();
                let is_whole = charged.checked_rem(unit)? == 0;
                i64::try_from(charged.checked_div(unit)?).ok().filter(|_| in_limits && is_whole)
            }
        }
    }
}

/// The finest scale of prices alone, where all of them keep to the limits at it.
fn plain_scale(tiers: &[DraftTier]) -> Option<u32> {
    let plain = || tiers.iter().map(|tier| tier.price.filter(|_| tier.is_plain()));
    let scale = plain().try_fold(0, |scale, price| Some(price?.decimals().max(scale)))?;
    let fits = |price: Option<Exact>| price.and_then(|price| price.scaled(scale)).is_some_and(is_in_limits);
    (scale <= PRICE_DECIMALS_MAX && plain().all(fits)).then_some(scale)
}

/// Whether an amount at a table's scale keeps to the limits of prices.
fn is_in_limits(scaled: i128) -> bool {
    scaled.unsigned_abs() < power_of_ten(PRICE_DIGITS_MAX).unsigned_abs()
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
        let beside = tier.beside();
        let package = beside.package.and_then(|package| {
            let (size_micros, price) = (size_micros(package.size)?, scaled(Some(package.price), scale)?);
            Some(table::Package { size_micros, price })
        });
        // The opening price stands for 100 percent of its part.
        let percent = if by_value && tier.price.is_some() { Some(Exact::from(100)) } else { beside.percent };
        let rate = percent.filter(|_| by_value).and_then(|percent| percent.scaled(scale));
        let row = RichTier {
            start: tier.start,
            end: tier.end,
            price: scaled(tier.price, scale),
            flat: scaled(beside.flat, scale),
            above: scaled(beside.above, scale),
            package,
            percent: beside.percent,
            rate: rate.and_then(|rate| i64::try_from(rate / 100).ok()).unwrap_or(0),
            no_price: beside.no_price,
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
