//! Conditions of every field, nested three deep, on what requests often are (R7).

use std::collections::BTreeMap;

use emptor_core::{Condition, CountScope, Counted, CouponCode, Range, StepId, Unit, Weekday};

use super::Ground;
use super::buyers;
use super::draws::{CURRENCIES, Draws, currency, named};
use super::prices;

/// What a condition is about, which says what it may state.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum About {
    /// A line.
    Line,
    /// The lines that a rule of an order step acts on.
    Lines,
    /// An order.
    Order,
}

/// A condition, about one thing, that may name the steps before.
pub(super) struct Conditions<'c> {
    pub(super) ground: &'c Ground<'c>,
    pub(super) about: About,
    pub(super) before: Vec<StepId>,
}

impl Conditions<'_> {
    /// States something, mostly one field.
    pub(super) fn draw(&self, draws: &mut Draws) -> Condition {
        self.nested(draws, 3)
    }

    /// States nothing in so many percent of the cases.
    pub(super) fn or_always(&self, draws: &mut Draws, percent: usize) -> Condition {
        if draws.chance(100 - percent) { self.draw(draws) } else { Condition::default() }
    }

    fn nested(&self, draws: &mut Draws, depth: usize) -> Condition {
        let mut condition = Condition::default();
        if depth > 0 && draws.chance(22) {
            self.combine(draws, &mut condition, depth - 1);
        } else {
            self.state(draws, &mut condition);
        }
        if draws.chance(20) {
            self.state(draws, &mut condition);
        }
        condition
    }

    fn combine(&self, draws: &mut Draws, condition: &mut Condition, depth: usize) {
        match draws.below(5) {
            0 => condition.any = vec![self.nested(draws, depth), self.nested(draws, depth)],
            1 => condition.all = vec![self.nested(draws, depth), self.nested(draws, depth)],
            2 => condition.not = Some(Box::new(self.nested(draws, depth))),
            _ => {
                let of_line = Conditions { about: About::Line, before: self.before.clone(), ..*self };
                condition.contains = Some(Box::new(of_line.nested(draws, depth)));
            }
        }
    }

    /// States one more field.
    fn state(&self, draws: &mut Draws, condition: &mut Condition) {
        if self.about == About::Line && draws.chance(65) {
            return self.state_of_line(draws, condition);
        }
        match draws.below(10) {
            0..=2 => condition.quantity = Some(self.counted(draws)),
            3 | 4 => condition.order_value = Some(range(draws, &["10", "50", "0", "100", "1000", "33.33"])),
            5 | 9 => condition.coupon = vec![coupon(draws)],
            6 => match draws.below(3) {
                0 => condition.organization = vec![draws.pick(self.ground.organizations).organization],
                1 => condition.group = vec![buyers::group(draws)],
                _ => condition.region = vec![buyers::region(draws), buyers::region(draws)],
            },
            7 => match draws.below(3) {
                0 => condition.channel = vec![prices::channel(draws)],
                1 => condition.attributes = BTreeMap::from([prices::attribute(draws)]),
                _ => condition.currency = vec![self.ground.tenant.currency, currency(draws.pick(&CURRENCIES))],
            },
            _ => {
                if draws.chance(50) {
                    condition.weekday = weekdays(draws);
                } else {
                    let (before, after) = draws.touching();
                    condition.date = Some(draws.pick(&[after, before]));
                }
            }
        }
        condition.region.dedup();
        condition.currency.dedup();
    }

    fn state_of_line(&self, draws: &mut Draws, condition: &mut Condition) {
        let products = &self.ground.goods.catalog.products;
        let (product, units) = self.ground.goods.pick(draws);
        match draws.below(12) {
            0..=2 => condition.sku = draws.some(products, 2).into_iter().map(|product| product.sku).collect(),
            3 | 4 => condition.category = vec![draws.pick(&self.ground.goods.catalog.categories).category],
            // Only what some product has is known.
            5 if product.vendor.is_some() => condition.vendor = product.vendor.iter().cloned().collect(),
            6 if !product.attributes.is_empty() => condition.product = attribute(draws, &product.attributes),
            5..=7 => condition.unit = vec![product.unit.clone()],
            8 => condition.unit = vec![draws.pick(units)],
            9 => condition.unit_price = Some(range(draws, &["1", "0", "5", "0.333", "10", "-1"])),
            10 => condition.line_value = Some(range(draws, &["10", "0", "1", "50", "33.33", "100"])),
            _ if self.before.is_empty() => condition.quantity = Some(self.counted(draws)),
            _ => condition.changed_by = Some(draws.pick(&self.before)),
        }
    }

    fn counted(&self, draws: &mut Draws) -> Counted {
        let scope = match (self.about, draws.below(6)) {
            (About::Line | About::Lines, 0 | 1) => CountScope::Line,
            (About::Line, 2) => CountScope::Sku,
            (_, 3) => group(draws, self.ground),
            (_, 4) => CountScope::Category(draws.pick(&self.ground.goods.catalog.categories).category),
            _ => CountScope::Order,
        };
        let (at_least, below) =
            draws.bounds(&["2", "1", "3", "5", "10", "0.5", "20", "0"], &["1", "3", "10", "0.000001", "100"]);
        let unit = draws.chance(35).then(|| known_unit(draws, self.ground));
        Counted { at_least, below, unit, over: scope }
    }
}

/// A unit of some product.
pub(super) fn known_unit(draws: &mut Draws, ground: &Ground) -> Unit {
    let (_, units) = ground.goods.pick(draws);
    draws.pick(units)
}

/// A pricing group that a product is in, else the order.
pub(super) fn group(draws: &mut Draws, ground: &Ground) -> CountScope {
    let groups: Vec<_> = ground.goods.catalog.products.iter().flat_map(|product| &product.pricing_groups).collect();
    if groups.is_empty() { CountScope::Order } else { CountScope::Group(draws.pick(&groups).clone()) }
}

/// Codes that conditions ask for.
pub(super) fn coupon(draws: &mut Draws) -> CouponCode {
    named(CouponCode::new(draws.pick(&["SPRING", "VIP"])))
}

pub(super) fn weekdays(draws: &mut Draws) -> Vec<Weekday> {
    // The requests' days are mostly Sunday, which is Saturday somewhere.
    let days = [Weekday::Sunday, Weekday::Saturday, Weekday::Monday, Weekday::Wednesday, Weekday::Thursday];
    draws.some(&days, 4)
}

/// An attribute of a product, or another value of it.
fn attribute(draws: &mut Draws, of_product: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let (name, value) = of_product.first_key_value().expect("a product with attributes");
    let value = if draws.chance(20) { "other" } else { value };
    BTreeMap::from([(name.clone(), value.to_owned())])
}

fn range(draws: &mut Draws, at_least: &[&str]) -> Range {
    let (at_least, below) = draws.bounds(at_least, &["10", "0.01", "100", "1", "0.0000000001"]);
    Range { at_least, below }
}
