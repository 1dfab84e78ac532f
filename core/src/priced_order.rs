//! The answer: what each line costs, and every step that led there (R15).

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::canonical::{CanonicalError, canonical_json};
use crate::currency::Currency;
use crate::digest::Digest;
use crate::exact::Exact;
use crate::id::{CategoryId, ContractId, LineId, OrganizationId, PriceListId, RateId, Sku, TaxCategoryId, Unit};
use crate::money::Money;
use crate::priced_steps::{
    AdjustmentDetail, AppliedAdjustment, DocumentShare, DocumentStep, GuardDetail, PricedCharge, PricedGift,
    SkippedRule, TaxSubtotal,
};
use crate::script::ScriptRun;
use crate::script_failure::ScriptFailure;
use crate::tier::{CountScope, Tier, TierBase, TierMode};
use crate::time::{Instant, When};
use crate::unit::Quantity;
use crate::violation::Violation;

/// A priced request. Its canonical JSON is the same in every language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PricedOrder {
    /// What it was priced from: equal basis, equal price.
    pub basis: Basis,
    /// The currency of all its amounts.
    pub currency: Currency,
    /// When the prices apply.
    pub valid_at: Instant,
    /// Whether every line has a price.
    pub complete: bool,
    /// The lines, in the order of the request.
    pub lines: Vec<PricedLine>,
    /// Goods that come on top (R8).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gifts: Vec<PricedGift>,
    /// What is charged that is no goods, in the order of the request.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub charges: Vec<PricedCharge>,
    /// Allowances and charges of the document (EN 16931 BG-20, BG-21), in the order in which they acted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub document_steps: Vec<DocumentStep>,
    /// Tax by category and rate (EN 16931 BG-23).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tax: Vec<TaxSubtotal>,
    /// The sums over what has a price.
    pub totals: Totals,
    /// What the order breaks, all of it (R12).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub violations: Vec<Violation>,
    /// The adjustments that acted and what each changed: what counts on its budget and uses. Sorted by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub applied: Vec<AppliedAdjustment>,
    /// Scripts that failed, where no step shows it: by line, the order last, then as they were asked (R13).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub script_failures: Vec<ScriptFailure>,
    /// On which day the order is processed, where a rule says until when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub processing_date: Option<When>,
    /// The digest of the order that this one amends (R10).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amends: Option<Digest>,
}

/// What an order was priced from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Basis {
    /// The version of what a price means.
    pub semantics: u32,
    /// The book's fingerprint.
    pub book: Digest,
    /// The request's fingerprint.
    pub request: Digest,
}

/// The sums of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Totals {
    /// The sum of the lines' and gifts' net amounts (EN 16931 BT-106).
    pub line_extension: Money,
    /// What is taken off on the document (EN 16931 BT-107); absent: nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allowances: Option<Money>,
    /// What is added on the document (EN 16931 BT-108); absent: nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub charges: Option<Money>,
    /// Without tax (EN 16931 BT-109); this, `tax` and `tax_inclusive` are absent where no tax is worked out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax_exclusive: Option<Money>,
    /// The tax (EN 16931 BT-110).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax: Option<Money>,
    /// With tax (EN 16931 BT-112).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax_inclusive: Option<Money>,
    /// What was paid on account (EN 16931 BT-113); absent: nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prepaid: Option<Money>,
    /// What the rounding of cash changed (EN 16931 BT-114); absent: nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rounding: Option<Money>,
    /// What is to be paid (EN 16931 BT-115).
    pub payable: Money,
}

/// One priced line. It has a net amount or the reason why not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PricedLine {
    /// Its name in the request.
    pub id: LineId,
    /// What.
    pub sku: Sku,
    /// How much.
    pub quantity: Exact,
    /// Of which unit; absent where the sku is unknown and the request names none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<Unit>,
    /// What it comes to (EN 16931 BT-131).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub net: Option<Money>,
    /// The tax that is inside its price, where prices are with tax: `net + tax` is what was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax: Option<Money>,
    /// Its category of tax, where tax is worked out (EN 16931 BT-151).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax_category: Option<TaxCategoryId>,
    /// Why it has no price.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub no_price: Option<NoPrice>,
    /// The waterfall: the steps' amounts sum to the net.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<Step>,
    /// Steps that are not part of the price: informational ones and accruals.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub memo: Vec<Step>,
    /// Its shares of the document's allowances and charges; they are not in its net.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shares: Vec<DocumentShare>,
    /// Prices that were for the buyer and the goods, and why they lost.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub losers: Vec<Loser>,
    /// How many price lists were not for the buyer, or hold at another time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lists_not_applicable: Option<u32>,
    /// Rules that were for the buyer and the goods, and why they did not act.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub skipped: Vec<SkippedRule>,
    /// How many rules were not for the buyer or the goods, or hold at another time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rules_not_applicable: Option<u32>,
}

