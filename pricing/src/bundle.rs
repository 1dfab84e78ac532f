//! Bundles: whole units that are bought together, and what is given for it (R8).

use std::cmp::Ordering;

use emptor_core::scaled::{Fraction, Wide};
use emptor_core::{ChooseUnits, RoundingMode};

use crate::items::Reading;
use crate::line_step::made_of;
use crate::order_step::{OrderChange, Standing};
use crate::procedure::{BundleEffect, BundlePlan, StepPlan};
use crate::reading::in_range;
use crate::runner::{Made, Runner};
use crate::scene::Subject;
use crate::share::share;

/// The lines of a bundle, with their units.
struct Stock {
    lines: Vec<StockLine>,
    /// Places in `lines`: the dearest unit first, ties to the lower line.
    dearest: Vec<usize>,
    /// Places in `lines`, in the order in which units are given.
    given_order: Vec<usize>,
}

struct StockLine {
    item: usize,
    units: i64,
    /// In millionths of the line's unit; above zero.
    quantity_micros: i64,
    running: i128,
    /// Of which of the things that the bundle takes it is.
    takes: Vec<bool>,
    /// Whether it is of what the bundle gives.
    gives: bool,
}

/// How many units of each line are taken and given.
struct Serving {
    sets: i64,
    taken: Vec<i64>,
    given: Vec<i64>,
}

impl<'o, 'b: 'o> Runner<'o, 'b> {
    /// What a bundle changes. `None`: not one set is complete.
    pub(crate) fn bundle_change(
        &mut self,
        bundle: &BundlePlan,
        lines: &[usize],
        step: (usize, &'o StepPlan),
        standing: &Standing,
    ) -> Option<OrderChange> {
        let stock = self.stock(bundle, lines, standing);
        let serving = most_sets(bundle, &stock)?;
        let in_set = |line: &StockLine, given: i64| {
            let units = i128::from(given).checked_mul(1_000_000)?;
            Fraction::new(Wide::product(line.running, units), line.quantity_micros.unsigned_abs().into(), 0)
        };
        let made = match bundle.effect {
            BundleEffect::SetAmountOff(_) | BundleEffect::SetPrice(_) => {
                let values = stock.lines.iter().zip(&serving.given);
                let values: Option<Vec<i128>> =
                    values.map(|(line, given)| Some(in_set(line, *given)?.round(RoundingMode::HalfEven))).collect();
                let values = self.total_in_range_of(values)?;
                self.per_set(bundle.effect, serving.sets, &stock, &serving, &values, step.1)
            }
            _ => self.per_unit(bundle.effect, &stock, &serving, step.1),
        };
        let made = self.total_in_range_of(made)?;
        let amount = made.iter().fold(0_i128, |sum, made| sum.saturating_add(made.amount));
        let served = stock.lines.iter().zip(serving.taken.iter().zip(&serving.given));
        let separate = bundle.gives.as_ref().is_some_and(|given| given.lines.is_some());
        let served = served.map(|(line, (taken, given))| {
            let units = if separate { taken.saturating_add(*given) } else { *taken };
            (line.item, units)
        });
        Some(OrderChange { served: served.filter(|(_, units)| *units > 0).collect(), made, amount, gift: None })
    }

    fn total_in_range_of<T>(&mut self, total: Option<T>) -> Option<T> {
        self.out_of_range |= total.is_none();
        total
    }

    fn stock(&self, bundle: &BundlePlan, lines: &[usize], standing: &Standing) -> Stock {
        let given_lines = bundle.gives.as_ref().and_then(|given| given.lines.as_ref());
        let mut stock = Vec::new();
        for &item in lines {
            let Some(line) = self.scene.live_line(item) else { continue };
            let served = standing.served.get(&item).copied().unwrap_or(0);
            let units = line.quantity_micros.checked_div(1_000_000).unwrap_or(0).saturating_sub(served);
            if units <= 0 {
                continue;
            }
            let is = |test| self.scene.holds(test, Subject::Line(item));
            stock.push(StockLine {
                item,
                units,
                quantity_micros: line.quantity_micros,
                running: standing.running.get(item).copied().unwrap_or(0),
                takes: bundle.takes.iter().map(|(test, _)| is(test)).collect(),
                gives: given_lines.is_some_and(is),
            });
        }
        let mut dearest: Vec<usize> = (0..stock.len()).collect();
        dearest.sort_by(|left, right| by_unit_price(&stock, *right, *left)); // stable: ties to the lower line
        let mut given_order = dearest.clone();
        match bundle.gives.as_ref().map(|given| given.choose) {
            Some(ChooseUnits::Cheapest) => {
                given_order.sort_unstable();
                given_order.sort_by(|left, right| by_unit_price(&stock, *left, *right));
            }
            Some(ChooseUnits::First) => given_order.sort_unstable(),
            Some(ChooseUnits::Dearest) | None => {}
        }
        Stock { lines: stock, dearest, given_order }
    }

    /// An effect on each given unit.
    fn per_unit(&self, effect: BundleEffect, stock: &Stock, serving: &Serving, step: &StepPlan) -> Option<Vec<Made>> {
        let order = self.scene.order;
        let mut made = Vec::new();
        for (line, &given) in stock.lines.iter().zip(&serving.given).filter(|(_, given)| **given > 0) {
            let quantity: u128 = line.quantity_micros.unsigned_abs().into();
            let units = i128::from(given).checked_mul(1_000_000)?;
            let exact = match effect {
                // running x given / quantity x percent / 100, the percent at 10 decimals.
                BundleEffect::PercentOff(percent) => {
                    let rate = percent.checked_mul(units)?.checked_neg()?;
                    Fraction::new(Wide::product(line.running, rate), quantity.checked_mul(1_000_000_000_000)?, 0)?
                }
                BundleEffect::AmountOff(amount) => Fraction::whole(amount.checked_mul(given.into())?.checked_neg()?),
                BundleEffect::Price(price) => {
                    let new = Wide::product(price.checked_mul(given.into())?, line.quantity_micros.into());
                    Fraction::new(new.plus_product(line.running.checked_neg()?, units)?, quantity, 0)?
                }
                BundleEffect::SetAmountOff(_) | BundleEffect::SetPrice(_) => return None,
            };
            let change = in_range(order.to_minor(exact)?)?;
            let least = order.whole_minor(line.running).saturating_neg();
            let change = if step.below_zero { change } else { change.max(least) };
            made.push(made_of(line.item, change, Reading::default()));
        }
        Some(made)
    }

    /// An effect on each set, shared over the given units by their values.
    fn per_set(
        &self,
        effect: BundleEffect,
        sets: i64,
        stock: &Stock,
        serving: &Serving,
        values: &[i128],
        step: &StepPlan,
    ) -> Option<Vec<Made>> {
        let order = self.scene.order;
        let unit = order.minor_unit();
        let given = || serving.given.iter().zip(stock.lines.iter().zip(values)).filter(|(given, _)| **given > 0);
        let value = given().try_fold(0_i128, |sum, (_, (_, value))| sum.checked_add(*value))?;
        let exact = match effect {
            BundleEffect::SetAmountOff(amount) => amount.checked_mul(sets.into())?.checked_neg()?,
            BundleEffect::SetPrice(price) => price.checked_mul(sets.into())?.checked_sub(value)?.min(0),
            _ => return None,
        };
        let caps: Vec<i128> =
            given().map(|(_, (_, value))| order.whole_minor(*value).checked_div(unit).unwrap_or(0)).collect();
        let most = caps.iter().try_fold(0_i128, |sum, cap| sum.checked_add(*cap))?;
        let total = in_range(order.to_minor(Fraction::whole(exact))?)?.checked_div(unit)?.max(most.checked_neg()?);
        let weights: Vec<u128> = given().map(|(_, (_, value))| u128::try_from(*value).unwrap_or(0)).collect();
        let shares = share(total, &weights, Some(&caps), step.share_rest);
        let made = given().zip(shares);
        Some(
            made.map(|((_, (line, _)), part)| made_of(line.item, part.saturating_mul(unit), Reading::default()))
                .collect(),
        )
    }
}

