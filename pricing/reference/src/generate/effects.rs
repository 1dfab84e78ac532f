//! What rules do: every effect where it may be, with graded numbers, bases and caps (R7).

use emptor_core::{
    ActsAt, CountScope, Currency, Effect, Exact, Graded, GradedBase, GradedBy, IndexTable, Indexed, ProcedureStep,
    Quantity,
};

use super::Ground;
use super::bundles;
use super::conditions::{group, known_unit};
use super::draws::{Draws, decimal};

/// On what an effect acts.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum On {
    Lines,
    Charges,
    Order,
}

/// What a rule of a step does.
pub(super) fn effect(draws: &mut Draws, ground: &Ground, step: &ProcedureStep, on: On, currency: Currency) -> Effect {
    // An index is in the currency of the rule's other amounts.
    let indexes = ground.index_tables.iter();
    let indexes: Vec<&IndexTable> =
        indexes.filter(|table| table.currency.unwrap_or(ground.tenant.currency) == currency).collect();
    let mut effect = Effect::default();
    match (on, draws.below(20)) {
        (On::Order, 18..) => return bundles::gift(draws, ground),
        (On::Order, 13..) => return bundles::bundle(draws, ground, step),
        (On::Order, 11 | 12) | (On::Lines, 16..) if !indexes.is_empty() => {
            effect.indexed = Some(indexed(draws, ground, on, &indexes));
        }
        (On::Lines, 13..) => effect.price = Some(graded(draws, amount)),
        (On::Charges, 14..) | (_, 0..=3) => effect.percent_off = Some(percent_off(draws, step)),
        (_, 4 | 5) => effect.percent_added = Some(graded(draws, percent)),
        (_, 6..=8) => effect.amount_off = Some(graded(draws, amount)),
        (_, 9) => effect.amount_added = Some(graded(draws, amount)),
        (_, 10 | 11) => effect.raise_to = Some(graded(draws, amount)),
        _ => effect.lower_to = Some(graded(draws, amount)),
    }
    finish(draws, ground, on, &mut effect);
    effect
}

/// Adds a base quantity, what graded numbers are chosen by, and the most that is changed.
fn finish(draws: &mut Draws, ground: &Ground, on: On, effect: &mut Effect) {
    let of_quantity = [&effect.amount_off, &effect.amount_added, &effect.price];
    if on == On::Lines && of_quantity.into_iter().any(Option::is_some) && draws.chance(50) {
        let value = decimal(draws.pick(&["1", "3", "100", "0.5", "7"]));
        effect.per = Some(Quantity { value, unit: known_unit(draws, ground) });
    }
    let others = [&effect.percent_off, &effect.percent_added, &effect.raise_to, &effect.lower_to];
    let mut numbers = of_quantity.into_iter().chain(others).flatten();
    if numbers.any(|number| matches!(number, Graded::Steps(_))) {
        effect.by = graded_by(draws, ground, on);
    }
    effect.at_most = draws.chance(25).then(|| draws.small_amount());
}

fn percent(draws: &mut Draws) -> Exact {
    draws.percent()
}

fn amount(draws: &mut Draws) -> Exact {
    draws.small_amount()
}

fn percent_off(draws: &mut Draws, step: &ProcedureStep) -> Graded {
    if step.below_zero && draws.chance(25) {
        return Graded::Number(decimal(draws.pick(&["150", "100.01", "200"])));
    }
    graded(draws, percent)
}

/// By content or in steps of percents.
fn indexed(draws: &mut Draws, ground: &Ground, on: On, indexes: &[&IndexTable]) -> Indexed {
    let by_content = on == On::Lines && draws.chance(50);
    Indexed {
        table: draws.pick(indexes).index_table.clone(),
        base: decimal(draws.pick(&["8", "0", "3.3333333333", "10", "99"])),
        unit: by_content.then(|| known_unit(draws, ground)),
        step: (!by_content).then(|| decimal(draws.pick(&["1", "0.5", "0.3333333333", "3"]))),
        percent: (!by_content).then(|| decimal(draws.pick(&["1", "0.7", "3.3333333333", "10"]))),
    }
}

/// One number, or up to four of them from ascending bounds.
fn graded(draws: &mut Draws, number: impl Fn(&mut Draws) -> Exact) -> Graded {
    if !draws.chance(42) {
        return Graded::Number(number(draws));
    }
    let mut bound = decimal(draws.pick(&["0", "1", "10", "5"]));
    let mut steps = Vec::new();
    for _ in 0..=draws.below(4) {
        steps.push((bound, number(draws)));
        let more = decimal(draws.pick(&["1", "5", "10", "0.5", "0.01", "50"]));
        bound = Exact::from(bound.to_decimal() + more.to_decimal());
    }
    Graded::Steps(steps)
}

fn graded_by(draws: &mut Draws, ground: &Ground, on: On) -> Option<GradedBy> {
    let by_value = draws.chance(55);
    let over = match draws.below(6) {
        // A charge has a value, but no quantity and no sku; an order has no sku.
        0 | 1 if on != On::Charges || by_value => CountScope::Line,
        2 if on == On::Lines => CountScope::Sku,
        3 => CountScope::Category(draws.pick(&ground.goods.catalog.categories).category),
        4 => group(draws, ground),
        _ => CountScope::Order,
    };
    let unit = (!by_value && draws.chance(35)).then(|| known_unit(draws, ground));
    let by = GradedBy { base: if by_value { GradedBase::Value } else { GradedBase::Quantity }, unit, over };
    // What is meant without it.
    if by == GradedBy::default() && draws.chance(50) { None } else { Some(by) }
}

impl On {
    /// What the rules of a step act on, if not on charges.
    pub(super) fn of(step: &ProcedureStep) -> Self {
        if step.at == ActsAt::Order { Self::Order } else { Self::Lines }
    }
}
