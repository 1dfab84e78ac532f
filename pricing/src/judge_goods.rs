//! Rules for goods: what may be ordered, what not together, and how much of it (R12).

use std::collections::BTreeMap;

use emptor_core::limits::{QUANTITY_DECIMALS, QUANTITY_MICROS_END};
use emptor_core::{Exact, Fix, Quantity, Unit, Violation, ViolationCode};

use crate::condition::Test;
use crate::line::Line;
use crate::order_rule::{Goods, OrderRule};
use crate::scene::Subject;
use crate::verdict::{NearRules, Trial};

/// The quantities of one sku in one unit, by line, in millionths.
struct Counted {
    unit: u32,
    parts: Vec<(usize, i128)>,
}

/// An increment and its unit.
#[derive(Clone, Copy)]
struct Increment<'t> {
    rule: &'t OrderRule,
    unit: u32,
    micros: i128,
}

impl<'t, 'b> Trial<'t, 'b> {
    /// Assortments, exclusions, and goods that do not go together.
    pub(crate) fn judge_goods(&self, rules: &NearRules<'t, 'b>, violations: &mut Vec<Violation>) {
        let readable = |rule: &OrderRule, test: &&Test| rules.may_read(rule, test);
        if let Some((rule, allows)) = rules.nearest(|rule| rule.allows.as_ref().filter(|test| readable(rule, test))) {
            for (place, _) in self.goods().filter(|(place, _)| !rules.scene.holds(allows, Subject::Line(*place))) {
                self.add_of_line(rule, ViolationCode::NotAllowed, place, violations);
            }
        }
        let excluding: Vec<(&OrderRule, &Test)> = rules
            .of_orders
            .iter()
            .filter(|rule| !self.waives(rule))
            .filter_map(|rule| Some((*rule, rule.excludes.as_ref().filter(|test| readable(rule, test))?)))
            .collect();
        for (place, _) in self.goods().filter(|_| !excluding.is_empty()) {
            let first = excluding.iter().find(|(_, test)| rules.scene.holds(test, Subject::Line(place)));
            if let Some((rule, _)) = first {
                self.add_of_line(rule, ViolationCode::Excluded, place, violations);
            }
        }
        for rule in &rules.of_orders {
            if rule.incompatible.iter().all(|test| rules.may_read(rule, test)) {
                self.judge_incompatible(rules, rule, violations);
            }
        }
    }

    fn add_of_line(&self, rule: &OrderRule, code: ViolationCode, place: usize, violations: &mut Vec<Violation>) {
        let violation = rule.violation(code, Some(Fix::RemoveLine));
        self.add(Violation { line: self.line_id(place), ..violation }, violations);
    }

    /// The first two lines of which one is of one kind and the other of another.
    fn judge_incompatible(&self, rules: &NearRules<'t, 'b>, rule: &OrderRule, violations: &mut Vec<Violation>) {
        let of_kind = |test: &Test| -> Vec<usize> {
            let lines = self.goods().map(|(place, _)| place);
            lines.filter(|place| rules.scene.holds(test, Subject::Line(*place))).collect()
        };
        let kinds: Vec<Vec<usize>> = rule.incompatible.iter().map(of_kind).collect();
        let pairs = (0_usize..).zip(&kinds).flat_map(|(place, one)| {
            kinds.iter().skip(place.saturating_add(1)).filter_map(|other| first_pair(one, other))
        });
        if let Some((line, other)) = pairs.into_iter().next() {
            let violation = rule.violation(ViolationCode::Incompatible, Some(Fix::RemoveLine));
            let (line, other_line) = (self.line_id(line), self.line_id(other));
            self.add(Violation { line, other_line, ..violation }, violations);
        }
    }

