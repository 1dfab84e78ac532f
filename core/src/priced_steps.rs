//! What the procedure, the guards and the tax did to an order, as a record (R7 to R11).

use serde::{Deserialize, Serialize};

use crate::exact::Exact;
use crate::id::{AdjustmentId, ChargeKind, ContractId, LineId, PriceListId, RateId, Sku, StepId, TaxCategoryId, Unit};
use crate::money::Money;
use crate::priced_order::Step;
use crate::script::ScriptRun;

/// Whose rule it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum RuleSource {
    /// An adjustment's.
    Adjustment(AdjustmentId),
    /// A contract's.
    Contract {
        /// Which.
        contract: ContractId,
        /// In which state.
        version: u32,
        /// Which of its terms, from 1.
        term: u32,
    },
    /// Somebody's, by hand.
    Manual {
        /// Why.
        reason: String,
    },
}

/// Which rule changed a line, and how.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AdjustmentDetail {
    /// In which step of the procedure.
    pub step: StepId,
    /// Whose rule.
    pub by: RuleSource,
    /// What it does.
    pub effect: EffectKind,
    /// Its percent, amount, price or index value; absent for bundles.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<Exact>,
    /// What a percent is of; on the order: of all the lines together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub basis: Option<Exact>,
    /// On the order: the whole change, of which this is the line's share.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of_order: Option<Exact>,
    /// The scripts that it asked: of `for`, of `when`, of its effect.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scripts: Vec<ScriptRun>,
}

/// What a rule does, as its document says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum EffectKind {
    /// Takes so many percent.
    PercentOff,
    /// Adds so many percent.
    PercentAdded,
    /// Takes an amount.
    AmountOff,
    /// Adds an amount.
    AmountAdded,
    /// Sets the price.
    Price,
    /// Raises to an amount.
    RaiseTo,
    /// Lowers to an amount.
    LowerTo,
    /// Follows an index.
    Indexed,
    /// Acts on goods that are bought together.
    Bundle,
}

/// Which guard a line was set to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct GuardDetail {
    /// Which.
    pub kind: GuardKind,
    /// Whose.
    pub of: GuardOf,
    /// What the line comes to at the guard, in the order's currency, at up to 10 decimals.
    pub limit: Exact,
}

/// The kinds of guards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum GuardKind {
    /// The least price.
    Floor,
    /// The least advertised price.
    Map,
    /// The least margin.
    Margin,
    /// The most discount.
    Discount,
    /// The most price.
    Ceiling,
}

/// Whose guard.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum GuardOf {
    /// The product's.
    Product,
    /// The entry's that prices the line.
    Entry,
    /// A price list's that is kept as floor.
    PriceList {
        /// Which.
        price_list: PriceListId,
        /// In which state.
        version: u32,
    },
    /// The tenant's.
    Tenant,
}

/// An allowance or charge of the document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DocumentStep {
    /// In which step of the procedure.
    pub step: StepId,
    /// Whose rule.
    pub by: RuleSource,
    /// What it does.
    pub effect: EffectKind,
    /// Its number, as on a line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<Exact>,
    /// What a percent is of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub basis: Option<Exact>,
    /// The scripts that it asked of the order: of `when`, of its effect.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scripts: Vec<ScriptRun>,
    /// Below zero: an allowance; above: a charge. Where prices are with tax, so is this.
    pub amount: Money,
}

/// A line's share of an allowance or charge of the document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DocumentShare {
    /// Which of [`DocumentStep`]s, from 0.
    pub document_step: u32,
    /// How much.
    pub amount: Money,
}

/// Goods that come on top.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PricedGift {
    /// In which step of the procedure.
    pub step: StepId,
    /// Whose rule.
    pub by: RuleSource,
    /// What.
    pub sku: Sku,
    /// How much.
    pub quantity: Exact,
    /// Of which unit.
    pub unit: Unit,
    /// What it comes to.
    pub net: Money,
    /// The tax that is inside its price, where prices are with tax.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax: Option<Money>,
    /// Its category of tax, where tax is worked out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax_category: Option<TaxCategoryId>,
    /// The waterfall: the steps' amounts sum to the net.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<Step>,
}

/// What is charged that is no goods.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PricedCharge {
    /// Its name in the request.
    pub id: LineId,
    /// What it is for.
    pub kind: ChargeKind,
    /// What it comes to.
    pub net: Money,
    /// The tax that is inside its price, where prices are with tax.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax: Option<Money>,
    /// Its category of tax, where tax is worked out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax_category: Option<TaxCategoryId>,
    /// The waterfall: the steps' amounts sum to the net.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<Step>,
    /// Steps that are not part of the price.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub memo: Vec<Step>,
}

/// The tax of one category and rate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct TaxSubtotal {
    /// The category.
    pub category: TaxCategoryId,
    /// Its code on an invoice (EN 16931 BT-118).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The rate; absent: none was found, and the tax is zero.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate_id: Option<RateId>,
    /// The rate in percent (EN 16931 BT-119).
    pub percent: Exact,
    /// What is taxed (EN 16931 BT-116).
    pub taxable: Money,
    /// The tax (EN 16931 BT-117).
    pub tax: Money,
    /// Why there is none (EN 16931 BT-120).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// An adjustment that acted on an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AppliedAdjustment {
    /// Which.
    pub adjustment: AdjustmentId,
    /// What it changed in all, before the rounding to minor units.
    pub amount: Exact,
}

/// A rule that was for the buyer and the goods, and did not act.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SkippedRule {
    /// In which step of the procedure.
    pub step: StepId,
    /// Whose rule.
    pub by: RuleSource,
    /// Why.
    pub reason: SkipReason,
    /// The condition that failed: the way to it in the document, as `when.quantity`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<String>,
    /// What it would have changed as things stood then; of a step on the order, all its lines together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Exact>,
}

/// Why a rule did not act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum SkipReason {
    /// A condition does not hold.
    Condition,
    /// Another set of the step was chosen.
    NotChosen,
    /// An exclusive rule acts.
    NotExclusive,
    /// An earlier step, rule or entry excludes the step.
    StepExcluded,
    /// Its budget or uses are gone.
    UsedUp,
    /// Its amounts are in another currency than the order.
    Currency,
    /// What it counts is below its first bound, or its index has no value.
    NoTier,
    /// The goods are priced by the same contract.
    SameContract,
    /// A script of it failed.
    ScriptFailed,
}
