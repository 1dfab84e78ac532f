//! Order rules about quantities, lines and weight (R12).

use emptor_core::{Exact, Fix, OrderTerms, Quantity, RoundingMode, Unit, ViolationCode};
use num_traits::{Signed, Zero};

use crate::lines::Line;
use crate::numbers::{Number, exact, is_quantity, number, round_decimals, round_to};
use crate::order_rules::{Case, OrderRule};
use crate::violations::Found;

/// The least or most of a product.
struct Bound {
    code: ViolationCode,
    is_least: bool,
    stated: fn(&OrderTerms) -> Option<Exact>,
}

/// What the order has too little or too much of.
pub(crate) fn judge(case: &Case) -> Vec<Found> {
    let least = Bound { code: ViolationCode::QuantityMin, is_least: true, stated: |terms| terms.quantity_min };
    let most = Bound { code: ViolationCode::QuantityMax, is_least: false, stated: |terms| terms.quantity_max };
    let mut found = Vec::new();
    for (first, _) in case.skus() {
        found.extend(of_product(case, first, &least));
        found.extend(increments(case, first));
        found.extend(of_product(case, first, &most));
    }
    found.extend(lines_max(case));
    found.extend(weight_max(case));
    found
}

/// A line's quantity in a unit, as it is counted.
fn part(line: &Line, unit: &Unit) -> Option<Number> {
    let part = round_decimals(&line.quantity_in(unit)?, 6, RoundingMode::HalfEven);
    is_quantity(&part).then_some(part)
}

fn unit_of<'a>(rule: &OrderRule<'a>, line: &Line<'a>) -> Option<&'a Unit> {
    rule.terms.unit.as_ref().or(line.goods.as_ref().map(|goods| &goods.product.unit))
}

/// The lines of a sku that convert to a unit, by their place in the view, and their quantities.
fn parts(case: &Case, first: usize, unit: &Unit) -> Vec<(usize, Number)> {
    let sku = &case.view.goods[first].line.asked.sku;
    let lines = case.view.goods.iter().enumerate().filter(|(_, subject)| subject.line.asked.sku == *sku);
    lines.filter_map(|(index, subject)| Some((index, part(subject.line, unit)?))).collect()
}

fn of_product(case: &Case, first: usize, bound: &Bound) -> Option<Found> {
    let line = case.view.goods[first].line;
    let (rule, stated) = case.of_sku(line, bound.stated)?;
    let unit = unit_of(rule, line)?;
    let parts = parts(case, first, unit);
    let (first_counted, own) = parts.first()?;
    let sum: Number = parts.iter().map(|(_, part)| part).sum();
    let limit = number(stated);
    let is_broken = if bound.is_least { sum < limit } else { sum > limit };
    if !is_broken {
        return None;
    }
    let mut found = rule.broken(case, bound.code, Some(*first_counted))?;
    let wanted = own + &limit - &sum;
    let mode = if bound.is_least { RoundingMode::Ceiling } else { RoundingMode::Floor };
    let increment = case.of_sku(line, |terms| terms.quantity_increment);
    let of_unit = increment.filter(|(other, _)| unit_of(other, line) == Some(unit));
    let wanted = of_unit.map_or(wanted.clone(), |(_, step)| round_to(&wanted, &number(step), mode));
    let set = Fix::SetQuantity(Quantity { value: exact(&wanted), unit: unit.clone() });
    found.violation.fix = Some(if bound.is_least || wanted.is_positive() { set } else { Fix::RemoveLine });
    found.violation.limit = Some(stated);
    found.violation.actual = Some(exact(&sum));
    found.violation.unit = Some(unit.clone());
    Some(found)
}

/// The lines of a sku that are no multiple of its increment.
fn increments(case: &Case, first: usize) -> Vec<Found> {
    let line = case.view.goods[first].line;
    let Some((rule, stated)) = case.of_sku(line, |terms| terms.quantity_increment) else { return Vec::new() };
    let Some(unit) = unit_of(rule, line) else { return Vec::new() };
    let step = number(stated);
    let broken = parts(case, first, unit).into_iter().filter(|(_, part)| !(part / &step).is_integer());
    let found = broken.filter_map(|(index, part)| {
        let mut found = rule.broken(case, ViolationCode::QuantityIncrement, Some(index))?;
        let above = round_to(&part, &step, RoundingMode::Ceiling);
        found.violation.fix = Some(Fix::SetQuantity(Quantity { value: exact(&above), unit: unit.clone() }));
        found.violation.limit = Some(stated);
        found.violation.actual = Some(exact(&part));
        found.violation.unit = Some(unit.clone());
        Some(found)
    });
    found.collect()
}

fn lines_max(case: &Case) -> Option<Found> {
    let (rule, most) = case.of_order(|terms| terms.lines_max)?;
    let count = u32::try_from(case.view.goods.len()).expect("a request has at most 100,000 lines");
    if count <= most {
        return None;
    }
    let mut found = rule.broken(case, ViolationCode::LinesMax, None)?;
    found.violation.limit = Some(Exact::from(most));
    found.violation.actual = Some(Exact::from(count));
    Some(found)
}

fn weight_max(case: &Case) -> Option<Found> {
    let (rule, most) = case.of_order(|terms| terms.weight_max.as_ref())?;
    let weight = |line: &Line| {
        let weight = round_decimals(&line.weight_in(&most.unit)?, 6, RoundingMode::HalfEven);
        is_quantity(&weight).then_some(weight)
    };
    let weights = case.view.goods.iter().filter_map(|subject| weight(subject.line));
    let sum = weights.fold(Number::zero(), |sum, weight| sum + weight);
    if sum <= number(most.value) {
        return None;
    }
    let mut found = rule.broken(case, ViolationCode::WeightMax, None)?;
    found.violation.limit = Some(most.value);
    found.violation.actual = Some(exact(&sum));
    found.violation.unit = Some(most.unit.clone());
    Some(found)
}