/// How the prices of a unit of two lines compare, exactly.
fn by_unit_price(lines: &[StockLine], left: usize, right: usize) -> Ordering {
    let (Some(left), Some(right)) = (lines.get(left), lines.get(right)) else { return Ordering::Equal };
    let difference = Wide::product(left.running, right.quantity_micros.into())
        .plus_product(right.running.saturating_neg(), left.quantity_micros.into());
    difference.map_or(Ordering::Equal, Wide::sign)
}

/// The most sets that can be served. `None`: not one.
fn most_sets(bundle: &BundlePlan, stock: &Stock) -> Option<Serving> {
    let each = bundle.takes.iter().fold(0_i64, |sum, (_, quantity)| sum.saturating_add((*quantity).into()));
    let units = stock.lines.iter().fold(0_i64, |sum, line| sum.saturating_add(line.units));
    let mut most = units.checked_div(each)?;
    if let Some(sets_max) = bundle.sets_max {
        most = most.min(sets_max.into());
    }
    // What serves n sets serves fewer: each takes its units from the front of one order.
    let mut least = 0_i64;
    while least < most {
        let middle = least.saturating_add(most).saturating_add(1).checked_div(2)?;
        if serve(bundle, stock, middle).is_some() {
            least = middle;
        } else {
            most = middle.saturating_sub(1);
        }
    }
    if least > 0 { serve(bundle, stock, least) } else { None }
}

fn serve(bundle: &BundlePlan, stock: &Stock, sets: i64) -> Option<Serving> {
    let count = stock.lines.len();
    let mut left: Vec<i64> = stock.lines.iter().map(|line| line.units).collect();
    let mut taken = vec![0_i64; count];
    for (place, (_, quantity)) in bundle.takes.iter().enumerate() {
        let is = |line: &StockLine| line.takes.get(place).copied().unwrap_or(false);
        move_units(stock, &stock.dearest, sets.checked_mul((*quantity).into())?, &mut left, &mut taken, &is)?;
    }
    let given = match &bundle.gives {
        None => taken.clone(),
        Some(gives) => {
            let wanted = sets.checked_mul(gives.quantity.into())?;
            let mut given = vec![0_i64; count];
            if gives.lines.is_some() {
                move_units(stock, &stock.given_order, wanted, &mut left, &mut given, &|line| line.gives)?;
            } else {
                let mut of_taken = taken.clone();
                move_units(stock, &stock.given_order, wanted, &mut of_taken, &mut given, &|_| true)?;
            }
            given
        }
    };
    Some(Serving { sets, taken, given })
}

/// Moves units of some lines, in an order. `None`: there are not enough.
fn move_units(
    stock: &Stock,
    order: &[usize],
    wanted: i64,
    from: &mut [i64],
    to: &mut [i64],
    is: &dyn Fn(&StockLine) -> bool,
) -> Option<()> {
    let mut wanted = wanted;
    for &place in order {
        if wanted == 0 {
            break;
        }
        if !stock.lines.get(place).is_some_and(is) {
            continue;
        }
        let (Some(from), Some(to)) = (from.get_mut(place), to.get_mut(place)) else { continue };
        let moved = wanted.min(*from);
        (*from, *to) = (from.saturating_sub(moved), to.saturating_add(moved));
        wanted = wanted.saturating_sub(moved);
    }
    (wanted == 0).then_some(())
}
