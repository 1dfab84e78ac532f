//! A request for prices: everything, besides the book, that the answer may depend on (R1).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::currency::Currency;
use crate::exact::Exact;
use crate::id::{CategoryId, ChannelId, LineId, OrganizationId, PricingGroupId, RateId, RegionId, Sku, TenantId, Unit};
use crate::time::When;

/// What a buyer asks to be priced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PriceRequest {
    /// Of whom; absent: of the book's tenant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant: Option<TenantId>,
    /// Who buys.
    pub buyer: OrganizationId,
    /// Where the goods go; absent: the region of the buyer, or of the nearest unit above it that has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<RegionId>,
    /// Through which channel the order comes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<ChannelId>,
    /// In which currency; absent: the tenant's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    /// When the price applies.
    pub valid_at: When,
    /// What is ordered.
    pub lines: Vec<RequestLine>,
    /// Facts of the seller's own that price lists are assigned by.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, String>,
    /// What is known from elsewhere.
    #[serde(default, skip_serializing_if = "Facts::is_empty")]
    pub facts: Facts,
}

/// One line of goods.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RequestLine {
    /// Its name, unique in the request.
    pub id: LineId,
    /// What.
    pub sku: Sku,
    /// How much; below zero: a return.
    pub quantity: Exact,
    /// Of which unit; absent: the product's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<Unit>,
    /// What it weighs in all, in the unit of the product's weight; for products sold by measured weight.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measured: Option<Exact>,
    /// A price somebody set by hand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manual_price: Option<ManualPrice>,
    /// What a returned line was sold at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recorded: Option<RecordedLine>,
}

/// A price that somebody set by hand; it wins where the authority allows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ManualPrice {
    /// Per unit of the line, in the order's currency.
    pub price: Exact,
    /// Why.
    pub reason: String,
}

/// The line of an earlier order that goods come back from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RecordedLine {
    /// What was sold, in the unit of the return.
    pub quantity: Exact,
    /// What it came to, in the order's currency.
    pub net: Exact,
    /// What came back before.
    #[serde(default)]
    pub returned: Exact,
}

/// What is known from elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Facts {
    /// What was bought before in the contract period.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub prior: Vec<Prior>,
    /// What the one who asks may do.
    #[serde(default, skip_serializing_if = "Authority::is_none")]
    pub authority: Authority,
    /// Exchange rates that hold whatever their dates.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pinned_rates: Vec<RateId>,
}

/// What was bought before, of one thing that tables count over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Prior {
    /// Of what.
    pub of: PriorOf,
    /// How much, in the unit of the tables that count it.
    #[serde(default)]
    pub quantity: Exact,
    /// For how much, in the currency of the tables that count it.
    #[serde(default)]
    pub value: Exact,
    /// How heavy, in the unit of the tables that count it.
    #[serde(default)]
    pub weight: Exact,
}

/// Of what something was bought before.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum PriorOf {
    /// A sku: for tables that count over the line or the sku.
    Sku(Sku),
    /// A category: for tables that count over it.
    Category(CategoryId),
    /// A pricing group: for tables that count over it.
    Group(PricingGroupId),
    /// All goods: for tables that count over the order.
    Order,
}

/// What the one who asks may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Authority {
    /// Whether prices may be set by hand.
    #[serde(default)]
    pub manual_price: bool,
}

impl Facts {
    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl Authority {
    /// Whether nothing is allowed.
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }
}
