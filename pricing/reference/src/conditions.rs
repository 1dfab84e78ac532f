//! Whether conditions hold, and what they count (R7).

use std::cell::RefCell;
use std::collections::BTreeSet;

use emptor_core::{Condition, CountScope, Counted, Exact, Range, RoundingMode, StepId, Unit};
use num_traits::Zero;

use crate::calendar::Day;
use crate::lines::Line;
use crate::moment::Moment;
use crate::numbers::{Number, number, round_decimals};
use crate::script::Amounts;

/// The goods lines at one moment of an order.
pub(crate) struct View<'a> {
    moment: &'a Moment<'a>,
    pub(crate) goods: Vec<Subject<'a>>,
    pub(crate) order_value: Number,
    /// Sums over more than a line that were asked for, which are the same whatever is asked about.
    sums: RefCell<Vec<(CountScope, Option<Unit>, Number)>>,
}

/// A goods line as conditions see it.
pub(crate) struct Subject<'a> {
    pub(crate) line: &'a Line<'a>,
    /// What it comes to; `None`: it has no price.
    pub(crate) amount: Option<Number>,
    /// Base and list, where it has a price.
    pub(crate) origin: Option<(&'a Number, &'a Number)>,
    /// The steps that changed it.
    pub(crate) changed: Option<&'a BTreeSet<&'a StepId>>,
    /// Whether it is one of the goods lines that are counted.
    pub(crate) counts: bool,
}

impl Subject<'_> {
    /// What a script sees of it.
    pub(crate) fn amounts(&self) -> Option<Amounts<'_>> {
        let (base, list) = self.origin?;
        Some(Amounts { running: self.amount.as_ref()?, base, list })
    }
}

