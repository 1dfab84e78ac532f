//! What conditions and counts are read from: the order as it stands (R7).

use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;

use emptor_core::scaled::Wide;
use emptor_core::{NoPrice, PriceRequest};

use crate::asker::Asker;
use crate::condition::{Bounds, Measure, Test};
use crate::count::Thing;
use crate::items::Item;
use crate::line::Line;
use crate::order::Order;
use crate::table::Scope;
use crate::tier::Count;

/// An order under way.
#[derive(Debug)]
pub(crate) struct Scene<'o, 'b> {
    pub(crate) order: &'o Order<'b>,
    pub(crate) lines: &'o [Option<Line<'b>>],
    /// The goods lines, by their place in the request, then the charges.
    pub(crate) items: Vec<Item>,
    /// The kinds of the charges.
    pub(crate) charge_kinds: Vec<Option<u32>>,
    pub(crate) asker: Asker<'o>,
    /// Whether goods lines without a price count, as in order rules (R12).
    pub(crate) sees_unpriced: bool,
    /// The sum of the goods lines' running amounts.
    pub(crate) order_value: i128,
    /// Quantities over several lines, which stay while no line drops out.
    quantities: RefCell<BTreeMap<(Measure, Thing), i128>>,
    /// Values over several lines, which stay while no running amount changes; and whether the order has what
    /// conditions ask it to contain, by the conditions' addresses.
    values: RefCell<BTreeMap<Thing, i128>>,
    contained: RefCell<BTreeMap<usize, bool>>,
}

/// What a condition is asked of.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Subject<'s> {
    /// A goods line or a charge, by its place.
    Line(usize),
    /// The order, of which a rule acts on these lines.
    Lines(&'s [usize]),
    Order,
}

