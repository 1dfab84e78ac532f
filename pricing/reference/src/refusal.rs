//! What refuses a whole request (R1).

use std::collections::BTreeSet;

use emptor_core::{Exact, Facts, FxRate, ManualAdjustment, PriceRequest, RecordedLine};

use num_traits::Signed;

use crate::fx;
use crate::moment::Moment;
use crate::numbers::{has_decimals, is_amount, is_quantity, number, whole};

/// The first reason to refuse the request.
pub(crate) fn check(moment: &Moment) -> Result<(), &'static str> {
    let request = moment.request;
    let refusals: [(bool, &'static str); 7] = [
        (request.tenant.as_ref().is_some_and(|tenant| *tenant != moment.documents.tenant.tenant), "request.tenant"),
        (moment.lineage.is_empty(), "request.unknown_buyer"),
        (request.lines.len() > 100_000, "request.too_many_lines"),
        (has_duplicate_line(request), "request.duplicate_line"),
        (!is_within_limits(moment) || !changes_are_within_limits(moment), "request.limit"),
        (has_duplicate_fact(&request.facts), "request.duplicate_prior"),
        (!knows_pinned_rates(moment), "request.unknown_rate"),
    ];
    refusals.iter().find(|(refused, _)| *refused).map_or(Ok(()), |(_, code)| Err(code))
}

fn has_twice<T: Ord>(names: impl Iterator<Item = T>) -> bool {
    let mut seen = BTreeSet::new();
    names.into_iter().any(|name| !seen.insert(name))
}

fn has_duplicate_line(request: &PriceRequest) -> bool {
    has_twice(request.lines.iter().map(|line| &line.id)) || has_twice(request.charges.iter().map(|charge| &charge.id))
}

fn has_duplicate_fact(facts: &Facts) -> bool {
    has_twice(facts.prior.iter().map(|prior| &prior.of))
        || has_twice(facts.used.iter().map(|used| &used.adjustment))
        || has_twice(facts.commitments.iter().map(|fact| &fact.contract))
}

fn is_within_limits(moment: &Moment) -> bool {
    let request = moment.request;
    let is_money = |value: Exact| is_money(moment, value);
    let is_count = |value: Exact| is_quantity(&number(value)) && has_decimals(&number(value), 6);
    let is_positive = |value: Exact| !value.is_negative() && !value.is_zero();
    let is_recorded = |line: &RecordedLine| {
        is_positive(line.quantity) && is_count(line.quantity) && is_money(line.net) && is_count(line.returned)
    };
    let manual = request.lines.iter().filter_map(|line| line.manual_price.as_ref());
    let recorded = request.lines.iter().filter_map(|line| line.recorded.as_ref());
    let prior = &request.facts.prior;
    manual.into_iter().all(|manual| is_price(manual.price))
        && recorded.into_iter().all(is_recorded)
        && prior.iter().all(|prior| [prior.quantity, prior.value, prior.weight].iter().all(|part| !part.is_negative()))
        && prior.iter().all(|prior| is_count(prior.quantity) && is_count(prior.weight) && is_money(prior.value))
}

/// What the procedure and the end are asked for and told.
fn changes_are_within_limits(moment: &Moment) -> bool {
    let PriceRequest { lines, adjustment, charges, facts, .. } = moment.request;
    let by_hand = lines.iter().filter_map(|line| line.adjustment.as_ref()).chain(adjustment);
    let money = charges.iter().map(|charge| charge.amount).chain(facts.paid);
    let used = facts.used.iter().map(|used| used.amount);
    let bought = facts.commitments.iter().map(|fact| fact.prior);
    let credit =
        facts.credit.iter().flat_map(|credit| [credit.open_orders, credit.receivables].into_iter().chain(credit.limit));
    let amounts = used.chain(bought).chain(credit).chain(facts.budget_used);
    by_hand.into_iter().all(is_adjustment)
        && money.into_iter().all(|amount| !amount.is_negative() && is_money(moment, amount))
        && amounts.into_iter().all(|amount| {
            let amount = number(amount);
            !amount.is_negative() && is_amount(&amount) && has_decimals(&amount, 10)
        })
}

/// Exactly one number, within its limits.
fn is_adjustment(adjustment: &ManualAdjustment) -> bool {
    let ManualAdjustment { percent_off, percent_added, amount_off, amount_added, .. } = adjustment;
    let mut stated = [percent_off, percent_added, amount_off, amount_added].into_iter().flatten();
    let (Some(&only), None) = (stated.next(), stated.next()) else { return false };
    let most = percent_off.is_none_or(|percent| number(percent) <= whole(100));
    most && !only.is_negative() && is_price(only)
}

fn is_price(price: Exact) -> bool {
    let digits = price.to_string().bytes().filter(u8::is_ascii_digit).collect::<Vec<_>>();
    let leading = digits.iter().take_while(|&&digit| digit == b'0').count();
    digits.len() - leading <= 18 && has_decimals(&number(price), 10)
}

fn is_money(moment: &Moment, value: Exact) -> bool {
    is_amount(&number(value)) && has_decimals(&number(value), moment.currency.decimals())
}

fn knows_pinned_rates(moment: &Moment) -> bool {
    let rates = fx::known_rates(moment);
    let pinned = &moment.request.facts.pinned_rates;
    let found: Option<Vec<&FxRate>> =
        pinned.iter().map(|pin| rates.iter().copied().find(|rate| rate.rate_id == *pin)).collect();
    let pair = |rate: &&FxRate| (rate.base.min(rate.quote), rate.base.max(rate.quote));
    found.is_some_and(|found| !has_twice(found.iter().map(pair)))
}