    /// The least, the most and the increment of each sku.
    pub(crate) fn judge_quantities(&self, rules: &NearRules<'t, 'b>, violations: &mut Vec<Violation>) {
        if rules.holders.iter().all(|holder| holder.of_goods.is_empty()) {
            return;
        }
        let mut skus: BTreeMap<u32, Vec<(usize, &Line<'_>)>> = BTreeMap::new();
        for (place, line) in self.goods() {
            skus.entry(line.sku).or_default().push((place, line));
        }
        for lines in skus.values() {
            let Some((_, first)) = lines.first() else { continue };
            let Some(own) = first.units.units.first().map(|own| own.unit) else { continue };
            let unit = |rule: &OrderRule| rule.unit.unwrap_or(own);
            let counted = |rule: &OrderRule| {
                let parts = lines.iter().filter_map(|(place, line)| Some((*place, part(line, unit(rule))?)));
                Counted { unit: unit(rule), parts: parts.collect() }
            };
            let increment = self.nearest_of(rules, first, |rule| rule.quantity_increment);
            let increment = increment.map(|(rule, micros)| Increment { rule, unit: unit(rule), micros: micros.into() });
            if let Some((rule, least)) = self.nearest_of(rules, first, |rule| rule.quantity_min) {
                self.judge_least(rule, least.into(), &counted(rule), increment, violations);
            }
            if let Some(increment) = increment {
                self.judge_increment(increment, &counted(increment.rule), violations);
            }
            if let Some((rule, most)) = self.nearest_of(rules, first, |rule| rule.quantity_max) {
                self.judge_most(rule, most.into(), &counted(rule), increment, violations);
            }
        }
    }

    /// What the nearest rule for a product states: by organization, then sku, category and all goods, then name.
    fn nearest_of<T>(
        &self,
        rules: &NearRules<'t, 'b>,
        line: &Line<'_>,
        states: impl Fn(&'t OrderRule) -> Option<T>,
    ) -> Option<(&'t OrderRule, T)> {
        let book = self.order.book;
        let goods = || {
            let categories = book.categories_up(line.product.category).map(Goods::Category);
            std::iter::once(Goods::Sku(line.sku)).chain(categories).chain([Goods::All])
        };
        let numbers = rules
            .holders
            .iter()
            .filter(|holder| !holder.of_goods.is_empty())
            .flat_map(|holder| goods().filter_map(|goods| holder.of_goods.get(&goods)));
        let near = numbers.flat_map(|numbers| book.order_rules.all(numbers));
        near.filter_map(|rule| Some((rule, states(rule)?))).find(|(rule, _)| rules.hold(rule))
    }

    fn judge_least(
        &self,
        rule: &OrderRule,
        least: i128,
        counted: &Counted,
        increment: Option<Increment<'_>>,
        violations: &mut Vec<Violation>,
    ) {
        let Some((place, part)) = counted.parts.first().copied().filter(|_| counted.sum() < least) else { return };
        let needed = part.saturating_add(least).saturating_sub(counted.sum());
        let fix = counted.fitting(increment).map_or(needed, |increment| multiple_above(needed, increment));
        let violation = self.of_quantity(rule, ViolationCode::QuantityMin, (least, counted.sum()), counted.unit);
        self.add(
            Violation { line: self.line_id(place), fix: self.set_quantity(fix, counted.unit), ..violation },
            violations,
        );
    }

    fn judge_most(
        &self,
        rule: &OrderRule,
        most: i128,
        counted: &Counted,
        increment: Option<Increment<'_>>,
        violations: &mut Vec<Violation>,
    ) {
        let Some((place, part)) = counted.parts.first().copied().filter(|_| counted.sum() > most) else { return };
        let allowed = part.saturating_add(most).saturating_sub(counted.sum());
        let allowed = counted.fitting(increment).map_or(allowed, |increment| multiple_below(allowed, increment));
        let fix = if allowed > 0 { self.set_quantity(allowed, counted.unit) } else { Some(Fix::RemoveLine) };
        let violation = self.of_quantity(rule, ViolationCode::QuantityMax, (most, counted.sum()), counted.unit);
        self.add(Violation { line: self.line_id(place), fix, ..violation }, violations);
    }

    fn judge_increment(&self, increment: Increment<'_>, counted: &Counted, violations: &mut Vec<Violation>) {
        for (place, part) in &counted.parts {
            let fix = multiple_above(*part, increment.micros);
            if fix == *part {
                continue;
            }
            let numbers = (increment.micros, *part);
            let violation = self.of_quantity(increment.rule, ViolationCode::QuantityIncrement, numbers, counted.unit);
            let fix = self.set_quantity(fix, counted.unit);
            self.add(Violation { line: self.line_id(*place), fix, ..violation }, violations);
        }
    }

    fn of_quantity(&self, rule: &OrderRule, code: ViolationCode, numbers: (i128, i128), unit: u32) -> Violation {
        let (limit, actual) = (quantity(numbers.0), quantity(numbers.1));
        Violation { limit, actual, unit: self.unit(unit), ..rule.violation(code, None) }
    }

    fn set_quantity(&self, micros: i128, unit: u32) -> Option<Fix> {
        Some(Fix::SetQuantity(Quantity { value: quantity(micros)?, unit: self.unit(unit)? }))
    }

    pub(crate) fn unit(&self, unit: u32) -> Option<Unit> {
        self.order.book.ids.units.get(unit as usize).cloned()
    }
}

impl Counted {
    fn sum(&self) -> i128 {
        self.parts.iter().fold(0, |sum, (_, part)| sum.saturating_add(*part))
    }

    /// The increment, if it is in the unit that is counted.
    fn fitting(&self, increment: Option<Increment<'_>>) -> Option<i128> {
        increment.filter(|increment| increment.unit == self.unit).map(|increment| increment.micros)
    }
}

/// What a line has in a unit, in millionths, if that is a quantity.
pub(crate) fn part(line: &Line<'_>, unit: u32) -> Option<i128> {
    line.counted_in(unit).filter(|micros| *micros < QUANTITY_MICROS_END.into())
}

/// A quantity of millionths.
pub(crate) fn quantity(micros: i128) -> Option<Exact> {
    Exact::from_scaled(micros, QUANTITY_DECIMALS)
}

fn multiple_below(number: i128, increment: i128) -> i128 {
    number.saturating_sub(number.checked_rem_euclid(increment).unwrap_or(0))
}

fn multiple_above(number: i128, increment: i128) -> i128 {
    let below = multiple_below(number, increment);
    if below == number { number } else { below.saturating_add(increment) }
}

/// The first place of one run and the first other place of another, of different lines.
fn first_pair(one: &[usize], other: &[usize]) -> Option<(usize, usize)> {
    // With two of the other kind, one of them is another line than the first; so two of each are enough.
    let different = |place: usize| other.iter().copied().find(|&other| other != place).map(|other| (place, other));
    one.iter().copied().take(2).find_map(different)
}

#[cfg(test)]
mod tests {
    use super::{first_pair, multiple_above, multiple_below};

    #[test]
    fn quantities_are_rounded_to_multiples() {
        assert_eq!([0, 1, 5, 6].map(|number| multiple_above(number, 5)), [0, 5, 5, 10]);
        assert_eq!([-1, 0, 4, 5, 9].map(|number| multiple_below(number, 5)), [-5, 0, 0, 5, 5]);
    }

    #[test]
    fn a_pair_is_of_two_lines() {
        assert_eq!(first_pair(&[1, 4], &[2, 3]), Some((1, 2)));
        assert_eq!(first_pair(&[1, 4], &[1, 3]), Some((1, 3)));
        assert_eq!(first_pair(&[1, 4], &[1]), Some((4, 1)));
        assert_eq!(first_pair(&[1], &[1]), None);
        assert_eq!(first_pair(&[], &[1]), None);
    }
}