impl<'o, 'b> Scene<'o, 'b> {
    pub(crate) fn new(
        order: &'o Order<'b>,
        lines: &'o [Option<Line<'b>>],
        items: Vec<Item>,
        charge_kinds: Vec<Option<u32>>,
        request: Option<&'o PriceRequest>,
    ) -> Self {
        let channel = request.and_then(|request| request.channel.as_ref());
        let channel = channel.and_then(|channel| order.book.names.channels.find(channel.as_str()));
        let asker = Asker {
            kin: order.kin,
            region: order.region,
            channel,
            currency: order.currency,
            valid_at: order.valid_at,
            zone: order.book.tenant.zone,
            request,
            weekday: OnceCell::new(),
        };
        let mut scene = Self {
            order,
            lines,
            items,
            charge_kinds,
            asker,
            sees_unpriced: false,
            order_value: 0,
            quantities: RefCell::default(),
            values: RefCell::default(),
            contained: RefCell::default(),
        };
        scene.order_value = scene.sum_running(0..lines.len());
        scene
    }

    /// The line of an item that takes part.
    pub(crate) fn live_line(&self, item: usize) -> Option<&'o Line<'b>> {
        self.items.get(item).filter(|item| item.live)?;
        self.lines.get(item)?.as_ref()
    }

    /// The goods lines that take part.
    pub(crate) fn goods(&self) -> impl Iterator<Item = usize> + '_ {
        let known = |item: usize| self.lines.get(item).is_some_and(Option::is_some);
        let counts = move |item: usize| if self.sees_unpriced { known(item) } else { self.live_line(item).is_some() };
        (0..self.lines.len()).filter(move |&item| counts(item))
    }

    pub(crate) fn running(&self, item: usize) -> i128 {
        self.items.get(item).map_or(0, |item| item.running)
    }

    /// The sum of the running amounts of those that take part.
    pub(crate) fn sum_running(&self, items: impl IntoIterator<Item = usize>) -> i128 {
        let live = items.into_iter().filter_map(|item| self.items.get(item)).filter(|item| item.live);
        live.fold(0, |sum, item| sum.saturating_add(item.running))
    }

    /// An item that left the limits takes no part any more.
    pub(crate) fn drop_item(&mut self, item: usize) {
        self.drop_item_for(item, NoPrice::OutOfRange);
    }

    /// An item without a price takes no part any more.
    pub(crate) fn drop_item_for(&mut self, item: usize, reason: NoPrice) {
        let is_line = item < self.lines.len();
        let Some(dropped) = self.items.get_mut(item).filter(|item| item.live) else { return };
        (dropped.live, dropped.lost) = (false, Some(reason));
        if is_line {
            self.order_value = self.order_value.saturating_sub(dropped.running);
        }
        self.quantities.borrow_mut().clear();
        self.touch();
    }

    /// What was read from running amounts is to be read again.
    pub(crate) fn touch(&mut self) {
        self.values.borrow_mut().clear();
        self.contained.borrow_mut().clear();
    }

    /// Whether a condition holds.
    pub(crate) fn holds(&self, test: &Test, subject: Subject<'_>) -> bool {
        match test {
            Test::Fields(tests) | Test::All(tests) => tests.iter().all(|test| self.holds(test, subject)),
            Test::Any(tests) => tests.iter().any(|test| self.holds(test, subject)),
            Test::Not(test) => !self.holds(test, subject),
            Test::OrderValue(bounds) => bounds.contain(self.order_value),
            Test::Contains(test) => self.contains(test),
            Test::Quantity(measure, bounds) => self.quantity(*measure, subject).is_some_and(|count| bounds.hold(count)),
            Test::Sku(_)
            | Test::Category(_)
            | Test::Vendor(_)
            | Test::Product(_)
            | Test::Unit(_)
            | Test::UnitPrice(_)
            | Test::LineValue(_)
            | Test::ChangedBy(_) => match subject {
                Subject::Line(item) => self.holds_of_line(test, item),
                Subject::Lines(_) | Subject::Order => false,
            },
            _ => self.asker.satisfies(test),
        }
    }

    fn holds_of_line(&self, test: &Test, item: usize) -> bool {
        let Some(line) = self.lines.get(item).and_then(Option::as_ref) else { return false };
        match test {
            Test::UnitPrice(_) | Test::LineValue(_) if self.live_line(item).is_none() => false,
            Test::UnitPrice(bounds) => unit_price_holds(line, *bounds, self.running(item)),
            Test::LineValue(bounds) => bounds.contain(self.running(item)),
            Test::ChangedBy(step) => self.items.get(item).is_some_and(|item| item.was_changed_in(*step)),
            _ => line.satisfies(test, self.order.book),
        }
    }

    /// A quantity in millionths: of a line exactly, of several the sum of their rounded parts.
    pub(crate) fn quantity(&self, measure: Measure, subject: Subject<'_>) -> Option<Count> {
        let of_line = |item: usize| self.lines.get(item).and_then(Option::as_ref);
        let thing = match (measure.scope, subject) {
            (Scope::Line, Subject::Line(item)) => {
                let line = of_line(item)?;
                return match measure.unit {
                    Some(unit) => line.quantity_in(unit),
                    None => line.own_quantity(),
                };
            }
            (Scope::Line, Subject::Lines(items)) => {
                let lines = items.iter().filter_map(|&item| of_line(item));
                return Some(Count::of_micros(lines.fold(0, |sum, line| sum_part(sum, line, measure.unit))));
            }
            (Scope::Line | Scope::Sku, Subject::Order) | (Scope::Sku, Subject::Lines(_)) => return None,
            (Scope::Sku, Subject::Line(item)) => Thing::Sku(of_line(item)?.sku),
            (Scope::Category(category), _) => Thing::Category(category),
            (Scope::Group(group), _) => Thing::Group(group),
            (Scope::Order, _) => Thing::Order,
        };
        let key = (measure, thing);
        if let Some(&known) = self.quantities.borrow().get(&key) {
            return Some(Count::of_micros(known));
        }
        let mut quantities = self.quantities.borrow_mut();
        if let Thing::Sku(_) = thing {
            // All skus at once: a step asks for each.
            for line in self.goods().filter_map(of_line) {
                let sum = quantities.entry((measure, Thing::Sku(line.sku))).or_default();
                *sum = sum_part(*sum, line, measure.unit);
            }
            return Some(Count::of_micros(quantities.get(&key).copied().unwrap_or(0)));
        }
        let counted = self.goods().filter_map(of_line).filter(|line| self.order.is_in(line, thing));
        let sum = counted.fold(0, |sum, line| sum_part(sum, line, measure.unit));
        quantities.insert(key, sum);
        Some(Count::of_micros(sum))
    }

    /// The sum of running amounts that a graded number by value counts.
    pub(crate) fn value(&self, scope: Scope, subject: Subject<'_>) -> i128 {
        let thing = match (scope, subject) {
            (Scope::Line, Subject::Line(item)) => return self.running(item),
            (Scope::Line, Subject::Lines(items)) => return self.sum_running(items.iter().copied()),
            (Scope::Sku, Subject::Line(item)) => match self.lines.get(item).and_then(Option::as_ref) {
                Some(line) => Thing::Sku(line.sku),
                None => return 0,
            },
            (Scope::Category(category), _) => Thing::Category(category),
            (Scope::Group(group), _) => Thing::Group(group),
            _ => return self.order_value,
        };
        if let Some(&known) = self.values.borrow().get(&thing) {
            return known;
        }
        let mut values = self.values.borrow_mut();
        if let Thing::Sku(_) = thing {
            // All skus at once: a step asks for each.
            for item in self.goods() {
                if let Some(line) = self.live_line(item) {
                    let value = values.entry(Thing::Sku(line.sku)).or_default();
                    *value = value.saturating_add(self.running(item));
                }
            }
            return values.get(&thing).copied().unwrap_or(0);
        }
        let is_in = |item: &usize| self.live_line(*item).is_some_and(|line| self.order.is_in(line, thing));
        let value = self.sum_running(self.goods().filter(is_in));
        values.insert(thing, value);
        value
    }

    /// Whether some goods line satisfies a condition.
    fn contains(&self, test: &Test) -> bool {
        let address = std::ptr::from_ref(test).addr();
        if let Some(&known) = self.contained.borrow().get(&address) {
            return known;
        }
        let found = self.goods().any(|item| self.holds(test, Subject::Line(item)));
        self.contained.borrow_mut().insert(address, found);
        found
    }

    /// The first condition that does not hold: the way to it in the document.
    pub(crate) fn failing(&self, test: &Test, subject: Subject<'_>, way: &str) -> Option<String> {
        if self.holds(test, subject) {
            return None;
        }
        match test {
            Test::Fields(tests) => tests.iter().find_map(|inner| {
                let key = inner.key();
                let way = if key.is_empty() { way.to_owned() } else { format!("{way}.{key}") };
                self.failing(inner, subject, &way)
            }),
            Test::All(tests) => tests
                .iter()
                .enumerate()
                .find_map(|(index, inner)| self.failing(inner, subject, &format!("{way}[{index}]"))),
            _ => Some(way.to_owned()),
        }
    }
}

/// Whether an amount by the line's quantity in the product's unit is within bounds, exactly.
fn unit_price_holds(line: &Line<'_>, bounds: Bounds, running: i128) -> bool {
    let Some(count) = line.own_quantity().filter(|count| count.numerator > 0) else { return false };
    // running / quantity against the bound, both sides times the quantity's denominator in whole units.
    let is_below = |bound: i128| {
        let denominator = count.denominator.checked_mul(1_000_000)?;
        let difference = Wide::product(running, denominator).plus_product(bound.checked_neg()?, count.numerator)?;
        Some(difference.sign() == std::cmp::Ordering::Less)
    };
    let reached = bounds.at_least.is_none_or(|bound| is_below(bound) == Some(false));
    reached && bounds.below.is_none_or(|bound| is_below(bound) == Some(true))
}

fn sum_part(sum: i128, line: &Line<'_>, unit: Option<u32>) -> i128 {
    let part = match unit {
        Some(unit) => line.counted_in(unit),
        None => line.units.units.first().and_then(|own| line.counted_in(own.unit)),
    };
    sum.saturating_add(part.unwrap_or(0))
}
