//! The tax of an amended order: worked out anew from what is left and the rates of the record (R10).

use emptor_core::limits::PRICE_DECIMALS_MAX;
use emptor_core::scaled::{Fraction, Wide, power_of_ten};
use emptor_core::{Money, PricedLine, PricedOrder, RoundingMode, TaxCategoryId, TaxSubtotal};

/// The tax by category of an order that was amended; `None`: it does not fit, or a line's category is not recorded.
///
/// A category of which no line changed stays as it is.
pub(crate) fn amended_tax(before: &PricedOrder, after: &PricedOrder) -> Option<Vec<TaxSubtotal>> {
    let changed = || before.lines.iter().zip(&after.lines).filter(|(was, is)| was != is);
    let is_recorded = |line: &PricedLine| {
        line.tax_category.as_ref().is_some_and(|category| before.tax.iter().any(|group| group.category == *category))
    };
    if !before.tax.is_empty() && !changed().all(|(was, _)| is_recorded(was)) {
        return None;
    }
    let is_gross = Inside::any(before);
    let amended = before.tax.iter().map(|group| {
        let of_group = |line: &PricedLine| line.tax_category.as_ref() == Some(&group.category);
        if !changed().any(|(was, _)| of_group(was)) {
            return Some(group.clone());
        }
        let lost = |(was, is): (&PricedLine, &PricedLine)| taxed_as(was)?.checked_sub(taxed_as(is)?);
        let mut lost = changed().filter(|(was, _)| of_group(was)).map(lost);
        let lost = lost.try_fold(0_i128, |sum, lost| sum.checked_add(lost?))?;
        let taxable = i128::from(group.taxable.minor()).checked_sub(lost)?;
        let tax = if is_gross { inside(group, before, after)? } else { added(group, taxable)? };
        let money = |minor: i128| Some(Money::from_minor(i64::try_from(minor).ok()?, group.tax.currency()));
        Some(TaxSubtotal { taxable: money(taxable)?, tax: money(tax)?, ..group.clone() })
    });
    amended.collect()
}

/// What of a line is taxed: its net and its shares, in minor units.
fn taxed_as(line: &PricedLine) -> Option<i128> {
    let mut shares = line.shares.iter().map(|share| i128::from(share.amount.minor()));
    shares.try_fold(i128::from(line.net?.minor()), i128::checked_add)
}

/// The tax on what is left of a category.
fn added(group: &TaxSubtotal, taxable: i128) -> Option<i128> {
    let percent = group.percent.scaled(PRICE_DECIMALS_MAX)?;
    let whole = power_of_ten(PRICE_DECIMALS_MAX).checked_mul(100)?.unsigned_abs();
    Some(Fraction::new(Wide::product(taxable, percent), whole, 0)?.round(RoundingMode::HalfUp))
}

/// The tax inside what is left of a category: of lines, gifts and charges as recorded, of shares in their proportion.
fn inside(group: &TaxSubtotal, before: &PricedOrder, after: &PricedOrder) -> Option<i128> {
    let (was, is) = (Inside::of(before, &group.category), Inside::of(after, &group.category));
    let of_shares = i128::from(group.tax.minor()).checked_sub(was.recorded)?;
    if was.shares == 0 {
        return is.recorded.checked_add(of_shares);
    }
    let left = Fraction::new(Wide::product(of_shares, is.shares), was.shares.unsigned_abs(), 0)?;
    is.recorded.checked_add(left.round(RoundingMode::HalfUp))
}

/// The tax inside the things of a category.
struct Inside {
    /// That of lines, gifts and charges, in minor units.
    recorded: i128,
    /// How much all shares are, without their signs.
    shares: i128,
}

impl Inside {
    fn of(order: &PricedOrder, category: &TaxCategoryId) -> Self {
        let lines = order.lines.iter().filter(|line| line.tax_category.as_ref() == Some(category));
        let gifts = order.gifts.iter().filter(|gift| gift.tax_category.as_ref() == Some(category));
        let charges = order.charges.iter().filter(|charge| charge.tax_category.as_ref() == Some(category));
        let shares = lines.clone().flat_map(|line| &line.shares);
        let taxes =
            lines.map(|line| line.tax).chain(gifts.map(|gift| gift.tax)).chain(charges.map(|charge| charge.tax));
        Self {
            recorded: taxes.flatten().map(|tax| i128::from(tax.minor())).sum(),
            shares: shares.map(|share| i128::from(share.amount.minor()).saturating_abs()).sum(),
        }
    }

    /// Whether an order records tax inside its amounts.
    fn any(order: &PricedOrder) -> bool {
        let lines = order.lines.iter().any(|line| line.tax.is_some());
        lines || order.gifts.iter().any(|gift| gift.tax.is_some()) || order.charges.iter().any(|one| one.tax.is_some())
    }
}
