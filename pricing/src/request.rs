//! Reading a request: what it says against the book, and what refuses it (R1).

use std::collections::{BTreeMap, BTreeSet};

use emptor_core::limits::{AMOUNT_DECIMALS, AMOUNT_END, LINES_MAX, QUANTITY_DECIMALS};
use emptor_core::{Currency, Exact, Money, PriceRequest, Prior, PriorOf, RateId, RecordedLine};

use crate::book::PriceBook;
use crate::count::{PriorAmounts, Thing};
use crate::error::PricingError;
use crate::line::{is_price, quantity_micros};
use crate::reading::in_range;

/// Refuses a request for the first reason of R1 that does not depend on prices.
pub(crate) fn check(book: &PriceBook, request: &PriceRequest, currency: Currency) -> Result<(), PricingError> {
    if let Some(tenant) = request.tenant.as_ref().filter(|tenant| **tenant != book.tenant.id) {
        return Err(PricingError::Tenant(tenant.to_string()));
    }
    if book.names.organizations.find(request.buyer.as_str()).is_none() {
        return Err(PricingError::UnknownBuyer(request.buyer.to_string()));
    }
    if request.lines.len() > LINES_MAX {
        return Err(PricingError::TooManyLines(request.lines.len()));
    }
    let mut ids = BTreeSet::new();
    if let Some(twice) = request.lines.iter().find(|line| !ids.insert(&line.id)) {
        return Err(PricingError::DuplicateLine(twice.id.to_string()));
    }
    let mut ids = BTreeSet::new();
    if let Some(twice) = request.charges.iter().find(|charge| !ids.insert(&charge.id)) {
        return Err(PricingError::DuplicateLine(twice.id.to_string()));
    }
    check_limits(request, currency)?;
    check_rule_limits(request, currency)?;
    let mut things = BTreeSet::new();
    for (index, prior) in request.facts.prior.iter().enumerate() {
        if !things.insert(&prior.of) {
            return Err(PricingError::DuplicatePrior(format!("facts.prior[{index}]")));
        }
    }
    let mut adjustments = BTreeSet::new();
    for (index, used) in request.facts.used.iter().enumerate() {
        if !adjustments.insert(&used.adjustment) {
            return Err(PricingError::DuplicatePrior(format!("facts.used[{index}]")));
        }
    }
    let mut contracts = BTreeSet::new();
    for (index, commitment) in request.facts.commitments.iter().enumerate() {
        if !contracts.insert(&commitment.contract) {
            return Err(PricingError::DuplicatePrior(format!("facts.commitments[{index}]")));
        }
    }
    check_pinned(book, &request.facts.pinned_rates)
}

fn check_limits(request: &PriceRequest, currency: Currency) -> Result<(), PricingError> {
    for (index, line) in request.lines.iter().enumerate() {
        let limit = |field: &str| Err(PricingError::Limit(format!("lines[{index}].{field}")));
        if line.manual_price.as_ref().is_some_and(|manual| !is_price(manual.price)) {
            return limit("manual_price.price");
        }
        if let Some(recorded) = &line.recorded {
            if !quantity_micros(recorded.quantity, QUANTITY_DECIMALS).is_ok_and(|quantity| quantity > 0) {
                return limit("recorded.quantity");
            }
            if quantity_micros(recorded.returned, QUANTITY_DECIMALS).is_err() {
                return limit("recorded.returned");
            }
            if money_in_range(recorded.net, currency).is_none() {
                return limit("recorded.net");
            }
        }
    }
    for (index, prior) in request.facts.prior.iter().enumerate() {
        let limit = |field: &str| Err(PricingError::Limit(format!("facts.prior[{index}].{field}")));
        let sound = |quantity: Exact| quantity_micros(quantity, QUANTITY_DECIMALS).is_ok_and(|micros| micros >= 0);
        if !sound(prior.quantity) {
            return limit("quantity");
        }
        if !sound(prior.weight) {
            return limit("weight");
        }
        if money_in_range(prior.value, currency).is_none_or(|value| value < 0) {
            return limit("value");
        }
    }
    Ok(())
}

