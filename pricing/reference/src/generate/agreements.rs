//! What contracts agree besides prices: discounts, order rules and commitments (R7, R9, R12).

use emptor_core::{AgainstLists, Commitment, Currency, Term};

use super::Ground;
use super::draws::{Draws, whole};
use super::{adjustments, order_rules, procedure};

/// Adds discounts, where the procedure has a step for them, and order rules, at any place among the terms.
pub(super) fn add_terms(draws: &mut Draws, ground: &Ground, currency: Currency, terms: &mut Vec<Term>) {
    let of_contracts = procedure::steps(ground.tenant).into_iter().find(|step| step.name.as_str() == "contract");
    if let Some(step) = of_contracts {
        for _ in 0..[1, 2, 1, 0, 3][draws.below(5)] {
            let discount = adjustments::discount(draws, ground, step, currency);
            insert(draws, terms, Term { discount: Some(discount), ..empty() });
        }
    }
    if draws.chance(20) {
        let order_rule = order_rules::terms(draws, ground);
        insert(draws, terms, Term { order_rule: Some(order_rule), ..empty() });
    }
}

/// A minimum, a maximum, or both, at about what an order comes to; sometimes a minimum that no order reaches.
pub(super) fn commitment(draws: &mut Draws, currency: Currency) -> Option<Commitment> {
    if !draws.chance(35) {
        return None;
    }
    let least = if draws.chance(40) { whole(20_000) } else { draws.order_amount(currency) };
    let most = draws.order_amount(currency);
    Some(match draws.below(3) {
        0 => Commitment { minimum: Some(least), maximum: None },
        1 => Commitment { minimum: None, maximum: Some(most) },
        _ => Commitment { minimum: Some(least.min(most)), maximum: Some(least.max(most)) },
    })
}

fn insert(draws: &mut Draws, terms: &mut Vec<Term>, term: Term) {
    let place = draws.below(terms.len() + 1);
    terms.insert(place, term);
}

fn empty() -> Term {
    Term { price: None, lists: AgainstLists::Hide, discount: None, order_rule: None }
}
