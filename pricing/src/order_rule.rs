//! Order rules, compiled: what orders must keep to, and how rules are found from near to far (R12).

use std::collections::BTreeMap;

use emptor_core::{ClockTime, Currency, Instant, Period, RoleId, RuleSeverity, TaxSide, ViolatedRule, When};

use crate::condition::Test;

/// The order rules of a book.
#[derive(Debug, Clone, Default)]
pub(crate) struct OrderRules {
    pub(crate) rules: Vec<OrderRule>,
    /// By organization; `None`: for everyone.
    pub(crate) holders: BTreeMap<Option<u32>, Holder>,
}

/// The rules of one organization, by their numbers; each run is sorted by their names.
#[derive(Debug, Clone, Default)]
pub(crate) struct Holder {
    /// Those that state quantities.
    pub(crate) of_goods: BTreeMap<Goods, Vec<u32>>,
    /// Those that state something else.
    pub(crate) of_orders: Vec<u32>,
}

/// The goods that a rule is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Goods {
    Sku(u32),
    Category(u32),
    All,
}

/// A rule. Amounts are at 10 decimals, quantities in millionths.
#[derive(Debug, Clone)]
pub(crate) struct OrderRule {
    pub(crate) by: ViolatedRule,
    /// When it holds: disjoint periods.
    pub(crate) periods: Vec<Period>,
    /// Of a contract's: whether that is without or with tax, for it is for orders of its side.
    pub(crate) side: Option<TaxSide>,
    pub(crate) when: Test,
    pub(crate) severity: RuleSeverity,
    pub(crate) role: Option<RoleId>,
    pub(crate) currency: Currency,
    /// `None`: that of each product.
    pub(crate) unit: Option<u32>,
    pub(crate) quantity_min: Option<i64>,
    pub(crate) quantity_max: Option<i64>,
    /// Above zero.
    pub(crate) quantity_increment: Option<i64>,
    pub(crate) allows: Option<Test>,
    pub(crate) excludes: Option<Test>,
    pub(crate) incompatible: Vec<Test>,
    pub(crate) value_min: Option<i128>,
    pub(crate) value_max: Option<i128>,
    pub(crate) lines_max: Option<u32>,
    pub(crate) weight_max: Option<WeightMax>,
    /// Ascending.
    pub(crate) approve_value: Vec<Band>,
    /// Ascending.
    pub(crate) approve_discount: Vec<Band>,
    /// Descending.
    pub(crate) approve_margin: Vec<Band>,
    pub(crate) cut_off: Option<CutOffPlan>,
    /// The call of the script that says what an order breaks.
    pub(crate) script: Option<u32>,
}

/// The most weight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct WeightMax {
    pub(crate) unit: u32,
    pub(crate) micros: i64,
}

/// Who must approve beyond a bound, which is an amount or a percent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Band {
    pub(crate) bound: i128,
    pub(crate) role: RoleId,
}

/// Until when an order is processed on the same day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CutOffPlan {
    pub(crate) time: ClockTime,
    /// One bit for each day, Monday lowest.
    pub(crate) weekdays: u8,
    /// Dates.
    pub(crate) holidays: Vec<When>,
}

impl OrderRules {
    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// The holders of a lineage, nearest first, and last those for everyone.
    pub(crate) fn near<'r>(&'r self, lineage: &[u32]) -> Vec<&'r Holder> {
        let units = lineage.iter().map(|unit| Some(*unit)).chain([None]);
        units.filter_map(|unit| self.holders.get(&unit)).collect()
    }

    /// Rules by their numbers.
    pub(crate) fn all<'r>(&'r self, numbers: &'r [u32]) -> impl Iterator<Item = &'r OrderRule> {
        numbers.iter().filter_map(|number| self.rules.get(*number as usize))
    }
}

impl OrderRule {
    /// Whether it is for orders of a side at a date.
    pub(crate) fn is_for(&self, side: TaxSide, valid_at: Instant) -> bool {
        self.side.is_none_or(|own| own == side) && self.periods.iter().any(|period| period.contains(valid_at))
    }

    /// Whether it states a quantity.
    pub(crate) fn is_of_goods(&self) -> bool {
        self.quantity_min.or(self.quantity_max).or(self.quantity_increment).is_some()
    }

    /// Whether it states something about orders, or of which goods they are.
    pub(crate) fn is_of_orders(&self) -> bool {
        self.allows.is_some()
            || self.excludes.is_some()
            || !self.incompatible.is_empty()
            || self.value_min.is_some()
            || self.value_max.is_some()
            || self.lines_max.is_some()
            || self.weight_max.is_some()
            || !self.approve_value.is_empty()
            || !self.approve_discount.is_empty()
            || !self.approve_margin.is_empty()
            || self.cut_off.is_some()
            || self.script.is_some()
    }
}