/// Numbers that the procedure, tax and order rules read.
fn check_rule_limits(request: &PriceRequest, currency: Currency) -> Result<(), PricingError> {
    let limit = |place: String| Err(PricingError::Limit(place));
    let in_limits = |amount: Exact| amount.scaled(AMOUNT_DECIMALS).and_then(in_range).is_some();
    let is_amount = |amount: Exact| in_limits(amount) && !amount.is_negative();
    let is_money = |amount: Exact| money_in_range(amount, currency).is_some_and(|minor| minor >= 0);
    for (index, line) in request.lines.iter().enumerate() {
        if line.adjustment.as_ref().is_some_and(|adjustment| !is_adjustment(adjustment)) {
            return limit(format!("lines[{index}].adjustment"));
        }
    }
    if request.adjustment.as_ref().is_some_and(|adjustment| !is_adjustment(adjustment)) {
        return limit("adjustment".to_owned());
    }
    for (index, charge) in request.charges.iter().enumerate() {
        if !is_money(charge.amount) {
            return limit(format!("charges[{index}].amount"));
        }
    }
    let facts = &request.facts;
    for (index, used) in facts.used.iter().enumerate() {
        if !is_amount(used.amount) {
            return limit(format!("facts.used[{index}].amount"));
        }
    }
    for (index, commitment) in facts.commitments.iter().enumerate() {
        if !is_amount(commitment.prior) {
            return limit(format!("facts.commitments[{index}].prior"));
        }
    }
    let credit =
        facts.credit.iter().flat_map(|credit| [credit.limit, Some(credit.open_orders), Some(credit.receivables)]);
    if credit.flatten().any(|amount| !is_amount(amount)) {
        return limit("facts.credit".to_owned());
    }
    if facts.budget_used.is_some_and(|used| !is_amount(used)) {
        return limit("facts.budget_used".to_owned());
    }
    if facts.paid.is_some_and(|paid| !is_money(paid)) {
        return limit("facts.paid".to_owned());
    }
    Ok(())
}

/// Whether an adjustment by hand states one thing within the limits.
fn is_adjustment(adjustment: &emptor_core::ManualAdjustment) -> bool {
    let stated = [adjustment.percent_off, adjustment.percent_added, adjustment.amount_off, adjustment.amount_added];
    let mut numbers = stated.into_iter().flatten();
    let sound = |number: Exact| is_price(number) && !number.is_negative();
    let one = numbers.next().is_some_and(sound) && numbers.next().is_none();
    one && adjustment.percent_off.is_none_or(|percent| percent <= Exact::from(100))
}

/// An amount in minor units, if it has no more decimals than the currency and keeps to the limits of R0.
fn money_in_range(value: Exact, currency: Currency) -> Option<i64> {
    let money = Money::from_exact(value, currency)?;
    let amount = emptor_core::Amount::from_minor(money.minor(), currency).0;
    (amount.unsigned_abs() < AMOUNT_END.unsigned_abs()).then_some(money.minor())
}

fn check_pinned(book: &PriceBook, pinned: &[RateId]) -> Result<(), PricingError> {
    let mut pairs = BTreeSet::new();
    for id in pinned {
        let rate = book.rates.iter().find(|rate| rate.id == *id);
        let pair = rate.map(|rate| (rate.base.min(rate.quote), rate.base.max(rate.quote)));
        if !pair.is_some_and(|pair| pairs.insert(pair)) {
            return Err(PricingError::UnknownRate(id.to_string()));
        }
    }
    Ok(())
}

/// What was bought before, by the book's numbers; what the book does not know counts nowhere.
pub(crate) fn priors(book: &PriceBook, facts: &[Prior], currency: Currency) -> BTreeMap<Thing, PriorAmounts> {
    let thing = |of: &PriorOf| match of {
        PriorOf::Sku(sku) => book.names.skus.find(sku.as_str()).map(Thing::Sku),
        PriorOf::Category(category) => book.names.categories.find(category.as_str()).map(Thing::Category),
        PriorOf::Group(group) => book.names.pricing_groups.find(group.as_str()).map(Thing::Group),
        PriorOf::Order => Some(Thing::Order),
    };
    let micros = |quantity: Exact| quantity_micros(quantity, QUANTITY_DECIMALS).unwrap_or(0);
    let amounts = |prior: &Prior| PriorAmounts {
        quantity_micros: micros(prior.quantity),
        weight_micros: micros(prior.weight),
        value_minor: money_in_range(prior.value, currency).unwrap_or(0),
    };
    facts.iter().filter_map(|prior| Some((thing(&prior.of)?, amounts(prior)))).collect()
}

/// A return's recorded line in millionths and minor units.
pub(crate) struct Recorded {
    pub(crate) quantity_micros: i64,
    pub(crate) returned_micros: i64,
    pub(crate) net_minor: i64,
}

impl Recorded {
    /// The record of a return, which [`check`] has passed; `None` where what came back before is no quantity.
    pub(crate) fn of(recorded: &RecordedLine, currency: Currency) -> Option<Self> {
        let returned = quantity_micros(recorded.returned, QUANTITY_DECIMALS).ok().filter(|&micros| micros >= 0)?;
        Some(Self {
            quantity_micros: quantity_micros(recorded.quantity, QUANTITY_DECIMALS).ok()?,
            returned_micros: returned,
            net_minor: money_in_range(recorded.net, currency)?,
        })
    }
}
