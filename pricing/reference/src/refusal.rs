//! What refuses a whole request (R1).

use std::collections::BTreeSet;

use emptor_core::{Exact, FxRate, RecordedLine};

use crate::fx;
use crate::moment::Moment;
use crate::numbers::{has_decimals, is_amount, is_quantity, number};

/// The first reason to refuse the request.
pub(crate) fn check(moment: &Moment) -> Result<(), &'static str> {
    let request = moment.request;
    let refusals: [(bool, &'static str); 7] = [
        (request.tenant.as_ref().is_some_and(|tenant| *tenant != moment.documents.tenant.tenant), "request.tenant"),
        (moment.lineage.is_empty(), "request.unknown_buyer"),
        (request.lines.len() > 100_000, "request.too_many_lines"),
        (has_twice(request.lines.iter().map(|line| &line.id)), "request.duplicate_line"),
        (!is_within_limits(moment), "request.limit"),
        (has_twice(request.facts.prior.iter().map(|prior| &prior.of)), "request.duplicate_prior"),
        (!knows_pinned_rates(moment), "request.unknown_rate"),
    ];
    refusals.iter().find(|(refused, _)| *refused).map_or(Ok(()), |(_, code)| Err(code))
}

fn has_twice<T: Ord>(names: impl Iterator<Item = T>) -> bool {
    let mut seen = BTreeSet::new();
    names.into_iter().any(|name| !seen.insert(name))
}

fn is_within_limits(moment: &Moment) -> bool {
    let request = moment.request;
    let is_price = |price: Exact| {
        let digits = price.to_string().bytes().filter(u8::is_ascii_digit).collect::<Vec<_>>();
        let leading = digits.iter().take_while(|&&digit| digit == b'0').count();
        digits.len() - leading <= 18 && has_decimals(&number(price), 10)
    };
    let is_money = |value: Exact| is_amount(&number(value)) && has_decimals(&number(value), moment.currency.decimals());
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

fn knows_pinned_rates(moment: &Moment) -> bool {
    let rates = fx::known_rates(moment);
    let pinned = &moment.request.facts.pinned_rates;
    let found: Option<Vec<&FxRate>> =
        pinned.iter().map(|pin| rates.iter().copied().find(|rate| rate.rate_id == *pin)).collect();
    let pair = |rate: &&FxRate| (rate.base.min(rate.quote), rate.base.max(rate.quote));
    found.is_some_and(|found| !has_twice(found.iter().map(pair)))
}
