//! What an offer comes to for a line: its table read (R4), rounded by its version (R0) and converted (R6).

use emptor_core::{ConversionStage, CountScope, NoPrice, NoTier, RoundingStage, ScriptRun, Tier, TierBase, TierMode};
use num_traits::{One, Signed, Zero};

use crate::counts::{Count, Counts};
use crate::fx::Route;
use crate::lines::Line;
use crate::moment::Moment;
use crate::numbers::{Number, is_amount, power_of_ten, round_by, round10};
use crate::offers::{Asked, Offer};
use crate::settle::apportion;
use crate::tiers::Row;

/// The price of a line.
#[derive(Clone)]
pub(crate) struct Reading {
    /// In the currency of the offer.
    pub(crate) own_amount: Number,
    /// In the order's currency.
    pub(crate) amount: Number,
    /// The tier as the record shows it.
    pub(crate) tier: Tier,
    /// C, where it is not the line's own quantity.
    pub(crate) counted: Option<Number>,
    /// T of a graduated table.
    pub(crate) total: Option<Number>,
    /// The script that gave the price or the count.
    pub(crate) script: Option<ScriptRun>,
}

/// Reads a table for the lines that it prices; `None` where it has no price for their count.
///
/// A share that is beyond the limits is so for its line only.
///
/// While it is not known yet which lines a table prices, it is read for each as if it were the only one.
pub(crate) fn read(
    counts: &Counts,
    moment: &Moment,
    priced: &[(&Line, &Offer)],
) -> Result<Option<Vec<Result<Reading, NoPrice>>>, NoPrice> {
    let count = counts.count(priced)?;
    let nearest = moment.documents.tenant.price_policy.no_tier == NoTier::Nearest;
    let offer = priced[0].1;
    if offer.table.mode == TierMode::Volume {
        let Some(row) = offer.table.volume_tier(&count.total, nearest) else { return Ok(None) };
        let formula = counts.formula(priced[0].0, offer)?;
        let given = formula.as_ref().map(|(price, _)| Row::of_formula(price));
        let reading = read_volume(moment, offer, given.as_ref().unwrap_or(row), &count.total)?;
        let script = formula.map(|(_, ran)| ran).or_else(|| count.script.clone());
        return Ok(Some(vec![Ok(Reading { counted: shown_count(offer, &count), script, ..reading })]));
    }
    let Some((total, row)) = graduated_total(offer, &count, nearest)? else { return Ok(None) };
    if !is_amount(&total) {
        return Err(NoPrice::OutOfRange);
    }
    let shares = shares(&total, &count);
    let readings = priced.iter().zip(shares).map(|((_, offer), share)| {
        let (own_amount, amount) = carry_share(moment, offer, &share)?;
        let (tier, counted) = (row.shown.clone(), shown_count(offer, &count));
        Ok(Reading { own_amount, amount, tier, counted, total: Some(total.clone()), script: None })
    });
    Ok(Some(readings.collect()))
}

/// What one tier of a volume table gives for a count.
pub(crate) fn read_volume(moment: &Moment, offer: &Offer, row: &Row, count: &Number) -> Result<Reading, NoPrice> {
    let exact = offer.table.volume_amount(row, &offer.quantity, count);
    let (own_amount, amount) = carry(moment, offer, &exact)?;
    Ok(Reading { own_amount, amount, tier: row.shown.clone(), counted: None, total: None, script: None })
}

/// T, and the tier of the last part.
fn graduated_total<'o>(offer: &'o Offer, count: &Count, nearest: bool) -> Result<Option<(Number, &'o Row)>, NoPrice> {
    let amount = |total: &Number| {
        let rounded = match &offer.version.rounding {
            Some(rule) if rule.at == RoundingStage::Line => round_by(total, rule),
            _ => round10(total),
        };
        if is_amount(&rounded) { Ok(rounded) } else { Err(NoPrice::OutOfRange) }
    };
    let Some((all, row)) = offer.table.graduated(&count.total, nearest) else { return Ok(None) };
    if count.prior.is_zero() {
        return Ok(Some((amount(&all)?, row)));
    }
    let Some((before, _)) = offer.table.graduated(&count.prior, nearest) else { return Ok(None) };
    Ok(Some((amount(&all)? - amount(&before)?, row)))
}

fn shares(total: &Number, count: &Count) -> Vec<Number> {
    if count.base.is_zero() {
        let rest = std::iter::repeat_with(Number::zero);
        return std::iter::once(total.clone()).chain(rest).take(count.parts.len()).collect();
    }
    let priced: Number = count.parts.iter().sum();
    let shared = if priced == count.base { total.clone() } else { round10(&(total * &priced / &count.base)) };
    apportion(&shared, &count.parts, &(Number::one() / power_of_ten(10)))
}

fn shown_count(offer: &Offer, count: &Count) -> Option<Number> {
    let table = &offer.table;
    let own = table.base == TierBase::Quantity && table.over == CountScope::Line && !table.counts_prior;
    (!own).then(|| count.total.clone())
}

/// The amount after the version's rounding, in its currency and in the order's.
fn carry(moment: &Moment, offer: &Offer, exact: &Number) -> Result<(Number, Number), NoPrice> {
    let own_amount = match &offer.version.rounding {
        Some(rule) if rule.at == RoundingStage::Line => round_by(exact, rule),
        _ => return carry_share(moment, offer, exact),
    };
    convert(moment, offer, own_amount)
}

/// As [`carry`], where a rounding of the line's amount is done already.
fn carry_share(moment: &Moment, offer: &Offer, share: &Number) -> Result<(Number, Number), NoPrice> {
    let own_amount = match &offer.version.rounding {
        Some(rule) if rule.at == RoundingStage::Unit && !offer.quantity.is_zero() => {
            let price = unit_price(round_by(&per_base_quantity(offer, share), rule))?;
            extended(offer, &price)
        }
        _ => round10(share),
    };
    convert(moment, offer, own_amount)
}

fn convert(moment: &Moment, offer: &Offer, own_amount: Number) -> Result<(Number, Number), NoPrice> {
    let amount = match &offer.asked {
        Asked::Converted(route) => convert_by(moment, offer, route, &own_amount)?,
        Asked::First | Asked::Never => own_amount.clone(),
    };
    if is_amount(&own_amount) && is_amount(&amount) { Ok((own_amount, amount)) } else { Err(NoPrice::OutOfRange) }
}

fn convert_by(moment: &Moment, offer: &Offer, route: &Route, amount: &Number) -> Result<Number, NoPrice> {
    let stage = moment.documents.tenant.conversion.as_ref().map(|conversion| conversion.at);
    if stage == Some(ConversionStage::Unit) && !offer.quantity.is_zero() {
        let price = unit_price(round10(&per_base_quantity(offer, amount)))?;
        let price = unit_price(round10(&route.convert(&price)?))?;
        return Ok(extended(offer, &price));
    }
    Ok(round10(&route.convert(amount)?))
}

/// The price per base quantity of an amount.
fn per_base_quantity(offer: &Offer, amount: &Number) -> Number {
    amount * crate::numbers::number(offer.per.value) / &offer.quantity
}

/// The amount of a price per base quantity.
fn extended(offer: &Offer, price: &Number) -> Number {
    round10(&(price * &offer.quantity / crate::numbers::number(offer.per.value)))
}

/// A price per base quantity that keeps to the limit of R0.
fn unit_price(price: Number) -> Result<Number, NoPrice> {
    if price.abs() < power_of_ten(18) { Ok(price) } else { Err(NoPrice::OutOfRange) }
}
