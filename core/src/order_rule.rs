//! Order rules: what an order must keep to before it is placed (R12).

use serde::{Deserialize, Serialize};

use crate::condition::{Condition, Weekday};
use crate::currency::Currency;
use crate::exact::Exact;
use crate::id::{CategoryId, OrderRuleId, OrganizationId, RoleId, Sku, Unit};
use crate::script::ScriptCall;
use crate::time::{ClockTime, Instant, Validity, When};
use crate::unit::Quantity;

/// Rules for the orders of some buyers, or for some goods. Each field counts by itself: of the rules that state it, the
/// nearest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct OrderRule {
    /// Its name.
    pub order_rule: OrderRuleId,
    /// For this organization and the units below it; absent: for everyone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization: Option<OrganizationId>,
    /// When it holds.
    #[serde(default)]
    pub valid: Validity,
    /// Since when it is known; absent: since ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recorded_at: Option<Instant>,
    /// What it says.
    pub terms: OrderTerms,
}

/// What orders must keep to. A field that is absent says nothing: it does not waive what another states.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct OrderTerms {
    /// Whether it says it; about the order, not about a line.
    #[serde(default, skip_serializing_if = "Condition::is_empty")]
    pub when: Condition,
    /// For this product; this, `category`, or all goods.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sku: Option<Sku>,
    /// For the products in this category or below it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<CategoryId>,
    /// How bad it is to break it.
    #[serde(default)]
    pub severity: RuleSeverity,
    /// Who may approve it; for `needs_approval`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<RoleId>,
    /// The currency of all its amounts; absent: the tenant's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    /// The unit of its quantities; absent: the product's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<Unit>,
    /// The least of a product that is ordered at all (MOQ).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantity_min: Option<Exact>,
    /// The most of a product.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantity_max: Option<Exact>,
    /// Of what each line is a multiple.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantity_increment: Option<Exact>,
    /// The only goods that may be ordered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allows: Option<Condition>,
    /// Goods that may not be ordered, whatever else allows them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub excludes: Option<Condition>,
    /// Goods that may not be ordered together: of two of these, one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub incompatible: Vec<Condition>,
    /// The least value of the goods.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_value_min: Option<Exact>,
    /// The most value of the goods.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_value_max: Option<Exact>,
    /// The most lines.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lines_max: Option<u32>,
    /// The most weight of the goods.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight_max: Option<Quantity>,
    /// From which value of the goods on who must approve: `[from, role]`, ascending.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub approve_value: Vec<(Exact, RoleId)>,
    /// From which discount of the order on the list prices, in percent, who must approve.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub approve_discount: Vec<(Exact, RoleId)>,
    /// Below which margin of the order, in percent, who must approve: `[below, role]`, descending.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub approve_margin: Vec<(Exact, RoleId)>,
    /// Until when an order is processed on the same day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cut_off: Option<CutOff>,
    /// The script that says what the order breaks (R13).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub script: Option<Box<ScriptCall>>,
}

/// How bad it is to break an order rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum RuleSeverity {
    /// The order must not be placed.
    #[default]
    Reject,
    /// Somebody must approve it.
    NeedsApproval,
    /// It may be placed.
    Warning,
}

/// Until when an order is processed on the same day, by the tenant's clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CutOff {
    /// The first time of day that is too late.
    pub time: ClockTime,
    /// The days on which orders are processed; empty: all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub weekdays: Vec<Weekday>,
    /// Days on which they are not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub holidays: Vec<When>,
}
