//! What one unit of a line costs, as a quote shows it.

use emptor::core::scaled::{divide, power_of_ten};
use emptor::core::{Currency, Exact, PricedLine, Quantity, RoundingMode, StepKind, TableDetail, Tier, TierMode};

/// The decimals of an amount between a price and money (R0).
const AMOUNT_DECIMALS: u32 = 10;
const QUANTITY_DECIMALS: u32 = 6;
/// How many more decimals an average has than the currency.
const AVERAGE_DECIMALS: u32 = 2;

/// A price and what it is for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct UnitPrice {
    pub(crate) price: Exact,
    /// The base quantity: `100 pc`, and `pc` for one.
    pub(crate) per: String,
    pub(crate) kind: Kind,
}

/// How exact a price per unit is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Times the quantity it is the line's total.
    Whole,
    /// The line's total by its quantity, rounded.
    Average,
}

/// The price of the tier where there is one that makes the line's total, else the average.
pub(crate) fn unit_price(line: &PricedLine, currency: Currency) -> Option<UnitPrice> {
    let net = line.net?.minor();
    agreed(line, i128::from(net), currency).or_else(|| average(line, i128::from(net), currency))
}

/// The price as it stands in the contract or list, if the line's total is that times the quantity.
fn agreed(line: &PricedLine, net: i128, currency: Currency) -> Option<UnitPrice> {
    let step = line.steps.iter().find(|step| step.step == StepKind::Price && step.conversion.is_none())?;
    let table = step.price.as_ref()?.table.as_ref()?;
    let TableDetail { per, mode: TierMode::Volume, tier, factor, .. } = table else { return None };
    let Tier { price: Some(price), percent: None, flat: None, above: None, package: None, .. } = *tier else {
        return None;
    };
    let (numerator, denominator) = ratio(factor.as_deref())?;
    let quantity = match &table.measured {
        Some(measured) if measured.unit == per.unit => measured.value,
        Some(_) => return None,
        None => line.quantity,
    };
    let extended = price
        .scaled(AMOUNT_DECIMALS)?
        .checked_mul(quantity.scaled(QUANTITY_DECIMALS)?)?
        .checked_mul(numerator)?
        .checked_div(per.value.scaled(QUANTITY_DECIMALS)?.checked_mul(denominator)?)?;
    let minor_unit = power_of_ten(AMOUNT_DECIMALS.checked_sub(currency.decimals())?);
    let makes_the_total = extended.abs_diff(net.checked_mul(minor_unit)?) < minor_unit.unsigned_abs();
    makes_the_total.then(|| UnitPrice { price, per: base(per), kind: Kind::Whole })
}

/// The line's total by its quantity, for the base quantity of its price where that is in the line's own unit.
fn average(line: &PricedLine, net: i128, currency: Currency) -> Option<UnitPrice> {
    let decimals = currency.decimals().checked_add(AVERAGE_DECIMALS)?;
    let quantity = line.quantity.scaled(QUANTITY_DECIMALS).filter(|&quantity| quantity != 0)?;
    let price_of = |base: i128| -> Option<(Exact, Kind)> {
        let scale = power_of_ten(AVERAGE_DECIMALS);
        let numerator = net.checked_mul(quantity.signum())?.checked_mul(scale)?.checked_mul(base)?;
        let divisor = quantity.checked_abs()?;
        let kind = if numerator.checked_rem(divisor)? == 0 { Kind::Whole } else { Kind::Average };
        Some((Exact::from_scaled(divide(numerator, divisor, RoundingMode::HalfUp), decimals)?, kind))
    };
    let table = line.steps.iter().find_map(|step| step.price.as_ref()?.table.as_ref());
    if let Some(table) = table.filter(|table| table.factor.is_none() && table.measured.is_none()) {
        let (price, kind) = price_of(table.per.value.scaled(QUANTITY_DECIMALS)?)?;
        return Some(UnitPrice { price, per: base(&table.per), kind });
    }
    let (price, kind) = price_of(power_of_ten(QUANTITY_DECIMALS))?;
    Some(UnitPrice { price, per: line.unit.as_ref().map(ToString::to_string).unwrap_or_default(), kind })
}

fn base(per: &Quantity) -> String {
    if per.value == Exact::from(1) { per.unit.to_string() } else { per.to_string() }
}

/// A factor like `5/3`; none is one.
fn ratio(factor: Option<&str>) -> Option<(i128, i128)> {
    let Some(factor) = factor else { return Some((1, 1)) };
    let (numerator, denominator) = factor.split_once('/').unwrap_or((factor, "1"));
    Some((numerator.parse().ok()?, denominator.parse().ok()?))
}
