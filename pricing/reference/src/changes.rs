//! What a rule changes: its number, the exact change, and the rounding of a step (R7).

use std::cmp::Reverse;

use emptor_core::{
    Currency, Effect, Exact, Graded, GradedBase, GradedBy, IndexTable, Indexed, ProcedureStep, Quantity,
    StepRoundingStage,
};
use num_traits::{Signed, Zero};

use crate::conditions::{About, View, quantity_in};
use crate::lines::Line;
use crate::moment::Moment;
use crate::numbers::{Number, floor_minor, number, round_to, round10, whole};

/// What a rule computes with.
pub(crate) struct Basis<'a> {
    /// What a percent is of.
    pub(crate) basis: &'a Number,
    /// What there is before the change.
    pub(crate) running: &'a Number,
    /// The goods line, if it is one.
    pub(crate) line: Option<&'a Line<'a>>,
}

/// The number of an effect that a document states; `None`: its count is below the first bound, or its index has no
/// value.
pub(crate) fn number_of(moment: &Moment, effect: &Effect, view: &View, about: About) -> Option<Number> {
    if let Some(indexed) = &effect.indexed {
        return value_of(moment, index_table(moment, indexed)?).map(number);
    }
    let graded = [
        &effect.percent_off,
        &effect.percent_added,
        &effect.amount_off,
        &effect.amount_added,
        &effect.price,
        &effect.raise_to,
        &effect.lower_to,
    ];
    match graded.into_iter().flatten().next()? {
        Graded::Number(only) => Some(number(*only)),
        Graded::Steps(steps) => {
            let count = count(effect.by.as_ref(), view, about)?;
            let reached = steps.iter().rfind(|(bound, _)| number(*bound) <= count);
            reached.map(|(_, value)| number(*value))
        }
        Graded::Script(_) => None,
    }
}

fn count(by: Option<&GradedBy>, view: &View, about: About) -> Option<Number> {
    let plain = GradedBy::default();
    let by = by.unwrap_or(&plain);
    match by.base {
        GradedBase::Quantity => view.quantity(&by.over, by.unit.as_ref(), about),
        GradedBase::Value => view.value(&by.over, about),
    }
}

/// The exact change, cut to the most that the effect allows; `None`: a quantity does not convert.
pub(crate) fn exact_change(effect: &Effect, value: &Number, of: &Basis) -> Option<Number> {
    let percent = || of.basis * value / whole(100);
    let change = if effect.percent_off.is_some() {
        -percent()
    } else if effect.percent_added.is_some() {
        percent()
    } else if effect.amount_off.is_some() {
        -(value * times(effect.per.as_ref(), of)?)
    } else if effect.amount_added.is_some() {
        value * times(effect.per.as_ref(), of)?
    } else if effect.price.is_some() {
        let one = || quantity_in(of.line?, None);
        let quantity = if effect.per.is_some() { times(effect.per.as_ref(), of)? } else { one()? };
        value * quantity - of.running
    } else if effect.raise_to.is_some() {
        (value - of.basis).max(Number::zero())
    } else if effect.lower_to.is_some() {
        (value - of.basis).min(Number::zero())
    } else {
        surcharge(effect.indexed.as_ref()?, value, of)?
    };
    Some(at_most(effect.at_most, change))
}

/// Whether a record shows what the number of an effect is of.
pub(crate) fn shows_basis(effect: &Effect) -> bool {
    let of_basis = [&effect.percent_off, &effect.percent_added, &effect.raise_to, &effect.lower_to];
    of_basis.iter().any(|number| number.is_some())
        || effect.indexed.as_ref().is_some_and(|indexed| indexed.step.is_some())
}

/// How often an amount counts: once, or for each base quantity.
fn times(per: Option<&Quantity>, of: &Basis) -> Option<Number> {
    let Some(per) = per else { return Some(whole(1)) };
    Some(of.line?.quantity_in(&per.unit)? / number(per.value))
}

fn surcharge(indexed: &Indexed, value: &Number, of: &Basis) -> Option<Number> {
    let above = (value - number(indexed.base)).max(Number::zero());
    if let Some(unit) = &indexed.unit {
        return Some(above * of.line?.quantity_in(unit)?);
    }
    let steps = (above / number(indexed.step?)).floor();
    Some(of.basis * number(indexed.percent?) * steps / whole(100))
}

fn at_most(most: Option<Exact>, change: Number) -> Number {
    let Some(most) = most.map(number) else { return change };
    if change.abs() <= most {
        change
    } else if change.is_negative() {
        -most
    } else {
        most
    }
}

fn index_table<'d>(moment: &Moment<'d>, indexed: &Indexed) -> Option<&'d IndexTable> {
    moment.documents.index_tables.iter().find(|table| table.index_table == indexed.table)
}

/// The currency of an index.
pub(crate) fn index_currency(moment: &Moment, indexed: &Indexed) -> Currency {
    index_table(moment, indexed).map_or(moment.documents.tenant.currency, |table| currency_of(moment, table))
}

/// The currency of the values of an index.
pub(crate) fn currency_of(moment: &Moment, table: &IndexTable) -> Currency {
    table.currency.unwrap_or(moment.documents.tenant.currency)
}

/// The value of an index: of several that hold, the one that starts last, then ends first.
pub(crate) fn value_of(moment: &Moment, table: &IndexTable) -> Option<Exact> {
    let values = table.values.iter();
    let holding = values.filter(|value| moment.knows(value.recorded_at) && moment.holds(&value.valid));
    let latest = holding.min_by_key(|value| {
        let (starts, ends) = moment.ends(&value.valid);
        (Reverse(starts), ends, value.rate_id.clone())
    });
    latest.map(|value| value.value)
}

/// A change rounded by its step; `quantity` is that of a line, in its product's unit.
pub(crate) fn rounded(step: &ProcedureStep, change: &Number, running: &Number, quantity: Option<&Number>) -> Number {
    let Some(rule) = &step.rounding else { return round10(change) };
    let offset = number(rule.offset);
    let by_rule = |x: &Number| &offset + round_to(&(x - &offset), &number(rule.increment), rule.mode);
    match (rule.at, quantity.filter(|quantity| !quantity.is_zero())) {
        (StepRoundingStage::Line, _) => by_rule(change),
        (StepRoundingStage::Result, _) => by_rule(&(running + change)) - running,
        (StepRoundingStage::Unit, None) => round10(change),
        (StepRoundingStage::Unit, Some(quantity)) => {
            let price = by_rule(&(round10(&(running + change)) / quantity));
            round10(&(price * quantity)) - running
        }
    }
}

/// A change of a line, cut where it would take the line below zero.
pub(crate) fn cut(step: &ProcedureStep, change: Number, running: &Number) -> Number {
    if step.below_zero || !(running + &change).is_negative() {
        change
    } else if running.is_negative() {
        change.max(Number::zero())
    } else {
        -running
    }
}

/// A line's change by a step on the order, in whole minor units, cut where it would take the line below zero.
pub(crate) fn cut_to_minor(moment: &Moment, step: &ProcedureStep, change: Number, running: &Number) -> Number {
    if step.below_zero {
        return change;
    }
    change.max(-floor_minor(moment, &running.clone().max(Number::zero())))
}
