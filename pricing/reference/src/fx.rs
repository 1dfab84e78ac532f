//! Exchange rates (R6).

use emptor_core::{Currency, FxRate, FxTable, NoPrice, RateId, RoundingMode};

use crate::moment::Moment;
use crate::numbers::{Number, is_amount, number, round_to};

/// How amounts of one currency become amounts of the order's.
#[derive(Clone)]
pub(crate) struct Route {
    /// The rates that are used, in turn.
    pub(crate) rates: Vec<RateId>,
    first: Number,
    /// Through a middle currency: its increment and mode, and the factor of the second half.
    then: Option<(Number, RoundingMode, Number)>,
}

/// The rates of the tenant's table that were recorded by `known_at`.
pub(crate) fn known_rates<'d>(moment: &Moment<'d>) -> Vec<&'d FxRate> {
    let rates = table(moment).map_or(&[][..], |table| &table.rates);
    rates.iter().filter(|rate| moment.knows(rate.recorded_at)).collect()
}

/// The route from a currency to the order's, if there is one.
pub(crate) fn route(moment: &Moment, from: Currency) -> Option<Route> {
    let to = moment.currency;
    if let Some((rate, first)) = stated(moment, from, to) {
        return Some(Route { rates: vec![rate], first, then: None });
    }
    table(moment)?.chains.iter().find_map(|chain| {
        let (left, right) = chain.between;
        if (left, right) != (from, to) && (right, left) != (from, to) {
            return None;
        }
        let (first_rate, first) = stated(moment, from, chain.through)?;
        let (second_rate, second) = stated(moment, chain.through, to)?;
        let then = Some((number(chain.increment), chain.mode, second));
        Some(Route { rates: vec![first_rate, second_rate], first, then })
    })
}

impl Route {
    /// The exact result; only the amount in a middle currency is rounded, and keeps to the limits.
    pub(crate) fn convert(&self, amount: &Number) -> Result<Number, NoPrice> {
        let first = amount * &self.first;
        match &self.then {
            None => Ok(first),
            Some((increment, mode, second)) => {
                let middle = round_to(&first, increment, *mode);
                if is_amount(&middle) { Ok(middle * second) } else { Err(NoPrice::OutOfRange) }
            }
        }
    }
}

fn table<'d>(moment: &Moment<'d>) -> Option<&'d FxTable> {
    let conversion = moment.documents.tenant.conversion.as_ref()?;
    moment.documents.fx_tables.iter().find(|table| table.fx_table == conversion.table)
}

/// The rate that is stated for a pair, and what an amount of `from` is multiplied by.
fn stated(moment: &Moment, from: Currency, to: Currency) -> Option<(RateId, Number)> {
    let is_of_pair = |rate: &&FxRate| (rate.base, rate.quote) == (from, to) || (rate.quote, rate.base) == (from, to);
    let rates: Vec<&FxRate> = known_rates(moment).into_iter().filter(is_of_pair).collect();
    let pinned = rates.iter().find(|rate| moment.request.facts.pinned_rates.contains(&rate.rate_id));
    let holding = rates.iter().filter(|rate| moment.holds(&rate.valid));
    let latest = holding.max_by_key(|rate| {
        let (starts, ends) = moment.ends(&rate.valid);
        (starts, std::cmp::Reverse(ends))
    });
    let rate = pinned.or(latest)?;
    let factor = number(rate.rate);
    Some((rate.rate_id.clone(), if rate.base == from { factor } else { factor.recip() }))
}