/// What a condition is asked about.
#[derive(Clone, Copy)]
pub(crate) enum About<'a> {
    /// A goods line, by its place in the view.
    Line(usize),
    /// A charge, of this amount.
    Charge(&'a Number),
    /// The order, of which a rule acts on these lines.
    Order(&'a [usize]),
}

impl<'a> View<'a> {
    pub(crate) fn new(moment: &'a Moment<'a>, goods: Vec<Subject<'a>>) -> Self {
        let counted = goods.iter().filter(|subject| subject.counts);
        let order_value = counted.filter_map(|subject| subject.amount.as_ref()).sum();
        Self { moment, goods, order_value, sums: RefCell::default() }
    }

    /// Whether everything that the condition states holds, but for its script.
    pub(crate) fn holds(&self, condition: &Condition, about: About) -> bool {
        condition.all.iter().all(|each| self.holds(each, about))
            && (condition.any.is_empty() || condition.any.iter().any(|each| self.holds(each, about)))
            && condition.not.as_ref().is_none_or(|not| !self.holds(not, about))
            && self.holds_of_buyer(condition)
            && self.holds_of_order(condition)
            && condition.quantity.as_ref().is_none_or(|counted| self.holds_of_quantity(counted, about))
            && self.holds_of_line(condition, about)
    }

    fn holds_of_buyer(&self, condition: &Condition) -> bool {
        let moment = self.moment;
        let request = moment.request;
        let groups = moment.groups();
        one_of(&condition.organization, |organization| moment.distance(organization).is_some())
            && one_of(&condition.group, |group| groups.contains(group))
            && one_of(&condition.region, |region| moment.region == Some(region))
            && one_of(&condition.channel, |channel| request.channel.as_ref() == Some(channel))
            && condition.attributes.iter().all(|(name, value)| request.attributes.get(name) == Some(value))
            && one_of(&condition.currency, |currency| moment.currency == *currency)
            && one_of(&condition.coupon, |coupon| request.coupons.contains(coupon))
            && condition.date.as_ref().is_none_or(|date| moment.holds(date))
            && one_of(&condition.weekday, |day| Day::of(moment).and_then(Day::weekday) == Some(*day))
    }

    fn holds_of_order(&self, condition: &Condition) -> bool {
        let value = condition.order_value.as_ref().is_none_or(|range| is_in(range, &self.order_value));
        let contains = condition.contains.as_ref().is_none_or(|inner| {
            let mut counted = (0..self.goods.len()).filter(|&index| self.goods[index].counts);
            counted.any(|index| self.holds(inner, About::Line(index)))
        });
        value && contains
    }

    fn holds_of_quantity(&self, counted: &Counted, about: About) -> bool {
        let range = Range { at_least: counted.at_least, below: counted.below };
        let quantity = self.quantity(&counted.over, counted.unit.as_ref(), about);
        quantity.is_some_and(|quantity| is_in(&range, &quantity))
    }

    fn holds_of_line(&self, condition: &Condition, about: About) -> bool {
        let Condition { sku, category, vendor, product, unit, unit_price, line_value, changed_by, .. } = condition;
        let names = sku.is_empty() && category.is_empty() && vendor.is_empty() && product.is_empty();
        let numbers = unit_price.is_none() && line_value.is_none() && changed_by.is_none();
        if names && unit.is_empty() && numbers {
            return true;
        }
        let About::Line(index) = about else { return false };
        let Subject { line, amount, changed, .. } = &self.goods[index];
        let Some(goods) = &line.goods else { return false };
        let of = goods.product;
        one_of(sku, |sku| of.sku == *sku)
            && one_of(category, |category| goods.categories.contains(&category))
            && one_of(vendor, |vendor| of.vendor.as_ref() == Some(vendor))
            && product.iter().all(|(name, value)| of.attributes.get(name) == Some(value))
            && one_of(unit, |unit| line.unit == Some(unit))
            && unit_price.as_ref().is_none_or(|range| has_unit_price(range, line, amount.as_ref()))
            && line_value.as_ref().is_none_or(|range| amount.as_ref().is_some_and(|amount| is_in(range, amount)))
            && changed_by.as_ref().is_none_or(|step| changed.is_some_and(|changed| changed.contains(step)))
    }

    /// How much there is; `None`: it cannot be counted.
    pub(crate) fn quantity(&self, over: &CountScope, unit: Option<&Unit>, about: About) -> Option<Number> {
        if let (CountScope::Line, About::Line(index)) = (over, about) {
            return quantity_in(self.goods[index].line, unit);
        }
        let part = |subject: &Subject| {
            let quantity = quantity_in(subject.line, unit)?;
            Some(round_decimals(&quantity, 6, RoundingMode::HalfEven))
        };
        let sum = || Some(self.scope(over, about)?.into_iter().filter_map(part).sum());
        if matches!(over, CountScope::Line | CountScope::Sku) {
            return sum();
        }
        let known = |sums: &Vec<(CountScope, Option<Unit>, Number)>| {
            let found = sums.iter().find(|(scope, of_unit, _)| scope == over && of_unit.as_ref() == unit);
            found.map(|(_, _, sum)| sum.clone())
        };
        if let Some(known) = known(&self.sums.borrow()) {
            return Some(known);
        }
        let sum: Number = sum()?;
        self.sums.borrow_mut().push((over.clone(), unit.cloned(), sum.clone()));
        Some(sum)
    }

    /// What it comes to; `None`: it cannot be counted.
    pub(crate) fn value(&self, over: &CountScope, about: About) -> Option<Number> {
        if let (CountScope::Line, About::Charge(amount)) = (over, about) {
            return Some(amount.clone());
        }
        Some(self.scope(over, about)?.into_iter().filter_map(|subject| subject.amount.as_ref()).sum())
    }

    /// The lines over which something is counted.
    fn scope(&self, over: &CountScope, about: About) -> Option<Vec<&Subject<'a>>> {
        let counted = |wanted: &dyn Fn(&Line) -> bool| {
            self.goods.iter().filter(|subject| subject.counts && wanted(subject.line)).collect()
        };
        Some(match (over, about) {
            (CountScope::Line, About::Line(index)) => vec![&self.goods[index]],
            (CountScope::Line, About::Order(acted)) => acted.iter().map(|&index| &self.goods[index]).collect(),
            (CountScope::Sku, About::Line(index)) => {
                let sku = &self.goods[index].line.asked.sku;
                counted(&|line| line.asked.sku == *sku)
            }
            (CountScope::Line | CountScope::Sku, _) => return None,
            (CountScope::Category(id), _) => {
                counted(&|line| line.goods.as_ref().is_some_and(|goods| goods.categories.contains(&id)))
            }
            (CountScope::Group(id), _) => {
                counted(&|line| line.goods.as_ref().is_some_and(|goods| goods.product.pricing_groups.contains(id)))
            }
            (CountScope::Order, _) => counted(&|_| true),
        })
    }
}

/// A line's quantity in a unit, or in its product's.
pub(crate) fn quantity_in(line: &Line, unit: Option<&Unit>) -> Option<Number> {
    let own = line.goods.as_ref().map(|goods| &goods.product.unit);
    line.quantity_in(unit.or(own)?)
}

/// Whether a number is in bounds.
fn is_in(range: &Range, value: &Number) -> bool {
    is_within(range, value, &Number::from_integer(1.into()))
}

/// Whether an amount for one is in bounds, of `times` as many.
fn is_within(range: &Range, value: &Number, times: &Number) -> bool {
    let bound = |bound: Exact| number(bound) * times;
    range.at_least.is_none_or(|least| bound(least) <= *value) && range.below.is_none_or(|end| *value < bound(end))
}

fn has_unit_price(range: &Range, line: &Line, amount: Option<&Number>) -> bool {
    let (Some(amount), Some(quantity)) = (amount, quantity_in(line, None)) else { return false };
    !quantity.is_zero() && is_within(range, amount, &quantity)
}

fn one_of<T>(names: &[T], is_so: impl Fn(&T) -> bool) -> bool {
    names.is_empty() || names.iter().any(is_so)
}
