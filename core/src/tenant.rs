//! The tenant: one seller's defaults and policies.

use serde::{Deserialize, Serialize};

use crate::currency::Currency;
use crate::exact::Exact;
use crate::guard::TenantGuards;
use crate::id::{FxTableId, TenantId};
use crate::procedure::ProcedureEntry;
use crate::rounding::{FinalRounding, RoundingMode};
use crate::tax::{TaxRegime, TaxSide};
use crate::time::TimeZone;

/// One seller: what holds for every order unless a document says otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Tenant {
    /// Its name.
    pub tenant: TenantId,
    /// The currency of a request that names none, of contracts that name none, and of costs.
    pub currency: Currency,
    /// In which a date is midnight.
    pub time_zone: TimeZone,
    /// The rounding at the end of an order (R0).
    #[serde(default)]
    pub rounding: FinalRounding,
    /// Which price wins (R3).
    #[serde(default)]
    pub price_policy: PricePolicy,
    /// Whether and how prices in another currency are converted (R6); absent: they are not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversion: Option<ConversionPolicy>,
    /// The steps from a line's price to what it comes to, in their order (R7).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub procedure: Vec<ProcedureEntry>,
    /// Bounds of every price (R9).
    #[serde(default, skip_serializing_if = "TenantGuards::is_empty")]
    pub guards: TenantGuards,
    /// Whether the prices of lists and contracts that say nothing are without or with tax (R11).
    #[serde(default, skip_serializing_if = "TaxSide::is_net")]
    pub prices: TaxSide,
    /// How tax is worked out (R11); absent: it is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax: Option<TaxRegime>,
    /// To what an order that is paid in cash is rounded (R11).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cash_roundings: Vec<CashRounding>,
}

/// The rounding of what is paid in cash, of one currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CashRounding {
    /// Of which.
    pub currency: Currency,
    /// The smallest coin; whole minor units, above zero.
    pub increment: Exact,
    /// How.
    #[serde(default)]
    pub mode: RoundingMode,
}

/// Which price wins (R3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PricePolicy {
    /// How one of several lists is chosen.
    #[serde(default)]
    pub choose: Choose,
    /// What happens where two of equal rank meet.
    #[serde(default)]
    pub ties: Ties,
    /// What happens where the chosen table has no price for the quantity.
    #[serde(default)]
    pub no_tier: NoTier,
}

/// How one of several price lists is chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Choose {
    /// The first list, by priority and nearness, that has a price.
    #[default]
    Priority,
    /// The list with the lowest amount at this quantity.
    Lowest,
    /// The list whose assignment names the most facts, then as `priority`.
    MostSpecific,
    /// Each break from the first list that has it.
    Merge,
    /// Each break from the list that has it at the lowest price.
    MergeLowest,
}

/// What happens where two lists of equal rank meet on a price.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Ties {
    /// The book does not compile, or the line is `pricing.ambiguous`.
    #[default]
    Error,
    /// The lower amount wins, then the name that sorts first.
    Lowest,
}

/// What happens where a table has no price for the quantity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum NoTier {
    /// The next candidate is asked.
    #[default]
    Next,
    /// The line has no price.
    NoPrice,
    /// The table's nearest tier prices the line: the last with a price below, else the first above.
    Nearest,
}

/// Whether and how a price in another currency is converted (R6).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ConversionPolicy {
    /// Whose rates.
    pub table: FxTableId,
    /// What is converted.
    #[serde(default)]
    pub at: ConversionStage,
}

/// What is multiplied by an exchange rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ConversionStage {
    /// The price per unit, rounded to 10 decimals; the line is worked out from it.
    Unit,
    /// The amount of each line.
    #[default]
    Line,
    /// The sum of the lines in that currency; the lines take shares of the result in minor units.
    Document,
}
