//! Pass 2: from a quantity to an amount, by a table (R4).

use emptor_core::RoundingMode;
use emptor_core::limits::{AMOUNT_DECIMALS, QUANTITY_MICROS_END};
use emptor_core::scaled::{Fraction, Wide, divide, power_of_ten};

use crate::entries::Table;
use crate::table::{Base, PlainTier, RichTier, Shape};

/// A number of millionths (a value: of minor units), exact: `numerator / denominator`.
///
/// The numerator is a quantity times the numerator of a unit ratio, below 2^124; the denominator is that of a ratio.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Count {
    pub(crate) numerator: i128,
    pub(crate) denominator: i128,
}

impl Count {
    pub(crate) fn whole(micros: i64) -> Self {
        Self { numerator: micros.into(), denominator: 1 }
    }

    /// A sum of millionths.
    pub(crate) fn of_micros(micros: i128) -> Self {
        Self { numerator: micros, denominator: 1 }
    }

    /// Whether it is above a bound, or on it.
    #[inline]
    pub(crate) fn reaches(self, bound: i64) -> bool {
        self.scaled(bound) <= self.numerator
    }

    /// How many base quantities it is, if that is a whole number and easily told.
    #[inline]
    pub(crate) fn whole_bases(self, per_micros: i64) -> Option<i64> {
        let micros = i64::try_from(self.numerator).ok().filter(|_| self.denominator == 1)?;
        (micros.checked_rem(per_micros)? == 0).then(|| micros.checked_div(per_micros))?
    }

    /// Whether it is below 10^12 units.
    #[inline]
    pub(crate) fn is_in_range(self) -> bool {
        self.numerator < self.scaled(QUANTITY_MICROS_END)
    }

    /// Whether it is above a bound.
    #[inline]
    fn passes(self, bound: i64) -> bool {
        self.scaled(bound) < self.numerator
    }

    /// A bound at this count's denominator.
    #[inline]
    #[expect(clippy::arithmetic_side_effects, reason = "below 2^63 x 2^64")]
    fn scaled(self, bound: i64) -> i128 {
        if self.denominator == 1 { bound.into() } else { i128::from(bound) * self.denominator }
    }
}

/// The place of the tier of a volume table for a count; with `nearest`, also where the table has no price. `None`: no price.
#[inline]
pub(crate) fn reach(table: Table<'_>, count: Count, nearest: bool) -> Option<usize> {
    if table.shape.rich {
        return reach_rich(table.rich(), table.shape.up_to, count, nearest);
    }
    plain_reached(table.plain(), count).checked_sub(1).or_else(|| nearest.then_some(0))
}

/// How many tiers start at or below the count.
#[inline]
fn plain_reached(tiers: &[PlainTier], count: Count) -> usize {
    if tiers.len() <= 8 {
        return tiers.iter().take_while(|tier| count.reaches(tier.start)).count();
    }
    tiers.partition_point(|tier| count.reaches(tier.start))
}

fn reach_rich(tiers: &[RichTier], up_to: bool, count: Count, nearest: bool) -> Option<usize> {
    let started = |tier: &RichTier| if up_to { count.passes(tier.start) } else { count.reaches(tier.start) };
    // A count of zero lies in the first tier of either kind that starts there.
    let started = tiers.partition_point(started).max(usize::from(up_to && count.numerator == 0));
    if let Some(index) = started.checked_sub(1) {
        let within = tiers.get(index).is_some_and(|tier| {
            tier.end == i64::MAX || if up_to { !count.passes(tier.end) } else { !count.reaches(tier.end) }
        });
        if within && tiers.get(index).is_some_and(|tier| !tier.no_price) {
            return Some(index);
        }
    }
    if !nearest {
        return None;
    }
    let priced = |&(_, tier): &(usize, &RichTier)| !tier.no_price;
    let below = tiers.iter().enumerate().take(started).rfind(priced);
    below.or_else(|| tiers.iter().enumerate().skip(started).find(priced)).map(|(index, _)| index)
}

/// What the tier `index` of a volume table gives for a quantity, exactly. `None`: beyond 127 bits.
#[inline]
pub(crate) fn volume(table: Table<'_>, index: usize, quantity: Count) -> Option<Fraction> {
    if !table.shape.rich {
        return extend(table.charged(u32::try_from(index).ok()?)?, quantity, table.shape);
    }
    let (linear, fixed) = volume_parts(table.rich().get(index)?, quantity)?;
    at_10(linear, fixed, quantity, table.shape)
}

/// The price per base quantity that a tier of a rich volume table comes to, exactly; the quantity is not zero.
pub(crate) fn volume_unit_price(table: Table<'_>, index: usize, quantity: Count) -> Option<Fraction> {
    let shape = table.shape;
    let shift = AMOUNT_DECIMALS.checked_sub(shape.scale)?;
    let (linear, fixed) = volume_parts(table.rich().get(index)?, quantity)?;
    let divisor = quantity.denominator.checked_mul(shape.per_micros.into())?;
    // amount x per / quantity: the divisor of the amount cancels, but for the quantity's numerator.
    Fraction::new(linear.plus_product(fixed, divisor)?, quantity.numerator.unsigned_abs(), shift)
}