/// One step of the waterfall.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Which.
    pub step: StepKind,
    /// By how much it changes the line, in the order's currency, at up to 10 decimals.
    pub amount: Exact,
    /// Where the price comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<Box<PriceDetail>>,
    /// How it was converted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversion: Option<Box<ConversionDetail>>,
    /// Which rule changed it, and how.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub adjustment: Option<Box<AdjustmentDetail>>,
    /// Which guard it was set to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guard: Option<Box<GuardDetail>>,
    /// The contract whose commitment it keeps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commitment: Option<ContractId>,
}

/// Which step of the waterfall.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum StepKind {
    /// The price of R3, extended by R4 and R5.
    Price,
    /// The difference of a conversion at stage `document` to the line's own (R6).
    Conversion,
    /// A rule of a step of the procedure (R7).
    Adjustment,
    /// A guard (R9).
    Guard,
    /// What another line at its guard could not take of a discount (R9).
    Redistribution,
    /// A contract's commitment (R9).
    Commitment,
    /// The rounding to minor units at the end (R0).
    Rounding,
    /// The tax that was inside (R11).
    Tax,
}

/// Where a price comes from, and how it was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PriceDetail {
    /// Whose price.
    pub source: Source,
    /// What the entry names: absent, the sku.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<CategoryId>,
    /// How its table was read; absent for a price without a table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<TableDetail>,
    /// The script that gave the price or the count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub script: Option<ScriptRun>,
}

/// How a table was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct TableDetail {
    /// The unit and base quantity of its prices.
    pub per: Quantity,
    /// How many of the entry's units one unit of the line is, as `5/3`, where they differ.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub factor: Option<String>,
    /// The measured weight that was priced instead of the line's quantity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measured: Option<Quantity>,
    /// How the tiers were read.
    pub mode: TierMode,
    /// What was counted.
    pub base: TierBase,
    /// Over which lines.
    pub over: CountScope,
    /// How much was counted, the prior included; absent where it is the line's own quantity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counted: Option<Exact>,
    /// The tier reached, a percent turned into its price.
    pub tier: Tier,
    /// Graduated: what the table gives for all that was counted, less what it gave for the prior; rounded to 10 decimals.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<Exact>,
}

/// How an amount was converted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ConversionDetail {
    /// The rates that were used, in turn.
    pub rates: Vec<RateId>,
    /// The currency it was converted from.
    pub currency: Currency,
    /// The line's amount in that currency.
    pub amount: Exact,
}

/// Whose price.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// Set by hand.
    Manual {
        /// Why.
        reason: String,
    },
    /// What the goods were sold at (R1).
    Recorded,
    /// What a request charges that is no goods (R1).
    Charge,
    /// What a promotion gives (R8).
    Gift,
    /// A contract's.
    Contract {
        /// Which.
        contract: ContractId,
        /// In which state.
        version: u32,
        /// Whose; the buyer's own or that of a unit above it.
        organization: OrganizationId,
    },
    /// A price list's.
    PriceList {
        /// Which.
        price_list: PriceListId,
        /// In which state.
        version: u32,
    },
}

/// A price that was for the buyer and the goods, and lost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Loser {
    /// Whose price.
    pub source: Source,
    /// What the entry names: absent, the sku.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<CategoryId>,
    /// The unit of the entry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<Unit>,
    /// Why it lost.
    pub reason: LoserReason,
    /// What the line would have come to, before the rounding to minor units, in the order's currency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Exact>,
}

/// Why a price lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum LoserReason {
    /// The one who asks may not set prices by hand.
    NotAuthorized,
    /// Another of higher rank has a price.
    Outranked,
    /// Another of equal rank has a lower price, or the same and a name that sorts first.
    NotLowest,
    /// Another holds the break.
    BreakTaken,
    /// A contract's price hides it.
    HiddenByContract,
    /// Its table has no price for the quantity.
    NoTier,
    /// Its unit does not convert to the line's.
    Unit,
    /// Its currency is another, and is not converted.
    Currency,
    /// Its table counts value in another currency than the order's.
    ValueInOtherCurrency,
    /// Its amount is beyond the limits of R0.
    OutOfRange,
    /// Its script failed.
    ScriptFailed,
}

