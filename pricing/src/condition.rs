//! Conditions, compiled: names are numbers, bounds are integers (R7).

use emptor_core::{Currency, Period};

use crate::table::Scope;
use crate::tier::Count;

/// A condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Test {
    /// What the fields of one condition state; none: it always holds.
    Fields(Vec<Test>),
    All(Vec<Test>),
    Any(Vec<Test>),
    Not(Box<Test>),
    Organization(Vec<u32>),
    Group(Vec<u32>),
    Region(Vec<u32>),
    Channel(Vec<u32>),
    Attributes(Vec<(String, String)>),
    Currency(Vec<Currency>),
    Coupon(Vec<String>),
    Date(Period),
    /// One bit for each day, Monday lowest.
    Weekday(u8),
    OrderValue(Bounds),
    Contains(Box<Test>),
    Sku(Vec<u32>),
    Category(Vec<u32>),
    Vendor(Vec<u32>),
    Product(Vec<(String, String)>),
    Unit(Vec<u32>),
    Quantity(Measure, Bounds),
    UnitPrice(Bounds),
    LineValue(Bounds),
    /// By the number of the step.
    ChangedBy(usize),
}

/// `[at_least, below)`: amounts at 10 decimals, quantities in millionths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Bounds {
    pub(crate) at_least: Option<i128>,
    pub(crate) below: Option<i128>,
}

/// What is counted of quantities.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Measure {
    /// `None`: in the unit of each product.
    pub(crate) unit: Option<u32>,
    pub(crate) scope: Scope,
}

impl Test {
    /// Whether nothing is asked.
    pub(crate) fn always_holds(&self) -> bool {
        matches!(self, Self::Fields(fields) if fields.is_empty())
    }

    /// The tests that must all hold for this to hold.
    pub(crate) fn conjuncts(&self) -> Vec<&Self> {
        match self {
            Self::Fields(tests) | Self::All(tests) => tests.iter().flat_map(Self::conjuncts).collect(),
            other => vec![other],
        }
    }

    /// Whether some part of it satisfies `predicate`.
    pub(crate) fn mentions(&self, predicate: &dyn Fn(&Self) -> bool) -> bool {
        let inner = match self {
            Self::Fields(tests) | Self::All(tests) | Self::Any(tests) => {
                tests.iter().any(|test| test.mentions(predicate))
            }
            Self::Not(test) | Self::Contains(test) => test.mentions(predicate),
            _ => false,
        };
        inner || predicate(self)
    }

    /// Whether it states an amount, which is in a currency.
    pub(crate) fn states_amount(&self) -> bool {
        self.mentions(&|test| matches!(test, Self::OrderValue(_) | Self::UnitPrice(_) | Self::LineValue(_)))
    }

    /// The field of the document that it is.
    pub(crate) fn key(&self) -> &'static str {
        match self {
            Self::Fields(_) => "",
            Self::All(_) => "all",
            Self::Any(_) => "any",
            Self::Not(_) => "not",
            Self::Organization(_) => "organization",
            Self::Group(_) => "group",
            Self::Region(_) => "region",
            Self::Channel(_) => "channel",
            Self::Attributes(_) => "attributes",
            Self::Currency(_) => "currency",
            Self::Coupon(_) => "coupon",
            Self::Date(_) => "date",
            Self::Weekday(_) => "weekday",
            Self::OrderValue(_) => "order_value",
            Self::Contains(_) => "contains",
            Self::Sku(_) => "sku",
            Self::Category(_) => "category",
            Self::Vendor(_) => "vendor",
            Self::Product(_) => "product",
            Self::Unit(_) => "unit",
            Self::Quantity(..) => "quantity",
            Self::UnitPrice(_) => "unit_price",
            Self::LineValue(_) => "line_value",
            Self::ChangedBy(_) => "changed_by",
        }
    }
}

impl Bounds {
    /// Whether a quantity is within.
    pub(crate) fn hold(self, count: Count) -> bool {
        let reaches = |bound: i128| i64::try_from(bound).is_ok_and(|bound| count.reaches(bound));
        self.at_least.is_none_or(reaches) && self.below.is_none_or(|bound| !reaches(bound))
    }

    /// Whether a number is within.
    pub(crate) fn contain(self, number: i128) -> bool {
        self.at_least.is_none_or(|bound| bound <= number) && self.below.is_none_or(|bound| number < bound)
    }
}
