//! Facts of a request: what was bought, used, owed and paid before, and what the one who asks may do.

use std::collections::BTreeSet;

use emptor_core::{
    Adjustment, AdjustmentId, Authority, CommitmentFact, CreditFact, Currency, Exact, Facts, PricingGroupId, Prior,
    PriorOf, Used,
};

use super::draws::{Draws, decimal, named, scaled, whole};
use super::guards;
use super::requests::Known;

/// The facts that prices depend on.
pub(super) fn facts(draws: &mut Draws, known: &Known) -> Facts {
    let mut prior: Vec<Prior> = Vec::new();
    for _ in 0..draws.below(4) {
        let of = prior_of(draws, known);
        if prior.iter().all(|other| other.of != of) || draws.chance(1) {
            prior.push(Prior {
                of,
                quantity: quantity_before(draws),
                value: whole([0, 100, 1000, 9][draws.below(4)]),
                weight: quantity_before(draws),
            });
        }
    }
    let rates: Vec<_> = known.documents.fx_tables.iter().flat_map(|table| &table.rates).collect();
    let pins = !rates.is_empty() && draws.chance(10);
    Facts {
        prior,
        authority: Authority { manual_price: draws.chance(50), ..Authority::default() },
        pinned_rates: if pins { vec![draws.pick(&rates).rate_id.clone()] } else { Vec::new() },
        ..Facts::default()
    }
}

/// The facts that rules, guards and order rules depend on.
pub(super) fn add_for_rules(draws: &mut Draws, known: &Known, currency: Currency, facts: &mut Facts) {
    let tenant_currency = known.documents.tenant.currency;
    facts.authority.manual_adjustment = draws.chance(65);
    let roles: BTreeSet<_> = (0..draws.below(3)).map(|_| guards::role(draws)).collect();
    facts.authority.roles = roles.into_iter().collect();
    facts.used = known.documents.adjustments.iter().filter_map(|adjustment| used(draws, adjustment)).collect();
    if draws.chance(3) {
        facts.used.push(Used { adjustment: named(AdjustmentId::new("of-old")), amount: whole(1), uses: 1 });
    }
    facts.commitments = known
        .documents
        .contracts
        .iter()
        .filter_map(|contract| {
            let prior = draws.order_amount(contract.currency.unwrap_or(tenant_currency));
            let prior = if draws.chance(50) { prior } else { Exact::ZERO };
            let fact = CommitmentFact { contract: contract.contract.clone(), prior, closes: draws.chance(60) };
            draws.chance(60).then_some(fact)
        })
        .collect();
    facts.credit = draws.chance(25).then(|| CreditFact {
        limit: draws.chance(50).then(|| draws.order_amount(tenant_currency)),
        open_orders: draws.order_amount(tenant_currency),
        receivables: draws.order_amount(tenant_currency),
    });
    facts.budget_used = draws.chance(25).then(|| draws.order_amount(tenant_currency));
    facts.paid = draws.chance(25).then(|| draws.order_amount(currency));
    if draws.chance(1) {
        spoil(draws, currency, facts);
    }
}

/// How much is gone of what an adjustment states: nothing, some, all.
fn used(draws: &mut Draws, adjustment: &Adjustment) -> Option<Used> {
    let counts = adjustment.budget.is_some() || adjustment.uses_max.is_some();
    if !draws.chance(if counts { 50 } else { 5 }) {
        return None;
    }
    let amount = decimal(draws.pick(&["0", "0.333", "1", "0.01", "4.99", "9.9999999999", "100"]));
    Some(Used { adjustment: adjustment.adjustment.clone(), amount, uses: draws.pick(&[0, 1, 0, 4, 5]) })
}

/// Makes one fact wrong.
fn spoil(draws: &mut Draws, currency: Currency, facts: &mut Facts) {
    match draws.below(4) {
        0 => facts.paid = Some(scaled(1, currency.decimals() + 1)),
        1 => facts.budget_used = Some(decimal("-1")),
        2 => facts.used.extend(facts.used.first().cloned()),
        _ => facts.commitments.extend(facts.commitments.first().cloned()),
    }
}

fn prior_of(draws: &mut Draws, known: &Known) -> PriorOf {
    if !known.met.priors.is_empty() && draws.chance(70) {
        return draws.pick(&known.met.priors);
    }
    match draws.below(4) {
        0 => PriorOf::Sku(known.goods.pick(draws).0.sku.clone()),
        1 => PriorOf::Order,
        2 => PriorOf::Category(draws.pick(&known.goods.catalog.categories).category),
        _ => PriorOf::Group(named(PricingGroupId::new(draws.pick(&["hot", "cold"])))),
    }
}

fn quantity_before(draws: &mut Draws) -> Exact {
    decimal(draws.pick(&["0", "10", "5.5", "99.999999", "1000", "0.000001"]))
}
