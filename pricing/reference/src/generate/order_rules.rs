//! Order rules of every field, near and far, for goods and for orders (R12).

use std::collections::BTreeSet;

use emptor_core::{CutOff, Exact, OrderRule, OrderRuleId, OrderTerms, Quantity, RoleId, RuleSeverity, Validity};

use super::Ground;
use super::conditions::{About, Conditions, known_unit, weekdays};
use super::draws::{Draws, decimal, named, whole};
use super::goods::unit;
use super::guards::role;
use super::procedure;

/// The order rules of a case.
pub(super) fn order_rules(draws: &mut Draws, ground: &Ground) -> Vec<OrderRule> {
    let count = [2, 1, 3, 4, 0][draws.below(5)];
    let rule = |index: usize| OrderRule {
        order_rule: named(OrderRuleId::new(&format!("q{}", (index * 3) % 5))),
        organization: draws.chance(40).then(|| draws.pick(ground.organizations).organization),
        valid: if draws.chance(40) { draws.validity() } else { Validity::default() },
        recorded_at: if draws.chance(40) { draws.recorded_at() } else { None },
        terms: terms(draws, ground),
    };
    (0..count).map(rule).collect()
}

/// What one rule states: about goods or about orders.
pub(super) fn terms(draws: &mut Draws, ground: &Ground) -> OrderTerms {
    let severity = draws.pick(&[RuleSeverity::Reject, RuleSeverity::NeedsApproval, RuleSeverity::Warning]);
    let mut terms = OrderTerms {
        when: Conditions { ground, about: About::Order, before: steps(ground) }.or_always(draws, 75),
        severity,
        role: (severity == RuleSeverity::NeedsApproval && draws.chance(75)).then(|| role(draws)),
        ..OrderTerms::default()
    };
    let of_goods = draws.chance(50);
    if of_goods {
        name_goods(draws, ground, &mut terms);
        if draws.chance(40) {
            terms.unit = Some(known_unit(draws, ground));
        }
    } else {
        terms.currency = draws.other_currency();
    }
    for _ in 0..=draws.below(3) {
        if of_goods || draws.chance(15) {
            state_of_goods(draws, &mut terms);
        } else {
            state_of_order(draws, ground, &mut terms);
        }
    }
    if draws.chance(15) {
        let lines = of_lines(ground);
        terms.incompatible = (0..2 + draws.below(2)).map(|_| lines.draw(draws)).collect();
    }
    terms
}

/// A sku, a category, or all goods.
fn name_goods(draws: &mut Draws, ground: &Ground, terms: &mut OrderTerms) {
    match draws.below(3) {
        0 => terms.sku = Some(ground.goods.pick(draws).0.sku.clone()),
        1 => terms.category = Some(draws.pick(&ground.goods.catalog.categories).category),
        _ => {}
    }
}

fn state_of_goods(draws: &mut Draws, terms: &mut OrderTerms) {
    match draws.below(3) {
        0 => terms.quantity_min = Some(decimal(draws.pick(&["5", "10", "1", "2.5", "100", "0.333333", "7"]))),
        1 => terms.quantity_increment = Some(decimal(draws.pick(&["2", "5", "0.5", "1", "3", "0.333333", "12"]))),
        _ => terms.quantity_max = Some(decimal(draws.pick(&["10", "3", "1", "20", "0.5", "100", "0"]))),
    }
    // Bounds are multiples of the increment beside them.
    if let Some(increment) = terms.quantity_increment {
        let multiple = |times: usize| Exact::from(increment.to_decimal() * whole(times).to_decimal());
        terms.quantity_min = terms.quantity_min.map(|_| multiple(1 + draws.below(4)));
        terms.quantity_max = terms.quantity_max.map(|_| multiple(draws.below(6)));
    }
    if let (Some(least), Some(most)) = (terms.quantity_min, terms.quantity_max) {
        terms.quantity_max = Some(most.max(least));
    }
}

fn state_of_order(draws: &mut Draws, ground: &Ground, terms: &mut OrderTerms) {
    let currency = terms.currency.unwrap_or(ground.tenant.currency);
    match draws.below(11) {
        0 => terms.order_value_min = Some(draws.order_amount(currency)),
        1 => terms.order_value_max = Some(draws.order_amount(currency)),
        2 => terms.lines_max = Some(draws.pick(&[3, 2, 1, 5, 0])),
        3 => {
            let value = decimal(draws.pick(&["10", "1", "100", "2.5", "0.5"]));
            terms.weight_max = Some(Quantity { value, unit: unit(draws.pick(&["kg", "g", "t"])) });
        }
        4 | 5 => terms.approve_value = bands(draws, |draws| draws.order_amount(currency)),
        6 => {
            terms.approve_discount =
                bands(draws, |draws| decimal(draws.pick(&["10", "0", "5", "33.33", "50", "0.01"])));
        }
        7 => {
            terms.approve_margin =
                bands(draws, |draws| decimal(draws.pick(&["20", "50", "0", "-10", "33.33", "90", "99.99"])));
            terms.approve_margin.reverse();
        }
        8 => terms.cut_off = Some(cut_off(draws)),
        9 => terms.allows = Some(of_lines(ground).draw(draws)),
        _ => terms.excludes = Some(of_lines(ground).draw(draws)),
    }
    if let (Some(least), Some(most)) = (terms.order_value_min, terms.order_value_max) {
        terms.order_value_max = Some(most.max(least));
    }
}

/// Up to three bounds with their roles, ascending.
fn bands(draws: &mut Draws, bound: impl Fn(&mut Draws) -> Exact) -> Vec<(Exact, RoleId)> {
    let bounds: BTreeSet<Exact> = (0..=draws.below(3)).map(|_| bound(draws)).collect();
    bounds.into_iter().map(|bound| (bound, role(draws))).collect()
}

fn cut_off(draws: &mut Draws) -> CutOff {
    CutOff {
        time: draws.pick(&["10:00", "11:00", "00:00", "12:00", "23:59"]).parse().expect("a time of day"),
        weekdays: if draws.chance(60) { weekdays(draws) } else { Vec::new() },
        holidays: (0..draws.below(3)).map(|_| draws.moment()).collect(),
    }
}

fn of_lines<'g>(ground: &'g Ground<'g>) -> Conditions<'g> {
    Conditions { ground, about: About::Line, before: steps(ground) }
}

fn steps(ground: &Ground) -> Vec<emptor_core::StepId> {
    procedure::steps(ground.tenant).into_iter().map(|step| step.name.clone()).collect()
}
