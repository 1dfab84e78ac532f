//! What one unit of a line costs and what changes it, as a quote shows it.

use emptor::core::scaled::{divide, power_of_ten};
use emptor::core::{Currency, Exact, Money, PricedLine, Quantity, RoundingMode, StepKind, TableDetail, Tier, TierMode};

/// The decimals of an amount between a price and money (R0).
const AMOUNT_DECIMALS: u32 = 10;
const QUANTITY_DECIMALS: u32 = 6;
/// How many more decimals an average has than the currency.
const AVERAGE_DECIMALS: u32 = 2;

/// The numbers of a line: its price per unit, times the quantity and with the change, is its total.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Shown {
    unit_price: Option<UnitPrice>,
    pub(crate) kind: Kind,
    /// What discounts, surcharges and guards change.
    change: Money,
    /// With the tax that is inside, where prices are with tax.
    pub(crate) total: Money,
}

/// A price and what it is for.
#[derive(Debug, PartialEq, Eq)]
struct UnitPrice {
    price: Exact,
    /// The base quantity: `100 pc`, and `pc` for one.
    per: String,
    kind: Kind,
}

/// How exact a price per unit is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Times the quantity it is what the line comes to before changes.
    Whole,
    /// What the line comes to by its quantity, rounded.
    Average,
}

impl Shown {
    /// `None`: the line has no price.
    pub(crate) fn of(line: &PricedLine, currency: Currency) -> Option<Self> {
        let total = asked(line.net?, line.tax);
        let before = before_changes(line, currency).unwrap_or(total);
        let unit_price = unit_price(line, i128::from(before.minor()), currency);
        let change = Money::from_minor(total.minor().saturating_sub(before.minor()), currency);
        let kind = unit_price.as_ref().map_or(Kind::Whole, |price| price.kind);
        Some(Self { unit_price, kind, change, total })
    }

    /// The price per unit, its base quantity, and the change.
    pub(crate) fn texts(&self, currency: Currency) -> (String, String, String) {
        let mark = if self.kind == Kind::Average { "~" } else { "" };
        let price = self.unit_price.as_ref().map(|unit| format!("{mark}{}", unit.price.padded(currency.decimals())));
        let per = self.unit_price.as_ref().map(|unit| unit.per.clone());
        let change = if self.change.minor() == 0 { String::new() } else { self.change.amount() };
        (price.unwrap_or_default(), per.unwrap_or_default(), change)
    }
}

/// What was asked: with the tax inside, if there is any.
pub(crate) fn asked(net: Money, tax: Option<Money>) -> Money {
    tax.and_then(|tax| net.checked_add(tax)).unwrap_or(net)
}

/// What a line came to before rules and guards changed it; `None`: nothing did.
fn before_changes(line: &PricedLine, currency: Currency) -> Option<Money> {
    let is_change =
        |kind: StepKind| !matches!(kind, StepKind::Price | StepKind::Conversion | StepKind::Rounding | StepKind::Tax);
    if !line.steps.iter().any(|step| is_change(step.step)) {
        return None;
    }
    let of_price = line.steps.iter().filter(|step| matches!(step.step, StepKind::Price | StepKind::Conversion));
    let amount = of_price.filter_map(|step| step.amount.scaled(AMOUNT_DECIMALS)).fold(0_i128, i128::saturating_add);
    let minor_unit = power_of_ten(AMOUNT_DECIMALS.checked_sub(currency.decimals())?);
    let minor = divide(amount, minor_unit, RoundingMode::HalfUp);
    Some(Money::from_minor(i64::try_from(minor).ok()?, currency))
}

/// The price of the tier where there is one that makes the line's amount, else the average.
fn unit_price(line: &PricedLine, minor: i128, currency: Currency) -> Option<UnitPrice> {
    agreed(line, minor, currency).or_else(|| average(line, minor, currency))
}

/// The price as it stands in the contract or list, if the line's amount is that times the quantity.
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

/// The line's amount by its quantity, for the base quantity of its price where that is in the line's own unit.
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
