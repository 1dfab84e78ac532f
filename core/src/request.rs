//! A request for prices: everything, besides the book, that the answer may depend on (R1).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::currency::Currency;
use crate::exact::Exact;
use crate::id::{
    AdjustmentId, CategoryId, ChannelId, ChargeKind, ContractId, CouponCode, LineId, OrganizationId, PricingGroupId,
    RateId, RegionId, RoleId, Sku, TaxCategoryId, TenantId, Unit,
};
use crate::tax::TaxSide;
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
    /// Whether prices are without or with tax; absent: as the tenant's (R11).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prices: Option<TaxSide>,
    /// What is ordered.
    pub lines: Vec<RequestLine>,
    /// What is charged that is no goods, such as freight.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub charges: Vec<Charge>,
    /// What somebody takes off or adds to the order by hand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub adjustment: Option<ManualAdjustment>,
    /// Codes that promotions ask for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub coupons: Vec<CouponCode>,
    /// Whether it is paid in cash, and so rounded to the smallest coin (R11).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub cash: bool,
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
    /// What somebody takes off or adds to the line by hand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub adjustment: Option<ManualAdjustment>,
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

/// What somebody takes off or adds by hand: one of these. It acts in the manual step of the procedure where the
/// authority allows it (R7).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ManualAdjustment {
    /// So many percent of the basis off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub percent_off: Option<Exact>,
    /// So many percent of the basis more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub percent_added: Option<Exact>,
    /// An amount off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount_off: Option<Exact>,
    /// An amount more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount_added: Option<Exact>,
    /// Why.
    pub reason: String,
}

/// What is charged that is no goods.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Charge {
    /// Its name, unique among the charges of the request.
    pub id: LineId,
    /// What it is for.
    pub kind: ChargeKind,
    /// How much, in the order's currency; zero or above.
    pub amount: Exact,
    /// Its category of tax; absent: the regime's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax_category: Option<TaxCategoryId>,
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
    /// How much of budgets and uses is gone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub used: Vec<Used>,
    /// What was bought before under contracts with a commitment.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub commitments: Vec<CommitmentFact>,
    /// What the buyer owes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credit: Option<CreditFact>,
    /// How much of the buyer's budget is gone, in the tenant's currency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub budget_used: Option<Exact>,
    /// What was paid on account, in the order's currency (EN 16931 BT-113).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paid: Option<Exact>,
}

/// How much of an adjustment's budget and uses is gone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Used {
    /// Of which.
    pub adjustment: AdjustmentId,
    /// How much it changed, in its currency; zero or above.
    #[serde(default)]
    pub amount: Exact,
    /// On how many orders it acted.
    #[serde(default)]
    pub uses: u32,
}

/// What was bought before under a contract with a commitment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CommitmentFact {
    /// Which.
    pub contract: ContractId,
    /// For how much, in its currency; zero or above.
    #[serde(default)]
    pub prior: Exact,
    /// Whether this order closes the period.
    #[serde(default)]
    pub closes: bool,
}

/// What the buyer owes, in the tenant's currency.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CreditFact {
    /// How much it may; absent: as its organization says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<Exact>,
    /// Orders that were not invoiced yet.
    #[serde(default)]
    pub open_orders: Exact,
    /// Invoices that were not paid yet.
    #[serde(default)]
    pub receivables: Exact,
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
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Authority {
    /// Whether prices may be set by hand.
    #[serde(default)]
    pub manual_price: bool,
    /// Whether something may be taken off or added by hand.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub manual_adjustment: bool,
    /// The roles for which approvals are given.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<RoleId>,
}

impl PriceRequest {
    /// A request of some lines and nothing else.
    pub fn of(buyer: OrganizationId, valid_at: When, lines: Vec<RequestLine>) -> Self {
        Self {
            tenant: None,
            buyer,
            region: None,
            channel: None,
            currency: None,
            valid_at,
            prices: None,
            lines,
            charges: Vec::new(),
            adjustment: None,
            coupons: Vec::new(),
            cash: false,
            attributes: BTreeMap::new(),
            facts: Facts::default(),
        }
    }
}

impl RequestLine {
    /// A line of a quantity of a product, in the product's unit.
    pub fn of(id: LineId, sku: Sku, quantity: Exact) -> Self {
        Self { id, sku, quantity, unit: None, measured: None, manual_price: None, adjustment: None, recorded: None }
    }
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
