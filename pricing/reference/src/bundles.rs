//! Bundles: which units serve, which are given, and what changes for it (R8).

use std::cmp::Reverse;
use std::collections::BTreeMap;

use emptor_core::{Bundle, ChooseUnits, ProcedureStep};
use num_traits::{ToPrimitive, Zero};

use crate::changes::cut_to_minor;
use crate::moment::Moment;
use crate::numbers::{Number, floor_minor, number, round_minor, round10, whole};
use crate::procedure::minor;
use crate::share::share_capped;

/// How many units of each item served before.
pub(crate) type Served = BTreeMap<usize, i128>;

/// The units of a line that may serve.
pub(crate) struct Pool {
    /// The line, as an item.
    pub(crate) item: usize,
    pub(crate) quantity: Number,
    pub(crate) running: Number,
    units: i128,
    price: Number,
}

/// For each of the pools, whether its units may be taken or given.
pub(crate) struct Roles {
    /// For each part of what a set takes.
    pub(crate) takes: Vec<Vec<bool>>,
    /// What is given of units that were not taken; `None`: of those that were.
    pub(crate) gives: Option<Vec<bool>>,
}

/// The units that serve, by the place of their pool.
pub(crate) struct Serving {
    pub(crate) sets: i128,
    pub(crate) given: Vec<i128>,
    pub(crate) used: Vec<i128>,
}

impl Pool {
    /// The pool of a line, less what served before; `None`: nothing is left.
    pub(crate) fn new(item: usize, quantity: &Number, running: &Number, served: &Served) -> Option<Self> {
        let all = quantity.floor().to_integer().to_i128()?;
        let units = all - served.get(&item).copied().unwrap_or(0);
        (units > 0).then(|| Self {
            item,
            quantity: quantity.clone(),
            running: running.clone(),
            units,
            price: running / quantity,
        })
    }
}

/// The most sets for which serving works; `None`: not even one.
pub(crate) fn serve(bundle: &Bundle, pools: &[Pool], roles: &Roles) -> Option<Serving> {
    let units: i128 = pools.iter().map(|pool| pool.units).sum();
    let of_a_set: i128 = bundle.takes.iter().map(|taken| i128::from(taken.quantity)).sum();
    let most = bundle.sets_max.map_or(i128::MAX, i128::from).min(units / of_a_set.max(1));
    // What is taken for fewer sets is taken for more as well, so where more can be served, fewer can.
    let (mut works, mut fails) = (0, most + 1);
    while fails - works > 1 {
        let middle = works + (fails - works) / 2;
        if serve_sets(bundle, pools, roles, middle).is_some() {
            works = middle;
        } else {
            fails = middle;
        }
    }
    if works == 0 { None } else { serve_sets(bundle, pools, roles, works) }
}

fn serve_sets(bundle: &Bundle, pools: &[Pool], roles: &Roles, sets: i128) -> Option<Serving> {
    let dearest = in_order(pools, ChooseUnits::Dearest);
    let mut left: Vec<i128> = pools.iter().map(|pool| pool.units).collect();
    for (taken, may) in bundle.takes.iter().zip(&roles.takes) {
        take(&mut left, &dearest, |pool| may[pool], sets * i128::from(taken.quantity))?;
    }
    let taken: Vec<i128> = pools.iter().zip(&left).map(|(pool, left)| pool.units - left).collect();
    let Some(gives) = &bundle.gives else {
        return Some(Serving { sets, given: taken.clone(), used: taken });
    };
    let order = in_order(pools, gives.choose);
    let wanted = sets * i128::from(gives.quantity);
    let given = match &roles.gives {
        Some(may) => take(&mut left, &order, |pool| may[pool], wanted)?,
        None => take(&mut taken.clone(), &order, |_| true, wanted)?,
    };
    let used = pools.iter().zip(&left).map(|(pool, left)| pool.units - left).collect();
    Some(Serving { sets, given, used })
}

/// Takes units of the pools that may be taken from, in their order; `None`: there are not enough.
fn take(left: &mut [i128], order: &[usize], may: impl Fn(usize) -> bool, wanted: i128) -> Option<Vec<i128>> {
    let mut missing = wanted;
    let mut taken = vec![0; left.len()];
    for &pool in order.iter().filter(|&&pool| may(pool)) {
        taken[pool] = missing.min(left[pool]);
        left[pool] -= taken[pool];
        missing -= taken[pool];
    }
    (missing == 0).then_some(taken)
}

/// The pools in the order in which units are chosen; they are in the order of their lines.
fn in_order(pools: &[Pool], choose: ChooseUnits) -> Vec<usize> {
    let mut order: Vec<usize> = (0..pools.len()).collect();
    match choose {
        ChooseUnits::First => {}
        ChooseUnits::Cheapest => order.sort_by_key(|&pool| pools[pool].price.clone()),
        ChooseUnits::Dearest => order.sort_by_key(|&pool| Reverse(pools[pool].price.clone())),
    }
    order
}

/// What a bundle changes for what it serves, by item.
pub(crate) fn changes(
    moment: &Moment,
    step: &ProcedureStep,
    bundle: &Bundle,
    pools: &[Pool],
    serving: &Serving,
) -> Vec<(usize, Number)> {
    let given = pools.iter().zip(&serving.given).filter(|(_, given)| **given > 0);
    let given: Vec<(&Pool, Number)> = given.map(|(pool, &given)| (pool, Number::from_integer(given.into()))).collect();
    let value = |pool: &Pool, given: &Number| &pool.running * given / &pool.quantity;
    let to_minor = |amount: &Number| round_minor(amount, moment.currency, moment.documents.tenant.rounding.mode);
    if bundle.set_amount_off.is_none() && bundle.set_price.is_none() {
        let change = |(pool, count): &(&Pool, Number)| {
            let value = value(pool, count);
            let exact = if let Some(percent) = bundle.percent_off {
                -value * number(percent) / whole(100)
            } else if let Some(amount) = bundle.amount_off {
                -number(amount) * count
            } else {
                bundle.price.map_or_else(Number::zero, |price| number(price) * count - value)
            };
            (pool.item, cut_to_minor(moment, step, to_minor(&exact), &pool.running))
        };
        return given.iter().map(change).collect();
    }
    let values: Vec<Number> = given.iter().map(|(pool, count)| round10(&value(pool, count))).collect();
    let sets = Number::from_integer(serving.sets.into());
    let exact = match (bundle.set_amount_off, bundle.set_price) {
        (Some(amount), _) => -number(amount) * sets,
        (None, price) => {
            let price = price.map_or_else(Number::zero, number);
            (price * sets - values.iter().sum::<Number>()).min(Number::zero())
        }
    };
    let weights: Vec<Number> = values.iter().map(|value| value.clone().max(Number::zero())).collect();
    let caps: Vec<Number> = weights.iter().map(|value| floor_minor(moment, value)).collect();
    let shares = share_capped(&-to_minor(&exact), &weights, &caps, step.share_rest, &minor(moment));
    given.iter().zip(shares).map(|((pool, _), share)| (pool.item, -share)).collect()
}