/// Why a line has no price. Variants are in order of precedence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum NoPrice {
    /// `line.unknown_sku`
    #[serde(rename = "line.unknown_sku")]
    UnknownSku,
    /// `line.unit_not_convertible`
    #[serde(rename = "line.unit_not_convertible")]
    UnitNotConvertible,
    /// `line.quantity_out_of_range`
    #[serde(rename = "line.quantity_out_of_range")]
    QuantityOutOfRange,
    /// `line.quantity_decimals`
    #[serde(rename = "line.quantity_decimals")]
    QuantityDecimals,
    /// `line.return_without_record`
    #[serde(rename = "line.return_without_record")]
    ReturnWithoutRecord,
    /// `line.return_exceeds_record`
    #[serde(rename = "line.return_exceeds_record")]
    ReturnExceedsRecord,
    /// `line.measured_not_expected`
    #[serde(rename = "line.measured_not_expected")]
    MeasuredNotExpected,
    /// `line.measured_out_of_tolerance`
    #[serde(rename = "line.measured_out_of_tolerance")]
    MeasuredOutOfTolerance,
    /// `pricing.no_price`
    #[serde(rename = "pricing.no_price")]
    NoCandidate,
    /// `pricing.no_rate`
    #[serde(rename = "pricing.no_rate")]
    NoRate,
    /// `pricing.no_tier`
    #[serde(rename = "pricing.no_tier")]
    NoTier,
    /// `pricing.ambiguous`
    #[serde(rename = "pricing.ambiguous")]
    Ambiguous,
    /// `pricing.out_of_range`
    #[serde(rename = "pricing.out_of_range")]
    OutOfRange,
    /// `pricing.script_failed`
    #[serde(rename = "pricing.script_failed")]
    ScriptFailed,
}

impl NoPrice {
    /// Every reason, in order of precedence.
    pub const ALL: [Self; 14] = [
        Self::UnknownSku,
        Self::UnitNotConvertible,
        Self::QuantityOutOfRange,
        Self::QuantityDecimals,
        Self::ReturnWithoutRecord,
        Self::ReturnExceedsRecord,
        Self::MeasuredNotExpected,
        Self::MeasuredOutOfTolerance,
        Self::NoCandidate,
        Self::NoRate,
        Self::NoTier,
        Self::Ambiguous,
        Self::OutOfRange,
        Self::ScriptFailed,
    ];

    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::UnknownSku => "line.unknown_sku",
            Self::UnitNotConvertible => "line.unit_not_convertible",
            Self::QuantityOutOfRange => "line.quantity_out_of_range",
            Self::QuantityDecimals => "line.quantity_decimals",
            Self::ReturnWithoutRecord => "line.return_without_record",
            Self::ReturnExceedsRecord => "line.return_exceeds_record",
            Self::MeasuredNotExpected => "line.measured_not_expected",
            Self::MeasuredOutOfTolerance => "line.measured_out_of_tolerance",
            Self::NoCandidate => "pricing.no_price",
            Self::NoRate => "pricing.no_rate",
            Self::NoTier => "pricing.no_tier",
            Self::Ambiguous => "pricing.ambiguous",
            Self::OutOfRange => "pricing.out_of_range",
            Self::ScriptFailed => "pricing.script_failed",
        }
    }
}

impl fmt::Display for NoPrice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::UnknownSku => "the catalog has no such sku; check the article number",
            Self::UnitNotConvertible => "the unit does not convert to the product's; use one of its units",
            Self::QuantityOutOfRange => "the quantity is not below 10^12; split the line",
            Self::QuantityDecimals => "the quantity has more decimals than its unit allows; round it",
            Self::ReturnWithoutRecord => "the quantity is below zero; a return states what the line was sold at",
            Self::ReturnExceedsRecord => "more comes back than was sold; check the recorded line",
            Self::MeasuredNotExpected => "the product is not sold by measured weight; leave the measured weight out",
            Self::MeasuredOutOfTolerance => "the measured weight is too far from the nominal; check the scales",
            Self::NoCandidate => "no contract or price list has a price for this buyer, currency and date",
            Self::NoRate => "there are prices, but only in currencies without a rate to this one at this date",
            Self::NoTier => "the price that applies has none for this quantity; check its tiers",
            Self::Ambiguous => "two prices of equal rank apply; give one of them priority",
            Self::OutOfRange => "the amount is not below 9 x 10^14; split the line",
            Self::ScriptFailed => "a script that the price needs failed; see the failures of the order",
        })
    }
}

impl PricedOrder {
    /// The canonical JSON (RFC 8785).
    ///
    /// # Errors
    /// `canonical.unsupported` never happens for an order; the signature says so honestly.
    pub fn canonical_json(&self) -> Result<String, CanonicalError> {
        canonical_json(self)
    }
}

#[cfg(test)]
mod tests {
    use super::NoPrice;

    #[test]
    fn a_reason_is_its_code_in_json() {
        for reason in NoPrice::ALL {
            assert_eq!(serde_json::to_string(&reason).unwrap(), format!("\"{}\"", reason.code()));
            assert!(!reason.to_string().is_empty());
        }
    }
}