/// What a tier gives by quantity, and once.
fn volume_parts(tier: &RichTier, quantity: Count) -> Option<(Wide, i128)> {
    let excess = quantity.numerator.checked_sub(quantity.scaled(tier.start))?.max(0);
    let linear = Wide::product(tier.price.unwrap_or(0).into(), quantity.numerator)
        .plus_product(tier.above.unwrap_or(0).into(), excess)?;
    Some((linear, i128::from(tier.flat.unwrap_or(0)).checked_add(packages(tier, quantity)?)?))
}

/// `price x quantity / per` at 10 decimals.
#[inline]
#[expect(clippy::arithmetic_side_effects, reason = "two numbers below 2^63 make one below 2^127")]
fn extend(price: i64, quantity: Count, shape: &Shape) -> Option<Fraction> {
    let shift = power_of_ten(AMOUNT_DECIMALS.checked_sub(shape.scale)?);
    if let Some(bases) = quantity.whole_bases(shape.per_micros) {
        return (i128::from(price) * i128::from(bases)).checked_mul(shift).map(Fraction::whole);
    }
    at_10(Wide::product(price.into(), quantity.numerator), 0, quantity, shape)
}

/// `linear / (quantity's denominator x per) + fixed`, from the shape's scale to 10 decimals.
fn at_10(linear: Wide, fixed: i128, quantity: Count, shape: &Shape) -> Option<Fraction> {
    let divisor = quantity.denominator.checked_mul(shape.per_micros.into())?;
    let numerator = linear.plus_product(fixed, divisor)?;
    Fraction::new(numerator, divisor.unsigned_abs(), AMOUNT_DECIMALS.checked_sub(shape.scale)?)
}

/// What the started packages of a part cost, at the shape's scale.
fn packages(tier: &RichTier, part: Count) -> Option<i128> {
    let Some(package) = tier.package else { return Some(0) };
    let size = part.scaled(package.size_micros);
    let started = part.numerator.checked_add(size)?.checked_sub(1)?.checked_div(size)?;
    started.checked_mul(package.price.into())
}

/// F of a graduated table, and the last tier that has a part.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Graduated {
    pub(crate) value: Fraction,
    pub(crate) index: usize,
}

/// What a graduated table gives for all of `[0, count]`. `Ok(None)`: it has no price there. `Err`: beyond 127 bits.
pub(crate) fn graduated(
    table: Table<'_>,
    currency_decimals: u32,
    count: Count,
    nearest: bool,
) -> Result<Option<Graduated>, OutOfRange> {
    if count.numerator < 0 {
        return Ok(None);
    }
    let (tiers, shape) = (table.rich(), table.shape);
    // A part is above zero in every tier that starts below the count; bounds of both kinds give the same parts.
    let index = tiers.partition_point(|tier| count.passes(tier.start)).saturating_sub(1);
    let holds = |tier: &RichTier| !tier.no_price && (tier.end == i64::MAX || !count.passes(tier.end));
    let index = match tiers.get(index) {
        Some(tier) if holds(tier) => index,
        Some(_) if nearest => tiers.iter().rposition(|tier| !tier.no_price).ok_or(OutOfRange)?,
        _ => return Ok(None),
    };
    let tier = tiers.get(index).ok_or(OutOfRange)?;
    if count.numerator == 0 && !shape.charge_at_zero {
        return Ok(Some(Graduated { value: Fraction::whole(0), index }));
    }
    let value = graduated_value(tier, shape, currency_decimals, count).ok_or(OutOfRange)?;
    Ok(Some(Graduated { value, index }))
}

/// An intermediate result beyond 127 bits, so a result beyond the limits of R0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct OutOfRange;

fn graduated_value(tier: &RichTier, shape: &Shape, currency_decimals: u32, count: Count) -> Option<Fraction> {
    let part = Count { numerator: count.numerator.checked_sub(count.scaled(tier.start))?, ..count };
    let by_value = shape.base == Base::Value;
    let per_unit = if by_value { tier.rate } else { tier.linear() };
    let linear = Wide::product(tier.below_linear, count.denominator).plus_product(per_unit.into(), part.numerator)?;
    let fixed = tier.below_fixed.checked_add(tier.flat.unwrap_or(0).into())?.checked_add(packages(tier, part)?)?;
    let per = if by_value { power_of_ten(currency_decimals) } else { shape.per_micros.into() };
    let divisor = count.denominator.checked_mul(per)?;
    let numerator = linear.plus_product(fixed, divisor)?;
    Fraction::new(numerator, divisor.unsigned_abs(), AMOUNT_DECIMALS.checked_sub(shape.scale)?)
}

/// The opening value of a quantity: what the first tier's price gives, in minor units, half-up. Zero without such a price, or where that is
/// below zero.
pub(crate) fn opening_value(table: Table<'_>, currency_decimals: u32, quantity: Count) -> Option<i128> {
    let Some(price) = table.opening_price() else { return Some(0) };
    let value = extend(price, quantity, table.shape)?;
    Some(to_minor(value, currency_decimals)?.max(0))
}

/// A value at 10 decimals in minor units, half-up.
pub(crate) fn to_minor(value: Fraction, currency_decimals: u32) -> Option<i128> {
    let unit = power_of_ten(AMOUNT_DECIMALS.checked_sub(currency_decimals)?);
    Some(divide(value.round_to(unit, 0, RoundingMode::HalfUp)?, unit, RoundingMode::HalfUp))
}
