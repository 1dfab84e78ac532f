//! What tables count over several lines, and what was bought before (R4).

use std::collections::{BTreeMap, BTreeSet};

use crate::line::Line;
use crate::offer::{Level, Offer};
use crate::order::Order;
use crate::plan::Asked;
use crate::table::{Base, Scope, Shape};
use crate::tier::{self, to_minor};

/// The counts of an order; most orders need none.
#[derive(Debug, Clone, Default)]
pub(crate) struct Counts(Option<Box<Counted>>);

#[derive(Debug, Clone)]
struct Counted {
    whole: BTreeMap<Key, i128>,
    prior: BTreeMap<Thing, PriorAmounts>,
}

/// Over which lines, and what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    thing: Thing,
    base: Base,
    /// Of a count of quantities: in which unit.
    unit: u32,
}

/// What lines may have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Thing {
    Sku(u32),
    Category(u32),
    Group(u32),
    Order,
}

/// What was bought before: millionths, and minor units.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct PriorAmounts {
    pub(crate) quantity_micros: i64,
    pub(crate) weight_micros: i64,
    pub(crate) value_minor: i64,
}

impl Thing {
    fn of(scope: Scope, line: &Line<'_>) -> Self {
        match scope {
            Scope::Line | Scope::Sku => Self::Sku(line.sku),
            Scope::Category(category) => Self::Category(category),
            Scope::Group(group) => Self::Group(group),
            Scope::Order => Self::Order,
        }
    }
}

impl Key {
    fn of(line: &Line<'_>, shape: &Shape) -> Self {
        let unit = if shape.base == Base::Quantity { shape.unit } else { 0 };
        Self { thing: Thing::of(shape.scope, line), base: shape.base, unit }
    }
}

impl Counts {
    /// The counts that the tables which may be asked for these lines need. A line that is `None` does not count.
    pub(crate) fn of(order: &Order<'_>, lines: &[Option<Line<'_>>], prior: BTreeMap<Thing, PriorAmounts>) -> Self {
        if !order.book.counts_over_lines {
            let counted = Counted { whole: BTreeMap::new(), prior };
            return Self((!counted.prior.is_empty()).then(|| Box::new(counted)));
        }
        let mut keys: BTreeSet<Key> = BTreeSet::new();
        let mut counted: Vec<&Line<'_>> = Vec::new();
        for line in lines.iter().flatten() {
            let mut has_offer = line.manual_price.is_some() && order.manual_allowed;
            order.each_offer(line, |offer| {
                has_offer = true;
                let shape = order.table(offer).map(|table| table.shape);
                keys.extend(shape.filter(|shape| shape.scope != Scope::Line).map(|shape| Key::of(line, shape)));
            });
            if has_offer {
                counted.push(line);
            }
        }
        counted.sort_by_key(|line| line.sku);
        let whole = keys.into_iter().filter_map(|key| Some((key, order.count_whole(key, &counted)?))).collect();
        Self(Some(Box::new(Counted { whole, prior })))
    }

    /// The whole count that a table needs for a line, without the prior.
    pub(crate) fn whole(&self, line: &Line<'_>, shape: &Shape) -> Option<i128> {
        self.0.as_ref()?.whole.get(&Key::of(line, shape)).copied()
    }

    /// What was bought before of a thing.
    pub(crate) fn prior_of(&self, thing: Thing) -> PriorAmounts {
        self.0.as_ref().and_then(|counted| counted.prior.get(&thing)).copied().unwrap_or_default()
    }

    /// What was bought before of what a table counts.
    pub(crate) fn prior(&self, line: &Line<'_>, shape: &Shape) -> i64 {
        let prior = self.prior_of(Thing::of(shape.scope, line));
        match shape.base {
            Base::Quantity => prior.quantity_micros,
            Base::Value => prior.value_minor,
            Base::Weight(_) => prior.weight_micros,
            Base::Script(_) => 0,
        }
    }
}

impl Order<'_> {
    /// Every source with every level, in the order in which they are asked.
    pub(crate) fn each_asked(&self, line: &Line<'_>, mut visit: impl FnMut(&Asked, Level)) {
        for run in [&*self.contracts, &*self.chain.lists] {
            for rank in run.chunk_by(|left, right| left.rank == right.rank) {
                for level in self.levels(line) {
                    for asked in rank {
                        visit(asked, level);
                    }
                }
            }
        }
    }

    /// Every offer in a currency that may be asked, whose unit converts.
    fn each_offer(&self, line: &Line<'_>, mut visit: impl FnMut(Offer)) {
        self.each_asked(line, |asked, level| {
            let Some(source) = self.book.source(asked.source) else { return };
            if self.may_ask(asked, false) || self.may_ask(asked, true) {
                let offers = self.offers(line, asked, level);
                let applies = |offer: &Offer| self.converts(line, *offer) && !self.counts_foreign_value(source, *offer);
                offers.filter(applies).for_each(&mut visit);
            }
        });
    }

    /// The sum over counted lines, which are sorted by sku. `None`: beyond 127 bits.
    fn count_whole(&self, key: Key, counted: &[&Line<'_>]) -> Option<i128> {
        let of_key: &[&Line<'_>] = match key.thing {
            Thing::Sku(sku) => {
                let start = counted.partition_point(|line| line.sku < sku);
                let end = counted.partition_point(|line| line.sku <= sku);
                counted.get(start..end)?
            }
            _ => counted,
        };
        of_key.iter().filter(|line| self.is_in(line, key.thing)).try_fold(0_i128, |sum, line| {
            let part = match key.base {
                Base::Quantity => line.counted_in(key.unit),
                Base::Weight(unit) => line.counted_in(unit),
                Base::Value => Some(self.leading_value(line)?),
                Base::Script(_) => None,
            };
            sum.checked_add(part.unwrap_or(0))
        })
    }

    /// Whether a line is one of a thing's.
    pub(crate) fn is_in(&self, line: &Line<'_>, thing: Thing) -> bool {
        match thing {
            Thing::Sku(sku) => line.sku == sku,
            Thing::Category(category) => self.book.categories_up(line.product.category).any(|up| up == category),
            Thing::Group(group) => {
                self.book.group_sets.get(line.product.groups as usize).is_some_and(|set| set.contains(&group))
            }
            Thing::Order => true,
        }
    }

    /// What a line is worth before tables that count value are read: at the opening price of its first offer.
    fn leading_value(&self, line: &Line<'_>) -> Option<i128> {
        let decimals = self.currency.decimals();
        if let Some(price) = line.manual_price.filter(|_| self.manual_allowed) {
            return Some(to_minor(line.manual_amount(price)?, decimals)?.max(0));
        }
        let mut leading: Option<Offer> = None;
        self.each_asked(line, |asked, level| {
            if leading.is_none() && self.may_ask(asked, false) {
                leading = self.offers(line, asked, level).find(|offer| self.converts(line, *offer));
            }
        });
        let Some(table) = leading.and_then(|offer| self.table(offer)) else { return Some(0) };
        tier::opening_value(table, decimals, line.quantity_in(table.shape.unit)?)
    }
}
