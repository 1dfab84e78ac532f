//! Conditions as data: for whom, for what and when something holds (R7).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::currency::Currency;
use crate::exact::Exact;
use crate::id::{CategoryId, ChannelId, CouponCode, GroupId, OrganizationId, RegionId, Sku, StepId, Unit, VendorId};
use crate::one_or_many::{not_empty, one_or_many};
use crate::script::ScriptCall;
use crate::tier::CountScope;
use crate::time::Validity;

/// A condition: everything that it states must hold; one that states nothing always holds.
///
/// Where a field takes several names, one of them is enough.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// All of these hold.
    #[serde(default, deserialize_with = "not_empty", skip_serializing_if = "Vec::is_empty")]
    pub all: Vec<Condition>,
    /// One of these holds.
    #[serde(default, deserialize_with = "not_empty", skip_serializing_if = "Vec::is_empty")]
    pub any: Vec<Condition>,
    /// This does not hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not: Option<Box<Condition>>,
    /// The buyer is one of these or below it.
    #[serde(default, deserialize_with = "one_or_many", skip_serializing_if = "Vec::is_empty")]
    pub organization: Vec<OrganizationId>,
    /// The buyer is in one of these groups.
    #[serde(default, deserialize_with = "one_or_many", skip_serializing_if = "Vec::is_empty")]
    pub group: Vec<GroupId>,
    /// The goods go to one of these regions.
    #[serde(default, deserialize_with = "one_or_many", skip_serializing_if = "Vec::is_empty")]
    pub region: Vec<RegionId>,
    /// The order comes through one of these channels.
    #[serde(default, deserialize_with = "one_or_many", skip_serializing_if = "Vec::is_empty")]
    pub channel: Vec<ChannelId>,
    /// The request has all these attributes.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, String>,
    /// The order is in one of these currencies.
    #[serde(default, deserialize_with = "one_or_many", skip_serializing_if = "Vec::is_empty")]
    pub currency: Vec<Currency>,
    /// The request names one of these coupons.
    #[serde(default, deserialize_with = "one_or_many", skip_serializing_if = "Vec::is_empty")]
    pub coupon: Vec<CouponCode>,
    /// The price applies in this period.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<Validity>,
    /// The price applies on one of these days of the week, in the tenant's time zone.
    #[serde(default, deserialize_with = "one_or_many", skip_serializing_if = "Vec::is_empty")]
    pub weekday: Vec<Weekday>,
    /// The sum of the goods lines so far.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_value: Option<Range>,
    /// The order has a line for which this holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contains: Option<Box<Condition>>,
    /// The line is of one of these.
    #[serde(default, deserialize_with = "one_or_many", skip_serializing_if = "Vec::is_empty")]
    pub sku: Vec<Sku>,
    /// The line's product is in one of these categories or below it.
    #[serde(default, deserialize_with = "one_or_many", skip_serializing_if = "Vec::is_empty")]
    pub category: Vec<CategoryId>,
    /// The line's product is one of these vendors'.
    #[serde(default, deserialize_with = "one_or_many", skip_serializing_if = "Vec::is_empty")]
    pub vendor: Vec<VendorId>,
    /// The line's product has all these attributes.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub product: BTreeMap<String, String>,
    /// The line is in one of these units.
    #[serde(default, deserialize_with = "one_or_many", skip_serializing_if = "Vec::is_empty")]
    pub unit: Vec<Unit>,
    /// How much is ordered, of the line or of more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantity: Option<Counted>,
    /// The line's amount so far, by its quantity in the product's unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit_price: Option<Range>,
    /// The line's amount so far.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line_value: Option<Range>,
    /// The line was changed by this step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed_by: Option<StepId>,
    /// A script says so; asked last, where everything else holds. Not inside of other conditions (R13).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub script: Option<Box<ScriptCall>>,
}

/// Bounds of a number: `[at_least, below)`. At least one is stated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Range {
    /// The first number that is in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least: Option<Exact>,
    /// The first number above that is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub below: Option<Exact>,
}

/// Bounds of a quantity, and what is counted.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Counted {
    /// The first quantity that is in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least: Option<Exact>,
    /// The first quantity above that is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub below: Option<Exact>,
    /// In this unit; absent: in the unit of each product.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<Unit>,
    /// Over which lines; `line` on an order step: over the lines that the rule acts on.
    #[serde(default)]
    pub over: CountScope,
}

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Weekday {
    /// `monday`
    Monday,
    /// `tuesday`
    Tuesday,
    /// `wednesday`
    Wednesday,
    /// `thursday`
    Thursday,
    /// `friday`
    Friday,
    /// `saturday`
    Saturday,
    /// `sunday`
    Sunday,
}

impl Condition {
    /// Whether it states nothing, and so always holds.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
